// Package math has constants and functions of floating-point numbers.
package math

const (
	E       = 2.71828182845904523536028747135266249775724709369995957496696763
	Pi      = 3.14159265358979323846264338327950288419716939937510582097494459
	Phi     = 1.61803398874989484820458683436563811772030917980576286213544862
	Sqrt2   = 1.41421356237309504880168872420969807856967187537694807317667974
	SqrtE   = 1.64872127070012814684865078781416357165377610071014801157507931
	SqrtPi  = 1.77245385090551602729816748334114518279754945612238712821380779
	SqrtPhi = 1.27201964951406896425242246173749149171560804184009624861664038
	Ln2     = 0.693147180559945309417232121458176568075500134360255254120680009
	Log2E   = 1 / Ln2
	Ln10    = 2.30258509299404568401799145468436420760110148862877297603332790
	Log10E  = 1 / Ln10

	MaxFloat32             = 0x1p127 * (1 + (1 - 0x1p-23))
	SmallestNonzeroFloat32 = 0x1p-126 * 0x1p-23
	MaxFloat64             = 0x1p1023 * (1 + (1 - 0x1p-52))
	SmallestNonzeroFloat64 = 0x1p-1022 * 0x1p-52

	MaxInt    = 1<<63 - 1
	MinInt    = -1 << 63
	MaxInt8   = 1<<7 - 1
	MinInt8   = -1 << 7
	MaxInt16  = 1<<15 - 1
	MinInt16  = -1 << 15
	MaxInt32  = 1<<31 - 1
	MinInt32  = -1 << 31
	MaxInt64  = 1<<63 - 1
	MinInt64  = -1 << 63
	MaxUint   = 1<<64 - 1
	MaxUint8  = 1<<8 - 1
	MaxUint16 = 1<<16 - 1
	MaxUint32 = 1<<32 - 1
	MaxUint64 = 1<<64 - 1
)

func Float64bits(f float64) uint64
func Float64frombits(b uint64) float64
func Float32bits(f float32) uint32
func Float32frombits(b uint32) float32
func Sqrt(x float64) float64
func Floor(x float64) float64
func Ceil(x float64) float64
func Trunc(x float64) float64
func Round(x float64) float64
func RoundToEven(x float64) float64
func Sin(x float64) float64
func Cos(x float64) float64
func Tan(x float64) float64
func Asin(x float64) float64
func Acos(x float64) float64
func Atan(x float64) float64
func Atan2(y, x float64) float64
func Sinh(x float64) float64
func Cosh(x float64) float64
func Tanh(x float64) float64
func Asinh(x float64) float64
func Acosh(x float64) float64
func Atanh(x float64) float64
func Exp(x float64) float64
func Exp2(x float64) float64
func Expm1(x float64) float64
func Log(x float64) float64
func Log1p(x float64) float64
func Log2(x float64) float64
func Log10(x float64) float64
func Pow(x, y float64) float64
func Cbrt(x float64) float64
func Hypot(p, q float64) float64
func Mod(x, y float64) float64
func FMA(x, y, z float64) float64

func Inf(sign int) float64 {
	if sign >= 0 {
		return Float64frombits(0x7FF0000000000000)
	}
	return Float64frombits(0xFFF0000000000000)
}

func NaN() float64           { return Float64frombits(0x7FF8000000000001) }
func IsNaN(f float64) bool   { return f != f }
func Signbit(x float64) bool { return Float64bits(x)>>63 != 0 }
func IsInf(f float64, sign int) bool {
	return sign >= 0 && f > MaxFloat64 || sign <= 0 && f < -MaxFloat64
}
func Abs(x float64) float64 { return Float64frombits(Float64bits(x) &^ (1 << 63)) }
func Copysign(f, sign float64) float64 {
	return Float64frombits(Float64bits(f)&^(1<<63) | Float64bits(sign)&(1<<63))
}

func Max(x, y float64) float64 {
	if IsInf(x, 1) || IsInf(y, 1) {
		return Inf(1)
	}
	return max(x, y)
}

func Min(x, y float64) float64 {
	if IsInf(x, -1) || IsInf(y, -1) {
		return Inf(-1)
	}
	return min(x, y)
}

func Dim(x, y float64) float64 {
	if v := x - y; !(v <= 0) {
		return v
	}
	return 0
}

func Modf(f float64) (integer float64, fractional float64) {
	integer = Trunc(f)
	if IsInf(f, 0) {
		return f, NaN()
	}
	return integer, Copysign(f-integer, f)
}

func Frexp(f float64) (frac float64, exp int) {
	if f == 0 || IsNaN(f) || IsInf(f, 0) {
		return f, 0
	}
	if Abs(f) < 0x1p-1022 {
		f *= 1 << 52
		exp = -52
	}
	b := Float64bits(f)
	exp += int(b>>52&0x7FF) - 1022
	return Float64frombits(b&^(0x7FF<<52) | 1022<<52), exp
}

func Ldexp(frac float64, exp int) float64 {
	f, e := Frexp(frac)
	if f == 0 || IsNaN(f) || IsInf(f, 0) {
		return frac
	}
	exp += e
	if exp > 1024 {
		return Copysign(Inf(1), frac)
	}
	if exp < -1080 {
		return Copysign(0, frac)
	}
	m := 1.0
	if exp < -1021 {
		exp += 60
		m = 0x1p-60
	}
	b := Float64bits(f)
	if exp == 1024 {
		return Float64frombits(b&^(0x7FF<<52)|2046<<52) * m
	}
	return m * Float64frombits(b&^(0x7FF<<52)|uint64(exp+1022)<<52)
}

func Ilogb(x float64) int {
	switch {
	case x == 0:
		return MinInt32
	case IsNaN(x) || IsInf(x, 0):
		return MaxInt32
	}
	_, e := Frexp(x)
	return e - 1
}

func Logb(x float64) float64 {
	switch {
	case x == 0:
		return Inf(-1)
	case IsInf(x, 0):
		return Inf(1)
	case IsNaN(x):
		return x
	}
	return float64(Ilogb(x))
}

func Nextafter(x, y float64) float64 {
	switch {
	case IsNaN(x) || IsNaN(y):
		return NaN()
	case x == y:
		return x
	case x == 0:
		return Copysign(Float64frombits(1), y)
	case (y > x) == (x > 0):
		return Float64frombits(Float64bits(x) + 1)
	}
	return Float64frombits(Float64bits(x) - 1)
}

func Nextafter32(x, y float32) float32 {
	switch {
	case x != x || y != y:
		return float32(NaN())
	case x == y:
		return x
	case x == 0:
		return float32(Copysign(float64(Float32frombits(1)), float64(y)))
	case (y > x) == (x > 0):
		return Float32frombits(Float32bits(x) + 1)
	}
	return Float32frombits(Float32bits(x) - 1)
}

func Remainder(x, y float64) float64 {
	if IsNaN(x) || IsNaN(y) || IsInf(x, 0) || y == 0 {
		return NaN()
	}
	if IsInf(y, 0) {
		return x
	}
	sign := x
	x, y = Abs(x), Abs(y)
	if y <= MaxFloat64/2 {
		x = Mod(x, y+y)
	}
	if x+x > y {
		if x -= y; x+x >= y {
			x -= y
		}
	}
	if Signbit(sign) {
		return -x
	}
	return x
}

func Sincos(x float64) (sin, cos float64) { return Sin(x), Cos(x) }

func Pow10(n int) float64 {
	if n < -323 {
		return 0
	}
	if n > 308 {
		return Inf(1)
	}
	return Pow(10, float64(n))
}

// Gamma uses Lanczos' approximation, and exact products for small whole numbers.
func poly(x float64, factors ...float64) (y float64) {
	for _, f := range factors {
		y = y*x + f
	}
	return
}

func stirling(x float64) (float64, float64) {
	if x > 200 {
		return Inf(1), 1
	}
	w := 1 / x
	w = 1 + w*poly(w, 7.87311395793093628397e-04, -2.29549961613378126380e-04, -2.68132617805781232825e-03, 3.47222221605458667310e-03, 8.33333333333482257126e-02)
	a, b := Exp(x), 1.0
	if x > 143.01608 {
		v := Pow(x, 0.5*x-0.25)
		a, b = v, v/a
	} else {
		a = Pow(x, x-0.5) / a
	}
	return a, 2.506628274631000502417 * w * b
}

func Gamma(x float64) float64 {
	q := Abs(x)
	p := Floor(q)
	switch {
	case x < 0 && q == p || IsInf(x, -1) || IsNaN(x):
		return NaN()
	case x == 0:
		return Copysign(Inf(1), x)
	case q > 33 && x > 0:
		a, b := stirling(x)
		return a * b
	case q > 33:
		sign := 1
		if int64(p)&1 == 0 {
			sign = -1
		}
		z := q - p
		if z > 0.5 {
			z = q - (p + 1)
		}
		z = Abs(q * Sin(Pi*z))
		if z == 0 {
			return Inf(sign)
		}
		a, b := stirling(q)
		d := z * a * b
		if IsInf(d, 0) {
			return float64(sign) * (Pi / z / a / b)
		}
		return float64(sign) * (Pi / d)
	}
	z := 1.0
	for ; x >= 3; z *= x {
		x--
	}
	for ; x < 2; x++ {
		if x < 1e-9 && x > -1e-9 {
			return z / ((1 + 0.57721566490153286060651209008240243104215933593992*x) * x)
		}
		z /= x
	}
	if x == 2 {
		return z
	}
	x -= 2
	p = poly(x, 1.60119522476751861407e-04, 1.19135147006586384913e-03, 1.04213797561761569935e-02, 4.76367800457137231464e-02, 2.07448227648435975150e-01, 4.94214826801497100753e-01, 9.99999999999999996796e-01)
	q = poly(x, -2.31581873324120129819e-05, 5.39605580493303397842e-04, -4.45641913851797240494e-03, 1.18139785222060435552e-02, 3.58236398605498653373e-02, -2.34591795718243348568e-01, 7.14304917030273074085e-02, 1.00000000000000000320e+00)
	return z * p / q
}
func lanczos(x float64) float64 {
	s := 0.99999999999980993
	for i, c := range [...]float64{676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7} {
		s += c / (x + float64(i) + 1)
	}
	return s
}

func Lgamma(x float64) (lgamma float64, sign int) {
	if x < 0.5 {
		s := Sin(Pi * x)
		l, _ := Lgamma(1 - x)
		sign = 1
		if s < 0 {
			sign = -1
		}
		return Log(Pi/Abs(s)) - l, sign
	}
	x--
	t := x + 7.5
	return 0.5*Log(2*Pi) + (x+0.5)*Log(t) - t + Log(lanczos(x)), 1
}

// Erf sums its series, or the continued fraction of its complement.
func Erf(x float64) float64 {
	if IsNaN(x) {
		return x
	}
	if Abs(x) > 2.5 {
		return Copysign(1-Erfc(Abs(x)), x)
	}
	s, t := x, x
	for n := 1.0; Abs(t) > 1e-18*Abs(s); n++ {
		t *= -x * x / n
		s += t / (2*n + 1)
	}
	return 2 / SqrtPi * s
}

func Erfc(x float64) float64 {
	if x < 2.5 {
		return 1 - Erf(x)
	}
	if x > 27.3 {
		return 0
	}
	f := 0.0
	for k := 120.0; k > 0; k-- {
		f = k / 2 / (x + f)
	}
	return Exp(-x*x) / (SqrtPi * (x + f))
}
