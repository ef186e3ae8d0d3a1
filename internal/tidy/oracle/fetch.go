package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// fetch puts the source of a module into a directory of its own below src, and all that tidying it needs into the module
// cache, unless the directory is there already. This is the one place that uses the network.
func fetch(ctx context.Context, src, module string, w io.Writer) error {
	dir := filepath.Join(src, strings.NewReplacer("/", "_", "@", "_").Replace(module))
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	fmt.Fprintf(w, "downloading %s and what it needs\n", module)
	out, err := goOnline(ctx, os.TempDir(), "mod", "download", "-json", module)
	if err != nil {
		return err
	}
	var downloaded struct{ Dir string }
	if err := json.Unmarshal(out, &downloaded); err != nil {
		return err
	}
	if err := os.MkdirAll(src, 0o777); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(src, ".fetching")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	whole, tidied := filepath.Join(tmp, "whole"), filepath.Join(tmp, "tidied")
	for _, to := range []string{whole, tidied} {
		if err := copyTree(downloaded.Dir, to); err != nil {
			return err
		}
	}
	if _, err := goOnline(ctx, tidied, "mod", "tidy"); err != nil {
		return err
	}
	return os.Rename(whole, dir)
}

// copyTree copies a directory, and makes the copy writable; the module cache is not.
func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if d.IsDir() {
			return os.MkdirAll(target, 0o777)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, text, 0o666)
	})
}

func goOnline(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "GOTOOLCHAIN=local")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return out, nil
}
