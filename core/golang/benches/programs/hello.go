package main

import (
	"fmt"
	"os"
	"time"
)

func main() {
	hostname, _ := os.Hostname()
	fmt.Printf("hello from %v\n", hostname)
	time.Sleep(time.Second)
}
