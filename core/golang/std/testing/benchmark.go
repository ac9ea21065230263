package testing

import (
	"fmt"
	"internal/native"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// InternalBenchmark is one benchmark of a package.
type InternalBenchmark struct {
	Name string
	F    func(b *B)
}

// B is the state of a benchmark.
type B struct {
	common
	N int

	f           func(b *B)
	timing      bool
	began       time.Time
	elapsed     time.Duration
	bytes       int64
	allocs      bool
	startAllocs uint64
	startBytes  uint64
	netAllocs   uint64
	netBytes    uint64
	loopN       int
	loops       bool
	metrics     []metric
}

type metric struct {
	unit  string
	value float64
}

func (b *B) StartTimer() {
	if !b.timing {
		_, b.startBytes, b.startAllocs, _ = native.MemStats()
		b.began = time.Now()
		b.timing = true
	}
}

func (b *B) StopTimer() {
	if b.timing {
		b.elapsed += time.Since(b.began)
		_, bytes, allocs, _ := native.MemStats()
		b.netAllocs += allocs - b.startAllocs
		b.netBytes += bytes - b.startBytes
		b.timing = false
	}
}

func (b *B) ResetTimer() {
	if b.timing {
		_, b.startBytes, b.startAllocs, _ = native.MemStats()
		b.began = time.Now()
	}
	b.elapsed, b.netAllocs, b.netBytes = 0, 0, 0
	b.metrics = nil
}

func (b *B) Elapsed() time.Duration {
	if b.timing {
		return b.elapsed + time.Since(b.began)
	}
	return b.elapsed
}

func (b *B) SetBytes(n int64) { b.bytes = n }
func (b *B) ReportAllocs()    { b.allocs = true }

// ReportMetric adds a figure to the result's line.
func (b *B) ReportMetric(n float64, unit string) {
	b.metrics = append(b.metrics, metric{unit, n})
}

// Loop tells whether the body is to run once more; the time counts from the first call.
func (b *B) Loop() bool {
	if !b.loops {
		b.loops = true
		b.loopN = 0
		b.N = 1
		b.ResetTimer()
		b.StartTimer()
		return true
	}
	b.loopN++
	if b.loopN < b.N {
		return true
	}
	duration, times := benchTime()
	if times > 0 && b.loopN < times || times == 0 && b.Elapsed() < duration && b.loopN < maxRuns {
		b.N = b.next(duration, times)
		return true
	}
	b.StopTimer()
	b.N = b.loopN
	return false
}

// RunParallel runs the body on several goroutines.
func (b *B) RunParallel(body func(*PB)) {
	pb := &PB{left: b.N}
	done := make(chan bool)
	workers := runtime.GOMAXPROCS(0)
	for range workers {
		go func() {
			body(pb)
			done <- true
		}()
	}
	for range workers {
		<-done
	}
}

func (b *B) SetParallelism(p int) {}

// PB hands out the rounds of a parallel benchmark.
type PB struct{ left int }

func (pb *PB) Next() bool {
	pb.left--
	return pb.left >= 0
}

// Run runs f as an inner benchmark.
func (b *B) Run(name string, f func(b *B)) bool {
	b.hasSub = true
	full := rewrite(name)
	if b.name != "" {
		full = b.name + "/" + full
	}
	if !benches.all(strings.Split(full, "/")) {
		return true
	}
	sub := &B{common: common{name: full, level: b.level + 1, parent: &b.common, bench: true}, f: f}
	sub.all()
	return !sub.failed
}

const maxRuns = 1_000_000_000

var benches matcher
var headed bool
var benchPackage string

func benchTime() (time.Duration, int) {
	if count, found := strings.CutSuffix(flags.benchtime, "x"); found {
		n, _ := strconv.Atoi(count)
		return 0, max(n, 1)
	}
	duration, err := time.ParseDuration(flags.benchtime)
	if err != nil || duration <= 0 {
		duration = time.Second
	}
	return duration, 0
}

// once runs the body n times.
func (b *B) once(n int) {
	b.N = n
	b.loops = false
	b.ResetTimer()
	finished := make(chan any)
	go func() {
		var problem any
		defer func() {
			b.StopTimer()
			b.runCleanups()
			finished <- problem
		}()
		b.StartTimer()
		b.f(b)
		b.ran = true
	}()
	<-finished
}

// next guesses how many rounds the time is filled by.
func (b *B) next(goal time.Duration, times int) int {
	if times > 0 {
		return times
	}
	n := max(b.N, b.loopN)
	spent := max(b.Elapsed().Nanoseconds(), 1)
	guess := goal.Nanoseconds() * int64(n) / spent
	guess += guess / 5
	guess = min(guess, 100*int64(n))
	guess = max(guess, int64(n)+1)
	return int(min(guess, maxRuns))
}

func (b *B) all() {
	b.once(1)
	if b.hasSub {
		return
	}
	if !b.failed && !b.skipped && !b.loops {
		duration, times := benchTime()
		if times > 1 {
			b.once(times)
		} else if times == 0 {
			for !b.failed && b.elapsed < duration && b.N < maxRuns {
				b.once(b.next(duration, 0))
			}
		}
	}
	name := b.name
	if procs := runtime.GOMAXPROCS(0); procs != 1 {
		name = fmt.Sprintf("%s-%d", name, procs)
	}
	if !headed {
		headed = true
		fmt.Fprintf(os.Stdout, "goos: linux\ngoarch: amd64\n")
		if benchPackage != "" {
			fmt.Fprintf(os.Stdout, "pkg: %s\n", benchPackage)
		}
	}
	if b.failed {
		fmt.Fprintf(os.Stdout, "--- FAIL: %s\n%s", name, b.output.String())
		return
	}
	if b.skipped {
		if chatty {
			fmt.Fprintf(os.Stdout, "--- SKIP: %s\n%s", name, b.output.String())
		}
		return
	}
	result := b.result()
	line := fmt.Sprintf("%-*s\t%s", longest, name, result.String())
	if flags.benchmem || b.allocs {
		line += "\t" + result.MemString()
	}
	fmt.Fprintln(os.Stdout, line)
	if b.output.Len() > 0 {
		fmt.Fprintf(os.Stdout, "--- BENCH: %s\n%s", name, b.output.String())
	}
}

var longest int

func (b *B) result() BenchmarkResult {
	return BenchmarkResult{N: b.N, T: b.elapsed, Bytes: b.bytes, MemAllocs: b.netAllocs, MemBytes: b.netBytes, metrics: b.metrics}
}

// BenchmarkResult is what a benchmark measured.
type BenchmarkResult struct {
	N         int
	T         time.Duration
	Bytes     int64
	MemAllocs uint64
	MemBytes  uint64
	metrics   []metric
}

func (r BenchmarkResult) NsPerOp() int64 {
	if r.N <= 0 {
		return 0
	}
	return r.T.Nanoseconds() / int64(r.N)
}

func (r BenchmarkResult) AllocsPerOp() int64 {
	if r.N <= 0 {
		return 0
	}
	return int64(r.MemAllocs) / int64(r.N)
}

func (r BenchmarkResult) AllocedBytesPerOp() int64 {
	if r.N <= 0 {
		return 0
	}
	return int64(r.MemBytes) / int64(r.N)
}

func (r BenchmarkResult) String() string {
	text := fmt.Sprintf("%8d", r.N)
	nanos := float64(r.T.Nanoseconds()) / float64(max(r.N, 1))
	if nanos != 0 {
		text += "\t" + figure(nanos, "ns/op")
	}
	if r.Bytes > 0 && r.T > 0 {
		text += fmt.Sprintf("\t%7.2f MB/s", float64(r.Bytes)*float64(r.N)/1e6/r.T.Seconds())
	}
	for _, m := range r.metrics {
		text += "\t" + figure(m.value, m.unit)
	}
	return text
}

func (r BenchmarkResult) MemString() string {
	return fmt.Sprintf("%8d B/op\t%8d allocs/op", r.AllocedBytesPerOp(), r.AllocsPerOp())
}

// figure prints a number with as many digits as its size deserves.
func figure(value float64, unit string) string {
	absolute := max(value, -value)
	format := "%12.7f %s"
	switch {
	case absolute == 0 || absolute >= 999.95:
		format = "%10.0f %s"
	case absolute >= 99.995:
		format = "%12.1f %s"
	case absolute >= 9.9995:
		format = "%13.2f %s"
	case absolute >= 0.99995:
		format = "%14.3f %s"
	case absolute >= 0.099995:
		format = "%15.4f %s"
	case absolute >= 0.0099995:
		format = "%16.5f %s"
	case absolute >= 0.00099995:
		format = "%17.6f %s"
	}
	return fmt.Sprintf(format, value, unit)
}

func (m *M) runBenchmarks() bool {
	if flags.bench == "" {
		return true
	}
	var err error
	if benches, err = newMatcher(flags.bench, "-test.bench"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return false
	}
	benchPackage = m.pkg
	root := &B{common: common{bench: true}}
	suffix := ""
	if procs := runtime.GOMAXPROCS(0); procs != 1 {
		suffix = fmt.Sprintf("-%d", procs)
	}
	for _, benchmark := range m.benchmarks {
		if benches.all([]string{benchmark.Name}) {
			longest = max(longest, len(benchmark.Name)+2*len(suffix)+1)
		}
	}
	for range flags.count {
		for _, benchmark := range m.benchmarks {
			root.Run(benchmark.Name, benchmark.F)
		}
	}
	return !root.failed
}

// Benchmark measures one function, outside of `go test` too.
func Benchmark(f func(b *B)) BenchmarkResult {
	if flags.benchtime == "" {
		flags.benchtime = "1s"
	}
	b := &B{common: common{bench: true}, f: f}
	b.once(1)
	if !b.loops {
		for !b.failed && b.elapsed < time.Second && b.N < maxRuns {
			b.once(b.next(time.Second, 0))
		}
	}
	return b.result()
}

// AllocsPerRun is the average number of allocations of a call of f.
func AllocsPerRun(runs int, f func()) float64 {
	f()
	_, _, before, _ := native.MemStats()
	for range runs {
		f()
	}
	_, _, after, _ := native.MemStats()
	return float64((after - before) / uint64(runs))
}
