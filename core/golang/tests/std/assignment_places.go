package main

import "fmt"

func try(name string, fn func()) {
	defer func() { fmt.Println(name, recover()) }()
	fn()
}

func call() int { fmt.Print("call "); return 7 }

func main() {
	var arr [3]int
	parr := &arr
	var np *[3]int
	var s []int
	var a any = "x"
	i := 3
	try("a", func() { arr[i], s = a.(int), nil })
	try("b", func() { arr[i], s = call(), nil })
	try("c", func() { parr[i], i = call(), 2 })
	try("d", func() { np[1], i = call(), 2 })
	try("f", func() { i, arr[i] = 1, 5 })
	fmt.Println(i, arr)
	try("g", func() { i, parr[i] = 2, 6 })
	fmt.Println(i, arr)
	m := map[string][2]int{}
	_ = m
	nested := [2][3]int{}
	try("h", func() { nested[i-1][i], i = 4, 0 })
	try("h2", func() { nested[1][i], i = 4, 0 })
	fmt.Println(nested, i)
	type T struct{ a [4]int }
	t := T{}
	tp := &t
	try("i", func() { t.a[i], tp.a[i+1] = 8, call() })
	fmt.Println(t)
	try("j", func() { s, arr[0] = []int{}, call() })
	try("k", func() { i, s[0] = 5, call() })
	fmt.Println(i, s)
}
