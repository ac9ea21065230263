package main

import (
	"encoding/pem"
	"fmt"
	"os"
)

func main() {
	b := &pem.Block{Type: "TEST KEY", Headers: map[string]string{"b": "2", "a": "1", "Proc-Type": "4"}, Bytes: make([]byte, 100)}
	fmt.Println(pem.Encode(os.Stdout, b))
	t := append([]byte("junk\n"), pem.EncodeToMemory(b)...)
	t = append(t, pem.EncodeToMemory(&pem.Block{Type: "X", Bytes: []byte("hello")})...)
	t = append(t, "tail"...)
	for {
		p, rest := pem.Decode(t)
		if p == nil {
			fmt.Printf("%q\n", rest)
			break
		}
		fmt.Println(p.Type, p.Headers, len(p.Bytes), len(rest))
		t = rest
	}
	p, rest := pem.Decode([]byte("-----BEGIN A-----\nbad!\n-----END A-----\n"))
	fmt.Println(p, len(rest))
	fmt.Println(pem.Encode(os.Stdout, &pem.Block{Type: "A", Headers: map[string]string{"a:b": "c"}}))
}
