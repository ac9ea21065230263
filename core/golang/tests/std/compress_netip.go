package main

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"time"
)

func main() {
	texts := []string{"", "a", "hello hello hello hello", strings.Repeat("the quick brown fox ", 5000), strings.Repeat("\x00\xff", 70000)}
	for _, t := range texts {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.Name = "x.txt"
		w.ModTime = time.Unix(1000, 0)
		n, err := w.Write([]byte(t))
		fmt.Println(n, err, w.Close())
		r, err := gzip.NewReader(&b)
		if err != nil {
			fmt.Println(err)
			continue
		}
		out, err := io.ReadAll(r)
		fmt.Println(len(out), err, string(out) == t, r.Name, r.ModTime.Unix(), r.Close())
		for _, lv := range []int{flate.NoCompression, flate.BestSpeed, flate.DefaultCompression, flate.HuffmanOnly} {
			var c bytes.Buffer
			fw, _ := flate.NewWriter(&c, lv)
			fw.Write([]byte(t))
			fw.Flush()
			fw.Write([]byte("tail"))
			fw.Close()
			out, err := io.ReadAll(flate.NewReader(&c))
			fmt.Println(string(out) == t+"tail", err)
		}
		var z bytes.Buffer
		zw := zlib.NewWriter(&z)
		zw.Write([]byte(t))
		zw.Close()
		zr, err := zlib.NewReader(&z)
		out, err2 := io.ReadAll(zr)
		fmt.Println(err, err2, string(out) == t)
	}
	// dynamic Huffman made elsewhere
	in, _ := base64.StdEncoding.DecodeString("H4sIAAAAAAACAwvJyCxWAKJEhZLU4hKF4pLSpBRFhZLEnOzUPIXSvNzEEgUg0lHITSzRy0rSAwCd0lFeKwAAAA==")
	r, err := gzip.NewReader(bytes.NewReader(in))
	fmt.Println(err)
	if err == nil {
		out, err := io.ReadAll(r)
		fmt.Println(len(out) > 0, err != nil)
	}
	_, err = gzip.NewReader(strings.NewReader("not gzip data"))
	fmt.Println(err)
	_, err = gzip.NewReader(strings.NewReader(""))
	fmt.Println(err)
	_, err = gzip.NewReader(strings.NewReader("\x1f\x8b"))
	fmt.Println(err)
	_, err = gzip.NewWriterLevel(nil, 11)
	fmt.Println(err)
	_, err = io.ReadAll(flate.NewReader(strings.NewReader("\xff\xff\xff")))
	fmt.Println(err)

	for _, s := range []string{"1.2.3.4", "::1", "fe80::1%eth0", "2001:db8::ff00:42:8329", "::ffff:1.2.3.4", "1.2.3", "1.2.3.256", "01.2.3.4", "x", "", "1:2:3:4:5:6:7:8:9", "::g", "1.2.3.4.5", "1::2::3", "12345::", "1..2.3", "0:0:1:0:0:0:1:0", "10.0.0.1", "192.168.1.1", "169.254.0.1", "224.0.0.1", "255.255.255.255", "::"} {
		a, err := netip.ParseAddr(s)
		fmt.Println(a, err, a.Is4(), a.Is6(), a.IsPrivate(), a.IsLoopback(), a.IsMulticast(), a.IsGlobalUnicast(), a.IsLinkLocalUnicast(), a.IsUnspecified(), a.BitLen(), a.Unmap(), a.Next(), a.Prev(), a.StringExpanded())
	}
	for _, s := range []string{"10.0.0.0/8", "10.1.2.3/16", "::1/128", "fe80::/10", "1.2.3.4", "1.2.3.4/33", "1.2.3.4/x", "1.2.3.4/01", "x/8"} {
		p, err := netip.ParsePrefix(s)
		fmt.Println(p, err, p.Bits(), p.Masked(), p.Contains(netip.MustParseAddr("10.1.0.5")), p.IsSingleIP())
	}
	for _, s := range []string{"1.2.3.4:80", "[::1]:443", "::1:443", "1.2.3.4", "1.2.3.4:99999", "[1.2.3.4]:80", ":80", "1.2.3.4:"} {
		p, err := netip.ParseAddrPort(s)
		fmt.Println(p, err, p.Port())
	}
	a := netip.MustParseAddr("10.0.0.1")
	b := netip.AddrFrom4([4]byte{10, 0, 0, 2})
	fmt.Println(a.Less(b), a.Compare(b), a == b, a.As4(), b.AsSlice(), map[netip.Addr]int{a: 1}[a])
	fmt.Println(netip.MustParsePrefix("10.0.0.0/8").Overlaps(netip.MustParsePrefix("10.1.0.0/16")))
}
