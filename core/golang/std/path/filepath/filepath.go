// Package filepath handles the machine's paths.
package filepath

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"
)

const (
	Separator     = '/'
	ListSeparator = ':'
)

var (
	ErrBadPattern = path.ErrBadPattern
	SkipDir       = fs.SkipDir
	SkipAll       = fs.SkipAll
)

type WalkFunc func(path string, info fs.FileInfo, err error) error

func Clean(path_ string) string                      { return path.Clean(path_) }
func Join(elem ...string) string                     { return path.Join(elem...) }
func Split(p string) (dir, file string)              { return path.Split(p) }
func Ext(p string) string                            { return path.Ext(p) }
func Base(p string) string                           { return path.Base(p) }
func Dir(p string) string                            { return path.Dir(p) }
func IsAbs(p string) bool                            { return path.IsAbs(p) }
func ToSlash(p string) string                        { return p }
func FromSlash(p string) string                      { return p }
func VolumeName(p string) string                     { return "" }
func Match(pattern, name string) (bool, error)       { return path.Match(pattern, name) }
func SplitList(p string) []string {
	if p == "" {
		return []string{}
	}
	return strings.Split(p, ":")
}

func IsLocal(p string) bool {
	p = path.Clean(p)
	return p != "" && p[0] != '/' && p != ".." && !strings.HasPrefix(p, "../")
}

func Localize(p string) (string, error) {
	if !fs.ValidPath(p) {
		return "", errors.New("invalid path")
	}
	return p, nil
}

func Abs(p string) (string, error) {
	if IsAbs(p) {
		return Clean(p), nil
	}
	wd, err := os.Getwd()
	return Join(wd, p), err
}

func Rel(base, target string) (string, error) {
	b, t := Clean(base), Clean(target)
	if b == t {
		return ".", nil
	}
	if b == "." {
		b = ""
	}
	if IsAbs(b) != IsAbs(t) {
		return "", errors.New("Rel: can't make " + target + " relative to " + base)
	}
	var x, y []string
	if b = strings.Trim(b, "/"); b != "" {
		x = strings.Split(b, "/")
	}
	if t = strings.Trim(t, "/"); t != "" && t != "." {
		y = strings.Split(t, "/")
	}
	for len(x) > 0 && len(y) > 0 && x[0] == y[0] {
		x, y = x[1:], y[1:]
	}
	up := []string{}
	for _, e := range x {
		if e == ".." {
			return "", errors.New("Rel: can't make " + target + " relative to " + base)
		}
		up = append(up, "..")
	}
	return strings.Join(append(up, y...), "/"), nil
}

func EvalSymlinks(p string) (string, error) {
	for range 40 {
		s, err := os.Readlink(p)
		if err != nil {
			if _, err := os.Lstat(p); err != nil {
				return "", err
			}
			if d := Dir(p); d != "." && d != "/" && d != p {
				e, err := EvalSymlinks(d)
				return Join(e, Base(p)), err
			}
			return Clean(p), nil
		}
		if !IsAbs(s) {
			s = Join(Dir(p), s)
		}
		p = s
	}
	return "", errors.New("EvalSymlinks: too many links")
}

func Walk(root string, fn WalkFunc) error {
	info, err := os.Lstat(root)
	if err != nil {
		err = fn(root, nil, err)
	} else {
		err = walk(root, info, fn)
	}
	if err == SkipDir || err == SkipAll {
		return nil
	}
	return err
}

func walk(p string, info fs.FileInfo, fn WalkFunc) error {
	if !info.IsDir() {
		return fn(p, info, nil)
	}
	list, err := os.ReadDir(p)
	if e := fn(p, info, err); err != nil || e != nil {
		return e
	}
	for _, d := range list {
		name := Join(p, d.Name())
		info, err := os.Lstat(name)
		if err != nil {
			if err = fn(name, info, err); err != nil && err != SkipDir {
				return err
			}
			continue
		}
		if err = walk(name, info, fn); err != nil && (!info.IsDir() || err != SkipDir) {
			return err
		}
	}
	return nil
}

func WalkDir(root string, fn fs.WalkDirFunc) error {
	info, err := os.Lstat(root)
	if err != nil {
		err = fn(root, nil, err)
	} else {
		err = walkDir(root, fs.FileInfoToDirEntry(info), fn)
	}
	if err == SkipDir || err == SkipAll {
		return nil
	}
	return err
}

func walkDir(p string, d fs.DirEntry, fn fs.WalkDirFunc) error {
	if err := fn(p, d, nil); err != nil || !d.IsDir() {
		if err == SkipDir && d.IsDir() {
			err = nil
		}
		return err
	}
	list, err := os.ReadDir(p)
	if err != nil {
		if err = fn(p, d, err); err != nil {
			if err == SkipDir {
				err = nil
			}
			return err
		}
	}
	for _, e := range list {
		if err := walkDir(Join(p, e.Name()), e, fn); err != nil {
			if err == SkipDir {
				break
			}
			return err
		}
	}
	return nil
}

func Glob(pattern string) (matches []string, err error) {
	if _, err := Match(pattern, ""); err != nil {
		return nil, err
	}
	if !strings.ContainsAny(pattern, `*?[\`) {
		if _, err := os.Lstat(pattern); err != nil {
			return nil, nil
		}
		return []string{pattern}, nil
	}
	dir, file := Split(pattern)
	if len(dir) > 1 {
		dir = dir[:len(dir)-1]
	}
	dirs := []string{dir}
	if strings.ContainsAny(dir, `*?[\`) {
		if dirs, err = Glob(dir); err != nil {
			return nil, err
		}
	}
	for _, d := range dirs {
		at := d
		if at == "" {
			at = "."
		}
		list, _ := os.ReadDir(at)
		for _, e := range list {
			if ok, _ := Match(file, e.Name()); ok {
				matches = append(matches, Join(d, e.Name()))
			}
		}
	}
	return
}

func HasPrefix(p, prefix string) bool { return strings.HasPrefix(p, prefix) }
