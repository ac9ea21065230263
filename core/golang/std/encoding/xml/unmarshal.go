// Reading.
package xml

import (
	"bytes"
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

type Unmarshaler interface {
	UnmarshalXML(d *Decoder, start StartElement) error
}
type UnmarshalerAttr interface {
	UnmarshalXMLAttr(attr Attr) error
}

func Unmarshal(data []byte, v any) error { return NewDecoder(bytes.NewReader(data)).Decode(v) }

func (d *Decoder) Decode(v any) error { return d.DecodeElement(v, nil) }

func (d *Decoder) DecodeElement(v any, start *StartElement) error {
	p := reflect.ValueOf(v)
	if p.Kind() != reflect.Pointer {
		return errors.New("non-pointer passed to Unmarshal")
	}
	if p.IsNil() {
		return errors.New("nil pointer passed to Unmarshal")
	}
	return d.unmarshal(p.Elem(), start, 0)
}

func (d *Decoder) unmarshal(v reflect.Value, start *StartElement, depth int) error {
	if depth > 10000 {
		return errors.New("exceeded max depth")
	}
	for start == nil {
		t, err := d.Token()
		if err != nil {
			return err
		}
		if s, ok := t.(StartElement); ok {
			start = &s
		}
	}
	if v.Kind() == reflect.Interface && !v.IsNil() {
		if e := v.Elem(); e.Kind() == reflect.Pointer && !e.IsNil() {
			v = e
		}
	}
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		v = v.Elem()
	}
	if u, ok := as[Unmarshaler](v); ok {
		n := len(d.stack)
		if err := u.UnmarshalXML(d, *start); err != nil {
			return err
		}
		if len(d.stack) >= n {
			return fmt.Errorf("xml: %s.UnmarshalXML did not consume entire <%s> element", v.Type(), start.Name.Local)
		}
		return nil
	}
	if u, ok := as[encoding.TextUnmarshaler](v); ok {
		text, err := d.text()
		if err != nil {
			return err
		}
		return u.UnmarshalText(text)
	}
	t := v.Type()
	var info *structInfo
	var chardata, comment, any, inner reflect.Value
	var anyField *field
	switch v.Kind() {
	case reflect.Interface:
		return d.Skip()
	case reflect.Slice:
		if t.Elem().Kind() != reflect.Uint8 {
			n := v.Len()
			v.Grow(1)
			v.SetLen(n + 1)
			if err := d.unmarshal(v.Index(n), start, depth+1); err != nil {
				v.SetLen(n)
				return err
			}
			return nil
		}
		chardata = v
	case reflect.Struct:
		if t == nameType {
			v.Set(reflect.ValueOf(start.Name))
			return d.Skip()
		}
		var err error
		if info, err = infoOf(t); err != nil {
			return err
		}
		if n := info.name; n != nil {
			if n.name != "" && n.name != start.Name.Local {
				return UnmarshalError("expected element type <" + n.name + "> but have <" + start.Name.Local + ">")
			}
			if n.space != "" && n.space != start.Name.Space {
				e := "expected element <" + n.name + "> in name space " + n.space + " but have "
				if start.Name.Space == "" {
					e += "no name space"
				} else {
					e += start.Name.Space
				}
				return UnmarshalError(e)
			}
			if fv := at(v, n.index, true); fv.Type() == nameType {
				fv.Set(reflect.ValueOf(start.Name))
			}
		}
		for _, a := range start.Attr {
			done := false
			var anyAttr *field
			for i := range info.fields {
				g := &info.fields[i]
				if g.kind != "attr" {
					continue
				}
				if g.any {
					anyAttr = g
				} else if g.name == a.Name.Local && (g.space == "" || g.space == a.Name.Space) {
					if err := d.attr(at(v, g.index, true), a); err != nil {
						return err
					}
					done = true
				}
			}
			if !done && anyAttr != nil {
				if err := d.attr(at(v, anyAttr.index, true), a); err != nil {
					return err
				}
			}
		}
		for i := range info.fields {
			g := &info.fields[i]
			switch {
			case g.kind == "chardata" || g.kind == "cdata":
				chardata = at(v, g.index, true)
			case g.kind == "comment":
				comment = at(v, g.index, true)
			case g.kind == "innerxml":
				inner = at(v, g.index, true)
			case g.any && g.kind == "element":
				any, anyField = at(v, g.index, true), g
			}
		}
		_ = anyField
	case reflect.Bool, reflect.Float32, reflect.Float64, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr, reflect.String:
		chardata = v
	default:
		return errors.New("unknown type " + t.String())
	}
	from := 0
	if inner.IsValid() {
		if d.saved == nil {
			d.saved = &bytes.Buffer{}
			defer func() { d.saved = nil }()
		}
		from = d.saved.Len()
	}
	var text, comments []byte
	for {
		tok, err := d.Token()
		if err != nil {
			return err
		}
		switch tok := tok.(type) {
		case StartElement:
			used := false
			if info != nil {
				if used, err = d.path(info, v, nil, &tok, depth); err != nil {
					return err
				}
				if !used && any.IsValid() {
					used = true
					if err := d.unmarshal(any, &tok, depth+1); err != nil {
						return err
					}
				}
			}
			if !used {
				if err := d.Skip(); err != nil {
					return err
				}
			}
		case EndElement:
			if inner.IsValid() {
				raw := append([]byte(nil), d.saved.Bytes()[from:d.tail]...)
				if inner.Kind() == reflect.String {
					inner.SetString(string(raw))
				} else {
					inner.SetBytes(raw)
				}
			}
			if comment.IsValid() {
				if comment.Kind() == reflect.String {
					comment.SetString(string(comments))
				} else {
					comment.SetBytes(comments)
				}
			}
			if chardata.IsValid() {
				if u, ok := as[encoding.TextUnmarshaler](chardata); ok {
					return u.UnmarshalText(text)
				}
				return set(chardata, text)
			}
			return nil
		case CharData:
			text = append(text, tok...)
		case Comment:
			comments = append(comments, tok...)
		}
	}
}

// text reads an element's text.
func (d *Decoder) text() (text []byte, err error) {
	for {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case CharData:
			text = append(text, t...)
		case StartElement:
			if err := d.Skip(); err != nil {
				return nil, err
			}
		case EndElement:
			return text, nil
		}
	}
}

// path finds the field that an element below parents belongs to.
func (d *Decoder) path(info *structInfo, v reflect.Value, parents []string, start *StartElement, depth int) (bool, error) {
	deeper := false
	for i := range info.fields {
		g := &info.fields[i]
		if g.kind != "element" || g.any || len(g.parents) < len(parents) || g.space != "" && g.space != start.Name.Space {
			continue
		}
		fits := true
		for j := range parents {
			fits = fits && parents[j] == g.parents[j]
		}
		if !fits {
			continue
		}
		if len(g.parents) == len(parents) && g.name == start.Name.Local {
			return true, d.unmarshal(at(v, g.index, true), start, depth+1)
		}
		deeper = deeper || len(g.parents) > len(parents) && g.parents[len(parents)] == start.Name.Local
	}
	if !deeper {
		return false, nil
	}
	parents = append(parents[:len(parents):len(parents)], start.Name.Local)
	for {
		t, err := d.Token()
		if err != nil {
			return true, err
		}
		switch t := t.(type) {
		case StartElement:
			used, err := d.path(info, v, parents, &t, depth)
			if err == nil && !used {
				err = d.Skip()
			}
			if err != nil {
				return true, err
			}
		case EndElement:
			return true, nil
		}
	}
}

func (d *Decoder) attr(v reflect.Value, a Attr) error {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		v = v.Elem()
	}
	if u, ok := as[UnmarshalerAttr](v); ok {
		return u.UnmarshalXMLAttr(a)
	}
	if u, ok := as[encoding.TextUnmarshaler](v); ok {
		return u.UnmarshalText([]byte(a.Value))
	}
	if v.Kind() == reflect.Slice && v.Type().Elem().Kind() != reflect.Uint8 {
		n := v.Len()
		v.Grow(1)
		v.SetLen(n + 1)
		return d.attr(v.Index(n), a)
	}
	if v.Type() == reflect.TypeFor[Attr]() {
		v.Set(reflect.ValueOf(a))
		return nil
	}
	return set(v, []byte(a.Value))
}

func set(v reflect.Value, text []byte) error {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		v = v.Elem()
	}
	s := strings.TrimSpace(string(text))
	var err error
	switch {
	case v.CanInt():
		var n int64
		if len(text) > 0 {
			n, err = strconv.ParseInt(s, 10, v.Type().Bits())
		}
		if err == nil {
			v.SetInt(n)
		}
	case v.CanUint():
		var n uint64
		if len(text) > 0 {
			n, err = strconv.ParseUint(s, 10, v.Type().Bits())
		}
		if err == nil {
			v.SetUint(n)
		}
	case v.CanFloat():
		var f float64
		if len(text) > 0 {
			f, err = strconv.ParseFloat(s, v.Type().Bits())
		}
		if err == nil {
			v.SetFloat(f)
		}
	case v.Kind() == reflect.Bool:
		b := false
		if len(text) > 0 {
			b, err = strconv.ParseBool(s)
		}
		if err == nil {
			v.SetBool(b)
		}
	case v.Kind() == reflect.String:
		v.SetString(string(text))
	case v.Kind() == reflect.Slice:
		if text == nil {
			text = []byte{}
		}
		v.SetBytes(text)
	case !v.IsValid():
	default:
		return errors.New("cannot unmarshal into " + v.Type().String())
	}
	return err
}
