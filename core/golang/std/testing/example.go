package testing

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// InternalExample is one example of a package, with the output that its comment promises.
type InternalExample struct {
	Name      string
	F         func()
	Output    string
	Unordered bool
}

func (m *M) runExamples() bool {
	ok := true
	for _, example := range m.examples {
		if !runs.matches(example.Name, 0) {
			continue
		}
		m.ran++
		if chatty {
			announce("=== RUN   ", example.Name)
		}
		ok = example.run() && ok
	}
	return ok
}

func (e InternalExample) run() bool {
	read, write, err := os.Pipe()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	stdout := os.Stdout
	os.Stdout = write
	text := make(chan string)
	go func() {
		bytes, _ := io.ReadAll(read)
		read.Close()
		text <- string(bytes)
	}()
	start := time.Now()
	finished := false
	var got string
	defer func() {
		if !finished {
			write.Close()
			os.Stdout = stdout
			fmt.Fprint(os.Stdout, <-text)
			fmt.Printf("--- FAIL: %s (%.2fs)\n", e.Name, time.Since(start).Seconds())
		}
	}()
	e.F()
	finished = true
	write.Close()
	os.Stdout = stdout
	got = <-text
	return e.compare(got, time.Since(start).Seconds())
}

func (e InternalExample) compare(got string, seconds float64) bool {
	got = strings.TrimSpace(got)
	want := strings.TrimSpace(e.Output)
	same := got == want
	note := ""
	if e.Unordered {
		note = " (unordered)"
		same = sorted(got) == sorted(want)
	}
	if same {
		if chatty {
			fmt.Printf("--- PASS: %s (%.2fs)\n", e.Name, seconds)
		}
		return true
	}
	fmt.Printf("--- FAIL: %s (%.2fs)\ngot:\n%s\nwant%s:\n%s\n", e.Name, seconds, got, note, want)
	return false
}

func sorted(text string) string {
	lines := strings.Split(text, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
