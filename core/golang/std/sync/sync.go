// Package sync has locks and other meeting points of goroutines, over native.Park and Ready.
package sync

import (
	"internal/native"
	"sync/atomic"
)

type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}

// queues are the goroutines waiting at each semaphore in use; a semaphore that nobody waits at is 0.
var (
	queues = map[uint32][]int{}
	lastID uint32
)

func wait(sema *uint32, reason string) {
	if *sema == 0 {
		lastID++
		*sema = lastID
	}
	queues[*sema] = append(queues[*sema], native.Self())
	native.Park(reason)
}

// wake readies the goroutine that waits longest and tells whether there was one.
func wake(sema *uint32) bool {
	if *sema == 0 {
		return false
	}
	q := queues[*sema]
	if len(q) == 1 {
		delete(queues, *sema)
		*sema = 0
	} else {
		queues[*sema] = q[1:]
	}
	native.Ready(q[0])
	return true
}

type Locker interface {
	Lock()
	Unlock()
}

type mutex struct {
	state int32
	sema  uint32
}

type Mutex struct {
	_  noCopy
	mu mutex
}

func (m *Mutex) Lock() {
	if m.mu.state == 0 {
		m.mu.state = 1
		return
	}
	wait(&m.mu.sema, "sync.Mutex.Lock")
}

func (m *Mutex) TryLock() bool {
	if m.mu.state != 0 {
		return false
	}
	m.mu.state = 1
	return true
}

func (m *Mutex) Unlock() {
	if m.mu.state == 0 {
		native.Fatal("sync: unlock of unlocked mutex")
	}
	if m.mu.sema == 0 || !wake(&m.mu.sema) {
		m.mu.state = 0
	}
}

// A RWMutex is held by readerCount readers, or by a writer (readerCount is -1); those who wait
// stand in the two queues, and no reader overtakes a waiting writer.
type RWMutex struct {
	w           Mutex
	writerSem   uint32
	readerSem   uint32
	readerCount atomic.Int32
	readerWait  atomic.Int32
}

func (rw *RWMutex) TryRLock() bool {
	if n := rw.readerCount.Load(); n < 0 || rw.writerSem != 0 {
		return false
	}
	rw.readerCount.Add(1)
	return true
}

func (rw *RWMutex) RLock() {
	if !rw.TryRLock() {
		wait(&rw.readerSem, "sync.RWMutex.RLock")
	}
}

func (rw *RWMutex) RUnlock() {
	if rw.readerCount.Load() <= 0 {
		native.Fatal("sync: RUnlock of unlocked RWMutex")
	}
	if rw.readerCount.Add(-1) == 0 && rw.writerSem != 0 {
		rw.readerCount.Store(-1)
		wake(&rw.writerSem)
	}
}

func (rw *RWMutex) TryLock() bool {
	return rw.readerCount.CompareAndSwap(0, -1)
}

func (rw *RWMutex) Lock() {
	if !rw.TryLock() {
		wait(&rw.writerSem, "sync.RWMutex.Lock")
	}
}

func (rw *RWMutex) Unlock() {
	if rw.readerCount.Load() >= 0 {
		native.Fatal("sync: Unlock of unlocked RWMutex")
	}
	rw.readerCount.Store(0)
	for wake(&rw.readerSem) {
		rw.readerCount.Add(1)
	}
	if rw.readerCount.Load() == 0 && rw.writerSem != 0 {
		rw.readerCount.Store(-1)
		wake(&rw.writerSem)
	}
}

type rlocker RWMutex

func (r *rlocker) Lock()   { (*RWMutex)(r).RLock() }
func (r *rlocker) Unlock() { (*RWMutex)(r).RUnlock() }

func (rw *RWMutex) RLocker() Locker { return (*rlocker)(rw) }

type WaitGroup struct {
	noCopy noCopy
	state  atomic.Uint64
	sema   uint32
}

func (wg *WaitGroup) Add(delta int) {
	n := wg.state.Add(uint64(delta))
	if int64(n) < 0 {
		panic("sync: negative WaitGroup counter")
	}
	if n == 0 {
		for wake(&wg.sema) {
		}
	}
}

func (wg *WaitGroup) Done() { wg.Add(-1) }

func (wg *WaitGroup) Wait() {
	if wg.state.Load() != 0 {
		wait(&wg.sema, "sync.WaitGroup.Wait")
	}
}

func (wg *WaitGroup) Go(f func()) {
	wg.Add(1)
	go func() {
		defer wg.Done()
		f()
	}()
}

type Once struct {
	_    noCopy
	done atomic.Bool
	m    Mutex
}

func (o *Once) Do(f func()) {
	if o.done.Load() {
		return
	}
	o.m.Lock()
	defer o.m.Unlock()
	if !o.done.Load() {
		defer o.done.Store(true)
		f()
	}
}

type Cond struct {
	noCopy noCopy
	L      Locker
	sema   uint32
}

func NewCond(l Locker) *Cond { return &Cond{L: l} }

func (c *Cond) Wait() {
	// Nobody else runs between the unlock's end and Park, and a Ready before Park is not lost.
	if c.sema == 0 {
		lastID++
		c.sema = lastID
	}
	queues[c.sema] = append(queues[c.sema], native.Self())
	c.L.Unlock()
	native.Park("sync.Cond.Wait")
	c.L.Lock()
}

func (c *Cond) Signal() { wake(&c.sema) }

func (c *Cond) Broadcast() {
	if c.sema == 0 {
		return
	}
	q := queues[c.sema]
	delete(queues, c.sema)
	c.sema = 0
	for _, g := range q {
		native.Ready(g)
	}
}

type Pool struct {
	noCopy noCopy
	New    func() any
	free   []any
}

func (p *Pool) Get() any {
	if n := len(p.free); n > 0 {
		x := p.free[n-1]
		p.free = p.free[:n-1]
		return x
	}
	if p.New != nil {
		return p.New()
	}
	return nil
}

func (p *Pool) Put(x any) {
	if x != nil && len(p.free) < 64 {
		p.free = append(p.free, x)
	}
}

type Map struct {
	_ noCopy
	m map[any]any
}

func (m *Map) Load(key any) (value any, ok bool) {
	value, ok = m.m[key]
	return
}

func (m *Map) Store(key, value any) { m.Swap(key, value) }

func (m *Map) Swap(key, value any) (previous any, loaded bool) {
	if m.m == nil {
		m.m = map[any]any{}
	}
	previous, loaded = m.m[key]
	m.m[key] = value
	return
}

func (m *Map) LoadOrStore(key, value any) (actual any, loaded bool) {
	if v, ok := m.m[key]; ok {
		return v, true
	}
	m.Store(key, value)
	return value, false
}

func (m *Map) LoadAndDelete(key any) (value any, loaded bool) {
	value, loaded = m.m[key]
	delete(m.m, key)
	return
}

func (m *Map) Delete(key any) { delete(m.m, key) }

func (m *Map) CompareAndSwap(key, old, new any) bool {
	v, ok := m.m[key]
	if !ok || v != old {
		return false
	}
	m.m[key] = new
	return true
}

func (m *Map) CompareAndDelete(key, old any) bool {
	v, ok := m.m[key]
	if !ok || v != old {
		return false
	}
	delete(m.m, key)
	return true
}

func (m *Map) Range(f func(key, value any) bool) {
	for k, v := range m.m {
		if !f(k, v) {
			return
		}
	}
}

func (m *Map) Clear() { clear(m.m) }

func OnceFunc(f func()) func() {
	g := OnceValue(func() bool {
		f()
		return true
	})
	return func() { g() }
}

func OnceValue[T any](f func() T) func() T {
	g := OnceValues(func() (T, bool) { return f(), true })
	return func() T {
		v, _ := g()
		return v
	}
}

func OnceValues[T1, T2 any](f func() (T1, T2)) func() (T1, T2) {
	var once Once
	var r1 T1
	var r2 T2
	var p any
	valid := false
	return func() (T1, T2) {
		once.Do(func() {
			defer func() {
				if !valid {
					p = recover()
					panic(p)
				}
			}()
			r1, r2 = f()
			valid = true
		})
		if !valid {
			panic(p)
		}
		return r1, r2
	}
}
