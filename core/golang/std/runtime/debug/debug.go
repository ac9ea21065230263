// Package debug looks closer at the running program.
package debug

import (
	"internal/native"
	"os"
	"runtime"
	"time"
)

func Stack() []byte {
	buf := make([]byte, 1024)
	for {
		n := runtime.Stack(buf, false)
		if n < len(buf) {
			return buf[:n]
		}
		buf = make([]byte, 2*len(buf))
	}
}
func PrintStack()                                     { os.Stderr.Write(Stack()) }
func FreeOSMemory()                                   { native.GC() }
func SetGCPercent(percent int) int                    { return 100 }
func SetMemoryLimit(limit int64) int64                { return 1<<63 - 1 }
func SetMaxStack(bytes int) int                       { return 1000000000 }
func SetMaxThreads(threads int) int                   { return 10000 }
func SetPanicOnFault(enabled bool) bool               { return false }
func SetTraceback(level string)                       {}

type GCStats struct {
	LastGC     time.Time
	NumGC      int64
	PauseTotal time.Duration
	Pause      []time.Duration
}

func ReadGCStats(stats *GCStats) {
	_, _, _, n := native.MemStats()
	stats.NumGC = int64(n)
}

type Module struct {
	Path    string
	Version string
	Sum     string
	Replace *Module
}

type BuildSetting struct{ Key, Value string }

type BuildInfo struct {
	GoVersion string
	Path      string
	Main      Module
	Deps      []*Module
	Settings  []BuildSetting
}

func ReadBuildInfo() (info *BuildInfo, ok bool) {
	return &BuildInfo{GoVersion: runtime.Version(), Path: "command-line-arguments"}, true
}
