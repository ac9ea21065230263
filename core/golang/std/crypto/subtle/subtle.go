// Package subtle compares in constant time.
package subtle

func ConstantTimeCompare(x, y []byte) int {
	if len(x) != len(y) {
		return 0
	}
	var v byte
	for i := range x {
		v |= x[i] ^ y[i]
	}
	return ConstantTimeByteEq(v, 0)
}
func ConstantTimeSelect(v, x, y int) int     { return ^(v-1)&x | (v-1)&y }
func ConstantTimeByteEq(x, y uint8) int      { return ConstantTimeEq(int32(x), int32(y)) }
func ConstantTimeEq(x, y int32) int          { return int((uint64(uint32(x^y)) - 1) >> 63) }
func ConstantTimeLessOrEq(x, y int) int      { return int(((int64(x) - int64(y) - 1) >> 63) & 1) }
func ConstantTimeCopy(v int, x, y []byte) {
	if len(x) != len(y) {
		panic("subtle: slices have different lengths")
	}
	if v == 1 {
		copy(x, y)
	}
}
func XORBytes(dst, x, y []byte) int {
	n := min(len(x), len(y))
	for i := range n {
		dst[i] = x[i] ^ y[i]
	}
	return n
}
