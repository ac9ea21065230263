package main

import (
	"html/template"
	"os"
)

func main() {
	for _, s := range []string{"<!DOCTYPE html>\n<p>{{.}}</p>\n", "\n<!DOCTYPE html>\n<p>{{.}}</p>\n", "a < b {{.}}\n", "x <!doctype html>{{.}}\n", "1<2<p>{{.}}\n", "< {{.}}", "a </ b {{.}}\n", "<!x>{{.}}\n", "</3{{.}}\n", "<p>a<\n", "<!DOCTYPE html><html><!-- {{.}} --><body class={{.}}>x < y</body></html>", "<<b>{{.}}\n", "\n\t<!DoCtYpE x>{{.}}<!-- c --><br>< 3\n"} {
		template.Must(template.New("t").Parse(s)).Execute(os.Stdout, "<x>")
	}
}
