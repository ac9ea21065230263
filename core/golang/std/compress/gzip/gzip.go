// Package gzip reads and writes gzip files.
package gzip

import (
	"bufio"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"time"
)

const (
	NoCompression      = flate.NoCompression
	BestSpeed          = flate.BestSpeed
	BestCompression    = flate.BestCompression
	DefaultCompression = flate.DefaultCompression
	HuffmanOnly        = flate.HuffmanOnly
)

var (
	ErrChecksum = errors.New("gzip: invalid checksum")
	ErrHeader   = errors.New("gzip: invalid header")
)

type Header struct {
	Comment string
	Extra   []byte
	ModTime time.Time
	Name    string
	OS      byte
}

type Reader struct {
	Header
	r     flate.Reader
	f     io.ReadCloser
	crc   uint32
	size  uint32
	err   error
	multi bool
}

func NewReader(r io.Reader) (*Reader, error) {
	z := new(Reader)
	if err := z.Reset(r); err != nil {
		return nil, err
	}
	return z, nil
}

func (z *Reader) Reset(r io.Reader) error {
	*z = Reader{multi: true}
	if b, ok := r.(flate.Reader); ok {
		z.r = b
	} else {
		z.r = bufio.NewReader(r)
	}
	z.Header, z.err = z.readHeader()
	return z.err
}

func (z *Reader) Multistream(ok bool) { z.multi = ok }

func (z *Reader) text() (string, error) {
	var b []rune
	for {
		c, err := z.r.ReadByte()
		if err != nil || c == 0 {
			return string(b), noEOF(err)
		}
		b = append(b, rune(c))
	}
}

func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (z *Reader) readHeader() (h Header, err error) {
	var b [10]byte
	if _, err = io.ReadFull(z.r, b[:]); err != nil {
		return
	}
	if b[0] != 0x1f || b[1] != 0x8b || b[2] != 8 {
		return h, ErrHeader
	}
	if t := binary.LittleEndian.Uint32(b[4:]); t > 0 {
		h.ModTime = time.Unix(int64(t), 0)
	}
	h.OS = b[9]
	if b[3]&4 != 0 {
		if _, err = io.ReadFull(z.r, b[:2]); err != nil {
			return h, noEOF(err)
		}
		h.Extra = make([]byte, binary.LittleEndian.Uint16(b[:]))
		if _, err = io.ReadFull(z.r, h.Extra); err != nil {
			return h, noEOF(err)
		}
	}
	if b[3]&8 != 0 {
		if h.Name, err = z.text(); err != nil {
			return
		}
	}
	if b[3]&16 != 0 {
		if h.Comment, err = z.text(); err != nil {
			return
		}
	}
	if b[3]&2 != 0 {
		if _, err = io.ReadFull(z.r, b[:2]); err != nil {
			return h, noEOF(err)
		}
	}
	z.crc, z.size = 0, 0
	z.f = flate.NewReader(z.r)
	return
}

func (z *Reader) Read(p []byte) (n int, err error) {
	for z.err == nil && n == 0 {
		n, z.err = z.f.Read(p)
		z.crc = crc32.Update(z.crc, crc32.IEEETable, p[:n])
		z.size += uint32(n)
		if z.err != io.EOF {
			return n, z.err
		}
		var b [8]byte
		if _, err := io.ReadFull(z.r, b[:]); err != nil {
			z.err = noEOF(err)
			return n, z.err
		}
		if binary.LittleEndian.Uint32(b[:]) != z.crc || binary.LittleEndian.Uint32(b[4:]) != z.size {
			z.err = ErrChecksum
			return n, z.err
		}
		if !z.multi {
			return n, io.EOF
		}
		_, z.err = z.readHeader()
	}
	if n > 0 {
		return n, nil
	}
	return 0, z.err
}

func (z *Reader) Close() error { return z.f.Close() }

type Writer struct {
	Header
	w      io.Writer
	level  int
	f      *flate.Writer
	crc    uint32
	size   uint32
	closed bool
	err    error
}

func NewWriter(w io.Writer) *Writer {
	z, _ := NewWriterLevel(w, DefaultCompression)
	return z
}

func NewWriterLevel(w io.Writer, level int) (*Writer, error) {
	if level < HuffmanOnly || level > BestCompression {
		return nil, fmt.Errorf("gzip: invalid compression level: %d", level)
	}
	return &Writer{Header: Header{OS: 255}, w: w, level: level}, nil
}

func (z *Writer) Reset(w io.Writer) { *z = Writer{Header: Header{OS: 255}, w: w, level: z.level} }

func (z *Writer) start() {
	if z.f != nil {
		return
	}
	b := []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, z.OS}
	if z.Extra != nil {
		b[3] |= 4
	}
	if z.Name != "" {
		b[3] |= 8
	}
	if z.Comment != "" {
		b[3] |= 16
	}
	if z.ModTime.After(time.Unix(0, 0)) {
		binary.LittleEndian.PutUint32(b[4:], uint32(z.ModTime.Unix()))
	}
	if z.level == BestCompression {
		b[8] = 2
	} else if z.level == BestSpeed {
		b[8] = 4
	}
	if z.Extra != nil {
		b = append(binary.LittleEndian.AppendUint16(b, uint16(len(z.Extra))), z.Extra...)
	}
	for _, s := range []string{z.Name, z.Comment} {
		if s != "" {
			for _, r := range s {
				b = append(b, byte(r))
			}
			b = append(b, 0)
		}
	}
	_, z.err = z.w.Write(b)
	z.f, _ = flate.NewWriter(z.w, z.level)
}

func (z *Writer) Write(p []byte) (n int, err error) {
	z.start()
	if z.err != nil {
		return 0, z.err
	}
	z.size += uint32(len(p))
	z.crc = crc32.Update(z.crc, crc32.IEEETable, p)
	n, z.err = z.f.Write(p)
	return n, z.err
}

func (z *Writer) Flush() error {
	z.start()
	if z.err == nil && !z.closed {
		z.err = z.f.Flush()
	}
	return z.err
}

func (z *Writer) Close() error {
	if z.closed || z.err != nil {
		return z.err
	}
	z.closed = true
	z.start()
	if z.err = z.f.Close(); z.err == nil {
		b := binary.LittleEndian.AppendUint32(nil, z.crc)
		_, z.err = z.w.Write(binary.LittleEndian.AppendUint32(b, z.size))
	}
	return z.err
}
