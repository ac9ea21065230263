// Package atomic has indivisible operations; goroutines switch only at calls and loop ends.
package atomic

import (
	"internal/native"
	"unsafe"
)

type noCopy struct{}
type align64 struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}

type Int32 struct {
	_ noCopy
	v int32
}

func (x *Int32) Load() int32             { return x.v }
func (x *Int32) Store(v int32)           { x.v = v }
func (x *Int32) Swap(v int32) (old int32)  { old, x.v = x.v, v; return }
func (x *Int32) Add(d int32) int32         { x.v += d; return x.v }
func (x *Int32) And(m int32) (old int32)   { old = x.v; x.v &= m; return }
func (x *Int32) Or(m int32) (old int32)    { old = x.v; x.v |= m; return }
func (x *Int32) CompareAndSwap(old, new int32) bool {
	if x.v == old {
		x.v = new
		return true
	}
	return false
}

func LoadInt32(p *int32) int32             { return *p }
func StoreInt32(p *int32, v int32)         { *p = v }
func SwapInt32(p *int32, v int32) (old int32) { old, *p = *p, v; return }
func AddInt32(p *int32, d int32) int32       { *p += d; return *p }
func AndInt32(p *int32, m int32) (old int32) { old = *p; *p &= m; return }
func OrInt32(p *int32, m int32) (old int32)  { old = *p; *p |= m; return }
func CompareAndSwapInt32(p *int32, old, new int32) bool {
	if *p == old {
		*p = new
		return true
	}
	return false
}

type Int64 struct {
	_ noCopy
	_ align64
	v int64
}

func (x *Int64) Load() int64             { return x.v }
func (x *Int64) Store(v int64)           { x.v = v }
func (x *Int64) Swap(v int64) (old int64)  { old, x.v = x.v, v; return }
func (x *Int64) Add(d int64) int64         { x.v += d; return x.v }
func (x *Int64) And(m int64) (old int64)   { old = x.v; x.v &= m; return }
func (x *Int64) Or(m int64) (old int64)    { old = x.v; x.v |= m; return }
func (x *Int64) CompareAndSwap(old, new int64) bool {
	if x.v == old {
		x.v = new
		return true
	}
	return false
}

func LoadInt64(p *int64) int64             { return *p }
func StoreInt64(p *int64, v int64)         { *p = v }
func SwapInt64(p *int64, v int64) (old int64) { old, *p = *p, v; return }
func AddInt64(p *int64, d int64) int64       { *p += d; return *p }
func AndInt64(p *int64, m int64) (old int64) { old = *p; *p &= m; return }
func OrInt64(p *int64, m int64) (old int64)  { old = *p; *p |= m; return }
func CompareAndSwapInt64(p *int64, old, new int64) bool {
	if *p == old {
		*p = new
		return true
	}
	return false
}

type Uint32 struct {
	_ noCopy
	v uint32
}

func (x *Uint32) Load() uint32             { return x.v }
func (x *Uint32) Store(v uint32)           { x.v = v }
func (x *Uint32) Swap(v uint32) (old uint32)  { old, x.v = x.v, v; return }
func (x *Uint32) Add(d uint32) uint32         { x.v += d; return x.v }
func (x *Uint32) And(m uint32) (old uint32)   { old = x.v; x.v &= m; return }
func (x *Uint32) Or(m uint32) (old uint32)    { old = x.v; x.v |= m; return }
func (x *Uint32) CompareAndSwap(old, new uint32) bool {
	if x.v == old {
		x.v = new
		return true
	}
	return false
}

func LoadUint32(p *uint32) uint32             { return *p }
func StoreUint32(p *uint32, v uint32)         { *p = v }
func SwapUint32(p *uint32, v uint32) (old uint32) { old, *p = *p, v; return }
func AddUint32(p *uint32, d uint32) uint32       { *p += d; return *p }
func AndUint32(p *uint32, m uint32) (old uint32) { old = *p; *p &= m; return }
func OrUint32(p *uint32, m uint32) (old uint32)  { old = *p; *p |= m; return }
func CompareAndSwapUint32(p *uint32, old, new uint32) bool {
	if *p == old {
		*p = new
		return true
	}
	return false
}

type Uint64 struct {
	_ noCopy
	_ align64
	v uint64
}

func (x *Uint64) Load() uint64             { return x.v }
func (x *Uint64) Store(v uint64)           { x.v = v }
func (x *Uint64) Swap(v uint64) (old uint64)  { old, x.v = x.v, v; return }
func (x *Uint64) Add(d uint64) uint64         { x.v += d; return x.v }
func (x *Uint64) And(m uint64) (old uint64)   { old = x.v; x.v &= m; return }
func (x *Uint64) Or(m uint64) (old uint64)    { old = x.v; x.v |= m; return }
func (x *Uint64) CompareAndSwap(old, new uint64) bool {
	if x.v == old {
		x.v = new
		return true
	}
	return false
}

func LoadUint64(p *uint64) uint64             { return *p }
func StoreUint64(p *uint64, v uint64)         { *p = v }
func SwapUint64(p *uint64, v uint64) (old uint64) { old, *p = *p, v; return }
func AddUint64(p *uint64, d uint64) uint64       { *p += d; return *p }
func AndUint64(p *uint64, m uint64) (old uint64) { old = *p; *p &= m; return }
func OrUint64(p *uint64, m uint64) (old uint64)  { old = *p; *p |= m; return }
func CompareAndSwapUint64(p *uint64, old, new uint64) bool {
	if *p == old {
		*p = new
		return true
	}
	return false
}

type Uintptr struct {
	_ noCopy
	v uintptr
}

func (x *Uintptr) Load() uintptr             { return x.v }
func (x *Uintptr) Store(v uintptr)           { x.v = v }
func (x *Uintptr) Swap(v uintptr) (old uintptr)  { old, x.v = x.v, v; return }
func (x *Uintptr) Add(d uintptr) uintptr         { x.v += d; return x.v }
func (x *Uintptr) And(m uintptr) (old uintptr)   { old = x.v; x.v &= m; return }
func (x *Uintptr) Or(m uintptr) (old uintptr)    { old = x.v; x.v |= m; return }
func (x *Uintptr) CompareAndSwap(old, new uintptr) bool {
	if x.v == old {
		x.v = new
		return true
	}
	return false
}

func LoadUintptr(p *uintptr) uintptr             { return *p }
func StoreUintptr(p *uintptr, v uintptr)         { *p = v }
func SwapUintptr(p *uintptr, v uintptr) (old uintptr) { old, *p = *p, v; return }
func AddUintptr(p *uintptr, d uintptr) uintptr       { *p += d; return *p }
func AndUintptr(p *uintptr, m uintptr) (old uintptr) { old = *p; *p &= m; return }
func OrUintptr(p *uintptr, m uintptr) (old uintptr)  { old = *p; *p |= m; return }
func CompareAndSwapUintptr(p *uintptr, old, new uintptr) bool {
	if *p == old {
		*p = new
		return true
	}
	return false
}

func LoadPointer(p *unsafe.Pointer) unsafe.Pointer     { return *p }
func SwapPointer(p *unsafe.Pointer, v unsafe.Pointer) (old unsafe.Pointer) {
	old, *p = *p, v
	return
}
func CompareAndSwapPointer(p *unsafe.Pointer, old, v unsafe.Pointer) bool {
	if *p != old {
		return false
	}
	*p = v
	return true
}
func StorePointer(p *unsafe.Pointer, v unsafe.Pointer) { *p = v }

type Bool struct {
	_ noCopy
	v uint32
}

func (x *Bool) Load() bool { return x.v != 0 }
func (x *Bool) Store(v bool) {
	x.v = 0
	if v {
		x.v = 1
	}
}
func (x *Bool) Swap(v bool) bool {
	old := x.v != 0
	x.v = 0
	if v {
		x.v = 1
	}
	return old
}
func (x *Bool) CompareAndSwap(old, new bool) bool {
	if x.v != 0 != old {
		return false
	}
	x.v = 0
	if new {
		x.v = 1
	}
	return true
}

type Pointer[T any] struct {
	_ [0]*T
	_ noCopy
	v *T
}

func (x *Pointer[T]) Load() *T            { return x.v }
func (x *Pointer[T]) Store(v *T)          { x.v = v }
func (x *Pointer[T]) Swap(v *T) (old *T)  { old, x.v = x.v, v; return }
func (x *Pointer[T]) CompareAndSwap(old, new *T) bool {
	if x.v == old {
		x.v = new
		return true
	}
	return false
}

type Value struct{ v any }

func (v *Value) Load() any { return v.v }
func (v *Value) Store(val any) {
	v.check("store", val)
	v.v = val
}
func (v *Value) Swap(val any) any {
	v.check("swap", val)
	old := v.v
	v.v = val
	return old
}
func (v *Value) CompareAndSwap(old, new any) bool {
	v.check("compare and swap", new)
	if v.v != old {
		return false
	}
	v.v = new
	return true
}
func (v *Value) check(op string, val any) {
	if val == nil {
		panic("sync/atomic: " + op + " of nil value into Value")
	}
	if v.v != nil && native.TypeOf(v.v) != native.TypeOf(val) {
		panic("sync/atomic: " + op + " of inconsistently typed value into Value")
	}
}
