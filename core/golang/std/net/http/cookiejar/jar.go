// Package cookiejar keeps cookies by host.
package cookiejar

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

type PublicSuffixList interface {
	PublicSuffix(domain string) string
	String() string
}

type Options struct{ PublicSuffixList PublicSuffixList }

type entry struct {
	http.Cookie
	host string
	only bool
	end  time.Time
}

type Jar struct{ list []*entry }

func New(o *Options) (*Jar, error) { return &Jar{}, nil }

func (j *Jar) SetCookies(u *url.URL, cookies []*http.Cookie) {
	host := strings.ToLower(u.Hostname())
	for _, c := range cookies {
		e := &entry{Cookie: *c, host: strings.ToLower(strings.TrimPrefix(c.Domain, ".")), end: c.Expires}
		if e.host == "" {
			e.host, e.only = host, true
		} else if host != e.host && !strings.HasSuffix(host, "."+e.host) {
			continue
		}
		if e.Path == "" || e.Path[0] != '/' {
			e.Path = "/"
			if i := strings.LastIndexByte(u.Path, '/'); i > 0 {
				e.Path = u.Path[:i]
			}
		}
		if c.MaxAge > 0 {
			e.end = time.Now().Add(time.Duration(c.MaxAge) * time.Second)
		}
		gone := c.MaxAge < 0 || !e.end.IsZero() && !e.end.After(time.Now())
		at := slices.IndexFunc(j.list, func(o *entry) bool { return o.Name == e.Name && o.host == e.host && o.Path == e.Path })
		switch {
		case at >= 0 && gone:
			j.list = slices.Delete(j.list, at, at+1)
		case at >= 0:
			j.list[at] = e
		case !gone:
			j.list = append(j.list, e)
		}
	}
}

func (j *Jar) Cookies(u *url.URL) (list []*http.Cookie) {
	host, path := strings.ToLower(u.Hostname()), u.Path
	if path == "" {
		path = "/"
	}
	var fit []*entry
	for _, e := range j.list {
		if (host == e.host || !e.only && strings.HasSuffix(host, "."+e.host)) &&
			(path == e.Path || strings.HasPrefix(path, strings.TrimSuffix(e.Path, "/")+"/")) &&
			(!e.Secure || u.Scheme == "https") && (e.end.IsZero() || e.end.After(time.Now())) {
			fit = append(fit, e)
		}
	}
	slices.SortStableFunc(fit, func(a, b *entry) int { return len(b.Path) - len(a.Path) })
	for _, e := range fit {
		list = append(list, &http.Cookie{Name: e.Name, Value: e.Value, Quoted: e.Quoted})
	}
	return
}
