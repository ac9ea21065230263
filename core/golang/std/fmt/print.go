// Package fmt formats and scans.
package fmt

import (
	"errors"
	"internal/native"
	"io"
	"os"
	"strconv"
	"unicode/utf8"
)

type State interface {
	Write(b []byte) (n int, err error)
	Width() (wid int, ok bool)
	Precision() (prec int, ok bool)
	Flag(c int) bool
}

type Formatter interface {
	Format(f State, verb rune)
}

type Stringer interface {
	String() string
}

type GoStringer interface {
	GoString() string
}

func Printf(format string, a ...any) (n int, err error) { return Fprintf(os.Stdout, format, a...) }
func Print(a ...any) (n int, err error)                 { return Fprint(os.Stdout, a...) }
func Println(a ...any) (n int, err error)               { return Fprintln(os.Stdout, a...) }

func Fprintf(w io.Writer, format string, a ...any) (n int, err error) {
	p := newPrinter()
	p.doPrintf(format, a)
	n, err = w.Write(p.buf)
	p.free()
	return
}

func Fprint(w io.Writer, a ...any) (n int, err error) {
	p := newPrinter()
	p.doPrint(a)
	n, err = w.Write(p.buf)
	p.free()
	return
}

func Fprintln(w io.Writer, a ...any) (n int, err error) {
	p := newPrinter()
	p.doPrintln(a)
	n, err = w.Write(p.buf)
	p.free()
	return
}

func Sprintf(format string, a ...any) string {
	p := newPrinter()
	p.doPrintf(format, a)
	s := string(p.buf)
	p.free()
	return s
}

func Sprint(a ...any) string {
	p := newPrinter()
	p.doPrint(a)
	s := string(p.buf)
	p.free()
	return s
}

func Sprintln(a ...any) string {
	p := newPrinter()
	p.doPrintln(a)
	s := string(p.buf)
	p.free()
	return s
}

func Append(b []byte, a ...any) []byte   { return append(b, Sprint(a...)...) }
func Appendln(b []byte, a ...any) []byte { return append(b, Sprintln(a...)...) }
func Appendf(b []byte, format string, a ...any) []byte {
	return append(b, Sprintf(format, a...)...)
}

func FormatString(state State, verb rune) string {
	b := []byte{'%'}
	for _, c := range " +-#0" {
		if state.Flag(int(c)) {
			b = append(b, byte(c))
		}
	}
	if w, ok := state.Width(); ok {
		b = strconv.AppendInt(b, int64(w), 10)
	}
	if p, ok := state.Precision(); ok {
		b = strconv.AppendInt(append(b, '.'), int64(p), 10)
	}
	return string(utf8.AppendRune(b, verb))
}

type flags struct {
	wid, prec                       int
	widOK, precOK                   bool
	minus, plus, sharp, space, zero bool
	plusV, sharpV                   bool
}

type pp struct {
	buf []byte
	flags
	arg      any
	wrap     bool
	wrapped  []int
	argNum   int
	panicked bool
	erroring bool
}

var printers []*pp

func newPrinter() *pp {
	if n := len(printers); n > 0 {
		p := printers[n-1]
		printers = printers[:n-1]
		return p
	}
	return &pp{buf: make([]byte, 0, 64)}
}

func (p *pp) free() {
	if cap(p.buf) < 4096 && len(printers) < 16 {
		p.buf, p.arg, p.wrap, p.wrapped, p.erroring, p.flags = p.buf[:0], nil, false, nil, false, flags{}
		printers = append(printers, p)
	}
}

func (p *pp) Width() (int, bool)     { return p.wid, p.widOK }
func (p *pp) Precision() (int, bool) { return p.prec, p.precOK }
func (p *pp) Flag(c int) bool {
	switch c {
	case '-':
		return p.minus
	case '+':
		return p.plus || p.plusV
	case '#':
		return p.sharp || p.sharpV
	case ' ':
		return p.space
	case '0':
		return p.zero
	}
	return false
}
func (p *pp) Write(b []byte) (int, error) {
	p.buf = append(p.buf, b...)
	return len(b), nil
}
func (p *pp) WriteString(s string) (int, error) {
	p.buf = append(p.buf, s...)
	return len(s), nil
}
func (p *pp) str(s string) { p.buf = append(p.buf, s...) }

func (p *pp) doPrint(a []any) {
	prevString := true
	for _, arg := range a {
		_, isString := arg.(string)
		if !isString && arg != nil {
			isString = native.TypeKind(native.TypeOf(arg)) == 24
		}
		if !isString && !prevString {
			p.buf = append(p.buf, ' ')
		}
		p.printArg(arg, 'v')
		prevString = isString
	}
}

func (p *pp) doPrintln(a []any) {
	for i, arg := range a {
		if i > 0 {
			p.buf = append(p.buf, ' ')
		}
		switch s := arg.(type) {
		case string:
			p.buf = append(p.buf, s...)
		default:
			p.printArg(arg, 'v')
		}
	}
	p.buf = append(p.buf, '\n')
}

// number reads decimal digits at i.
func number(s string, i int) (n int, ok bool, end int) {
	for end = i; end < len(s) && '0' <= s[end] && s[end] <= '9'; end++ {
		if n = n*10 + int(s[end]-'0'); n > 1000000 {
			return 0, false, len(s)
		}
		ok = true
	}
	return
}

func (p *pp) doPrintf(format string, a []any) {
	argNum, end := 0, len(format)
	reordered := false
	for i := 0; i < end; {
		start := i
		for i < end && format[i] != '%' {
			i++
		}
		if i > start {
			p.buf = append(p.buf, format[start:i]...)
		}
		if i >= end {
			break
		}
		i++
		p.flags = flags{}
		good, after := true, false
		// index reads an explicit argument index like [2] at i.
		index := func() {
			if i >= end || format[i] != '[' {
				return
			}
			reordered = true
			for j := i + 1; end-i > 2 && j < end; j++ {
				if format[j] == ']' {
					n, ok, e := number(format, i+1)
					i = j + 1
					if !ok || e != j || n < 1 || n > len(a) {
						good = false
					} else {
						argNum = n - 1
						after = true
					}
					return
				}
			}
			good = false
			i++
		}
		star := func() (n int, ok bool) {
			i++
			if argNum < len(a) {
				if n, ok = a[argNum].(int); !ok {
					t := native.TypeOf(a[argNum])
					if k := native.TypeKind(t); 2 <= k && k <= 6 {
						n, ok = int(native.Int(a[argNum])), true
					} else if 7 <= k && k <= 12 {
						n, ok = int(native.Uint(a[argNum])), true
					}
				}
				argNum++
				if n > 1000000 || n < -1000000 {
					n, ok = 0, false
				}
			}
			after = false
			return
		}
	flagLoop:
		for ; i < end; i++ {
			switch format[i] {
			case '#':
				p.sharp = true
			case '0':
				p.zero = true
			case '+':
				p.plus = true
			case '-':
				p.minus = true
			case ' ':
				p.space = true
			default:
				break flagLoop
			}
		}
		index()
		if i < end && format[i] == '*' {
			if p.wid, p.widOK = star(); !p.widOK {
				p.str("%!(BADWIDTH)")
			}
			if p.wid < 0 {
				p.wid, p.minus, p.zero = -p.wid, true, false
			}
		} else {
			p.wid, p.widOK, i = number(format, i)
			if after && p.widOK {
				good = false
			}
		}
		if i+1 < end && format[i] == '.' {
			i++
			if after {
				good = false
			}
			index()
			if i < end && format[i] == '*' {
				if p.prec, p.precOK = star(); p.prec < 0 {
					p.prec, p.precOK = 0, false
				}
				if !p.precOK {
					p.str("%!(BADPREC)")
				}
			} else {
				p.prec, p.precOK, i = number(format, i)
				if !p.precOK {
					p.prec, p.precOK = 0, true
				}
			}
		}
		if !after {
			index()
		}
		if i >= end {
			p.str("%!(NOVERB)")
			break
		}
		verb, size := rune(format[i]), 1
		if verb >= utf8.RuneSelf {
			verb, size = utf8.DecodeRuneInString(format[i:])
		}
		i += size
		switch {
		case verb == '%':
			p.buf = append(p.buf, '%')
		case !good:
			p.bad(verb, "(BADINDEX)")
		case argNum >= len(a):
			p.bad(verb, "(MISSING)")
		default:
			if verb == 'w' {
				if p.wrap {
					if _, ok := a[argNum].(error); ok {
						p.wrapped = append(p.wrapped, argNum)
					} else {
						p.badVerb(a[argNum], verb)
						argNum++
						continue
					}
				} else {
					p.badVerb(a[argNum], verb)
					argNum++
					continue
				}
				verb = 'v'
			}
			if verb == 'v' {
				p.sharpV, p.sharp = p.sharp, false
				p.plusV, p.plus = p.plus, false
			}
			p.printArg(a[argNum], verb)
			argNum++
		}
	}
	if !reordered && argNum < len(a) {
		p.flags = flags{}
		p.str("%!(EXTRA ")
		for i, arg := range a[argNum:] {
			if i > 0 {
				p.str(", ")
			}
			if arg == nil {
				p.str("<nil>")
			} else {
				p.str(native.TypeString(native.TypeOf(arg)))
				p.buf = append(p.buf, '=')
				p.printArg(arg, 'v')
			}
		}
		p.buf = append(p.buf, ')')
	}
}

func (p *pp) bad(verb rune, what string) {
	p.str("%!")
	p.buf = utf8.AppendRune(p.buf, verb)
	p.str(what)
}

func (p *pp) badVerb(v any, verb rune) {
	p.erroring = true
	p.bad(verb, "(")
	if v == nil {
		p.str("<nil>")
	} else {
		p.str(native.TypeString(native.TypeOf(v)))
		p.buf = append(p.buf, '=')
		p.printArg(v, 'v')
	}
	p.buf = append(p.buf, ')')
	p.erroring = false
}

func (p *pp) printArg(arg any, verb rune) {
	switch f := arg.(type) {
	case nil:
		if verb == 'v' || verb == 'T' {
			p.padString("<nil>")
		} else {
			p.badVerb(nil, verb)
		}
		return
	case string:
		if verb != 'T' && verb != 'p' {
			p.fmtString(f, verb, arg)
			return
		}
	case int:
		if verb != 'T' && verb != 'p' {
			p.fmtInt(uint64(f), true, 64, verb, arg)
			return
		}
	case bool:
		if verb != 'T' && verb != 'p' {
			p.fmtBool(f, verb, arg)
			return
		}
	case float64:
		if verb != 'T' && verb != 'p' {
			p.fmtFloat(f, 64, verb, arg)
			return
		}
	}
	t := native.TypeOf(arg)
	if r, ok := arg.(interface{ Held() (any, int) }); ok && verb != 'T' && native.TypeString(t) == "reflect.Value" {
		v, t := r.Held()
		if t == 0 {
			p.str("<invalid reflect.Value>")
		} else if v == nil || !p.handleMethods(v, verb) {
			p.printValue(v, t, verb, 0)
		}
		return
	}
	switch verb {
	case 'T':
		p.fmtS(native.TypeString(t))
		return
	case 'p':
		p.fmtPointer(arg, t, verb)
		return
	}
	if !p.handleMethods(arg, verb) {
		p.printValue(arg, t, verb, 0)
	}
}

func (p *pp) catchPanic(arg any, verb rune, method string) {
	if err := recover(); err != nil {
		if k := native.TypeKind(native.TypeOf(arg)); k == 22 && native.IsNil(arg) {
			p.str("<nil>")
			return
		}
		if p.panicked {
			panic(err)
		}
		old := p.flags
		p.flags = flags{}
		p.bad(verb, "(PANIC=")
		p.str(method)
		p.str(" method: ")
		p.panicked = true
		p.printArg(err, 'v')
		p.panicked = false
		p.buf = append(p.buf, ')')
		p.flags = old
	}
}

func (p *pp) handleMethods(arg any, verb rune) (handled bool) {
	if p.erroring {
		return false
	}
	if f, ok := arg.(Formatter); ok {
		handled = true
		defer p.catchPanic(arg, verb, "Format")
		f.Format(p, verb)
		return true
	}
	if p.sharpV {
		if s, ok := arg.(GoStringer); ok {
			handled = true
			defer p.catchPanic(arg, verb, "GoString")
			p.fmtS(s.GoString())
			return true
		}
		return false
	}
	switch verb {
	case 'v', 's', 'x', 'X', 'q':
		switch s := arg.(type) {
		case error:
			handled = true
			defer p.catchPanic(arg, verb, "Error")
			p.fmtString(s.Error(), verb, arg)
			return true
		case Stringer:
			handled = true
			defer p.catchPanic(arg, verb, "String")
			p.fmtString(s.String(), verb, arg)
			return true
		}
	}
	return false
}

// printValue prints v, whose static type is t (an interface type, or v's own).
func (p *pp) printValue(v any, t int, verb rune, depth int) {
	k := native.TypeKind(t)
	switch k {
	case 1:
		p.fmtBool(native.Bool(v), verb, v)
	case 2, 3, 4, 5, 6:
		p.fmtInt(uint64(native.Int(v)), true, sizes[k], verb, v)
	case 7, 8, 9, 10, 11, 12:
		p.fmtInt(native.Uint(v), false, sizes[k], verb, v)
	case 13:
		p.fmtFloat(native.Float(v), 32, verb, v)
	case 14:
		p.fmtFloat(native.Float(v), 64, verb, v)
	case 15:
		p.fmtComplex(native.Complex(v), 32, verb, v)
	case 16:
		p.fmtComplex(native.Complex(v), 64, verb, v)
	case 24:
		p.fmtString(native.String(v), verb, v)
	case 21:
		if p.sharpV {
			p.str(native.TypeString(t))
			if native.IsNil(v) {
				p.str("(nil)")
				return
			}
			p.buf = append(p.buf, '{')
		} else {
			p.str("map[")
		}
		kt, et := native.TypeKey(t), native.TypeElem(t)
		for i, key := range native.MapKeys(v, true) {
			if i > 0 {
				p.sep()
			}
			p.printElem(key, kt, verb, depth)
			p.buf = append(p.buf, ':')
			e, _ := native.MapGet(v, key)
			p.printElem(e, et, verb, depth)
		}
		p.close('}', ']')
	case 25:
		if p.sharpV {
			p.str(native.TypeString(t))
		}
		p.buf = append(p.buf, '{')
		for i := range native.TypeNumField(t) {
			if i > 0 {
				p.sep()
			}
			name, ft, _, pkg, _ := native.TypeField(t, i)
			if p.plusV || p.sharpV {
				p.str(name)
				p.buf = append(p.buf, ':')
			}
			f := native.Field(v, i)
			if pkg != "" {
				p.printHidden(f, ft, verb, depth)
			} else {
				p.printElem(f, ft, verb, depth)
			}
		}
		p.buf = append(p.buf, '}')
	case 20:
		if v == nil {
			if p.sharpV {
				p.str(native.TypeString(t))
				p.str("(nil)")
			} else {
				p.str("<nil>")
			}
		} else {
			p.printElem(v, native.TypeOf(v), verb, depth)
		}
	case 17, 23:
		et := native.TypeElem(t)
		if ek := native.TypeKind(et); ek == 8 {
			switch verb {
			case 's', 'q', 'x', 'X':
				p.fmtBytes(native.Bytes(v), verb, v, t)
				return
			case 'v', 'd':
				if depth == 0 && native.TypeString(t) == "[]uint8" {
					p.fmtBytes(native.Bytes(v), verb, v, t)
					return
				}
			}
		}
		if p.sharpV {
			p.str(native.TypeString(t))
			if k == 23 && native.IsNil(v) {
				p.str("(nil)")
				return
			}
			p.buf = append(p.buf, '{')
		} else {
			p.buf = append(p.buf, '[')
		}
		for i := range native.Len(v) {
			if i > 0 {
				p.sep()
			}
			p.printElem(native.Index(v, i), et, verb, depth)
		}
		p.close('}', ']')
	case 22:
		if depth == 0 && !native.IsNil(v) {
			switch et := native.TypeElem(t); native.TypeKind(et) {
			case 17, 23, 25, 21:
				p.buf = append(p.buf, '&')
				p.printElem(native.Load(v), et, verb, depth)
				return
			}
		}
		p.fmtPointer(v, t, verb)
	case 18, 19, 26:
		p.fmtPointer(v, t, verb)
	}
}

var sizes = [...]int{0, 0, 64, 8, 16, 32, 64, 64, 8, 16, 32, 64, 64}

func (p *pp) sep() {
	if p.sharpV {
		p.str(", ")
	} else {
		p.buf = append(p.buf, ' ')
	}
}

func (p *pp) close(sharp, plain byte) {
	if p.sharpV {
		plain = sharp
	}
	p.buf = append(p.buf, plain)
}

func (p *pp) printElem(v any, t int, verb rune, depth int) {
	if v != nil && p.handleMethods(v, verb) {
		return
	}
	p.printValue(v, t, verb, depth+1)
}

// printHidden prints an unexported field: methods of it and of what it holds are not called.
func (p *pp) printHidden(v any, t int, verb rune, depth int) {
	old := p.erroring
	p.erroring = true
	p.printValue(v, t, verb, depth+1)
	p.erroring = old
}

func (p *pp) fmtPointer(v any, t int, verb rune) {
	switch native.TypeKind(t) {
	case 18, 19, 21, 22, 23, 26:
	default:
		p.badVerb(v, verb)
		return
	}
	u := uint64(native.Pointer(v))
	switch verb {
	case 'v':
		if p.sharpV {
			p.buf = append(p.buf, '(')
			p.str(native.TypeString(t))
			p.str(")(")
			if u == 0 {
				p.str("nil")
			} else {
				p.fmt0x(u, true)
			}
			p.buf = append(p.buf, ')')
		} else if u == 0 {
			p.padString("<nil>")
		} else {
			p.fmt0x(u, !p.sharp)
		}
	case 'p':
		p.fmt0x(u, !p.sharp)
	case 'b', 'o', 'd', 'x', 'X':
		p.fmtInt(u, false, 64, verb, v)
	default:
		p.badVerb(v, verb)
	}
}

type wrapError struct {
	msg string
	err error
}

func (e *wrapError) Error() string { return e.msg }
func (e *wrapError) Unwrap() error { return e.err }

type wrapErrors struct {
	msg  string
	errs []error
}

func (e *wrapErrors) Error() string   { return e.msg }
func (e *wrapErrors) Unwrap() []error { return e.errs }


func Errorf(format string, a ...any) error {
	p := newPrinter()
	p.wrap = true
	p.doPrintf(format, a)
	s := string(p.buf)
	w := p.wrapped
	p.free()
	switch len(w) {
	case 0:
		return errors.New(s)
	case 1:
		return &wrapError{s, a[w[0]].(error)}
	}
	seen := map[int]bool{}
	var errs []error
	for i, x := range a {
		for _, n := range w {
			if n == i && !seen[i] {
				seen[i] = true
				errs = append(errs, x.(error))
			}
		}
	}
	return &wrapErrors{s, errs}
}
