// Where in HTML a text is, and how it moves on.
package template

import (
	"fmt"
	text "text/template"
	"strings"
)

type state byte

const (
	stateText state = iota
	stateTag
	stateAttrName
	stateAfterName
	stateBeforeValue
	stateHTMLCmt
	stateRCDATA
	stateAttr
	stateURL
	stateSrcset
	stateJS
	stateJSDqStr
	stateJSSqStr
	stateJSTmplLit
	stateJSRegexp
	stateJSBlockCmt
	stateJSLineCmt
	stateCSS
	stateCSSDqStr
	stateCSSSqStr
	stateCSSBlockCmt
	stateCSSLineCmt
)

var stateNames = strings.Fields("Text Tag AttrName AfterName BeforeValue HTMLCmt RCDATA Attr URL Srcset JS JSDqStr JSSqStr JSTmplLit JSRegexp JSBlockCmt JSLineCmt CSS CSSDqStr CSSSqStr CSSBlockCmt CSSLineCmt")

// A context is a state; delim is the quote around an attribute's value, 1 for none; part counts
// how far a URL is; element is script, style, textarea or title; attr the kind of an attribute;
// regexp: a slash begins a regular expression.
type context struct {
	state   state
	delim   byte
	part    byte
	div     bool
	element string
	attr    string
}

func (c context) String() string {
	d := ""
	switch c.delim {
	case '"':
		d = "delimDoubleQuote"
	case '\'':
		d = "delimSingleQuote"
	case 1:
		d = "delimSpaceOrTagEnd"
	default:
		d = "delimNone"
	}
	part := [...]string{"urlPartNone", "urlPartPreQuery", "urlPartQueryOrFrag"}[min(c.part, 2)]
	ctx := "jsCtxRegexp"
	if c.div {
		ctx = "jsCtxDivOp"
	}
	attr, elem := "attrNone", "elementNone"
	switch c.attr {
	case "js":
		attr = "attrScript"
	case "css":
		attr = "attrStyle"
	case "url":
		attr = "attrURL"
	case "srcset":
		attr = "attrSrcset"
	}
	if c.element != "" {
		elem = "element" + strings.ToUpper(c.element[:1]) + c.element[1:]
	}
	return fmt.Sprintf("{state%s %s %s %s %s %s %s %v}", stateNames[c.state], d, part, ctx, "[]", attr, elem, nil)
}

func attrKind(name string) string {
	name = strings.ToLower(name)
	if strings.HasPrefix(name, "data-") {
		name = name[5:]
	} else if p, rest, ok := strings.Cut(name, ":"); ok {
		if p == "xmlns" {
			return "url"
		}
		name = rest
	}
	switch name {
	case "style":
		return "css"
	case "srcset":
		return "srcset"
	case "action", "archive", "background", "cite", "classid", "codebase", "data", "formaction", "href", "icon", "longdesc", "manifest", "poster", "profile", "src", "usemap", "xmlns":
		return "url"
	}
	if strings.HasPrefix(name, "on") {
		return "js"
	}
	if strings.Contains(name, "src") || strings.Contains(name, "uri") || strings.Contains(name, "url") {
		return "url"
	}
	return ""
}

const spaces = " \t\n\f\r"

func isAlpha(c byte) bool { return 'a' <= c|32 && c|32 <= 'z' }
func isAlnum(c byte) bool { return isAlpha(c) || '0' <= c && c <= '9' }

// next takes the first part of s that belongs together: its end, and the context after it. kept is
// what the output shows of it.
func (c context) next(s string) (after context, n int, kept string) {
	if c.delim != 0 {
		return c.inValue(s)
	}
	stay := func(n int) (context, int, string) { return c, n, s[:n] }
	to := func(st state, n int) (context, int, string) {
		d := c
		d.state = st
		return d, n, s[:n]
	}
	switch c.state {
	case stateText:
		i := strings.IndexByte(s, '<')
		if i < 0 || i+1 == len(s) {
			return stay(len(s))
		}
		if strings.HasPrefix(s[i:], "<!--") {
			return context{state: stateHTMLCmt}, i + 4, s[:i]
		}
		j := i + 1
		if s[j] == '/' && j+1 < len(s) {
			j++
		}
		if !isAlpha(s[j]) {
			return stay(j)
		}
		k := j
		for k < len(s) && (isAlnum(s[k]) || (s[k] == '-' || s[k] == ':') && k+1 < len(s) && isAlnum(s[k+1])) {
			k++
		}
		d := context{state: stateTag}
		if name := strings.ToLower(s[j:k]); s[j-1] != '/' {
			switch name {
			case "script", "style", "textarea", "title":
				d.element = name
			}
		}
		return d, k, s[:k]
	case stateTag:
		i := len(s) - len(strings.TrimLeft(s, spaces))
		if i == len(s) {
			return stay(i)
		}
		if s[i] == '>' {
			d := context{element: c.element}
			switch c.element {
			case "script":
				d.state = stateJS
			case "style":
				d.state = stateCSS
			case "textarea", "title":
				d.state = stateRCDATA
			}
			return d, i + 1, s[:i+1]
		}
		j := i
		for j < len(s) && !strings.ContainsRune(" \t\n\f\r=>", rune(s[j])) {
			if strings.IndexByte("'\"<", s[j]) >= 0 {
				panic(&Error{ErrorCode: ErrBadHTML, Description: fmt.Sprintf("%q in attribute name: %.32q", s[j:j+1], s)})
			}
			j++
		}
		if j == i {
			panic(&Error{ErrorCode: ErrBadHTML, Description: fmt.Sprintf("expected space, attr name, or end of tag, but got %q", s[i:])})
		}
		d := c
		d.attr, d.state = attrKind(s[i:j]), stateAfterName
		if c.element == "script" && strings.EqualFold(s[i:j], "type") {
			d.attr = "type"
		}
		if j == len(s) {
			d.state = stateAttrName
		}
		return d, j, s[:j]
	case stateAttrName:
		j := strings.IndexAny(s, spaces+"=>")
		if j < 0 {
			return stay(len(s))
		}
		return to(stateAfterName, j)
	case stateAfterName:
		i := len(s) - len(strings.TrimLeft(s, spaces))
		if i == len(s) {
			return stay(i)
		}
		if s[i] != '=' {
			d := c
			d.state, d.attr = stateTag, ""
			return d, i, s[:i]
		}
		return to(stateBeforeValue, i+1)
	case stateBeforeValue:
		i := len(s) - len(strings.TrimLeft(s, spaces))
		if i == len(s) {
			return stay(i)
		}
		d := c
		d.state, d.delim = valueState(c.attr), 1
		if s[i] == '"' || s[i] == '\'' {
			d.delim = s[i]
			i++
		}
		return d, i, s[:i]
	case stateHTMLCmt:
		if i := strings.Index(s, "-->"); i >= 0 {
			return context{}, i + 3, ""
		}
		return c, len(s), ""
	case stateRCDATA, stateJS, stateCSS, stateJSDqStr, stateJSSqStr, stateJSTmplLit, stateJSRegexp, stateJSBlockCmt, stateJSLineCmt, stateCSSDqStr, stateCSSSqStr, stateCSSBlockCmt, stateCSSLineCmt:
		if i := endTag(s, c.element); i == 0 {
			return context{}, 0, ""
		} else if i > 0 {
			d, n, kept := c.script(s[:i])
			return d, n, kept
		}
		return c.script(s)
	}
	return stay(len(s))
}

func endTag(s, element string) int {
	return strings.Index(strings.ToLower(s), "</"+element)
}

func valueState(kind string) state {
	switch kind {
	case "url":
		return stateURL
	case "js":
		return stateJS
	case "css":
		return stateCSS
	case "srcset":
		return stateSrcset
	}
	return stateAttr
}

// inValue moves inside an attribute's value.
func (c context) inValue(s string) (context, int, string) {
	i := -1
	if c.delim == 1 {
		i = strings.IndexAny(s, " \t\n\f\r>")
		for k := range s[:max(i, 0)] {
			if strings.IndexByte("\"'<=`", s[k]) >= 0 && k >= 0 {
				panic(&Error{ErrorCode: ErrBadHTML, Description: fmt.Sprintf("%q in unquoted attr: %q", s[k:k+1], s[:i])})
			}
		}
	} else {
		i = strings.IndexByte(s, c.delim)
	}
	end := context{state: stateTag, element: c.element}
	if i == 0 {
		if c.delim == 1 {
			return end, 0, ""
		}
		return end, 1, s[:1]
	}
	if i < 0 {
		i = len(s)
	}
	d := c
	at := 0
	for at < i {
		var n int
		d, n, _ = d.script(s[at:i])
		if n == 0 {
			n = 1
		}
		at += n
	}
	return d, i, s[:i]
}

// script moves inside JavaScript, CSS, a URL or plain text.
func (c context) script(s string) (d context, n int, kept string) {
	d = c
	end := func(st state, at, skip int) (context, int, string) {
		if at < 0 {
			return d, len(s), s
		}
		d.state = st
		return d, at + skip, s[:at+skip]
	}
	gone := func(st state, at, skip int, left string) (context, int, string) {
		if at < 0 {
			return d, len(s), ""
		}
		d.state = st
		return d, at + skip, left
	}
	quoted := func(chars string, st state) (context, int, string) {
		for i := 0; i < len(s); i++ {
			if s[i] == '\\' {
				i++
			} else if strings.IndexByte(chars, s[i]) >= 0 {
				d.div = true
				return end(st, i, 1)
			}
		}
		return end(st, -1, 0)
	}
	switch c.state {
	case stateURL, stateSrcset:
		if strings.ContainsAny(s, "#?") {
			d.part = 2
		} else if c.part == 0 && strings.TrimLeft(s, spaces) != "" {
			d.part = 1
		}
	case stateJS:
		i := strings.IndexAny(s, "\"'`/")
		if i < 0 {
			d.div = divAfter(s, c.div)
			return d, len(s), s
		}
		d.div = divAfter(s[:i], c.div)
		switch {
		case s[i] == '"':
			return end(stateJSDqStr, i, 1)
		case s[i] == '\'':
			return end(stateJSSqStr, i, 1)
		case s[i] == '`':
			return end(stateJSTmplLit, i, 1)
		case strings.HasPrefix(s[i:], "//"):
			d.state = stateJSLineCmt
			return d, i + 2, s[:i]
		case strings.HasPrefix(s[i:], "/*"):
			d.state = stateJSBlockCmt
			return d, i + 2, s[:i]
		case d.div:
			d.div = false
			return d, i + 1, s[:i+1]
		}
		return end(stateJSRegexp, i, 1)
	case stateJSDqStr:
		return quoted("\"", stateJS)
	case stateJSSqStr:
		return quoted("'", stateJS)
	case stateJSTmplLit:
		return quoted("`", stateJS)
	case stateJSRegexp:
		return quoted("/", stateJS)
	case stateJSBlockCmt:
		i := strings.Index(s, "*/")
		left := " "
		if i >= 0 && strings.ContainsAny(s[:i], "\n\r") {
			left = "\n"
		}
		return gone(stateJS, i, 2, left)
	case stateJSLineCmt:
		return gone(stateJS, strings.IndexAny(s, "\n\r"), 0, "")
	case stateCSS:
		i := strings.IndexAny(s, "\"'/")
		if i < 0 {
			return d, len(s), s
		}
		switch {
		case s[i] == '"':
			return end(stateCSSDqStr, i, 1)
		case s[i] == '\'':
			return end(stateCSSSqStr, i, 1)
		case strings.HasPrefix(s[i:], "/*"):
			d.state = stateCSSBlockCmt
			return d, i + 2, s[:i]
		case strings.HasPrefix(s[i:], "//"):
			d.state = stateCSSLineCmt
			return d, i + 2, s[:i]
		}
		return d, i + 1, s[:i+1]
	case stateCSSDqStr:
		return quoted("\"", stateCSS)
	case stateCSSSqStr:
		return quoted("'", stateCSS)
	case stateCSSBlockCmt:
		return gone(stateCSS, strings.Index(s, "*/"), 2, " ")
	case stateCSSLineCmt:
		return gone(stateCSS, strings.IndexAny(s, "\n\r"), 0, "")
	}
	return d, len(s), s
}

// divAfter: a slash after this JavaScript divides.
func divAfter(s string, was bool) bool {
	s = strings.TrimRight(s, " \t\n\f\r")
	if s == "" {
		return was
	}
	switch c := s[len(s)-1]; c {
	case '+', '-':
		n := len(s) - len(strings.TrimRight(s, string(rune(c))))
		return n%2 == 0
	case '.':
		return len(s) > 1 && '0' <= s[len(s)-2] && s[len(s)-2] <= '9'
	case ',', '<', '>', '=', '*', '%', '&', '|', '^', '?', '!', '~', '(', '[', ':', ';', '{', '}':
		return false
	}
	i := len(s)
	for i > 0 && (isAlnum(s[i-1]) || s[i-1] == '_' || s[i-1] == '$') {
		i--
	}
	switch s[i:] {
	case "break", "case", "continue", "delete", "do", "else", "finally", "in", "instanceof", "return", "throw", "try", "typeof", "void":
		return false
	}
	return true
}

type escaper struct {
	t *Template
}

// template escapes a template that is entered in a context; gives its name there.
func (e *escaper) template(name string, c context, line, col int) (context, string) {
	as := name
	if c.state != stateText {
		as = fmt.Sprintf("%s$htmltemplate_%v", name, c)
	}
	if out, ok := e.t.s.escaped[as]; ok {
		return out, as
	}
	x := e.t.t.Lookup(name)
	if x == nil {
		panic(&Error{ErrorCode: ErrNoSuchTemplate, Name: e.t.Name(), Line: line, col: col, Description: fmt.Sprintf("no such template %q", name)})
	}
	if as != name {
		x = e.t.t.Derive(name, as)
	}
	e.t.s.escaped[as] = c
	out := e.list(x, x.Steps(), c)
	e.t.s.escaped[as] = out
	return out, as
}

func (e *escaper) list(t *text.Template, steps []text.Step, c context) context {
	for _, s := range steps {
		switch s.Kind() {
		case "text":
			c = e.text(t, s, c)
		case "action":
			if s.Prints() {
				c = e.action(t, s, c)
			}
		case "if", "with", "range":
			a, b := s.Inner()
			x := e.list(t, a, c)
			y := e.list(t, b, c)
			c = join(t, s, x, y)
		case "template":
			var as string
			c, as = e.template(s.Name(), c, s.Line(), s.Col())
			s.SetName(as)
		}
	}
	return c
}

func join(t *text.Template, s text.Step, x, y context) context {
	if x == y {
		return x
	}
	z := x
	z.part, z.div = y.part, y.div
	if z == y {
		if x.part != y.part {
			z.part = 3
		}
		return z
	}
	// An attribute's name may be over or not.
	if x.state == stateAttrName && y.state == stateTag {
		return y
	}
	if y.state == stateAttrName && x.state == stateTag {
		return x
	}
	panic(&Error{ErrorCode: ErrBranchEnd, Name: t.Name(), Line: s.Line(), col: s.Col(), Description: fmt.Sprintf("{{%s}} branches end in different contexts: %v, %v", s.Kind(), x, y)})
}

func (e *escaper) text(t *text.Template, s text.Step, c context) context {
	defer func() {
		if r := recover(); r != nil {
			if err, ok := r.(*Error); ok && err.Name == "" {
				err.Name, err.Line = t.Name(), s.Line()
			}
			panic(r)
		}
	}()
	in, out := s.Text(), ""
	for in != "" {
		d, n, kept := c.next(in)
		if n == 0 && d == c {
			n, kept = 1, in[:1]
		}
		if c.state == stateText && c.delim == 0 && n <= len(in) {
			kept = ltEscaped(kept, d.state != stateText, in[n:])
		}
		out += kept
		in, c = in[n:], d
	}
	s.SetText(out)
	return c
}

// ltEscaped writes a < that begins no tag as an entity.
func ltEscaped(kept string, tag bool, after string) string {
	if tag || !strings.Contains(kept, "<") {
		return kept
	}
	i := strings.LastIndexByte(kept, '<')
	rest := kept[i+1:]
	const doctype = "!DOCTYPE"
	if after = rest + after; len(after) >= len(doctype) && strings.EqualFold(after[:len(doctype)], doctype) {
		return kept
	}
	return kept[:i] + "&lt;" + rest
}
