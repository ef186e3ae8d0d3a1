package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

const scratchPrefix = "gomodls-bench-"

// scratch makes a directory for this process, and removes those of processes that were killed.
func scratch() (string, error) {
	tmp, err := filepath.EvalSymlinks(os.TempDir())
	if err != nil {
		return "", err
	}
	old, err := filepath.Glob(filepath.Join(tmp, scratchPrefix+"*"))
	if err != nil {
		return "", err
	}
	for _, dir := range old {
		if pid, err := strconv.Atoi(strings.TrimPrefix(filepath.Base(dir), scratchPrefix)); err == nil && !alive(pid) {
			os.RemoveAll(dir)
		}
	}
	dir := filepath.Join(tmp, fmt.Sprint(scratchPrefix, os.Getpid()))
	return dir, os.MkdirAll(dir, 0o777)
}

// alive reports whether there is a process, or whether nobody can tell.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	defer p.Release()
	return !errors.Is(p.Signal(syscall.Signal(0)), os.ErrProcessDone)
}
