package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	initialize = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}`
	shutdown   = `{"jsonrpc":"2.0","id":2,"method":"shutdown"}`
	exit       = `{"jsonrpc":"2.0","method":"exit"}`
)

// serveWith runs the server on pipes and returns what it writes to standard output, one message in each line.
func serveWith(t *testing.T, args []string, messages ...string) (output string, err error) {
	t.Helper()
	in, toServer, err1 := os.Pipe()
	fromServer, out, err2 := os.Pipe()
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	stdin, stdout := os.Stdin, os.Stdout
	defer func() { os.Stdin, os.Stdout = stdin, stdout }()
	os.Stdin, os.Stdout = in, out
	t.Setenv("XDG_CACHE_HOME", t.TempDir())

	read, answered := make(chan string), make(chan struct{}, len(messages))
	go func() {
		var lines strings.Builder
		r := bufio.NewReader(fromServer)
		for {
			if _, err := r.Peek(1); err != nil {
				read <- lines.String()
				return
			}
			var n int
			if _, err := fmt.Fscanf(r, "Content-Length: %d\r\n\r\n", &n); err != nil {
				fmt.Fprintf(&lines, "not a message: %v\n", err)
			}
			body := make([]byte, n)
			if _, err := io.ReadFull(r, body); err != nil || !json.Valid(body) {
				fmt.Fprintf(&lines, "not a message: %q\n", body)
			}
			lines.Write(append(body, '\n'))
			answered <- struct{}{}
		}
	}()
	go func() {
		for _, m := range messages {
			fmt.Fprintf(toServer, "Content-Length: %d\r\n\r\n%s", len(m), m)
			if m != exit {
				<-answered // as clients do
			}
		}
	}()
	root := newRoot()
	root.SetArgs(append([]string{"serve"}, args...))
	root.SetErr(t.Output())
	err = root.Execute()
	toServer.Close()
	out.Close()
	return <-read, err
}

func TestServe(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	output, err := serveWith(t, []string{"--stdio", "--log", log}, initialize, shutdown, exit)
	if err != nil {
		t.Errorf("it ends with %v", err)
	}
	answers := strings.Split(strings.TrimSpace(output), "\n")
	if len(answers) != 2 || !strings.Contains(answers[0], `"name":"gomodls"`) || !strings.Contains(answers[1], `"id":2`) {
		t.Errorf("standard output has\n%s", output)
	}
	written, err := os.ReadFile(log)
	if err != nil || !strings.Contains(string(written), `"method":"shutdown"`) {
		t.Errorf("the log has %s (%v)", written, err)
	}
}

func TestServeExitStatus(t *testing.T) {
	_, err := serveWith(t, nil, initialize, exit)
	if s, ok := errors.AsType[status](err); !ok || s != exitNoShutdown {
		t.Errorf("without shutdown it ends with %v", err)
	}
	if _, err := serveWith(t, []string{"--log", t.TempDir()}, exit); err == nil {
		t.Error("a log that cannot be opened is no error")
	}
}
