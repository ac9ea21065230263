package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"os"
	"time"
)

type user struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
	pw   string
}

type secret string

func (secret) LogValue() slog.Value { return slog.StringValue("REDACTED") }

type pt struct{ X, Y int }

func (p pt) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("x", p.X), slog.Int("y", p.Y))
}

func noTime(groups []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey && len(groups) == 0 {
		return slog.Attr{}
	}
	return a
}

func run(l *slog.Logger) {
	l.Info("hello", "count", 3, "name", "a b", "ok", true, "f", 1.5)
	l.Debug("dbg", "x", 1)
	l.Warn("careful", slog.String("k", "v"), slog.Duration("d", 1500*time.Millisecond), slog.Any("e", errors.New("boom")))
	l.Error("bad", "err", fmt.Errorf("wrap: %w", os.ErrNotExist), "nil", nil)
	l.Info("odd", "lonely")
	l.Info("num", 5, "x")
	l.Info("group", slog.Group("g", slog.Int("a", 1), slog.Group("h", "b", 2)), "after", 1)
	l.Info("empty group", slog.Group("g"))
	l2 := l.With("svc", "api", "v", 2)
	l2.Info("with")
	l3 := l2.WithGroup("req").With("id", 7)
	l3.Info("nested", "path", "/x")
	l3.Info("nested2")
	l.WithGroup("a").WithGroup("b").Info("deep", "k", "v")
	l.WithGroup("a").WithGroup("b").Info("deep none")
	l.Info("types", "user", user{1, "Bob", "x"}, "ptr", &user{2, "Al", "y"}, "slice", []int{1, 2}, "map", map[string]int{"b": 1, "a": 2}, "bytes", []byte("hi"))
	l.Info("lv", "s", secret("pw"), "p", pt{1, 2})
	l.Info("quote \"this\"", "a=b", "c=d", "html", "<b>&", "uni", "é\n", "empty", "")
	l.Info("time", "t", time.Date(2024, 1, 2, 3, 4, 5, 6000000, time.UTC), "u64", uint64(1<<63), "f32", float32(0.5), "dur", time.Minute)
	l.Log(context.Background(), slog.LevelInfo+2, "custom level")
	l.Log(context.Background(), slog.Level(-1), "custom level")
	l.Log(context.Background(), slog.Level(12), "custom level")
	l.LogAttrs(context.Background(), slog.LevelInfo, "attrs", slog.Bool("b", false), slog.Uint64("u", 3))
	l.InfoContext(context.Background(), "ctx", "c", 'x')
}

func main() {
	opts := &slog.HandlerOptions{ReplaceAttr: noTime}
	run(slog.New(slog.NewTextHandler(os.Stdout, opts)))
	run(slog.New(slog.NewJSONHandler(os.Stdout, opts)))
	opts.Level = slog.LevelDebug
	run(slog.New(slog.NewTextHandler(os.Stdout, opts)))
	log.SetFlags(0)
	run(slog.Default())
	log.SetOutput(os.Stdout)
	slog.Info("default", "a", 1)
	slog.Error("default", "a", 1)
	slog.Debug("hidden")
	slog.SetLogLoggerLevel(slog.LevelDebug)
	slog.Debug("shown")
	h := slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{AddSource: false, Level: slog.LevelWarn, ReplaceAttr: func(g []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		if a.Key == slog.LevelKey {
			a.Key = "severity"
			a.Value = slog.StringValue("S" + a.Value.String())
		}
		if a.Key == "pw" {
			return slog.String("pw", "***")
		}
		return a
	}})
	slog.SetDefault(slog.New(h))
	slog.Info("no")
	slog.Warn("yes", "pw", "x", slog.Group("g", "pw", 1))
	log.Print("via log")
	var lv slog.LevelVar
	fmt.Println(lv.Level(), &lv)
	lv.Set(slog.LevelError)
	fmt.Println(lv.Level(), slog.LevelDebug, slog.Level(3), slog.Level(-5))
	var lev slog.Level
	fmt.Println(lev.UnmarshalText([]byte("warn+2")), lev)
	fmt.Println(lev.UnmarshalText([]byte("nope")), lev)
	fmt.Println(slog.String("a", "b"), slog.Int("n", 3).Value.Kind(), slog.AnyValue(user{}).Kind())
	l := slog.NewLogLogger(h, slog.LevelError)
	l.Println("from logger")
	fmt.Println(slog.Default().Enabled(context.Background(), slog.LevelInfo))
}
