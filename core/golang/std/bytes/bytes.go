// Package bytes works on byte slices.
package bytes

import (
	"iter"
	"strings"
	"unicode"
)

const MinRead = 512

func Index(s, sep []byte) int
func IndexByte(b []byte, c byte) int
func Compare(a, b []byte) int
func Equal(a, b []byte) bool

func Count(s, sep []byte) int { return strings.Count(string(s), string(sep)) }
func LastIndex(s, sep []byte) int { return strings.LastIndex(string(s), string(sep)) }
func Contains(b, sub []byte) bool { return Index(b, sub) >= 0 }
func ContainsAny(b []byte, chars string) bool { return IndexAny(b, chars) >= 0 }
func ContainsRune(b []byte, r rune) bool { return IndexRune(b, r) >= 0 }
func ContainsFunc(b []byte, f func(rune) bool) bool { return IndexFunc(b, f) >= 0 }
func IndexAny(s []byte, chars string) int { return strings.IndexAny(string(s), chars) }
func IndexRune(s []byte, r rune) int { return strings.IndexRune(string(s), r) }
func IndexFunc(s []byte, f func(rune) bool) int { return strings.IndexFunc(string(s), f) }
func LastIndexAny(s []byte, chars string) int { return strings.LastIndexAny(string(s), chars) }
func LastIndexByte(s []byte, c byte) int { return strings.LastIndexByte(string(s), c) }
func LastIndexFunc(s []byte, f func(rune) bool) int { return strings.LastIndexFunc(string(s), f) }
func HasPrefix(s, prefix []byte) bool { return len(s) >= len(prefix) && Equal(s[:len(prefix)], prefix) }
func HasSuffix(s, suffix []byte) bool { return len(s) >= len(suffix) && Equal(s[len(s)-len(suffix):], suffix) }
func EqualFold(s, t []byte) bool { return strings.EqualFold(string(s), string(t)) }
func ToUpper(s []byte) []byte { return []byte(strings.ToUpper(string(s))) }
func ToLower(s []byte) []byte { return []byte(strings.ToLower(string(s))) }
func ToTitle(s []byte) []byte { return []byte(strings.ToTitle(string(s))) }
func ToUpperSpecial(c unicode.SpecialCase, s []byte) []byte { return Map(c.ToUpper, s) }
func ToLowerSpecial(c unicode.SpecialCase, s []byte) []byte { return Map(c.ToLower, s) }
func ToTitleSpecial(c unicode.SpecialCase, s []byte) []byte { return Map(c.ToTitle, s) }
func Title(s []byte) []byte { return []byte(strings.Title(string(s))) }
func ToValidUTF8(s, replacement []byte) []byte { return []byte(strings.ToValidUTF8(string(s), string(replacement))) }
func Map(mapping func(rune) rune, s []byte) []byte { return []byte(strings.Map(mapping, string(s))) }
func Replace(s, old, new []byte, n int) []byte { return []byte(strings.Replace(string(s), string(old), string(new), n)) }
func ReplaceAll(s, old, new []byte) []byte { return Replace(s, old, new, -1) }
func Runes(s []byte) []rune { return []rune(string(s)) }

func Repeat(b []byte, count int) []byte {
	if count < 0 {
		panic("bytes: negative Repeat count")
	}
	return []byte(strings.Repeat(string(b), count))
}

func Clone(b []byte) []byte {
	if b == nil {
		return nil
	}
	return append([]byte{}, b...)
}

func Join(s [][]byte, sep []byte) []byte {
	r := []byte{}
	for i, b := range s {
		if i > 0 {
			r = append(r, sep...)
		}
		r = append(r, b...)
	}
	return r
}

func TrimLeftFunc(s []byte, f func(rune) bool) []byte {
	n := len(strings.TrimLeftFunc(string(s), f))
	if n == 0 {
		return nil
	}
	return s[len(s)-n:]
}
func TrimRightFunc(s []byte, f func(rune) bool) []byte { return s[:len(strings.TrimRightFunc(string(s), f))] }
func TrimFunc(s []byte, f func(rune) bool) []byte { return TrimRightFunc(TrimLeftFunc(s, f), f) }
func TrimLeft(s []byte, cutset string) []byte {
	n := len(strings.TrimLeft(string(s), cutset))
	if n == 0 {
		return nil
	}
	return s[len(s)-n:]
}
func TrimRight(s []byte, cutset string) []byte { return s[:len(strings.TrimRight(string(s), cutset))] }
func Trim(s []byte, cutset string) []byte { return TrimRight(TrimLeft(s, cutset), cutset) }
func TrimSpace(s []byte) []byte { return TrimFunc(s, unicode.IsSpace) }

func TrimPrefix(s, prefix []byte) []byte {
	if HasPrefix(s, prefix) {
		return s[len(prefix):]
	}
	return s
}

func TrimSuffix(s, suffix []byte) []byte {
	if HasSuffix(s, suffix) {
		return s[:len(s)-len(suffix)]
	}
	return s
}

func Cut(s, sep []byte) (before, after []byte, found bool) {
	if i := Index(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, nil, false
}

func CutPrefix(s, prefix []byte) (after []byte, found bool) {
	if !HasPrefix(s, prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

func CutSuffix(s, suffix []byte) (before []byte, found bool) {
	if !HasSuffix(s, suffix) {
		return s, false
	}
	return s[:len(s)-len(suffix)], true
}

// parts cuts s into pieces of the lengths of list's strings, with gap bytes between them.
func parts(s []byte, list []string, gap int) [][]byte {
	if list == nil {
		return nil
	}
	r := make([][]byte, len(list))
	at := 0
	for i, p := range list {
		if i == len(list)-1 {
			r[i] = s[at : at+len(p)]
		} else {
			r[i] = s[at : at+len(p) : at+len(p)]
		}
		at += len(p) + gap
	}
	return r
}

func SplitN(s, sep []byte, n int) [][]byte { return parts(s, strings.SplitN(string(s), string(sep), n), len(sep)) }
func Split(s, sep []byte) [][]byte { return SplitN(s, sep, -1) }
func SplitAfterN(s, sep []byte, n int) [][]byte { return parts(s, strings.SplitAfterN(string(s), string(sep), n), 0) }
func SplitAfter(s, sep []byte) [][]byte { return SplitAfterN(s, sep, -1) }
func Fields(s []byte) [][]byte { return FieldsFunc(s, unicode.IsSpace) }

func FieldsFunc(s []byte, f func(rune) bool) [][]byte {
	r := [][]byte{}
	start := -1
	for i, c := range string(s) {
		if !f(c) {
			if start < 0 {
				start = i
			}
		} else if start >= 0 {
			r = append(r, s[start:i:i])
			start = -1
		}
	}
	if start >= 0 {
		r = append(r, s[start:len(s):len(s)])
	}
	return r
}

func each(list [][]byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for _, b := range list {
			if !yield(b) {
				return
			}
		}
	}
}

func SplitSeq(s, sep []byte) iter.Seq[[]byte] { return each(Split(s, sep)) }
func SplitAfterSeq(s, sep []byte) iter.Seq[[]byte] { return each(SplitAfter(s, sep)) }
func FieldsSeq(s []byte) iter.Seq[[]byte] { return each(Fields(s)) }
func FieldsFuncSeq(s []byte, f func(rune) bool) iter.Seq[[]byte] { return each(FieldsFunc(s, f)) }

func Lines(s []byte) iter.Seq[[]byte] {
	l := SplitAfter(s, []byte("\n"))
	if len(l) > 0 && len(l[len(l)-1]) == 0 {
		l = l[:len(l)-1]
	}
	return each(l)
}
