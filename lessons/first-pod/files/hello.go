package main

import (
	"fmt"
	"os"
	"time"
)

func main() {
	for {
		hostname, _ := os.Hostname()
		fmt.Printf("hello, my hostname is %v\n", hostname)
		time.Sleep(5 * time.Second)
	}
}
