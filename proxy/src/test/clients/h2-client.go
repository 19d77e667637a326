// Go's own client, which takes proxy and trust from the environment and prefers HTTP/2: prints the protocol and the body's length.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

func main() {
	body := strings.Repeat("x", 1<<20)
	answer, err := http.Post("https://"+os.Args[1]+"/echo", "text/plain", strings.NewReader(body))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	echo, err := io.ReadAll(answer.Body)
	if err != nil || string(echo) != body {
		fmt.Fprintln(os.Stderr, "not the echo", err)
		os.Exit(1)
	}
	fmt.Println(answer.Proto, answer.StatusCode, answer.Header.Get("x-key"), len(echo))
}
