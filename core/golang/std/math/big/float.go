// Floats of a chosen precision.
package big

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

type RoundingMode byte

const (
	ToNearestEven RoundingMode = iota
	ToNearestAway
	ToZero
	AwayFromZero
	ToNegativeInf
	ToPositiveInf
)

func (m RoundingMode) String() string {
	return [...]string{"ToNearestEven", "ToNearestAway", "ToZero", "AwayFromZero", "ToNegativeInf", "ToPositiveInf"}[m]
}

type Accuracy int8

const (
	Below Accuracy = -1
	Exact Accuracy = 0
	Above Accuracy = +1
)

func (a Accuracy) String() string { return [...]string{"Below", "Exact", "Above"}[a+1] }

type ErrNaN struct{ msg string }

func (e ErrNaN) Error() string { return e.msg }

// A Float is m * 2**exp, with at most prec bits in m; neg is for zeros and infinities too.
type Float struct {
	prec uint
	mode RoundingMode
	acc  Accuracy
	neg  bool
	inf  bool
	m    []uint
	exp  int
}

func NewFloat(x float64) *Float {
	if math.IsNaN(x) {
		panic(ErrNaN{"NewFloat(NaN)"})
	}
	return new(Float).SetFloat64(x)
}

func (z *Float) SetPrec(prec uint) *Float {
	z.acc = Exact
	old := z.prec
	z.prec = prec
	if prec < old {
		z.round(false)
	}
	return z
}
func (z *Float) SetMode(mode RoundingMode) *Float {
	z.mode, z.acc = mode, Exact
	return z
}
func (x *Float) Prec() uint         { return x.prec }
func (x *Float) Mode() RoundingMode { return x.mode }
func (x *Float) Acc() Accuracy      { return x.acc }
func (x *Float) MinPrec() uint {
	i := Int{abs: x.m}
	return uint(i.BitLen()) - i.TrailingZeroBits()
}
func (x *Float) Sign() int {
	if len(x.m) == 0 && !x.inf {
		return 0
	}
	if x.neg {
		return -1
	}
	return 1
}
func (x *Float) Signbit() bool { return x.neg }
func (x *Float) IsInf() bool   { return x.inf }
func (x *Float) IsInt() bool {
	i := Int{abs: x.m}
	return !x.inf && x.exp+int(i.TrailingZeroBits()) >= 0
}
func (z *Float) SetInf(signbit bool) *Float {
	z.acc, z.inf, z.neg, z.m = Exact, true, signbit, nil
	return z
}

// round cuts the mantissa to prec bits; sticky: there were more bits below.
func (z *Float) round(sticky bool) *Float {
	z.acc = Exact
	if len(z.m) == 0 {
		z.exp = 0
		return z
	}
	m := Int{abs: z.m}
	d := m.BitLen() - int(z.prec)
	if d <= 0 {
		if sticky {
			z.acc = Below
			if z.neg {
				z.acc = Above
			}
		}
		return z
	}
	half := m.Bit(d-1) == 1
	rest := sticky || int(m.TrailingZeroBits()) < d-1
	m.Rsh(&m, uint(d))
	up := false
	switch z.mode {
	case ToNearestEven:
		up = half && (rest || m.Bit(0) == 1)
	case ToNearestAway:
		up = half
	case AwayFromZero:
		up = half || rest
	case ToNegativeInf:
		up = z.neg && (half || rest)
	case ToPositiveInf:
		up = !z.neg && (half || rest)
	}
	if half || rest {
		if z.acc = Below; up != z.neg {
			z.acc = Above
		}
	}
	if up {
		m.Add(&m, NewInt(1))
	}
	z.exp += d
	t := m.TrailingZeroBits()
	m.Rsh(&m, t)
	z.m, z.exp = m.abs, z.exp+int(t)
	return z
}

func (z *Float) make(prec uint, neg bool, m []uint, exp int, sticky bool) *Float {
	if z.prec == 0 {
		z.prec = prec
	}
	z.inf, z.neg, z.m, z.exp = false, neg, m, exp
	return z.round(sticky)
}

func (z *Float) Set(x *Float) *Float {
	if x.inf {
		if z.prec == 0 {
			z.prec = x.prec
		}
		return z.SetInf(x.neg)
	}
	return z.make(x.prec, x.neg, x.m, x.exp, false)
}
func (z *Float) Copy(x *Float) *Float {
	*z = *x
	return z
}
func (z *Float) SetInt(x *Int) *Float { return z.make(uint(max(64, x.BitLen())), x.neg, x.abs, 0, false) }
func (z *Float) SetInt64(x int64) *Float {
	i := NewInt(x)
	return z.make(64, i.neg, i.abs, 0, false)
}
func (z *Float) SetUint64(x uint64) *Float { return z.make(64, false, word(x), 0, false) }
func (z *Float) SetRat(x *Rat) *Float {
	if x.IsInt() {
		return z.SetInt(&x.a)
	}
	prec := uint(max(x.a.BitLen(), x.Denom().BitLen(), 64))
	if z.prec == 0 {
		z.prec = prec
	}
	a, b := new(Float).SetInt(&x.a), new(Float).SetInt(x.Denom())
	return z.Quo(a, b)
}
func (z *Float) SetFloat64(x float64) *Float {
	if math.IsNaN(x) {
		panic(ErrNaN{"Float.SetFloat64(NaN)"})
	}
	if z.prec == 0 {
		z.prec = 53
	}
	if math.IsInf(x, 0) {
		return z.SetInf(x < 0)
	}
	f, e := math.Frexp(math.Abs(x))
	return z.make(53, math.Signbit(x), word(uint64(f*(1<<53))), e-53, false)
}

func (z *Float) precOf(x, y *Float) {
	if z.prec == 0 {
		z.prec = max(x.prec, y.prec)
	}
}

func (z *Float) Add(x, y *Float) *Float { return z.sum(x, y, y.neg, "addition") }
func (z *Float) Sub(x, y *Float) *Float { return z.sum(x, y, !y.neg, "subtraction") }

func (z *Float) sum(x, y *Float, neg bool, what string) *Float {
	z.precOf(x, y)
	if x.inf || y.inf {
		if x.inf && y.inf && x.neg != neg {
			panic(ErrNaN{what + " of infinities with " + map[string]string{"addition": "opposite", "subtraction": "equal"}[what] + " signs"})
		}
		if x.inf {
			return z.SetInf(x.neg)
		}
		return z.SetInf(neg)
	}
	if len(y.m) == 0 || len(x.m) == 0 {
		if len(x.m) == 0 && len(y.m) == 0 {
			return z.make(z.prec, x.neg && neg, nil, 0, false)
		}
		if len(y.m) == 0 {
			return z.Set(x)
		}
		return z.make(z.prec, neg, y.m, y.exp, false)
	}
	a, b := &Int{x.neg, x.m}, &Int{neg, y.m}
	e := min(x.exp, y.exp)
	a = new(Int).Lsh(a, uint(x.exp-e))
	b = new(Int).Lsh(b, uint(y.exp-e))
	a.Add(a, b)
	return z.make(z.prec, a.neg || len(a.abs) == 0 && z.mode == ToNegativeInf, a.abs, e, false)
}

func (z *Float) Mul(x, y *Float) *Float {
	z.precOf(x, y)
	neg := x.neg != y.neg
	if x.inf || y.inf {
		if x.Sign() == 0 || y.Sign() == 0 {
			panic(ErrNaN{"multiplication of zero with infinity"})
		}
		return z.SetInf(neg)
	}
	return z.make(z.prec, neg, do(2, x.m, y.m), x.exp+y.exp, false)
}

func (z *Float) Quo(x, y *Float) *Float {
	z.precOf(x, y)
	neg := x.neg != y.neg
	if x.Sign() == 0 && y.Sign() == 0 || x.inf && y.inf {
		panic(ErrNaN{"division of zero by zero or infinity by infinity"})
	}
	if x.inf || y.Sign() == 0 {
		return z.SetInf(neg)
	}
	if y.inf || x.Sign() == 0 {
		return z.make(z.prec, neg, nil, 0, false)
	}
	a, b := Int{abs: x.m}, Int{abs: y.m}
	s := max(0, int(z.prec)+2+b.BitLen()-a.BitLen())
	q, r := divide(do(6, x.m, word(uint64(s))), y.m)
	return z.make(z.prec, neg, do(6, q, []uint{1}), x.exp-y.exp-s-1, len(r) > 0)
}

func (z *Float) Sqrt(x *Float) *Float {
	if z.prec == 0 {
		z.prec = x.prec
	}
	if x.Sign() < 0 {
		panic(ErrNaN{"square root of negative operand"})
	}
	if x.inf || len(x.m) == 0 {
		return z.Set(x)
	}
	m, e := &Int{abs: x.m}, x.exp
	s := max(0, 2*int(z.prec)+4-m.BitLen())
	if (e-s)%2 != 0 {
		s++
	}
	m = new(Int).Lsh(m, uint(s))
	r := new(Int).Sqrt(m)
	inexact := new(Int).Mul(r, r).Cmp(m) != 0
	return z.make(z.prec, false, do(6, r.abs, []uint{1}), (e-s)/2-1, inexact)
}

func (z *Float) Neg(x *Float) *Float {
	z.Set(x)
	z.neg = !z.neg
	return z
}
func (z *Float) Abs(x *Float) *Float {
	z.Set(x)
	z.neg = false
	return z
}

func (x *Float) Cmp(y *Float) int {
	a, b := x.Sign(), y.Sign()
	switch {
	case a != b:
		if a < b {
			return -1
		}
		return 1
	case a == 0 || x.inf && y.inf:
		return 0
	case x.inf:
		return a
	case y.inf:
		return -a
	}
	e := min(x.exp, y.exp)
	return new(Int).Lsh(&Int{x.neg, x.m}, uint(x.exp-e)).Cmp(new(Int).Lsh(&Int{y.neg, y.m}, uint(y.exp-e)))
}

func (x *Float) MantExp(mant *Float) int {
	if len(x.m) == 0 {
		if mant != nil {
			mant.Copy(x)
		}
		return 0
	}
	m := Int{abs: x.m}
	e := x.exp + m.BitLen()
	if mant != nil {
		mant.Copy(x)
		mant.exp -= e
	}
	return e
}
func (z *Float) SetMantExp(mant *Float, exp int) *Float {
	z.Set(mant)
	if len(z.m) > 0 {
		z.exp += exp
	}
	return z
}

func (x *Float) Int(z *Int) (*Int, Accuracy) {
	if z == nil {
		z = new(Int)
	}
	if x.inf {
		return nil, Accuracy(-x.Sign())
	}
	if x.exp >= 0 {
		return z.set(x.neg, do(6, x.m, word(uint64(x.exp)))), Exact
	}
	acc := Exact
	if !x.IsInt() {
		if acc = Below; x.neg {
			acc = Above
		}
	}
	return z.set(x.neg, do(7, x.m, word(uint64(-x.exp)))), acc
}
func (x *Float) Int64() (int64, Accuracy) {
	if x.inf {
		if x.neg {
			return math.MinInt64, Above
		}
		return math.MaxInt64, Below
	}
	i, a := x.Int(nil)
	if !i.IsInt64() {
		if x.neg {
			return math.MinInt64, Above
		}
		return math.MaxInt64, Below
	}
	return i.Int64(), a
}
func (x *Float) Uint64() (uint64, Accuracy) {
	if x.Sign() < 0 {
		return 0, Above
	}
	i, a := x.Int(nil)
	if i == nil || !i.IsUint64() {
		return math.MaxUint64, Below
	}
	return i.Uint64(), a
}
func (x *Float) Rat(z *Rat) (*Rat, Accuracy) {
	if x.inf {
		return nil, Accuracy(-x.Sign())
	}
	if z == nil {
		z = new(Rat)
	}
	m := &Int{x.neg, x.m}
	if x.exp >= 0 {
		return z.SetInt(new(Int).Lsh(m, uint(x.exp))), Exact
	}
	return z.SetFrac(m, new(Int).Lsh(NewInt(1), uint(-x.exp))), Exact
}
func (x *Float) Float64() (float64, Accuracy) {
	sign := 1
	if x.neg {
		sign = -1
	}
	if x.inf {
		return math.Inf(sign), Exact
	}
	e := x.MantExp(nil)
	p := uint(53)
	if e < -1021 {
		if e < -1075 {
			return math.Copysign(0, float64(sign)), Accuracy(-sign)
		}
		p = uint(max(1, 53+e+1021))
	}
	r := new(Float).SetPrec(p).SetMode(ToNearestEven).Set(x)
	var f float64
	if len(r.m) > 0 {
		f = math.Ldexp(float64(r.m[0]), r.exp)
	}
	if math.IsInf(f, 0) {
		r.acc = Above
		if x.neg {
			r.acc = Below
		}
	}
	return math.Copysign(f, float64(sign)), r.acc
}
func (x *Float) Float32() (float32, Accuracy) {
	r := new(Float).SetPrec(24).SetMode(ToNearestEven).Set(x)
	f, _ := r.Float64()
	return float32(f), r.acc
}

func ParseFloat(s string, base int, prec uint, mode RoundingMode) (f *Float, b int, err error) {
	f = new(Float).SetPrec(prec).SetMode(mode)
	if _, ok := f.SetString(s); !ok {
		return nil, 0, fmt.Errorf("number has no digits")
	}
	return f, 10, nil
}
func (z *Float) Parse(s string, base int) (f *Float, b int, err error) {
	if _, ok := z.SetString(s); !ok {
		return nil, 0, fmt.Errorf("number has no digits")
	}
	return z, 10, nil
}

func (z *Float) SetString(s string) (*Float, bool) {
	if z.prec == 0 {
		z.prec = 64
	}
	switch strings.ToLower(strings.TrimLeft(s, "+-")) {
	case "inf", "infinity":
		return z.SetInf(s[0] == '-'), true
	}
	r, ok := new(Rat).SetString(s)
	if !ok || strings.Contains(s, "/") {
		i, ok := new(Int).SetString(s, 0)
		if !ok {
			return nil, false
		}
		return z.SetInt(i), true
	}
	z.SetRat(r)
	if strings.HasPrefix(s, "-") {
		z.neg = true
	}
	return z, true
}

// digits gives n significant decimal digits (the fewest that identify x if n < 0, all that count
// after the point up to place if fixed) and the place of the point.
func (x *Float) digits(n int, fixed bool) (string, int) {
	if len(x.m) == 0 {
		return "0", 1
	}
	r, _ := new(Float).Abs(x).Rat(nil)
	if n < 0 {
		return x.shortest(r)
	}
	// Find e with 10**(e-1) <= r < 10**e.
	e := int(math.Floor(float64(x.MantExp(nil))*0.30103)) - 1
	pow := func(k int) *Rat {
		p := new(Int).Exp(NewInt(10), NewInt(int64(max(k, -k))), nil)
		if k < 0 {
			return new(Rat).SetFrac(NewInt(1), p)
		}
		return new(Rat).SetInt(p)
	}
	for r.Cmp(pow(e)) >= 0 {
		e++
	}
	k := n - e
	if fixed {
		k = n
	}
	q := new(Rat).Mul(r, pow(k))
	d, m := new(Int).QuoRem(q.Num(), q.Denom(), new(Int))
	if c := m.Lsh(m, 1).Cmp(q.Denom()); c > 0 || c == 0 && d.Bit(0) == 1 {
		d.Add(d, NewInt(1))
	}
	s := d.String()
	return s, len(s) - k
}

// shortest is the fewest digits that round to x.
func (x *Float) shortest(r *Rat) (string, int) {
	for n := 1; ; n++ {
		s, e := x.digits(n, false)
		y, _ := new(Rat).SetString(s + "e" + strconv.Itoa(e-len(s)))
		f := new(Float).SetPrec(x.prec).SetMode(ToNearestEven).SetRat(y)
		if f.neg = x.neg; f.Cmp(x) == 0 {
			return strings.TrimRight(s, "0"), e
		}
	}
}

func (x *Float) Text(format byte, prec int) string {
	if x == nil {
		return "<nil>"
	}
	sign := ""
	if x.neg {
		sign = "-"
	}
	if x.inf {
		if !x.neg {
			sign = "+"
		}
		return sign + "Inf"
	}
	short := prec < 0
	var d string
	var e int
	switch format {
	case 'f':
		d, e = x.digits(prec, !short)
	case 'e', 'E':
		if d, e = x.digits(prec+1-b2i(short), false); len(x.m) > 0 && !short && len(d) > prec+1 {
			d = d[:prec+1]
		}
	case 'g', 'G':
		if prec == 0 {
			prec = 1
		}
		d, e = x.digits(prec, false)
		d = strings.TrimRight(d, "0")
		if d == "" {
			d = "0"
		}
		limit := prec
		if limit > len(d) && len(d) >= e {
			limit = len(d)
		}
		if short {
			limit = 6
		}
		if exp := e - 1; exp < -4 || exp >= limit {
			format += 'e' - 'g'
			prec = len(d) - 1
		} else {
			format, prec = 'f', max(len(d)-e, 0)
		}
		if short && format == 'f' {
			prec = max(len(d)-e, 0)
		}
	default:
		return "%" + string(format)
	}
	if short && format != 'f' {
		prec = len(d) - 1
	}
	if short && format == 'f' {
		prec = max(len(d)-e, 0)
	}
	digit := func(i int) byte {
		if i >= 0 && i < len(d) {
			return d[i]
		}
		return '0'
	}
	b := []byte(sign)
	if format == 'f' {
		if e <= 0 {
			b = append(b, '0')
		}
		for i := 0; i < e; i++ {
			b = append(b, digit(i))
		}
		if prec > 0 {
			b = append(b, '.')
			for i := range prec {
				b = append(b, digit(e+i))
			}
		}
		return string(b)
	}
	b = append(b, digit(0))
	if prec > 0 {
		b = append(b, '.')
		for i := 1; i <= prec; i++ {
			b = append(b, digit(i))
		}
	}
	if len(x.m) == 0 {
		e = 1
	}
	return string(b) + string(format) + fmt.Sprintf("%+03d", e-1)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (x *Float) String() string { return x.Text('g', 10) }
func (x *Float) Append(buf []byte, fmt byte, prec int) []byte { return append(buf, x.Text(fmt, prec)...) }

func (x *Float) Format(s fmt.State, format rune) {
	prec, ok := s.Precision()
	if !ok {
		prec = 6
	}
	switch format {
	case 'e', 'E', 'f':
	case 'F':
		format = 'f'
	case 'v', 'g', 'G':
		if format == 'v' {
			format = 'g'
		}
		if !ok {
			prec = -1
		}
	case 's':
		fallthrough
	default:
		fmt.Fprintf(s, "%%!%c(*big.Float=%s)", format, x.String())
		return
	}
	t := x.Text(byte(format), prec)
	sign := ""
	switch {
	case t[0] == '-' || t[0] == '+':
		sign, t = t[:1], t[1:]
		if sign == "+" && !s.Flag('+') && s.Flag(' ') {
			sign = " "
		}
	case s.Flag('+'):
		sign = "+"
	case s.Flag(' '):
		sign = " "
	}
	pad := 0
	if w, ok := s.Width(); ok {
		pad = max(0, w-len(sign)-len(t))
	}
	p := strings.Repeat(" ", pad)
	switch {
	case s.Flag('0') && !x.inf:
		t = sign + strings.Repeat("0", pad) + t
	case s.Flag('-'):
		t = sign + t + p
	default:
		t = p + sign + t
	}
	s.Write([]byte(t))
}

func (x *Float) MarshalText() ([]byte, error) { return []byte(x.Text('g', -1)), nil }
func (z *Float) UnmarshalText(b []byte) error {
	if _, ok := z.SetString(string(b)); !ok {
		return fmt.Errorf("math/big: cannot unmarshal %q into a *big.Float (number has no digits)", b)
	}
	return nil
}
