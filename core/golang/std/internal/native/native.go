// Package native is every function that the virtual machine provides to the standard packages.
//
// A function without body, here or in another standard package, is a Rust function registered as
// "import/path.Name" ("internal/native.Park", "strings.Index"). Go code between two calls or loop
// ends is never interrupted: sync and sync/atomic rely on it. An errno of 0 is success.
package native

import "unsafe"

// Goroutines. Park blocks until Ready names this goroutine; reason is the word in a deadlock's
// trace ("sync.Mutex.Lock"). Ready before Park makes the next Park return at once.
func Self() int
func Park(reason string)
func Ready(g int)
func Gosched()
func Goexit()
func NumGoroutine() int

// Fatal ends the program like `fatal error: msg`, with traces and status 2.
func Fatal(msg string)

// Stack is the text of the calling goroutine's trace (debug.Stack).
func Stack(all bool) string

// Caller describes the frame skip levels above its caller (0: the caller of Caller).
func Caller(skip int) (function, file string, line int, ok bool)
func GC()

// MemStats gives live bytes, total allocated bytes, number of objects ever allocated, collections.
func MemStats() (heap, total, mallocs, gcs uint64)

// What happens when nothing refers to an object any more: a finalizer (nil: none) gets it, a
// cleanup is called, a word becomes 0. These hold on to the function, not to the object.
func Finalizer(object, finalizer any)
func Cleanup(object unsafe.Pointer, f func()) (id uint64)
func StopCleanup(id uint64)
func Forget(object, word unsafe.Pointer)

// Random is the process's seeded randomness.
func Random() uint64

// Time, in nanoseconds. Now is the wall clock since 1970, Mono counts from the program's start.
func Now() int64
func Mono() int64
func Sleep(ns int64)

// StartTimer runs f on a goroutine of its own once Mono reaches when (it is not counted as a
// goroutine before). StopTimer tells whether it was still to come.
func StartTimer(when int64, f func()) int
func StopTimer(id int) bool

// The process. FuncName is a function value's name ("main.f", "main.f.func1").
func Exit(code int)
func Args() []string
func Environ() []string
func Hostname() (name string, errno int)
func Getpid() int
func Getppid() int
func Getuid() int
func Getgid() int
func FuncName(f any) string

// Files. Flags, modes, whence and errnos are Linux's. Read gives 0, 0 at the end. Stat's mode has
// Linux's type bits; times are Unix nanoseconds. ReadDir sorts.
func Open(path string, flags int, perm uint32) (fd, errno int)
func Read(fd int, p []byte) (n, errno int)
func Write(fd int, p []byte) (n, errno int)
func Close(fd int) (errno int)
func Seek(fd int, offset int64, whence int) (pos int64, errno int)
func Stat(path string, follow bool) (mode uint32, size, mtime int64, ino, errno int)
func Fstat(fd int) (mode uint32, size, mtime int64, ino, errno int)
func ReadDir(path string) (names []string, errno int)
func Mkdir(path string, perm uint32) (errno int)
func Unlink(path string) (errno int)
func Rmdir(path string) (errno int)
func Rename(from, to string) (errno int)
func Link(from, to string) (errno int)
func Symlink(target, path string) (errno int)
func Readlink(path string) (target string, errno int)
func Chmod(path string, mode uint32) (errno int)
func Chown(path string, uid, gid int) (errno int)
func Chtimes(path string, mtime int64) (errno int)
func Truncate(path string, size int64) (errno int)
func Chdir(path string) (errno int)
func Getwd() (path string, errno int)
func Isatty(fd int) bool

// Processes. Spawn starts the program file path; fds become 0, 1, 2… (-1: /dev/null). Wait blocks
// and gives the exit status, or 128+signal with signaled.
func Pipe() (r, w, errno int)
func Spawn(path string, argv, env []string, dir string, fds []int) (pid, errno int)
func Wait(pid int) (status int, signaled bool, errno int)
func Kill(pid, sig int) (errno int)

// Signals. OnSignal sets the function that runs, on a goroutine of its own, for each signal whose
// mode is 1. SignalMode: 0 default action, 1 deliver, 2 ignore. While any mode is 1, waiting for
// ever is not a deadlock.
func OnSignal(f func(sig int))
func SignalMode(sig, mode int)

// The network. Connections are file descriptors for Read, Write and Close. Addresses are
// "ip:port". Timeouts and deadlines are Mono times, 0 for none; a passed deadline gives ETIMEDOUT
// (110). Resolve's code: 0 found, 1 no such host, 2 server misbehaving, 3 timeout.
func Dial(network, address string, deadline int64) (fd, errno int)
func Listen(network, address string) (fd, errno int)
func Accept(fd int) (conn, errno int)
func SockAddr(fd int) (local, remote string)
func SetDeadline(fd int, write bool, when int64)
func CloseWrite(fd int) (errno int)
func SendTo(fd int, p []byte, address string) (n, errno int)
func RecvFrom(fd int, p []byte) (n int, address string, errno int)
func Resolve(host string) (addresses []string, server string, code int)
func Interfaces() (names []string, addresses []string)

// Types are small numbers, 0 is none (the type of a nil interface). Kinds are reflect's.
func TypeOf(v any) int
func TypeKind(t int) int
func TypeString(t int) string
func TypeName(t int) string
func TypePkgPath(t int) string
func TypeElem(t int) int
func TypeKey(t int) int
func TypeLen(t int) int
func TypeSize(t int) int
func TypeChanDir(t int) int
func TypeNumField(t int) int

// TypeField's pkg is empty for an exported field.
func TypeField(t, i int) (name string, typ int, tag, pkg string, embedded bool)
func TypeFunc(t int) (in, out []int, variadic bool)

// TypeMethods are the exported methods of t's method set, sorted (all of them for an interface).
func TypeMethods(t int) []string

// TypeMethod is the function type of a method without receiver, 0 if there is none.
func TypeMethod(t int, name string) int
func TypeComparable(t int) bool
func TypeAssignable(from, to int) bool
func TypeConvertible(from, to int) bool
func PointerTo(t int) int
func SliceOf(t int) int
func ArrayOf(n, t int) int
func MapOf(k, v int) int
func ChanOf(dir, t int) int
func FuncOf(in, out []int, variadic bool) int

// StructOf makes exported fields; words are their names and then their tags, with zeros between.
func StructOf(types []int, words string) int

// Values. A p is an any that holds a pointer; what it points to may be of interface type: then Load
// gives the dynamic value and Store puts v into the interface. Methods and fields that are not
// exported are reachable here.
func Comparable(v any) bool
func IsNil(v any) bool
func Pointer(v any) uintptr
func Len(v any) int
func Cap(v any) int
func Int(v any) int64
func Uint(v any) uint64
func Float(v any) float64
func Complex(v any) complex128
func Bool(v any) bool
func String(v any) string
func Bytes(v any) []byte
func Field(v any, i int) any
func Index(v any, i int) any
func FieldPtr(p any, i int) any
func IndexPtr(v any, i int) any // of a slice or of a pointer to an array
func Load(p any) any
func Store(p, v any)
func Zero(t int) any
func New(t int) any
func Convert(v any, t int) any
func Slice(v any, i, j, k int) any // of a slice, a string or a pointer to an array; k < 0: cap
func MakeSlice(t, n, c int) any
func MakeMap(t int) any
func MakeChan(t, n int) any
func MakeFunc(t int, f func([]any) []any) any

// MapKeys are sorted as fmt sorts them if sorted, else in the map's random order.
func MapKeys(m any, sorted bool) []any
func MapGet(m, k any) (v any, ok bool)
func MapSet(m, k, v any)
func MapDelete(m, k any)

// Send and Recv tell whether they happened; they block only if block.
func Send(c, v any, block bool) bool
func Recv(c any, block bool) (v any, ok, done bool)
func CloseChan(c any)

// Method is a method bound to v as a function value, nil if v's type has none of that name. Call
// takes a variadic function's last arguments as one slice.
func Method(v any, name string) any
func Call(f any, args []any) []any

// AssignTo stores v into *target if v's type may be assigned to it.
func AssignTo(target, v any) bool

// Swap exchanges two elements of a slice. SortOrdered sorts a slice of integers, floats (NaN first)
// or strings.
func Swap(slice any, i, j int)
func SortOrdered(slice any)

// FuncNameAt is the name of the function whose Pointer is p, "" for none.
func FuncNameAt(p uintptr) string
