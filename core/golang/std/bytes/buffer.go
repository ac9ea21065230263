// Buffer and Reader.
package bytes

import (
	"errors"
	"io"
	"unicode/utf8"
)

var ErrTooLarge = errors.New("bytes.Buffer: too large")

type Buffer struct {
	buf  []byte
	off  int
	last int8 // 0: nothing to unread, -1: a byte, else the size of a rune
}

func NewBuffer(buf []byte) *Buffer      { return &Buffer{buf: buf} }
func NewBufferString(s string) *Buffer  { return &Buffer{buf: []byte(s)} }
func (b *Buffer) Bytes() []byte         { return b.buf[b.off:] }
func (b *Buffer) AvailableBuffer() []byte { return b.buf[len(b.buf):] }
func (b *Buffer) Len() int              { return len(b.buf) - b.off }
func (b *Buffer) Cap() int              { return cap(b.buf) }
func (b *Buffer) Available() int        { return cap(b.buf) - len(b.buf) }
func (b *Buffer) Reset()                { b.buf, b.off, b.last = b.buf[:0], 0, 0 }
func (b *Buffer) String() string {
	if b == nil {
		return "<nil>"
	}
	return string(b.buf[b.off:])
}

func (b *Buffer) Peek(n int) ([]byte, error) {
	if b.Len() < n {
		return b.Bytes(), io.EOF
	}
	return b.Bytes()[:n], nil
}

func (b *Buffer) Truncate(n int) {
	if n == 0 {
		b.Reset()
		return
	}
	b.last = 0
	if n < 0 || n > b.Len() {
		panic("bytes.Buffer: truncation out of range")
	}
	b.buf = b.buf[:b.off+n]
}

func (b *Buffer) Grow(n int) {
	if n < 0 {
		panic("bytes.Buffer.Grow: negative count")
	}
	if cap(b.buf)-len(b.buf) < n {
		b.buf = append(make([]byte, 0, 2*cap(b.buf)+n), b.buf[b.off:]...)
		b.off = 0
	}
}

func (b *Buffer) Write(p []byte) (int, error) {
	b.last = 0
	b.buf = append(b.buf, p...)
	return len(p), nil
}

func (b *Buffer) WriteString(s string) (int, error) {
	b.last = 0
	b.buf = append(b.buf, s...)
	return len(s), nil
}

func (b *Buffer) WriteByte(c byte) error {
	b.last = 0
	b.buf = append(b.buf, c)
	return nil
}

func (b *Buffer) WriteRune(r rune) (int, error) {
	n := len(b.buf)
	b.last = 0
	b.buf = utf8.AppendRune(b.buf, r)
	return len(b.buf) - n, nil
}

func (b *Buffer) ReadFrom(r io.Reader) (n int64, err error) {
	b.last = 0
	for {
		b.Grow(MinRead)
		m, e := r.Read(b.buf[len(b.buf):cap(b.buf)])
		if m < 0 {
			panic(errors.New("bytes.Buffer: reader returned negative count from Read"))
		}
		b.buf = b.buf[:len(b.buf)+m]
		n += int64(m)
		if e == io.EOF {
			return n, nil
		}
		if e != nil {
			return n, e
		}
	}
}

func (b *Buffer) WriteTo(w io.Writer) (int64, error) {
	b.last = 0
	n := 0
	if b.Len() > 0 {
		var err error
		n, err = w.Write(b.buf[b.off:])
		b.off += n
		if err != nil {
			return int64(n), err
		}
		if b.Len() > 0 {
			return int64(n), io.ErrShortWrite
		}
	}
	b.Reset()
	return int64(n), nil
}

func (b *Buffer) Read(p []byte) (int, error) {
	b.last = 0
	if b.Len() == 0 {
		b.Reset()
		if len(p) == 0 {
			return 0, nil
		}
		return 0, io.EOF
	}
	n := copy(p, b.buf[b.off:])
	b.off += n
	if n > 0 {
		b.last = -1
	}
	return n, nil
}

func (b *Buffer) Next(n int) []byte {
	b.last = 0
	n = min(n, b.Len())
	d := b.buf[b.off : b.off+n]
	b.off += n
	if n > 0 {
		b.last = -1
	}
	return d
}

func (b *Buffer) ReadByte() (byte, error) {
	if b.Len() == 0 {
		b.Reset()
		return 0, io.EOF
	}
	b.off++
	b.last = -1
	return b.buf[b.off-1], nil
}

func (b *Buffer) ReadRune() (rune, int, error) {
	if b.Len() == 0 {
		b.Reset()
		return 0, 0, io.EOF
	}
	r, n := utf8.DecodeRune(b.buf[b.off:])
	b.off += n
	b.last = int8(n)
	return r, n, nil
}

func (b *Buffer) UnreadRune() error {
	if b.last <= 0 {
		return errors.New("bytes.Buffer: UnreadRune: previous operation was not a successful ReadRune")
	}
	b.off -= int(b.last)
	b.last = 0
	return nil
}

func (b *Buffer) UnreadByte() error {
	if b.last == 0 {
		return errors.New("bytes.Buffer: UnreadByte: previous operation was not a successful read")
	}
	b.off--
	b.last = 0
	return nil
}

func (b *Buffer) ReadBytes(delim byte) ([]byte, error) {
	s, err := b.slice(delim)
	return append([]byte(nil), s...), err
}

func (b *Buffer) ReadString(delim byte) (string, error) {
	s, err := b.slice(delim)
	return string(s), err
}

func (b *Buffer) slice(delim byte) (line []byte, err error) {
	end := len(b.buf)
	if i := IndexByte(b.buf[b.off:], delim); i >= 0 {
		end = b.off + i + 1
	} else {
		err = io.EOF
	}
	line = b.buf[b.off:end]
	b.off = end
	b.last = -1
	return
}

type Reader struct {
	s    []byte
	i    int64
	prev int
}

func NewReader(b []byte) *Reader  { return &Reader{b, 0, -1} }
func (r *Reader) Len() int        { return max(0, len(r.s)-int(r.i)) }
func (r *Reader) Size() int64     { return int64(len(r.s)) }
func (r *Reader) Reset(b []byte)  { *r = Reader{b, 0, -1} }

func (r *Reader) Read(b []byte) (int, error) {
	if r.Len() == 0 {
		return 0, io.EOF
	}
	r.prev = -1
	n := copy(b, r.s[r.i:])
	r.i += int64(n)
	return n, nil
}

func (r *Reader) ReadAt(b []byte, off int64) (int, error) {
	if off < 0 {
		return 0, errors.New("bytes.Reader.ReadAt: negative offset")
	}
	if off >= int64(len(r.s)) {
		return 0, io.EOF
	}
	n := copy(b, r.s[off:])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

func (r *Reader) ReadByte() (byte, error) {
	r.prev = -1
	if r.Len() == 0 {
		return 0, io.EOF
	}
	r.i++
	return r.s[r.i-1], nil
}

func (r *Reader) UnreadByte() error {
	if r.i <= 0 {
		return errors.New("bytes.Reader.UnreadByte: at beginning of slice")
	}
	r.prev = -1
	r.i--
	return nil
}

func (r *Reader) ReadRune() (ch rune, size int, err error) {
	if r.Len() == 0 {
		r.prev = -1
		return 0, 0, io.EOF
	}
	r.prev = int(r.i)
	ch, size = utf8.DecodeRune(r.s[r.i:])
	r.i += int64(size)
	return
}

func (r *Reader) UnreadRune() error {
	if r.i <= 0 {
		return errors.New("bytes.Reader.UnreadRune: at beginning of slice")
	}
	if r.prev < 0 {
		return errors.New("bytes.Reader.UnreadRune: previous operation was not ReadRune")
	}
	r.i, r.prev = int64(r.prev), -1
	return nil
}

func (r *Reader) Seek(offset int64, whence int) (int64, error) {
	r.prev = -1
	switch whence {
	case 0:
	case 1:
		offset += r.i
	case 2:
		offset += int64(len(r.s))
	default:
		return 0, errors.New("bytes.Reader.Seek: invalid whence")
	}
	if offset < 0 {
		return 0, errors.New("bytes.Reader.Seek: negative position")
	}
	r.i = offset
	return offset, nil
}

func (r *Reader) WriteTo(w io.Writer) (int64, error) {
	r.prev = -1
	if r.Len() == 0 {
		return 0, nil
	}
	n, err := w.Write(r.s[r.i:])
	r.i += int64(n)
	if err == nil && r.Len() > 0 {
		err = io.ErrShortWrite
	}
	return int64(n), err
}
