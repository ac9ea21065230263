package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

type T struct{ n int }

func (t T) Add(i int) int           { return t.n + i }
func (t *T) Inc()                   { t.n++ }
func (t T) Join(s ...string) string { return strings.Join(s, "+") }

type inner struct{ X, y int }
type Outer struct {
	inner
	Z int
}
type Shape interface{ Area() float64 }

func try(name string, f func()) {
	defer func() { fmt.Printf("%s: %v\n", name, recover()) }()
	f()
}

func main() {
	t := &T{5}
	v := reflect.ValueOf(t)
	add := v.MethodByName("Add").Interface().(func(int) int)
	fmt.Println(add(3))
	v.Method(1).Interface().(func())()
	fmt.Println(t.n)
	j := v.MethodByName("Join")
	fmt.Println(j.Type(), j.Call([]reflect.Value{reflect.ValueOf("a"), reflect.ValueOf("b")})[0])
	fmt.Println(j.Interface().(func(...string) string)("x", "y"))
	m, _ := v.Type().MethodByName("Add")
	fmt.Println(m.Type, m.Func.Interface().(func(*T, int) int)(t, 1), m.Index, m.PkgPath)
	fmt.Println(reflect.TypeOf(T{}).Method(0).Func.Call([]reflect.Value{reflect.ValueOf(T{1}), reflect.ValueOf(2)})[0])
	fmt.Printf("%q %q %q %q %q %q\n", reflect.TypeOf(T{}).PkgPath(), reflect.TypeFor[error]().PkgPath(), reflect.TypeOf(0).PkgPath(), reflect.TypeOf(t).PkgPath(), reflect.TypeFor[Shape]().PkgPath(), reflect.TypeFor[strings.Builder]().PkgPath())
	fmt.Println(reflect.TypeFor[error](), reflect.TypeFor[error]().Name(), reflect.TypeFor[any](), reflect.TypeFor[Shape]().Method(0).Name)
	o := Outer{}
	ov := reflect.ValueOf(&o).Elem()
	ov.FieldByName("X").SetInt(4)
	ov.Field(0).Field(0).SetInt(5)
	fmt.Println(reflect.ValueOf(o).Field(1).CanSet())
	fmt.Println(o, ov.Field(0).CanSet(), ov.Field(0).Field(0).CanSet(), ov.Field(0).Field(1).CanSet(), ov.Field(0).CanInterface(), ov.Field(0).Field(0).Interface())
	try("set y", func() { ov.Field(0).Field(1).SetInt(1) })
	try("set inner", func() { ov.Field(0).Set(reflect.ValueOf(inner{})) })
	try("iface y", func() { ov.Field(0).Field(1).Interface() })
	try("unaddressable", func() { reflect.ValueOf(o).Field(1).SetInt(1) })
	try("kind", func() { reflect.ValueOf("s").Int() })
	try("nil", func() { reflect.ValueOf(nil).Type() })
	try("setstring", func() { var i int; reflect.ValueOf(&i).Elem().SetString("x") })
	try("set type", func() { var i int; reflect.ValueOf(&i).Elem().Set(reflect.ValueOf("x")) })
	try("call few", func() { reflect.ValueOf(strings.ToUpper).Call(nil) })
	try("call type", func() { reflect.ValueOf(strings.ToUpper).Call([]reflect.Value{reflect.ValueOf(1)}) })
	try("call many", func() {
		reflect.ValueOf(strings.ToUpper).Call([]reflect.Value{reflect.ValueOf("1"), reflect.ValueOf("1")})
	})
	try("call nonfunc", func() { reflect.ValueOf(1).Call(nil) })
	try("call nil", func() { var f func(); reflect.ValueOf(f).Call(nil) })
	try("call zero", func() { reflect.ValueOf(strings.ToUpper).Call([]reflect.Value{{}}) })
	try("field", func() { reflect.ValueOf(1).Field(0) })
	try("field range", func() { reflect.ValueOf(o).Field(9) })
	try("tfield range", func() { reflect.TypeOf(o).Field(9) })
	try("tfield", func() { reflect.TypeOf(1).Field(0) })
	try("numfield", func() { reflect.TypeOf(1).NumField() })
	try("elem", func() { reflect.TypeOf(1).Elem() })
	try("key", func() { reflect.TypeOf(1).Key() })
	try("len", func() { reflect.TypeOf(1).Len() })
	try("in", func() { reflect.TypeOf(1).In(0) })
	try("vlen", func() { reflect.ValueOf(1).Len() })
	try("index", func() { reflect.ValueOf([]int{1}).Index(3) })
	try("index arr", func() { reflect.ValueOf([1]int{1}).Index(3) })
	try("index str", func() { reflect.ValueOf("a").Index(3) })
	try("index int", func() { reflect.ValueOf(1).Index(3) })
	try("slice", func() { reflect.ValueOf([]int{1}).Slice(0, 5) })
	try("slice3", func() { reflect.ValueOf([]int{1}).Slice3(0, 1, 5) })
	try("slice str", func() { reflect.ValueOf("abc").Slice(0, 5) })
	try("slice arr", func() { reflect.ValueOf([2]int{}).Slice(0, 1) })
	try("mapindex", func() { reflect.ValueOf(map[string]int{}).MapIndex(reflect.ValueOf(1)) })
	try("setmapindex", func() { var m map[string]int; reflect.ValueOf(m).SetMapIndex(reflect.ValueOf("a"), reflect.ValueOf(1)) })
	try("isnil", func() { reflect.ValueOf(1).IsNil() })
	try("velem", func() { reflect.ValueOf(1).Elem() })
	try("addr", func() { reflect.ValueOf(1).Addr() })
	try("convert", func() { reflect.ValueOf("a").Convert(reflect.TypeOf(1.5)) })
	try("convert arr", func() { reflect.ValueOf([]int{1}).Convert(reflect.TypeOf([2]int{})) })
	fmt.Println(reflect.ValueOf([]int{1, 2, 3}).Convert(reflect.TypeOf([2]int{})))
	fmt.Println(reflect.ValueOf([]int{1, 2, 3}).CanConvert(reflect.TypeOf([4]int{})))
	try("method range", func() { v.Method(9) })
	try("append", func() { reflect.Append(reflect.ValueOf([]int{1}), reflect.ValueOf("a")) })
	try("append nonslice", func() { reflect.Append(reflect.ValueOf(1), reflect.ValueOf("a")) })
	try("chan", func() { reflect.ValueOf(1).Send(reflect.ValueOf(1)) })
	try("recvonly", func() { reflect.ValueOf(make(<-chan int)).Send(reflect.ValueOf(1)) })
	try("sendonly", func() { reflect.ValueOf(make(chan<- int)).Recv() })
	try("makeslice", func() { reflect.MakeSlice(reflect.TypeOf(1), 1, 1) })
	try("makemap", func() { reflect.MakeMap(reflect.TypeOf(1)) })
	try("makechan", func() { reflect.MakeChan(reflect.TypeOf(1), 1) })
	try("makefunc", func() { reflect.MakeFunc(reflect.TypeOf(1), nil) })
	try("arrayof", func() { reflect.ArrayOf(-1, reflect.TypeOf(1)) })
	try("setlen", func() { s := []int{1}; reflect.ValueOf(&s).Elem().SetLen(5) })
	try("setcap", func() { s := []int{1}; reflect.ValueOf(&s).Elem().SetCap(5) })
	try("bytes", func() { reflect.ValueOf([]int{1}).Bytes() })
	try("setbytes", func() { s := []int{1}; reflect.ValueOf(&s).Elem().SetBytes(nil) })
	try("swapper", func() { reflect.Swapper(1) })
	try("swapper range", func() { reflect.Swapper([]int{1})(0, 3) })
	try("copy", func() { reflect.Copy(reflect.ValueOf([]int{1}), reflect.ValueOf([]string{""})) })
	try("implements", func() { reflect.TypeOf(1).Implements(reflect.TypeOf(1)) })
	try("implements nil", func() { reflect.TypeOf(1).Implements(nil) })
	try("new nil", func() { reflect.New(nil) })
	try("zero nil", func() { reflect.Zero(nil) })
	try("bits", func() { reflect.TypeOf("").Bits() })
	try("out", func() { reflect.TypeOf(try).Out(0) })
	try("chandir", func() { reflect.TypeOf(try).ChanDir() })
	try("variadic", func() { reflect.TypeOf(1).IsVariadic() })
	try("overflow", func() { reflect.ValueOf("").OverflowInt(1) })
	try("comparable", func() { fmt.Println(reflect.ValueOf([]int{}).Comparable()) })
	try("equal", func() { reflect.ValueOf([]int{}).Equal(reflect.ValueOf([]int{})) })
	try("iter", func() { reflect.ValueOf(map[int]int{}).MapRange().Key() })
	try("iter2", func() { it := reflect.ValueOf(map[int]int{}).MapRange(); it.Next(); it.Next() })
	swap := reflect.MakeFunc(reflect.TypeOf(func(a, b int) (int, int) { return 0, 0 }), func(in []reflect.Value) []reflect.Value { return []reflect.Value{in[1], in[0]} }).Interface().(func(a, b int) (int, int))
	fmt.Println(swap(1, 2))
	try("mf count", func() {
		reflect.MakeFunc(reflect.TypeOf(func() int { return 0 }), func(in []reflect.Value) []reflect.Value { return nil }).Interface().(func() int)()
	})
	try("mf type", func() {
		reflect.MakeFunc(reflect.TypeOf(func() int { return 0 }), func(in []reflect.Value) []reflect.Value { return []reflect.Value{reflect.ValueOf("s")} }).Interface().(func() int)()
	})
	try("mf zero", func() {
		reflect.MakeFunc(reflect.TypeOf(func() error { return nil }), func(in []reflect.Value) []reflect.Value { return []reflect.Value{{}} }).Interface().(func() error)()
	})
	st := reflect.StructOf([]reflect.StructField{{Name: "Name", Type: reflect.TypeFor[string](), Tag: `json:"name"`}, {Name: "Age", Type: reflect.TypeFor[int]()}})
	sv := reflect.New(st).Elem()
	sv.Field(0).SetString("Ann")
	sv.FieldByName("Age").SetInt(3)
	text, err := json.Marshal(sv.Interface())
	fmt.Println(st, sv, string(text), err, st.Field(0).Tag.Get("json"))
	try("struct name", func() { reflect.StructOf([]reflect.StructField{{Type: reflect.TypeFor[int]()}}) })
	try("struct dup", func() {
		f := reflect.StructField{Name: "A", Type: reflect.TypeFor[int]()}
		reflect.StructOf([]reflect.StructField{f, f})
	})
	ft := reflect.FuncOf([]reflect.Type{reflect.TypeFor[int](), reflect.TypeFor[[]string]()}, []reflect.Type{reflect.TypeFor[error]()}, true)
	fmt.Println(ft, ft == reflect.TypeFor[func(int, ...string) error](), ft.IsVariadic())
	f := reflect.MakeFunc(ft, func(in []reflect.Value) []reflect.Value {
		return []reflect.Value{reflect.ValueOf(errors.New(fmt.Sprint(in[0], in[1])))}
	}).Interface().(func(int, ...string) error)
	fmt.Println(f(7, "a", "b"))
}
