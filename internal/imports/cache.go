package imports

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/keep"
	"github.com/gomodls/gomodls/internal/modcache"
)

// A Cache holds the sources of the module versions in a module cache. They never change, so each directory is read once for
// the life of the process. It is safe for concurrent use.
type Cache struct {
	dir    string
	opened *sync.Map // the *source of each version that was found, by module.Version

	mu     sync.Mutex
	trees  map[module.Version]*Tree
	loaded map[module.Version]kept // see Load
}

// A source is what all caches of one module cache share of a version.
type source struct {
	dir      bool // it is unpacked
	fs       FS
	goLine   func() string
	packages sync.Map // those that were read, by directory
}

// NewCache returns the sources in the module cache at dir (GOMODCACHE).
func NewCache(dir string) *Cache {
	return &Cache{dir: dir, opened: new(sync.Map), trees: map[module.Version]*Tree{}}
}

// Another returns an empty Cache of the same module cache, which does not read again what the other one has read of versions that
// are still there.
func (c *Cache) Another() *Cache {
	return &Cache{dir: c.dir, opened: c.opened, trees: map[module.Version]*Tree{}}
}

// Module returns the source of a module version. The error is modcache.ErrMissing if it is not in the module cache, neither
// as files nor as the zip that they come in.
func (c *Cache) Module(m module.Version) (*Tree, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t, ok := c.trees[m]; ok {
		return t, nil
	}
	t, err := c.open(m)
	if err != nil {
		return nil, err
	}
	c.trees[m] = t
	return t, nil
}

func (c *Cache) open(m module.Version) (*Tree, error) {
	at, err := c.place(m)
	if err != nil {
		return nil, err
	}
	t := &Tree{
		Root:     at.root,
		packages: map[string]*Package{},
		modules:  map[string]bool{},
	}
	dir := at.unpacked()
	if !dir && !exists(at.file+".zip") {
		c.opened.Delete(m)
		return nil, modcache.ErrMissing
	}
	known, ok := c.opened.Load(m)
	if !ok || known.(*source).dir != dir {
		found := &source{dir: dir, fs: FS{List: List, Read: readHead}}
		if !dir { // the go command would unpack it
			if found.fs, err = zipFS(at.file+".zip", t.Root, m); err != nil {
				return nil, fmt.Errorf("reading the zip of %s: %w", m, err)
			}
		}
		found.goLine = sync.OnceValue(func() string {
			text, _ := found.fs.Read(filepath.Join(t.Root, "go.mod")) // "" where there is none
			return goLine(text)
		})
		c.opened.Store(m, found)
		known = found
	}
	t.source = known.(*source)
	t.fs = t.source.fs
	if k, ok := c.loaded[m]; ok {
		t.Go, t.packages, t.lasting = k.goLine, maps.Clone(k.packages), len(k.packages)
	} else {
		t.Go = t.source.goLine()
	}
	return t, nil
}

// Has reports whether the go.mod file of a module version is there, whether Module would find its source, and whether the checksum of
// its zip is there.
func (c *Cache) Has(m module.Version) (mod, source, sum bool) {
	at, err := c.place(m)
	if err != nil {
		return false, false, false
	}
	return exists(at.file + ".mod"), at.unpacked() || exists(at.file+".zip"), exists(at.file + ".ziphash")
}

// A spot is where the source of a module version is: unpacked at root, and as a zip in a file whose name without its ending is file.
type spot struct{ root, file string }

func (c *Cache) place(m module.Version) (at spot, err error) {
	escaped, err := module.EscapePath(m.Path)
	if err != nil {
		return at, err
	}
	version, err := module.EscapeVersion(m.Version)
	if err != nil {
		return at, err
	}
	return spot{
		root: filepath.Join(c.dir, filepath.FromSlash(escaped)+"@"+version),
		file: filepath.Join(c.dir, "cache", "download", filepath.FromSlash(escaped), "@v", version),
	}, nil
}

func (s spot) unpacked() bool {
	return isDir(s.root) && !exists(s.file+".partial") && exists(s.file+".ziphash")
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// goLine returns the version of a go.mod's go line without parsing the rest of the file; see cmd/go/internal/gover.GoModLookup.
func goLine(text string) string {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "go"); ok && rest != "" && (rest[0] == ' ' || rest[0] == '\t') {
			version, _, _ := strings.Cut(rest, "//")
			return strings.TrimSpace(version)
		}
	}
	return ""
}

// List returns what stands in a directory of the machine; it is an FS.List.
func List(dir string) ([]Entry, error) {
	found, err := os.ReadDir(dir)
	if err != nil {
		if info, statErr := os.Stat(dir); statErr == nil && !info.IsDir() {
			return nil, fs.ErrNotExist
		}
		return nil, err
	}
	entries := make([]Entry, len(found))
	for i, e := range found {
		entries[i] = Entry{Name: e.Name(), Dir: e.IsDir(), Link: !e.IsDir() && !e.Type().IsRegular()}
	}
	return entries, nil
}

// Read returns a file of the machine; it is an FS.Read.
func Read(name string) (string, error) {
	info, err := Stat(name)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", ErrIrregular
	}
	data, err := os.ReadFile(name)
	return string(data), err
}

// Stat describes a file of the machine, following symbolic links. A link that leads nowhere, in a circle for instance, is
// ErrIrregular, unless it leads to a file that is not there.
func Stat(name string) (fs.FileInfo, error) {
	info, err := os.Stat(name)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return info, err
	}
	if link, lerr := os.Lstat(name); lerr == nil && link.Mode()&fs.ModeSymlink != 0 {
		return nil, ErrIrregular
	}
	return nil, err
}

// headSize is how much of a file is read to see where its imports end.
const headSize = 8 << 10

// readHead returns as much of a file as its imports take.
func readHead(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	buf := make([]byte, headSize)
	n, err := io.ReadFull(f, buf)
	text := string(buf[:n])
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return text, nil
	case err != nil:
		return "", err
	}
	if r := (reader{text: text}); filepath.Ext(name) == ".go" {
		if r.file(); !r.bad && r.pos < len(r.text) {
			return text, nil
		}
	}
	rest, err := io.ReadAll(f)
	return text + string(rest), err
}

// zipFS reads a module's zip as if it had been unpacked at root.
func zipFS(name, root string, m module.Version) (FS, error) {
	z, err := zip.OpenReader(name)
	if err != nil {
		return FS{}, err
	}
	defer z.Close()
	texts, dirs := map[string]string{}, map[string][]Entry{}
	seen := map[string]bool{}
	prefix := m.Path + "@" + m.Version + "/"
	for _, f := range z.File {
		rel, ok := strings.CutPrefix(f.Name, prefix)
		if !ok || strings.HasSuffix(rel, "/") || !strings.HasSuffix(rel, ".go") && rel != "go.mod" {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return FS{}, err
		}
		data, err := io.ReadAll(r)
		if err = errors.Join(err, r.Close()); err != nil {
			return FS{}, err
		}
		texts[filepath.Join(root, filepath.FromSlash(rel))] = string(data)
		for child, dir := rel, path.Dir(rel); !seen[child]; child, dir = dir, path.Dir(dir) {
			seen[child] = true
			at := filepath.Join(root, filepath.FromSlash(dir))
			dirs[at] = append(dirs[at], Entry{Name: path.Base(child), Dir: child != rel})
			if dir == "." {
				break
			}
		}
	}
	return FS{
		List: func(dir string) ([]Entry, error) {
			entries, ok := dirs[dir]
			if !ok {
				return nil, fs.ErrNotExist
			}
			return entries, nil
		},
		Read: func(name string) (string, error) {
			text, ok := texts[name]
			if !ok {
				return "", fs.ErrNotExist
			}
			return text, nil
		},
	}, nil
}

// Std returns a function that reports whether an import path is that of a package of the standard library in goroot.
func Std(goroot string) func(path string) bool { return new(Memo).Std(goroot) }

// Std is as the function Std, and remembers.
func (m *Memo) Std(goroot string) func(path string) bool { return m.std(goroot, time.Now()) }

// std takes what has settled at a time for settled.
func (m *Memo) std(goroot string, began time.Time) func(path string) bool {
	src := filepath.Join(goroot, "src")
	remembered := m.remembered(src)
	remembered.mu.Lock()
	remembered.shared = true
	remembered.mu.Unlock()
	var mu sync.Mutex
	known := map[string]bool{}
	isGoFile := func(e Entry) bool { return !e.Dir && isGo(e.Name) }
	look := func(path string) bool {
		dir := filepath.Join(src, filepath.FromSlash(path))
		info, err := os.Stat(dir)
		if err != nil {
			return false
		}
		stamp, sure := keep.StampOf(info)
		if sure = sure && stamp.Before(began.Add(-keep.Restless)); sure {
			if entries, ok := remembered.list(path, stamp); ok {
				return len(entries) > 0
			}
		}
		entries, err := List(dir)
		if err != nil {
			return false
		}
		i := slices.IndexFunc(entries, isGoFile)
		if sure { // one file tells
			remembered.listed(path, stamp, entries[max(i, 0):i+1])
		}
		return i >= 0
	}
	return func(path string) bool {
		mu.Lock()
		defer mu.Unlock()
		std, ok := known[path]
		if !ok {
			std = look(path)
			known[path] = std
		}
		return std
	}
}

// settled is how long ago a file must have changed for the go command to trust its index for it.
const settled = 2 * time.Second

// Changing reports whether a file in a directory of the machine has just changed; it is an FS.Changing.
func Changing(dir string) bool {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	limit := time.Now().Add(-settled)
	for _, e := range entries {
		if info, err := e.Info(); err == nil && !e.IsDir() && info.ModTime().After(limit) {
			return true
		}
	}
	return false
}
