package main

import "strings"

func main() {
	n := 0
	for r := 0; r < 20; r++ {
		var b strings.Builder
		for i := 0; i < 100000; i++ {
			b.WriteString("hello")
			b.WriteByte(' ')
		}
		n += len(b.String())
	}
	println(n)
}
