package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"math/bits"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"sync/atomic"
	"time"
	"unicode"
	"unsafe"
)

type pair struct {
	A int `k:"v"`
	B string
}

func (pair) First()          {}
func (pair) Second(int) bool { return true }

func times() {
	for _, t := range []time.Time{time.Date(2024, 5, 6, 7, 8, 9, 10, time.UTC), time.Date(-3, 1, 2, 3, 4, 5, 6, time.FixedZone("X", -3600*5-1800)), time.Date(1900, 1, 1, 0, 0, 0, 0, time.FixedZone("Y", 1172))} {
		b, err := t.MarshalBinary()
		fmt.Printf("%x %v\n", b, err)
		var u time.Time
		fmt.Println(u.UnmarshalBinary(b), u, u.Equal(t))
	}
	var u time.Time
	fmt.Println(u.UnmarshalBinary(nil), u.UnmarshalBinary([]byte{3}), u.UnmarshalBinary([]byte{1, 2}))
}

func files() {
	dir, err := os.MkdirTemp("", "v")
	fmt.Println(err)
	defer os.RemoveAll(dir)
	os.MkdirAll(dir+"/from/sub", 0o755)
	os.WriteFile(dir+"/from/sub/f", []byte("text"), 0o640)
	os.Symlink("sub/f", dir+"/from/link")
	fsys := os.DirFS(dir + "/from")
	fmt.Println(os.CopyFS(dir+"/to", fsys))
	b, err := os.ReadFile(dir + "/to/link")
	fmt.Println(string(b), err)
	fmt.Println(fs.ReadLink(fsys, "link"))
	i, err := fs.Lstat(fsys, "link")
	fmt.Println(i.Mode().Type() == fs.ModeSymlink, err)
	_, err = fs.ReadLink(fsys, "/x")
	fmt.Println(err)
	f, _ := os.Create(dir + "/big")
	var from io.ReaderFrom = f
	n, err := from.ReadFrom(bytes.NewReader(make([]byte, 100000)))
	fmt.Println(n, err)
	f.Seek(0, 0)
	var out bytes.Buffer
	n, err = io.Copy(&out, f)
	fmt.Println(n, err, out.Len())
	fmt.Println(os.RemoveAll("."))
	os.Setenv("XDG_CACHE_HOME", "/c")
	os.Setenv("XDG_CONFIG_HOME", "c")
	fmt.Println(os.UserCacheDir())
	fmt.Println(os.UserConfigDir())
	os.Unsetenv("HOME")
	os.Unsetenv("XDG_CONFIG_HOME")
	fmt.Println(os.UserConfigDir())
}

func types() {
	v := reflect.ValueOf(pair{1, "b"})
	for f, x := range v.Fields() {
		fmt.Println(f.Name, f.Tag, x)
	}
	for m := range v.Type().Methods() {
		fmt.Println(m.Name, m.Type)
	}
	for t := range reflect.TypeOf(fmt.Fprintln).Ins() {
		fmt.Println(t)
	}
	for t := range reflect.TypeOf(fmt.Fprintln).Outs() {
		fmt.Println(t)
	}
	for m := range v.Methods() {
		fmt.Println(m.Name)
	}
	m := map[string]int{"one": 1}
	var k string
	var e int
	for it := reflect.ValueOf(m).MapRange(); it.Next(); {
		reflect.ValueOf(&k).Elem().SetIterKey(it)
		reflect.ValueOf(&e).Elem().SetIterValue(it)
	}
	fmt.Println(k, e, unsafe.Sizeof(reflect.SliceHeader{}), unsafe.Sizeof(reflect.StringHeader{}))
	var s struct {
		P *struct{ X int }
	}
	_, err := reflect.ValueOf(s).FieldByIndexErr([]int{0, 0})
	fmt.Println(err)
	var c complex64
	fmt.Println(reflect.ValueOf(c).OverflowComplex(complex(1e300, 0)), reflect.ValueOf(c).OverflowComplex(1))
}

func main() {
	times()
	files()
	types()
	fmt.Println(string(bytes.ToUpperSpecial(unicode.TurkishCase, []byte("iı"))), bits.Rem(1, 5, 7), bits.Rem32(9, 5, 7))
	var ip net.IP
	fmt.Println(json.Unmarshal([]byte(`"10.1.2.3"`), &ip), ip, json.Unmarshal([]byte(`"10.1.2.300"`), &ip), ip.DefaultMask())
	ip = net.ParseIP("10.1.2.3")
	fmt.Println(ip.DefaultMask(), net.ParseIP("224.0.0.5").IsLinkLocalMulticast(), net.ParseIP("ff01::1").IsInterfaceLocalMulticast(), net.IPv4len)
	fmt.Println(string(netip.MustParseAddr("1.2.3.4").AppendTo([]byte("a "))), string(netip.MustParsePrefix("10.0.0.0/8").AppendTo(nil)))
	u, _ := url.Parse("http://x/y")
	b, _ := u.AppendBinary(nil)
	fmt.Println(string(b), filepath.HasPrefix("/a/b", "/a"))
	x, y := 1, 2
	p := unsafe.Pointer(&x)
	fmt.Println(atomic.CompareAndSwapPointer(&p, unsafe.Pointer(&y), nil), *(*int)(atomic.SwapPointer(&p, unsafe.Pointer(&y))), *(*int)(p))
	runtime.AddCleanup(&x, func(int) {}, 1).Stop()
	runtime.SetMutexProfileFraction(1)
	runtime.SetBlockProfileRate(1)
}
