package main

import (
	"fmt"
	"net/http"
	"os"
	"time"
)

const layout = "2006-01-02T15:04:05.000Z"

func main() {
	host, version := os.Getenv("HOSTNAME"), os.Getenv("APP_VERSION")
	started, requests := time.Now(), 0
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		fmt.Fprintf(w, "Hello Kubernetes bootcamp! | Running on: %s | v=%s\n", host, version)
		requests++
		up := time.Since(started).Milliseconds()
		fmt.Printf("Running On: %s | Total Requests: %d | App Uptime: %d.%03d seconds | Log Time: %s\n",
			host, requests, up/1000, up%1000, time.Now().UTC().Format(layout))
	})
	fmt.Printf("Kubernetes Bootcamp App Started At: %s | Running On:  %s\n\n", started.UTC().Format(layout), host)
	if err := http.ListenAndServe(":8080", nil); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
