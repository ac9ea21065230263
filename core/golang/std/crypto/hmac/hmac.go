// Package hmac signs messages with a key and a hash.
package hmac

import (
	"crypto/subtle"
	"hash"
)

type hmac struct {
	in, out  hash.Hash
	ipad, op []byte
}

func New(h func() hash.Hash, key []byte) hash.Hash {
	m := &hmac{in: h(), out: h()}
	n := m.in.BlockSize()
	if len(key) > n {
		m.out.Write(key)
		key = m.out.Sum(nil)
	}
	m.ipad, m.op = make([]byte, n), make([]byte, n)
	copy(m.ipad, key)
	copy(m.op, key)
	for i := range n {
		m.ipad[i] ^= 0x36
		m.op[i] ^= 0x5c
	}
	m.Reset()
	return m
}

func (m *hmac) Write(p []byte) (int, error) { return m.in.Write(p) }
func (m *hmac) Size() int                   { return m.in.Size() }
func (m *hmac) BlockSize() int              { return m.in.BlockSize() }
func (m *hmac) Reset() {
	m.in.Reset()
	m.in.Write(m.ipad)
}
func (m *hmac) Sum(b []byte) []byte {
	m.out.Reset()
	m.out.Write(m.op)
	m.out.Write(m.in.Sum(nil))
	return m.out.Sum(b)
}

func Equal(mac1, mac2 []byte) bool { return subtle.ConstantTimeCompare(mac1, mac2) == 1 }
