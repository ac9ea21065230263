// Package textproto is headers of MIME.
package textproto

import "strings"

type MIMEHeader map[string][]string

func (h MIMEHeader) Add(key, value string) {
	key = CanonicalMIMEHeaderKey(key)
	h[key] = append(h[key], value)
}
func (h MIMEHeader) Set(key, value string)      { h[CanonicalMIMEHeaderKey(key)] = []string{value} }
func (h MIMEHeader) Values(key string) []string { return h[CanonicalMIMEHeaderKey(key)] }
func (h MIMEHeader) Del(key string)             { delete(h, CanonicalMIMEHeaderKey(key)) }
func (h MIMEHeader) Get(key string) string {
	if v := h[CanonicalMIMEHeaderKey(key)]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// CanonicalMIMEHeaderKey writes each word's first letter large.
func CanonicalMIMEHeaderKey(s string) string {
	b := []byte(s)
	up := true
	for i, c := range b {
		if c <= ' ' || c >= 0x7f || strings.IndexByte("()<>@,;:\\\"/[]?={}", c) >= 0 {
			return s
		}
		if up && 'a' <= c && c <= 'z' {
			b[i] = c - 32
		} else if !up && 'A' <= c && c <= 'Z' {
			b[i] = c + 32
		}
		up = c == '-'
	}
	return string(b)
}

func TrimString(s string) string { return strings.Trim(s, " \t\r\n") }
