package tidy

import (
	"errors"
	"runtime"
	"slices"

	"golang.org/x/mod/module"
	"golang.org/x/sync/errgroup"

	"github.com/gomodls/gomodls/internal/imports"
)

// A flag says what is known about a package.
type flag uint8

const (
	inAll  flag = 1 << iota // the package is in "all"; a test, if what it imports is
	isRoot                  // it is one of the packages asked for: those in "all" and tools
	isRead                  // its imports are known
)

// A pkg is a package, or the tests of one.
type pkg struct {
	path         string
	testOf       *pkg
	flags        flag
	mod          module.Version // none for the standard library
	err          error
	imports      []*pkg
	testImports  []string
	files        *imports.Package // nil where it has none that are of interest
	alternatives []module.Version
	test         *pkg
	importer     *pkg  // on a shortest chain from the main module
	round        int32 // of the loader, in which it was last come by
}

func (pk *pkg) has(f flag) bool { return pk.flags&f == f }

// external reports whether a package belongs to a module other than the main one.
func (p *predictor) external(pk *pkg) bool { return pk.mod.Path != "" && pk.mod.Path != p.main }

// loader loads packages until the requirements no longer change.
type loader struct {
	*predictor
	rs       *requirements
	proceed  bool // past packages that cannot be loaded
	skipMods bool // go.mod files of packages' modules are not read: before go 1.21
	testsToo bool // "all" takes in what the tests of all its packages import: before go 1.16

	byPath    map[string]*pkg
	queue     []*pkg
	pkgs      []*pkg // all, importers before what they import
	rounds    int32  // see pass
	tidied    tidied
	faulty    []*pkg          // that were passed over
	importers map[*pkg][]*pkg // see direct
	unlike    *Refusal        // an older go would not load the module alike, which was passed over
}

// run loads "all" with the tests of its packages, and leaves the tidy requirements in l.rs; see modload.loadFromRoots.
func (l *loader) run() error {
	var err error
	if !l.rs.pruned {
		if l.rs, err = l.expand(l.rs); err != nil {
			return err
		}
	}
	for {
		if err := l.ctx.Err(); err != nil {
			return err
		}
		again, err := l.iterate()
		if err != nil {
			return err
		}
		if !again {
			break
		}
	}
	tidy, err := l.tidy(l.rs)
	if err != nil {
		return err
	}
	if l.rs.pruned {
		for _, m := range tidy.roots {
			if v, ok := l.rootSelected(l.rs, m.Path); !ok || v != m.Version {
				return &Refusal{Module: m, Err: errors.New("needed, but not found while packages were loaded")}
			}
		}
	}
	l.rs = tidy
	for _, pk := range l.pkgs {
		var m *missing
		if pk.err == nil || errors.As(pk.err, &m) && m.std {
			continue
		}
		if !l.proceed {
			return l.refuse(pk, pk.err)
		}
		l.faulty = append(l.faulty, pk)
	}
	return l.checkSources(l.rs)
}

// refuse says that a package is in the way.
func (l *loader) refuse(pk *pkg, err error) *Refusal {
	r := &Refusal{Package: pk.path, Err: err}
	if pk.importer != nil {
		r.Importer = pk.importer.path
	}
	if inner := new(Refusal); errors.As(err, &inner) {
		r.Module, r.Unknown = inner.Module, inner.Unknown
	}
	return r
}

// expand loads the graph and makes the roots agree with it.
func (l *loader) expand(rs *requirements) (*requirements, error) {
	g := l.graph(rs)
	if g.fault != nil {
		return rs, g.fault
	}
	if slices.ContainsFunc(rs.roots, func(m module.Version) bool { return !g.isSelected(m) }) {
		var err error
		if rs, err = l.update(rs, rs.direct, nil, nil); err != nil {
			return rs, err
		}
		if g = l.graph(rs); g.fault != nil {
			return rs, g.fault
		}
	}
	return rs, nil
}

// iterate loads all packages with the requirements at hand. It reports whether that has changed them, so that packages have to
// be loaded anew.
func (l *loader) iterate() (again bool, err error) {
	goVersion := l.rs.goVersion()
	if l.rs, err = l.convert(l.rs, isPruned(goVersion)); err != nil {
		return false, err
	}
	l.skipMods = compareGo(goVersion, strictGo) < 0
	l.testsToo = compareGo(goVersion, defaultGo) < 0

	paths, err := l.rootPaths()
	if err != nil {
		return false, err
	}
	if l.rs.pruned {
		if changed, err := l.preload(paths); err != nil || changed {
			return changed, err
		}
	}
	if err := l.load(paths); err != nil {
		return false, err
	}
	changed, err := l.settle()
	if err != nil || changed {
		return changed, err
	}
	return l.addMissing()
}

// rootPaths returns the packages of the main module and its tools.
func (l *loader) rootPaths() ([]string, error) {
	if l.mainTree == nil {
		l.mainTree, l.declared = imports.NewTree(l.in.Files, l.in.Dir, l.in.Parsed), map[string]map[string][]string{}
	}
	paths, faults := l.mainTree.Packages(l.main, l.ignored())
	if len(faults) > 0 {
		return nil, faults[0]
	}
	return append(paths, mapKeys(l.tools)...), nil
}

// ignored returns the directories that go.mod tells the go command to pass over.
func (p *predictor) ignored() []string {
	var ignore []string
	for _, i := range p.file.Ignore {
		ignore = append(ignore, i.Path)
	}
	return ignore
}

// preload makes the modules of the packages asked for roots, before anything else is loaded.
func (l *loader) preload(paths []string) (changed bool, err error) {
	need := map[module.Version]bool{}
	for _, path := range paths {
		at, err := l.resolve(path, l.rs, nil, l.skipMods)
		m := at.mod
		if isMissing(err) {
			m, err = l.query(path, l.rs)
		}
		if err != nil || m.Path == "" {
			continue
		}
		if v, ok := l.rootSelected(l.rs, m.Path); !ok || v != m.Version {
			need[m] = true
		}
	}
	if len(need) == 0 {
		return false, nil
	}
	return true, l.add(need)
}

// add makes modules roots.
func (l *loader) add(mods map[module.Version]bool) error {
	var list []module.Version
	for m := range mods {
		list = append(list, m)
	}
	module.Sort(list)
	rs, err := l.update(l.rs, l.rs.direct, nil, list)
	if err != nil {
		return err
	}
	if slices.Equal(rs.roots, l.rs.roots) {
		return &Refusal{Module: list[0], Err: errors.New("could not be added")}
	}
	l.rs = rs
	return nil
}

// load loads the packages asked for and whatever they lead to.
func (l *loader) load(paths []string) error {
	l.tidied = tidied{}
	l.memo.begin(l)
	l.byPath, l.queue, l.pkgs, l.importers = make(map[string]*pkg, l.memo.packages), nil, make([]*pkg, 0, l.memo.packages), nil
	roots := make([]*pkg, 0, len(paths))
	for _, path := range paths {
		roots = append(roots, l.pkg(path, isRoot))
	}
	for len(l.queue) > 0 {
		if err := l.ctx.Err(); err != nil {
			return err
		}
		level := l.queue
		l.queue = nil
		l.readAhead(level)
		for _, pk := range level {
			l.read(pk)
		}
	}
	first := l.pass()
	visit := func(pk, importer *pkg) {
		if first(pk) {
			pk.importer = importer
			l.pkgs = append(l.pkgs, pk)
		}
	}
	for _, pk := range roots {
		visit(pk, nil)
	}
	for i := 0; i < len(l.pkgs); i++ {
		pk := l.pkgs[i]
		for _, dep := range pk.imports {
			visit(dep, pk)
		}
		if pk.test != nil {
			visit(pk.test, pk)
		}
	}
	l.memo.packages = len(l.pkgs)
	return nil
}

// pass begins a walk over packages. What it returns reports whether a package is come by for the first time. No two walks go on at
// once.
func (l *loader) pass() (first func(*pkg) bool) {
	l.rounds++
	round := l.rounds
	return func(pk *pkg) bool {
		if pk.round == round {
			return false
		}
		pk.round = round
		return true
	}
}

// readAhead reads the directories in which packages are looked for first, several at once, so that the disk and all
// processors have something to do. It looks nowhere that read would not look.
func (l *loader) readAhead(level []*pkg) {
	if len(level) < readersFrom {
		return
	}
	selected := func(path string) (string, bool) { return l.rootSelected(l.rs, path) }
	if !l.rs.pruned {
		g := l.graph(l.rs)
		if g.fault != nil {
			return
		}
		selected = func(path string) (string, bool) { v, ok := g.selected[path]; return v, ok }
	}
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, pk := range level {
		if l.memo.read[pk.path] || imports.LooksStd(pk.path) && l.in.Std(pk.path) || l.checkPath(pk.path) != nil {
			continue
		}
		for path := range imports.Prefixes(pk.path) {
			v, ok := selected(path)
			if !ok || v == "none" {
				continue
			}
			tree, err := l.fetch(module.Version{Path: path, Version: v})
			if err != nil {
				break
			}
			rel, _ := imports.Within(pk.path, path)
			if !tree.Has(rel) {
				g.Go(func() error { tree.Package(rel); return nil })
			}
		}
	}
	_ = g.Wait() // what cannot be read is said by the package
	if l.memo.read == nil {
		l.memo.read = map[string]bool{}
	}
	for _, pk := range level {
		l.memo.read[pk.path] = true
	}
}

// readersFrom is how many packages are worth reading at once.
const readersFrom = 4

// pkg returns the package with a path, and marks it.
func (l *loader) pkg(path string, flags flag) *pkg {
	pk, ok := l.byPath[path]
	if !ok {
		pk = &pkg{path: path}
		l.byPath[path] = pk
		l.queue = append(l.queue, pk)
	}
	l.mark(pk, flags)
	return pk
}

// read finds a package and its imports.
func (l *loader) read(pk *pkg) {
	var g *graph
	if !l.rs.pruned {
		if g = l.graph(l.rs); g.fault != nil {
			g = nil
		}
	}
	at, err := l.find(pk.path, g)
	pk.mod, pk.alternatives, pk.err = at.mod, at.alternatives, err
	if l.tools[pk.path] {
		l.mark(pk, inAll)
	}
	switch {
	case at.std: // what the standard library imports is of no interest: it needs no module
		l.mark(pk, isRead)
		return
	case at.files == nil:
		return
	}
	if pk.mod.Path == l.main {
		l.mark(pk, inAll)
	}
	if at.files.Err != nil {
		pk.err = at.files.Err
		return
	}
	pk.imports = make([]*pkg, 0, len(at.files.Imports))
	for _, path := range at.files.Imports {
		pk.imports = append(pk.imports, l.pkg(path, pk.flags&inAll))
	}
	pk.testImports, pk.files = at.files.TestImports, at.files
	l.mark(pk, isRead)
}

// mark adds flags to a package, and draws the consequences once its imports are known.
func (l *loader) mark(pk *pkg, flags flag) {
	if flags&inAll != 0 && pk.testOf == nil {
		flags |= isRoot
	}
	old := pk.flags
	pk.flags |= flags
	if pk.flags == old || !pk.has(isRead) {
		return
	}
	ofMain := pk.mod.Path == l.main
	if pk.testOf == nil && (ofMain || pk.has(isRoot)) {
		if ofMain || l.testsToo && pk.has(inAll) {
			l.loadTest(pk, inAll)
		} else {
			l.loadTest(pk, 0)
		}
	}
	if pk.has(inAll) && old&(inAll|isRead) != inAll|isRead {
		for _, dep := range pk.imports {
			l.mark(dep, inAll)
		}
	}
}

// loadTest loads what the tests of a package import.
func (l *loader) loadTest(pk *pkg, flags flag) {
	if pk.test != nil {
		l.mark(pk.test, flags)
		return
	}
	pk.test = &pkg{path: pk.path, testOf: pk, mod: pk.mod, err: pk.err, files: pk.files}
	l.mark(pk.test, flags)
	for _, path := range pk.testImports {
		pk.test.imports = append(pk.test.imports, l.pkg(path, pk.test.flags&inAll))
	}
	l.mark(pk.test, isRead)
}

// settle brings the requirements in line with the packages that were loaded with them; see
// modload.loader.updateRequirements. It reports whether packages might now be found elsewhere.
func (l *loader) settle() (changed bool, err error) {
	direct := map[string]bool{}
	for _, pk := range l.pkgs {
		if pk.mod.Path != l.main || pk.mod.Version != "" {
			continue
		}
		for _, dep := range pk.imports {
			if l.external(dep) {
				direct[dep.mod.Path] = true
			}
		}
	}
	tidy, err := l.tidy(l.rs)
	if err != nil {
		return false, err
	}
	old := l.rs
	rs, err := l.update(old, direct, l.pkgs, tidy.roots)
	if err != nil {
		return false, err
	}
	l.rs = rs
	switch {
	case rs.goVersion() != old.goVersion():
		return true, nil
	case slices.Equal(rs.roots, old.roots):
		return false, nil
	}
	g := l.graph(rs)
	if g.fault != nil {
		return false, g.fault
	}
	for _, pk := range l.pkgs {
		if l.external(pk) && !g.isSelected(pk.mod) {
			return true, nil
		}
		if pk.err != nil {
			if _, err := l.resolve(pk.path, rs, nil, l.skipMods); err == nil {
				return true, nil
			}
		}
	}
	return false, nil
}

// addMissing adds modules for packages that none has, as far as that can be done without a module proxy.
func (l *loader) addMissing() (added bool, err error) {
	need := map[module.Version]bool{}
	for _, pk := range l.pkgs {
		if pk.testOf != nil || !isMissing(pk.err) {
			continue
		}
		m, err := l.query(pk.path, l.rs)
		if err != nil {
			if !isMissing(err) {
				pk.err = err
			}
			continue
		}
		need[m] = true
	}
	if len(need) == 0 {
		return false, nil
	}
	return true, l.add(need)
}

// isStd reports whether a package comes from the standard library, or leads nowhere, like "C".
func (pk *pkg) isStd() bool { return pk.mod.Path == "" && pk.err == nil }
