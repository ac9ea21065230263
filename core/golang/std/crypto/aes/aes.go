// Package aes is the block cipher of FIPS 197.
package aes

import (
	"crypto/cipher"
	"strconv"
)

const BlockSize = 16

type KeySizeError int

func (k KeySizeError) Error() string { return "crypto/aes: invalid key size " + strconv.Itoa(int(k)) }

var sbox, inverse [256]byte

func init() {
	// 3 generates all bytes but 0; q runs through the inverses of p.
	p, q := byte(1), byte(1)
	for {
		p ^= double(p)
		q ^= q << 1
		q ^= q << 2
		q ^= q << 4
		if q&0x80 != 0 {
			q ^= 9
		}
		x := q ^ (q<<1 | q>>7) ^ (q<<2 | q>>6) ^ (q<<3 | q>>5) ^ (q<<4 | q>>4) ^ 0x63
		sbox[p] = x
		inverse[x] = p
		if p == 1 {
			break
		}
	}
	sbox[0] = 0x63
	inverse[0x63] = 0
}

func double(x byte) byte { return x<<1 ^ x>>7*0x1b }

type block struct {
	// keys are those of the rounds, one behind the other.
	keys []byte
}

func NewCipher(key []byte) (cipher.Block, error) {
	n := len(key)
	switch n {
	case 16, 24, 32:
	default:
		return nil, KeySizeError(n)
	}
	w := append([]byte(nil), key...)
	rcon := byte(1)
	for len(w) < 4*n+112 {
		t := [4]byte(w[len(w)-4:])
		switch len(w) % n {
		case 0:
			t = [4]byte{sbox[t[1]] ^ rcon, sbox[t[2]], sbox[t[3]], sbox[t[0]]}
			rcon = double(rcon)
		case 16:
			if n == 32 {
				t = [4]byte{sbox[t[0]], sbox[t[1]], sbox[t[2]], sbox[t[3]]}
			}
		}
		for _, b := range t {
			w = append(w, b^w[len(w)-n])
		}
	}
	return &block{w[:4*n+112]}, nil
}

func (b *block) BlockSize() int { return BlockSize }

func check(dst, src []byte) {
	if len(src) < BlockSize {
		panic("crypto/aes: input not full block")
	}
	if len(dst) < BlockSize {
		panic("crypto/aes: output not full block")
	}
}

func (b *block) Encrypt(dst, src []byte) {
	check(dst, src)
	var s, t [16]byte
	for i := range s {
		s[i] = src[i] ^ b.keys[i]
	}
	for at := 16; at < len(b.keys); at += 16 {
		for i := range t {
			t[i] = sbox[s[(i+i%4*4)%16]]
		}
		s = t
		if at+16 < len(b.keys) {
			for c := 0; c < 16; c += 4 {
				all := t[c] ^ t[c+1] ^ t[c+2] ^ t[c+3]
				for i := range 4 {
					s[c+i] = t[c+i] ^ all ^ double(t[c+i]^t[c+(i+1)%4])
				}
			}
		}
		for i := range s {
			s[i] ^= b.keys[at+i]
		}
	}
	copy(dst, s[:])
}

func (b *block) Decrypt(dst, src []byte) {
	check(dst, src)
	var s, t [16]byte
	copy(s[:], src)
	for at := len(b.keys) - 16; at > 0; at -= 16 {
		for i := range s {
			s[i] ^= b.keys[at+i]
		}
		if at+16 < len(b.keys) {
			t = s
			for c := 0; c < 16; c += 4 {
				u := double(double(t[c] ^ t[c+2]))
				v := double(double(t[c+1] ^ t[c+3]))
				t[c], t[c+2], t[c+1], t[c+3] = t[c]^u, t[c+2]^u, t[c+1]^v, t[c+3]^v
				all := t[c] ^ t[c+1] ^ t[c+2] ^ t[c+3]
				for i := range 4 {
					s[c+i] = t[c+i] ^ all ^ double(t[c+i]^t[c+(i+1)%4])
				}
			}
		}
		for i := range s {
			t[(i+i%4*4)%16] = inverse[s[i]]
		}
		s = t
	}
	for i := range s {
		dst[i] = s[i] ^ b.keys[i]
	}
}
