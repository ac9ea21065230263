// Package reflect: types.
package reflect

import (
	"internal/native"
	"iter"
	"strconv"
)

type Kind uint

const (
	Invalid Kind = iota
	Bool
	Int
	Int8
	Int16
	Int32
	Int64
	Uint
	Uint8
	Uint16
	Uint32
	Uint64
	Uintptr
	Float32
	Float64
	Complex64
	Complex128
	Array
	Chan
	Func
	Interface
	Map
	Pointer
	Slice
	String
	Struct
	UnsafePointer
)

const Ptr = Pointer

var kindNames = [...]string{"invalid", "bool", "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "uintptr", "float32", "float64", "complex64", "complex128", "array", "chan", "func", "interface", "map", "ptr", "slice", "string", "struct", "unsafe.Pointer"}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "kind" + strconv.Itoa(int(k))
}

type ChanDir int

const (
	RecvDir ChanDir = 1 << iota
	SendDir
	BothDir = RecvDir | SendDir
)

func (d ChanDir) String() string {
	switch d {
	case SendDir:
		return "chan<-"
	case RecvDir:
		return "<-chan"
	case BothDir:
		return "chan"
	}
	return "ChanDir" + strconv.Itoa(int(d))
}

type Type interface {
	Align() int
	FieldAlign() int
	Method(int) Method
	MethodByName(string) (Method, bool)
	NumMethod() int
	Name() string
	PkgPath() string
	Size() uintptr
	String() string
	Kind() Kind
	Implements(u Type) bool
	AssignableTo(u Type) bool
	ConvertibleTo(u Type) bool
	Comparable() bool
	Bits() int
	ChanDir() ChanDir
	IsVariadic() bool
	Elem() Type
	Field(i int) StructField
	FieldByIndex(index []int) StructField
	FieldByName(name string) (StructField, bool)
	FieldByNameFunc(match func(string) bool) (StructField, bool)
	In(i int) Type
	Key() Type
	Len() int
	NumField() int
	NumIn() int
	NumOut() int
	Out(i int) Type
	OverflowComplex(x complex128) bool
	OverflowFloat(x float64) bool
	OverflowInt(x int64) bool
	OverflowUint(x uint64) bool
	CanSeq() bool
	CanSeq2() bool
	Fields() iter.Seq[StructField]
	Methods() iter.Seq[Method]
	Ins() iter.Seq[Type]
	Outs() iter.Seq[Type]
	id() int
}

type rtype struct{ n int }

var types = map[int]*rtype{}

func toType(n int) *rtype {
	t := types[n]
	if t == nil {
		t = &rtype{n}
		types[n] = t
	}
	return t
}

func typeOrNil(n int) Type {
	if n == 0 {
		return nil
	}
	return toType(n)
}

func TypeOf(i any) Type { return typeOrNil(native.TypeOf(i)) }

func TypeFor[T any]() Type { return toType(native.TypeElem(native.TypeOf((*T)(nil)))) }

type Method struct {
	Name    string
	PkgPath string
	Type    Type
	Func    Value
	Index   int
}

func (m Method) IsExported() bool { return m.PkgPath == "" }

type StructField struct {
	Name      string
	PkgPath   string
	Type      Type
	Tag       StructTag
	Offset    uintptr
	Index     []int
	Anonymous bool
}

func (f StructField) IsExported() bool { return f.PkgPath == "" }

type StructTag string

func (tag StructTag) Get(key string) string {
	v, _ := tag.Lookup(key)
	return v
}

func (tag StructTag) Lookup(key string) (value string, ok bool) {
	for s := string(tag); s != ""; {
		i := 0
		for i < len(s) && s[i] == ' ' {
			i++
		}
		s = s[i:]
		for i = 0; i < len(s) && s[i] > ' ' && s[i] != ':' && s[i] != '"' && s[i] != 0x7f; i++ {
		}
		if i == 0 || i+1 >= len(s) || s[i] != ':' || s[i+1] != '"' {
			break
		}
		name := s[:i]
		s = s[i+1:]
		q, err := strconv.QuotedPrefix(s)
		if err != nil {
			break
		}
		s = s[len(q):]
		if name == key {
			v, err := strconv.Unquote(q)
			return v, err == nil
		}
	}
	return "", false
}

func (t *rtype) id() int         { return t.n }
func (t *rtype) String() string  { return native.TypeString(t.n) }
func (t *rtype) Name() string    { return native.TypeName(t.n) }
func (t *rtype) PkgPath() string { return native.TypePkgPath(t.n) }
func (t *rtype) Kind() Kind      { return Kind(native.TypeKind(t.n)) }
func (t *rtype) Size() uintptr   { return uintptr(native.TypeSize(t.n)) }
func (t *rtype) Align() int      { return min(8, max(1, native.TypeSize(t.n))) }
func (t *rtype) FieldAlign() int { return t.Align() }

func (t *rtype) need(method, need string, kinds ...Kind) {
	for _, k := range kinds {
		if t.Kind() == k {
			return
		}
	}
	panic("reflect: " + method + " of " + need + " type " + t.String())
}

func (t *rtype) Elem() Type {
	t.need("Elem", "invalid", Array, Chan, Map, Pointer, Slice)
	return toType(native.TypeElem(t.n))
}
func (t *rtype) Key() Type {
	t.need("Key", "non-map", Map)
	return toType(native.TypeKey(t.n))
}
func (t *rtype) Len() int {
	t.need("Len", "non-array", Array)
	return native.TypeLen(t.n)
}
func (t *rtype) Bits() int {
	if k := t.Kind(); k < Int || k > Complex128 {
		panic("reflect: Bits of non-arithmetic Type " + t.String())
	}
	return 8 * native.TypeSize(t.n)
}
func (t *rtype) ChanDir() ChanDir {
	t.need("ChanDir", "non-chan", Chan)
	return ChanDir(native.TypeChanDir(t.n))
}

func (t *rtype) signature(method string) (in, out []int, variadic bool) {
	if t.Kind() != Func {
		panic("reflect: " + method + " of non-func type " + t.String())
	}
	return native.TypeFunc(t.n)
}
func (t *rtype) IsVariadic() bool {
	_, _, v := t.signature("IsVariadic")
	return v
}
func (t *rtype) NumIn() int {
	in, _, _ := t.signature("NumIn")
	return len(in)
}
func (t *rtype) NumOut() int {
	_, out, _ := t.signature("NumOut")
	return len(out)
}
func (t *rtype) In(i int) Type {
	in, _, _ := t.signature("In")
	return toType(in[i])
}
func (t *rtype) Out(i int) Type {
	_, out, _ := t.signature("Out")
	return toType(out[i])
}

func (t *rtype) NumField() int {
	t.need("NumField", "non-struct", Struct)
	return native.TypeNumField(t.n)
}

func (t *rtype) Field(i int) StructField {
	t.need("Field", "non-struct", Struct)
	if i < 0 || i >= native.TypeNumField(t.n) {
		panic("reflect: Field index out of bounds")
	}
	name, ft, tag, pkg, embedded := native.TypeField(t.n, i)
	var offset uintptr
	for k := range i + 1 {
		_, f, _, _, _ := native.TypeField(t.n, k)
		a := uintptr(align(f))
		offset = (offset + a - 1) / a * a
		if k < i {
			offset += uintptr(native.TypeSize(f))
		}
	}
	return StructField{name, pkg, toType(ft), StructTag(tag), offset, []int{i}, embedded}
}

func align(t int) int {
	switch Kind(native.TypeKind(t)) {
	case Struct:
		a := 1
		for i := range native.TypeNumField(t) {
			_, f, _, _, _ := native.TypeField(t, i)
			a = max(a, align(f))
		}
		return a
	case Array:
		return align(native.TypeElem(t))
	}
	return min(8, max(1, native.TypeSize(t)))
}

func (t *rtype) FieldByIndex(index []int) (f StructField) {
	var x Type = t
	for i, n := range index {
		if i > 0 && x.Kind() == Pointer && x.Elem().Kind() == Struct {
			x = x.Elem()
		}
		f = x.Field(n)
		x = f.Type
	}
	return
}

func (t *rtype) FieldByName(name string) (StructField, bool) {
	return t.FieldByNameFunc(func(s string) bool { return s == name })
}

func (t *rtype) FieldByNameFunc(match func(string) bool) (result StructField, ok bool) {
	type at struct {
		t     Type
		index []int
	}
	level := []at{{t, nil}}
	seen := map[Type]bool{}
	for len(level) > 0 {
		var next []at
		found := 0
		for _, l := range level {
			if seen[l.t] {
				continue
			}
			seen[l.t] = true
			for i := range l.t.NumField() {
				f := l.t.Field(i)
				f.Index = append(append([]int(nil), l.index...), i)
				if match(f.Name) {
					found++
					result = f
					continue
				}
				e := f.Type
				if f.Anonymous && e.Kind() == Pointer {
					e = e.Elem()
				}
				if f.Anonymous && e.Kind() == Struct {
					next = append(next, at{e, f.Index})
				}
			}
		}
		if found > 0 {
			if found > 1 {
				return StructField{}, false
			}
			return result, true
		}
		level = next
	}
	return StructField{}, false
}

func VisibleFields(t Type) (list []StructField) {
	if t == nil {
		panic("reflect: VisibleFields(nil)")
	}
	var walk func(x Type, index []int)
	walk = func(x Type, index []int) {
		for i := range x.NumField() {
			f := x.Field(i)
			f.Index = append(append([]int(nil), index...), i)
			if g, ok := t.FieldByName(f.Name); ok && len(g.Index) == len(f.Index) {
				list = append(list, f)
			}
			e := f.Type
			if f.Anonymous && e.Kind() == Pointer {
				e = e.Elem()
			}
			if f.Anonymous && e.Kind() == Struct {
				walk(e, f.Index)
			}
		}
	}
	walk(t, nil)
	return
}

func (t *rtype) NumMethod() int { return len(native.TypeMethods(t.n)) }

func (t *rtype) method(name string, i int) Method {
	m := Method{Name: name, Index: i}
	plain := toType(native.TypeMethod(t.n, name))
	m.Type = plain
	if t.Kind() == Interface {
		return m
	}
	in, out, variadic := native.TypeFunc(plain.n)
	whole := toType(native.FuncOf(append([]int{t.n}, in...), out, variadic))
	m.Type = whole
	m.Func = MakeFunc(whole, func(args []Value) []Value {
		f := args[0].MethodByName(name)
		if variadic {
			return f.CallSlice(args[1:])
		}
		return f.Call(args[1:])
	})
	return m
}

func (t *rtype) Method(i int) Method {
	l := native.TypeMethods(t.n)
	if i < 0 || i >= len(l) {
		panic("reflect: Method index out of range")
	}
	return t.method(l[i], i)
}

func (t *rtype) MethodByName(name string) (Method, bool) {
	for i, n := range native.TypeMethods(t.n) {
		if n == name {
			return t.method(name, i), true
		}
	}
	return Method{}, false
}

func (t *rtype) Implements(u Type) bool {
	if u == nil {
		panic("reflect: nil type passed to Type.Implements")
	}
	if u.Kind() != Interface {
		panic("reflect: non-interface type passed to Type.Implements")
	}
	return native.TypeAssignable(t.n, u.id())
}
func (t *rtype) AssignableTo(u Type) bool  { return native.TypeAssignable(t.n, u.id()) }
func (t *rtype) ConvertibleTo(u Type) bool { return native.TypeConvertible(t.n, u.id()) }
func (t *rtype) Comparable() bool          { return native.TypeComparable(t.n) }

func (t *rtype) OverflowInt(x int64) bool {
	s := 64 - t.Bits()
	return x<<s>>s != x
}
func (t *rtype) OverflowUint(x uint64) bool {
	s := 64 - t.Bits()
	return x<<s>>s != x
}
func (t *rtype) OverflowFloat(x float64) bool {
	return t.Kind() == Float32 && overflow32(x)
}
func (t *rtype) OverflowComplex(x complex128) bool {
	return t.Kind() == Complex64 && (overflow32(real(x)) || overflow32(imag(x)))
}
func overflow32(x float64) bool {
	const most = 0x1p127 * (1 + (1 - 0x1p-23))
	return (x > most || x < -most) && x-x == 0
}

func (t *rtype) CanSeq() bool {
	switch t.Kind() {
	case Array, Slice, Chan, String, Map, Int, Int8, Int16, Int32, Int64, Uint, Uint8, Uint16, Uint32, Uint64, Uintptr:
		return true
	}
	return false
}
func (t *rtype) CanSeq2() bool {
	switch t.Kind() {
	case Array, Slice, String, Map:
		return true
	}
	return false
}

func PointerTo(t Type) Type             { return toType(native.PointerTo(t.id())) }
func PtrTo(t Type) Type                 { return PointerTo(t) }
func SliceOf(t Type) Type               { return toType(native.SliceOf(t.id())) }
func ArrayOf(length int, elem Type) Type {
	if length < 0 {
		panic("reflect: negative length passed to ArrayOf")
	}
	return toType(native.ArrayOf(length, elem.id()))
}
func MapOf(key, elem Type) Type         { return toType(native.MapOf(key.id(), elem.id())) }
func ChanOf(dir ChanDir, t Type) Type   { return toType(native.ChanOf(int(dir), t.id())) }
func FuncOf(in, out []Type, variadic bool) Type {
	ids := func(l []Type) (r []int) {
		for _, t := range l {
			r = append(r, t.id())
		}
		return
	}
	return toType(native.FuncOf(ids(in), ids(out), variadic))
}
func StructOf(fields []StructField) Type {
	var types []int
	names, tags := "", ""
	seen := map[string]bool{}
	for i, f := range fields {
		switch {
		case f.Name == "":
			panic("reflect.StructOf: field " + strconv.Itoa(i) + " has no name")
		case f.Type == nil:
			panic("reflect.StructOf: field " + strconv.Itoa(i) + " has no type")
		case !f.IsExported() || f.Name[0] < 'A' || 'Z' < f.Name[0]:
			panic("reflect.StructOf: field \"" + f.Name + "\" is unexported but missing PkgPath")
		case seen[f.Name]:
			panic("reflect.StructOf: duplicate field " + f.Name)
		}
		seen[f.Name] = true
		types = append(types, f.Type.id())
		names += f.Name + "\x00"
		tags += string(f.Tag) + "\x00"
	}
	return toType(native.StructOf(types, names+tags))
}


func each[T any](n int, at func(int) T) iter.Seq[T] {
	return func(yield func(T) bool) {
		for i := range n {
			if !yield(at(i)) {
				return
			}
		}
	}
}

func (t *rtype) Fields() iter.Seq[StructField] { return each(t.NumField(), t.Field) }
func (t *rtype) Methods() iter.Seq[Method]     { return each(t.NumMethod(), t.Method) }
func (t *rtype) Ins() iter.Seq[Type]           { return each(t.NumIn(), t.In) }
func (t *rtype) Outs() iter.Seq[Type]          { return each(t.NumOut(), t.Out) }
