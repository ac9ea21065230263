// Package big: integers, fractions and floats of any length.
package big

import (
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"math/rand"
	"strings"
)

type Word uint

const (
	MaxBase = 62
	MaxPrec = math.MaxUint32
	MinExp  = math.MinInt32
	MaxExp  = math.MaxInt32
)

// arith: 0 +, 1 -, 2 *, 3 / and %, 4 &, 5 square root, 6 <<, 7 >>, 8 |, 9 ^. Results have no leading zeros.
func arith(op int, x, y []uint) (z, w []uint)
func modpow(x, y, m []uint) []uint
func text(x []uint, base int) string
func parse(s string, base int) ([]uint, bool)

type Int struct {
	neg bool
	abs []uint
}

func NewInt(x int64) *Int { return new(Int).SetInt64(x) }

func word(x uint64) []uint {
	if x == 0 {
		return nil
	}
	return []uint{uint(x)}
}

func (z *Int) set(neg bool, abs []uint) *Int {
	z.neg, z.abs = neg && len(abs) > 0, abs
	return z
}

func (z *Int) SetInt64(x int64) *Int {
	u := uint64(x)
	if x < 0 {
		u = -u
	}
	return z.set(x < 0, word(u))
}
func (z *Int) SetUint64(x uint64) *Int { return z.set(false, word(x)) }
func (z *Int) Set(x *Int) *Int         { return z.set(x.neg, x.abs) }
func (x *Int) Bits() []Word {
	var w []Word
	for _, u := range x.abs {
		w = append(w, Word(u))
	}
	return w
}
func (z *Int) SetBits(abs []Word) *Int {
	var l []uint
	for _, w := range abs {
		l = append(l, uint(w))
	}
	for len(l) > 0 && l[len(l)-1] == 0 {
		l = l[:len(l)-1]
	}
	return z.set(false, l)
}
func (x *Int) Sign() int {
	if len(x.abs) == 0 {
		return 0
	}
	if x.neg {
		return -1
	}
	return 1
}
func (z *Int) Abs(x *Int) *Int { return z.set(false, x.abs) }
func (z *Int) Neg(x *Int) *Int { return z.set(!x.neg, x.abs) }

func cmp(x, y []uint) int {
	if len(x) != len(y) {
		if len(x) < len(y) {
			return -1
		}
		return 1
	}
	for i := len(x) - 1; i >= 0; i-- {
		if x[i] != y[i] {
			if x[i] < y[i] {
				return -1
			}
			return 1
		}
	}
	return 0
}

func do(op int, x, y []uint) []uint {
	z, _ := arith(op, x, y)
	return z
}

func (x *Int) CmpAbs(y *Int) int { return cmp(x.abs, y.abs) }
func (x *Int) Cmp(y *Int) int {
	switch {
	case x.neg == y.neg:
		if c := cmp(x.abs, y.abs); !x.neg {
			return c
		} else {
			return -c
		}
	case x.neg:
		return -1
	}
	return 1
}

func (z *Int) add(x *Int, neg bool, abs []uint) *Int {
	if x.neg == neg {
		return z.set(neg, do(0, x.abs, abs))
	}
	if cmp(x.abs, abs) >= 0 {
		return z.set(x.neg, do(1, x.abs, abs))
	}
	return z.set(neg, do(1, abs, x.abs))
}
func (z *Int) Add(x, y *Int) *Int { return z.add(x, y.neg, y.abs) }
func (z *Int) Sub(x, y *Int) *Int { return z.add(x, !y.neg, y.abs) }
func (z *Int) Mul(x, y *Int) *Int { return z.set(x.neg != y.neg, do(2, x.abs, y.abs)) }

func (z *Int) MulRange(a, b int64) *Int {
	if a > b {
		return z.SetInt64(1)
	}
	if a <= 0 && b >= 0 {
		return z.SetInt64(0)
	}
	if b-a < 8 {
		z.SetInt64(a)
		for i := a + 1; i <= b; i++ {
			z.Mul(z, NewInt(i))
		}
		return z
	}
	m := a + (b-a)/2
	return z.Mul(new(Int).MulRange(a, m), new(Int).MulRange(m+1, b))
}

func (z *Int) Binomial(n, k int64) *Int {
	if k > n {
		return z.SetInt64(0)
	}
	k = min(k, n-k)
	r := NewInt(1)
	for i := int64(1); i <= k; i++ {
		r.Mul(r, NewInt(n-k+i))
		r.Quo(r, NewInt(i))
	}
	return z.Set(r)
}

func divide(x, y []uint) (q, r []uint) {
	if len(y) == 0 {
		panic("division by zero")
	}
	return arith(3, x, y)
}

func (z *Int) QuoRem(x, y, r *Int) (*Int, *Int) {
	q, m := divide(x.abs, y.abs)
	neg := x.neg
	z.set(neg != y.neg, q)
	return z, r.set(neg, m)
}
func (z *Int) Quo(x, y *Int) *Int {
	z.QuoRem(x, y, new(Int))
	return z
}
func (z *Int) Rem(x, y *Int) *Int {
	new(Int).QuoRem(x, y, z)
	return z
}

func (z *Int) DivMod(x, y, m *Int) (*Int, *Int) {
	d := new(Int).Set(y)
	z.QuoRem(x, y, m)
	if m.neg {
		if d.neg {
			z.Add(z, NewInt(1))
			m.Sub(m, d)
		} else {
			z.Sub(z, NewInt(1))
			m.Add(m, d)
		}
	}
	return z, m
}
func (z *Int) Div(x, y *Int) *Int {
	z.DivMod(x, y, new(Int))
	return z
}
func (z *Int) Mod(x, y *Int) *Int {
	new(Int).DivMod(x, y, z)
	return z
}

func (x *Int) IsInt64() bool {
	return len(x.abs) == 0 || len(x.abs) == 1 && (x.abs[0] < 1<<63 || x.neg && x.abs[0] == 1<<63)
}
func (x *Int) IsUint64() bool { return !x.neg && len(x.abs) <= 1 }
func (x *Int) Uint64() uint64 {
	if len(x.abs) == 0 {
		return 0
	}
	return uint64(x.abs[0])
}
func (x *Int) Int64() int64 {
	if x.neg {
		return -int64(x.Uint64())
	}
	return int64(x.Uint64())
}
func (x *Int) Float64() (float64, Accuracy) { return new(Float).SetInt(x).Float64() }

func (z *Int) Exp(x, y, m *Int) *Int {
	if m == nil || len(m.abs) == 0 {
		if y.Sign() <= 0 {
			return z.SetInt64(1)
		}
		r, b := NewInt(1), new(Int).Set(x)
		for i := 0; i < y.BitLen(); i++ {
			if y.Bit(i) == 1 {
				r.Mul(r, b)
			}
			if i+1 < y.BitLen() {
				b.Mul(b, b)
			}
		}
		return z.Set(r)
	}
	base := x
	if y.neg {
		if base = new(Int).ModInverse(x, m); base == nil {
			return nil
		}
	}
	r := modpow(do2(base.abs, m.abs), y.abs, m.abs)
	neg := len(r) > 0 && base.neg && y.Bit(0) == 1
	if neg {
		r = do(1, m.abs, r)
	}
	return z.set(false, r)
}

func do2(x, m []uint) []uint {
	_, r := divide(x, m)
	return r
}

func (z *Int) GCD(x, y, a, b *Int) *Int {
	r0, r1 := new(Int).Abs(a), new(Int).Abs(b)
	s0, s1, t0, t1 := NewInt(1), NewInt(0), NewInt(0), NewInt(1)
	q, r := new(Int), new(Int)
	for r1.Sign() != 0 {
		q.QuoRem(r0, r1, r)
		r0, r1, r = r1, r, new(Int)
		if x != nil || y != nil {
			s0, s1 = s1, new(Int).Sub(s0, new(Int).Mul(q, s1))
			t0, t1 = t1, new(Int).Sub(t0, new(Int).Mul(q, t1))
		}
	}
	if r0.Sign() == 0 {
		s0, t0 = NewInt(0), NewInt(0)
	} else if len(a.abs) == 0 {
		s0 = NewInt(0)
	}
	an, bn := a.neg, b.neg
	if x != nil {
		x.set(s0.neg != an, s0.abs)
	}
	if y != nil {
		y.set(t0.neg != bn, t0.abs)
	}
	return z.Set(r0)
}

func (z *Int) ModInverse(g, n *Int) *Int {
	m := new(Int).Abs(n)
	a := new(Int).Mod(g, m)
	var d, x Int
	d.GCD(&x, nil, a, m)
	if d.Cmp(NewInt(1)) != 0 {
		return nil
	}
	if x.neg {
		x.Add(&x, m)
	}
	return z.Set(&x)
}

func Jacobi(x, y *Int) int {
	if y.Bit(0) == 0 {
		panic(fmt.Sprintf("big: invalid 2nd argument to Int.Jacobi: need odd integer but got %s", y.String()))
	}
	a, b := new(Int).Set(x), new(Int).Set(y)
	j := 1
	if b.neg {
		if a.neg {
			j = -1
		}
		b.neg = false
	}
	for {
		if b.Cmp(NewInt(1)) == 0 {
			return j
		}
		if len(a.abs) == 0 {
			return 0
		}
		a.Mod(a, b)
		if len(a.abs) == 0 {
			return 0
		}
		s := a.TrailingZeroBits()
		if m := b.abs[0] & 7; s&1 != 0 && (m == 3 || m == 5) {
			j = -j
		}
		c := new(Int).Rsh(a, s)
		if b.abs[0]&3 == 3 && c.abs[0]&3 == 3 {
			j = -j
		}
		a, b = b, c
	}
}

func (z *Int) ModSqrt(x, p *Int) *Int {
	switch Jacobi(x, p) {
	case -1:
		return nil
	case 0:
		return z.SetInt64(0)
	}
	one, a := NewInt(1), new(Int).Mod(x, p)
	s := new(Int).Sub(p, one)
	e := s.TrailingZeroBits()
	s.Rsh(s, e)
	n := NewInt(2)
	for Jacobi(n, p) != -1 {
		n.Add(n, one)
	}
	y := new(Int).Exp(a, new(Int).Rsh(new(Int).Add(s, one), 1), p)
	b, g, r := new(Int).Exp(a, s, p), new(Int).Exp(n, s, p), e
	for {
		m := uint(0)
		for t := new(Int).Set(b); t.Cmp(one) != 0; m++ {
			t.Mul(t, t).Mod(t, p)
		}
		if m == 0 {
			return z.Set(y)
		}
		t := new(Int).Exp(g, new(Int).Lsh(one, r-m-1), p)
		g.Mul(t, t).Mod(g, p)
		y.Mul(y, t).Mod(y, p)
		b.Mul(b, g).Mod(b, p)
		r = m
	}
}

func (z *Int) Sqrt(x *Int) *Int {
	if x.neg {
		panic("square root of negative number")
	}
	return z.set(false, do(5, x.abs, nil))
}

func (z *Int) Lsh(x *Int, n uint) *Int { return z.set(x.neg, do(6, x.abs, word(uint64(n)))) }
func (z *Int) Rsh(x *Int, n uint) *Int {
	if x.neg {
		t := new(Int).set(false, do(7, do(1, x.abs, []uint{1}), word(uint64(n))))
		return z.set(true, do(0, t.abs, []uint{1}))
	}
	return z.set(false, do(7, x.abs, word(uint64(n))))
}

// logic of negative numbers: as if they had infinitely many ones.
func (z *Int) logic(op int, x, y *Int) *Int {
	if !x.neg && !y.neg {
		return z.set(false, do(op, x.abs, y.abs))
	}
	n := uint(max(x.BitLen(), y.BitLen()) + 1)
	m := new(Int).Lsh(NewInt(1), n)
	wrap := func(v *Int) []uint {
		if v.neg {
			return new(Int).Add(v, m).abs
		}
		return v.abs
	}
	r := new(Int).set(false, do(op, wrap(x), wrap(y)))
	if r.Bit(int(n-1)) == 1 {
		r.Sub(r, m)
	}
	return z.Set(r)
}
func (z *Int) And(x, y *Int) *Int    { return z.logic(4, x, y) }
func (z *Int) Or(x, y *Int) *Int     { return z.logic(8, x, y) }
func (z *Int) Xor(x, y *Int) *Int    { return z.logic(9, x, y) }
func (z *Int) Not(x *Int) *Int       { return z.Sub(new(Int).Neg(x), NewInt(1)) }
func (z *Int) AndNot(x, y *Int) *Int { return z.And(x, new(Int).Not(y)) }

func (x *Int) BitLen() int {
	n := len(x.abs)
	if n == 0 {
		return 0
	}
	return 64*(n-1) + bits.Len(x.abs[n-1])
}
func (x *Int) TrailingZeroBits() uint {
	for i, w := range x.abs {
		if w != 0 {
			return uint(64*i + bits.TrailingZeros(w))
		}
	}
	return 0
}
func (x *Int) Bit(i int) uint {
	if i < 0 {
		panic("negative bit index")
	}
	a := x.abs
	if x.neg {
		a = do(1, a, []uint{1})
	}
	b := uint(0)
	if i/64 < len(a) {
		b = a[i/64] >> (i % 64) & 1
	}
	if x.neg {
		b ^= 1
	}
	return b
}
func (z *Int) SetBit(x *Int, i int, b uint) *Int {
	if i < 0 {
		panic("negative bit index")
	}
	m := new(Int).Lsh(NewInt(1), uint(i))
	if b == 0 {
		return z.AndNot(x, m)
	}
	return z.Or(x, m)
}

func (x *Int) Bytes() []byte { return x.FillBytes(make([]byte, (x.BitLen()+7)/8)) }
func (x *Int) FillBytes(buf []byte) []byte {
	clear(buf)
	if (x.BitLen()+7)/8 > len(buf) {
		panic("math/big: buffer too small to fit value")
	}
	for i, w := range x.abs {
		for k := range 8 {
			if at := len(buf) - 1 - 8*i - k; at >= 0 {
				buf[at] = byte(w >> (8 * k))
			}
		}
	}
	return buf
}
func (z *Int) SetBytes(buf []byte) *Int {
	w := make([]uint, (len(buf)+7)/8)
	for i, b := range buf {
		at := len(buf) - 1 - i
		w[at/8] |= uint(b) << (at % 8 * 8)
	}
	for len(w) > 0 && w[len(w)-1] == 0 {
		w = w[:len(w)-1]
	}
	return z.set(false, w)
}

func (z *Int) Rand(rnd *rand.Rand, n *Int) *Int {
	if n.Sign() <= 0 {
		return z.SetInt64(0)
	}
	for {
		w := make([]uint, len(n.abs))
		for i := range w {
			w[i] = uint(rnd.Uint32()) | uint(rnd.Uint32())<<32
		}
		if b := n.BitLen() % 64; b > 0 {
			w[len(w)-1] &= 1<<b - 1
		}
		for len(w) > 0 && w[len(w)-1] == 0 {
			w = w[:len(w)-1]
		}
		if cmp(w, n.abs) < 0 {
			return z.set(false, w)
		}
	}
}

func (x *Int) ProbablyPrime(n int) bool {
	if n < 0 {
		panic("negative n for ProbablyPrime")
	}
	if x.neg || len(x.abs) == 0 {
		return false
	}
	small := []int64{2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37}
	for _, p := range small {
		q := NewInt(p)
		if x.Cmp(q) == 0 {
			return true
		}
		if new(Int).Rem(x, q).Sign() == 0 {
			return false
		}
	}
	one := NewInt(1)
	if x.Cmp(one) == 0 {
		return false
	}
	last := new(Int).Sub(x, one)
	k := last.TrailingZeroBits()
	q := new(Int).Rsh(last, k)
	seed := x.abs[0]
witness:
	for i := range n + len(small) {
		a := NewInt(0)
		if i < len(small) {
			a.SetInt64(small[i])
		} else {
			seed = seed*6364136223846793005 + 1442695040888963407
			a.Mod(new(Int).SetUint64(uint64(seed)), last)
			if a.Cmp(one) <= 0 {
				continue
			}
		}
		y := new(Int).Exp(a, q, x)
		if y.Cmp(one) == 0 || y.Cmp(last) == 0 {
			continue
		}
		for range k - 1 {
			y.Mul(y, y).Mod(y, x)
			if y.Cmp(last) == 0 {
				continue witness
			}
		}
		return false
	}
	return true
}

func (x *Int) Text(base int) string {
	if x == nil {
		return "<nil>"
	}
	s := text(x.abs, min(base, 36))
	if x.neg {
		s = "-" + s
	}
	return s
}
func (x *Int) Append(buf []byte, base int) []byte { return append(buf, x.Text(base)...) }
func (x *Int) String() string                     { return x.Text(10) }

func (z *Int) SetString(s string, base int) (*Int, bool) {
	neg := false
	if s != "" && (s[0] == '-' || s[0] == '+') {
		neg = s[0] == '-'
		s = s[1:]
	}
	if base == 0 {
		base = 10
		if len(s) > 1 && s[0] == '0' {
			cut := 2
			switch s[1] | 32 {
			case 'x':
				base = 16
			case 'b':
				base = 2
			case 'o':
				base = 8
			default:
				base, cut = 8, 1
			}
			s = s[cut:]
		}
		s = strings.ReplaceAll(s, "_", "")
	}
	if s == "" || s[0] == '+' || strings.Contains(s, "_") {
		return nil, false
	}
	abs, ok := parse(s, base)
	if !ok {
		return nil, false
	}
	return z.set(neg, abs), true
}

func (x *Int) Format(s fmt.State, ch rune) {
	base := 10
	switch ch {
	case 'b':
		base = 2
	case 'o', 'O':
		base = 8
	case 'd', 's', 'v':
	case 'x', 'X':
		base = 16
	default:
		fmt.Fprintf(s, "%%!%c(big.Int=%s)", ch, x.String())
		return
	}
	if x == nil {
		fmt.Fprint(s, "<nil>")
		return
	}
	sign := ""
	switch {
	case x.neg:
		sign = "-"
	case s.Flag('+'):
		sign = "+"
	case s.Flag(' '):
		sign = " "
	}
	prefix := ""
	if s.Flag('#') {
		switch ch {
		case 'b':
			prefix = "0b"
		case 'o':
			prefix = "0"
		case 'x':
			prefix = "0x"
		case 'X':
			prefix = "0X"
		}
	}
	if ch == 'O' {
		prefix = "0o"
	}
	digits := text(x.abs, base)
	if ch == 'X' {
		digits = strings.ToUpper(digits)
	}
	left, zeros, right := 0, 0, 0
	if p, ok := s.Precision(); ok {
		if len(digits) < p {
			zeros = p - len(digits)
		} else if digits == "0" && p == 0 {
			return
		}
	}
	length := len(sign) + len(prefix) + zeros + len(digits)
	if w, ok := s.Width(); ok && length < w {
		switch d := w - length; {
		case s.Flag('-'):
			right = d
		case s.Flag('0'):
			zeros = d
		default:
			left = d
		}
	}
	io.WriteString(s, strings.Repeat(" ", left)+sign+prefix+strings.Repeat("0", zeros)+digits+strings.Repeat(" ", right))
}

func (z *Int) Scan(s fmt.ScanState, ch rune) error {
	t, err := s.Token(true, func(r rune) bool { return r == '-' || r == '+' || '0' <= r && r <= '9' || 'a' <= r|32 && r|32 <= 'z' })
	if err != nil {
		return err
	}
	base := map[rune]int{'b': 2, 'o': 8, 'd': 10, 'x': 16, 'X': 16}[ch]
	if _, ok := z.SetString(string(t), base); !ok {
		return errors.New("syntax error scanning number")
	}
	return nil
}

func (x *Int) MarshalText() ([]byte, error) { return []byte(x.String()), nil }
func (z *Int) UnmarshalText(b []byte) error {
	if _, ok := z.SetString(string(b), 0); !ok {
		return fmt.Errorf("math/big: cannot unmarshal %q into a *big.Int", b)
	}
	return nil
}
func (x *Int) MarshalJSON() ([]byte, error) {
	if x == nil {
		return []byte("null"), nil
	}
	return x.MarshalText()
}
func (z *Int) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	if len(b) > 1 && b[0] == '"' {
		b = b[1 : len(b)-1]
	}
	return z.UnmarshalText(b)
}
