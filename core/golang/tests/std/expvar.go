package main

import (
	"expvar"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
)

func main() {
	n := expvar.NewInt("hits")
	n.Add(3)
	m := expvar.NewMap("m")
	m.Add("b", 2)
	m.AddFloat("a", 1.5)
	s := expvar.NewString("s")
	s.Set("x\"y")
	f := expvar.NewFloat("f")
	f.Set(2.5)
	expvar.Publish("fn", expvar.Func(func() any { return []int{1, 2} }))
	expvar.Do(func(kv expvar.KeyValue) {
		if kv.Key != "memstats" && kv.Key != "cmdline" {
			fmt.Println(kv.Key, kv.Value)
		}
	})
	srv := httptest.NewServer(http.DefaultServeMux)
	defer srv.Close()
	r, err := http.Get(srv.URL + "/debug/vars")
	fmt.Println(r.Status, r.Header.Get("Content-Type"), err)
	b, _ := io.ReadAll(r.Body)
	for _, l := range strings.Split(string(b), "\n") {
		if !strings.Contains(l, "memstats") && !strings.Contains(l, "cmdline") {
			fmt.Println(l)
		}
	}
	fmt.Println(expvar.Get("hits"), expvar.Get("none"))
}
