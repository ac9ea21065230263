// Package httputil has a reverse proxy and texts of requests and responses.
package httputil

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// BufferPool lends the buffers of copies.
type BufferPool interface {
	Get() []byte
	Put([]byte)
}

type ProxyRequest struct {
	In  *http.Request
	Out *http.Request
}

func (r *ProxyRequest) SetURL(target *url.URL) {
	rewrite(r.Out, target)
	r.Out.Host = ""
}

func (r *ProxyRequest) SetXForwarded() {
	if ip, _, err := net.SplitHostPort(r.In.RemoteAddr); err == nil {
		if before := r.Out.Header["X-Forwarded-For"]; len(before) > 0 {
			ip = strings.Join(before, ", ") + ", " + ip
		}
		r.Out.Header.Set("X-Forwarded-For", ip)
	} else {
		r.Out.Header.Del("X-Forwarded-For")
	}
	r.Out.Header.Set("X-Forwarded-Host", r.In.Host)
	r.Out.Header.Set("X-Forwarded-Proto", "http")
}

type ReverseProxy struct {
	Rewrite        func(*ProxyRequest)
	Director       func(*http.Request)
	Transport      http.RoundTripper
	FlushInterval  time.Duration
	ErrorLog       *log.Logger
	BufferPool     BufferPool
	ModifyResponse func(*http.Response) error
	ErrorHandler   func(http.ResponseWriter, *http.Request, error)
}

func NewSingleHostReverseProxy(target *url.URL) *ReverseProxy {
	return &ReverseProxy{Director: func(r *http.Request) { rewrite(r, target) }}
}

func rewrite(r *http.Request, target *url.URL) {
	r.URL.Scheme, r.URL.Host = target.Scheme, target.Host
	a, b := target.EscapedPath(), r.URL.EscapedPath()
	if a != target.Path || b != r.URL.Path {
		r.URL.RawPath = join(a, b)
	}
	r.URL.Path = join(target.Path, r.URL.Path)
	if target.RawQuery == "" || r.URL.RawQuery == "" {
		r.URL.RawQuery = target.RawQuery + r.URL.RawQuery
	} else {
		r.URL.RawQuery = target.RawQuery + "&" + r.URL.RawQuery
	}
}

func join(a, b string) string {
	switch slash := strings.HasSuffix(a, "/"); {
	case slash && strings.HasPrefix(b, "/"):
		return a + b[1:]
	case !slash && !strings.HasPrefix(b, "/"):
		return a + "/" + b
	}
	return a + b
}

// hop are the headers between two neighbours.
var hop = []string{"Connection", "Proxy-Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Te", "Trailer", "Transfer-Encoding", "Upgrade"}

func removeHop(h http.Header) {
	for _, list := range h["Connection"] {
		for _, name := range strings.Split(list, ",") {
			if name = strings.TrimSpace(name); name != "" {
				h.Del(name)
			}
		}
	}
	for _, name := range hop {
		h.Del(name)
	}
}

func (p *ReverseProxy) logf(format string, args ...any) {
	if p.ErrorLog != nil {
		p.ErrorLog.Printf(format, args...)
	} else {
		log.Printf(format, args...)
	}
}

func (p *ReverseProxy) fail(w http.ResponseWriter, r *http.Request, err error) {
	if p.ErrorHandler != nil {
		p.ErrorHandler(w, r, err)
		return
	}
	p.logf("http: proxy error: %v", err)
	w.WriteHeader(http.StatusBadGateway)
}

func (p *ReverseProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	transport := p.Transport
	if transport == nil {
		transport = http.DefaultTransport
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	out := r.Clone(ctx)
	if r.ContentLength == 0 {
		out.Body = nil
	}
	if out.Body != nil {
		defer out.Body.Close()
	}
	if out.Header == nil {
		out.Header = http.Header{}
	}
	if (p.Director != nil) == (p.Rewrite != nil) {
		p.fail(w, r, errors.New("ReverseProxy must have exactly one of Director or Rewrite set"))
		return
	}
	if p.Director != nil {
		p.Director(out)
	}
	out.Close = false
	removeHop(out.Header)
	for _, list := range r.Header["Te"] {
		for _, name := range strings.Split(list, ",") {
			if strings.EqualFold(strings.TrimSpace(name), "trailers") {
				out.Header.Set("Te", "trailers")
			}
		}
	}
	if p.Rewrite != nil {
		for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"} {
			out.Header.Del(name)
		}
		p.Rewrite(&ProxyRequest{r, out})
	} else if ip, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		before, known := out.Header["X-Forwarded-For"]
		if len(before) > 0 {
			ip = strings.Join(before, ", ") + ", " + ip
		}
		if !known || before != nil {
			out.Header.Set("X-Forwarded-For", ip)
		}
	}
	if _, ok := out.Header["User-Agent"]; !ok {
		out.Header.Set("User-Agent", "")
	}
	res, err := transport.RoundTrip(out)
	if err != nil {
		p.fail(w, out, err)
		return
	}
	removeHop(res.Header)
	if p.ModifyResponse != nil {
		if err := p.ModifyResponse(res); err != nil {
			res.Body.Close()
			p.fail(w, out, err)
			return
		}
	}
	h := w.Header()
	for k, list := range res.Header {
		for _, v := range list {
			h.Add(k, v)
		}
	}
	w.WriteHeader(res.StatusCode)
	defer res.Body.Close()
	live := p.FlushInterval < 0 || res.ContentLength == -1 || strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream")
	flusher, _ := w.(http.Flusher)
	buf := make([]byte, 32<<10)
	for {
		n, err := res.Body.Read(buf)
		if n > 0 {
			if _, err := w.Write(buf[:n]); err != nil {
				return
			}
			if live && flusher != nil {
				flusher.Flush()
			}
		}
		if err == io.EOF {
			return
		}
		if err != nil {
			p.logf("httputil: ReverseProxy read error during body copy: %v", err)
			panic(http.ErrAbortHandler)
		}
	}
}

// keep reads a body into memory; both results give it again.
func keep(b io.ReadCloser) (a, c io.ReadCloser, err error) {
	if b == nil || b == http.NoBody {
		return http.NoBody, http.NoBody, nil
	}
	all, err := io.ReadAll(b)
	b.Close()
	return io.NopCloser(bytes.NewReader(all)), io.NopCloser(bytes.NewReader(all)), err
}

// DumpRequest is a request as a server got it.
func DumpRequest(r *http.Request, body bool) ([]byte, error) {
	var b bytes.Buffer
	uri := r.RequestURI
	if uri == "" {
		uri = r.URL.RequestURI()
	}
	method := r.Method
	if method == "" {
		method = "GET"
	}
	fmt.Fprintf(&b, "%s %s HTTP/%d.%d\r\n", method, uri, r.ProtoMajor, r.ProtoMinor)
	host := r.Host
	if host == "" && r.URL != nil {
		host = r.URL.Host
	}
	if host != "" && !strings.HasPrefix(r.RequestURI, "http://") && !strings.HasPrefix(r.RequestURI, "https://") {
		fmt.Fprintf(&b, "Host: %s\r\n", host)
	}
	chunked := len(r.TransferEncoding) > 0 && r.TransferEncoding[0] == "chunked"
	if len(r.TransferEncoding) > 0 {
		fmt.Fprintf(&b, "Transfer-Encoding: %s\r\n", strings.Join(r.TransferEncoding, ","))
	}
	if r.Close {
		b.WriteString("Connection: close\r\n")
	}
	if err := r.Header.WriteSubset(&b, map[string]bool{"Host": true, "Transfer-Encoding": true, "Trailer": true}); err != nil {
		return nil, err
	}
	b.WriteString("\r\n")
	if body && r.Body != nil {
		shown, again, err := keep(r.Body)
		if err != nil {
			return nil, err
		}
		r.Body = again
		text, _ := io.ReadAll(shown)
		if chunked {
			if len(text) > 0 {
				fmt.Fprintf(&b, "%x\r\n%s\r\n", len(text), text)
			}
			b.WriteString("0\r\n\r\n")
		} else {
			b.Write(text)
		}
	}
	return b.Bytes(), nil
}

// DumpRequestOut is a request as a client sends it.
func DumpRequestOut(r *http.Request, body bool) ([]byte, error) {
	shown, again, err := keep(r.Body)
	if err != nil {
		return nil, err
	}
	out := r.Clone(r.Context())
	out.Body = shown
	if r.Body == nil {
		out.Body, again = nil, nil
	}
	r.Body = again
	var b bytes.Buffer
	if err := out.Write(&b); err != nil {
		return nil, err
	}
	head, rest, _ := strings.Cut(b.String(), "\r\n\r\n")
	if r.Header.Get("Accept-Encoding") == "" && r.Header.Get("Range") == "" && r.Method != "HEAD" {
		head += "\r\nAccept-Encoding: gzip"
	}
	if !body {
		rest = ""
	}
	return []byte(head + "\r\n\r\n" + rest), nil
}

func DumpResponse(r *http.Response, body bool) ([]byte, error) {
	var b bytes.Buffer
	shown, again, err := keep(r.Body)
	if err != nil {
		return nil, err
	}
	out := *r
	out.Body = shown
	r.Body = again
	if err := out.Write(&b); err != nil {
		return nil, err
	}
	if !body {
		head, _, _ := bytes.Cut(b.Bytes(), []byte("\r\n\r\n"))
		return append(head, "\r\n\r\n"...), nil
	}
	return b.Bytes(), nil
}
