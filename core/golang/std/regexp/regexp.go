// Package regexp searches by regular expressions, in time linear in the text.
package regexp

import (
	"io"
	"regexp/syntax"
	"strconv"
	"strings"
	"unicode/utf8"
)

type Regexp struct {
	expr    string
	prog    *syntax.Prog
	longest bool
	prefix  string
}

func Compile(expr string) (*Regexp, error) {
	p, err := syntax.Parse(expr)
	if err != nil {
		return nil, err
	}
	re := &Regexp{expr: expr, prog: p}
	re.prefix, _ = re.LiteralPrefix()
	return re, nil
}

func CompilePOSIX(expr string) (*Regexp, error) {
	re, err := Compile(expr)
	if err == nil {
		re.longest = true
	}
	return re, err
}

func quote(s string) string {
	if strconv.CanBackquote(s) {
		return "`" + s + "`"
	}
	return strconv.Quote(s)
}

func MustCompile(str string) *Regexp {
	re, err := Compile(str)
	if err != nil {
		panic("regexp: Compile(" + quote(str) + "): " + err.Error())
	}
	return re
}

func MustCompilePOSIX(str string) *Regexp {
	re := MustCompile(str)
	re.longest = true
	return re
}

func (re *Regexp) String() string         { return re.expr }
func (re *Regexp) Longest()               { re.longest = true }
func (re *Regexp) NumSubexp() int         { return len(re.prog.Names) - 1 }
func (re *Regexp) SubexpNames() []string  { return re.prog.Names }
func (re *Regexp) Copy() *Regexp          { return re }
func (re *Regexp) SubexpIndex(name string) int {
	if name != "" {
		for i, n := range re.prog.Names {
			if n == name {
				return i
			}
		}
	}
	return -1
}
func (re *Regexp) MarshalText() ([]byte, error) { return []byte(re.expr), nil }
func (re *Regexp) AppendText(b []byte) ([]byte, error) { return append(b, re.expr...), nil }
func (re *Regexp) UnmarshalText(text []byte) error {
	r, err := Compile(string(text))
	if err == nil {
		*re = *r
	}
	return err
}

func (re *Regexp) LiteralPrefix() (prefix string, complete bool) {
	for _, i := range re.prog.Inst[1:] {
		if i.Op == syntax.OpSave {
			continue
		}
		if i.Op != syntax.OpRune || len(i.R) != 2 || i.R[0] != i.R[1] || i.R[0] == utf8.RuneError {
			return prefix, i.Op == syntax.OpMatch
		}
		prefix += string(i.R[0])
	}
	return prefix, true
}

// A matcher goes back over alternatives; no state is entered twice at one place.
type matcher struct {
	re      *Regexp
	s       string
	seen    []uint64 // of places from on
	from    int
	saves   []int
	best    []int
	stack   []entry
}

type entry struct{ pc, at, slot, old int }

func isWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c|32 && c|32 <= 'z'
}

func (m *matcher) holds(n, at int) bool {
	switch n {
	case syntax.BeginLine:
		return at == 0 || m.s[at-1] == '\n'
	case syntax.EndLine:
		return at == len(m.s) || m.s[at] == '\n'
	case syntax.BeginText:
		return at == 0
	case syntax.EndText:
		return at == len(m.s)
	}
	a := at > 0 && isWord(m.s[at-1])
	b := at < len(m.s) && isWord(m.s[at])
	return (a != b) == (n == syntax.WordBoundary)
}

func in(r []rune, c rune) bool {
	for i := 0; i < len(r); i += 2 {
		if r[i] <= c && c <= r[i+1] {
			return true
		}
	}
	return false
}

// try matches at a place; leftmost alternatives first.
func (m *matcher) try(at int) bool {
	n := len(m.re.prog.Inst)
	m.stack = append(m.stack[:0], entry{0, at, -1, 0})
	found := false
	for len(m.stack) > 0 {
		e := m.stack[len(m.stack)-1]
		m.stack = m.stack[:len(m.stack)-1]
		if e.slot >= 0 {
			m.saves[e.slot] = e.old
			continue
		}
		pc, at := e.pc, e.at
	run:
		for {
			bit := (at-m.from)*n + pc
			if m.seen[bit>>6]&(1<<(bit&63)) != 0 {
				break
			}
			m.seen[bit>>6] |= 1 << (bit & 63)
			i := &m.re.prog.Inst[pc]
			switch i.Op {
			case syntax.OpMatch:
				if !found || m.re.longest && m.saves[1] > m.best[1] {
					m.best = append(m.best[:0], m.saves...)
				}
				found = true
				if !m.re.longest {
					return true
				}
				break run
			case syntax.OpRune, syntax.OpAny, syntax.OpAnyNotNL:
				if at >= len(m.s) {
					break run
				}
				c, w := rune(m.s[at]), 1
				if c >= utf8.RuneSelf {
					c, w = utf8.DecodeRuneInString(m.s[at:])
				}
				if i.Op == syntax.OpAnyNotNL && c == '\n' || i.Op == syntax.OpRune && !in(i.R, c) {
					break run
				}
				at += w
				pc++
			case syntax.OpSplit:
				m.stack = append(m.stack, entry{i.Y, at, -1, 0})
				pc = i.X
			case syntax.OpJump:
				pc = i.X
			case syntax.OpSave:
				m.stack = append(m.stack, entry{0, 0, i.N, m.saves[i.N]})
				m.saves[i.N] = at
				pc++
			case syntax.OpEmpty:
				if !m.holds(i.N, at) {
					break run
				}
				pc++
			}
		}
	}
	return found
}

// find gives the places of the first match from at on, nil for none.
func (re *Regexp) find(s string, at int) []int {
	m := &matcher{re: re, s: s}
	m.saves = make([]int, 2*len(re.prog.Names))
	m.seen, m.from = make([]uint64, (len(s)-at+1)*len(re.prog.Inst)/64+1), at
	for ; at <= len(s); at++ {
		if re.prefix != "" {
			i := strings.Index(s[at:], re.prefix)
			if i < 0 {
				return nil
			}
			at += i
		}
		for i := range m.saves {
			m.saves[i] = -1
		}
		if m.try(at) {
			return m.best
		}
		if at < len(s) && s[at] >= utf8.RuneSelf {
			_, w := utf8.DecodeRuneInString(s[at:])
			at += w - 1
		}
	}
	return nil
}

func (re *Regexp) all(s string, n int, deliver func([]int)) {
	if n < 0 {
		n = len(s) + 1
	}
	for pos, i, prev := 0, 0, -1; i < n && pos <= len(s); {
		m := re.find(s, pos)
		if m == nil {
			return
		}
		accept := true
		if m[1] == pos {
			if m[0] == prev {
				accept = false
			}
			if pos < len(s) {
				_, w := utf8.DecodeRuneInString(s[pos:])
				pos += w
			} else {
				pos++
			}
		} else {
			pos = m[1]
		}
		prev = m[1]
		if accept {
			deliver(append([]int(nil), m...))
			i++
		}
	}
}

func (re *Regexp) MatchString(s string) bool { return re.find(s, 0) != nil }
func (re *Regexp) Match(b []byte) bool       { return re.find(string(b), 0) != nil }
func readAll(r io.RuneReader) string {
	var b []byte
	for {
		c, n, err := r.ReadRune()
		if err != nil {
			return string(b)
		}
		if c == utf8.RuneError && n == 1 {
			b = append(b, 0xff)
		} else {
			b = utf8.AppendRune(b, c)
		}
	}
}
func (re *Regexp) MatchReader(r io.RuneReader) bool               { return re.MatchString(readAll(r)) }
func (re *Regexp) FindReaderIndex(r io.RuneReader) []int          { return re.FindStringIndex(readAll(r)) }
func (re *Regexp) FindReaderSubmatchIndex(r io.RuneReader) []int  { return re.find(readAll(r), 0) }
func MatchReader(pattern string, r io.RuneReader) (bool, error)   { return MatchString(pattern, readAll(r)) }

func MatchString(pattern string, s string) (bool, error) {
	re, err := Compile(pattern)
	if err != nil {
		return false, err
	}
	return re.MatchString(s), nil
}
func Match(pattern string, b []byte) (bool, error) { return MatchString(pattern, string(b)) }

func QuoteMeta(s string) string {
	var b []byte
	for i := 0; i < len(s); i++ {
		if strings.IndexByte("\\.+*?()|[]{}^$", s[i]) >= 0 {
			b = append(b, '\\')
		}
		b = append(b, s[i])
	}
	return string(b)
}

func (re *Regexp) FindStringSubmatchIndex(s string) []int { return re.find(s, 0) }
func (re *Regexp) FindStringIndex(s string) []int {
	if m := re.find(s, 0); m != nil {
		return m[:2]
	}
	return nil
}
func (re *Regexp) FindString(s string) string {
	if m := re.find(s, 0); m != nil {
		return s[m[0]:m[1]]
	}
	return ""
}
func groups(s string, m []int) []string {
	if m == nil {
		return nil
	}
	r := make([]string, len(m)/2)
	for i := range r {
		if m[2*i] >= 0 {
			r[i] = s[m[2*i]:m[2*i+1]]
		}
	}
	return r
}
func (re *Regexp) FindStringSubmatch(s string) []string { return groups(s, re.find(s, 0)) }
func (re *Regexp) FindAllString(s string, n int) (r []string) {
	re.all(s, n, func(m []int) { r = append(r, s[m[0]:m[1]]) })
	return
}
func (re *Regexp) FindAllStringIndex(s string, n int) (r [][]int) {
	re.all(s, n, func(m []int) { r = append(r, m[:2]) })
	return
}
func (re *Regexp) FindAllStringSubmatch(s string, n int) (r [][]string) {
	re.all(s, n, func(m []int) { r = append(r, groups(s, m)) })
	return
}
func (re *Regexp) FindAllStringSubmatchIndex(s string, n int) (r [][]int) {
	re.all(s, n, func(m []int) { r = append(r, m) })
	return
}

func parts(b []byte, m []int) [][]byte {
	if m == nil {
		return nil
	}
	r := make([][]byte, len(m)/2)
	for i := range r {
		if m[2*i] >= 0 {
			r[i] = b[m[2*i]:m[2*i+1]:m[2*i+1]]
		}
	}
	return r
}
func (re *Regexp) Find(b []byte) []byte {
	if m := re.find(string(b), 0); m != nil {
		return b[m[0]:m[1]:m[1]]
	}
	return nil
}
func (re *Regexp) FindIndex(b []byte) []int         { return re.FindStringIndex(string(b)) }
func (re *Regexp) FindSubmatch(b []byte) [][]byte   { return parts(b, re.find(string(b), 0)) }
func (re *Regexp) FindSubmatchIndex(b []byte) []int { return re.find(string(b), 0) }
func (re *Regexp) FindAll(b []byte, n int) (r [][]byte) {
	re.all(string(b), n, func(m []int) { r = append(r, b[m[0]:m[1]:m[1]]) })
	return
}
func (re *Regexp) FindAllIndex(b []byte, n int) [][]int { return re.FindAllStringIndex(string(b), n) }
func (re *Regexp) FindAllSubmatch(b []byte, n int) (r [][][]byte) {
	re.all(string(b), n, func(m []int) { r = append(r, parts(b, m)) })
	return
}
func (re *Regexp) FindAllSubmatchIndex(b []byte, n int) [][]int {
	return re.FindAllStringSubmatchIndex(string(b), n)
}

func (re *Regexp) replace(src string, repl func(dst []byte, m []int) []byte) string {
	last, end := 0, 0
	var b []byte
	for end <= len(src) {
		m := re.find(src, end)
		if m == nil {
			break
		}
		m = append([]int(nil), m...)
		b = append(b, src[last:m[0]]...)
		if m[1] > last || m[0] == 0 {
			b = repl(b, m)
		}
		last = m[1]
		_, w := utf8.DecodeRuneInString(src[end:])
		if end+w > m[1] {
			end += w
		} else if end+1 > m[1] {
			end++
		} else {
			end = m[1]
		}
	}
	if b == nil && last == 0 {
		return src
	}
	return string(append(b, src[last:]...))
}

func (re *Regexp) ReplaceAllString(src, repl string) string {
	return re.replace(src, func(dst []byte, m []int) []byte { return re.ExpandString(dst, repl, src, m) })
}
func (re *Regexp) ReplaceAllLiteralString(src, repl string) string {
	return re.replace(src, func(dst []byte, m []int) []byte { return append(dst, repl...) })
}
func (re *Regexp) ReplaceAllStringFunc(src string, repl func(string) string) string {
	return re.replace(src, func(dst []byte, m []int) []byte { return append(dst, repl(src[m[0]:m[1]])...) })
}
func (re *Regexp) ReplaceAll(src, repl []byte) []byte {
	return []byte(re.ReplaceAllString(string(src), string(repl)))
}
func (re *Regexp) ReplaceAllLiteral(src, repl []byte) []byte {
	return []byte(re.ReplaceAllLiteralString(string(src), string(repl)))
}
func (re *Regexp) ReplaceAllFunc(src []byte, repl func([]byte) []byte) []byte {
	return []byte(re.ReplaceAllStringFunc(string(src), func(s string) string { return string(repl([]byte(s))) }))
}

func (re *Regexp) Expand(dst []byte, template []byte, src []byte, match []int) []byte {
	return re.ExpandString(dst, string(template), string(src), match)
}

func (re *Regexp) ExpandString(dst []byte, template string, src string, match []int) []byte {
	for {
		before, after, ok := strings.Cut(template, "$")
		dst = append(dst, before...)
		if !ok {
			return dst
		}
		template = after
		if strings.HasPrefix(template, "$") {
			dst = append(dst, '$')
			template = template[1:]
			continue
		}
		name, rest := template, ""
		brace := strings.HasPrefix(template, "{")
		if brace {
			name = template[1:]
		}
		n := 0
		for n < len(name) && (isWord(name[n]) || name[n] >= utf8.RuneSelf) {
			n++
		}
		name, rest = name[:n], name[n:]
		if brace {
			if !strings.HasPrefix(rest, "}") {
				name = ""
			} else {
				rest = rest[1:]
			}
		}
		if name == "" {
			dst = append(dst, '$')
			continue
		}
		template = rest
		i, err := strconv.Atoi(name)
		if err != nil {
			i = -1
			for k, n := range re.prog.Names {
				if n == name && 2*k < len(match) && (i < 0 || match[2*i] < 0) {
					i = k
				}
			}
		}
		if i >= 0 && 2*i+1 < len(match) && match[2*i] >= 0 {
			dst = append(dst, src[match[2*i]:match[2*i+1]]...)
		}
	}
}

func (re *Regexp) Split(s string, n int) []string {
	if n == 0 {
		return nil
	}
	if len(re.expr) > 0 && len(s) == 0 {
		return []string{""}
	}
	r := []string{}
	begin, end := 0, 0
	for _, m := range re.FindAllStringIndex(s, n) {
		if n > 0 && len(r) == n-1 {
			break
		}
		end = m[0]
		if m[1] != 0 {
			r = append(r, s[begin:end])
		}
		begin = m[1]
	}
	if end != len(s) {
		r = append(r, s[begin:])
	}
	return r
}
