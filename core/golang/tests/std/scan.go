package main

import "fmt"

func main() {
	var x int
	var u uint
	var i8 int8
	var u8 uint8
	var f float32
	fmt.Println(fmt.Sscan("99999999999999999999", &x))
	fmt.Println(fmt.Sscan("99999999999999999999", &u))
	fmt.Println(fmt.Sscan("300", &i8))
	fmt.Println(fmt.Sscan("300", &u8))
	fmt.Println(fmt.Sscan("-3", &u))
	fmt.Println(fmt.Sscan("abc", &x))
	fmt.Println(fmt.Sscan("1e99", &f))
	fmt.Println(fmt.Sscan("x", &f))
	var b bool
	fmt.Println(fmt.Sscan("maybe", &b))
	fmt.Println(fmt.Sscanf("12", "%s", &x))
	fmt.Println(fmt.Sscanf("12", "%z", &x))
	fmt.Println(fmt.Sscanf("12 13", "%d", &x))
	fmt.Println(fmt.Sscanf("12", "%d %d", &x, &u))
	fmt.Println(fmt.Sscan("1", x))
	var s []byte
	fmt.Sscan("bytes", &s); fmt.Println(string(s))
	var m map[string]int
	fmt.Println(fmt.Sscan("1", &m))
	fmt.Println(fmt.Sscanln("1 2\n", &x))
	fmt.Println(fmt.Sscanln("1\n2", &x, &u))
}
