package main

import (
	"fmt"
	"unsafe"
)

func F[T any](x T) any {
	type S struct {
		a T
		b int8
	}
	type L []T
	s := S{x, 1}
	p := &s
	p.a = x
	fmt.Printf("%T %v %d\n", s, s, unsafe.Sizeof(s))
	fmt.Printf("%T %v\n", L{x, x}, L{x})
	fmt.Println(unsafe.Sizeof(x), unsafe.Alignof(x))
	m := map[any]int{S{x, 2}: 3}
	fmt.Println(m[S{x, 2}])
	func() {
		type In struct {
			s S
			t *T
		}
		fmt.Printf("%T %v\n", In{}, In{s: s})
	}()
	return s
}

type G[K comparable, V any] struct{ m map[K]V }

func (g *G[A, B]) M() any {
	type E struct {
		k A
		v B
	}
	var out []E
	for k, v := range g.m {
		out = append(out, E{k, v})
	}
	return out
}
func two() ([]int, []int) { return make([]int, 2), []int{7, 8, 9} }
func main() {
	a, b, c := F(1), F("x"), F[int](2)
	fmt.Println(a == b, a == F(1), a == c)
	F([3]int16{})
	fmt.Printf("%T\n", (&G[string, int]{map[string]int{"a": 1}}).M())
	fmt.Println((&G[int, bool]{map[int]bool{5: true}}).M())
	fmt.Println(copy(two()))
}

func fl() (float64, float64)    { return 1.5, -2 }
func app() ([]any, int, string) { return []any{1}, 2, "x" }
func del() (map[any]int, int)   { return map[any]int{5: 1}, 5 }

type Z[T any] struct {
	a int8
	b T
	c int8
}

func off[T any]() uintptr { var z Z[T]; return unsafe.Offsetof(z.c) }

type num interface{ ~int | ~float64 }

func rec[T any](n int, x T) string {
	type node struct {
		next *node
		v    T
	}
	var l *node
	for i := 0; i < n; i++ {
		l = &node{l, x}
	}
	s := ""
	for ; l != nil; l = l.next {
		s += fmt.Sprint(l.v)
	}
	return s
}

func init() {
	fmt.Println(complex(fl()), min(fl()), max(fl()), append(app()))
	delete(del())
	fmt.Println(off[int8](), off[int64](), off[string]())
	fmt.Println(rec(3, 1), rec(2, "s"))
	defer copy(two())
}
