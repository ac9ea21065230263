package main

import "strconv"

func main() {
	m := map[string]int{}
	for i := 0; i < 1000000; i++ {
		m["key"+strconv.Itoa(i%5000)] += i
	}
	println(len(m), m["key42"])
}
