package tidy

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/imports"
)

// An Answer is what is known of what tidy would do, also where it would fail.
type Answer struct {
	// Result is what it would write; where there are Faults, what it would write with its flag -e, but for go.sum. It is nil
	// where tidy would fail before it comes to load packages.
	Result  *Result
	Refusal *Refusal // why it would fail; nil if it would not
	Faults  []Fault  // packages that it would find fault with, in the order in which it comes to them
	Lost    []Loss   // what it would drop, or would with -e, though it may well be needed
	Empty   bool     // the main module has no packages: nothing would be kept but what tools need
	// Sought are the packages that tidy would look for at module proxies and hosts, as far as that can be told here: those that
	// nothing provides or, where Result is nil, those that nothing required could provide by its path.
	Sought []string
}

// A FaultKind says what is wrong with a package.
type FaultKind uint8

const (
	Unusable    FaultKind = iota // Err says why
	Missing                      // none of the modules on this machine that are required has it
	Ambiguous                    // several Modules have it
	Unavailable                  // nobody can say without the source, or the go.mod, of the first of Modules
)

// A Fault is a package that cannot be loaded.
type Fault struct {
	Kind     FaultKind
	Path     string
	Importer string           // a package that imports it, "" for a tool
	Tested   bool             // it is the importer's tests that do
	Modules  []module.Version // for Missing those that by their paths could have it, and do not
	Inside   bool             // by its path it belongs to the main module
	Direct   bool             // packages of the main module import it
	Sites    []Site           // where they do; nil for one that is Unavailable, of which there may be one for each import
	Err      error
	// Offers are modules on this machine that have a package that is Missing, at the version that would be required; the
	// likeliest first. It is left to others to fill in.
	Offers []Offer
}

// An Offer is a module that could be required for a package.
type Offer struct {
	Module module.Version
	Dir    string // where it lies, if it is a module of the workspace
}

// A Site is an import declaration in a file of the main module.
type Site struct {
	File string // its path
	Path string // the import path
}

// A Loss is requirements that tidy would drop for one reason, which has nothing to do with them.
type Loss struct {
	Paths []string // of the required modules, sorted
	// Files do not parse, and would keep them; they are relative to the main module's directory.
	Files []string
	// Fault is why nobody can say that they are not needed; nil if Files or Awaited are. Absent is whether they are the modules that
	// cannot be had, each for a fault of its own, of which this is one.
	Fault  *Fault
	Absent bool
	// Awaited are files that are yet to be generated, and may need them; see imports.Output.
	Awaited []imports.Output
}

// Loses reports whether a requirement is among Lost.
func (a *Answer) Loses(path string) bool {
	return slices.ContainsFunc(a.Lost, func(l Loss) bool { return l.Has(path) })
}

// Has reports whether the requirement of the module at path is lost.
func (l *Loss) Has(path string) bool {
	_, ok := slices.BinarySearch(l.Paths, path)
	return ok
}

// Why says why one of the requirements may be needed all the same, or why several may, as the end of a clause.
func (l *Loss) Why(several bool) string {
	it, is := "it", "it is"
	if several {
		it, is = "them", "they are"
	}
	switch {
	case len(l.Files) == 1:
		return "but only because " + l.Files[0] + " does not parse"
	case len(l.Files) > 1:
		return "but only because " + few(l.Files) + " do not parse"
	case len(l.Awaited) > 0:
		return fmt.Sprintf("though %s, which go generate writes, is not there and may need %s", l.Awaited[0].File, it)
	case l.Fault.Kind != Unavailable:
		return fmt.Sprintf("though the package %s, which is not there, may need %s", l.Fault.Path, it)
	case l.Absent:
		return "but only because " + is + " not on this machine"
	}
	m := l.Fault.Modules[0]
	if _, of := imports.Within(l.Fault.Path, m.Path); of {
		return fmt.Sprintf("though %s %s, which is not on this machine, may need %s", m.Path, m.Version, it)
	}
	return fmt.Sprintf("though %s may need %s, which cannot be looked for while %s %s is not on this machine", l.Fault.Path, it, m.Path, m.Version)
}

// Inspect returns what is known of what tidy would do. An error is that of the context.
func Inspect(ctx context.Context, in Input) (*Answer, error) {
	l, res, err := predict(ctx, in, true)
	a := &Answer{Result: res}
	if err != nil {
		if errors.As(err, &a.Refusal) {
			a.Sought, err = strangers(in), nil
		}
		return a, err
	}
	a.Empty = !slices.ContainsFunc(l.pkgs, func(pk *pkg) bool {
		_, named := imports.Within(pk.path, l.main)
		return pk.mod.Path == l.main || named && pk.err != nil && pk.importer == nil && !l.tools[pk.path]
	})
	a.Refusal = l.unlike
	if len(l.faulty) > 0 {
		a.Refusal = l.refuse(l.faulty[0], l.faulty[0].err)
		for _, pk := range l.faulty {
			if pk.testOf == nil || pk.testOf.err == nil {
				a.Faults = append(a.Faults, l.fault(pk))
			}
		}
	}
	for _, f := range a.Faults {
		if f.Kind == Missing {
			a.Sought = append(a.Sought, f.Path)
		}
	}
	if err := l.losses(ctx, a); err != nil {
		return a, err
	}
	l.keepAnswer(a)
	return a, nil
}

// strangers returns what packages of the main module, and of directories that replace others, import that by its path belongs
// neither to one of these, nor to the standard library, nor to a module that is required; and the tools of which that is true.
func strangers(in Input) []string {
	asWritten := func(_, version string) (string, error) { return version, nil }
	f, err := modfile.Parse("go.mod", []byte(in.Mod), asWritten)
	if err != nil || f.Module == nil {
		return nil // go gives up there, too
	}
	owners := []string{f.Module.Mod.Path}
	for _, r := range f.Require {
		owners = append(owners, r.Mod.Path)
	}
	found := map[string]bool{}
	seek := func(path string) {
		owned := slices.ContainsFunc(owners, func(owner string) bool { _, ok := imports.Within(path, owner); return ok })
		if !owned && !in.Std(path) {
			found[path] = true
		}
	}
	for _, t := range f.Tool {
		seek(t.Path)
	}
	var ignore []string
	for _, i := range f.Ignore {
		ignore = append(ignore, i.Path)
	}
	roots := []string{in.Dir}
	for _, r := range f.Replace {
		if dir := filepath.FromSlash(r.New.Path); r.New.Version == "" && filepath.IsAbs(dir) {
			roots = append(roots, dir)
		} else if r.New.Version == "" {
			roots = append(roots, filepath.Join(in.Dir, dir))
		}
	}
	for _, root := range roots {
		tree := imports.NewTree(in.Files, root, in.Parsed)
		packages, _ := tree.Packages("", ignore)
		for _, rel := range packages {
			p := tree.Package(rel)
			for _, path := range slices.Concat(p.Imports, p.TestImports) {
				seek(path)
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func (l *loader) fault(pk *pkg) Fault {
	f := Fault{Path: pk.path, Err: pk.err, Modules: pk.alternatives}
	_, f.Inside = imports.Within(pk.path, l.main)
	if pk.importer != nil {
		f.Importer, f.Tested = pk.importer.path, pk.importer.testOf != nil
	}
	var m *missing
	var a *ambiguous
	var r *Refusal
	switch {
	case errors.As(pk.err, &m):
		f.Kind, f.Modules = Missing, m.could
	case errors.As(pk.err, &a):
		f.Kind, f.Modules = Ambiguous, a.mods
	case errors.As(pk.err, &r):
		f.Modules = []module.Version{r.Module}
		if r.Unknown {
			f.Kind = Unavailable
		}
	}
	importers := l.direct()[pk]
	f.Direct = len(importers) > 0
	if f.Kind != Unavailable {
		f.Sites = l.sites(importers, func(dep *pkg) bool { return dep == pk })
	}
	return f
}

// direct returns which packages of the main module, and tests of theirs, import what.
func (l *loader) direct() map[*pkg][]*pkg {
	if l.importers == nil {
		l.importers = map[*pkg][]*pkg{}
		for _, pk := range l.pkgs {
			if pk.mod.Path != l.main {
				continue
			}
			for _, dep := range pk.imports {
				if by := l.importers[dep]; len(by) == 0 || by[len(by)-1] != pk {
					l.importers[dep] = append(by, pk)
				}
			}
		}
	}
	return l.importers
}

// sites returns where those of some packages that belong to the main module, and their tests, import one of others.
func (l *loader) sites(importers []*pkg, wanted func(*pkg) bool) []Site {
	var sites []Site
	for _, pk := range importers {
		if pk.mod.Path != l.main {
			continue
		}
		paths := map[string]bool{}
		for _, dep := range pk.imports {
			if wanted(dep) {
				paths[dep.path] = true
			}
		}
		if len(paths) == 0 {
			continue
		}
		rel, _ := imports.Within(pk.path, l.main)
		declared, ok := l.declared[rel]
		if !ok {
			declared = l.mainTree.Declared(rel, nil)
			l.declared[rel] = declared
		}
		for _, p := range slices.Sorted(maps.Keys(paths)) {
			for _, name := range declared[p] {
				if strings.HasSuffix(name, "_test.go") == (pk.testOf != nil) {
					sites = append(sites, Site{File: filepath.Join(l.in.Dir, filepath.FromSlash(rel), name), Path: p})
				}
			}
		}
	}
	return sites
}

// losses finds out which requirements would be dropped only because something is broken or not there.
func (l *loader) losses(ctx context.Context, a *Answer) error {
	if len(a.Result.Dropped) == 0 {
		return nil
	}
	lost := map[string]bool{}
	reasons := map[string]int{} // where in a.Lost
	lose := func(path string, loss Loss) {
		if lost[path] {
			return
		}
		lost[path] = true
		loss.Paths = []string{path}
		why := loss.Why(false)
		i, ok := reasons[why]
		if !ok {
			i = len(a.Lost)
			reasons[why], a.Lost = i, append(a.Lost, loss)
			return
		}
		a.Lost[i].Paths = append(a.Lost[i].Paths, path)
	}
	if len(a.Result.Broken) > 0 {
		in := l.in
		in.Files = mended(l.in, a.Result.Broken)
		_, res, err := predict(ctx, in, true)
		switch r := (*Refusal)(nil); {
		case err == nil:
			for _, path := range a.Result.Dropped {
				if !slices.Contains(res.Dropped, path) {
					lose(path, Loss{Files: importing(l.in, a.Result.Broken, path)})
				}
			}
		case !errors.As(err, &r):
			return err
		}
	}
	needs := needs{l: l, requires: map[module.Version]*required{}, reached: map[module.Version]*reach{}}
	for i, f := range a.Faults {
		for _, path := range a.Result.Dropped {
			if f.Kind == Missing && f.Inside || f.Kind == Unavailable && needs.lead(&f, path) {
				lose(path, Loss{Fault: &a.Faults[i], Absent: f.Kind == Unavailable && f.Modules[0].Path == path})
			}
		}
	}
	awaited := l.mainTree.Awaited()
	for _, path := range a.Result.Dropped {
		may := slices.DeleteFunc(slices.Clone(awaited), func(o imports.Output) bool { return !o.MayImport(path) })
		if len(may) > 0 {
			lose(path, Loss{Awaited: may})
		}
	}
	for _, l := range a.Lost {
		slices.Sort(l.Paths)
	}
	slices.SortFunc(a.Lost, func(a, b Loss) int { return strings.Compare(a.Paths[0], b.Paths[0]) })
	return nil
}

// needs finds out which modules others could import packages of. Each module is looked at once.
type needs struct {
	l        *loader
	requires map[module.Version]*required
	reached  map[module.Version]*reach
}

// required is what the go.mod file of a module requires.
type required struct {
	modules []module.Version
	unknown bool // the file is not there
}

// A reach is the modules to which requirements lead from one.
type reach struct {
	paths   map[string]bool
	unknown bool // a file on the way is not there, so that it could be any
}

// has reports whether the module could import packages of the one at path.
func (r *reach) has(path string) bool { return r.unknown || r.paths[path] }

// lead reports whether a package that is unavailable could be of the module at path, or lead to one of its packages. Where it is
// none of the missing module's, it cannot be looked for without that module's go.mod file, and may lead anywhere but into it.
func (n *needs) lead(f *Fault, path string) bool {
	m := f.Modules[0]
	if _, of := imports.Within(f.Path, m.Path); of {
		return n.of(m).has(path)
	}
	return path != m.Path
}

func (n *needs) of(m module.Version) *reach {
	if r := n.reached[m]; r != nil {
		return r
	}
	r := &reach{paths: map[string]bool{}}
	n.reached[m] = r
	seen := map[module.Version]bool{}
	for queue := []module.Version{m}; len(queue) > 0 && !r.unknown; {
		m, queue = queue[0], queue[1:]
		r.paths[m.Path] = true
		if seen[m] || isToolchain(m.Path) {
			continue
		}
		seen[m] = true
		next := n.required(m)
		r.unknown = next.unknown
		queue = append(queue, next.modules...)
	}
	return r
}

func (n *needs) required(m module.Version) *required {
	if r := n.requires[m]; r != nil {
		return r
	}
	node, requires := n.l.base.Summary(n.l.graphs.Source, m)
	r := &required{modules: requires, unknown: node.Mod == nil}
	n.requires[m] = r
	return r
}

// importing returns those files that do not parse and seem to import a package of the module at path, or all if none seems to.
func importing(in Input, broken []string, path string) []string {
	of := func(p string) bool { _, ok := imports.Within(p, path); return ok }
	var files []string
	for _, name := range broken {
		text, err := in.Files.Read(filepath.Join(in.Dir, filepath.FromSlash(name)))
		if err == nil && slices.ContainsFunc(imports.Guess(text), of) {
			files = append(files, name)
		}
	}
	if files == nil {
		return broken
	}
	return files
}

// mended returns the files of an input with those that do not parse made to import what they seem to.
func mended(in Input, broken []string) imports.FS {
	files := map[string]bool{}
	for _, name := range broken {
		files[filepath.Join(in.Dir, filepath.FromSlash(name))] = true
	}
	read := in.Files.Read
	mended := in.Files
	mended.State = nil // these files are not those that a Memo has seen
	mended.Read = func(name string) (string, error) {
		text, err := read(name)
		if err != nil || !files[name] {
			return text, err
		}
		var b strings.Builder
		b.WriteString("package p\n")
		for _, p := range imports.Guess(text) {
			b.WriteString("import _ \"" + p + "\"\n")
		}
		return b.String(), nil
	}
	return mended
}

// Seeks returns a's Sought. Nobody knows what nil would look for.
func (a *Answer) Seeks() []string {
	if a == nil {
		return nil
	}
	return a.Sought
}

// Danger says in a sentence what tidy would drop though it may well be needed; "" if there is no such thing. Where tidy would
// fail, it drops nothing.
func (a *Answer) Danger() string {
	switch {
	case a == nil || a.Refusal != nil || a.Result == nil || len(a.Result.Dropped) == 0:
		return ""
	case a.Empty:
		return "there is no Go file in this module, so go mod tidy would drop " + few(a.Result.Dropped)
	case len(a.Lost) == 0:
		return ""
	}
	var clauses []string
	for i := range a.Lost {
		l := &a.Lost[i]
		clauses = append(clauses, few(l.Paths)+", "+l.Why(len(l.Paths) > 1))
	}
	return "go mod tidy would drop " + strings.Join(clauses, ", and ")
}

// few names the first of a list, and says how many more there are.
func few(list []string) string {
	const shown = 5
	switch n := len(list); {
	case n == 1:
		return list[0]
	case n <= shown:
		return strings.Join(list[:n-1], ", ") + " and " + list[n-1]
	default:
		return fmt.Sprintf("%s and %d more", strings.Join(list[:shown], ", "), n-shown)
	}
}
