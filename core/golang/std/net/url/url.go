// Package url parses URLs and escapes queries.
package url

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

type Error struct {
	Op  string
	URL string
	Err error
}

func (e *Error) Unwrap() error { return e.Err }
func (e *Error) Error() string { return fmt.Sprintf("%s %q: %s", e.Op, e.URL, e.Err) }
func (e *Error) Timeout() bool {
	t, ok := e.Err.(interface{ Timeout() bool })
	return ok && t.Timeout()
}
func (e *Error) Temporary() bool {
	t, ok := e.Err.(interface{ Temporary() bool })
	return ok && t.Temporary()
}

type EscapeError string

func (e EscapeError) Error() string { return "invalid URL escape " + strconv.Quote(string(e)) }

type InvalidHostError string

func (e InvalidHostError) Error() string {
	return "invalid character " + strconv.Quote(string(e)) + " in host name"
}

type mode int

const (
	modePath mode = iota
	modeSegment
	modeHost
	modeZone
	modeUser
	modeQuery
	modeFragment
)

func shouldEscape(c byte, m mode) bool {
	if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_' || c == '.' || c == '~' {
		return false
	}
	ok := ""
	switch m {
	case modePath:
		ok = "$&+,/:;=@"
	case modeSegment:
		ok = "$&+:=@"
	case modeHost, modeZone:
		ok = "!$&'()*+,;=:[]<>\""
	case modeUser:
		ok = "$&+,;="
	case modeFragment:
		ok = "$&+,/:;=?@!()*"
	}
	return strings.IndexByte(ok, c) < 0
}

func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|32 && c|32 <= 'f':
		return int(c|32-'a') + 10
	}
	return -1
}

func unescape(s string, m mode) (string, error) {
	plain := true
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '%':
			plain = false
			if i+2 >= len(s) || unhex(s[i+1]) < 0 || unhex(s[i+2]) < 0 {
				return "", EscapeError(s[i:min(i+3, len(s))])
			}
			if m == modeHost && unhex(s[i+1]) < 8 && s[i:i+3] != "%25" {
				return "", EscapeError(s[i : i+3])
			}
			i += 2
		case '+':
			plain = plain && m != modeQuery
		default:
			if (m == modeHost || m == modeZone) && s[i] < 0x80 && shouldEscape(s[i], m) {
				return "", InvalidHostError(s[i : i+1])
			}
		}
	}
	if plain {
		return s, nil
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '%':
			b = append(b, byte(unhex(s[i+1])<<4|unhex(s[i+2])))
			i += 2
		case c == '+' && m == modeQuery:
			b = append(b, ' ')
		default:
			b = append(b, c)
		}
	}
	return string(b), nil
}

func escape(s string, m mode) string {
	var b []byte
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == ' ' && m == modeQuery {
			b = append(b, '+')
		} else if shouldEscape(c, m) {
			b = append(b, '%', "0123456789ABCDEF"[c>>4], "0123456789ABCDEF"[c&15])
		} else {
			b = append(b, c)
		}
	}
	return string(b)
}

func QueryUnescape(s string) (string, error) { return unescape(s, modeQuery) }
func PathUnescape(s string) (string, error)  { return unescape(s, modeSegment) }
func QueryEscape(s string) string            { return escape(s, modeQuery) }
func PathEscape(s string) string             { return escape(s, modeSegment) }

type URL struct {
	Scheme      string
	Opaque      string
	User        *Userinfo
	Host        string
	Path        string
	Fragment    string
	RawQuery    string
	RawPath     string
	RawFragment string
	ForceQuery  bool
	OmitHost    bool
}

type Userinfo struct {
	username    string
	password    string
	passwordSet bool
}

func User(username string) *Userinfo { return &Userinfo{username, "", false} }
func UserPassword(username, password string) *Userinfo {
	return &Userinfo{username, password, true}
}

func (u *Userinfo) Username() string {
	if u == nil {
		return ""
	}
	return u.username
}
func (u *Userinfo) Password() (string, bool) {
	if u == nil {
		return "", false
	}
	return u.password, u.passwordSet
}
func (u *Userinfo) String() string {
	if u == nil {
		return ""
	}
	s := escape(u.username, modeUser)
	if u.passwordSet {
		s += ":" + escape(u.password, modeUser)
	}
	return s
}

func Parse(rawURL string) (*URL, error) {
	u, frag, _ := strings.Cut(rawURL, "#")
	url, err := parse(u, false)
	if err == nil && frag != "" {
		err = url.setFragment(frag)
	}
	if err != nil {
		return nil, &Error{"parse", u, err}
	}
	return url, nil
}

func ParseRequestURI(rawURL string) (*URL, error) {
	url, err := parse(rawURL, true)
	if err != nil {
		return nil, &Error{"parse", rawURL, err}
	}
	return url, nil
}

func (u *URL) setFragment(f string) error {
	s, err := unescape(f, modeFragment)
	if err == nil {
		u.Fragment, u.RawFragment = s, ""
		if escape(s, modeFragment) != f {
			u.RawFragment = f
		}
	}
	return err
}

func (u *URL) setPath(p string) error {
	s, err := unescape(p, modePath)
	if err == nil {
		u.Path, u.RawPath = s, ""
		if escape(s, modePath) != p {
			u.RawPath = p
		}
	}
	return err
}

func parse(raw string, viaRequest bool) (*URL, error) {
	for i := 0; i < len(raw); i++ {
		if raw[i] < ' ' || raw[i] == 0x7f {
			return nil, errors.New("net/url: invalid control character in URL")
		}
	}
	if raw == "" && viaRequest {
		return nil, errors.New("empty url")
	}
	u := &URL{}
	if raw == "*" {
		u.Path = "*"
		return u, nil
	}
	rest := raw
schemeLoop:
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		switch {
		case 'a' <= c|32 && c|32 <= 'z':
		case '0' <= c && c <= '9' || c == '+' || c == '-' || c == '.':
			if i == 0 {
				break schemeLoop
			}
		case c == ':':
			if i == 0 {
				return nil, errors.New("missing protocol scheme")
			}
			u.Scheme, rest = strings.ToLower(raw[:i]), raw[i+1:]
			break schemeLoop
		default:
			break schemeLoop
		}
	}
	if strings.HasSuffix(rest, "?") && strings.Count(rest, "?") == 1 {
		u.ForceQuery = true
		rest = rest[:len(rest)-1]
	} else {
		rest, u.RawQuery, _ = strings.Cut(rest, "?")
	}
	if !strings.HasPrefix(rest, "/") {
		if u.Scheme != "" {
			u.Opaque = rest
			return u, nil
		}
		if viaRequest {
			return nil, errors.New("invalid URI for request")
		}
		if segment, _, _ := strings.Cut(rest, "/"); strings.Contains(segment, ":") {
			return nil, errors.New("first path segment in URL cannot contain colon")
		}
	}
	if (u.Scheme != "" || !viaRequest && !strings.HasPrefix(rest, "///")) && strings.HasPrefix(rest, "//") {
		authority := rest[2:]
		rest = ""
		if i := strings.Index(authority, "/"); i >= 0 {
			authority, rest = authority[:i], authority[i:]
		}
		var err error
		if u.User, u.Host, err = parseAuthority(authority); err != nil {
			return nil, err
		}
	} else if u.Scheme != "" && strings.HasPrefix(rest, "/") {
		u.OmitHost = true
	}
	return u, u.setPath(rest)
}

func parseAuthority(a string) (user *Userinfo, host string, err error) {
	i := strings.LastIndex(a, "@")
	if host, err = parseHost(a[i+1:]); err != nil || i < 0 {
		return nil, host, err
	}
	name := a[:i]
	for j := 0; j < len(name); j++ {
		if c := name[j]; shouldEscape(c, modeUser) && strings.IndexByte(":@%", c) < 0 && strings.IndexByte("!*'()", c) < 0 {
			return nil, "", errors.New("net/url: invalid userinfo")
		}
	}
	name, pass, has := strings.Cut(name, ":")
	if name, err = unescape(name, modeUser); err != nil {
		return nil, "", err
	}
	if pass, err = unescape(pass, modeUser); err != nil {
		return nil, "", err
	}
	return &Userinfo{name, pass, has}, host, nil
}

func validPort(p string) bool {
	if p == "" {
		return true
	}
	if p[0] != ':' {
		return false
	}
	for _, c := range p[1:] {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

func parseHost(host string) (string, error) {
	if strings.HasPrefix(host, "[") {
		i := strings.LastIndex(host, "]")
		if i < 0 {
			return "", errors.New("missing ']' in host")
		}
		if p := host[i+1:]; !validPort(p) {
			return "", fmt.Errorf("invalid port %q after host", p)
		}
	} else if i := strings.LastIndex(host, ":"); i >= 0 {
		if p := host[i:]; !validPort(p) {
			return "", fmt.Errorf("invalid port %q after host", p)
		}
	}
	return unescape(host, modeHost)
}

func (u *URL) EscapedPath() string {
	if u.RawPath != "" {
		if p, err := unescape(u.RawPath, modePath); err == nil && p == u.Path && printable(u.RawPath) {
			return u.RawPath
		}
	}
	if u.Path == "*" {
		return "*"
	}
	return escape(u.Path, modePath)
}

// printable: an escaped text may stay as it is.
func printable(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c > '~' || strings.IndexByte("\"<>^`{|}\\", c) >= 0 {
			return false
		}
	}
	return true
}

func (u *URL) EscapedFragment() string {
	if u.RawFragment != "" {
		if f, err := unescape(u.RawFragment, modeFragment); err == nil && f == u.Fragment && printable(u.RawFragment) {
			return u.RawFragment
		}
	}
	return escape(u.Fragment, modeFragment)
}

func (u *URL) String() string {
	var b strings.Builder
	if u.Scheme != "" {
		b.WriteString(u.Scheme + ":")
	}
	if u.Opaque != "" {
		b.WriteString(u.Opaque)
	} else {
		if u.Scheme != "" || u.Host != "" || u.User != nil {
			if !u.OmitHost || u.Host != "" || u.User != nil {
				if u.Host != "" || u.Path != "" || u.User != nil {
					b.WriteString("//")
				}
				if u.User != nil {
					b.WriteString(u.User.String() + "@")
				}
				b.WriteString(escape(u.Host, modeHost))
			}
		}
		p := u.EscapedPath()
		if p != "" && p[0] != '/' && u.Host != "" {
			b.WriteByte('/')
		}
		if b.Len() == 0 {
			if segment, _, _ := strings.Cut(p, "/"); strings.Contains(segment, ":") {
				b.WriteString("./")
			}
		}
		b.WriteString(p)
	}
	if u.ForceQuery || u.RawQuery != "" {
		b.WriteString("?" + u.RawQuery)
	}
	if u.Fragment != "" {
		b.WriteString("#" + u.EscapedFragment())
	}
	return b.String()
}

func (u *URL) Redacted() string {
	if u == nil {
		return ""
	}
	r := *u
	if _, has := r.User.Password(); has {
		r.User = UserPassword(r.User.Username(), "xxxxx")
	}
	return r.String()
}

func (u *URL) IsAbs() bool   { return u.Scheme != "" }
func (u *URL) Query() Values {
	v, _ := ParseQuery(u.RawQuery)
	return v
}
func (u *URL) RequestURI() string {
	s := u.Opaque
	if s == "" {
		if s = u.EscapedPath(); s == "" {
			s = "/"
		}
	} else if strings.HasPrefix(s, "//") {
		s = u.Scheme + ":" + s
	}
	if u.ForceQuery || u.RawQuery != "" {
		s += "?" + u.RawQuery
	}
	return s
}

func (u *URL) Hostname() string {
	h, _ := splitHost(u.Host)
	return h
}

func (u *URL) Port() string {
	_, p := splitHost(u.Host)
	return p
}

func splitHost(h string) (host, port string) {
	host = h
	if i := strings.LastIndexByte(h, ':'); i >= 0 && validPort(h[i:]) {
		host, port = h[:i], h[i+1:]
	}
	if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		host = host[1 : len(host)-1]
	}
	return
}

func (u *URL) MarshalBinary() ([]byte, error) { return []byte(u.String()), nil }
func (u *URL) UnmarshalBinary(text []byte) error {
	p, err := Parse(string(text))
	if err == nil {
		*u = *p
	}
	return err
}

func (u *URL) Parse(ref string) (*URL, error) {
	r, err := Parse(ref)
	if err != nil {
		return nil, err
	}
	return u.ResolveReference(r), nil
}

func resolve(base, ref string) string {
	full := ref
	if ref == "" {
		full = base
	} else if ref[0] != '/' {
		full = base[:strings.LastIndex(base, "/")+1] + ref
	}
	if full == "" {
		return ""
	}
	var out []string
	segments := strings.Split(strings.TrimPrefix(full, "/"), "/")
	for i, e := range segments {
		dots := e == "." || e == ".."
		if e == ".." && len(out) > 0 {
			out = out[:len(out)-1]
		} else if !dots {
			out = append(out, e)
		}
		if dots && i == len(segments)-1 {
			out = append(out, "")
		}
	}
	return "/" + strings.Join(out, "/")
}

func (u *URL) ResolveReference(ref *URL) *URL {
	r := *ref
	if ref.Scheme == "" {
		r.Scheme = u.Scheme
	}
	if ref.Scheme != "" || ref.Host != "" || ref.User != nil {
		r.setPath(resolve(ref.EscapedPath(), ""))
		return &r
	}
	if ref.Opaque != "" {
		r.User, r.Host, r.Path = nil, "", ""
		return &r
	}
	if ref.Path == "" && !ref.ForceQuery && ref.RawQuery == "" {
		r.RawQuery = u.RawQuery
		if ref.Fragment == "" {
			r.Fragment, r.RawFragment = u.Fragment, u.RawFragment
		}
	}
	if ref.Path == "" && u.Opaque != "" {
		r.Opaque, r.User, r.Host, r.Path = u.Opaque, nil, "", ""
		return &r
	}
	r.Host, r.User = u.Host, u.User
	r.setPath(resolve(u.EscapedPath(), ref.EscapedPath()))
	return &r
}

func (u *URL) JoinPath(elem ...string) *URL {
	r, _ := u.joinPath(elem)
	return r
}

func (u *URL) joinPath(elem []string) (*URL, error) {
	elem = append([]string{u.EscapedPath()}, elem...)
	p := ""
	if !strings.HasPrefix(elem[0], "/") {
		elem[0] = "/" + elem[0]
		p = path.Join(elem...)[1:]
	} else {
		p = path.Join(elem...)
	}
	if strings.HasSuffix(elem[len(elem)-1], "/") && !strings.HasSuffix(p, "/") {
		p += "/"
	}
	r := *u
	err := r.setPath(p)
	return &r, err
}

func JoinPath(base string, elem ...string) (string, error) {
	u, err := Parse(base)
	if err != nil {
		return "", err
	}
	r, err := u.joinPath(elem)
	if err != nil {
		return "", err
	}
	return r.String(), nil
}

type Values map[string][]string

func (v Values) Get(key string) string {
	if l := v[key]; len(l) > 0 {
		return l[0]
	}
	return ""
}
func (v Values) Set(key, value string) { v[key] = []string{value} }
func (v Values) Add(key, value string) { v[key] = append(v[key], value) }
func (v Values) Del(key string)        { delete(v, key) }
func (v Values) Has(key string) bool {
	_, ok := v[key]
	return ok
}

func (v Values) Encode() string {
	keys := make([]string, 0, len(v))
	for k := range v {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	s := ""
	for _, k := range keys {
		for _, x := range v[k] {
			if s != "" {
				s += "&"
			}
			s += QueryEscape(k) + "=" + QueryEscape(x)
		}
	}
	return s
}

func ParseQuery(query string) (Values, error) {
	v := Values{}
	var bad error
	for query != "" {
		var part string
		part, query, _ = strings.Cut(query, "&")
		if strings.Contains(part, ";") {
			bad = fmt.Errorf("invalid semicolon separator in query")
			continue
		}
		if part == "" {
			continue
		}
		key, value, _ := strings.Cut(part, "=")
		key, e1 := QueryUnescape(key)
		value, e2 := QueryUnescape(value)
		if e1 == nil {
			e1 = e2
		}
		if e1 != nil {
			if bad == nil {
				bad = e1
			}
			continue
		}
		v[key] = append(v[key], value)
	}
	return v, bad
}

func (u *URL) AppendBinary(b []byte) ([]byte, error) { return append(b, u.String()...), nil }
