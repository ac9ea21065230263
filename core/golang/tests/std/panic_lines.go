package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

type T struct {
	a, b int
	s    []int
}

func where(skip int) string {
	_, f, l, _ := runtime.Caller(skip)
	return fmt.Sprint(f[strings.LastIndex(f, "/")+1:], ":", l)
}

func id(s string) string { return s }

func catch(name string, f func()) {
	defer func() {
		r := recover()
		var pcs [20]uintptr
		n := runtime.Callers(2, pcs[:])
		fr := runtime.CallersFrames(pcs[:n])
		for {
			f, more := fr.Next()
			if strings.HasPrefix(f.Function, "main.main.func") {
				fmt.Println(name, f.Function, f.Line, r)
			}
			if !more {
				break
			}
		}
	}()
	f()
}

func three(a, b, c any) {}

var m map[string]int
var ip *int
var zero int

func main() {
	fmt.Println(
		where(1),
		id(
			where(1),
		),
		id(where(1)),
	)
	x := []string{
		where(1),
		id(where(1)),
	}
	fmt.Println(x)
	catch("index", func() {
		s := []int{1}
		i := 5
		fmt.Println(
			"a",
			s[i],
		)
	})
	catch("div", func() {
		y := 1 +
			2/zero +
			3
		_ = y
	})
	catch("nilptr", func() {
		t := T{
			a: 1,
			b: *ip,
		}
		_ = t
	})
	catch("nilmap", func() {
		m["x"] =
			3
	})
	catch("method chain", func() {
		var b *strings.Builder
		b.
			WriteString("x")
	})
	catch("assert", func() {
		var a any = 1
		three(1,
			a.(string),
			2)
	})
	catch("slice", func() {
		s := []int{1}
		i := 5
		three(1,
			s[0:i],
			s[i:])
	})
	catch("call closure nil", func() {
		var f func(int) int
		three(
			1,
			f(
				2),
			2)
	})
	catch("if", func() {
		if zero == 0 &&
			1/zero == 3 {
			return
		}
	})
	catch("for", func() {
		for i := 0; i < 3; i +=
			1 / zero {
		}
	})
	catch("return", func() {
		_ = func() int {
			return 1 +
				1/zero
		}()
	})
	catch("switch", func() {
		switch zero {
		case 1,
			2 / zero:
		}
	})
	catch("panic", func() {
		panic(
			fmt.Sprintf(
				"%d", 1,
			),
		)
	})
	catch("assign", func() {
		a, b := 1,
			1/zero
		_, _ = a, b
	})
	catch("close", func() {
		var c chan int
		close(
			c)
	})
	catch("make", func() {
		n := -1
		_ = make(
			[]int,
			n+zero,
		)
	})
	catch("op=", func() {
		v := 1
		v /=
			zero
	})
	catch("field", func() {
		var t *T
		three(
			1,
			t.
				a, 3)
	})
	catch("store", func() {
		var t *T
		t.
			a =
			3
	})
	catch("arr store", func() {
		s := []int{}
		s[zero] =
			3
	})
	defer func() {
		fmt.Println(where(1))
		os.Exit(0)
	}()
	catch("string concat", func() {
		_ = "a" +
			"b"[zero+1:] +
			"c"[zero+2:]
	})
}
