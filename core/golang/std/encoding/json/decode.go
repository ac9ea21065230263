// Reading.
package json

import (
	"encoding/base64"
	"errors"
	"internal/native"
	"reflect"
	"strconv"
	"strings"
)

type UnmarshalTypeError struct {
	Value  string
	Type   reflect.Type
	Offset int64
	Struct string
	Field  string
}

func (e *UnmarshalTypeError) Error() string {
	if e.Struct != "" || e.Field != "" {
		return "json: cannot unmarshal " + e.Value + " into Go struct field " + e.Struct + "." + e.Field + " of type " + e.Type.String()
	}
	return "json: cannot unmarshal " + e.Value + " into Go value of type " + e.Type.String()
}

type InvalidUnmarshalError struct{ Type reflect.Type }

func (e *InvalidUnmarshalError) Error() string {
	if e.Type == nil {
		return "json: Unmarshal(nil)"
	}
	if e.Type.Kind() != reflect.Pointer {
		return "json: Unmarshal(non-pointer " + e.Type.String() + ")"
	}
	return "json: Unmarshal(nil " + e.Type.String() + ")"
}

type SyntaxError struct {
	msg    string
	Offset int64
}

func (e *SyntaxError) Error() string { return e.msg }

// A checker finds the first syntax error, or the end of a value.
type checker struct {
	s []byte
	i int
}

func quoteChar(c byte) string {
	if c == '\'' {
		return `'\''`
	}
	if c == '"' {
		return `'"'`
	}
	s := strconv.Quote(string(rune(c)))
	return "'" + s[1:len(s)-1] + "'"
}

func (c *checker) bad(context string) error {
	if c.i >= len(c.s) {
		return &SyntaxError{"unexpected end of JSON input", int64(len(c.s))}
	}
	return &SyntaxError{"invalid character " + quoteChar(c.s[c.i]) + " " + context, int64(c.i + 1)}
}

// short is bad in a word or number, where the end counts as a space.
func (c *checker) short(context string) error {
	if c.i >= len(c.s) {
		return &SyntaxError{"invalid character ' ' " + context, int64(len(c.s))}
	}
	return c.bad(context)
}

func (c *checker) space() byte {
	for c.i < len(c.s) {
		switch b := c.s[c.i]; b {
		case ' ', '\t', '\n', '\r':
			c.i++
		default:
			return b
		}
	}
	return 0
}

// scanValue passes over a value from i on: where it ends, or where and why it is wrong, as an
// index of contexts; 1 is too deep, from 16 on a word is wrong at its (why % 8)th letter.
func scanValue(s []byte, i int) (end, why int)

// unquote gives the text between the quotes of a checked string.
func unquote(b []byte) string

// read reads checked text into what v points to; else need is a type that has to be described
// first, or -1: the text has to be read in Go, from the start.
func read(s []byte, v any) (need int)

var contexts = [...]string{
	2: "looking for beginning of object key string", "after object key", "after object key:value pair", "after array element", "looking for beginning of value",
	"in string literal", "in \\u hexadecimal character escape", "in string escape code",
	"in numeric literal", "after decimal point in numeric literal", "in exponent of numeric literal",
}

func (c *checker) value() error {
	var why int
	switch c.i, why = scanValue(c.s, c.i); {
	case why == 0:
		return nil
	case why == 1:
		return &SyntaxError{"exceeded max depth", int64(c.i)}
	case why >= 16:
		w := [...]string{"true", "false", "null"}[why/8-2]
		return c.short("in literal " + w + " (expecting " + quoteChar(w[why%8]) + ")")
	case why >= 10:
		return c.short(contexts[why])
	}
	return c.bad(contexts[why])
}

func check(data []byte) error {
	c := &checker{s: data}
	if err := c.value(); err != nil {
		return err
	}
	if c.space(); c.i < len(c.s) {
		return c.bad("after top-level value")
	}
	return nil
}

func Valid(data []byte) bool { return check(data) == nil }

func validNumber(s string) bool {
	end, why := scanValue([]byte(s), 0)
	return s != "" && (s[0] == '-' || '0' <= s[0] && s[0] <= '9') && why == 0 && end == len(s)
}

// A decoder reads text that was checked.
type decoder struct {
	root   any
	s         []byte
	i         int
	err       error
	useNumber bool
	strict    bool
	top       string
	path      []string
}

func Unmarshal(data []byte, v any) error {
	if err := check(data); err != nil {
		return err
	}
	return (&decoder{s: data}).run(v)
}

func (d *decoder) run(v any) error {
	t := native.TypeOf(v)
	if native.TypeKind(t) != 22 || native.IsNil(v) {
		return &InvalidUnmarshalError{reflect.TypeOf(v)}
	}
	if !d.useNumber && !d.strict {
		need := read(d.s, v)
		for need > 0 {
			typeInfo(need)
			need = read(d.s, v)
		}
		if need == 0 {
			return nil
		}
	}
	d.root = v
	if err := d.value(v, native.TypeElem(t)); err != nil {
		return err
	}
	return d.err
}

func (d *decoder) space() byte {
	for d.i < len(d.s) && d.s[d.i] <= ' ' {
		d.i++
	}
	if d.i < len(d.s) {
		return d.s[d.i]
	}
	return 0
}

// skip passes over a value and gives its text.
func (d *decoder) skip() []byte {
	d.space()
	c := &checker{s: d.s, i: d.i}
	c.value()
	b := d.s[d.i:c.i]
	d.i = c.i
	return b
}

func (d *decoder) mismatch(what string, t, offset int) {
	if d.err == nil {
		d.err = &UnmarshalTypeError{what, typeOf(t), int64(offset), d.top, strings.Join(d.path, ".")}
	}
}

func typeOf(t int) reflect.Type { return reflect.TypeOf(native.New(t)).Elem() }

// value reads into what p points to, whose type is t.
func (d *decoder) value(p any, t int) error {
	start := d.space()
	i := typeInfo(t)
	if i.pun {
		if u, ok := p.(Unmarshaler); ok && (start != 'n' || i.kind != 22) {
			return u.UnmarshalJSON(d.skip())
		}
	}
	if i.ptun && start != 'n' {
		if u, ok := p.(textUnmarshaler); ok {
			if start == '"' {
				return u.UnmarshalText([]byte(unquote(d.skip())))
			}
			d.skip()
			if p == d.root {
				t = native.PointerTo(t)
			}
			what := "number"
			switch start {
			case 't', 'f':
				what = "bool"
			case '{':
				what = "object"
			case '[':
				what = "array"
			}
			d.mismatch(what, t, d.i)
			return nil
		}
	}
	if i.kind == 22 {
		if start == 'n' {
			d.i += 4
			native.Store(p, native.Zero(t))
			return nil
		}
		q := native.Load(p)
		if native.IsNil(q) {
			q = native.New(i.elem)
			native.Store(p, native.Convert(q, t))
		}
		return d.value(q, i.elem)
	}
	if i.kind == 20 && start != 'n' {
		// A pointer in an interface is read into.
		if q := native.Load(p); q != nil {
			if qt := native.TypeOf(q); native.TypeKind(qt) == 22 && !native.IsNil(q) {
				return d.value(q, native.TypeElem(qt))
			}
		}
		if len(native.TypeMethods(t)) == 0 {
			if v := d.any(); v != nil || start == 'n' {
				native.Store(p, v)
			}
			return nil
		}
	}
	switch start {
	case '{':
		switch i.kind {
		case 25:
			return d.object(p, t, i)
		case 21:
			return d.mapping(p, t, i)
		}
		at := d.i + 1
		d.skip()
		d.mismatch("object", t, at)
	case '[':
		if i.kind == 17 || i.kind == 23 {
			return d.array(p, t, i)
		}
		at := d.i + 1
		d.skip()
		d.mismatch("array", t, at)
	case 'n':
		d.i += 4
		switch i.kind {
		case 20, 21, 23:
			native.Store(p, native.Zero(t))
		}
	case 't', 'f':
		d.skip()
		if i.kind != 1 {
			d.mismatch("bool", t, d.i)
			return nil
		}
		native.Store(p, native.Convert(start == 't', t))
	case '"':
		raw := d.skip()
		switch {
		case t == numberType:
			s := unquote(raw)
			if s != "" && !validNumber(s) {
				return errors.New("json: invalid number literal, trying to unmarshal " + strconv.Quote(string(raw)) + " into Number")
			}
			native.Store(p, Number(s))
		case i.kind == 24:
			native.Store(p, native.Convert(unquote(raw), t))
		case i.kind == 23 && native.TypeKind(i.elem) == 8:
			b, err := base64.StdEncoding.DecodeString(unquote(raw))
			if err != nil {
				if d.err == nil {
					d.err = err
				}
				return nil
			}
			native.Store(p, native.Convert(b, t))
		default:
			d.mismatch("string", t, d.i)
		}
	default:
		return d.number(p, t, i)
	}
	return nil
}

func (d *decoder) number(p any, t int, i *info) error {
	s := string(d.skip())
	switch {
	case i.kind >= 2 && i.kind <= 6:
		n, err := strconv.ParseInt(s, 10, 64)
		if bits := native.TypeSize(t) * 8; err != nil || n<<(64-bits)>>(64-bits) != n {
			d.mismatch("number "+s, t, d.i)
			return nil
		}
		native.Store(p, native.Convert(n, t))
	case i.kind >= 7 && i.kind <= 12:
		n, err := strconv.ParseUint(s, 10, 64)
		if bits := native.TypeSize(t) * 8; err != nil || n<<(64-bits)>>(64-bits) != n {
			d.mismatch("number "+s, t, d.i)
			return nil
		}
		native.Store(p, native.Convert(n, t))
	case i.kind == 13 || i.kind == 14:
		f, err := strconv.ParseFloat(s, native.TypeSize(t)*8)
		if err != nil {
			d.mismatch("number "+s, t, d.i)
			return nil
		}
		native.Store(p, native.Convert(f, t))
	case t == numberType:
		native.Store(p, Number(s))
	default:
		d.mismatch("number", t, d.i)
	}
	return nil
}

func (d *decoder) any() any {
	switch c := d.space(); c {
	case '{':
		m := map[string]any{}
		d.i++
		for d.space() != '}' {
			key := unquote(d.skip())
			d.space()
			d.i++
			m[key] = d.any()
			if d.space() == ',' {
				d.i++
			}
		}
		d.i++
		return m
	case '[':
		l := []any{}
		d.i++
		for d.space() != ']' {
			l = append(l, d.any())
			if d.space() == ',' {
				d.i++
			}
		}
		d.i++
		return l
	case '"':
		return unquote(d.skip())
	case 't', 'f':
		d.skip()
		return c == 't'
	case 'n':
		d.i += 4
		return nil
	}
	s := string(d.skip())
	if d.useNumber {
		return Number(s)
	}
	f, err := strconv.ParseFloat(s, 64)
	if err == nil {
		return f
	}
	if d.err == nil {
		d.err = &UnmarshalTypeError{Value: "number " + s, Type: reflect.TypeOf(0.0), Offset: int64(d.i + 1), Struct: d.top, Field: strings.Join(d.path, ".")}
	}
	return nil
}

func (d *decoder) array(p any, t int, i *info) error {
	d.i++
	n := 0
	var list any
	if i.kind == 23 {
		list = native.Slice(native.Load(p), 0, 0, -1)
		if native.IsNil(list) {
			list = native.MakeSlice(t, 0, 0)
		}
	}
	room := 0
	if i.kind == 23 {
		room = native.Cap(list)
	} else {
		room = native.TypeLen(t)
	}
	for d.space() != ']' {
		if n == room && i.kind == 23 {
			room = max(4, room+room/2)
			bigger := native.MakeSlice(t, n, room)
			for k := range n {
				native.Store(native.IndexPtr(bigger, k), native.Index(list, k))
			}
			list = bigger
		}
		if i.kind == 23 {
			list = native.Slice(list, 0, n+1, -1)
			q := native.IndexPtr(list, n)
			if err := d.value(q, i.elem); err != nil {
				return err
			}
		} else if n < room {
			if err := d.value(native.IndexPtr(p, n), i.elem); err != nil {
				return err
			}
		} else {
			d.skip()
		}
		n++
		if d.space() == ',' {
			d.i++
		}
	}
	d.i++
	if i.kind == 23 {
		native.Store(p, list)
		return nil
	}
	for ; n < room; n++ {
		native.Store(native.IndexPtr(p, n), native.Zero(i.elem))
	}
	return nil
}

func (d *decoder) mapping(p any, t int, i *info) error {
	k := typeInfo(i.key)
	if k.kind != 24 && !(k.kind >= 2 && k.kind <= 12) && !k.ptun {
		at := d.i + 1
		d.skip()
		d.mismatch("object", t, at)
		return nil
	}
	m := native.Load(p)
	if native.IsNil(m) {
		m = native.MakeMap(t)
		native.Store(p, m)
	}
	d.i++
	for d.space() != '}' {
		at := d.i + 1
		name := unquote(d.skip())
		d.space()
		d.i++
		e := native.New(i.elem)
		if err := d.value(e, i.elem); err != nil {
			return err
		}
		key := native.New(i.key)
		ok := true
		u, isText := key.(textUnmarshaler)
		switch {
		case k.ptun && isText:
			if err := u.UnmarshalText([]byte(name)); err != nil {
				return err
			}
		case k.kind == 24:
			native.Store(key, native.Convert(name, i.key))
		case k.kind <= 6:
			n, err := strconv.ParseInt(name, 10, native.TypeSize(i.key)*8)
			ok = err == nil
			native.Store(key, native.Convert(n, i.key))
		default:
			n, err := strconv.ParseUint(name, 10, native.TypeSize(i.key)*8)
			ok = err == nil
			native.Store(key, native.Convert(n, i.key))
		}
		if ok {
			native.MapSet(m, native.Load(key), native.Load(e))
		} else {
			d.mismatch("number "+name, i.key, at)
		}
		if d.space() == ',' {
			d.i++
		}
	}
	d.i++
	return nil
}

func (d *decoder) object(p any, t int, i *info) error {
	d.i++
	oldTop, depth := d.top, len(d.path)
	for d.space() != '}' {
		name := unquote(d.skip())
		d.space()
		d.i++
		f := i.byName[name]
		if f == nil {
			for n := range i.fields {
				if strings.EqualFold(i.fields[n].name, name) {
					f = &i.fields[n]
					break
				}
			}
		}
		if f == nil {
			if d.strict && d.err == nil {
				d.err = errors.New("json: unknown field " + strconv.Quote(name))
			}
			d.skip()
		} else {
			q, at := p, t
			for n, k := range f.index {
				if n > 0 && native.TypeKind(at) == 22 {
					x := native.Load(q)
					at = native.TypeElem(at)
					if native.IsNil(x) {
						x = native.New(at)
						native.Store(q, x)
					}
					q = x
				}
				q = native.FieldPtr(q, k)
				var goName string
				goName, at, _, _, _ = native.TypeField(at, k)
				if n < len(f.index)-1 {
					d.path = append(d.path, goName)
				}
			}
			d.path = append(d.path, f.name)
			d.top = native.TypeName(t)
			if err := d.field(q, f); err != nil {
				return err
			}
			d.path = d.path[:depth]
			d.top = oldTop
		}
		if d.space() == ',' {
			d.i++
		}
	}
	d.i++
	return nil
}

func (d *decoder) field(q any, f *field) error {
	if !f.quoted {
		return d.value(q, f.typ)
	}
	switch d.space() {
	case 'n':
		return d.value(q, f.typ)
	case '"':
		raw := unquote(d.skip())
		in := &decoder{s: []byte(raw), top: d.top, path: d.path}
		if check(in.s) == nil {
			err := in.value(q, f.typ)
			if in.err != nil && d.err == nil {
				d.err = errors.New("json: invalid use of ,string struct tag, trying to unmarshal " + strconv.Quote(raw) + " into " + native.TypeString(f.typ))
			}
			return err
		}
		if d.err == nil {
			d.err = errors.New("json: invalid use of ,string struct tag, trying to unmarshal " + strconv.Quote(raw) + " into " + native.TypeString(f.typ))
		}
	default:
		d.skip()
		if d.err == nil {
			d.err = errors.New("json: invalid use of ,string struct tag, trying to unmarshal unquoted value into " + native.TypeString(f.typ))
		}
	}
	return nil
}
