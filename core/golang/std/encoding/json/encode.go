// Package json: types and writing.
package json

import (
	"encoding/base64"
	"errors"
	"internal/native"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

type Marshaler interface {
	MarshalJSON() ([]byte, error)
}
type Unmarshaler interface {
	UnmarshalJSON([]byte) error
}

type textMarshaler interface {
	MarshalText() ([]byte, error)
}
type textUnmarshaler interface {
	UnmarshalText([]byte) error
}

type UnsupportedTypeError struct{ Type reflect.Type }

func (e *UnsupportedTypeError) Error() string { return "json: unsupported type: " + e.Type.String() }

type UnsupportedValueError struct {
	Value reflect.Value
	Str   string
}

func (e *UnsupportedValueError) Error() string { return "json: unsupported value: " + e.Str }

type MarshalerError struct {
	Type       reflect.Type
	Err        error
	sourceFunc string
}

func (e *MarshalerError) Error() string {
	f := e.sourceFunc
	if f == "" {
		f = "MarshalJSON"
	}
	return "json: error calling " + f + " for type " + e.Type.String() + ": " + e.Err.Error()
}
func (e *MarshalerError) Unwrap() error { return e.Err }

type RawMessage []byte

func (m RawMessage) MarshalJSON() ([]byte, error) {
	if m == nil {
		return []byte("null"), nil
	}
	return m, nil
}
func (m *RawMessage) UnmarshalJSON(data []byte) error {
	if m == nil {
		return errors.New("json.RawMessage: UnmarshalJSON on nil pointer")
	}
	*m = append((*m)[0:0], data...)
	return nil
}

type Number string

func (n Number) String() string            { return string(n) }
func (n Number) Float64() (float64, error) { return strconv.ParseFloat(string(n), 64) }
func (n Number) Int64() (int64, error)     { return strconv.ParseInt(string(n), 10, 64) }

// What is known of a type; of pointers to it, by the names that begin with p.
type info struct {
	kind                           int
	elem, key, ptr                 int
	marshal, text, pmarshal, ptext bool
	pun, ptun                      bool
	fields                         []field
	byName                         map[string]*field
}

type field struct {
	name      string
	key       string
	index     []int
	typ       int
	tagged    bool
	omitEmpty bool
	omitZero  bool
	quoted    bool
}

var infos = map[int]*info{}

var numberType = native.TypeOf(Number(""))

func typeInfo(t int) *info {
	if i := infos[t]; i != nil {
		return i
	}
	k := native.TypeKind(t)
	i := &info{kind: k}
	infos[t] = i
	switch k {
	case 17, 18, 21, 22, 23:
		i.elem = native.TypeElem(t)
	}
	if k == 21 {
		i.key = native.TypeKey(t)
	}
	if native.TypeName(t) != "" && k != 20 || k == 25 || k == 22 {
		i.marshal = native.TypeMethod(t, "MarshalJSON") != 0
		i.text = native.TypeMethod(t, "MarshalText") != 0
	}
	if k != 22 && k != 20 && native.TypeName(t) != "" || k == 25 {
		i.ptr = native.PointerTo(t)
		i.pmarshal = !i.marshal && native.TypeMethod(i.ptr, "MarshalJSON") != 0
		i.ptext = !i.text && native.TypeMethod(i.ptr, "MarshalText") != 0
		i.pun = native.TypeMethod(i.ptr, "UnmarshalJSON") != 0
		i.ptun = native.TypeMethod(i.ptr, "UnmarshalText") != 0
	}
	if k == 25 {
		i.fields = structFields(t)
		i.byName = map[string]*field{}
		for n := range i.fields {
			f := &i.fields[n]
			i.byName[f.name] = f
		}
	}
	i.describe(t)
	return i
}

func structFields(t int) []field {
	type at struct {
		t     int
		index []int
	}
	next := []at{{t, nil}}
	seen := map[int]bool{}
	var all []field
	for len(next) > 0 {
		level := next
		next = nil
		count := map[int]int{}
		for _, l := range level {
			count[l.t]++
		}
		for _, l := range level {
			if seen[l.t] {
				continue
			}
			seen[l.t] = true
			for n := range native.TypeNumField(l.t) {
				name, ft, tag, pkg, embedded := native.TypeField(l.t, n)
				e := ft
				if native.TypeKind(e) == 22 && native.TypeName(e) == "" {
					e = native.TypeElem(e)
				}
				if pkg != "" && (!embedded || native.TypeKind(e) != 25) {
					continue
				}
				js, _ := reflect.StructTag(tag).Lookup("json")
				if js == "-" {
					continue
				}
				key, opts, _ := strings.Cut(js, ",")
				if !validName(key) {
					key = ""
				}
				index := append(append([]int(nil), l.index...), n)
				if embedded && key == "" && native.TypeKind(e) == 25 {
					if !seen[e] {
						next = append(next, at{e, index})
					}
					continue
				}
				f := field{name: key, index: index, typ: ft, tagged: key != ""}
				if key == "" {
					f.name = name
				}
				for _, o := range strings.Split(opts, ",") {
					switch o {
					case "omitempty":
						f.omitEmpty = true
					case "omitzero":
						f.omitZero = true
					case "string":
						switch k := native.TypeKind(e); {
						case k >= 1 && k <= 14, k == 24:
							f.quoted = true
						}
					}
				}
				f.key = string(appendString(nil, f.name, true)) + ":"
				all = append(all, f)
				if count[l.t] > 1 {
					all = append(all, f)
				}
			}
		}
	}
	// Of equal names the shallowest wins, then the tagged one; otherwise none does.
	var list []field
	for n, f := range all {
		best := true
		for m, g := range all {
			if m == n || g.name != f.name {
				continue
			}
			switch {
			case len(g.index) != len(f.index):
				best = best && len(f.index) < len(g.index)
			case g.tagged != f.tagged:
				best = best && f.tagged
			default:
				best = false
			}
		}
		if best {
			list = append(list, f)
		}
	}
	slices.SortFunc(list, func(a, b field) int { return slices.Compare(a.index, b.index) })
	return list
}

func validName(s string) bool {
	for _, c := range s {
		if !(strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", c) || c == '_' || 'a' <= c|32 && c|32 <= 'z' || '0' <= c && c <= '9' || c >= 128) {
			return false
		}
	}
	return s != ""
}

type encoder struct {
	b     []byte
	html  bool
	depth int
}

type jsonError struct{ error }

func (e *encoder) fail(err error) { panic(jsonError{err}) }

func encode(v any, html bool) (b []byte, err error) {
	b, need := write(v, html)
	for need > 0 {
		typeInfo(need)
		b, need = write(v, html)
	}
	if need == 0 {
		return b, nil
	}
	e := &encoder{html: html}
	defer func() {
		if r := recover(); r != nil {
			if j, ok := r.(jsonError); ok {
				b, err = nil, j.error
			} else {
				panic(r)
			}
		}
	}()
	e.value(v, native.TypeOf(v), nil, false)
	return e.b, nil
}

func Marshal(v any) ([]byte, error) { return encode(v, true) }

func MarshalIndent(v any, prefix, indent string) ([]byte, error) {
	b, err := Marshal(v)
	if err != nil {
		return nil, err
	}
	return appendIndent(nil, b, prefix, indent), nil
}

const hex = "0123456789abcdef"

// quoted is s as JSON writes it, with html for a page.
func quoted(s string, html bool) string

// write gives v's text; else need is a type that has to be described first, or -1: the text has to
// be made in Go.
func write(v any, html bool) (b []byte, need int)

// describe tells write (if how has bit 0) and read (bit 1) of a type that has nothing peculiar.
func describe(t, how, elem int)
func describeField(t int, index []int, name, key string, typ int, omitEmpty bool)
func describeAny(m, l, s, f, b any)

func init() {
	describeAny(map[string]any{}, []any{}, "", 0.0, false)
}

func (i *info) describe(t int) {
	how := 3
	if i.marshal || i.text || i.pmarshal || i.ptext || t == numberType {
		how = 2
	}
	if i.pun || i.ptun || t == numberType {
		how &= 1
	}
	switch i.kind {
	case 0, 15, 16, 18, 19, 26:
		how = 0
	case 20:
		if len(native.TypeMethods(t)) > 0 {
			how &= 1
		}
	case 21:
		if k := typeInfo(i.key); k.kind != 24 || k.text || k.ptun {
			how = 0
		}
	case 23:
		if native.TypeKind(i.elem) == 8 {
			how = 0
		}
	case 25:
		for n := range i.fields {
			f := &i.fields[n]
			if f.quoted || f.omitZero || strings.Contains(f.key, `\`) {
				how = 0
			}
			at := t
			for _, k := range f.index {
				if native.TypeKind(at) == 22 {
					how = 0
					break
				}
				_, at, _, _, _ = native.TypeField(at, k)
			}
		}
	}
	describe(t, how, i.elem)
	if how != 0 {
		for n := range i.fields {
			f := &i.fields[n]
			describeField(t, f.index, f.name, f.key, f.typ, f.omitEmpty)
		}
	}
}

func appendString(b []byte, s string, html bool) []byte { return append(b, quoted(s, html)...) }

func (e *encoder) float(f float64, bits int) {
	if f != f || f > math.MaxFloat64 || f < -math.MaxFloat64 {
		e.fail(&UnsupportedValueError{reflect.ValueOf(f), strconv.FormatFloat(f, 'g', -1, bits)})
	}
	a := math.Abs(f)
	format := byte('f')
	if a != 0 && (bits == 64 && (a < 1e-6 || a >= 1e21) || bits == 32 && (float32(a) < 1e-6 || float32(a) >= 1e21)) {
		format = 'e'
	}
	s := strconv.FormatFloat(f, format, -1, bits)
	if n := len(s); format == 'e' && n >= 4 && s[n-4] == 'e' && (s[n-3] == '-' || s[n-3] == '+') && s[n-2] == '0' {
		s = s[:n-2] + s[n-1:]
	}
	e.b = append(e.b, s...)
}

func (e *encoder) custom(t int, b []byte, err error, source string) {
	if err == nil && source == "MarshalJSON" {
		if err = check(b); err == nil {
			e.b = appendCompact(e.b, b, e.html)
			return
		}
	}
	if err != nil {
		e.fail(&MarshalerError{reflect.TypeOf(native.Zero(t)), err, source})
	}
	e.b = appendString(e.b, string(b), e.html)
}

// value writes v of the static type t; p points to it if it can be addressed.
func (e *encoder) value(v any, t int, p any, quoted bool) {
	if t == 0 {
		e.b = append(e.b, "null"...)
		return
	}
	i := typeInfo(t)
	switch {
	case i.marshal || i.text:
		if i.kind == 22 && native.IsNil(v) {
			e.b = append(e.b, "null"...)
			return
		}
		if m, ok := v.(Marshaler); ok && i.marshal {
			b, err := m.MarshalJSON()
			e.custom(t, b, err, "MarshalJSON")
			return
		}
		if m, ok := v.(textMarshaler); ok && i.text {
			b, err := m.MarshalText()
			e.custom(t, b, err, "MarshalText")
			return
		}
	case (i.pmarshal || i.ptext) && p != nil:
		if m, ok := p.(Marshaler); ok && i.pmarshal {
			b, err := m.MarshalJSON()
			e.custom(i.ptr, b, err, "MarshalJSON")
			return
		}
		if m, ok := p.(textMarshaler); ok && i.ptext {
			b, err := m.MarshalText()
			e.custom(i.ptr, b, err, "MarshalText")
			return
		}
	}
	if quoted && i.kind <= 14 {
		e.b = append(e.b, '"')
		defer func() { e.b = append(e.b, '"') }()
	}
	switch i.kind {
	case 1:
		e.b = strconv.AppendBool(e.b, native.Bool(v))
	case 2, 3, 4, 5, 6:
		e.b = strconv.AppendInt(e.b, native.Int(v), 10)
	case 7, 8, 9, 10, 11, 12:
		e.b = strconv.AppendUint(e.b, native.Uint(v), 10)
	case 13:
		e.float(native.Float(v), 32)
	case 14:
		e.float(native.Float(v), 64)
	case 24:
		s := native.String(v)
		if t == numberType {
			if s == "" {
				s = "0"
			}
			if !validNumber(s) {
				e.fail(errors.New("json: invalid number literal " + strconv.Quote(s)))
			}
			if quoted {
				s = `"` + s + `"`
			}
			e.b = append(e.b, s...)
			return
		}
		if quoted {
			e.b = appendString(e.b, string(appendString(nil, s, e.html)), false)
			return
		}
		e.b = appendString(e.b, s, e.html)
	case 20:
		if v == nil {
			e.b = append(e.b, "null"...)
			return
		}
		e.value(v, native.TypeOf(v), nil, false)
	case 22:
		if native.IsNil(v) {
			e.b = append(e.b, "null"...)
			return
		}
		e.deeper(v)
		e.value(native.Load(v), i.elem, v, quoted)
		e.depth--
	case 25:
		e.structure(v, p, i)
	case 21:
		e.mapping(v, i)
	case 17, 23:
		if i.kind == 23 {
			if native.IsNil(v) {
				e.b = append(e.b, "null"...)
				return
			}
			if el := typeInfo(i.elem); el.kind == 8 && !el.pmarshal && !el.ptext && !el.marshal && !el.text {
				e.b = append(e.b, '"')
				e.b = base64.StdEncoding.AppendEncode(e.b, native.Bytes(v))
				e.b = append(e.b, '"')
				return
			}
		}
		e.deeper(v)
		e.b = append(e.b, '[')
		el := typeInfo(i.elem)
		addr := el.pmarshal || el.ptext || el.kind == 25
		for n := range native.Len(v) {
			if n > 0 {
				e.b = append(e.b, ',')
			}
			var q any
			if addr && i.kind == 23 {
				q = native.IndexPtr(v, n)
			} else if addr && p != nil {
				q = native.IndexPtr(p, n)
			}
			e.value(native.Index(v, n), i.elem, q, false)
		}
		e.b = append(e.b, ']')
		e.depth--
	default:
		e.fail(&UnsupportedTypeError{reflect.TypeOf(native.Zero(t))})
	}
}

func (e *encoder) deeper(v any) {
	if e.depth++; e.depth > 1000 {
		e.fail(&UnsupportedValueError{reflect.ValueOf(v), "encountered a cycle via " + native.TypeString(native.TypeOf(v))})
	}
}

func (e *encoder) structure(v, p any, i *info) {
	e.b = append(e.b, '{')
	first := true
next:
	for n := range i.fields {
		f := &i.fields[n]
		x, q := v, p
		ft := f.typ
		for d, k := range f.index {
			if d > 0 && native.TypeKind(native.TypeOf(x)) == 22 {
				if native.IsNil(x) {
					continue next
				}
				q = x
				x = native.Load(x)
			}
			if q != nil && d == len(f.index)-1 && !needsAddress(ft) {
				q = nil
			}
			if q != nil {
				q = native.FieldPtr(q, k)
			}
			x = native.Field(x, k)
		}
		if f.omitEmpty && empty(x, ft) || f.omitZero && isZero(x, ft) {
			continue
		}
		if !first {
			e.b = append(e.b, ',')
		}
		first = false
		if e.html {
			e.b = append(e.b, f.key...)
		} else {
			e.b = append(appendString(e.b, f.name, false), ':')
		}
		e.value(x, ft, q, f.quoted)
	}
	e.b = append(e.b, '}')
}

func needsAddress(t int) bool {
	i := typeInfo(t)
	return i.pmarshal || i.ptext || i.kind == 25 || i.kind == 17
}

func empty(v any, t int) bool {
	switch native.TypeKind(t) {
	case 17, 21, 23, 24:
		return native.Len(v) == 0
	case 20, 22:
		return v == nil || native.TypeKind(t) == 22 && native.IsNil(v)
	case 25, 18, 19:
		return false
	}
	return v == native.Zero(t)
}

func isZero(v any, t int) bool {
	if v == nil {
		return true
	}
	if native.TypeKind(t) == 22 && native.IsNil(v) {
		return true
	}
	if z, ok := v.(interface{ IsZero() bool }); ok {
		return z.IsZero()
	}
	return reflect.ValueOf(v).IsZero()
}

func (e *encoder) mapping(v any, i *info) {
	k := typeInfo(i.key)
	if k.kind != 24 && !(k.kind >= 2 && k.kind <= 12) && !k.text {
		e.fail(&UnsupportedTypeError{reflect.TypeOf(v)})
	}
	if native.IsNil(v) {
		e.b = append(e.b, "null"...)
		return
	}
	e.deeper(v)
	type pair struct {
		s string
		k any
	}
	var pairs []pair
	for _, key := range native.MapKeys(v, false) {
		s := ""
		m, ok := key.(textMarshaler)
		switch {
		case k.kind == 24:
			s = native.String(key)
		case ok:
			b, err := m.MarshalText()
			if err != nil {
				e.fail(&MarshalerError{reflect.TypeOf(key), err, "MarshalText"})
			}
			s = string(b)
		case k.kind <= 6:
			s = strconv.FormatInt(native.Int(key), 10)
		default:
			s = strconv.FormatUint(native.Uint(key), 10)
		}
		pairs = append(pairs, pair{s, key})
	}
	slices.SortFunc(pairs, func(a, b pair) int { return strings.Compare(a.s, b.s) })
	e.b = append(e.b, '{')
	for n, p := range pairs {
		if n > 0 {
			e.b = append(e.b, ',')
		}
		e.b = append(appendString(e.b, p.s, e.html), ':')
		x, _ := native.MapGet(v, p.k)
		e.value(x, i.elem, nil, false)
	}
	e.b = append(e.b, '}')
	e.depth--
}
