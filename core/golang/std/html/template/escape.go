// Escapers.
package template

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	text "text/template"
	"unicode"
	"unicode/utf8"
)

var escapers = text.FuncMap{
	"_html_template_attrescaper":     attrEscaper,
	"_html_template_commentescaper":  func(...any) string { return "" },
	"_html_template_cssescaper":      cssEscaper,
	"_html_template_cssvaluefilter":  cssValueFilter,
	"_html_template_htmlnamefilter":  htmlNameFilter,
	"_html_template_htmlescaper":     htmlEscaper,
	"_html_template_jsregexpescaper": jsRegexpEscaper,
	"_html_template_jsstrescaper":    jsStrEscaper,
	"_html_template_jsvalescaper":    jsValEscaper,
	"_html_template_nospaceescaper":  nospaceEscaper,
	"_html_template_rcdataescaper":   rcdataEscaper,
	"_html_template_srcsetescaper":   srcsetEscaper,
	"_html_template_urlescaper":      func(a ...any) string { return processURL(false, a) },
	"_html_template_urlfilter":       urlFilter,
	"_html_template_urlnormalizer":   func(a ...any) string { return processURL(true, a) },
}

func (e *escaper) action(t *text.Template, s text.Step, c context) context {
	switch c.state {
	case stateAfterName:
		c.state, c.attr = stateTag, ""
	case stateBeforeValue:
		c.state, c.delim = valueState(c.attr), 1
	}
	if c.state == stateTag {
		c.state = stateAttrName
	}
	var names []string
	add := func(name string) { names = append(names, "_html_template_"+name) }
	switch c.state {
	case stateURL:
		switch c.part {
		case 0:
			add("urlfilter")
			add("urlnormalizer")
		case 1:
			add("urlnormalizer")
		case 2:
			add("urlescaper")
		default:
			panic(&Error{ErrorCode: ErrAmbigContext, Name: t.Name(), Line: s.Line(), col: s.Col(), Description: fmt.Sprintf("%s appears in an ambiguous context within a URL", "{{"+s.Source()+"}}")})
		}
	case stateSrcset:
		add("srcsetescaper")
	case stateJS:
		add("jsvalescaper")
		c.div = true
	case stateJSDqStr, stateJSSqStr:
		add("jsstrescaper")
	case stateJSTmplLit:
		add("jsstrescaper")
	case stateJSRegexp:
		add("jsregexpescaper")
	case stateCSS:
		add("cssvaluefilter")
	case stateCSSDqStr, stateCSSSqStr:
		add("cssescaper")
	case stateHTMLCmt, stateJSBlockCmt, stateJSLineCmt, stateCSSBlockCmt, stateCSSLineCmt:
		add("commentescaper")
	case stateText:
		add("htmlescaper")
	case stateRCDATA:
		add("rcdataescaper")
	case stateAttrName:
		add("htmlnamefilter")
	}
	switch c.delim {
	case 0:
	case 1:
		add("nospaceescaper")
	default:
		add("attrescaper")
	}
	drop := "html"
	if c.state == stateURL {
		drop = "urlquery"
	}
	s.Pipe(drop, names...)
	return c
}

// plain gives what is printed of values, and the name of its type if that says that it is safe.
func plain(args []any) (string, string) {
	if len(args) == 1 {
		switch s := indirect(args[0]).(type) {
		case string:
			return s, ""
		case CSS:
			return string(s), "css"
		case HTML:
			return string(s), "html"
		case HTMLAttr:
			return string(s), "attr"
		case JS:
			return string(s), "js"
		case JSStr:
			return string(s), "jsstr"
		case URL:
			return string(s), "url"
		case Srcset:
			return string(s), "srcset"
		}
	}
	i := 0
	for _, a := range args {
		if a != nil {
			args[i] = stringer(a)
			i++
		}
	}
	return fmt.Sprint(args[:i]...), ""
}

func indirect(a any) any {
	v := reflect.ValueOf(a)
	if v.Kind() != reflect.Pointer {
		return a
	}
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	return v.Interface()
}

func stringer(a any) any {
	v := reflect.ValueOf(a)
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		switch v.Interface().(type) {
		case error, fmt.Stringer:
			return v.Interface()
		}
		v = v.Elem()
	}
	return v.Interface()
}

const (
	htmlChars  = "\x00\"&'+<>"
	spaceChars = "\x00\t\n\v\f\r \"&'+<=>`"
)

// entities writes the characters of a set as entities.
func entities(s, set string, keepAmp bool) string {
	if s == "" && set == spaceChars {
		return ""
	}
	var b strings.Builder
	for _, r := range s {
		if r >= 0x80 || strings.IndexByte(set, byte(r)) < 0 || keepAmp && r == '&' {
			if keepAmp || r < 0x80 || set == htmlChars || !(0xfdd0 <= r && r <= 0xfdef || 0xfff0 <= r && r <= 0xffff) {
				b.WriteRune(r)
				continue
			}
		}
		switch r {
		case 0:
			b.WriteString("\uFFFD")
		case '&':
			b.WriteString("&amp;")
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		default:
			if r >= 0x80 {
				fmt.Fprintf(&b, "&#x%x;", r)
			} else {
				fmt.Fprintf(&b, "&#%d;", r)
			}
		}
	}
	return b.String()
}

func htmlEscaper(args ...any) string {
	s, t := plain(args)
	if t == "html" {
		return s
	}
	return entities(s, htmlChars, false)
}

func attrEscaper(args ...any) string {
	s, t := plain(args)
	if t == "html" {
		return entities(stripTags(s), htmlChars, true)
	}
	return entities(s, htmlChars, false)
}

func rcdataEscaper(args ...any) string {
	s, t := plain(args)
	return entities(s, htmlChars, t == "html")
}

func nospaceEscaper(args ...any) string {
	s, t := plain(args)
	if s == "" {
		return "ZgotmplZ"
	}
	if t == "html" {
		return entities(stripTags(s), spaceChars, true)
	}
	return entities(s, spaceChars, false)
}

func stripTags(s string) string {
	var b strings.Builder
	c := context{}
	for s != "" {
		d, n, kept := c.next(s)
		if n == 0 && d == c {
			n, kept = 1, s[:1]
		}
		if c.state == stateText || c.state == stateRCDATA {
			if i := strings.LastIndexByte(kept, '<'); i >= 0 && d.state != c.state {
				kept = kept[:i]
			}
			b.WriteString(kept)
		}
		s, c = s[n:], d
	}
	return b.String()
}

func htmlNameFilter(args ...any) string {
	s, t := plain(args)
	if t == "attr" {
		return s
	}
	if s == "" {
		return "ZgotmplZ"
	}
	s = strings.ToLower(s)
	if attrKind(s) != "" {
		return "ZgotmplZ"
	}
	for i := range len(s) {
		if !isAlnum(s[i]) {
			return "ZgotmplZ"
		}
	}
	return s
}

func safeURL(s string) bool {
	p, _, ok := strings.Cut(s, ":")
	return !ok || strings.Contains(p, "/") || strings.EqualFold(p, "http") || strings.EqualFold(p, "https") || strings.EqualFold(p, "mailto")
}

func urlFilter(args ...any) string {
	s, t := plain(args)
	if t == "url" || safeURL(s) {
		return s
	}
	return "#ZgotmplZ"
}

func processURL(norm bool, args []any) string {
	s, t := plain(args)
	return normalized(s, norm || t == "url")
}

func normalized(s string, norm bool) string {
	var b strings.Builder
	hex := func(i int) bool { return i < len(s) && (isAlnum(s[i]) && s[i]|32 <= 'f') }
	for i := 0; i < len(s); i++ {
		c := s[i]
		if isAlnum(c) || strings.IndexByte("-._~", c) >= 0 || norm && (strings.IndexByte("!#$&*+,/:;=?@[]", c) >= 0 || c == '%' && hex(i+1) && hex(i+2)) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02x", c)
		}
	}
	return b.String()
}

func srcsetEscaper(args ...any) string {
	s, t := plain(args)
	switch t {
	case "srcset":
		return s
	case "url":
		return strings.ReplaceAll(normalized(s, true), ",", "%2c")
	}
	var out []string
	for _, part := range strings.Split(s, ",") {
		f := strings.TrimLeft(part, spaces)
		lead := part[:len(part)-len(f)]
		u, rest := f, ""
		if i := strings.IndexAny(f, spaces); i >= 0 {
			u, rest = f[:i], f[i:]
		}
		ok := safeURL(u)
		for _, r := range rest {
			ok = ok && (r < 0x80 && (isAlnum(byte(r)) || strings.ContainsRune(spaces, r)))
		}
		if ok {
			out = append(out, lead+normalized(u, true)+rest)
		} else {
			out = append(out, "#ZgotmplZ")
		}
	}
	return strings.Join(out, ",")
}

func isIdent(r rune) bool {
	return r == '$' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

func jsValEscaper(args ...any) string {
	var a any
	if len(args) == 1 {
		a = stringer1(args[0])
		switch t := a.(type) {
		case JS:
			return string(t)
		case JSStr:
			return `"` + string(t) + `"`
		case json.Marshaler:
		case fmt.Stringer:
			a = t.String()
		}
	} else {
		for i := range args {
			args[i] = stringer1(args[i])
		}
		a = fmt.Sprint(args...)
	}
	b, err := json.Marshal(a)
	if err != nil {
		s := strings.ReplaceAll(strings.ReplaceAll(err.Error(), "*/", "* /"), "</", `\x3C/`)
		return " /* " + strings.ReplaceAll(s, "<!--", `\x3C!--`) + " */null "
	}
	if len(b) == 0 {
		return " null "
	}
	s := strings.NewReplacer("\u2028", `\u2028`, "\u2029", `\u2029`).Replace(string(b))
	first, _ := utf8.DecodeRuneInString(s)
	last, _ := utf8.DecodeLastRuneInString(s)
	if isIdent(first) || isIdent(last) {
		return " " + s + " "
	}
	return s
}

func stringer1(a any) any {
	if a == nil {
		return nil
	}
	v := reflect.ValueOf(a)
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		switch v.Interface().(type) {
		case json.Marshaler, error, fmt.Stringer:
			return v.Interface()
		}
		v = v.Elem()
	}
	return v.Interface()
}

func jsReplace(s string, table func(r rune) string) string {
	var b strings.Builder
	for _, r := range s {
		if t := table(r); t != "" {
			b.WriteString(t)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func jsStrChar(r rune) string {
	switch r {
	case '\t':
		return `\t`
	case '\n':
		return `\n`
	case '\f':
		return `\f`
	case '\r':
		return `\r`
	case '/':
		return `\/`
	case '\\':
		return `\\`
	case 0, '\v', '"', '&', '\'', '+', '<', '>', '`', 0x2028, 0x2029:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return ""
}

func jsStrEscaper(args ...any) string {
	s, t := plain(args)
	return jsReplace(s, func(r rune) string {
		if t == "jsstr" && r == '\\' {
			return ""
		}
		return jsStrChar(r)
	})
}

func jsRegexpEscaper(args ...any) string {
	s, _ := plain(args)
	if s == "" {
		return "(?:)"
	}
	return jsReplace(s, func(r rune) string {
		if strings.ContainsRune("$()*-.?[]^{|}", r) {
			return `\` + string(r)
		}
		return jsStrChar(r)
	})
}

func cssEscaper(args ...any) string {
	s, _ := plain(args)
	var b strings.Builder
	for i, r := range s {
		if r == '\\' {
			b.WriteString(`\\`)
			continue
		}
		if r >= 0x80 || strings.IndexByte("\x00\t\n\f\r\"&'()+/:;<>{}", byte(r)) < 0 {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, `\%x`, r)
		if i+1 < len(s) && (isAlnum(s[i+1]) && (s[i+1]|32 <= 'f') || strings.IndexByte(spaces, s[i+1]) >= 0) {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func cssValueFilter(args ...any) string {
	s, t := plain(args)
	if t == "css" {
		return s
	}
	var id []byte
	for i := range len(s) {
		c := s[i]
		if strings.IndexByte("\x00\"'()/;@[\\]`{}<>", c) >= 0 || c == '-' && i > 0 && s[i-1] == '-' {
			return "ZgotmplZ"
		}
		if isAlpha(c) {
			id = append(id, c|32)
		}
	}
	if w := string(id); strings.Contains(w, "expression") || strings.Contains(w, "mozbinding") {
		return "ZgotmplZ"
	}
	return s
}
