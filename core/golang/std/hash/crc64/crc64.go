// Package crc64 is the 64-bit cyclic redundancy check.
package crc64

import (
	"encoding/binary"
	"hash"
)

const (
	Size = 8
	ISO  = 0xd800000000000000
	ECMA = 0xc96c5795d7870f42
)

type Table [256]uint64

func MakeTable(poly uint64) *Table {
	t := new(Table)
	for i := range t {
		c := uint64(i)
		for range 8 {
			c = c>>1 ^ -(c&1)&poly
		}
		t[i] = c
	}
	return t
}

func Update(crc uint64, tab *Table, p []byte) uint64 {
	crc = ^crc
	for _, c := range p {
		crc = tab[byte(crc)^c] ^ crc>>8
	}
	return ^crc
}
func Checksum(data []byte, tab *Table) uint64 { return Update(0, tab, data) }

type digest struct {
	crc uint64
	tab *Table
}

func New(tab *Table) hash.Hash64 { return &digest{0, tab} }

func (d *digest) Write(p []byte) (int, error) {
	d.crc = Update(d.crc, d.tab, p)
	return len(p), nil
}
func (d *digest) Sum64() uint64       { return d.crc }
func (d *digest) Sum(b []byte) []byte { return binary.BigEndian.AppendUint64(b, d.crc) }
func (d *digest) Reset()              { d.crc = 0 }
func (d *digest) Size() int           { return 8 }
func (d *digest) BlockSize() int      { return 1 }
