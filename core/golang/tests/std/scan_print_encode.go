package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/netip"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"
)

type grid struct{ w, h int }

func (g *grid) Scan(s fmt.ScanState, verb rune) error {
	tok, err := s.Token(true, nil)
	if err != nil {
		return err
	}
	_, err = fmt.Sscanf(string(tok), "%dx%d", &g.w, &g.h)
	return err
}

type switchOn bool
type celsius float32

func scans() {
	var a, b int
	var s, t string
	var f celsius
	var c complex128
	var on switchOn
	var u uint8
	var r rune
	var g grid
	for _, x := range []struct {
		text, format string
		to           []any
	}{
		{"1 2", "%d", []any{&a, &b}}, {"1 2", "%d %d %d", []any{&a, &b}}, {"1", "%d%", []any{&a}}, {"", "%d", []any{&a}},
		{"5%", "%d%%", []any{&a}}, {"5x", "%d%%", []any{&a}}, {"5", "%z", []any{&a}}, {"5", "%v", []any{a}}, {"7_2", "%d", []any{&a}},
		{"0x_1f", "%v", []any{&a}}, {"0b101 0o17", "%v %v", []any{&a, &b}}, {"U+00e9", "%U", []any{&a}}, {"1.5p3", "%g", []any{&f}}, {"(1+2i)", "%v", []any{&c}},
		{"-1-.5i", "%g", []any{&c}}, {"1", "%g", []any{&c}}, {"TRUE", "%t", []any{&on}}, {"trap", "%t", []any{&on}}, {"256", "%d", []any{&u}}, {"-1", "%d", []any{&u}}, {"é", "%c", []any{&r}}, {"é", "%c", []any{&u}},
		{"age:30 name:Bo", "age:%d name:%s", []any{&a, &s}}, {"age:30 nam:Bo", "age:%d name:%s", []any{&a, &s}}, {"X7", "X %d", []any{&a}}, {"1\n2", "%d %d", []any{&a, &b}}, {"1\n2", "%d\n%d", []any{&a, &b}}, {"1 2", "%d\n%d", []any{&a, &b}},
		{"\"q s\" `r w`", "%q %q", []any{&s, &t}}, {"q", "%q", []any{&s}}, {"68656c", "%x", []any{&s}}, {"6865c", "%x", []any{&s}}, {"zz", "%x", []any{&s}}, {"12345", "%2d%3d", []any{&a, &b}}, {"3x4", "%v", []any{&g}}, {"abc", "%d", []any{&a}}, {"99999999999999999999", "%d", []any{&a}},
		{"one two", "%5s%s", []any{&s, &t}}, {"  x", "%c", []any{&r}},
	} {
		n, err := fmt.Sscanf(x.text, x.format, x.to...)
		fmt.Printf("%q %q: %d %v", x.text, x.format, n, err)
		for _, p := range x.to[:n] {
			if reflect.ValueOf(p).Kind() == reflect.Pointer {
				fmt.Print(" ", reflect.ValueOf(p).Elem())
			}
		}
		fmt.Println()
	}
	in := strings.NewReader("1 2\n3\nx y z\n")
	for range 4 {
		n, err := fmt.Fscanln(in, &a, &b)
		fmt.Println(n, err, a, b)
	}
}

func prints() {
	var list []int
	defer func() {
		r := recover()
		fmt.Println(fmt.Sprint(r, 2), fmt.Sprint("a", 1, 2, "b", true, nil))
	}()
	fmt.Printf("%.[]d|%-05d|%.", 1, 2, 3)
	fmt.Printf("|%99999999999d|%d\n", 1, switchOn(true))
	fmt.Println(list[len(os.Args)+4])
}

type level int

func (l *level) MarshalJSON() ([]byte, error) { return []byte(fmt.Sprintf("\"L%d\"", *l)), nil }

type shade struct{ n int }

func (s *shade) MarshalText() ([]byte, error) { return []byte("shade" + strconv.Itoa(s.n)), nil }

type panel struct {
	L level
	S shade
	M map[string]level
	A []level
}

func encodes() {
	p := panel{L: 3, S: shade{4}, M: map[string]level{"k": 5}, A: []level{6}}
	for _, v := range []any{p, &p, []panel{p}, map[string]panel{"a": p}, map[string]*panel{"a": &p}, []any{p, &p}} {
		b, err := json.Marshal(v)
		fmt.Println(string(b), err)
	}
}

type chatty struct{ strings.Builder }

func (c *chatty) WriteString(s string) (int, error) {
	fmt.Printf("<%s>", s)
	return c.Builder.WriteString(s)
}

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

func buffers() {
	var c chatty
	w := bufio.NewWriterSize(&c, 4)
	w.WriteString("abcdefghijkl")
	w.Flush()
	fmt.Println(c.String())
	_, err := bufio.NewWriter(io.Discard).ReadFrom(strings.NewReader("x"))
	fmt.Println(err)
	_, err = bufio.NewReader(stuck{}).ReadString('\n')
	fmt.Println(err)
	b := bytes.NewBufferString("peek")
	p, err := b.Peek(2)
	fmt.Println(string(p), err, b.Len())
	p, err = b.Peek(9)
	fmt.Println(string(p), err)
}

type custom struct{ context.Context }

func (custom) Err() error { return errors.New("own") }

func main() {
	scans()
	prints()
	encodes()
	buffers()
	fmt.Println(strings.NewReplacer("", "-", "o", "0").Replace("foo"), strings.NewReplacer("o", "0", "", "-").Replace("foo"), strings.NewReplacer("a", "1", "a", "2").Replace("aa"))
	for _, s := range []string{"\"\xc0\"", `'\377'`, `"\xff"`} {
		u, err := strconv.Unquote(s)
		fmt.Printf("%q %v\n", u, err)
	}
	fmt.Println(strconv.ParseComplex("i", 128))
	fmt.Println(regexp.MustCompile(`\_a\-`).FindString("x_a-"), regexp.MustCompile(`(?P<v>hi)|(?P<v>bye)`).ReplaceAllString("bye", "<$v>"), regexp.MustCompile(`\p{Greek}+\pL`).FindString("aβγδ"))
	fmt.Println(regexp.MustCompile("b+").FindReaderIndex(strings.NewReader("aabbb")))
	fmt.Println(context.Cause(custom{context.Background()}))
	l := log.New(os.Stdout, "p\n", 0)
	l.Print("")
	fs := flag.NewFlagSet("f", flag.ContinueOnError)
	fs.SetOutput(os.Stdout)
	var ip netip.Addr
	fs.TextVar(&ip, "ip", netip.MustParseAddr("10.0.0.1"), "an `address`")
	fmt.Println(fs.Parse([]string{"-ip", "::1"}), ip)
	fmt.Println(fs.Parse([]string{"-ip", "x"}))
}
