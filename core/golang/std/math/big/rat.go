// Fractions.
package big

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A Rat's b is 1 if it has no words.
type Rat struct{ a, b Int }

func NewRat(a, b int64) *Rat {
	if b == 0 {
		panic("division by zero")
	}
	return new(Rat).SetFrac(NewInt(a), NewInt(b))
}

func (z *Rat) norm() *Rat {
	if len(z.b.abs) == 0 {
		z.b.SetInt64(1)
	}
	if z.b.neg {
		z.b.neg = false
		z.a.Neg(&z.a)
	}
	if g := new(Int).GCD(nil, nil, &z.a, &z.b); g.Cmp(NewInt(1)) > 0 {
		z.a.Quo(&z.a, g)
		z.b.Quo(&z.b, g)
	}
	return z
}

func (z *Rat) SetFrac(a, b *Int) *Rat {
	if len(b.abs) == 0 {
		panic("division by zero")
	}
	x, y := *a, *b
	z.a, z.b = x, y
	return z.norm()
}
func (z *Rat) SetFrac64(a, b int64) *Rat { return z.SetFrac(NewInt(a), NewInt(b)) }
func (z *Rat) SetInt(x *Int) *Rat        { return z.SetFrac(x, NewInt(1)) }
func (z *Rat) SetInt64(x int64) *Rat     { return z.SetInt(NewInt(x)) }
func (z *Rat) SetUint64(x uint64) *Rat   { return z.SetInt(new(Int).SetUint64(x)) }
func (z *Rat) Set(x *Rat) *Rat {
	*z = *x
	return z.norm()
}
func (z *Rat) SetFloat64(f float64) *Rat {
	if f-f != 0 {
		return nil
	}
	m, e := math.Frexp(f)
	a, b := NewInt(int64(m*(1<<53))), NewInt(1)
	if e -= 53; e > 0 {
		a.Lsh(a, uint(e))
	} else {
		b.Lsh(b, uint(-e))
	}
	return z.SetFrac(a, b)
}
func (x *Rat) Num() *Int { return &x.a }
func (x *Rat) Denom() *Int {
	if len(x.b.abs) == 0 {
		return NewInt(1)
	}
	return &x.b
}
func (x *Rat) Sign() int       { return x.a.Sign() }
func (x *Rat) IsInt() bool     { return x.Denom().Cmp(NewInt(1)) == 0 }
func (z *Rat) Abs(x *Rat) *Rat {
	z.Set(x).a.neg = false
	return z
}
func (z *Rat) Neg(x *Rat) *Rat {
	z.Set(x).a.Neg(&z.a)
	return z
}
func (z *Rat) Inv(x *Rat) *Rat { return z.SetFrac(x.Denom(), x.Num()) }
func (x *Rat) Cmp(y *Rat) int {
	return new(Int).Mul(x.Num(), y.Denom()).Cmp(new(Int).Mul(y.Num(), x.Denom()))
}
func (z *Rat) Add(x, y *Rat) *Rat {
	n := new(Int).Mul(x.Num(), y.Denom())
	return z.SetFrac(n.Add(n, new(Int).Mul(y.Num(), x.Denom())), new(Int).Mul(x.Denom(), y.Denom()))
}
func (z *Rat) Sub(x, y *Rat) *Rat { return z.Add(x, new(Rat).Neg(y)) }
func (z *Rat) Mul(x, y *Rat) *Rat {
	return z.SetFrac(new(Int).Mul(x.Num(), y.Num()), new(Int).Mul(x.Denom(), y.Denom()))
}
func (z *Rat) Quo(x, y *Rat) *Rat {
	if y.Sign() == 0 {
		panic("division by zero")
	}
	return z.SetFrac(new(Int).Mul(x.Num(), y.Denom()), new(Int).Mul(x.Denom(), y.Num()))
}

func (z *Rat) SetString(s string) (*Rat, bool) {
	if a, b, ok := strings.Cut(s, "/"); ok {
		x, ok1 := new(Int).SetString(a, 0)
		y, ok2 := new(Int).SetString(b, 0)
		if !ok1 || !ok2 || y.Sign() == 0 || y.neg {
			return nil, false
		}
		return z.SetFrac(x, y), true
	}
	exp := 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		e, err := strconv.Atoi(s[i+1:])
		if err != nil || e > 100000 || e < -100000 {
			return nil, false
		}
		exp, s = e, s[:i]
	}
	if i := strings.IndexByte(s, '.'); i >= 0 {
		exp -= len(s) - i - 1
		s = s[:i] + s[i+1:]
	}
	a, ok := new(Int).SetString(s, 10)
	if !ok {
		return nil, false
	}
	p := new(Int).Exp(NewInt(10), NewInt(int64(max(exp, -exp))), nil)
	if exp < 0 {
		return z.SetFrac(a, p), true
	}
	return z.SetInt(a.Mul(a, p)), true
}

func (x *Rat) String() string { return x.a.String() + "/" + x.Denom().String() }
func (x *Rat) RatString() string {
	if x.IsInt() {
		return x.a.String()
	}
	return x.String()
}

func (x *Rat) FloatString(prec int) string {
	if x.IsInt() {
		s := x.a.String()
		if prec > 0 {
			s += "." + strings.Repeat("0", prec)
		}
		return s
	}
	p := new(Int).Exp(NewInt(10), NewInt(int64(prec)), nil)
	n := new(Int).Abs(&x.a)
	n.Mul(n, p)
	q, r := new(Int).QuoRem(n, &x.b, new(Int))
	if r.Lsh(r, 1).Cmp(&x.b) >= 0 {
		q.Add(q, NewInt(1))
	}
	s := q.String()
	for len(s) <= prec {
		s = "0" + s
	}
	if prec > 0 {
		s = s[:len(s)-prec] + "." + s[len(s)-prec:]
	}
	if x.a.neg {
		s = "-" + s
	}
	return s
}

func (x *Rat) FloatPrec() (n int, exact bool) {
	d := new(Int).Set(x.Denom())
	count := func(p int64) (c int) {
		for {
			q, r := new(Int).QuoRem(d, NewInt(p), new(Int))
			if r.Sign() != 0 {
				return
			}
			d = q
			c++
		}
	}
	n = max(count(2), count(5))
	return n, d.Cmp(NewInt(1)) == 0
}

func (x *Rat) Float64() (f float64, exact bool) {
	f, _ = new(Float).SetPrec(53).SetMode(ToNearestEven).SetRat(x).Float64()
	return f, new(Rat).SetFloat64(f) != nil && new(Rat).SetFloat64(f).Cmp(x) == 0
}
func (x *Rat) Float32() (float32, bool) {
	f, _ := x.Float64()
	g := float32(f)
	return g, new(Rat).SetFloat64(float64(g)).Cmp(x) == 0
}
func (x *Rat) MarshalText() ([]byte, error) { return []byte(x.RatString()), nil }
func (z *Rat) UnmarshalText(b []byte) error {
	if _, ok := z.SetString(string(b)); !ok {
		return fmt.Errorf("math/big: cannot unmarshal %q into a *big.Rat", b)
	}
	return nil
}
