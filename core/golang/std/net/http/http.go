// Package http: requests, responses, headers, cookies, status codes.
package http

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	MethodGet     = "GET"
	MethodHead    = "HEAD"
	MethodPost    = "POST"
	MethodPut     = "PUT"
	MethodPatch   = "PATCH"
	MethodDelete  = "DELETE"
	MethodConnect = "CONNECT"
	MethodOptions = "OPTIONS"
	MethodTrace   = "TRACE"

	TimeFormat            = "Mon, 02 Jan 2006 15:04:05 GMT"
	DefaultMaxHeaderBytes = 1 << 20
)

const (
	StatusContinue                      = 100
	StatusSwitchingProtocols            = 101
	StatusProcessing                    = 102
	StatusEarlyHints                    = 103
	StatusOK                            = 200
	StatusCreated                       = 201
	StatusAccepted                      = 202
	StatusNonAuthoritativeInfo          = 203
	StatusNoContent                     = 204
	StatusResetContent                  = 205
	StatusPartialContent                = 206
	StatusMultiStatus                   = 207
	StatusAlreadyReported               = 208
	StatusIMUsed                        = 226
	StatusMultipleChoices               = 300
	StatusMovedPermanently              = 301
	StatusFound                         = 302
	StatusSeeOther                      = 303
	StatusNotModified                   = 304
	StatusUseProxy                      = 305
	StatusTemporaryRedirect             = 307
	StatusPermanentRedirect             = 308
	StatusBadRequest                    = 400
	StatusUnauthorized                  = 401
	StatusPaymentRequired               = 402
	StatusForbidden                     = 403
	StatusNotFound                      = 404
	StatusMethodNotAllowed              = 405
	StatusNotAcceptable                 = 406
	StatusProxyAuthRequired             = 407
	StatusRequestTimeout                = 408
	StatusConflict                      = 409
	StatusGone                          = 410
	StatusLengthRequired                = 411
	StatusPreconditionFailed            = 412
	StatusRequestEntityTooLarge         = 413
	StatusRequestURITooLong             = 414
	StatusUnsupportedMediaType          = 415
	StatusRequestedRangeNotSatisfiable  = 416
	StatusExpectationFailed             = 417
	StatusTeapot                        = 418
	StatusMisdirectedRequest            = 421
	StatusUnprocessableEntity           = 422
	StatusLocked                        = 423
	StatusFailedDependency              = 424
	StatusTooEarly                      = 425
	StatusUpgradeRequired               = 426
	StatusPreconditionRequired          = 428
	StatusTooManyRequests               = 429
	StatusRequestHeaderFieldsTooLarge   = 431
	StatusUnavailableForLegalReasons    = 451
	StatusInternalServerError           = 500
	StatusNotImplemented                = 501
	StatusBadGateway                    = 502
	StatusServiceUnavailable            = 503
	StatusGatewayTimeout                = 504
	StatusHTTPVersionNotSupported       = 505
	StatusVariantAlsoNegotiates         = 506
	StatusInsufficientStorage           = 507
	StatusLoopDetected                  = 508
	StatusNotExtended                   = 510
	StatusNetworkAuthenticationRequired = 511
)

const statusTexts = `100 Continue
101 Switching Protocols
102 Processing
103 Early Hints
200 OK
201 Created
202 Accepted
203 Non-Authoritative Information
204 No Content
205 Reset Content
206 Partial Content
207 Multi-Status
208 Already Reported
226 IM Used
300 Multiple Choices
301 Moved Permanently
302 Found
303 See Other
304 Not Modified
305 Use Proxy
307 Temporary Redirect
308 Permanent Redirect
400 Bad Request
401 Unauthorized
402 Payment Required
403 Forbidden
404 Not Found
405 Method Not Allowed
406 Not Acceptable
407 Proxy Authentication Required
408 Request Timeout
409 Conflict
410 Gone
411 Length Required
412 Precondition Failed
413 Request Entity Too Large
414 Request URI Too Long
415 Unsupported Media Type
416 Requested Range Not Satisfiable
417 Expectation Failed
418 I'm a teapot
421 Misdirected Request
422 Unprocessable Entity
423 Locked
424 Failed Dependency
425 Too Early
426 Upgrade Required
428 Precondition Required
429 Too Many Requests
431 Request Header Fields Too Large
451 Unavailable For Legal Reasons
500 Internal Server Error
501 Not Implemented
502 Bad Gateway
503 Service Unavailable
504 Gateway Timeout
505 HTTP Version Not Supported
506 Variant Also Negotiates
507 Insufficient Storage
508 Loop Detected
510 Not Extended
511 Network Authentication Required
`

func StatusText(code int) string {
	if code < 100 || code > 999 {
		return ""
	}
	_, rest, ok := strings.Cut("\n"+statusTexts, "\n"+strconv.Itoa(code)+" ")
	if !ok {
		return ""
	}
	text, _, _ := strings.Cut(rest, "\n")
	return text
}

func statusLine(code int) string {
	if t := StatusText(code); t != "" {
		return fmt.Sprintf("%03d %s", code, t)
	}
	return fmt.Sprintf("%03d status code %d", code, code)
}

const (
	DefaultMaxIdleConnsPerHost = 2
	TrailerPrefix              = "Trailer:"
)

type ProtocolError struct{ ErrorString string }

func (e *ProtocolError) Error() string { return e.ErrorString }

var (
	ErrNotSupported         = &ProtocolError{"feature not supported"}
	ErrUnexpectedTrailer    = &ProtocolError{"trailer header without chunked transfer encoding"}
	ErrHeaderTooLong        = &ProtocolError{"header too long"}
	ErrShortBody            = &ProtocolError{"entity body too short"}
	ErrMissingContentLength = &ProtocolError{"missing ContentLength in HEAD response"}
	ErrMissingBoundary      = &ProtocolError{"no multipart boundary param in Content-Type"}
	ErrNotMultipart         = &ProtocolError{"request Content-Type isn't multipart/form-data"}
	ErrBodyNotAllowed       = errors.New("http: request method or response status code does not allow body")
	ErrHijacked             = errors.New("http: connection has been hijacked")
	ErrContentLength        = errors.New("http: wrote more than the declared Content-Length")
	ErrAbortHandler         = errors.New("net/http: abort Handler")
	ErrBodyReadAfterClose   = errors.New("http: invalid Read on closed Body")
	ErrHandlerTimeout       = errors.New("http: Handler timeout")
	ErrServerClosed         = errors.New("http: Server closed")
	ErrUseLastResponse      = errors.New("net/http: use last response")
	ErrNoCookie             = errors.New("http: named cookie not present")
	ErrNoLocation           = errors.New("http: no Location header in response")
	ErrMissingFile          = errors.New("http: no such file")
	ErrLineTooLong          = errors.New("header line too long")
	ErrSchemeMismatch       = errors.New("http: server gave HTTP response to HTTPS client")
	errVersion              = errors.New("unsupported protocol version")
	errMissingHost          = errors.New("missing required Host header")
)

type Header map[string][]string

// CanonicalHeaderKey writes each word's first letter large.
func CanonicalHeaderKey(s string) string {
	b := []byte(s)
	up := true
	for i, c := range b {
		if c <= ' ' || c >= 0x7f || c == ':' || c == '(' || c == ')' || c == ',' || c == '/' {
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

func (h Header) Add(key, value string) {
	key = CanonicalHeaderKey(key)
	h[key] = append(h[key], value)
}
func (h Header) Set(key, value string)      { h[CanonicalHeaderKey(key)] = []string{value} }
func (h Header) Values(key string) []string { return h[CanonicalHeaderKey(key)] }
func (h Header) Del(key string)             { delete(h, CanonicalHeaderKey(key)) }
func (h Header) Get(key string) string {
	if v := h[CanonicalHeaderKey(key)]; len(v) > 0 {
		return v[0]
	}
	return ""
}
func (h Header) has(key string) bool {
	_, ok := h[key]
	return ok
}
func (h Header) Clone() Header {
	if h == nil {
		return nil
	}
	c := make(Header, len(h))
	for k, v := range h {
		c[k] = slices.Clone(v)
	}
	return c
}
func (h Header) Write(w io.Writer) error { return h.WriteSubset(w, nil) }
func (h Header) WriteSubset(w io.Writer, exclude map[string]bool) error {
	keys := make([]string, 0, len(h))
	for k := range h {
		if !exclude[k] {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	s := ""
	for _, k := range keys {
		for _, v := range h[k] {
			v = strings.TrimSpace(strings.NewReplacer("\n", " ", "\r", " ").Replace(v))
			s += k + ": " + v + "\r\n"
		}
	}
	_, err := io.WriteString(w, s)
	return err
}

func readLine(r *bufio.Reader) (string, error) {
	s, err := r.ReadString('\n')
	if err != nil {
		if err == io.EOF && s != "" {
			err = io.ErrUnexpectedEOF
		}
		return "", err
	}
	return strings.TrimSuffix(s[:len(s)-1], "\r"), nil
}

func readHeader(r *bufio.Reader) (Header, error) {
	h := Header{}
	for size := 0; ; {
		line, err := readLine(r)
		if err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		if line == "" {
			return h, nil
		}
		if size += len(line); size > DefaultMaxHeaderBytes {
			return nil, errors.New("http: request header too large")
		}
		k, v, ok := strings.Cut(line, ":")
		if !ok || k == "" || strings.Contains(k, " ") {
			return nil, errors.New("malformed MIME header line: " + line)
		}
		h.Add(k, strings.Trim(v, " \t"))
	}
}

type noBody struct{}

func (noBody) Read([]byte) (int, error)         { return 0, io.EOF }
func (noBody) Close() error                     { return nil }
func (noBody) WriteTo(io.Writer) (int64, error) { return 0, nil }

var NoBody = noBody{}

// body reads a message's body; done is called once it ended or was closed, with what is left of err.
type body struct {
	r      *bufio.Reader
	left   int64 // -1: chunked, -2: until the end of the connection
	chunk  int64
	first  func()
	done   func(err error)
	err    error
	closed bool
	header Header
}

func (b *body) end(err error) error {
	b.err = err
	if b.done != nil {
		d := b.done
		b.done = nil
		d(err)
	}
	return err
}

func (b *body) Read(p []byte) (n int, err error) {
	if b.closed {
		return 0, ErrBodyReadAfterClose
	}
	if b.err != nil {
		return 0, b.err
	}
	if b.first != nil {
		b.first()
		b.first = nil
	}
	if len(p) == 0 {
		return 0, nil
	}
	switch b.left {
	case -2:
		if n, err = b.r.Read(p); err != nil {
			err = b.end(err)
		}
		return
	case -1:
		if b.chunk == 0 {
			line, err := readLine(b.r)
			if err == nil {
				line, _, _ = strings.Cut(line, ";")
				var size uint64
				if size, err = strconv.ParseUint(strings.TrimSpace(line), 16, 62); err != nil {
					err = errors.New("invalid byte in chunk length")
				}
				b.chunk = int64(size)
			}
			if err == nil && b.chunk == 0 {
				b.header, err = readHeader(b.r)
				if err == nil {
					err = io.EOF
				}
			} else if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			if err != nil {
				return 0, b.end(err)
			}
		}
		n, err = b.r.Read(p[:min(int64(len(p)), b.chunk)])
		if b.chunk -= int64(n); b.chunk == 0 && err == nil {
			_, err = readLine(b.r)
		}
	default:
		if b.left == 0 {
			return 0, b.end(io.EOF)
		}
		n, err = b.r.Read(p[:min(int64(len(p)), b.left)])
		if b.left -= int64(n); b.left == 0 && err == nil {
			return n, b.end(io.EOF)
		}
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		b.end(err)
	}
	return
}

func (b *body) Close() error {
	b.closed = true
	if b.err == nil {
		b.end(ErrBodyReadAfterClose)
	}
	return nil
}

// newBody makes the body of a message; isRequest: no length means nothing follows.
func newBody(r *bufio.Reader, h Header, isRequest bool) (*body, int64, []string, error) {
	if te := h.Get("Transfer-Encoding"); strings.EqualFold(te, "chunked") {
		h.Del("Transfer-Encoding")
		h.Del("Content-Length")
		return &body{r: r, left: -1}, -1, []string{"chunked"}, nil
	}
	if s := h.Get("Content-Length"); s != "" {
		n, err := strconv.ParseUint(s, 10, 63)
		if err != nil {
			return nil, 0, nil, fmt.Errorf("bad Content-Length %q", s)
		}
		return &body{r: r, left: int64(n)}, int64(n), nil, nil
	}
	if isRequest {
		return &body{r: r}, 0, nil, nil
	}
	return &body{r: r, left: -2}, -1, nil, nil
}

type Request struct {
	Method           string
	URL              *url.URL
	Proto            string
	ProtoMajor       int
	ProtoMinor       int
	Header           Header
	Body             io.ReadCloser
	GetBody          func() (io.ReadCloser, error)
	ContentLength    int64
	TransferEncoding []string
	Close            bool
	Host             string
	Form             url.Values
	PostForm         url.Values
	MultipartForm    *multipart.Form
	Trailer          Header
	RemoteAddr       string
	RequestURI       string
	TLS              *struct{ ServerName string }
	Cancel           <-chan struct{}
	Response         *Response
	Pattern          string
	ctx              context.Context
	values           map[string]string
}

func (r *Request) Context() context.Context {
	if r.ctx != nil {
		return r.ctx
	}
	return context.Background()
}

func (r *Request) WithContext(ctx context.Context) *Request {
	if ctx == nil {
		panic("nil context")
	}
	c := *r
	c.ctx = ctx
	return &c
}

func (r *Request) Clone(ctx context.Context) *Request {
	c := r.WithContext(ctx)
	c.Header = r.Header.Clone()
	u := *r.URL
	c.URL = &u
	return c
}

func (r *Request) ProtoAtLeast(major, minor int) bool {
	return r.ProtoMajor > major || r.ProtoMajor == major && r.ProtoMinor >= minor
}
func (r *Request) UserAgent() string               { return r.Header.Get("User-Agent") }
func (r *Request) Referer() string                 { return r.Header.Get("Referer") }
func (r *Request) PathValue(name string) string    { return r.values[name] }
func (r *Request) SetPathValue(name, value string) {
	if r.values == nil {
		r.values = map[string]string{}
	}
	r.values[name] = value
}

func (r *Request) BasicAuth() (username, password string, ok bool) {
	kind, enc, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(kind, "Basic") {
		return
	}
	b, err := base64.StdEncoding.DecodeString(enc)
	if err != nil {
		return
	}
	return strings.Cut(string(b), ":")
}

func (r *Request) SetBasicAuth(username, password string) {
	r.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(username+":"+password)))
}

func (r *Request) ParseForm() (err error) {
	if r.PostForm == nil {
		r.PostForm = url.Values{}
		if r.Method == "POST" || r.Method == "PUT" || r.Method == "PATCH" {
			ct, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
			if r.Body == nil {
				err = errors.New("missing form body")
			} else if strings.TrimSpace(ct) == "application/x-www-form-urlencoded" {
				var b []byte
				if b, err = io.ReadAll(io.LimitReader(r.Body, 10<<20+1)); err == nil {
					r.PostForm, err = url.ParseQuery(string(b))
				}
			}
		}
	}
	if r.Form == nil {
		r.Form = url.Values{}
		for k, v := range r.PostForm {
			r.Form[k] = append(r.Form[k], v...)
		}
		if r.URL != nil {
			q, e := url.ParseQuery(r.URL.RawQuery)
			if err == nil {
				err = e
			}
			for k, v := range q {
				r.Form[k] = append(r.Form[k], v...)
			}
		}
	}
	return err
}

func (r *Request) MultipartReader() (*multipart.Reader, error) {
	kind, m, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return nil, ErrNotMultipart
	}
	if m["boundary"] == "" {
		return nil, ErrMissingBoundary
	}
	if r.Body == nil {
		return nil, errors.New("missing form body")
	}
	return multipart.NewReader(r.Body, m["boundary"]), nil
}

func (r *Request) ParseMultipartForm(maxMemory int64) error {
	ferr := error(nil)
	if r.Form == nil {
		ferr = r.ParseForm()
	}
	if r.MultipartForm != nil {
		return nil
	}
	mr, err := r.MultipartReader()
	if err != nil {
		return err
	}
	f, err := mr.ReadForm(maxMemory)
	if err != nil {
		return err
	}
	for k, v := range f.Value {
		r.Form[k] = append(r.Form[k], v...)
		r.PostForm[k] = append(r.PostForm[k], v...)
	}
	r.MultipartForm = f
	return ferr
}

func (r *Request) FormFile(key string) (multipart.File, *multipart.FileHeader, error) {
	if r.MultipartForm == nil {
		if err := r.ParseMultipartForm(32 << 20); err != nil {
			return nil, nil, err
		}
	}
	if l := r.MultipartForm.File[key]; len(l) > 0 {
		f, err := l[0].Open()
		return f, l[0], err
	}
	return nil, nil, ErrMissingFile
}

func (r *Request) FormValue(key string) string {
	if r.Form == nil {
		r.ParseMultipartForm(32 << 20)
	}
	return r.Form.Get(key)
}

func (r *Request) PostFormValue(key string) string {
	if r.PostForm == nil {
		r.ParseMultipartForm(32 << 20)
	}
	return r.PostForm.Get(key)
}

func validMethod(m string) bool {
	return m != "" && strings.IndexFunc(m, func(c rune) bool { return c <= ' ' || c > 126 || strings.ContainsRune("()<>@,;:\\\"/[]?={}", c) }) < 0
}

func NewRequest(method, url string, body io.Reader) (*Request, error) {
	return NewRequestWithContext(context.Background(), method, url, body)
}

func NewRequestWithContext(ctx context.Context, method, rawURL string, body io.Reader) (*Request, error) {
	if method == "" {
		method = "GET"
	}
	if !validMethod(method) {
		return nil, fmt.Errorf("net/http: invalid method %q", method)
	}
	if ctx == nil {
		return nil, errors.New("net/http: nil Context")
	}
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, err
	}
	r := &Request{ctx: ctx, Method: method, URL: u, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: Header{}, Host: strings.TrimSuffix(u.Host, ":")}
	if body != nil {
		rc, ok := body.(io.ReadCloser)
		if !ok {
			rc = io.NopCloser(body)
		}
		r.Body = rc
		var data []byte
		known := true
		switch v := body.(type) {
		case *bytes.Buffer:
			data = slices.Clone(v.Bytes())
		case *bytes.Reader:
			c := *v
			data, _ = io.ReadAll(&c)
		case *strings.Reader:
			c := *v
			data, _ = io.ReadAll(&c)
		default:
			known = false
		}
		if known {
			r.ContentLength = int64(len(data))
			r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
			if len(data) == 0 {
				r.Body = NoBody
				r.GetBody = func() (io.ReadCloser, error) { return NoBody, nil }
			}
		}
	}
	return r, nil
}

func parseVersion(v string) (major, minor int, ok bool) {
	if len(v) == 8 && v[:5] == "HTTP/" && v[6] == '.' {
		major, minor = int(v[5]-'0'), int(v[7]-'0')
		ok = major >= 0 && major <= 9 && minor >= 0 && minor <= 9
	}
	return
}

func ParseHTTPVersion(vers string) (major, minor int, ok bool) { return parseVersion(vers) }

func ReadRequest(b *bufio.Reader) (*Request, error) {
	line, err := readLine(b)
	if err != nil {
		return nil, err
	}
	method, rest, ok := strings.Cut(line, " ")
	uri, proto, ok2 := strings.Cut(rest, " ")
	if !ok || !ok2 {
		return nil, fmt.Errorf("malformed HTTP request %q", line)
	}
	if !validMethod(method) {
		return nil, fmt.Errorf("invalid method %q", method)
	}
	r := &Request{Method: method, RequestURI: uri, Proto: proto}
	if r.ProtoMajor, r.ProtoMinor, ok = parseVersion(proto); !ok {
		return nil, fmt.Errorf("malformed HTTP version %q", proto)
	}
	if r.URL, err = url.ParseRequestURI(uri); err != nil {
		return nil, err
	}
	if r.Header, err = readHeader(b); err != nil {
		return nil, err
	}
	if r.Host = r.URL.Host; r.Host == "" {
		r.Host = r.Header.Get("Host")
	}
	r.Header.Del("Host")
	body, n, te, err := newBody(b, r.Header, true)
	if err != nil {
		return nil, err
	}
	r.ContentLength, r.TransferEncoding = n, te
	if r.Body = body; n == 0 {
		r.Body = NoBody
	}
	c := strings.ToLower(r.Header.Get("Connection"))
	r.Close = strings.Contains(c, "close") || !r.ProtoAtLeast(1, 1) && !strings.Contains(c, "keep-alive")
	return r, nil
}

func (r *Request) Write(w io.Writer) error { return r.write(w, false) }

// write with transport asks for what a transport can unpack.
func (r *Request) write(w io.Writer, transport bool) error {
	host := r.Host
	if host == "" && r.URL != nil {
		host = r.URL.Host
	}
	if host == "" {
		return errors.New("http: Request.Write on Request with no Host or URL set")
	}
	method := r.Method
	if method == "" {
		method = "GET"
	}
	uri := r.URL.RequestURI()
	s := method + " " + uri + " HTTP/1.1\r\nHost: " + host + "\r\n"
	agent := "Go-http-client/1.1"
	if r.Header.has("User-Agent") {
		agent = r.Header.Get("User-Agent")
	}
	if agent != "" {
		s += "User-Agent: " + agent + "\r\n"
	}
	chunked := false
	n := r.ContentLength
	body := io.Reader(r.Body)
	if r.Body == nil || r.Body == NoBody {
		body, n = nil, 0
	} else if n == 0 {
		// Nobody told the length: a short look tells nothing from something.
		var first [1]byte
		k, err := io.ReadFull(body, first[:])
		if err == nil && k == 1 {
			chunked = true
			body = io.MultiReader(bytes.NewReader(first[:]), body)
		} else {
			body = nil
		}
	} else if n < 0 {
		chunked = true
	}
	if r.Close {
		s += "Connection: close\r\n"
	}
	if chunked {
		s += "Transfer-Encoding: chunked\r\n"
	} else if n > 0 || body == nil && (method == "POST" || method == "PUT" || method == "PATCH") {
		s += "Content-Length: " + strconv.FormatInt(n, 10) + "\r\n"
	}
	bw := bufio.NewWriter(w)
	bw.WriteString(s)
	r.Header.WriteSubset(bw, map[string]bool{"Host": true, "User-Agent": true, "Content-Length": true, "Transfer-Encoding": true, "Trailer": true})
	if transport && r.Header.Get("Accept-Encoding") == "" && r.Header.Get("Range") == "" && method != "HEAD" {
		bw.WriteString("Accept-Encoding: gzip\r\n")
	}
	bw.WriteString("\r\n")
	if body != nil {
		if err := copyBody(bw, body, n, chunked); err != nil {
			return err
		}
	}
	if r.Body != nil {
		r.Body.Close()
	}
	return bw.Flush()
}

func copyBody(w *bufio.Writer, r io.Reader, n int64, chunked bool) error {
	if chunked {
		buf := make([]byte, 4096)
		for {
			k, err := r.Read(buf)
			if k > 0 {
				fmt.Fprintf(w, "%x\r\n%s\r\n", k, buf[:k])
				w.Flush()
			}
			if err == io.EOF {
				w.WriteString("0\r\n\r\n")
				return nil
			}
			if err != nil {
				return err
			}
		}
	}
	k, err := io.Copy(w, r)
	if err == nil && n >= 0 && k != n {
		err = fmt.Errorf("http: ContentLength=%d with Body length %d", n, k)
	}
	return err
}

type Response struct {
	Status           string
	StatusCode       int
	Proto            string
	ProtoMajor       int
	ProtoMinor       int
	Header           Header
	Body             io.ReadCloser
	ContentLength    int64
	TransferEncoding []string
	Close            bool
	Uncompressed     bool
	Trailer          Header
	Request          *Request
	TLS              *struct{ ServerName string }
}

func bodyAllowed(status int) bool { return status >= 200 && status != 204 && status != 304 }

func ReadResponse(b *bufio.Reader, req *Request) (*Response, error) {
	line, err := readLine(b)
	if err != nil {
		return nil, err
	}
	proto, status, ok := strings.Cut(line, " ")
	if !ok {
		return nil, fmt.Errorf("malformed HTTP response %q", line)
	}
	r := &Response{Proto: proto, Status: strings.TrimLeft(status, " "), Request: req}
	code, _, _ := strings.Cut(r.Status, " ")
	if r.StatusCode, err = strconv.Atoi(code); err != nil || len(code) != 3 {
		return nil, fmt.Errorf("malformed HTTP status code %q", code)
	}
	if r.ProtoMajor, r.ProtoMinor, ok = parseVersion(proto); !ok {
		return nil, fmt.Errorf("malformed HTTP version %q", proto)
	}
	if r.Header, err = readHeader(b); err != nil {
		return nil, err
	}
	body, n, te, err := newBody(b, r.Header, false)
	if err != nil {
		return nil, err
	}
	r.Body, r.ContentLength, r.TransferEncoding = body, n, te
	c := strings.ToLower(r.Header.Get("Connection"))
	r.Close = strings.Contains(c, "close") || r.ProtoMajor == 1 && r.ProtoMinor == 0 && !strings.Contains(c, "keep-alive")
	if c == "close" {
		r.Header.Del("Connection")
	}
	if req != nil && req.Method == "HEAD" || !bodyAllowed(r.StatusCode) {
		if !bodyAllowed(r.StatusCode) {
			r.ContentLength = 0
		}
		r.Body = NoBody
	} else if n == 0 {
		r.Body = NoBody
	} else if body.left == -2 {
		r.Close = true
	}
	return r, nil
}

func (r *Response) Location() (*url.URL, error) {
	l := r.Header.Get("Location")
	if l == "" {
		return nil, ErrNoLocation
	}
	if r.Request != nil && r.Request.URL != nil {
		return r.Request.URL.Parse(l)
	}
	return url.Parse(l)
}

func (r *Response) Cookies() []*Cookie { return readSetCookies(r.Header) }
func (r *Response) ProtoAtLeast(major, minor int) bool {
	return r.ProtoMajor > major || r.ProtoMajor == major && r.ProtoMinor >= minor
}

func (r *Response) Write(w io.Writer) error {
	fmt.Fprintf(w, "HTTP/%d.%d %s\r\n", r.ProtoMajor, r.ProtoMinor, statusLine(r.StatusCode))
	var b []byte
	if r.Body != nil {
		b, _ = io.ReadAll(r.Body)
	}
	fmt.Fprintf(w, "Content-Length: %d\r\n", len(b))
	r.Header.WriteSubset(w, map[string]bool{"Content-Length": true})
	_, err := fmt.Fprintf(w, "\r\n%s", b)
	return err
}

type SameSite int

const (
	SameSiteDefaultMode SameSite = iota + 1
	SameSiteLaxMode
	SameSiteStrictMode
	SameSiteNoneMode
)

type Cookie struct {
	Name        string
	Value       string
	Quoted      bool
	Path        string
	Domain      string
	Expires     time.Time
	RawExpires  string
	MaxAge      int
	Secure      bool
	HttpOnly    bool
	SameSite    SameSite
	Partitioned bool
	Raw         string
	Unparsed    []string
}

func cookieValue(v string, quoted bool) string {
	b := []byte{}
	for i := 0; i < len(v); i++ {
		if c := v[i]; c >= ' ' && c < 0x7f && c != '"' && c != ';' && c != '\\' {
			b = append(b, c)
		}
	}
	v = string(b)
	if quoted || strings.ContainsAny(v, " ,") {
		return `"` + v + `"`
	}
	return v
}

func (c *Cookie) String() string {
	if c == nil || !validMethod(c.Name) {
		return ""
	}
	s := c.Name + "=" + cookieValue(c.Value, c.Quoted)
	if c.Path != "" {
		s += "; Path=" + strings.ReplaceAll(c.Path, ";", "")
	}
	if c.Domain != "" {
		s += "; Domain=" + strings.TrimPrefix(c.Domain, ".")
	}
	if c.Expires.Year() >= 1601 {
		s += "; Expires=" + c.Expires.UTC().Format(TimeFormat)
	}
	if c.MaxAge > 0 {
		s += "; Max-Age=" + strconv.Itoa(c.MaxAge)
	} else if c.MaxAge < 0 {
		s += "; Max-Age=0"
	}
	if c.HttpOnly {
		s += "; HttpOnly"
	}
	if c.Secure {
		s += "; Secure"
	}
	switch c.SameSite {
	case SameSiteNoneMode:
		s += "; SameSite=None"
	case SameSiteLaxMode:
		s += "; SameSite=Lax"
	case SameSiteStrictMode:
		s += "; SameSite=Strict"
	}
	if c.Partitioned {
		s += "; Partitioned"
	}
	return s
}

func (c *Cookie) Valid() error {
	if c == nil {
		return errors.New("http: nil Cookie")
	}
	if !validMethod(c.Name) {
		return errors.New("http: invalid Cookie.Name")
	}
	return nil
}

func unquoteCookie(v string) (string, bool) {
	if len(v) > 1 && v[0] == '"' && v[len(v)-1] == '"' {
		return v[1 : len(v)-1], true
	}
	return v, false
}

func readSetCookies(h Header) []*Cookie {
	list := []*Cookie{}
	for _, line := range h["Set-Cookie"] {
		parts := strings.Split(strings.TrimSpace(line), ";")
		name, value, ok := strings.Cut(strings.TrimSpace(parts[0]), "=")
		if !ok || !validMethod(name) {
			continue
		}
		c := &Cookie{Name: name, Raw: line}
		c.Value, c.Quoted = unquoteCookie(value)
		for _, p := range parts[1:] {
			k, v, _ := strings.Cut(strings.TrimSpace(p), "=")
			switch strings.ToLower(k) {
			case "path":
				c.Path = v
			case "domain":
				c.Domain = v
			case "secure":
				c.Secure = true
			case "httponly":
				c.HttpOnly = true
			case "partitioned":
				c.Partitioned = true
			case "samesite":
				switch strings.ToLower(v) {
				case "lax":
					c.SameSite = SameSiteLaxMode
				case "strict":
					c.SameSite = SameSiteStrictMode
				case "none":
					c.SameSite = SameSiteNoneMode
				default:
					c.SameSite = SameSiteDefaultMode
				}
			case "max-age":
				if n, err := strconv.Atoi(v); err == nil {
					if c.MaxAge = n; n <= 0 {
						c.MaxAge = -1
					}
				}
			case "expires":
				c.RawExpires = v
				if t, err := time.Parse(time.RFC1123, v); err == nil {
					c.Expires = t.UTC()
				}
			case "":
			default:
				c.Unparsed = append(c.Unparsed, strings.TrimSpace(p))
			}
		}
		list = append(list, c)
	}
	return list
}

func readCookies(h Header, filter string) []*Cookie {
	list := []*Cookie{}
	for _, line := range h["Cookie"] {
		for _, p := range strings.Split(line, ";") {
			name, v, _ := strings.Cut(strings.TrimSpace(p), "=")
			if validMethod(name) && (filter == "" || filter == name) {
				c := &Cookie{Name: name}
				c.Value, c.Quoted = unquoteCookie(v)
				list = append(list, c)
			}
		}
	}
	return list
}

func (r *Request) Cookies() []*Cookie                   { return readCookies(r.Header, "") }
func (r *Request) CookiesNamed(name string) []*Cookie { return readCookies(r.Header, name) }
func (r *Request) Cookie(name string) (*Cookie, error) {
	if list := readCookies(r.Header, name); name != "" && len(list) > 0 {
		return list[0], nil
	}
	return nil, ErrNoCookie
}

func ParseCookie(line string) ([]*Cookie, error) {
	var list []*Cookie
	for _, part := range strings.Split(strings.TrimSpace(line), ";") {
		part = strings.TrimSpace(part)
		if part == "" && strings.TrimSpace(line) == "" {
			return nil, errors.New("http: blank cookie")
		}
		name, value, ok := strings.Cut(part, "=")
		if !ok {
			return nil, errors.New("http: '=' not found in cookie")
		}
		if !validMethod(name) {
			return nil, errors.New("http: invalid cookie name")
		}
		c := &Cookie{Name: name}
		c.Value, c.Quoted = unquoteCookie(value)
		list = append(list, c)
	}
	return list, nil
}

func ParseSetCookie(line string) (*Cookie, error) {
	list := readSetCookies(Header{"Set-Cookie": {line}})
	if len(list) == 0 {
		switch name, _, ok := strings.Cut(line, "="); {
		case strings.TrimSpace(line) == "":
			return nil, errors.New("http: blank cookie")
		case !ok:
			return nil, errors.New("http: '=' not found in cookie")
		case !validMethod(name):
			return nil, errors.New("http: invalid cookie name")
		}
		return nil, errors.New("http: invalid cookie value")
	}
	return list[0], nil
}

func (r *Request) AddCookie(c *Cookie) {
	s := c.Name + "=" + cookieValue(c.Value, c.Quoted)
	if old := r.Header.Get("Cookie"); old != "" {
		s = old + "; " + s
	}
	r.Header.Set("Cookie", s)
}

func ParseTime(text string) (t time.Time, err error) {
	for _, layout := range []string{TimeFormat, time.RFC850, time.ANSIC} {
		if t, err = time.Parse(layout, text); err == nil {
			return
		}
	}
	return
}

// DetectContentType guesses from the first 512 bytes.
func DetectContentType(data []byte) string {
	data = data[:min(len(data), 512)]
	t := bytes.TrimLeft(data, "\t\n\x0c\r ")
	lower := strings.ToUpper(string(t[:min(len(t), 20)]))
	for _, tag := range []string{"<!DOCTYPE HTML", "<HTML", "<HEAD", "<SCRIPT", "<IFRAME", "<H1", "<DIV", "<FONT", "<TABLE", "<A", "<STYLE", "<TITLE", "<B", "<BODY", "<BR", "<P", "<!--"} {
		if strings.HasPrefix(lower, tag) && len(lower) > len(tag) && (lower[len(tag)] == ' ' || lower[len(tag)] == '>') || tag == "<!--" && strings.HasPrefix(lower, tag) {
			return "text/html; charset=utf-8"
		}
	}
	if strings.HasPrefix(string(t), "<?xml") {
		return "text/xml; charset=utf-8"
	}
	for _, m := range [][2]string{{"%PDF-", "application/pdf"}, {"%!PS-Adobe-", "application/postscript"}, {"\xFE\xFF", "text/plain; charset=utf-16be"}, {"\xFF\xFE", "text/plain; charset=utf-16le"}, {"\xEF\xBB\xBF", "text/plain; charset=utf-8"}, {"\x89PNG\x0D\x0A\x1A\x0A", "image/png"}, {"GIF87a", "image/gif"}, {"GIF89a", "image/gif"}, {"\xFF\xD8\xFF", "image/jpeg"}, {"BM", "image/bmp"}, {"\x1F\x8B\x08", "application/x-gzip"}, {"PK\x03\x04", "application/zip"}, {"\x00asm", "application/wasm"}} {
		if strings.HasPrefix(string(data), m[0]) {
			return m[1]
		}
	}
	for _, c := range t {
		if c < 9 || c == 0xb || c > 0xd && c < 0x1b || c > 0x1b && c < 0x20 {
			return "application/octet-stream"
		}
	}
	return "text/plain; charset=utf-8"
}

type maxBytesReader struct {
	w   ResponseWriter
	r   io.ReadCloser
	i, n int64
	err error
}

type MaxBytesError struct{ Limit int64 }

func (e *MaxBytesError) Error() string { return "http: request body too large" }

func MaxBytesReader(w ResponseWriter, r io.ReadCloser, n int64) io.ReadCloser {
	n = max(n, 0)
	return &maxBytesReader{w: w, r: r, i: n, n: n}
}

func (l *maxBytesReader) Read(p []byte) (n int, err error) {
	if l.err != nil || len(p) == 0 {
		return 0, l.err
	}
	if int64(len(p))-1 > l.n {
		p = p[:l.n+1]
	}
	n, err = l.r.Read(p)
	if int64(n) <= l.n {
		l.n -= int64(n)
		l.err = err
		return
	}
	n = int(l.n)
	l.n = 0
	l.err = &MaxBytesError{l.i}
	return n, l.err
}

func (l *maxBytesReader) Close() error { return l.r.Close() }
