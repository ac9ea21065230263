package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	d, _ := os.MkdirTemp("/tmp", "fs")
	defer os.RemoveAll(d)
	os.WriteFile(filepath.Join(d, "a.txt"), []byte("hello world"), 0o644)
	os.WriteFile(filepath.Join(d, "b<x>.html"), []byte("<p>"), 0o644)
	os.WriteFile(filepath.Join(d, "bin"), []byte{0, 1, 2}, 0o644)
	os.Mkdir(filepath.Join(d, "sub"), 0o755)
	os.WriteFile(filepath.Join(d, "sub", "index.html"), []byte("<h1>index</h1>"), 0o644)
	for _, n := range []string{"a.txt", "sub/index.html"} {
		os.Chtimes(filepath.Join(d, n), time.Unix(1700000000, 0), time.Unix(1700000000, 0))
	}
	h := http.FileServer(http.Dir(d))
	try := func(method, p string, hdr ...string) {
		r := httptest.NewRequest(method, p, nil)
		for i := 0; i+1 < len(hdr); i += 2 {
			r.Header.Set(hdr[i], hdr[i+1])
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		res := w.Result()
		b, _ := io.ReadAll(res.Body)
		fmt.Println(method, p, hdr, res.Status, res.Header.Get("Content-Type"), res.Header.Get("Content-Length"), res.Header.Get("Content-Range"), res.Header.Get("Accept-Ranges"), res.Header.Get("Location"), res.Header.Get("Etag"))
		if strings.Contains(res.Header.Get("Content-Type"), "multipart") {
			b = []byte("multi")
		}
		fmt.Printf("%q\n", b)
	}
	try("GET", "/")
	try("GET", "/a.txt")
	try("HEAD", "/a.txt")
	try("GET", "/a.txt", "Range", "bytes=0-4")
	try("GET", "/a.txt", "Range", "bytes=-3")
	try("GET", "/a.txt", "Range", "bytes=6-")
	try("GET", "/a.txt", "Range", "bytes=50-60")
	try("GET", "/a.txt", "Range", "bytes=x")
	try("GET", "/a.txt", "If-Modified-Since", "Wed, 15 Nov 2023 00:00:00 GMT")
	try("GET", "/a.txt", "If-Modified-Since", "Mon, 13 Nov 2023 00:00:00 GMT")
	try("GET", "/sub")
	try("GET", "/sub/")
	try("GET", "/sub/index.html")
	try("GET", "/nope")
	try("GET", "/a.txt/")
	try("GET", "/bin")
	try("POST", "/a.txt")
	w := httptest.NewRecorder()
	http.ServeFile(w, httptest.NewRequest("GET", "/x", nil), filepath.Join(d, "none"))
	fmt.Println(w.Code, w.Body.String())
	w = httptest.NewRecorder()
	http.ServeContent(w, httptest.NewRequest("GET", "/x", nil), "x.json", time.Time{}, strings.NewReader(`{"a":1}`))
	fmt.Println(w.Code, w.Header(), w.Body.String())
	w = httptest.NewRecorder()
	http.NotFound(w, nil)
	fmt.Println(w.Code, w.Header(), w.Body.String())
	fmt.Println(http.DetectContentType([]byte("<!DOCTYPE html>")), http.DetectContentType([]byte("\x89PNG\r\n\x1a\n")), http.DetectContentType([]byte("plain")), http.DetectContentType([]byte("%PDF-")))
	fmt.Println(http.StatusText(418), http.StatusText(599) == "", http.CanonicalHeaderKey("x-fOo-bar"))
	c := &http.Cookie{Name: "a", Value: "b c", Expires: time.Unix(1700000000, 0), Secure: true, Domain: "example.com"}
	fmt.Println(c.String(), c.Valid())
	cs, err := http.ParseCookie("a=1; b=\"2\"; c")
	fmt.Println(cs, err)
	sc, err := http.ParseSetCookie("x=y; Path=/; Max-Age=5; HttpOnly")
	fmt.Println(sc, err)
	tm, err := http.ParseTime("Wed, 15 Nov 2023 00:00:00 GMT")
	fmt.Println(tm, err)
	r := httptest.NewRequest("POST", "http://ex.com/p?a=1", strings.NewReader("x"))
	r.SetBasicAuth("u", "p")
	r.AddCookie(c)
	r.Write(os.Stdout)
	fmt.Println()
	hd := http.Header{}
	hd.Add("b-x", "1")
	hd.Add("a-y", "2")
	hd.Add("a-y", "3")
	hd.Write(os.Stdout)
	fmt.Println(hd.Values("A-Y"), hd.Clone())
}
