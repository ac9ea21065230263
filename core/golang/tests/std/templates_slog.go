package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"text/template"
	"time"
)

type U struct{ Name string; Age int }

func (u U) Hi(s string) string      { return "hi " + s + u.Name }
func (u *U) Ptr() string            { return "ptr" }
func (u U) Fail() (string, error)   { return "", errors.New("failed") }
func (u U) LogValue() slog.Value    { return slog.GroupValue(slog.String("n", u.Name), slog.Int("a", u.Age)) }

func t(text string, data any) {
	tm, err := template.New("t").Funcs(template.FuncMap{"up": strings.ToUpper, "boom": func() string { panic("boom") }}).Parse(text)
	if err != nil {
		fmt.Println("parse:", err)
		return
	}
	var b bytes.Buffer
	err = tm.Execute(&b, data)
	fmt.Printf("%q %v\n", b.String(), err)
}

func main() {
	u := &U{"Ann", 5}
	m := map[string]any{"a": 1, "l": []int{1, 2, 3}, "u": u, "e": "", "f": 1.5, "n": nil}
	for _, s := range []string{"{{.Name}} {{.Nope}}", "{{.Hi \"x\"}}", "{{.Hi}}", "{{.Fail}}", "{{.Ptr}}", "{{if}}", "{{range .}}", "{{end}}", "{{.Name | up | printf \"%q\"}}", "{{nofn 1}}", "{{boom}}", "{{len 3}}", "{{index .Name 0}}", "{{template \"x\"}}", "{{/* c */ -}}  x  {{- 5}}", "{{with $x := .Age}}{{$x}}{{end}}", "{{$y}}", "{{.Name.First}}", "{{1 | 2}}", "{{\"unterminated}}", "{{.Name", "{{define \"d\"}}D{{.}}{{end}}{{template \"d\" .Age}}", "{{eq .Age 5 6}} {{lt .Age 3}} {{and 1 0}} {{or 0 2}} {{not true}}", "{{slice .Name 1 2}}", "{{html \"<a>\"}} {{js \"'\"}} {{urlquery \"a b\"}}", "{{break}}", "{{range $i, $c := .Name}}{{$i}}{{end}}", "{{eq .Age \"x\"}}", "{{lt 1 \"a\"}}", "{{call .Name}}", "{{print 1 2 \"a\" \"b\" 3}}", "{{printf \"%d\" \"x\"}}", "a\n{{.Bad}}", "{{else}}", "{{if true}}x{{else if false}}y{{else}}z{{end}}{{.}}"} {
		t(s, u)
	}
	for _, s := range []string{"{{.a}} {{.zz}}", "{{range .l}}{{.}},{{else}}none{{end}}", "{{range $i, $v := .l}}{{$i}}={{$v}} {{end}}", "{{index .l 9}}", "{{index .l \"x\"}}", "{{.u.Name}}", "{{.a.b}}", "{{range .a}}{{.}}{{end}}", "{{range .f}}x{{end}}", "{{range 3}}{{.}}{{end}}", "{{with .e}}a{{else}}b{{end}}", "{{len .l}} {{index .l 1}} {{.n}}", "{{range .l}}{{if eq . 2}}{{continue}}{{end}}{{.}}{{end}}", "{{.n.x}}", "{{range $k, $v := .}}{{$k}} {{end}}"} {
		t(s, m)
	}
	fmt.Println(template.New("o").Option("missingkey=error").Execute(os.Stdout, nil))
	tm := template.Must(template.New("o").Option("missingkey=error").Parse("{{.zz}}"))
	fmt.Println(tm.Execute(os.Stdout, m), tm.ExecuteTemplate(os.Stdout, "q", nil))
	ro := func(g []string, a slog.Attr) slog.Attr {
		if a.Key == "time" {
			return slog.Attr{}
		}
		return a
	}
	h := slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: ro, Level: slog.LevelDebug})
	l := slog.New(h)
	l.Info("hello world", "a", 1, "s", "x y", "e", errors.New("bad \"q\""), "d", time.Second, "u", u, "nil", nil, "l", []int{1}, "m", map[string]int{"a": 1}, "st", struct{ A int }{1}, "b", []byte("hi"), "f", 1.5, "t", time.Unix(0, 0).UTC(), "bool", true, "eq", "a=b", "empty", "")
	l.Debug("dbg", "odd")
	l.Warn("w", 5, "x")
	l.With("w", 1).WithGroup("g").Error("grp", slog.Group("in", "k", "v"), "z", 2)
	j := slog.New(slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: ro, Level: slog.Level(-8)}))
	j.Info("hello <world>", "a", 1, "s", "x y", "e", errors.New("bad \"q\""), "d", time.Second, "u", u, "nil", nil, "l", []int{1}, "m", map[string]int{"a": 1}, "st", struct{ A int }{1}, "b", []byte("hi"), "f", 1.5, "t", time.Unix(0, 0).UTC(), "ch", make(chan int) == nil)
	j.With("w", 1).WithGroup("g").Log(context.Background(), slog.Level(-5), "grp", slog.Group("in", "k", "v"), "z", 2, slog.Group("none"))
	j.Log(context.Background(), slog.LevelError+2, "lvl")
	var lv slog.LevelVar
	fmt.Println(lv.Level(), slog.LevelWarn+1, lv.UnmarshalText([]byte("debug-2")), lv.Level(), lv.UnmarshalText([]byte("nope")))
	fmt.Println(l.Enabled(context.Background(), slog.Level(-5)), slog.Any("k", u).String())
	slog.SetDefault(j)
	slog.Info("default")
}
