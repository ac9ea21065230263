// Package httptest tries out handlers and clients.
package httptest

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
)

const DefaultRemoteAddr = "1.2.3.4"

type ResponseRecorder struct {
	Code        int
	HeaderMap   http.Header
	Body        *bytes.Buffer
	Flushed     bool
	snap        http.Header
	wroteHeader bool
}

func NewRecorder() *ResponseRecorder {
	return &ResponseRecorder{HeaderMap: http.Header{}, Body: new(bytes.Buffer), Code: 200}
}

func (r *ResponseRecorder) Header() http.Header {
	if r.HeaderMap == nil {
		r.HeaderMap = http.Header{}
	}
	return r.HeaderMap
}

func (r *ResponseRecorder) Write(b []byte) (int, error) {
	if !r.wroteHeader {
		h := r.Header()
		if _, ok := h["Content-Type"]; !ok && h.Get("Transfer-Encoding") == "" {
			h.Set("Content-Type", http.DetectContentType(b))
		}
		r.WriteHeader(200)
	}
	if r.Body != nil {
		r.Body.Write(b)
	}
	return len(b), nil
}

func (r *ResponseRecorder) WriteString(s string) (int, error) { return r.Write([]byte(s)) }

func (r *ResponseRecorder) WriteHeader(code int) {
	if r.wroteHeader {
		return
	}
	if code < 100 || code > 999 {
		panic(fmt.Sprintf("invalid WriteHeader code %v", code))
	}
	r.Code, r.wroteHeader = code, true
	r.snap = r.Header().Clone()
}

func (r *ResponseRecorder) Flush() {
	if !r.wroteHeader {
		r.WriteHeader(200)
	}
	r.Flushed = true
}

func (r *ResponseRecorder) Result() *http.Response {
	if r.snap == nil {
		r.snap = r.Header().Clone()
	}
	res := &http.Response{StatusCode: r.Code, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: r.snap, ContentLength: -1}
	if res.StatusCode == 0 {
		res.StatusCode = 200
	}
	res.Status = fmt.Sprintf("%03d %s", res.StatusCode, http.StatusText(res.StatusCode))
	res.Body = http.NoBody
	if r.Body != nil {
		res.Body = io.NopCloser(bytes.NewReader(r.Body.Bytes()))
	}
	if n, err := strconv.ParseInt(r.snap.Get("Content-Length"), 10, 64); err == nil {
		res.ContentLength = n
	}
	return res
}

func NewRequest(method, target string, body io.Reader) *http.Request {
	return NewRequestWithContext(context.Background(), method, target, body)
}

func NewRequestWithContext(ctx context.Context, method, target string, body io.Reader) *http.Request {
	if method == "" {
		method = "GET"
	}
	req, err := http.ReadRequest(bufio.NewReader(strings.NewReader(method + " " + target + " HTTP/1.0\r\n\r\n")))
	if err != nil {
		panic("invalid NewRequest arguments; " + err.Error())
	}
	req = req.WithContext(ctx)
	req.Proto, req.ProtoMinor, req.Close = "HTTP/1.1", 1, false
	if body != nil {
		switch v := body.(type) {
		case *bytes.Buffer:
			req.ContentLength = int64(v.Len())
		case *bytes.Reader:
			req.ContentLength = int64(v.Len())
		case *strings.Reader:
			req.ContentLength = int64(v.Len())
		default:
			req.ContentLength = -1
		}
		if rc, ok := body.(io.ReadCloser); ok {
			req.Body = rc
		} else {
			req.Body = io.NopCloser(body)
		}
	}
	req.RemoteAddr = "192.0.2.1:1234"
	if req.Host == "" {
		req.Host = "example.com"
	}
	return req
}

type Server struct {
	URL      string
	Listener net.Listener
	Config   *http.Server
	client   *http.Client
}

func NewUnstartedServer(handler http.Handler) *Server {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(fmt.Sprintf("httptest: failed to listen on a port: %v", err))
	}
	return &Server{Listener: l, Config: &http.Server{Handler: handler}}
}

func NewServer(handler http.Handler) *Server {
	s := NewUnstartedServer(handler)
	s.Start()
	return s
}

func (s *Server) Start() {
	if s.URL != "" {
		panic("Server already started")
	}
	s.client = &http.Client{Transport: &http.Transport{}}
	s.URL = "http://" + s.Listener.Addr().String()
	go s.Config.Serve(s.Listener)
}

func (s *Server) Client() *http.Client { return s.client }

func (s *Server) Close() {
	s.Listener.Close()
	if s.client != nil {
		s.client.CloseIdleConnections()
	}
	http.DefaultClient.CloseIdleConnections()
	s.Config.Shutdown(context.Background())
}

func (s *Server) CloseClientConnections() { s.Config.Close() }
