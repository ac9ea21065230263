// Package time: instants, durations, dates.
package time

import (
	"errors"
	"internal/native"
)

type Duration int64

const (
	Nanosecond  Duration = 1
	Microsecond          = 1000 * Nanosecond
	Millisecond          = 1000 * Microsecond
	Second               = 1000 * Millisecond
	Minute               = 60 * Second
	Hour                 = 60 * Minute
)

type Month int

const (
	January Month = 1 + iota
	February
	March
	April
	May
	June
	July
	August
	September
	October
	November
	December
)

type Weekday int

const (
	Sunday Weekday = iota
	Monday
	Tuesday
	Wednesday
	Thursday
	Friday
	Saturday
)

var monthNames = [...]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
var dayNames = [...]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}

func (m Month) String() string {
	if January <= m && m <= December {
		return monthNames[m-1]
	}
	return "%!Month(" + itoa(int(m), 0) + ")"
}

func (d Weekday) String() string {
	if Sunday <= d && d <= Saturday {
		return dayNames[d]
	}
	return "%!Weekday(" + itoa(int(d), 0) + ")"
}

func itoa(n, width int) string {
	s, neg := "", n < 0
	if neg {
		n = -n
	}
	for n > 0 || s == "" || len(s) < width {
		s = string(rune('0'+n%10)) + s
		n /= 10
	}
	if neg {
		return "-" + s
	}
	return s
}

func (d Duration) String() string {
	u, neg := uint64(d), d < 0
	if neg {
		u = -u
	}
	s := ""
	if u < uint64(Second) {
		switch {
		case u == 0:
			return "0s"
		case u < uint64(Microsecond):
			s = itoa(int(u), 0) + "ns"
		case u < uint64(Millisecond):
			s = itoa(int(u/1000), 0) + fraction(u%1000, 3) + "µs"
		default:
			s = itoa(int(u/1000000), 0) + fraction(u%1000000, 6) + "ms"
		}
	} else {
		sec := u / 1e9
		s = itoa(int(sec%60), 0) + fraction(u%1e9, 9) + "s"
		if sec >= 60 {
			s = itoa(int(sec/60%60), 0) + "m" + s
		}
		if sec >= 3600 {
			s = itoa(int(sec/3600), 0) + "h" + s
		}
	}
	if neg {
		return "-" + s
	}
	return s
}

// fraction is "." and the given number of digits without trailing zeros, or nothing.
func fraction(v uint64, digits int) string {
	s := itoa(int(v), digits)
	n := len(s)
	for n > 0 && s[n-1] == '0' {
		n--
	}
	if n == 0 {
		return ""
	}
	return "." + s[:n]
}

func (d Duration) Nanoseconds() int64  { return int64(d) }
func (d Duration) Microseconds() int64 { return int64(d) / 1e3 }
func (d Duration) Milliseconds() int64 { return int64(d) / 1e6 }
func (d Duration) Seconds() float64    { return float64(d/Second) + float64(d%Second)/1e9 }
func (d Duration) Minutes() float64    { return float64(d/Minute) + float64(d%Minute)/60e9 }
func (d Duration) Hours() float64      { return float64(d/Hour) + float64(d%Hour)/3600e9 }

func (d Duration) Truncate(m Duration) Duration {
	if m <= 0 {
		return d
	}
	return d - d%m
}

func (d Duration) Round(m Duration) Duration {
	if m <= 0 {
		return d
	}
	r := d % m
	if d < 0 {
		if r = -r; r+r < m {
			return d + r
		}
		if e := d - m + r; e < d {
			return e
		}
		return -1 << 63
	}
	if r+r < m {
		return d - r
	}
	if e := d + m - r; e > d {
		return e
	}
	return 1<<63 - 1
}

func (d Duration) Abs() Duration {
	if d == -1<<63 {
		return 1<<63 - 1
	}
	return max(d, -d)
}

func ParseDuration(s string) (Duration, error) {
	in := s
	bad := func(what string) (Duration, error) { return 0, errors.New("time: " + what + quote(in)) }
	neg := false
	if s != "" && (s[0] == '-' || s[0] == '+') {
		neg = s[0] == '-'
		s = s[1:]
	}
	if s == "0" {
		return 0, nil
	}
	if s == "" {
		return bad("invalid duration ")
	}
	var d uint64
	for s != "" {
		var v, f uint64
		scale, i := 1.0, 0
		for ; i < len(s) && '0' <= s[i] && s[i] <= '9'; i++ {
			if v > 1<<63/10 {
				return bad("invalid duration ")
			}
			if v = v*10 + uint64(s[i]-'0'); v > 1<<63 {
				return bad("invalid duration ")
			}
		}
		digits := i
		s = s[i:]
		if s != "" && s[0] == '.' {
			for i = 1; i < len(s) && '0' <= s[i] && s[i] <= '9'; i++ {
				if f < 1<<59 {
					f = f*10 + uint64(s[i]-'0')
					scale *= 10
				}
			}
			digits += i - 1
			s = s[i:]
		}
		if digits == 0 {
			return bad("invalid duration ")
		}
		for i = 0; i < len(s) && s[i] != '.' && (s[i] < '0' || s[i] > '9'); i++ {
		}
		if i == 0 {
			return bad("missing unit in duration ")
		}
		u := s[:i]
		s = s[i:]
		var unit uint64
		switch u {
		case "ns":
			unit = 1
		case "us", "µs", "μs":
			unit = 1e3
		case "ms":
			unit = 1e6
		case "s":
			unit = 1e9
		case "m":
			unit = 60e9
		case "h":
			unit = 3600e9
		default:
			return bad("unknown unit " + quote(u) + " in duration ")
		}
		if v > 1<<63/unit {
			return bad("invalid duration ")
		}
		v *= unit
		if f > 0 {
			v += uint64(float64(f) * (float64(unit) / scale))
		}
		if d += v; v > 1<<63 || d > 1<<63 {
			return bad("invalid duration ")
		}
	}
	if neg {
		return -Duration(d), nil
	}
	if d > 1<<63-1 {
		return bad("invalid duration ")
	}
	return Duration(d), nil
}

// A Location is UTC or one fixed zone.
type Location struct {
	name   string
	offset int
}

var utcLoc = Location{name: "UTC"}
var localLoc = Location{name: "Local"}
var UTC *Location = &utcLoc
var Local *Location = &localLoc

func FixedZone(name string, offset int) *Location { return &Location{name, offset} }

func LoadLocation(name string) (*Location, error) {
	switch name {
	case "", "UTC":
		return UTC, nil
	case "Local":
		return Local, nil
	}
	for i := range name {
		if i == 0 && (name[0] == '/' || name[0] == '\\') || hasPrefix(name[i:], "..") {
			return nil, errors.New("time: invalid location name")
		}
	}
	return nil, errors.New("unknown time zone " + name)
}

func (l *Location) get() *Location {
	if l == nil {
		return &utcLoc
	}
	return l
}

func (l *Location) String() string { return l.get().name }

// A Time counts seconds since January 1 of the year 1; mono is 0 or 1 + the monotonic clock.
type Time struct {
	sec  int64
	nsec int64
	mono int64
	loc  *Location
}

const (
	unixToInternal = 62135596800
	secondsPerDay  = 86400
)

func Now() Time {
	n := native.Now()
	return Time{n/1e9 + unixToInternal, n % 1e9, native.Mono() + 1, Local}
}

func Unix(sec int64, nsec int64) Time {
	sec += nsec / 1e9
	if nsec %= 1e9; nsec < 0 {
		nsec += 1e9
		sec--
	}
	return Time{sec + unixToInternal, nsec, 0, Local}
}

func UnixMilli(msec int64) Time { return Unix(msec/1e3, msec%1e3*1e6) }
func UnixMicro(usec int64) Time { return Unix(usec/1e6, usec%1e6*1e3) }

func Since(t Time) Duration { return Now().Sub(t) }
func Until(t Time) Duration { return t.Sub(Now()) }

// days counts days since January 1 of the year 1 (proleptic Gregorian), from March-based years.
func days(y, m, d int) int64 {
	if m <= 2 {
		y--
		m += 12
	}
	era := floor(int64(y), 400)
	yoe := int64(y) - era*400
	doy := int64((153*(m-3)+2)/5 + d - 1)
	return era*146097 + yoe*365 + yoe/4 - yoe/100 + doy - 306
}

func floor(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func civil(day int64) (y, m, d int) {
	z := day + 306
	era := floor(z, 146097)
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	d = int(doy-(153*mp+2)/5) + 1
	m = int(mp) + 3
	if m > 12 {
		m -= 12
	}
	y = int(yoe + era*400)
	if m <= 2 {
		y++
	}
	return
}

func Date(year int, month Month, day, hour, min, sec, nsec int, loc *Location) Time {
	if loc == nil {
		panic("time: missing Location in call to Date")
	}
	m := int64(month) - 1
	year += int(floor(m, 12))
	m -= floor(m, 12) * 12
	s := (days(year, int(m)+1, 1)+int64(day-1))*secondsPerDay + int64(hour)*3600 + int64(min)*60 + int64(sec)
	n := int64(nsec)
	s += floor(n, 1e9)
	n -= floor(n, 1e9) * 1e9
	t := Time{s - int64(loc.offset), n, 0, nil}
	t.setLoc(loc)
	return t
}

func (t *Time) setLoc(loc *Location) {
	if loc == &utcLoc {
		loc = nil
	}
	t.mono, t.loc = 0, loc
}

// abs is the time shown on a clock in t's zone, in seconds since the year 1.
func (t Time) abs() int64 { return t.sec + int64(t.loc.get().offset) }

func (t Time) Date() (year int, month Month, day int) {
	y, m, d := civil(floor(t.abs(), secondsPerDay))
	return y, Month(m), d
}

func (t Time) Clock() (hour, min, sec int) {
	a := t.abs()
	s := int(a - floor(a, secondsPerDay)*secondsPerDay)
	return s / 3600, s / 60 % 60, s % 60
}

func (t Time) Year() int {
	y, _, _ := t.Date()
	return y
}
func (t Time) Month() Month {
	_, m, _ := t.Date()
	return m
}
func (t Time) Day() int {
	_, _, d := t.Date()
	return d
}
func (t Time) Hour() int {
	h, _, _ := t.Clock()
	return h
}
func (t Time) Minute() int {
	_, m, _ := t.Clock()
	return m
}
func (t Time) Second() int {
	_, _, s := t.Clock()
	return s
}
func (t Time) Nanosecond() int { return int(t.nsec) }
func (t Time) Weekday() Weekday {
	d := floor(t.abs(), secondsPerDay) + 1
	return Weekday(d - floor(d, 7)*7)
}
func (t Time) YearDay() int {
	return int(floor(t.abs(), secondsPerDay)-days(t.Year(), 1, 1)) + 1
}
func (t Time) ISOWeek() (year, week int) {
	d := floor(t.abs(), secondsPerDay)
	d += 3 - int64(t.Weekday()+6)%7
	y, _, _ := civil(d)
	return y, int(d-days(y, 1, 1))/7 + 1
}

func (t Time) IsZero() bool       { return t.sec == 0 && t.nsec == 0 }
func (t Time) After(u Time) bool  { return t.Compare(u) > 0 }
func (t Time) Before(u Time) bool { return t.Compare(u) < 0 }
func (t Time) Equal(u Time) bool  { return t.Compare(u) == 0 }
func (t Time) Compare(u Time) int {
	a, b := t.sec, u.sec
	if t.mono != 0 && u.mono != 0 {
		a, b = t.mono, u.mono
	} else if a == b {
		a, b = t.nsec, u.nsec
	}
	if a < b {
		return -1
	}
	if a > b {
		return 1
	}
	return 0
}

func (t Time) Add(d Duration) Time {
	t.sec += int64(d / 1e9)
	t.nsec += int64(d % 1e9)
	if t.nsec >= 1e9 {
		t.sec++
		t.nsec -= 1e9
	} else if t.nsec < 0 {
		t.sec--
		t.nsec += 1e9
	}
	if t.mono != 0 {
		t.mono += int64(d)
	}
	return t
}

func (t Time) Sub(u Time) Duration {
	if t.mono != 0 && u.mono != 0 {
		return Duration(t.mono - u.mono)
	}
	s := t.sec - u.sec
	d := Duration(s*1e9 + t.nsec - u.nsec)
	if u.Add(d).Equal(t) {
		return d
	}
	if t.Before(u) {
		return -1 << 63
	}
	return 1<<63 - 1
}

func (t Time) AddDate(years int, months int, days int) Time {
	y, m, d := t.Date()
	h, mi, s := t.Clock()
	return Date(y+years, m+Month(months), d+days, h, mi, s, int(t.nsec), t.Location())
}

func (t Time) UTC() Time {
	t.setLoc(&utcLoc)
	return t
}
func (t Time) Local() Time {
	t.setLoc(Local)
	return t
}
func (t Time) In(loc *Location) Time {
	if loc == nil {
		panic("time: missing Location in call to Time.In")
	}
	t.setLoc(loc)
	return t
}
func (t Time) Location() *Location { return t.loc.get() }
func (t Time) Zone() (name string, offset int) {
	l := t.loc.get()
	if l == &localLoc {
		return "UTC", 0
	}
	return l.name, l.offset
}
func (t Time) ZoneBounds() (start, end Time) { return }
func (t Time) IsDST() bool                   { return false }
func (t Time) Unix() int64                   { return t.sec - unixToInternal }
func (t Time) UnixMilli() int64              { return t.Unix()*1e3 + t.nsec/1e6 }
func (t Time) UnixMicro() int64              { return t.Unix()*1e6 + t.nsec/1e3 }
func (t Time) UnixNano() int64               { return t.Unix()*1e9 + t.nsec }

// since1 is the remainder of the time since the year 1 divided by d.
func (t Time) since1(d Duration) Duration {
	if d%Second == 0 {
		s := int64(d / Second)
		return Duration(t.sec-floor(t.sec, s)*s)*Second + Duration(t.nsec)
	}
	// (sec * 1e9) mod d by doubling: d may be any duration below a second's multiple.
	r, m := int64(0), t.sec%int64(d)
	for k := int64(1e9); k > 0; k >>= 1 {
		if k&1 == 1 {
			r = int64(uint64(r+m) % uint64(d))
		}
		m = int64(uint64(m+m) % uint64(d))
	}
	r = (r + t.nsec) % int64(d)
	if r < 0 {
		r += int64(d)
	}
	return Duration(r)
}

func (t Time) Truncate(d Duration) Time {
	t.mono = 0
	if d <= 0 {
		return t
	}
	return t.Add(-t.since1(d))
}

func (t Time) Round(d Duration) Time {
	t.mono = 0
	if d <= 0 {
		return t
	}
	r := t.since1(d)
	if r+r < d {
		return t.Add(-r)
	}
	return t.Add(d - r)
}

func (t Time) MarshalJSON() ([]byte, error) {
	b, err := t.MarshalText()
	if err != nil {
		return nil, errors.New("Time.MarshalJSON: " + err.Error()[len("Time.MarshalText: "):])
	}
	return []byte(`"` + string(b) + `"`), nil
}

func (t *Time) UnmarshalJSON(data []byte) (err error) {
	s := string(data)
	if s == "null" {
		return nil
	}
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return errors.New("Time.UnmarshalJSON: input is not a JSON string")
	}
	*t, err = Parse(RFC3339, s[1:len(s)-1])
	return
}

func (t Time) AppendText(b []byte) ([]byte, error) {
	if y := t.Year(); y < 0 || y > 9999 {
		return nil, errors.New("Time.MarshalText: year outside of range [0,9999]")
	}
	return t.AppendFormat(b, RFC3339Nano), nil
}

func (t Time) MarshalText() ([]byte, error) { return t.AppendText(nil) }
func (t *Time) UnmarshalText(data []byte) (err error) {
	*t, err = Parse(RFC3339, string(data))
	return
}

// AppendBinary writes a version, seconds since the year 1, nanoseconds, and minutes east of UTC.
func (t Time) AppendBinary(b []byte) ([]byte, error) {
	_, offset := t.Zone()
	minutes, version, second := offset/60, byte(1), offset%60
	if second != 0 {
		version = 2
	}
	if t.loc == UTC || t.loc == nil {
		minutes = -1
	} else if minutes < -32768 || minutes == -1 || minutes > 32767 {
		return b, errors.New("Time.MarshalBinary: unexpected zone offset")
	}
	b = append(b, version)
	for i := 56; i >= 0; i -= 8 {
		b = append(b, byte(t.sec>>i))
	}
	b = append(b, byte(t.nsec>>24), byte(t.nsec>>16), byte(t.nsec>>8), byte(t.nsec), byte(minutes>>8), byte(minutes))
	if version == 2 {
		b = append(b, byte(second))
	}
	return b, nil
}

func (t Time) MarshalBinary() ([]byte, error) { return t.AppendBinary(nil) }
func (t *Time) UnmarshalBinary(data []byte) error {
	if len(data) == 0 {
		return errors.New("Time.UnmarshalBinary: no data")
	}
	version := data[0]
	if version != 1 && version != 2 {
		return errors.New("Time.UnmarshalBinary: unsupported version")
	}
	if len(data) != 14+int(version) {
		return errors.New("Time.UnmarshalBinary: invalid length")
	}
	var sec, nsec int64
	for _, c := range data[1:9] {
		sec = sec<<8 | int64(c)
	}
	for _, c := range data[9:13] {
		nsec = nsec<<8 | int64(c)
	}
	offset := int(int16(data[13])<<8|int16(data[14])) * 60
	if version == 2 {
		offset += int(data[15])
	}
	*t = Time{sec: sec, nsec: nsec}
	if offset == -60 {
		t.loc = UTC
	} else if _, here := t.In(Local).Zone(); here == offset {
		t.loc = Local
	} else {
		t.loc = FixedZone("", offset)
	}
	return nil
}
func (t Time) GobEncode() ([]byte, error)  { return t.MarshalBinary() }
func (t *Time) GobDecode(data []byte) error { return t.UnmarshalBinary(data) }
