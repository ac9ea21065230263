// Values.
package reflect

import (
	"errors"
	"internal/native"
	"iter"
	"strconv"
	"unsafe"
)

// A Value is v, or what the pointer p points to; hidden: it was reached by an unexported field,
// embed: which is embedded, so that its own fields are not hidden.
type Value struct {
	typ    *rtype
	v, p   any
	hidden bool
	embed  bool
}

type ValueError struct {
	Method string
	Kind   Kind
}

func (e *ValueError) Error() string {
	if e.Kind == Invalid {
		return "reflect: call of " + e.Method + " on zero Value"
	}
	return "reflect: call of " + e.Method + " on " + e.Kind.String() + " Value"
}

func ValueOf(i any) Value {
	if i == nil {
		return Value{}
	}
	return Value{typ: toType(native.TypeOf(i)), v: i}
}

func (v Value) get() any {
	if v.p != nil {
		return native.Load(v.p)
	}
	return v.v
}

// Held is for fmt: the value and its type.
func (v Value) Held() (any, int) {
	if v.typ == nil {
		return nil, 0
	}
	return v.get(), v.typ.n
}

func (v Value) Kind() Kind {
	if v.typ == nil {
		return Invalid
	}
	return v.typ.Kind()
}

func (v Value) need(method string, kinds ...Kind) any {
	k := v.Kind()
	for _, x := range kinds {
		if k == x {
			return v.get()
		}
	}
	panic(&ValueError{"reflect.Value." + method, k})
}

func (v Value) IsValid() bool { return v.typ != nil }
func (v Value) Type() Type {
	if v.typ == nil {
		panic(&ValueError{"reflect.Value.Type", Invalid})
	}
	return v.typ
}
func (v Value) CanAddr() bool      { return v.p != nil }
func (v Value) CanSet() bool       { return v.p != nil && !v.hidden }
func (v Value) CanInterface() bool {
	if v.typ == nil {
		panic(&ValueError{"reflect.Value.CanInterface", Invalid})
	}
	return !v.hidden
}
func (v Value) CanInt() bool       { return v.Kind() >= Int && v.Kind() <= Int64 }
func (v Value) CanUint() bool      { return v.Kind() >= Uint && v.Kind() <= Uintptr }
func (v Value) CanFloat() bool     { return v.Kind() == Float32 || v.Kind() == Float64 }
func (v Value) CanComplex() bool   { return v.Kind() == Complex64 || v.Kind() == Complex128 }

func (v Value) Interface() any {
	if v.typ == nil {
		panic(&ValueError{"reflect.Value.Interface", Invalid})
	}
	if v.hidden {
		panic("reflect.Value.Interface: cannot return value obtained from unexported field or method")
	}
	return v.get()
}

func (v Value) Bool() bool           { return native.Bool(v.need("Bool", Bool)) }
func (v Value) Int() int64           { return native.Int(v.need("Int", Int, Int8, Int16, Int32, Int64)) }
func (v Value) Uint() uint64 {
	return native.Uint(v.need("Uint", Uint, Uint8, Uint16, Uint32, Uint64, Uintptr))
}
func (v Value) Float() float64       { return native.Float(v.need("Float", Float32, Float64)) }
func (v Value) Complex() complex128  { return native.Complex(v.need("Complex", Complex64, Complex128)) }
func (v Value) Bytes() []byte        {
	x := v.need("Bytes", Slice, Array)
	if v.typ.Elem().Kind() != Uint8 {
		panic("reflect.Value.Bytes of non-byte " + v.Kind().String())
	}
	return native.Bytes(x)
}
func (v Value) String() string {
	switch v.Kind() {
	case Invalid:
		return "<invalid Value>"
	case String:
		return native.String(v.get())
	}
	return "<" + v.typ.String() + " Value>"
}
func (v Value) Len() int {
	if v.Kind() == Pointer && v.typ.Elem().Kind() == Array {
		return v.typ.Elem().Len()
	}
	return native.Len(v.need("Len", Array, Chan, Map, Slice, String))
}
func (v Value) Cap() int { return native.Cap(v.need("Cap", Array, Chan, Slice)) }
func (v Value) IsNil() bool {
	x := v.need("IsNil", Chan, Func, Interface, Map, Pointer, Slice, UnsafePointer)
	if v.Kind() == Interface {
		return x == nil
	}
	return native.IsNil(x)
}
func (v Value) Pointer() uintptr {
	return native.Pointer(v.need("Pointer", Chan, Func, Map, Pointer, Slice, UnsafePointer, String))
}
func (v Value) UnsafePointer() unsafe.Pointer { return nil }
func (v Value) UnsafeAddr() uintptr {
	if v.p == nil {
		panic("reflect.Value.UnsafeAddr of unaddressable value")
	}
	return native.Pointer(v.p)
}

func (v Value) Addr() Value {
	if v.p == nil {
		panic("reflect.Value.Addr of unaddressable value")
	}
	return Value{typ: toType(native.PointerTo(v.typ.n)), v: v.p, hidden: v.hidden}
}

func (v Value) Elem() Value {
	x := v.need("Elem", Interface, Pointer)
	if v.Kind() == Interface {
		e := ValueOf(x)
		e.hidden, e.embed = v.hidden, v.embed
		return e
	}
	if native.IsNil(x) {
		return Value{}
	}
	return Value{typ: toType(native.TypeElem(v.typ.n)), p: x, hidden: v.hidden, embed: v.embed}
}

func Indirect(v Value) Value {
	if v.Kind() != Pointer {
		return v
	}
	return v.Elem()
}

func (v Value) NumField() int {
	v.need("NumField", Struct)
	return native.TypeNumField(v.typ.n)
}

func (v Value) Field(i int) Value {
	if v.Kind() != Struct {
		panic(&ValueError{"reflect.Value.Field", v.Kind()})
	}
	if i < 0 || i >= native.TypeNumField(v.typ.n) {
		panic("reflect: Field index out of range")
	}
	_, t, _, pkg, embedded := native.TypeField(v.typ.n, i)
	sticky := v.hidden && !v.embed
	f := Value{typ: toType(t), hidden: sticky || pkg != "", embed: !sticky && embedded}
	if v.p != nil {
		f.p = native.FieldPtr(v.p, i)
	} else {
		f.v = native.Field(v.v, i)
	}
	return f
}

func (v Value) FieldByIndex(index []int) Value {
	f, err := v.FieldByIndexErr(index)
	if err != nil {
		panic("reflect: indirection through nil pointer to embedded struct")
	}
	return f
}

func (v Value) FieldByIndexErr(index []int) (Value, error) {
	for i, n := range index {
		if i > 0 && v.Kind() == Pointer && v.typ.Elem().Kind() == Struct {
			if v.IsNil() {
				return Value{}, errors.New("reflect: indirection through nil pointer to embedded struct field " + v.typ.Elem().Name())
			}
			v = v.Elem()
		}
		v = v.Field(n)
	}
	return v, nil
}

func (v Value) FieldByName(name string) Value {
	v.need("FieldByName", Struct)
	if f, ok := v.typ.FieldByName(name); ok {
		return v.FieldByIndex(f.Index)
	}
	return Value{}
}

func (v Value) FieldByNameFunc(match func(string) bool) Value {
	if f, ok := v.typ.FieldByNameFunc(match); ok {
		return v.FieldByIndex(f.Index)
	}
	return Value{}
}

func (v Value) Index(i int) Value {
	k := v.Kind()
	if k != Slice && k != Array && k != String {
		panic(&ValueError{"reflect.Value.Index", k})
	}
	if i < 0 || i >= v.Len() {
		panic("reflect: " + k.String() + " index out of range")
	}
	if k == String {
		return ValueOf(native.String(v.get())[i])
	}
	e := Value{typ: toType(native.TypeElem(v.typ.n)), hidden: v.hidden}
	switch {
	case k == Slice:
		e.p = native.IndexPtr(v.get(), i)
	case v.p != nil:
		e.p = native.IndexPtr(v.p, i)
	default:
		e.v = native.Index(v.v, i)
	}
	return e
}

func (v Value) slice(method string, i, j, k int) Value {
	x := any(nil)
	t := v.typ
	most := v.Len()
	if v.Kind() == Slice {
		most = v.Cap()
	}
	switch v.Kind() {
	case Array:
		if v.p == nil {
			panic("reflect.Value." + method + ": slice of unaddressable array")
		}
		x = v.p
		t = toType(native.SliceOf(native.TypeElem(v.typ.n)))
	default:
		x = v.need(method, Slice, String)
	}
	if what := ""; i < 0 || j < i || j > most || k >= 0 && (k < j || k > most) {
		if v.Kind() == String {
			what = "string "
		}
		panic("reflect.Value." + method + ": " + what + "slice index out of bounds")
	}
	return Value{typ: t, v: native.Slice(x, i, j, k), hidden: v.hidden}
}
func (v Value) Slice(i, j int) Value     { return v.slice("Slice", i, j, -1) }
func (v Value) Slice3(i, j, k int) Value { return v.slice("Slice3", i, j, k) }

func (v Value) MapKeys() []Value {
	m := v.need("MapKeys", Map)
	kt := toType(native.TypeKey(v.typ.n))
	list := []Value{}
	for _, k := range native.MapKeys(m, false) {
		list = append(list, Value{typ: kt, v: k, hidden: v.hidden})
	}
	return list
}

func (v Value) MapIndex(key Value) Value {
	m := v.need("MapIndex", Map)
	x, ok := native.MapGet(m, key.assign("reflect.Value.MapIndex", toType(native.TypeKey(v.typ.n))))
	if !ok {
		return Value{}
	}
	return Value{typ: toType(native.TypeElem(v.typ.n)), v: x, hidden: v.hidden || key.hidden}
}

func (v Value) SetMapIndex(key, elem Value) {
	m := v.need("SetMapIndex", Map)
	v.exported("SetMapIndex")
	if elem.typ == nil {
		native.MapDelete(m, key.get())
		return
	}
	native.MapSet(m, key.assign("reflect.Value.SetMapIndex", toType(native.TypeKey(v.typ.n))), elem.assign("reflect.Value.SetMapIndex", toType(native.TypeElem(v.typ.n))))
}

type MapIter struct {
	m    Value
	keys []Value
	i    int
}

func (v Value) MapRange() *MapIter {
	v.need("MapRange", Map)
	return &MapIter{m: v, i: -1}
}
func (it *MapIter) Next() bool {
	if it.i < 0 {
		it.keys = it.m.MapKeys()
	} else if it.i >= len(it.keys) {
		panic("MapIter.Next called on exhausted iterator")
	}
	it.i++
	return it.i < len(it.keys)
}
func (it *MapIter) key(method string) Value {
	if it.i < 0 {
		panic("MapIter." + method + " called before Next")
	}
	if it.i >= len(it.keys) {
		panic("MapIter." + method + " called on exhausted iterator")
	}
	return it.keys[it.i]
}
func (it *MapIter) Key() Value   { return it.key("Key") }
func (it *MapIter) Value() Value { return it.m.MapIndex(it.key("Value")) }
func (it *MapIter) Reset(v Value) { *it = MapIter{m: v, i: -1} }

func (v Value) exported(method string) {
	if v.typ == nil {
		panic(&ValueError{"reflect.Value." + method, Invalid})
	}
	if v.hidden {
		panic("reflect: reflect.Value." + method + " using value obtained using unexported field")
	}
}

func (v Value) settable(method string) {
	v.exported(method)
	if v.p == nil {
		panic("reflect: reflect.Value." + method + " using unaddressable value")
	}
}

// assign gives v's value for a place of type t.
func (v Value) assign(context string, t *rtype) any {
	if v.typ == nil {
		panic(context + ": value of type nil is not assignable to type " + t.String())
	}
	if v.typ != t && !native.TypeAssignable(v.typ.n, t.n) {
		panic(context + ": value of type " + v.typ.String() + " is not assignable to type " + t.String())
	}
	x := v.get()
	if v.typ != t && x != nil && t.Kind() != Interface {
		x = native.Convert(x, t.n)
	}
	return x
}

func (v Value) Set(x Value) {
	v.settable("Set")
	x.exported("Set")
	native.Store(v.p, x.assign("reflect.Set", v.typ))
}

func (v Value) SetZero() {
	v.settable("SetZero")
	native.Store(v.p, native.Zero(v.typ.n))
}

func (v Value) put(method string, x any, kinds ...Kind) {
	v.settable(method)
	v.need(method, kinds...)
	native.Store(v.p, native.Convert(x, v.typ.n))
}
func (v Value) SetBool(x bool)     { v.put("SetBool", x, Bool) }
func (v Value) SetInt(x int64)     { v.put("SetInt", x, Int, Int8, Int16, Int32, Int64) }
func (v Value) SetUint(x uint64)   { v.put("SetUint", x, Uint, Uint8, Uint16, Uint32, Uint64, Uintptr) }
func (v Value) SetFloat(x float64) { v.put("SetFloat", x, Float32, Float64) }
func (v Value) SetComplex(x complex128) { v.put("SetComplex", x, Complex64, Complex128) }
func (v Value) SetString(x string) { v.put("SetString", x, String) }
func (v Value) SetBytes(x []byte)  {
	if v.Kind() == Slice && v.typ.Elem().Kind() != Uint8 {
		panic("reflect.Value.SetBytes of non-byte slice")
	}
	v.put("SetBytes", x, Slice)
}
func (v Value) SetLen(n int) {
	v.settable("SetLen")
	if n < 0 || n > v.Cap() {
		panic("reflect: slice length out of range in SetLen")
	}
	native.Store(v.p, native.Slice(v.get(), 0, n, -1))
}
func (v Value) SetCap(n int) {
	v.settable("SetCap")
	if n < v.Len() || n > v.Cap() {
		panic("reflect: slice capacity out of range in SetCap")
	}
	native.Store(v.p, native.Slice(v.get(), 0, v.Len(), n))
}
func (v Value) Clear() {
	switch v.Kind() {
	case Map:
		for _, k := range v.MapKeys() {
			native.MapDelete(v.get(), k.get())
		}
	case Slice:
		for i := range v.Len() {
			v.Index(i).SetZero()
		}
	default:
		panic(&ValueError{"reflect.Value.Clear", v.Kind()})
	}
}
func (v Value) Grow(n int) {
	v.settable("Grow")
	if c := v.Len() + n; c > v.Cap() {
		s := MakeSlice(v.typ, v.Len(), max(c, 2*v.Cap()))
		Copy(s, v)
		native.Store(v.p, s.v)
	}
}

func (v Value) OverflowInt(x int64) bool     {
	v.need("OverflowInt", Int, Int8, Int16, Int32, Int64)
	return v.typ.OverflowInt(x)
}
func (v Value) OverflowUint(x uint64) bool   { return v.typ.OverflowUint(x) }
func (v Value) OverflowFloat(x float64) bool { return v.typ.OverflowFloat(x) }

func (v Value) Comparable() bool {
	switch v.Kind() {
	case Invalid:
		return true
	case Interface:
		return v.IsNil() || v.Elem().Comparable()
	}
	return native.Comparable(v.get())
}
func (v Value) Equal(u Value) bool {
	if v.Kind() == Interface {
		v = v.Elem()
	}
	if u.Kind() == Interface {
		u = u.Elem()
	}
	if !v.IsValid() || !u.IsValid() {
		return v.IsValid() == u.IsValid()
	}
	switch v.Kind() {
	case Func, Map, Slice:
		if v.typ == u.typ {
			panic("reflect.Value.Equal: values of type " + v.typ.String() + " are not comparable")
		}
	}
	return v.typ == u.typ && v.get() == u.get()
}

func (v Value) IsZero() bool {
	switch v.Kind() {
	case Invalid:
		panic(&ValueError{"reflect.Value.IsZero", Invalid})
	case Array:
		for i := range v.Len() {
			if !v.Index(i).IsZero() {
				return false
			}
		}
		return true
	case Struct:
		for i := range v.NumField() {
			if !v.Field(i).IsZero() {
				return false
			}
		}
		return true
	case Chan, Func, Interface, Map, Pointer, Slice, UnsafePointer:
		return v.IsNil()
	case Float32, Float64:
		f := v.Float()
		return f == 0 && 1/f > 0
	}
	return v.get() == native.Zero(v.typ.n)
}

func (v Value) CanConvert(t Type) bool { return v.typ.ConvertibleTo(t) }
func (v Value) Convert(t Type) Value {
	toArray := v.Kind() == Slice && t.Kind() == Array && v.typ.Elem() == t.Elem()
	if !toArray && !v.typ.ConvertibleTo(t) {
		panic("reflect.Value.Convert: value of type " + v.typ.String() + " cannot be converted to type " + t.String())
	}
	x := v.get()
	switch k := t.Kind(); {
	case toArray:
		n := t.Len()
		if v.Len() < n {
			panic("reflect: cannot convert slice with length " + strconv.Itoa(v.Len()) + " to array with length " + strconv.Itoa(n))
		}
		a := New(t)
		Copy(a.Elem(), v)
		x = native.Load(a.v)
	case k != Interface:
		x = native.Convert(x, t.id())
	}
	return Value{typ: toType(t.id()), v: x, hidden: v.hidden}
}

func (v Value) NumMethod() int {
	if v.typ == nil {
		panic(&ValueError{"reflect.Value.NumMethod", Invalid})
	}
	return v.typ.NumMethod()
}
func (v Value) MethodByName(name string) Value {
	if v.typ == nil {
		panic(&ValueError{"reflect.Value.MethodByName", Invalid})
	}
	for _, n := range native.TypeMethods(v.typ.n) {
		if n == name {
			m := ValueOf(native.Method(v.get(), name))
			m.hidden = v.hidden
			return m
		}
	}
	return Value{}
}
func (v Value) Method(i int) Value {
	if v.typ == nil {
		panic(&ValueError{"reflect.Value.Method", Invalid})
	}
	l := native.TypeMethods(v.typ.n)
	if uint(i) >= uint(len(l)) {
		panic("reflect: Method index out of range")
	}
	return v.MethodByName(l[i])
}

func (v Value) Call(in []Value) []Value {
	f := v.need("Call", Func)
	v.exported("Call")
	if native.IsNil(f) {
		panic("reflect.Value.Call: call of nil function")
	}
	params, outs, variadic := native.TypeFunc(v.typ.n)
	n := len(params)
	if variadic {
		n--
	}
	if len(in) < n {
		panic("reflect: Call with too few input arguments")
	}
	if !variadic && len(in) > n {
		panic("reflect: Call with too many input arguments")
	}
	args := make([]any, len(in))
	for i, a := range in {
		if a.typ == nil {
			panic("reflect: Call using zero Value argument")
		}
		a.exported("Call")
		t := 0
		if i < n {
			t = params[i]
		} else {
			t = native.TypeElem(params[n])
		}
		if !native.TypeAssignable(a.typ.n, t) {
			if i < n {
				panic("reflect: Call using " + a.typ.String() + " as type " + native.TypeString(t))
			}
			panic("reflect: cannot use " + a.typ.String() + " as type " + native.TypeString(t) + " in Call")
		}
		args[i] = a.assign("reflect.Value.Call", toType(t))
	}
	if variadic {
		rest := native.MakeSlice(params[n], len(args)-n, len(args)-n)
		for i, x := range args[n:] {
			native.Store(native.IndexPtr(rest, i), x)
		}
		args = append(args[:n:n], rest)
	}
	r := native.Call(f, args)
	list := make([]Value, len(r))
	for i, x := range r {
		list[i] = Value{typ: toType(outs[i]), v: x}
	}
	return list
}

func (v Value) CallSlice(in []Value) []Value {
	last := in[len(in)-1]
	all := append([]Value(nil), in[:len(in)-1]...)
	for i := range last.Len() {
		all = append(all, last.Index(i))
	}
	return v.Call(all)
}

func (v Value) send(method string, x Value, block bool) bool {
	c := v.need(method, Chan)
	if v.typ.ChanDir()&SendDir == 0 {
		panic("reflect: send on recv-only channel")
	}
	return native.Send(c, x.assign("reflect.Value.Send", toType(native.TypeElem(v.typ.n))), block)
}
func (v Value) Send(x Value)         { v.send("Send", x, true) }
func (v Value) TrySend(x Value) bool { return v.send("TrySend", x, false) }
func (v Value) recv(block bool) (Value, bool) {
	c := v.need("Recv", Chan)
	if v.typ.ChanDir()&RecvDir == 0 {
		panic("reflect: recv on send-only channel")
	}
	x, ok, done := native.Recv(c, block)
	if !done {
		return Value{}, false
	}
	t := toType(native.TypeElem(v.typ.n))
	if !ok {
		x = native.Zero(t.n)
	}
	return Value{typ: t, v: x}, ok
}
func (v Value) Recv() (Value, bool)    { return v.recv(true) }
func (v Value) TryRecv() (Value, bool) { return v.recv(false) }
func (v Value) Close()                 { native.CloseChan(v.need("Close", Chan)) }

func (v Value) Seq() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		switch v.Kind() {
		case Map:
			for _, k := range v.MapKeys() {
				if !yield(k) {
					return
				}
			}
		case Chan:
			for {
				x, ok := v.Recv()
				if !ok || !yield(x) {
					return
				}
			}
		case Slice, Array, String:
			for i := range v.Len() {
				if !yield(ValueOf(i)) {
					return
				}
			}
		default:
			for i := range v.Int() {
				if !yield(ValueOf(i).Convert(v.typ)) {
					return
				}
			}
		}
	}
}

func (v Value) Seq2() iter.Seq2[Value, Value] {
	return func(yield func(Value, Value) bool) {
		if v.Kind() == Map {
			for _, k := range v.MapKeys() {
				if !yield(k, v.MapIndex(k)) {
					return
				}
			}
			return
		}
		for i := range v.Len() {
			if !yield(ValueOf(i), v.Index(i)) {
				return
			}
		}
	}
}

func zero(t Type, x any) Value { return Value{typ: toType(t.id()), v: x} }

func Zero(typ Type) Value {
	if typ == nil {
		panic("reflect: Zero(nil)")
	}
	return zero(typ, native.Zero(typ.id()))
}
func New(typ Type) Value {
	if typ == nil {
		panic("reflect: New(nil)")
	}
	return ValueOf(native.New(typ.id()))
}
func NewAt(typ Type, p unsafe.Pointer) Value   { panic("reflect.NewAt is not part of this playground") }
func MakeSlice(typ Type, n, c int) Value {
	if typ.Kind() != Slice {
		panic("reflect.MakeSlice of non-slice type")
	}
	return zero(typ, native.MakeSlice(typ.id(), n, c))
}
func MakeMap(typ Type) Value                   {
	if typ.Kind() != Map {
		panic("reflect.MakeMapWithSize of non-map type")
	}
	return zero(typ, native.MakeMap(typ.id()))
}
func MakeMapWithSize(typ Type, n int) Value    { return MakeMap(typ) }
func MakeChan(typ Type, buffer int) Value      {
	if typ.Kind() != Chan {
		panic("reflect.MakeChan of non-chan type")
	}
	return zero(typ, native.MakeChan(typ.id(), buffer))
}
func MakeFunc(typ Type, fn func(args []Value) (results []Value)) Value {
	if typ.Kind() != Func {
		panic("reflect: call of MakeFunc with non-Func type")
	}
	in, out, _ := native.TypeFunc(typ.id())
	return zero(typ, native.MakeFunc(typ.id(), func(a []any) []any {
		args := make([]Value, len(a))
		for i, x := range a {
			args[i] = Value{typ: toType(in[i]), v: x}
		}
		r := fn(args)
		if len(r) != len(out) {
			panic("reflect: wrong return count from function created by MakeFunc")
		}
		list := make([]any, len(r))
		for i, x := range r {
			if x.typ == nil {
				panic("reflect: function created by MakeFunc using closure returned zero Value")
			}
			list[i] = x.assign("reflect.MakeFunc", toType(out[i]))
		}
		return list
	}))
}

func Append(s Value, x ...Value) Value {
	if s.Kind() != Slice {
		panic(&ValueError{"unknown method", s.Kind()})
	}
	n := s.Len()
	r := s
	if n+len(x) > s.Cap() {
		r = MakeSlice(s.typ, n+len(x), max(2*s.Cap(), n+len(x)))
		Copy(r, s)
	} else {
		r = s.Slice(0, n+len(x))
	}
	for i, e := range x {
		r.Index(n + i).Set(e)
	}
	return r
}

func AppendSlice(s, t Value) Value {
	var l []Value
	for i := range t.Len() {
		l = append(l, t.Index(i))
	}
	return Append(s, l...)
}

func Copy(dst, src Value) int {
	if d, s := dst.typ.Elem(), src.typ; s.Kind() != String && d != s.Elem() {
		panic("reflect.Copy: " + d.String() + " != " + s.Elem().String())
	}
	n := min(dst.Len(), src.Len())
	tmp := make([]any, n)
	for i := range n {
		tmp[i] = src.Index(i).get()
	}
	for i := range n {
		native.Store(dst.Index(i).p, tmp[i])
	}
	return n
}

func Swapper(slice any) func(i, j int) {
	v := ValueOf(slice)
	if v.Kind() != Slice {
		panic(&ValueError{Method: "Swapper", Kind: v.Kind()})
	}
	return func(i, j int) {
		if n := v.Len(); uint(i) >= uint(n) || uint(j) >= uint(n) {
			panic("reflect: slice index out of range")
		}
		native.Swap(slice, i, j)
	}
}

type SelectDir int

const (
	_ SelectDir = iota
	SelectSend
	SelectRecv
	SelectDefault
)

type SelectCase struct {
	Dir  SelectDir
	Chan Value
	Send Value
}

// Select tries the cases in turn until one can go on.
func Select(cases []SelectCase) (chosen int, recv Value, recvOK bool) {
	start := 0
	if len(cases) > 0 {
		start = int(native.Random() % uint64(len(cases)))
	}
	for {
		def := -1
		for k := range cases {
			i := (start + k) % len(cases)
			c := cases[i]
			switch c.Dir {
			case SelectDefault:
				def = i
			case SelectSend:
				if c.Chan.IsValid() && !c.Chan.IsNil() && c.Chan.TrySend(c.Send) {
					return i, Value{}, false
				}
			case SelectRecv:
				if c.Chan.IsValid() && !c.Chan.IsNil() {
					if v, ok := c.Chan.TryRecv(); v.IsValid() {
						return i, v, ok
					}
				}
			}
		}
		if def >= 0 {
			return def, Value{}, false
		}
		native.Sleep(1000)
	}
}

type visit struct {
	a, b uintptr
	t    *rtype
}

func deepEqual(a, b Value, seen map[visit]bool) bool {
	if !a.IsValid() || !b.IsValid() {
		return a.IsValid() == b.IsValid()
	}
	if a.typ != b.typ {
		return false
	}
	switch k := a.Kind(); k {
	case Pointer, Map, Slice:
		if a.IsNil() != b.IsNil() {
			return false
		}
		if k == Slice || k == Map {
			if a.Len() != b.Len() {
				return false
			}
			if k == Slice && a.Len() == 0 {
				return true
			}
		}
		if p, q := a.Pointer(), b.Pointer(); p == q {
			return true
		} else if v := (visit{p, q, a.typ}); seen[v] {
			return true
		} else {
			seen[v] = true
		}
		switch k {
		case Pointer:
			return deepEqual(a.Elem(), b.Elem(), seen)
		case Map:
			for _, key := range a.MapKeys() {
				y := b.MapIndex(key)
				if !y.IsValid() || !deepEqual(a.MapIndex(key), y, seen) {
					return false
				}
			}
			return true
		}
		fallthrough
	case Array:
		for i := range a.Len() {
			if !deepEqual(a.Index(i), b.Index(i), seen) {
				return false
			}
		}
		return true
	case Interface:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() == b.IsNil()
		}
		return deepEqual(a.Elem(), b.Elem(), seen)
	case Struct:
		for i := range a.NumField() {
			if !deepEqual(a.Field(i), b.Field(i), seen) {
				return false
			}
		}
		return true
	case Func:
		return a.IsNil() && b.IsNil()
	}
	return a.get() == b.get()
}

func DeepEqual(x, y any) bool {
	if x == nil || y == nil {
		return x == y
	}
	return deepEqual(ValueOf(x), ValueOf(y), map[visit]bool{})
}

func TypeAssert[T any](v Value) (T, bool) {
	t, ok := v.Interface().(T)
	return t, ok
}


type StringHeader struct {
	Data uintptr
	Len  int
}

type SliceHeader struct {
	Data uintptr
	Len  int
	Cap  int
}

func (v Value) OverflowComplex(x complex128) bool {
	return v.Kind() == Complex64 && (toType(native.TypeOf(float32(0))).OverflowFloat(real(x)) || toType(native.TypeOf(float32(0))).OverflowFloat(imag(x)))
}
func (v Value) SetIterKey(iter *MapIter)   { v.Set(iter.Key()) }
func (v Value) SetIterValue(iter *MapIter) { v.Set(iter.Value()) }

func (v Value) Fields() iter.Seq2[StructField, Value] {
	return func(yield func(StructField, Value) bool) {
		for i := range v.NumField() {
			if !yield(v.typ.Field(i), v.Field(i)) {
				return
			}
		}
	}
}

func (v Value) Methods() iter.Seq2[Method, Value] {
	return func(yield func(Method, Value) bool) {
		for i := range v.NumMethod() {
			if !yield(v.typ.Method(i), v.Method(i)) {
				return
			}
		}
	}
}
