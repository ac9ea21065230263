// Execution of templates.
package template

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
)

type variable struct {
	name  string
	value reflect.Value
}

type state struct {
	t     *Template
	w     io.Writer
	vars  []variable
	node  *node
	text  string
	at    *arg
	depth int
	whole string // the command
}

type signal string

// A given argument: how it is written, if it is, and its value.
type given struct {
	a   *arg
	get func() reflect.Value
}

func (t *Template) ExecuteTemplate(wr io.Writer, name string, data any) error {
	x := t.Lookup(name)
	if x == nil {
		return fmt.Errorf("template: no template %q associated with template %q", name, t.name)
	}
	return x.Execute(wr, data)
}

func (t *Template) Execute(wr io.Writer, data any) (err error) {
	if !t.parsed {
		if x := t.set[t.name]; x != nil {
			t = x
		} else {
			return fmt.Errorf("template: %s: %q is an incomplete or empty template%s", t.name, t.name, t.DefinedTemplates())
		}
	}
	defer func() {
		if r := recover(); r != nil {
			switch e := r.(type) {
			case ExecError:
				err = e
			case writeError:
				err = e.error
			default:
				panic(r)
			}
		}
	}()
	v, ok := data.(reflect.Value)
	if !ok {
		v = reflect.ValueOf(data)
	}
	s := &state{t: t, w: wr, vars: []variable{{"$", v}}}
	s.walk(v, t.nodes)
	return nil
}

type writeError struct{ error }

func (s *state) fail(format string, a ...any) {
	err := fmt.Errorf(format, a...)
	line, col := 0, 0
	if s.at != nil {
		line, col = s.at.line, s.at.col
	} else if s.node != nil {
		line = s.node.line
	}
	panic(ExecError{s.t.name, fmt.Errorf("template: %s:%d:%d: executing %q at <%s>: %w", s.t.root, line, col, s.t.name, s.text, err)})
}

func indirect(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.IsNil() {
			return v
		}
		v = v.Elem()
	}
	return v
}

func IsTrue(val any) (truth, ok bool) { return isTrue(reflect.ValueOf(val)) }

func isTrue(v reflect.Value) (truth, ok bool) {
	if !v.IsValid() {
		return false, true
	}
	switch v.Kind() {
	case reflect.Interface:
		return isTrue(v.Elem())
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() > 0, true
	case reflect.Chan, reflect.Func, reflect.Pointer:
		return !v.IsNil(), true
	case reflect.Struct:
		return true, true
	}
	return !v.IsZero(), true
}

func (s *state) walk(dot reflect.Value, list []*node) {
	for _, n := range list {
		s.node, s.at = n, nil
		switch n.kind {
		case "text":
			if _, err := io.WriteString(s.w, n.text); err != nil {
				panic(writeError{err})
			}
		case "action":
			v := s.pipeline(dot, n.pipe)
			if len(n.pipe.decl) == 0 {
				s.text = "{{" + n.pipe.text + "}}"
				s.print(v)
			}
		case "if", "with":
			mark := len(s.vars)
			v := s.pipeline(dot, n.pipe)
			if ok, _ := isTrue(v); ok {
				if n.kind == "with" {
					s.walk(v, n.list)
				} else {
					s.walk(dot, n.list)
				}
			} else {
				s.walk(dot, n.els)
			}
			s.vars = s.vars[:mark]
		case "range":
			s.loop(dot, n)
		case "template":
			t := s.t.set[n.name]
			s.at = &arg{line: n.line, col: n.col}
			s.text = fmt.Sprintf("{{template %q}}", n.name)
			if n.pipe != nil {
				s.text = fmt.Sprintf("{{template %q %s}}", n.name, n.pipe.text)
			}
			if t == nil {
				s.fail("template %q not defined", n.name)
			}
			if s.depth > 10000 {
				s.fail("exceeded maximum template depth (%v)", 10000)
			}
			v := reflect.Value{}
			if n.pipe != nil {
				v = s.pipeline(dot, n.pipe)
			}
			in := &state{t: t, w: s.w, vars: []variable{{"$", v}}, depth: s.depth + 1}
			in.walk(v, t.nodes)
		case "break", "continue":
			panic(signal(n.kind))
		}
	}
}

// once runs a loop's body; false after a break.
func (s *state) once(n *node, key, elem reflect.Value) (more bool) {
	mark := len(s.vars)
	defer func() {
		s.vars = s.vars[:mark]
		if r := recover(); r != nil {
			k, ok := r.(signal)
			if !ok {
				panic(r)
			}
			more = k == "continue"
		}
	}()
	d := n.pipe.decl
	if len(d) == 1 {
		s.declare(d[0], elem, n.pipe.assign)
	} else if len(d) == 2 {
		s.declare(d[0], key, n.pipe.assign)
		s.declare(d[1], elem, n.pipe.assign)
	}
	s.walk(elem, n.list)
	return true
}

func (s *state) loop(dot reflect.Value, n *node) {
	mark := len(s.vars)
	defer func() { s.vars = s.vars[:mark] }()
	p := *n.pipe
	p.decl = nil
	v := indirect(s.pipeline(dot, &p))
	count := 0
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			count++
			if !s.once(n, reflect.ValueOf(i), v.Index(i)) {
				break
			}
		}
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int {
			a, b = indirect(a), indirect(b)
			switch {
			case a.CanInt() && b.CanInt():
				return int(a.Int() - b.Int())
			case a.CanFloat() && b.CanFloat():
				if a.Float() < b.Float() {
					return -1
				}
				return 1
			}
			return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
		})
		for _, k := range keys {
			count++
			if !s.once(n, k, v.MapIndex(k)) {
				break
			}
		}
	case reflect.Chan:
		if v.IsNil() {
			break
		}
		if v.Type().ChanDir() == reflect.SendDir {
			s.fail("range over send-only channel %v", v)
		}
		for {
			x, ok := v.Recv()
			if !ok {
				break
			}
			count++
			if !s.once(n, reflect.ValueOf(count-1), x) {
				break
			}
		}
	case reflect.Invalid, reflect.Pointer, reflect.Interface:
	default:
		switch t := v.Type(); {
		case v.Kind() == reflect.String:
			s.fail("range can't iterate over %v", v)
		case t.CanSeq():
			if len(n.pipe.decl) > 1 {
				over := " to"
				if v.Kind() == reflect.Func {
					over = ""
				}
				s.fail("can't use %v%s iterate over more than one variable", v, over)
			}
			for x := range v.Seq() {
				count++
				if !s.once(n, reflect.Value{}, x) {
					break
				}
			}
		case t.CanSeq2():
			for k, x := range v.Seq2() {
				count++
				if len(n.pipe.decl) < 2 {
					k, x = reflect.Value{}, k
				}
				if !s.once(n, k, x) {
					break
				}
			}
		default:
			s.fail("range can't iterate over %v", v)
		}
	}
	if count == 0 {
		s.walk(dot, n.els)
	}
}

func (s *state) print(v reflect.Value) {
	text := "<no value>"
	if v.IsValid() {
		if v.Kind() == reflect.Pointer && !v.IsNil() {
			if _, ok := v.Interface().(fmt.Stringer); !ok {
				if _, ok := v.Interface().(error); !ok {
					v = indirect(v)
				}
			}
		}
		if v.Kind() == reflect.Func || v.Kind() == reflect.Chan {
			s.fail("can't print %s of type %s", s.text, v.Type())
		}
		if v.Kind() != reflect.Interface || !v.IsNil() {
			text = fmt.Sprint(v.Interface())
		} else {
			text = "<nil>"
		}
	}
	if _, err := io.WriteString(s.w, text); err != nil {
		panic(writeError{err})
	}
}

func (s *state) declare(name string, v reflect.Value, assign bool) {
	if assign {
		for i := len(s.vars) - 1; i >= 0; i-- {
			if s.vars[i].name == name {
				s.vars[i].value = v
				return
			}
		}
	}
	s.vars = append(s.vars, variable{name, v})
}

func (s *state) pipeline(dot reflect.Value, p *pipe) (v reflect.Value) {
	var final *reflect.Value
	for _, cmd := range p.cmds {
		v = s.command(dot, cmd, final)
		if v.Kind() == reflect.Interface && v.NumMethod() == 0 {
			v = v.Elem()
		}
		x := v
		final = &x
	}
	for _, name := range p.decl {
		s.declare(name, v, p.assign)
	}
	return
}

func (s *state) command(dot reflect.Value, cmd []*arg, final *reflect.Value) reflect.Value {
	a := cmd[0]
	s.text, s.at = a.text, a
	var extra []given
	for _, x := range cmd[1:] {
		extra = append(extra, given{x, func() reflect.Value { return s.value(dot, x) }})
	}
	if final != nil {
		extra = append(extra, given{nil, func() reflect.Value { return *final }})
	}
	s.whole = a.text
	for _, x := range cmd[1:] {
		s.whole += " " + x.text
	}
	if a.kind == "func" && len(a.fields) == 0 {
		return s.callNamed(a.name, extra)
	}
	if len(a.fields) > 0 {
		v := s.base(dot, a)
		at := *a
		s.at = &at
		if a.kind == "var" {
			at.col += len(a.name)
		} else if a.kind == "dot" && len(a.fields) > 1 {
			at.col += len(a.fields[0]) + 1
		}
		for i, f := range a.fields {
			if i == len(a.fields)-1 {
				return s.field(v, f, extra)
			}
			v = s.field(v, f, nil)
		}
	}
	if len(extra) > 0 {
		s.fail("can't give argument to non-function %s", a.text)
	}
	if a.kind == "nil" {
		s.fail("nil is not a command")
	}
	return s.base(dot, a)
}

func (s *state) base(dot reflect.Value, a *arg) reflect.Value {
	switch a.kind {
	case "dot":
		return dot
	case "var":
		for i := len(s.vars) - 1; i >= 0; i-- {
			if s.vars[i].name == a.name {
				return s.vars[i].value
			}
		}
		s.fail("undefined variable: %s", a.name)
	case "func":
		return s.callNamed(a.name, nil)
	case "pipe":
		return s.pipeline(dot, a.pipe)
	case "nil":
		return reflect.Value{}
	}
	return reflect.ValueOf(a.value)
}

func (s *state) value(dot reflect.Value, a *arg) reflect.Value {
	return s.command(dot, []*arg{a}, nil)
}

func (s *state) field(v reflect.Value, name string, args []given) reflect.Value {
	if !v.IsValid() {
		if s.t.option == "error" {
			s.fail("nil data; no entry for key %q", name)
		}
		return v
	}
	static := v
	if v.Kind() == reflect.Interface {
		if v.IsNil() {
			s.fail("nil pointer evaluating %s.%s", v.Type(), name)
		}
		v = v.Elem()
	}
	ptr := v
	if ptr.Kind() != reflect.Pointer && ptr.CanAddr() {
		ptr = ptr.Addr()
	}
	if m := ptr.MethodByName(name); m.IsValid() {
		return s.call(name, m, args)
	}
	x := indirect(v)
	switch x.Kind() {
	case reflect.Struct:
		if f, ok := x.Type().FieldByName(name); ok {
			if !f.IsExported() {
				s.fail("%s is an unexported field of struct type %s", name, v.Type())
			}
			if len(args) > 0 {
				s.fail("%s has arguments but cannot be invoked as function", name)
			}
			r, err := x.FieldByIndexErr(f.Index)
			if err != nil {
				s.fail("%v", err)
			}
			return r
		}
	case reflect.Map:
		key := reflect.ValueOf(name)
		if !key.Type().AssignableTo(x.Type().Key()) {
			break
		}
		if len(args) > 0 {
			s.fail("%s is not a method but has arguments", name)
		}
		r := x.MapIndex(key)
		if !r.IsValid() {
			switch s.t.option {
			case "zero":
				r = reflect.Zero(x.Type().Elem())
			case "error":
				s.fail("map has no entry for key %q", name)
			}
		}
		return r
	case reflect.Pointer:
		if e := x.Type().Elem(); e.Kind() == reflect.Struct {
			if _, ok := e.FieldByName(name); !ok {
				break
			}
		}
		s.fail("nil pointer evaluating %s.%s", v.Type(), name)
	}
	s.fail("can't evaluate field %s in type %s", name, static.Type())
	return v
}

func (s *state) callNamed(name string, args []given) reflect.Value {
	if (name == "and" || name == "or") && s.t.funcs[name] == nil {
		if len(args) == 0 {
			s.fail("wrong number of args for %s: want at least 1 got 0", name)
		}
		var v reflect.Value
		for _, a := range args {
			v = a.get()
			if t, _ := isTrue(v); t == (name == "or") {
				break
			}
		}
		return v
	}
	if name == "call" && s.t.funcs[name] == nil && len(args) > 0 {
		text, at := s.whole, s.at
		f, in := args[0].get(), []reflect.Value{}
		for _, a := range args[1:] {
			in = append(in, a.get())
		}
		s.text, s.at = text, at
		shown := "value"
		if args[0].a != nil {
			if shown = args[0].a.text; args[0].a.kind == "pipe" && len(args[0].a.fields) == 0 {
				shown = args[0].a.pipe.text
			}
		}
		out, err := callValue(shown, f, in)
		if err != nil {
			s.fail("error calling call: %w", err)
		}
		return out
	}
	f := s.t.function(name)
	if f == nil {
		s.fail("%q is not a defined function", name)
	}
	return s.call(name, reflect.ValueOf(f), args)
}

func (s *state) call(name string, f reflect.Value, args []given) reflect.Value {
	t := f.Type()
	n := t.NumIn()
	if t.IsVariadic() && len(args) < n-1 {
		s.fail("wrong number of args for %s: want at least %d got %d", name, n-1, len(args))
	}
	if !t.IsVariadic() && len(args) != n {
		s.fail("wrong number of args for %s: want %d got %d", name, n, len(args))
	}
	if err := goodFunc(name, t); err != nil {
		s.fail("%v", err)
	}
	text, at := s.whole, s.at
	var in []reflect.Value
	for i, a := range args {
		var pt reflect.Type
		if t.IsVariadic() && i >= n-1 {
			pt = t.In(n - 1).Elem()
		} else {
			pt = t.In(i)
		}
		in = append(in, s.argument(a, pt))
	}
	s.text, s.at = text, at
	out := func() (out []reflect.Value) {
		defer func() {
			if r := recover(); r != nil {
				if _, ok := r.(ExecError); ok {
					panic(r)
				}
				if e, ok := r.(error); ok {
					s.fail("error calling %s: %w", name, e)
				}
				s.fail("error calling %s: %v", name, r)
			}
		}()
		return f.Call(in)
	}()
	if len(out) == 2 && !out[1].IsNil() {
		s.fail("error calling %s: %w", name, out[1].Interface().(error))
	}
	v := out[0]
	if v.IsValid() && v.Type() == reflect.TypeFor[reflect.Value]() {
		v = v.Interface().(reflect.Value)
	}
	return v
}

// argument evaluates an argument for a parameter.
func (s *state) argument(g given, t reflect.Type) reflect.Value {
	a := g.a
	if a == nil || a.kind != "value" && a.kind != "nil" || len(a.fields) > 0 {
		return s.fit(g.get(), t)
	}
	s.text, s.at = a.text, a
	k := t.Kind()
	if a.kind == "nil" {
		switch k {
		case reflect.Interface, reflect.Pointer, reflect.Map, reflect.Slice, reflect.Func, reflect.Chan:
			return reflect.Zero(t)
		}
		if t == reflect.TypeFor[reflect.Value]() {
			return reflect.ValueOf(reflect.Value{})
		}
		s.fail("cannot assign nil to %s", t)
	}
	v := reflect.ValueOf(a.value)
	want := ""
	switch {
	case k == reflect.Bool && v.Kind() != k:
		want = "bool"
	case k == reflect.String && v.Kind() != k:
		want = "string"
	case k >= reflect.Int && k <= reflect.Int64:
		if v.CanFloat() && v.Float() == float64(int(v.Float())) {
			v = reflect.ValueOf(int(v.Float()))
		}
		if want = "integer"; v.CanInt() {
			want = ""
		}
	case k >= reflect.Uint && k <= reflect.Uintptr:
		if want = "unsigned integer"; v.CanInt() && v.Int() >= 0 {
			want = ""
		}
	case k == reflect.Float32 || k == reflect.Float64:
		if want = "float"; v.CanInt() || v.CanFloat() {
			want = ""
		}
	case k == reflect.Bool || k == reflect.String:
	case k == reflect.Interface && t.NumMethod() == 0:
		return v
	case t == reflect.TypeFor[reflect.Value]():
		return reflect.ValueOf(v)
	default:
		s.fail("can't handle %s for arg of type %s", a.text, t)
	}
	if want != "" {
		s.fail("expected %s; found %s", want, a.text)
	}
	return v.Convert(t)
}

// fit makes an argument fit a parameter.
func (s *state) fit(v reflect.Value, t reflect.Type) reflect.Value {
	if t == reflect.TypeFor[reflect.Value]() {
		return reflect.ValueOf(v)
	}
	if !v.IsValid() {
		switch t.Kind() {
		case reflect.Interface, reflect.Pointer, reflect.Map, reflect.Slice, reflect.Func, reflect.Chan:
			return reflect.Zero(t)
		}
		s.fail("invalid value; expected %s", t)
	}
	if v.Kind() == reflect.Interface && !v.IsNil() && !v.Type().AssignableTo(t) {
		v = v.Elem()
	}
	switch {
	case v.Type().AssignableTo(t):
		return v
	case v.Kind() == reflect.Pointer && !v.IsNil() && v.Elem().Type().AssignableTo(t):
		return v.Elem()
	case v.CanAddr() && reflect.PointerTo(v.Type()).AssignableTo(t):
		return v.Addr()
	case v.CanInt() && t.Kind() >= reflect.Int && t.Kind() <= reflect.Float64:
		return v.Convert(t)
	}
	s.fail("wrong type for value; expected %s; got %s", t, v.Type())
	return v
}

func goodFunc(name string, t reflect.Type) error {
	switch n := t.NumOut(); {
	case n == 1 || n == 2 && t.Out(1) == reflect.TypeFor[error]():
		return nil
	case n == 2:
		return fmt.Errorf("invalid function signature for %s: second return value should be error; is %s", name, t.Out(1))
	default:
		return fmt.Errorf("function %s has %d return values; should be 1 or 2", name, n)
	}
}

func builtins() FuncMap {
	return FuncMap{
		"print": fmt.Sprint, "printf": fmt.Sprintf, "println": fmt.Sprintln,
		"html": HTMLEscaper, "js": JSEscaper, "urlquery": URLQueryEscaper,
		"not":   func(v reflect.Value) bool { t, _ := isTrue(v); return !t },
		"len":   length,
		"index": index,
		"slice": slice,
		"call": func(f reflect.Value, args ...reflect.Value) (reflect.Value, error) { return f, nil },
		"eq": func(a reflect.Value, b ...reflect.Value) (bool, error) {
			if len(b) == 0 {
				return false, errors.New("missing argument for comparison")
			}
			for _, x := range b {
				if same, err := equal(a, x); same || err != nil {
					return same, err
				}
			}
			return false, nil
		},
		"ne": func(a, b reflect.Value) (bool, error) { same, err := equal(a, b); return !same, err },
		"lt": ordered(func(n int) bool { return n < 0 }),
		"le": ordered(func(n int) bool { return n <= 0 }),
		"gt": ordered(func(n int) bool { return n > 0 }),
		"ge": ordered(func(n int) bool { return n >= 0 }),
	}
}

func length(v reflect.Value) (int, error) {
	v = indirect(v)
	switch v.Kind() {
	case reflect.String, reflect.Array, reflect.Chan, reflect.Map, reflect.Slice:
		return v.Len(), nil
	case reflect.Pointer, reflect.Interface:
		return 0, errors.New("len of nil pointer")
	}
	return 0, fmt.Errorf("len of type %s", v.Type())
}

// callValue calls what a value holds; shown is the value's text.
func callValue(shown string, f reflect.Value, args []reflect.Value) (v reflect.Value, err error) {
	if f = indirect(f); !f.IsValid() || f.Kind() == reflect.Interface {
		return f, errors.New("call of nil")
	}
	t := f.Type()
	if f.Kind() != reflect.Func {
		return f, fmt.Errorf("non-function %s of type %s", shown, t)
	}
	if err := goodFunc(shown, t); err != nil {
		return f, err
	}
	n := t.NumIn()
	if t.IsVariadic() && len(args) < n-1 {
		return f, fmt.Errorf("wrong number of args for %s: got %d want at least %d", shown, len(args), n-1)
	}
	if !t.IsVariadic() && len(args) != n {
		return f, fmt.Errorf("wrong number of args for %s: got %d want %d", shown, len(args), n)
	}
	for i, a := range args {
		want := t.In(min(i, n-1))
		if t.IsVariadic() && i >= n-1 {
			want = want.Elem()
		}
		if a.Kind() == reflect.Interface && !a.IsNil() {
			a = a.Elem()
		}
		switch {
		case !a.IsValid():
			a = reflect.Zero(want)
		case a.Type().AssignableTo(want):
		case a.CanInt() && want.Kind() >= reflect.Int && want.Kind() <= reflect.Uintptr:
			a = a.Convert(want)
		default:
			return f, fmt.Errorf("arg %d: value has type %s; should be %s", i, a.Type(), want)
		}
		args[i] = a
	}
	if f.IsNil() {
		return f, errors.New("call of nil")
	}
	defer func() {
		if r := recover(); r != nil {
			if e, ok := r.(error); ok {
				err = e
			} else {
				err = fmt.Errorf("%v", r)
			}
		}
	}()
	out := f.Call(args)
	if len(out) == 2 && !out[1].IsNil() {
		return out[0], out[1].Interface().(error)
	}
	return out[0], nil
}

func index(v reflect.Value, keys ...reflect.Value) (reflect.Value, error) {
	for _, k := range keys {
		v, k = indirect(v), indirect(k)
		switch v.Kind() {
		case reflect.Interface:
			return v, errors.New("index of untyped nil")
		case reflect.Array, reflect.Slice, reflect.String:
			i, err := place(k, v.Len()-1)
			if err != nil {
				return v, err
			}
			v = v.Index(i)
		case reflect.Map:
			if kt := v.Type().Key(); !k.IsValid() {
				return v, fmt.Errorf("value is nil; should be of type %s", kt)
			} else if !k.Type().AssignableTo(kt) {
				if (k.CanInt() || k.CanUint()) && kt.Kind() >= reflect.Int && kt.Kind() <= reflect.Uintptr {
					k = k.Convert(kt)
				} else {
					return v, fmt.Errorf("value has type %s; should be %s", k.Type(), kt)
				}
			}
			if x := v.MapIndex(k); x.IsValid() {
				v = x
			} else {
				v = reflect.Zero(v.Type().Elem())
			}
		case reflect.Invalid:
			return v, errors.New("index of untyped nil")
		default:
			return v, fmt.Errorf("can't index item of type %s", v.Type())
		}
	}
	return v, nil
}

// place is an index up to most.
func place(k reflect.Value, most int) (int, error) {
	i := 0
	switch {
	case k.CanInt():
		i = int(k.Int())
	case k.CanUint():
		i = int(k.Uint())
	case !k.IsValid():
		return 0, errors.New("cannot index slice/array with nil")
	default:
		return 0, fmt.Errorf("cannot index slice/array with type %s", k.Type())
	}
	if i < 0 || i > most {
		return 0, fmt.Errorf("index out of range: %d", i)
	}
	return i, nil
}

func slice(v reflect.Value, bounds ...reflect.Value) (reflect.Value, error) {
	if v = indirect(v); !v.IsValid() {
		return v, errors.New("slice of untyped nil")
	}
	if len(bounds) > 3 {
		return v, fmt.Errorf("too many slice indexes: %d", len(bounds))
	}
	most := 0
	switch v.Kind() {
	case reflect.String:
		if len(bounds) == 3 {
			return v, errors.New("cannot 3-index slice a string")
		}
		most = v.Len()
	case reflect.Array, reflect.Slice:
		most = v.Cap()
	default:
		return v, fmt.Errorf("can't slice item of type %s", v.Type())
	}
	b := []int{0, v.Len(), most}
	for i, x := range bounds {
		n, err := place(indirect(x), most)
		if err != nil {
			return v, err
		}
		b[i] = n
	}
	for i := range 2 {
		if b[i] > b[i+1] && (i == 0 || len(bounds) == 3) {
			return v, fmt.Errorf("invalid slice index: %d > %d", b[i], b[i+1])
		}
	}
	if len(bounds) == 3 {
		return v.Slice3(b[0], b[1], b[2]), nil
	}
	return v.Slice(b[0], b[1]), nil
}

var errKind = errors.New("invalid type for comparison")

// class is what kinds that can be compared have in common, 0 for others.
func class(v reflect.Value) int {
	switch {
	case v.CanInt():
		return 1
	case v.CanUint():
		return 2
	case v.CanFloat():
		return 3
	case v.CanComplex():
		return 4
	}
	switch v.Kind() {
	case reflect.String:
		return 5
	case reflect.Bool:
		return 6
	}
	return 0
}

func mixed(a, b reflect.Value) error {
	return fmt.Errorf("incompatible types for comparison: %v and %v", a.Type(), b.Type())
}

func held(v reflect.Value) reflect.Value {
	if v.Kind() == reflect.Interface {
		return v.Elem()
	}
	return v
}

func isNil(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Chan, reflect.Func, reflect.Map, reflect.Pointer, reflect.Slice:
		return v.IsNil()
	}
	return false
}

func equal(a, b reflect.Value) (bool, error) {
	a, b = held(a), held(b)
	k, l := class(a), class(b)
	switch {
	case k+l == 3 && k*l == 2:
		if k == 2 {
			a, b = b, a
		}
		return a.Int() >= 0 && uint64(a.Int()) == b.Uint(), nil
	case k != l && a.IsValid() && b.IsValid():
		return false, mixed(a, b)
	case k != l:
		return false, nil
	}
	switch k {
	case 1:
		return a.Int() == b.Int(), nil
	case 2:
		return a.Uint() == b.Uint(), nil
	case 3:
		return a.Float() == b.Float(), nil
	case 4:
		return a.Complex() == b.Complex(), nil
	case 5:
		return a.String() == b.String(), nil
	case 6:
		return a.Bool() == b.Bool(), nil
	}
	switch {
	case a.IsValid() && b.IsValid() && a.Kind() != b.Kind():
		return false, fmt.Errorf("non-comparable types %s: %v, %s: %v", a, a.Type(), b.Type(), b)
	case isNil(a) || isNil(b):
		return isNil(a) == isNil(b), nil
	case !b.Type().Comparable():
		return false, fmt.Errorf("non-comparable type %s: %v", b, b.Type())
	}
	return a.Interface() == b.Interface(), nil
}

// ordered makes a function of the order of two values, -1 to 1.
func ordered(wanted func(int) bool) func(a, b reflect.Value) (bool, error) {
	return func(a, b reflect.Value) (bool, error) {
		a, b = held(a), held(b)
		k, l := class(a), class(b)
		order := 0
		switch {
		case k == 0 || l == 0:
			return false, errKind
		case k == 1 && l == 2:
			order = -1
			if a.Int() >= 0 {
				order = cmp.Compare(uint64(a.Int()), b.Uint())
			}
		case k == 2 && l == 1:
			order = 1
			if b.Int() >= 0 {
				order = cmp.Compare(a.Uint(), uint64(b.Int()))
			}
		case k != l:
			return false, mixed(a, b)
		case k == 1:
			order = cmp.Compare(a.Int(), b.Int())
		case k == 2:
			order = cmp.Compare(a.Uint(), b.Uint())
		case k == 3:
			order = cmp.Compare(a.Float(), b.Float())
		case k == 5:
			order = cmp.Compare(a.String(), b.String())
		default:
			return false, errKind
		}
		return wanted(order), nil
	}
}
