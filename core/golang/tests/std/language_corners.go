package main

import "fmt"

type myint int

func (x myint) foo() int { return int(x) }

type myfloat float64

func (x myfloat) foo() float64 { return float64(x) }

func f[T any](i interface{}) {
	switch x := i.(type) {
	case interface{ foo() T }:
		fmt.Println("fooer", x.foo())
	default:
		fmt.Println("other")
	}
}

type B struct{}

func (B) Foo() string { return "x" }

func try(name string, f func()) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Println(name, "panic:", r)
		} else {
			fmt.Println(name, "no panic")
		}
	}()
	f()
}

func mustNot(n int) {
	if v := recover(); v != nil {
		fmt.Println(n, "spurious", v)
	}
}

func testRecover() {
	defer mustNot(1)
	defer func() {
		defer recover()
	}()
	panic(5)
}

type E struct{ a, _, c int }

var zeroP *struct{}

func idx[T any](s []int, i uint) int { return s[i] }

func main() {
	f[int](myint(6))
	f[int](myfloat(7))
	f[float64](myint(8))
	f[float64](myfloat(9))
	var a any = B{}
	_, ok := a.(interface{ Foo() int })
	fmt.Println(ok)
	try("assert", func() { _ = a.(interface{ Foo() int }) })
	testRecover()
	x := []int{10, 20}
	y := []int{99}
	i := 1
	for i, x[i] = range y {
		break
	}
	fmt.Println(i, x)
	m := map[string]int{"k": 7}
	var ks [3]string
	n := 0
	var k string
	for k, m[k] = range map[string]int{"z": 3} {
	}
	_ = n
	fmt.Println(k, m, ks)
	fmt.Println(E{1, 2, 3})
	var ip *int
	var ap *[10]int
	var st *E
	try("&*ip", func() { p := &*ip; fmt.Println(p) })
	try("&ap[1]", func() { p := &ap[1]; fmt.Println(p) })
	try("&ap[0]", func() { p := &ap[0]; fmt.Println(p) })
	try("&st.a", func() { p := &st.a; fmt.Println(p) })
	try("&st.c", func() { p := &st.c; fmt.Println(p) })
	try("*z==*z", func() { fmt.Println(*zeroP == *zeroP) })
	try("_ = *ip", func() { _ = *ip })
	try("_ = *st", func() { _ = *st })
	try("_ = st.c", func() { _ = st.c })
	try("ap[:]", func() { fmt.Println(ap[:]) })
	try("range ap", func() {
		for i := range ap {
			fmt.Print(i)
		}
	})
	try("range ap", func() {
		for i, v := range ap {
			fmt.Print(i, v)
		}
	})
	try("uint", func() { fmt.Println(idx[int]([]int{1}, ^uint(0))) })
	try("uint64 str", func() { j := ^uint64(0); fmt.Println("abc"[j]) })
	try("uint64 slice", func() { j := ^uint64(0); fmt.Println("abc"[j:]) })
	try("uint8", func() { j := ^uint8(0); fmt.Println("abc"[j:]) })
	try("make", func() { j := -1; fmt.Println(len(make([]struct{}, j))) })
	try("make", func() { j := 1 << 61; fmt.Println(len(make([]struct{}, j))) })
	try("make", func() { j := 1 << 62; fmt.Println(len(make([]byte, j))) })
	try("make", func() { j := 5; fmt.Println(len(make([]byte, 6, j))) })
	try("make chan", func() { j := -5; fmt.Println(make(chan int, j)) })
	var sh = 1
	fmt.Println(sh<<(1<<64-1), sh>>(1<<64-1))
	{
		x := make([]int, 0)
		f := func() int { x = make([]int, 2); return 2 }
		a, b, c := append(x, 1), f(), append(x, 1)
		fmt.Println(a, b, c)
	}
	{
		x := make([]int, 1)
		f := func() int { x = make([]int, 3); return 2 }
		a, b, c := cap(x), f(), len(x)
		fmt.Println(a, b, c)
		fmt.Println(len(x)+f()+len(x), min(len(x), f()))
	}
	var nan = []float64{}
	_ = nan
	mm := map[float64]int{}
	z := 0.0
	for i := 0; i < 10; i++ {
		mm[z/z] = i
	}
	cnt := 0
	for range mm {
		cnt++
		clear(mm)
	}
	fmt.Println(cnt, len(mm))
	p, q := new(struct{}), new([0]int)
	fmt.Println(len(fmt.Sprintf("%p", p)) == len(fmt.Sprintf("%p", q)))
}
