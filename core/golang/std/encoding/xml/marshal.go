// Writing.
package xml

import (
	"bufio"
	"bytes"
	"encoding"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
)

type Marshaler interface {
	MarshalXML(e *Encoder, start StartElement) error
}
type MarshalerAttr interface {
	MarshalXMLAttr(name Name) (Attr, error)
}
type UnsupportedTypeError struct{ Type reflect.Type }

func (e *UnsupportedTypeError) Error() string { return "xml: unsupported type: " + e.Type.String() }

func Marshal(v any) ([]byte, error) { return MarshalIndent(v, "", "") }

func MarshalIndent(v any, prefix, indent string) ([]byte, error) {
	var b bytes.Buffer
	e := NewEncoder(&b)
	e.Indent(prefix, indent)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

type Encoder struct {
	w              *bufio.Writer
	prefix, indent string
	depth          int
	indented       bool // the last thing was an element's start
	put            bool // something was written
	tags           []Name
	spaces         []string
	closed         bool
}

func NewEncoder(w io.Writer) *Encoder { return &Encoder{w: bufio.NewWriter(w)} }

func (e *Encoder) Indent(prefix, indent string) { e.prefix, e.indent = prefix, indent }
func (e *Encoder) Flush() error                 { return e.w.Flush() }
func (e *Encoder) Close() error {
	if e.closed {
		return nil
	}
	e.closed = true
	if n := len(e.tags); n > 0 {
		return fmt.Errorf("unclosed tag <%s>", e.tags[n-1].Local)
	}
	return e.Flush()
}

func (e *Encoder) Encode(v any) error {
	if err := e.value(reflect.ValueOf(v), nil, nil); err != nil {
		return err
	}
	return e.w.Flush()
}

func (e *Encoder) EncodeElement(v any, start StartElement) error {
	if err := e.value(reflect.ValueOf(v), nil, &start); err != nil {
		return err
	}
	return e.w.Flush()
}

func (e *Encoder) writeIndent(d int) {
	if e.prefix == "" && e.indent == "" {
		return
	}
	if d < 0 {
		e.depth--
		if e.indented {
			e.indented = false
			return
		}
		e.indented = false
	}
	if e.put {
		e.w.WriteByte('\n')
	} else {
		e.put = true
	}
	e.w.WriteString(e.prefix)
	for range e.depth {
		e.w.WriteString(e.indent)
	}
	if d > 0 {
		e.depth++
		e.indented = true
	}
}

func (e *Encoder) start(s StartElement) error {
	if s.Name.Local == "" {
		return errors.New("xml: start tag with no name")
	}
	e.tags = append(e.tags, s.Name)
	e.writeIndent(1)
	e.w.WriteString("<" + s.Name.Local)
	outer := ""
	if n := len(e.spaces); n > 0 {
		outer = e.spaces[n-1]
	}
	_ = outer
	if s.Name.Space != "" {
		e.w.WriteString(` xmlns="` + escape(s.Name.Space, true) + `"`)
	}
	e.spaces = append(e.spaces, s.Name.Space)
	n := 0
	for _, a := range s.Attr {
		if a.Name.Local == "" {
			continue
		}
		e.w.WriteByte(' ')
		if a.Name.Space == "xmlns" || a.Name.Space == "http://www.w3.org/XML/1998/namespace" {
			e.w.WriteString(map[bool]string{true: "xmlns:", false: "xml:"}[a.Name.Space == "xmlns"])
		} else if a.Name.Space != "" {
			n++
			p := a.Name.Space[strings.LastIndexByte(strings.TrimRight(a.Name.Space, "/"), '/')+1:]
			if p == "" || !nameByte(p[0]) || strings.ContainsAny(p, ":/") {
				p = "_"
			}
			e.w.WriteString(`xmlns:` + p + `="` + escape(a.Name.Space, true) + `" ` + p + ":")
		}
		e.w.WriteString(a.Name.Local + `="` + escape(a.Value, true) + `"`)
	}
	e.w.WriteByte('>')
	return nil
}

func (e *Encoder) end(n Name) error {
	k := len(e.tags)
	switch {
	case n.Local == "":
		return errors.New("xml: end tag with no name")
	case k == 0:
		return fmt.Errorf("xml: end tag </%s> without start tag", n.Local)
	case e.tags[k-1] != n:
		if e.tags[k-1].Local != n.Local {
			return fmt.Errorf("xml: end tag </%s> does not match start tag <%s>", n.Local, e.tags[k-1].Local)
		}
		return fmt.Errorf("xml: end tag </%s> in namespace %s does not match start tag <%s> in namespace %s", n.Local, n.Space, e.tags[k-1].Local, e.tags[k-1].Space)
	}
	e.tags, e.spaces = e.tags[:k-1], e.spaces[:k-1]
	e.writeIndent(-1)
	e.w.WriteString("</" + n.Local + ">")
	return nil
}

func (e *Encoder) EncodeToken(t Token) error {
	switch t := t.(type) {
	case StartElement:
		return e.start(t)
	case EndElement:
		return e.end(t.Name)
	case CharData:
		e.w.WriteString(escape(string(t), false))
	case Comment:
		if bytes.Contains(t, []byte("-->")) {
			return errors.New("xml: EncodeToken of Comment containing --> marker")
		}
		e.w.WriteString("<!--" + string(t) + "-->")
	case ProcInst:
		if t.Target == "xml" && e.w.Buffered() != 0 {
			return errors.New("xml: EncodeToken of ProcInst xml target only valid for xml declaration, first token encoded")
		}
		e.w.WriteString("<?" + t.Target)
		if len(t.Inst) > 0 {
			e.w.WriteString(" " + string(t.Inst))
		}
		e.w.WriteString("?>")
	case Directive:
		e.w.WriteString("<!" + string(t) + ">")
	default:
		return errors.New("xml: EncodeToken of invalid token type")
	}
	return nil
}

func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

// as finds an interface that a value or a pointer to it has.
func as[T any](v reflect.Value) (T, bool) {
	var none T
	if v.CanInterface() {
		if m, ok := v.Interface().(T); ok {
			return m, true
		}
		if v.CanAddr() {
			if m, ok := v.Addr().Interface().(T); ok {
				return m, true
			}
		}
	}
	return none, false
}

func (e *Encoder) value(v reflect.Value, f *field, start *StartElement) error {
	if start != nil && start.Name.Local == "" {
		return errors.New("xml: EncodeElement of StartElement with missing name")
	}
	if !v.IsValid() || f != nil && f.omitempty && empty(v) {
		return nil
	}
	for v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	t := v.Type()
	if m, ok := as[Marshaler](v); ok {
		n := len(e.tags)
		if err := m.MarshalXML(e, startOf(t, f, start)); err != nil {
			return err
		}
		if len(e.tags) > n {
			return fmt.Errorf("xml: %s.MarshalXML wrote invalid XML: <%s> not closed", t, e.tags[len(e.tags)-1].Local)
		}
		return nil
	}
	if m, ok := as[encoding.TextMarshaler](v); ok {
		b, err := m.MarshalText()
		if err != nil {
			return err
		}
		return e.simple(startOf(t, f, start), string(b))
	}
	if (v.Kind() == reflect.Slice || v.Kind() == reflect.Array) && t.Elem().Kind() != reflect.Uint8 {
		for i := range v.Len() {
			if err := e.value(v.Index(i), f, start); err != nil {
				return err
			}
		}
		return nil
	}
	info, err := infoOf(t)
	if err != nil {
		return err
	}
	s := StartElement{}
	switch {
	case start != nil:
		s.Name = start.Name
		s.Attr = append(s.Attr, start.Attr...)
	case info.name != nil:
		if s.Name = (Name{info.name.space, info.name.name}); s.Name.Local == "" {
			if n, ok := at(v, info.name.index, false).Interface().(Name); ok && n.Local != "" {
				s.Name = n
			}
		}
	}
	if s.Name.Local == "" && f != nil {
		s.Name = Name{f.space, f.name}
	}
	if s.Name.Local == "" {
		name := t.Name()
		if i := strings.IndexByte(name, '['); i >= 0 {
			name = name[:i]
		}
		if name == "" {
			return &UnsupportedTypeError{t}
		}
		s.Name.Local = name
	}
	for i := range info.fields {
		g := &info.fields[i]
		if g.kind != "attr" {
			continue
		}
		fv := at(v, g.index, false)
		if !fv.IsValid() || g.omitempty && empty(fv) || fv.Kind() == reflect.Interface && fv.IsNil() {
			continue
		}
		if err := e.attr(&s, Name{g.space, g.name}, fv); err != nil {
			return err
		}
	}
	if v.Kind() == reflect.Struct {
		if err := e.start(s); err != nil {
			return err
		}
		if err := e.fields(info, v); err != nil {
			return err
		}
		return e.end(s.Name)
	}
	text, err := simpleText(v)
	if err != nil {
		return err
	}
	return e.simple(s, text)
}

func startOf(t reflect.Type, f *field, start *StartElement) (s StartElement) {
	switch {
	case start != nil:
		s.Name, s.Attr = start.Name, append(s.Attr, start.Attr...)
	case f != nil && f.name != "":
		s.Name = Name{f.space, f.name}
	case t.Name() != "":
		s.Name.Local = t.Name()
	default:
		s.Name.Local = t.Elem().Name()
	}
	return
}

func (e *Encoder) simple(s StartElement, text string) error {
	if err := e.start(s); err != nil {
		return err
	}
	e.w.WriteString(escape(text, true))
	return e.end(s.Name)
}

func simpleText(v reflect.Value) (string, error) {
	switch {
	case v.CanInt():
		return strconv.FormatInt(v.Int(), 10), nil
	case v.CanUint():
		return strconv.FormatUint(v.Uint(), 10), nil
	case v.CanFloat():
		return strconv.FormatFloat(v.Float(), 'g', -1, v.Type().Bits()), nil
	case v.Kind() == reflect.String:
		return v.String(), nil
	case v.Kind() == reflect.Bool:
		return strconv.FormatBool(v.Bool()), nil
	case (v.Kind() == reflect.Slice || v.Kind() == reflect.Array) && v.Type().Elem().Kind() == reflect.Uint8:
		b := make([]byte, v.Len())
		reflect.Copy(reflect.ValueOf(b), v)
		return string(b), nil
	}
	return "", &UnsupportedTypeError{v.Type()}
}

func (e *Encoder) attr(s *StartElement, name Name, v reflect.Value) error {
	if m, ok := as[MarshalerAttr](v); ok {
		a, err := m.MarshalXMLAttr(name)
		if a.Name.Local != "" {
			s.Attr = append(s.Attr, a)
		}
		return err
	}
	if m, ok := as[encoding.TextMarshaler](v); ok && !(v.Kind() == reflect.Pointer && v.IsNil()) {
		b, err := m.MarshalText()
		s.Attr = append(s.Attr, Attr{name, string(b)})
		return err
	}
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	if list, ok := v.Interface().([]Attr); ok {
		s.Attr = append(s.Attr, list...)
		return nil
	}
	if a, ok := v.Interface().(Attr); ok {
		s.Attr = append(s.Attr, a)
		return nil
	}
	text, err := simpleText(v)
	if err == nil {
		s.Attr = append(s.Attr, Attr{name, text})
	}
	return err
}

func (e *Encoder) fields(info *structInfo, v reflect.Value) error {
	var open []string
	trim := func(parents []string) error {
		n := 0
		for n < len(open) && n < len(parents) && open[n] == parents[n] {
			n++
		}
		for i := len(open) - 1; i >= n; i-- {
			if err := e.end(Name{"", open[i]}); err != nil {
				return err
			}
		}
		open = open[:n]
		return nil
	}
	for i := range info.fields {
		g := &info.fields[i]
		if g.kind == "attr" {
			continue
		}
		fv := at(v, g.index, false)
		if !fv.IsValid() {
			continue
		}
		switch g.kind {
		case "chardata", "cdata", "comment", "innerxml":
			if err := trim(nil); err != nil {
				return err
			}
			for fv.Kind() == reflect.Pointer || fv.Kind() == reflect.Interface {
				if fv.IsNil() {
					break
				}
				fv = fv.Elem()
			}
			if fv.Kind() == reflect.Pointer || fv.Kind() == reflect.Interface {
				continue
			}
			text := ""
			if m, ok := as[encoding.TextMarshaler](fv); ok {
				b, err := m.MarshalText()
				if err != nil {
					return err
				}
				text = string(b)
			} else {
				text, _ = simpleText(fv)
			}
			switch g.kind {
			case "chardata":
				e.w.WriteString(escape(text, true))
			case "cdata":
				if text != "" {
					e.w.WriteString("<![CDATA[" + strings.ReplaceAll(text, "]]>", "]]]]><![CDATA[>") + "]]>")
				}
			case "comment":
				if text == "" {
					continue
				}
				if strings.Contains(text, "--") {
					return errors.New(`xml: comments must not contain "--"`)
				}
				e.writeIndent(0)
				e.w.WriteString("<!--" + text)
				if strings.HasSuffix(text, "-") {
					e.w.WriteByte(' ')
				}
				e.w.WriteString("-->")
			default:
				e.w.WriteString(text)
			}
			continue
		}
		if err := trim(g.parents); err != nil {
			return err
		}
		if len(g.parents) > len(open) {
			if !((fv.Kind() == reflect.Pointer || fv.Kind() == reflect.Interface) && fv.IsNil()) && !(g.omitempty && empty(fv)) {
				for _, p := range g.parents[len(open):] {
					if err := e.start(StartElement{Name: Name{"", p}}); err != nil {
						return err
					}
					open = append(open, p)
				}
			}
		}
		if err := e.value(fv, g, nil); err != nil {
			return err
		}
	}
	return trim(nil)
}
