// The client.
package http

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"time"
)

type RoundTripper interface {
	RoundTrip(*Request) (*Response, error)
}

type CookieJar interface {
	SetCookies(u *url.URL, cookies []*Cookie)
	Cookies(u *url.URL) []*Cookie
}

type Client struct {
	Transport     RoundTripper
	CheckRedirect func(req *Request, via []*Request) error
	Jar           CookieJar
	Timeout       time.Duration
}

var DefaultClient = &Client{}

type Transport struct {
	Proxy                  func(*Request) (*url.URL, error)
	DialContext            func(ctx context.Context, network, addr string) (net.Conn, error)
	Dial                   func(network, addr string) (net.Conn, error)
	DialTLSContext         func(ctx context.Context, network, addr string) (net.Conn, error)
	TLSClientConfig        any
	TLSHandshakeTimeout    time.Duration
	DisableKeepAlives      bool
	DisableCompression     bool
	MaxIdleConns           int
	MaxIdleConnsPerHost    int
	MaxConnsPerHost        int
	IdleConnTimeout        time.Duration
	ResponseHeaderTimeout  time.Duration
	ExpectContinueTimeout  time.Duration
	MaxResponseHeaderBytes int64
	WriteBufferSize        int
	ReadBufferSize         int
	ForceAttemptHTTP2      bool
	idle                   map[string][]*clientConn
}

var DefaultTransport RoundTripper = &Transport{Proxy: ProxyFromEnvironment, MaxIdleConns: 100, IdleConnTimeout: 90 * time.Second}

func ProxyFromEnvironment(req *Request) (*url.URL, error) { return nil, nil }
func ProxyURL(u *url.URL) func(*Request) (*url.URL, error) {
	return func(*Request) (*url.URL, error) { return u, nil }
}

func (t *Transport) Clone() *Transport {
	c := *t
	c.idle = nil
	return &c
}

type clientConn struct {
	net.Conn
	br    *bufio.Reader
	timer *time.Timer
	used  bool
}

func (t *Transport) CloseIdleConnections() {
	for _, list := range t.idle {
		for _, c := range list {
			c.timer.Stop()
			c.Close()
		}
	}
	t.idle = nil
}

func (t *Transport) dial(ctx context.Context, addr string) (*clientConn, error) {
	var c net.Conn
	var err error
	switch {
	case t.DialContext != nil:
		c, err = t.DialContext(ctx, "tcp", addr)
	case t.Dial != nil:
		c, err = t.Dial("tcp", addr)
	default:
		c, err = (&net.Dialer{Timeout: 30 * time.Second}).DialContext(ctx, "tcp", addr)
	}
	if err != nil {
		return nil, err
	}
	return &clientConn{Conn: c, br: bufio.NewReader(c)}, nil
}

func (t *Transport) get(ctx context.Context, addr string) (*clientConn, error) {
	if list := t.idle[addr]; len(list) > 0 {
		c := list[len(list)-1]
		t.idle[addr] = list[:len(list)-1]
		c.timer.Stop()
		c.used = true
		return c, nil
	}
	return t.dial(ctx, addr)
}

func (t *Transport) put(addr string, c *clientConn) {
	if t.DisableKeepAlives {
		c.Close()
		return
	}
	if t.idle == nil {
		t.idle = map[string][]*clientConn{}
	}
	limit := t.MaxIdleConnsPerHost
	if limit == 0 {
		limit = 2
	}
	if len(t.idle[addr]) >= limit {
		c.Close()
		return
	}
	wait := t.IdleConnTimeout
	if wait == 0 {
		wait = time.Hour
	}
	c.SetDeadline(time.Time{})
	c.timer = time.AfterFunc(wait, func() {
		for i, x := range t.idle[addr] {
			if x == c {
				t.idle[addr] = append(t.idle[addr][:i:i], t.idle[addr][i+1:]...)
				c.Close()
			}
		}
	})
	t.idle[addr] = append(t.idle[addr], c)
}

func (t *Transport) RoundTrip(r *Request) (*Response, error) {
	fail := func(err error) (*Response, error) {
		if r.Body != nil {
			r.Body.Close()
		}
		return nil, err
	}
	if r.URL == nil {
		return fail(errors.New("http: nil Request.URL"))
	}
	if r.Header == nil {
		return fail(errors.New("http: nil Request.Header"))
	}
	if r.URL.Scheme != "http" && r.URL.Scheme != "https" {
		return fail(fmt.Errorf("unsupported protocol scheme %q", r.URL.Scheme))
	}
	if r.URL.Host == "" {
		return fail(errors.New("http: no Host in request URL"))
	}
	if r.Method != "" && !validMethod(r.Method) {
		return fail(fmt.Errorf("net/http: invalid method %q", r.Method))
	}
	port := r.URL.Port()
	if port == "" {
		if port = "80"; r.URL.Scheme == "https" {
			port = "443"
		}
	}
	addr := net.JoinHostPort(r.URL.Hostname(), port)
	ctx := r.Context()
	if err := ctx.Err(); err != nil {
		return fail(context.Cause(ctx))
	}
	for {
		c, err := t.get(ctx, addr)
		if err != nil {
			if ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			return fail(err)
		}
		if r.URL.Scheme == "https" {
			c.Close()
			return fail(ErrSchemeMismatch)
		}
		resp, err := t.exchange(ctx, addr, c, r)
		if err != nil && c.used && ctx.Err() == nil && (r.Body == nil || r.Body == NoBody || r.GetBody != nil) {
			// The server had closed a kept connection: once more on a new one.
			if r.GetBody != nil {
				r.Body, _ = r.GetBody()
			}
			continue
		}
		return resp, err
	}
}

func (t *Transport) exchange(ctx context.Context, addr string, c *clientConn, r *Request) (*Response, error) {
	stop := func() bool { return true }
	if ctx.Done() != nil {
		stop = context.AfterFunc(ctx, func() { c.Close() })
	}
	fail := func(err error) (*Response, error) {
		stop()
		c.Close()
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		} else if err == io.EOF && c.used {
			err = errors.New("http: server closed idle connection")
		}
		return nil, err
	}
	writeErr := make(chan error, 1)
	if r.Body == nil || r.Body == NoBody || r.ContentLength > 0 && r.ContentLength < 4096 {
		if err := r.write(c, true); err != nil {
			return fail(err)
		}
		writeErr <- nil
	} else {
		go func() {
			err := r.write(c, true)
			if err != nil {
				c.Close()
			}
			writeErr <- err
		}()
	}
	if t.ResponseHeaderTimeout > 0 {
		c.SetReadDeadline(time.Now().Add(t.ResponseHeaderTimeout))
	}
	var resp *Response
	for resp == nil || resp.StatusCode < 200 && resp.StatusCode != 101 {
		var err error
		if resp, err = ReadResponse(c.br, r); err != nil {
			select {
			case we := <-writeErr:
				if we != nil {
					err = we
				}
			default:
			}
			if e, ok := err.(net.Error); ok && e.Timeout() && t.ResponseHeaderTimeout > 0 && ctx.Err() == nil {
				err = errors.New("net/http: timeout awaiting response headers")
			}
			return fail(err)
		}
	}
	if t.ResponseHeaderTimeout > 0 {
		c.SetReadDeadline(time.Time{})
	}
	release := func(err error) {
		stop()
		if err != io.EOF || resp.Close || r.Close || ctx.Err() != nil {
			c.Close()
		} else {
			t.put(addr, c)
		}
	}
	if b, ok := resp.Body.(*body); ok {
		b.done = release
		resp.Body = &clientBody{b, ctx}
	} else {
		release(io.EOF)
	}
	return resp, nil
}

type clientBody struct {
	b   *body
	ctx context.Context
}

func (b *clientBody) Read(p []byte) (int, error) {
	n, err := b.b.Read(p)
	if err != nil && err != io.EOF && b.ctx.Err() != nil && !b.b.closed {
		err = context.Cause(b.ctx)
	}
	return n, err
}

func (b *clientBody) Close() error { return b.b.Close() }

type httpError struct{ err string }

func (e *httpError) Error() string        { return e.err }
func (e *httpError) Timeout() bool        { return true }
func (e *httpError) Temporary() bool      { return true }
func (e *httpError) Is(target error) bool { return target == context.DeadlineExceeded }

type timeoutBody struct {
	io.ReadCloser
	stop func()
	late func() bool
}

func (b *timeoutBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		b.stop()
	} else if err != nil && b.late() {
		err = &httpError{err.Error() + " (Client.Timeout or context cancellation while reading body)"}
	}
	return n, err
}

func (b *timeoutBody) Close() error {
	err := b.ReadCloser.Close()
	b.stop()
	return err
}

func (c *Client) send(r *Request, end time.Time) (*Response, error) {
	rt := c.Transport
	if rt == nil {
		rt = DefaultTransport
	}
	if r.Header == nil {
		r.Header = Header{}
	}
	if c.Jar != nil {
		for _, k := range c.Jar.Cookies(r.URL) {
			r.AddCookie(k)
		}
	}
	if u := r.URL.User; u != nil && r.Header.Get("Authorization") == "" {
		p, _ := u.Password()
		r.SetBasicAuth(u.Username(), p)
	}
	stop, late := func() {}, func() bool { return false }
	if !end.IsZero() {
		outer := r
		ctx, cancel := context.WithDeadline(r.Context(), end)
		r = r.WithContext(ctx)
		stop = cancel
		late = func() bool { return !time.Now().Before(end) && outer.Context().Err() == nil }
	}
	resp, err := rt.RoundTrip(r)
	if err != nil {
		stop()
		if late() {
			err = &httpError{err.Error() + " (Client.Timeout exceeded while awaiting headers)"}
		}
		return nil, err
	}
	if resp.Body == nil {
		resp.Body = NoBody
	}
	if !end.IsZero() {
		resp.Body = &timeoutBody{resp.Body, stop, late}
	}
	if c.Jar != nil {
		if k := resp.Cookies(); len(k) > 0 {
			c.Jar.SetCookies(r.URL, k)
		}
	}
	return resp, nil
}

func (c *Client) Do(r *Request) (*Response, error) {
	if r.URL == nil {
		return nil, &url.Error{Op: op(r.Method), Err: errors.New("http: nil Request.URL")}
	}
	if r.RequestURI != "" {
		return nil, &url.Error{Op: op(r.Method), URL: r.URL.Redacted(), Err: errors.New("http: Request.RequestURI can't be set in client requests")}
	}
	var end time.Time
	if c.Timeout > 0 {
		end = time.Now().Add(c.Timeout)
	}
	var via []*Request
	first := r
	for {
		fail := func(err error) error { return &url.Error{Op: op(first.Method), URL: r.URL.Redacted(), Err: err} }
		resp, err := c.send(r, end)
		if err != nil {
			return nil, fail(err)
		}
		method, keepBody := "", false
		switch resp.StatusCode {
		case 301, 302, 303:
			if method = r.Method; method != "HEAD" {
				method = "GET"
			}
		case 307, 308:
			if method, keepBody = r.Method, true; r.GetBody == nil && r.Body != nil && r.Body != NoBody {
				method = ""
			}
		}
		loc := resp.Header.Get("Location")
		if method == "" || loc == "" {
			return resp, nil
		}
		u, err := r.URL.Parse(loc)
		if err != nil {
			resp.Body.Close()
			return nil, fail(fmt.Errorf("failed to parse Location header %q: %v", loc, err))
		}
		next := &Request{Method: method, URL: u, Header: first.Header.Clone(), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Host: u.Host, ctx: first.ctx, Response: resp}
		if keepBody && r.GetBody != nil {
			next.Body, _ = r.GetBody()
			next.GetBody, next.ContentLength = r.GetBody, r.ContentLength
		}
		if !keepBody {
			next.Header.Del("Content-Type")
			next.Header.Del("Content-Length")
		}
		if u.Hostname() != first.URL.Hostname() {
			next.Header.Del("Authorization")
			next.Header.Del("Cookie")
		}
		if r.URL.Scheme == u.Scheme || u.Scheme != "http" {
			next.Header.Set("Referer", (&url.URL{Scheme: r.URL.Scheme, Host: r.URL.Host, Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery}).String())
		}
		via = append(via, r)
		check := c.CheckRedirect
		if check == nil {
			check = func(req *Request, via []*Request) error {
				if len(via) >= 10 {
					return errors.New("stopped after 10 redirects")
				}
				return nil
			}
		}
		err = check(next, via)
		if err == ErrUseLastResponse {
			return resp, nil
		}
		io.Copy(io.Discard, io.LimitReader(resp.Body, 2<<10))
		resp.Body.Close()
		r = next
		if err != nil {
			return resp, &url.Error{Op: op(first.Method), URL: loc, Err: err}
		}
	}
}

func op(method string) string {
	if method == "" {
		return "Get"
	}
	return method[:1] + strings.ToLower(method[1:])
}

func (c *Client) CloseIdleConnections() {
	rt := c.Transport
	if rt == nil {
		rt = DefaultTransport
	}
	if t, ok := rt.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

func (c *Client) do(method, url, contentType string, body io.Reader) (*Response, error) {
	r, err := NewRequest(method, url, body)
	if err != nil {
		return nil, err
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	return c.Do(r)
}

const formType = "application/x-www-form-urlencoded"

func (c *Client) Get(url string) (*Response, error)  { return c.do("GET", url, "", nil) }
func (c *Client) Head(url string) (*Response, error) { return c.do("HEAD", url, "", nil) }
func (c *Client) Post(url, contentType string, body io.Reader) (*Response, error) {
	return c.do("POST", url, contentType, body)
}
func (c *Client) PostForm(url string, data url.Values) (*Response, error) {
	return c.Post(url, formType, strings.NewReader(data.Encode()))
}

func Get(url string) (*Response, error)  { return DefaultClient.Get(url) }
func Head(url string) (*Response, error) { return DefaultClient.Head(url) }
func Post(url, contentType string, body io.Reader) (*Response, error) {
	return DefaultClient.Post(url, contentType, body)
}
func PostForm(url string, data url.Values) (*Response, error) {
	return DefaultClient.PostForm(url, data)
}
