// Numbers, strings and padding.
package fmt

import (
	"internal/native"
	"strconv"
	"unicode/utf8"
)

func (p *pp) pad(b []byte) {
	if !p.widOK || p.wid == 0 {
		p.buf = append(p.buf, b...)
		return
	}
	p.padString(string(b))
}

func (p *pp) padString(s string) {
	n := 0
	if p.widOK {
		n = p.wid - utf8.RuneCountInString(s)
	}
	if n <= 0 {
		p.buf = append(p.buf, s...)
	} else if p.minus {
		p.buf = append(p.buf, s...)
		p.fill(n, ' ')
	} else {
		c := byte(' ')
		if p.zero {
			c = '0'
		}
		p.fill(n, c)
		p.buf = append(p.buf, s...)
	}
}

func (p *pp) fill(n int, c byte) {
	for ; n > 0; n-- {
		p.buf = append(p.buf, c)
	}
}

func (p *pp) fmtBool(b bool, verb rune, arg any) {
	if verb != 't' && verb != 'v' {
		p.badVerb(arg, verb)
		return
	}
	p.padString(strconv.FormatBool(b))
}

func (p *pp) fmt0x(u uint64, leading bool) {
	sharp := p.sharp
	p.sharp = leading
	p.integer(u, false, 16, 'v', false)
	p.sharp = sharp
}

func (p *pp) fmtInt(u uint64, signed bool, size int, verb rune, arg any) {
	switch verb {
	case 'v':
		if p.sharpV && !signed {
			p.fmt0x(u, true)
			return
		}
		p.integer(u, signed, 10, verb, false)
	case 'd':
		p.integer(u, signed, 10, verb, false)
	case 'b':
		p.integer(u, signed, 2, verb, false)
	case 'o', 'O':
		p.integer(u, signed, 8, verb, false)
	case 'x':
		p.integer(u, signed, 16, verb, false)
	case 'X':
		p.integer(u, signed, 16, verb, true)
	case 'c', 'q':
		r := rune(utf8.RuneError)
		if u <= utf8.MaxRune {
			r = rune(u)
		}
		if verb == 'c' {
			p.padString(string(r))
		} else if p.plus {
			p.padString(strconv.QuoteRuneToASCII(r))
		} else {
			p.padString(strconv.QuoteRune(r))
		}
	case 'U':
		p.unicode(u)
	default:
		p.badVerb(arg, verb)
	}
}

func (p *pp) unicode(u uint64) {
	s := upper(strconv.FormatUint(u, 16))
	for n := 4; len(s) < n || p.precOK && len(s) < p.prec; {
		s = "0" + s
	}
	s = "U+" + s
	if p.sharp && u <= utf8.MaxRune && strconv.IsPrint(rune(u)) {
		s += " '" + string(rune(u)) + "'"
	}
	old := p.zero
	p.zero = false
	p.padString(s)
	p.zero = old
}

func upper(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = c - 32
		}
	}
	return string(b)
}

func (p *pp) integer(u uint64, signed bool, base int, verb rune, up bool) {
	neg := signed && int64(u) < 0
	if neg {
		u = -u
	}
	s := strconv.FormatUint(u, base)
	if !p.widOK && !p.precOK && !p.plus && !p.space && !p.sharp && !up && verb != 'O' {
		if neg {
			p.buf = append(p.buf, '-')
		}
		p.buf = append(p.buf, s...)
		return
	}
	prec := 0
	if p.precOK {
		prec = p.prec
		if prec == 0 && u == 0 {
			old := p.zero
			p.zero = false
			p.fill(p.wid, ' ')
			p.zero = old
			return
		}
	} else if p.zero && !p.minus && p.widOK {
		prec = p.wid
		if neg || p.plus || p.space {
			prec--
		}
	}
	b := make([]byte, 0, 70)
	switch {
	case neg:
		b = append(b, '-')
	case p.plus:
		b = append(b, '+')
	case p.space:
		b = append(b, ' ')
	}
	if up {
		s = upper(s)
	}
	if p.sharp {
		switch base {
		case 2:
			b = append(b, "0b"...)
		case 8:
			if s[0] != '0' && len(s) >= prec {
				s = "0" + s
			}
		case 16:
			if up {
				b = append(b, "0X"...)
			} else {
				b = append(b, "0x"...)
			}
		}
	}
	if verb == 'O' {
		b = append(b, "0o"...)
	}
	for n := prec - len(s); n > 0; n-- {
		b = append(b, '0')
	}
	b = append(b, s...)
	old := p.zero
	p.zero = false
	p.pad(b)
	p.zero = old
}

func (p *pp) fmtFloat(f float64, size int, verb rune, arg any) {
	format, prec := byte(verb), -1
	switch verb {
	case 'v':
		format = 'g'
	case 'b', 'g', 'G', 'x', 'X':
		if p.prec == -1 {
			p.prec = 0
		}
	case 'f', 'e', 'E':
		prec = 6
	case 'F':
		format, prec = 'f', 6
	default:
		p.badVerb(arg, verb)
		return
	}
	p.float(f, size, format, prec, verb)
}

func (p *pp) float(f float64, size int, format byte, prec int, verb rune) {
	if p.precOK {
		prec = p.prec
	}
	s := strconv.FormatFloat(f, format, prec, size)
	sign := byte('+')
	if s[0] == '-' || s[0] == '+' {
		sign = s[0]
		s = s[1:]
	}
	if p.space && sign == '+' && !p.plus {
		sign = ' '
	}
	if s[0] == 'I' || s[0] == 'N' {
		old := p.zero
		p.zero = false
		if s[0] == 'N' && !p.space && !p.plus {
			sign = 0
		}
		if sign != 0 {
			s = string(rune(sign)) + s
		}
		p.padString(s)
		p.zero = old
		return
	}
	if p.sharp && format != 'b' {
		s = p.sharpFloat(s, f, format, prec)
	}
	if (p.zero && !p.minus) && p.widOK && p.wid > len(s)+1 && (p.plus || sign != '+') {
		p.buf = append(p.buf, sign)
		p.fill(p.wid-len(s)-1, '0')
		p.buf = append(p.buf, s...)
		return
	}
	p.signed(sign, s)
}

func (p *pp) signed(sign byte, s string) {
	if sign != 0 && (p.plus || sign != '+') {
		s = string(rune(sign)) + s
	}
	p.padString(s)
}

func (p *pp) sharpFloat(s string, f float64, format byte, prec int) string {
	digits := 0
	switch format {
	case 'v', 'g', 'G', 'x':
		digits = prec
		if digits < 0 {
			digits = 6
			if format == 'x' {
				digits = 6
			}
		}
		if p.prec == 0 && p.precOK {
			digits = 1
		}
	}
	tail, point, nonzero := "", false, false
	i := 0
	for ; i < len(s); i++ {
		c := s[i]
		if c == '.' {
			point = true
		} else if c == 'p' || c == 'P' || (c == 'e' || c == 'E') && format != 'x' && format != 'X' {
			tail = s[i:]
			break
		} else {
			if c != '0' {
				nonzero = true
			}
			if nonzero {
				digits--
			}
		}
	}
	s = s[:i]
	if !point {
		if len(s) == 1 && s[0] == '0' {
			digits--
		}
		s += "."
	}
	for ; digits > 0; digits-- {
		s += "0"
	}
	return s + tail
}

func (p *pp) fmtComplex(c complex128, size int, verb rune, arg any) {
	switch verb {
	case 'v', 'b', 'g', 'G', 'x', 'X', 'f', 'F', 'e', 'E':
		old := p.plus
		p.buf = append(p.buf, '(')
		p.fmtFloat(real(c), size, verb, arg)
		p.plus = true
		p.fmtFloat(imag(c), size, verb, arg)
		p.buf = append(p.buf, "i)"...)
		p.plus = old
	default:
		p.badVerb(arg, verb)
	}
}

func (p *pp) truncate(s string) string {
	if p.precOK {
		n := p.prec
		for i := range s {
			if n--; n < 0 {
				return s[:i]
			}
		}
	}
	return s
}

func (p *pp) fmtS(s string) { p.padString(p.truncate(s)) }

func (p *pp) fmtString(s string, verb rune, arg any) {
	switch verb {
	case 'v':
		if p.sharpV {
			p.fmtQ(s)
		} else if !p.widOK && !p.precOK {
			p.buf = append(p.buf, s...)
		} else {
			p.fmtS(s)
		}
	case 's':
		p.fmtS(s)
	case 'x':
		p.fmtHex(s, "0123456789abcdef", 'x')
	case 'X':
		p.fmtHex(s, "0123456789ABCDEF", 'X')
	case 'q':
		p.fmtQ(s)
	default:
		p.badVerb(arg, verb)
	}
}

func (p *pp) fmtQ(s string) {
	s = p.truncate(s)
	if p.sharp && strconv.CanBackquote(s) {
		p.padString("`" + s + "`")
	} else if p.plus {
		p.padString(strconv.QuoteToASCII(s))
	} else {
		p.padString(strconv.Quote(s))
	}
}

func (p *pp) fmtHex(s, digits string, x byte) {
	if p.precOK && p.prec < len(s) {
		s = s[:p.prec]
	}
	var b []byte
	for i := 0; i < len(s); i++ {
		if p.space && i > 0 {
			b = append(b, ' ')
		}
		if p.sharp && (p.space || i == 0) {
			b = append(b, '0', x)
		}
		b = append(b, digits[s[i]>>4], digits[s[i]&15])
	}
	p.pad(b)
}

func (p *pp) fmtBytes(b []byte, verb rune, arg any, t int) {
	switch verb {
	case 'v', 'd':
		if p.sharpV {
			if t == native.TypeOf(b) {
				p.str("[]byte")
			} else {
				p.str(native.TypeString(t))
			}
			if b == nil {
				p.str("(nil)")
				return
			}
			p.buf = append(p.buf, '{')
			for i, c := range b {
				if i > 0 {
					p.str(", ")
				}
				p.fmt0x(uint64(c), true)
			}
			p.buf = append(p.buf, '}')
			return
		}
		p.buf = append(p.buf, '[')
		for i, c := range b {
			if i > 0 {
				p.buf = append(p.buf, ' ')
			}
			p.integer(uint64(c), false, 10, verb, false)
		}
		p.buf = append(p.buf, ']')
	default:
		p.fmtString(string(b), verb, arg)
	}
}
