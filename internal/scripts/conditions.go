package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
)

// conditions are what a script may ask about the machine. Those of them that depend on how Go's own test program was built
// are false, as they are for the installed go command.
var conditions = map[string]func(s *script, suffix string) (bool, error){
	"GOOS":         equals(runtime.GOOS),
	"GOARCH":       equals(runtime.GOARCH),
	"compiler":     equals(runtime.Compiler),
	"root":         func(*script, string) (bool, error) { return os.Geteuid() == 0, nil },
	"exec":         func(_ *script, name string) (bool, error) { return onPath(name), nil },
	"git":          func(*script, string) (bool, error) { return onPath("git"), nil },
	"GOEXPERIMENT": func(s *script, name string) (bool, error) { return slices.Contains(s.runner.experiments, name), nil },
	"git-sha256":   func(*script, string) (bool, error) { return onPath("git"), nil }, // since Git 2.29, of 2020
	"cgo":          func(s *script, _ string) (bool, error) { return s.runner.cgo, nil },

	// Nothing but loopback can be reached, and what is slow is not left out.
	"net":   never,
	"short": never,

	"verbose":    never,
	"go-builder": never,
	"trimpath":   never,
	"cross":      never,
	"race":       never,
	"msan":       never,
	"asan":       never,
	"bzr":        never,
	"buildmode":  never,

	"symlink":        onFileSystem(canLink),
	"case-sensitive": onFileSystem(isCaseSensitive),
}

func never(*script, string) (bool, error) { return false, nil }

func equals(value string) func(*script, string) (bool, error) {
	return func(_ *script, suffix string) (bool, error) { return suffix == value, nil }
}

func onPath(name string) bool {
	_, err := exec.LookPath(name)
	return err == nil
}

// onFileSystem tries something in a directory of its own, once.
func onFileSystem(try func(dir string) bool) func(*script, string) (bool, error) {
	once := sync.OnceValues(func() (bool, error) {
		dir, err := os.MkdirTemp("", "scripts")
		if err != nil {
			return false, err
		}
		defer os.RemoveAll(dir)
		return try(dir), nil
	})
	return func(*script, string) (bool, error) { return once() }
}

func canLink(dir string) bool { return os.Symlink("target", filepath.Join(dir, "link")) == nil }

func isCaseSensitive(dir string) bool {
	if err := os.WriteFile(filepath.Join(dir, "FILE"), nil, 0o666); err != nil {
		return false
	}
	_, err := os.Stat(filepath.Join(dir, "file"))
	return os.IsNotExist(err)
}

// hold reports whether all conditions of c are as it wants them.
func (s *script) hold(c *command) (bool, error) {
	for _, cond := range c.conditions {
		eval, ok := conditions[cond.name]
		if !ok {
			return false, fmt.Errorf("condition %s: %w", cond.name, errUnsupported)
		}
		got, err := eval(s, cond.suffix)
		if err != nil || got != cond.want {
			return false, err
		}
	}
	return true, nil
}
