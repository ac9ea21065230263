package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"time"
)

type Inner struct {
	A int `json:"a"`
	B string
}
type Base struct {
	ID   int `json:"id"`
	Name string
}
type T struct {
	Base
	*Inner
	S     string            `json:"s,omitempty"`
	N     int               `json:"n,string"`
	F     float64           `json:"f"`
	B     bool              `json:"-"`
	Dash  int               `json:"-,"`
	P     *int              `json:"p"`
	L     []string          `json:"l"`
	E     []int             `json:"e,omitempty"`
	M     map[string]int    `json:"m"`
	MI    map[int]string    `json:"mi,omitempty"`
	Any   any               `json:"any"`
	Raw   json.RawMessage   `json:"raw,omitempty"`
	Bytes []byte            `json:"bytes"`
	Time  time.Time         `json:"time,omitzero"`
	D     time.Duration     `json:"d"`
	Arr   [2]bool           `json:"arr"`
	priv  int
	Num   json.Number `json:"num,omitempty"`
}
type Color int

func (c Color) MarshalText() ([]byte, error) { return []byte(fmt.Sprintf("c%d", int(c))), nil }
func (c *Color) UnmarshalText(b []byte) error {
	if len(b) == 0 || b[0] != 'c' {
		return errors.New("bad color " + string(b))
	}
	_, err := fmt.Sscanf(string(b), "c%d", (*int)(c))
	return err
}

type Custom struct{ v string }

func (c Custom) MarshalJSON() ([]byte, error) {
	if c.v == "err" {
		return nil, errors.New("custom failure")
	}
	return json.Marshal("<" + c.v + ">")
}
func (c *Custom) UnmarshalJSON(b []byte) error {
	c.v = "got " + string(b)
	return nil
}

type BadJSON struct{}

func (BadJSON) MarshalJSON() ([]byte, error) { return []byte("{bad"), nil }

type Loop struct{ Next *Loop }

func dump(v any) {
	b, err := json.Marshal(v)
	fmt.Println(string(b), err)
}

func main() {
	x := 5
	t := T{Base: Base{1, "n"}, Inner: &Inner{2, "b"}, N: 7, F: 1.5, P: &x, M: map[string]int{"b": 1, "a": 2}, Any: []any{1, "x", nil, map[string]any{"k": 1.0}}, Bytes: []byte("hi"), D: time.Second}
	dump(t)
	t.Inner = nil
	b, _ := json.MarshalIndent(t, ">", "  ")
	fmt.Println(string(b))
	dump(map[string]any{"html": "<a href='x'>&</a>", "u": "é\u2028😀\x01\t\"\\/", "bad": "\xff"})
	for _, v := range []any{nil, 1, -0.0, 1e20, 1e21, 1e-6, 1e-7, 0.1, float32(3.4), math.MaxInt64, uint8(3), "s", true, []int(nil), []int{}, map[string]int(nil), [0]int{}, struct{}{}, &x, Color(3), map[Color]int{1: 2}, []Color{1, 2}, Custom{"v"}, &Custom{"p"}, []byte{1, 2, 3}, json.Number("12.50"), json.RawMessage(`{"a": 1}`), time.Date(2024, 2, 3, 4, 5, 6, 7, time.UTC), map[int]int{2: 1, 10: 3}, 'x', complex(1, 2), make(chan int), func() {}, math.NaN(), math.Inf(1), Custom{"err"}, BadJSON{}, map[bool]int{true: 1}, []any{1, make(chan int)}, json.Number("abc"), struct {
		A int `json:"a,omitempty"`
		B *int
		C any
	}{}, errors.New("x")} {
		dump(v)
	}
	l := &Loop{}
	l.Next = l
	_, err := json.Marshal(l)
	fmt.Println(err != nil)
	var e *json.UnsupportedTypeError
	_, err = json.Marshal(make(chan int))
	fmt.Println(errors.As(err, &e))

	ins := []string{`{"id":3,"Name":"x","a":4,"b":"insensitive","s":"q","n":"9","f":2,"p":null,"l":["a",null],"m":{"z":1},"any":{"x":[1,2.5,"s",true,null]},"raw": {"k" : 1},"bytes":"aGk=","arr":[true,false,true],"extra":1,"num":12.0}`, `{"n":5}`, `{"n":"x"}`, `{"f":"s"}`, `{"l":5}`, `{"id":1.5}`, `{"id":"x"}`, `{"m":[]}`, `[1]`, `"s"`, `{`, ``, `{"a":}`, `{"a" 1}`, `{a:1}`, `{"a":1,}`, `{"a":1}x`, `nul`, `{"bytes":"!!"}`, `{"time":"nope"}`, `{"d":"1s"}`, `{"id":99999999999999999999}`, "{\"s\":\"a\nb\"}", `{"s":"\x"}`, `{"s":"\u00e9\ud83d\ude00\ud800"}`, `{"mi":{"1":"a","x":"b"}}`, `  {"id" : 7 } `, `{"num":"x"}`, `{"num":"5"}`, `null`, `tru`, `01`, `-`, `1.`, `1e`, `{"arr":[true]}`, `{"ID":8,"NAME":"Z"}`, `]`, `{"s":"abc`}
	for _, in := range ins {
		var t T
		err := json.Unmarshal([]byte(in), &t)
		p := -1
		if t.P != nil {
			p = *t.P
		}
		in1 := "nil"
		if t.Inner != nil {
			in1 = fmt.Sprint(*t.Inner)
		}
		t.P, t.Inner = nil, nil
		fmt.Printf("%s => %+v p=%d inner=%s err=%v\n", in, t, p, in1, err)
		var se *json.SyntaxError
		var ue *json.UnmarshalTypeError
		if errors.As(err, &se) {
			fmt.Println("syntax offset", se.Offset)
		}
		if errors.As(err, &ue) {
			fmt.Println("type", ue.Value, ue.Type, ue.Offset, ue.Struct, ue.Field)
		}
	}
	var a any
	for _, in := range []string{`1`, `"s"`, `[1,[2,{"a":null}]]`, `{"b":1e3,"a":12345678901234567890}`, `true`, ``, `  `, `[1,2`, `{"a":1}}`} {
		a = nil
		err := json.Unmarshal([]byte(in), &a)
		fmt.Printf("%v %T %v\n", a, a, err)
	}
	fmt.Println(json.Unmarshal([]byte(`1`), nil), json.Unmarshal([]byte(`1`), 5), json.Unmarshal([]byte(`1`), (*int)(nil)))
	var i8 int8
	var u uint
	var f32 float32
	var arr [2]int
	var s []int = []int{9, 9, 9}
	var m = map[string]int{"keep": 1}
	var c Color
	var cu Custom
	var iface interface{ M() }
	fmt.Println(json.Unmarshal([]byte(`300`), &i8), i8)
	fmt.Println(json.Unmarshal([]byte(`-1`), &u), u)
	fmt.Println(json.Unmarshal([]byte(`1e40`), &f32), f32)
	fmt.Println(json.Unmarshal([]byte(`[1,2,3]`), &arr), arr)
	fmt.Println(json.Unmarshal([]byte(`[1,2]`), &s), s, len(s))
	fmt.Println(json.Unmarshal([]byte(`[1,"x",3]`), &s), s)
	fmt.Println(json.Unmarshal([]byte(`{"new":2}`), &m), m)
	fmt.Println(json.Unmarshal([]byte(`"c12"`), &c), c)
	fmt.Println(json.Unmarshal([]byte(`"x12"`), &c), c)
	fmt.Println(json.Unmarshal([]byte(`12`), &c), c)
	fmt.Println(json.Unmarshal([]byte(`{"a": [1]}`), &cu), cu)
	fmt.Println(json.Unmarshal([]byte(`1`), &iface))
	fmt.Println(json.Unmarshal([]byte(`null`), &m), m)
	dec := json.NewDecoder(strings.NewReader(`{"a":1} {"a":2}
[3] "x" `))
	for {
		var v any
		err := dec.Decode(&v)
		fmt.Println(v, err)
		if err != nil {
			break
		}
		fmt.Println(dec.InputOffset())
	}
	dec = json.NewDecoder(strings.NewReader(`{"a":1,"zzz":2}`))
	dec.DisallowUnknownFields()
	var in Inner
	fmt.Println(dec.Decode(&in), in)
	dec = json.NewDecoder(strings.NewReader(`{"a":[1,{"b":null}],"c":true}`))
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			break
		}
		fmt.Printf("%T %v %v|", tok, tok, dec.More())
	}
	fmt.Println()
	dec = json.NewDecoder(strings.NewReader(`{"n": 12345678901234567890}`))
	dec.UseNumber()
	var mm map[string]any
	fmt.Println(dec.Decode(&mm), mm)
	fmt.Println(json.NewDecoder(strings.NewReader("")).Decode(&mm), json.NewDecoder(strings.NewReader(`{"a"`)).Decode(&mm))
	enc := json.NewEncoder(os.Stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "\t")
	enc.Encode(map[string]any{"a": "<&>", "b": []int{}, "c": map[string]int{}, "d": []int{1}})
	var buf bytes.Buffer
	fmt.Println(json.Compact(&buf, []byte(`{ "a" : [ 1 , 2 ] }`)), buf.String())
	buf.Reset()
	fmt.Println(json.Indent(&buf, []byte(`{"a":[1,2],"b":{},"c":[]}`), "", "  "), buf.String())
	buf.Reset()
	json.HTMLEscape(&buf, []byte(`{"a":"<b>&"}`))
	fmt.Println(buf.String(), json.Valid([]byte(`{}`)), json.Valid([]byte(`{`)))
	fmt.Println(json.Indent(&buf, []byte(`{`), "", ""))
	type D struct {
		A int `json:"x"`
		B int `json:"x"`
		C int `json:"c" xml:"z"`
	}
	dump(D{1, 2, 3})
	type Emb struct {
		Color
		T2 struct{ X int } `json:"t2"`
	}
	dump(struct {
		Time time.Time
		Inner
	}{time.Unix(0, 0).UTC(), Inner{1, "x"}})
	n := json.Number("42")
	i, err := n.Int64()
	f, err2 := json.Number("4.5").Float64()
	fmt.Println(i, err, f, err2, n)
}
