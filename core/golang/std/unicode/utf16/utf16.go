// Package utf16 is the 16-bit encoding of Unicode.
package utf16

func IsSurrogate(r rune) bool { return 0xd800 <= r && r < 0xe000 }

func DecodeRune(r1, r2 rune) rune {
	if 0xd800 <= r1 && r1 < 0xdc00 && 0xdc00 <= r2 && r2 < 0xe000 {
		return (r1-0xd800)<<10 | (r2 - 0xdc00) + 0x10000
	}
	return 0xfffd
}

func EncodeRune(r rune) (r1, r2 rune) {
	if r < 0x10000 || r > 0x10ffff {
		return 0xfffd, 0xfffd
	}
	r -= 0x10000
	return 0xd800 + r>>10, 0xdc00 + r&0x3ff
}

func RuneLen(r rune) int {
	switch {
	case r < 0 || r > 0x10ffff || IsSurrogate(r):
		return -1
	case r < 0x10000:
		return 1
	}
	return 2
}

func AppendRune(a []uint16, r rune) []uint16 {
	switch RuneLen(r) {
	case 1:
		return append(a, uint16(r))
	case 2:
		x, y := EncodeRune(r)
		return append(a, uint16(x), uint16(y))
	}
	return append(a, 0xfffd)
}

func Encode(s []rune) (a []uint16) {
	a = []uint16{}
	for _, r := range s {
		a = AppendRune(a, r)
	}
	return
}

func Decode(s []uint16) []rune {
	out := []rune{}
	for i := 0; i < len(s); i++ {
		r := rune(s[i])
		if IsSurrogate(r) {
			next := rune(0)
			if i+1 < len(s) {
				next = rune(s[i+1])
			}
			if r = DecodeRune(r, next); r != 0xfffd {
				i++
			}
		}
		out = append(out, r)
	}
	return out
}
