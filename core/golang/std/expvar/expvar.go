// Package expvar publishes variables at /debug/vars.
package expvar

import (
	"encoding/json"
	"fmt"
	"log"
	"math"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

type Var interface {
	String() string
}

type KeyValue struct {
	Key   string
	Value Var
}

type Int struct{ i atomic.Int64 }

func (v *Int) Value() int64    { return v.i.Load() }
func (v *Int) String() string  { return strconv.FormatInt(v.i.Load(), 10) }
func (v *Int) Add(delta int64) { v.i.Add(delta) }
func (v *Int) Set(value int64) { v.i.Store(value) }

type Float struct{ f atomic.Uint64 }

func (v *Float) Value() float64    { return math.Float64frombits(v.f.Load()) }
func (v *Float) String() string    { return strconv.FormatFloat(v.Value(), 'g', -1, 64) }
func (v *Float) Add(delta float64) { v.Set(v.Value() + delta) }
func (v *Float) Set(value float64) { v.f.Store(math.Float64bits(value)) }

type String struct{ s atomic.Value }

func (v *String) Value() string {
	s, _ := v.s.Load().(string)
	return s
}
func (v *String) String() string {
	b, _ := json.Marshal(v.Value())
	return string(b)
}
func (v *String) Set(value string) { v.s.Store(value) }

type Func func() any

func (f Func) Value() any { return f() }
func (f Func) String() string {
	b, _ := json.Marshal(f())
	return string(b)
}

type Map struct {
	m  sync.Map
	mu sync.RWMutex
	k  []string
}

func (v *Map) Init() *Map {
	v.m.Clear()
	v.k = nil
	return v
}
func (v *Map) Get(key string) Var {
	x, _ := v.m.Load(key)
	r, _ := x.(Var)
	return r
}
func (v *Map) Set(key string, av Var) {
	if _, known := v.m.Swap(key, av); !known {
		v.k = append(v.k, key)
		slices.Sort(v.k)
	}
}
func (v *Map) Add(key string, delta int64) {
	if v.Get(key) == nil {
		v.Set(key, new(Int))
	}
	if i, ok := v.Get(key).(*Int); ok {
		i.Add(delta)
	}
}
func (v *Map) AddFloat(key string, delta float64) {
	if v.Get(key) == nil {
		v.Set(key, new(Float))
	}
	if f, ok := v.Get(key).(*Float); ok {
		f.Add(delta)
	}
}
func (v *Map) Delete(key string) {
	v.m.Delete(key)
	v.k = slices.DeleteFunc(v.k, func(k string) bool { return k == key })
}
func (v *Map) Do(f func(KeyValue)) {
	for _, k := range v.k {
		f(KeyValue{k, v.Get(k)})
	}
}
func (v *Map) String() string {
	var list []string
	v.Do(func(kv KeyValue) {
		s := "null"
		if kv.Value != nil {
			s = kv.Value.String()
		}
		k, _ := json.Marshal(kv.Key)
		list = append(list, string(k)+": "+s)
	})
	return "{" + strings.Join(list, ", ") + "}"
}

var vars Map

func Publish(name string, v Var) {
	if vars.Get(name) != nil {
		log.Panicln("Reuse of exported var name:", name)
	}
	vars.Set(name, v)
}

func Get(name string) Var  { return vars.Get(name) }
func Do(f func(KeyValue)) { vars.Do(f) }

func NewInt(name string) *Int {
	v := new(Int)
	Publish(name, v)
	return v
}
func NewFloat(name string) *Float {
	v := new(Float)
	Publish(name, v)
	return v
}
func NewMap(name string) *Map {
	v := new(Map)
	Publish(name, v)
	return v
}
func NewString(name string) *String {
	v := new(String)
	Publish(name, v)
	return v
}

func Handler() http.Handler { return http.HandlerFunc(serve) }

func serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Write([]byte("{\n"))
	first := true
	Do(func(kv KeyValue) {
		if !first {
			w.Write([]byte(",\n"))
		}
		first = false
		fmt.Fprintf(w, "%q: %s", kv.Key, kv.Value)
	})
	w.Write([]byte("\n}\n"))
}

func init() {
	http.HandleFunc("GET /debug/vars", serve)
	Publish("cmdline", Func(func() any { return os.Args }))
	Publish("memstats", Func(func() any {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m
	}))
}
