package main

import (
	"bytes"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	_ "net/http/pprof"
	"net/url"
	"os"
	"strings"
	_ "time/tzdata"
)

func main() {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	w.SetBoundary("BOUND")
	w.WriteField("name", "va\"l\nue")
	f, _ := w.CreateFormFile("up", "a \"b\".txt")
	io.WriteString(f, "line1\r\n--not\r\nend\r\n")
	w.Close()
	fmt.Printf("%q\n", b.String())
	fmt.Println(w.FormDataContentType())
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		file, h, err := r.FormFile("up")
		if err != nil {
			fmt.Fprintln(w, "ERR", err)
			return
		}
		c, _ := io.ReadAll(file)
		fmt.Fprintf(w, "%q %q %d %v %q\n", r.FormValue("name"), h.Filename, h.Size, h.Header, c)
		_, _, err = r.FormFile("none")
		fmt.Fprintln(w, err)
		http.SetCookie(w, &http.Cookie{Name: "late", Value: "x"})
	}))
	res, err := http.Post(srv.URL, w.FormDataContentType(), &b)
	if err != nil {
		fmt.Println(err)
		return
	}
	io.Copy(os.Stdout, res.Body)
	res, _ = http.Post(srv.URL, "text/plain", strings.NewReader("x"))
	io.Copy(os.Stdout, res.Body)
	r := multipart.NewReader(strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x\r\n\r\n2\r\n--x--\r\n"), "x")
	for {
		p, err := r.NextPart()
		if err != nil {
			fmt.Println(err)
			break
		}
		c, err := io.ReadAll(p)
		fmt.Printf("%q %q %q %v\n", p.FormName(), p.FileName(), c, err)
	}
	jar, _ := cookiejar.New(nil)
	cs := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, err := r.Cookie("n"); err == nil {
			fmt.Fprint(w, "have ", c.Value)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "n", Value: "42"})
		fmt.Fprint(w, "set")
	}))
	cl := &http.Client{Jar: jar}
	for range 2 {
		res, _ := cl.Get(cs.URL)
		c, _ := io.ReadAll(res.Body)
		fmt.Println(string(c))
	}
	u, _ := url.Parse(cs.URL)
	fmt.Println(jar.Cookies(u))
	for _, s := range []string{"", "f", "fo", "foo", "foob", "fooba", "foobar"} {
		e := base32.StdEncoding.EncodeToString([]byte(s))
		d, err := base32.StdEncoding.DecodeString(e)
		fmt.Println(e, string(d), err, base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString([]byte(s)))
	}
	_, err = base32.StdEncoding.DecodeString("!!!!!!!!")
	fmt.Println(err)
	fmt.Print(hex.Dump([]byte("hello world 12345")))
	x, err := io.ReadAll(hex.NewDecoder(strings.NewReader("68656c6c6f")))
	fmt.Println(string(x), err)
}
