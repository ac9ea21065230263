// Package fnv is the Fowler-Noll-Vo hash.
package fnv

import (
	"encoding/binary"
	"hash"
	"math/bits"
)

type h32 struct {
	s uint32
	a bool
}
type h64 struct {
	s uint64
	a bool
}
type h128 struct {
	hi, lo uint64
	a      bool
}

func New32() hash.Hash32  { return &h32{0x811c9dc5, false} }
func New32a() hash.Hash32 { return &h32{0x811c9dc5, true} }
func New64() hash.Hash64  { return &h64{0xcbf29ce484222325, false} }
func New64a() hash.Hash64 { return &h64{0xcbf29ce484222325, true} }
func New128() hash.Hash   { return &h128{0x6c62272e07bb0142, 0x62b821756295c58d, false} }
func New128a() hash.Hash  { return &h128{0x6c62272e07bb0142, 0x62b821756295c58d, true} }

func (h *h32) Write(p []byte) (int, error) {
	s := h.s
	for _, c := range p {
		if h.a {
			s = (s ^ uint32(c)) * 16777619
		} else {
			s = s*16777619 ^ uint32(c)
		}
	}
	h.s = s
	return len(p), nil
}
func (h *h32) Sum32() uint32       { return h.s }
func (h *h32) Sum(b []byte) []byte { return binary.BigEndian.AppendUint32(b, h.s) }
func (h *h32) Reset()              { h.s = 0x811c9dc5 }
func (h *h32) Size() int           { return 4 }
func (h *h32) BlockSize() int      { return 1 }

func (h *h64) Write(p []byte) (int, error) {
	s := h.s
	for _, c := range p {
		if h.a {
			s = (s ^ uint64(c)) * 1099511628211
		} else {
			s = s*1099511628211 ^ uint64(c)
		}
	}
	h.s = s
	return len(p), nil
}
func (h *h64) Sum64() uint64       { return h.s }
func (h *h64) Sum(b []byte) []byte { return binary.BigEndian.AppendUint64(b, h.s) }
func (h *h64) Reset()              { h.s = 0xcbf29ce484222325 }
func (h *h64) Size() int           { return 8 }
func (h *h64) BlockSize() int      { return 1 }

func (h *h128) Write(p []byte) (int, error) {
	for _, c := range p {
		if h.a {
			h.lo ^= uint64(c)
		}
		hi, lo := bits.Mul64(0x13b, h.lo)
		h.hi, h.lo = hi+h.lo<<24+0x13b*h.hi, lo
		if !h.a {
			h.lo ^= uint64(c)
		}
	}
	return len(p), nil
}
func (h *h128) Sum(b []byte) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(b, h.hi), h.lo)
}
func (h *h128) Reset()         { h.hi, h.lo = 0x6c62272e07bb0142, 0x62b821756295c58d }
func (h *h128) Size() int      { return 16 }
func (h *h128) BlockSize() int { return 1 }
