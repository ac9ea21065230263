// Package strconv converts between strings and basic values.
package strconv

import (
	"errors"
	"unicode/utf8"
)

const IntSize = 64

var (
	ErrRange  = errors.New("value out of range")
	ErrSyntax = errors.New("invalid syntax")
)

type NumError struct {
	Func string
	Num  string
	Err  error
}

func (e *NumError) Error() string {
	return "strconv." + e.Func + ": parsing " + Quote(e.Num) + ": " + e.Err.Error()
}

func (e *NumError) Unwrap() error { return e.Err }

func FormatInt(i int64, base int) string
func FormatUint(i uint64, base int) string
func FormatFloat(f float64, fmt byte, prec, bitSize int) string

// The codes are 0 fine, 1 syntax, 2 range (with the nearest value), 3 bad base, 4 bad bit size.
func parseInt(s string, base, bitSize int) (n int64, code int)
func parseUint(s string, base, bitSize int) (n uint64, code int)
func parseFloat(s string, bitSize int) (f float64, code int)

func Itoa(i int) string { return FormatInt(int64(i), 10) }

func AppendInt(dst []byte, i int64, base int) []byte { return append(dst, FormatInt(i, base)...) }

func AppendUint(dst []byte, i uint64, base int) []byte { return append(dst, FormatUint(i, base)...) }

func AppendFloat(dst []byte, f float64, fmt byte, prec, bitSize int) []byte {
	return append(dst, FormatFloat(f, fmt, prec, bitSize)...)
}

func numError(fn, s string, code, arg int) error {
	err := ErrSyntax
	switch code {
	case 0:
		return nil
	case 2:
		err = ErrRange
	case 3:
		err = errors.New("invalid base " + Itoa(arg))
	case 4:
		err = errors.New("invalid bit size " + Itoa(arg))
	}
	return &NumError{fn, s, err}
}

func Atoi(s string) (int, error) {
	n, code := parseInt(s, 10, 64)
	if code == 0 {
		return int(n), nil
	}
	return int(n), numError("Atoi", s, code, 0)
}

func ParseInt(s string, base int, bitSize int) (int64, error) {
	n, code := parseInt(s, base, bitSize)
	if code == 4 {
		base = bitSize
	}
	return n, numError("ParseInt", s, code, base)
}

func ParseUint(s string, base int, bitSize int) (uint64, error) {
	n, code := parseUint(s, base, bitSize)
	if code == 4 {
		base = bitSize
	}
	return n, numError("ParseUint", s, code, base)
}

func ParseFloat(s string, bitSize int) (float64, error) {
	f, code := parseFloat(s, bitSize)
	return f, numError("ParseFloat", s, code, 0)
}

func ParseBool(str string) (bool, error) {
	switch str {
	case "1", "t", "T", "true", "TRUE", "True":
		return true, nil
	case "0", "f", "F", "false", "FALSE", "False":
		return false, nil
	}
	return false, &NumError{"ParseBool", str, ErrSyntax}
}

func FormatBool(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

func AppendBool(dst []byte, b bool) []byte { return append(dst, FormatBool(b)...) }

func FormatComplex(c complex128, fmt byte, prec, bitSize int) string {
	im := FormatFloat(imag(c), fmt, prec, bitSize/2)
	if im[0] != '+' && im[0] != '-' {
		im = "+" + im
	}
	return "(" + FormatFloat(real(c), fmt, prec, bitSize/2) + im + "i)"
}

func ParseComplex(s string, bitSize int) (complex128, error) {
	in := s
	if len(s) >= 2 && s[0] == '(' && s[len(s)-1] == ')' {
		s = s[1 : len(s)-1]
	}
	bad := &NumError{"ParseComplex", in, ErrSyntax}
	if s == "" {
		return 0, bad
	}
	if s[len(s)-1] != 'i' {
		f, code := parseFloat(s, bitSize/2)
		return complex(f, 0), numError("ParseComplex", in, code, 0)
	}
	s = s[:len(s)-1]
	i := len(s) - 1
	for i > 0 && (s[i] != '+' && s[i] != '-' || s[i-1] == 'e' || s[i-1] == 'E' || s[i-1] == 'p' || s[i-1] == 'P') {
		i--
	}
	var re float64
	code := 0
	if i > 0 {
		if re, code = parseFloat(s[:i], bitSize/2); code == 1 {
			return 0, bad
		}
		s = s[i:]
	}
	im, c := parseFloat(s, bitSize/2)
	if c == 1 {
		return 0, bad
	}
	return complex(re, im), numError("ParseComplex", in, max(c, code), 0)
}

// IsPrint tells letters, marks, numbers, punctuation, symbols and the ASCII space.
func IsPrint(r rune) bool

func IsGraphic(r rune) bool {
	switch r {
	case 0xa0, 0x1680, 0x202f, 0x205f, 0x3000:
		return true
	}
	return IsPrint(r) || 0x2000 <= r && r <= 0x200a
}

func quote(dst []byte, s string, q byte, ascii, graphic bool) []byte {
	dst = append(dst, q)
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if n == 1 && r == utf8.RuneError {
			dst = append(dst, '\\', 'x', hex[s[i]>>4], hex[s[i]&15])
		} else {
			dst = quoteRune(dst, r, q, ascii, graphic)
		}
		i += n
	}
	return append(dst, q)
}

const hex = "0123456789abcdef"

func quoteRune(dst []byte, r rune, q byte, ascii, graphic bool) []byte {
	if r == rune(q) || r == '\\' {
		return append(dst, '\\', byte(r))
	}
	if r < 0x7f && r >= ' ' || r >= utf8.RuneSelf && !ascii && (IsPrint(r) || graphic && IsGraphic(r)) {
		return utf8.AppendRune(dst, r)
	}
	if r >= 7 && r <= 13 {
		return append(dst, '\\', "abtnvfr"[r-7])
	}
	n, c := 4, byte('u')
	if r < ' ' || r == 0x7f {
		n, c = 2, 'x'
	} else if r >= 0x10000 {
		n, c = 8, 'U'
	}
	dst = append(dst, '\\', c)
	for n--; n >= 0; n-- {
		dst = append(dst, hex[r>>(4*n)&15])
	}
	return dst
}

func Quote(s string) string                      { return string(quote(nil, s, '"', false, false)) }
func QuoteToASCII(s string) string               { return string(quote(nil, s, '"', true, false)) }
func QuoteToGraphic(s string) string             { return string(quote(nil, s, '"', false, true)) }
func AppendQuote(dst []byte, s string) []byte    { return quote(dst, s, '"', false, false) }
func AppendQuoteToASCII(d []byte, s string) []byte { return quote(d, s, '"', true, false) }
func AppendQuoteToGraphic(d []byte, s string) []byte { return quote(d, s, '"', false, true) }
func QuoteRune(r rune) string                    { return string(AppendQuoteRune(nil, r)) }
func QuoteRuneToASCII(r rune) string             { return string(AppendQuoteRuneToASCII(nil, r)) }
func QuoteRuneToGraphic(r rune) string           { return string(quote(nil, string(r), '\'', false, true)) }
func AppendQuoteRune(dst []byte, r rune) []byte  { return quote(dst, string(r), '\'', false, false) }
func AppendQuoteRuneToASCII(dst []byte, r rune) []byte {
	return quote(dst, string(r), '\'', true, false)
}

func AppendQuoteRuneToGraphic(dst []byte, r rune) []byte {
	return quote(dst, string(r), '\'', false, true)
}

func CanBackquote(s string) bool {
	for _, r := range s {
		if r < ' ' && r != '\t' || r == '`' || r == 0x7f || r == 0xFEFF {
			return false
		}
	}
	return utf8.ValidString(s)
}

func UnquoteChar(s string, quote byte) (value rune, multibyte bool, tail string, err error) {
	if s == "" || s[0] == quote && (quote == '\'' || quote == '"') {
		return 0, false, "", ErrSyntax
	}
	if s[0] >= utf8.RuneSelf {
		r, n := utf8.DecodeRuneInString(s)
		return r, true, s[n:], nil
	}
	if s[0] != '\\' {
		return rune(s[0]), false, s[1:], nil
	}
	if len(s) < 2 {
		return 0, false, "", ErrSyntax
	}
	c := s[1]
	s = s[2:]
	n := 0
	switch c {
	case 'a':
		value = 7
	case 'b':
		value = 8
	case 't':
		value = 9
	case 'n':
		value = 10
	case 'v':
		value = 11
	case 'f':
		value = 12
	case 'r':
		value = 13
	case 'x':
		n = 2
	case 'u':
		n = 4
	case 'U':
		n = 8
	case '0', '1', '2', '3', '4', '5', '6', '7':
		if len(s) < 2 {
			return 0, false, "", ErrSyntax
		}
		v, code := parseUint(string(c)+s[:2], 8, 64)
		if code != 0 || v > 255 {
			return 0, false, "", ErrSyntax
		}
		return rune(v), false, s[2:], nil
	case '\\':
		value = '\\'
	case '\'', '"':
		if c != quote {
			return 0, false, "", ErrSyntax
		}
		value = rune(c)
	default:
		return 0, false, "", ErrSyntax
	}
	if n > 0 {
		if len(s) < n || s[0] == '+' {
			return 0, false, "", ErrSyntax
		}
		v, code := parseUint(s[:n], 16, 64)
		if code != 0 || n > 2 && (v > utf8.MaxRune || !utf8.ValidRune(rune(v))) {
			return 0, false, "", ErrSyntax
		}
		return rune(v), n > 2, s[n:], nil
	}
	return value, false, s, nil
}

func unquote(s string) (out, rest string, err error) {
	if len(s) < 2 {
		return "", "", ErrSyntax
	}
	q := s[0]
	var b []byte
	switch q {
	case '`':
		for i := 1; i < len(s); i++ {
			if s[i] == '`' {
				return string(b), s[i+1:], nil
			}
			if s[i] != '\r' {
				b = append(b, s[i])
			}
		}
		return "", "", ErrSyntax
	case '"', '\'':
		t := s[1:]
		for n := 0; ; n++ {
			if t == "" || t[0] == '\n' || q == '\'' && n == 1 && t[0] != q || q == '\'' && n == 0 && t[0] == q {
				return "", "", ErrSyntax
			}
			if t[0] == q {
				return string(b), t[1:], nil
			}
			if t[0] != '\\' && t[0] < utf8.RuneSelf {
				b = append(b, t[0])
				t = t[1:]
				continue
			}
			r, multi, tail, err := UnquoteChar(t, q)
			if err != nil {
				return "", "", err
			}
			if multi {
				b = utf8.AppendRune(b, r)
			} else {
				b = append(b, byte(r))
			}
			t = tail
		}
	}
	return "", "", ErrSyntax
}

func Unquote(s string) (string, error) {
	out, rest, err := unquote(s)
	if err != nil || rest != "" {
		return "", ErrSyntax
	}
	return out, nil
}

func QuotedPrefix(s string) (string, error) {
	_, rest, err := unquote(s)
	if err != nil {
		return "", err
	}
	return s[:len(s)-len(rest)], nil
}
