package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"sort"
	"strings"
	"unsafe"
)

type In interface{ M(int) string }
type T struct {
	A int    `json:"a" db:"col"`
	B string `x:"y"`
	c float64
	D []byte
	E map[string]*T
	F func(int, ...string) (bool, error)
	G In
	H [3]int
	I chan<- int
	Inner
	P *int
}
type Inner struct{ Z int }

func (t T) M(i int) string    { return fmt.Sprint("M", i, t.A) }
func (t *T) Set(a int)        { t.A = a }
func (t T) Var(x ...int) int  { return len(x) }
func (i Inner) Hi() string    { return "hi" }

type MyInt int

func (m MyInt) Double() MyInt { return m * 2 }

func try(n string, f func()) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Println(n, "panic:", r)
		}
	}()
	f()
}

func main() {
	t := T{A: 1, B: "b", c: 2.5, H: [3]int{1, 2, 3}}
	rt := reflect.TypeOf(t)
	fmt.Println(rt, rt.Name(), rt.Kind(), rt.NumField(), rt.NumMethod(), rt.PkgPath(), rt.Size())
	for i := range rt.NumField() {
		f := rt.Field(i)
		fmt.Println(f.Name, f.Type, f.Type.Kind(), f.Tag, f.Tag.Get("json"), f.IsExported(), f.Anonymous, f.Offset, f.Index)
	}
	for i := range rt.NumMethod() {
		fmt.Println(rt.Method(i).Name, rt.Method(i).Type)
	}
	pt := reflect.TypeOf(&t)
	fmt.Println(pt, pt.Kind(), pt.Elem(), pt.NumMethod(), pt.Implements(reflect.TypeFor[In]()), pt.Name() == "")
	v := reflect.ValueOf(&t).Elem()
	v.Field(0).SetInt(42)
	v.FieldByName("B").SetString("new")
	v.FieldByName("Z").SetInt(7)
	fmt.Println(t.A, t.B, t.Z, v.Field(2).CanSet(), v.Field(2).Float(), v.NumField())
	try("unexported", func() { v.Field(2).SetFloat(1) })
	try("unaddressable", func() { reflect.ValueOf(t).Field(0).SetInt(1) })
	try("kind", func() { v.Field(0).SetString("x") })
	try("nil", func() { reflect.ValueOf(nil).Type() })
	try("iface", func() { v.Field(2).Interface() })
	try("index", func() { reflect.ValueOf([]int{1}).Index(3) })
	try("len", func() { reflect.ValueOf(1).Len() })
	try("set", func() { v.Field(0).Set(reflect.ValueOf("x")) })
	try("field", func() { v.Field(99) })
	try("call", func() { reflect.ValueOf(strings.ToUpper).Call(nil) })
	try("call2", func() { reflect.ValueOf(strings.ToUpper).Call([]reflect.Value{reflect.ValueOf(1)}) })
	try("elem", func() { reflect.TypeOf(1).Elem() })
	out := v.Addr().MethodByName("M").Call([]reflect.Value{reflect.ValueOf(5)})
	fmt.Println(out[0], out[0].Kind(), v.MethodByName("None").IsValid())
	v.Addr().MethodByName("Set").Call([]reflect.Value{reflect.ValueOf(9)})
	fmt.Println(t.A, reflect.ValueOf(t).MethodByName("Var").Call([]reflect.Value{reflect.ValueOf(1), reflect.ValueOf(2)})[0].Int())
	m := reflect.ValueOf(map[string]int{"b": 2, "a": 1})
	ks := m.MapKeys()
	sort.Slice(ks, func(i, j int) bool { return ks[i].String() < ks[j].String() })
	fmt.Println(ks, m.MapIndex(reflect.ValueOf("a")), m.MapIndex(reflect.ValueOf("zz")).IsValid(), m.Len())
	it := reflect.ValueOf(map[string]int{"x": 1}).MapRange()
	for it.Next() {
		fmt.Println(it.Key(), it.Value())
	}
	s := reflect.MakeSlice(reflect.TypeOf([]int{}), 0, 2)
	s = reflect.Append(s, reflect.ValueOf(1), reflect.ValueOf(2), reflect.ValueOf(3))
	fmt.Println(s, s.Len(), s.Index(1), s.Slice(1, 3), s.Interface().([]int))
	mm := reflect.MakeMap(reflect.TypeOf(map[string]bool{}))
	mm.SetMapIndex(reflect.ValueOf("k"), reflect.ValueOf(true))
	fmt.Println(mm)
	fn := reflect.MakeFunc(reflect.TypeOf(func(int, int) int { return 0 }), func(a []reflect.Value) []reflect.Value {
		return []reflect.Value{reflect.ValueOf(int(a[0].Int() * a[1].Int()))}
	})
	fmt.Println(fn.Interface().(func(int, int) int)(6, 7))
	n := reflect.New(rt).Elem()
	fmt.Println(n.Field(0).Int(), n.IsZero(), reflect.Zero(reflect.TypeOf(1)), reflect.ValueOf(&t).IsNil())
	for _, x := range []any{1, "s", 2.5, []int{1}, map[int]int{}, struct{}{}, &t, nil, errors.New("e"), MyInt(3), [2]bool{}, make(chan int), fmt.Println, true, 'x', byte(1), complex(1, 2), io.EOF, os.Stdout, uintptr(1), []any{1}, func() {}} {
		if x == nil {
			fmt.Println(reflect.TypeOf(x), reflect.ValueOf(x).IsValid(), reflect.ValueOf(x))
			continue
		}
		ty := reflect.TypeOf(x)
		fmt.Println(ty, ty.Kind(), ty.Name(), ty.PkgPath(), ty.Comparable())
	}
	fmt.Println(reflect.DeepEqual([]int{1, 2}, []int{1, 2}), reflect.DeepEqual(map[string][]int{"a": {1}}, map[string][]int{"a": {1}}), reflect.DeepEqual(1, int64(1)), reflect.DeepEqual([]int(nil), []int{}), reflect.DeepEqual(t, t), reflect.DeepEqual(nil, nil))
	fmt.Println(reflect.ValueOf(MyInt(4)).MethodByName("Double").Call(nil)[0], reflect.ValueOf(3.7).Convert(reflect.TypeOf(1)), reflect.TypeOf(1).ConvertibleTo(reflect.TypeOf("")), reflect.TypeOf(1).AssignableTo(reflect.TypeOf(MyInt(1))))
	ft := rt.Field(5).Type
	fmt.Println(ft.NumIn(), ft.NumOut(), ft.In(1), ft.Out(1), ft.IsVariadic())
	var e any = &t
	fmt.Println(reflect.Indirect(reflect.ValueOf(e)).Type(), reflect.TypeOf((*error)(nil)).Elem(), reflect.PointerTo(rt), reflect.SliceOf(rt), reflect.MapOf(reflect.TypeOf(""), rt), reflect.ArrayOf(3, rt), reflect.ChanOf(reflect.RecvDir, rt))
	sw := reflect.Swapper([]int{1, 2})
	sw(0, 1)
	f, ok := rt.FieldByName("Z")
	fmt.Println(f.Index, ok, reflect.VisibleFields(rt)[0].Name, reflect.ValueOf(t), reflect.ValueOf(1).CanInt())
	fmt.Printf("%v %d %s %+v\n", reflect.ValueOf(5), reflect.ValueOf(5), reflect.ValueOf("x"), reflect.ValueOf(Inner{1}))
	_, file, line, ok := runtime.Caller(0)
	fmt.Println(file[strings.LastIndex(file, "/")+1:], line, ok)
	pc, _, _, _ := runtime.Caller(0)
	fmt.Println(runtime.FuncForPC(pc).Name())
	bi, ok := debug.ReadBuildInfo()
	fmt.Println(bi != nil, ok, len(debug.Stack()) > 0, debug.SetGCPercent(50))
	var ms runtime.MemStats
	runtime.ReadMemStats(&ms)
	runtime.GC()
	fmt.Println(ms.Alloc > 0, ms.Sys > 0, unsafe.Sizeof(t), unsafe.Sizeof(int32(0)), unsafe.Alignof(t), unsafe.Offsetof(t.B))
	try("rt", func() {
		var a []int
		_ = a[5]
	})
	defer func() {
		r := recover()
		err, ok := r.(runtime.Error)
		fmt.Println(err, ok)
	}()
	var p *T
	fmt.Println(p.A)
}
