package main

import (
	"fmt"
	"sort"
	"strings"
)

type P struct{ x, y int }
type Q struct{ a, b, c int }

func filter(in []int, f func(int) bool) []int {
	var out []int
	for _, v := range in {
		if f(v) {
			out = append(out, v)
		}
	}
	return out
}

func mapper[T, U any](in []T, f func(T) U) []U {
	out := []U{}
	for _, v := range in {
		out = append(out, f(v))
	}
	return out
}

func named(n int) (res []int) {
	for i := range n {
		res = append(res, i)
	}
	return
}

func capUsed(n int) []int {
	var res []int
	for i := range n {
		res = append(res, i)
		fmt.Print(cap(res), " ")
	}
	fmt.Println()
	return res
}

func two(n int) []int {
	var r []int
	r = append(r, 1)
	r = append(r, 2)
	r = append(r, 3)
	if n > 3 {
		return r
	}
	return append(r, 9)
}

func one() []int {
	var r []int
	r = append(r, 1)
	return r
}

func three() []int {
	r := []int{}
	r = append(r, 1)
	r = append(r, 2)
	r = append(r, 3)
	return r
}

func makeret() []int {
	r := make([]int, 0)
	r = append(r, 1)
	r = append(r, 2)
	r = append(r, 3)
	return r
}

type stack struct{ items []int }

func (s *stack) push(x int) { s.items = append(s.items, x) }

func reset() {
	var s []int
	for i := 0; i < 3; i++ {
		s = nil
		s = append(s, i)
		fmt.Print(cap(s), " ")
	}
	fmt.Println()
	for i := 0; i < 3; i++ {
		var t []int
		t = append(t, i)
		fmt.Print(cap(t), " ")
	}
	fmt.Println()
	for i := 0; i < 3; i++ {
		u := []string{}
		u = append(u, "a")
		u = append(u, "b")
		u = append(u, "c")
		fmt.Print(cap(u), len(u), " ")
	}
	fmt.Println()
}

func sum(xs []int) int {
	t := 0
	for _, x := range xs {
		t += x
	}
	return t
}

func sumv(xs ...int) int { return sum(xs) }

func modify(s []int) {
	s = append(s, 100)
	s[0] = 99
	fmt.Println("mod", len(s), cap(s))
}

func grow(s []int, n int) []int {
	for i := 0; i < n; i++ {
		s = append(s, i)
	}
	return s
}

func show(s []int) { fmt.Println(len(s), cap(s), s) }

func words(s string) []string {
	var w []string
	for _, f := range strings.Fields(s) {
		w = append(w, f)
	}
	return w
}

func matrix() [][]int {
	var m [][]int
	for i := 0; i < 3; i++ {
		var row []int
		for j := 0; j < 3; j++ {
			row = append(row, i*j)
		}
		fmt.Print(cap(row), " ")
		m = append(m, row)
	}
	fmt.Println(cap(m))
	return m
}

func main() {
	fmt.Println(cap(filter([]int{1, 2, 3, 4, 5, 6}, func(x int) bool { return x%2 == 0 })))
	fmt.Println(cap(mapper([]int{1, 2, 3}, func(x int) string { return fmt.Sprint(x) })))
	fmt.Println(cap(named(3)), cap(named(5)))
	fmt.Println(cap(capUsed(7)))
	fmt.Println(cap(two(2)), cap(two(4)), cap(one()), cap(three()), cap(makeret()))
	st := &stack{}
	for i := 0; i < 5; i++ {
		st.push(i)
		fmt.Print(cap(st.items), " ")
	}
	fmt.Println()
	reset()
	var s []int
	s = append(s, 3, 1, 2)
	fmt.Println(cap(s), sum(s))
	var p []P
	p = append(p, P{1, 2})
	fmt.Println(cap(p))
	p = append(p, P{1, 2}, P{3, 4})
	fmt.Println(cap(p))
	var q []Q
	q = append(q, Q{})
	fmt.Println(cap(q))
	q = append(q, Q{})
	fmt.Println(cap(q))
	var so []int
	for i := 0; i < 5; i++ {
		so = append(so, 5-i)
	}
	fmt.Println(cap(so))
	sort.Ints(so)
	var x []int
	x = append(x, 1)
	modify(x)
	fmt.Println(x, cap(x))
	y := make([]int, 0, 3)
	y = append(y, 1)
	modify(y)
	fmt.Println(y, cap(y))
	var g []int
	g = grow(g, 3)
	fmt.Println(len(g), cap(g))
	g = grow(g, 3)
	fmt.Println(len(g), cap(g))
	var sh []int
	for i := 0; i < 3; i++ {
		sh = append(sh, i)
		show(sh)
	}
	fmt.Println(cap(words("a b c d e")))
	matrix()
	var orig []int
	orig = append(orig, 1, 2, 3)
	c1 := orig
	c1 = append(c1, 4)
	orig = append(orig, 5)
	fmt.Println(len(c1), cap(c1), c1[3], len(orig), cap(orig), orig[3])
	var r rune
	var rs []rune
	for _, r = range "héllo" {
		rs = append(rs, r)
		fmt.Print(cap(rs), " ")
	}
	fmt.Println(string(rs))
	var bs []byte
	bs = append(bs, "hello"...)
	fmt.Println(cap(bs))
	bs = append(bs, '!')
	fmt.Println(cap(bs), string(bs))
	var any1 []any
	any1 = append(any1, 1)
	fmt.Println(cap(any1))
	any1 = append(any1, 2)
	any1 = append(any1, 3)
	fmt.Println(cap(any1))
	var d []int
	defer func() { fmt.Println("deferred", len(d), cap(d)) }()
	for i := 0; i < 3; i++ {
		d = append(d, i)
		fmt.Print(cap(d), " ")
	}
	fmt.Println(sumv(1, 2, 3))
	e := []int{1, 2, 3}
	e = append(e, 4)
	fmt.Println(cap(e))
	sl := e[1:2]
	sl = append(sl, 50)
	fmt.Println(e, len(sl), cap(sl))
	var m = map[string][]int{}
	for i := 0; i < 5; i++ {
		m["k"] = append(m["k"], i)
	}
	fmt.Println(cap(m["k"]))
	ch := make(chan []int, 1)
	var cs []int
	cs = append(cs, 1)
	ch <- cs
	fmt.Println(cap(<-ch))
	var pp *[]int
	var ps []int
	pp = &ps
	*pp = append(*pp, 1)
	fmt.Println(cap(*pp))
	var idx []int
	for i := 0; i < 10; i++ {
		idx = append(idx, i)
	}
	idx = append(idx[:2], idx[3:]...)
	fmt.Println(len(idx), cap(idx))
	idx = append(idx[:1], 7)
	fmt.Println(len(idx), cap(idx))
}
