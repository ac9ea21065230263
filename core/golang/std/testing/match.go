package testing

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// matcher holds a pattern for each level of names between slashes.
type matcher []*regexp.Regexp

func newMatcher(pattern, name string) (matcher, error) {
	if pattern == "" {
		return nil, nil
	}
	var m matcher
	for _, part := range split(pattern) {
		re, err := regexp.Compile(rewrite(part))
		if err != nil {
			return nil, fmt.Errorf("testing: invalid regexp for element %d of %s (%q): %s", len(m), name, part, err)
		}
		m = append(m, re)
	}
	return m, nil
}

// split cuts a pattern at the slashes that stand outside of brackets.
func split(pattern string) []string {
	var parts []string
	depth, start := 0, 0
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '[', '(':
			depth++
		case ']', ')':
			depth--
		case '\\':
			i++
		case '/':
			if depth == 0 {
				parts = append(parts, pattern[start:i])
				start = i + 1
			}
		}
	}
	return append(parts, pattern[start:])
}

// matches tells whether a name at a level is to run.
func (m matcher) matches(name string, level int) bool {
	elements := strings.Split(name, "/")
	if len(skips) > 0 && len(elements) >= len(skips) && skips.all(elements) {
		return false
	}
	return m.all(elements)
}

func (m matcher) all(elements []string) bool {
	for i, element := range elements {
		if i < len(m) && !m[i].MatchString(element) {
			return false
		}
	}
	return true
}

// rewrite makes a name without blanks and unprintable characters.
func rewrite(name string) string {
	var b strings.Builder
	for _, r := range name {
		switch {
		case unicode.IsSpace(r):
			b.WriteByte('_')
		case !strconv.IsPrint(r):
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
