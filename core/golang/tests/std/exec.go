package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

func main() {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "echo":
			fmt.Println("out", os.Args[2:], os.Getenv("X"))
			fmt.Fprintln(os.Stderr, "err")
		case "cat":
			io.Copy(os.Stdout, os.Stdin)
		case "exit":
			fmt.Fprintln(os.Stderr, "failing")
			os.Exit(3)
		case "sleep":
			time.Sleep(10 * time.Second)
		case "panic":
			panic("child")
		}
		return
	}
	self, err := os.Executable()
	if err != nil {
		fmt.Println(err)
	}
	out, err := exec.Command(self, "echo", "a", "b c").Output()
	fmt.Printf("%q %v\n", out, err)
	c := exec.Command(self, "echo")
	c.Env = append(os.Environ(), "X=1")
	out, err = c.CombinedOutput()
	fmt.Printf("%q %v\n", out, err)
	c = exec.Command(self, "cat")
	c.Stdin = strings.NewReader("input text")
	var b bytes.Buffer
	c.Stdout = &b
	fmt.Println(c.Run(), b.String())
	out, err = exec.Command(self, "exit").Output()
	var ee *exec.ExitError
	fmt.Println(err, errors.As(err, &ee), ee.ExitCode(), string(ee.Stderr), ee.ProcessState, ee.Success())
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	err = exec.CommandContext(ctx, self, "sleep").Run()
	fmt.Println(err, ctx.Err())
	c = exec.Command(self, "cat")
	in, _ := c.StdinPipe()
	op, _ := c.StdoutPipe()
	fmt.Println(c.Start(), c.Process.Pid > 0)
	io.WriteString(in, "piped")
	in.Close()
	all, _ := io.ReadAll(op)
	fmt.Println(string(all), c.Wait(), c.ProcessState.ExitCode(), c.ProcessState.Exited())
	c = exec.Command(self, "sleep")
	c.Start()
	fmt.Println(c.Process.Kill(), c.Wait(), c.ProcessState)
	fmt.Println(exec.Command("nope-nope").Run())
	fmt.Println(exec.Command("./nope").Run())
	fmt.Println(exec.Command("/etc").Run())
	_, err = exec.LookPath("nope-nope")
	fmt.Println(errors.Is(err, exec.ErrNotFound), err)
	c = exec.Command(self, "echo")
	c.Dir = "/nonexistent"
	fmt.Println(strings.ReplaceAll(fmt.Sprint(c.Run()), self, "SELF"))
	c = exec.Command(self, "echo")
	fmt.Println(c.Wait())
	c.Stdout = os.Stdout
	c.Run()
	fmt.Println(c.Run(), c.Wait())
	fmt.Println(exec.Command("a", "b").String())
}
