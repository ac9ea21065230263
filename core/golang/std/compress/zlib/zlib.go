// Package zlib reads and writes zlib data.
package zlib

import (
	"bufio"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/adler32"
	"io"
)

const (
	NoCompression      = flate.NoCompression
	BestSpeed          = flate.BestSpeed
	BestCompression    = flate.BestCompression
	DefaultCompression = flate.DefaultCompression
	HuffmanOnly        = flate.HuffmanOnly
)

var (
	ErrChecksum   = errors.New("zlib: invalid checksum")
	ErrDictionary = errors.New("zlib: invalid dictionary")
	ErrHeader     = errors.New("zlib: invalid header")
)

type reader struct {
	r   flate.Reader
	f   io.ReadCloser
	sum hash.Hash32
	err error
}

func NewReader(r io.Reader) (io.ReadCloser, error) {
	b, ok := r.(flate.Reader)
	if !ok {
		b = bufio.NewReader(r)
	}
	var h [2]byte
	if _, err := io.ReadFull(b, h[:]); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	if h[0]&15 != 8 || h[0]>>4 > 7 || binary.BigEndian.Uint16(h[:])%31 != 0 {
		return nil, ErrHeader
	}
	if h[1]&32 != 0 {
		return nil, ErrDictionary
	}
	return &reader{r: b, f: flate.NewReader(b), sum: adler32.New()}, nil
}

func (z *reader) Read(p []byte) (n int, err error) {
	if z.err != nil {
		return 0, z.err
	}
	n, z.err = z.f.Read(p)
	z.sum.Write(p[:n])
	if z.err == io.EOF {
		var b [4]byte
		if _, err := io.ReadFull(z.r, b[:]); err != nil {
			z.err = io.ErrUnexpectedEOF
		} else if binary.BigEndian.Uint32(b[:]) != z.sum.Sum32() {
			z.err = ErrChecksum
		}
	}
	return n, z.err
}

func (z *reader) Close() error { return z.f.Close() }

type Writer struct {
	w     io.Writer
	level int
	f     *flate.Writer
	sum   hash.Hash32
	err   error
}

func NewWriter(w io.Writer) *Writer {
	z, _ := NewWriterLevel(w, DefaultCompression)
	return z
}
func NewWriterLevel(w io.Writer, level int) (*Writer, error) {
	if level < HuffmanOnly || level > BestCompression {
		return nil, fmt.Errorf("zlib: invalid compression level: %d", level)
	}
	return &Writer{w: w, level: level}, nil
}
func (z *Writer) Reset(w io.Writer) { *z = Writer{w: w, level: z.level} }

func (z *Writer) start() {
	if z.f == nil {
		b := []byte{0x78, 0x9c}
		switch {
		case z.level == 0 || z.level == 1 || z.level == HuffmanOnly:
			b[1] = 0x01
		case z.level > 1 && z.level < 6:
			b[1] = 0x5e
		case z.level > 6:
			b[1] = 0xda
		}
		_, z.err = z.w.Write(b)
		z.f, _ = flate.NewWriter(z.w, z.level)
		z.sum = adler32.New()
	}
}
func (z *Writer) Write(p []byte) (n int, err error) {
	if z.start(); z.err != nil {
		return 0, z.err
	}
	z.sum.Write(p)
	n, z.err = z.f.Write(p)
	return n, z.err
}
func (z *Writer) Flush() error {
	if z.start(); z.err == nil {
		z.err = z.f.Flush()
	}
	return z.err
}
func (z *Writer) Close() error {
	if z.start(); z.err != nil {
		return z.err
	}
	if z.err = z.f.Close(); z.err == nil {
		_, z.err = z.w.Write(z.sum.Sum(nil))
	}
	return z.err
}
