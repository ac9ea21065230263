package testing

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// matcher holds alternatives, each with a pattern for each level of names between slashes.
type matcher [][]*regexp.Regexp

func newMatcher(pattern, name string) (matcher, error) {
	if pattern == "" {
		return nil, nil
	}
	var m matcher
	for _, alternative := range split(pattern, '|') {
		var levels []*regexp.Regexp
		for _, part := range split(alternative, '/') {
			re, err := regexp.Compile(rewrite(part))
			if err != nil {
				return nil, fmt.Errorf("testing: invalid regexp for element %d of %s (%q): %s", len(levels), name, part, err)
			}
			levels = append(levels, re)
		}
		m = append(m, levels)
	}
	return m, nil
}

// split cuts a pattern where a character stands outside of brackets.
func split(pattern string, at byte) []string {
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
		case at:
			if depth == 0 {
				parts = append(parts, pattern[start:i])
				start = i + 1
			}
		}
	}
	return append(parts, pattern[start:])
}

// matches tells whether a name is to run.
func (m matcher) matches(name string, level int) bool {
	elements := strings.Split(name, "/")
	if len(skips) > 0 && skips.whole(elements) {
		return false
	}
	return m.all(elements)
}

// all tells whether the names of all levels fit one of the alternatives, as far as both go.
func (m matcher) all(elements []string) bool {
	for _, levels := range m {
		fits := true
		for i, element := range elements {
			fits = fits && (i >= len(levels) || levels[i].MatchString(element))
		}
		if fits {
			return true
		}
	}
	return len(m) == 0
}

// whole tells whether an alternative fits with all its levels.
func (m matcher) whole(elements []string) bool {
	for _, levels := range m {
		if len(elements) >= len(levels) && (matcher{levels}).all(elements) {
			return true
		}
	}
	return false
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
