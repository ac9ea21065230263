// Package cipher is ways to use block ciphers: CBC, CTR, GCM.
package cipher

import (
	"crypto/subtle"
	"encoding/binary"
	"errors"
)

type Block interface {
	BlockSize() int
	Encrypt(dst, src []byte)
	Decrypt(dst, src []byte)
}

type Stream interface {
	XORKeyStream(dst, src []byte)
}

type BlockMode interface {
	BlockSize() int
	CryptBlocks(dst, src []byte)
}

type AEAD interface {
	NonceSize() int
	Overhead() int
	Seal(dst, nonce, plaintext, additionalData []byte) []byte
	Open(dst, nonce, ciphertext, additionalData []byte) ([]byte, error)
}

type cbc struct {
	b       Block
	iv      []byte
	decrypt bool
}

func newCBC(b Block, iv []byte, decrypt bool, name string) BlockMode {
	if len(iv) != b.BlockSize() {
		panic("cipher." + name + ": IV length must equal block size")
	}
	return &cbc{b, append([]byte(nil), iv...), decrypt}
}

func NewCBCEncrypter(b Block, iv []byte) BlockMode { return newCBC(b, iv, false, "NewCBCEncrypter") }
func NewCBCDecrypter(b Block, iv []byte) BlockMode { return newCBC(b, iv, true, "NewCBCDecrypter") }

func (c *cbc) BlockSize() int { return c.b.BlockSize() }

func (c *cbc) CryptBlocks(dst, src []byte) {
	n := c.b.BlockSize()
	if len(src)%n != 0 {
		panic("crypto/cipher: input not full blocks")
	}
	if len(dst) < len(src) {
		panic("crypto/cipher: output smaller than input")
	}
	for ; len(src) > 0; src, dst = src[n:], dst[n:] {
		if c.decrypt {
			next := append([]byte(nil), src[:n]...)
			c.b.Decrypt(dst, src)
			subtle.XORBytes(dst, dst[:n], c.iv)
			c.iv = next
		} else {
			subtle.XORBytes(c.iv, c.iv, src[:n])
			c.b.Encrypt(c.iv, c.iv)
			copy(dst, c.iv)
		}
	}
}

type ctr struct {
	b         Block
	next, key []byte
	left      int
}

func NewCTR(b Block, iv []byte) Stream {
	if len(iv) != b.BlockSize() {
		panic("cipher.NewCTR: IV length must equal block size")
	}
	return &ctr{b: b, next: append([]byte(nil), iv...), key: make([]byte, len(iv))}
}

func (c *ctr) XORKeyStream(dst, src []byte) {
	if len(dst) < len(src) {
		panic("crypto/cipher: output smaller than input")
	}
	for i, x := range src {
		if c.left == 0 {
			c.b.Encrypt(c.key, c.next)
			c.left = len(c.key)
			for k := len(c.next) - 1; k >= 0; k-- {
				if c.next[k]++; c.next[k] != 0 {
					break
				}
			}
		}
		dst[i] = x ^ c.key[len(c.key)-c.left]
		c.left--
	}
}

type gcm struct {
	b      Block
	hi, lo uint64
}

func NewGCM(b Block) (AEAD, error) {
	if b.BlockSize() != 16 {
		return nil, errors.New("cipher: NewGCM requires 128-bit block cipher")
	}
	var h [16]byte
	b.Encrypt(h[:], h[:])
	return &gcm{b, binary.BigEndian.Uint64(h[:8]), binary.BigEndian.Uint64(h[8:])}, nil
}

func (g *gcm) NonceSize() int { return 12 }
func (g *gcm) Overhead() int  { return 16 }

// tag is the sum over the texts, in GF(2^128), encrypted.
func (g *gcm) tag(nonce, text, extra []byte) []byte {
	var hi, lo uint64
	add := func(b []byte) {
		for len(b) > 0 {
			var x [16]byte
			b = b[copy(x[:], b):]
			hi ^= binary.BigEndian.Uint64(x[:8])
			lo ^= binary.BigEndian.Uint64(x[8:])
			var zh, zl uint64
			vh, vl := g.hi, g.lo
			for i := range 128 {
				word := hi
				if i > 63 {
					word = lo
				}
				if word>>(63-i%64)&1 != 0 {
					zh, zl = zh^vh, zl^vl
				}
				odd := vl & 1
				vl = vl>>1 | vh<<63
				vh = vh>>1 ^ odd*0xe1<<56
			}
			hi, lo = zh, zl
		}
	}
	add(extra)
	add(text)
	var n [16]byte
	binary.BigEndian.PutUint64(n[:8], uint64(len(extra))*8)
	binary.BigEndian.PutUint64(n[8:], uint64(len(text))*8)
	add(n[:])
	var t [16]byte
	binary.BigEndian.PutUint64(t[:8], hi)
	binary.BigEndian.PutUint64(t[8:], lo)
	NewCTR(g.b, g.counter(nonce, 1)).XORKeyStream(t[:], t[:])
	return t[:]
}

func (g *gcm) counter(nonce []byte, n byte) []byte {
	if len(nonce) != 12 {
		panic("crypto/cipher: incorrect nonce length given to GCM")
	}
	return append(append([]byte(nil), nonce...), 0, 0, 0, n)
}

func (g *gcm) Seal(dst, nonce, text, extra []byte) []byte {
	out := make([]byte, len(text))
	NewCTR(g.b, g.counter(nonce, 2)).XORKeyStream(out, text)
	tag := g.tag(nonce, out, extra)
	return append(append(dst, out...), tag...)
}

func (g *gcm) Open(dst, nonce, text, extra []byte) ([]byte, error) {
	bad := errors.New("cipher: message authentication failed")
	n := len(text) - 16
	if n < 0 {
		return nil, bad
	}
	if subtle.ConstantTimeCompare(g.tag(nonce, text[:n], extra), text[n:]) != 1 {
		return nil, bad
	}
	out := make([]byte, n)
	NewCTR(g.b, g.counter(nonce, 2)).XORKeyStream(out, text[:n])
	return append(dst, out...), nil
}
