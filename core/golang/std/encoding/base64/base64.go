// Package base64 writes bytes in 64 letters.
package base64

import (
	"io"
	"strconv"
)

const (
	StdPadding rune = '='
	NoPadding  rune = -1
)

type Encoding struct {
	letters string
	values  [256]byte
	pad     rune
	strict  bool
}

type CorruptInputError int64

func (e CorruptInputError) Error() string {
	return "illegal base64 data at input byte " + strconv.FormatInt(int64(e), 10)
}

func NewEncoding(encoder string) *Encoding {
	if len(encoder) != 64 {
		panic("encoding alphabet is not 64-bytes long")
	}
	e := &Encoding{letters: encoder, pad: StdPadding}
	for i := range e.values {
		e.values[i] = 255
	}
	for i := range 64 {
		e.values[encoder[i]] = byte(i)
	}
	return e
}

func (e Encoding) WithPadding(padding rune) *Encoding {
	e.pad = padding
	return &e
}

func (e Encoding) Strict() *Encoding {
	e.strict = true
	return &e
}

const alnum = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

var (
	StdEncoding    = NewEncoding(alnum + "+/")
	URLEncoding    = NewEncoding(alnum + "-_")
	RawStdEncoding = StdEncoding.WithPadding(NoPadding)
	RawURLEncoding = URLEncoding.WithPadding(NoPadding)
)

func (e *Encoding) EncodedLen(n int) int {
	if e.pad == NoPadding {
		return n/3*4 + (n%3*8+5)/6
	}
	return (n + 2) / 3 * 4
}

func (e *Encoding) DecodedLen(n int) int {
	if e.pad == NoPadding {
		return n / 4 * 3 + n%4*6/8
	}
	return n / 4 * 3
}

func (e *Encoding) AppendEncode(dst, src []byte) []byte {
	for len(src) > 0 {
		var b [3]byte
		n := copy(b[:], src)
		v := uint(b[0])<<16 | uint(b[1])<<8 | uint(b[2])
		for i := range 4 {
			if i <= n {
				dst = append(dst, e.letters[v>>(18-6*i)&63])
			} else if e.pad != NoPadding {
				dst = append(dst, byte(e.pad))
			}
		}
		src = src[n:]
	}
	return dst
}

func (e *Encoding) Encode(dst, src []byte)           { copy(dst, e.AppendEncode(nil, src)) }
func (e *Encoding) EncodeToString(src []byte) string { return string(e.AppendEncode(nil, src)) }

func (e *Encoding) AppendDecode(dst, src []byte) ([]byte, error) {
	var v uint
	n, i := 0, 0
	for ; i < len(src); i++ {
		c := src[i]
		if c == '\n' || c == '\r' {
			continue
		}
		if rune(c) == e.pad {
			break
		}
		d := e.values[c]
		if d == 255 {
			return dst, CorruptInputError(i)
		}
		v = v<<6 | uint(d)
		if n++; n == 4 {
			dst = append(dst, byte(v>>16), byte(v>>8), byte(v))
			n, v = 0, 0
		}
	}
	if i < len(src) {
		want := 4 - n
		if n < 2 {
			return dst, CorruptInputError(i)
		}
		at := i
		for ; i < len(src); i++ {
			if c := src[i]; c == '\n' || c == '\r' {
				continue
			} else if rune(c) != e.pad || want == 0 {
				return dst, CorruptInputError(i)
			}
			want--
		}
		if want > 0 {
			return dst, CorruptInputError(len(src))
		}
		_ = at
	} else if n == 1 || n > 0 && e.pad != NoPadding {
		return dst, CorruptInputError(len(src) - n)
	}
	if n == 3 {
		if e.strict && v&3 != 0 {
			return dst, CorruptInputError(i - 1)
		}
		dst = append(dst, byte(v>>10), byte(v>>2))
	} else if n == 2 {
		if e.strict && v&15 != 0 {
			return dst, CorruptInputError(i - 2)
		}
		dst = append(dst, byte(v>>4))
	}
	return dst, nil
}

func (e *Encoding) Decode(dst, src []byte) (int, error) {
	b, err := e.AppendDecode(nil, src)
	return copy(dst, b), err
}

func (e *Encoding) DecodeString(s string) ([]byte, error) { return e.AppendDecode([]byte{}, []byte(s)) }

type encoder struct {
	e   *Encoding
	w   io.Writer
	buf []byte
}

func NewEncoder(enc *Encoding, w io.Writer) io.WriteCloser { return &encoder{e: enc, w: w} }

func (e *encoder) Write(p []byte) (int, error) {
	e.buf = append(e.buf, p...)
	n := len(e.buf) / 3 * 3
	_, err := e.w.Write(e.e.AppendEncode(nil, e.buf[:n]))
	e.buf = append([]byte(nil), e.buf[n:]...)
	return len(p), err
}

func (e *encoder) Close() error {
	_, err := e.w.Write(e.e.AppendEncode(nil, e.buf))
	e.buf = nil
	return err
}

type decoder struct {
	e    *Encoding
	r    io.Reader
	out  []byte
	err  error
	done bool
}

func NewDecoder(enc *Encoding, r io.Reader) io.Reader { return &decoder{e: enc, r: r} }

func (d *decoder) Read(p []byte) (int, error) {
	if !d.done {
		d.done = true
		in, err := io.ReadAll(d.r)
		if d.out, d.err = d.e.AppendDecode(nil, in); err != nil {
			d.err = err
		}
	}
	if len(d.out) > 0 {
		n := copy(p, d.out)
		d.out = d.out[n:]
		return n, nil
	}
	if d.err != nil {
		return 0, d.err
	}
	return 0, io.EOF
}
