// Package hex writes bytes as hexadecimal digits.
package hex

import (
	"errors"
	"fmt"
	"io"
)

const digits = "0123456789abcdef"

var ErrLength = errors.New("encoding/hex: odd length hex string")

type InvalidByteError byte

func (e InvalidByteError) Error() string {
	return fmt.Sprintf("encoding/hex: invalid byte: %#U", rune(e))
}

func EncodedLen(n int) int { return n * 2 }
func DecodedLen(x int) int { return x / 2 }

func AppendEncode(dst, src []byte) []byte {
	for _, c := range src {
		dst = append(dst, digits[c>>4], digits[c&15])
	}
	return dst
}

func Encode(dst, src []byte) int           { return copy(dst, AppendEncode(nil, src)) }
func EncodeToString(src []byte) string     { return string(AppendEncode(nil, src)) }
func DecodeString(s string) ([]byte, error) { return AppendDecode([]byte{}, []byte(s)) }
func Decode(dst, src []byte) (int, error) {
	b, err := AppendDecode(nil, src)
	return copy(dst, b), err
}

func value(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|32 && c|32 <= 'f':
		return int(c|32-'a') + 10
	}
	return -1
}

func AppendDecode(dst, src []byte) ([]byte, error) {
	for i := 0; i+1 < len(src); i += 2 {
		a, b := value(src[i]), value(src[i+1])
		if a < 0 {
			return dst, InvalidByteError(src[i])
		}
		if b < 0 {
			return dst, InvalidByteError(src[i+1])
		}
		dst = append(dst, byte(a<<4|b))
	}
	if len(src)%2 == 1 {
		if c := src[len(src)-1]; value(c) < 0 {
			return dst, InvalidByteError(c)
		}
		return dst, ErrLength
	}
	return dst, nil
}

// Dump is hexdump -C's form.
func Dump(data []byte) string {
	s := ""
	for at := 0; at < len(data); at += 16 {
		row := data[at:min(at+16, len(data))]
		s += fmt.Sprintf("%08x ", at)
		for i := range 16 {
			if i == 8 {
				s += " "
			}
			if i < len(row) {
				s += fmt.Sprintf(" %02x", row[i])
			} else {
				s += "   "
			}
		}
		s += "  |"
		for _, c := range row {
			if c < 32 || c > 126 {
				c = '.'
			}
			s += string(rune(c))
		}
		s += "|\n"
	}
	return s
}

type writer struct{ w io.Writer }

func NewEncoder(w io.Writer) io.Writer { return writer{w} }

func (e writer) Write(p []byte) (int, error) {
	_, err := e.w.Write(AppendEncode(nil, p))
	return len(p), err
}

type decoder struct {
	r   io.Reader
	odd []byte
}

func NewDecoder(r io.Reader) io.Reader { return &decoder{r: r} }

func (d *decoder) Read(p []byte) (int, error) {
	b := make([]byte, 2*len(p)-len(d.odd))
	n, err := d.r.Read(b)
	b = append(d.odd, b[:n]...)
	d.odd = append([]byte(nil), b[len(b)&^1:]...)
	n, bad := Decode(p, b[:len(b)&^1])
	if bad != nil {
		return n, bad
	}
	if err == io.EOF && len(d.odd) == 1 {
		if value(d.odd[0]) < 0 {
			return n, InvalidByteError(d.odd[0])
		}
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

type dumper struct {
	w io.Writer
	b []byte
}

func Dumper(w io.Writer) io.WriteCloser { return &dumper{w: w} }

func (d *dumper) Write(p []byte) (int, error) {
	d.b = append(d.b, p...)
	return len(p), nil
}
func (d *dumper) Close() error {
	_, err := io.WriteString(d.w, Dump(d.b))
	d.b = nil
	return err
}
