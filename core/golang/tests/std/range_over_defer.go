package main

import "fmt"

func seq(y func(int) bool) {
	defer fmt.Println("iterator done")
	for i := range 2 {
		if !y(i) {
			return
		}
	}
}

func f() {
	for i := range seq {
		fmt.Println("body", i)
		defer fmt.Println("outer defer", i)
	}
	fmt.Println("end of f")
}

func g() {
	defer func() { fmt.Println("recovered", recover()) }()
	for i := range seq {
		defer fmt.Println("defer", i)
		if i == 1 {
			panic("p")
		}
	}
}

func h() int {
	for i := range seq {
		defer fmt.Println("defer", i)
		if i == 1 {
			return 5
		}
	}
	return 0
}

func main() { f(); g(); fmt.Println(h()) }
