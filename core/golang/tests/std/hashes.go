package main

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"hash"
	"hash/adler32"
	"hash/crc32"
	"hash/crc64"
	"hash/fnv"
	"io"
	"strings"
)

func main() {
	for _, n := range []int{0, 1, 3, 55, 56, 63, 64, 65, 111, 112, 119, 120, 127, 128, 129, 1000} {
		s := strings.Repeat("a", n)
		fmt.Printf("%d %x\n", n, md5.Sum([]byte(s)))
		fmt.Printf("%x\n", sha1.Sum([]byte(s)))
		fmt.Printf("%x\n", sha256.Sum256([]byte(s)))
		fmt.Printf("%x\n", sha256.Sum224([]byte(s)))
		fmt.Printf("%x\n", sha512.Sum512([]byte(s)))
		fmt.Printf("%x\n", sha512.Sum384([]byte(s)))
	}
	h := sha256.New()
	io.WriteString(h, "hello ")
	h.Write([]byte("world"))
	fmt.Println(hex.EncodeToString(h.Sum(nil)), h.Size(), h.BlockSize())
	fmt.Printf("%x\n", h.Sum([]byte("pre")))
	h.Reset()
	for i := 0; i < 100; i++ {
		fmt.Fprintf(h, "line %d\n", i)
	}
	fmt.Printf("%x\n", h.Sum(nil))
	for _, f := range []func() hash.Hash{md5.New, sha1.New, sha256.New, sha512.New, sha512.New384} {
		m := hmac.New(f, []byte("key"))
		m.Write([]byte("The quick brown fox jumps over the lazy dog"))
		fmt.Printf("%x\n", m.Sum(nil))
		m2 := hmac.New(f, []byte(strings.Repeat("k", 200)))
		m2.Write([]byte("x"))
		fmt.Printf("%x %v\n", m2.Sum(nil), hmac.Equal(m.Sum(nil), m2.Sum(nil)))
	}
	for _, s := range []string{"", "a", "hello", "The quick brown fox"} {
		a, b, c, d := fnv.New32(), fnv.New32a(), fnv.New64(), fnv.New64a()
		e, f := fnv.New128(), fnv.New128a()
		for _, h := range []hash.Hash{a, b, c, d, e, f} {
			h.Write([]byte(s))
			fmt.Printf("%x %d %d\n", h.Sum(nil), h.Size(), h.BlockSize())
		}
		fmt.Println(a.Sum32(), b.Sum32(), c.Sum64(), d.Sum64())
		fmt.Println(crc32.ChecksumIEEE([]byte(s)), crc32.Checksum([]byte(s), crc32.MakeTable(crc32.Castagnoli)))
		fmt.Println(crc64.Checksum([]byte(s), crc64.MakeTable(crc64.ISO)), crc64.Checksum([]byte(s), crc64.MakeTable(crc64.ECMA)))
		fmt.Println(adler32.Checksum([]byte(s)))
	}
	fmt.Println(subtle.ConstantTimeCompare([]byte("a"), []byte("a")), subtle.ConstantTimeCompare([]byte("a"), []byte("b")), subtle.ConstantTimeEq(3, 3), subtle.ConstantTimeLessOrEq(2, 3), subtle.ConstantTimeSelect(1, 5, 6))
}
