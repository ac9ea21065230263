// Package template writes text from templates and data.
package template

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"reflect"
	"slices"
	"strings"
	"unicode"
)

type FuncMap map[string]any

type common struct {
	set    map[string]*Template
	funcs  FuncMap
	option string
}

type Template struct {
	name, root  string
	left, right string
	nodes       []*node
	parsed      bool
	*common
}

func New(name string) *Template {
	return &Template{name: name, root: name, left: "{{", right: "}}", common: &common{set: map[string]*Template{}, funcs: FuncMap{}}}
}

func Must(t *Template, err error) *Template {
	if err != nil {
		panic(err)
	}
	return t
}

func (t *Template) Name() string { return t.name }
func (t *Template) New(name string) *Template {
	return &Template{name: name, root: name, left: t.left, right: t.right, common: t.common}
}
func (t *Template) Funcs(funcMap FuncMap) *Template {
	for k, f := range funcMap {
		if !goodName(k) {
			panic(fmt.Errorf("function name %q is not a valid identifier", k))
		}
		if reflect.ValueOf(f).Kind() != reflect.Func {
			panic("value for " + k + " not a function")
		}
		if err := goodFunc(k, reflect.TypeOf(f)); err != nil {
			panic(err)
		}
		t.funcs[k] = f
	}
	return t
}

func goodName(name string) bool {
	for i, c := range name {
		if c != '_' && !unicode.IsLetter(c) && (i == 0 || !unicode.IsDigit(c)) {
			return false
		}
	}
	return name != ""
}

func (t *Template) Delims(left, right string) *Template {
	if left != "" {
		t.left = left
	}
	if right != "" {
		t.right = right
	}
	return t
}
func (t *Template) Option(opt ...string) *Template {
	for _, o := range opt {
		t.option = strings.TrimPrefix(o, "missingkey=")
	}
	return t
}
func (t *Template) Lookup(name string) *Template { return t.set[name] }
func (t *Template) Templates() (list []*Template) {
	for _, x := range t.set {
		list = append(list, x)
	}
	return
}
func (t *Template) DefinedTemplates() string {
	var names []string
	for n := range t.set {
		names = append(names, fmt.Sprintf("%q", n))
	}
	if names == nil {
		return ""
	}
	slices.Sort(names)
	return "; defined templates are: " + strings.Join(names, ", ")
}
func (t *Template) Clone() (*Template, error) {
	c := *t
	c.common = &common{set: map[string]*Template{}, funcs: FuncMap{}, option: t.option}
	for k, x := range t.set {
		y := *x
		y.common = c.common
		c.set[k] = &y
	}
	for k, f := range t.funcs {
		c.funcs[k] = f
	}
	return &c, nil
}

func (t *Template) add(name string, nodes []*node) {
	x := t
	if name != t.name {
		x = t.New(name)
		x.root = t.root
	}
	x.nodes, x.parsed = nodes, true
	t.set[name] = x
}

func (t *Template) Parse(text string) (out *Template, err error) {
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(error)
			if !ok || !strings.HasPrefix(e.Error(), "template: ") {
				panic(r)
			}
			out, err = nil, e
		}
	}()
	p := &parser{t: t, s: text, vars: []string{"$"}, names: map[string]bool{}}
	nodes, _ := p.parseList("")
	p.add(t.name, nodes)
	return t, nil
}

func parseAll(t *Template, names []string, read func(string) ([]byte, error)) (*Template, error) {
	if len(names) == 0 {
		return nil, errors.New("template: no files named in call to ParseFiles")
	}
	for _, f := range names {
		b, err := read(f)
		if err != nil {
			return nil, err
		}
		name := path.Base(f)
		x := t
		if t == nil {
			t = New(name)
			x = t
		} else if name != t.name {
			x = t.New(name)
		}
		if _, err = x.Parse(string(b)); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func ParseFiles(filenames ...string) (*Template, error) { return parseAll(nil, filenames, os.ReadFile) }
func (t *Template) ParseFiles(filenames ...string) (*Template, error) {
	return parseAll(t, filenames, os.ReadFile)
}

func glob(t *Template, fsys fs.FS, patterns []string) (*Template, error) {
	var names []string
	for _, p := range patterns {
		l, err := fs.Glob(fsys, p)
		if err != nil {
			return nil, err
		}
		if len(l) == 0 {
			return nil, fmt.Errorf("template: pattern matches no files: %#q", p)
		}
		names = append(names, l...)
	}
	return parseAll(t, names, func(n string) ([]byte, error) { return fs.ReadFile(fsys, n) })
}

func ParseFS(fsys fs.FS, patterns ...string) (*Template, error) { return glob(nil, fsys, patterns) }
func (t *Template) ParseFS(fsys fs.FS, patterns ...string) (*Template, error) {
	return glob(t, fsys, patterns)
}
func ParseGlob(pattern string) (*Template, error) {
	return glob(nil, os.DirFS(path.Dir(pattern)), []string{path.Base(pattern)})
}
func (t *Template) ParseGlob(pattern string) (*Template, error) {
	return glob(t, os.DirFS(path.Dir(pattern)), []string{path.Base(pattern)})
}

type ExecError struct {
	Name string
	Err  error
}

func (e ExecError) Error() string { return e.Err.Error() }
func (e ExecError) Unwrap() error { return e.Err }

func HTMLEscapeString(s string) string {
	return strings.NewReplacer("\x00", "\uFFFD", `"`, "&#34;", "'", "&#39;", "&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}
func HTMLEscape(w io.Writer, b []byte)   { io.WriteString(w, HTMLEscapeString(string(b))) }
func HTMLEscaper(args ...any) string     { return HTMLEscapeString(fmt.Sprint(args...)) }
func JSEscapeString(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case strings.ContainsRune("\\'\"", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || strings.ContainsRune("<>&=", r) || !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
func JSEscape(w io.Writer, b []byte)     { io.WriteString(w, JSEscapeString(string(b))) }
func JSEscaper(args ...any) string       { return JSEscapeString(fmt.Sprint(args...)) }
func URLQueryEscaper(args ...any) string { return url.QueryEscape(fmt.Sprint(args...)) }

var builtinFuncs FuncMap

func (t *Template) function(name string) any {
	if f := t.funcs[name]; f != nil {
		return f
	}
	if builtinFuncs == nil {
		builtinFuncs = builtins()
	}
	return builtinFuncs[name]
}

// A Step is a node of a template, for html/template.
type Step struct{ n *node }

// Steps are the nodes of t.
func (t *Template) Steps() []Step { return steps(t.nodes) }

func steps(list []*node) (out []Step) {
	for _, n := range list {
		out = append(out, Step{n})
	}
	return
}

func (s Step) Kind() string           { return s.n.kind }
func (s Step) Text() string           { return s.n.text }
func (s Step) SetText(text string)    { s.n.text = text }
func (s Step) Name() string           { return s.n.name }
func (s Step) SetName(name string)    { s.n.name = name }
func (s Step) Line() int              { return s.n.line }
func (s Step) Col() int               { return s.n.col }
func (s Step) Inner() (a, b []Step)   { return steps(s.n.list), steps(s.n.els) }
func (s Step) Prints() bool           { return len(s.n.pipe.decl) == 0 }
func (s Step) Source() string         { return s.n.pipe.text }

// Pipe appends functions to the pipeline; a last command of the name drop goes.
func (s Step) Pipe(drop string, names ...string) {
	p := *s.n.pipe
	p.cmds = append([][]*arg(nil), p.cmds...)
	if n := len(p.cmds); n > 1 && len(p.cmds[n-1]) == 1 && p.cmds[n-1][0].kind == "func" && p.cmds[n-1][0].name == drop {
		p.cmds = p.cmds[:n-1]
	}
	for _, name := range names {
		p.cmds = append(p.cmds, []*arg{{kind: "func", name: name, text: name}})
	}
	s.n.pipe = &p
}

// Derive adds a copy of the template name under another name.
func (t *Template) Derive(name, as string) *Template {
	t.add(as, copyNodes(t.set[name].nodes))
	return t.set[as]
}

func copyNodes(list []*node) (out []*node) {
	for _, n := range list {
		c := *n
		c.list, c.els = copyNodes(n.list), copyNodes(n.els)
		out = append(out, &c)
	}
	return
}
