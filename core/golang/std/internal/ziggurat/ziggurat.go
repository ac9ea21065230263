// Package ziggurat shapes random numbers; i chooses the layer.
package ziggurat

import "math"

// The layers of the ziggurats: right edges and heights.
type layers struct {
	k []uint32
	w []float32
	f []float32
}

func ziggurat(n int, r, v, m float64, f, inverse func(float64) float64) *layers {
	z := &layers{make([]uint32, n), make([]float32, n), make([]float32, n)}
	d, t := r, r
	q := v / f(d)
	z.k[0] = uint32(d / q * m)
	z.w[0], z.w[n-1] = float32(q/m), float32(d/m)
	z.f[0], z.f[n-1] = 1, float32(f(d))
	for i := n - 2; i >= 1; i-- {
		d = inverse(v/d + f(d))
		z.k[i+1] = uint32(d / t * m)
		t = d
		z.f[i], z.w[i] = float32(f(d)), float32(d/m)
	}
	return z
}

var normal, exponential *layers

func Normal(draw func() (j, i uint32), float func() float64) float64 {
	const rn = 3.442619855899
	if normal == nil {
		normal = ziggurat(128, rn, 9.91256303526217e-3, 1<<31,
			func(x float64) float64 { return math.Exp(-.5 * x * x) },
			func(y float64) float64 { return math.Sqrt(-2 * math.Log(y)) })
	}
	for {
		u, i := draw()
		j := int32(u)
		i &= 0x7F
		x := float64(j) * float64(normal.w[i])
		a := uint32(j)
		if j < 0 {
			a = uint32(-j)
		}
		if a < normal.k[i] {
			return x
		}
		if i == 0 {
			for {
				x = -math.Log(float()) * (1.0 / rn)
				if y := -math.Log(float()); y+y >= x*x {
					break
				}
			}
			if j > 0 {
				return rn + x
			}
			return -rn - x
		}
		if normal.f[i]+float32(float())*(normal.f[i-1]-normal.f[i]) < float32(math.Exp(-.5*x*x)) {
			return x
		}
	}
}

func Exponential(draw func() (j, i uint32), float func() float64) float64 {
	const re = 7.69711747013104972
	if exponential == nil {
		exponential = ziggurat(256, re, 3.9496598225815571993e-3, 1<<32,
			func(x float64) float64 { return math.Exp(-x) },
			func(y float64) float64 { return -math.Log(y) })
	}
	for {
		j, i := draw()
		i &= 0xFF
		x := float64(j) * float64(exponential.w[i])
		if j < exponential.k[i] {
			return x
		}
		if i == 0 {
			return re - math.Log(float())
		}
		if exponential.f[i]+float32(float())*(exponential.f[i-1]-exponential.f[i]) < float32(math.Exp(-x)) {
			return x
		}
	}
}

