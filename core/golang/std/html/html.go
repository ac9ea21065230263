// Package html escapes text for HTML.
package html

import (
	"strconv"
	"strings"
)

var escaper = strings.NewReplacer("&", "&amp;", "'", "&#39;", "<", "&lt;", ">", "&gt;", `"`, "&#34;")

func EscapeString(s string) string { return escaper.Replace(s) }

var names = map[string]string{"amp": "&", "lt": "<", "gt": ">", "quot": `"`, "apos": "'", "nbsp": "\u00a0", "copy": "©", "reg": "®", "hellip": "…", "mdash": "—", "ndash": "–", "euro": "€", "laquo": "«", "raquo": "»", "auml": "ä", "ouml": "ö", "uuml": "ü", "szlig": "ß", "Auml": "Ä", "Ouml": "Ö", "Uuml": "Ü", "eacute": "é", "aacute": "á", "times": "×", "deg": "°", "middot": "·", "bull": "•", "trade": "™", "rarr": "→", "larr": "←"}

func UnescapeString(s string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '&')
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		s = s[i:]
		n := 1
		for n < len(s) && (s[n] == '#' && n == 1 || '0' <= s[n] && s[n] <= '9' || 'a' <= s[n]|32 && s[n]|32 <= 'z') {
			n++
		}
		word, to := s[1:n], ""
		if len(word) > 1 && word[0] == '#' {
			base, digits := 10, word[1:]
			if digits[0]|32 == 'x' {
				base, digits = 16, digits[1:]
			}
			if c, err := strconv.ParseUint(digits, base, 32); err == nil && c > 0 {
				to = string(rune(c))
			}
		} else {
			to = names[word]
		}
		if to == "" {
			b.WriteString(s[:n])
		} else {
			b.WriteString(to)
			if n < len(s) && s[n] == ';' {
				n++
			}
		}
		s = s[n:]
	}
}
