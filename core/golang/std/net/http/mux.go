// ServeMux: patterns of method, host and path.
package http

import (
	"fmt"
	"internal/native"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
)

type Handler interface {
	ServeHTTP(ResponseWriter, *Request)
}

type HandlerFunc func(ResponseWriter, *Request)

func (f HandlerFunc) ServeHTTP(w ResponseWriter, r *Request) { f(w, r) }

// A segment is a word, a wildcard {s}, the rest {s...}, or the end {$} (s is "/").
type segment struct {
	s           string
	wild, multi bool
}

type pattern struct {
	str, method, host, loc string
	segments               []segment
	handler                Handler
}

type ServeMux struct{ patterns []*pattern }

func NewServeMux() *ServeMux { return &ServeMux{} }

var DefaultServeMux = NewServeMux()

func name(s string) bool {
	for i, c := range s {
		if !(c == '_' || 'a' <= c|32 && c|32 <= 'z' || c > 127 || i > 0 && '0' <= c && c <= '9') {
			return false
		}
	}
	return s != ""
}

func parsePattern(s string) (*pattern, string) {
	if s == "" {
		return nil, "empty pattern"
	}
	p := &pattern{str: s}
	rest, at := s, 0
	if i := strings.IndexAny(s, " \t"); i >= 0 {
		p.method, rest = s[:i], strings.TrimLeft(s[i+1:], " \t")
		at = len(s) - len(rest)
		if !validMethod(p.method) {
			return nil, fmt.Sprintf("at offset 0: invalid method %q", p.method)
		}
	}
	bad := func(what string) (*pattern, string) { return nil, fmt.Sprintf("at offset %d: %s", at, what) }
	i := strings.IndexByte(rest, '/')
	if i < 0 {
		return bad("host/path missing /")
	}
	p.host, rest = rest[:i], rest[i:]
	if j := strings.IndexByte(p.host, '{'); j >= 0 {
		at += j
		return bad("host contains '{' (missing initial '/'?)")
	}
	at += i
	seen := map[string]bool{}
	for rest != "" {
		rest = rest[1:]
		at++
		if rest == "" {
			p.segments = append(p.segments, segment{"", true, true})
			break
		}
		i := strings.IndexByte(rest, '/')
		if i < 0 {
			i = len(rest)
		}
		seg := rest[:i]
		rest = rest[i:]
		if j := strings.IndexByte(seg, '{'); j < 0 {
			if u, err := url.PathUnescape(seg); err == nil {
				seg = u
			}
			p.segments = append(p.segments, segment{seg, false, false})
		} else if j > 0 {
			return bad("bad wildcard segment (must start with '{')")
		} else if seg[len(seg)-1] != '}' {
			return bad("bad wildcard segment (must end with '}')")
		} else {
			n := seg[1 : len(seg)-1]
			if n == "$" {
				if rest != "" {
					return bad("{$} not at end")
				}
				p.segments = append(p.segments, segment{"/", false, false})
				break
			}
			n, multi := strings.CutSuffix(n, "...")
			if multi && rest != "" {
				return bad("{...} wildcard not at end")
			}
			if n == "" {
				return bad("empty wildcard")
			}
			if !name(n) {
				return bad(fmt.Sprintf("bad wildcard name %q", n))
			}
			if seen[n] {
				return bad(fmt.Sprintf("duplicate wildcard name %q", n))
			}
			seen[n] = true
			p.segments = append(p.segments, segment{n, true, multi})
		}
		at += i
	}
	return p, ""
}

// The ways in which one pattern's paths relate to another's.
const (
	equal = iota
	moreGeneral
	moreSpecific
	disjoint
	overlaps
)

func combine(a, b int) int {
	switch {
	case a == equal || b == disjoint:
		return b
	case b == equal || a == disjoint || a == b:
		return a
	}
	return overlaps
}

func inverse(r int) int {
	switch r {
	case moreGeneral:
		return moreSpecific
	case moreSpecific:
		return moreGeneral
	}
	return r
}

func (p *pattern) multi() bool { return p.segments[len(p.segments)-1].multi }

func compareSegment(a, b segment) int {
	switch {
	case a.multi && b.multi, a.wild && b.wild && !a.multi && !b.multi:
		return equal
	case a.multi:
		return moreGeneral
	case b.multi:
		return moreSpecific
	case a.wild:
		if b.s == "/" {
			return disjoint
		}
		return moreGeneral
	case b.wild:
		return inverse(compareSegment(b, a))
	case a.s == b.s:
		return equal
	}
	return disjoint
}

func (p *pattern) comparePaths(q *pattern) int {
	if len(p.segments) != len(q.segments) && !p.multi() && !q.multi() {
		return disjoint
	}
	r := equal
	n := min(len(p.segments), len(q.segments))
	for i := range n {
		if r = combine(r, compareSegment(p.segments[i], q.segments[i])); r == disjoint {
			return r
		}
	}
	if len(p.segments) == len(q.segments) {
		return r
	}
	if len(p.segments) < len(q.segments) {
		if p.multi() {
			return combine(r, moreGeneral)
		}
		return disjoint
	}
	if q.multi() {
		return combine(r, moreSpecific)
	}
	return disjoint
}

func (p *pattern) compare(q *pattern) int {
	r := p.comparePaths(q)
	if r == disjoint {
		return r
	}
	m := disjoint
	switch {
	case p.method == q.method:
		m = equal
	case p.method == "" || p.method == "GET" && q.method == "HEAD":
		m = moreGeneral
	case q.method == "" || q.method == "GET" && p.method == "HEAD":
		m = moreSpecific
	}
	return combine(m, r)
}

// sample is a path that p matches; with q's words where p is free, and other for further ones.
func (p *pattern) sample(q *pattern, other bool) string {
	s := ""
	for i, g := range p.segments {
		s += "/"
		switch {
		case g.multi:
			for _, h := range q.segments[min(i, len(q.segments)):] {
				if !strings.HasSuffix(s, "/") {
					s += "/"
				}
				if other || h.s == "/" || h.multi {
					break
				}
				s += h.s
			}
		case g.wild:
			if i < len(q.segments) && !q.segments[i].wild && !other {
				s += q.segments[i].s
			} else {
				s += g.s
			}
		case g.s != "/":
			s += g.s
		}
	}
	return s
}

func (p *pattern) conflict(q *pattern) string {
	if p.host != q.host {
		return ""
	}
	r := p.compare(q)
	a, b := p.str, q.str
	switch r {
	case equal:
		return fmt.Sprintf("%s matches the same requests as %s", a, b)
	case overlaps:
		if paths := p.comparePaths(q); paths == overlaps {
			return fmt.Sprintf("%s and %s both match some paths, like %q.\nBut neither is more specific than the other.\n%[1]s matches %[4]q, but %[2]s doesn't.\n%[2]s matches %[5]q, but %[1]s doesn't.", a, b, p.sample(q, false), p.sample(q, true), q.sample(p, true))
		} else if paths == moreGeneral {
			return fmt.Sprintf("%s matches fewer methods than %s, but has a more general path pattern", a, b)
		}
		return fmt.Sprintf("%s matches more methods than %s, but has a more specific path pattern", a, b)
	}
	return ""
}

func (mux *ServeMux) register(str string, h Handler) {
	if str == "" {
		panic("http: invalid pattern")
	}
	if f, ok := h.(HandlerFunc); h == nil || ok && f == nil {
		panic("http: nil handler")
	}
	p, bad := parsePattern(str)
	if bad != "" {
		panic(fmt.Sprintf("parsing %q: %s", str, bad))
	}
	p.loc = "unknown location"
	if _, file, line, ok := native.Caller(2); ok {
		p.loc = file + ":" + strconv.Itoa(line)
	}
	p.handler = h
	for _, q := range mux.patterns {
		if why := p.conflict(q); why != "" {
			panic(fmt.Sprintf("pattern %q (registered at %s) conflicts with pattern %q (registered at %s):\n%s", p.str, p.loc, q.str, q.loc, why))
		}
	}
	mux.patterns = append(mux.patterns, p)
}

func (mux *ServeMux) Handle(pattern string, handler Handler) { mux.register(pattern, handler) }
func (mux *ServeMux) HandleFunc(pattern string, handler func(ResponseWriter, *Request)) {
	mux.register(pattern, HandlerFunc(handler))
}
func Handle(pattern string, handler Handler) { DefaultServeMux.register(pattern, handler) }
func HandleFunc(pattern string, handler func(ResponseWriter, *Request)) {
	DefaultServeMux.register(pattern, HandlerFunc(handler))
}

// match gives the values of p's wildcards for an escaped path's segments.
func (p *pattern) match(parts []string) ([]string, bool) {
	var values []string
	for i, g := range p.segments {
		if g.multi {
			if g.s != "" {
				v, _ := url.PathUnescape(strings.Join(parts[min(i, len(parts)):], "/"))
				values = append(values, v)
			}
			return values, i < len(parts)
		}
		if i >= len(parts) {
			return nil, false
		}
		v := parts[i]
		if u, err := url.PathUnescape(v); err == nil {
			v = u
		}
		if g.s == "/" && !g.wild {
			return values, v == "" && i == len(parts)-1
		}
		if g.wild {
			if v == "" {
				return nil, false
			}
			values = append(values, v)
		} else if g.s != v {
			return nil, false
		}
	}
	return values, len(parts) == len(p.segments)
}

// find gives the best pattern for a request, and the methods that would match.
func (mux *ServeMux) find(host, method, escaped string) (best *pattern, values []string, allow []string) {
	parts := strings.Split(strings.TrimPrefix(escaped, "/"), "/")
	for _, p := range mux.patterns {
		if p.host != "" && p.host != host {
			continue
		}
		v, ok := p.match(parts)
		if !ok {
			continue
		}
		if p.method != "" && p.method != method && !(p.method == "GET" && method == "HEAD") {
			allow = append(allow, p.method)
			if p.method == "GET" {
				allow = append(allow, "HEAD")
			}
			continue
		}
		if best == nil || p.host != "" && best.host == "" || p.host == best.host && p.compare(best) == moreSpecific {
			best, values = p, v
		}
	}
	return
}

func cleanPath(p string) string {
	if p == "" {
		return "/"
	}
	if p[0] != '/' {
		p = "/" + p
	}
	c := path.Clean(p)
	if p[len(p)-1] == '/' && c != "/" {
		c += "/"
	}
	return c
}

func (mux *ServeMux) handler(r *Request) (Handler, *pattern, []string) {
	host, _, ok := strings.Cut(r.Host, ":")
	if !ok {
		host = r.Host
	}
	escaped := r.URL.EscapedPath()
	p := escaped
	if r.Method != "CONNECT" {
		p = cleanPath(p)
	}
	best, values, allow := mux.find(host, r.Method, p)
	redirect := func(to string) (Handler, *pattern, []string) {
		u := &url.URL{Path: to, RawQuery: r.URL.RawQuery}
		if s, err := url.PathUnescape(to); err == nil {
			u.Path, u.RawPath = s, to
		}
		return RedirectHandler(u.String(), StatusTemporaryRedirect), best, nil
	}
	exact := best != nil && !best.multi()
	if r.Method != "CONNECT" && !exact && !strings.HasSuffix(p, "/") {
		if b, _, _ := mux.find(host, r.Method, p+"/"); b != nil && (!b.multi() || len(b.segments) == strings.Count(p, "/")+1) {
			best = b
			return redirect(p + "/")
		}
	}
	if p != escaped && r.Method != "CONNECT" {
		return redirect(p)
	}
	if best == nil {
		if len(allow) > 0 {
			slices.Sort(allow)
			list := strings.Join(slices.Compact(allow), ", ")
			return HandlerFunc(func(w ResponseWriter, r *Request) {
				w.Header().Set("Allow", list)
				Error(w, StatusText(StatusMethodNotAllowed), StatusMethodNotAllowed)
			}), nil, nil
		}
		return NotFoundHandler(), nil, nil
	}
	return best.handler, best, values
}

func (mux *ServeMux) Handler(r *Request) (h Handler, pattern string) {
	h, p, _ := mux.handler(r)
	if p != nil {
		pattern = p.str
	}
	return
}

func (mux *ServeMux) ServeHTTP(w ResponseWriter, r *Request) {
	if r.RequestURI == "*" {
		w.Header().Set("Connection", "close")
		w.WriteHeader(StatusBadRequest)
		return
	}
	h, p, values := mux.handler(r)
	if p != nil {
		r.Pattern = p.str
		for _, g := range p.segments {
			if g.wild && g.s != "" && len(values) > 0 {
				r.SetPathValue(g.s, values[0])
				values = values[1:]
			}
		}
	}
	h.ServeHTTP(w, r)
}
