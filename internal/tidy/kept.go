package tidy

import (
	"slices"
	"sync"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/imports"
	"github.com/gomodls/gomodls/internal/keep"
)

// A Book holds, for other processes, the answers about modules in which tidy finds no fault and drops no requirement, as is so most of
// the time. Such an answer rests on little, all of which is compared before it is believed: the texts of go.mod and go.sum, what the
// packages of the main module import, and that the sources of the modules with the packages that this leads to are there. Every other
// answer is worked out each time. It is safe for concurrent use.
type Book struct {
	file string

	mu      sync.Mutex
	entries map[string]*entry // by the directories of modules
	news    bool              // one of them is not in the file
}

// A Keeping says what an answer in a Book is about, besides a module.
type Keeping struct {
	Book  *Book
	World string                    // which go command and which module cache, and whose answer it is
	Has   func(module.Version) bool // whether the go.mod file and the source of a module version are in the module cache
	Lacks func() bool               // whether something was looked for in the module cache in vain
}

// An entry is an answer.
type entry struct {
	key string
	basis
	result           Result
	sameMod, sameSum bool // the texts are those that are there, and none in the result
	empty            bool
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
	b := &Book{file: file, entries: map[string]*entry{}}
	if r, ok := keep.Get(file, magic); ok {
		if entries, ok := readEntries(r); ok {
			b.entries = entries
		}
	}
	return b
}

// Save writes the book down if there is something new in it.
func (b *Book) Save() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.news {
		return nil
	}
	w := new(keep.Writer)
	writeEntries(w, b.entries)
	if err := keep.Put(b.file, w.Sealed(magic)); err != nil {
		return err
	}
	b.news = false
	return nil
}

// Recall returns the answer that Inspect has left in the book about the same module, if it is still true, or nil.
func Recall(in Input) *Answer {
	b := in.Keeping.Book
	b.mu.Lock()
	e := b.entries[in.Dir]
	b.mu.Unlock()
	if e == nil || e.key != in.key() {
		return nil
	}
	if now, ok := e.measure(in); !ok || now != e.digest {
		return nil
	}
	if slices.ContainsFunc(e.sources, func(m module.Version) bool { return !in.Keeping.Has(m) }) {
		return nil
	}
	res := e.result
	if e.sameMod {
		res.Mod = in.Mod
	}
	if e.sameSum {
		res.Sum = in.Sum
	}
	return &Answer{Result: &res, Empty: e.empty}
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
	a.Result.purpose.work() // so that the book does not hold all that was loaded
	e := &entry{key: l.in.key(), basis: basis, result: *a.Result, empty: a.Empty}
	if e.sameMod = e.result.Mod == l.in.Mod; e.sameMod {
		e.result.Mod = ""
	}
	if e.sameSum = e.result.Sum == l.in.Sum; e.sameSum {
		e.result.Sum = ""
	}
	b := l.in.Keeping.Book
	b.mu.Lock()
	defer b.mu.Unlock()
	b.entries[l.in.Dir], b.news = e, true
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
	case a.Refusal != nil || len(a.Faults)+len(a.Lost)+len(a.Sought)+len(res.Dropped)+len(res.Broken) > 0 || l.in.Keeping.Lacks():
		return b, false
	case slices.ContainsFunc(res.Require, func(r Requirement) bool { return len(r.Sites) > 0 }): // files, of which less is compared
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
	for dir, e := range entries {
		res := &e.result
		w.List([]string{dir, e.key, e.main, e.digest, res.Go, res.Toolchain, res.Mod, res.Sum})
		w.List(e.ignore)
		w.List(e.beside)
		writeVersions(w, e.sources)
		for _, flag := range []bool{e.sameMod, e.sameSum, e.empty, res.HasSum} {
			w.Flag(flag)
		}
		writeVersions(w, res.Unneeded)
		writeVersions(w, res.Added)
		res.purpose.write(w)
		w.Number(uint64(len(res.Require)))
		for _, r := range res.Require {
			writeVersions(w, []module.Version{r.Module})
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
		if len(texts) != 8 {
			return nil, false
		}
		e := &entry{key: texts[1], result: Result{Go: texts[4], Toolchain: texts[5], Mod: texts[6], Sum: texts[7]}}
		e.basis = basis{main: texts[2], digest: texts[3], ignore: r.List(), beside: r.List(), sources: readVersions(r)}
		res := &e.result
		for _, flag := range []*bool{&e.sameMod, &e.sameSum, &e.empty, &res.HasSum} {
			*flag = r.Flag()
		}
		res.Unneeded, res.Added = readVersions(r), readVersions(r)
		res.purpose = readPurpose(r)
		res.Require = make([]Requirement, r.Count())
		for i := range res.Require {
			m := readVersions(r)
			if len(m) != 1 {
				return nil, false
			}
			res.Require[i] = Requirement{Module: m[0], Indirect: r.Flag(), Chain: r.List()}
		}
		entries[texts[0]] = e
	}
	return entries, r.Done()
}

func writeVersions(w *keep.Writer, versions []module.Version) {
	w.Number(uint64(len(versions)))
	for _, m := range versions {
		w.Text(m.Path)
		w.Text(m.Version)
	}
}

// readVersions returns nil for none.
func readVersions(r *keep.Reader) (versions []module.Version) {
	for range r.Count() {
		versions = append(versions, module.Version{Path: r.Text(), Version: r.Text()})
	}
	return versions
}
