// Package netip is IP addresses as values.
package netip

import (
	"encoding/binary"
	"errors"
	"strconv"
	"strings"
)

// An Addr's kind is 0 for none, 4 or 6.
type Addr struct {
	hi, lo uint64
	kind   byte
	zone   string
}

type parseError struct{ in, msg, at string }

func (e parseError) Error() string {
	s := "ParseAddr(" + strconv.Quote(e.in) + "): " + e.msg
	if e.at != "" {
		s += " (at " + strconv.Quote(e.at) + ")"
	}
	return s
}

func AddrFrom4(a [4]byte) Addr {
	return Addr{lo: 0xffff<<32 | uint64(binary.BigEndian.Uint32(a[:])), kind: 4}
}
func AddrFrom16(a [16]byte) Addr {
	return Addr{hi: binary.BigEndian.Uint64(a[:8]), lo: binary.BigEndian.Uint64(a[8:]), kind: 6}
}
func AddrFromSlice(s []byte) (Addr, bool) {
	switch len(s) {
	case 4:
		return AddrFrom4([4]byte(s)), true
	case 16:
		return AddrFrom16([16]byte(s)), true
	}
	return Addr{}, false
}
func IPv4Unspecified() Addr     { return AddrFrom4([4]byte{}) }
func IPv6Unspecified() Addr     { return Addr{kind: 6} }
func IPv6LinkLocalAllNodes() Addr { return Addr{hi: 0xff02 << 48, lo: 1, kind: 6} }
func IPv6Loopback() Addr        { return Addr{lo: 1, kind: 6} }

func MustParseAddr(s string) Addr {
	a, err := ParseAddr(s)
	if err != nil {
		panic(err)
	}
	return a
}

func ParseAddr(s string) (Addr, error) {
	for _, c := range s {
		switch c {
		case '.':
			return parse4(s)
		case ':':
			return parse6(s)
		case '%':
			return Addr{}, parseError{s, "missing IPv6 address", ""}
		}
	}
	return Addr{}, parseError{s, "unable to parse IP", ""}
}

func parse4(s string) (Addr, error) {
	var b [4]byte
	pos, v, n := 0, 0, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case '0' <= c && c <= '9':
			if n == 1 && v == 0 {
				return Addr{}, parseError{s, "IPv4 field has octet with leading zero", ""}
			}
			v = v*10 + int(c-'0')
			n++
			if v > 255 {
				return Addr{}, parseError{s, "IPv4 field has value >255", ""}
			}
		case c == '.':
			if i == 0 || i == len(s)-1 || s[i-1] == '.' {
				return Addr{}, parseError{s, "IPv4 field must have at least one digit", s[i:]}
			}
			if pos == 3 {
				return Addr{}, parseError{s, "IPv4 address too long", ""}
			}
			b[pos] = byte(v)
			pos, v, n = pos+1, 0, 0
		default:
			return Addr{}, parseError{s, "unexpected character", s[i:]}
		}
	}
	if pos < 3 {
		return Addr{}, parseError{s, "IPv4 address too short", ""}
	}
	b[3] = byte(v)
	return AddrFrom4(b), nil
}

func parse6(in string) (Addr, error) {
	fail := func(msg, at string) (Addr, error) { return Addr{}, parseError{in, msg, at} }
	s, zone, has := strings.Cut(in, "%")
	if has && zone == "" {
		return fail("zone must be a non-empty string", "")
	}
	var b [16]byte
	gap, i := -1, 0
	if strings.HasPrefix(s, "::") {
		gap = 0
		if s = s[2:]; s == "" {
			return Addr{kind: 6, zone: zone}, nil
		}
	}
	for i < 16 {
		off, v := 0, 0
		for ; off < len(s); off++ {
			d := strings.IndexByte("0123456789abcdef", s[off]|32)
			if d < 0 || s[off] < '0' {
				break
			}
			if off > 3 {
				return fail("each group must have 4 or less digits", s)
			}
			v = v<<4 + d
		}
		if off == 0 {
			return fail("each colon-separated field must have at least one digit", s)
		}
		if off < len(s) && s[off] == '.' {
			if gap < 0 && i != 12 {
				return fail("embedded IPv4 address must replace the final 2 fields of the address", s)
			}
			if i+4 > 16 {
				return fail("too many hex fields to fit an embedded IPv4 at the end of the address", s)
			}
			a, err := parse4(s)
			if err != nil {
				return fail(err.(parseError).msg, s)
			}
			x := a.As4()
			copy(b[i:], x[:])
			s = ""
			i += 4
			break
		}
		b[i], b[i+1] = byte(v>>8), byte(v)
		i += 2
		if s = s[off:]; s == "" {
			break
		}
		if s[0] != ':' {
			return fail("unexpected character, want colon", s)
		}
		if len(s) == 1 {
			return fail("colon must be followed by more characters", s)
		}
		s = s[1:]
		if s[0] == ':' {
			if gap >= 0 {
				return fail("multiple :: in address", s)
			}
			gap = i
			if s = s[1:]; s == "" {
				break
			}
		}
	}
	if s != "" {
		return fail("trailing garbage after address", s)
	}
	if i < 16 {
		if gap < 0 {
			return fail("address string too short", "")
		}
		n := 16 - i
		copy(b[gap+n:], b[gap:i])
		clear(b[gap : gap+n])
	} else if gap >= 0 {
		return fail("the :: must expand to at least one field of zeros", "")
	}
	a := AddrFrom16(b)
	a.zone = zone
	return a, nil
}

func (a Addr) IsValid() bool { return a.kind != 0 }
func (a Addr) Is4() bool     { return a.kind == 4 }
func (a Addr) Is6() bool     { return a.kind == 6 }
func (a Addr) Is4In6() bool  { return a.kind == 6 && a.hi == 0 && a.lo>>32 == 0xffff }
func (a Addr) Zone() string  { return a.zone }
func (a Addr) WithZone(z string) Addr {
	if a.kind == 6 {
		a.zone = z
	}
	return a
}
func (a Addr) Unmap() Addr {
	if a.Is4In6() {
		a.kind, a.zone = 4, ""
	}
	return a
}
func (a Addr) BitLen() int {
	switch a.kind {
	case 4:
		return 32
	case 6:
		return 128
	}
	return 0
}
func (a Addr) As4() (b [4]byte) {
	if a.kind == 0 {
		panic("As4 called on IP zero value")
	}
	if a.kind == 6 && !a.Is4In6() {
		panic("As4 called on IPv6 address")
	}
	binary.BigEndian.PutUint32(b[:], uint32(a.lo))
	return
}
func (a Addr) As16() (b [16]byte) {
	binary.BigEndian.PutUint64(b[:], a.hi)
	binary.BigEndian.PutUint64(b[8:], a.lo)
	return
}
func (a Addr) AsSlice() []byte {
	switch a.kind {
	case 4:
		b := a.As4()
		return b[:]
	case 6:
		b := a.As16()
		return b[:]
	}
	return nil
}

func (a Addr) Compare(b Addr) int {
	for _, p := range [...][2]uint64{{uint64(a.BitLen()), uint64(b.BitLen())}, {a.hi, b.hi}, {a.lo, b.lo}} {
		if p[0] < p[1] {
			return -1
		}
		if p[0] > p[1] {
			return 1
		}
	}
	return strings.Compare(a.zone, b.zone)
}
func (a Addr) Less(b Addr) bool { return a.Compare(b) < 0 }

func (a Addr) Next() Addr {
	a.lo++
	if a.lo == 0 {
		a.hi++
	}
	if a.kind == 4 && uint32(a.lo) == 0 || a.kind == 6 && a.hi|a.lo == 0 {
		return Addr{}
	}
	return a
}
func (a Addr) Prev() Addr {
	if a.kind == 4 && uint32(a.lo) == 0 || a.kind == 6 && a.hi|a.lo == 0 {
		return Addr{}
	}
	if a.lo == 0 {
		a.hi--
	}
	a.lo--
	return a
}

func (a Addr) v4() uint32 { return uint32(a.lo) }
func (a Addr) IsUnspecified() bool {
	return a == IPv4Unspecified() || a == IPv6Unspecified()
}
func (a Addr) IsLoopback() bool {
	if a = a.Unmap(); a.kind == 4 {
		return a.v4()>>24 == 127
	}
	return a.kind == 6 && a.hi == 0 && a.lo == 1
}
func (a Addr) IsMulticast() bool {
	if a = a.Unmap(); a.kind == 4 {
		return a.v4()>>28 == 14
	}
	return a.kind == 6 && a.hi>>56 == 0xff
}
func (a Addr) IsPrivate() bool {
	if a = a.Unmap(); a.kind == 4 {
		v := a.v4()
		return v>>24 == 10 || v>>20 == 0xac1 || v>>16 == 0xc0a8
	}
	return a.kind == 6 && a.hi>>57 == 0xfc>>1
}
func (a Addr) IsLinkLocalUnicast() bool {
	if a = a.Unmap(); a.kind == 4 {
		return a.v4()>>16 == 0xa9fe
	}
	return a.kind == 6 && a.hi>>54 == 0xfe80>>6
}
func (a Addr) IsLinkLocalMulticast() bool {
	if a = a.Unmap(); a.kind == 4 {
		return a.v4()>>8 == 0xe00000
	}
	return a.kind == 6 && a.hi>>48&0xff0f == 0xff02
}
func (a Addr) IsInterfaceLocalMulticast() bool { return a.kind == 6 && a.hi>>48&0xff0f == 0xff01 }
func (a Addr) IsGlobalUnicast() bool {
	a = a.Unmap()
	return a.kind != 0 && !(a.kind == 4 && a.v4() == 1<<32-1) && !a.IsUnspecified() && !a.IsLoopback() && !a.IsMulticast() && !a.IsLinkLocalUnicast()
}

func (a Addr) String() string {
	switch a.kind {
	case 0:
		return "invalid IP"
	case 4:
		var s []string
		for _, b := range a.AsSlice() {
			s = append(s, strconv.Itoa(int(b)))
		}
		return strings.Join(s, ".")
	}
	z := ""
	if a.zone != "" {
		z = "%" + a.zone
	}
	if a.Is4In6() {
		return "::ffff:" + a.Unmap().String() + z
	}
	b := a.As16()
	start, most := -1, 1
	group := func(i int) uint16 { return binary.BigEndian.Uint16(b[2*i:]) }
	for i := 0; i < 8; i++ {
		j := i
		for j < 8 && group(j) == 0 {
			j++
		}
		if j-i > most {
			start, most = i, j-i
		}
	}
	s := ""
	for i := 0; i < 8; i++ {
		if i == start {
			s += "::"
			i += most - 1
			continue
		}
		if s != "" && !strings.HasSuffix(s, ":") {
			s += ":"
		}
		s += strconv.FormatUint(uint64(group(i)), 16)
	}
	return s + z
}
func (a Addr) StringExpanded() string {
	if a.kind != 6 {
		return a.String()
	}
	var s []string
	b := a.As16()
	for i := range 8 {
		h := "000" + strconv.FormatUint(uint64(binary.BigEndian.Uint16(b[2*i:])), 16)
		s = append(s, h[len(h)-4:])
	}
	x := strings.Join(s, ":")
	if a.zone != "" {
		x += "%" + a.zone
	}
	return x
}
func (a Addr) AppendTo(b []byte) []byte {
	if a == (Addr{}) {
		return b
	}
	return append(b, a.String()...)
}
func (a Addr) AppendText(b []byte) ([]byte, error) { return a.AppendTo(b), nil }
func (a Addr) MarshalText() ([]byte, error) {
	if a.kind == 0 {
		return nil, nil
	}
	return []byte(a.String()), nil
}
func (a *Addr) UnmarshalText(b []byte) (err error) {
	*a = Addr{}
	if len(b) > 0 {
		*a, err = ParseAddr(string(b))
	}
	return
}

func (a Addr) Prefix(b int) (Prefix, error) {
	if b < 0 {
		return Prefix{}, errors.New("negative Prefix bits")
	}
	if a.kind == 0 {
		return Prefix{}, nil
	}
	if b > a.BitLen() {
		return Prefix{}, errors.New("prefix length " + strconv.Itoa(b) + " too large for IPv" + strconv.Itoa(int(a.kind)))
	}
	a.zone = ""
	n := b
	if a.kind == 4 {
		n += 96
	}
	if n < 64 {
		a.hi, a.lo = a.hi&^(1<<(64-n)-1), 0
	} else if n < 128 {
		a.lo &^= 1<<(128-n) - 1
	}
	return Prefix{a, b + 1}, nil
}

type AddrPort struct {
	ip   Addr
	port uint16
}

func AddrPortFrom(ip Addr, port uint16) AddrPort { return AddrPort{ip, port} }
func (p AddrPort) Addr() Addr                    { return p.ip }
func (p AddrPort) Port() uint16                  { return p.port }
func (p AddrPort) IsValid() bool                 { return p.ip.IsValid() }
func (p AddrPort) Compare(q AddrPort) int {
	if c := p.ip.Compare(q.ip); c != 0 {
		return c
	}
	return int(p.port) - int(q.port)
}
func (p AddrPort) String() string {
	switch p.ip.kind {
	case 0:
		return "invalid AddrPort"
	case 6:
		return "[" + p.ip.String() + "]:" + strconv.Itoa(int(p.port))
	}
	return p.ip.String() + ":" + strconv.Itoa(int(p.port))
}
func (p AddrPort) AppendTo(b []byte) []byte            { return append(b, p.String()...) }
func (p AddrPort) AppendText(b []byte) ([]byte, error) { return p.AppendTo(b), nil }
func (p AddrPort) MarshalText() ([]byte, error) { return []byte(p.String()), nil }
func (p *AddrPort) UnmarshalText(b []byte) (err error) {
	*p, err = ParseAddrPort(string(b))
	return
}

func ParseAddrPort(s string) (p AddrPort, err error) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return p, errors.New("not an ip:port")
	}
	ip, port := s[:i], s[i+1:]
	if ip == "" {
		return p, errors.New("no IP")
	}
	if port == "" {
		return p, errors.New("no port")
	}
	six := ip[0] == '['
	if six {
		if len(ip) < 2 || ip[len(ip)-1] != ']' {
			return p, errors.New("missing ]")
		}
		ip = ip[1 : len(ip)-1]
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return p, errors.New("invalid port " + strconv.Quote(port) + " parsing " + strconv.Quote(s))
	}
	a, err := ParseAddr(ip)
	if err != nil {
		return p, err
	}
	if six && a.Is4() {
		return p, errors.New("invalid ip:port " + strconv.Quote(s) + ", square brackets can only be used with IPv6 addresses")
	} else if !six && a.Is6() {
		return p, errors.New("invalid ip:port " + strconv.Quote(s) + ", IPv6 addresses must be surrounded by square brackets")
	}
	return AddrPort{a, uint16(n)}, nil
}
func MustParseAddrPort(s string) AddrPort {
	p, err := ParseAddrPort(s)
	if err != nil {
		panic(err)
	}
	return p
}

// A Prefix's bits are one more than they are, 0 for none.
type Prefix struct {
	ip   Addr
	bits int
}

func PrefixFrom(ip Addr, bits int) Prefix {
	if !ip.IsValid() || bits < 0 || bits > ip.BitLen() {
		bits = -1
	}
	ip.zone = ""
	return Prefix{ip, bits + 1}
}
func (p Prefix) Addr() Addr       { return p.ip }
func (p Prefix) Bits() int        { return p.bits - 1 }
func (p Prefix) IsValid() bool    { return p.bits > 0 }
func (p Prefix) IsSingleIP() bool { return p.IsValid() && p.Bits() == p.ip.BitLen() }
func (p Prefix) Masked() Prefix {
	m, _ := p.ip.Prefix(p.Bits())
	return m
}
func (p Prefix) Contains(ip Addr) bool {
	if !p.IsValid() || ip.zone != "" || ip.kind != p.ip.kind {
		return false
	}
	m, _ := ip.Prefix(p.Bits())
	return m == p.Masked()
}
func (p Prefix) Overlaps(o Prefix) bool {
	if !p.IsValid() || !o.IsValid() || p.ip.kind != o.ip.kind {
		return false
	}
	n := min(p.Bits(), o.Bits())
	a, _ := p.ip.Prefix(n)
	b, _ := o.ip.Prefix(n)
	return a == b
}
func (p Prefix) String() string {
	if !p.IsValid() {
		return "invalid Prefix"
	}
	return p.ip.String() + "/" + strconv.Itoa(p.Bits())
}
func (p Prefix) Compare(q Prefix) int {
	if c := p.Masked().ip.Compare(q.Masked().ip); c != 0 && p.ip.kind == q.ip.kind {
		return c
	}
	if c := p.Bits() - q.Bits(); c != 0 {
		return c
	}
	return p.ip.Compare(q.ip)
}
func (p Prefix) AppendTo(b []byte) []byte            { return append(b, p.String()...) }
func (p Prefix) AppendText(b []byte) ([]byte, error) { return p.AppendTo(b), nil }
func (p Prefix) MarshalText() ([]byte, error) { return []byte(p.String()), nil }
func (p *Prefix) UnmarshalText(b []byte) (err error) {
	*p, err = ParsePrefix(string(b))
	return
}

func ParsePrefix(s string) (Prefix, error) {
	fail := func(msg string) (Prefix, error) {
		return Prefix{}, errors.New("netip.ParsePrefix(" + strconv.Quote(s) + "): " + msg)
	}
	i := strings.LastIndexByte(s, '/')
	if i < 0 {
		return fail("no '/'")
	}
	ip, err := ParseAddr(s[:i])
	if err != nil {
		return fail(err.Error())
	}
	if ip.zone != "" {
		return fail("IPv6 zones cannot be present in a prefix")
	}
	b := s[i+1:]
	if len(b) > 1 && (b[0] < '1' || b[0] > '9') {
		return fail("bad bits after slash: " + strconv.Quote(b))
	}
	n, err := strconv.Atoi(b)
	if err != nil {
		return fail("bad bits after slash: " + strconv.Quote(b))
	}
	if n < 0 || n > ip.BitLen() {
		return fail("prefix length out of range")
	}
	return PrefixFrom(ip, n), nil
}
func MustParsePrefix(s string) Prefix {
	p, err := ParsePrefix(s)
	if err != nil {
		panic(err)
	}
	return p
}
