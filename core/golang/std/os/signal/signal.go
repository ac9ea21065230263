// Package signal delivers the process's signals to channels.
package signal

import (
	"context"
	"internal/native"
	"os"
	"syscall"
)

// handlers tells which signals each channel wants; ignored and started what was asked of the machine.
var (
	channels []chan<- os.Signal
	wants    = map[chan<- os.Signal]*[65]bool{}
	ignored  [65]bool
	started  bool
)

func deliver(sig int) {
	for _, c := range channels {
		if wants[c][sig] {
			select {
			case c <- syscall.Signal(sig):
			default:
			}
		}
	}
}

func each(sigs []os.Signal, f func(n int)) {
	if len(sigs) == 0 {
		for n := 1; n < 65; n++ {
			f(n)
		}
	}
	for _, s := range sigs {
		if n, ok := s.(syscall.Signal); ok && 0 < n && n < 65 {
			f(int(n))
		}
	}
}

// update tells the machine what to do with signal n.
func update(n int) {
	mode := 0
	if ignored[n] {
		mode = 2
	}
	for _, c := range channels {
		if wants[c][n] {
			mode = 1
		}
	}
	native.SignalMode(n, mode)
}

func Notify(c chan<- os.Signal, sig ...os.Signal) {
	if c == nil {
		panic("os/signal: Notify using nil channel")
	}
	if !started {
		started = true
		native.OnSignal(deliver)
	}
	if wants[c] == nil {
		wants[c] = &[65]bool{}
		channels = append(channels, c)
	}
	each(sig, func(n int) {
		wants[c][n] = true
		ignored[n] = false
		update(n)
	})
}

func Stop(c chan<- os.Signal) {
	w := wants[c]
	if w == nil {
		return
	}
	delete(wants, c)
	for i, x := range channels {
		if x == c {
			channels = append(channels[:i:i], channels[i+1:]...)
			break
		}
	}
	for n, on := range w {
		if on {
			update(n)
		}
	}
}

func forget(sigs []os.Signal, ignore bool) {
	each(sigs, func(n int) {
		for _, w := range wants {
			w[n] = false
		}
		ignored[n] = ignore
		update(n)
	})
}

func Ignore(sig ...os.Signal) { forget(sig, true) }
func Reset(sig ...os.Signal)  { forget(sig, false) }

func Ignored(sig os.Signal) bool {
	n, ok := sig.(syscall.Signal)
	return ok && 0 < n && n < 65 && ignored[n]
}

type signalCtx struct {
	context.Context
	cancel  context.CancelCauseFunc
	signals []os.Signal
	ch      chan os.Signal
}

type signalError string

func (s signalError) Error() string { return string(s) }

func NotifyContext(parent context.Context, signals ...os.Signal) (ctx context.Context, stop context.CancelFunc) {
	c, cancel := context.WithCancelCause(parent)
	s := &signalCtx{c, cancel, signals, make(chan os.Signal, 1)}
	Notify(s.ch, signals...)
	if c.Err() == nil {
		go func() {
			select {
			case sig := <-s.ch:
				cancel(signalError(sig.String() + " signal received"))
			case <-c.Done():
			}
		}()
	}
	return s, func() {
		cancel(nil)
		Stop(s.ch)
	}
}

func (c *signalCtx) String() string {
	name := "context"
	if s, ok := c.Context.(interface{ String() string }); ok {
		name = s.String()
		name = name[:len(name)-len(".WithCancel")]
	}
	list := "["
	for i, s := range c.signals {
		if i > 0 {
			list += " "
		}
		list += s.String()
	}
	return "signal.NotifyContext(" + name + ", " + list + "])"
}
