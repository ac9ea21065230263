// the blank name as a selector, of packages, structs and interfaces
package main

import "fmt"

type T struct{ _ int }

func main() {
	var t T
	t._ = 1
	fmt._(t._)
	fmt.Println(t._())
	var i interface{ M() }
	i._()
}
