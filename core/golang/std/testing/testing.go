// Package testing runs tests, benchmarks and examples, and prints what happened to them.
package testing

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"internal/native"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"
)

// TB is what tests and benchmarks share.
type TB interface {
	Chdir(dir string)
	Cleanup(f func())
	Context() context.Context
	Error(args ...any)
	Errorf(format string, args ...any)
	Fail()
	FailNow()
	Failed() bool
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Helper()
	Log(args ...any)
	Logf(format string, args ...any)
	Name() string
	Setenv(key, value string)
	Skip(args ...any)
	SkipNow()
	Skipf(format string, args ...any)
	Skipped() bool
	TempDir() string
	private()
}

// common is one running test or benchmark.
type common struct {
	mu       sync.Mutex
	output   strings.Builder
	helpers  map[string]bool
	cleanups []func()
	ctx      context.Context
	cancel   context.CancelFunc

	name      string
	level     int
	parent    *common
	runner    string
	bench     bool
	hasSub    bool
	ran       bool
	failed    bool
	skipped   bool
	finished  bool
	done      bool
	parallel  bool
	start     time.Time
	duration  time.Duration
	signal    chan bool
	barrier   chan bool
	subs      []*T
	tempDir   string
	tempCount int
}

func (c *common) private() {}

// Name is the full name, with the names of the outer tests before a slash.
func (c *common) Name() string { return c.name }

// Fail marks the test as failed and goes on.
func (c *common) Fail() {
	if c.parent != nil {
		c.parent.Fail()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done {
		panic("Fail in goroutine after " + c.name + " has completed")
	}
	c.failed = true
}

func (c *common) Failed() bool  { return c.failed }
func (c *common) Skipped() bool { return c.skipped }

// FailNow ends the test.
func (c *common) FailNow() {
	c.Fail()
	c.finished = true
	runtime.Goexit()
}

func (c *common) SkipNow() {
	c.skipped = true
	c.finished = true
	runtime.Goexit()
}

// Helper leaves the calling function out of the lines that logs name.
func (c *common) Helper() {
	function, _, _, ok := native.Caller(1)
	if !ok {
		return
	}
	if c.helpers == nil {
		c.helpers = map[string]bool{}
	}
	c.helpers[function] = true
}

func (c *common) isHelper(function string) bool {
	for at := c; at != nil; at = at.parent {
		if at.helpers[function] {
			return true
		}
	}
	return false
}

// place is where the nearest caller that is not a helper stands.
func (c *common) place() string {
	file, line := "???", 1
	for skip := 3; ; skip++ {
		function, path, at, ok := native.Caller(skip)
		if !ok {
			break
		}
		file, line = path, at
		if !c.isHelper(function) {
			break
		}
	}
	if slash := strings.LastIndexByte(file, '/'); slash >= 0 {
		file = file[slash+1:]
	}
	return fmt.Sprintf("%s:%d: ", file, line)
}

func (c *common) log(text string) {
	text = strings.TrimSuffix(text, "\n")
	text = strings.ReplaceAll(text, "\n", "\n        ")
	text = "    " + c.place() + text + "\n"
	if c.done {
		panic("Log in goroutine after " + c.name + " has completed: " + text)
	}
	if chatty && !c.bench {
		announce("=== NAME  ", c.name)
		fmt.Fprint(os.Stdout, text)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.output.WriteString(text)
}

func (c *common) Log(args ...any)                 { c.log(fmt.Sprintln(args...)) }
func (c *common) Logf(format string, args ...any) { c.log(fmt.Sprintf(format, args...)) }

func (c *common) Error(args ...any) {
	c.log(fmt.Sprintln(args...))
	c.Fail()
}

func (c *common) Errorf(format string, args ...any) {
	c.log(fmt.Sprintf(format, args...))
	c.Fail()
}

func (c *common) Fatal(args ...any) {
	c.log(fmt.Sprintln(args...))
	c.FailNow()
}

func (c *common) Fatalf(format string, args ...any) {
	c.log(fmt.Sprintf(format, args...))
	c.FailNow()
}

func (c *common) Skip(args ...any) {
	c.log(fmt.Sprintln(args...))
	c.SkipNow()
}

func (c *common) Skipf(format string, args ...any) {
	c.log(fmt.Sprintf(format, args...))
	c.SkipNow()
}

// Cleanup has f run when the test and its inner tests are over, the last one first.
func (c *common) Cleanup(f func()) { c.cleanups = append(c.cleanups, f) }

func (c *common) runCleanups() {
	if c.cancel != nil {
		c.cancel()
	}
	for len(c.cleanups) > 0 {
		last := len(c.cleanups) - 1
		f := c.cleanups[last]
		c.cleanups = c.cleanups[:last]
		f()
	}
}

// Context is cancelled just before the cleanups run.
func (c *common) Context() context.Context {
	if c.ctx == nil {
		c.ctx, c.cancel = context.WithCancel(context.Background())
	}
	return c.ctx
}

// TempDir is a new folder that goes away with the test.
func (c *common) TempDir() string {
	if c.tempDir == "" {
		pattern := strings.Map(func(r rune) rune {
			if strings.ContainsRune(`/\:*?"<>| `, r) {
				return -1
			}
			return r
		}, c.name)
		dir, err := os.MkdirTemp("", pattern)
		if err != nil {
			c.Fatalf("TempDir: %v", err)
		}
		c.tempDir = dir
		c.Cleanup(func() { os.RemoveAll(dir) })
	}
	c.tempCount++
	dir := fmt.Sprintf("%s/%03d", c.tempDir, c.tempCount)
	if err := os.Mkdir(dir, 0o777); err != nil {
		c.Fatalf("TempDir: %v", err)
	}
	return dir
}

func (c *common) Setenv(key, value string) {
	old, had := os.LookupEnv(key)
	if err := os.Setenv(key, value); err != nil {
		c.Fatalf("cannot set environment variable: %v", err)
	}
	c.Cleanup(func() {
		if had {
			os.Setenv(key, old)
		} else {
			os.Unsetenv(key)
		}
	})
}

func (c *common) Chdir(dir string) {
	old, err := os.Getwd()
	if err == nil {
		err = os.Chdir(dir)
	}
	if err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() { os.Chdir(old) })
}

// report prints the line of a finished test into its parent's output.
func (c *common) report() {
	word := "PASS"
	switch {
	case c.failed:
		word = "FAIL"
	case c.skipped:
		word = "SKIP"
	}
	if word != "FAIL" && !chatty {
		return
	}
	c.flush(fmt.Sprintf("--- %s: %s (%.2fs)\n", word, c.name, c.duration.Seconds()))
}

// flush gives a line and the output below it to the parent, indented, or prints them.
func (c *common) flush(line string) {
	text := line + c.output.String()
	c.output.Reset()
	if c.parent.level == 0 {
		current = c.name
		fmt.Fprint(os.Stdout, text)
		return
	}
	c.parent.mu.Lock()
	defer c.parent.mu.Unlock()
	for line := range strings.Lines(text) {
		c.parent.output.WriteString("    " + line)
	}
}

// T is the state of a test.
type T struct {
	common
	names map[string]int
	env   bool
}

// InternalTest is one test of a package.
type InternalTest struct {
	Name string
	F    func(*T)
}

var current string

// announce prints which test the next lines belong to, when that changed.
func announce(kind, name string) {
	if kind == "=== NAME  " && current == name {
		return
	}
	current = name
	fmt.Fprintf(os.Stdout, "%s%s\n", kind, name)
}

// Parallel has the test wait until the others are through, and run beside other parallel ones.
func (t *T) Parallel() {
	if t.parallel {
		panic("testing: t.Parallel called multiple times")
	}
	t.parallel = true
	t.duration += time.Since(t.start)
	t.parent.subs = append(t.parent.subs, t)
	if chatty {
		announce("=== PAUSE ", t.name)
	}
	t.signal <- true
	<-t.parent.barrier
	if chatty {
		announce("=== CONT  ", t.name)
	}
	t.start = time.Now()
}

// Deadline tells when the tests will be stopped.
func (t *T) Deadline() (deadline time.Time, ok bool) {
	if timeout == 0 {
		return time.Time{}, false
	}
	return began.Add(timeout), true
}

// Run runs f as an inner test.
func (t *T) Run(name string, f func(t *T)) bool {
	t.hasSub = true
	name = t.subName(name)
	if !runs.matches(name, t.level) {
		return true
	}
	sub := &T{common: common{
		name: name, level: t.level + 1, parent: &t.common,
		signal: make(chan bool), barrier: make(chan bool),
	}}
	if chatty {
		announce("=== RUN   ", name)
	}
	go sub.run(f)
	if !<-sub.signal {
		runtime.Goexit()
	}
	return !sub.failed
}

func (t *T) subName(name string) string {
	name = rewrite(name)
	if t.level > 0 {
		if name == "" {
			name = "#00"
		}
		name = t.name + "/" + name
	}
	if t.names == nil {
		t.names = map[string]int{}
	}
	count := t.names[name]
	t.names[name]++
	if count > 0 {
		name = fmt.Sprintf("%s#%02d", name, count)
	} else if strings.HasSuffix(name, "/#00") {
		t.names[name]++
	}
	return name
}

var errNilPanicOrGoexit = errors.New("test executed panic(nil) or runtime.Goexit")

func (t *T) run(f func(t *T)) {
	defer func() {
		err := recover()
		t.duration += time.Since(t.start)
		if !t.finished && err == nil {
			err = errNilPanicOrGoexit
		}
		if err != nil {
			t.Fail()
			for c := &t.common; c != nil && c.level > 0; c = c.parent {
				c.report()
			}
			panic(err)
		}
		if len(t.subs) > 0 {
			close(t.barrier)
			start := time.Now()
			for _, sub := range t.subs {
				<-sub.signal
			}
			t.duration += time.Since(start)
			t.runCleanups()
		}
		t.report()
		t.done = true
		t.ran = true
		t.signal <- true
	}()
	defer func() {
		if len(t.subs) == 0 {
			t.runCleanups()
		}
	}()
	t.start = time.Now()
	f(t)
	t.finished = true
}

// Short tells whether -short was given.
func Short() bool { return *shortFlag }

// Verbose tells whether -v was given.
func Verbose() bool { return chatty }

// Testing tells whether this is a test binary.
func Testing() bool { return testBinary }

// CoverMode is empty: coverage is not counted here.
func CoverMode() string { return "" }

var testBinary bool
var began = time.Now()

// The flags of a test binary.
var (
	chatty    bool
	timeout   time.Duration
	shortFlag = new(bool)
	runs      matcher
	skips     matcher
	flags     settings
)

type settings struct {
	run, skip, bench, benchtime, list string
	count                             int
	benchmem, failFast                bool
}

// Init registers the flags of test binaries.
func Init() {
	if testBinary {
		return
	}
	testBinary = true
	flag.BoolVar(&chatty, "test.v", false, "verbose: print additional output")
	flag.BoolVar(shortFlag, "test.short", false, "run smaller test suite to save time")
	flag.StringVar(&flags.run, "test.run", "", "run only tests and examples matching `regexp`")
	flag.StringVar(&flags.skip, "test.skip", "", "do not list or run tests matching `regexp`")
	flag.StringVar(&flags.bench, "test.bench", "", "run only benchmarks matching `regexp`")
	flag.StringVar(&flags.list, "test.list", "", "list tests, examples, and benchmarks matching `regexp` then exit")
	flag.StringVar(&flags.benchtime, "test.benchtime", "1s", "run each benchmark for duration `d` or N times if `d` is of the form Nx")
	flag.BoolVar(&flags.benchmem, "test.benchmem", false, "print memory allocations for benchmarks")
	flag.BoolVar(&flags.failFast, "test.failfast", false, "do not start new tests after the first test failure")
	flag.IntVar(&flags.count, "test.count", 1, "run tests and benchmarks `n` times")
	flag.DurationVar(&timeout, "test.timeout", 0, "panic test binary after duration `d` (default 0, timeout disabled)")
	for _, name := range []string{"cpu", "coverprofile", "parallel", "shuffle", "outputdir", "cpuprofile", "memprofile"} {
		flag.String("test."+name, "", "not used here")
	}
}

// M is the whole run; TestMain gets it.
type M struct {
	tests      []InternalTest
	benchmarks []InternalBenchmark
	examples   []InternalExample
	pkg        string
	ran        int
	status     int
}

// MainStart makes the run of a test binary.
func MainStart(pkg string, tests []InternalTest, benchmarks []InternalBenchmark, examples []InternalExample) *M {
	Init()
	return &M{tests: tests, benchmarks: benchmarks, examples: examples, pkg: pkg}
}

// Run runs everything that the flags ask for, and gives the exit status.
func (m *M) Run() int {
	m.status = m.run()
	return m.status
}

// MainStatus is what Run gave, for a TestMain that does not exit itself.
func MainStatus(m *M) int { return m.status }

func (m *M) run() int {
	if !flag.Parsed() {
		flag.Parse()
	}
	if err := m.patterns(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	if flags.list != "" {
		m.list()
		return 0
	}
	if timeout > 0 {
		time.AfterFunc(timeout, func() {
			panic(fmt.Sprintf("test timed out after %v\n\trunning tests:\n\t\t%s (%s)", timeout, current, timeout))
		})
	}
	ok, examplesOK := m.runTests(), m.runExamples()
	if m.ran == 0 && flags.bench == "" {
		fmt.Fprintln(os.Stderr, "testing: warning: no tests to run")
	}
	if !ok || !examplesOK || !m.runBenchmarks() {
		fmt.Println("FAIL")
		return 1
	}
	fmt.Println("PASS")
	return 0
}

func (m *M) patterns() (err error) {
	if runs, err = newMatcher(flags.run, "-test.run"); err == nil {
		skips, err = newMatcher(flags.skip, "-test.skip")
	}
	return err
}

func (m *M) list() {
	only, err := newMatcher(flags.list, "-test.list")
	if err != nil {
		return
	}
	for _, test := range m.tests {
		if only.matches(test.Name, 0) {
			fmt.Println(test.Name)
		}
	}
	for _, benchmark := range m.benchmarks {
		if only.matches(benchmark.Name, 0) {
			fmt.Println(benchmark.Name)
		}
	}
	for _, example := range m.examples {
		if only.matches(example.Name, 0) {
			fmt.Println(example.Name)
		}
	}
}

func (m *M) runTests() bool {
	ok := true
	for range flags.count {
		root := &T{common: common{signal: make(chan bool), barrier: make(chan bool)}}
		for _, test := range m.tests {
			if !runs.matches(test.Name, 0) || flags.failFast && root.failed {
				continue
			}
			m.ran++
			root.Run(test.Name, test.F)
		}
		close(root.barrier)
		for _, sub := range root.subs {
			<-sub.signal
		}
		ok = ok && !root.failed
	}
	return ok
}

// Main runs tests as an own main function may.
func Main(match func(pat, str string) (bool, error), tests []InternalTest, benchmarks []InternalBenchmark, examples []InternalExample) {
	os.Exit(MainStart("main", tests, benchmarks, examples).Run())
}

// Coverage is the part of the statements that ran, which is not counted here.
func Coverage() float64 { return 0 }
