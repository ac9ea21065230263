// Package path handles slash-separated paths.
package path

import "errors"

var ErrBadPattern = errors.New("syntax error in pattern")

func Clean(path string) string {
	rooted := path != "" && path[0] == '/'
	var parts []string
	for i := 0; i < len(path); {
		j := i
		for j < len(path) && path[j] != '/' {
			j++
		}
		switch p := path[i:j]; {
		case p == "" || p == ".":
		case p != "..":
			parts = append(parts, p)
		case len(parts) > 0 && parts[len(parts)-1] != "..":
			parts = parts[:len(parts)-1]
		case !rooted:
			parts = append(parts, p)
		}
		i = j + 1
	}
	s := ""
	for i, p := range parts {
		if i > 0 {
			s += "/"
		}
		s += p
	}
	if rooted {
		return "/" + s
	}
	if s == "" {
		return "."
	}
	return s
}

func Join(elem ...string) string {
	s := ""
	for _, e := range elem {
		if s != "" {
			s += "/" + e
		} else {
			s = e
		}
	}
	if s == "" {
		return ""
	}
	return Clean(s)
}

func Split(path string) (dir, file string) {
	i := len(path)
	for i > 0 && path[i-1] != '/' {
		i--
	}
	return path[:i], path[i:]
}

func Ext(path string) string {
	for i := len(path) - 1; i >= 0 && path[i] != '/'; i-- {
		if path[i] == '.' {
			return path[i:]
		}
	}
	return ""
}

func Base(path string) string {
	if path == "" {
		return "."
	}
	for len(path) > 0 && path[len(path)-1] == '/' {
		path = path[:len(path)-1]
	}
	if _, path = Split(path); path == "" {
		return "/"
	}
	return path
}

func IsAbs(path string) bool { return path != "" && path[0] == '/' }

func Dir(path string) string {
	dir, _ := Split(path)
	return Clean(dir)
}

func Match(pattern, name string) (bool, error) {
	p, s := []rune(pattern), []rune(name)
	for i := 0; i < len(p); i++ {
		switch p[i] {
		case '\\':
			if i++; i == len(p) {
				return false, ErrBadPattern
			}
		case '[':
			if _, n := class(p[i:], 0); n == 0 {
				return false, ErrBadPattern
			} else {
				i += n - 1
			}
		}
	}
	return match(p, s), nil
}

func match(p, s []rune) bool {
	for len(p) > 0 {
		switch p[0] {
		case '*':
			for i := 0; ; i++ {
				if match(p[1:], s[i:]) {
					return true
				}
				if i == len(s) || s[i] == '/' {
					return false
				}
			}
		case '?':
			if len(s) == 0 || s[0] == '/' {
				return false
			}
		case '[':
			if len(s) == 0 {
				return false
			}
			ok, n := class(p, s[0])
			if !ok {
				return false
			}
			p = p[n-1:]
		case '\\':
			p = p[1:]
			fallthrough
		default:
			if len(s) == 0 || p[0] != s[0] {
				return false
			}
		}
		p, s = p[1:], s[1:]
	}
	return len(s) == 0
}

// class matches r with the [class] that p begins with and tells its length, 0 if it is bad.
func class(p []rune, r rune) (ok bool, n int) {
	i, not := 1, false
	if len(p) > 1 && p[1] == '^' {
		i, not = 2, true
	}
	get := func() (c rune, good bool) {
		if i >= len(p) || p[i] == '-' || p[i] == ']' {
			return 0, false
		}
		if p[i] == '\\' {
			if i++; i >= len(p) {
				return 0, false
			}
		}
		i++
		return p[i-1], i < len(p)
	}
	for k := 0; ; k++ {
		if i < len(p) && p[i] == ']' && k > 0 {
			return ok != not, i + 1
		}
		lo, good := get()
		hi := lo
		if good && p[i] == '-' {
			i++
			hi, good = get()
		}
		if !good {
			return false, 0
		}
		if lo <= r && r <= hi {
			ok = true
		}
	}
}
