// Scanning.
package fmt

import (
	"errors"
	"internal/native"
	"io"
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
	s := newScan(r, false, false)
	defer s.end(&err)
	return s.doScanf(format, a)
}

const eof = -1

// ss reads runes; the one read too far is kept in the source if it can take it back.
type ss struct {
	r         io.Reader
	rs        io.RuneScanner
	peeked    bool
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
	if s.count >= s.limit {
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
		if err == io.EOF {
			return eof
		}
		panic(scanError{err})
	}
	s.last = r
	s.count++
	return r
}

func (s *ss) unread() {
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

func (s *ss) notEOF() {
	if r := s.read(); r == eof {
		panic(io.ErrUnexpectedEOF)
	}
	s.unread()
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

// number collects the longest text that may be an integer in the verb's base.
func (s *ss) number(verb rune) string {
	s.SkipSpace()
	s.more()
	base, sign := "0123456789_", ""
	switch verb {
	case 'b':
		base = "01_"
	case 'o':
		base = "01234567_"
	case 'x', 'X':
		base = "0123456789aAbBcCdDeEfF_"
	}
	if r := s.read(); r == '+' || r == '-' {
		sign = string(r)
	} else {
		s.unread()
	}
	if verb == 'v' {
		if r := s.read(); r == '0' {
			p := "0"
			switch r := s.read(); r {
			case 'b', 'B':
				p, base = "0b", "01_"
			case 'o', 'O':
				p, base = "0o", "01234567_"
			case 'x', 'X':
				p, base = "0x", "0123456789aAbBcCdDeEfF_"
			case eof:
			default:
				s.unread()
				base = "01234567_"
			}
			return sign + p + s.token(in(base))
		} else if r != eof {
			s.unread()
		}
	}
	t := s.token(in(base))
	if t == "" {
		s.fail("expected integer")
	}
	return sign + t
}

// more panics with EOF when there is nothing left.
func (s *ss) more() {
	if s.read() == eof {
		panic(scanError{io.ErrUnexpectedEOF})
	}
	s.unread()
}

func (s *ss) base(verb rune) int {
	switch verb {
	case 'b':
		return 2
	case 'o':
		return 8
	case 'x', 'X':
		return 16
	case 'v':
		return 0
	}
	return 10
}

func (s *ss) check(verb rune, ok, typ string) {
	if !in(ok)(verb) {
		s.fail("bad verb '%" + string(verb) + "' for " + typ)
	}
}

func (s *ss) convert(verb rune, v any, t int) {
	k := native.TypeKind(t)
	name := ""
	if k >= 0 && k <= 24 {
		name = [...]string{"", "boolean", "integer", "integer", "integer", "integer", "integer", "integer", "integer", "integer", "integer", "integer", "integer", "", "", "", "", "", "", "", "", "", "", "", "string"}[k]
	}
	var out any
	switch k {
	case 1:
		s.SkipSpace()
		s.more()
		s.check(verb, "tv", name)
		r := s.read()
		if r != 't' && r != 'T' && r != 'f' && r != 'F' {
			out = r == '1'
			break
		}
		tok := string(r) + s.token(func(r rune) bool { return 'a' <= r|32 && r|32 <= 'z' })
		b, err := strconv.ParseBool(tok)
		if err != nil {
			s.fail("syntax error scanning boolean")
		}
		out = b
	case 2, 3, 4, 5, 6:
		s.check(verb, "bdoUxXvc", name)
		if verb == 'c' {
			out = int64(s.read())
			break
		}
		tok := s.number(verb)
		i, err := strconv.ParseInt(tok, s.base(verb), 64)
		if err != nil {
			s.fail(errText(err, "integer", tok))
		}
		if size := sizes[k]; i<<(64-size)>>(64-size) != i {
			s.fail("integer overflow on token " + tok)
		}
		out = i
	case 7, 8, 9, 10, 11, 12:
		s.check(verb, "bdoUxXvc", name)
		if verb == 'c' {
			out = uint64(s.read())
			break
		}
		tok := s.number(verb)
		u, err := strconv.ParseUint(tok, s.base(verb), 64)
		if err != nil {
			s.fail(errText(err, "unsigned integer", tok))
		}
		if size := sizes[k]; u<<(64-size)>>(64-size) != u {
			s.fail("unsigned integer overflow on token " + tok)
		}
		out = u
	case 13, 14:
		s.check(verb, "beEfFgGv", "float"+strconv.Itoa(32*(k-12)))
		s.SkipSpace()
		s.more()
		tok := s.token(in("0123456789+-.eExXpP_nNaAiIfF"))
		digits := false
		for i := range len(tok) {
			digits = digits || '0' <= tok[i] && tok[i] <= '9' || tok[i]|32 == 'n'
		}
		if !digits {
			tok = ""
		}
		f, err := strconv.ParseFloat(tok, 32*(k-12))
		if err != nil {
			panic(scanError{err})
		}
		out = f
	case 24:
		out = s.str(verb)
	case 23:
		if native.TypeKind(native.TypeElem(t)) != 8 {
			s.fail("can't scan type: *" + native.TypeString(t))
		}
		out = []byte(s.str(verb))
	default:
		s.fail("can't scan type: *" + native.TypeString(t))
	}
	native.Store(v, native.Convert(out, t))
}

func errText(err error, what, tok string) string {
	if errors.Is(err, strconv.ErrRange) {
		return err.Error()
	}
	return "expected integer"
}

func (s *ss) str(verb rune) string {
	s.check(verb, "svqxX", "string")
	s.SkipSpace()
	s.more()
	switch verb {
	case 'q':
		q := s.read()
		b := []rune{q}
		for {
			r := s.read()
			if r == eof {
				panic(scanError{io.ErrUnexpectedEOF})
			}
			b = append(b, r)
			if r == '\\' && q == '"' {
				b = append(b, s.read())
			} else if r == q {
				break
			}
		}
		t, err := strconv.Unquote(string(b))
		if err != nil {
			panic(scanError{err})
		}
		return t
	case 'x', 'X':
		t := s.token(in("0123456789abcdefABCDEF"))
		var b []byte
		for i := 0; i+1 < len(t); i += 2 {
			n, _ := strconv.ParseUint(t[i:i+2], 16, 8)
			b = append(b, byte(n))
		}
		if len(b) == 0 {
			s.fail("no hex data for %x string")
		}
		return string(b)
	}
	return s.token(func(r rune) bool { return !isSpace(r) })
}

func (s *ss) one(verb rune, v any) {
	if r := s.read(); r == eof && s.count < s.limit {
		panic(scanError{io.EOF})
	} else if r == eof {
		panic(scanError{io.ErrUnexpectedEOF})
	}
	s.unread()
	if sc, ok := v.(Scanner); ok {
		if err := sc.Scan(s, verb); err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			panic(scanError{err})
		}
		return
	}
	defer func() {
		if e := recover(); e != nil {
			if x, ok := e.(scanError); ok && x.err == io.ErrUnexpectedEOF && s.limit == 1<<30 && !s.nlIsEnd && s.nlIsSpace {
				panic(scanError{io.ErrUnexpectedEOF})
			}
			panic(e)
		}
	}()
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

func (s *ss) doScanf(format string, a []any) (n int, err error) {
	defer s.end(&err)
	for i := 0; i < len(format); {
		c, w := utf8.DecodeRuneInString(format[i:])
		if c != '%' || i+1 < len(format) && format[i+1] == '%' {
			if c == '%' {
				i++
				s.skipBlanks()
				if r := s.read(); r != '%' {
					s.fail("missing literal %")
				}
				i++
				continue
			}
			if isSpace(c) {
				nl := false
				for i < len(format) && isSpace(rune(format[i])) {
					nl = nl || format[i] == '\n'
					i++
				}
				got := false
				for {
					r := s.read()
					if r == eof {
						got = true
						break
					}
					if !isSpace(r) || r == '\n' && !nl {
						s.unread()
						break
					}
					if r == '\n' {
						got = true
					}
				}
				if nl && !got {
					s.fail("newline in format does not match input")
				}
				continue
			}
			r := s.read()
			if r != c {
				if r == eof {
					panic(scanError{io.ErrUnexpectedEOF})
				}
				s.unread()
				s.fail("input does not match format")
			}
			i += w
			continue
		}
		i++
		wid, ok, j := number(format, i)
		i = j
		s.widOK = ok
		if i >= len(format) {
			s.fail("too few operands for format '%'")
		}
		verb, w := utf8.DecodeRuneInString(format[i:])
		i += w
		if verb != 'c' {
			s.skipBlanks()
		}
		s.count = 0
		if s.limit = 1 << 30; ok {
			s.limit = wid
		}
		if n >= len(a) {
			s.fail("too few operands for format '%" + string(verb) + "'")
		}
		s.one(verb, a[n])
		n++
		s.limit = 1 << 30
	}
	if n < len(a) {
		s.fail("too many operands")
	}
	return
}

func (s *ss) skipBlanks() {
	for {
		r := s.read()
		if r == eof {
			return
		}
		if r == '\n' || !isSpace(r) {
			s.unread()
			return
		}
	}
}
