// Scanning.
package fmt

import (
	"errors"
	"internal/native"
	"io"
	"math"
	"os"
	"strconv"
	"unicode/utf8"
)

type ScanState interface {
	ReadRune() (r rune, size int, err error)
	UnreadRune() error
	SkipSpace()
	Token(skipSpace bool, f func(rune) bool) (token []byte, err error)
	Width() (wid int, ok bool)
	Read(buf []byte) (n int, err error)
}

type Scanner interface {
	Scan(state ScanState, verb rune) error
}

func Scan(a ...any) (n int, err error)                 { return Fscan(os.Stdin, a...) }
func Scanln(a ...any) (n int, err error)               { return Fscanln(os.Stdin, a...) }
func Scanf(format string, a ...any) (n int, err error) { return Fscanf(os.Stdin, format, a...) }

type stringReader string

func (r *stringReader) Read(b []byte) (int, error) {
	if *r == "" {
		return 0, io.EOF
	}
	n := copy(b, *r)
	*r = (*r)[n:]
	return n, nil
}

func Sscan(str string, a ...any) (n int, err error)   { return Fscan((*stringReader)(&str), a...) }
func Sscanln(str string, a ...any) (n int, err error) { return Fscanln((*stringReader)(&str), a...) }
func Sscanf(str string, format string, a ...any) (n int, err error) {
	return Fscanf((*stringReader)(&str), format, a...)
}

func Fscan(r io.Reader, a ...any) (n int, err error) {
	return newScan(r, true, false).scan(a)
}

func Fscanln(r io.Reader, a ...any) (n int, err error) {
	return newScan(r, false, true).scan(a)
}

func Fscanf(r io.Reader, format string, a ...any) (n int, err error) {
	return newScan(r, false, false).doScanf(format, a)
}

const eof = -1

// ss reads runes; the one read too far is kept in the source if it can take it back.
type ss struct {
	r         io.Reader
	rs        io.RuneScanner
	peeked    bool
	ended     bool
	last      rune
	count     int
	nlIsSpace bool
	nlIsEnd   bool
	limit     int
	widOK     bool
	buf       []byte
}

func newScan(r io.Reader, nlIsSpace, nlIsEnd bool) *ss {
	s := &ss{r: r, nlIsSpace: nlIsSpace, nlIsEnd: nlIsEnd, limit: 1 << 30}
	s.rs, _ = r.(io.RuneScanner)
	return s
}

type scanError struct{ err error }

func (s *ss) fail(text string) { panic(scanError{errors.New(text)}) }

func (s *ss) end(err *error) {
	if e := recover(); e != nil {
		if x, ok := e.(scanError); ok {
			*err = x.err
		} else if e == io.EOF {
			*err = io.EOF
		} else {
			panic(e)
		}
	}
}

func (s *ss) read() rune {
	if s.ended || s.count >= s.limit {
		return eof
	}
	if s.peeked {
		s.peeked = false
		s.count++
		return s.last
	}
	var r rune
	var err error
	if s.rs != nil {
		r, _, err = s.rs.ReadRune()
	} else {
		var b [utf8.UTFMax]byte
		n := 0
		for n < len(b) && !utf8.FullRune(b[:n]) {
			k, e := io.ReadFull(s.r, b[n:n+1])
			n += k
			if e != nil {
				err = e
				break
			}
		}
		if n > 0 {
			err = nil
			r, _ = utf8.DecodeRune(b[:n])
		}
	}
	if err != nil {
		s.ended = err == io.EOF
		if s.ended {
			return eof
		}
		panic(scanError{err})
	}
	s.last, s.ended = r, s.nlIsEnd && r == '\n'
	s.count++
	return r
}

func (s *ss) unread() {
	s.ended = false
	if s.rs != nil {
		s.rs.UnreadRune()
	} else {
		s.peeked = true
	}
	s.count--
}

func (s *ss) ReadRune() (rune, int, error) {
	r := s.read()
	if r == eof {
		return 0, 0, io.EOF
	}
	return r, utf8.RuneLen(r), nil
}
func (s *ss) UnreadRune() error {
	s.unread()
	return nil
}
func (s *ss) Width() (int, bool)               { return s.limit, s.widOK }
func (s *ss) Read(buf []byte) (int, error)     { return 0, errors.New("ScanState's Read should not be called. Use ReadRune") }
func (s *ss) Token(skipSpace bool, f func(rune) bool) (tok []byte, err error) {
	defer s.end(&err)
	if f == nil {
		f = func(r rune) bool { return !isSpace(r) }
	}
	if skipSpace {
		s.SkipSpace()
	}
	return []byte(s.token(f)), nil
}

func isSpace(r rune) bool {
	return r == ' ' || 9 <= r && r <= 13 || r == 0x85 || r == 0xa0 || r == 0x1680 || 0x2000 <= r && r <= 0x200a || r == 0x2028 || r == 0x2029 || r == 0x202f || r == 0x205f || r == 0x3000
}

func (s *ss) SkipSpace() {
	for {
		r := s.read()
		if r == eof {
			return
		}
		if r == '\r' {
			if n := s.read(); n == '\n' {
				r = n
			} else if n != eof {
				s.unread()
			}
		}
		if r == '\n' {
			if s.nlIsSpace {
				continue
			}
			s.fail("unexpected newline")
		}
		if !isSpace(r) {
			s.unread()
			return
		}
	}
}

func (s *ss) token(f func(rune) bool) string {
	s.buf = s.buf[:0]
	for {
		r := s.read()
		if r == eof {
			break
		}
		if !f(r) {
			s.unread()
			break
		}
		s.buf = utf8.AppendRune(s.buf, r)
	}
	return string(s.buf)
}

func (s *ss) scan(a []any) (n int, err error) {
	defer s.end(&err)
	for _, v := range a {
		s.one('v', v)
		n++
	}
	if s.nlIsEnd {
		for {
			r := s.read()
			if r == '\n' || r == eof {
				break
			}
			if !isSpace(r) {
				s.fail("expected newline")
			}
		}
	}
	return
}

func in(set string) func(rune) bool {
	return func(r rune) bool {
		for _, c := range set {
			if c == r {
				return true
			}
		}
		return false
	}
}

const (
	binary  = "01"
	octal   = binary + "234567"
	decimal = octal + "89"
	hex     = decimal + "aAbBcCdDeEfF"
)

// accept takes the next rune into the buffer if it is one of a set.
func (s *ss) accept(set string) bool {
	r := s.read()
	if r == eof {
		return false
	}
	if !in(set)(r) {
		s.unread()
		return false
	}
	s.buf = utf8.AppendRune(s.buf, r)
	return true
}

// number collects the longest text that may be an integer in the verb's base.
func (s *ss) number(verb rune, signs string) (string, int) {
	base, digits, have := 10, decimal, false
	switch verb {
	case 'b':
		base, digits = 2, binary
	case 'o':
		base, digits = 8, octal
	case 'x', 'X', 'U':
		base, digits = 16, hex
	}
	if verb == 'U' {
		if !s.accept("U") || !s.accept("+") {
			s.fail("bad unicode format ")
		}
		s.buf = s.buf[:0]
	} else {
		s.accept(signs)
	}
	if verb == 'v' {
		base, digits = 0, decimal+"_"
		if s.accept("0") {
			have, digits = true, octal+"_"
			if s.accept("bB") {
				digits = binary + "_"
			} else if !s.accept("oO") && s.accept("xX") {
				digits = hex + "_"
			}
		}
	}
	if !have {
		s.more()
	}
	for s.accept(digits) {
		have = true
	}
	if !have {
		s.fail("expected integer")
	}
	return string(s.buf), base
}

// more panics with EOF when there is nothing left.
func (s *ss) more() {
	if s.read() == eof {
		panic(io.EOF)
	}
	s.unread()
}

// must reads a rune where the input may not end.
func (s *ss) must() rune {
	r := s.read()
	if r == eof {
		panic(scanError{io.ErrUnexpectedEOF})
	}
	return r
}

// begin checks the verb and goes to the first rune of an operand.
func (s *ss) begin(verb rune, ok, typ string) {
	s.SkipSpace()
	s.more()
	if !in(ok)(verb) {
		s.fail("bad verb '%" + string(verb) + "' for " + typ)
	}
}

func (s *ss) failIf(err error) {
	if err != nil {
		panic(scanError{err})
	}
}

// float collects a floating-point number, which may have an exponent of two.
func (s *ss) float(size int) float64 {
	s.buf = s.buf[:0]
	word := func(w string) bool {
		for i := 0; i < len(w); i += 2 {
			if !s.accept(w[i : i+2]) {
				return false
			}
		}
		return true
	}
	hexadecimal := false
	if !word("nNaAnN") {
		s.accept("+-")
		if !word("iInNfF") {
			digits, exponent := decimal+"_", "eEpP"
			if s.accept("0") && s.accept("xX") {
				hexadecimal, digits, exponent = true, hex+"_", "pP"
			}
			for s.accept(digits) {
			}
			if s.accept(".") {
				for s.accept(digits) {
				}
			}
			if s.accept(exponent) {
				s.accept("+-")
				for s.accept(decimal + "_") {
				}
			}
		}
	}
	text, scale := string(s.buf), 0
	for i := range len(text) {
		if text[i] == 'p' && !hexadecimal {
			n, err := strconv.Atoi(text[i+1:])
			s.failIf(err)
			text, scale = text[:i], n
			break
		}
	}
	f, err := strconv.ParseFloat(text, size)
	s.failIf(err)
	return math.Ldexp(f, scale)
}

func (s *ss) complex(size int) complex128 {
	const wrong = "syntax error scanning complex number"
	open := s.accept("(")
	re, negative := s.float(size), false
	if r := s.read(); r == '-' {
		negative = true
	} else if r != '+' {
		s.fail(wrong)
	}
	im := s.float(size)
	if negative {
		im = -im
	}
	if !s.accept("i") || open && !s.accept(")") {
		s.fail(wrong)
	}
	return complex(re, im)
}

func (s *ss) bool() bool {
	wrong := false
	switch s.read() {
	case '1':
		return true
	case 't', 'T':
		wrong = s.accept("rR") && !(s.accept("uU") && s.accept("eE"))
		if !wrong {
			return true
		}
	case 'f', 'F':
		wrong = s.accept("aA") && !(s.accept("lL") && s.accept("sS") && s.accept("eE"))
	}
	if wrong {
		s.fail("syntax error scanning boolean")
	}
	return false
}

func (s *ss) convert(verb rune, v any, t int) {
	const floats = "beEfFgGv"
	s.buf = s.buf[:0]
	k := native.TypeKind(t)
	var out any
	switch {
	case k == 1:
		s.begin(verb, "tv", "boolean")
		out = s.bool()
	case 2 <= k && k <= 12 && verb == 'c':
		s.more()
		r := s.read()
		if size := 64 - sizes[k]; int64(r)<<size>>size != int64(r) {
			s.fail("overflow on character value " + string(r))
		}
		out = r
	case 2 <= k && k <= 6:
		s.begin(verb, "bdoUxXv", "integer")
		tok, base := s.number(verb, "+-")
		i, err := strconv.ParseInt(tok, base, 64)
		s.failIf(err)
		if size := 64 - sizes[k]; i<<size>>size != i {
			s.fail("integer overflow on token " + tok)
		}
		out = i
	case 7 <= k && k <= 12:
		s.begin(verb, "bdoUxXv", "integer")
		tok, base := s.number(verb, "")
		u, err := strconv.ParseUint(tok, base, 64)
		s.failIf(err)
		if size := 64 - sizes[k]; u<<size>>size != u {
			s.fail("unsigned integer overflow on token " + tok)
		}
		out = u
	case k == 13 || k == 14:
		s.begin(verb, floats, "float"+strconv.Itoa(32*(k-12)))
		out = s.float(32 * (k - 12))
	case k == 15 || k == 16:
		s.begin(verb, floats, "complex")
		out = s.complex(32 * (k - 14))
	case k == 24:
		out = s.str(verb)
	case k == 23 && native.TypeKind(native.TypeElem(t)) == 8:
		out = []byte(s.str(verb))
	default:
		s.fail("can't scan type: *" + native.TypeString(t))
	}
	native.Store(v, native.Convert(out, t))
}

func (s *ss) str(verb rune) string {
	s.begin(verb, "svqxX", "string")
	switch verb {
	case 'q':
		q := s.read()
		if q != '"' && q != '`' {
			s.fail("expected quoted string")
		}
		b := []rune{q}
		for {
			r := s.must()
			b = append(b, r)
			if r == '\\' && q == '"' {
				b = append(b, s.must())
			} else if r == q {
				break
			}
		}
		t, err := strconv.Unquote(string(b))
		s.failIf(err)
		return t
	case 'x', 'X':
		var b []byte
		for s.accept(hex) {
			s.must()
			s.unread()
			if !s.accept(hex) {
				s.fail("illegal hex digit")
			}
			n, _ := strconv.ParseUint(string(s.buf), 16, 8)
			b = append(b, byte(n))
			s.buf = s.buf[:0]
		}
		if len(b) == 0 {
			s.fail("no hex data for %x string")
		}
		return string(b)
	}
	return s.token(func(r rune) bool { return !isSpace(r) })
}

func (s *ss) one(verb rune, v any) {
	if sc, ok := v.(Scanner); ok {
		err := sc.Scan(s, verb)
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		s.failIf(err)
		return
	}
	t := native.TypeOf(v)
	if native.TypeKind(t) != 22 {
		name := "<nil>"
		if v != nil {
			name = native.TypeString(t)
		}
		s.fail("type not a pointer: " + name)
	}
	s.convert(verb, v, native.TypeElem(t))
}

// blanks matches a run of white space of the format, which has newlines and may end in blanks.
func (s *ss) blanks(newlines int, trailing bool) {
	skip := func() rune {
		r := s.read()
		for isSpace(r) && r != '\n' {
			r = s.read()
		}
		return r
	}
	for range newlines {
		if r := skip(); r != '\n' && r != eof {
			s.fail("newline in format does not match input")
		}
	}
	if !trailing {
		return
	}
	if newlines == 0 {
		r := s.read()
		if !isSpace(r) && r != eof {
			s.fail("expected space in input to match format")
		}
		if r == '\n' {
			s.fail("newline in input does not match format")
		}
	}
	if skip() != eof {
		s.unread()
	}
}

func (s *ss) doScanf(format string, a []any) (n int, err error) {
	defer s.end(&err)
	for i := 0; i < len(format); {
		c, w := utf8.DecodeRuneInString(format[i:])
		percent := c == '%' && i+1 < len(format) && format[i+1] == '%'
		if isSpace(c) {
			newlines, trailing := 0, false
			for isSpace(c) {
				if trailing = c != '\n'; !trailing {
					newlines++
				}
				i += w
				c, w = utf8.DecodeRuneInString(format[i:])
			}
			s.blanks(newlines, trailing)
			continue
		}
		if c != '%' || percent {
			if r := s.must(); r != c {
				s.unread()
				if !percent {
					s.fail("input does not match format")
				}
				s.SkipSpace()
				s.more()
				if !s.accept("%") {
					s.fail("missing literal %")
				}
			}
			if i += w; percent {
				i++
			}
			continue
		}
		i++
		if i == len(format) {
			s.fail("missing verb: % at end of format string")
		}
		wid, ok, j := number(format, i)
		i = j
		s.widOK = ok
		verb, w := utf8.DecodeRuneInString(format[i:])
		if verb != 'c' {
			s.SkipSpace()
		}
		s.count = 0
		if s.limit = 1 << 30; ok {
			s.limit = wid
		}
		if n >= len(a) {
			s.fail("too few operands for format '%" + format[i:] + "'")
		}
		i += w
		s.one(verb, a[n])
		n++
		s.limit = 1 << 30
	}
	if n < len(a) {
		s.fail("too many operands")
	}
	return
}
