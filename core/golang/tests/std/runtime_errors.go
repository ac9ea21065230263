package main

import (
	"errors"
	"fmt"
	"runtime"
)

func try(f func()) {
	defer func() {
		r := recover()
		fmt.Printf("%T %v\n", r, r)
		err, ok := r.(error)
		if !ok {
			return
		}
		var re runtime.Error
		fmt.Println(errors.As(err, &re))
		var te *runtime.TypeAssertionError
		fmt.Println(errors.As(err, &te))
		fmt.Println(fmt.Sprint(err, 2), fmt.Sprint(1, err))
	}()
	f()
}

var m map[string]int

func main() {
	var a any = 1
	var s []int
	var p *int
	z := 0
	try(func() { _ = a.(string) })
	try(func() { _ = s[z] })
	try(func() { _ = s[z+2:] })
	try(func() { _ = *p })
	try(func() { _ = 1 / z })
	try(func() { m["a"] = 1 })
	try(func() { panic(nil) })
	try(func() { panic(fmt.Errorf("x: %w", errors.New("y"))) })
	try(func() { _ = make([]int, z-1) })
	try(func() { var c chan int; close(c) })
	try(func() { _ = [2]int(s) })
	try(func() { var e error; _ = e.Error() })
	try(func() { _ = map[any]int{s: 1} })
	try(func() { var x, y any = s, s; _ = x == y })
}
