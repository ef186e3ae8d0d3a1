package locked

import (
	"errors"
	"fmt"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A World is what the user sees: unsaved text over the disk. It is a value; nobody changes it after it was given.
type World struct {
	// Dirs are the directories whose files the go command reads as input or writes, as the user names them: the root of
	// the module or workspace in which go runs first, then the directories of local replacements and of the workspace's
	// modules. They are locked, and changes to their module files and packages are noticed.
	Dirs []string

	// Work is the go.work file if go is to run in the workspace, whose go.work.sum is then the result. If empty, go runs
	// in the single module of Dirs[0], as tidy, get and vendor must.
	Work string

	// Workspace is the go.work that lists that single module, if one does. Where it is vendored, it is vendored anew with
	// the module, and Dirs must hold the workspace's directories, too.
	Workspace string

	// Buffers are the documents that are open, at least those with unsaved changes, of any kind that go reads.
	Buffers []Buffer

	index map[string]Buffer // Buffers by the real path; Do makes it once
}

// indexed returns w with its index.
func (w World) indexed() World {
	w.index = make(map[string]Buffer, len(w.Buffers))
	for _, b := range w.Buffers {
		w.index[realFile(b.Path)] = b
	}
	return w
}

// A Buffer is a document that is open in an editor.
type Buffer struct{ Path, Text string }

// Root returns the directory in which go runs.
func (w World) Root() string { return w.Dirs[0] }

// Read returns a file as the user sees it, and whether it exists.
func (w World) Read(path string) (text string, exists bool, err error) {
	if w.index == nil {
		w = w.indexed()
	}
	if b, ok := w.index[realFile(path)]; ok {
		return b.Text, true, nil
	}
	return readFile(path)
}

// readFile is os.ReadFile, but a missing file is no error, and a directory is one that says so. An empty directory in the place
// of a file that go can make counts as nothing: whoever writes the file takes nothing away.
func readFile(path string) (text string, exists bool, err error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		if fi, statErr := os.Stat(path); statErr == nil && fi.IsDir() {
			if emptyDir(path) {
				return "", false, nil
			}
			err = fmt.Errorf("%s is a directory", path)
		}
		return "", false, err
	}
	return string(data), true, nil
}

// emptyDir reports whether an empty directory stands in the place of a file that go makes from others.
func emptyDir(path string) bool {
	switch filepath.Base(path) {
	case "go.sum", "go.work.sum", "modules.txt":
		info, err := os.Lstat(path)
		if err != nil || !info.IsDir() {
			return false
		}
		entries, err := os.ReadDir(path)
		return err == nil && len(entries) == 0
	}
	return false
}

// realFile resolves the directory of path, and not path itself: go, too, sees a linked file at its link's place.
func realFile(path string) string {
	return filepath.Join(realPath(filepath.Dir(path)), filepath.Base(path))
}

// moduleFiles are the files whose every byte is an input.
var moduleFiles = []string{"go.mod", "go.sum", "go.work", "go.work.sum"}

// inputs is what a transaction starts from: for each file what matters of it. Of a module file that is its text; of a Go
// file its imports and build constraints, so that other typing does not disturb.
type inputs map[string]input

type input struct {
	what string
	file fs.FileInfo // of a Go file on disk, to read it again only if it has changed; nil for what is in a buffer
}

// inputsOf collects the inputs. Files on disk that have not changed since before are not read again.
func inputsOf(w World, before inputs) (inputs, error) {
	in := make(inputs)
	for _, dir := range w.Dirs {
		for _, name := range moduleFiles {
			path := realFile(filepath.Join(dir, name))
			text, exists, err := w.Read(path)
			if err != nil {
				return nil, err
			}
			if exists {
				in[path] = input{what: text}
			}
		}
		root := realPath(dir)
		if _, isModule := in[filepath.Join(root, "go.mod")]; !isModule {
			continue
		}
		if err := in.walk(root, before); err != nil {
			return nil, err
		}
		for path, b := range w.index {
			if isGo(filepath.Base(path)) && inModule(root, path) {
				in[path] = input{what: summary(b.Text)}
			}
		}
	}
	return in, nil
}

// walk adds the Go files of the module at root, as go would find them.
func (in inputs) walk(root string, before inputs) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			if path == root {
				return err
			}
			return nil // go passes over what it may not read, too, until a package needs it
		}
		name := d.Name()
		switch {
		case d.IsDir():
			if path != root && !holdsPackages(path) {
				return fs.SkipDir
			}
		case isGo(name):
			info, err := os.Stat(path)
			if err != nil || !info.Mode().IsRegular() {
				return nil
			}
			if old, ok := before[path]; ok && old.file != nil && os.SameFile(old.file, info) &&
				old.file.Size() == info.Size() && old.file.ModTime().Equal(info.ModTime()) {
				in[path] = old
				return nil
			}
			text, _, err := readFile(path)
			if err != nil {
				return nil
			}
			in[path] = input{summary(text), info}
		}
		return nil
	})
}

// holdsPackages reports whether go looks for packages in dir, a directory below a module's root.
func holdsPackages(dir string) bool {
	name := filepath.Base(dir)
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "testdata" || name == "vendor" {
		return false
	}
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err != nil // else it is another module
}

// inModule reports whether path is that of a file in a package of the module at root.
func inModule(root, path string) bool {
	if rel, err := filepath.Rel(root, path); err != nil || !filepath.IsLocal(rel) {
		return false
	}
	for dir := filepath.Dir(path); dir != root; dir = filepath.Dir(dir) {
		if !holdsPackages(dir) {
			return false
		}
	}
	return true
}

// changed returns the paths of the inputs that differ.
func (in inputs) changed(now inputs) []string {
	var paths []string
	for path, old := range in {
		if cur, ok := now[path]; !ok || cur.what != old.what {
			paths = append(paths, path)
		}
	}
	for path := range now {
		if _, ok := in[path]; !ok {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

func isGo(name string) bool {
	return strings.HasSuffix(name, ".go") && !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "_")
}

// summary returns what of a Go file decides which modules are needed. Of a file that is being typed it is what can be
// parsed, as for go itself.
func summary(src string) string {
	file, _ := parser.ParseFile(token.NewFileSet(), "", src, parser.ImportsOnly|parser.ParseComments|parser.SkipObjectResolution)
	if file == nil {
		return ""
	}
	var lines []string
	for _, group := range file.Comments {
		for _, c := range group.List {
			if file.Package.IsValid() && c.Pos() > file.Package {
				break
			}
			if constraint.IsGoBuild(c.Text) || constraint.IsPlusBuild(c.Text) {
				lines = append(lines, strings.TrimSpace(c.Text))
			}
		}
	}
	var imports []string
	for _, spec := range file.Imports {
		if path, err := strconv.Unquote(spec.Path.Value); err == nil {
			imports = append(imports, path)
		}
	}
	slices.Sort(imports)
	return strings.Join(append(lines, slices.Compact(imports)...), "\n")
}
