// Package context carries cancellation, deadlines and values.
package context

import (
	"errors"
	"internal/native"
	"time"
)

type Context interface {
	Deadline() (deadline time.Time, ok bool)
	Done() <-chan struct{}
	Err() error
	Value(key any) any
}

var Canceled = errors.New("context canceled")

var DeadlineExceeded error = deadlineExceededError{}

type deadlineExceededError struct{}

func (deadlineExceededError) Error() string   { return "context deadline exceeded" }
func (deadlineExceededError) Timeout() bool   { return true }
func (deadlineExceededError) Temporary() bool { return true }

type CancelFunc func()
type CancelCauseFunc func(cause error)

type emptyCtx struct{}

func (emptyCtx) Deadline() (deadline time.Time, ok bool) { return }
func (emptyCtx) Done() <-chan struct{}                   { return nil }
func (emptyCtx) Err() error                              { return nil }
func (emptyCtx) Value(key any) any                       { return nil }

type backgroundCtx struct{ emptyCtx }

func (backgroundCtx) String() string { return "context.Background" }

type todoCtx struct{ emptyCtx }

func (todoCtx) String() string { return "context.TODO" }

func Background() Context { return backgroundCtx{} }
func TODO() Context       { return todoCtx{} }

type cancelCtx struct {
	Context
	done     chan struct{}
	children map[*cancelCtx]bool
	list     []*cancelCtx
	err      error
	cause    error
	deadline time.Time
	timer    *time.Timer
	after    func()
	stop     func() bool
	parent   *cancelCtx
}

var cancelKey int

func (c *cancelCtx) Value(key any) any {
	if key == &cancelKey {
		return c
	}
	return c.Context.Value(key)
}

func (c *cancelCtx) Done() <-chan struct{} { return c.done }
func (c *cancelCtx) Err() error            { return c.err }
func (c *cancelCtx) Deadline() (time.Time, bool) {
	if !c.deadline.IsZero() {
		return c.deadline, true
	}
	return c.Context.Deadline()
}

func name(c Context) string {
	if s, ok := c.(interface{ String() string }); ok {
		return s.String()
	}
	return native.TypeString(native.TypeOf(c))
}

func (c *cancelCtx) String() string {
	if !c.deadline.IsZero() {
		return name(c.Context) + ".WithDeadline(" + c.deadline.String() + " [" + time.Until(c.deadline).String() + "])"
	}
	return name(c.Context) + ".WithCancel"
}

func newCancel(parent Context) *cancelCtx {
	if parent == nil {
		panic("cannot create context from nil parent")
	}
	return &cancelCtx{Context: parent, done: make(chan struct{})}
}

// propagate cancels c when parent is.
func (c *cancelCtx) propagate(parent Context) {
	done := parent.Done()
	if done == nil {
		return
	}
	select {
	case <-done:
		c.cancel(parent.Err(), Cause(parent))
		return
	default:
	}
	if p, ok := parent.Value(&cancelKey).(*cancelCtx); ok && p.done == done {
		c.parent = p
		if p.err != nil {
			c.cancel(p.err, p.cause)
			return
		}
		if p.children == nil {
			p.children = map[*cancelCtx]bool{}
		}
		p.children[c] = true
		p.list = append(p.list, c)
		return
	}
	if a, ok := parent.(interface{ AfterFunc(func()) func() bool }); ok {
		c.stop = a.AfterFunc(func() { c.cancel(parent.Err(), Cause(parent)) })
		return
	}
	go func() {
		select {
		case <-done:
			c.cancel(parent.Err(), Cause(parent))
		case <-c.done:
		}
	}()
}

func (c *cancelCtx) cancel(err, cause error) bool {
	if c.err != nil {
		return false
	}
	if cause == nil {
		cause = err
	}
	c.err, c.cause = err, cause
	close(c.done)
	if c.timer != nil {
		c.timer.Stop()
	}
	list := c.list
	c.list = nil
	for _, k := range list {
		if c.children[k] {
			k.cancel(err, cause)
		}
	}
	c.children = nil
	if c.parent != nil && c.parent.children != nil {
		delete(c.parent.children, c)
		if len(c.parent.list) > 32 && len(c.parent.list) > 2*len(c.parent.children) {
			var l []*cancelCtx
			for _, k := range c.parent.list {
				if c.parent.children[k] {
					l = append(l, k)
				}
			}
			c.parent.list = l
		}
	}
	if c.stop != nil {
		c.stop()
	}
	if c.after != nil {
		go c.after()
	}
	return true
}

func WithCancel(parent Context) (ctx Context, cancel CancelFunc) {
	c := newCancel(parent)
	c.propagate(parent)
	return c, func() { c.cancel(Canceled, nil) }
}

func WithCancelCause(parent Context) (ctx Context, cancel CancelCauseFunc) {
	c := newCancel(parent)
	c.propagate(parent)
	return c, func(cause error) { c.cancel(Canceled, cause) }
}

func Cause(c Context) error {
	if p, ok := c.Value(&cancelKey).(*cancelCtx); ok && p.cause != nil {
		return p.cause
	}
	return c.Err()
}

func WithDeadline(parent Context, d time.Time) (Context, CancelFunc) {
	return WithDeadlineCause(parent, d, nil)
}

func WithDeadlineCause(parent Context, d time.Time, cause error) (Context, CancelFunc) {
	c := newCancel(parent)
	if cur, ok := parent.Deadline(); ok && cur.Before(d) {
		c.propagate(parent)
		return c, func() { c.cancel(Canceled, nil) }
	}
	c.deadline = d
	c.propagate(parent)
	left := time.Until(d)
	if left <= 0 {
		c.cancel(DeadlineExceeded, cause)
	} else if c.err == nil {
		c.timer = time.AfterFunc(left, func() { c.cancel(DeadlineExceeded, cause) })
	}
	return c, func() { c.cancel(Canceled, nil) }
}

func WithTimeout(parent Context, timeout time.Duration) (Context, CancelFunc) {
	return WithDeadline(parent, time.Now().Add(timeout))
}

func WithTimeoutCause(parent Context, timeout time.Duration, cause error) (Context, CancelFunc) {
	return WithDeadlineCause(parent, time.Now().Add(timeout), cause)
}

func AfterFunc(ctx Context, f func()) (stop func() bool) {
	c := newCancel(ctx)
	c.after = f
	c.propagate(ctx)
	return func() bool {
		if c.err != nil {
			return false
		}
		c.after = nil
		return c.cancel(Canceled, nil)
	}
}

type withoutCancelCtx struct{ c Context }

func WithoutCancel(parent Context) Context {
	if parent == nil {
		panic("cannot create context from nil parent")
	}
	return withoutCancelCtx{parent}
}

func (withoutCancelCtx) Deadline() (deadline time.Time, ok bool) { return }
func (withoutCancelCtx) Done() <-chan struct{}                   { return nil }
func (withoutCancelCtx) Err() error                              { return nil }
func (c withoutCancelCtx) Value(key any) any {
	if key == &cancelKey {
		return nil
	}
	return c.c.Value(key)
}
func (c withoutCancelCtx) String() string { return name(c.c) + ".WithoutCancel" }

type valueCtx struct {
	Context
	key, val any
}

func WithValue(parent Context, key, val any) Context {
	if parent == nil {
		panic("cannot create context from nil parent")
	}
	if key == nil {
		panic("nil key")
	}
	if !native.Comparable(key) {
		panic("key is not comparable")
	}
	return &valueCtx{parent, key, val}
}

func (c *valueCtx) Value(key any) any {
	if c.key == key {
		return c.val
	}
	return c.Context.Value(key)
}

func (c *valueCtx) String() string {
	show := func(v any) string {
		switch s := v.(type) {
		case interface{ String() string }:
			return s.String()
		case string:
			return s
		case nil:
			return "<nil>"
		}
		return native.TypeString(native.TypeOf(v))
	}
	return name(c.Context) + ".WithValue(" + show(c.key) + ", " + show(c.val) + ")"
}
