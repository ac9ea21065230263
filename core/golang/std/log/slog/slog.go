// Package slog logs messages with attributes.
package slog

import (
	"context"
	"fmt"
	"internal/native"
	"io"
	"log"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

type Level int

const (
	LevelDebug Level = -4
	LevelInfo  Level = 0
	LevelWarn  Level = 4
	LevelError Level = 8
)

const (
	TimeKey    = "time"
	LevelKey   = "level"
	MessageKey = "msg"
	SourceKey  = "source"
)

func (l Level) String() string {
	for i := 3; ; i-- {
		if base := Level(i*4 - 4); l >= base || i == 0 {
			s := [...]string{"DEBUG", "INFO", "WARN", "ERROR"}[i]
			if l != base {
				s += fmt.Sprintf("%+d", int(l-base))
			}
			return s
		}
	}
}

func (l Level) Level() Level                 { return l }
func (l Level) MarshalJSON() ([]byte, error) { return strconv.AppendQuote(nil, l.String()), nil }
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }
func (l *Level) UnmarshalJSON(data []byte) error {
	s, err := strconv.Unquote(string(data))
	if err != nil {
		return err
	}
	return l.UnmarshalText([]byte(s))
}
func (l *Level) UnmarshalText(data []byte) error {
	s := string(data)
	name, off := s, 0
	if i := strings.IndexAny(s, "+-"); i >= 0 {
		var err error
		name = s[:i]
		if off, err = strconv.Atoi(s[i:]); err != nil {
			return fmt.Errorf("slog: level string %q: %w", s, err)
		}
	}
	switch strings.ToUpper(name) {
	case "DEBUG":
		*l = LevelDebug
	case "INFO":
		*l = LevelInfo
	case "WARN":
		*l = LevelWarn
	case "ERROR":
		*l = LevelError
	default:
		return fmt.Errorf("slog: level string %q: unknown name", s)
	}
	*l += Level(off)
	return nil
}

type Leveler interface{ Level() Level }

type LevelVar struct{ v atomic.Int64 }

func (v *LevelVar) Level() Level                      { return Level(v.v.Load()) }
func (v *LevelVar) Set(l Level)                       { v.v.Store(int64(l)) }
func (v *LevelVar) String() string                    { return "LevelVar(" + v.Level().String() + ")" }
func (v *LevelVar) MarshalText() ([]byte, error)      { return v.Level().MarshalText() }
func (v *LevelVar) UnmarshalText(data []byte) error {
	var l Level
	if err := l.UnmarshalText(data); err != nil {
		return err
	}
	v.Set(l)
	return nil
}

type Kind int

const (
	KindAny Kind = iota
	KindBool
	KindDuration
	KindFloat64
	KindInt64
	KindString
	KindTime
	KindUint64
	KindGroup
	KindLogValuer
)

func (k Kind) String() string {
	if k >= 0 && int(k) < 10 {
		return strings.Fields("Any Bool Duration Float64 Int64 String Time Uint64 Group LogValuer")[k]
	}
	return "<unknown slog.Kind>"
}

// A Value holds one of the types of its kind.
type Value struct {
	kind Kind
	any  any
}

type LogValuer interface{ LogValue() Value }

func StringValue(v string) Value          { return Value{KindString, v} }
func IntValue(v int) Value                { return Value{KindInt64, int64(v)} }
func Int64Value(v int64) Value            { return Value{KindInt64, v} }
func Uint64Value(v uint64) Value          { return Value{KindUint64, v} }
func Float64Value(v float64) Value        { return Value{KindFloat64, v} }
func BoolValue(v bool) Value              { return Value{KindBool, v} }
func TimeValue(v time.Time) Value         { return Value{KindTime, v.Round(0)} }
func DurationValue(v time.Duration) Value { return Value{KindDuration, v} }
func GroupValue(as ...Attr) Value {
	var list []Attr
	for _, a := range as {
		if !(a.Value.kind == KindGroup && len(a.Value.Group()) == 0) {
			list = append(list, a)
		}
	}
	return Value{KindGroup, list}
}

func AnyValue(v any) Value {
	switch v := v.(type) {
	case string:
		return StringValue(v)
	case int:
		return IntValue(v)
	case uint:
		return Uint64Value(uint64(v))
	case int64:
		return Int64Value(v)
	case uint64:
		return Uint64Value(v)
	case bool:
		return BoolValue(v)
	case time.Duration:
		return DurationValue(v)
	case time.Time:
		return TimeValue(v)
	case uint8:
		return Uint64Value(uint64(v))
	case uint16:
		return Uint64Value(uint64(v))
	case uint32:
		return Uint64Value(uint64(v))
	case uintptr:
		return Uint64Value(uint64(v))
	case int8:
		return Int64Value(int64(v))
	case int16:
		return Int64Value(int64(v))
	case int32:
		return Int64Value(int64(v))
	case float64:
		return Float64Value(v)
	case float32:
		return Float64Value(float64(v))
	case []Attr:
		return GroupValue(v...)
	case Kind:
		return Value{KindAny, v}
	case LogValuer:
		return Value{KindLogValuer, v}
	case Value:
		return v
	}
	return Value{KindAny, v}
}

func (v Value) Kind() Kind              { return v.kind }
func (v Value) Any() any                { return v.any }
func (v Value) Bool() bool              { return v.any.(bool) }
func (v Value) Int64() int64            { return v.any.(int64) }
func (v Value) Uint64() uint64          { return v.any.(uint64) }
func (v Value) Float64() float64        { return v.any.(float64) }
func (v Value) Duration() time.Duration { return v.any.(time.Duration) }
func (v Value) Time() time.Time         { return v.any.(time.Time) }
func (v Value) LogValuer() LogValuer    { return v.any.(LogValuer) }
func (v Value) Group() []Attr {
	g, _ := v.any.([]Attr)
	return g
}
func (v Value) Equal(w Value) bool {
	if v.kind != w.kind {
		return false
	}
	switch v.kind {
	case KindTime:
		return v.Time().Equal(w.Time())
	case KindGroup:
		a, b := v.Group(), w.Group()
		for i := range a {
			if i >= len(b) || !a[i].Equal(b[i]) {
				return false
			}
		}
		return len(a) == len(b)
	}
	return v.any == w.any
}

func (v Value) String() string {
	switch v.kind {
	case KindString:
		return v.any.(string)
	case KindTime:
		return v.Time().String()
	case KindFloat64:
		return strconv.FormatFloat(v.Float64(), 'g', -1, 64)
	}
	return fmt.Sprint(v.any)
}

func (v Value) Resolve() (rv Value) {
	o := v
	defer func() {
		if r := recover(); r != nil {
			rv = AnyValue(fmt.Errorf("LogValue panicked\n%s", native.Stack(false)))
		}
	}()
	for range 100 {
		if v.kind != KindLogValuer {
			return v
		}
		v = v.LogValuer().LogValue()
	}
	return AnyValue(fmt.Errorf("LogValue called too many times on %T", o.any))
}

type Attr struct {
	Key   string
	Value Value
}

func (a Attr) Equal(b Attr) bool { return a.Key == b.Key && a.Value.Equal(b.Value) }
func (a Attr) String() string    { return a.Key + "=" + a.Value.String() }
func (a Attr) empty() bool       { return a.Key == "" && a.Value.kind == KindAny && a.Value.any == nil }

func String(key, value string) Attr              { return Attr{key, StringValue(value)} }
func Int64(key string, value int64) Attr         { return Attr{key, Int64Value(value)} }
func Int(key string, value int) Attr             { return Attr{key, IntValue(value)} }
func Uint64(key string, v uint64) Attr           { return Attr{key, Uint64Value(v)} }
func Float64(key string, v float64) Attr         { return Attr{key, Float64Value(v)} }
func Bool(key string, v bool) Attr               { return Attr{key, BoolValue(v)} }
func Time(key string, v time.Time) Attr          { return Attr{key, TimeValue(v)} }
func Duration(key string, v time.Duration) Attr  { return Attr{key, DurationValue(v)} }
func Any(key string, value any) Attr             { return Attr{key, AnyValue(value)} }
func Group(key string, args ...any) Attr         { return Attr{key, GroupValue(attrs(args)...)} }
func GroupAttrs(key string, as ...Attr) Attr     { return Attr{key, GroupValue(as...)} }

func attrs(args []any) (list []Attr) {
	for len(args) > 0 {
		switch x := args[0].(type) {
		case string:
			if len(args) == 1 {
				list = append(list, String("!BADKEY", x))
				return
			}
			list = append(list, Any(x, args[1]))
			args = args[2:]
		case Attr:
			list = append(list, x)
			args = args[1:]
		default:
			list = append(list, Any("!BADKEY", x))
			args = args[1:]
		}
	}
	return
}

type Source struct {
	Function string `json:"function"`
	File     string `json:"file"`
	Line     int    `json:"line"`
}

func (s *Source) group() Value {
	var as []Attr
	if s.Function != "" {
		as = append(as, String("function", s.Function))
	}
	if s.File != "" {
		as = append(as, String("file", s.File))
	}
	if s.Line != 0 {
		as = append(as, Int("line", s.Line))
	}
	return GroupValue(as...)
}

type Record struct {
	Time    time.Time
	Message string
	Level   Level
	PC      uintptr
	attrs   []Attr
	source  *Source
}

func NewRecord(t time.Time, level Level, msg string, pc uintptr) Record {
	return Record{Time: t, Message: msg, Level: level, PC: pc}
}
func (r Record) Clone() Record {
	r.attrs = r.attrs[:len(r.attrs):len(r.attrs)]
	return r
}
func (r Record) NumAttrs() int { return len(r.attrs) }
func (r Record) Attrs(f func(Attr) bool) {
	for _, a := range r.attrs {
		if !f(a) {
			return
		}
	}
}
func (r *Record) AddAttrs(as ...Attr) {
	r.attrs = append(r.attrs[:len(r.attrs):len(r.attrs)], GroupValue(as...).Group()...)
}
func (r *Record) Add(args ...any)  { r.AddAttrs(attrs(args)...) }
func (r Record) Source() *Source   { return r.source }

type Handler interface {
	Enabled(context.Context, Level) bool
	Handle(context.Context, Record) error
	WithAttrs(attrs []Attr) Handler
	WithGroup(name string) Handler
}

type Logger struct{ handler Handler }

func New(h Handler) *Logger {
	if h == nil {
		panic("nil Handler")
	}
	return &Logger{h}
}

var (
	defaultLevel  LevelVar
	defaultLogger = &Logger{&defaultHandler{newCommon(nil, nil, false)}}
)

func Default() *Logger { return defaultLogger }

func SetDefault(l *Logger) {
	defaultLogger = l
	if _, ok := l.handler.(*defaultHandler); !ok {
		log.SetOutput(&handlerWriter{l.handler, &defaultLevel})
		log.SetFlags(0)
	}
}

func SetLogLoggerLevel(level Level) (old Level) {
	old = defaultLevel.Level()
	defaultLevel.Set(level)
	return
}

type handlerWriter struct {
	h     Handler
	level Leveler
}

func (w *handlerWriter) Write(buf []byte) (int, error) {
	l := w.level.Level()
	if !w.h.Enabled(context.Background(), l) {
		return 0, nil
	}
	r := NewRecord(time.Now(), l, strings.TrimSuffix(string(buf), "\n"), 0)
	return len(buf), w.h.Handle(context.Background(), r)
}

func NewLogLogger(h Handler, level Level) *log.Logger { return log.New(&handlerWriter{h, level}, "", 0) }

func (l *Logger) Handler() Handler { return l.handler }
func (l *Logger) Enabled(ctx context.Context, level Level) bool {
	if ctx == nil {
		ctx = context.Background()
	}
	return l.handler.Enabled(ctx, level)
}
func (l *Logger) With(args ...any) *Logger {
	if len(args) == 0 {
		return l
	}
	return &Logger{l.handler.WithAttrs(attrs(args))}
}
func (l *Logger) WithGroup(name string) *Logger {
	if name == "" {
		return l
	}
	return &Logger{l.handler.WithGroup(name)}
}

func (l *Logger) log(ctx context.Context, level Level, msg string, as []Attr, args []any) {
	if ctx == nil {
		ctx = context.Background()
	}
	if !l.handler.Enabled(ctx, level) {
		return
	}
	fn, file, line, _ := native.Caller(3)
	r := Record{Time: time.Now(), Message: msg, Level: level, PC: uintptr(line), source: &Source{fn, file, line}}
	if as == nil {
		as = attrs(args)
	}
	r.AddAttrs(as...)
	l.handler.Handle(ctx, r)
}

func (l *Logger) Log(ctx context.Context, level Level, msg string, args ...any) { l.log(ctx, level, msg, nil, args) }
func (l *Logger) LogAttrs(ctx context.Context, level Level, msg string, as ...Attr) { l.log(ctx, level, msg, as, nil) }
func (l *Logger) Debug(msg string, args ...any) { l.log(nil, LevelDebug, msg, nil, args) }
func (l *Logger) Info(msg string, args ...any)  { l.log(nil, LevelInfo, msg, nil, args) }
func (l *Logger) Warn(msg string, args ...any)  { l.log(nil, LevelWarn, msg, nil, args) }
func (l *Logger) Error(msg string, args ...any) { l.log(nil, LevelError, msg, nil, args) }
func (l *Logger) DebugContext(ctx context.Context, msg string, args ...any) { l.log(ctx, LevelDebug, msg, nil, args) }
func (l *Logger) InfoContext(ctx context.Context, msg string, args ...any)  { l.log(ctx, LevelInfo, msg, nil, args) }
func (l *Logger) WarnContext(ctx context.Context, msg string, args ...any)  { l.log(ctx, LevelWarn, msg, nil, args) }
func (l *Logger) ErrorContext(ctx context.Context, msg string, args ...any) { l.log(ctx, LevelError, msg, nil, args) }

func With(args ...any) *Logger { return Default().With(args...) }
func Log(ctx context.Context, level Level, msg string, args ...any) { Default().log(ctx, level, msg, nil, args) }
func LogAttrs(ctx context.Context, level Level, msg string, as ...Attr) { Default().log(ctx, level, msg, as, nil) }
func Debug(msg string, args ...any) { Default().log(nil, LevelDebug, msg, nil, args) }
func Info(msg string, args ...any)  { Default().log(nil, LevelInfo, msg, nil, args) }
func Warn(msg string, args ...any)  { Default().log(nil, LevelWarn, msg, nil, args) }
func Error(msg string, args ...any) { Default().log(nil, LevelError, msg, nil, args) }
func DebugContext(ctx context.Context, msg string, args ...any) { Default().log(ctx, LevelDebug, msg, nil, args) }
func InfoContext(ctx context.Context, msg string, args ...any)  { Default().log(ctx, LevelInfo, msg, nil, args) }
func WarnContext(ctx context.Context, msg string, args ...any)  { Default().log(ctx, LevelWarn, msg, nil, args) }
func ErrorContext(ctx context.Context, msg string, args ...any) { Default().log(ctx, LevelError, msg, nil, args) }

type discardHandler struct{}

func (discardHandler) Enabled(context.Context, Level) bool  { return false }
func (discardHandler) Handle(context.Context, Record) error { return nil }
func (d discardHandler) WithAttrs([]Attr) Handler           { return d }
func (d discardHandler) WithGroup(string) Handler           { return d }

var DiscardHandler Handler = discardHandler{}

type HandlerOptions struct {
	AddSource   bool
	Level       Leveler
	ReplaceAttr func(groups []string, a Attr) Attr
}

var _ io.Writer = (*handlerWriter)(nil)
