// Package exec runs other programs.
package exec

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

type Error struct {
	Name string
	Err  error
}

func (e *Error) Error() string { return "exec: " + strconv.Quote(e.Name) + ": " + e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

type ExitError struct {
	*os.ProcessState
	Stderr []byte
}

func (e *ExitError) Error() string { return e.ProcessState.String() }

var (
	ErrNotFound  = errors.New("executable file not found in $PATH")
	ErrDot       = errors.New("cannot run executable found relative to current directory")
	ErrWaitDelay = errors.New("exec: WaitDelay expired before I/O complete")
)

func executable(file string) error {
	d, err := os.Stat(file)
	if err != nil {
		return err
	}
	if d.IsDir() {
		return syscall.EISDIR
	}
	if d.Mode()&0111 == 0 {
		return fs.ErrPermission
	}
	return nil
}

func LookPath(file string) (string, error) {
	if strings.Contains(file, "/") {
		if err := executable(file); err != nil {
			return "", &Error{file, err}
		}
		return file, nil
	}
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		if dir == "" {
			dir = "."
		}
		p := filepath.Join(dir, file)
		if executable(p) == nil {
			if !filepath.IsAbs(p) {
				return p, &Error{file, ErrDot}
			}
			return p, nil
		}
	}
	return "", &Error{file, ErrNotFound}
}

type Cmd struct {
	Path         string
	Args         []string
	Env          []string
	Dir          string
	Stdin        io.Reader
	Stdout       io.Writer
	Stderr       io.Writer
	ExtraFiles   []*os.File
	SysProcAttr  *syscall.SysProcAttr
	Process      *os.Process
	ProcessState *os.ProcessState
	Err          error
	Cancel       func() error
	WaitDelay    time.Duration

	ctx      context.Context
	after    []io.Closer // closed once the program runs
	later    []io.Closer // closed once it ended
	copies   []func() error
	copied   chan error
	finished chan struct{}
	stopped  chan error
}

func Command(name string, arg ...string) *Cmd {
	c := &Cmd{Path: name, Args: append([]string{name}, arg...)}
	if filepath.Base(name) == name {
		p, err := LookPath(name)
		if p != "" {
			c.Path = p
		}
		c.Err = err
	}
	return c
}

func CommandContext(ctx context.Context, name string, arg ...string) *Cmd {
	if ctx == nil {
		panic("nil Context")
	}
	c := Command(name, arg...)
	c.ctx = ctx
	c.Cancel = func() error { return c.Process.Kill() }
	return c
}

func (c *Cmd) String() string {
	if c.Err != nil {
		return strings.Join(c.Args, " ")
	}
	return strings.Join(append([]string{c.Path}, c.Args[1:]...), " ")
}

func (c *Cmd) Environ() []string {
	if c.Env != nil {
		return c.Env
	}
	e := os.Environ()
	if c.Dir != "" {
		e = append(e, "PWD="+c.Dir)
	}
	return e
}

func (c *Cmd) input() (*os.File, error) {
	switch r := c.Stdin.(type) {
	case nil:
		return nil, nil
	case *os.File:
		return r, nil
	}
	pr, pw, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	c.after = append(c.after, pr)
	c.copies = append(c.copies, func() error {
		_, err := io.Copy(pw, c.Stdin)
		if errors.Is(err, syscall.EPIPE) {
			err = nil
		}
		if e := pw.Close(); err == nil {
			err = e
		}
		return err
	})
	return pr, nil
}

func (c *Cmd) output(w io.Writer) (*os.File, error) {
	switch f := w.(type) {
	case nil:
		return nil, nil
	case *os.File:
		return f, nil
	}
	pr, pw, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	c.after = append(c.after, pw)
	c.copies = append(c.copies, func() error {
		_, err := io.Copy(w, pr)
		pr.Close()
		return err
	})
	return pw, nil
}

func closeAll(list []io.Closer) {
	for _, f := range list {
		f.Close()
	}
}

func same(a, b io.Writer) (yes bool) {
	defer func() { recover() }()
	return a == b
}

func (c *Cmd) Start() error {
	if c.Path == "" && c.Err == nil {
		c.Err = errors.New("exec: no command")
	}
	fail := func(err error) error {
		closeAll(c.after)
		closeAll(c.later)
		return err
	}
	if c.Err != nil {
		return fail(c.Err)
	}
	if c.Process != nil {
		return errors.New("exec: already started")
	}
	if c.ctx != nil {
		if err := c.ctx.Err(); err != nil {
			return fail(err)
		}
	}
	in, err := c.input()
	if err != nil {
		return fail(err)
	}
	out, err := c.output(c.Stdout)
	if err != nil {
		return fail(err)
	}
	errs := out
	if c.Stderr == nil || !same(c.Stderr, c.Stdout) {
		if errs, err = c.output(c.Stderr); err != nil {
			return fail(err)
		}
	}
	if c.Dir != "" {
		if _, err := os.Stat(c.Dir); err != nil {
			return fail(&fs.PathError{Op: "chdir", Path: c.Dir, Err: errors.Unwrap(err)})
		}
	}
	c.Process, err = os.StartProcess(c.Path, c.Args, &os.ProcAttr{
		Dir: c.Dir, Env: c.Environ(), Sys: c.SysProcAttr,
		Files: append([]*os.File{in, out, errs}, c.ExtraFiles...),
	})
	if err != nil {
		return fail(err)
	}
	closeAll(c.after)
	if n := len(c.copies); n > 0 {
		c.copied = make(chan error, n)
		for _, f := range c.copies {
			go func() { c.copied <- f() }()
		}
	}
	if c.ctx != nil && c.ctx.Done() != nil {
		c.finished, c.stopped = make(chan struct{}), make(chan error, 1)
		go func() {
			select {
			case <-c.finished:
				c.stopped <- nil
			case <-c.ctx.Done():
				var err error
				if c.Cancel != nil {
					if e := c.Cancel(); e == nil {
						err = c.ctx.Err()
					} else if !errors.Is(e, os.ErrProcessDone) {
						err = e
					}
				}
				c.stopped <- err
			}
		}()
	}
	return nil
}

func (c *Cmd) Wait() error {
	if c.Process == nil {
		return errors.New("exec: not started")
	}
	if c.ProcessState != nil {
		return errors.New("exec: Wait was already called")
	}
	state, err := c.Process.Wait()
	if err == nil && !state.Success() {
		err = &ExitError{ProcessState: state}
	}
	c.ProcessState = state
	if c.stopped != nil {
		close(c.finished)
		if e := <-c.stopped; e != nil {
			if err == nil || !state.Exited() {
				if state.Success() {
					err = e
				}
			}
		}
	}
	for range c.copies {
		if e := <-c.copied; e != nil && err == nil {
			err = e
		}
	}
	closeAll(c.later)
	return err
}

func (c *Cmd) Run() error {
	if err := c.Start(); err != nil {
		return err
	}
	return c.Wait()
}

func (c *Cmd) Output() ([]byte, error) {
	if c.Stdout != nil {
		return nil, errors.New("exec: Stdout already set")
	}
	var out, errs bytes.Buffer
	c.Stdout = &out
	capture := c.Stderr == nil
	if capture {
		c.Stderr = &errs
	}
	err := c.Run()
	if e, ok := err.(*ExitError); ok && capture {
		e.Stderr = errs.Bytes()
	}
	return out.Bytes(), err
}

func (c *Cmd) CombinedOutput() ([]byte, error) {
	if c.Stdout != nil {
		return nil, errors.New("exec: Stdout already set")
	}
	if c.Stderr != nil {
		return nil, errors.New("exec: Stderr already set")
	}
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	err := c.Run()
	return out.Bytes(), err
}

func (c *Cmd) pipe(set, name string) (r, w *os.File, err error) {
	if set != "" {
		return nil, nil, errors.New("exec: " + name + " already set")
	}
	if c.Process != nil {
		return nil, nil, errors.New("exec: " + name + "Pipe after process started")
	}
	return os.Pipe()
}

func isSet(b bool) string {
	if b {
		return "x"
	}
	return ""
}

func (c *Cmd) StdinPipe() (io.WriteCloser, error) {
	r, w, err := c.pipe(isSet(c.Stdin != nil), "Stdin")
	if err != nil {
		return nil, err
	}
	c.Stdin = r
	c.after, c.later = append(c.after, r), append(c.later, w)
	return w, nil
}

func (c *Cmd) StdoutPipe() (io.ReadCloser, error) {
	r, w, err := c.pipe(isSet(c.Stdout != nil), "Stdout")
	if err != nil {
		return nil, err
	}
	c.Stdout = w
	c.after, c.later = append(c.after, w), append(c.later, r)
	return r, nil
}

func (c *Cmd) StderrPipe() (io.ReadCloser, error) {
	r, w, err := c.pipe(isSet(c.Stderr != nil), "Stderr")
	if err != nil {
		return nil, err
	}
	c.Stderr = w
	c.after, c.later = append(c.after, w), append(c.later, r)
	return r, nil
}
