// Handlers that write text and JSON.
package slog

import (
	"context"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"math"
	"path/filepath"
	"strconv"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// scope is attributes and groups given by With, in order; a group has a name.
type scope struct {
	group string
	attrs []Attr
}

type common struct {
	w      io.Writer
	o      HandlerOptions
	json   bool
	scopes []scope
	mu     *sync.Mutex
}

func newCommon(w io.Writer, o *HandlerOptions, json bool) *common {
	c := &common{w: w, json: json, mu: new(sync.Mutex)}
	if o != nil {
		c.o = *o
	}
	return c
}

func (c *common) Enabled(_ context.Context, level Level) bool {
	least := LevelInfo
	if c.o.Level != nil {
		least = c.o.Level.Level()
	}
	return level >= least
}

func (c *common) with(s scope) *common {
	d := *c
	d.scopes = append(c.scopes[:len(c.scopes):len(c.scopes)], s)
	return &d
}

type TextHandler struct{ *common }
type JSONHandler struct{ *common }
type defaultHandler struct{ *common }

func NewTextHandler(w io.Writer, opts *HandlerOptions) *TextHandler {
	return &TextHandler{newCommon(w, opts, false)}
}
func NewJSONHandler(w io.Writer, opts *HandlerOptions) *JSONHandler {
	return &JSONHandler{newCommon(w, opts, true)}
}
func (h *TextHandler) WithAttrs(as []Attr) Handler     { return &TextHandler{h.with(scope{"", as})} }
func (h *TextHandler) WithGroup(name string) Handler   { return &TextHandler{h.with(scope{name, nil})} }
func (h *JSONHandler) WithAttrs(as []Attr) Handler     { return &JSONHandler{h.with(scope{"", as})} }
func (h *JSONHandler) WithGroup(name string) Handler   { return &JSONHandler{h.with(scope{name, nil})} }
func (h *defaultHandler) WithAttrs(as []Attr) Handler  { return &defaultHandler{h.with(scope{"", as})} }
func (h *defaultHandler) WithGroup(name string) Handler { return &defaultHandler{h.with(scope{name, nil})} }
func (h *defaultHandler) Enabled(_ context.Context, l Level) bool { return l >= defaultLevel.Level() }
func (h *defaultHandler) Handle(_ context.Context, r Record) error {
	p := &printer{c: h.common, sep: " "}
	p.str(r.Level.String() + " " + r.Message)
	p.next = " "
	p.rest(r)
	return log.Output(4, string(p.b))
}

func (c *common) Handle(_ context.Context, r Record) error {
	p := &printer{c: c, sep: " "}
	if c.json {
		p.sep = ","
		p.b = append(p.b, '{')
	}
	if !r.Time.IsZero() {
		p.builtin(Time(TimeKey, r.Time))
	}
	p.builtin(Any(LevelKey, r.Level))
	if c.o.AddSource {
		s := r.source
		if s == nil {
			s = &Source{}
		}
		p.builtin(Any(SourceKey, s))
	}
	p.builtin(String(MessageKey, r.Message))
	p.rest(r)
	if c.json {
		p.b = append(p.b, '}')
	}
	p.b = append(p.b, '\n')
	c.mu.Lock()
	defer c.mu.Unlock()
	_, err := c.w.Write(p.b)
	return err
}

type printer struct {
	c      *common
	b      []byte
	sep    string
	next   string // before the next key
	prefix string
	groups []string
}

func (p *printer) str(s string) { p.b = append(p.b, s...) }

func (p *printer) builtin(a Attr) {
	if f := p.c.o.ReplaceAttr; f != nil {
		a = f(nil, a)
		if a.empty() {
			return
		}
		a.Value = a.Value.Resolve()
	}
	if s, ok := a.Value.any.(*Source); ok && p.c.json {
		a.Value = s.group()
	}
	if a.Value.kind == KindGroup {
		p.attr(a, false)
		return
	}
	p.key(a.Key)
	if a.Value.kind == KindTime {
		if t := a.Value.Time(); !p.c.json {
			p.str(t.Format("2006-01-02T15:04:05.000Z07:00"))
			return
		}
	}
	p.value(a.Value)
}

// rest writes what With gave and the record's attributes.
func (p *printer) rest(r Record) {
	scopes := p.c.scopes
	if len(r.attrs) == 0 {
		for len(scopes) > 0 && scopes[len(scopes)-1].group != "" {
			scopes = scopes[:len(scopes)-1]
		}
	}
	open := 0
	for i, s := range scopes {
		if s.group == "" {
			for _, a := range s.attrs {
				p.attr(a, true)
			}
			continue
		}
		some := len(r.attrs) > 0
		for _, t := range scopes[i:] {
			some = some || len(t.attrs) > 0
		}
		if some {
			p.open(s.group)
			open++
		}
	}
	for _, a := range r.attrs {
		p.attr(a, true)
	}
	for ; open > 0; open-- {
		p.close("")
	}
}

func (p *printer) open(name string) {
	if p.c.json {
		p.key(name)
		p.b = append(p.b, '{')
		p.next = ""
	} else {
		p.prefix += name + "."
	}
	p.groups = append(p.groups, name)
}

func (p *printer) close(prefix string) {
	if p.c.json {
		p.b = append(p.b, '}')
		p.next = p.sep
	} else {
		p.prefix = prefix
	}
	p.groups = p.groups[:len(p.groups)-1]
}

func (p *printer) attr(a Attr, replace bool) {
	a.Value = a.Value.Resolve()
	if f := p.c.o.ReplaceAttr; f != nil && replace && a.Value.kind != KindGroup {
		a = f(p.groups, a)
		a.Value = a.Value.Resolve()
	}
	if a.empty() {
		return
	}
	if s, ok := a.Value.any.(*Source); ok {
		if p.c.json {
			a.Value = s.group()
		} else {
			a.Value = StringValue(fmt.Sprintf("%s:%d", s.File, s.Line))
		}
	}
	if a.Value.kind != KindGroup {
		p.key(a.Key)
		p.value(a.Value)
		return
	}
	list := a.Value.Group()
	if len(list) == 0 {
		return
	}
	mark, next, prefix := len(p.b), p.next, p.prefix
	if a.Key != "" {
		p.open(a.Key)
	}
	start := len(p.b)
	for _, x := range list {
		p.attr(x, replace)
	}
	none := len(p.b) == start
	if a.Key != "" {
		p.close(prefix)
	}
	if none {
		p.b, p.next = p.b[:mark], next
	}
}

func (p *printer) key(key string) {
	p.str(p.next)
	p.next = p.sep
	if p.c.json {
		p.quote(key)
		p.b = append(p.b, ':')
		return
	}
	p.text(p.prefix + key)
	p.b = append(p.b, '=')
}

func (p *printer) quote(s string) {
	if b, err := jsonText(s); err == nil {
		p.b = append(p.b, b...)
	}
}

// jsonText is JSON without HTML's escapes.
func jsonText(v any) ([]byte, error) {
	var b buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	if n := len(b); n > 0 {
		b = b[:n-1]
	}
	return b, err
}

type buffer []byte

func (b *buffer) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}

func (p *printer) text(s string) {
	quote := s == ""
	for i := 0; i < len(s) && !quote; {
		r, n := utf8.DecodeRuneInString(s[i:])
		quote = r == utf8.RuneError || r == '"' || r == '=' || unicode.IsSpace(r) || !unicode.IsPrint(r)
		i += n
	}
	if quote {
		s = strconv.Quote(s)
	}
	p.str(s)
}

func (p *printer) value(v Value) {
	defer func() {
		if r := recover(); r != nil {
			if p.c.json {
				p.quote(fmt.Sprintf("!PANIC: %v", r))
			} else {
				p.text(fmt.Sprintf("!PANIC: %v", r))
			}
		}
	}()
	if !p.c.json {
		switch v.kind {
		case KindTime:
			p.text(v.Time().Format("2006-01-02T15:04:05.000Z07:00"))
		case KindAny:
			switch x := v.any.(type) {
			case *Source:
				p.text(fmt.Sprintf("%s:%d", filepath.Clean(x.File), x.Line))
			case encoding.TextMarshaler:
				b, err := x.MarshalText()
				if err != nil {
					p.text("!ERROR:" + err.Error())
				} else {
					p.text(string(b))
				}
			case []byte:
				p.str(strconv.Quote(string(x)))
			default:
				p.text(fmt.Sprintf("%+v", x))
			}
		default:
			p.text(v.String())
		}
		return
	}
	switch v.kind {
	case KindString:
		p.quote(v.any.(string))
	case KindDuration:
		p.b = strconv.AppendInt(p.b, int64(v.Duration()), 10)
	case KindTime:
		p.str(`"` + v.Time().Format(time.RFC3339Nano) + `"`)
	case KindFloat64:
		if f := v.Float64(); math.IsInf(f, 0) || math.IsNaN(f) {
			p.quote(fmt.Sprintf("%v", f))
			return
		}
		fallthrough
	case KindAny:
		x := v.any
		_, own := x.(json.Marshaler)
		if e, ok := x.(error); ok && !own {
			p.quote(e.Error())
			return
		}
		b, err := jsonText(x)
		if err != nil {
			p.quote("!ERROR:" + err.Error())
			return
		}
		p.b = append(p.b, b...)
	default:
		p.str(v.String())
	}
}

// A MultiHandler gives each record to several handlers.
type MultiHandler struct{ list []Handler }

func NewMultiHandler(handlers ...Handler) *MultiHandler {
	return &MultiHandler{append([]Handler(nil), handlers...)}
}
func (h *MultiHandler) Enabled(ctx context.Context, l Level) bool {
	for _, x := range h.list {
		if x.Enabled(ctx, l) {
			return true
		}
	}
	return false
}
func (h *MultiHandler) Handle(ctx context.Context, r Record) error {
	var errs []error
	for _, x := range h.list {
		if x.Enabled(ctx, r.Level) {
			if err := x.Handle(ctx, r.Clone()); err != nil {
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(errs...)
}
func (h *MultiHandler) each(f func(Handler) Handler) Handler {
	m := &MultiHandler{}
	for _, x := range h.list {
		m.list = append(m.list, f(x))
	}
	return m
}
func (h *MultiHandler) WithAttrs(as []Attr) Handler {
	return h.each(func(x Handler) Handler { return x.WithAttrs(as) })
}
func (h *MultiHandler) WithGroup(name string) Handler {
	return h.each(func(x Handler) Handler { return x.WithGroup(name) })
}
