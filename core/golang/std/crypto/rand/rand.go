// Package rand is randomness for secrets: the process's own, which is seeded.
package rand

import (
	"errors"
	"internal/native"
	"io"
	"math/big"
)

type reader struct{}

func (reader) Read(b []byte) (int, error) {
	var x uint64
	for i := range b {
		if i%8 == 0 {
			x = native.Random()
		}
		b[i] = byte(x)
		x >>= 8
	}
	return len(b), nil
}

var Reader io.Reader = reader{}

func Read(b []byte) (int, error) { return io.ReadFull(Reader, b) }

func Text() string {
	b := make([]byte, 26)
	Read(b)
	for i := range b {
		b[i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[b[i]%32]
	}
	return string(b)
}

func Int(rand io.Reader, max *big.Int) (*big.Int, error) {
	if max.Sign() <= 0 {
		panic("crypto/rand: argument to Int is <= 0")
	}
	n := new(big.Int).Sub(max, big.NewInt(1)).BitLen()
	b := make([]byte, (n+7)/8)
	for {
		if _, err := io.ReadFull(rand, b); err != nil {
			return nil, err
		}
		if n%8 > 0 {
			b[0] &= 1<<(n%8) - 1
		}
		if x := new(big.Int).SetBytes(b); x.Cmp(max) < 0 {
			return x, nil
		}
	}
}

func Prime(rand io.Reader, bits int) (*big.Int, error) {
	if bits < 2 {
		return nil, errors.New("crypto/rand: prime size must be at least 2-bit")
	}
	top := new(big.Int).Lsh(big.NewInt(1), uint(bits-1))
	for {
		x, err := Int(rand, top)
		if err != nil {
			return nil, err
		}
		x.Add(x, top)
		if bits > 2 {
			x.SetBit(x, bits-2, 1)
			x.SetBit(x, 0, 1)
		}
		if x.ProbablyPrime(20) {
			return x, nil
		}
	}
}
