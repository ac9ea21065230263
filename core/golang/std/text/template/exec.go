// Execution of templates.
package template

import (
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
}

type signal string

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
	text := s.text
	if len(text) > 20 {
		text = fmt.Sprintf("%.20s...", text)
	}
	panic(ExecError{s.t.name, fmt.Errorf("template: %s:%d:%d: executing %q at <%s>: %w", s.t.root, line, col, s.t.name, text, err)})
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
	case reflect.Slice, reflect.Array, reflect.String:
		for i := range v.Len() {
			count++
			if !s.once(n, reflect.ValueOf(i), v.Index(i)) {
				break
			}
		}
	case reflect.Int, reflect.Int64, reflect.Int32:
		for i := range int(v.Int()) {
			count++
			if !s.once(n, reflect.ValueOf(i), reflect.ValueOf(i)) {
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
		s.fail("range can't iterate over %v", v)
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
	var extra []func() reflect.Value
	for _, x := range cmd[1:] {
		extra = append(extra, func() reflect.Value { return s.value(dot, x) })
	}
	if final != nil {
		extra = append(extra, func() reflect.Value { return *final })
	}
	if a.kind == "func" && len(a.fields) == 0 {
		for _, x := range cmd[1:] {
			s.text += " " + x.text
		}
		return s.callNamed(a.name, extra)
	}
	if len(a.fields) > 0 {
		v := s.base(dot, a)
		at := *a
		s.at = &at
		for i, f := range a.fields {
			if i > 0 {
				at.col += len(a.fields[i-1]) + 1
			}
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

func (s *state) field(v reflect.Value, name string, args []func() reflect.Value) reflect.Value {
	if !v.IsValid() {
		if s.t.option == "error" {
			s.fail("nil data; no entry for key %q", name)
		}
		return v
	}
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
			return x.FieldByIndex(f.Index)
		}
	case reflect.Map:
		r := x.MapIndex(reflect.ValueOf(name).Convert(x.Type().Key()))
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
		s.fail("nil pointer evaluating %s.%s", v.Type(), name)
	}
	s.fail("can't evaluate field %s in type %s", name, v.Type())
	return v
}

func (s *state) callNamed(name string, args []func() reflect.Value) reflect.Value {
	if (name == "and" || name == "or") && s.t.funcs[name] == nil {
		if len(args) == 0 {
			s.fail("wrong number of args for %s: want at least 1 got 0", name)
		}
		var v reflect.Value
		for _, a := range args {
			v = a()
			if t, _ := isTrue(v); t == (name == "or") {
				break
			}
		}
		return v
	}
	f := s.t.function(name)
	if f == nil {
		s.fail("%q is not a defined function", name)
	}
	return s.call(name, reflect.ValueOf(f), args)
}

func (s *state) call(name string, f reflect.Value, args []func() reflect.Value) reflect.Value {
	t := f.Type()
	n := t.NumIn()
	if t.IsVariadic() && len(args) < n-1 {
		s.fail("wrong number of args for %s: want at least %d got %d", name, n-1, len(args))
	}
	if !t.IsVariadic() && len(args) != n {
		s.fail("wrong number of args for %s: want %d got %d", name, n, len(args))
	}
	text, at := s.text, s.at
	var in []reflect.Value
	for i, a := range args {
		var pt reflect.Type
		if t.IsVariadic() && i >= n-1 {
			pt = t.In(n - 1).Elem()
		} else {
			pt = t.In(i)
		}
		in = append(in, s.fit(a(), pt))
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

func builtins() FuncMap {
	return FuncMap{
		"print": fmt.Sprint, "printf": fmt.Sprintf, "println": fmt.Sprintln,
		"html": HTMLEscaper, "js": JSEscaper, "urlquery": URLQueryEscaper,
		"not":   func(v reflect.Value) bool { t, _ := isTrue(v); return !t },
		"len":   length,
		"index": index,
		"slice": slice,
		"call": func(f reflect.Value, args ...reflect.Value) (reflect.Value, error) {
			if f = indirect(f); f.Kind() != reflect.Func {
				return f, fmt.Errorf("non-function of type %s", f.Type())
			}
			out := f.Call(args)
			if len(out) == 2 && !out[1].IsNil() {
				return out[0], out[1].Interface().(error)
			}
			return out[0], nil
		},
		"eq": func(a reflect.Value, b ...reflect.Value) (bool, error) {
			if len(b) == 0 {
				return false, errors.New("missing argument for comparison")
			}
			for _, x := range b {
				if c, ok, err := compare(a, x, true); err != nil {
					return false, err
				} else if ok && c == 0 {
					return true, nil
				}
			}
			return false, nil
		},
		"ne": func(a, b reflect.Value) (bool, error) { c, _, err := compare(a, b, true); return c != 0, err },
		"lt": func(a, b reflect.Value) (bool, error) { c, _, err := compare(a, b, false); return c < 0, err },
		"le": func(a, b reflect.Value) (bool, error) { c, _, err := compare(a, b, false); return c <= 0, err },
		"gt": func(a, b reflect.Value) (bool, error) { c, _, err := compare(a, b, false); return c > 0, err },
		"ge": func(a, b reflect.Value) (bool, error) { c, _, err := compare(a, b, false); return c >= 0, err },
	}
}

func length(v reflect.Value) (int, error) {
	v = indirect(v)
	switch v.Kind() {
	case reflect.String, reflect.Array, reflect.Chan, reflect.Map, reflect.Slice:
		return v.Len(), nil
	case reflect.Invalid:
		return 0, errors.New("len of nil pointer")
	}
	return 0, fmt.Errorf("len of type %s", v.Type())
}

func index(v reflect.Value, keys ...reflect.Value) (reflect.Value, error) {
	for _, k := range keys {
		v, k = indirect(v), indirect(k)
		switch v.Kind() {
		case reflect.Array, reflect.Slice, reflect.String:
			if !k.CanInt() {
				return v, fmt.Errorf("cannot index slice/array with type %s", k.Type())
			}
			if i := int(k.Int()); i < 0 || i >= v.Len() {
				return v, fmt.Errorf("index out of range: %d", i)
			} else {
				v = v.Index(i)
			}
		case reflect.Map:
			if !k.Type().AssignableTo(v.Type().Key()) {
				k = k.Convert(v.Type().Key())
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

func slice(v reflect.Value, bounds ...reflect.Value) (reflect.Value, error) {
	v = indirect(v)
	b := []int{0, v.Len()}
	for i, x := range bounds {
		if i < 2 {
			b[i] = int(indirect(x).Int())
		}
	}
	if b[0] < 0 || b[1] > v.Len() || b[0] > b[1] {
		return v, fmt.Errorf("index out of range: %d", b[1])
	}
	return v.Slice(b[0], b[1]), nil
}

// compare orders two values of like kinds; ok: they can be compared.
func compare(a, b reflect.Value, equality bool) (int, bool, error) {
	a, b = indirect(a), indirect(b)
	if !a.IsValid() || !b.IsValid() {
		if a.IsValid() == b.IsValid() {
			return 0, true, nil
		}
		return 1, true, nil
	}
	order := func(less, equal bool) (int, bool, error) {
		if less {
			return -1, true, nil
		}
		if equal {
			return 0, true, nil
		}
		return 1, true, nil
	}
	switch {
	case a.CanInt() && b.CanInt():
		return order(a.Int() < b.Int(), a.Int() == b.Int())
	case a.CanUint() && b.CanUint():
		return order(a.Uint() < b.Uint(), a.Uint() == b.Uint())
	case a.CanInt() && b.CanUint():
		return order(a.Int() < 0 || uint64(a.Int()) < b.Uint(), a.Int() >= 0 && uint64(a.Int()) == b.Uint())
	case a.CanUint() && b.CanInt():
		return order(b.Int() >= 0 && a.Uint() < uint64(b.Int()), b.Int() >= 0 && a.Uint() == uint64(b.Int()))
	case a.CanFloat() && b.CanFloat():
		return order(a.Float() < b.Float(), a.Float() == b.Float())
	case a.Kind() == reflect.String && b.Kind() == reflect.String:
		return order(a.String() < b.String(), a.String() == b.String())
	case equality && a.Type() == b.Type() && a.Comparable():
		return order(false, a.Equal(b))
	case equality && a.Type() == b.Type():
		return 1, false, fmt.Errorf("non-comparable type %s: %v", a.Type(), a.Type())
	}
	return 1, false, fmt.Errorf("incompatible types for comparison: %s and %s", a.Type(), b.Type())
}
