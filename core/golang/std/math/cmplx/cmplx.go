// Package cmplx is mathematics of complex numbers.
package cmplx

import "math"

func Abs(x complex128) float64                   { return math.Hypot(real(x), imag(x)) }
func Phase(x complex128) float64                 { return math.Atan2(imag(x), real(x)) }
func Polar(x complex128) (r, θ float64)          { return Abs(x), Phase(x) }
func Conj(x complex128) complex128               { return complex(real(x), -imag(x)) }
func IsNaN(x complex128) bool                    { return !IsInf(x) && (math.IsNaN(real(x)) || math.IsNaN(imag(x))) }
func NaN() complex128                            { return complex(math.NaN(), math.NaN()) }
func Inf() complex128                            { return complex(math.Inf(1), math.Inf(1)) }
func IsInf(x complex128) bool                    { return math.IsInf(real(x), 0) || math.IsInf(imag(x), 0) }
func Rect(r, θ float64) complex128 {
	s, c := math.Sincos(θ)
	return complex(r*c, r*s)
}

func Sqrt(x complex128) complex128 {
	a, b := real(x), imag(x)
	switch {
	case b == 0 && a == 0:
		return complex(0, b)
	case b == 0 && a < 0:
		return complex(0, math.Copysign(math.Sqrt(-a), b))
	case b == 0:
		return complex(math.Sqrt(a), b)
	case math.IsInf(b, 0):
		return complex(math.Inf(1), b)
	case a == 0:
		r := math.Sqrt(math.Abs(b) / 2)
		return complex(r, math.Copysign(r, b))
	}
	scale := 1.0
	if math.Abs(a) > 4 || math.Abs(b) > 4 {
		a *= 0.25
		b *= 0.25
		scale = 2
	} else {
		a *= 1.8014398509481984e16
		b *= 1.8014398509481984e16
		scale = 7.450580596923828125e-9
	}
	r := math.Hypot(a, b)
	var t float64
	if a > 0 {
		t = math.Sqrt(0.5*r + 0.5*a)
		r = scale * math.Abs((0.5*b)/t)
		t *= scale
	} else {
		r = math.Sqrt(0.5*r - 0.5*a)
		t = scale * math.Abs((0.5*b)/r)
		r *= scale
	}
	return complex(t, math.Copysign(r, b))
}

func Exp(x complex128) complex128 {
	re, im := real(x), imag(x)
	if math.IsInf(re, 0) {
		if re > 0 && im == 0 {
			return x
		}
		if math.IsInf(im, 0) || math.IsNaN(im) {
			if re < 0 {
				return complex(0, math.Copysign(0, im))
			}
			return complex(math.Inf(1), math.NaN())
		}
	} else if math.IsNaN(re) && im == 0 {
		return complex(math.NaN(), im)
	}
	r := math.Exp(re)
	s, c := math.Sincos(im)
	return complex(r*c, r*s)
}

func Log(x complex128) complex128 { return complex(math.Log(Abs(x)), Phase(x)) }
func Log10(x complex128) complex128 {
	z := Log(x)
	return complex(math.Log10E*real(z), math.Log10E*imag(z))
}

func Pow(x, y complex128) complex128 {
	if x == 0 {
		switch r, i := real(y), imag(y); {
		case y == 0:
			return 1
		case r < 0 && i == 0:
			return complex(math.Inf(1), 0)
		case r < 0:
			return Inf()
		case r > 0:
			return 0
		}
		panic("not reached")
	}
	m := Abs(x)
	r := math.Pow(m, real(y))
	arg := Phase(x)
	θ := real(y) * arg
	if imag(y) != 0 {
		r *= math.Exp(-imag(y) * arg)
		θ += imag(y) * math.Log(m)
	}
	s, c := math.Sincos(θ)
	return complex(r*c, r*s)
}

func Sin(x complex128) complex128 {
	s, c := math.Sincos(real(x))
	return complex(s*math.Cosh(imag(x)), c*math.Sinh(imag(x)))
}
func Cos(x complex128) complex128 {
	s, c := math.Sincos(real(x))
	return complex(c*math.Cosh(imag(x)), -s*math.Sinh(imag(x)))
}
func Sinh(x complex128) complex128 {
	s, c := math.Sincos(imag(x))
	return complex(c*math.Sinh(real(x)), s*math.Cosh(real(x)))
}
func Cosh(x complex128) complex128 {
	s, c := math.Sincos(imag(x))
	return complex(c*math.Cosh(real(x)), s*math.Sinh(real(x)))
}
func Tan(x complex128) complex128 {
	d := math.Cos(2*real(x)) + math.Cosh(2*imag(x))
	return complex(math.Sin(2*real(x))/d, math.Sinh(2*imag(x))/d)
}
func Cot(x complex128) complex128  { return 1 / Tan(x) }
func Tanh(x complex128) complex128 {
	d := math.Cosh(2*real(x)) + math.Cos(2*imag(x))
	return complex(math.Sinh(2*real(x))/d, math.Sin(2*imag(x))/d)
}
func Asin(x complex128) complex128 {
	t := complex(-imag(x), real(x)) + Sqrt(1-x*x)
	l := Log(t)
	return complex(imag(l), -real(l))
}
func Acos(x complex128) complex128 {
	w := Asin(x)
	return complex(math.Pi/2-real(w), -imag(w))
}
func Asinh(x complex128) complex128 { return Log(x + Sqrt(x*x+1)) }
func Acosh(x complex128) complex128 { return Log(x + Sqrt(x+1)*Sqrt(x-1)) }
func Atan(x complex128) complex128 {
	l := Log((1+x*1i)/(1-x*1i)) / 2
	return complex(imag(l), -real(l))
}
func Atanh(x complex128) complex128 { return (Log(1+x) - Log(1-x)) / 2 }
