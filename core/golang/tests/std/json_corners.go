package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strings"
	"time"
)

type Base struct {
	ID   int `json:"id"`
	Kind string
}
type Inner struct{ A, B int }
type T struct {
	Base
	*Inner
	Name  string            `json:"name,omitempty"`
	Z     time.Time         `json:"z,omitzero"`
	ZI    int               `json:"zi,omitzero"`
	Raw   json.RawMessage   `json:"raw"`
	F     float64           `json:"f"`
	F32   float32           `json:"f32"`
	P     *int              `json:"p"`
	PP    **string          `json:"pp"`
	M     map[string]int    `json:"m"`
	IM    map[int]string    `json:"im,omitempty"`
	Any   any               `json:"any"`
	L     []any             `json:"l"`
	B     []byte            `json:"b"`
	Arr   [3]int            `json:"arr"`
	U8    uint8             `json:"u8"`
	I64   int64             `json:"i64,string"`
	SS    map[string]Inner  `json:"ss"`
	priv  int
	Skip  int `json:"-"`
	Dash  int `json:"-,"`
	Bool  bool `json:",omitempty"`
	Dur   time.Duration
	E     error `json:"e"`
}

type Tree struct {
	V    int
	L, R *Tree `json:",omitempty"`
}

type Color int

func (c Color) MarshalText() ([]byte, error) { return []byte(fmt.Sprintf("color-%d", int(c))), nil }
func (c *Color) UnmarshalText(b []byte) error {
	if !strings.HasPrefix(string(b), "color-") {
		return errors.New("bad color " + string(b))
	}
	_, err := fmt.Sscanf(string(b), "color-%d", (*int)(c))
	return err
}

func dec(s string, v any) {
	err := json.Unmarshal([]byte(s), v)
	shown := v
	if r := reflect.ValueOf(v); r.Kind() == reflect.Pointer && !r.IsNil() {
		shown = r.Elem().Interface()
	}
	if t, ok := shown.(T); ok {
		t.P, t.PP, t.Inner = nil, nil, nil
		shown = t
	}
	if _, ok := shown.(*int); ok {
		shown = "pointer"
	}
	fmt.Printf("%q => %+v %v\n", s, shown, err)
	var ute *json.UnmarshalTypeError
	if errors.As(err, &ute) {
		fmt.Println("  ute", ute.Value, ute.Type, ute.Offset, ute.Struct, ute.Field)
	}
	var se *json.SyntaxError
	if errors.As(err, &se) {
		fmt.Println("  se", se.Offset)
	}
}

func main() {
	one := 1
	t := T{Base: Base{1, "k"}, Name: "n<&>\u2028\x01\xff\"\\\t", Raw: json.RawMessage(`{"x": 1}`), F: 1e21, F32: 3.4e-7, P: &one, M: map[string]int{"b": 1, "a": 2, "\n": 3}, IM: map[int]string{3: "c", -1: "d", 10: "e"}, Any: map[string]any{"x": []int{1}, "y": nil, "z": 1.5}, L: []any{1, "a", nil, true, 2.5, []string{"q"}, map[string]bool{"t": true}, struct{ X int }{4}}, B: []byte("hello"), I64: 77, SS: map[string]Inner{"i": {1, 2}}, Dur: time.Second}
	b, err := json.Marshal(t)
	fmt.Println(string(b), err)
	t.Inner = &Inner{5, 6}
	b, err = json.MarshalIndent(t, ">", "\t")
	fmt.Println(string(b), err)
	b, err = json.Marshal(&Tree{1, &Tree{2, nil, nil}, nil})
	fmt.Println(string(b), err)
	for _, f := range []float64{0, 1, -1, 0.1, 1e20, 1e21, 1e-6, 1e-7, 123456789.125, math.MaxFloat64, math.SmallestNonzeroFloat64, 100, math.Copysign(0, -1)} {
		b, err := json.Marshal([]any{f, float32(f)})
		fmt.Println(string(b), err)
	}
	for _, v := range []any{math.NaN(), make(chan int), func() {}, map[bool]int{true: 1}, complex(1, 2), []any{math.Inf(1)}, map[string]any{"c": make(chan int)}, Color(3), map[Color]int{4: 1}, []Color{1, 2}, &one, [2]bool{true}, []byte(nil), []int(nil), map[string]int(nil), (*int)(nil), nil, "é\u00e9日本", 'x', struct{}{}, []struct{}{{}, {}}, json.Number("12e3"), json.Number("x")} {
		b, err := json.Marshal(v)
		fmt.Printf("%T %s %v\n", v, b, err)
	}
	var cyc Tree
	cyc.L = &cyc
	_, err = json.Marshal(cyc)
	fmt.Println(err)
	var a any
	dec(`{"a":[1,2.5,"x",null,true,{"b":{}}],"c":1e3}`, &a)
	dec(`"\u00e9\ud83d\ude00\ud800x\n\/"`, &a)
	dec("\"\xff\"", &a)
	dec(`[1,2`, &a)
	dec(`{"a":}`, &a)
	dec(`nul`, &a)
	dec(`tru `, &a)
	dec(`01`, &a)
	dec(`-`, &a)
	dec(`1.`, &a)
	dec(`1e`, &a)
	dec(``, &a)
	dec(`   `, &a)
	dec(`{"a" 1}`, &a)
	dec(`{a:1}`, &a)
	dec(`[1 2]`, &a)
	dec(`"a`, &a)
	dec("\"a\nb\"", &a)
	dec(`"\x"`, &a)
	dec(`"\u12g4"`, &a)
	dec(`1 2`, &a)
	dec(`1e999`, &a)
	var x T
	dec(`{"id":5,"KIND":"q","A":1,"b":"aGk=","name":"z","raw":[1, 2],"f":3,"p":4,"pp":"s","m":{"q":1},"im":{"5":"x"},"any":{"k":[1]},"arr":[1,2,3,4],"u8":255,"i64":"12","ss":{"a":{"A":1}},"Dur":5}`, &x)
	fmt.Println(*x.P, **x.PP, x.Inner.A, string(x.Raw))
	x = T{}
	dec(`{"u8":256}`, &x)
	dec(`{"u8":-1}`, &x)
	dec(`{"id":"s","name":7,"f":"x"}`, &x)
	dec(`{"ss":{"a":{"A":"bad"}}}`, &x)
	dec(`{"m":[1]}`, &x)
	dec(`{"arr":{"x":1}}`, &x)
	dec(`{"i64":12}`, &x)
	dec(`{"i64":"zz"}`, &x)
	dec(`{"b":"!!"}`, &x)
	dec(`{"im":{"x":"y"}}`, &x)
	dec(`{"e":"x"}`, &x)
	dec(`{"p":null,"m":null,"any":null,"name":null,"arr":null}`, &x)
	var sl = []int{9, 9, 9, 9}
	dec(`[1,2]`, &sl)
	fmt.Println(cap(sl))
	var sl2 []int
	dec(`[1,2,3,4,5]`, &sl2)
	fmt.Println(len(sl2), cap(sl2))
	dec(`[]`, &sl2)
	fmt.Println(sl2 == nil)
	dec(`null`, &sl2)
	fmt.Println(sl2 == nil)
	mm := map[string]Inner{"a": {1, 2}}
	dec(`{"a":{"A":5},"b":{}}`, &mm)
	var ip *int
	dec(`5`, &ip)
	fmt.Println(*ip)
	dec(`5`, nil)
	dec(`5`, 5)
	dec(`5`, (*int)(nil))
	var c Color
	dec(`"color-9"`, &c)
	dec(`"red"`, &c)
	dec(`7`, &c)
	var mc map[Color]int
	dec(`{"color-1":2}`, &mc)
	var i8 int8
	dec(`300`, &i8)
	dec(`1.5`, &i8)
	dec(`"x"`, &i8)
	dec(`{"x":1}`, &i8)
	dec(`[1]`, &i8)
	dec(`true`, &i8)
	var f32 float32
	dec(`1e40`, &f32)
	var st struct{ A, a int }
	dec(`{"a":1}`, &st)
	var iface fmt.Stringer
	dec(`{"a":1}`, &iface)
	dec(`[[1],[2,3]]`, new([][]int))
	dec(`{"Kſ":1}`, new(struct{ Ks int }))
	d := json.NewDecoder(strings.NewReader(`{"a":1,"zz":2} {"a":3} [`))
	d.DisallowUnknownFields()
	for {
		var v struct{ A int }
		err := d.Decode(&v)
		fmt.Println(v, err, d.InputOffset())
		if err != nil {
			break
		}
	}
	d = json.NewDecoder(strings.NewReader(`{"k":[1,"a",null,true,{"z":1.5}],"e":{}} 5`))
	for {
		tok, err := d.Token()
		if err != nil {
			fmt.Println(err, err == io.EOF)
			break
		}
		fmt.Printf("%T %v more=%v off=%d\n", tok, tok, d.More(), d.InputOffset())
	}
	d = json.NewDecoder(strings.NewReader(`[1,2}`))
	for {
		tok, err := d.Token()
		fmt.Println(tok, err)
		if err != nil {
			break
		}
	}
	d = json.NewDecoder(strings.NewReader(`{"n":12345678901234567890}`))
	d.UseNumber()
	var n map[string]any
	fmt.Println(d.Decode(&n), n)
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	e.Encode(map[string]any{"<a>": "&", "e": []int{}, "m": map[string]int{}})
	fmt.Print(buf.String())
	buf.Reset()
	fmt.Println(json.Compact(&buf, []byte(` { "a" : [ 1 , 2 ] } `)), buf.String())
	buf.Reset()
	fmt.Println(json.Indent(&buf, []byte(`{"a":[1,2,{}],"b":{}}`), "", "  "), buf.String())
	buf.Reset()
	json.HTMLEscape(&buf, []byte(`"<b>&"`))
	fmt.Println(buf.String(), json.Valid([]byte(`{}`)), json.Valid([]byte(`{`)))
}
