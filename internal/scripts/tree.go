package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// removeAll removes what is at path, also directories that nobody may write to, of which a module cache is full.
func removeAll(path string) error {
	_ = filepath.WalkDir(path, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			_ = os.Chmod(path, 0o777) // if it cannot be removed then, RemoveAll says why
		}
		return nil
	})
	return os.RemoveAll(path)
}

// copyTree copies the directory from to to, which must not be there, leaving out the directories named except.
func copyTree(from, to string, except ...string) error {
	type made struct {
		path string
		mode fs.FileMode
	}
	var dirs []made
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if slices.Contains(except, path) {
			return fs.SkipDir
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		info, err := d.Info()
		if err != nil {
			return err
		}
		switch {
		case d.IsDir():
			dirs = append(dirs, made{target, info.Mode().Perm()})
			return os.Mkdir(target, 0o777)
		case info.Mode()&fs.ModeSymlink != 0:
			link, err := os.Readlink(path)
			if err != nil {
				return err
			}
			return os.Symlink(link, target)
		case info.Mode().IsRegular():
			return copyFile(path, target, info)
		}
		return nil // a pipe or the like, which no module file is
	})
	// From the innermost: a directory's mode may forbid to write into it.
	for i := len(dirs) - 1; i >= 0 && err == nil; i-- {
		err = os.Chmod(dirs[i].path, dirs[i].mode)
	}
	return err
}

func copyFile(from, to string, info fs.FileInfo) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.WriteFile(to, data, info.Mode().Perm()|0o200); err != nil {
		return err
	}
	if err := os.Chmod(to, info.Mode().Perm()); err != nil {
		return err
	}
	return os.Chtimes(to, info.ModTime(), info.ModTime())
}

// hashTree returns a hash of names, modes and contents below dir, leaving out the directory except.
func hashTree(dir, except string) (string, error) {
	h := sha256.New()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if path == except {
			return fs.SkipDir
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		fmt.Fprintf(h, "%q %v", path, info.Mode())
		switch {
		case info.Mode()&fs.ModeSymlink != 0:
			link, err := os.Readlink(path)
			fmt.Fprintf(h, " %q", link)
			if err != nil {
				return err
			}
		case info.Mode().IsRegular():
			fmt.Fprintf(h, " %d\n", info.Size())
			f, err := os.Open(path)
			if err != nil {
				return err
			}
			defer f.Close()
			if _, err := io.Copy(h, f); err != nil {
				return err
			}
		}
		fmt.Fprintln(h)
		return nil
	})
	return string(h.Sum(nil)), err
}
