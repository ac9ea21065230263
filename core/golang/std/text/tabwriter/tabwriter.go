// Package tabwriter aligns tab-terminated cells in columns.
package tabwriter

import (
	"io"
	"unicode/utf8"
)

const (
	FilterHTML uint = 1 << iota
	StripEscape
	AlignRight
	DiscardEmptyColumns
	TabIndent
	Debug
)

const Escape = '\xff'

type cell struct {
	text  []byte
	width int
	htab  bool
}

type Writer struct {
	out                          io.Writer
	minwidth, tabwidth, padding int
	pad                          byte
	flags                        uint
	lines                        [][]cell
	cur                          cell
	escape                       byte
	widths                       []int
	result                       []byte
}

func NewWriter(output io.Writer, minwidth, tabwidth, padding int, padchar byte, flags uint) *Writer {
	return new(Writer).Init(output, minwidth, tabwidth, padding, padchar, flags)
}

func (w *Writer) Init(output io.Writer, minwidth, tabwidth, padding int, padchar byte, flags uint) *Writer {
	if minwidth < 0 || tabwidth < 0 || padding < 0 {
		panic("negative minwidth, tabwidth, or padding")
	}
	if padchar == '\t' {
		flags &^= AlignRight
	}
	*w = Writer{out: output, minwidth: minwidth, tabwidth: tabwidth, padding: padding, pad: padchar, flags: flags}
	w.lines = [][]cell{{}}
	return w
}

func (w *Writer) endCell(htab bool) {
	w.cur.htab = htab
	last := len(w.lines) - 1
	w.lines[last] = append(w.lines[last], w.cur)
	w.cur = cell{}
}

func (w *Writer) Write(buf []byte) (int, error) {
	for i := 0; i < len(buf); i++ {
		c := buf[i]
		if w.escape != 0 {
			if c == w.escape {
				if c == Escape && w.flags&StripEscape == 0 || c != Escape {
					w.cur.text = append(w.cur.text, c)
				}
				if c == ';' {
					w.cur.width++
				}
				w.escape = 0
			} else {
				w.cur.text = append(w.cur.text, c)
				if w.escape == Escape && utf8.RuneStart(c) {
					w.cur.width++
				}
			}
			continue
		}
		switch c {
		case '\t', '\v':
			w.endCell(c == '\t')
		case '\n', '\f':
			w.endCell(false)
			if n := len(w.lines[len(w.lines)-1]); c == '\f' || n == 1 {
				w.lines = append(w.lines, []cell{})
				if err := w.flush(); err != nil {
					return i, err
				}
				if c == '\f' && w.flags&Debug != 0 {
					w.out.Write([]byte("---\n"))
				}
			} else {
				w.lines = append(w.lines, []cell{})
			}
		case Escape:
			w.escape = Escape
			if w.flags&StripEscape == 0 {
				w.cur.text = append(w.cur.text, c)
			}
		case '<', '&':
			w.cur.text = append(w.cur.text, c)
			if w.flags&FilterHTML != 0 {
				w.escape = '>'
				if c == '&' {
					w.escape = ';'
				}
			} else {
				w.cur.width++
			}
		default:
			w.cur.text = append(w.cur.text, c)
			if utf8.RuneStart(c) {
				w.cur.width++
			}
		}
	}
	return len(buf), nil
}

func (w *Writer) Flush() error {
	if len(w.cur.text) > 0 {
		w.endCell(false)
	}
	w.escape = 0
	return w.flush()
}

func (w *Writer) flush() error {
	w.result = w.result[:0]
	w.widths = w.widths[:0]
	w.format(0, len(w.lines))
	w.lines = [][]cell{{}}
	_, err := w.out.Write(w.result)
	return err
}

// format lays out lines a to b, whose columns before len(w.widths) are known.
func (w *Writer) format(a, b int) {
	col := len(w.widths)
	for i := a; i < b; i++ {
		if col >= len(w.lines[i])-1 {
			continue
		}
		// A block of lines that have this column.
		w.print(a, i)
		a = i
		width, discard := w.minwidth, true
		for ; i < b && col < len(w.lines[i])-1; i++ {
			c := w.lines[i][col]
			width = max(width, c.width+w.padding)
			if c.width > 0 || c.htab {
				discard = false
			}
		}
		if discard && w.flags&DiscardEmptyColumns != 0 {
			width = 0
		}
		if w.pad == '\t' && w.tabwidth > 0 && width > 0 {
			width = (width + w.tabwidth - 1) / w.tabwidth * w.tabwidth
		}
		w.widths = append(w.widths, width)
		w.format(a, i)
		w.widths = w.widths[:col]
		a = i
		i--
	}
	w.print(a, b)
}

func (w *Writer) fill(text, width int, tabs bool) {
	if w.pad == '\t' || tabs {
		if w.tabwidth == 0 {
			return
		}
		n := (width + w.tabwidth - 1) / w.tabwidth * w.tabwidth
		for n -= text; n > 0; n -= w.tabwidth {
			w.result = append(w.result, '\t')
		}
		return
	}
	for n := width - text; n > 0; n-- {
		w.result = append(w.result, w.pad)
	}
}

func (w *Writer) print(a, b int) {
	for i := a; i < b; i++ {
		tabs := w.flags&TabIndent != 0
		line := w.lines[i]
		for j, c := range line {
			if j > 0 && w.flags&Debug != 0 {
				w.result = append(w.result, '|')
			}
			known := j < len(w.widths)
			if len(c.text) == 0 {
				if known {
					w.fill(0, w.widths[j], tabs)
				}
				continue
			}
			tabs = false
			if w.flags&AlignRight == 0 {
				w.result = append(w.result, c.text...)
				if known {
					w.fill(c.width, w.widths[j], false)
				}
			} else {
				if known {
					w.fill(c.width, w.widths[j], false)
				}
				w.result = append(w.result, c.text...)
			}
		}
		if i+1 < len(w.lines) {
			w.result = append(w.result, '\n')
		}
	}
}
