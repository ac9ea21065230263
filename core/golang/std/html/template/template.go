// Package template writes HTML from templates and data that need not be trusted.
package template

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	text "text/template"
)

type (
	CSS      string
	HTML     string
	HTMLAttr string
	JS       string
	JSStr    string
	URL      string
	Srcset   string
	FuncMap  = text.FuncMap
)

type ErrorCode int

type Error struct {
	ErrorCode   ErrorCode
	Node        any
	Name        string
	Line        int
	Description string
	col         int
}

const (
	OK ErrorCode = iota
	ErrAmbigContext
	ErrBadHTML
	ErrBranchEnd
	ErrEndContext
	ErrNoSuchTemplate
	ErrOutputContext
	ErrPartialCharset
	ErrPartialEscape
	ErrRangeLoopReentry
	ErrSlashAmbig
	ErrPredefinedEscaper
	ErrJSTemplate
)

func (e *Error) Error() string {
	switch {
	case e.col > 0:
		return fmt.Sprintf("html/template:%s:%d:%d: %s", e.Name, e.Line, e.col, e.Description)
	case e.Line != 0:
		return fmt.Sprintf("html/template:%s:%d: %s", e.Name, e.Line, e.Description)
	case e.Name != "":
		return fmt.Sprintf("html/template:%s: %s", e.Name, e.Description)
	}
	return "html/template: " + e.Description
}

// set is what associated templates share.
type set struct {
	all     map[string]*Template
	escaped map[string]context // by template and context
	done    bool
}

type Template struct {
	t   *text.Template
	s   *set
	err error
}

func New(name string) *Template {
	t := &Template{t: text.New(name).Funcs(escapers), s: &set{all: map[string]*Template{}, escaped: map[string]context{}}}
	t.s.all[name] = t
	return t
}

func Must(t *Template, err error) *Template {
	if err != nil {
		panic(err)
	}
	return t
}

func (t *Template) wrap(x *text.Template) *Template {
	if x == nil {
		return nil
	}
	w := t.s.all[x.Name()]
	if w == nil || w.t != x {
		w = &Template{t: x, s: t.s}
		t.s.all[x.Name()] = w
	}
	return w
}

func (t *Template) Name() string { return t.t.Name() }
func (t *Template) New(name string) *Template {
	w := &Template{t: t.t.New(name), s: t.s}
	t.s.all[name] = w
	return w
}
func (t *Template) Funcs(funcMap FuncMap) *Template {
	t.t.Funcs(funcMap)
	return t
}
func (t *Template) Delims(left, right string) *Template {
	t.t.Delims(left, right)
	return t
}
func (t *Template) Option(opt ...string) *Template {
	t.t.Option(opt...)
	return t
}
func (t *Template) DefinedTemplates() string { return t.t.DefinedTemplates() }
func (t *Template) Lookup(name string) *Template {
	if x := t.t.Lookup(name); x != nil {
		return t.wrap(x)
	}
	return t.s.all[name]
}
func (t *Template) Templates() (list []*Template) {
	for _, x := range t.t.Templates() {
		list = append(list, t.wrap(x))
	}
	return
}

func (t *Template) Clone() (*Template, error) {
	if t.s.done {
		return nil, fmt.Errorf("html/template: cannot Clone %q after it has executed", t.Name())
	}
	x, err := t.t.Clone()
	if err != nil {
		return nil, err
	}
	return &Template{t: x, s: &set{all: map[string]*Template{}, escaped: map[string]context{}}}, nil
}

func (t *Template) Parse(src string) (*Template, error) {
	if t.s.done {
		return nil, fmt.Errorf("html/template: cannot Parse after Execute")
	}
	if _, err := t.t.Parse(src); err != nil {
		return nil, err
	}
	return t, nil
}

func parseAll(t *Template, names []string, read func(string) ([]byte, error)) (*Template, error) {
	if len(names) == 0 {
		return nil, fmt.Errorf("html/template: no files named in call to ParseFiles")
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
		} else if name != t.Name() {
			x = t.New(name)
		}
		if _, err = x.Parse(string(b)); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func glob(t *Template, fsys fs.FS, patterns []string) (*Template, error) {
	var names []string
	for _, p := range patterns {
		l, err := fs.Glob(fsys, p)
		if err != nil {
			return nil, err
		}
		if len(l) == 0 {
			return nil, fmt.Errorf("html/template: pattern matches no files: %#q", p)
		}
		names = append(names, l...)
	}
	return parseAll(t, names, func(n string) ([]byte, error) { return fs.ReadFile(fsys, n) })
}

func globOS(t *Template, p string) (*Template, error) {
	x, err := glob(t, os.DirFS(path.Dir(p)), []string{path.Base(p)})
	if err != nil && x == nil {
		if l, _ := fs.Glob(os.DirFS(path.Dir(p)), path.Base(p)); len(l) == 0 {
			err = fmt.Errorf("html/template: pattern matches no files: %#q", p)
		}
	}
	return x, err
}

func ParseFiles(filenames ...string) (*Template, error) { return parseAll(nil, filenames, os.ReadFile) }
func (t *Template) ParseFiles(filenames ...string) (*Template, error) {
	return parseAll(t, filenames, os.ReadFile)
}
func ParseGlob(pattern string) (*Template, error)                   { return globOS(nil, pattern) }
func (t *Template) ParseGlob(pattern string) (*Template, error)     { return globOS(t, pattern) }
func ParseFS(fsys fs.FS, patterns ...string) (*Template, error)     { return glob(nil, fsys, patterns) }
func (t *Template) ParseFS(fsys fs.FS, patterns ...string) (*Template, error) {
	return glob(t, fsys, patterns)
}

func (t *Template) Execute(wr io.Writer, data any) error {
	if err := t.escape(); err != nil {
		return err
	}
	return t.t.Execute(wr, data)
}

func (t *Template) ExecuteTemplate(wr io.Writer, name string, data any) error {
	x := t.Lookup(name)
	if x == nil {
		return fmt.Errorf("html/template: %q is undefined", name)
	}
	return x.Execute(wr, data)
}

// escape puts the escapers into the template, once.
func (t *Template) escape() (err error) {
	if t.err != nil {
		return t.err
	}
	t.s.done = true
	if t.t.Lookup(t.Name()) == nil {
		return fmt.Errorf("template: %q is an incomplete or empty template", t.Name())
	}
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(*Error)
			if !ok {
				panic(r)
			}
			t.err, err = e, e
		}
	}()
	e := &escaper{t: t}
	if c, _ := e.template(t.Name(), context{}, 0, 0); c.state != stateText {
		panic(&Error{ErrorCode: ErrEndContext, Name: t.Name(), Description: fmt.Sprintf("ends in a non-text context: %v", c)})
	}
	return nil
}

func HTMLEscape(w io.Writer, b []byte)   { text.HTMLEscape(w, b) }
func HTMLEscapeString(s string) string   { return text.HTMLEscapeString(s) }
func HTMLEscaper(args ...any) string     { return text.HTMLEscaper(args...) }
func JSEscape(w io.Writer, b []byte)     { text.JSEscape(w, b) }
func JSEscapeString(s string) string     { return text.JSEscapeString(s) }
func JSEscaper(args ...any) string       { return text.JSEscaper(args...) }
func URLQueryEscaper(args ...any) string { return text.URLQueryEscaper(args...) }
func IsTrue(val any) (truth, ok bool)    { return text.IsTrue(val) }
