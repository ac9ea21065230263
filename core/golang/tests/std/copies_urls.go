package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"
)

type loud struct{ name string }

func (l loud) Write(p []byte) (int, error) {
	fmt.Printf("%s.Write(%d) ", l.name, len(p))
	return len(p), nil
}

type louder struct{ loud }

func (l louder) WriteString(s string) (int, error) {
	fmt.Printf("%s.WriteString(%d) ", l.name, len(s))
	return len(s), nil
}

type sized struct{ left int }

func (s *sized) Read(p []byte) (int, error) {
	fmt.Print(len(p), " ")
	n := min(s.left, len(p))
	s.left -= n
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

type full struct{}

func (full) Read(p []byte) (int, error) { return len(p), fmt.Errorf("late") }

func main() {
	w := io.MultiWriter(loud{"a"}, io.MultiWriter(louder{loud{"b"}}, loud{"c"}))
	fmt.Println(io.WriteString(w, "text"))
	fmt.Println(io.Copy(loud{"d"}, &sized{40000}))
	r := io.MultiReader(strings.NewReader("one "), strings.NewReader("two "), io.MultiReader(strings.NewReader("three")))
	var b bytes.Buffer
	n, err := r.(io.WriterTo).WriteTo(&b)
	fmt.Println(n, err, b.String())
	fmt.Println(io.CopyN(io.Discard, full{}, 5))
	s := io.NewSectionReader(strings.NewReader("abcdef"), 2, 1<<63-1)
	text, err := io.ReadAll(s)
	fmt.Println(string(text), err)
	for _, x := range [][2]string{{"http://h/a/b", "../c"}, {"http://h/a/b/", ".."}, {"http://h/a", "http://h//x/./y/../z"}, {"http://h/a/b/c", "./../g/."}, {"http://h", "x/../../y"}, {"http://h/a?q", "#f"}, {"http://h/a/b;p?q", "?y"}} {
		u, _ := url.Parse(x[0])
		v, err := u.Parse(x[1])
		fmt.Println(v, err)
	}
	fmt.Println(url.JoinPath("http://h/a/", "../b", "c d", "e/"))
	fmt.Println(url.JoinPath("http://h/a/", "100%"))
	var nobody *url.Userinfo
	fmt.Printf("%q\n", nobody.String())
	fmt.Println(http.ErrShortBody, http.ErrHeaderTooLong, http.ErrUnexpectedTrailer, http.ErrMissingContentLength, http.TrailerPrefix, http.DefaultMaxIdleConnsPerHost)
	t := tabwriter.NewWriter(os.Stdout, 8, 8, 1, '.', tabwriter.Debug)
	fmt.Fprint(t, "a\tb\tc\naaaa\tbbbbbbbbb\t\n\nx\ty\t")
	t.Flush()
	fmt.Println()
}
