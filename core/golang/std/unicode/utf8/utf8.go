// Package utf8 encodes and decodes runes.
package utf8

const (
	RuneError = '\uFFFD'
	RuneSelf  = 0x80
	MaxRune   = '\U0010FFFF'
	UTFMax    = 4
)

func RuneCountInString(s string) (n int) {
	for range s {
		n++
	}
	return
}

func RuneCount(p []byte) int { return RuneCountInString(string(p)) }

func ValidRune(r rune) bool { return 0 <= r && r < 0xD800 || 0xDFFF < r && r <= MaxRune }

func RuneLen(r rune) int {
	switch {
	case r < 0:
		return -1
	case r < 0x80:
		return 1
	case r < 0x800:
		return 2
	case 0xD800 <= r && r <= 0xDFFF || r > MaxRune:
		return -1
	case r < 0x10000:
		return 3
	}
	return 4
}

func AppendRune(p []byte, r rune) []byte {
	if uint32(r) < RuneSelf {
		return append(p, byte(r))
	}
	return append(p, string(r)...)
}

func EncodeRune(p []byte, r rune) int {
	s := string(r)
	_ = p[len(s)-1]
	return copy(p, s)
}

func DecodeRuneInString(s string) (rune, int) {
	if s == "" {
		return RuneError, 0
	}
	if s[0] < RuneSelf {
		return rune(s[0]), 1
	}
	var first rune
	for i, r := range s {
		if i > 0 {
			return first, i
		}
		first = r
	}
	return first, len(s)
}

func DecodeRune(p []byte) (rune, int) {
	if len(p) > 0 && p[0] < RuneSelf {
		return rune(p[0]), 1
	}
	return DecodeRuneInString(string(p[:min(len(p), 4)]))
}

func DecodeLastRuneInString(s string) (rune, int) {
	n := len(s)
	if n == 0 {
		return RuneError, 0
	}
	if s[n-1] < RuneSelf {
		return rune(s[n-1]), 1
	}
	for i := n - 1; i >= 0 && i >= n-4; i-- {
		if RuneStart(s[i]) {
			if r, size := DecodeRuneInString(s[i:]); i+size == n {
				return r, size
			}
			break
		}
	}
	return RuneError, 1
}

func DecodeLastRune(p []byte) (rune, int) {
	return DecodeLastRuneInString(string(p[max(0, len(p)-4):]))
}

func RuneStart(b byte) bool { return b&0xC0 != 0x80 }

func ValidString(s string) bool {
	for i, r := range s {
		if r == RuneError && (i+3 > len(s) || s[i:i+3] != "\uFFFD") {
			return false
		}
	}
	return true
}

func Valid(p []byte) bool { return ValidString(string(p)) }

func FullRuneInString(s string) bool {
	if s == "" {
		return false
	}
	c, n := s[0], 1
	switch {
	case 0xC2 <= c && c < 0xE0:
		n = 2
	case 0xE0 <= c && c < 0xF0:
		n = 3
	case 0xF0 <= c && c < 0xF5:
		n = 4
	}
	if len(s) >= n {
		return true
	}
	if len(s) > 1 {
		lo, hi := byte(0x80), byte(0xBF)
		switch c {
		case 0xE0:
			lo = 0xA0
		case 0xED:
			hi = 0x9F
		case 0xF0:
			lo = 0x90
		case 0xF4:
			hi = 0x8F
		}
		if s[1] < lo || s[1] > hi {
			return true
		}
	}
	return len(s) > 2 && s[2]&0xC0 != 0x80
}

func FullRune(p []byte) bool { return FullRuneInString(string(p[:min(len(p), 4)])) }
