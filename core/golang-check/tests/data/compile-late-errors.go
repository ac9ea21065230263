package main

//go:noinline
var limit = 3

//go:noinline
func main() { println(limit) }

func (t T) missing()

type T int

func (T) also(int) bool
