package imports

import (
	"errors"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/keep"
)

// Format is the version of the files that Save writes, which changes with the format and with what is noted of a package. It is part
// of their names, so that two versions of gomodls do not take turns in replacing them.
const Format = "3"

const magic = "gomodls imports " + Format + "\n" // begins a file

// kept is what a file says about one module version.
type kept struct {
	goLine   string
	packages map[string]*Package // by directory; nil for one without Go files
}

// Load takes over what Save has written. A file that is missing, damaged or of another format counts for nothing.
func (c *Cache) Load(file string) {
	r, ok := keep.Get(file, magic)
	if !ok {
		return
	}
	loaded, ok := decode(r)
	if !ok {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.loaded = loaded
}

// Save writes down what has been read of the module cache, for another process, if anything new has been read.
func (c *Cache) Save(file string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.grown() {
		return nil
	}
	all := map[module.Version]kept{}
	for m, t := range c.trees {
		t.mu.Lock()
		k := kept{goLine: t.Go, packages: map[string]*Package{}}
		for rel, p := range t.packages {
			if lasts(p) {
				k.packages[rel] = p
			}
		}
		t.mu.Unlock()
		all[m] = k
	}
	if err := keep.Put(file, encode(all)); err != nil {
		return err
	}
	c.loaded = all
	return nil
}

// grown reports whether more has been read than the file has. The cache is locked.
func (c *Cache) grown() bool {
	for m, t := range c.trees {
		t.mu.Lock()
		n := t.lasting
		t.mu.Unlock()
		if n > len(c.loaded[m].packages) {
			return true
		}
	}
	return false
}

// lasts reports whether what is known of a package is so for ever.
func lasts(p *Package) bool { return p == nil || p.Err == nil || errors.Is(p.Err, ErrNoGo) }

// What a package's first number says.
const (
	isGoDir = 1 << iota
	isNoGo
)

func encode(all map[module.Version]kept) []byte {
	w := new(keep.Writer)
	modules := make([]module.Version, 0, len(all))
	for m := range all {
		modules = append(modules, m)
	}
	module.Sort(modules)
	w.Number(uint64(len(modules)))
	for _, m := range modules {
		w.Text(m.Path)
		w.Text(m.Version)
		w.Text(all[m].goLine)
		w.Number(uint64(len(all[m].packages)))
		for rel, p := range all[m].packages {
			w.Text(rel)
			w.Flag(p != nil)
			if p != nil {
				writePackage(w, p)
			}
		}
	}
	return w.Sealed(magic)
}

// writePackage notes a package that is there, but for what nobody notes of versions in the module cache.
func writePackage(w *keep.Writer, p *Package) {
	var flags uint64
	if p.GoDir {
		flags |= isGoDir
	}
	if p.Err != nil {
		flags |= isNoGo
	}
	w.Number(flags)
	w.List(p.Imports)
	w.List(p.TestImports)
	w.List(p.Broken)
	w.Flag(p.Groups != nil)
	w.Number(uint64(len(p.Groups)))
	for _, g := range p.Groups {
		w.Text(g.Condition)
		w.List(g.Imports)
		w.Flag(g.Test)
	}
}

func readPackage(r *keep.Reader) *Package {
	flags := r.Count()
	p := &Package{GoDir: flags&isGoDir != 0}
	if flags&isNoGo != 0 {
		p.Err = ErrNoGo
	}
	p.Imports, p.TestImports, p.Broken = r.List(), r.List(), r.List()
	if there, n := r.Flag(), r.Count(); there {
		p.Groups = make([]Group, n)
	}
	for i := range p.Groups {
		p.Groups[i] = Group{Condition: r.Text(), Imports: r.List(), Test: r.Flag()}
	}
	return p
}

func decode(r *keep.Reader) (all map[module.Version]kept, ok bool) {
	n := r.Count()
	all = make(map[module.Version]kept, n)
	for range n {
		m := module.Version{Path: r.Text(), Version: r.Text()}
		k := kept{goLine: r.Text()}
		packages := r.Count()
		k.packages = make(map[string]*Package, packages)
		for range packages {
			rel := r.Text()
			var p *Package
			if r.Flag() {
				p = readPackage(r)
			}
			k.packages[rel] = p
		}
		all[m] = k
	}
	return all, r.Done()
}
