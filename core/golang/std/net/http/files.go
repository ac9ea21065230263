// Files.
package http

import (
	"errors"
	"fmt"
	"html"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"strconv"
	"strings"
	"time"
)

type File interface {
	io.Closer
	io.Reader
	io.Seeker
	Readdir(count int) ([]fs.FileInfo, error)
	Stat() (fs.FileInfo, error)
}

type FileSystem interface {
	Open(name string) (File, error)
}

type Dir string

func (d Dir) Open(name string) (File, error) {
	dir := string(d)
	if dir == "" {
		dir = "."
	}
	f, err := os.Open(path.Join(dir, path.Clean("/"+name)))
	if err != nil {
		return nil, err
	}
	return f, nil
}

type ioFS struct{ fsys fs.FS }

type ioFile struct{ fs.File }

func (f ioFile) Seek(offset int64, whence int) (int64, error) {
	s, ok := f.File.(io.Seeker)
	if !ok {
		return 0, fs.ErrInvalid
	}
	return s.Seek(offset, whence)
}

func (f ioFile) Readdir(n int) (list []fs.FileInfo, err error) {
	d, ok := f.File.(fs.ReadDirFile)
	if !ok {
		return nil, fs.ErrInvalid
	}
	entries, err := d.ReadDir(n)
	for _, e := range entries {
		if i, err := e.Info(); err == nil {
			list = append(list, i)
		}
	}
	return
}

func FS(fsys fs.FS) FileSystem { return ioFS{fsys} }

func (f ioFS) Open(name string) (File, error) {
	if name == "/" {
		name = "."
	} else {
		name = strings.TrimPrefix(name, "/")
	}
	file, err := f.fsys.Open(name)
	if err != nil {
		return nil, err
	}
	return ioFile{file}, nil
}

type fileHandler struct{ root FileSystem }

func FileServer(root FileSystem) Handler { return &fileHandler{root} }
func FileServerFS(root fs.FS) Handler    { return &fileHandler{FS(root)} }

func (f *fileHandler) ServeHTTP(w ResponseWriter, r *Request) {
	p := r.URL.Path
	if !strings.HasPrefix(p, "/") {
		p = "/" + p
		r.URL.Path = p
	}
	serveFile(w, r, f.root, path.Clean(p), true)
}

func ServeFile(w ResponseWriter, r *Request, name string) {
	dir, file := path.Split(name)
	serveFile(w, r, Dir(dir), file, false)
}

func ServeFileFS(w ResponseWriter, r *Request, fsys fs.FS, name string) {
	serveFile(w, r, FS(fsys), name, false)
}

func localRedirect(w ResponseWriter, r *Request, to string) {
	if q := r.URL.RawQuery; q != "" {
		to += "?" + q
	}
	w.Header().Set("Location", to)
	w.WriteHeader(StatusMovedPermanently)
}

func fileError(w ResponseWriter, err error) {
	switch {
	case os.IsNotExist(err):
		Error(w, "404 page not found", StatusNotFound)
	case os.IsPermission(err):
		Error(w, "403 Forbidden", StatusForbidden)
	default:
		Error(w, "500 Internal Server Error", StatusInternalServerError)
	}
}

func serveFile(w ResponseWriter, r *Request, root FileSystem, name string, redirect bool) {
	if strings.HasSuffix(r.URL.Path, "/index.html") {
		localRedirect(w, r, "./")
		return
	}
	f, err := root.Open(name)
	if err != nil {
		fileError(w, err)
		return
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		fileError(w, err)
		return
	}
	if redirect {
		u := r.URL.Path
		if info.IsDir() && u[len(u)-1] != '/' {
			localRedirect(w, r, path.Base(u)+"/")
			return
		}
		if !info.IsDir() && u[len(u)-1] == '/' {
			localRedirect(w, r, "../"+path.Base(u))
			return
		}
	}
	if info.IsDir() {
		if i, err := root.Open(strings.TrimSuffix(name, "/") + "/index.html"); err == nil {
			defer i.Close()
			if s, err := i.Stat(); err == nil && !s.IsDir() {
				ServeContent(w, r, s.Name(), s.ModTime(), i)
				return
			}
		}
		list, err := f.Readdir(-1)
		if err != nil {
			Error(w, "Error reading directory", StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, "<!doctype html>\n<meta name=\"viewport\" content=\"width=device-width\">\n<pre>\n")
		for _, e := range list {
			n := e.Name()
			if e.IsDir() {
				n += "/"
			}
			u := url.URL{Path: n}
			fmt.Fprintf(w, "<a href=\"%s\">%s</a>\n", u.String(), html.EscapeString(n))
		}
		fmt.Fprintf(w, "</pre>\n")
		return
	}
	ServeContent(w, r, info.Name(), info.ModTime(), f)
}

var types = map[string]string{".avif": "image/avif", ".css": "text/css; charset=utf-8", ".gif": "image/gif", ".htm": "text/html; charset=utf-8", ".html": "text/html; charset=utf-8", ".jpeg": "image/jpeg", ".jpg": "image/jpeg", ".js": "text/javascript; charset=utf-8", ".json": "application/json", ".mjs": "text/javascript; charset=utf-8", ".pdf": "application/pdf", ".png": "image/png", ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8", ".wasm": "application/wasm", ".webp": "image/webp", ".xml": "text/xml; charset=utf-8"}

func ServeContent(w ResponseWriter, r *Request, name string, modtime time.Time, content io.ReadSeeker) {
	h := w.Header()
	if !modtime.IsZero() && !modtime.Equal(time.Unix(0, 0)) {
		h.Set("Last-Modified", modtime.UTC().Format(TimeFormat))
		if t, err := ParseTime(r.Header.Get("If-Modified-Since")); err == nil && !modtime.Truncate(time.Second).After(t) {
			w.WriteHeader(StatusNotModified)
			return
		}
	}
	size, err := content.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = content.Seek(0, io.SeekStart)
	}
	if err != nil {
		Error(w, "seeker can't seek", StatusInternalServerError)
		return
	}
	if !h.has("Content-Type") {
		t := types[strings.ToLower(path.Ext(name))]
		if t == "" {
			var b [512]byte
			n, _ := io.ReadFull(content, b[:])
			t = DetectContentType(b[:n])
			content.Seek(0, io.SeekStart)
		}
		h.Set("Content-Type", t)
	}
	code, n := StatusOK, size
	from, to, some, err := byteRange(r.Header.Get("Range"), size)
	if err != nil {
		if err == errNoOverlap && size > 0 {
			h.Set("Content-Range", fmt.Sprintf("bytes */%d", size))
		}
		Error(w, err.Error(), StatusRequestedRangeNotSatisfiable)
		return
	}
	if some {
		content.Seek(from, io.SeekStart)
		n = to - from + 1
		code = StatusPartialContent
		h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, to, size))
	}
	h.Set("Accept-Ranges", "bytes")
	h.Set("Content-Length", strconv.FormatInt(n, 10))
	w.WriteHeader(code)
	if r.Method != "HEAD" {
		io.CopyN(w, content, n)
	}
}

var (
	errRange     = errors.New("invalid range")
	errNoOverlap = errors.New("invalid range: failed to overlap")
)

// byteRange understands one range of bytes; several count as none.
func byteRange(s string, size int64) (from, to int64, some bool, err error) {
	if s == "" {
		return
	}
	s, ok := strings.CutPrefix(s, "bytes=")
	a, b, found := strings.Cut(s, "-")
	if !ok || !found {
		return 0, 0, false, errRange
	}
	if strings.Contains(s, ",") {
		return
	}
	a, b = strings.TrimSpace(a), strings.TrimSpace(b)
	to = size - 1
	if a == "" {
		n, err := strconv.ParseInt(b, 10, 64)
		if b == "" || b[0] == '-' || err != nil {
			return 0, 0, false, errRange
		}
		return max(0, size-n), to, true, nil
	}
	from, err = strconv.ParseInt(a, 10, 64)
	if err != nil || from < 0 {
		return 0, 0, false, errRange
	}
	if from >= size {
		return 0, 0, false, errNoOverlap
	}
	if b != "" {
		end, err := strconv.ParseInt(b, 10, 64)
		if err != nil || from > end {
			return 0, 0, false, errRange
		}
		to = min(end, to)
	}
	return from, to, true, nil
}
