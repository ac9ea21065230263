// Package syntax parses regular expressions into programs.
package syntax

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

type ErrorCode string

const (
	ErrInternalError         ErrorCode = "regexp/syntax: internal error"
	ErrInvalidCharClass      ErrorCode = "invalid character class"
	ErrInvalidCharRange      ErrorCode = "invalid character class range"
	ErrInvalidEscape         ErrorCode = "invalid escape sequence"
	ErrInvalidNamedCapture   ErrorCode = "invalid named capture"
	ErrInvalidPerlOp         ErrorCode = "invalid or unsupported Perl syntax"
	ErrInvalidRepeatOp       ErrorCode = "invalid nested repetition operator"
	ErrInvalidRepeatSize     ErrorCode = "invalid repeat count"
	ErrInvalidUTF8           ErrorCode = "invalid UTF-8"
	ErrMissingBracket        ErrorCode = "missing closing ]"
	ErrMissingParen          ErrorCode = "missing closing )"
	ErrMissingRepeatArgument ErrorCode = "missing argument to repetition operator"
	ErrTrailingBackslash     ErrorCode = "trailing backslash at end of expression"
	ErrUnexpectedParen       ErrorCode = "unexpected )"
	ErrNestingDepth          ErrorCode = "expression nests too deeply"
	ErrLarge                 ErrorCode = "expression too large"
)

func (e ErrorCode) String() string { return string(e) }

type Error struct {
	Code ErrorCode
	Expr string
}

func (e *Error) Error() string { return "error parsing regexp: " + string(e.Code) + ": `" + e.Expr + "`" }

// Op is what an instruction does.
type Op int

const (
	OpMatch Op = iota
	OpRune         // the ranges
	OpAny          // any rune
	OpAnyNotNL
	OpSplit // X first, then Y
	OpJump  // X
	OpSave  // slot N
	OpEmpty // the assertion N
)

// Assertions.
const (
	BeginLine = iota
	EndLine
	BeginText
	EndText
	WordBoundary
	NoWordBoundary
)

type Inst struct {
	Op   Op
	X, Y int
	N    int
	R    []rune // pairs
}

type Prog struct {
	Inst  []Inst
	Names []string
}

type flags struct{ fold, multi, dotNL, swap bool }

type node struct {
	op       int
	r        []rune
	n        int
	name     string
	sub      []*node
	min, max int
	lazy     bool
}

const (
	nEmpty = iota
	nRunes
	nAny
	nAnyNotNL
	nAssert
	nCapture
	nCat
	nAlt
	nRepeat
)

type parser struct {
	s     string
	whole string
	f     flags
	names []string
	depth int
	cost  int
}

func (p *parser) fail(code ErrorCode, expr string) { panic(&Error{code, expr}) }

// Parse gives the program of an expression.
func Parse(expr string) (prog *Prog, err error) {
	p := &parser{s: expr, whole: expr, names: []string{""}}
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(*Error)
			if !ok {
				panic(r)
			}
			prog, err = nil, e
		}
	}()
	if !utf8.ValidString(expr) {
		p.fail(ErrInvalidUTF8, expr)
	}
	n := p.alternation()
	if p.s != "" {
		p.fail(ErrUnexpectedParen, expr)
	}
	c := &compiler{}
	c.node(&node{op: nCapture, sub: []*node{n}})
	c.emit(Inst{Op: OpMatch})
	return &Prog{c.inst, p.names}, nil
}

func (p *parser) alternation() *node {
	if p.depth++; p.depth > 1000 {
		p.fail(ErrNestingDepth, p.whole)
	}
	alts := []*node{p.concat()}
	for strings.HasPrefix(p.s, "|") {
		p.s = p.s[1:]
		alts = append(alts, p.concat())
	}
	p.depth--
	if len(alts) == 1 {
		return alts[0]
	}
	return &node{op: nAlt, sub: alts}
}

func (p *parser) concat() *node {
	cat := &node{op: nCat}
	last := ""
	for p.s != "" && p.s[0] != '|' && p.s[0] != ')' {
		before := p.s
		switch p.s[0] {
		case '*', '+', '?', '{':
			min, max, rest, ok := p.repetition()
			if ok {
				op := before[:len(before)-len(rest)]
				if len(cat.sub) == 0 {
					p.fail(ErrMissingRepeatArgument, op)
				}
				p.s = rest
				lazy := p.f.swap
				if strings.HasPrefix(p.s, "?") {
					p.s = p.s[1:]
					lazy = !lazy
				}
				op = before[:len(before)-len(p.s)]
				if last != "" {
					p.fail(ErrInvalidRepeatOp, last+op)
				}
				if max > 1000 || min > 1000 || max >= 0 && min > max {
					p.fail(ErrInvalidRepeatSize, op)
				}
				k := len(cat.sub) - 1
				cat.sub[k] = &node{op: nRepeat, sub: []*node{cat.sub[k]}, min: min, max: max, lazy: lazy}
				last = op
				continue
			}
		}
		last = ""
		if n := p.atom(); n != nil {
			cat.sub = append(cat.sub, n)
		}
	}
	return cat
}

func (p *parser) repetition() (min, max int, rest string, ok bool) {
	rest = p.s[1:]
	switch p.s[0] {
	case '*':
		return 0, -1, rest, true
	case '+':
		return 1, -1, rest, true
	case '?':
		return 0, 1, rest, true
	}
	body, rest, ok := strings.Cut(rest, "}")
	if !ok {
		return 0, 0, "", false
	}
	a, b, comma := strings.Cut(body, ",")
	number := func(s string) (int, bool) {
		for _, c := range s {
			if c < '0' || c > '9' {
				return 0, false
			}
		}
		n, err := strconv.Atoi(s)
		if err != nil && s != "" {
			n = 1 << 20
		}
		return n, s != ""
	}
	if min, ok = number(a); !ok {
		return 0, 0, "", false
	}
	if max = min; comma {
		if max = -1; b != "" {
			if max, ok = number(b); !ok {
				return 0, 0, "", false
			}
		}
	}
	return min, max, rest, true
}

func (p *parser) next() rune {
	r, n := utf8.DecodeRuneInString(p.s)
	p.s = p.s[n:]
	return r
}

func assert(n int) *node { return &node{op: nAssert, n: n} }

func (p *parser) literal(r rune) *node {
	n := &node{op: nRunes, r: []rune{r, r}}
	if p.f.fold {
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			n.r = append(n.r, f, f)
		}
	}
	return n
}

func (p *parser) atom() *node {
	switch p.s[0] {
	case '(':
		return p.group()
	case '[':
		return &node{op: nRunes, r: p.class()}
	case '^':
		p.s = p.s[1:]
		if p.f.multi {
			return assert(BeginLine)
		}
		return assert(BeginText)
	case '$':
		p.s = p.s[1:]
		if p.f.multi {
			return assert(EndLine)
		}
		return assert(EndText)
	case '.':
		p.s = p.s[1:]
		if p.f.dotNL {
			return &node{op: nAny}
		}
		return &node{op: nAnyNotNL}
	case '\\':
		if len(p.s) > 1 {
			switch p.s[1] {
			case 'A':
				p.s = p.s[2:]
				return assert(BeginText)
			case 'z':
				p.s = p.s[2:]
				return assert(EndText)
			case 'b':
				p.s = p.s[2:]
				return assert(WordBoundary)
			case 'B':
				p.s = p.s[2:]
				return assert(NoWordBoundary)
			case 'Q':
				text, rest, _ := strings.Cut(p.s[2:], `\E`)
				p.s = rest
				cat := &node{op: nCat}
				for _, r := range text {
					cat.sub = append(cat.sub, p.literal(r))
				}
				return cat
			}
		}
		if r := p.perlClass(); r != nil {
			return &node{op: nRunes, r: r}
		}
		return p.literal(p.escape())
	}
	return p.literal(p.next())
}

func (p *parser) group() *node {
	start := p.s
	p.s = p.s[1:]
	old := p.f
	capture := strings.HasPrefix(p.s, "?P<") || strings.HasPrefix(p.s, "?<")
	index := 0
	if capture {
		p.s = p.s[strings.IndexByte(p.s, '<')+1:]
		name, rest, ok := strings.Cut(p.s, ">")
		if !ok {
			p.fail(ErrInvalidNamedCapture, start)
		}
		for i, c := range name {
			if !(c == '_' || 'a' <= c|32 && c|32 <= 'z' || i >= 0 && '0' <= c && c <= '9') {
				name = ""
				break
			}
		}
		shown := start[:len(start)-len(rest)]
		if name == "" {
			p.fail(ErrInvalidNamedCapture, shown)
		}
		p.s = rest
		index = len(p.names)
		p.names = append(p.names, name)
	} else if strings.HasPrefix(p.s, "?") {
		p.s = p.s[1:]
		on, any := true, false
	loop:
		for {
			if p.s == "" {
				p.fail(ErrInvalidPerlOp, start)
			}
			c := p.next()
			switch c {
			case 'i':
				p.f.fold, any = on, true
			case 'm':
				p.f.multi, any = on, true
			case 's':
				p.f.dotNL, any = on, true
			case 'U':
				p.f.swap, any = on, true
			case '-':
				if !on {
					p.fail(ErrInvalidPerlOp, start[:len(start)-len(p.s)])
				}
				on, any = false, false
			case ':', ')':
				if !on && !any {
					p.fail(ErrInvalidPerlOp, start[:len(start)-len(p.s)])
				}
				if c == ')' {
					return nil
				}
				break loop
			default:
				p.fail(ErrInvalidPerlOp, start[:len(start)-len(p.s)])
			}
		}
	} else {
		capture = true
		index = len(p.names)
		p.names = append(p.names, "")
	}
	n := p.alternation()
	if p.s == "" {
		p.fail(ErrMissingParen, p.whole)
	}
	p.s = p.s[1:]
	p.f = old
	if capture {
		return &node{op: nCapture, n: index, sub: []*node{n}}
	}
	return n
}

func (p *parser) escape() rune {
	start := p.s
	p.s = p.s[1:]
	if p.s == "" {
		p.fail(ErrTrailingBackslash, "")
	}
	c := p.next()
	switch c {
	case 'a':
		return 7
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'v':
		return '\v'
	case '0', '1', '2', '3', '4', '5', '6', '7':
		if c == '0' || p.s != "" && '0' <= p.s[0] && p.s[0] <= '7' {
			r := c - '0'
			for i := 0; i < 2 && p.s != "" && '0' <= p.s[0] && p.s[0] <= '7'; i++ {
				r = r*8 + rune(p.s[0]-'0')
				p.s = p.s[1:]
			}
			return r
		}
	case 'x':
		hex := ""
		if strings.HasPrefix(p.s, "{") {
			h, rest, ok := strings.Cut(p.s[1:], "}")
			if ok {
				hex, p.s = h, rest
			}
		} else if len(p.s) >= 2 {
			hex, p.s = p.s[:2], p.s[2:]
		}
		if n, err := strconv.ParseUint(hex, 16, 32); err == nil && n <= unicode.MaxRune {
			return rune(n)
		}
	default:
		if c < utf8.RuneSelf && !('0' <= c && c <= '9' || 'a' <= c|32 && c|32 <= 'z') {
			return c
		}
	}
	p.fail(ErrInvalidEscape, start[:len(start)-len(p.s)])
	return 0
}

var (
	digits = []rune{'0', '9'}
	spaces = []rune{'\t', '\n', '\f', '\r', ' ', ' '}
	words  = []rune{'0', '9', 'A', 'Z', '_', '_', 'a', 'z'}
)

// perlClass reads \d and the like, and \pL; nil if there is none.
func (p *parser) perlClass() []rune {
	if len(p.s) < 2 || p.s[0] != '\\' {
		return nil
	}
	c := p.s[1]
	var r []rune
	switch c | 32 {
	case 'd':
		r = digits
	case 's':
		r = spaces
	case 'w':
		r = words
	case 'p':
		return p.unicodeClass()
	default:
		return nil
	}
	p.s = p.s[2:]
	if c < 'a' {
		return negate(r)
	}
	return append([]rune(nil), r...)
}

var found = map[string][]rune{}

func (p *parser) unicodeClass() []rune {
	start := p.s
	not := p.s[1] == 'P'
	p.s = p.s[2:]
	if p.s == "" {
		p.fail(ErrInvalidCharRange, start)
	}
	name := ""
	if p.s[0] == '{' {
		n, rest, ok := strings.Cut(p.s[1:], "}")
		if !ok {
			p.fail(ErrInvalidCharRange, p.whole)
		}
		name, p.s = n, rest
	} else {
		name = string(p.next())
	}
	if strings.HasPrefix(name, "^") {
		not, name = !not, name[1:]
	}
	t := unicode.Categories[name]
	if t == nil {
		t = unicode.Scripts[name]
	}
	if t == nil && name != "Any" {
		p.fail(ErrInvalidCharRange, start[:len(start)-len(p.s)])
	}
	// The ranges are found rune by rune, once.
	r := found[name]
	last := rune(-2)
	if r == nil {
		for c := rune(0); c < 0x30000; c++ {
			if t == nil || unicode.Is(t, c) {
				if c == last+1 {
					r[len(r)-1] = c
				} else {
					r = append(r, c, c)
				}
				last = c
			}
		}
		found[name] = r
	}
	if not {
		return negate(r)
	}
	return r
}

var posix = map[string][]rune{
	"alnum": {'0', '9', 'A', 'Z', 'a', 'z'}, "alpha": {'A', 'Z', 'a', 'z'}, "ascii": {0, 0x7f}, "blank": {'\t', '\t', ' ', ' '},
	"cntrl": {0, 0x1f, 0x7f, 0x7f}, "digit": digits, "graph": {'!', '~'}, "lower": {'a', 'z'}, "print": {' ', '~'},
	"punct": {'!', '/', ':', '@', '[', '`', '{', '~'}, "space": {'\t', '\r', ' ', ' '}, "upper": {'A', 'Z'}, "word": words,
	"xdigit": {'0', '9', 'A', 'F', 'a', 'f'},
}

func (p *parser) class() []rune {
	start := p.s
	p.s = p.s[1:]
	not := strings.HasPrefix(p.s, "^")
	r := []rune{}
	if not {
		p.s = p.s[1:]
	}
	for first := true; ; first = false {
		if p.s == "" {
			p.fail(ErrMissingBracket, start)
		}
		if p.s[0] == ']' && !first {
			break
		}
		if p.s[0] == '-' && !first && len(p.s) > 1 && p.s[1] != ']' {
			_, n := utf8.DecodeRuneInString(p.s[1:])
			p.fail(ErrInvalidCharRange, p.s[:1+n])
		}
		if strings.HasPrefix(p.s, "[:") {
			if i := strings.Index(p.s, ":]"); i > 0 {
				name := p.s[2:i]
				no := strings.HasPrefix(name, "^")
				set := posix[strings.TrimPrefix(name, "^")]
				if set == nil {
					p.fail(ErrInvalidCharRange, p.s[:i+2])
				}
				p.s = p.s[i+2:]
				if no {
					set = negate(set)
				}
				r = append(r, set...)
				continue
			}
		}
		if set := p.perlClass(); set != nil {
			r = append(r, set...)
			continue
		}
		at := p.s
		lo := p.classRune(start)
		hi := lo
		if len(p.s) >= 2 && p.s[0] == '-' && p.s[1] != ']' {
			p.s = p.s[1:]
			if hi = p.classRune(start); hi < lo {
				p.fail(ErrInvalidCharRange, at[:len(at)-len(p.s)])
			}
		}
		r = append(r, lo, hi)
		if p.f.fold {
			for c := lo; c <= hi && c < 0x250; c++ {
				for f := unicode.SimpleFold(c); f != c; f = unicode.SimpleFold(f) {
					r = append(r, f, f)
				}
			}
		}
	}
	p.s = p.s[1:]
	if not {
		return negate(r)
	}
	return r
}

func (p *parser) classRune(start string) rune {
	if p.s == "" {
		p.fail(ErrMissingBracket, start)
	}
	if p.s[0] == '\\' {
		return p.escape()
	}
	return p.next()
}

func negate(r []rune) []rune {
	r = append([]rune(nil), r...)
	for i := 2; i < len(r); i += 2 {
		for j := i; j > 0 && r[j] < r[j-2]; j -= 2 {
			r[j], r[j-2], r[j+1], r[j-1] = r[j-2], r[j], r[j-1], r[j+1]
		}
	}
	out := []rune{}
	next := rune(0)
	for i := 0; i < len(r); i += 2 {
		if r[i] > next {
			out = append(out, next, r[i]-1)
		}
		next = max(next, r[i+1]+1)
	}
	if next <= unicode.MaxRune {
		out = append(out, next, unicode.MaxRune)
	}
	return out
}

type compiler struct{ inst []Inst }

func (c *compiler) emit(i Inst) int {
	if len(c.inst) > 50000 {
		panic(&Error{ErrLarge, ""})
	}
	c.inst = append(c.inst, i)
	return len(c.inst) - 1
}

func (c *compiler) node(n *node) {
	switch n.op {
	case nRunes:
		c.emit(Inst{Op: OpRune, R: n.r})
	case nAny:
		c.emit(Inst{Op: OpAny})
	case nAnyNotNL:
		c.emit(Inst{Op: OpAnyNotNL})
	case nAssert:
		c.emit(Inst{Op: OpEmpty, N: n.n})
	case nCapture:
		c.emit(Inst{Op: OpSave, N: 2 * n.n})
		c.node(n.sub[0])
		c.emit(Inst{Op: OpSave, N: 2*n.n + 1})
	case nCat:
		for _, s := range n.sub {
			c.node(s)
		}
	case nAlt:
		var ends []int
		for i, s := range n.sub {
			if i == len(n.sub)-1 {
				c.node(s)
				break
			}
			at := c.emit(Inst{Op: OpSplit})
			c.inst[at].X = len(c.inst)
			c.node(s)
			ends = append(ends, c.emit(Inst{Op: OpJump}))
			c.inst[at].Y = len(c.inst)
		}
		for _, e := range ends {
			c.inst[e].X = len(c.inst)
		}
	case nRepeat:
		if n.max < 0 && (n.min > 0 || nullable(n.sub[0])) {
			// Once or more often: the body, then perhaps again.
			quest := -1
			if n.min == 0 {
				quest = c.emit(Inst{Op: OpSplit})
			}
			for range n.min - 1 {
				c.node(n.sub[0])
			}
			start := len(c.inst)
			c.node(n.sub[0])
			at := c.emit(Inst{Op: OpSplit})
			c.branch(at, start, at+1, n.lazy)
			if quest >= 0 {
				c.branch(quest, quest+1, at+1, n.lazy)
			}
			return
		}
		for range n.min {
			c.node(n.sub[0])
		}
		if n.max < 0 {
			at := c.emit(Inst{Op: OpSplit})
			start := len(c.inst)
			c.node(n.sub[0])
			c.emit(Inst{Op: OpJump, X: at})
			c.branch(at, start, len(c.inst), n.lazy)
			return
		}
		var splits []int
		for range n.max - n.min {
			splits = append(splits, c.emit(Inst{Op: OpSplit}))
			c.node(n.sub[0])
		}
		for _, at := range splits {
			c.branch(at, at+1, len(c.inst), n.lazy)
		}
	}
}

// nullable tells whether a node may match nothing.
func nullable(n *node) bool {
	switch n.op {
	case nRunes, nAny, nAnyNotNL:
		return false
	case nCapture:
		return nullable(n.sub[0])
	case nCat:
		for _, s := range n.sub {
			if !nullable(s) {
				return false
			}
		}
	case nAlt:
		for _, s := range n.sub {
			if nullable(s) {
				return true
			}
		}
		return false
	case nRepeat:
		return n.min == 0 || nullable(n.sub[0])
	}
	return true
}

func (c *compiler) branch(at, in, out int, lazy bool) {
	if lazy {
		in, out = out, in
	}
	c.inst[at].X, c.inst[at].Y = in, out
}
