package main

import (
	"bufio"
	"cmp"
	"container/heap"
	"container/list"
	"container/ring"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"maps"
	"math/bits"
	"math/rand"
	randv2 "math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"text/tabwriter"
	"time"
)

type H []int

func (h H) Len() int           { return len(h) }
func (h H) Less(i, j int) bool { return h[i] < h[j] }
func (h H) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *H) Push(x any)        { *h = append(*h, x.(int)) }
func (h *H) Pop() any {
	o := *h
	x := o[len(o)-1]
	*h = o[:len(o)-1]
	return x
}

type E struct{ c int }

func (e *E) Error() string { return fmt.Sprint("E", e.c) }

func try(f func()) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Println("recovered:", r)
		}
	}()
	f()
}

func main() {
	p := fmt.Println
	s := []int{3, 1, 4, 1, 5, 9, 2, 6}
	t := slices.Clone(s)
	slices.Sort(t)
	i, ok := slices.BinarySearch(t, 5)
	p(t, i, ok, slices.Contains(s, 9), slices.Index(s, 4), slices.Max(s), slices.Min(s), slices.Equal(s, t))
	p(slices.Compact([]int{1, 1, 2, 2, 1}), slices.Insert([]int{1, 4}, 1, 2, 3), slices.Delete([]int{1, 2, 3, 4}, 1, 3), slices.Replace([]int{1, 2, 3}, 0, 2, 9), slices.Concat([]int{1}, []int{2}), slices.Repeat([]int{1, 2}, 2))
	p(slices.IndexFunc(s, func(x int) bool { return x > 4 }), slices.ContainsFunc(s, func(x int) bool { return x < 0 }), slices.IsSorted(s), slices.Compare([]int{1, 2}, []int{1, 3}))
	slices.SortFunc(s, func(a, b int) int { return cmp.Compare(b, a) })
	p(s)
	p(slices.Collect(maps.Values(map[int]int{1: 2})), slices.Sorted(maps.Keys(map[string]int{"b": 1, "a": 2})))
	for c := range slices.Chunk([]int{1, 2, 3, 4, 5}, 2) {
		fmt.Print(c, " ")
	}
	for i, v := range slices.Backward([]string{"a", "b"}) {
		fmt.Print(i, v, " ")
	}
	p()
	m := map[string]int{"a": 1, "b": 2}
	m2 := maps.Clone(m)
	maps.DeleteFunc(m2, func(k string, v int) bool { return v > 1 })
	p(m2, maps.Equal(m, m2))
	maps.Copy(m2, map[string]int{"z": 9})
	p(m2, cmp.Compare(1, 2), cmp.Less("b", "a"), cmp.Or(0, 3, 5))
	try(func() { slices.Insert([]int{1}, 5, 1) })
	try(func() { slices.Max([]int{}) })
	try(func() { slices.Repeat([]int{1}, -1) })
	try(func() { slices.Chunk([]int{1}, 0) })
	next, stop := iter.Pull(slices.Values([]int{7, 8}))
	p(next())
	p(next())
	p(next())
	stop()
	people := []struct {
		N string
		A int
	}{{"A", 3}, {"B", 1}, {"C", 3}, {"D", 2}}
	sort.Slice(people, func(i, j int) bool { return people[i].A < people[j].A })
	p(people[0], people[1])
	sort.SliceStable(people, func(i, j int) bool { return people[i].N < people[j].N })
	p(people, sort.SearchInts([]int{1, 3, 5}, 4), sort.IsSorted(sort.IntSlice([]int{2, 1})))
	x := sort.Reverse(sort.StringSlice([]string{"a", "c", "b"}))
	sort.Sort(x)
	p(x, sort.Search(10, func(i int) bool { return i >= 7 }))
	h := &H{5, 2, 8}
	heap.Init(h)
	heap.Push(h, 3)
	for h.Len() > 0 {
		fmt.Print(heap.Pop(h), " ")
	}
	l := list.New()
	l.PushBack(1)
	l.PushFront(0)
	e := l.PushBack(2)
	l.InsertBefore(9, e)
	l.MoveToFront(e)
	for e := l.Front(); e != nil; e = e.Next() {
		fmt.Print(e.Value, " ")
	}
	r := ring.New(3)
	for i := range 3 {
		r.Value = i
		r = r.Next()
	}
	r.Do(func(x any) { fmt.Print(x, " ") })
	p(r.Len(), l.Len())

	err := errors.Join(errors.New("a"), nil, &E{2})
	var ee *E
	p(err, errors.As(err, &ee), ee, errors.Join(nil) == nil, errors.Unwrap(err))
	fmt.Printf("%q %v\n", err, errors.Is(err, ee))
	try(func() { errors.As(err, nil) })
	try(func() { var z int; errors.As(err, &z) })

	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errors.New("why"))
	p(ctx.Err(), context.Cause(ctx), ctx)
	c2, cn := context.WithTimeout(context.WithValue(context.Background(), "k", 1), time.Millisecond)
	defer cn()
	<-c2.Done()
	p(c2.Err(), c2.Value("k"), c2.Value("z"), errors.Is(c2.Err(), context.DeadlineExceeded), context.Background(), context.TODO())
	c3, cn3 := context.WithTimeoutCause(context.Background(), time.Millisecond, errors.New("tc"))
	defer cn3()
	<-c3.Done()
	p(c3.Err(), context.Cause(c3), context.WithoutCancel(c3).Err())
	stopf := context.AfterFunc(c3, func() {})
	p(stopf())

	var wg sync.WaitGroup
	var mu sync.RWMutex
	var n atomic.Int64
	var once sync.Once
	sum := 0
	for i := range 10 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			once.Do(func() { p("once") })
			mu.Lock()
			sum += i
			mu.Unlock()
			n.Add(2)
		}()
	}
	wg.Wait()
	wg.Go(func() { n.Add(1) })
	wg.Wait()
	p(sum, n.Load(), mu.TryLock(), mu.TryRLock())
	var sm sync.Map
	sm.Store("a", 1)
	v, loaded := sm.LoadOrStore("a", 2)
	p(v, loaded)
	sm.Range(func(k, v any) bool { p(k, v); return true })
	p(sm.LoadAndDelete("a"))
	p(sm.Load("a"))
	ov := sync.OnceValue(func() int { p("calc"); return 7 })
	p(ov(), ov())
	pool := sync.Pool{New: func() any { return "new" }}
	p(pool.Get())
	cond := sync.NewCond(&sync.Mutex{})
	ready := false
	go func() { cond.L.Lock(); ready = true; cond.L.Unlock(); cond.Broadcast() }()
	cond.L.Lock()
	for !ready {
		cond.Wait()
	}
	cond.L.Unlock()
	var av atomic.Value
	av.Store([]int{1})
	p(av.Load(), n.CompareAndSwap(21, 5), n.Swap(9), n.Load())
	try(func() { av.Store("x") })
	try(func() { av.Store(nil) })
	var ap atomic.Pointer[int]
	p(ap.Load() == nil)
	var ab atomic.Bool
	ab.Store(true)
	p(ab.Load(), ab.Swap(false))

	re := regexp.MustCompile(`(?P<user>\w+)@(?P<host>[\w.]+)`)
	txt := "bob@example.com, al@x.org"
	p(re.FindString(txt), re.FindStringIndex(txt), re.FindStringSubmatch(txt), re.FindAllString(txt, -1), re.FindAllStringSubmatchIndex(txt, -1), re.SubexpNames(), re.SubexpIndex("host"), re.NumSubexp())
	p(re.ReplaceAllString(txt, "${host}:$user"), re.ReplaceAllStringFunc(txt, strings.ToUpper), re.ReplaceAllLiteralString(txt, "$1"), re.MatchString("x"), re.String())
	fmt.Printf("%q %q %q\n", regexp.MustCompile(`,\s*`).Split("a, b,c", -1), regexp.MustCompile(`a*`).FindAllString("baaab", -1), regexp.MustCompile(`a*?`).ReplaceAllString("baac", "-"))
	for _, s := range []string{`(`, `a**`, `[z-a]`, `\8`, `(?<n>a)(?<n>b)`, `*`, `a{2,1}`, `a{1001}`, `[[:foo:]]`, `(?i)HeLLo`, `^\d{3}-\d{4}$`, `\bfoo\b`, `(?m)^x$`, `(?s).`, `\pL+`, `[^a-z]+`, `(a|b)*c|d`, `x{2,}`, `(?:ab)+?`, `\x41\n`, `[`, `a)`, `\`, `(?z)`, `\pX`} {
		re, err := regexp.Compile(s)
		if err != nil {
			p(err)
			continue
		}
		p(re, re.FindStringSubmatchIndex("hello 555-1234 foo x\nx aac ababab XX xx A\nd"), re.NumSubexp())
	}
	p(regexp.QuoteMeta("a.b*c[d]"), regexp.MustCompile(`(\d+)`).ReplaceAllString("a12b3", "<$1>"), regexp.MustCompile(`^`).ReplaceAllString("x", "y"))
	lp, full := regexp.MustCompile(`abc+d`).LiteralPrefix()
	p(lp, full, string(re.Expand(nil, []byte("$user-${host}!$none"), []byte(txt), re.FindStringSubmatchIndex(txt))))
	mt, err := regexp.MatchString("a.c", "abc")
	p(mt, err)

	sc := bufio.NewScanner(strings.NewReader("one two\nthree\r\n\nlast"))
	for sc.Scan() {
		fmt.Printf("%q ", sc.Text())
	}
	sc = bufio.NewScanner(strings.NewReader("one two  three"))
	sc.Split(bufio.ScanWords)
	for sc.Scan() {
		fmt.Printf("%q ", sc.Text())
	}
	sc = bufio.NewScanner(strings.NewReader("hé"))
	sc.Split(bufio.ScanRunes)
	for sc.Scan() {
		fmt.Printf("%q ", sc.Text())
	}
	sc = bufio.NewScanner(strings.NewReader(strings.Repeat("x", 70000)))
	p(sc.Scan(), sc.Err())
	sc = bufio.NewScanner(strings.NewReader(strings.Repeat("x", 70000)))
	sc.Buffer(make([]byte, 0, 10), 100000)
	p(sc.Scan(), sc.Err(), len(sc.Bytes()))
	br := bufio.NewReader(strings.NewReader("line1\nline2"))
	ln, err := br.ReadString('\n')
	fmt.Printf("%q %v\n", ln, err)
	pk, err := br.Peek(3)
	p(string(pk), err, br.Buffered())
	ln, err = br.ReadString('\n')
	fmt.Printf("%q %v\n", ln, err)
	_, err = br.ReadByte()
	p(err, br.UnreadByte())
	bw := bufio.NewWriterSize(os.Stdout, 16)
	fmt.Fprintf(bw, "buffered %d\n", bw.Available())
	bw.Flush()

	p(path.Join("a", "../b", "/c"), path.Base("/a/b.txt"), path.Dir("/a/b"), path.Ext("x.tar.gz"), path.Clean("a//b/./../c"), path.IsAbs("/a"))
	p(path.Match("*.go", "a.go"))
	p(path.Match("[a-c]?", "bz"))
	p(path.Match("[", "a"))
	rel, err := filepath.Rel("/a/b", "/a/c/d")
	p(rel, err, filepath.ToSlash("a/b"), filepath.VolumeName("/x"))
	p(filepath.Split("/a/b/c.txt"))
	p(filepath.SplitList("/a:/b"))
	os.MkdirAll("/tmp/wd/a/b", 0755)
	os.WriteFile("/tmp/wd/a/f.txt", []byte("hi"), 0600)
	os.WriteFile("/tmp/wd/z.go", nil, 0644)
	filepath.WalkDir("/tmp/wd", func(p string, d os.DirEntry, err error) error {
		fmt.Print(p, " ", d.IsDir(), d.Type(), err, "; ")
		if d.Name() == "b" {
			return filepath.SkipDir
		}
		return nil
	})
	filepath.Walk("/tmp/wd", func(p string, i os.FileInfo, err error) error {
		fmt.Print(i.Name(), i.Mode(), i.Size() > 0, " ")
		return nil
	})
	g, err := filepath.Glob("/tmp/wd/*/*.txt")
	p(g, err)
	_, err = filepath.Glob("[")
	p(err, filepath.Walk("/nope", func(p string, i os.FileInfo, err error) error { return err }))
	_, err = os.Open("/nope")
	var pe *os.PathError
	p(err, os.IsNotExist(err), errors.Is(err, os.ErrNotExist), errors.As(err, &pe), pe.Op, pe.Path)
	p(os.Remove("/tmp/wd/a"), os.Mkdir("/tmp/wd/a", 0755), os.Rename("/tmp/wd/q", "/tmp/wd/r"), os.Chdir("/nope"))
	os.RemoveAll("/tmp/wd")

	rng := rand.New(rand.NewSource(1))
	p(rng.Intn(100), rng.Float64(), rng.Perm(5), rng.Int63(), rng.Int31n(10), rng.NormFloat64(), rng.ExpFloat64(), rng.Uint32())
	r2 := randv2.New(randv2.NewPCG(1, 2))
	p(r2.IntN(100), r2.Float64(), r2.Perm(5), r2.Int64(), r2.Int32N(10), r2.Uint64(), r2.NormFloat64(), r2.UintN(5))
	rng.Shuffle(3, func(i, j int) {})
	try(func() { rand.Intn(0) })
	try(func() { randv2.IntN(-1) })
	p(bits.Len(8), bits.OnesCount(255), bits.TrailingZeros(8), bits.Reverse8(1), bits.RotateLeft8(129, 1), bits.LeadingZeros64(1))
	tw := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', tabwriter.AlignRight|tabwriter.Debug)
	fmt.Fprintln(tw, "a\tbbb\tc")
	fmt.Fprintln(tw, "aaaa\tb\tccccc")
	tw.Flush()
	tw = tabwriter.NewWriter(os.Stdout, 5, 0, 1, '.', 0)
	fmt.Fprintln(tw, "x\ty\tz\nlonger\tyy\tz")
	tw.Flush()
	fs := flag.NewFlagSet("prog", flag.ContinueOnError)
	fs.SetOutput(os.Stdout)
	fi := fs.Int("n", 5, "the `count` of things")
	fstr := fs.String("name", "bob", "a name")
	fb := fs.Bool("v", false, "verbose")
	fd := fs.Duration("d", time.Second, "dur")
	fs.Var(&lst{}, "l", "list")
	p(fs.Parse([]string{"-n", "7", "--name=al", "-v", "-d", "2m", "rest", "-x"}), *fi, *fstr, *fb, *fd, fs.Args(), fs.NArg(), fs.Arg(0), fs.NFlag())
	p(fs.Parse([]string{"-n", "x"}))
	p(fs.Parse([]string{"-zzz"}))
	p(fs.Parse([]string{"-h"}))
	p(fs.Parse([]string{"-n"}))
	p(fs.Parse([]string{"-v=maybe"}))
	p(fs.Parse([]string{"-d", "5"}))
	p(fs.Parse([]string{"-=x"}), fs.Parsed(), fs.Lookup("n").DefValue, fs.Set("n", "9"), *fi, fs.Set("q", ""))
	fs.VisitAll(func(f *flag.Flag) { fmt.Print(f.Name, "=", f.Value, " ") })
	pr, pw := io.Pipe()
	go func() { fmt.Fprint(pw, "piped"); pw.CloseWithError(errors.New("pipe err")) }()
	all, err := io.ReadAll(pr)
	p(string(all), err)
	lr := io.LimitReader(strings.NewReader("abcdef"), 3)
	all, _ = io.ReadAll(lr)
	_, err = io.ReadFull(strings.NewReader("ab"), make([]byte, 3))
	p(string(all), err)
	_, err = io.ReadAtLeast(strings.NewReader("ab"), make([]byte, 1), 2)
	p(err)
	nn, err := io.CopyN(io.Discard, strings.NewReader("abc"), 5)
	p(nn, err)
	sr := io.NewSectionReader(strings.NewReader("0123456789"), 2, 5)
	all, _ = io.ReadAll(sr)
	p(string(all), sr.Size())
}

type lst []string

func (l *lst) String() string     { return strings.Join(*l, ",") }
func (l *lst) Set(s string) error { *l = append(*l, s); return nil }
