// Package ioutil has the old names of functions of io and os.
package ioutil

import (
	"io"
	"io/fs"
	"os"
)

var Discard io.Writer = io.Discard

func ReadAll(r io.Reader) ([]byte, error)                        { return io.ReadAll(r) }
func ReadFile(name string) ([]byte, error)                       { return os.ReadFile(name) }
func WriteFile(name string, data []byte, perm fs.FileMode) error { return os.WriteFile(name, data, perm) }
func NopCloser(r io.Reader) io.ReadCloser                        { return io.NopCloser(r) }
func TempFile(dir, pattern string) (*os.File, error)             { return os.CreateTemp(dir, pattern) }
func TempDir(dir, pattern string) (string, error)                { return os.MkdirTemp(dir, pattern) }
func ReadDir(name string) (list []fs.FileInfo, err error) {
	entries, err := os.ReadDir(name)
	for _, e := range entries {
		i, err := e.Info()
		if err != nil {
			return nil, err
		}
		list = append(list, i)
	}
	return
}
