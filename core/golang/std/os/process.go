// The process, its environment, other processes, temporary files.
package os

import (
	"errors"
	"internal/native"
	"syscall"
	"time"
)

var Args = native.Args()

type Signal interface {
	String() string
	Signal()
}

var (
	Interrupt Signal = syscall.SIGINT
	Kill      Signal = syscall.SIGKILL
)

func Exit(code int)  { native.Exit(code) }
func Getpid() int    { return native.Getpid() }
func Getppid() int   { return native.Getppid() }
func Getuid() int    { return native.Getuid() }
func Geteuid() int   { return native.Getuid() }
func Getgid() int    { return native.Getgid() }
func Getegid() int   { return native.Getgid() }
func Getgroups() ([]int, error) { return []int{native.Getgid()}, nil }
func Getpagesize() int { return 4096 }

func Hostname() (name string, err error) {
	name, errno := native.Hostname()
	if errno != 0 {
		return "", &SyscallError{"hostname", syscall.Errno(errno)}
	}
	return name, nil
}

func Executable() (string, error) {
	if a := native.Args(); len(a) > 0 && a[0] != "" {
		if a[0][0] == '/' {
			return a[0], nil
		}
		wd, err := Getwd()
		return wd + "/" + a[0], err
	}
	return "", errors.New("os: executable path unknown")
}

// env is the environment, in order; where finds names in it.
var (
	env     []string
	where   map[string]int
)

func loadEnv() {
	if where != nil {
		return
	}
	where = map[string]int{}
	for _, e := range native.Environ() {
		for i := 0; i < len(e); i++ {
			if e[i] == '=' && i > 0 {
				if _, ok := where[e[:i]]; !ok {
					where[e[:i]] = len(env)
					env = append(env, e)
				}
				break
			}
		}
	}
}

func LookupEnv(key string) (string, bool) {
	loadEnv()
	if i, ok := where[key]; ok {
		return env[i][len(key)+1:], true
	}
	return "", false
}

func Getenv(key string) string {
	v, _ := LookupEnv(key)
	return v
}

func Setenv(key, value string) error {
	loadEnv()
	bad := key == ""
	for i := 0; i < len(key); i++ {
		bad = bad || key[i] == '=' || key[i] == 0
	}
	for i := 0; i < len(value); i++ {
		bad = bad || value[i] == 0
	}
	if bad {
		return NewSyscallError("setenv", syscall.EINVAL)
	}
	if i, ok := where[key]; ok {
		env[i] = key + "=" + value
		return nil
	}
	where[key] = len(env)
	env = append(env, key+"="+value)
	return nil
}

func Unsetenv(key string) error {
	loadEnv()
	if i, ok := where[key]; ok {
		env[i] = ""
		delete(where, key)
	}
	return nil
}

func Clearenv() { env, where = nil, map[string]int{} }

func Environ() []string {
	loadEnv()
	list := make([]string, 0, len(env))
	for _, e := range env {
		if e != "" {
			list = append(list, e)
		}
	}
	return list
}

func ExpandEnv(s string) string { return Expand(s, Getenv) }

func Expand(s string, mapping func(string) string) string {
	var b []byte
	for i := 0; i < len(s); i++ {
		if s[i] != '$' || i+1 == len(s) {
			b = append(b, s[i])
			continue
		}
		j := i + 1
		if s[j] == '{' {
			for j++; j < len(s) && s[j] != '}' && (s[j] != '$' || j > i+2); j++ {
				if special(s[i+2]) && j > i+2 {
					break
				}
			}
			if j < len(s) && s[j] == '}' {
				if j > i+2 {
					b = append(b, mapping(s[i+2:j])...)
				}
				i = j
			} else {
				i++
			}
			continue
		}
		if special(s[j]) {
			j++
		} else {
			for j < len(s) && (s[j] == '_' || '0' <= s[j] && s[j] <= '9' || 'a' <= s[j]|32 && s[j]|32 <= 'z') {
				j++
			}
		}
		if j == i+1 {
			b = append(b, '$')
			continue
		}
		b = append(b, mapping(s[i+1:j])...)
		i = j - 1
	}
	return string(b)
}

func special(c byte) bool {
	switch c {
	case '*', '#', '$', '@', '!', '?', '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return true
	}
	return false
}

type ProcAttr struct {
	Dir   string
	Env   []string
	Files []*File
	Sys   *syscall.SysProcAttr
}

type Process struct {
	Pid  int
	done bool
}

type ProcessState struct {
	pid    int
	status syscall.WaitStatus
	took   time.Duration
}

func FindProcess(pid int) (*Process, error) { return &Process{Pid: pid}, nil }

func StartProcess(name string, argv []string, attr *ProcAttr) (*Process, error) {
	if attr == nil {
		attr = &ProcAttr{}
	}
	e := attr.Env
	if e == nil {
		e = Environ()
	}
	var fds []int
	for _, f := range attr.Files {
		if f == nil {
			fds = append(fds, -1)
		} else {
			fds = append(fds, f.fd)
		}
	}
	pid, errno := native.Spawn(name, argv, e, attr.Dir, fds)
	if errno != 0 {
		return nil, pathError("fork/exec", name, errno)
	}
	return &Process{Pid: pid}, nil
}

func (p *Process) Signal(sig Signal) error {
	if p.Pid <= 0 {
		return errors.New("os: process not initialized")
	}
	if p.done {
		return ErrProcessDone
	}
	s, ok := sig.(syscall.Signal)
	if !ok {
		return errors.New("os: unsupported signal type")
	}
	err := syscall.Kill(p.Pid, s)
	if err == syscall.ESRCH {
		return ErrProcessDone
	}
	return err
}

func (p *Process) Kill() error { return p.Signal(Kill) }

func (p *Process) Release() error {
	p.Pid = -1
	return nil
}

func (p *Process) Wait() (*ProcessState, error) {
	if p.done {
		return nil, NewSyscallError("wait", syscall.ECHILD)
	}
	start := native.Mono()
	n, signaled, errno := native.Wait(p.Pid)
	if errno != 0 {
		return nil, NewSyscallError("wait", syscall.Errno(errno))
	}
	p.done = true
	st := syscall.WaitStatus(n&0xff) << 8
	if signaled {
		st = syscall.WaitStatus(n-128) & 0x7f
	}
	return &ProcessState{p.Pid, st, time.Duration(native.Mono() - start)}, nil
}

func (p *ProcessState) Exited() bool              { return p.status.Exited() }
func (p *ProcessState) Success() bool             { return p.status == 0 }
func (p *ProcessState) Pid() int                  { return p.pid }
func (p *ProcessState) Sys() any                  { return p.status }
func (p *ProcessState) SysUsage() any             { return &syscall.Rusage{} }
func (p *ProcessState) UserTime() time.Duration   { return 0 }
func (p *ProcessState) SystemTime() time.Duration { return 0 }
func (p *ProcessState) ExitCode() int {
	if p == nil {
		return -1
	}
	return p.status.ExitStatus()
}
func (p *ProcessState) String() string {
	if p == nil {
		return "<nil>"
	}
	if p.status.Signaled() {
		return "signal: " + p.status.Signal().String()
	}
	return "exit status " + itoa(p.status.ExitStatus())
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}

func TempDir() string {
	if d := Getenv("TMPDIR"); d != "" {
		return d
	}
	return "/tmp"
}

func UserHomeDir() (string, error) {
	if d := Getenv("HOME"); d != "" {
		return d, nil
	}
	return "", errors.New("$HOME is not defined")
}

func userDir(variable, below string) (string, error) {
	if d := Getenv(variable); d == "" {
		d = Getenv("HOME")
		if d == "" {
			return "", errors.New("neither $" + variable + " nor $HOME are defined")
		}
		return d + below, nil
	} else if d[0] != '/' {
		return "", errors.New("path in $" + variable + " is relative")
	} else {
		return d, nil
	}
}

func UserCacheDir() (string, error) {
	return userDir("XDG_CACHE_HOME", "/.cache")
}

func UserConfigDir() (string, error) {
	return userDir("XDG_CONFIG_HOME", "/.config")
}

func temp(dir, pattern string, make func(name string) error) error {
	if dir == "" {
		dir = TempDir()
	}
	before, after := pattern, ""
	for i := len(pattern) - 1; i >= 0; i-- {
		if pattern[i] == '*' {
			before, after = pattern[:i], pattern[i+1:]
			break
		}
	}
	for i := 0; ; i++ {
		err := make(dir + "/" + before + itoa(int(uint32(native.Random()))) + after)
		if !IsExist(err) || i == 1000 {
			return err
		}
	}
}

func CreateTemp(dir, pattern string) (f *File, err error) {
	err = temp(dir, pattern, func(name string) error {
		var e error
		f, e = OpenFile(name, O_RDWR|O_CREATE|O_EXCL, 0600)
		return e
	})
	return
}

func MkdirTemp(dir, pattern string) (name string, err error) {
	err = temp(dir, pattern, func(n string) error {
		name = n
		return Mkdir(n, 0700)
	})
	if err != nil {
		name = ""
	}
	return
}
