// Package maphash hashes strings with a random seed.
package maphash

import (
	"encoding/binary"
	"fmt"
	"internal/native"
)

type Seed struct{ s uint64 }

type Hash struct {
	seed Seed
	s    uint64
}

func MakeSeed() Seed { return Seed{native.Random() | 1} }

func (h *Hash) init() {
	if h.seed.s == 0 {
		h.SetSeed(MakeSeed())
	}
}
func (h *Hash) add(c byte) {
	h.s = (h.s ^ uint64(c)) * 0x9fb21c651e98df25
	h.s ^= h.s >> 29
}
func (h *Hash) Write(b []byte) (int, error) {
	h.init()
	for _, c := range b {
		h.add(c)
	}
	return len(b), nil
}
func (h *Hash) WriteString(s string) (int, error) { return h.Write([]byte(s)) }
func (h *Hash) WriteByte(b byte) error {
	h.init()
	h.add(b)
	return nil
}
func (h *Hash) Seed() Seed {
	h.init()
	return h.seed
}
func (h *Hash) SetSeed(seed Seed) {
	if seed.s == 0 {
		panic("maphash: use of uninitialized Seed")
	}
	h.seed = seed
	h.s = seed.s
}
func (h *Hash) Reset() {
	h.init()
	h.s = h.seed.s
}
func (h *Hash) Sum64() uint64 {
	h.init()
	x := h.s * 0xd6e8feb86659fd93
	return x ^ x>>32
}
func (h *Hash) Sum(b []byte) []byte { return binary.BigEndian.AppendUint64(b, h.Sum64()) }
func (h *Hash) Size() int           { return 8 }
func (h *Hash) BlockSize() int      { return 128 }

func Bytes(seed Seed, b []byte) uint64 {
	var h Hash
	h.SetSeed(seed)
	h.Write(b)
	return h.Sum64()
}
func String(seed Seed, s string) uint64 { return Bytes(seed, []byte(s)) }
func Comparable[T comparable](seed Seed, v T) uint64 {
	return String(seed, fmt.Sprintf("%T %#v", v, v))
}
func WriteComparable[T comparable](h *Hash, x T) { h.WriteString(fmt.Sprintf("%T %#v", x, x)) }
