// Package fs describes files and file systems.
package fs

import (
	"errors"
	"internal/oserror"
	"io"
	"path"
	"time"
)

var (
	ErrInvalid = oserror.ErrInvalid
	ErrPermission = oserror.ErrPermission
	ErrExist = oserror.ErrExist
	ErrNotExist = oserror.ErrNotExist
	ErrClosed = oserror.ErrClosed
	SkipDir       = errors.New("skip this directory")
	SkipAll       = errors.New("skip everything and stop the walk")
)

type FS interface {
	Open(name string) (File, error)
}
type File interface {
	Stat() (FileInfo, error)
	Read([]byte) (int, error)
	Close() error
}
type ReadDirFile interface {
	File
	ReadDir(n int) ([]DirEntry, error)
}
type ReadDirFS interface {
	FS
	ReadDir(name string) ([]DirEntry, error)
}
type ReadFileFS interface {
	FS
	ReadFile(name string) ([]byte, error)
}
type StatFS interface {
	FS
	Stat(name string) (FileInfo, error)
}
type SubFS interface {
	FS
	Sub(dir string) (FS, error)
}
type GlobFS interface {
	FS
	Glob(pattern string) ([]string, error)
}
type DirEntry interface {
	Name() string
	IsDir() bool
	Type() FileMode
	Info() (FileInfo, error)
}
type FileInfo interface {
	Name() string
	Size() int64
	Mode() FileMode
	ModTime() time.Time
	IsDir() bool
	Sys() any
}

type FileMode uint32

const (
	ModeDir FileMode = 1 << (31 - iota)
	ModeAppend
	ModeExclusive
	ModeTemporary
	ModeSymlink
	ModeDevice
	ModeNamedPipe
	ModeSocket
	ModeSetuid
	ModeSetgid
	ModeCharDevice
	ModeSticky
	ModeIrregular

	ModeType          = ModeDir | ModeSymlink | ModeNamedPipe | ModeSocket | ModeDevice | ModeCharDevice | ModeIrregular
	ModePerm FileMode = 0777
)

func (m FileMode) String() string {
	var b []byte
	for i, c := range "dalTLDpSugct?" {
		if m&(1<<(31-i)) != 0 {
			b = append(b, byte(c))
		}
	}
	if b == nil {
		b = append(b, '-')
	}
	for i, c := range "rwxrwxrwx" {
		if m&(1<<(8-i)) == 0 {
			c = '-'
		}
		b = append(b, byte(c))
	}
	return string(b)
}

func (m FileMode) IsDir() bool     { return m&ModeDir != 0 }
func (m FileMode) IsRegular() bool { return m&ModeType == 0 }
func (m FileMode) Perm() FileMode  { return m & ModePerm }
func (m FileMode) Type() FileMode  { return m & ModeType }

type PathError struct {
	Op   string
	Path string
	Err  error
}

func (e *PathError) Error() string { return e.Op + " " + e.Path + ": " + e.Err.Error() }
func (e *PathError) Unwrap() error { return e.Err }
func (e *PathError) Timeout() bool {
	t, ok := e.Err.(interface{ Timeout() bool })
	return ok && t.Timeout()
}

func ValidPath(name string) bool {
	return name == "." || name != "" && name != ".." && name[0] != '/' && path.Clean(name) == name && !(len(name) > 2 && name[:3] == "../")
}

type dirInfo struct{ i FileInfo }

func (d dirInfo) Name() string            { return d.i.Name() }
func (d dirInfo) IsDir() bool             { return d.i.IsDir() }
func (d dirInfo) Type() FileMode          { return d.i.Mode().Type() }
func (d dirInfo) Info() (FileInfo, error) { return d.i, nil }
func (d dirInfo) String() string          { return FormatDirEntry(d) }

func FileInfoToDirEntry(info FileInfo) DirEntry {
	if info == nil {
		return nil
	}
	return dirInfo{info}
}

func FormatDirEntry(d DirEntry) string {
	s := d.Type().String()
	s = s[:len(s)-9] + " " + d.Name()
	if d.IsDir() {
		s += "/"
	}
	return s
}

func FormatFileInfo(i FileInfo) string {
	n, d := i.Size(), []byte(nil)
	for n >= 10 || d == nil {
		d = append([]byte{byte('0' + n%10)}, d...)
		n /= 10
	}
	if n > 0 {
		d = append([]byte{byte('0' + n)}, d...)
	}
	s := i.Mode().String() + " " + string(d) + " " + i.ModTime().Format("2006-01-02 15:04:05") + " " + i.Name()
	if i.IsDir() {
		s += "/"
	}
	return s
}

func ReadFile(fsys FS, name string) ([]byte, error) {
	if f, ok := fsys.(ReadFileFS); ok {
		return f.ReadFile(name)
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

type ReadLinkFS interface {
	FS
	ReadLink(name string) (string, error)
	Lstat(name string) (FileInfo, error)
}

func ReadLink(fsys FS, name string) (string, error) {
	if f, ok := fsys.(ReadLinkFS); ok {
		return f.ReadLink(name)
	}
	return "", &PathError{"readlink", name, ErrInvalid}
}

func Lstat(fsys FS, name string) (FileInfo, error) {
	if f, ok := fsys.(ReadLinkFS); ok {
		return f.Lstat(name)
	}
	return Stat(fsys, name)
}

func Stat(fsys FS, name string) (FileInfo, error) {
	if f, ok := fsys.(StatFS); ok {
		return f.Stat(name)
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Stat()
}

func ReadDir(fsys FS, name string) ([]DirEntry, error) {
	if f, ok := fsys.(ReadDirFS); ok {
		return f.ReadDir(name)
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	d, ok := f.(ReadDirFile)
	if !ok {
		return nil, &PathError{"readdir", name, errors.New("not implemented")}
	}
	list, err := d.ReadDir(-1)
	for i := range list {
		for j := i; j > 0 && list[j].Name() < list[j-1].Name(); j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
	}
	return list, err
}

type WalkDirFunc func(path string, d DirEntry, err error) error

func WalkDir(fsys FS, root string, fn WalkDirFunc) error {
	info, err := Stat(fsys, root)
	if err != nil {
		err = fn(root, nil, err)
	} else {
		err = walk(fsys, root, dirInfo{info}, fn)
	}
	if err == SkipDir || err == SkipAll {
		return nil
	}
	return err
}

func walk(fsys FS, name string, d DirEntry, fn WalkDirFunc) error {
	if err := fn(name, d, nil); err != nil || !d.IsDir() {
		if err == SkipDir && d.IsDir() {
			return nil
		}
		return err
	}
	list, err := ReadDir(fsys, name)
	if err != nil {
		if err = fn(name, d, err); err != nil {
			if err == SkipDir {
				return nil
			}
			return err
		}
	}
	for _, e := range list {
		if err := walk(fsys, path.Join(name, e.Name()), e, fn); err != nil {
			if err == SkipDir {
				break
			}
			return err
		}
	}
	return nil
}

func Glob(fsys FS, pattern string) (matches []string, err error) {
	if f, ok := fsys.(GlobFS); ok {
		return f.Glob(pattern)
	}
	if _, err = path.Match(pattern, ""); err != nil {
		return nil, err
	}
	err = WalkDir(fsys, ".", func(p string, _ DirEntry, err error) error {
		if ok, _ := path.Match(pattern, p); ok && err == nil {
			matches = append(matches, p)
		}
		return nil
	})
	return
}

type subFS struct {
	fsys FS
	dir  string
}

func (s *subFS) Open(name string) (File, error) {
	if !ValidPath(name) {
		return nil, &PathError{"open", name, ErrInvalid}
	}
	f, err := s.fsys.Open(path.Join(s.dir, name))
	if e, ok := err.(*PathError); ok {
		e.Path = name
	}
	return f, err
}

func Sub(fsys FS, dir string) (FS, error) {
	if !ValidPath(dir) {
		return nil, &PathError{"sub", dir, ErrInvalid}
	}
	if dir == "." {
		return fsys, nil
	}
	if f, ok := fsys.(SubFS); ok {
		return f.Sub(dir)
	}
	return &subFS{fsys, dir}, nil
}
