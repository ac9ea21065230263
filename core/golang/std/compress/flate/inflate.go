// Package flate reads and writes DEFLATE.
package flate

import (
	"bufio"
	"fmt"
	"io"
	"math/bits"
)

const (
	NoCompression      = 0
	BestSpeed          = 1
	BestCompression    = 9
	DefaultCompression = -1
	HuffmanOnly        = -2
)

type CorruptInputError int64

func (e CorruptInputError) Error() string {
	return fmt.Sprintf("flate: corrupt input before offset %d", int64(e))
}

type InternalError string

func (e InternalError) Error() string { return "flate: internal error: " + string(e) }

type Reader interface {
	io.Reader
	io.ByteReader
}

type Resetter interface {
	Reset(r io.Reader, dict []byte) error
}

// A tree decodes symbols: how many codes have each length, and the symbols in order of their codes.
type tree struct {
	count   [16]int
	symbols []int
}

func newTree(lengths []byte) *tree {
	t := &tree{symbols: make([]int, len(lengths))}
	for _, l := range lengths {
		t.count[l]++
	}
	t.count[0] = 0
	var at [16]int
	for i := 1; i < 16; i++ {
		at[i] = at[i-1] + t.count[i-1]
	}
	for s, l := range lengths {
		if l > 0 {
			t.symbols[at[l]] = s
			at[l]++
		}
	}
	return t
}

// lengthOf gives the first length and the number of extra bits of a length code, distanceOf that of
// a distance code.
func lengthOf(code int) (base int, extra uint) {
	switch {
	case code == 28:
		return 258, 0
	case code < 8:
		return 3 + code, 0
	}
	extra = uint(code/4 - 1)
	return 3 + (4+code%4)<<extra, extra
}

func distanceOf(code int) (base int, extra uint) {
	if code < 4 {
		return 1 + code, 0
	}
	extra = uint(code/2 - 1)
	return 1 + (2+code%2)<<extra, extra
}

type inflater struct {
	r     Reader
	bits  uint32
	n     uint
	off   int64
	out   []byte // the last 32 KB and what was not read yet
	at    int    // of what was not read yet
	last  bool
	left  int // of a stored block
	lit   *tree
	dist  *tree
	err   error
}

func NewReader(r io.Reader) io.ReadCloser { return NewReaderDict(r, nil) }

func NewReaderDict(r io.Reader, dict []byte) io.ReadCloser {
	f := &inflater{}
	f.Reset(r, dict)
	return f
}

func (f *inflater) Reset(r io.Reader, dict []byte) error {
	b, ok := r.(Reader)
	if !ok {
		b = bufio.NewReader(r)
	}
	*f = inflater{r: b, out: append([]byte(nil), dict...), at: len(dict)}
	return nil
}

func (f *inflater) Close() error {
	if f.err == io.EOF {
		return nil
	}
	return f.err
}

func (f *inflater) Read(p []byte) (int, error) {
	for f.at == len(f.out) {
		if f.err != nil {
			return 0, f.err
		}
		if n := len(f.out); n > 1<<16 {
			f.out = append([]byte(nil), f.out[n-1<<15:]...)
			f.at = len(f.out)
		}
		f.step()
	}
	n := copy(p, f.out[f.at:])
	f.at += n
	return n, nil
}

// fail stops the reader.
func (f *inflater) fail() { panic(CorruptInputError(f.off)) }

func (f *inflater) take(n uint) int {
	for f.n < n {
		c, err := f.r.ReadByte()
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			panic(err)
		}
		f.off++
		f.bits |= uint32(c) << f.n
		f.n += 8
	}
	v := f.bits & (1<<n - 1)
	f.bits >>= n
	f.n -= n
	return int(v)
}

func (f *inflater) symbol(t *tree) int {
	code, first, index := 0, 0, 0
	for l := 1; l < 16; l++ {
		code |= f.take(1)
		n := t.count[l]
		if code-n < first {
			return t.symbols[index+code-first]
		}
		index += n
		first = (first + n) << 1
		code <<= 1
	}
	f.fail()
	return 0
}

// step decodes a piece of a block.
func (f *inflater) step() {
	defer func() {
		if r := recover(); r != nil {
			err, ok := r.(error)
			if !ok {
				panic(r)
			}
			f.err = err
		}
	}()
	switch {
	case f.left > 0:
		n := min(f.left, 1<<14)
		f.left -= n
		for range n {
			f.out = append(f.out, byte(f.take(8)))
		}
	case f.lit != nil:
		f.compressed()
	case f.last:
		f.err = io.EOF
	default:
		f.header()
	}
}

func (f *inflater) header() {
	f.last = f.take(1) == 1
	switch f.take(2) {
	case 0:
		f.take(f.n % 8)
		n := f.take(16)
		if f.take(16) != n^0xffff {
			f.fail()
		}
		f.left = n
	case 1:
		f.lit, f.dist = fixedTrees()
	case 2:
		f.trees()
	default:
		f.fail()
	}
}

func fixedTrees() (*tree, *tree) {
	l := make([]byte, 288)
	for i := range l {
		switch {
		case i < 144 || i > 279:
			l[i] = 8
		case i < 256:
			l[i] = 9
		default:
			l[i] = 7
		}
	}
	d := make([]byte, 30)
	for i := range d {
		d[i] = 5
	}
	return newTree(l), newTree(d)
}

func (f *inflater) trees() {
	nlit, ndist, ncode := f.take(5)+257, f.take(5)+1, f.take(4)+4
	if nlit > 286 {
		f.fail()
	}
	var l [19]byte
	for i := range ncode {
		l["\x10\x11\x12\x00\x08\x07\x09\x06\x0a\x05\x0b\x04\x0c\x03\x0d\x02\x0e\x01\x0f"[i]] = byte(f.take(3))
	}
	t := newTree(l[:])
	var lengths []byte
	for len(lengths) < nlit+ndist {
		s, n, v := f.symbol(t), 1, byte(0)
		switch s {
		case 16:
			if len(lengths) == 0 {
				f.fail()
			}
			n, v = 3+f.take(2), lengths[len(lengths)-1]
		case 17:
			n = 3 + f.take(3)
		case 18:
			n = 11 + f.take(7)
		default:
			v = byte(s)
		}
		for range n {
			lengths = append(lengths, v)
		}
	}
	if len(lengths) > nlit+ndist {
		f.fail()
	}
	f.lit, f.dist = newTree(lengths[:nlit]), newTree(lengths[nlit:])
}

func (f *inflater) compressed() {
	for range 1 << 12 {
		s := f.symbol(f.lit)
		switch {
		case s < 256:
			f.out = append(f.out, byte(s))
			continue
		case s == 256:
			f.lit, f.dist = nil, nil
			return
		case s > 285:
			f.fail()
		}
		n, extra := lengthOf(s - 257)
		n += f.take(extra)
		s = f.symbol(f.dist)
		if s > 29 {
			f.fail()
		}
		d, extra := distanceOf(s)
		d += f.take(extra)
		if d > len(f.out) {
			f.fail()
		}
		for range n {
			f.out = append(f.out, f.out[len(f.out)-d])
		}
	}
}

// A Writer makes one block of fixed codes of each piece; the input is searched for repetitions.
type Writer struct {
	w      io.Writer
	level  int
	buf    []byte
	out    []byte
	bits   uint64
	n      uint
	closed bool
	err    error
}

func NewWriter(w io.Writer, level int) (*Writer, error) {
	if level < -2 || level > 9 {
		return nil, fmt.Errorf("flate: invalid compression level %d: want value in range [-2, 9]", level)
	}
	return &Writer{w: w, level: level}, nil
}
func NewWriterDict(w io.Writer, level int, dict []byte) (*Writer, error) { return NewWriter(w, level) }
func (w *Writer) Reset(dst io.Writer)                                   { *w = Writer{w: dst, level: w.level} }

func (w *Writer) Write(p []byte) (int, error) {
	if w.closed {
		return 0, fmt.Errorf("flate: write to closed writer")
	}
	w.buf = append(w.buf, p...)
	for len(w.buf) >= 1<<16 && w.err == nil {
		w.block(w.buf[:1<<16], false)
		w.buf = append([]byte(nil), w.buf[1<<16:]...)
	}
	return len(p), w.send()
}

func (w *Writer) send() error {
	if len(w.out) > 0 && w.err == nil {
		_, w.err = w.w.Write(w.out)
		w.out = w.out[:0]
	}
	return w.err
}

func (w *Writer) Flush() error {
	if len(w.buf) > 0 {
		w.block(w.buf, false)
		w.buf = nil
	}
	w.put(0, 3)
	w.align()
	w.out = append(w.out, 0, 0, 0xff, 0xff)
	return w.send()
}

func (w *Writer) Close() error {
	if !w.closed {
		w.closed = true
		w.block(w.buf, true)
		w.align()
	}
	return w.send()
}

func (w *Writer) put(v, n uint) {
	w.bits |= uint64(v) << w.n
	for w.n += n; w.n >= 8; w.n -= 8 {
		w.out = append(w.out, byte(w.bits))
		w.bits >>= 8
	}
}

func (w *Writer) align() {
	if w.n > 0 {
		w.put(0, 8-w.n)
	}
}

func (w *Writer) code(v, n uint) { w.put(uint(bits.Reverse64(uint64(v))>>(64-n)), n) }

func (w *Writer) symbol(s int) {
	switch {
	case s < 144:
		w.code(uint(s)+0x30, 8)
	case s < 256:
		w.code(uint(s)-144+0x190, 9)
	case s < 280:
		w.code(uint(s)-256, 7)
	default:
		w.code(uint(s)-280+0xc0, 8)
	}
}

func (w *Writer) block(p []byte, last bool) {
	end := uint(0)
	if last {
		end = 1
	}
	if w.level == 0 {
		for {
			n := min(len(p), 65535)
			e := end
			if n < len(p) {
				e = 0
			}
			w.put(e, 3)
			w.align()
			w.out = append(w.out, byte(n), byte(n>>8), ^byte(n), ^byte(n>>8))
			w.out = append(w.out, p[:n]...)
			if p = p[n:]; len(p) == 0 {
				return
			}
		}
	}
	w.put(end|2, 3)
	var heads [1 << 12]int
	for i := 0; i < len(p); {
		if i+4 <= len(p) && w.level != HuffmanOnly {
			h := (uint32(p[i]) | uint32(p[i+1])<<8 | uint32(p[i+2])<<16 | uint32(p[i+3])<<24) * 0x9e3779b1 >> 20
			j := heads[h] - 1
			heads[h] = i + 1
			if j >= 0 && i-j <= 32768 {
				n := 0
				for n < 258 && i+n < len(p) && p[i+n] == p[j+n] {
					n++
				}
				if n >= 4 {
					w.match(n, i-j)
					i += n
					continue
				}
			}
		}
		w.symbol(int(p[i]))
		i++
	}
	w.symbol(256)
}

func (w *Writer) match(n, d int) {
	c := 28
	if n < 258 {
		for c = 0; ; c++ {
			if b, _ := lengthOf(c + 1); c == 27 || b > n {
				break
			}
		}
	}
	base, extra := lengthOf(c)
	w.symbol(257 + c)
	w.put(uint(n-base), extra)
	for c = 0; c < 29; c++ {
		if b, _ := distanceOf(c + 1); b > d {
			break
		}
	}
	base, extra = distanceOf(c)
	w.code(uint(c), 5)
	w.put(uint(d-base), extra)
}
