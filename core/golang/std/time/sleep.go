// Sleeping, timers and tickers.
package time

import "internal/native"

func Sleep(d Duration) { native.Sleep(int64(d)) }

type timer struct {
	c      chan Time
	f      func()
	period Duration
	id     int
	when   int64
}

func when(d Duration) int64 {
	n := native.Mono()
	if w := n + int64(d); d <= 0 || w > n {
		return max(w, n)
	}
	return 1<<63 - 1
}

func (t *timer) start(d Duration) {
	t.when = when(d)
	t.id = native.StartTimer(t.when, t.fire)
}

func (t *timer) fire() {
	if t.period > 0 {
		t.when += int64(t.period)
		t.id = native.StartTimer(t.when, t.fire)
	} else {
		t.id = 0
	}
	if t.f != nil {
		t.f()
		return
	}
	select {
	case t.c <- Now():
	default:
	}
}

// stop tells whether the timer had still to deliver; nothing stale stays in the channel.
func (t *timer) stop() bool {
	active := t.id != 0 && native.StopTimer(t.id)
	t.id = 0
	if t.c != nil {
		select {
		case <-t.c:
			active = true
		default:
		}
	}
	return active
}

type Timer struct {
	C <-chan Time
	t *timer
}

func newTimer(d, period Duration, f func()) (*timer, <-chan Time) {
	t := &timer{f: f, period: period}
	if f == nil {
		t.c = make(chan Time, 1)
	}
	t.start(d)
	return t, t.c
}

func NewTimer(d Duration) *Timer {
	t, c := newTimer(d, 0, nil)
	return &Timer{c, t}
}

func AfterFunc(d Duration, f func()) *Timer {
	t, _ := newTimer(d, 0, f)
	return &Timer{nil, t}
}

func After(d Duration) <-chan Time { return NewTimer(d).C }

func (t *Timer) Stop() bool {
	if t.t == nil {
		panic("time: Stop called on uninitialized Timer")
	}
	return t.t.stop()
}

func (t *Timer) Reset(d Duration) bool {
	if t.t == nil {
		panic("time: Reset called on uninitialized Timer")
	}
	active := t.t.stop()
	t.t.start(d)
	return active
}

type Ticker struct {
	C <-chan Time
	t *timer
}

func NewTicker(d Duration) *Ticker {
	if d <= 0 {
		panic("non-positive interval for NewTicker")
	}
	t, c := newTimer(d, d, nil)
	return &Ticker{c, t}
}

func (t *Ticker) Stop() {
	if t.t != nil {
		t.t.stop()
	}
}

func (t *Ticker) Reset(d Duration) {
	if d <= 0 {
		panic("non-positive interval for Ticker.Reset")
	}
	if t.t == nil {
		panic("time: Reset called on uninitialized Ticker")
	}
	t.t.stop()
	t.t.period = d
	t.t.start(d)
}

func Tick(d Duration) <-chan Time {
	if d <= 0 {
		return nil
	}
	return NewTicker(d).C
}
