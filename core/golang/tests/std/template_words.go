package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"text/template"
)

type Inner struct{ Z int }
type U struct {
	Name string
	Age  int
	Tags []string
	M    map[string]int
	IM   map[int]string
	P    *U
	priv int
	Any  any
	F    func(int) int
	E    error
	*Inner
}

func (u U) Hello(s string) string { return "hello " + s + " from " + u.Name }
func (u *U) Ptr() string          { return "ptr" }
func (u U) Fail() (string, error) { return "", errors.New("boom") }
func (u U) Panics() string        { panic("oh") }

func main() {
	u := &U{Name: "Ann", Age: 30, Tags: []string{"a", "b"}, M: map[string]int{"x": 1}, IM: map[int]string{1: "one"}, F: func(i int) int { return i * 2 }}
	funcs := template.FuncMap{"upper": strings.ToUpper, "add": func(a, b int) int { return a + b }, "seq": func(yield func(int) bool) {
		for i := range 3 {
			if !yield(i) {
				return
			}
		}
	}}
	delete(funcs, "seq")
	for _, s := range []string{
		"{{.Name}}", "{{.Missing}}", "{{.P.Name}}", "{{.P.Missing}}", "{{.Name.Foo}}", "{{.M.x}} {{.M.y}}", "{{.IM.x}}", "{{index .IM 1}} {{index .M \"x\"}}",
		"{{index .Tags 5}}", "{{index .Tags \"a\"}}", "{{.priv}}", "{{.Hello \"x\"}}", "{{.Hello}}", "{{.Hello 1}}", "{{.Ptr}}", "{{.Fail}}", "{{.Panics}}",
		"{{call .F 3}}", "{{call .F \"a\"}}", "{{call .F}}", "{{.F}}", "{{call .Name}}", "{{.Name 3}}", "{{upper .Age}}", "{{add 1}}", "{{add 1 2}}", "{{add 1 2.5}}", "{{add 1.0 2}}",
		"{{range .Age}}x{{end}}", "{{range .Name}}x{{end}}", "{{range $i, $t := .Tags}}{{$i}}={{$t}} {{end}}", "{{range 3}}{{.}}{{end}}", "{{range $i, $j := 3}}{{.}}{{end}}",
		"{{template \"nope\"}}", "{{define \"t\"}}[{{.}}]{{end}}{{template \"t\" .Name}}", "{{if eq .Age 30 40}}y{{end}}", "{{eq .Name 1}}", "{{lt .Name 1}}", "{{lt .Tags .Tags}}", "{{eq .Tags .Tags}}", "{{eq .Tags nil}}", "{{eq .P nil}}", "{{ne .Any nil}}", "{{lt 1 2.0}}", "{{eq 1+2i 1+2i}}",
		"{{len .Age}}", "{{len .P}}", "{{slice .Name 1 9}}", "{{.E}}", "{{.Any}}", "{{.Any.X}}", "{{.Z}}", "{{nil}}", "{{3 | .Hello}}", "{{\"q\" | .Hello | printf \"%s!\" | upper}}", "{{printf \"%d\" .Name}}", "{{and}}", "{{not}}", "{{not 1 2}}", "{{$x := 1}}{{$x.Y}}", "{{with .P}}a{{else}}b{{end}}", "{{with .P}}a{{else with .Name}}{{.}}{{end}}", "{{js \"a'b<c>\"}} {{html \"<a>\"}} {{urlquery \"a b\"}}",
		"line1\nline2 {{.Nope}}", "{{range .Tags}}{{.Foo}}{{end}}", "{{index .M 1}}", "{{index nil 1}}", "{{break}}", "{{range .Tags}}{{.}}{{break}}{{end}}", "{{range .Tags}}{{continue}}{{.}}{{end}}",
		"{{", "{{.Name", "{{if}}", "{{if .Name}}", "{{end}}", "{{else}}", "{{.Name | }}", "{{nofunc}}", "{{$y}}", "{{template}}", "{{define}}", "{{\"abc}}", "{{'a}}", "{{1a}}", "{{.Name}} }}", "{{range}}", "{{(.Name}}", "{{.Name)}}", "{{/* c }}", "{{if .Name}}{{else}}{{else}}{{end}}", "{{define \"a\"}}", "{{block \"b\" .}}B{{end}}", "{{- .Name -}}  x", "{{.Name | .Hello 3}}", "{{#}}", "{{range $x}}{{end}}", "{{$x := 1 2}}", "{{with $v := .Name}}{{$v}}{{end}}{{$v}}", "{{define \"x\" .}}{{end}}", "{{0x10}} {{1e3}} {{'a'}} {{`raw`}} {{true}}", "{{1_000}}", "{{printf}}", "{{.Tags.0}}", "{{and 1 0 .Nope}}", "{{or 0 2 .Nope}}",
	} {
		t, err := template.New("t").Funcs(funcs).Parse(s)
		if err != nil {
			fmt.Printf("%q: PARSE %v\n", s, err)
			continue
		}
		var b strings.Builder
		err = t.Execute(&b, u)
		if i := strings.Index(b.String(), "0x"); i >= 0 {
			b.Reset()
		}
		fmt.Printf("%q: %q %v\n", s, b.String(), err)
	}
	_ = os.Stdout
}
