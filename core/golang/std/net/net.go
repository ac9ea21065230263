// Package net: connections over the machine's network.
package net

import (
	"context"
	"errors"
	"internal/native"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

type Addr interface {
	Network() string
	String() string
}

type Conn interface {
	Read(b []byte) (n int, err error)
	Write(b []byte) (n int, err error)
	Close() error
	LocalAddr() Addr
	RemoteAddr() Addr
	SetDeadline(t time.Time) error
	SetReadDeadline(t time.Time) error
	SetWriteDeadline(t time.Time) error
}

type PacketConn interface {
	ReadFrom(p []byte) (n int, addr Addr, err error)
	WriteTo(p []byte, addr Addr) (n int, err error)
	Close() error
	LocalAddr() Addr
	SetDeadline(t time.Time) error
	SetReadDeadline(t time.Time) error
	SetWriteDeadline(t time.Time) error
}

type Listener interface {
	Accept() (Conn, error)
	Close() error
	Addr() Addr
}

type Error interface {
	error
	Timeout() bool
	Temporary() bool
}

var ErrClosed error = errClosed{}

type errClosed struct{}

func (errClosed) Error() string   { return "use of closed network connection" }
func (errClosed) Timeout() bool   { return false }
func (errClosed) Temporary() bool { return false }

type timeoutError struct{}

func (timeoutError) Error() string        { return "i/o timeout" }
func (timeoutError) Timeout() bool        { return true }
func (timeoutError) Temporary() bool      { return true }
func (timeoutError) Is(target error) bool {
	return target == os.ErrDeadlineExceeded || target == context.DeadlineExceeded
}

type canceledError struct{}

func (canceledError) Error() string        { return "operation was canceled" }
func (canceledError) Is(target error) bool { return target == context.Canceled }

type OpError struct {
	Op     string
	Net    string
	Source Addr
	Addr   Addr
	Err    error
}

func (e *OpError) Unwrap() error { return e.Err }
func (e *OpError) Error() string {
	if e == nil {
		return "<nil>"
	}
	s := e.Op
	if e.Net != "" {
		s += " " + e.Net
	}
	if e.Source != nil {
		s += " " + e.Source.String()
	}
	if e.Addr != nil {
		if e.Source != nil {
			s += "->"
		} else {
			s += " "
		}
		s += e.Addr.String()
	}
	return s + ": " + e.Err.Error()
}
func (e *OpError) Timeout() bool {
	err := e.Err
	if s, ok := err.(*os.SyscallError); ok {
		err = s.Err
	}
	t, ok := err.(interface{ Timeout() bool })
	return ok && t.Timeout()
}
func (e *OpError) Temporary() bool { return e.Timeout() }

type ParseError struct {
	Type string
	Text string
}

func (e *ParseError) Error() string   { return "invalid " + e.Type + ": " + e.Text }
func (e *ParseError) Timeout() bool   { return false }
func (e *ParseError) Temporary() bool { return false }

type AddrError struct {
	Err  string
	Addr string
}

func (e *AddrError) Error() string {
	if e.Addr != "" {
		return "address " + e.Addr + ": " + e.Err
	}
	return e.Err
}
func (e *AddrError) Timeout() bool   { return false }
func (e *AddrError) Temporary() bool { return false }

type UnknownNetworkError string

func (e UnknownNetworkError) Error() string   { return "unknown network " + string(e) }
func (e UnknownNetworkError) Timeout() bool   { return false }
func (e UnknownNetworkError) Temporary() bool { return false }

type DNSError struct {
	UnwrapErr   error
	Err         string
	Name        string
	Server      string
	IsTimeout   bool
	IsTemporary bool
	IsNotFound  bool
}

func (e *DNSError) Unwrap() error { return e.UnwrapErr }
func (e *DNSError) Error() string {
	s := "lookup " + e.Name
	if e.Server != "" {
		s += " on " + e.Server
	}
	return s + ": " + e.Err
}
func (e *DNSError) Timeout() bool   { return e.IsTimeout }
func (e *DNSError) Temporary() bool { return e.IsTimeout || e.IsTemporary }

type IP []byte
type IPMask []byte

type IPNet struct {
	IP   IP
	Mask IPMask
}

func IPv4(a, b, c, d byte) IP { return IP{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, a, b, c, d} }

func (ip IP) To4() IP {
	if len(ip) == 4 {
		return ip
	}
	if len(ip) == 16 && string(ip[:12]) == "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff" {
		return ip[12:]
	}
	return nil
}

func (ip IP) To16() IP {
	if len(ip) == 4 {
		return IPv4(ip[0], ip[1], ip[2], ip[3])
	}
	if len(ip) == 16 {
		return ip
	}
	return nil
}

func (ip IP) String() string {
	if len(ip) == 0 {
		return "<nil>"
	}
	if p := ip.To4(); p != nil {
		return strconv.Itoa(int(p[0])) + "." + strconv.Itoa(int(p[1])) + "." + strconv.Itoa(int(p[2])) + "." + strconv.Itoa(int(p[3]))
	}
	if len(ip) != 16 {
		return "?"
	}
	// The longest run of two or more zero groups becomes "::".
	at, most := -1, 1
	for i := 0; i < 16; i += 2 {
		n := 0
		for i+2*n < 16 && ip[i+2*n] == 0 && ip[i+2*n+1] == 0 {
			n++
		}
		if n > most {
			at, most = i, n
		}
	}
	s := ""
	for i := 0; i < 16; i += 2 {
		if i == at {
			s += "::"
			i += 2*most - 2
			continue
		}
		if s != "" && s[len(s)-1] != ':' {
			s += ":"
		}
		s += strconv.FormatUint(uint64(ip[i])<<8|uint64(ip[i+1]), 16)
	}
	return s
}

func (ip IP) Equal(x IP) bool      { return string(ip.To16()) == string(x.To16()) }
func (ip IP) IsLoopback() bool {
	if p := ip.To4(); p != nil {
		return p[0] == 127
	}
	return ip.Equal(IPv6loopback)
}
func (ip IP) IsUnspecified() bool { return ip.Equal(IPv4zero) || ip.Equal(IPv6zero) }
func (ip IP) IsPrivate() bool {
	p := ip.To4()
	return p != nil && (p[0] == 10 || p[0] == 172 && p[1]&0xf0 == 16 || p[0] == 192 && p[1] == 168)
}
func (ip IP) IsMulticast() bool {
	p := ip.To4()
	return p != nil && p[0]&0xf0 == 0xe0
}
func (ip IP) IsGlobalUnicast() bool {
	return len(ip) > 0 && !ip.IsLoopback() && !ip.IsUnspecified() && !ip.IsMulticast()
}
func (ip IP) IsLinkLocalUnicast() bool {
	p := ip.To4()
	return p != nil && p[0] == 169 && p[1] == 254
}
func (ip IP) Mask(mask IPMask) IP {
	p := ip
	if len(mask) == 4 {
		p = ip.To4()
	}
	if len(p) != len(mask) {
		return nil
	}
	r := make(IP, len(p))
	for i := range p {
		r[i] = p[i] & mask[i]
	}
	return r
}
func (ip IP) AppendText(b []byte) ([]byte, error) { return append(b, ip.String()...), nil }
func (ip *IP) UnmarshalText(text []byte) error {
	x := ParseIP(string(text))
	if x == nil && len(text) > 0 {
		return &ParseError{"IP address", string(text)}
	}
	*ip = x
	return nil
}
func (ip IP) IsLinkLocalMulticast() bool {
	x := ip.To4()
	return x != nil && x[0] == 224 && x[1] == 0 && x[2] == 0 || x == nil && len(ip) == 16 && ip[0] == 0xff && ip[1]&15 == 2
}
func (ip IP) IsInterfaceLocalMulticast() bool {
	return ip.To4() == nil && len(ip) == 16 && ip[0] == 0xff && ip[1]&15 == 1
}
func (ip IP) DefaultMask() IPMask {
	x := ip.To4()
	switch {
	case x == nil:
		return nil
	case x[0] < 128:
		return CIDRMask(8, 32)
	case x[0] < 192:
		return CIDRMask(16, 32)
	}
	return CIDRMask(24, 32)
}

const (
	IPv4len = 4
	IPv6len = 16
)

func (ip IP) MarshalText() ([]byte, error) {
	if len(ip) == 0 {
		return []byte(""), nil
	}
	return []byte(ip.String()), nil
}

func IPv4Mask(a, b, c, d byte) IPMask { return IPMask{a, b, c, d} }

func CIDRMask(ones, bits int) IPMask {
	m := make(IPMask, bits/8)
	for i := range m {
		n := min(8, max(0, ones-8*i))
		m[i] = ^byte(0xff >> n)
	}
	return m
}

func (m IPMask) Size() (ones, bits int) {
	for i := range 8 * len(m) {
		if m[i/8]&(0x80>>(i%8)) != 0 {
			ones++
		}
	}
	return ones, 8 * len(m)
}
func (m IPMask) String() string {
	const hex = "0123456789abcdef"
	s := ""
	for _, b := range m {
		s += string(rune(hex[b>>4])) + string(rune(hex[b&15]))
	}
	return s
}

func (n *IPNet) Contains(ip IP) bool { return ip.Mask(n.Mask).Equal(n.IP) }
func (n *IPNet) Network() string     { return "ip+net" }
func (n *IPNet) String() string {
	ones, _ := n.Mask.Size()
	return n.IP.String() + "/" + strconv.Itoa(ones)
}

var (
	IPv4zero      = IPv4(0, 0, 0, 0)
	IPv4bcast     = IPv4(255, 255, 255, 255)
	IPv6zero      = make(IP, 16)
	IPv6loopback  = IP{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}
)

func parse4(s string) IP {
	parts := strings.Split(s, ".")
	if len(parts) != 4 {
		return nil
	}
	ip := IPv4(0, 0, 0, 0)
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 10, 8)
		if err != nil || len(p) > 1 && p[0] == '0' {
			return nil
		}
		ip[12+i] = byte(n)
	}
	return ip
}

func ParseIP(s string) IP {
	if !strings.Contains(s, ":") {
		return parse4(s)
	}
	head, tail, short := strings.Cut(s, "::")
	groups := func(s string) []byte {
		b := []byte{}
		if s == "" {
			return b
		}
		list := strings.Split(s, ":")
		for i, g := range list {
			if i == len(list)-1 && strings.Contains(g, ".") {
				ip := parse4(g)
				if ip == nil {
					return nil
				}
				return append(b, ip[12:]...)
			}
			n, err := strconv.ParseUint(g, 16, 16)
			if err != nil || len(g) > 4 {
				return nil
			}
			b = append(b, byte(n>>8), byte(n))
		}
		return b
	}
	a, b := groups(head), groups(tail)
	if a == nil || b == nil || !short && len(a) != 16 || len(a)+len(b) > 16 || short && len(a)+len(b) > 14 {
		return nil
	}
	for len(a)+len(b) < 16 {
		a = append(a, 0)
	}
	return IP(append(a, b...))
}

func ParseCIDR(s string) (IP, *IPNet, error) {
	addr, bits, ok := strings.Cut(s, "/")
	ip := ParseIP(addr)
	n, err := strconv.Atoi(bits)
	size := 128
	if ip.To4() != nil && !strings.Contains(addr, ":") {
		size = 32
	}
	if !ok || ip == nil || err != nil || n < 0 || n > size {
		return nil, nil, &ParseError{"CIDR address", s}
	}
	m := CIDRMask(n, size)
	return ip, &IPNet{ip.Mask(m), m}, nil
}

type TCPAddr struct {
	IP   IP
	Port int
	Zone string
}

func (a *TCPAddr) Network() string { return "tcp" }
func (a *TCPAddr) String() string {
	if a == nil {
		return "<nil>"
	}
	return text(a.IP, a.Port)
}

type UDPAddr struct {
	IP   IP
	Port int
	Zone string
}

func (a *UDPAddr) Network() string { return "udp" }
func (a *UDPAddr) String() string {
	if a == nil {
		return "<nil>"
	}
	return text(a.IP, a.Port)
}

type IPAddr struct {
	IP   IP
	Zone string
}

func (a *IPAddr) Network() string { return "ip" }
func (a *IPAddr) String() string  { return a.IP.String() }

func text(ip IP, port int) string {
	host := ""
	if len(ip) > 0 {
		host = ip.String()
	}
	return JoinHostPort(host, strconv.Itoa(port))
}

func addr(network, s string) Addr {
	if s == "" {
		return nil
	}
	h, p, _ := SplitHostPort(s)
	n, _ := strconv.Atoi(p)
	if strings.HasPrefix(network, "udp") {
		return &UDPAddr{IP: ParseIP(h), Port: n}
	}
	return &TCPAddr{IP: ParseIP(h), Port: n}
}

func JoinHostPort(host, port string) string {
	if strings.Contains(host, ":") || strings.Contains(host, "%") {
		return "[" + host + "]:" + port
	}
	return host + ":" + port
}

func SplitHostPort(hostport string) (host, port string, err error) {
	bad := func(why string) (string, string, error) { return "", "", &AddrError{why, hostport} }
	i := strings.LastIndexByte(hostport, ':')
	if i < 0 {
		return bad("missing port in address")
	}
	j, k := 0, 0
	if hostport[0] == '[' {
		end := strings.IndexByte(hostport, ']')
		switch {
		case end < 0:
			return bad("missing ']' in address")
		case end+1 == len(hostport):
			return bad("missing port in address")
		case end+1 != i:
			if hostport[end+1] == ':' {
				return bad("too many colons in address")
			}
			return bad("missing port in address")
		}
		host = hostport[1:end]
		j, k = 1, end+1
	} else {
		host = hostport[:i]
		if strings.Contains(host, ":") {
			return bad("too many colons in address")
		}
	}
	if strings.Contains(hostport[j:], "[") {
		return bad("unexpected '[' in address")
	}
	if strings.Contains(hostport[k:], "]") {
		return bad("unexpected ']' in address")
	}
	return host, hostport[i+1:], nil
}

var services = map[string]int{"http": 80, "https": 443, "ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25, "domain": 53, "pop3": 110, "imap2": 143}

func LookupPort(network, service string) (int, error) {
	if service == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(service)
	if err != nil {
		if p, ok := services[service]; ok {
			return p, nil
		}
		return 0, &DNSError{Err: "unknown port", Name: network + "/" + service, IsNotFound: true}
	}
	if n < 0 || n > 65535 {
		return 0, &AddrError{"invalid port", service}
	}
	return n, nil
}

func LookupHost(host string) ([]string, error) {
	if ParseIP(host) != nil {
		return []string{host}, nil
	}
	if host == "" {
		return nil, &DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	list, server, code := native.Resolve(host)
	switch code {
	case 0:
		return list, nil
	case 1:
		return nil, &DNSError{Err: "no such host", Name: host, Server: server, IsNotFound: true}
	case 3:
		return nil, &DNSError{Err: "i/o timeout", Name: host, Server: server, IsTimeout: true, IsTemporary: true}
	}
	return nil, &DNSError{Err: "server misbehaving", Name: host, Server: server, IsTemporary: true}
}

func LookupIP(host string) (ips []IP, err error) {
	list, err := LookupHost(host)
	for _, a := range list {
		ips = append(ips, ParseIP(a))
	}
	return
}

func LookupAddr(a string) ([]string, error) {
	return nil, &DNSError{Err: "no such host", Name: a, IsNotFound: true}
}

func LookupCNAME(host string) (string, error) {
	_, err := LookupHost(host)
	return strings.TrimSuffix(host, ".") + ".", err
}

type Resolver struct {
	PreferGo     bool
	StrictErrors bool
	Dial         func(ctx context.Context, network, address string) (Conn, error)
}

var DefaultResolver = &Resolver{}

func (r *Resolver) LookupHost(ctx context.Context, host string) ([]string, error) { return LookupHost(host) }
func (r *Resolver) LookupIPAddr(ctx context.Context, host string) (l []IPAddr, err error) {
	ips, err := LookupIP(host)
	for _, ip := range ips {
		l = append(l, IPAddr{IP: ip})
	}
	return
}

// resolve splits an address and looks up its parts; the addresses are "ip:port".
func resolve(network, address string, listen bool) ([]string, error) {
	switch network {
	case "tcp", "tcp4", "tcp6", "udp", "udp4", "udp6":
	default:
		return nil, UnknownNetworkError(network)
	}
	host, service, err := SplitHostPort(address)
	if address == "" {
		err = errors.New("missing address")
	}
	if err != nil {
		return nil, err
	}
	port, err := LookupPort(network, service)
	if err != nil {
		return nil, err
	}
	p := strconv.Itoa(port)
	if host == "" {
		if listen {
			return []string{"[::]:" + p}, nil
		}
		return []string{"127.0.0.1:" + p}, nil
	}
	list, err := LookupHost(host)
	if err != nil {
		return nil, err
	}
	for i, a := range list {
		list[i] = JoinHostPort(a, p)
	}
	return list, nil
}

func ResolveTCPAddr(network, address string) (*TCPAddr, error) {
	l, err := resolve(network, address, true)
	if err != nil {
		return nil, err
	}
	a := addr("tcp", l[0]).(*TCPAddr)
	if a.IP.IsUnspecified() {
		a.IP = nil
	}
	return a, nil
}

func ResolveUDPAddr(network, address string) (*UDPAddr, error) {
	a, err := ResolveTCPAddr(network, address)
	if err != nil {
		return nil, err
	}
	return &UDPAddr{IP: a.IP, Port: a.Port}, nil
}

// conn is a connection, or a socket for datagrams.
type conn struct {
	fd            int
	net           string
	local, remote Addr
}

func newConn(fd int, network string) *conn {
	l, r := native.SockAddr(fd)
	return &conn{fd, network, addr(network, l), addr(network, r)}
}

type TCPConn struct{ conn }
type UDPConn struct{ conn }

func (c *conn) fail(op string, errno int) error {
	var err error
	switch {
	case c.fd < 0:
		err = ErrClosed
	case errno == int(syscall.ETIMEDOUT):
		err = timeoutError{}
	case errno != 0:
		err = &os.SyscallError{Syscall: op, Err: syscall.Errno(errno)}
	default:
		return nil
	}
	return &OpError{op, c.net, c.local, c.remote, err}
}

func (c *conn) Read(b []byte) (int, error) {
	if c.fd < 0 {
		return 0, c.fail("read", 0)
	}
	if len(b) == 0 {
		return 0, nil
	}
	n, errno := native.Read(c.fd, b)
	if err := c.fail("read", errno); err != nil {
		return 0, err
	}
	if n == 0 && c.net[0] != 'u' {
		return 0, io.EOF
	}
	return n, nil
}

func (c *conn) Write(b []byte) (n int, err error) {
	for {
		if c.fd < 0 {
			return n, c.fail("write", 0)
		}
		k, errno := native.Write(c.fd, b[n:])
		n += k
		if err := c.fail("write", errno); err != nil {
			return n, err
		}
		if n >= len(b) || k == 0 {
			return n, nil
		}
	}
}

func (c *conn) Close() error {
	if c.fd < 0 {
		return c.fail("close", 0)
	}
	fd := c.fd
	c.fd = -1
	native.Close(fd)
	return nil
}

func (c *conn) LocalAddr() Addr  { return c.local }
func (c *conn) RemoteAddr() Addr { return c.remote }

func mono(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return max(1, native.Mono()+int64(time.Until(t)))
}

func (c *conn) SetDeadline(t time.Time) error {
	c.SetReadDeadline(t)
	return c.SetWriteDeadline(t)
}
func (c *conn) SetReadDeadline(t time.Time) error {
	if c.fd < 0 {
		return c.fail("set", 0)
	}
	native.SetDeadline(c.fd, false, mono(t))
	return nil
}
func (c *conn) SetWriteDeadline(t time.Time) error {
	if c.fd < 0 {
		return c.fail("set", 0)
	}
	native.SetDeadline(c.fd, true, mono(t))
	return nil
}

func (c *TCPConn) CloseWrite() error {
	if c.fd < 0 {
		return c.fail("close", 0)
	}
	return c.fail("shutdown", native.CloseWrite(c.fd))
}
func (c *TCPConn) CloseRead() error                           { return nil }
func (c *TCPConn) SetNoDelay(noDelay bool) error              { return nil }
func (c *TCPConn) SetKeepAlive(keepalive bool) error          { return nil }
func (c *TCPConn) SetKeepAlivePeriod(d time.Duration) error   { return nil }
func (c *TCPConn) SetLinger(sec int) error                    { return nil }

func (c *UDPConn) ReadFrom(p []byte) (int, Addr, error) {
	n, from, errno := native.RecvFrom(c.fd, p)
	return n, addr("udp", from), c.fail("read", errno)
}
func (c *UDPConn) ReadFromUDP(p []byte) (int, *UDPAddr, error) {
	n, a, err := c.ReadFrom(p)
	u, _ := a.(*UDPAddr)
	return n, u, err
}
func (c *UDPConn) WriteTo(p []byte, a Addr) (int, error) {
	n, errno := native.SendTo(c.fd, p, a.String())
	return n, c.fail("write", errno)
}
func (c *UDPConn) WriteToUDP(p []byte, a *UDPAddr) (int, error) { return c.WriteTo(p, a) }

type Dialer struct {
	Timeout       time.Duration
	Deadline      time.Time
	LocalAddr     Addr
	DualStack     bool
	FallbackDelay time.Duration
	KeepAlive     time.Duration
	Resolver      *Resolver
}

func Dial(network, address string) (Conn, error) { return (&Dialer{}).Dial(network, address) }
func DialTimeout(network, address string, timeout time.Duration) (Conn, error) {
	return (&Dialer{Timeout: timeout}).Dial(network, address)
}
func (d *Dialer) Dial(network, address string) (Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

func (d *Dialer) DialContext(ctx context.Context, network, address string) (Conn, error) {
	if ctx == nil {
		panic("nil context")
	}
	if err := ctx.Err(); err != nil {
		return nil, &OpError{Op: "dial", Net: network, Err: mapErr(err)}
	}
	list, err := resolve(network, address, false)
	if err != nil {
		return nil, &OpError{Op: "dial", Net: network, Err: err}
	}
	end := int64(0)
	if d.Timeout > 0 {
		end = native.Mono() + int64(d.Timeout)
	}
	for _, t := range [2]time.Time{d.Deadline, deadline(ctx)} {
		if m := mono(t); m != 0 && (end == 0 || m < end) {
			end = m
		}
	}
	for _, a := range list {
		fd, errno := native.Dial(network, a, end)
		if errno == 0 {
			if network[0] == 'u' {
				return &UDPConn{*newConn(fd, network)}, nil
			}
			return &TCPConn{*newConn(fd, network)}, nil
		}
		if err == nil {
			err = &OpError{Op: "dial", Net: network, Addr: addr(network, a), Err: &os.SyscallError{Syscall: "connect", Err: syscall.Errno(errno)}}
			if errno == int(syscall.ETIMEDOUT) && end != 0 {
				err.(*OpError).Err = timeoutError{}
			}
		}
	}
	return nil, err
}

func deadline(ctx context.Context) time.Time {
	t, _ := ctx.Deadline()
	return t
}

func mapErr(err error) error {
	switch err {
	case context.Canceled:
		return canceledError{}
	case context.DeadlineExceeded:
		return timeoutError{}
	}
	return err
}

func DialTCP(network string, laddr, raddr *TCPAddr) (*TCPConn, error) {
	c, err := Dial(network, raddr.String())
	if err != nil {
		return nil, err
	}
	return c.(*TCPConn), nil
}

func DialUDP(network string, laddr, raddr *UDPAddr) (*UDPConn, error) {
	c, err := Dial(network, raddr.String())
	if err != nil {
		return nil, err
	}
	return c.(*UDPConn), nil
}

type TCPListener struct {
	fd   int
	addr Addr
}

type ListenConfig struct {
	KeepAlive time.Duration
}

func (lc *ListenConfig) Listen(ctx context.Context, network, address string) (Listener, error) {
	return Listen(network, address)
}

func listen(network, address string) (fd int, err error) {
	list, err := resolve(network, address, true)
	if err != nil {
		return 0, &OpError{Op: "listen", Net: network, Err: err}
	}
	a := list[0]
	fd, errno := native.Listen(network, a)
	if errno != 0 {
		x := addr(network, a)
		if t, ok := x.(*TCPAddr); ok && t.IP.IsUnspecified() {
			x = &TCPAddr{Port: t.Port}
		}
		return 0, &OpError{Op: "listen", Net: network, Addr: x, Err: &os.SyscallError{Syscall: "bind", Err: syscall.Errno(errno)}}
	}
	return fd, nil
}

func Listen(network, address string) (Listener, error) {
	fd, err := listen(network, address)
	if err != nil {
		return nil, err
	}
	l, _ := native.SockAddr(fd)
	return &TCPListener{fd, addr(network, l)}, nil
}

func ListenTCP(network string, laddr *TCPAddr) (*TCPListener, error) {
	l, err := Listen(network, laddr.String())
	if err != nil {
		return nil, err
	}
	return l.(*TCPListener), nil
}

func ListenPacket(network, address string) (PacketConn, error) {
	fd, err := listen(network, address)
	if err != nil {
		return nil, err
	}
	return &UDPConn{*newConn(fd, network)}, nil
}

func ListenUDP(network string, laddr *UDPAddr) (*UDPConn, error) {
	c, err := ListenPacket(network, laddr.String())
	if err != nil {
		return nil, err
	}
	return c.(*UDPConn), nil
}

func (l *TCPListener) Addr() Addr { return l.addr }

func (l *TCPListener) fail(op string, err error) error {
	return &OpError{Op: op, Net: "tcp", Addr: l.addr, Err: err}
}

func (l *TCPListener) Accept() (Conn, error) {
	if l.fd < 0 {
		return nil, l.fail("accept", ErrClosed)
	}
	fd, errno := native.Accept(l.fd)
	if l.fd < 0 {
		return nil, l.fail("accept", ErrClosed)
	}
	if errno == int(syscall.ETIMEDOUT) {
		return nil, l.fail("accept", timeoutError{})
	}
	if errno != 0 {
		return nil, l.fail("accept", &os.SyscallError{Syscall: "accept4", Err: syscall.Errno(errno)})
	}
	return &TCPConn{*newConn(fd, "tcp")}, nil
}

func (l *TCPListener) AcceptTCP() (*TCPConn, error) {
	c, err := l.Accept()
	if err != nil {
		return nil, err
	}
	return c.(*TCPConn), nil
}

func (l *TCPListener) Close() error {
	if l.fd < 0 {
		return l.fail("close", ErrClosed)
	}
	fd := l.fd
	l.fd = -1
	native.Close(fd)
	return nil
}

func (l *TCPListener) SetDeadline(t time.Time) error {
	native.SetDeadline(l.fd, false, mono(t))
	return nil
}

type HardwareAddr []byte

func (a HardwareAddr) String() string {
	s := ""
	for i, b := range a {
		if i > 0 {
			s += ":"
		}
		s += string("0123456789abcdef"[b>>4]) + string("0123456789abcdef"[b&15])
	}
	return s
}

type Flags uint

const (
	FlagUp Flags = 1 << iota
	FlagBroadcast
	FlagLoopback
	FlagPointToPoint
	FlagMulticast
	FlagRunning
)

type Interface struct {
	Index        int
	MTU          int
	Name         string
	HardwareAddr HardwareAddr
	Flags        Flags
}

func Interfaces() (list []Interface, err error) {
	names, _ := native.Interfaces()
	for i, n := range names {
		f := FlagUp | FlagRunning | FlagBroadcast | FlagMulticast
		if n == "lo" {
			f = FlagUp | FlagRunning | FlagLoopback
		}
		list = append(list, Interface{Index: i + 1, MTU: 1500, Name: n, Flags: f})
	}
	return
}

func (i *Interface) Addrs() (list []Addr, err error) {
	names, addrs := native.Interfaces()
	for k, n := range names {
		if n == i.Name {
			ip, network, err := ParseCIDR(addrs[k])
			if err == nil {
				list = append(list, &IPNet{ip, network.Mask})
			}
		}
	}
	return
}

func InterfaceAddrs() (list []Addr, err error) {
	all, err := Interfaces()
	for _, i := range all {
		a, _ := i.Addrs()
		list = append(list, a...)
	}
	return
}

func Pipe() (Conn, Conn) {
	r1, w1 := io.Pipe()
	r2, w2 := io.Pipe()
	return &pipe{r1, w2}, &pipe{r2, w1}
}

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "pipe" }

type pipe struct {
	*io.PipeReader
	w *io.PipeWriter
}

func (p *pipe) Write(b []byte) (int, error) { return p.w.Write(b) }
func (p *pipe) Close() error {
	p.PipeReader.Close()
	return p.w.Close()
}
func (p *pipe) LocalAddr() Addr                    { return pipeAddr{} }
func (p *pipe) RemoteAddr() Addr                   { return pipeAddr{} }
func (p *pipe) SetDeadline(t time.Time) error      { return nil }
func (p *pipe) SetReadDeadline(t time.Time) error  { return nil }
func (p *pipe) SetWriteDeadline(t time.Time) error { return nil }
