package main

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
)

func main() {
	log.SetFlags(0)
	log.SetOutput(os.Stdout)
	back := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/gone" {
			panic(http.ErrAbortHandler)
		}
		b, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Back", "1")
		w.Header().Set("Connection", "X-Drop")
		w.Header().Set("X-Drop", "y")
		w.WriteHeader(203)
		fmt.Fprintln(w, r.Method, r.URL, r.Header.Get("X-Forwarded-For"), r.Header.Get("X-Forwarded-Proto"), r.Header.Get("Te"), string(b), r.UserAgent())
	}))
	defer back.Close()
	u, _ := url.Parse(back.URL + "/base?k=v")
	p := httputil.NewSingleHostReverseProxy(u)
	front := httptest.NewServer(p)
	defer front.Close()
	do := func(m, path, body string) {
		r, _ := http.NewRequest(m, front.URL+path, strings.NewReader(body))
		r.Header.Set("Te", "trailers")
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			fmt.Println(err)
			return
		}
		b, err := io.ReadAll(res.Body)
		fmt.Printf("%s %q %q %q %v\n", res.Status, res.Header.Get("X-Back"), res.Header.Get("X-Drop"), b, err)
	}
	do("GET", "/a/b?x=1", "")
	do("POST", "/p", "hello")
	p.ModifyResponse = func(r *http.Response) error {
		r.Header.Set("X-Back", "mod")
		if strings.HasSuffix(r.Request.URL.Path, "/bad") {
			return errors.New("not good")
		}
		return nil
	}
	do("GET", "/m", "")
	do("GET", "/bad", "")
	p.Director, p.Rewrite = nil, func(r *httputil.ProxyRequest) { r.SetURL(u); r.SetXForwarded() }
	do("GET", "/rw", "")
	dead, _ := url.Parse("http://127.0.0.1:1")
	p.Rewrite = func(r *httputil.ProxyRequest) { r.SetURL(dead) }
	do("GET", "/dead", "")
	p.ErrorHandler = func(w http.ResponseWriter, r *http.Request, err error) { http.Error(w, "custom "+err.Error(), 503) }
	do("GET", "/dead", "")
	req := httptest.NewRequest("POST", "http://ex.com/p?a=1", strings.NewReader("body"))
	req.Header.Set("X-A", "b")
	d, err := httputil.DumpRequest(req, true)
	fmt.Printf("%q %v\n", d, err)
	req, _ = http.NewRequest("POST", "http://ex.com/p?a=1", strings.NewReader("body"))
	d, err = httputil.DumpRequestOut(req, true)
	fmt.Printf("%q %v\n", d, err)
	d, err = httputil.DumpRequestOut(req, false)
	fmt.Printf("%q %v\n", d, err)
	res := &http.Response{StatusCode: 200, ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{"A": {"b"}}, ContentLength: 2, Body: io.NopCloser(strings.NewReader("hi"))}
	d, err = httputil.DumpResponse(res, true)
	fmt.Printf("%q %v\n", d, err)
	d, err = httputil.DumpResponse(res, false)
	fmt.Printf("%q %v\n", d, err)
}
