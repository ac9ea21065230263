package main

import (
	"fmt"
	"time"
)

func main() {
	t := time.Date(2024, time.February, 29, 13, 4, 5, 123456789, time.UTC)
	for _, l := range []string{time.Layout, time.ANSIC, time.UnixDate, time.RubyDate, time.RFC822, time.RFC822Z, time.RFC850, time.RFC1123, time.RFC1123Z, time.RFC3339, time.RFC3339Nano, time.Kitchen, time.Stamp, time.StampMilli, time.StampMicro, time.StampNano, time.DateTime, time.DateOnly, time.TimeOnly, "2006-002 __2 _2 Jan 1 3:4:5.000 pm PM .999 ,000 Z07 -07 Z0700 -07:00:00 06 Monday", "January 2, 2006", "Mon Jan _2", "15h04m05s", "20060102150405", "02/01/06", "2006.01.02", "Janet Monday's 2nd"} {
		fmt.Println(l, "=>", t.Format(l), "|", t.In(time.FixedZone("EST", -5*3600)).Format(l), "|", t.In(time.FixedZone("", 5*3600+1800)).Format(l))
	}
	fmt.Println(t, t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Weekday(), t.YearDay(), t.Unix(), t.UnixMilli(), t.UnixNano())
	fmt.Println(t.ISOWeek())
	fmt.Println(t.Add(36*time.Hour), t.AddDate(1, 0, 0), t.AddDate(0, -1, 1), t.AddDate(0, 0, -60), t.Truncate(time.Hour), t.Round(time.Minute), t.Truncate(24*time.Hour))
	u := time.Date(2024, 13, 35, 25, 61, 61, 0, time.UTC)
	fmt.Println(u, u.Sub(t), t.Before(u), t.After(u), t.Equal(t.In(time.FixedZone("x", 3600))), t.Compare(u), t == t.In(time.UTC))
	fmt.Println(time.Time{}, time.Time{}.IsZero(), time.Unix(0, 0).UTC(), time.UnixMilli(1700000000123).UTC(), time.Unix(1e9, 5).UTC())
	fmt.Printf("%v %s %d %T %#v\n", t, t, time.Second, t, t)
	for _, p := range [][2]string{{time.RFC3339, "2024-01-02T03:04:05Z"}, {time.RFC3339, "2024-01-02T03:04:05+02:00"}, {time.RFC3339, "2024-01-02T03:04:05.678Z"}, {time.RFC3339, "2024-13-02T03:04:05Z"}, {time.RFC3339, "2024-02-30T03:04:05Z"}, {time.RFC3339, "nope"}, {time.RFC3339, "2024-01-02"}, {time.DateOnly, "2024-01-02x"}, {time.DateOnly, "2024-1-2"}, {"2006-1-2", "2024-01-02"}, {time.DateTime, "2024-01-02 25:00:00"}, {time.DateTime, "2024-01-02 10:60:00"}, {time.Kitchen, "3:04PM"}, {time.Kitchen, "13:04PM"}, {time.RFC1123, "Mon, 02 Jan 2006 15:04:05 MST"}, {time.RFC1123, "Tue, 10 Nov 2009 23:00:00 GMT"}, {time.RFC1123Z, "Mon, 02 Jan 2006 15:04:05 -0700"}, {time.ANSIC, "Mon Jan  2 15:04:05 2006"}, {"Jan 2 2006", "Feb 3 2013"}, {"Jan 2 2006", "Foo 3 2013"}, {"2006-01-02 15:04:05.000", "2024-01-02 03:04:05.123"}, {"2006-01-02 15:04:05", "2024-01-02 03:04:05.5"}, {"02 Jan 06", "15 Mar 70"}, {"02 Jan 06", "15 Mar 20"}, {"2006-01-02 MST", "2024-01-02 CET"}, {"2006-01-02", ""}, {"", "x"}, {"15:04", "12:30"}, {"2006 002", "2024 366"}, {"2006 002", "2023 366"}, {"January", "march"}, {"Monday", "Tuesday"}, {"3:04 pm", "5:06 am"}} {
		v, err := time.Parse(p[0], p[1])
		fmt.Println(p[0], p[1], "=>", v, err)
	}
	loc := time.FixedZone("CET", 3600)
	v, err := time.ParseInLocation(time.DateTime, "2024-06-01 12:00:00", loc)
	fmt.Println(v, err, v.UTC(), v.Location())
	fmt.Println(v.Zone())
	for _, s := range []string{"1h2m3s", "1.5h", "-2m", "100ms", "1us", "1µs", "5ns", "0", "+3s", "", "3", "abc", "1x", "1h-2m", ".5s", "1.s", ".s", "9223372036854775807ns", "9223372036854775808ns", "1e3s", "2540400h10m10s", "1h 2m"} {
		d, err := time.ParseDuration(s)
		fmt.Println(s, d, err)
	}
	for _, d := range []time.Duration{0, 1, 999, 1000, 1500, 1e6, 1234567, 1e9, 61e9, 3661e9, -5e9, 1<<63 - 1, -1 << 63, 90 * time.Minute, 1500 * time.Microsecond} {
		fmt.Println(d, d.Seconds(), d.Minutes(), d.Hours(), d.Milliseconds(), d.Round(time.Second), d.Truncate(time.Millisecond), d.Abs())
	}
	_, err = time.LoadLocation("Nowhere/Land")
	fmt.Println(err)
	l2, err := time.LoadLocation("UTC")
	fmt.Println(l2, err)
	l2, err = time.LoadLocation("")
	fmt.Println(l2, err)
	_, err = time.LoadLocation("../etc")
	fmt.Println(err)
	fmt.Println(time.March, time.Saturday, time.Month(13), time.Weekday(8))
	b, _ := t.MarshalJSON()
	fmt.Println(string(b))
	var w time.Time
	fmt.Println(w.UnmarshalJSON([]byte(`"2024-01-02T03:04:05Z"`)))
	fmt.Println(w)
	fmt.Println(w.UnmarshalJSON([]byte(`"x"`)), w.UnmarshalJSON([]byte(`5`)))
	start := time.Now()
	time.Sleep(20 * time.Millisecond)
	el := time.Since(start)
	fmt.Println(el >= 20*time.Millisecond, el < 5*time.Second, time.Until(start) < 0)
	tm := time.NewTimer(10 * time.Millisecond)
	fmt.Println(tm.Stop(), tm.Stop(), tm.Reset(time.Millisecond))
	<-tm.C
	tk := time.NewTicker(5 * time.Millisecond)
	n := 0
	for range tk.C {
		n++
		if n == 3 {
			tk.Stop()
			break
		}
	}
	fmt.Println(n)
	done := make(chan bool)
	time.AfterFunc(time.Millisecond, func() { done <- true })
	fmt.Println(<-done)
	select {
	case <-time.After(time.Millisecond):
		fmt.Println("after")
	}
}
