// Package runtime looks at the running program.
package runtime

import (
	"internal/native"
	"unsafe"
)

const (
	GOOS     = "linux"
	GOARCH   = "amd64"
	Compiler = "gc"
)

type MemStats struct {
	Alloc         uint64
	TotalAlloc    uint64
	Sys           uint64
	Lookups       uint64
	Mallocs       uint64
	Frees         uint64
	HeapAlloc     uint64
	HeapSys       uint64
	HeapIdle      uint64
	HeapInuse     uint64
	HeapReleased  uint64
	HeapObjects   uint64
	StackInuse    uint64
	StackSys      uint64
	NextGC        uint64
	LastGC        uint64
	PauseTotalNs  uint64
	PauseNs       [256]uint64
	NumGC         uint32
	NumForcedGC   uint32
	GCCPUFraction float64
	EnableGC      bool
}

func ReadMemStats(m *MemStats) {
	heap, total, mallocs, gcs := native.MemStats()
	sys := (heap+4<<20)/(4<<20)*(4<<20) + 8<<20
	*m = MemStats{Alloc: heap, TotalAlloc: total, Sys: sys, Mallocs: mallocs, Frees: mallocs - min(mallocs, heap/64), HeapAlloc: heap, HeapSys: sys - 4<<20, HeapIdle: sys - 4<<20 - heap, HeapInuse: heap, HeapObjects: min(mallocs, heap/64), NextGC: max(4<<20, 2*heap), NumGC: uint32(gcs), EnableGC: true}
}

func GC()                  { native.GC() }
func Gosched()             { native.Gosched() }
func Goexit()              { native.Goexit() }
func NumGoroutine() int    { return native.NumGoroutine() }
func NumCPU() int          { return 2 }
func NumCgoCall() int64    { return 0 }
func GOROOT() string       { return "/usr/local/go" }
func Version() string
func KeepAlive(x any)      {}
func LockOSThread()        {}
func UnlockOSThread()      {}

func SetFinalizer(obj any, finalizer any) { native.Finalizer(obj, finalizer) }

// A Cleanup is a function that waits for an object to become garbage.
type Cleanup struct{ id uint64 }

func AddCleanup[T, S any](ptr *T, cleanup func(S), arg S) Cleanup {
	return Cleanup{native.Cleanup(unsafe.Pointer(ptr), func() { cleanup(arg) })}
}

func (c Cleanup) Stop() { native.StopCleanup(c.id) }

func Breakpoint()          {}
func SetBlockProfileRate(rate int)          {}
func SetCPUProfileRate(hz int)              {}
func SetMutexProfileFraction(rate int) int { return 0 }

var MemProfileRate = 512 * 1024

type Pinner struct{}

func (*Pinner) Pin(pointer any) {}
func (*Pinner) Unpin()          {}

var procs = 0

func GOMAXPROCS(n int) int {
	if procs == 0 {
		procs = 2
	}
	old := procs
	if n > 0 {
		procs = n
	}
	return old
}

func Stack(buf []byte, all bool) int { return copy(buf, native.Stack(all)) }

// A program counter is an index into frames, plus 1.
type frame struct {
	fn, file string
	line     int
}

var frames []frame

func pc(fn, file string, line int) uintptr {
	for i, f := range frames {
		if f.line == line && f.fn == fn && f.file == file {
			return uintptr(i + 1)
		}
	}
	frames = append(frames, frame{fn, file, line})
	return uintptr(len(frames))
}

func Caller(skip int) (pc_ uintptr, file string, line int, ok bool) {
	fn, file, line, ok := native.Caller(skip + 1)
	if !ok {
		return 0, "", 0, false
	}
	return pc(fn, file, line), file, line, true
}

func Callers(skip int, pcs []uintptr) int {
	for i := range pcs {
		fn, file, line, ok := native.Caller(skip + i)
		if !ok {
			return i
		}
		pcs[i] = pc(fn, file, line)
	}
	return len(pcs)
}

type Func struct{ f frame }

func FuncForPC(pc uintptr) *Func {
	if pc > 0 && int(pc) <= len(frames) {
		return &Func{frames[pc-1]}
	}
	if name := native.FuncNameAt(pc); name != "" {
		return &Func{frame{fn: name}}
	}
	return nil
}

func (f *Func) Name() string {
	if f == nil {
		return ""
	}
	return f.f.fn
}
func (f *Func) Entry() uintptr                            { return 0 }
func (f *Func) FileLine(pc uintptr) (file string, line int) { return f.f.file, f.f.line }

type Frame struct {
	PC       uintptr
	Func     *Func
	Function string
	File     string
	Line     int
	Entry    uintptr
}

type Frames struct{ pcs []uintptr }

func CallersFrames(callers []uintptr) *Frames { return &Frames{callers} }

func (f *Frames) Next() (frame Frame, more bool) {
	if len(f.pcs) == 0 {
		return
	}
	p := f.pcs[0]
	f.pcs = f.pcs[1:]
	fn := FuncForPC(p)
	return Frame{p, fn, fn.Name(), fn.f.file, fn.f.line, 0}, len(f.pcs) > 0
}
