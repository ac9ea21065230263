package main

import (
	"fmt"
	"unsafe"
)

func bump(p *int) int { *p += 10; return *p }

func two() ([]int, []int) { return make([]int, 2), []int{7, 8, 9} }
func show(a, b int)       { fmt.Println(a, b) }

type P struct{ X, Y int }

func (p *P) inc() int { p.X++; return p.X }
func size[T any]() uintptr {
	var t T
	return unsafe.Sizeof(t)
}
func off[T any](t T) uintptr { return unsafe.Sizeof(struct {
	a byte
	b T
}{}) }

var g = 1

func setg() int { g = 5; return 100 }

func pair() (int, int) { x := 1; return x, bump(&x) }

func main() {
	x := 1
	show(bump(&x), x)
	show(x, bump(&x))
	fmt.Println(bump(&x), x)
	fmt.Println(x, bump(&x))
	fmt.Println(x + bump(&x))
	fmt.Println(bump(&x) + x)
	a, b := x, bump(&x)
	fmt.Println(a, b)
	a, b = x, bump(&x)
	fmt.Println(a, b)
	fmt.Println(pair())
	x = 1
	x += bump(&x)
	fmt.Println(x)
	p := P{1, 2}
	q, n := p, p.inc()
	fmt.Println(q, n)
	s := []int{1, 2, 3}
	s[0] += func() int { s[0] = 40; return 2 }()
	fmt.Println(s)
	m := map[string]int{"a": 1}
	m["a"] += func() int { m["a"] = 40; return 2 }()
	fmt.Println(m)
	m["b"]++
	m["c"] -= 3
	m["a"] *= 2
	fmt.Println(m)
	ms := map[string]string{}
	ms["x"] += "a"
	ms["x"] += "b"
	fmt.Println(ms)
	fmt.Println(g, setg(), g)
	fmt.Println(g + setg() + g)
	fmt.Println(copy(two()))
	fmt.Println(append(two2()))
	fmt.Println(size[int8](), size[int64](), size[string](), size[P](), size[[3]int16](), size[any]())
	fmt.Println(off(byte(1)), off(1), off("x"), off(int16(1)))
	l := []int{x, bump(&x), x}
	fmt.Println(l)
	st := P{x, bump(&x)}
	fmt.Println(st)
	mm := map[int]int{x: bump(&x)}
	fmt.Println(mm)
	i := 0
	i, s[i] = 1, 99
	fmt.Println(i, s)
	s[i], i = 77, 2
	fmt.Println(i, s)
	var arr [3]int
	func() {
		defer func() { fmt.Println("r", recover()) }()
		var np *P
		arr[0], np.X, arr[1] = 1, 2, 3
	}()
	fmt.Println(arr)
	func() {
		defer func() { fmt.Println("r", recover()) }()
		k := 5
		arr[0] = 4
		arr[k] = 5
	}()
	fmt.Println(arr)
	func() {
		defer func() { fmt.Println("r", recover()) }()
		var nm map[string]int
		arr[0], nm["x"], arr[1] = 7, 8, 9
	}()
	fmt.Println(arr)
	func() {
		defer func() { fmt.Println("r", recover()) }()
		var idx = 9
		arr[idx] = func() int { fmt.Println("called"); return 1 }()
	}()
	func() {
		defer func() { fmt.Println("r", recover()) }()
		var np *P
		np.X = func() int { fmt.Println("called2"); return 1 }()
	}()
	func() {
		defer func() { fmt.Println("r", recover()) }()
		z := 0
		mz := map[string]int{}
		defer func() { fmt.Println(mz) }()
		mz["q"] /= z
	}()
}

func two2() ([]int, int) { return []int{1}, 2 }
