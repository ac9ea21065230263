package main

import "fmt"

type P struct{ x, y int }

func f(s string, n int) int { fmt.Println(s); return n }

func try(what string, g func()) {
	defer func() { fmt.Println(what, recover()) }()
	g()
}

func main() {
	a := []int{1, 2, 3}
	k := 5
	try("second index", func() { a[0], a[k] = 10, 20 })
	fmt.Println(a)
	try("after the call", func() { a[k], a[1] = f("called", 7), 8 })
	fmt.Println(a)
	i := 0
	i, a[i] = 2, 99
	fmt.Println(i, a)
	a, a[1] = nil, 5
	fmt.Println(a)
	b := []string{"x", "y"}
	m := 0
	b[m], m, b[m+1] = "p", 1, "q"
	fmt.Println(b, m)
	c := []P{{1, 2}, {3, 4}}
	c[0], c[1] = c[1], c[0]
	fmt.Println(c)
	c[1].x, c[0].y = c[0].y, c[1].x
	fmt.Println(c)
	var d []any = []any{1, "a"}
	d[0], d[1] = d[1], d[0]
	fmt.Println(d)
	var e [][]int = [][]int{{1}, {2, 3}}
	e[0], e[1][0], k = e[1], e[0][0], 1
	fmt.Println(e, k)
	try("function", func() { a, i = []int{1}, 3; a[f("i", 0)], a[f("j", i)] = f("v", 1), f("w", 2) })
	fmt.Println(a)
}
