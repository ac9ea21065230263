// Parsing of templates.
package template

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A node is text, a pipeline, or a control structure.
type node struct {
	kind       string // text action if range with template block-less break continue
	text       string
	pipe       *pipe
	list, els  []*node
	name       string
	line, col  int
}

type pipe struct {
	decl   []string
	assign bool
	cmds   [][]*arg
	text   string
}

// An arg is a word of a command: its fields follow what it begins with.
type arg struct {
	kind   string // dot field var func string number bool nil char pipe
	name   string
	value  any
	pipe   *pipe
	fields []string
	text   string
	line   int
	col    int
}

type token struct {
	kind string // word string char number op pipe end
	text string
	pos  int
}

type parser struct {
	t     *Template
	s     string
	pos   int
	toks  []token
	i     int
	funcs []FuncMap
	vars  []string
	loops int
	names map[string]bool
}

func isEmpty(nodes []*node) bool {
	for _, n := range nodes {
		if n.kind != "text" || strings.TrimSpace(n.text) != "" {
			return false
		}
	}
	return true
}

// add defines a template; an empty one does not replace another.
func (p *parser) add(name string, nodes []*node) {
	empty := isEmpty(nodes)
	if !empty && p.names[name] {
		p.fail("template: multiple definition of template %q", name)
	}
	p.names[name] = p.names[name] || !empty
	if x := p.t.set[name]; x == nil || !empty || isEmpty(x.nodes) {
		p.t.add(name, nodes)
	}
}

func (p *parser) fail(format string, a ...any) {
	line := 1 + strings.Count(p.s[:min(p.pos, len(p.s))], "\n")
	panic(fmt.Errorf("template: %s:%d: %s", p.t.root, line, fmt.Sprintf(format, a...)))
}

// list reads nodes until one of the words that end it; gives that word.
func (p *parser) parseList(inside string) (list []*node, end string) {
	left, right := p.t.left, p.t.right
	for {
		i := strings.Index(p.s[p.pos:], left)
		text := p.s[p.pos:]
		if i >= 0 {
			text = text[:i]
		}
		start := p.pos + len(text)
		if i >= 0 && strings.HasPrefix(p.s[start+len(left):], "- ") || i >= 0 && strings.HasPrefix(p.s[start+len(left):], "-\n") {
			text = strings.TrimRight(text, " \t\r\n")
		}
		if text != "" {
			list = append(list, &node{kind: "text", text: text, line: 1 + strings.Count(p.s[:p.pos], "\n")})
		}
		if i < 0 {
			p.pos = len(p.s)
			if inside != "" {
				p.fail("unexpected EOF")
			}
			return list, ""
		}
		p.pos = start + len(left)
		body := p.s[p.pos:]
		if len(body) > 1 && body[0] == '-' && (body[1] == ' ' || body[1] == '\n' || body[1] == '\t') {
			body = body[1:]
			p.pos++
		}
		if c := strings.TrimLeft(body, " \t\n"); strings.HasPrefix(c, "/*") {
			j := strings.Index(body, "*/")
			if j < 0 {
				p.fail("unclosed comment")
			}
			p.pos += j + 2
			p.close(right)
			continue
		}
		p.lex(right)
		word := ""
		if p.peek().kind == "word" {
			word = p.peek().text
		}
		n := &node{line: 1 + strings.Count(p.s[:start], "\n")}
		switch word {
		case "end", "else":
			p.i++
			if inside == "" {
				p.fail("unexpected {{%s}}", word)
			}
			return list, word
		case "if", "with", "range":
			p.i++
			p.control(n, word)
			list = append(list, n)
		case "define", "block":
			p.i++
			name := p.stringToken(word)
			if t := p.peek(); word == "define" && t.kind != "end" {
				p.fail("unexpected <%s> in define clause", t.text)
			}
			vars := p.vars
			if word == "block" {
				n.kind, n.name, n.pipe = "template", name, p.pipeline(false)
				list = append(list, n)
			}
			p.vars = []string{"$"}
			body, _ := p.parseList(word)
			p.vars = vars
			p.add(name, body)
		case "template":
			p.i++
			n.col = p.col(p.peek().pos)
			n.kind, n.name = "template", p.stringToken("template")
			if p.peek().kind != "end" {
				n.pipe = p.pipeline(false)
			}
			list = append(list, n)
		case "break", "continue":
			p.i++
			if p.loops == 0 {
				p.fail("{{%s}} outside {{range}}", word)
			}
			n.kind = word
			list = append(list, n)
		default:
			n.col = p.col(p.peek().pos)
			n.kind, n.pipe = "action", p.pipeline(true)
			list = append(list, n)
		}
	}
}

func (p *parser) control(n *node, word string) {
	n.kind = word
	if p.peek().kind == "end" {
		p.fail("missing value for %s", word)
	}
	vars := len(p.vars)
	n.col = p.col(p.peek().pos)
	n.pipe = p.pipeline(true)
	if word == "range" {
		p.loops++
	}
	end := ""
	n.list, end = p.parseList(word)
	if word == "range" {
		p.loops--
	}
	if end == "else" {
		if k := p.peek(); k.kind == "word" && k.text == word && word != "range" {
			p.i++
			inner := &node{line: n.line}
			p.control(inner, word)
			n.els = []*node{inner}
		} else {
			if n.els, end = p.parseList("else"); end == "else" {
				p.fail("expected end; found {{else}}")
			}
		}
	}
	p.vars = p.vars[:vars]
}

func (p *parser) close(right string) {
	rest := strings.TrimLeft(p.s[p.pos:], " \t\n\r")
	if strings.HasPrefix(rest, "-"+right) {
		rest = strings.TrimLeft(rest[1+len(right):], " \t\r\n")
	} else if strings.HasPrefix(rest, right) {
		rest = rest[len(right):]
	} else {
		p.fail("comment ends before closing delimiter")
	}
	p.pos = len(p.s) - len(rest)
}

func numberEnd(s string, j int) int {
	for j < len(s) && (strings.IndexByte("0123456789abcdefABCDEFxXoOpPiI_.", s[j]) >= 0 || (s[j] == '+' || s[j] == '-') && s[j-1]|32 == 'e') {
		j++
	}
	return j
}

// lex reads the tokens of one action.
func (p *parser) lex(right string) {
	p.toks, p.i = nil, 0
	parens := 0
	add := func(kind, text string) {
		p.toks = append(p.toks, token{kind, text, p.pos})
		p.pos += len(text)
	}
	for {
		s := p.s[p.pos:]
		if strings.HasPrefix(s, right) {
			if parens > 0 {
				p.fail("unclosed left paren")
			}
			add("end", right)
			return
		}
		if s == "" {
			p.fail("unclosed action")
		}
		c, w := utf8.DecodeRuneInString(s)
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			rest := strings.TrimLeft(s, " \t\n\r")
			if strings.HasPrefix(rest, "-"+right) {
				p.toks = append(p.toks, token{"end", right, p.pos})
				p.pos = len(p.s) - len(strings.TrimLeft(rest[1+len(right):], " \t\n\r"))
				return
			}
			add("space", s[:len(s)-len(rest)])
		case strings.HasPrefix(s, ":="):
			add("op", ":=")
		case c == '"' || c == '\'':
			j := 1
			for j < len(s) && rune(s[j]) != c {
				if s[j] == '\\' {
					j++
				}
				if j < len(s) && s[j] == '\n' {
					j = len(s)
				}
				j++
			}
			if j >= len(s) {
				p.fail("unterminated %s", map[bool]string{true: "quoted string", false: "character constant"}[c == '"'])
			}
			add(map[bool]string{true: "string", false: "char"}[c == '"'], s[:j+1])
		case c == '`':
			j := strings.IndexByte(s[1:], '`')
			if j < 0 {
				p.fail("unterminated raw quoted string")
			}
			add("string", s[:j+2])
		case '0' <= c && c <= '9' || (c == '+' || c == '-' || c == '.') && len(s) > 1 && '0' <= s[1] && s[1] <= '9':
			j := numberEnd(s, 1)
			if j < len(s) && (s[j] == '+' || s[j] == '-') {
				j = numberEnd(s, j+1)
			}
			add("number", s[:j])
		case c == '.' || c == '$' || c == '_' || unicode.IsLetter(c):
			j := w
			for j < len(s) {
				r, k := utf8.DecodeRuneInString(s[j:])
				if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
					break
				}
				j += k
			}
			switch {
			case c == '.' && j == 1:
				add("dot", ".")
			case c == '.':
				add("field", s[:j])
			case c == '$':
				add("var", s[:j])
			default:
				add("word", s[:j])
			}
		case c == '(' || c == ')' || c == '|' || c == ',' || c == '=':
			if c == '(' {
				parens++
			} else if c == ')' {
				if parens--; parens < 0 {
					p.fail("unexpected right paren")
				}
			}
			add("op", s[:1])
		default:
			if ' ' < c && c < 0x7f {
				p.fail("unexpected %q in command", s[:1])
			}
			p.fail("unrecognized character in action: %#U", c)
		}
	}
}

func (p *parser) col(pos int) int { return pos - strings.LastIndex(p.s[:pos], "\n") - 1 }

func (p *parser) peek() token {
	for p.toks[p.i].kind == "space" {
		p.i++
	}
	return p.toks[p.i]
}

func (p *parser) stringToken(context string) string {
	t := p.peek()
	if t.kind != "string" {
		p.fail("unexpected %q in %s clause", t.text, context)
	}
	p.i++
	s, err := strconv.Unquote(t.text)
	if err != nil {
		p.fail("%v", err)
	}
	return s
}

func (p *parser) pipeline(top bool) *pipe {
	out := &pipe{}
	start := p.i
	if p.peek().kind == "var" {
		mark := p.i
		names := []string{p.peek().text}
		p.i++
		if p.peek().text == "," {
			p.i++
			names = append(names, p.peek().text)
			p.i++
		}
		if op := p.peek().text; op == ":=" || op == "=" {
			p.i++
			out.decl, out.assign = names, op == "="
			if op == ":=" {
				defer func() { p.vars = append(p.vars, names...) }()
			}
		} else {
			p.i = mark
		}
	}
	var cmd []*arg
	endCmd := func() {
		if len(cmd) == 0 {
			p.fail("missing value for command")
		}
		if n := len(out.cmds); n > 0 && len(cmd[0].fields) == 0 {
			switch cmd[0].kind {
			case "value", "nil", "dot":
				p.fail("non executable command in pipeline stage %d", n+1)
			}
		}
		out.cmds = append(out.cmds, cmd)
		cmd = nil
	}
	for {
		t := p.peek()
		if t.kind == "end" || t.text == ")" && t.kind == "op" {
			if len(cmd) > 0 || len(out.cmds) == 0 {
				endCmd()
			}
			for _, k := range p.toks[start:p.i] {
				out.text += k.text
			}
			out.text = strings.TrimSpace(out.text)
			p.i++
			return out
		}
		if t.kind == "op" && t.text == "|" {
			p.i++
			endCmd()
			continue
		}
		cmd = append(cmd, p.arg())
	}
}

func (p *parser) arg() *arg {
	t := p.toks[p.i]
	p.i++
	a := &arg{text: t.text, line: 1 + strings.Count(p.s[:t.pos], "\n"), col: p.col(t.pos)}
	switch t.kind {
	case "dot":
		a.kind = "dot"
	case "field":
		a.kind, a.fields = "dot", []string{t.text[1:]}
	case "var":
		a.kind, a.name = "var", t.text
		known := false
		for _, v := range p.vars {
			known = known || v == t.text
		}
		if !known {
			p.fail("undefined variable %q", t.text)
		}
	case "word":
		switch t.text {
		case "true", "false":
			a.kind, a.value = "value", t.text == "true"
		case "nil":
			a.kind = "nil"
		default:
			a.kind, a.name = "func", t.text
			if p.t.function(t.text) == nil && t.text != "and" && t.text != "or" {
				p.fail("function %q not defined", t.text)
			}
		}
	case "string":
		s, err := strconv.Unquote(t.text)
		if err != nil {
			p.fail("%v", err)
		}
		a.kind, a.value = "value", s
	case "char":
		r, _, tail, err := strconv.UnquoteChar(t.text[1:], '\'')
		if err != nil || tail != "'" {
			p.fail("malformed character constant: %s", t.text)
		}
		a.kind, a.value = "value", int(r)
	case "number":
		a.kind = "value"
		if i, err := strconv.ParseInt(t.text, 0, 64); err == nil {
			a.value = int(i)
		} else if f, err := strconv.ParseFloat(t.text, 64); err == nil {
			a.value = f
		} else if c, err := strconv.ParseComplex(t.text, 128); err == nil {
			a.value = c
		} else {
			p.fail("bad number syntax: %q", t.text)
		}
	case "op":
		if t.text != "(" {
			p.fail("unexpected %q in operand", t.text)
		}
		a.kind, a.pipe = "pipe", p.pipeline(false)
		a.text = "(" + a.pipe.text + ")"
	}
	for p.toks[p.i].kind == "field" {
		a.fields = append(a.fields, p.toks[p.i].text[1:])
		a.text += p.toks[p.i].text
		p.i++
	}
	if t := p.toks[p.i]; t.kind == "number" {
		p.fail("unexpected %q in operand", t.text)
	}
	return a
}
