package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

type Address struct {
	City, State string
}
type Person struct {
	XMLName   xml.Name `xml:"person"`
	Id        int      `xml:"id,attr"`
	FirstName string   `xml:"name>first"`
	LastName  string   `xml:"name>last"`
	Age       int      `xml:"age"`
	Height    float32  `xml:"height,omitempty"`
	Married   bool
	Address
	Comment string   `xml:",comment"`
	Tags    []string `xml:"tags>tag"`
	Skip    string   `xml:"-"`
	Ptr     *int     `xml:"ptr"`
	When    time.Time
}
type Item struct {
	K string `xml:"key,attr"`
	V string `xml:",chardata"`
}
type Doc struct {
	Items []Item `xml:"item"`
	Inner string `xml:",innerxml"`
}
type Note struct {
	To   string `xml:"to"`
	Body []byte `xml:"body"`
	CD   struct {
		X string `xml:",cdata"`
	} `xml:"cd"`
}

func main() {
	p := &Person{Id: 13, FirstName: "John", LastName: "D<o>e & \"co\"", Age: 42, Tags: []string{"a", "b"}, When: time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)}
	p.Comment = " Need more details. "
	p.Address = Address{"Hanga Roa", "Easter Island"}
	b, err := xml.MarshalIndent(p, " ", "  ")
	fmt.Println(string(b), err)
	b, err = xml.Marshal(p)
	fmt.Println(string(b), err)
	var q Person
	err = xml.Unmarshal(b, &q)
	fmt.Printf("%+v %v\n", q, err)
	var d Doc
	err = xml.Unmarshal([]byte(`<?xml version="1.0"?><!-- hi --><doc><item key="a">one</item><other/><item key="b">t&amp;w&#111;</item></doc>`), &d)
	fmt.Printf("%+v %v\n", d, err)
	n := Note{To: "x", Body: []byte("hello\n")}
	n.CD.X = "a<b"
	b, err = xml.Marshal(n)
	fmt.Println(string(b), err)
	var n2 Note
	fmt.Println(xml.Unmarshal(b, &n2), n2.To, string(n2.Body), n2.CD.X)
	for _, s := range []string{"", "<a>", "<a></b>", "<a", "<a b=c></a>", "<a b></a>", "text", "<a>&foo;</a>", "<a>&lt</a>", "</a>", "<a><b></a>", "<?xml version=\"1.1\"?><a/>", "<a>\x01</a>", "<1a/>"} {
		var v struct {
			X string `xml:"x"`
		}
		fmt.Printf("%q %v\n", s, xml.Unmarshal([]byte(s), &v))
	}
	var v struct {
		N int `xml:"n"`
	}
	fmt.Println(xml.Unmarshal([]byte("<v><n>abc</n></v>"), &v))
	fmt.Println(xml.Unmarshal([]byte("<v><n> 12 </n></v>"), &v), v)
	fmt.Println(xml.Unmarshal([]byte("<p/>"), &q))
	fmt.Println(xml.Unmarshal([]byte("<p/>"), q))
	_, err = xml.Marshal(make(chan int))
	fmt.Println(err)
	_, err = xml.Marshal(map[string]int{"a": 1})
	fmt.Println(err)
	b, err = xml.Marshal([]int{1, 2})
	fmt.Println(string(b), err)
	b, err = xml.Marshal("a<b")
	fmt.Println(string(b), err)
	dec := xml.NewDecoder(strings.NewReader(`<a x="1" xmlns:n="urn:n"><n:b>t</n:b><!-- c --><?pi do?><c/></a>`))
	for {
		t, err := dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			fmt.Println(err)
			break
		}
		switch t := t.(type) {
		case xml.StartElement:
			fmt.Println("start", t.Name.Space, t.Name.Local, t.Attr)
		case xml.EndElement:
			fmt.Println("end", t.Name.Local)
		case xml.CharData:
			fmt.Printf("chars %q\n", t)
		case xml.Comment:
			fmt.Printf("comment %q\n", t)
		case xml.ProcInst:
			fmt.Println("pi", t.Target, string(t.Inst))
		}
	}
	enc := xml.NewEncoder(os.Stdout)
	enc.Indent("", "\t")
	enc.Encode(struct {
		XMLName xml.Name `xml:"http://x.org/ns root"`
		A       int      `xml:"a,attr"`
		B       []Item
		E       struct{}
	}{A: 1, B: []Item{{"k", "v"}}})
	fmt.Println()
	enc.EncodeElement(5, xml.StartElement{Name: xml.Name{Local: "five"}, Attr: []xml.Attr{{Name: xml.Name{Local: "k"}, Value: "<"}}})
	fmt.Println()
	xml.EscapeText(os.Stdout, []byte("a<b>&\"'\n\t"))
	fmt.Println(xml.Header)
}
