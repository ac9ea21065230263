package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"text/template"
)

type U struct {
	Name string
	Age  int
	Tags []string
	M    map[string]int
	P    *U
	F    func(int) int
	E    error
	priv int
}

func (u U) Hello(s string) string       { return "hello " + s + " from " + u.Name }
func (u *U) Ptr() string                { return "ptr " + u.Name }
func (u U) Fail() (string, error)       { return "", errors.New("failed") }
func (u U) Two() (int, int)             { return 1, 2 }
func (u U) String() string              { return "U:" + u.Name }
func (u U) Var(a ...int) int            { return len(a) }

func ex(src string, data any) {
	t, err := template.New("t").Funcs(template.FuncMap{"up": strings.ToUpper, "add": func(a, b int) int { return a + b }, "fail": func() (int, error) { return 0, errors.New("nope") }, "join": strings.Join, "pan": func() int { panic("argh") }, "seq": func(n int) []int { return make([]int, n) }}).Parse(src)
	if err != nil {
		fmt.Println("PARSE:", err)
		return
	}
	err = t.Execute(os.Stdout, data)
	fmt.Println()
	if err != nil {
		fmt.Println("EXEC:", err)
	}
}

func main() {
	u := &U{Name: "Bob", Age: 30, Tags: []string{"a", "b"}, M: map[string]int{"x": 1, "y": 2}, P: &U{Name: "Al"}, F: func(i int) int { return i * 2 }}
	for _, s := range []string{"{{.}}", "{{.Name}} {{.Age}} {{.Tags}} {{.M}}", "{{.M.x}} {{.M.zz}} {{.P.Name}} {{.P.P}}", "{{.Hello \"x\"}} {{.Ptr}} {{.Var 1 2 3}}", "{{.Fail}}", "{{.Two}}", "{{.Nope}}", "{{.priv}}", "{{.P.P.Name}}", "{{call .F 4}}",
		"{{range .Tags}}[{{.}}]{{end}}", "{{range $i, $t := .Tags}}{{$i}}={{$t}};{{end}}", "{{range $k, $v := .M}}{{$k}}:{{$v}} {{end}}", "{{range .Nil}}x{{end}}", "{{range .P.Tags}}x{{else}}none{{end}}", "{{range 3}}{{.}} {{end}}", "{{range $i := seq 2}}{{$i}}{{end}}",
		"{{if .Name}}yes{{else}}no{{end}}", "{{if and .Name (gt .Age 18)}}adult{{end}}", "{{if not .Tags}}no{{else if eq .Age 30 31}}thirty{{else}}other{{end}}", "{{if or false 0 \"\" .P}}p{{end}}",
		"{{with .P}}{{.Name}}{{end}}", "{{with $x := 5}}{{$x}}{{end}}", "{{with .P.P}}a{{else}}b{{end}}", "{{with .P.P}}a{{else with .P}}c{{.Name}}{{end}}", "{{$a := 1}}{{$a = add $a 2}}{{$a}}", "{{$.Name}}",
		"{{len .Tags}} {{index .Tags 1}} {{index .M \"y\"}} {{slice .Name 1 2}}", "{{index .Tags 5}}", "{{index .M 1}}", "{{len 5}}", "{{slice .Tags 3}}",
		"{{printf \"%05d|%s|%v\" 42 .Name .Tags}}", "{{print 1 2 \"x\" \"y\" 3}} {{println 1}}", "{{\"quoted\" | printf \"%q\"}} {{`raw`}} {{'a'}} {{1.5}} {{0x10}} {{true}} {{nil}}", "{{.Name | up | printf \"%s!\"}}", "{{html \"<a>&\"}} {{js \"it's\"}} {{urlquery \"a b&c\"}}",
		"{{eq 1 1}} {{ne 1 2}} {{lt 1 2}} {{le 2 2}} {{gt \"b\" \"a\"}} {{ge 1.5 1.5}} {{eq .Name \"Bob\" }} {{eq 1 1.0}}", "{{lt 1 \"a\"}}", "{{eq .Tags .Tags}}", "{{fail}}", "{{pan}}", "{{add 1}}", "{{add 1 \"x\"}}", "{{add 1 2 | add 3}}", "{{unknown 1}}", "{{.Name.First}}", "{{.Hello}}", "{{.Hello 5}}",
		"a {{- 1 -}} b", "a\n  {{- /* c */ -}}\n b", "{{/* comment */}}x", "{{if}}x{{end}}", "{{if .Name}}x", "{{end}}", "{{else}}", "{{.Name", "{{", "{{range}}x{{end}}", "{{template \"x\"}}", "{{template}}", "{{define \"a\"}}A{{.}}{{end}}{{template \"a\" .Name}}{{template \"a\"}}", "{{block \"b\" .Age}}B{{.}}{{end}}", "{{.Tags | join \",\"}}", "{{join .Tags \",\"}}", "{{range .Tags}}{{if eq . \"a\"}}{{continue}}{{end}}{{.}}{{break}}{{end}}", "{{break}}", "{{1 | 2}}", "{{\"a\" \"b\"}}", "{{(index .Tags 0) | up}} {{(.P).Name}}", "{{$x}}", "{{.E}}", "{{.F}}", "{{and}}", "{{or 1 (fail)}} {{and 0 (fail)}}", "{{\"unterminated}}", "{{'ab'}}", "{{1a}}", "{{.Name}}}}", "{{ .Name }} {{- \" x\" }}", "{{if eq .Age 30}}A{{end}}{{if ne .Age 30}}B{{end}}", "{{not true}} {{not 0}}", "{{define \"x\"}}", "{{.Name | .Hello}}", "{{printf \"%d\" .Name}}", "{{len .Name}} {{len .M}} {{len nil}}", "{{add .Age .Age}}\n{{.Bad}}\n", "{{- range $i, $e := .Tags}}{{if $i}}, {{end}}{{$e}}{{end}}"} {
		fmt.Printf("%q\n  ", s)
		ex(s, u)
	}
	ex("{{.a}} {{.b.c}} {{.x}} {{.x.y}}", map[string]any{"a": 1, "b": map[string]int{"c": 2}})
	ex("{{.}} {{.Foo}}", nil)
	ex("{{range .}}{{.Name}},{{end}}", []U{{Name: "a"}, {Name: "b"}})
	ex("{{range $k, $v := .}}{{$k}}{{$v}} {{end}}", map[int]string{3: "c", 1: "a"})
	ex("{{.}}", []any{1, "a", nil})
	t := template.Must(template.New("root").Parse(`{{define "T1"}}ONE{{end}}{{define "T2"}}TWO {{template "T1"}}{{end}}{{template "T2"}}`))
	fmt.Println(t.Execute(os.Stdout, nil), t.DefinedTemplates(), t.Name())
	fmt.Println(t.ExecuteTemplate(os.Stdout, "T1", nil), t.ExecuteTemplate(os.Stdout, "none", nil))
	fmt.Println(template.New("empty").Execute(os.Stdout, nil))
	o := template.Must(template.New("o").Option("missingkey=error").Parse("{{.nope}}"))
	fmt.Println(o.Execute(os.Stdout, map[string]int{}))
	d := template.Must(template.New("d").Delims("<<", ">>").Parse("<<.>> {{.}}"))
	fmt.Println(d.Execute(os.Stdout, 1))
	func() {
		defer func() { fmt.Println(recover()) }()
		template.Must(template.New("x").Parse("{{"))
	}()
	_, err := template.ParseFiles("/no/such/file.tmpl")
	fmt.Println(err)
}
