// The server, and handlers made of handlers.
package http

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"html"
	"internal/native"
	"io"
	"log"
	"net"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

type ResponseWriter interface {
	Header() Header
	Write([]byte) (int, error)
	WriteHeader(statusCode int)
}

type Flusher interface {
	Flush()
}

type Hijacker interface {
	Hijack() (net.Conn, *bufio.ReadWriter, error)
}

type Pusher interface {
	Push(target string, opts *PushOptions) error
}

type PushOptions struct {
	Method string
	Header Header
}

type CloseNotifier interface {
	CloseNotify() <-chan bool
}

type contextKey struct{ name string }

func (k *contextKey) String() string { return "net/http context value " + k.name }

var (
	ServerContextKey    = &contextKey{"http-server"}
	LocalAddrContextKey = &contextKey{"local-addr"}
)

type ConnState int

const (
	StateNew ConnState = iota
	StateActive
	StateIdle
	StateHijacked
	StateClosed
)

func (c ConnState) String() string {
	return []string{"new", "active", "idle", "hijacked", "closed"}[c]
}

type Server struct {
	Addr                         string
	Handler                      Handler
	DisableGeneralOptionsHandler bool
	TLSConfig                    any
	ReadTimeout                  time.Duration
	ReadHeaderTimeout            time.Duration
	WriteTimeout                 time.Duration
	IdleTimeout                  time.Duration
	MaxHeaderBytes               int
	ConnState                    func(net.Conn, ConnState)
	ErrorLog                     *log.Logger
	BaseContext                  func(net.Listener) context.Context
	ConnContext                  func(ctx context.Context, c net.Conn) context.Context
	down                         bool
	mu                           sync.Mutex
	listeners                    map[net.Listener]bool
	serving                      sync.WaitGroup
	conns                        map[*conn]bool
	onShutdown                   []func()
}

func (s *Server) logf(format string, args ...any) {
	if s.ErrorLog != nil {
		s.ErrorLog.Printf(format, args...)
	} else {
		log.Printf(format, args...)
	}
}

func ListenAndServe(addr string, handler Handler) error {
	return (&Server{Addr: addr, Handler: handler}).ListenAndServe()
}

func Serve(l net.Listener, handler Handler) error { return (&Server{Handler: handler}).Serve(l) }

func ListenAndServeTLS(addr, certFile, keyFile string, handler Handler) error {
	return errors.New("http: TLS is not part of this playground")
}

func (s *Server) ListenAndServeTLS(certFile, keyFile string) error {
	return ListenAndServeTLS("", "", "", nil)
}

func (s *Server) ListenAndServe() error {
	if s.down {
		return ErrServerClosed
	}
	addr := s.Addr
	if addr == "" {
		addr = ":http"
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	return s.Serve(l)
}

func (s *Server) Serve(l net.Listener) error {
	defer l.Close()
	if s.down {
		return ErrServerClosed
	}
	if s.listeners == nil {
		s.listeners = map[net.Listener]bool{}
	}
	s.listeners[l] = true
	s.serving.Add(1)
	defer s.serving.Done()
	defer delete(s.listeners, l)
	ctx := context.Background()
	if s.BaseContext != nil {
		if ctx = s.BaseContext(l); ctx == nil {
			panic("BaseContext returned a nil context")
		}
	}
	ctx = context.WithValue(ctx, ServerContextKey, s)
	for {
		rw, err := l.Accept()
		if err != nil {
			if s.down {
				return ErrServerClosed
			}
			if e, ok := err.(net.Error); ok && e.Temporary() {
				time.Sleep(5 * time.Millisecond)
				continue
			}
			return err
		}
		c := &conn{s: s, rw: rw, br: bufio.NewReader(rw), state: StateNew}
		if s.conns == nil {
			s.conns = map[*conn]bool{}
		}
		s.conns[c] = true
		c.setState(StateNew)
		cctx := ctx
		if s.ConnContext != nil {
			cctx = s.ConnContext(cctx, rw)
		}
		go c.serve(context.WithValue(cctx, LocalAddrContextKey, rw.LocalAddr()))
	}
}

func (s *Server) closeListeners() (err error) {
	for l := range s.listeners {
		if e := l.Close(); e != nil {
			err = e
		}
	}
	s.serving.Wait()
	return
}

func (s *Server) Close() error {
	s.down = true
	err := s.closeListeners()
	for c := range s.conns {
		c.rw.Close()
	}
	return err
}

func (s *Server) RegisterOnShutdown(f func()) { s.onShutdown = append(s.onShutdown, f) }
func (s *Server) SetKeepAlivesEnabled(v bool) {}

func (s *Server) Shutdown(ctx context.Context) error {
	s.down = true
	err := s.closeListeners()
	for _, f := range s.onShutdown {
		go f()
	}
	for wait := time.Millisecond; ; wait = min(2*wait, 500*time.Millisecond) {
		busy := false
		for c := range s.conns {
			if c.state == StateActive {
				busy = true
			} else {
				c.rw.Close()
				delete(s.conns, c)
			}
		}
		if !busy {
			return err
		}
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		case <-t.C:
		}
	}
}

type conn struct {
	s        *Server
	rw       net.Conn
	br       *bufio.Reader
	state    ConnState
	hijacked bool
	peeking  chan struct{}
	peekErr  error
}

func (c *conn) setState(state ConnState) {
	c.state = state
	if state >= StateHijacked {
		delete(c.s.conns, c)
	}
	if c.s.ConnState != nil {
		c.s.ConnState(c.rw, state)
	}
}

// watch waits for more of the connection while a handler runs, to notice that the client left.
func (c *conn) watch(cancel func()) {
	if c.peeking != nil {
		return
	}
	done := make(chan struct{})
	c.peeking = done
	go func() {
		if _, err := c.br.Peek(1); err != nil {
			c.peekErr = err
			cancel()
		}
		close(done)
	}()
}

func (c *conn) settle() error {
	if c.peeking != nil {
		<-c.peeking
		c.peeking = nil
	}
	return c.peekErr
}

func (c *conn) serve(ctx context.Context) {
	defer func() {
		if err := recover(); err != nil && err != ErrAbortHandler {
			c.s.logf("http: panic serving %v: %v\n%s", c.rw.RemoteAddr(), err, native.Stack(false))
		}
		if !c.hijacked {
			c.rw.Close()
			c.setState(StateClosed)
		}
	}()
	s := c.s
	ctx, cancelAll := context.WithCancel(ctx)
	defer cancelAll()
	for first := true; ; first = false {
		idle := s.IdleTimeout
		if idle == 0 {
			idle = s.ReadTimeout
		}
		if first {
			if idle = s.ReadHeaderTimeout; idle == 0 {
				idle = s.ReadTimeout
			}
		}
		if idle > 0 {
			c.rw.SetReadDeadline(time.Now().Add(idle))
		}
		if c.settle() != nil {
			return
		}
		if _, err := c.br.Peek(1); err != nil {
			return
		}
		if !first && idle > 0 {
			c.rw.SetReadDeadline(time.Time{})
			if s.ReadTimeout > 0 {
				c.rw.SetReadDeadline(time.Now().Add(s.ReadTimeout))
			}
		}
		c.setState(StateActive)
		r, err := ReadRequest(c.br)
		if err == nil && r.ProtoMajor != 1 {
			err = errVersion
		}
		if err == nil && r.ProtoAtLeast(1, 1) && r.Host == "" {
			err = errMissingHost
		}
		if err != nil {
			if e, ok := err.(net.Error); !(ok && e.Timeout()) && err != io.EOF && err != io.ErrUnexpectedEOF {
				text := "400 Bad Request"
				if err == errMissingHost {
					text += ": " + err.Error()
				} else if err == errVersion {
					text = "505 HTTP Version Not Supported: " + err.Error()
				}
				fmt.Fprintf(c.rw, "HTTP/1.1 %s\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n%[1]s", text)
			}
			return
		}
		if s.ReadHeaderTimeout > 0 && s.ReadTimeout == 0 {
			c.rw.SetReadDeadline(time.Time{})
		}
		if s.WriteTimeout > 0 {
			c.rw.SetWriteDeadline(time.Now().Add(s.WriteTimeout))
		}
		rctx, cancel := context.WithCancel(ctx)
		r.ctx, r.RemoteAddr = rctx, c.rw.RemoteAddr().String()
		w := &response{c: c, r: r, header: Header{}, status: 200, length: -1}
		b, has := r.Body.(*body)
		if has {
			if strings.EqualFold(r.Header.Get("Expect"), "100-continue") {
				b.first = func() { io.WriteString(c.rw, "HTTP/1.1 100 Continue\r\n\r\n") }
			}
			b.done = func(err error) {
				if err == io.EOF {
					c.watch(cancel)
				}
			}
		} else {
			c.watch(cancel)
		}
		h := s.Handler
		if h == nil {
			h = DefaultServeMux
		}
		h.ServeHTTP(w, r)
		cancel()
		if c.hijacked {
			return
		}
		keep := w.finish()
		if has && b.err != io.EOF {
			// What the handler left unread is thrown away, unless there is too much of it.
			b.closed = false
			if b.err != nil || b.first != nil {
				return
			}
			if n, err := io.Copy(io.Discard, io.LimitReader(b, 256<<10)); err != nil || n == 256<<10 {
				return
			}
		}
		if !keep || s.down {
			return
		}
		c.setState(StateIdle)
	}
}

type response struct {
	c        *conn
	r        *Request
	header   Header
	status   int
	wrote    bool // WriteHeader was called
	sent     bool // the header is on the wire
	sentHead Header
	buf      []byte
	length   int64
	written  int64
	chunked  bool
	close    bool
	done     bool
}

func (w *response) Header() Header { return w.header }

func (w *response) WriteHeader(code int) {
	if w.c.hijacked {
		w.c.s.logf("http: response.WriteHeader on hijacked connection from %s", caller())
		return
	}
	if w.wrote {
		w.c.s.logf("http: superfluous response.WriteHeader call from %s", caller())
		return
	}
	if code < 100 || code > 999 {
		panic(fmt.Sprintf("invalid WriteHeader code %v", code))
	}
	if code < 200 && code != StatusSwitchingProtocols {
		bw := bufio.NewWriter(w.c.rw)
		fmt.Fprintf(bw, "HTTP/1.1 %s\r\n", statusLine(code))
		w.header.Write(bw)
		bw.WriteString("\r\n")
		bw.Flush()
		return
	}
	w.wrote, w.status = true, code
	w.sentHead = w.header.Clone()
	if cl := w.header.Get("Content-Length"); cl != "" {
		if n, err := strconv.ParseInt(cl, 10, 64); err == nil && n >= 0 {
			w.length = n
		} else {
			w.c.s.logf("http: invalid Content-Length of %q", cl)
			w.sentHead.Del("Content-Length")
		}
	}
}

// caller names the function that called into this package.
func caller() string {
	for i := 2; i < 10; i++ {
		fn, file, line, ok := native.Caller(i)
		if !ok {
			break
		}
		if !strings.HasPrefix(fn, "net/http.") {
			return fmt.Sprintf("%s (%s:%d)", fn, path.Base(file), line)
		}
	}
	return "unknown"
}

func (w *response) Write(p []byte) (int, error) {
	if w.c.hijacked {
		return 0, ErrHijacked
	}
	if !w.wrote {
		w.WriteHeader(StatusOK)
	}
	if len(p) == 0 {
		return 0, nil
	}
	if !bodyAllowed(w.status) {
		return 0, ErrBodyNotAllowed
	}
	if w.written += int64(len(p)); w.length >= 0 && w.written > w.length {
		return 0, ErrContentLength
	}
	w.buf = append(w.buf, p...)
	if len(w.buf) > 2048 {
		if err := w.send(false); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

func (w *response) WriteString(s string) (int, error) { return w.Write([]byte(s)) }

// send puts the header, if it is not yet, and what is buffered on the wire.
func (w *response) send(last bool) error {
	var out []byte
	if !w.sent {
		w.sent = true
		h := w.sentHead
		s := "HTTP/1.1 " + statusLine(w.status) + "\r\n"
		if !w.r.ProtoAtLeast(1, 1) {
			s = "HTTP/1.0 " + statusLine(w.status) + "\r\n"
		}
		var b strings.Builder
		h.WriteSubset(&b, map[string]bool{"Content-Length": true, "Connection": true, "Transfer-Encoding": true, "Date": true})
		s += b.String()
		if d, ok := h["Date"]; !ok {
			s += "Date: " + time.Now().UTC().Format(TimeFormat) + "\r\n"
		} else if len(d) > 0 {
			s += "Date: " + d[0] + "\r\n"
		}
		extra := ""
		if bodyAllowed(w.status) {
			if !h.has("Content-Type") && len(w.buf) > 0 && h.Get("Content-Encoding") == "" {
				extra = "Content-Type: " + DetectContentType(w.buf) + "\r\n"
			}
			if w.length < 0 && last && (w.r.Method != "HEAD" || len(w.buf) > 0) {
				w.length = int64(len(w.buf))
			}
		}
		conn := strings.ToLower(h.Get("Connection"))
		if conn == "close" || w.r.Close || w.c.s.down {
			w.close = true
		}
		if w.length >= 0 && bodyAllowed(w.status) {
			s += "Content-Length: " + strconv.FormatInt(w.length, 10) + "\r\n"
		} else if bodyAllowed(w.status) && w.r.Method != "HEAD" {
			if w.r.ProtoAtLeast(1, 1) {
				w.chunked = true
			} else {
				w.close = true
			}
		}
		if w.close && (w.r.ProtoAtLeast(1, 1) || conn != "") {
			extra += "Connection: close\r\n"
		} else if !w.close && !w.r.ProtoAtLeast(1, 1) {
			extra += "Connection: keep-alive\r\n"
		} else if conn != "" && conn != "close" {
			extra += "Connection: " + h.Get("Connection") + "\r\n"
		}
		if w.chunked {
			extra += "Transfer-Encoding: chunked\r\n"
		}
		out = append(out, s+extra+"\r\n"...)
	}
	if w.r.Method != "HEAD" && len(w.buf) > 0 {
		if w.chunked {
			out = append(out, strconv.FormatInt(int64(len(w.buf)), 16)+"\r\n"...)
			out = append(append(out, w.buf...), "\r\n"...)
		} else {
			out = append(out, w.buf...)
		}
	}
	if last && w.chunked {
		out = append(out, "0\r\n\r\n"...)
	}
	w.buf = w.buf[:0]
	if len(out) == 0 {
		return nil
	}
	_, err := w.c.rw.Write(out)
	if err != nil {
		w.close = true
	}
	return err
}

func (w *response) Flush() { w.FlushError() }
func (w *response) FlushError() error {
	if !w.wrote {
		w.WriteHeader(StatusOK)
	}
	return w.send(false)
}

func (w *response) finish() (keep bool) {
	if !w.wrote {
		w.WriteHeader(StatusOK)
	}
	w.send(true)
	w.done = true
	if w.length >= 0 && w.written < w.length && w.r.Method != "HEAD" && bodyAllowed(w.status) {
		return false
	}
	return !w.close
}

func (w *response) SetReadDeadline(t time.Time) error  { return w.c.rw.SetReadDeadline(t) }
func (w *response) SetWriteDeadline(t time.Time) error { return w.c.rw.SetWriteDeadline(t) }

func (w *response) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if w.c.hijacked {
		return nil, nil, ErrHijacked
	}
	w.c.hijacked = true
	w.c.setState(StateHijacked)
	return w.c.rw, bufio.NewReadWriter(w.c.br, bufio.NewWriter(w.c.rw)), nil
}

type ResponseController struct{ rw ResponseWriter }

func NewResponseController(rw ResponseWriter) *ResponseController { return &ResponseController{rw} }

func (c *ResponseController) find(do func(w ResponseWriter) (error, bool)) error {
	for w := c.rw; ; {
		if err, ok := do(w); ok {
			return err
		}
		u, ok := w.(interface{ Unwrap() ResponseWriter })
		if !ok {
			return fmt.Errorf("%w", errors.ErrUnsupported)
		}
		w = u.Unwrap()
	}
}

func (c *ResponseController) Flush() error {
	return c.find(func(w ResponseWriter) (error, bool) {
		if f, ok := w.(interface{ FlushError() error }); ok {
			return f.FlushError(), true
		}
		if f, ok := w.(Flusher); ok {
			f.Flush()
			return nil, true
		}
		return nil, false
	})
}

func (c *ResponseController) SetReadDeadline(t time.Time) error {
	return c.find(func(w ResponseWriter) (error, bool) {
		if d, ok := w.(interface{ SetReadDeadline(time.Time) error }); ok {
			return d.SetReadDeadline(t), true
		}
		return nil, false
	})
}

func (c *ResponseController) SetWriteDeadline(t time.Time) error {
	return c.find(func(w ResponseWriter) (error, bool) {
		if d, ok := w.(interface{ SetWriteDeadline(time.Time) error }); ok {
			return d.SetWriteDeadline(t), true
		}
		return nil, false
	})
}

func Error(w ResponseWriter, error string, code int) {
	h := w.Header()
	h.Del("Content-Length")
	h.Del("Content-Encoding")
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(code)
	fmt.Fprintln(w, error)
}

func NotFound(w ResponseWriter, r *Request) { Error(w, "404 page not found", StatusNotFound) }
func NotFoundHandler() Handler              { return HandlerFunc(NotFound) }
func SetCookie(w ResponseWriter, cookie *Cookie) {
	if v := cookie.String(); v != "" {
		w.Header().Add("Set-Cookie", v)
	}
}

func StripPrefix(prefix string, h Handler) Handler {
	if prefix == "" {
		return h
	}
	return HandlerFunc(func(w ResponseWriter, r *Request) {
		p := strings.TrimPrefix(r.URL.Path, prefix)
		rp := strings.TrimPrefix(r.URL.RawPath, prefix)
		if len(p) < len(r.URL.Path) && (r.URL.RawPath == "" || len(rp) < len(r.URL.RawPath)) {
			r2 := *r
			u := *r.URL
			r2.URL = &u
			u.Path, u.RawPath = p, rp
			h.ServeHTTP(w, &r2)
		} else {
			NotFound(w, r)
		}
	})
}

func Redirect(w ResponseWriter, r *Request, target string, code int) {
	if u, err := url.Parse(target); err == nil && u.Scheme == "" && u.Host == "" {
		old := r.URL.Path
		if old == "" {
			old = "/"
		}
		if target == "" || target[0] != '/' {
			dir, _ := path.Split(old)
			target = dir + target
		}
		query := ""
		if i := strings.Index(target, "?"); i >= 0 {
			target, query = target[:i], target[i:]
		}
		trailing := strings.HasSuffix(target, "/")
		target = path.Clean(target)
		if trailing && !strings.HasSuffix(target, "/") {
			target += "/"
		}
		target += query
	}
	h := w.Header()
	_, had := h["Content-Type"]
	b := ""
	for i := 0; i < len(target); i++ {
		if c := target[i]; c >= 0x80 {
			b += fmt.Sprintf("%%%02X", c)
		} else {
			b += string(rune(c))
		}
	}
	h.Set("Location", b)
	if !had && (r.Method == "GET" || r.Method == "HEAD") {
		h.Set("Content-Type", "text/html; charset=utf-8")
	}
	w.WriteHeader(code)
	if !had && r.Method == "GET" {
		fmt.Fprintln(w, "<a href=\""+html.EscapeString(target)+"\">"+StatusText(code)+"</a>.\n")
	}
}

type redirectHandler struct {
	url  string
	code int
}

func (h *redirectHandler) ServeHTTP(w ResponseWriter, r *Request) { Redirect(w, r, h.url, h.code) }
func RedirectHandler(url string, code int) Handler                { return &redirectHandler{url, code} }

func AllowQuerySemicolons(h Handler) Handler { return h }
func MaxBytesHandler(h Handler, n int64) Handler {
	return HandlerFunc(func(w ResponseWriter, r *Request) {
		r2 := *r
		r2.Body = MaxBytesReader(w, r.Body, n)
		h.ServeHTTP(w, &r2)
	})
}

type timeoutWriter struct {
	h    Header
	buf  []byte
	code int
	err  error
}

func (t *timeoutWriter) Header() Header { return t.h }
func (t *timeoutWriter) Write(p []byte) (int, error) {
	if t.err != nil {
		return 0, t.err
	}
	t.WriteHeader(StatusOK)
	t.buf = append(t.buf, p...)
	return len(p), nil
}
func (t *timeoutWriter) WriteHeader(code int) {
	if t.code == 0 {
		t.code = code
	}
}

func TimeoutHandler(h Handler, dt time.Duration, msg string) Handler {
	return HandlerFunc(func(w ResponseWriter, r *Request) {
		ctx, cancel := context.WithTimeout(r.Context(), dt)
		defer cancel()
		tw := &timeoutWriter{h: Header{}}
		done := make(chan any, 1)
		go func() {
			defer func() { done <- recover() }()
			h.ServeHTTP(tw, r.WithContext(ctx))
		}()
		select {
		case p := <-done:
			if p != nil {
				panic(p)
			}
			for k, v := range tw.h {
				w.Header()[k] = v
			}
			tw.WriteHeader(StatusOK)
			w.WriteHeader(tw.code)
			w.Write(tw.buf)
		case <-ctx.Done():
			tw.err = ErrHandlerTimeout
			if msg == "" {
				msg = "<html><head><title>Timeout</title></head><body><h1>Timeout</h1></body></html>"
			}
			w.WriteHeader(StatusServiceUnavailable)
			io.WriteString(w, msg)
		}
	})
}
