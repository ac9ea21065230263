// Streams, and changes of layout.
package json

import (
	"bytes"
	"io"
)

func appendCompact(dst, src []byte, html bool) []byte {
	in := false
	for i := 0; i < len(src); i++ {
		c := src[i]
		if html && (c == '<' || c == '>' || c == '&') {
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			continue
		}
		if html && c == 0xE2 && i+2 < len(src) && src[i+1] == 0x80 && src[i+2]&^1 == 0xA8 {
			dst = append(dst, '\\', 'u', '2', '0', '2', hex[src[i+2]&15])
			i += 2
			continue
		}
		if !in && (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
			continue
		}
		dst = append(dst, c)
		if in && c == '\\' && i+1 < len(src) {
			i++
			dst = append(dst, src[i])
		} else if c == '"' {
			in = !in
		}
	}
	return dst
}

func Compact(dst *bytes.Buffer, src []byte) error {
	if err := check(src); err != nil {
		return err
	}
	dst.Write(appendCompact(nil, src, false))
	return nil
}

func HTMLEscape(dst *bytes.Buffer, src []byte) {
	for i := 0; i < len(src); i++ {
		c := src[i]
		if c == '<' || c == '>' || c == '&' {
			dst.WriteString(`\u00` + string(rune(hex[c>>4])) + string(rune(hex[c&15])))
		} else if c == 0xE2 && i+2 < len(src) && src[i+1] == 0x80 && src[i+2]&^1 == 0xA8 {
			dst.WriteString(`\u202` + string(rune(hex[src[i+2]&15])))
			i += 2
		} else {
			dst.WriteByte(c)
		}
	}
}

func appendIndent(dst, src []byte, prefix, indent string) []byte {
	depth := 0
	line := func() {
		dst = append(append(dst, '\n'), prefix...)
		for range depth {
			dst = append(dst, indent...)
		}
	}
	for i := 0; i < len(src); i++ {
		switch c := src[i]; c {
		case ' ', '\t', '\n', '\r':
		case '"':
			j := i + 1
			for ; src[j] != '"'; j++ {
				if src[j] == '\\' {
					j++
				}
			}
			dst = append(dst, src[i:j+1]...)
			i = j
		case '{', '[':
			dst = append(dst, c)
			j := i + 1
			for j < len(src) && src[j] <= ' ' {
				j++
			}
			if src[j] == '}' || src[j] == ']' {
				dst = append(dst, src[j])
				i = j
			} else {
				depth++
				line()
			}
		case '}', ']':
			depth--
			line()
			dst = append(dst, c)
		case ',':
			dst = append(dst, c)
			line()
		case ':':
			dst = append(dst, c, ' ')
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

func Indent(dst *bytes.Buffer, src []byte, prefix, indent string) error {
	if err := check(src); err != nil {
		return err
	}
	dst.Write(appendIndent(nil, src, prefix, indent))
	for i := len(src) - 1; i >= 0 && src[i] <= ' '; i-- {
		defer dst.WriteByte(src[i])
	}
	return nil
}

type Encoder struct {
	w              io.Writer
	err            error
	escape         bool
	prefix, indent string
}

func NewEncoder(w io.Writer) *Encoder { return &Encoder{w: w, escape: true} }

func (e *Encoder) Encode(v any) error {
	if e.err != nil {
		return e.err
	}
	b, err := encode(v, e.escape)
	if err != nil {
		return err
	}
	if e.prefix != "" || e.indent != "" {
		b = appendIndent(nil, b, e.prefix, e.indent)
	}
	_, e.err = e.w.Write(append(b, '\n'))
	return e.err
}
func (e *Encoder) SetIndent(prefix, indent string) { e.prefix, e.indent = prefix, indent }
func (e *Encoder) SetEscapeHTML(on bool)           { e.escape = on }

type Token any

type Delim rune

func (d Delim) String() string { return string(d) }

// A Decoder's want is what Token expects: 0 a value, 1 a first element or ], 2 a comma or ],
// 3 a first key or }, 4 a colon, 5 a value of an object, 6 a comma or }, 7 a key.
type Decoder struct {
	r         io.Reader
	buf       []byte
	i         int
	scanned   int64
	err       error
	useNumber bool
	strict    bool
	want      []int
}

func NewDecoder(r io.Reader) *Decoder { return &Decoder{r: r, want: []int{0}} }

func (d *Decoder) UseNumber()             { d.useNumber = true }
func (d *Decoder) DisallowUnknownFields() { d.strict = true }
func (d *Decoder) Buffered() io.Reader    { return bytes.NewReader(d.buf[d.i:]) }
func (d *Decoder) InputOffset() int64     { return d.scanned + int64(d.i) }

func (d *Decoder) fill() error {
	if d.i > 0 {
		d.scanned += int64(d.i)
		d.buf = append([]byte(nil), d.buf[d.i:]...)
		d.i = 0
	}
	b := make([]byte, 4096)
	n, err := d.r.Read(b)
	d.buf = append(d.buf, b[:n]...)
	if n > 0 {
		return nil
	}
	return err
}

func (d *Decoder) peek() (byte, error) {
	for {
		for ; d.i < len(d.buf); d.i++ {
			if c := d.buf[d.i]; c > ' ' {
				return c, nil
			}
		}
		if err := d.fill(); err != nil {
			return 0, err
		}
	}
}

// next reads enough for one value and gives its text.
func (d *Decoder) next() ([]byte, error) {
	if _, err := d.peek(); err != nil {
		return nil, err
	}
	for {
		c := &checker{s: d.buf, i: d.i}
		err := c.value()
		number := err == nil && c.i == len(d.buf) && d.buf[c.i-1] != '}' && d.buf[c.i-1] != ']' && d.buf[c.i-1] != '"'
		if err == nil && !number {
			b := d.buf[d.i:c.i]
			d.i = c.i
			return b, nil
		}
		if err != nil && c.i < len(d.buf) {
			if s, ok := err.(*SyntaxError); ok {
				s.Offset += d.scanned
			}
			return nil, err
		}
		if e := d.fill(); e != nil {
			if number {
				b := d.buf[d.i:]
				d.i = len(d.buf)
				return b, nil
			}
			if e == io.EOF {
				e = io.ErrUnexpectedEOF
			}
			return nil, e
		}
	}
}

// before passes the comma or colon that Token's place asks for.
func (d *Decoder) before() error {
	top := &d.want[len(d.want)-1]
	if *top == 2 || *top == 4 || *top == 6 {
		c, err := d.peek()
		if err != nil {
			return err
		}
		switch {
		case *top == 2 && c == ',':
			*top = 1
		case *top == 4 && c == ':':
			*top = 5
		case *top == 6 && c == ',':
			*top = 7
		case *top == 2:
			return d.bad(c, "after array element")
		case *top == 4:
			return d.bad(c, "after object key")
		default:
			return d.bad(c, "after object key:value pair")
		}
		d.i++
	}
	return nil
}

func (d *Decoder) after() {
	switch top := &d.want[len(d.want)-1]; *top {
	case 1:
		*top = 2
	case 5:
		*top = 6
	case 3, 7:
		*top = 4
	}
}

func (d *Decoder) bad(c byte, context string) error {
	return &SyntaxError{"invalid character " + quoteChar(c) + " " + context, d.InputOffset() + 1}
}

func (d *Decoder) Decode(v any) error {
	if d.err != nil {
		return d.err
	}
	if err := d.before(); err != nil {
		return err
	}
	if w := d.want[len(d.want)-1]; w == 3 || w == 7 {
		return &SyntaxError{"not at beginning of value", d.InputOffset()}
	}
	b, err := d.next()
	if err != nil {
		d.err = err
		return err
	}
	err = (&decoder{s: b, useNumber: d.useNumber, strict: d.strict}).run(v)
	if u, ok := err.(*UnmarshalTypeError); ok {
		u.Offset += d.InputOffset() - int64(len(b))
	}
	d.after()
	return err
}

func (d *Decoder) More() bool {
	c, err := d.peek()
	return err == nil && c != ']' && c != '}'
}

func (d *Decoder) Token() (Token, error) {
	c, err := d.peek()
	if err != nil {
		if err == io.EOF && len(d.want) > 1 {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	top := d.want[len(d.want)-1]
	if c == ']' && (top == 1 || top == 2) || c == '}' && (top == 3 || top == 6) {
		d.i++
		d.want = d.want[:len(d.want)-1]
		d.after()
		return Delim(c), nil
	}
	if err := d.before(); err != nil {
		return nil, err
	}
	if c, err = d.peek(); err != nil {
		return nil, err
	}
	top = d.want[len(d.want)-1]
	key := top == 3 || top == 7
	if key && c != '"' {
		return nil, d.bad(c, "looking for beginning of object key string")
	}
	if c == '[' || c == '{' {
		d.i++
		d.want = append(d.want, 1+2*int(c-'[')/32)
		return Delim(c), nil
	}
	b, err := d.next()
	if err != nil {
		return nil, err
	}
	d.after()
	x := &decoder{s: b, useNumber: d.useNumber}
	return x.any(), x.err
}
