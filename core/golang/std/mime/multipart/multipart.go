// Package multipart is forms with files.
package multipart

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"internal/native"
	"io"
	"mime"
	"net/textproto"
	"path/filepath"
	"slices"
	"strings"
)

var ErrMessageTooLarge = errors.New("multipart: message too large")

type File interface {
	io.Reader
	io.ReaderAt
	io.Seeker
	io.Closer
}

type FileHeader struct {
	Filename string
	Header   textproto.MIMEHeader
	Size     int64
	content  []byte
}

type file struct{ *bytes.Reader }

func (file) Close() error { return nil }

func (f *FileHeader) Open() (File, error) { return file{bytes.NewReader(f.content)}, nil }

type Form struct {
	Value map[string][]string
	File  map[string][]*FileHeader
}

func (f *Form) RemoveAll() error { return nil }

type Part struct {
	Header textproto.MIMEHeader
	r      *Reader
	done   bool
	rest   []byte
}

func (p *Part) disposition() map[string]string {
	kind, m, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
	if err != nil || kind != "form-data" && m["filename"] == "" {
		return nil
	}
	return m
}
func (p *Part) FormName() string { return p.disposition()["name"] }
func (p *Part) FileName() string {
	n := p.disposition()["filename"]
	if n == "" {
		return ""
	}
	return filepath.Base(n)
}
func (p *Part) Close() error {
	_, err := io.Copy(io.Discard, p)
	return err
}

func (p *Part) Read(b []byte) (int, error) {
	for len(p.rest) == 0 && !p.done {
		line, err := p.r.r.ReadBytes('\n')
		if t := bytes.TrimRight(line, "\r\n \t"); bytes.Equal(t, p.r.dash) || bytes.Equal(t, append(p.r.dash, '-', '-')) {
			p.done = true
			p.r.end = len(t) > len(p.r.dash)
			break
		}
		if err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return 0, err
		}
		// The line end before a boundary belongs to the boundary.
		line = append(p.r.held, line...)
		n := len(bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r")))
		p.r.held = append([]byte(nil), line[n:]...)
		p.rest = line[:n]
	}
	if len(p.rest) == 0 {
		p.r.held = nil
		return 0, io.EOF
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

type Reader struct {
	r     *bufio.Reader
	dash  []byte
	held  []byte
	part  *Part
	end   bool
	begun bool
}

func NewReader(r io.Reader, boundary string) *Reader {
	return &Reader{r: bufio.NewReader(r), dash: []byte("--" + boundary)}
}

func (r *Reader) NextRawPart() (*Part, error) { return r.NextPart() }
func (r *Reader) NextPart() (*Part, error) {
	if r.part != nil {
		if err := r.part.Close(); err != nil {
			return nil, err
		}
		r.part = nil
	}
	for !r.begun {
		line, err := r.r.ReadBytes('\n')
		t := bytes.TrimRight(line, "\r\n \t")
		if bytes.Equal(t, r.dash) {
			r.begun = true
		} else if bytes.Equal(t, append(r.dash, '-', '-')) {
			r.begun, r.end = true, true
		} else if err != nil {
			return nil, fmt.Errorf("multipart: NextPart: %w", err)
		}
	}
	if r.end {
		return nil, io.EOF
	}
	h := textproto.MIMEHeader{}
	for {
		line, err := r.r.ReadString('\n')
		if err != nil {
			return nil, fmt.Errorf("multipart: NextPart: %w", err)
		}
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			break
		}
		k, v, ok := strings.Cut(line, ":")
		if !ok {
			return nil, fmt.Errorf("malformed MIME header line: %s", line)
		}
		h.Add(k, strings.TrimSpace(v))
	}
	r.part = &Part{Header: h, r: r}
	return r.part, nil
}

func (r *Reader) ReadForm(maxMemory int64) (*Form, error) {
	f := &Form{map[string][]string{}, map[string][]*FileHeader{}}
	left := maxMemory + 10<<20
	for {
		p, err := r.NextPart()
		if err == io.EOF {
			return f, nil
		}
		if err != nil {
			return nil, err
		}
		name := p.FormName()
		b, err := io.ReadAll(io.LimitReader(p, left+1))
		if err != nil {
			return nil, err
		}
		if left -= int64(len(b)); left < 0 {
			return nil, ErrMessageTooLarge
		}
		if name == "" {
			continue
		}
		if fn := p.FileName(); fn != "" {
			f.File[name] = append(f.File[name], &FileHeader{fn, p.Header, int64(len(b)), b})
		} else {
			f.Value[name] = append(f.Value[name], string(b))
		}
	}
}

type Writer struct {
	w        io.Writer
	boundary string
	begun    bool
	last     *part
}

type part struct {
	w      *Writer
	closed bool
}

func (p *part) Write(b []byte) (int, error) {
	if p.closed {
		return 0, errors.New("multipart: can't write to finished part")
	}
	return p.w.w.Write(b)
}

func NewWriter(w io.Writer) *Writer {
	b := ""
	for range 4 {
		b += fmt.Sprintf("%016x", native.Random())
	}
	return &Writer{w: w, boundary: b[:60]}
}
func (w *Writer) Boundary() string { return w.boundary }
func (w *Writer) SetBoundary(b string) error {
	if w.begun {
		return errors.New("mime: SetBoundary called after write")
	}
	if len(b) < 1 || len(b) > 70 {
		return errors.New("mime: invalid boundary length")
	}
	w.boundary = b
	return nil
}
func (w *Writer) FormDataContentType() string {
	b := w.boundary
	if strings.ContainsAny(b, `()<>@,;:\"/[]?= `) {
		b = `"` + b + `"`
	}
	return "multipart/form-data; boundary=" + b
}

func (w *Writer) CreatePart(header textproto.MIMEHeader) (io.Writer, error) {
	if w.last != nil {
		w.last.closed = true
	}
	s := "--" + w.boundary + "\r\n"
	if w.begun {
		s = "\r\n" + s
	}
	w.begun = true
	var keys []string
	for k := range header {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		for _, v := range header[k] {
			s += k + ": " + v + "\r\n"
		}
	}
	w.last = &part{w: w}
	_, err := io.WriteString(w.w, s+"\r\n")
	return w.last, err
}

var quoted = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r", "%0D", "\n", "%0A")

func FileContentDisposition(field, filename string) string {
	return fmt.Sprintf(`form-data; name="%s"; filename="%s"`, quoted.Replace(field), quoted.Replace(filename))
}
func (w *Writer) CreateFormFile(fieldname, filename string) (io.Writer, error) {
	return w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {FileContentDisposition(fieldname, filename)}, "Content-Type": {"application/octet-stream"}})
}
func (w *Writer) CreateFormField(fieldname string) (io.Writer, error) {
	return w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {fmt.Sprintf(`form-data; name="%s"`, quoted.Replace(fieldname))}})
}
func (w *Writer) WriteField(fieldname, value string) error {
	p, err := w.CreateFormField(fieldname)
	if err == nil {
		_, err = p.Write([]byte(value))
	}
	return err
}
func (w *Writer) Close() error {
	s := "--" + w.boundary + "--\r\n"
	if w.begun {
		s = "\r\n" + s
	}
	_, err := io.WriteString(w.w, s)
	return err
}
