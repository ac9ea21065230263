package main

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/cmplx"
	"os"
	"strings"
	"unicode/utf16"
	"unique"
)

type hdr struct {
	Magic [4]byte
	V     uint16
	F     int32
	G     float64
	B     bool
	_     [3]byte
}

func main() {
	var b bytes.Buffer
	h := hdr{[4]byte{'A', 'B', 'C', 'D'}, 7, -5, 3.25, true, [3]byte{}}
	fmt.Println(binary.Write(&b, binary.LittleEndian, h), b.Bytes())
	var g hdr
	fmt.Println(binary.Read(bytes.NewReader(b.Bytes()), binary.LittleEndian, &g), g, binary.Size(h))
	b.Reset()
	binary.Write(&b, binary.BigEndian, []uint16{1, 2, 3})
	fmt.Println(b.Bytes())
	fmt.Println(binary.Write(&b, binary.BigEndian, 5))
	fmt.Println(binary.Write(&b, binary.BigEndian, "s"))
	var x uint32
	fmt.Println(binary.Read(bytes.NewReader([]byte{1, 2}), binary.BigEndian, &x), x)
	fmt.Println(binary.Read(bytes.NewReader(nil), binary.BigEndian, &x), x)
	buf := make([]byte, 8)
	binary.BigEndian.PutUint32(buf, 0xdeadbeef)
	binary.LittleEndian.PutUint16(buf[4:], 0x1234)
	fmt.Printf("%x %v %v\n", buf, binary.BigEndian.Uint64(buf), binary.LittleEndian.Uint64(buf))
	for _, n := range []int64{0, 1, -1, 63, -64, 64, 300, 1 << 40, -1 << 63} {
		v := binary.AppendVarint(nil, n)
		m, k := binary.Varint(v)
		fmt.Println(n, v, m, k)
		u := make([]byte, 10)
		fmt.Println(binary.PutUvarint(u, uint64(n)), u)
	}
	fmt.Println(binary.BigEndian, binary.LittleEndian)
	fmt.Println(binary.Uvarint([]byte{0x80}))

	r := csv.NewReader(strings.NewReader("name,age\n\"Smith, J\",42\r\n\n\"a \"\"q\"\" b\",\"multi\nline\"\n"))
	recs, err := r.ReadAll()
	fmt.Printf("%q %v\n", recs, err)
	for _, in := range []string{"a,b\nc\n", "a\"b,c\n", "\"a\"b,c\n", "\"abc\n", "a,b,c\n1,2\n", "x,\"y\nz\"w\n", "a;b\n", "", "\n\n"} {
		r := csv.NewReader(strings.NewReader(in))
		recs, err := r.ReadAll()
		fmt.Printf("%q %v\n", recs, err)
		var pe *csv.ParseError
		if errors.As(err, &pe) {
			fmt.Println(pe.StartLine, pe.Line, pe.Column, pe.Err == csv.ErrFieldCount)
		}
	}
	r = csv.NewReader(strings.NewReader("# c\n a; b ;c\n1;2;3;4\n"))
	r.Comma, r.Comment, r.TrimLeadingSpace, r.FieldsPerRecord = ';', '#', true, -1
	for {
		rec, err := r.Read()
		if err == io.EOF {
			break
		}
		fmt.Printf("%q %v\n", rec, err)
	}
	r = csv.NewReader(strings.NewReader("a \"b\" c,\"d\"e\n"))
	r.LazyQuotes = true
	fmt.Println(r.Read())
	w := csv.NewWriter(os.Stdout)
	w.Write([]string{"a", "b,c", "d\"e", "f\ng", " lead", "", "#x"})
	w.WriteAll([][]string{{"1", "2"}, {"x"}, {""}})
	w.Comma = ';'
	w.UseCRLF = true
	w.Write([]string{"a;b", "c\nd"})
	w.Flush()
	fmt.Println(w.Error())

	fmt.Println(utf16.Encode([]rune("a😀é")), string(utf16.Decode([]uint16{97, 55357, 56832, 0xd800})))
	fmt.Println(utf16.EncodeRune('😀'))
	fmt.Println(cmplx.Sqrt(-1), cmplx.Abs(3+4i), cmplx.Phase(1i), cmplx.Exp(1i), cmplx.Pow(2i, 2), cmplx.Inf(), cmplx.NaN(), cmplx.Conj(1+2i), cmplx.Log(1i), cmplx.Sqrt(3+4i), cmplx.Sqrt(-5))
	fmt.Println(cmplx.Polar(1 + 1i))
	a, c := unique.Make("x"), unique.Make("x")
	fmt.Println(a == c, a.Value(), unique.Make("y") == a)
}
