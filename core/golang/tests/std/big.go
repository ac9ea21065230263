package main

import (
	"encoding/json"
	"fmt"
	"math/big"
)

func main() {
	a, _ := new(big.Int).SetString("123456789012345678901234567890", 10)
	b := big.NewInt(987654321)
	z := new(big.Int)
	fmt.Println(z.Add(a, b), z.Sub(b, a), z.Mul(a, a), z.Quo(a, b), z.Rem(a, b))
	fmt.Println(z)
	for _, p := range [][2]int64{{7, 3}, {-7, 3}, {7, -3}, {-7, -3}, {6, 3}, {-6, 3}} {
		x, y := big.NewInt(p[0]), big.NewInt(p[1])
		q, r := new(big.Int).QuoRem(x, y, new(big.Int))
		d, m := new(big.Int).DivMod(x, y, new(big.Int))
		fmt.Println(x, y, q, r, d, m, new(big.Int).And(x, y), new(big.Int).Or(x, y), new(big.Int).Xor(x, y), new(big.Int).AndNot(x, y), new(big.Int).Not(x), new(big.Int).Rsh(x, 1), new(big.Int).Lsh(x, 70))
	}
	f := big.NewInt(1)
	for i := int64(1); i <= 100; i++ {
		f.Mul(f, big.NewInt(i))
	}
	fmt.Println(f, f.BitLen(), len(f.String()))
	fmt.Println(new(big.Int).Exp(big.NewInt(2), big.NewInt(200), nil), new(big.Int).Exp(big.NewInt(3), big.NewInt(1000), big.NewInt(1000007)))
	fmt.Println(new(big.Int).GCD(nil, nil, big.NewInt(48), big.NewInt(36)), new(big.Int).ModInverse(big.NewInt(3), big.NewInt(11)))
	x, y := new(big.Int), new(big.Int)
	fmt.Println(new(big.Int).GCD(x, y, big.NewInt(240), big.NewInt(46)), x, y)
	fmt.Println(new(big.Int).Sqrt(big.NewInt(1000000)), a.Cmp(b), b.Cmp(a), a.Cmp(a), a.Sign(), big.NewInt(0).Sign())
	fmt.Printf("%d|%x|%X|%#x|%b|%o|%40d|%-40d|%040d|%+d|%s|%v\n", a, a, a, a, b, b, a, a, a, a, a, a)
	fmt.Printf("%q %T\n", b, b)
	fmt.Println(a.Text(36), a.Text(2), a.IsInt64(), b.Int64(), b.Uint64(), a.Bytes())
	fmt.Println(new(big.Int).SetBytes([]byte{1, 0, 0}), new(big.Int).Binomial(50, 25), new(big.Int).MulRange(5, 12))
	for _, s := range []string{"12x", "", "-5", "+7", "0x1f", "0b101", "017", "1_000", "99999999999999999999"} {
		v, ok := new(big.Int).SetString(s, 0)
		fmt.Println(v, ok)
		v, ok = new(big.Int).SetString(s, 10)
		fmt.Println(v, ok)
	}
	for _, n := range []int64{0, 1, 2, 3, 4, 17, 91, 97, 561, 7919, 1000000007} {
		fmt.Print(big.NewInt(n).ProbablyPrime(10), " ")
	}
	fmt.Println()
	j, _ := json.Marshal(map[string]any{"n": a, "m": b})
	fmt.Println(string(j))
	var st struct{ N *big.Int }
	fmt.Println(json.Unmarshal([]byte(`{"N": 123456789012345678901}`), &st), st.N)
	r := big.NewRat(3, 6)
	s := big.NewRat(-5, 4)
	t := new(big.Rat)
	fmt.Println(r, s, t.Add(r, s), t.Mul(r, s), t.Quo(r, s), t.Sub(r, s), r.Cmp(s), r.FloatString(5), s.FloatString(0), s.Num(), s.Denom(), big.NewRat(4, 2).RatString(), big.NewRat(4, 2))
	q, ok := new(big.Rat).SetString("3.125")
	fmt.Println(q, ok)
	q, ok = new(big.Rat).SetString("1/3")
	fmt.Println(q, ok, q.FloatString(10))
	fl, ex := q.Float64()
	fmt.Println(fl, ex)
	u := new(big.Float).SetPrec(200)
	u.SetString("1.5")
	v := big.NewFloat(2)
	v.SetPrec(200)
	fmt.Println(u, v, new(big.Float).Sqrt(v), new(big.Float).Quo(u, big.NewFloat(3)), new(big.Float).Add(u, v), new(big.Float).Mul(u, v), new(big.Float).Sub(u, v))
	fmt.Printf("%.50f\n", new(big.Float).Sqrt(v))
	fmt.Println(new(big.Float).Sqrt(v).Text('f', 40), big.NewFloat(1e100), big.NewFloat(0.1), big.NewFloat(123456789.125), big.NewFloat(1e-7))
	fmt.Printf("%g %v %f %e %.3f %10.2f|\n", big.NewFloat(0.1), big.NewFloat(2.5), big.NewFloat(2.5), big.NewFloat(12345.678), big.NewFloat(3.14159), big.NewFloat(3.14159))
	g, acc := big.NewFloat(2.7).Int(nil)
	fmt.Println(g, acc, big.NewFloat(1.5).Cmp(big.NewFloat(2)), big.NewFloat(0), big.NewFloat(-0.5), u.Prec(), v.Mode())
	fi, _ := new(big.Float).SetString("100000000000000000000000")
	fmt.Println(fi)
	fmt.Println(a.Bit(3), new(big.Int).SetBit(big.NewInt(0), 100, 1), a.TrailingZeroBits())
	defer func() { fmt.Println(recover()) }()
	new(big.Int).Div(a, big.NewInt(0))
}
