// Layouts: writing and reading times.
package time

import "errors"

const (
	Layout      = "01/02 03:04:05PM '06 -0700"
	ANSIC       = "Mon Jan _2 15:04:05 2006"
	UnixDate    = "Mon Jan _2 15:04:05 MST 2006"
	RubyDate    = "Mon Jan 02 15:04:05 -0700 2006"
	RFC822      = "02 Jan 06 15:04 MST"
	RFC822Z     = "02 Jan 06 15:04 -0700"
	RFC850      = "Monday, 02-Jan-06 15:04:05 MST"
	RFC1123     = "Mon, 02 Jan 2006 15:04:05 MST"
	RFC1123Z    = "Mon, 02 Jan 2006 15:04:05 -0700"
	RFC3339     = "2006-01-02T15:04:05Z07:00"
	RFC3339Nano = "2006-01-02T15:04:05.999999999Z07:00"
	Kitchen     = "3:04PM"
	Stamp       = "Jan _2 15:04:05"
	StampMilli  = "Jan _2 15:04:05.000"
	StampMicro  = "Jan _2 15:04:05.000000"
	StampNano   = "Jan _2 15:04:05.000000000"
	DateTime    = "2006-01-02 15:04:05"
	DateOnly    = "2006-01-02"
	TimeOnly    = "15:04:05"
)

// elements are what a layout may hold, longer ones before their beginnings.
var elements = [...]string{"January", "Jan", "Monday", "Mon", "MST", "002", "01", "02", "03", "04", "05", "06", "2006", "15", "1", "2", "_2006", "__2", "_2", "3", "4", "5", "PM", "pm",
	"-07:00:00", "-070000", "-07:00", "-0700", "-07", "Z07:00:00", "Z070000", "Z07:00", "Z0700", "Z07"}

// chunk splits a layout at its first element.
func chunk(layout string) (prefix, element, rest string) {
	for i := 0; i < len(layout); i++ {
		c := layout[i]
		if (c == '.' || c == ',') && i+1 < len(layout) && (layout[i+1] == '0' || layout[i+1] == '9') {
			j := i + 1
			for j < len(layout) && layout[j] == layout[i+1] {
				j++
			}
			if j == len(layout) || layout[j] < '0' || layout[j] > '9' {
				return layout[:i], layout[i:j], layout[j:]
			}
		}
		switch c {
		case 'J', 'M', '0', '1', '2', '_', '3', '4', '5', 'P', 'p', '-', 'Z':
		default:
			continue
		}
		for _, e := range elements {
			if hasPrefix(layout[i:], e) {
				if e == "_2006" {
					return layout[:i+1], "2006", layout[i+5:]
				}
				if e == "Jan" && i+3 < len(layout) && 'a' <= layout[i+3] && layout[i+3] <= 'z' ||
					e == "Mon" && i+3 < len(layout) && 'a' <= layout[i+3] && layout[i+3] <= 'z' {
					continue
				}
				return layout[:i], e, layout[i+len(e):]
			}
		}
	}
	return layout, "", ""
}

func hasPrefix(s, p string) bool { return len(s) >= len(p) && s[:len(p)] == p }

func (t Time) String() string {
	s := t.Format("2006-01-02 15:04:05.999999999 -0700 MST")
	if t.mono != 0 {
		m, sign := t.mono-1, "+"
		if m < 0 {
			m, sign = -m, "-"
		}
		s += " m=" + sign + itoa(int(m/1e9), 0) + "." + itoa(int(m%1e9), 9)
	}
	return s
}

func (t Time) GoString() string {
	y, m, d := t.Date()
	h, mi, s := t.Clock()
	out := "time.Date(" + itoa(y, 0) + ", time." + m.String() + ", " + itoa(d, 0) + ", " + itoa(h, 0) + ", " + itoa(mi, 0) + ", " + itoa(s, 0) + ", " + itoa(int(t.nsec), 0) + ", "
	switch l := t.Location(); l {
	case UTC:
		return out + "time.UTC)"
	case Local:
		return out + "time.Local)"
	default:
		return out + "time.Location(" + quote(l.name) + "))"
	}
}

func (t Time) Format(layout string) string { return string(t.AppendFormat(nil, layout)) }

func (t Time) AppendFormat(b []byte, layout string) []byte {
	y, mon, d := t.Date()
	h, mi, s := t.Clock()
	zone, offset := t.Zone()
	for layout != "" {
		prefix, e, rest := chunk(layout)
		b = append(b, prefix...)
		layout = rest
		o := ""
		switch e {
		case "":
			return b
		case "2006":
			o = itoa(y, 4)
		case "06":
			o = itoa(((y%100)+100)%100, 2)
		case "January":
			o = mon.String()
		case "Jan":
			o = mon.String()[:3]
		case "01":
			o = itoa(int(mon), 2)
		case "1":
			o = itoa(int(mon), 0)
		case "Monday":
			o = t.Weekday().String()
		case "Mon":
			o = t.Weekday().String()[:3]
		case "02":
			o = itoa(d, 2)
		case "2":
			o = itoa(d, 0)
		case "_2":
			if o = itoa(d, 0); d < 10 {
				o = " " + o
			}
		case "002":
			o = itoa(t.YearDay(), 3)
		case "__2":
			for o = itoa(t.YearDay(), 0); len(o) < 3; {
				o = " " + o
			}
		case "15":
			o = itoa(h, 2)
		case "03":
			o = itoa((h+11)%12+1, 2)
		case "3":
			o = itoa((h+11)%12+1, 0)
		case "04":
			o = itoa(mi, 2)
		case "4":
			o = itoa(mi, 0)
		case "05":
			o = itoa(s, 2)
		case "5":
			o = itoa(s, 0)
		case "PM", "pm":
			if o = "AM"; h >= 12 {
				o = "PM"
			}
			if e == "pm" {
				o = string(rune(o[0]+32)) + "m"
			}
		case "MST":
			if o = zone; o == "" {
				o = offsetText("-0700", offset)
			}
		default:
			if e[0] == 'Z' && offset == 0 {
				o = "Z"
			} else if e[0] == 'Z' || e[0] == '-' {
				o = offsetText("-"+e[1:], offset)
			} else if e[1] == '0' {
				o = e[:1] + itoa(int(t.nsec), 9)[:min(9, len(e)-1)]
			} else {
				f := itoa(int(t.nsec), 9)[:min(9, len(e)-1)]
				n := len(f)
				for n > 0 && f[n-1] == '0' {
					n--
				}
				if n > 0 {
					o = e[:1] + f[:n]
				}
			}
		}
		b = append(b, o...)
	}
	return b
}

func offsetText(e string, offset int) string {
	o := "+"
	if offset < 0 {
		o = "-"
		offset = -offset
	}
	o += itoa(offset/3600, 2)
	colon := ""
	if len(e) > 3 && e[3] == ':' {
		colon = ":"
	}
	if len(e) > 3 {
		o += colon + itoa(offset/60%60, 2)
	}
	if len(e) > 6 {
		o += colon + itoa(offset%60, 2)
	}
	return o
}

type ParseError struct {
	Layout     string
	Value      string
	LayoutElem string
	ValueElem  string
	Message    string
}

func quote(s string) string {
	b := []byte{'"'}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '"' || c == '\\' {
			b = append(b, '\\', c)
		} else if c < ' ' || c >= 0x7f {
			b = append(b, '\\', 'x', "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
		} else {
			b = append(b, c)
		}
	}
	return string(append(b, '"'))
}

func (e *ParseError) Error() string {
	if e.Message == "" {
		return "parsing time " + quote(e.Value) + " as " + quote(e.Layout) + ": cannot parse " + quote(e.ValueElem) + " as " + quote(e.LayoutElem)
	}
	return "parsing time " + quote(e.Value) + e.Message
}

func Parse(layout, value string) (Time, error) { return parse(layout, value, UTC, Local) }

func ParseInLocation(layout, value string, loc *Location) (Time, error) {
	return parse(layout, value, loc, loc)
}

var errBad = errors.New("bad value")

func digits(s string, least, most int) (n int, rest string, err error) {
	i := 0
	for i < len(s) && i < most && '0' <= s[i] && s[i] <= '9' {
		n = n*10 + int(s[i]-'0')
		i++
	}
	if i < least {
		return 0, s, errBad
	}
	return n, s[i:], nil
}

func lookup(names []string, s string, short bool) (int, string, error) {
	for i, n := range names {
		if short {
			n = n[:3]
		}
		if len(s) >= len(n) && fold(s[:len(n)]) == fold(n) {
			return i, s[len(n):], nil
		}
	}
	return -1, s, errBad
}

func fold(s string) string {
	b := []byte(s)
	for i := range b {
		b[i] |= 32
	}
	return string(b)
}

func parse(layout, value string, defaultLoc, local *Location) (Time, error) {
	whole, input := layout, value
	year, mon, day, yday := 0, 0, 0, 0
	hour, mi, sec, nsec := 0, 0, 0, 0
	pm, pmSet, haveYear := false, false, false
	out := ""
	zone, offset, hasOffset := "", 0, false
	var loc *Location
	fail := func(elem, v string) (Time, error) {
		return Time{}, &ParseError{whole, input, elem, v, ""}
	}
	for {
		prefix, e, rest := chunk(layout)
		// A space in the layout stands for any run of spaces.
		for p := prefix; p != ""; p = p[1:] {
			if p[0] == ' ' {
				if value != "" && value[0] != ' ' {
					return fail(prefix, value)
				}
				for value != "" && value[0] == ' ' {
					value = value[1:]
				}
				for len(p) > 1 && p[1] == ' ' {
					p = p[1:]
				}
				continue
			}
			if value == "" || value[0] != p[0] {
				return fail(prefix, value)
			}
			value = value[1:]
		}
		layout = rest
		if e == "" {
			if value != "" {
				return Time{}, &ParseError{whole, input, "", value, ": extra text: " + quote(value)}
			}
			break
		}
		hold := value
		var err error
		switch e {
		case "2006":
			if len(value) < 4 || value[0] < '0' || value[0] > '9' {
				err = errBad
				break
			}
			year, value, err = digits(value, 4, 4)
			haveYear = true
		case "06":
			if year, value, err = digits(value, 2, 2); year >= 69 {
				year += 1900
			} else {
				year += 2000
			}
			haveYear = true
		case "January", "Jan":
			mon, value, err = lookup(monthNames[:], value, e == "Jan")
			mon++
		case "01", "1":
			mon, value, err = digits(value, len(e), 2)
			if err == nil && (mon <= 0 || mon > 12) {
				out = "month"
			}
		case "Monday", "Mon":
			_, value, err = lookup(dayNames[:], value, e == "Mon")
		case "02", "2", "_2":
			if e == "_2" && value != "" && value[0] == ' ' {
				value = value[1:]
			}
			day, value, err = digits(value, len(e)-len(e)/2*b2i(e == "_2"), 2)
		case "002", "__2":
			for i := 0; i < 2 && e == "__2" && value != "" && value[0] == ' '; i++ {
				value = value[1:]
			}
			yday, value, err = digits(value, 1, 3)
		case "15":
			if hour, value, err = digits(value, 1, 2); hour > 23 {
				out = "hour"
			}
		case "03", "3":
			if hour, value, err = digits(value, len(e), 2); hour > 12 {
				out = "hour"
			}
		case "04", "4":
			if mi, value, err = digits(value, len(e), 2); mi > 59 {
				out = "minute"
			}
		case "05", "5":
			if sec, value, err = digits(value, len(e), 2); sec > 59 {
				out = "second"
				break
			}
			// A fraction may follow although the layout has none.
			if err == nil && len(value) > 1 && (value[0] == '.' || value[0] == ',') && '0' <= value[1] && value[1] <= '9' {
				if _, next, _ := chunk(layout); next == "" || next[0] != '.' && next[0] != ',' || !hasPrefix(layout, next) {
					n := 1
					for n < len(value) && '0' <= value[n] && value[n] <= '9' {
						n++
					}
					nsec = fractionValue(value[1:n])
					value = value[n:]
				}
			}
		case "PM", "pm":
			if len(value) < 2 {
				err = errBad
				break
			}
			p := value[:2]
			value = value[2:]
			if e == "PM" && (p == "PM" || p == "AM") || e == "pm" && (p == "pm" || p == "am") {
				pmSet, pm = true, p[0]|32 == 'p'
			} else {
				err = errBad
			}
		case "MST":
			if hasPrefix(value, "UTC") {
				loc, value = UTC, value[3:]
				break
			}
			n := 0
			for n < len(value) && n < 6 && 'A' <= value[n] && value[n] <= 'Z' {
				n++
			}
			if hasPrefix(value, "GMT") && len(value) > 4 && (value[3] == '+' || value[3] == '-') {
				for n = 4; n < len(value) && '0' <= value[n] && value[n] <= '9'; n++ {
				}
			} else if n == 0 && len(value) >= 3 && (value[0] == '+' || value[0] == '-') {
				for n = 1; n < len(value) && n < 5 && '0' <= value[n] && value[n] <= '9'; n++ {
				}
			}
			if n < 3 || n > 5 && value[0] != 'G' {
				err = errBad
				break
			}
			zone, value = value[:n], value[n:]
		default:
			if e[0] == '.' || e[0] == ',' {
				n := len(e)
				if e[1] == '9' {
					if len(value) < 2 || value[0] != '.' && value[0] != ',' || value[1] < '0' || value[1] > '9' {
						break
					}
					for n = 1; n < len(value) && '0' <= value[n] && value[n] <= '9'; n++ {
					}
				}
				if len(value) < n || value[0] != '.' && value[0] != ',' {
					err = errBad
					break
				}
				for i := 1; i < n; i++ {
					if value[i] < '0' || value[i] > '9' {
						err = errBad
					}
				}
				if err == nil {
					nsec = fractionValue(value[1:n])
					value = value[n:]
				}
				break
			}
			if e[0] == 'Z' && value != "" && value[0] == 'Z' {
				value = value[1:]
				loc = UTC
				break
			}
			if value == "" || value[0] != '+' && value[0] != '-' || len(value) < len(e) {
				err = errBad
				break
			}
			var hms [3]int
			v := value[1:]
			for i, j := 0, 1; j < len(e) && err == nil; i++ {
				if e[j] == ':' {
					if v[0] != ':' {
						err = errBad
						break
					}
					v = v[1:]
					j++
				}
				hms[i], v, err = digits(v, 2, 2)
				j += 2
			}
			if err == nil {
				if hms[0] > 24 {
					out = "time zone offset hour"
				} else if hms[1] > 60 {
					out = "time zone offset minute"
				} else if hms[2] > 60 {
					out = "time zone offset second"
				}
				offset, hasOffset = hms[0]*3600+hms[1]*60+hms[2], true
				if value[0] == '-' {
					offset = -offset
				}
				value = v
			}
		}
		if out != "" {
			return Time{}, &ParseError{whole, input, e, value, ": " + out + " out of range"}
		}
		if err != nil {
			return fail(e, hold)
		}
	}
	if pmSet {
		if pm && hour < 12 {
			hour += 12
		} else if !pm && hour == 12 {
			hour = 0
		}
	}
	leap := year%4 == 0 && (year%100 != 0 || year%400 == 0)
	_ = haveYear
	if yday > 0 {
		if yday > 365+b2i(leap) {
			return Time{}, &ParseError{whole, input, "", value, ": day-of-year out of range"}
		}
		_, m, d := civil(days(year, 1, 1) + int64(yday-1))
		if mon > 0 && mon != m {
			return Time{}, &ParseError{whole, input, "", value, ": day-of-year does not match month"}
		}
		if day > 0 && day != d {
			return Time{}, &ParseError{whole, input, "", value, ": day-of-year does not match day"}
		}
		mon, day = m, d
	} else {
		if mon == 0 {
			mon = 1
		}
		if day == 0 && !mentionsDay(whole) {
			day = 1
		}
	}
	last := int(days(year+mon/12, mon%12+1, 1) - days(year, mon, 1))
	if day < 1 || day > last {
		return Time{}, &ParseError{whole, input, "", value, ": day out of range"}
	}
	if loc == nil {
		loc = defaultLoc
		if hasOffset {
			if offset == 0 && (zone == "" || zone == "UTC") {
				loc = local
			} else {
				loc = FixedZone(zone, offset)
			}
		} else if zone != "" {
			off := 0
			if len(zone) > 3 && zone[:3] == "GMT" {
				off, _, _ = digits(zone[4:], 1, 2)
				off *= 3600
				if zone[3] == '-' {
					off = -off
				}
			}
			loc = FixedZone(zone, off)
			if zone == local.name {
				loc = local
			}
		}
	}
	return Date(year, Month(mon), day, hour, mi, sec, nsec, loc), nil
}

func mentionsDay(layout string) bool {
	for layout != "" {
		_, e, rest := chunk(layout)
		if e == "02" || e == "2" || e == "_2" {
			return true
		}
		layout = rest
	}
	return false
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func fractionValue(s string) int {
	n := 0
	for i := 0; i < 9; i++ {
		n *= 10
		if i < len(s) {
			n += int(s[i] - '0')
		}
	}
	return n
}
