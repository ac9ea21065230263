// Package weak has pointers that do not keep what they point to.
package weak

import (
	"internal/native"
	"unsafe"
)

// A cell hides an address from the garbage collector; the word is 0 when the object is gone.
type cell struct{ hidden uintptr }

var cells = map[uintptr]*cell{}

type Pointer[T any] struct {
	_ [0]*T
	c *cell
}

func Make[T any](ptr *T) Pointer[T] {
	if ptr == nil {
		return Pointer[T]{}
	}
	hidden := ^uintptr(unsafe.Pointer(ptr))
	c := cells[hidden]
	if c == nil || c.hidden == 0 {
		c = &cell{hidden}
		cells[hidden] = c
		native.Forget(unsafe.Pointer(ptr), unsafe.Pointer(c))
	}
	return Pointer[T]{c: c}
}

func (p Pointer[T]) Value() *T {
	if p.c == nil || p.c.hidden == 0 {
		return nil
	}
	return (*T)(unsafe.Pointer(^p.c.hidden))
}
