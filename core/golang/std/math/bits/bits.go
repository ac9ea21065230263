// Package bits counts and moves bits.
package bits

const UintSize = 64

func Len64(x uint64) (n int) {
	for s := 32; s > 0; s >>= 1 {
		if x>>s != 0 {
			x >>= s
			n += s
		}
	}
	return n + int(x)
}

func OnesCount64(x uint64) int {
	x -= x >> 1 & 0x5555555555555555
	x = x&0x3333333333333333 + x>>2&0x3333333333333333
	return int((x + x>>4) & 0x0f0f0f0f0f0f0f0f * 0x0101010101010101 >> 56)
}

func TrailingZeros64(x uint64) int {
	if x == 0 {
		return 64
	}
	return Len64(x&-x) - 1
}

func Reverse64(x uint64) (r uint64) {
	for range 64 {
		r = r<<1 | x&1
		x >>= 1
	}
	return
}

func ReverseBytes64(x uint64) (r uint64) {
	for range 8 {
		r = r<<8 | x&255
		x >>= 8
	}
	return
}

func LeadingZeros(x uint) int          { return 64 - Len64(uint64(x)) }
func LeadingZeros8(x uint8) int        { return 8 - Len64(uint64(x)) }
func LeadingZeros16(x uint16) int      { return 16 - Len64(uint64(x)) }
func LeadingZeros32(x uint32) int      { return 32 - Len64(uint64(x)) }
func LeadingZeros64(x uint64) int      { return 64 - Len64(x) }
func TrailingZeros(x uint) int         { return TrailingZeros64(uint64(x)) }
func TrailingZeros8(x uint8) int       { return TrailingZeros64(uint64(x) | 1<<8) }
func TrailingZeros16(x uint16) int     { return TrailingZeros64(uint64(x) | 1<<16) }
func TrailingZeros32(x uint32) int     { return TrailingZeros64(uint64(x) | 1<<32) }
func OnesCount(x uint) int             { return OnesCount64(uint64(x)) }
func OnesCount8(x uint8) int           { return OnesCount64(uint64(x)) }
func OnesCount16(x uint16) int         { return OnesCount64(uint64(x)) }
func OnesCount32(x uint32) int         { return OnesCount64(uint64(x)) }
func RotateLeft(x uint, k int) uint    { return x<<(k&63) | x>>(64-k&63) }
func RotateLeft8(x uint8, k int) uint8 { return x<<(k&7) | x>>(8-k&7) }
func RotateLeft16(x uint16, k int) uint16 { return x<<(k&15) | x>>(16-k&15) }
func RotateLeft32(x uint32, k int) uint32 { return x<<(k&31) | x>>(32-k&31) }
func RotateLeft64(x uint64, k int) uint64 { return x<<(k&63) | x>>(64-k&63) }
func Reverse(x uint) uint              { return uint(Reverse64(uint64(x))) }
func Reverse8(x uint8) uint8           { return uint8(Reverse64(uint64(x)) >> 56) }
func Reverse16(x uint16) uint16        { return uint16(Reverse64(uint64(x)) >> 48) }
func Reverse32(x uint32) uint32        { return uint32(Reverse64(uint64(x)) >> 32) }
func ReverseBytes(x uint) uint         { return uint(ReverseBytes64(uint64(x))) }
func ReverseBytes16(x uint16) uint16   { return x>>8 | x<<8 }
func ReverseBytes32(x uint32) uint32   { return uint32(ReverseBytes64(uint64(x)) >> 32) }
func Len(x uint) int                   { return Len64(uint64(x)) }
func Len8(x uint8) int                 { return Len64(uint64(x)) }
func Len16(x uint16) int               { return Len64(uint64(x)) }
func Len32(x uint32) int               { return Len64(uint64(x)) }

func Add64(x, y, carry uint64) (sum, carryOut uint64) {
	sum = x + y + carry
	return sum, (x&y | (x|y)&^sum) >> 63
}

func Sub64(x, y, borrow uint64) (diff, borrowOut uint64) {
	diff = x - y - borrow
	return diff, (^x&y | ^(x^y)&diff) >> 63
}

func Add32(x, y, carry uint32) (sum, carryOut uint32) {
	s := uint64(x) + uint64(y) + uint64(carry)
	return uint32(s), uint32(s >> 32)
}

func Sub32(x, y, borrow uint32) (diff, borrowOut uint32) {
	d := uint64(x) - uint64(y) - uint64(borrow)
	return uint32(d), uint32(d >> 63)
}

func Add(x, y, carry uint) (sum, carryOut uint) {
	s, c := Add64(uint64(x), uint64(y), uint64(carry))
	return uint(s), uint(c)
}

func Sub(x, y, borrow uint) (diff, borrowOut uint) {
	d, b := Sub64(uint64(x), uint64(y), uint64(borrow))
	return uint(d), uint(b)
}

func Mul64(x, y uint64) (hi, lo uint64) {
	a, b, c, d := x>>32, x&0xffffffff, y>>32, y&0xffffffff
	t := a*d + b*d>>32
	u := t&0xffffffff + b*c
	return a*c + t>>32 + u>>32, x * y
}

func Mul32(x, y uint32) (hi, lo uint32) {
	p := uint64(x) * uint64(y)
	return uint32(p >> 32), uint32(p)
}

func Mul(x, y uint) (hi, lo uint) {
	h, l := Mul64(uint64(x), uint64(y))
	return uint(h), uint(l)
}

func Div64(hi, lo, y uint64) (quo, rem uint64) {
	if y == 0 {
		return hi / y, 0
	}
	if y <= hi {
		panic("runtime error: integer overflow")
	}
	rem = hi
	for i := 63; i >= 0; i-- {
		top := rem >> 63
		rem = rem<<1 | lo>>i&1
		if top == 1 || rem >= y {
			rem -= y
			quo |= 1 << i
		}
	}
	return
}

func Rem64(hi, lo, y uint64) uint64 {
	_, r := Div64(hi%y, lo, y)
	return r
}

func Rem(hi, lo, y uint) uint { return uint(Rem64(uint64(hi), uint64(lo), uint64(y))) }

func Rem32(hi, lo, y uint32) uint32 { return uint32((uint64(hi)<<32 | uint64(lo)) % uint64(y)) }

func Div32(hi, lo, y uint32) (quo, rem uint32) {
	if y != 0 && y <= hi {
		panic("runtime error: integer overflow")
	}
	z := uint64(hi)<<32 | uint64(lo)
	return uint32(z / uint64(y)), uint32(z % uint64(y))
}

func Div(hi, lo, y uint) (quo, rem uint) {
	q, r := Div64(uint64(hi), uint64(lo), uint64(y))
	return uint(q), uint(r)
}
