// Package embed is files that the build puts into the program.
package embed

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// An FS is the files in order of their names.
type FS struct{ files []*file }

type file struct {
	name string // a folder's ends with a slash
	data string
}

// Embedded is what the build calls: names and contents in turn.
func Embedded(pairs ...string) (f FS) {
	seen := map[string]bool{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if seen[pairs[i]] {
			continue
		}
		seen[pairs[i]] = true
		f.files = append(f.files, &file{pairs[i], pairs[i+1]})
		for d := path.Dir(pairs[i]); d != "." && !seen[d]; d = path.Dir(d) {
			seen[d] = true
			f.files = append(f.files, &file{d + "/", ""})
		}
	}
	slices.SortFunc(f.files, func(a, b *file) int { return strings.Compare(a.path(), b.path()) })
	return
}

func (f *file) path() string               { return strings.TrimSuffix(f.name, "/") }
func (f *file) Name() string               { return path.Base(f.name) }
func (f *file) Size() int64                { return int64(len(f.data)) }
func (f *file) ModTime() time.Time         { return time.Time{} }
func (f *file) IsDir() bool                { return strings.HasSuffix(f.name, "/") }
func (f *file) Sys() any                   { return nil }
func (f *file) Type() fs.FileMode          { return f.Mode().Type() }
func (f *file) Info() (fs.FileInfo, error) { return f, nil }
func (f *file) String() string             { return fs.FormatFileInfo(f) }
func (f *file) Mode() fs.FileMode {
	if f.IsDir() {
		return fs.ModeDir | 0555
	}
	return 0444
}

var root = &file{name: "./"}

func (f FS) lookup(name string) *file {
	if !fs.ValidPath(name) {
		return nil
	}
	if name == "." {
		return root
	}
	for _, x := range f.files {
		if x.path() == name {
			return x
		}
	}
	return nil
}

func (f FS) Open(name string) (fs.File, error) {
	x := f.lookup(name)
	if x == nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	if x.IsDir() {
		var list []fs.DirEntry
		for _, e := range f.files {
			if path.Dir(e.path()) == name {
				list = append(list, e)
			}
		}
		return &dir{x, list}, nil
	}
	return &open{strings.NewReader(x.data), x}, nil
}

func (f FS) ReadDir(name string) ([]fs.DirEntry, error) {
	x, err := f.Open(name)
	if err != nil {
		return nil, err
	}
	d, ok := x.(*dir)
	if !ok {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("not a directory")}
	}
	return d.list, nil
}

func (f FS) ReadFile(name string) ([]byte, error) {
	x, err := f.Open(name)
	if err != nil {
		return nil, err
	}
	o, ok := x.(*open)
	if !ok {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("is a directory")}
	}
	return []byte(o.f.data), nil
}

type open struct {
	*strings.Reader
	f *file
}

func (o *open) Close() error               { return nil }
func (o *open) Stat() (fs.FileInfo, error) { return o.f, nil }

type dir struct {
	f    *file
	list []fs.DirEntry
}

func (d *dir) Close() error               { return nil }
func (d *dir) Stat() (fs.FileInfo, error) { return d.f, nil }
func (d *dir) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.f.path(), Err: errors.New("is a directory")}
}
func (d *dir) ReadDir(n int) (list []fs.DirEntry, err error) {
	if n <= 0 || n > len(d.list) {
		if n > 0 && len(d.list) == 0 {
			err = io.EOF
		}
		n = len(d.list)
	}
	list = d.list[:n]
	d.list = d.list[n:]
	return
}
