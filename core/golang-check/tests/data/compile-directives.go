//go:build linux

package main

//go:build !windows

import "fmt"

//go:noinline
type T struct{ n int }

//go:nosplit
//go:unknown
func (t T) get() int { return t.n } //go:noinline

//go:noinline
var limit = 3

type S = T

func (S) set() {}

func main() {
	//go:noinline
	fmt.Println(T{1}.get(), limit)
	//go:unknown
	select {
	case fmt.Println():
	}
	if limit > 2 {
		fmt.Println(int8(complex128(1000)), int(1e30))
	}
	//go:noinline
}
