package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"
)

func main() {
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(pc.LocalAddr().Network())
	go func() {
		b := make([]byte, 100)
		for {
			n, a, err := pc.ReadFrom(b)
			if err != nil {
				fmt.Println("read:", strings.ReplaceAll(err.Error(), pc.LocalAddr().String(), "A"), errors.Is(err, net.ErrClosed))
				return
			}
			pc.WriteTo([]byte("re: "+string(b[:n])), a)
		}
	}()
	c, err := net.Dial("udp", pc.LocalAddr().String())
	fmt.Println(err, c.RemoteAddr().String() == pc.LocalAddr().String())
	c.Write([]byte("hi"))
	b := make([]byte, 100)
	n, err := c.Read(b)
	fmt.Println(string(b[:n]), err)
	c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	_, err = c.Read(b)
	var ne net.Error
	fmt.Println(errors.As(err, &ne) && ne.Timeout(), errors.Is(err, os.ErrDeadlineExceeded))
	ua, err := net.ResolveUDPAddr("udp", "127.0.0.1:53")
	fmt.Println(ua, err, ua.IP, ua.Port)
	uc, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	fmt.Println(err)
	uc.WriteToUDP([]byte("q"), pc.LocalAddr().(*net.UDPAddr))
	n, from, err := uc.ReadFromUDP(b)
	fmt.Println(string(b[:n]), from.String() == pc.LocalAddr().String(), err)
	pc.Close()
	time.Sleep(5 * time.Millisecond)
	tl, _ := net.Listen("tcp", "127.0.0.1:0")
	go func() {
		c, _ := tl.Accept()
		time.Sleep(60 * time.Millisecond)
		c.Write([]byte("late"))
		c.Close()
	}()
	tc, _ := net.Dial("tcp", tl.Addr().String())
	go func() { time.Sleep(10 * time.Millisecond); tc.SetReadDeadline(time.Now()) }()
	_, err = tc.Read(b)
	fmt.Println(errors.Is(err, os.ErrDeadlineExceeded), strings.HasSuffix(err.Error(), "i/o timeout"))
	tc.SetReadDeadline(time.Time{})
	all, err := io.ReadAll(tc)
	fmt.Println(string(all), err)
	go func() { time.Sleep(10 * time.Millisecond); tl.Close() }()
	_, err = tl.Accept()
	fmt.Println(errors.Is(err, net.ErrClosed), strings.HasSuffix(err.Error(), "use of closed network connection"))
	tc.Close()
	_, err = tc.Read(b)
	fmt.Println(errors.Is(err, net.ErrClosed))
	fmt.Println(tc.Close() != nil)
	_, err = net.Dial("tcp", "127.0.0.1:1")
	fmt.Println(err)
	_, err = net.Dial("tcp", "nohost")
	fmt.Println(err)
	_, err = net.Dial("tcp", "127.0.0.1:99999")
	fmt.Println(err)
	_, err = net.Dial("tcq", "127.0.0.1:9")
	fmt.Println(err)
	_, err = net.Listen("tcp", "127.0.0.1:abc")
	fmt.Println(err)
	h, p, err := net.SplitHostPort("[::1]:80")
	fmt.Println(h, p, err, net.JoinHostPort("::1", "5"))
	_, _, err = net.SplitHostPort("a:b:c")
	fmt.Println(err)
	ip, nw, err := net.ParseCIDR("10.1.2.3/8")
	fmt.Println(ip, nw, err, nw.Contains(net.ParseIP("10.9.9.9")))
	_, _, err = net.ParseCIDR("10.1.2.3")
	fmt.Println(err)
	fmt.Println(net.ParseIP("1.2.3"), net.ParseIP("::ffff:1.2.3.4"), net.IPv4Mask(255, 255, 0, 0))
	a, z := net.Pipe()
	go func() { a.Write([]byte("pipe")); a.Close() }()
	all, err = io.ReadAll(z)
	fmt.Println(string(all), err)
}
