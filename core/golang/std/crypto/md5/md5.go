// Package md5 is MD5.
package md5

import (
	"encoding/binary"
	"hash"
	"internal/digest"
	"math"
	"math/bits"
)

const (
	Size      = 16
	BlockSize = 64
)

var rule = digest.Rule{[8]uint64{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}, 4, false, true, 16, blocks}

func New() hash.Hash             { return digest.New(&rule) }
func Sum(data []byte) [Size]byte { return [Size]byte(digest.Of(&rule, data)) }

var (
	sines [64]uint32
	turns = [...]int{7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21}
)

func blocks(s *[8]uint64, p []byte) {
	if sines[0] == 0 {
		for i := range sines {
			sines[i] = uint32(math.Abs(math.Sin(float64(i+1))) * (1 << 32))
		}
	}
	for ; len(p) > 0; p = p[64:] {
		a, b, c, d := uint32(s[0]), uint32(s[1]), uint32(s[2]), uint32(s[3])
		for i := range 64 {
			var f uint32
			g := i
			switch i / 16 {
			case 0:
				f = b&c | ^b&d
			case 1:
				f, g = d&b|^d&c, 5*i+1
			case 2:
				f, g = b^c^d, 3*i+5
			default:
				f, g = c^(b|^d), 7*i
			}
			f += a + sines[i] + binary.LittleEndian.Uint32(p[g%16*4:])
			a, b, c, d = d, b+bits.RotateLeft32(f, turns[i/16*4+i%4]), b, c
		}
		for i, v := range [...]uint32{a, b, c, d} {
			s[i] = uint64(uint32(s[i]) + v)
		}
	}
}
