package packages

import (
	"cmp"
	"context"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/sync/errgroup"

	"github.com/gomodls/gomodls/internal/imports"
)

// A pkg is a package that something imports, or one of a main module.
type pkg struct {
	path    string
	mod     module.Version // none for the standard library, and for packages that are not found
	tree    *imports.Tree  // nil where its imports are of no interest, or unknown
	rel     string
	main    int // the main module that it belongs to, or -1
	root    bool
	imports []*pkg
	tests   []*pkg // what its tests import, for packages of main modules

	fault   *Fault
	from    *pkg // on a shortest way from a main module; nil for roots
	origin  int  // the main module that this way begins in
	notTest bool // more than tests lead to it
}

type loader struct {
	ctx context.Context
	in  Input

	mains    map[string]int    // by path
	roots    map[string]string // the versions that go.mod requires, by path: the highest of each
	selected map[string]string // by path
	whole    bool              // the graph can be loaded, and all of it is known

	mainTrees []*imports.Tree
	vendor    *imports.Tree
	local     map[string]*imports.Tree // by directory
	sources   map[module.Version]*source

	memo     *Memo
	byPath   map[string]*pkg
	pkgs     []*pkg
	needs    map[module.Version]*need
	unknown  map[module.Version]bool
	declared map[*pkg]map[string][]string
}

// source is where a module version's files are.
type source struct {
	tree *imports.Tree
	err  error
	key  module.Version // of its zip; none for a directory
}

type need struct {
	Need
	by *pkg // for whose path
}

// Load returns what there is to say about packages. The error is that of the context.
func Load(ctx context.Context, in Input) (*Result, error) {
	l := &loader{
		ctx: ctx, in: in,
		mains: map[string]int{}, roots: map[string]string{}, selected: map[string]string{}, local: map[string]*imports.Tree{},
		sources: map[module.Version]*source{}, needs: map[module.Version]*need{},
		unknown: map[module.Version]bool{}, declared: map[*pkg]map[string][]string{}, memo: in.Memo,
	}
	if l.in.Parsed == nil {
		l.in.Parsed = new(imports.Memo)
	}
	if l.memo == nil {
		l.memo = new(Memo)
	}
	if l.memo.looked == nil || !l.memo.context.Same(in.Context) {
		*l.memo = Memo{looked: map[string]bool{}, context: in.Context, built: map[*imports.Package]built{}}
	}
	l.in.Context = l.memo.context // which knows conditions
	l.byPath, l.pkgs = make(map[string]*pkg, l.memo.packages), make([]*pkg, 0, l.memo.packages)
	for i, m := range in.Main {
		l.mains[m.Path] = i
		l.mainTrees = append(l.mainTrees, imports.NewTree(in.Files, m.Dir, l.in.Parsed))
	}
	if in.Mode == InVendor {
		l.vendor = imports.NewVendor(in.Files, in.Vendor.Dir, l.in.Parsed)
	} else {
		l.readGraph()
	}
	if err := l.load(); err != nil {
		return nil, err
	}
	l.trace()
	if in.Mode == Readonly {
		l.checkRoots()
	}
	return l.result(), ctx.Err()
}

func (l *loader) readGraph() {
	g := l.in.Graph
	l.whole = g.Complete() && g.Fault() == nil
	for _, m := range g.BuildList() {
		l.selected[m.Path] = m.Version
	}
	if l.in.Workspace {
		return
	}
	for _, m := range g.Roots() {
		if v, ok := l.roots[m.Path]; m.Path != "go" && m.Path != "toolchain" && (!ok || g.Compare(m.Path, v, m.Version) < 0) {
			l.roots[m.Path] = m.Version
		}
	}
	if l.whole && g.Inconsistent() { // another fault; what is wrong beside it is what will be left when that one is mended
		for path := range l.roots {
			l.roots[path] = l.selected[path]
		}
	}
}

// rootPaths returns the import paths of the packages of each main module that are built.
func (l *loader) rootPaths() [][]string {
	all := make([][]string, len(l.in.Main))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, m := range l.in.Main {
		g.Go(func() error {
			all[i], _ = l.mainTrees[i].Built(m.Path, m.Ignore, l.in.Context) // what cannot be read has no packages
			return nil
		})
	}
	_ = g.Wait()
	return all
}

// load finds the packages of the main modules and whatever they lead to.
func (l *loader) load() error {
	var queue []*pkg
	add := func(path string) *pkg {
		pk, ok := l.byPath[path]
		if !ok {
			pk = &pkg{path: path, main: -1}
			l.byPath[path] = pk
			queue = append(queue, pk)
			l.pkgs = append(l.pkgs, pk)
		}
		return pk
	}
	for i, paths := range l.rootPaths() {
		for _, path := range paths {
			if pk := add(path); !pk.root {
				pk.root, pk.origin = true, i
			}
		}
	}
	for len(queue) > 0 {
		if err := l.ctx.Err(); err != nil {
			return err
		}
		level := queue
		queue = nil
		l.readAhead(level)
		for _, pk := range level {
			l.resolve(pk)
			if pk.tree == nil {
				continue
			}
			p := pk.tree.Package(pk.rel)
			if p == nil || p.Err != nil {
				continue
			}
			paths, tests := l.built(p)
			pk.imports = make([]*pkg, 0, len(paths))
			for _, path := range paths {
				pk.imports = append(pk.imports, add(path))
			}
			if pk.root {
				for _, path := range tests {
					pk.tests = append(pk.tests, add(path))
				}
			}
		}
	}
	l.memo.packages = len(l.pkgs)
	if len(l.memo.built) > 2*len(l.pkgs) { // most of them are no more
		l.memo.built = map[*imports.Package]built{}
	}
	return nil
}

// built returns what the files of a package that are built import.
func (l *loader) built(p *imports.Package) (paths, tests []string) {
	if p.Groups == nil {
		return p.Imports, p.TestImports
	}
	b, ok := l.memo.built[p]
	if !ok {
		b.imports, b.tests, _ = l.in.Context.Imports(p)
		l.memo.built[p] = b
	}
	return b.imports, b.tests
}

// readAhead reads the directories in which packages are looked for first, several at once. It looks nowhere that resolve would
// not look.
func (l *loader) readAhead(level []*pkg) {
	if len(level) < 4 {
		return
	}
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	read := func(tree *imports.Tree, rel string) {
		if !tree.Has(rel) {
			g.Go(func() error { tree.Package(rel); return nil })
		}
	}
	for _, pk := range level {
		if l.memo.looked[pk.path] || l.isStd(pk.path) || !l.valid(pk.path) {
			continue
		}
		if l.vendor != nil {
			read(l.vendor, pk.path)
			continue
		}
		for modPath := range imports.Prefixes(pk.path) {
			version, ok := l.firstVersion(modPath)
			if !ok {
				continue
			}
			if s := l.fetch(module.Version{Path: modPath, Version: version}); s.err == nil {
				rel, _ := imports.Within(pk.path, modPath)
				read(s.tree, rel)
			}
		}
	}
	_ = g.Wait() // what cannot be read is no package
}

// trace finds the shortest way to each package, and what only tests lead to.
func (l *loader) trace() {
	seen := map[*pkg]bool{}
	var queue []*pkg
	for _, pk := range l.pkgs {
		if pk.root {
			seen[pk] = true
			queue = append(queue, pk)
		}
	}
	for i := 0; i < len(queue); i++ {
		pk := queue[i]
		for _, deps := range [][]*pkg{pk.imports, pk.tests} {
			for _, dep := range deps {
				if !seen[dep] {
					seen[dep] = true
					dep.from, dep.origin = pk, pk.origin
					queue = append(queue, dep)
				}
			}
		}
	}
	queue = queue[:0]
	mark := func(pk *pkg) {
		if !pk.notTest {
			pk.notTest = true
			queue = append(queue, pk)
		}
	}
	for _, pk := range l.pkgs {
		if pk.root {
			mark(pk)
		}
	}
	for i := 0; i < len(queue); i++ {
		for _, dep := range queue[i].imports {
			mark(dep)
		}
	}
}

// checkRoots finds packages in modules that go.mod would have to require; see modload.loader.updateRequirements.
func (l *loader) checkRoots() {
	direct := map[*pkg]bool{}
	for _, pk := range l.pkgs {
		if pk.main < 0 {
			continue
		}
		for _, dep := range slices.Concat(pk.imports, pk.tests) {
			direct[dep] = true
		}
	}
	outdated := map[module.Version]bool{}
	for _, pk := range l.pkgs {
		if pk.fault != nil || pk.main >= 0 || pk.mod.Path == "" {
			continue
		}
		if l.in.Workspace {
			if _, ok := l.in.Graph.Loaded(pk.mod); !ok && direct[pk] && l.whole {
				pk.fault = &Fault{Kind: Implicit, Modules: []module.Version{pk.mod}}
			}
			continue
		}
		v, ok := l.roots[pk.mod.Path]
		switch {
		case direct[pk] && (!ok || v != pk.mod.Version):
			pk.fault = &Fault{Kind: Implicit, Modules: []module.Version{pk.mod}}
		case !ok && l.in.Graph.Pruned() && !outdated[pk.mod]:
			outdated[pk.mod] = true
			pk.fault = &Fault{Kind: Outdated, Modules: []module.Version{pk.mod}}
		}
	}
}

func (l *loader) result() *Result {
	r := new(Result)
	for _, pk := range l.pkgs {
		if pk.fault == nil {
			continue
		}
		f := pk.fault
		f.Path, f.Main, f.Chain, f.Test = pk.path, l.in.Main[pk.origin].Dir, chain(pk), !pk.notTest
		f.Sites = l.sites(pk)
		f.Says = l.says(f)
		r.Faults = append(r.Faults, *f)
	}
	slices.SortFunc(r.Faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Main, b.Main), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Kind, b.Kind))
	})
	for _, n := range l.needs {
		pk := n.by
		n.Main, n.Chain, n.Test = l.in.Main[pk.origin].Dir, chain(pk), !pk.notTest
		if l.in.Sites != nil && l.in.Sites(n.Key, n.Hash) {
			n.Sites = l.sites(pk)
		}
		r.Needs = append(r.Needs, n.Need)
	}
	byModule := func(a, b module.Version) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Version, b.Version))
	}
	slices.SortFunc(r.Needs, func(a, b Need) int { return byModule(a.Key, b.Key) })
	r.Unknown = slices.SortedFunc(maps.Keys(l.unknown), byModule)
	return r
}

// chain returns the import paths that lead to a package, without its own.
func chain(pk *pkg) []string {
	var paths []string
	for from := pk.from; from != nil; from = from.from {
		paths = append(paths, from.path)
	}
	slices.Reverse(paths)
	return paths
}

// sites returns the import declarations in main modules that lead to a package: see Fault.
func (l *loader) sites(target *pkg) []Site {
	var sites []Site
	note := func(importer, imported *pkg) {
		for _, name := range l.files(importer)[imported.path] {
			sites = append(sites, Site{File: filepath.Join(l.mainTrees[importer.main].Root, filepath.FromSlash(importer.rel), name), Path: imported.path})
		}
	}
	for _, pk := range l.pkgs {
		if pk.main >= 0 && (slices.Contains(pk.imports, target) || slices.Contains(pk.tests, target)) {
			note(pk, target)
		}
	}
	if sites == nil {
		for imported := target; imported.from != nil; imported = imported.from {
			if imported.from.main >= 0 {
				note(imported.from, imported)
				break
			}
		}
	}
	slices.SortFunc(sites, func(a, b Site) int { return cmp.Compare(a.File, b.File) })
	return sites
}

// files returns which files of a main module's package import what.
func (l *loader) files(pk *pkg) map[string][]string {
	d, ok := l.declared[pk]
	if !ok {
		d = l.mainTrees[pk.main].Declared(pk.rel, l.in.Context)
		l.declared[pk] = d
	}
	return d
}

// says returns the go command's words.
func (l *loader) says(f *Fault) string {
	switch f.Kind {
	case NoModule:
		return "no required module provides package " + f.Path
	case NotStd:
		return "package " + f.Path + " is not in std"
	case NotRequired:
		return "module " + f.Modules[0].Path + " provides package " + f.Path + " and is replaced but not required"
	case NotInReplacement:
		return "module " + f.Modules[0].Path + "@latest found, but does not contain package " + f.Path
	case NotVendored, NotListed:
		return "cannot find module providing package " + f.Path + ": import lookup disabled by -mod=vendor"
	case Ambiguous:
		var names []string
		for _, m := range f.Modules {
			switch {
			case m.Path == "":
				names = append(names, "std")
			default:
				names = append(names, strings.TrimSpace(m.Path+" "+m.Version))
			}
		}
		what := "modules: "
		if l.in.Mode == InVendor {
			what = "directories: "
		}
		return "ambiguous import: found package " + f.Path + " in multiple " + what + strings.Join(names, ", ")
	case Malformed:
		return imports.SaysOfPath(f.Path)
	case Implicit:
		if l.in.Workspace || !l.in.Graph.Pruned() {
			return "package " + f.Chain[len(f.Chain)-1] + " imports " + f.Path + " from implicitly required module"
		}
	}
	return "updates to go.mod needed"
}
