// Package adler32 is the Adler-32 checksum.
package adler32

import (
	"encoding/binary"
	"hash"
)

const Size = 4

type digest uint32

func New() hash.Hash32 {
	d := digest(1)
	return &d
}

func Checksum(data []byte) uint32 {
	d := digest(1)
	d.Write(data)
	return uint32(d)
}
func (d *digest) Write(p []byte) (int, error) {
	a, b := uint32(*d)&0xffff, uint32(*d)>>16
	for _, c := range p {
		a = (a + uint32(c)) % 65521
		b = (b + a) % 65521
	}
	*d = digest(b<<16 | a)
	return len(p), nil
}
func (d *digest) Sum32() uint32       { return uint32(*d) }
func (d *digest) Sum(b []byte) []byte { return binary.BigEndian.AppendUint32(b, uint32(*d)) }
func (d *digest) Reset()              { *d = 1 }
func (d *digest) Size() int           { return 4 }
func (d *digest) BlockSize() int      { return 4 }
