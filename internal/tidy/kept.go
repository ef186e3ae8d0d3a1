package tidy

import (
	"slices"
	"sync"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/imports"
	"github.com/gomodls/gomodls/internal/keep"
)

// A Book holds, for other processes, the answers about modules that tidy would not change, as most are most of the time. Such an
// answer rests on little, all of which is compared before it is believed: the texts of go.mod and go.sum, what the packages of the
// main module import, and that the sources of the modules with the packages that this leads to are there. Whatever else tidy would
// do is worked out each time. It is safe for concurrent use.
type Book struct {
	file string

	mu   sync.Mutex
	old  map[string]*entry // by key
	now  map[string]*entry // those that were of use in this process
	news bool              // one of them is not in the file
}

// A Keeping says what an answer in a Book is about, besides a module.
type Keeping struct {
	Book  *Book
	World string                    // which go command and which module cache, and whose answer it is
	Has   func(module.Version) bool // whether the source of a module version is in the module cache, or its zip
	Lacks func() bool               // whether something was looked for in the module cache in vain
}

// An entry is an answer without texts.
type entry struct {
	basis
	goVersion, toolchain string
	purpose              *purpose
	require              []Requirement
	empty                bool
}

// A basis is what an answer rests on besides texts.
type basis struct {
	main    string
	ignore  []string
	beside  []string // directories of the main module that packages were looked for in, besides those that ./... matches
	digest  string   // of all of them
	sources []module.Version
}

const magic = "gomodls tidy 1\n" // begins a file

// NewBook returns the book that is kept in a file. One that is missing, damaged or of another format is empty.
func NewBook(file string) *Book {
	b := &Book{file: file, now: map[string]*entry{}}
	if r, ok := keep.Get(file, magic); ok {
		if old, ok := readEntries(r); ok {
			b.old = old
		}
	}
	return b
}

// Save writes the book down if there is something new in it, without what was of no use to this process.
func (b *Book) Save() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.news {
		return nil
	}
	w := new(keep.Writer)
	writeEntries(w, b.now)
	if err := keep.Put(b.file, w.Sealed(magic)); err != nil {
		return err
	}
	b.news = false
	return nil
}

// Recall returns the answer that Inspect has left in the book about the same module, if it is still true, or nil.
func Recall(in Input) *Answer {
	key := in.key()
	b := in.Keeping.Book
	b.mu.Lock()
	e := b.old[key]
	b.mu.Unlock()
	if e == nil {
		return nil
	}
	if now, ok := e.measure(in); !ok || now != e.digest {
		return nil
	}
	if slices.ContainsFunc(e.sources, func(m module.Version) bool { return !in.Keeping.Has(m) }) {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now[key] = e
	return &Answer{
		Result: &Result{
			Mod: in.Mod, Sum: in.Sum, HasSum: in.HasSum,
			Require: e.require, Go: e.goVersion, Toolchain: e.toolchain, purpose: e.purpose,
		},
		Empty: e.empty,
	}
}

// keepAnswer leaves an answer in the book if there is one, and if Recall can know whether it is true.
func (l *loader) keepAnswer(a *Answer) {
	if l.in.Keeping == nil {
		return
	}
	basis, ok := l.basis(a)
	if !ok {
		return
	}
	res, b := a.Result, l.in.Keeping.Book
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now[l.in.key()], b.news = &entry{basis, res.Go, res.Toolchain, res.purpose, res.Require, a.Empty}, true
}

// key says which texts an answer is about.
func (in *Input) key() string {
	w := new(keep.Writer)
	for _, text := range []string{in.Keeping.World, in.Dir, in.Mod, in.Sum, in.Compat, in.Local} {
		w.Text(text)
	}
	w.Flag(in.HasSum)
	return w.Digest()
}

// basis returns what an answer rests on, and whether that is so little that Recall can compare it.
func (l *loader) basis(a *Answer) (b basis, ok bool) {
	res := a.Result
	switch {
	case a.Refusal != nil || len(a.Faults)+len(a.Lost)+len(a.Sought) > 0 || l.in.Keeping.Lacks():
		return b, false
	case res.Mod != l.in.Mod || res.Sum != l.in.Sum || res.HasSum != l.in.HasSum:
		return b, false
	case len(res.Dropped)+len(res.Unneeded)+len(res.Added)+len(res.Broken) > 0:
		return b, false
	case len(l.dirMods)+len(l.local) > 0: // directories stand in for modules
		return b, false
	}
	b.main, b.ignore = l.main, l.ignored()
	paths, faults := l.mainTree.Packages(l.main, b.ignore)
	if len(faults) > 0 {
		return b, false
	}
	matched := make(map[string]bool, len(paths))
	for _, path := range paths {
		matched[path] = true
	}
	for _, pk := range l.pkgs {
		if rel, ok := imports.Within(pk.path, l.main); ok && !matched[pk.path] { // which may be another module's
			b.beside = append(b.beside, rel)
		}
	}
	slices.Sort(b.beside)
	b.beside = slices.Compact(b.beside) // a package and its tests
	for m, s := range l.sources {
		if s.err != nil {
			return b, false
		}
		b.sources = append(b.sources, l.actual(m))
	}
	module.Sort(b.sources)
	b.digest, ok = b.measure(l.in)
	return b, ok
}

// measure returns the digest of the main module's packages as they are.
func (b *basis) measure(in Input) (digest string, ok bool) {
	tree := imports.NewTree(in.Files, in.Dir, in.Parsed)
	paths, faults := tree.Packages(b.main, b.ignore)
	if len(faults) > 0 {
		return "", false
	}
	rels := slices.Clone(b.beside)
	for _, path := range paths {
		rel, _ := imports.Within(path, b.main)
		rels = append(rels, rel)
	}
	return tree.Digest(rels)
}

func writeEntries(w *keep.Writer, entries map[string]*entry) {
	w.Number(uint64(len(entries)))
	for key, e := range entries {
		w.List([]string{key, e.main, e.digest, e.goVersion, e.toolchain})
		w.List(e.ignore)
		w.List(e.beside)
		w.Flag(e.empty)
		w.Number(uint64(len(e.sources)))
		for _, m := range e.sources {
			writeVersion(w, m)
		}
		e.purpose.write(w)
		w.Number(uint64(len(e.require)))
		for _, r := range e.require {
			writeVersion(w, r.Module)
			w.Flag(r.Indirect)
			w.List(r.Chain)
		}
	}
}

func readEntries(r *keep.Reader) (entries map[string]*entry, ok bool) {
	n := r.Count()
	entries = make(map[string]*entry, n)
	for range n {
		texts := r.List()
		if len(texts) != 5 {
			return nil, false
		}
		e := &entry{goVersion: texts[3], toolchain: texts[4]}
		e.main, e.digest = texts[1], texts[2]
		e.ignore, e.beside, e.empty = r.List(), r.List(), r.Flag()
		e.sources = make([]module.Version, r.Count())
		for i := range e.sources {
			e.sources[i] = readVersion(r)
		}
		e.purpose = readPurpose(r)
		e.require = make([]Requirement, r.Count())
		for i := range e.require {
			e.require[i] = Requirement{Module: readVersion(r), Indirect: r.Flag(), Chain: r.List()}
		}
		entries[texts[0]] = e
	}
	return entries, r.Done()
}

func writeVersion(w *keep.Writer, m module.Version) { w.Text(m.Path); w.Text(m.Version) }

func readVersion(r *keep.Reader) module.Version {
	return module.Version{Path: r.Text(), Version: r.Text()}
}
