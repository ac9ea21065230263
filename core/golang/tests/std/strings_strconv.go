package main

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

func main() {
	s := "Hello, 世界! hello"
	p := fmt.Println
	p(strings.Contains(s, "lo"), strings.ContainsAny(s, "xyz!"), strings.ContainsRune(s, '世'), strings.Count(s, "l"), strings.Count(s, ""), strings.Index(s, "世"), strings.IndexByte(s, 'o'), strings.IndexAny(s, "界!"), strings.IndexRune(s, '界'), strings.LastIndex(s, "hello"), strings.LastIndexAny(s, "lo"), strings.LastIndexByte(s, 'z'))
	p(strings.Fields("  a  b\tc\n"), len(strings.Fields("")), strings.FieldsFunc("a1b2c", unicode.IsDigit))
	fmt.Printf("%q %q %q %q %q\n", strings.Split("a,b,c", ","), strings.Split("", ","), strings.Split("abc", ""), strings.SplitN("a,b,c,d", ",", 2), strings.SplitAfter("a,b", ","))
	fmt.Printf("%q %q %q\n", strings.SplitN("a,b", ",", 0), strings.SplitN("a,b", ",", -1), strings.SplitAfterN("a,b,c", ",", 2))
	p(strings.Join([]string{"a", "b"}, "-"), strings.Repeat("ab", 3), strings.Replace("aaaa", "a", "b", 2), strings.ReplaceAll("aaaa", "aa", "b"), strings.Replace("abc", "", "-", -1), strings.Replace("abc", "", "-", 2))
	p(strings.ToUpper("héllo ß"), strings.ToLower("HÉLLO İ"), strings.Title("hello wOrld foo_bar it's"), strings.ToTitle("abc"), strings.EqualFold("Go", "GO"), strings.EqualFold("ß", "SS"))
	fmt.Printf("%q %q %q %q %q %q %q\n", strings.Trim("xxhixx", "x"), strings.TrimSpace(" \t a \n"), strings.TrimLeft("xxhixx", "x"), strings.TrimRight("xxhixx", "x"), strings.TrimPrefix("prefix-a", "prefix-"), strings.TrimSuffix("a.go", ".go"), strings.TrimFunc("123abc456", unicode.IsDigit))
	p(strings.HasPrefix("abc", "ab"), strings.HasSuffix("abc", "bc"), strings.Compare("a", "b"), strings.Compare("b", "a"), strings.Compare("a", "a"))
	p(strings.Cut("k=v=w", "="))
	p(strings.Cut("kv", "="))
	p(strings.CutPrefix("abc", "a"))
	p(strings.CutSuffix("abc", "x"))
	p(strings.Map(func(r rune) rune {
		if r == 'a' {
			return -1
		}
		return unicode.ToUpper(r)
	}, "banana"))
	for l := range strings.Lines("a\nb\nc") {
		fmt.Printf("%q ", l)
	}
	for l := range strings.SplitSeq("a,b,c", ",") {
		fmt.Printf("%q ", l)
	}
	for l := range strings.FieldsSeq(" a b ") {
		fmt.Printf("%q ", l)
	}
	p()
	r := strings.NewReplacer("<", "&lt;", ">", "&gt;", "a", "b", "b", "a")
	p(r.Replace("<a>ab</a>"), strings.NewReplacer("aaa", "3", "aa", "2", "a", "1").Replace("aaaaaaa"), strings.NewReplacer("", "X").Replace("ab"))
	p(strings.ToValidUTF8("a\xffb\xfe\xfec", "?"), strings.IndexFunc("abc1", unicode.IsDigit), strings.LastIndexFunc("1abc", unicode.IsDigit), strings.ContainsFunc("abc", unicode.IsUpper))
	var sb strings.Builder
	for i := 0; i < 3; i++ {
		fmt.Fprintf(&sb, "%d,", i)
	}
	sb.WriteByte('x')
	sb.WriteRune('世')
	sb.WriteString("!")
	p(sb.String(), sb.Len())
	func() {
		defer func() { p(recover()) }()
		strings.Repeat("x", -1)
	}()
	func() {
		defer func() { p(recover()) }()
		var b2 strings.Builder
		b2.Grow(-1)
	}()
	for _, in := range []string{"12", "-5", "+7", "abc", "", "99999999999999999999", "0x1f", "1_000", " 1", "1.5", "0b11", "0o17", "017"} {
		a, err := strconv.Atoi(in)
		b, err2 := strconv.ParseInt(in, 0, 8)
		c, err3 := strconv.ParseUint(in, 10, 16)
		d, err4 := strconv.ParseFloat(in, 64)
		e, err5 := strconv.ParseBool(in)
		p(a, err, b, err2, c, err3, d, err4, e, err5)
	}
	for _, in := range []string{"1e400", "-1e400", "inf", "-Infinity", "nan", "1e-400", ".5", "5.", "1e", "0x1p-2", "1__0", "1e5", "1.7976931348623159e308"} {
		d, err := strconv.ParseFloat(in, 64)
		e, err2 := strconv.ParseFloat(in, 32)
		p(d, err, e, err2)
	}
	p(strconv.ParseInt("zz", 36, 64))
	p(strconv.ParseInt("12", 1, 64))
	p(strconv.ParseInt("12", 10, 65))
	p(strconv.ParseInt("128", 10, 8))
	p(strconv.ParseInt("-129", 10, 8))
	p(strconv.FormatInt(-255, 16), strconv.FormatInt(255, 2), strconv.Itoa(-0), strconv.FormatUint(1<<63, 36))
	for _, f := range []float64{0, 1, -1.5, 100, 1e6, 1e21, 123456789.123, 1e-5, 0.000001234, 1.0 / 3} {
		p(strconv.FormatFloat(f, 'f', -1, 64), strconv.FormatFloat(f, 'e', 3, 64), strconv.FormatFloat(f, 'g', -1, 64), strconv.FormatFloat(f, 'g', 4, 64), strconv.FormatFloat(f, 'f', 2, 64), strconv.FormatFloat(f, 'G', 3, 32), strconv.FormatFloat(f, 'b', -1, 64), strconv.FormatFloat(f, 'x', -1, 64), strconv.FormatFloat(f, 'E', -1, 32))
	}
	p(strconv.Quote("hi\t\"x\"\u00e9\x00\u200b世"), strconv.QuoteToASCII("é世😀"), strconv.QuoteRune('☺'), strconv.QuoteRune('\''), strconv.AppendInt(nil, 5, 10), strconv.CanBackquote("a`b"))
	for _, q := range []string{`"a\tb"`, "`raw`", `'x'`, `"bad`, `abc`, `"\x41\u00e9"`, `'ab'`, `"a'b"`, `'\''`, `"\q"`} {
		u, err := strconv.Unquote(q)
		fmt.Printf("%q %v\n", u, err)
	}
	p(utf8.RuneCountInString(s), utf8.ValidString("a\xff"), utf8.RuneLen('世'), utf8.UTFMax)
	rr, n := utf8.DecodeRuneInString("世界")
	p(rr, n, string(rr))
	rr, n = utf8.DecodeLastRuneInString("世界")
	p(rr, n, utf8.AppendRune(nil, 'é'), utf8.FullRune([]byte{0xe4}))
	p(unicode.IsLetter('é'), unicode.IsUpper('É'), unicode.IsSpace('\u00a0'), unicode.IsPunct('!'), unicode.IsSymbol('+'), unicode.IsControl('\n'), unicode.IsNumber('½'), unicode.Is(unicode.Han, '世'), unicode.In('я', unicode.Cyrillic, unicode.Latin), unicode.ToUpper('ß'), unicode.ToTitle('ǆ'), unicode.SimpleFold('k'), unicode.IsMark('\u0301'), unicode.IsGraphic(' '), unicode.IsPrint('\t'))
	b := []byte("hello world")
	fmt.Printf("%s %v %d %q %s %s %v\n", bytes.ToUpper(b), bytes.Contains(b, []byte("wor")), bytes.Index(b, []byte("o")), bytes.Split(b, []byte(" ")), bytes.Title(b), bytes.TrimSpace([]byte(" x ")), bytes.Equal(b, b))
	fmt.Printf("%q %s %s %d %v\n", bytes.Fields(b), bytes.ReplaceAll(b, []byte("l"), []byte("L")), bytes.Join([][]byte{b, b}, []byte("-")), bytes.Compare([]byte("a"), []byte("b")), bytes.HasPrefix(b, []byte("he")))
	var buf bytes.Buffer
	buf.WriteString("hello ")
	buf.Write([]byte("world\nline2\n"))
	line, err := buf.ReadString('\n')
	fmt.Printf("%q %v %d\n", line, err, buf.Len())
	x := make([]byte, 3)
	n2, _ := buf.Read(x)
	p(n2, string(x), buf.String())
	buf.Truncate(1)
	p(buf.String(), buf.Cap() > 0)
	c, err := buf.ReadByte()
	p(c, err)
	_, err = buf.ReadByte()
	p(err)
	before, after, ok := bytes.Cut([]byte("a=b"), []byte("="))
	p(string(before), string(after), ok)
	p(bytes.Runes([]byte("aé")), bytes.Count([]byte("cheese"), []byte("e")), bytes.Repeat([]byte("x"), 3), bytes.IndexByte(b, 'w'), bytes.EqualFold([]byte("A"), []byte("a")))
}
