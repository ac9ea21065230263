// Package rand: the first generator of pseudo-random numbers, with its sequences.
package rand

import (
	"internal/ziggurat"
	"internal/native"
	"math"
)

type Source interface {
	Int63() int64
	Seed(seed int64)
}

type Source64 interface {
	Source
	Uint64() uint64
}

// cooked is the lagged Fibonacci generator's state, seeded with 1, after 7.8e12 steps.
func cooked() []uint64

type source struct {
	tap, feed int
	vec       [607]uint64
}

func next(x int32) int32 {
	if x = 48271*(x%44488) - 3399*(x/44488); x < 0 {
		x += 1<<31 - 1
	}
	return x
}

var start []uint64

func (s *source) Seed(seed int64) {
	if start == nil {
		start = cooked()
	}
	s.tap, s.feed = 0, 607-273
	if seed %= 1<<31 - 1; seed < 0 {
		seed += 1<<31 - 1
	}
	if seed == 0 {
		seed = 89482311
	}
	x := int32(seed)
	for range 20 {
		x = next(x)
	}
	for i := range s.vec {
		x = next(x)
		u := uint64(x) << 40
		x = next(x)
		u ^= uint64(x) << 20
		x = next(x)
		s.vec[i] = u ^ uint64(x) ^ start[i]
	}
}

func (s *source) Int63() int64 { return int64(s.Uint64() &^ (1 << 63)) }

func (s *source) Uint64() uint64 {
	if s.tap--; s.tap < 0 {
		s.tap += 607
	}
	if s.feed--; s.feed < 0 {
		s.feed += 607
	}
	s.vec[s.feed] += s.vec[s.tap]
	return s.vec[s.feed]
}

func NewSource(seed int64) Source {
	s := &source{}
	s.Seed(seed)
	return s
}

type system struct{}

func (system) Int63() int64    { return int64(native.Random() >> 1) }
func (system) Uint64() uint64  { return native.Random() }
func (system) Seed(seed int64) {}

type Rand struct {
	src     Source
	readVal int64
	readPos int
}

func New(src Source) *Rand { return &Rand{src: src} }

var global = New(system{})

func (r *Rand) Seed(seed int64) { r.src.Seed(seed); r.readPos = 0 }
func (r *Rand) Int63() int64    { return r.src.Int63() }
func (r *Rand) Uint32() uint32  { return uint32(r.Int63() >> 31) }
func (r *Rand) Int31() int32    { return int32(r.Int63() >> 32) }
func (r *Rand) Int() int        { return int(r.Int63()) }
func (r *Rand) Uint64() uint64 {
	if s, ok := r.src.(Source64); ok {
		return s.Uint64()
	}
	return uint64(r.Int63())>>31 | uint64(r.Int63())<<32
}

func (r *Rand) Int63n(n int64) int64 {
	if n <= 0 {
		panic("invalid argument to Int63n")
	}
	if n&(n-1) == 0 {
		return r.Int63() & (n - 1)
	}
	limit := int64(1<<63 - 1 - (1<<63)%uint64(n))
	v := r.Int63()
	for v > limit {
		v = r.Int63()
	}
	return v % n
}

func (r *Rand) Int31n(n int32) int32 {
	if n <= 0 {
		panic("invalid argument to Int31n")
	}
	if n&(n-1) == 0 {
		return r.Int31() & (n - 1)
	}
	limit := int32(1<<31 - 1 - (1<<31)%uint32(n))
	v := r.Int31()
	for v > limit {
		v = r.Int31()
	}
	return v % n
}

func (r *Rand) Intn(n int) int {
	if n <= 0 {
		panic("invalid argument to Intn")
	}
	if n <= 1<<31-1 {
		return int(r.Int31n(int32(n)))
	}
	return int(r.Int63n(int64(n)))
}

func (r *Rand) Float64() float64 {
	for {
		if f := float64(r.Int63()) / (1 << 63); f != 1 {
			return f
		}
	}
}

func (r *Rand) Float32() float32 {
	for {
		if f := float32(r.Float64()); f != 1 {
			return f
		}
	}
}

func (r *Rand) Perm(n int) []int {
	m := make([]int, n)
	for i := range m {
		j := r.Intn(i + 1)
		m[i] = m[j]
		m[j] = i
	}
	return m
}

func (r *Rand) below(n uint32) uint32 {
	p := uint64(r.Uint32()) * uint64(n)
	if uint32(p) < n {
		for least := -n % n; uint32(p) < least; {
			p = uint64(r.Uint32()) * uint64(n)
		}
	}
	return uint32(p >> 32)
}

func (r *Rand) Shuffle(n int, swap func(i, j int)) {
	if n < 0 {
		panic("invalid argument to Shuffle")
	}
	for i := n - 1; i > 0; i-- {
		if i > 1<<31-2 {
			swap(i, int(r.Int63n(int64(i+1))))
		} else {
			swap(i, int(r.below(uint32(i+1))))
		}
	}
}

func (r *Rand) Read(p []byte) (int, error) {
	for i := range p {
		if r.readPos == 0 {
			r.readVal, r.readPos = r.Int63(), 7
		}
		p[i] = byte(r.readVal)
		r.readVal >>= 8
		r.readPos--
	}
	return len(p), nil
}

func (r *Rand) draw() (j, i uint32) {
	j = r.Uint32()
	return j, j
}
func (r *Rand) NormFloat64() float64 { return ziggurat.Normal(r.draw, r.Float64) }
func (r *Rand) ExpFloat64() float64  { return ziggurat.Exponential(r.draw, r.Float64) }

func Seed(seed int64)                       {}
func Int63() int64                          { return global.Int63() }
func Uint32() uint32                        { return global.Uint32() }
func Uint64() uint64                        { return global.Uint64() }
func Int31() int32                          { return global.Int31() }
func Int() int                              { return global.Int() }
func Int63n(n int64) int64                  { return global.Int63n(n) }
func Int31n(n int32) int32                  { return global.Int31n(n) }
func Intn(n int) int                        { return global.Intn(n) }
func Float64() float64                      { return global.Float64() }
func Float32() float32                      { return global.Float32() }
func Perm(n int) []int                      { return global.Perm(n) }
func Shuffle(n int, swap func(i, j int))    { global.Shuffle(n, swap) }
func Read(p []byte) (n int, err error)      { return global.Read(p) }
func NormFloat64() float64                  { return global.NormFloat64() }
func ExpFloat64() float64                   { return global.ExpFloat64() }
