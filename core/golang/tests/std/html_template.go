package main

import (
	"fmt"
	"html"
	"html/template"
	"os"
	"strings"
)

type item struct {
	Name  string
	Price float64
	Tags  []string
	Safe  template.HTML
	URL   string
}

func ex(name, src string, data any) {
	t, err := template.New(name).Funcs(template.FuncMap{"up": strings.ToUpper}).Parse(src)
	if err != nil {
		fmt.Println("PARSE", err)
		return
	}
	if err := t.Execute(os.Stdout, data); err != nil {
		fmt.Println("EXEC", err)
	}
	fmt.Println()
}

func main() {
	evil := `<script>alert("x & 'y'")</script>`
	ex("a", `<p>Hello {{.}}!</p>`, evil)
	ex("a", `<p title="{{.}}" alt='{{.}}' x={{.}}>{{.}}</p>`, evil)
	ex("a", `<a href="{{.}}">x</a> <a href="/search?q={{.}}&b=c">y</a> <a href="/p/{{.}}/z">`, "a b&c=d/é?x")
	ex("a", `<a href="{{.}}">x</a><img src={{.}}>`, "javascript:alert(1)")
	ex("a", `<a href="{{.}}">x</a>`, "https://example.com/a?b=c&d=e f")
	ex("a", `<script>var x = {{.}}; var s = "{{.}}"; var t = '{{.}}';</script>`, evil)
	ex("a", `<script>var x = {{.}};</script>`, map[string]any{"a": 1, "b": []int{1, 2}, "c": "</script>"})
	ex("a", `<script>var x = {{.}}, y = {{.}};</script>`, 42)
	ex("a", `<button onclick="f({{.}})">b</button>`, item{Name: "x\"y"})
	ex("a", `<div style="color: {{.}}; width: {{.}}">`, "red")
	ex("a", `<div style="color: {{.}}">`, "expression(alert(1))")
	ex("a", `<style>p { color: {{.}} }</style>`, "#fff")
	ex("a", `<!-- comment {{.}} --><p>x</p><!-- more -->`, "zz")
	ex("a", `<textarea>{{.}}</textarea><title>{{.}}</title>`, evil)
	ex("a", `{{range $i, $e := .}}<li class="{{if $i}}b{{else}}a{{end}}">{{$e.Name}}: {{printf "%.2f" $e.Price}}{{range .Tags}} [{{.}}]{{end}} {{.Safe}}</li>
{{else}}none{{end}}`, []item{{"A<B", 1.5, []string{"x", "<y>"}, "<b>ok</b>", ""}, {"C", 2, nil, "", ""}})
	ex("a", `{{define "row"}}<td>{{.}}</td>{{end}}<table>{{range .}}<tr>{{template "row" .}}</tr>{{end}}</table>`, []string{"<1>", "2"})
	ex("a", `<input type="checkbox" {{if .}}checked{{end}} value="{{.}}">`, true)
	ex("a", `<input {{.}}="x">`, "disabled")
	ex("a", `{{. | html}} {{. | up}} {{. | printf "%q"}}`, "<x>")
	ex("a", `<a href='{{.}}'>{{. | urlquery}}</a>`, "a b")
	ex("a", `{{if .}}<a href="{{else}}<b>{{end}}`, true)
	ex("a", `<a href="{{.}}`, true)
	ex("a", `{{template "nope" .}}`, true)
	ex("a", `{{.Foo}}`, item{})
	ex("a", `{{.Name`, item{})
	ex("a", `1 < 2 && 3 > 2 {{.}}`, template.HTML("<i>&amp;</i>"))
	ex("a", `<p title="{{.}}">{{.}}</p>`, template.HTML("<i>\"x\"&amp;</i>"))
	ex("a", `{{with .}}{{.}}{{end}}{{nil | print}}`, nil)
	ex("a", `{{.}}|{{len .}}|{{index . 1}}`, []string{"a+b", "c"})
	ex("a", `<script>/* c */ f({{.}}) // x
 g()</script>`, []string{"a"})
	ex("a", `{{block "content" .}}<h1>{{.}}</h1>{{end}}`, "T&T")
	t := template.Must(template.New("base").Parse(`<html>{{template "body" .}}</html>`))
	template.Must(t.New("body").Parse(`<body>{{.}}</body>`))
	fmt.Println(t.ExecuteTemplate(os.Stdout, "base", 1 < 2))
	fmt.Println(t.ExecuteTemplate(os.Stdout, "none", 1))
	_, err := t.Parse("x")
	fmt.Println(err)
	fmt.Println(template.HTMLEscapeString(evil), template.JSEscapeString(evil), template.URLQueryEscaper("a b"))
	fmt.Println(html.EscapeString(evil), html.UnescapeString("&lt;a&gt; &amp;amp; &eacute;&#233;&#xe9; &quot; &nbsp;| &copy; &unknown; &amp"))
	fmt.Println(t.Name(), t.Lookup("body").Name(), t.Lookup("zz") == nil)
}
