package imports

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/gomodls/gomodls/internal/keep"
)

// A Tree is the source of one module: of a main module, of a directory that replaces a module, or of a module version in the
// module cache. It reads no directory again. It is safe for concurrent use if its FS is.
type Tree struct {
	Root  string
	Go    string // the go line of a version in the module cache, "" if it has none; unset for other trees
	fs    FS
	local bool        // it can change; a tree in the module cache cannot
	nests bool        // it can hold other modules
	memo  *Memo       // of a local tree
	known *remembered // by the memo

	source *source // of a version in the module cache

	mu        sync.Mutex
	packages  map[string]*Package
	lasting   int                // how many of them last
	modules   map[string]bool    // by directory: whether it has a go.mod of its own
	unsettled map[string][]Entry // what directories hold that have no stamp
}

// NewTree returns the module in the directory root, as fs has it. The memo may be nil.
func NewTree(fs FS, root string, memo *Memo) *Tree {
	if memo == nil {
		memo = new(Memo)
	}
	root = filepath.Clean(root)
	return &Tree{
		Root: root, fs: fs, local: true, nests: true, memo: memo, known: memo.remembered(root),
		packages: map[string]*Package{}, modules: map[string]bool{}, unsettled: map[string][]Entry{},
	}
}

// NewVendor returns a vendor directory, in which the modules' sources are laid over each other.
func NewVendor(fs FS, root string, memo *Memo) *Tree {
	t := NewTree(fs, root, memo)
	t.nests = false
	return t
}

// Local reports whether the module is one that can change.
func (t *Tree) Local() bool { return t.local }

// Package returns the Go files of a directory, which is named relative to the module's root, with slashes, "" being the root
// itself. It returns nil if there is no such directory in the module, or none with Go files: then the directory's path is not
// that of a package.
func (t *Tree) Package(rel string) *Package {
	p := t.load(rel)
	if p == nil || !p.GoDir {
		return nil
	}
	return p
}

// Has reports whether a directory has been read already.
func (t *Tree) Has(rel string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, ok := t.packages[rel]
	return ok
}

func (t *Tree) load(rel string) *Package {
	t.mu.Lock()
	p, ok := t.packages[rel]
	t.mu.Unlock()
	if ok {
		return p
	}
	p = t.scan(rel)
	t.mu.Lock()
	defer t.mu.Unlock()
	if first, ok := t.packages[rel]; ok {
		return first
	}
	t.packages[rel] = p
	if lasts(p) {
		t.lasting++
	}
	return p
}

func (t *Tree) scan(rel string) *Package {
	dir := filepath.Join(t.Root, filepath.FromSlash(rel))
	if !t.local {
		if p, ok := t.source.packages.Load(rel); ok {
			return p.(*Package)
		}
		p := t.read(rel, dir)
		if p != nil && lasts(p) { // what is not there may have been removed
			t.source.packages.Store(rel, p)
		}
		return p
	}
	at, state := place{t.Root, rel}, t.fs.state(dir)
	if p, ok := t.memo.unchanged(at, state); ok {
		return p
	}
	p := t.read(rel, dir)
	t.memo.see(at, state, p)
	return p
}

func (t *Tree) read(rel, dir string) *Package {
	if t.nests && t.inOtherModule(rel) {
		return nil
	}
	entries, err := t.list(rel, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return &Package{GoDir: true, Err: err}
	}
	if !t.local {
		p, _ := scan(entries, func(name string) (string, error) { return t.fs.Read(filepath.Join(dir, name)) },
			func(_, text string) *file { return readFile(text) }, false)
		return p
	}
	names, stamps, sure := t.stamps(dir, entries)
	if sure {
		if p, ok := t.known.read(rel, names, stamps); ok {
			return p
		}
	}
	p, alike := t.memo.scan(dir, entries, t.fs.Read, func() bool {
		return slices.ContainsFunc(entries, func(e Entry) bool { return e.Link }) || t.fs.Changing != nil && t.fs.Changing(dir)
	})
	if sure && alike {
		t.known.parsed(rel, names, stamps, p)
	}
	return p
}

// list returns what stands in a directory.
func (t *Tree) list(rel, dir string) ([]Entry, error) {
	if !t.local {
		return t.fs.List(dir)
	}
	stamp, sure := t.fs.stamp(dir)
	if sure {
		if entries, ok := t.known.list(rel, stamp); ok {
			return entries, nil
		}
	}
	t.mu.Lock()
	entries, ok := t.unsettled[rel]
	t.mu.Unlock()
	if ok {
		return entries, nil
	}
	entries, err := t.fs.List(dir)
	switch {
	case err != nil:
	case sure:
		t.known.listed(rel, stamp, entries)
	default:
		t.mu.Lock()
		defer t.mu.Unlock()
		t.unsettled[rel] = entries
	}
	return entries, err
}

// stamps returns the Go files of a directory with their stamps, if there are any and all have one.
func (t *Tree) stamps(dir string, entries []Entry) (names []string, stamps []keep.Stamp, sure bool) {
	for _, e := range entries {
		if e.Dir || !strings.HasSuffix(e.Name, ".go") {
			continue
		}
		stamp, ok := t.fs.stamp(filepath.Join(dir, e.Name))
		if !ok {
			return nil, nil, false
		}
		names, stamps = append(names, e.Name), append(stamps, stamp)
	}
	return names, stamps, len(names) > 0
}

// Declared returns which files of a package import what, by import path: those that parse and are built in a context.
func (t *Tree) Declared(rel string, c *Context) map[string][]string {
	files := map[string][]string{}
	dir := filepath.Join(t.Root, filepath.FromSlash(rel))
	entries, _ := t.fs.List(dir)
	byName := slices.SortedFunc(slices.Values(entries), func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })
	for _, e := range byName {
		if e.Dir || !isGo(e.Name) {
			continue
		}
		name := filepath.Join(dir, e.Name)
		text, err := t.fs.Read(name)
		if err != nil {
			continue
		}
		f := t.memo.head(name, text)
		if !f.build || f.broken() || c.Holds(condition(e.Name, f.expr, slices.Contains(f.strict, "C"))) != Yes {
			continue
		}
		for _, path := range unique(slices.Clone(f.strict)) { // which belongs to others as well
			files[path] = append(files[path], e.Name)
		}
	}
	return files
}

// isGo reports whether a file of that name can belong to a package.
func isGo(name string) bool {
	return strings.HasSuffix(name, ".go") && !strings.HasPrefix(name, "_") && !strings.HasPrefix(name, ".")
}

// inOtherModule reports whether a go.mod stands in the directory or between it and the root.
func (t *Tree) inOtherModule(rel string) bool {
	for ; rel != "" && rel != "."; rel = path.Dir(rel) {
		if t.hasMod(rel) {
			return true
		}
	}
	return false
}

func (t *Tree) hasMod(rel string) bool {
	t.mu.Lock()
	has, ok := t.modules[rel]
	t.mu.Unlock()
	if !ok {
		if _, there := t.entry(rel, "go.mod"); there {
			_, err := t.fs.Read(filepath.Join(t.Root, filepath.FromSlash(rel), "go.mod"))
			has = err == nil
		}
		t.mu.Lock()
		t.modules[rel] = has
		t.mu.Unlock()
	}
	return has
}

// entry returns a Go file or a go.mod as the directory lists it. Where nobody can tell, it is there, and a link.
func (t *Tree) entry(rel, name string) (e Entry, there bool) {
	unknown := Entry{Name: name, Link: true}
	if !t.local { // of which nobody lists a directory without need
		return unknown, true
	}
	entries, err := t.list(rel, filepath.Join(t.Root, filepath.FromSlash(rel)))
	if err != nil {
		return unknown, true
	}
	i := slices.IndexFunc(entries, func(e Entry) bool { return e.Name == name })
	if i < 0 {
		return e, false
	}
	return entries[i], true
}

// Packages returns the import paths of the packages of a main module whose path is prefix: all that go mod tidy begins with.
// ignore are the go.mod's ignore directives. faults are directories that could not be read.
func (t *Tree) Packages(prefix string, ignore []string) (paths []string, faults []error) {
	return t.match(prefix, ignore, func(p *Package) bool { return !errors.Is(p.Err, ErrNoGo) })
}

// Built returns those of the Packages that have a file that is built in a context, or one that does not parse. An ignore directive
// that keeps the pattern "./..." from matching anything leaves the module's own directory: go build and go vet load that all the same.
func (t *Tree) Built(prefix string, ignore []string, c *Context) (paths []string, faults []error) {
	return t.match(prefix, ignore, func(p *Package) bool {
		_, _, built := c.Imports(p)
		return built && !errors.Is(p.Err, ErrNoGo)
	})
}

func (t *Tree) match(prefix string, ignore []string, want func(*Package) bool) (paths []string, faults []error) {
	dirs, faults := t.memo.walked(pattern{t.Root, strings.Join(ignore, "\n")}, t.fs.state(""), func() ([]string, []error) { return t.walk(ignore) })
	found := make([]bool, len(dirs))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, rel := range dirs {
		g.Go(func() error {
			p := t.load(rel)
			found[i] = p != nil && want(p)
			return nil
		})
	}
	_ = g.Wait() // a package says itself why it cannot be read
	for i, rel := range dirs {
		if found[i] {
			paths = append(paths, path.Join(prefix, rel))
		}
	}
	slices.Sort(paths)
	return paths, faults
}

// walk returns the directories that may hold packages of the pattern ./..., and why some could not be read.
func (t *Tree) walk(ignore []string) (dirs []string, faults []error) {
	skip := newIgnored(ignore)
	var walk func(rel string)
	walk = func(rel string) {
		dirs = append(dirs, rel)
		if path.Base(rel) == "vendor" {
			return
		}
		entries, err := t.list(rel, filepath.Join(t.Root, filepath.FromSlash(rel)))
		if err != nil {
			faults = append(faults, err)
			return
		}
		for _, e := range entries {
			sub := path.Join(rel, e.Name)
			if !e.Dir || strings.HasPrefix(e.Name, ".") || strings.HasPrefix(e.Name, "_") || e.Name == "testdata" ||
				skip.has(sub) || t.hasMod(sub) {
				continue
			}
			walk(sub)
		}
	}
	walk("")
	return dirs, faults
}

// Broken returns the files that do not parse up to the end of their imports in the directories that have been read so far,
// relative to the root, in order.
func (t *Tree) Broken() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var names []string
	for rel, p := range t.packages {
		if p == nil {
			continue
		}
		for _, name := range slices.Concat(p.Broken, p.Stray) {
			names = append(names, path.Join(rel, name))
		}
	}
	return unique(names)
}

// ignored are directories that a go.mod tells the go command to pass over: those that begin with ./ at one place, the others
// wherever their elements stand.
type ignored struct{ at, anywhere []string }

func newIgnored(directives []string) ignored {
	var i ignored
	for _, d := range directives {
		if rel, ok := strings.CutPrefix(d, "./"); ok {
			i.at = append(i.at, slashed(rel))
		} else {
			i.anywhere = append(i.anywhere, slashed(d))
		}
	}
	return i
}

func (i ignored) has(rel string) bool {
	rel = slashed(rel)
	return slices.ContainsFunc(i.at, func(p string) bool { return strings.HasPrefix(rel, p) }) ||
		slices.ContainsFunc(i.anywhere, func(p string) bool { return strings.Contains(rel, p) })
}

func slashed(rel string) string {
	rel = filepath.ToSlash(rel)
	if !strings.HasPrefix(rel, "/") {
		rel = "/" + rel
	}
	if !strings.HasSuffix(rel, "/") {
		rel += "/"
	}
	return rel
}
