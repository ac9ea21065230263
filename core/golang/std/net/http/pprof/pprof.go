// Package pprof serves no profiles: only its page exists.
package pprof

import (
	"fmt"
	"net/http"
)

func init() { http.HandleFunc("GET /debug/pprof/", Index) }

func Index(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintln(w, "<html><body>/debug/pprof/<p>profiles are part of Go but not of this playground</p></body></html>")
}
func Cmdline(w http.ResponseWriter, r *http.Request) { Index(w, r) }
func Profile(w http.ResponseWriter, r *http.Request) { Index(w, r) }
func Symbol(w http.ResponseWriter, r *http.Request)  { Index(w, r) }
func Trace(w http.ResponseWriter, r *http.Request)   { Index(w, r) }
func Handler(name string) http.Handler               { return http.HandlerFunc(Index) }
