package main

import (
	"fmt"
	"math"
)

func main() {
	vals := []float64{0, 1, -1, 0.5, 0.1, 2, 3, 10, 100, 1e10, 1e-10, math.Pi, math.Pi / 2, math.Pi / 4, math.Pi / 6, math.E, -2.5, 7.3, 1e300, 1e-300, 0.7, 0.66, 1.5, 21.5, 700, -700, -740, math.Inf(1), math.NaN(), 12345.678}
	fs := []struct {
		n string
		f func(float64) float64
	}{{"Sin", math.Sin}, {"Cos", math.Cos}, {"Tan", math.Tan}, {"Asin", math.Asin}, {"Acos", math.Acos}, {"Atan", math.Atan}, {"Sinh", math.Sinh}, {"Cosh", math.Cosh}, {"Tanh", math.Tanh}, {"Exp", math.Exp}, {"Exp2", math.Exp2}, {"Log", math.Log}, {"Log2", math.Log2}, {"Log10", math.Log10}, {"Log1p", math.Log1p}, {"Expm1", math.Expm1}, {"Sqrt", math.Sqrt}, {"Cbrt", math.Cbrt}, {"Asinh", math.Asinh}, {"Acosh", math.Acosh}, {"Atanh", math.Atanh}, {"Gamma", math.Gamma}, {"Floor", math.Floor}, {"Ceil", math.Ceil}, {"Trunc", math.Trunc}, {"Round", math.Round}, {"RoundToEven", math.RoundToEven}, {"Abs", math.Abs}, {"Logb", math.Logb}}
	for _, f := range fs {
		for _, v := range vals {
			if (f.n == "Sin" || f.n == "Cos" || f.n == "Tan") && v > 1e9 {
				continue
			}
			fmt.Println(f.n, v, f.f(v))
		}
	}
	for _, x := range vals {
		for _, y := range []float64{0, -1, 0.5, 3, -2.5, 1e10, math.Inf(1)} {
			fmt.Println("Pow", x, y, math.Pow(x, y), math.Atan2(x, y), math.Hypot(x, y), math.Mod(x, y), math.Remainder(x, y), math.Max(x, y), math.Min(x, y), math.Dim(x, y))
		}
		fmt.Println(math.Modf(x))
		fmt.Println(math.Frexp(x))
		fmt.Println(math.Float64bits(x), math.Signbit(x), math.IsInf(x, 0), math.Nextafter(x, 100))
	}
	fmt.Println(math.MaxInt64, math.MinInt64, uint64(math.MaxUint64), math.MaxFloat64, math.SmallestNonzeroFloat64, math.MaxInt32, math.Phi, math.Sqrt2, math.Ln2)
	for i := 0; i < 50; i++ {
		x := float64(i)*0.37 - 5
		fmt.Println(math.Sin(x), math.Cos(x), math.Tan(x), math.Exp(x), math.Log(x+6), math.Pow(2, x), math.Pow(x+6, 2.5), math.Gamma(x), math.Sqrt(x+6), math.Cbrt(x), math.Sinh(x), math.Tanh(x), math.Atan(x))
	}
}
