package imports

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/gomodls/gomodls/internal/keep"
)

// A remembered tree is what is known of the directories in a root by their stamps. It outlives the process, in a file of its own.
// It is safe for concurrent use.
type remembered struct {
	root string
	mu   sync.Mutex
	dirs map[string]*directory // by path relative to the root
	used map[string]bool       // those of them that were asked for in this process
	news bool                  // there is more than in the file

	shared bool // others ask for other directories, which stay in the file
}

// directory is what a directory held when it had its stamp, and its Go files when they had theirs.
type directory struct {
	stamp   keep.Stamp // the zero one if nothing is known of the entries
	entries []Entry
	names   []string // of Go files
	stamps  []keep.Stamp
	pkg     *Package // of those; nil if nothing is known
}

// at returns what is known of a directory, to be written to. The tree is locked.
func (r *remembered) at(rel string) *directory {
	d := r.dirs[rel]
	if d == nil {
		d = new(directory)
		r.dirs[rel] = d
	}
	r.used[rel] = true
	return d
}

// list returns the entries of a directory if it had this stamp.
func (r *remembered) list(rel string, stamp keep.Stamp) ([]Entry, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	d := r.at(rel)
	return d.entries, d.stamp == stamp
}

// listed remembers the entries of a directory that matter to a Tree.
func (r *remembered) listed(rel string, stamp keep.Stamp, entries []Entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	d := r.at(rel)
	d.stamp, d.entries = stamp, nil
	for _, e := range entries {
		if e.Dir || e.Link || strings.HasSuffix(e.Name, ".go") || e.Name == "go.mod" {
			d.entries = append(d.entries, e)
		}
	}
	r.news = true
}

// read returns the package of these files if they had these stamps.
func (r *remembered) read(rel string, names []string, stamps []keep.Stamp) (*Package, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	d := r.at(rel)
	if d.pkg == nil || !slices.Equal(d.stamps, stamps) || !slices.Equal(d.names, names) {
		return nil, false
	}
	return d.pkg, true
}

// parsed remembers the package of some files.
func (r *remembered) parsed(rel string, names []string, stamps []keep.Stamp, p *Package) {
	r.mu.Lock()
	defer r.mu.Unlock()
	d := r.at(rel)
	d.names, d.stamps, d.pkg = names, stamps, p
	r.news = true
}

// remembered returns what is known of a tree.
func (m *Memo) remembered(root string) *remembered {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.roots[root]
	if r == nil {
		r = &remembered{root: root, dirs: map[string]*directory{}, used: map[string]bool{}}
		if file := m.place(root); file != "" {
			if kept, ok := keep.Get(file, magicDirs); ok {
				if dirs, ok := decodeDirs(kept, root); ok {
					r.dirs = dirs
				}
			}
		}
		if m.roots == nil {
			m.roots = map[string]*remembered{}
		}
		m.roots[root] = r
	}
	return r
}

// place returns where what is known of a tree is kept, "" for nowhere.
func (m *Memo) place(root string) string {
	if m.Dir == "" {
		return ""
	}
	return filepath.Join(m.Dir, fmt.Sprintf("%x.tree"+Format, sha256.Sum256([]byte(root))))
}

// fewest is how many entries a tree has that is worth a file of its own.
const fewest = 8

// Save writes down what is known of settled files, for other processes, where that is more than they know.
func (m *Memo) Save() error {
	if m.Dir == "" {
		return nil
	}
	m.mu.Lock()
	roots := slices.Collect(maps.Values(m.roots))
	m.mu.Unlock()
	return keep.PutAll(roots, func(r *remembered) (string, []byte) { return m.place(r.root), r.encode() })
}

// encode returns the file about the directories that are in use, nil if there is no need for one.
func (r *remembered) encode() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.news {
		return nil
	}
	r.news = false
	used := r.used
	if r.shared {
		used = map[string]bool{}
		for rel := range r.dirs {
			used[rel] = true
		}
	}
	entries := 0
	for rel := range used {
		entries += len(r.dirs[rel].entries)
	}
	if entries < fewest {
		return nil
	}
	return encodeDirs(r.root, r.dirs, used)
}

const magicDirs = "gomodls tree " + Format + "\n"

// What the number before an entry says.
const (
	entryDir = 1 << iota
	entryLink
)

func encodeDirs(root string, dirs map[string]*directory, used map[string]bool) []byte {
	w := new(keep.Writer)
	w.Text(root)
	w.Number(uint64(len(used)))
	for rel := range used {
		d := dirs[rel]
		w.Text(rel)
		w.Stamp(d.stamp)
		w.Number(uint64(len(d.entries)))
		for _, e := range d.entries {
			var flags uint64
			if e.Dir {
				flags |= entryDir
			}
			if e.Link {
				flags |= entryLink
			}
			w.Number(flags)
			w.Text(e.Name)
		}
		w.Flag(d.pkg != nil)
		if d.pkg == nil {
			continue
		}
		w.List(d.names)
		for _, s := range d.stamps {
			w.Stamp(s)
		}
		writePackage(w, d.pkg)
		w.List(d.pkg.Stray)
		w.Number(uint64(len(d.pkg.Generates)))
		for _, o := range d.pkg.Generates {
			w.List([]string{o.File, o.From, o.Tool, o.Line})
		}
	}
	return w.Sealed(magicDirs)
}

func decodeDirs(r *keep.Reader, root string) (dirs map[string]*directory, ok bool) {
	if r.Text() != root {
		return nil, false
	}
	n := r.Count()
	dirs = make(map[string]*directory, n)
	for range n {
		d := new(directory)
		dirs[r.Text()] = d
		d.stamp = r.Stamp()
		d.entries = make([]Entry, r.Count())
		for i := range d.entries {
			flags := r.Count()
			d.entries[i] = Entry{Name: r.Text(), Dir: flags&entryDir != 0, Link: flags&entryLink != 0}
		}
		if !r.Flag() {
			continue
		}
		d.names = r.List()
		d.stamps = make([]keep.Stamp, len(d.names))
		for i := range d.stamps {
			d.stamps[i] = r.Stamp()
		}
		d.pkg = readPackage(r)
		d.pkg.Stray = r.List()
		for range r.Count() {
			o := r.List()
			if len(o) != 4 {
				return nil, false
			}
			d.pkg.Generates = append(d.pkg.Generates, Output{File: o[0], From: o[1], Tool: o[2], Line: o[3]})
		}
	}
	return dirs, r.Done()
}
