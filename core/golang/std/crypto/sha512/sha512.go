// Package sha512 is SHA-384 and SHA-512.
package sha512

import (
	"encoding/base64"
	"encoding/binary"
	"hash"
	"internal/digest"
	"math/bits"
)

const (
	Size      = 64
	Size384   = 48
	BlockSize = 128
)

var (
	rule    = digest.Rule{[8]uint64{0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179}, 8, true, false, 64, blocks}
	rule384 = digest.Rule{[8]uint64{0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939, 0x67332667ffc00b31, 0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4}, 8, true, false, 48, blocks}
)

func New() hash.Hash                   { return digest.New(&rule) }
func New384() hash.Hash                { return digest.New(&rule384) }
func Sum512(data []byte) [Size]byte    { return [Size]byte(digest.Of(&rule, data)) }
func Sum384(data []byte) [Size384]byte { return [Size384]byte(digest.Of(&rule384, data)) }

// roots are the fractions of the cube roots of the first 80 primes.
var roots = func() (k [80]uint64) {
	b, _ := base64.StdEncoding.DecodeString("QoovmNcoriJxN0SRI+9lzbXA+8/sTTsv6bXbpYGJ27w5VsJb80i1OFnxEfG2BdAZkj+CpK8ZT5urHF7V2m2BGNgHqpijAwJCEoNbAUVwb74kMYW+TuSyjFUMfcPV/7Ticr5ddPJ7iW+A3rH+OxaWsZvcBqclxxI1wZvxdM9pJpTkm2nBnvFK0u++R4Y4TyXjD8GdxouM1bUkDKHMd6ycZS3pLG9ZKwJ1SnSEqm6m5INcsKncvUH71Hb5iNqDEVO1mD5RUu5m36uoMcZtLbQyELADJ8iY+yE/v1l/x77vDuTG4AvzPaiPwtWnkUeTCqclBspjUeADgm8UKSlnCg5ucCe3CoVG0i/8LhshOFwmySZNLG38WsQq7VM4DROdlbPfZQpzVIuvY952agq7PHeyqIHCyS5H7a7mknIshRSCNTuiv+ihTPEDZKgaZku8QjABwkuLcND4l5HHbFGjBlS+MNGS6BnW71IY1pkGJFVlqRD0DjWFV3EgKhBqoHAyu9G4GaTBFrjS0MgeN2wIUUGrUydId0zfjuuZNLC8teGbSKg5HAyzxclaY07YqkrjQYrLW5zKT3dj43NoLm/z1rK4o3SPgu5d77L8eKVjb0MXL2CEyHgUofCrcozHAggaZDnskL7/+iNjHiikUGzr3oK96b75o/eyxnkVxnF48uNyUyvKJz7O6iZhnNGGuMchwMIH6tp91s3g6x71fU9/7m7ReAbwZ6pyF2+6CmN9xaLImKYRP5gEvvkNrhtxCzUTHEcbKNt39SMEfYQyyqt7QMckkzyevgoVyb68Qx1nxJwQDUxMxdS+yz5Ctll/KZz8ZX4qX8tvqzrW+uxsRBmMSkdYFw==")
	for i := range k {
		k[i] = binary.BigEndian.Uint64(b[8*i:])
	}
	return
}()

func blocks(s *[8]uint64, p []byte) {
	var w [80]uint64
	for ; len(p) > 0; p = p[128:] {
		a, b, c, d, e, f, g, h := s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7]
		for i := range 80 {
			if i < 16 {
				w[i] = binary.BigEndian.Uint64(p[8*i:])
			} else {
				x, y := w[i-15], w[i-2]
				w[i] = w[i-16] + w[i-7] + (bits.RotateLeft64(x, -1) ^ bits.RotateLeft64(x, -8) ^ x>>7) + (bits.RotateLeft64(y, -19) ^ bits.RotateLeft64(y, -61) ^ y>>6)
			}
			t := h + (bits.RotateLeft64(e, -14) ^ bits.RotateLeft64(e, -18) ^ bits.RotateLeft64(e, -41)) + (e&f ^ ^e&g) + roots[i] + w[i]
			u := (bits.RotateLeft64(a, -28) ^ bits.RotateLeft64(a, -34) ^ bits.RotateLeft64(a, -39)) + (a&b ^ a&c ^ b&c)
			a, b, c, d, e, f, g, h = t+u, a, b, c, d+t, e, f, g
		}
		for i, v := range [...]uint64{a, b, c, d, e, f, g, h} {
			s[i] += v
		}
	}
}
