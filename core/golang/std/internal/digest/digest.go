// Package digest cuts a stream into blocks and pads its end, as the MD4 family of hashes does.
package digest

import "encoding/binary"

// A Rule is one hash function: Blocks takes whole blocks into the state of 8 words.
type Rule struct {
	Init   [8]uint64
	Words  int // of the sum
	Wide   bool
	Little bool
	Cut    int // bytes of the sum
	Blocks func(s *[8]uint64, p []byte)
}

type Digest struct {
	r   *Rule
	s   [8]uint64
	buf []byte
	n   uint64
}

func New(r *Rule) *Digest { return &Digest{r: r, s: r.Init} }

func (d *Digest) Reset()    { *d = Digest{r: d.r, s: d.r.Init} }
func (d *Digest) Size() int { return d.r.Cut }
func (d *Digest) BlockSize() int {
	if d.r.Wide {
		return 128
	}
	return 64
}

func (d *Digest) Write(p []byte) (int, error) {
	size, n := d.BlockSize(), len(p)
	d.n += uint64(n)
	if len(d.buf) > 0 {
		k := min(size-len(d.buf), n)
		d.buf = append(d.buf, p[:k]...)
		p = p[k:]
		if len(d.buf) < size {
			return n, nil
		}
		d.r.Blocks(&d.s, d.buf)
	}
	k := len(p) / size * size
	if k > 0 {
		d.r.Blocks(&d.s, p[:k])
	}
	d.buf = append([]byte(nil), p[k:]...)
	return n, nil
}

func (d *Digest) WriteString(s string) (int, error) { return d.Write([]byte(s)) }

func (d *Digest) Sum(in []byte) []byte {
	size, s := d.BlockSize(), d.s
	b := append(append([]byte(nil), d.buf...), 0x80)
	for (len(b)+size/8)%size != 0 {
		b = append(b, 0)
	}
	b = append(b, make([]byte, size/8-8)...)
	if d.r.Little {
		b = binary.LittleEndian.AppendUint64(b, d.n<<3)
	} else {
		b = binary.BigEndian.AppendUint64(b, d.n<<3)
	}
	d.r.Blocks(&s, b)
	var out []byte
	for _, w := range s[:d.r.Words] {
		switch {
		case d.r.Wide:
			out = binary.BigEndian.AppendUint64(out, w)
		case d.r.Little:
			out = binary.LittleEndian.AppendUint32(out, uint32(w))
		default:
			out = binary.BigEndian.AppendUint32(out, uint32(w))
		}
	}
	return append(in, out[:d.r.Cut]...)
}

// Of is the sum of data.
func Of(r *Rule, data []byte) []byte {
	d := New(r)
	d.Write(data)
	return d.Sum(nil)
}
