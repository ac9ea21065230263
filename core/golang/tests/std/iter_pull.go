package main

import (
	"fmt"
	"iter"
	"slices"
)

func main() {
	next, stop := iter.Pull(slices.Values([]int{7, 8}))
	a, ok := next()
	fmt.Println(a, ok)
	p := fmt.Println
	p(next())
	fmt.Println(next())
	stop()
	f := func() (int, bool) { return 5, true }
	p(f())
	g := func() (int, string) { return 5, "x" }
	p(g())
	fmt.Println(g())
}
