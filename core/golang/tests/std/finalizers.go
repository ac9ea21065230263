package main

import (
	"fmt"
	"runtime"
	"time"
	"weak"
)

type Res struct {
	name string
	next *Res
}

func create(n int) {
	for i := 0; i < n; i++ {
		r := &Res{name: fmt.Sprint("res", i)}
		runtime.SetFinalizer(r, func(r *Res) { fmt.Println("finalizing", r.name) })
	}
}

func cl() {
	r := &Res{name: "c"}
	runtime.AddCleanup(r, func(id int) { fmt.Println("cleanup", id) }, 42)
	c := runtime.AddCleanup(r, func(id int) { fmt.Println("stopped", id) }, 43)
	c.Stop()
}

func wk() weak.Pointer[Res] {
	r := &Res{name: "w"}
	p := weak.Make(r)
	fmt.Println(p.Value().name, p == weak.Make(r))
	return p
}

func main() {
	create(1)
	runtime.GC()
	time.Sleep(10 * time.Millisecond)
	cl()
	runtime.GC()
	time.Sleep(10 * time.Millisecond)
	p := wk()
	runtime.GC()
	fmt.Println(p.Value() == nil)
	kept := &Res{name: "kept"}
	runtime.SetFinalizer(kept, func(r *Res) { fmt.Println("never") })
	q := weak.Make(kept)
	runtime.GC()
	fmt.Println(q.Value().name)
	runtime.SetFinalizer(kept, nil)
	runtime.KeepAlive(kept)
}
