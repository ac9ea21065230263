// Package os: files.
package os

import (
	"errors"
	"internal/native"
	"io"
	"io/fs"
	"syscall"
	"time"
)

const (
	O_RDONLY = syscall.O_RDONLY
	O_WRONLY = syscall.O_WRONLY
	O_RDWR   = syscall.O_RDWR
	O_APPEND = syscall.O_APPEND
	O_CREATE = syscall.O_CREAT
	O_EXCL   = syscall.O_EXCL
	O_SYNC   = syscall.O_SYNC
	O_TRUNC  = syscall.O_TRUNC

	SEEK_SET = 0
	SEEK_CUR = 1
	SEEK_END = 2

	PathSeparator     = '/'
	PathListSeparator = ':'
	DevNull           = "/dev/null"
)

type (
	File struct {
		fd   int
		name string
		list []DirEntry
		read bool
	}
	FileInfo  = fs.FileInfo
	FileMode  = fs.FileMode
	DirEntry  = fs.DirEntry
	PathError = fs.PathError
)

const (
	ModeDir        = fs.ModeDir
	ModeAppend     = fs.ModeAppend
	ModeExclusive  = fs.ModeExclusive
	ModeTemporary  = fs.ModeTemporary
	ModeSymlink    = fs.ModeSymlink
	ModeDevice     = fs.ModeDevice
	ModeNamedPipe  = fs.ModeNamedPipe
	ModeSocket     = fs.ModeSocket
	ModeSetuid     = fs.ModeSetuid
	ModeSetgid     = fs.ModeSetgid
	ModeCharDevice = fs.ModeCharDevice
	ModeSticky     = fs.ModeSticky
	ModeIrregular  = fs.ModeIrregular
	ModeType       = fs.ModeType
	ModePerm       = fs.ModePerm
)

var (
	ErrInvalid          = fs.ErrInvalid
	ErrPermission       = fs.ErrPermission
	ErrExist            = fs.ErrExist
	ErrNotExist         = fs.ErrNotExist
	ErrClosed           = fs.ErrClosed
	ErrNoDeadline       = errors.New("file type does not support deadline")
	ErrDeadlineExceeded = errors.New("i/o timeout")
	ErrProcessDone      = errors.New("os: process already finished")

	Stdin  = NewFile(0, "/dev/stdin")
	Stdout = NewFile(1, "/dev/stdout")
	Stderr = NewFile(2, "/dev/stderr")
)

type SyscallError struct {
	Syscall string
	Err     error
}

func (e *SyscallError) Error() string { return e.Syscall + ": " + e.Err.Error() }
func (e *SyscallError) Unwrap() error { return e.Err }
func (e *SyscallError) Timeout() bool {
	t, ok := e.Err.(interface{ Timeout() bool })
	return ok && t.Timeout()
}

func NewSyscallError(syscall string, err error) error {
	if err == nil {
		return nil
	}
	return &SyscallError{syscall, err}
}

type LinkError struct {
	Op  string
	Old string
	New string
	Err error
}

func (e *LinkError) Error() string { return e.Op + " " + e.Old + " " + e.New + ": " + e.Err.Error() }
func (e *LinkError) Unwrap() error { return e.Err }

func underlying(err error) error {
	switch e := err.(type) {
	case *PathError:
		return e.Err
	case *LinkError:
		return e.Err
	case *SyscallError:
		return e.Err
	}
	return err
}

func underlyingIs(err, target error) bool {
	err = underlying(err)
	if err == target {
		return true
	}
	e, ok := err.(syscall.Errno)
	return ok && e.Is(target)
}

func IsExist(err error) bool      { return underlyingIs(err, ErrExist) }
func IsNotExist(err error) bool   { return underlyingIs(err, ErrNotExist) }
func IsPermission(err error) bool { return underlyingIs(err, ErrPermission) }
func IsTimeout(err error) bool {
	t, ok := underlying(err).(interface{ Timeout() bool })
	return ok && t.Timeout()
}
func IsPathSeparator(c uint8) bool { return c == '/' }

func pathError(op, path string, errno int) error {
	if errno == 0 {
		return nil
	}
	return &PathError{Op: op, Path: path, Err: syscall.Errno(errno)}
}

func linkError(op, from, to string, errno int) error {
	if errno == 0 {
		return nil
	}
	return &LinkError{op, from, to, syscall.Errno(errno)}
}

func NewFile(fd uintptr, name string) *File { return &File{fd: int(fd), name: name} }

func Open(name string) (*File, error)   { return OpenFile(name, O_RDONLY, 0) }
func Create(name string) (*File, error) { return OpenFile(name, O_RDWR|O_CREATE|O_TRUNC, 0666) }

func OpenFile(name string, flag int, perm FileMode) (*File, error) {
	fd, errno := native.Open(name, flag, mode(perm))
	if errno != 0 {
		return nil, pathError("open", name, errno)
	}
	return NewFile(uintptr(fd), name), nil
}

// mode is Linux's form of a FileMode's bits.
func mode(m FileMode) uint32 {
	o := uint32(m.Perm())
	if m&ModeSetuid != 0 {
		o |= 0x800
	}
	if m&ModeSetgid != 0 {
		o |= 0x400
	}
	if m&ModeSticky != 0 {
		o |= 0x200
	}
	return o
}

// check gives the error of using a nil or closed file.
func (f *File) check(op string) error {
	if f == nil {
		return ErrInvalid
	}
	if f.fd < 0 {
		return &PathError{Op: op, Path: f.name, Err: ErrClosed}
	}
	return nil
}

func (f *File) Name() string { return f.name }
func (f *File) Fd() uintptr  { return uintptr(f.fd) }
func (f *File) Sync() error  { return f.check("sync") }

func (f *File) SetDeadline(t time.Time) error      { return ErrNoDeadline }
func (f *File) SetReadDeadline(t time.Time) error  { return ErrNoDeadline }
func (f *File) SetWriteDeadline(t time.Time) error { return ErrNoDeadline }

func (f *File) Read(b []byte) (int, error) {
	if err := f.check("read"); err != nil {
		return 0, err
	}
	if len(b) == 0 {
		return 0, nil
	}
	n, errno := native.Read(f.fd, b)
	if errno != 0 {
		return 0, pathError("read", f.name, errno)
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (f *File) Write(b []byte) (n int, err error) {
	if f == nil || f.fd < 0 {
		return 0, f.check("write")
	}
	for {
		k, errno := native.Write(f.fd, b[n:])
		n += k
		if errno != 0 {
			return n, pathError("write", f.name, errno)
		}
		if n >= len(b) || k == 0 {
			return n, nil
		}
	}
}

func (f *File) WriteString(s string) (int, error) { return f.Write([]byte(s)) }

func (f *File) at(off int64, do func() (int, error)) (int, error) {
	old, err := f.Seek(0, 1)
	if err != nil {
		return 0, err
	}
	defer f.Seek(old, 0)
	if _, err = f.Seek(off, 0); err != nil {
		return 0, err
	}
	return do()
}

func (f *File) ReadAt(b []byte, off int64) (int, error) {
	if err := f.check("read"); err != nil {
		return 0, err
	}
	if off < 0 {
		return 0, &PathError{Op: "readat", Path: f.name, Err: errors.New("negative offset")}
	}
	return f.at(off, func() (int, error) {
		n, err := io.ReadFull(f, b)
		if err == io.ErrUnexpectedEOF {
			err = io.EOF
		}
		return n, err
	})
}

func (f *File) WriteAt(b []byte, off int64) (int, error) {
	if err := f.check("write"); err != nil {
		return 0, err
	}
	if off < 0 {
		return 0, &PathError{Op: "writeat", Path: f.name, Err: errors.New("negative offset")}
	}
	return f.at(off, func() (int, error) { return f.Write(b) })
}

func (f *File) Seek(offset int64, whence int) (int64, error) {
	if err := f.check("seek"); err != nil {
		return 0, err
	}
	f.list, f.read = nil, false
	n, errno := native.Seek(f.fd, offset, whence)
	return n, pathError("seek", f.name, errno)
}

func (f *File) Close() error {
	if f == nil {
		return ErrInvalid
	}
	if f.fd < 0 {
		return &PathError{Op: "close", Path: f.name, Err: ErrClosed}
	}
	errno := native.Close(f.fd)
	f.fd = -1
	return pathError("close", f.name, errno)
}

func (f *File) Stat() (FileInfo, error) {
	if err := f.check("stat"); err != nil {
		return nil, err
	}
	m, size, mtime, ino, errno := native.Fstat(f.fd)
	if errno != 0 {
		return nil, pathError("stat", f.name, errno)
	}
	return newStat(f.name, m, size, mtime, ino), nil
}

func (f *File) Chmod(m FileMode) error    { return Chmod(f.name, m) }
func (f *File) Truncate(size int64) error { return Truncate(f.name, size) }
func (f *File) Chown(uid, gid int) error { return Chown(f.name, uid, gid) }
func (f *File) ReadFrom(r io.Reader) (int64, error) {
	return io.Copy(struct{ io.Writer }{f}, r)
}
func (f *File) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, struct{ io.Reader }{f})
}
func (f *File) Chdir() error              { return Chdir(f.name) }

func (f *File) ReadDir(n int) ([]DirEntry, error) {
	if err := f.check("readdir"); err != nil {
		return nil, err
	}
	if !f.read {
		list, err := readDir(f.name, "readdirent")
		if err != nil {
			return nil, err
		}
		f.list, f.read = list, true
	}
	l := f.list
	if n > 0 {
		if len(l) == 0 {
			return nil, io.EOF
		}
		l = l[:min(n, len(l))]
	}
	f.list = f.list[len(l):]
	return l, nil
}

func (f *File) Readdir(n int) ([]FileInfo, error) {
	list, err := f.ReadDir(n)
	var infos []FileInfo
	for _, e := range list {
		if i, err := e.Info(); err == nil {
			infos = append(infos, i)
		}
	}
	return infos, err
}

func (f *File) Readdirnames(n int) (names []string, err error) {
	list, err := f.ReadDir(n)
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names, err
}

type fileStat struct {
	name  string
	size  int64
	mode  FileMode
	mtime int64
	sys   syscall.Stat_t
}

func newStat(name string, m uint32, size, mtime int64, ino int) *fileStat {
	for len(name) > 1 && name[len(name)-1] == '/' {
		name = name[:len(name)-1]
	}
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '/' && len(name) > 1 {
			name = name[i+1:]
			break
		}
	}
	fm := FileMode(m & 0777)
	switch m & syscall.S_IFMT {
	case syscall.S_IFDIR:
		fm |= ModeDir
	case syscall.S_IFLNK:
		fm |= ModeSymlink
	case syscall.S_IFIFO:
		fm |= ModeNamedPipe
	case syscall.S_IFSOCK:
		fm |= ModeSocket
	case syscall.S_IFCHR:
		fm |= ModeDevice | ModeCharDevice
	case syscall.S_IFBLK:
		fm |= ModeDevice
	}
	if m&0x800 != 0 {
		fm |= ModeSetuid
	}
	if m&0x400 != 0 {
		fm |= ModeSetgid
	}
	if m&0x200 != 0 {
		fm |= ModeSticky
	}
	return &fileStat{name, size, fm, mtime, syscall.Stat_t{Ino: uint64(ino), Mode: m, Size: size, Nlink: 1}}
}

func (s *fileStat) Name() string       { return s.name }
func (s *fileStat) Size() int64        { return s.size }
func (s *fileStat) Mode() FileMode     { return s.mode }
func (s *fileStat) ModTime() time.Time { return time.Unix(0, s.mtime) }
func (s *fileStat) IsDir() bool        { return s.mode.IsDir() }
func (s *fileStat) Sys() any           { return &s.sys }

func SameFile(a, b FileInfo) bool {
	x, ok1 := a.(*fileStat)
	y, ok2 := b.(*fileStat)
	return ok1 && ok2 && x.sys.Ino == y.sys.Ino
}

func stat(op, name string, follow bool) (FileInfo, error) {
	m, size, mtime, ino, errno := native.Stat(name, follow)
	if errno != 0 {
		return nil, pathError(op, name, errno)
	}
	return newStat(name, m, size, mtime, ino), nil
}

func Stat(name string) (FileInfo, error)  { return stat("stat", name, true) }
func Lstat(name string) (FileInfo, error) { return stat("lstat", name, false) }

type dirEntry struct {
	dir, name string
	mode      FileMode
}

func (d *dirEntry) Name() string            { return d.name }
func (d *dirEntry) IsDir() bool             { return d.mode.IsDir() }
func (d *dirEntry) Type() FileMode          { return d.mode.Type() }
func (d *dirEntry) Info() (FileInfo, error) { return Lstat(d.dir + "/" + d.name) }
func (d *dirEntry) String() string          { return fs.FormatDirEntry(d) }

func readDir(name, op string) ([]DirEntry, error) {
	names, errno := native.ReadDir(name)
	if errno != 0 {
		return nil, pathError(op, name, errno)
	}
	list := make([]DirEntry, len(names))
	for i, n := range names {
		e := &dirEntry{dir: name, name: n}
		if info, err := e.Info(); err == nil {
			e.mode = info.Mode()
		}
		list[i] = e
	}
	return list, nil
}

func ReadDir(name string) ([]DirEntry, error) {
	f, err := Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readDir(name, "readdirent")
}

func ReadFile(name string) ([]byte, error) {
	f, err := Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

func WriteFile(name string, data []byte, perm FileMode) error {
	f, err := OpenFile(name, O_WRONLY|O_CREATE|O_TRUNC, perm)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}

func Mkdir(name string, perm FileMode) error {
	return pathError("mkdir", name, native.Mkdir(name, mode(perm)))
}

func MkdirAll(path string, perm FileMode) error {
	if info, err := Stat(path); err == nil {
		if info.IsDir() {
			return nil
		}
		return pathError("mkdir", path, int(syscall.ENOTDIR))
	}
	i := len(path)
	for i > 0 && path[i-1] == '/' {
		i--
	}
	for i > 0 && path[i-1] != '/' {
		i--
	}
	if i > 1 {
		if err := MkdirAll(path[:i-1], perm); err != nil {
			return err
		}
	}
	err := Mkdir(path, perm)
	if info, e := Lstat(path); err != nil && e == nil && info.IsDir() {
		return nil
	}
	return err
}

func Remove(name string) error {
	e := native.Unlink(name)
	if e == 0 {
		return nil
	}
	e1 := native.Rmdir(name)
	if e1 == int(syscall.ENOTDIR) {
		e1 = e
	}
	return pathError("remove", name, e1)
}

func RemoveAll(path string) error {
	if path == "" {
		return nil
	}
	if path == "." || len(path) > 1 && path[len(path)-2:] == "/." {
		return pathError("RemoveAll", path, int(syscall.EINVAL))
	}
	info, err := Lstat(path)
	if err != nil {
		if IsNotExist(err) {
			return nil
		}
		return err
	}
	if info.IsDir() {
		names, errno := native.ReadDir(path)
		if errno != 0 {
			return pathError("unlinkat", path, errno)
		}
		for _, n := range names {
			if err := RemoveAll(path + "/" + n); err != nil {
				return err
			}
		}
	}
	if err := Remove(path); err != nil && !IsNotExist(err) {
		return &PathError{Op: "unlinkat", Path: path, Err: underlying(err)}
	}
	return nil
}

func Rename(oldpath, newpath string) error {
	if to, err := Lstat(newpath); err == nil && to.IsDir() {
		if from, err := Lstat(oldpath); err == nil && oldpath != newpath || err == nil && !from.IsDir() {
			return linkError("rename", oldpath, newpath, int(syscall.EEXIST))
		}
	}
	return linkError("rename", oldpath, newpath, native.Rename(oldpath, newpath))
}

func Link(oldname, newname string) error {
	return linkError("link", oldname, newname, native.Link(oldname, newname))
}

func Symlink(oldname, newname string) error {
	return linkError("symlink", oldname, newname, native.Symlink(oldname, newname))
}

func Readlink(name string) (string, error) {
	s, errno := native.Readlink(name)
	return s, pathError("readlink", name, errno)
}

func Chmod(name string, m FileMode) error { return pathError("chmod", name, native.Chmod(name, mode(m))) }
func Chown(name string, uid, gid int) error {
	return pathError("chown", name, native.Chown(name, uid, gid))
}
func Lchown(name string, uid, gid int) error { return Chown(name, uid, gid) }
func Chtimes(name string, atime, mtime time.Time) error {
	return pathError("chtimes", name, native.Chtimes(name, mtime.UnixNano()))
}
func Truncate(name string, size int64) error {
	return pathError("truncate", name, native.Truncate(name, size))
}
func Chdir(dir string) error { return pathError("chdir", dir, native.Chdir(dir)) }
func Getwd() (string, error) {
	s, errno := native.Getwd()
	return s, pathError("getwd", ".", errno)
}

func Pipe() (r *File, w *File, err error) {
	a, b, errno := native.Pipe()
	if errno != 0 {
		return nil, nil, &SyscallError{"pipe2", syscall.Errno(errno)}
	}
	return NewFile(uintptr(a), "|0"), NewFile(uintptr(b), "|1"), nil
}

type dirFS string

func DirFS(dir string) fs.FS { return dirFS(dir) }

func (d dirFS) path(op, name string) (string, error) {
	if !fs.ValidPath(name) {
		return "", &PathError{Op: op, Path: name, Err: ErrInvalid}
	}
	return string(d) + "/" + name, nil
}

func short(name string, err error) error {
	if e, ok := err.(*PathError); ok {
		e.Path = name
	}
	return err
}

func (d dirFS) Open(name string) (fs.File, error) {
	f, err := below(d, "open", name, Open)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// below does something with a file below a directory; mistakes tell the file's own name.
func below[T any](d dirFS, op, name string, do func(string) (T, error)) (found T, err error) {
	p, err := d.path(op, name)
	if err == nil {
		found, err = do(p)
		err = short(name, err)
	}
	return found, err
}

func (d dirFS) ReadFile(name string) ([]byte, error)     { return below(d, "readfile", name, ReadFile) }
func (d dirFS) ReadDir(name string) ([]DirEntry, error) { return below(d, "readdir", name, ReadDir) }
func (d dirFS) Stat(name string) (FileInfo, error)      { return below(d, "stat", name, Stat) }
func (d dirFS) Lstat(name string) (FileInfo, error)     { return below(d, "lstat", name, Lstat) }
func (d dirFS) ReadLink(name string) (string, error)    { return below(d, "readlink", name, Readlink) }

func CopyFS(dir string, fsys fs.FS) error {
	return fs.WalkDir(fsys, ".", func(name string, d DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := dir + "/" + name
		switch d.Type() {
		case ModeDir:
			return MkdirAll(to, 0o777)
		case ModeSymlink:
			from, err := fs.ReadLink(fsys, name)
			if err != nil {
				return err
			}
			return Symlink(from, to)
		case 0:
			r, err := fsys.Open(name)
			if err != nil {
				return err
			}
			defer r.Close()
			info, err := r.Stat()
			if err != nil {
				return err
			}
			w, err := OpenFile(to, O_CREATE|O_EXCL|O_WRONLY, 0o666|info.Mode()&0o777)
			if err != nil {
				return err
			}
			if _, err = io.Copy(w, r); err != nil {
				w.Close()
				return &PathError{Op: "Copy", Path: to, Err: err}
			}
			return w.Close()
		}
		return &PathError{Op: "CopyFS", Path: name, Err: ErrInvalid}
	})
}
