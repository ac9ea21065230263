// Package strings searches, splits and changes strings.
package strings

import (
	"iter"
	"unicode"
	"unicode/utf8"
)

func Index(s, substr string) int
func IndexByte(s string, c byte) int
func LastIndex(s, substr string) int
func Count(s, substr string) int
func ToUpper(s string) string
func ToLower(s string) string
func EqualFold(s, t string) bool
func TrimSpace(s string) string
func Fields(s string) []string
func Join(elems []string, sep string) string
func Replace(s, old, new string, n int) string

// split cuts s before each sep, keeping the first save bytes of sep; n < 0: all.
func split(s, sep string, save, n int) []string
func repeat(s string, count int) string

func Repeat(s string, count int) string {
	if count < 0 {
		panic("strings: negative Repeat count")
	}
	if len(s) > 0 && count > (1<<62)/len(s) {
		panic("strings: Repeat output length overflow")
	}
	return repeat(s, count)
}

func Clone(s string) string                         { return string([]byte(s)) }
func Compare(a, b string) int {
	if a < b {
		return -1
	}
	if a > b {
		return 1
	}
	return 0
}
func Contains(s, substr string) bool                { return Index(s, substr) >= 0 }
func ContainsAny(s, chars string) bool              { return IndexAny(s, chars) >= 0 }
func ContainsRune(s string, r rune) bool            { return IndexRune(s, r) >= 0 }
func ContainsFunc(s string, f func(rune) bool) bool { return IndexFunc(s, f) >= 0 }
func HasPrefix(s, prefix string) bool {
	return len(s) >= len(prefix) && s[:len(prefix)] == prefix
}
func HasSuffix(s, suffix string) bool {
	return len(s) >= len(suffix) && s[len(s)-len(suffix):] == suffix
}
func ReplaceAll(s, old, new string) string         { return Replace(s, old, new, -1) }
func Split(s, sep string) []string                 { return split(s, sep, 0, -1) }
func SplitN(s, sep string, n int) []string         { return split(s, sep, 0, n) }
func SplitAfter(s, sep string) []string            { return split(s, sep, len(sep), -1) }
func SplitAfterN(s, sep string, n int) []string    { return split(s, sep, len(sep), n) }

func Cut(s, sep string) (before, after string, found bool) {
	if i := Index(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

func CutPrefix(s, prefix string) (after string, found bool) {
	if !HasPrefix(s, prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

func CutSuffix(s, suffix string) (before string, found bool) {
	if !HasSuffix(s, suffix) {
		return s, false
	}
	return s[:len(s)-len(suffix)], true
}

func TrimPrefix(s, prefix string) string {
	if HasPrefix(s, prefix) {
		return s[len(prefix):]
	}
	return s
}

func TrimSuffix(s, suffix string) string {
	if HasSuffix(s, suffix) {
		return s[:len(s)-len(suffix)]
	}
	return s
}

func IndexRune(s string, r rune) int {
	if r == utf8.RuneError {
		for i, c := range s {
			if c == r {
				return i
			}
		}
		return -1
	}
	if !utf8.ValidRune(r) {
		return -1
	}
	return Index(s, string(r))
}

func IndexAny(s, chars string) int {
	for i, c := range s {
		if IndexRune(chars, c) >= 0 {
			return i
		}
	}
	return -1
}

func LastIndexAny(s, chars string) int {
	for i := len(s); i > 0; {
		r, n := utf8.DecodeLastRuneInString(s[:i])
		i -= n
		if IndexRune(chars, r) >= 0 {
			return i
		}
	}
	return -1
}

func LastIndexByte(s string, c byte) int {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == c {
			return i
		}
	}
	return -1
}

func IndexFunc(s string, f func(rune) bool) int { return indexFunc(s, f, true) }

func indexFunc(s string, f func(rune) bool, want bool) int {
	for i, c := range s {
		if f(c) == want {
			return i
		}
	}
	return -1
}

func LastIndexFunc(s string, f func(rune) bool) int {
	i, _ := lastIndexFunc(s, f, true)
	return i
}

func lastIndexFunc(s string, f func(rune) bool, want bool) (int, int) {
	for i := len(s); i > 0; {
		r, n := utf8.DecodeLastRuneInString(s[:i])
		i -= n
		if f(r) == want {
			return i, n
		}
	}
	return -1, 0
}

func TrimLeftFunc(s string, f func(rune) bool) string {
	if i := indexFunc(s, f, false); i >= 0 {
		return s[i:]
	}
	return ""
}

func TrimRightFunc(s string, f func(rune) bool) string {
	i, n := lastIndexFunc(s, f, false)
	return s[:max(0, i+n)]
}

func TrimFunc(s string, f func(rune) bool) string { return TrimRightFunc(TrimLeftFunc(s, f), f) }

func Trim(s, cutset string) string { return TrimRight(TrimLeft(s, cutset), cutset) }

func TrimLeft(s, cutset string) string {
	if cutset == "" {
		return s
	}
	return TrimLeftFunc(s, func(r rune) bool { return IndexRune(cutset, r) >= 0 })
}

func TrimRight(s, cutset string) string {
	if cutset == "" {
		return s
	}
	return TrimRightFunc(s, func(r rune) bool { return IndexRune(cutset, r) >= 0 })
}

func FieldsFunc(s string, f func(rune) bool) []string {
	list := []string{}
	start := -1
	for i, c := range s {
		if !f(c) {
			if start < 0 {
				start = i
			}
		} else if start >= 0 {
			list = append(list, s[start:i])
			start = -1
		}
	}
	if start >= 0 {
		list = append(list, s[start:])
	}
	return list
}

func Map(mapping func(rune) rune, s string) string {
	b := make([]byte, 0, len(s))
	for _, c := range s {
		if r := mapping(c); r >= 0 {
			b = utf8.AppendRune(b, r)
		}
	}
	return string(b)
}

func ToTitle(s string) string { return Map(unicode.ToTitle, s) }

func ToUpperSpecial(c unicode.SpecialCase, s string) string { return Map(c.ToUpper, s) }
func ToLowerSpecial(c unicode.SpecialCase, s string) string { return Map(c.ToLower, s) }
func ToTitleSpecial(c unicode.SpecialCase, s string) string { return Map(c.ToTitle, s) }

func Title(s string) string {
	prev := ' '
	return Map(func(r rune) rune {
		p := prev
		prev = r
		if r == '_' || unicode.IsLetter(p) || unicode.IsDigit(p) || p == '_' {
			return r
		}
		if p < 128 && !unicode.IsSpace(p) || p >= 128 && !unicode.IsSpace(p) {
			if p < 128 {
				return unicode.ToTitle(r)
			}
			return r
		}
		return unicode.ToTitle(r)
	}, s)
}

func ToValidUTF8(s, replacement string) string {
	var b []byte
	bad := false
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			if !bad {
				b = append(b, replacement...)
			}
			bad = true
		} else {
			b = append(b, s[i:i+n]...)
			bad = false
		}
		i += n
	}
	return string(b)
}

func SplitSeq(s, sep string) iter.Seq[string]      { return each(split(s, sep, 0, -1)) }
func SplitAfterSeq(s, sep string) iter.Seq[string] { return each(split(s, sep, len(sep), -1)) }
func FieldsSeq(s string) iter.Seq[string]          { return each(Fields(s)) }
func FieldsFuncSeq(s string, f func(rune) bool) iter.Seq[string] {
	return func(yield func(string) bool) { each(FieldsFunc(s, f))(yield) }
}

func Lines(s string) iter.Seq[string] {
	l := split(s, "\n", 1, -1)
	if l[len(l)-1] == "" {
		l = l[:len(l)-1]
	}
	return each(l)
}

func each(list []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, s := range list {
			if !yield(s) {
				return
			}
		}
	}
}
