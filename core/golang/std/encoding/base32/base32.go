// Package base32 is five bits a character.
package base32

import (
	"bytes"
	"io"
	"strconv"
	"strings"
)

type Encoding struct {
	chars string
	pad   rune
}

type CorruptInputError int64

func (e CorruptInputError) Error() string {
	return "illegal base32 data at input byte " + strconv.FormatInt(int64(e), 10)
}

const (
	StdPadding rune = '='
	NoPadding  rune = -1
)

var (
	StdEncoding = NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
	HexEncoding = NewEncoding("0123456789ABCDEFGHIJKLMNOPQRSTUV")
)

func NewEncoding(encoder string) *Encoding {
	if len(encoder) != 32 {
		panic("encoding alphabet is not 32-bytes long")
	}
	return &Encoding{encoder, StdPadding}
}
func (e Encoding) WithPadding(padding rune) *Encoding {
	e.pad = padding
	return &e
}

func (e *Encoding) EncodedLen(n int) int {
	if e.pad == NoPadding {
		return n/5*8 + (n%5*8+4)/5
	}
	return (n + 4) / 5 * 8
}
func (e *Encoding) DecodedLen(n int) int {
	if e.pad == NoPadding {
		return n/8*5 + n%8*5/8
	}
	return n / 8 * 5
}

func (e *Encoding) AppendEncode(dst, src []byte) []byte {
	var acc, n uint
	start := len(dst)
	for _, c := range src {
		acc, n = acc<<8|uint(c), n+8
		for n >= 5 {
			n -= 5
			dst = append(dst, e.chars[acc>>n&31])
		}
	}
	if n > 0 {
		dst = append(dst, e.chars[acc<<(5-n)&31])
	}
	for e.pad != NoPadding && (len(dst)-start)%8 != 0 {
		dst = append(dst, byte(e.pad))
	}
	return dst
}
func (e *Encoding) Encode(dst, src []byte)            { copy(dst, e.AppendEncode(nil, src)) }
func (e *Encoding) EncodeToString(src []byte) string  { return string(e.AppendEncode(nil, src)) }
func (e *Encoding) DecodeString(s string) ([]byte, error) {
	s = strings.NewReplacer("\r", "", "\n", "").Replace(s)
	end := len(s)
	if e.pad != NoPadding {
		if len(s)%8 != 0 {
			end = strings.IndexRune(s, e.pad)
			if end < 0 {
				end = len(s)
			}
			for i := range end {
				if strings.IndexByte(e.chars, s[i]) < 0 {
					return nil, CorruptInputError(i)
				}
			}
			return nil, CorruptInputError(len(s))
		}
		end = len(strings.TrimRight(s, string(e.pad)))
	}
	out := []byte{}
	var acc, n uint
	for i := range end {
		v := strings.IndexByte(e.chars, s[i])
		if v < 0 {
			return out, CorruptInputError(i)
		}
		if acc, n = acc<<5|uint(v), n+5; n >= 8 {
			n -= 8
			out = append(out, byte(acc>>n))
		}
	}
	switch end % 8 {
	case 1, 3, 6:
		return out, CorruptInputError(end)
	}
	return out, nil
}
func (e *Encoding) Decode(dst, src []byte) (int, error) {
	b, err := e.DecodeString(string(src))
	return copy(dst, b), err
}
func (e *Encoding) AppendDecode(dst, src []byte) ([]byte, error) {
	b, err := e.DecodeString(string(src))
	return append(dst, b...), err
}

type encoder struct {
	e *Encoding
	w io.Writer
	b []byte
}

func NewEncoder(enc *Encoding, w io.Writer) io.WriteCloser { return &encoder{e: enc, w: w} }
func (x *encoder) Write(p []byte) (int, error) {
	x.b = append(x.b, p...)
	n := len(x.b) / 5 * 5
	_, err := x.w.Write(x.e.AppendEncode(nil, x.b[:n]))
	x.b = append([]byte(nil), x.b[n:]...)
	return len(p), err
}
func (x *encoder) Close() error {
	_, err := x.w.Write(x.e.AppendEncode(nil, x.b))
	x.b = nil
	return err
}

type decoder struct {
	e *Encoding
	r io.Reader
	b *bytes.Reader
}

func NewDecoder(enc *Encoding, r io.Reader) io.Reader { return &decoder{e: enc, r: r} }
func (x *decoder) Read(p []byte) (int, error) {
	if x.b == nil {
		all, err := io.ReadAll(x.r)
		if err != nil {
			return 0, err
		}
		if all, err = x.e.DecodeString(string(all)); err != nil {
			return 0, err
		}
		x.b = bytes.NewReader(all)
	}
	return x.b.Read(p)
}
