// Package xml reads and writes XML.
package xml

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const Header = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

type Name struct {
	Space, Local string
}

type Attr struct {
	Name  Name
	Value string
}

type Token any

type (
	StartElement struct {
		Name Name
		Attr []Attr
	}
	EndElement struct{ Name Name }
	CharData   []byte
	Comment    []byte
	Directive  []byte
	ProcInst   struct {
		Target string
		Inst   []byte
	}
)

func (e StartElement) End() EndElement { return EndElement{e.Name} }
func (e StartElement) Copy() StartElement {
	e.Attr = append([]Attr(nil), e.Attr...)
	return e
}
func (c CharData) Copy() CharData   { return bytes.Clone(c) }
func (c Comment) Copy() Comment     { return bytes.Clone(c) }
func (d Directive) Copy() Directive { return bytes.Clone(d) }

func CopyToken(t Token) Token {
	switch v := t.(type) {
	case CharData:
		return v.Copy()
	case Comment:
		return v.Copy()
	case Directive:
		return v.Copy()
	case StartElement:
		return v.Copy()
	}
	return t
}

type SyntaxError struct {
	Msg  string
	Line int
}

func (e *SyntaxError) Error() string {
	return "XML syntax error on line " + strconv.Itoa(e.Line) + ": " + e.Msg
}

type UnmarshalError string

func (e UnmarshalError) Error() string { return string(e) }

type TokenReader interface{ Token() (Token, error) }

// A Decoder's stack is the open elements; spaces maps prefixes, innermost last.
type Decoder struct {
	Strict        bool
	AutoClose     []string
	Entity        map[string]string
	CharsetReader func(charset string, input io.Reader) (io.Reader, error)
	DefaultSpace  string

	r       *bufio.Reader
	line    int
	off     int64
	next    Token // the end of an element that closed itself
	stack   []Name
	raw     []Name
	spaces  []map[string]string
	err     error
	saved   *bytes.Buffer
	tail    int
	seen    bool
	source  TokenReader
	started bool
}

func NewDecoder(r io.Reader) *Decoder {
	return &Decoder{Strict: true, r: bufio.NewReader(r), line: 1}
}
func NewTokenDecoder(t TokenReader) *Decoder { return &Decoder{Strict: true, source: t, line: 1} }

func (d *Decoder) InputOffset() int64          { return d.off }
func (d *Decoder) InputPos() (line, column int) { return d.line, 1 }

func (d *Decoder) fail(format string, a ...any) { panic(&SyntaxError{fmt.Sprintf(format, a...), d.line}) }

func (d *Decoder) get() (byte, bool) {
	b, err := d.r.ReadByte()
	if err != nil {
		if err != io.EOF {
			panic(err)
		}
		return 0, false
	}
	d.off++
	if b == '\n' {
		d.line++
	}
	if d.saved != nil {
		d.saved.WriteByte(b)
	}
	return b, true
}

func (d *Decoder) must() byte {
	b, ok := d.get()
	if !ok {
		d.fail("unexpected EOF")
	}
	return b
}

func (d *Decoder) unget(b byte) {
	d.r.UnreadByte()
	d.off--
	if b == '\n' {
		d.line--
	}
	if d.saved != nil {
		d.saved.Truncate(d.saved.Len() - 1)
	}
}

func (d *Decoder) space() {
	for {
		b, ok := d.get()
		if !ok {
			return
		}
		if b != ' ' && b != '\t' && b != '\n' && b != '\r' {
			d.unget(b)
			return
		}
	}
}

func nameByte(b byte) bool {
	return b >= utf8.RuneSelf || 'a' <= b|32 && b|32 <= 'z' || '0' <= b && b <= '9' || b == '_' || b == ':' || b == '.' || b == '-'
}

func (d *Decoder) name() (Name, bool) {
	var s []byte
	for {
		b := d.must()
		if !nameByte(b) {
			d.unget(b)
			break
		}
		s = append(s, b)
	}
	if len(s) == 0 || s[0] == '-' || s[0] == '.' || '0' <= s[0] && s[0] <= '9' {
		if len(s) > 0 {
			d.fail("invalid XML name: %s", s)
		}
		return Name{}, false
	}
	if strings.Count(string(s), ":") > 1 {
		return Name{}, false
	}
	if p, l, ok := strings.Cut(string(s), ":"); ok && p != "" && l != "" {
		return Name{p, l}, true
	}
	return Name{"", string(s)}, true
}

// until reads up to an ending, which is cut off.
func (d *Decoder) until(end string) []byte {
	var s []byte
	for !bytes.HasSuffix(s, []byte(end)) {
		s = append(s, d.must())
	}
	return s[:len(s)-len(end)]
}

func (d *Decoder) entity() string {
	var s []byte
	for {
		b, ok := d.get()
		if !ok {
			d.fail("unexpected EOF")
		}
		if b == ';' {
			break
		}
		if b != '#' && !nameByte(b) {
			d.unget(b)
			if !d.Strict {
				return "&" + string(s)
			}
			if len(s) == 0 {
				d.fail("invalid character entity &")
			}
			d.fail("invalid character entity &%s (no semicolon)", s)
		}
		s = append(s, b)
	}
	n := string(s)
	if strings.HasPrefix(n, "#") {
		base, digits := 10, n[1:]
		if strings.HasPrefix(digits, "x") {
			base, digits = 16, digits[1:]
		}
		if c, err := strconv.ParseUint(digits, base, 32); err == nil && c <= unicode.MaxRune {
			return string(rune(c))
		}
	} else if i := strings.Index(" lt gt amp apos quot ", " "+n+" "); i >= 0 && n != "" {
		return map[string]string{"lt": "<", "gt": ">", "amp": "&", "apos": "'", "quot": `"`}[n]
	} else if v, ok := d.Entity[n]; ok {
		return v
	}
	if !d.Strict {
		return "&" + n + ";"
	}
	d.fail("invalid character entity &%s;", n)
	return ""
}

// chars reads text up to < or a quote.
func (d *Decoder) chars(quote byte) []byte {
	var s []byte
	for {
		b, ok := d.get()
		if !ok {
			if quote != 0 {
				d.fail("unexpected EOF")
			}
			break
		}
		if quote != 0 && b == quote {
			break
		}
		switch {
		case b == '<' && quote != 0:
			if d.Strict {
				d.fail("unescaped < inside quoted string")
			}
			s = append(s, b)
		case b == '<':
			d.unget(b)
			goto done
		case b == '&':
			s = append(s, d.entity()...)
		case b == '\r':
			s = append(s, '\n')
			if b, ok := d.get(); ok && b != '\n' {
				d.unget(b)
			}
		case b == '>' && bytes.HasSuffix(s, []byte("]]")) && quote == 0:
			d.fail("unescaped ]]> not in CDATA section")
		default:
			s = append(s, b)
		}
	}
done:
	for t := s; len(t) > 0; {
		r, n := utf8.DecodeRune(t)
		if r == utf8.RuneError && n == 1 {
			d.fail("invalid UTF-8")
		}
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
			d.fail("illegal character code %U", r)
		}
		t = t[n:]
	}
	return s
}

func (d *Decoder) RawToken() (Token, error) {
	if d.source != nil {
		return d.source.Token()
	}
	if len(d.raw) > 0 && d.next == nil {
		d.raw = nil
	}
	return d.rawToken()
}

func (d *Decoder) rawToken() (t Token, err error) {
	if d.err != nil {
		return nil, d.err
	}
	if d.next != nil {
		t, d.next = d.next, nil
		return t, nil
	}
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(error)
			if !ok {
				panic(r)
			}
			d.err, t, err = e, nil, e
		}
	}()
	if d.saved != nil {
		d.tail = d.saved.Len()
	}
	b, ok := d.get()
	if !ok {
		d.err = io.EOF
		return nil, io.EOF
	}
	if b != '<' {
		d.unget(b)
		return CharData(d.chars(0)), nil
	}
	switch b = d.must(); b {
	case '/':
		n, ok := d.name()
		if !ok {
			d.fail("expected element name after </")
		}
		d.space()
		if b = d.must(); b != '>' {
			d.fail("invalid characters between </%s and >", n.Local)
		}
		return EndElement{n}, nil
	case '?':
		n, ok := d.name()
		if !ok {
			d.fail("expected target name after <?")
		}
		d.space()
		p := ProcInst{n.Local, d.until("?>")}
		if n.Local == "xml" {
			if e := procInst("encoding", string(p.Inst)); e != "" && !strings.EqualFold(e, "utf-8") {
				if d.CharsetReader == nil {
					panic(fmt.Errorf("xml: encoding %q declared but Decoder.CharsetReader is nil", e))
				}
			}
			if v := procInst("version", string(p.Inst)); v != "" && v != "1.0" {
				panic(fmt.Errorf("xml: unsupported version %q; only version 1.0 is supported", v))
			}
		}
		return p, nil
	case '!':
		return d.bang(), nil
	}
	d.unget(b)
	n, ok := d.name()
	if !ok {
		d.fail("expected element name after <")
	}
	e := StartElement{n, []Attr{}}
	for {
		d.space()
		b = d.must()
		if b == '>' {
			return e, nil
		}
		if b == '/' {
			if b = d.must(); b != '>' {
				d.fail("expected /> in element")
			}
			d.next = EndElement{n}
			return e, nil
		}
		d.unget(b)
		a, ok := d.name()
		if !ok {
			d.fail("expected attribute name in element")
		}
		d.space()
		if b = d.must(); b != '=' {
			if d.Strict {
				d.fail("attribute name without = in element")
			}
			d.unget(b)
			e.Attr = append(e.Attr, Attr{a, a.Local})
			continue
		}
		d.space()
		if b = d.must(); b != '"' && b != '\'' {
			d.fail("unquoted or missing attribute value in element")
		}
		e.Attr = append(e.Attr, Attr{a, string(d.chars(b))})
	}
}

func procInst(param, s string) string {
	_, rest, ok := strings.Cut(s, param+"=")
	if !ok || rest == "" {
		return ""
	}
	v, _, _ := strings.Cut(rest[1:], rest[:1])
	return v
}

func (d *Decoder) bang() Token {
	b := d.must()
	if b == '-' {
		if d.must() != '-' {
			d.fail("invalid sequence <!- not part of <!--")
		}
		var s []byte
		for !bytes.HasSuffix(s, []byte("--")) {
			s = append(s, d.must())
		}
		if d.must() != '>' {
			d.fail(`invalid sequence "--" not allowed in comments`)
		}
		return Comment(s[:len(s)-2])
	}
	if b == '[' {
		for _, c := range []byte("CDATA[") {
			if d.must() != c {
				d.fail("invalid <![ sequence")
			}
		}
		return CharData(bytes.ReplaceAll(d.until("]]>"), []byte("\r\n"), []byte("\n")))
	}
	s := []byte{b}
	depth, quote := 0, byte(0)
	for {
		b = d.must()
		switch {
		case quote == 0 && b == '>' && depth == 0:
			return Directive(s)
		case b == quote:
			quote = 0
		case quote != 0:
		case b == '"' || b == '\'':
			quote = b
		case b == '>':
			depth--
		case b == '<':
			depth++
		}
		s = append(s, b)
	}
}

func (d *Decoder) lookup(prefix string) (string, bool) {
	for i := len(d.spaces) - 1; i >= 0; i-- {
		if v, ok := d.spaces[i][prefix]; ok {
			return v, true
		}
	}
	return "", false
}

func (d *Decoder) translate(n *Name, element bool) {
	if n.Space == "xmlns" || n.Space == "" && (!element || n.Local == "xmlns") {
		return
	}
	if n.Space == "xml" {
		n.Space = "http://www.w3.org/XML/1998/namespace"
	} else if v, ok := d.lookup(n.Space); ok {
		n.Space = v
	} else if n.Space == "" {
		n.Space = d.DefaultSpace
	}
}

func (d *Decoder) Token() (Token, error) {
	var t Token
	var err error
	if d.source != nil {
		t, err = d.source.Token()
		if t == nil && err != nil {
			return nil, err
		}
	} else if t, err = d.rawToken(); t == nil && err != nil {
		if err == io.EOF && len(d.stack) > 0 {
			err = &SyntaxError{"unexpected EOF", d.line}
			d.err = err
		}
		return nil, err
	}
	switch e := t.(type) {
	case StartElement:
		var m map[string]string
		for _, a := range e.Attr {
			if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
				if m == nil {
					m = map[string]string{}
				}
				p := a.Name.Local
				if a.Name.Space == "" {
					p = ""
				}
				m[p] = a.Value
			}
		}
		d.spaces = append(d.spaces, m)
		d.raw = append(d.raw, e.Name)
		d.translate(&e.Name, true)
		for i := range e.Attr {
			d.translate(&e.Attr[i].Name, false)
		}
		d.stack = append(d.stack, e.Name)
		t = e
	case EndElement:
		n := len(d.stack)
		bad := ""
		if n == 0 {
			bad = "unexpected end element </" + e.Name.Local + ">"
		} else if o := d.raw[n-1]; o.Local != e.Name.Local {
			bad = "element <" + o.Local + "> closed by </" + e.Name.Local + ">"
		} else if o.Space != e.Name.Space {
			bad = "element <" + o.Local + "> in space " + o.Space + " closed by </" + e.Name.Local + "> in space " + e.Name.Space
		}
		if bad != "" {
			d.err = &SyntaxError{bad, d.line}
			return nil, d.err
		}
		t = EndElement{d.stack[n-1]}
		d.stack, d.raw, d.spaces = d.stack[:n-1], d.raw[:n-1], d.spaces[:n-1]
	}
	return t, nil
}

func (d *Decoder) Skip() error {
	for depth := 0; ; {
		t, err := d.Token()
		if err != nil {
			return err
		}
		switch t.(type) {
		case StartElement:
			depth++
		case EndElement:
			if depth == 0 {
				return nil
			}
			depth--
		}
	}
}

func escape(s string, newline bool) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '"':
			b.WriteString("&#34;")
		case r == '\'':
			b.WriteString("&#39;")
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '\t':
			b.WriteString("&#x9;")
		case r == '\n' && newline:
			b.WriteString("&#xA;")
		case r == '\r':
			b.WriteString("&#xD;")
		case r < ' ' && r != '\n' || r == utf8.RuneError && n == 1 || r == 0xfffe || r == 0xffff:
			b.WriteString("\uFFFD")
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

func EscapeText(w io.Writer, s []byte) error {
	_, err := io.WriteString(w, escape(string(s), true))
	return err
}
func Escape(w io.Writer, s []byte) { EscapeText(w, s) }

var errRawToken = errors.New("xml: cannot use RawToken from UnmarshalXML method")
