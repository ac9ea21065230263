// Package binary turns numbers and structs of them into bytes.
package binary

import (
	"errors"
	"io"
	"math"
	"reflect"
)

const (
	MaxVarintLen16 = 3
	MaxVarintLen32 = 5
	MaxVarintLen64 = 10
)

type ByteOrder interface {
	Uint16([]byte) uint16
	Uint32([]byte) uint32
	Uint64([]byte) uint64
	PutUint16([]byte, uint16)
	PutUint32([]byte, uint32)
	PutUint64([]byte, uint64)
	String() string
}

type AppendByteOrder interface {
	AppendUint16([]byte, uint16) []byte
	AppendUint32([]byte, uint32) []byte
	AppendUint64([]byte, uint64) []byte
	String() string
}

type littleEndian struct{}
type bigEndian struct{}
type nativeEndian struct{ littleEndian }

var (
	LittleEndian littleEndian
	BigEndian    bigEndian
	NativeEndian nativeEndian
)

func (littleEndian) String() string   { return "LittleEndian" }
func (littleEndian) GoString() string { return "binary.LittleEndian" }
func (bigEndian) String() string      { return "BigEndian" }
func (bigEndian) GoString() string    { return "binary.BigEndian" }
func (nativeEndian) String() string   { return "NativeEndian" }
func (nativeEndian) GoString() string { return "binary.NativeEndian" }

func (littleEndian) Uint16(b []byte) uint16 { return uint16(b[1])<<8 | uint16(b[0]) }
func (littleEndian) Uint32(b []byte) uint32 {
	return uint32(b[3])<<24 | uint32(b[2])<<16 | uint32(b[1])<<8 | uint32(b[0])
}
func (o littleEndian) Uint64(b []byte) uint64 {
	return uint64(o.Uint32(b[4:8]))<<32 | uint64(o.Uint32(b))
}
func (littleEndian) PutUint16(b []byte, v uint16) { b[1], b[0] = byte(v>>8), byte(v) }
func (littleEndian) PutUint32(b []byte, v uint32) {
	b[3], b[2], b[1], b[0] = byte(v>>24), byte(v>>16), byte(v>>8), byte(v)
}
func (o littleEndian) PutUint64(b []byte, v uint64) {
	_ = b[7]
	o.PutUint32(b, uint32(v))
	o.PutUint32(b[4:], uint32(v>>32))
}
func (littleEndian) AppendUint16(b []byte, v uint16) []byte { return append(b, byte(v), byte(v>>8)) }
func (littleEndian) AppendUint32(b []byte, v uint32) []byte {
	return append(b, byte(v), byte(v>>8), byte(v>>16), byte(v>>24))
}
func (o littleEndian) AppendUint64(b []byte, v uint64) []byte {
	return o.AppendUint32(o.AppendUint32(b, uint32(v)), uint32(v>>32))
}

func (bigEndian) Uint16(b []byte) uint16 { return uint16(b[1]) | uint16(b[0])<<8 }
func (bigEndian) Uint32(b []byte) uint32 {
	return uint32(b[3]) | uint32(b[2])<<8 | uint32(b[1])<<16 | uint32(b[0])<<24
}
func (o bigEndian) Uint64(b []byte) uint64 {
	return uint64(o.Uint32(b[4:8])) | uint64(o.Uint32(b))<<32
}
func (bigEndian) PutUint16(b []byte, v uint16) { b[1], b[0] = byte(v), byte(v>>8) }
func (bigEndian) PutUint32(b []byte, v uint32) {
	b[3], b[2], b[1], b[0] = byte(v), byte(v>>8), byte(v>>16), byte(v>>24)
}
func (o bigEndian) PutUint64(b []byte, v uint64) {
	_ = b[7]
	o.PutUint32(b[4:], uint32(v))
	o.PutUint32(b, uint32(v>>32))
}
func (bigEndian) AppendUint16(b []byte, v uint16) []byte { return append(b, byte(v>>8), byte(v)) }
func (bigEndian) AppendUint32(b []byte, v uint32) []byte {
	return append(b, byte(v>>24), byte(v>>16), byte(v>>8), byte(v))
}
func (o bigEndian) AppendUint64(b []byte, v uint64) []byte {
	return o.AppendUint32(o.AppendUint32(b, uint32(v>>32)), uint32(v))
}

func AppendUvarint(b []byte, x uint64) []byte {
	for ; x >= 0x80; x >>= 7 {
		b = append(b, byte(x)|0x80)
	}
	return append(b, byte(x))
}
func AppendVarint(b []byte, x int64) []byte { return AppendUvarint(b, uint64(x)<<1^uint64(x>>63)) }
func PutUvarint(buf []byte, x uint64) int {
	i := 0
	for ; x >= 0x80; i++ {
		buf[i] = byte(x) | 0x80
		x >>= 7
	}
	buf[i] = byte(x)
	return i + 1
}
func PutVarint(buf []byte, x int64) int { return PutUvarint(buf, uint64(x)<<1^uint64(x>>63)) }

func Uvarint(buf []byte) (x uint64, n int) {
	for i, b := range buf {
		if i == 10 || i == 9 && b > 1 && b < 0x80 {
			return 0, -(i + 1)
		}
		x |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			return x, i + 1
		}
	}
	return 0, 0
}

func Varint(buf []byte) (int64, int) {
	u, n := Uvarint(buf)
	return int64(u>>1) ^ -int64(u&1), n
}

func ReadUvarint(r io.ByteReader) (x uint64, err error) {
	for i := 0; i < 10; i++ {
		b, err := r.ReadByte()
		if err != nil {
			if i > 0 && err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return x, err
		}
		if i == 9 && b > 1 {
			break
		}
		x |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			return x, nil
		}
	}
	return x, errors.New("binary: varint overflows a 64-bit integer")
}

func ReadVarint(r io.ByteReader) (int64, error) {
	u, err := ReadUvarint(r)
	return int64(u>>1) ^ -int64(u&1), err
}

func sizeof(t reflect.Type) int {
	switch k := t.Kind(); {
	case k == reflect.Array:
		if n := sizeof(t.Elem()); n >= 0 {
			return n * t.Len()
		}
	case k == reflect.Struct:
		sum := 0
		for i := range t.NumField() {
			n := sizeof(t.Field(i).Type)
			if n < 0 {
				return -1
			}
			sum += n
		}
		return sum
	case k == reflect.Bool, k >= reflect.Int8 && k <= reflect.Int64, k >= reflect.Uint8 && k <= reflect.Uint64, k >= reflect.Float32 && k <= reflect.Complex128:
		return int(t.Size())
	}
	return -1
}

func sizeOf(v reflect.Value) int {
	if !v.IsValid() {
		return -1
	}
	if v.Kind() == reflect.Slice {
		if n := sizeof(v.Type().Elem()); n >= 0 {
			return n * v.Len()
		}
		return -1
	}
	return sizeof(v.Type())
}

func Size(v any) int { return sizeOf(reflect.Indirect(reflect.ValueOf(v))) }

// walk goes through the numbers of a value; f gets the size in bytes.
func walk(v reflect.Value, f func(v reflect.Value, n int)) {
	switch v.Kind() {
	case reflect.Array, reflect.Slice:
		for i := range v.Len() {
			walk(v.Index(i), f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			walk(v.Field(i), f)
		}
	default:
		f(v, int(v.Type().Size()))
	}
}

func number(order ByteOrder, b []byte) uint64 {
	switch len(b) {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(order.Uint16(b))
	case 4:
		return uint64(order.Uint32(b))
	}
	return order.Uint64(b)
}

func put(order ByteOrder, b []byte, x uint64) {
	switch len(b) {
	case 1:
		b[0] = byte(x)
	case 2:
		order.PutUint16(b, uint16(x))
	case 4:
		order.PutUint32(b, uint32(x))
	default:
		order.PutUint64(b, x)
	}
}

func fromBits(x uint64, n int) float64 {
	if n == 4 {
		return float64(math.Float32frombits(uint32(x)))
	}
	return math.Float64frombits(x)
}

func toBits(f float64, n int) uint64 {
	if n == 4 {
		return uint64(math.Float32bits(float32(f)))
	}
	return math.Float64bits(f)
}

func Decode(buf []byte, order ByteOrder, data any) (int, error) {
	v := reflect.ValueOf(data)
	size := -1
	switch v.Kind() {
	case reflect.Pointer:
		v = v.Elem()
		size = sizeOf(v)
	case reflect.Slice:
		size = sizeOf(v)
	}
	if size < 0 {
		return 0, errors.New("binary.Decode: invalid type " + reflect.TypeOf(data).String())
	}
	if len(buf) < size {
		return 0, errors.New("buffer too small")
	}
	decode(buf, order, v)
	return size, nil
}

func decode(buf []byte, order ByteOrder, v reflect.Value) {
	walk(v, func(v reflect.Value, n int) {
		b := buf[:n]
		buf = buf[n:]
		if !v.CanSet() {
			return
		}
		switch {
		case v.CanInt():
			x := int64(number(order, b))
			s := 64 - 8*n
			v.SetInt(x << s >> s)
		case v.CanUint():
			v.SetUint(number(order, b))
		case v.Kind() == reflect.Bool:
			v.SetBool(b[0] != 0)
		case v.CanFloat():
			v.SetFloat(fromBits(number(order, b), n))
		default:
			h := n / 2
			v.SetComplex(complex(fromBits(number(order, b[:h]), h), fromBits(number(order, b[h:]), h)))
		}
	})
}

func encode(buf []byte, order ByteOrder, v reflect.Value) {
	walk(v, func(v reflect.Value, n int) {
		b := buf[:n]
		buf = buf[n:]
		switch {
		case v.CanInt():
			put(order, b, uint64(v.Int()))
		case v.CanUint():
			put(order, b, v.Uint())
		case v.Kind() == reflect.Bool:
			if v.Bool() {
				b[0] = 1
			}
		case v.CanFloat():
			put(order, b, toBits(v.Float(), n))
		default:
			h, c := n/2, v.Complex()
			put(order, b[:h], toBits(real(c), h))
			put(order, b[h:], toBits(imag(c), h))
		}
	})
}

func Read(r io.Reader, order ByteOrder, data any) error {
	v := reflect.ValueOf(data)
	size := -1
	switch v.Kind() {
	case reflect.Pointer:
		v = v.Elem()
		size = sizeOf(v)
	case reflect.Slice:
		size = sizeOf(v)
	}
	if size < 0 {
		return errors.New("binary.Read: invalid type " + reflect.TypeOf(data).String())
	}
	b := make([]byte, size)
	if _, err := io.ReadFull(r, b); err != nil {
		return err
	}
	decode(b, order, v)
	return nil
}

func Append(buf []byte, order ByteOrder, data any) ([]byte, error) {
	b, err := marshal("binary.Append", order, data)
	if err != nil {
		return nil, err
	}
	return append(buf, b...), nil
}

func Encode(buf []byte, order ByteOrder, data any) (int, error) {
	b, err := marshal("binary.Encode", order, data)
	if err != nil {
		return 0, err
	}
	if len(buf) < len(b) {
		return 0, errors.New("buffer too small")
	}
	return copy(buf, b), nil
}

func marshal(what string, order ByteOrder, data any) ([]byte, error) {
	v := reflect.Indirect(reflect.ValueOf(data))
	n := sizeOf(v)
	if n < 0 {
		s := "nil"
		if data != nil {
			s = reflect.TypeOf(data).String()
		}
		return nil, errors.New(what + ": some values are not fixed-sized in type " + s)
	}
	b := make([]byte, n)
	encode(b, order, v)
	return b, nil
}

func Write(w io.Writer, order ByteOrder, data any) error {
	b, err := marshal("binary.Write", order, data)
	if err == nil {
		_, err = w.Write(b)
	}
	return err
}
