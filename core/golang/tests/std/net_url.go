package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"time"
)

func main() {
	for _, s := range []string{"http://user:pa%20ss@host.com:8080/p/a%2Fb?x=1&y=2&x=3#frag", "/rel/path?q", "mailto:a@b.c", "http://[::1]:80/", "http://a b/", "http://%zz/", ":foo", "http://h:bad/", "//host/p", "?a=b", "", "http://x.com/é ü?k=ä", "http://host\n", "https://example.com", "http://h/%"} {
		u, err := url.Parse(s)
		if err != nil {
			fmt.Println(err)
			continue
		}
		p, ok := u.User.Password()
		fmt.Printf("%q %q %q %q %q %q %q %q %v %q %q %v %q %v\n", u.Scheme, u.Host, u.Hostname(), u.Port(), u.Path, u.RawPath, u.RawQuery, u.Fragment, u.IsAbs(), u.User.Username(), p, ok, u.String(), u.Query())
		fmt.Println(u.EscapedPath(), u.RequestURI(), u.Redacted(), u.JoinPath("a", "../b"))
	}
	b, _ := url.Parse("http://a/b/c/d?q")
	for _, r := range []string{"g", "./g", "../g", "/g", "//h", "?y", "#s", "../../../g", "http://x/y"} {
		u, _ := b.Parse(r)
		fmt.Print(u, " ")
	}
	fmt.Println()
	fmt.Println(url.QueryEscape("a b&c=d/é+"), url.PathEscape("a b/c?d"))
	fmt.Println(url.QueryUnescape("a+b%26c"))
	fmt.Println(url.QueryUnescape("%zz"))
	fmt.Println(url.PathUnescape("%"))
	v := url.Values{}
	v.Set("k", "v 1")
	v.Add("k", "2")
	v.Add("a", "é&")
	fmt.Println(v.Encode(), v.Get("k"), v.Has("z"), v["k"])
	v.Del("k")
	fmt.Println(v)
	q, err := url.ParseQuery("a=1&b=%zz&c;d")
	fmt.Println(q, err)
	fmt.Println(url.JoinPath("http://h/a/", "/b/", "../c"))
	fmt.Println(url.UserPassword("u", "p:w"), url.User("x y"))

	fmt.Println(net.ParseIP("1.2.3.4"), net.ParseIP("x"), net.ParseIP("::1"), net.IPv4(1, 2, 3, 4).To4(), net.IPv4(10, 0, 0, 1).IsPrivate(), net.ParseIP("127.0.0.1").IsLoopback())
	ip, n, err := net.ParseCIDR("10.1.2.3/8")
	fmt.Println(ip, n, err, n.Contains(net.ParseIP("10.9.9.9")), n.Mask)
	_, _, err = net.ParseCIDR("10.1.2.3")
	fmt.Println(err)
	fmt.Println(net.SplitHostPort("h:80"))
	fmt.Println(net.SplitHostPort("h"))
	fmt.Println(net.SplitHostPort("a:b:c"))
	fmt.Println(net.SplitHostPort("[::1]:80"))
	fmt.Println(net.JoinHostPort("::1", "80"), net.JoinHostPort("h", "1"))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	addr := l.Addr().String()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				fmt.Println("accept:", strings.ReplaceAll(err.Error(), addr, "ADDR"), errors.Is(err, net.ErrClosed))
				return
			}
			go func() {
				defer c.Close()
				s := bufio.NewScanner(c)
				for s.Scan() {
					fmt.Fprintf(c, "echo %s\n", s.Text())
				}
			}()
		}
	}()
	c, err := net.Dial("tcp", addr)
	fmt.Println(err, c.RemoteAddr().String() == addr, c.LocalAddr().Network())
	fmt.Fprintf(c, "hello\nworld\n")
	r := bufio.NewReader(c)
	for range 2 {
		s, err := r.ReadString('\n')
		fmt.Printf("%q %v\n", s, err)
	}
	c.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
	_, err = r.ReadString('\n')
	var ne net.Error
	fmt.Println(errors.As(err, &ne) && ne.Timeout(), strings.Contains(err.Error(), "i/o timeout"))
	c.(*net.TCPConn).CloseWrite()
	c.SetReadDeadline(time.Time{})
	_, err = r.ReadString('\n')
	fmt.Println(err == io.EOF)
	c.Close()
	_, err = c.Write([]byte("x"))
	fmt.Println(errors.Is(err, net.ErrClosed), c.Close() != nil)
	l.Close()
	time.Sleep(5 * time.Millisecond)
	_, err = net.Dial("tcp", "127.0.0.1:1")
	fmt.Println(err)
	var oe *net.OpError
	fmt.Println(errors.As(err, &oe), oe.Op, oe.Net)
	_, err = net.Dial("tcp", "nohost")
	fmt.Println(err)
	_, err = net.Dial("bogus", "h:1")
	fmt.Println(err)
	_, err = net.DialTimeout("tcp", "127.0.0.1:99999", time.Second)
	fmt.Println(err)
	a, b2 := net.Pipe()
	go func() { a.Write([]byte("pipe")); a.Close() }()
	x, err := io.ReadAll(b2)
	fmt.Println(string(x), err)
}
