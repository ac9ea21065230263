// Package csv reads and writes comma-separated values.
package csv

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

type ParseError struct {
	StartLine int
	Line      int
	Column    int
	Err       error
}

func (e *ParseError) Error() string {
	if e.Err == ErrFieldCount {
		return fmt.Sprintf("record on line %d: %v", e.Line, e.Err)
	}
	if e.StartLine != e.Line {
		return fmt.Sprintf("record on line %d; parse error on line %d, column %d: %v", e.StartLine, e.Line, e.Column, e.Err)
	}
	return fmt.Sprintf("parse error on line %d, column %d: %v", e.Line, e.Column, e.Err)
}

func (e *ParseError) Unwrap() error { return e.Err }

var (
	ErrBareQuote     = errors.New("bare \" in non-quoted-field")
	ErrQuote         = errors.New("extraneous or missing \" in quoted-field")
	ErrFieldCount    = errors.New("wrong number of fields")
	ErrTrailingComma = errors.New("extra delimiter at end of line")
	errInvalidDelim  = errors.New("csv: invalid field or comment delimiter")
)

type Reader struct {
	Comma            rune
	Comment          rune
	FieldsPerRecord  int
	LazyQuotes       bool
	TrimLeadingSpace bool
	ReuseRecord      bool
	TrailingComma    bool
	r                *bufio.Reader
	line             int
	offset           int64
	pos              [][2]int
}

func NewReader(r io.Reader) *Reader { return &Reader{Comma: ',', r: bufio.NewReader(r)} }

func (r *Reader) InputOffset() int64 { return r.offset }

func (r *Reader) FieldPos(field int) (line, column int) {
	if field < 0 || field >= len(r.pos) {
		panic("out of range index passed to FieldPos")
	}
	return r.pos[field][0], r.pos[field][1]
}

func (r *Reader) ReadAll() (records [][]string, err error) {
	for {
		record, err := r.Read()
		if err == io.EOF {
			return records, nil
		}
		if err != nil {
			return nil, err
		}
		records = append(records, record)
	}
}

func (r *Reader) Read() (record []string, err error) {
	record, err = r.read()
	if err != nil && record == nil {
		return
	}
	if r.FieldsPerRecord > 0 {
		if len(record) != r.FieldsPerRecord && err == nil {
			err = &ParseError{r.pos[0][0], r.pos[0][0], 1, ErrFieldCount}
		}
	} else if r.FieldsPerRecord == 0 {
		r.FieldsPerRecord = len(record)
	}
	return
}

// next is the next line, with \r\n made \n.
func (r *Reader) next() ([]byte, error) {
	b, err := r.r.ReadBytes('\n')
	r.offset += int64(len(b))
	if len(b) > 0 && err == io.EOF {
		err = nil
		if b[len(b)-1] == '\r' {
			b = b[:len(b)-1]
		}
	}
	r.line++
	if n := len(b); n > 1 && b[n-2] == '\r' && b[n-1] == '\n' {
		b = append(b[:n-2], '\n')
	}
	return b, err
}

func lengthNL(b []byte) int {
	if len(b) > 0 && b[len(b)-1] == '\n' {
		return 1
	}
	return 0
}

func validDelim(r rune) bool {
	return r != 0 && r != '"' && r != '\r' && r != '\n' && utf8.ValidRune(r) && r != utf8.RuneError
}

func (r *Reader) read() ([]string, error) {
	if r.Comma == r.Comment || !validDelim(r.Comma) || r.Comment != 0 && !validDelim(r.Comment) {
		return nil, errInvalidDelim
	}
	var line []byte
	var err error
	for err == nil {
		if line, err = r.next(); err != nil {
			break
		}
		c, _ := utf8.DecodeRune(line)
		if r.Comment != 0 && c == r.Comment || len(line) == lengthNL(line) {
			line = nil
			continue
		}
		break
	}
	if err == io.EOF {
		return nil, io.EOF
	}
	start, col := r.line, 1
	record := []string{}
	r.pos = r.pos[:0]
	comma := string(r.Comma)
	fail := func(c int, e error) ([]string, error) {
		return nil, &ParseError{start, r.line, c, e}
	}
	for {
		if r.TrimLeadingSpace {
			t := bytes.TrimLeftFunc(line, unicode.IsSpace)
			if len(t) == 0 && lengthNL(line) == 1 {
				t = line[len(line)-1:]
			}
			col += len(line) - len(t)
			line = t
		}
		at := [2]int{r.line, col}
		if len(line) == 0 || line[0] != '"' {
			i := bytes.Index(line, []byte(comma))
			field := line
			if i >= 0 {
				field = line[:i]
			} else {
				field = field[:len(field)-lengthNL(field)]
			}
			if !r.LazyQuotes {
				if j := bytes.IndexByte(field, '"'); j >= 0 {
					return fail(col+j, ErrBareQuote)
				}
			}
			record = append(record, string(field))
			r.pos = append(r.pos, at)
			if i < 0 {
				break
			}
			line = line[i+len(comma):]
			col += i + len(comma)
			continue
		}
		line = line[1:]
		col++
		var field []byte
		done := false
		for {
			i := bytes.IndexByte(line, '"')
			if i >= 0 {
				field = append(field, line[:i]...)
				line = line[i+1:]
				col += i + 1
				if len(line) > 0 && line[0] == '"' {
					field = append(field, '"')
					line = line[1:]
					col++
				} else if bytes.HasPrefix(line, []byte(comma)) {
					line = line[len(comma):]
					col += len(comma)
					break
				} else if len(line) == lengthNL(line) {
					done = true
					break
				} else if r.LazyQuotes {
					field = append(field, '"')
				} else {
					return fail(col-1, ErrQuote)
				}
			} else if len(line) > 0 {
				field = append(field, line...)
				n := len(line)
				col += n
				if line, err = r.next(); len(line) > 0 {
					col = 1
				}
				if err == io.EOF {
					err = nil
					if !r.LazyQuotes {
						r.line--
						return fail(col, ErrQuote)
					}
				}
			} else {
				if !r.LazyQuotes {
					return fail(col, ErrQuote)
				}
				done = true
				break
			}
		}
		record = append(record, string(field))
		r.pos = append(r.pos, at)
		if done {
			break
		}
	}
	return record, err
}

type Writer struct {
	Comma   rune
	UseCRLF bool
	w       *bufio.Writer
}

func NewWriter(w io.Writer) *Writer { return &Writer{Comma: ',', w: bufio.NewWriter(w)} }

func (w *Writer) quotes(field string) bool {
	if field == "" {
		return false
	}
	if field == `\.` || strings.ContainsRune(field, w.Comma) || strings.ContainsAny(field, "\"\r\n") {
		return true
	}
	r, _ := utf8.DecodeRuneInString(field)
	return unicode.IsSpace(r)
}

func (w *Writer) Write(record []string) error {
	if !validDelim(w.Comma) {
		return errInvalidDelim
	}
	for n, f := range record {
		if n > 0 {
			w.w.WriteRune(w.Comma)
		}
		if !w.quotes(f) {
			w.w.WriteString(f)
			continue
		}
		w.w.WriteByte('"')
		for i := 0; i < len(f); i++ {
			switch c := f[i]; {
			case c == '"':
				w.w.WriteString(`""`)
			case c == '\r' && w.UseCRLF:
			case c == '\n' && w.UseCRLF:
				w.w.WriteString("\r\n")
			default:
				w.w.WriteByte(c)
			}
		}
		w.w.WriteByte('"')
	}
	var err error
	if w.UseCRLF {
		_, err = w.w.WriteString("\r\n")
	} else {
		err = w.w.WriteByte('\n')
	}
	return err
}

func (w *Writer) Flush() { w.w.Flush() }
func (w *Writer) Error() error {
	_, err := w.w.Write(nil)
	return err
}

func (w *Writer) WriteAll(records [][]string) error {
	for _, r := range records {
		if err := w.Write(r); err != nil {
			return err
		}
	}
	return w.w.Flush()
}
