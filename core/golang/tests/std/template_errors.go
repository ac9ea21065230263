package main

import (
	"errors"
	"html/template"
	"os"
	"fmt"
	tt "text/template"
)

type T struct{ F func(int) (int, error); G any; S string; p int }

func main() {
	d := &T{F: func(i int) (int, error) { if i == 0 { return 0, errors.New("zero") }; return i * 2, nil }, S: "s"}
	for _, s := range []string{"{{call .F 4}}", "{{call .F 0}}", "{{call .F}}", "{{call .G}}", "{{call .F \"x\"}}", "{{call 5}}", "{{.p}}", "{{.S.x}}", "{{.G.x}}", "{{range .S}}{{end}}", "{{range true}}{{end}}", "{{template \"none\"}}", "{{len .G}}", "{{index .G 1}}", "{{index .S 10}}", "{{slice .S 2 1}}", "{{.F 3}}", "{{printf .S .S}}", "{{with .G}}x{{else with .S}}{{.}}{{end}}", "{{block \"b\" .S}}[{{.}}]{{end}}", "{{- 3 -}} x", "{{ 0x1F }} {{ 1e3 }} {{ 'a' }} {{ `raw` }} {{ 1i }}", "{{ nil }}", "{{ true }} {{ false | not }}", "{{if and .S (eq .S \"s\")}}yes{{end}}", "{{ge 3 2}}{{ne 1 2}}{{le 1 1}}{{gt 1 2}}", "{{eq 1 1.0}}", "{{eq nil nil}}", "{{.S | len | printf \"%03d\"}}", "{{$x := 1}}{{$x = 2}}{{$x}}", "{{/*unclosed", "{{(call .F 3)}}", "{{not}}", "{{and}}", "{{print}}|{{println}}"} {
		tm, err := tt.New("n").Parse(s)
		if err != nil {
			fmt.Println(s, "P", err)
			continue
		}
		fmt.Print(s, " => ")
		fmt.Println(tm.Execute(os.Stdout, d))
	}
	for _, s := range []string{"<a href=\"{{.S}}\">{{.S}}</a>", "<script>var x = {{.}};</script>", "<p title={{.}}>", "<a href='javascript:{{.}}'>", "<div style=\"color: {{.}}\">", "{{. | html}}", "<input value='{{.}}'>", "<a href=\"?q={{.}}\">", "<!-- {{.}} -->x"} {
		tm, err := template.New("h").Parse(s)
		if err != nil {
			fmt.Println(err)
			continue
		}
		var v any = "<b>'\"&x y"
		if s[1] == 'a' && s[9] == '{' {
			v = d
		}
		fmt.Println(tm.Execute(os.Stdout, v))
	}
}
