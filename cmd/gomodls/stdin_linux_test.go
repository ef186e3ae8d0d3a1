package main

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// inheritedFiles are several for one descriptor, none of which may end: that would close what the others have.
var inheritedFiles []*os.File

// TestPollable hands over what a server may find as its standard input.
func TestPollable(t *testing.T) {
	blocking := func(f *os.File) bool {
		flags, _, err := syscall.Syscall(syscall.SYS_FCNTL, f.Fd(), syscall.F_GETFL, 0)
		if err != 0 {
			t.Fatal(err)
		}
		return flags&syscall.O_NONBLOCK == 0
	}
	// inherited is a file as a process finds it that it is given to.
	inherited := func(fd int) *os.File {
		if err := syscall.SetNonblock(fd, false); err != nil {
			t.Fatal(err)
		}
		f := os.NewFile(uintptr(fd), "inherited")
		inheritedFiles = append(inheritedFiles, f)
		return f
	}

	var pipe [2]int
	if err := syscall.Pipe(pipe[:]); err != nil {
		t.Fatal(err)
	}
	in, writer := inherited(pipe[0]), inherited(pipe[1])
	read, restore := pollable(in, os.Stdout)
	if read == in {
		t.Error("a pipe is read by a thread of its own")
	}
	go func() {
		writer.WriteString("a message")
		writer.Close()
	}()
	if got, err := io.ReadAll(read); string(got) != "a message" || err != nil {
		t.Errorf("read %q, %v", got, err)
	}
	if blocking(in) {
		t.Error("the pipe waits")
	}
	if restore(); !blocking(in) {
		t.Error("the pipe is left in another state")
	}

	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	in, client := inherited(pair[0]), inherited(pair[1])
	if same, _ := pollable(in, inherited(pair[0])); same != in || !blocking(in) {
		t.Error("standard output, which is the same socket, would lose what it cannot write at once")
	}
	if read, _ = pollable(in, client); read == in {
		t.Error("a socket is read by a thread of its own")
	}
	client.Close()
	if got, err := io.ReadAll(read); len(got) > 0 || err != nil {
		t.Errorf("read %q, %v behind the end", got, err)
	}

	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	if same, _ := pollable(r); same != r {
		t.Error("what takes no thread as it is needs nothing")
	}

	file, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if same, _ := pollable(file); same != file {
		t.Error("a file is not a pipe")
	}
}
