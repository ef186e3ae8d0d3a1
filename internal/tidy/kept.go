package tidy

import (
	"errors"
	"slices"
	"sync"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/imports"
	"github.com/gomodls/gomodls/internal/keep"
)

// A Book holds, for other processes, the answers about modules in which tidy finds no fault but that sources are not in the module
// cache. Such an answer rests on little, all of which is compared before it is believed: the texts of go.mod and go.sum, what the packages
// of the main module import, which files they wait for, and which sources are there of the modules with the packages that this leads to.
// Every other answer is worked out each time. It is safe for concurrent use.
type Book struct {
	file string

	mu      sync.Mutex
	entries map[string]*entry // by the directories of modules
	news    bool              // one of them is not in the file
}

// A Keeping says what an answer in a Book is about, besides a module.
type Keeping struct {
	Book   *Book
	World  string                    // which go command and which module cache, and whose answer it is
	Has    func(module.Version) bool // whether the module cache has a version: go.mod file, source, and the checksum of its zip
	Absent func(module.Version) bool // whether its go.mod file is there, but not its source
	Lacked func() []string           // the files that were looked for there in vain
	Lacks  func(file string) bool    // whether one of these is still not there, which the answer rests on then
}

// An entry is an answer.
type entry struct {
	key string
	basis
	result           Result
	sameMod, sameSum bool // the texts are those that are there, and none in the result
	faults           []Fault
	lost             []Loss
	empty            bool
}

// A basis is what an answer rests on besides texts.
type basis struct {
	main    string
	ignore  []string
	beside  []string         // directories of the main module that packages were looked for in, besides those that ./... matches
	digest  string           // of all of them
	sources []module.Version // that are there
	absent  []module.Version // sources that are not
	lacked  []string         // files of the module cache
}

const magic = "gomodls tidy 2\n" // begins a file

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
	if slices.ContainsFunc(e.sources, func(m module.Version) bool { return !in.Keeping.Has(m) }) ||
		slices.ContainsFunc(e.absent, func(m module.Version) bool { return !in.Keeping.Absent(m) }) ||
		slices.ContainsFunc(e.lacked, func(file string) bool { return !in.Keeping.Lacks(file) }) {
		return nil
	}
	res := e.result
	if e.sameMod {
		res.Mod = in.Mod
	}
	if e.sameSum {
		res.Sum = in.Sum
	}
	a := &Answer{Result: &res, Faults: e.faults, Lost: e.lost, Empty: e.empty}
	if len(e.faults) > 0 {
		a.Refusal = refuse(&e.faults[0])
	}
	return a
}

// refuse says that a package is in the way of which nobody can say anything without a source.
func refuse(f *Fault) *Refusal {
	return &Refusal{Package: f.Path, Importer: f.Importer, Module: f.Modules[0], Unknown: true, Err: f.Err}
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
	e := &entry{key: l.in.key(), basis: basis, result: *a.Result, faults: a.Faults, lost: a.Lost, empty: a.Empty}
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
	case a.Refusal != nil && len(a.Faults) == 0 || len(a.Sought)+len(res.Broken) > 0:
		return b, false
	case slices.ContainsFunc(a.Faults, func(f Fault) bool { return !errors.Is(f.Err, errNoSource) }):
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
		switch {
		case s.err == nil:
			b.sources = append(b.sources, l.actual(m))
		case errors.Is(s.err, errNoSource):
			b.absent = append(b.absent, l.actual(m))
		default:
			return b, false
		}
	}
	b.lacked = l.in.Keeping.Lacked()
	module.Sort(b.sources)
	module.Sort(b.absent)
	b.digest, ok = b.measure(l.in)
	return b, ok
}

// measure returns the digest of the main module's packages as they are, and of the files that are yet to be generated for them.
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
	if digest, ok = tree.Digest(rels); !ok {
		return "", false
	}
	w := new(keep.Writer)
	w.Text(digest)
	writeOutputs(w, tree.Awaited())
	return w.Digest(), true
}

func writeEntries(w *keep.Writer, entries map[string]*entry) {
	w.Number(uint64(len(entries)))
	for dir, e := range entries {
		res := &e.result
		w.List([]string{dir, e.key, e.main, e.digest, res.Go, res.Toolchain, res.Mod, res.Sum})
		w.List(e.ignore)
		w.List(e.beside)
		writeVersions(w, e.sources)
		writeVersions(w, e.absent)
		w.List(e.lacked)
		for _, flag := range []bool{e.sameMod, e.sameSum, e.empty, res.HasSum} {
			w.Flag(flag)
		}
		w.List(res.Dropped)
		writeVersions(w, res.Unneeded)
		writeVersions(w, res.Added)
		res.purpose.write(w)
		w.Number(uint64(len(res.Require)))
		for _, r := range res.Require {
			writeVersions(w, []module.Version{r.Module})
			w.Flag(r.Indirect)
			w.List(r.Chain)
		}
		writeFaults(w, e.faults)
		writeLosses(w, e.lost, e.faults)
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
		e.basis = basis{main: texts[2], digest: texts[3], ignore: r.List(), beside: r.List(), sources: readVersions(r), absent: readVersions(r), lacked: r.List()}
		res := &e.result
		for _, flag := range []*bool{&e.sameMod, &e.sameSum, &e.empty, &res.HasSum} {
			*flag = r.Flag()
		}
		res.Dropped, res.Unneeded, res.Added = r.List(), readVersions(r), readVersions(r)
		res.purpose = readPurpose(r)
		res.Require = make([]Requirement, r.Count())
		for i := range res.Require {
			m := readVersions(r)
			if len(m) != 1 {
				return nil, false
			}
			res.Require[i] = Requirement{Module: m[0], Indirect: r.Flag(), Chain: r.List()}
		}
		var ok bool
		if e.faults, ok = readFaults(r); !ok {
			return nil, false
		}
		if e.lost, ok = readLosses(r, e.faults); !ok {
			return nil, false
		}
		entries[texts[0]] = e
	}
	return entries, r.Done()
}

// writeFaults notes faults that are all for the lack of a source.
func writeFaults(w *keep.Writer, faults []Fault) {
	w.Number(uint64(len(faults)))
	for i := range faults {
		f := &faults[i]
		writeVersions(w, f.Modules)
		w.List([]string{f.Path, f.Importer})
		for _, flag := range []bool{f.Tested, f.Inside, f.Direct} {
			w.Flag(flag)
		}
	}
}

func readFaults(r *keep.Reader) (faults []Fault, ok bool) {
	faults = make([]Fault, r.Count())
	for i := range faults {
		mods, texts := readVersions(r), r.List()
		if len(mods) != 1 || len(texts) != 2 {
			return nil, false
		}
		faults[i] = Fault{
			Kind: Unavailable, Path: texts[0], Importer: texts[1], Modules: mods, Tested: r.Flag(), Inside: r.Flag(), Direct: r.Flag(),
			Err: &Refusal{Module: mods[0], Unknown: true, Err: errNoSource},
		}
	}
	return faults, true
}

// writeLosses notes losses for which no broken files are to blame.
func writeLosses(w *keep.Writer, lost []Loss, faults []Fault) {
	w.Number(uint64(len(lost)))
	for i := range lost {
		l := &lost[i]
		w.List(l.Paths)
		at := 0 // one more than where in faults
		for at < len(faults) && l.Fault != nil {
			if at++; &faults[at-1] == l.Fault {
				break
			}
		}
		w.Number(uint64(at))
		w.Flag(l.Absent)
		writeOutputs(w, l.Awaited)
	}
}

func readLosses(r *keep.Reader, faults []Fault) (lost []Loss, ok bool) {
	lost = make([]Loss, r.Count())
	for i := range lost {
		l := &lost[i]
		l.Paths = r.List()
		at := r.Number()
		if at > uint64(len(faults)) {
			return nil, false
		}
		if at > 0 {
			l.Fault = &faults[at-1]
		}
		l.Absent = r.Flag()
		if l.Awaited, ok = readOutputs(r); !ok {
			return nil, false
		}
	}
	return lost, true
}

func writeOutputs(w *keep.Writer, outputs []imports.Output) {
	w.Number(uint64(len(outputs)))
	for _, o := range outputs {
		w.List([]string{o.File, o.From, o.Tool, o.Line})
	}
}

func readOutputs(r *keep.Reader) (outputs []imports.Output, ok bool) {
	for range r.Count() {
		texts := r.List()
		if len(texts) != 4 {
			return nil, false
		}
		outputs = append(outputs, imports.Output{File: texts[0], From: texts[1], Tool: texts[2], Line: texts[3]})
	}
	return outputs, true
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
