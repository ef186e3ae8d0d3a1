package packages

import (
	"slices"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/imports"
	"github.com/gomodls/gomodls/internal/modgraph"
)

// A place is where a package may be found.
type place struct {
	mod  module.Version
	main int // the main module, or -1
	tree *imports.Tree
	rel  string
}

var inStd = place{main: -1}

func (l *loader) isStd(path string) bool { return imports.LooksStd(path) && l.in.Std(path) }

// valid reports whether a package can have an import path.
func (l *loader) valid(path string) bool {
	if l.memo.looked[path] {
		return true
	}
	valid := imports.CheckPath(path) == nil
	if valid {
		l.memo.looked[path] = true
	}
	return valid
}

// malformed reports whether go refuses a package of a main module for its path alone, which valid does not accept.
func (l *loader) malformed(path string) bool {
	switch path {
	case "C":
		return false // which go has no rule for
	case "tool":
		return l.in.Context.Holds("go1.24") == imports.Yes // an older go has no such pattern
	case "work":
		return l.in.Context.Holds("go1.25") == imports.Yes
	}
	return true
}

// resolve finds out where a package is, or why it is nowhere; see modload.importFromModules.
func (l *loader) resolve(pk *pkg) {
	switch {
	case pk.path == "C" || !l.valid(pk.path): // refused for itself, whatever the modules have
		if pk.root && l.malformed(pk.path) {
			pk.fault = &Fault{Kind: Malformed}
		}
		return
	case l.vendor != nil:
		l.resolveVendored(pk)
		return
	}
	first, second := l.firstVersion, l.selectedVersion
	if l.firstIsAll() {
		first = second
	}
	hits, others, known := l.look(pk, first)
	if len(hits) == 0 && known {
		if !l.whole {
			return
		}
		hits, others, known = l.look(pk, second)
	}
	switch {
	case len(hits) > 1:
		pk.fault = &Fault{Kind: Ambiguous}
		for _, h := range slices.Backward(hits) {
			pk.fault.Modules = append(pk.fault.Modules, h.mod)
		}
	case !known:
	case len(hits) == 1:
		l.settle(pk, hits[0])
		l.needMod(pk)
	case l.in.Mode == Readonly:
		l.query(pk, others)
	}
}

// firstIsAll reports whether the go command looks into the whole graph at once.
func (l *loader) firstIsAll() bool { return l.whole && !l.in.Workspace && !l.in.Graph.Pruned() }

// firstVersion returns the version of a module among those that the go command looks into first: main modules and what a
// single one requires.
func (l *loader) firstVersion(modPath string) (version string, ok bool) {
	if _, ok := l.mains[modPath]; ok {
		return "", true
	}
	version, ok = l.roots[modPath]
	return version, ok && version != "none"
}

// selectedVersion returns the version of a module in the graph.
func (l *loader) selectedVersion(modPath string) (version string, ok bool) {
	version, ok = l.selected[modPath]
	return version, ok && version != "none"
}

// look returns the places that have a package, the one with the longest path first and the standard library last, and the
// modules that by their paths could have it, and do not. known is false if a source that could have it as well is not at hand.
func (l *loader) look(pk *pkg, version func(modPath string) (string, bool)) (hits []place, others []module.Version, known bool) {
	known = true
	for modPath := range imports.Prefixes(pk.path) {
		v, ok := version(modPath)
		if !ok {
			continue
		}
		m := module.Version{Path: modPath, Version: v}
		s := l.fetch(m)
		rel, _ := imports.Within(pk.path, modPath)
		has := s.err == nil && s.tree.Package(rel) != nil
		l.need(pk, m, s.key, has || s.err != nil)
		switch {
		case s.err != nil:
			known = false
		case has:
			h := place{mod: m, main: -1, tree: s.tree, rel: rel}
			if i, ok := l.mains[modPath]; ok {
				h.main = i
			}
			hits = append(hits, h)
		default:
			others = append(others, m)
		}
	}
	if l.isStd(pk.path) {
		hits = append(hits, inStd)
	}
	return hits, others, known
}

func (l *loader) settle(pk *pkg, h place) {
	pk.mod, pk.main, pk.tree, pk.rel = h.mod, h.main, h.tree, h.rel
}

// need notes that go.sum must have the checksum of a zip. Of several packages it notes the one that is found first, but
// rather one that the module has.
func (l *loader) need(pk *pkg, m, key module.Version, provides bool) {
	if key.Path == "" {
		return
	}
	n := l.needs[key]
	switch {
	case n == nil:
		n = &need{Need: Need{Key: key, Module: m}}
		n.Hash, _ = l.in.Zip(key) // "" if it is not there
		l.needs[key] = n
	case n.Provides || !provides:
		return
	}
	n.Path, n.Provides, n.by = pk.path, provides, pk
}

// needMod notes that go.sum must have the checksum of the go.mod file of a package's module, where that is not read for the
// graph.
func (l *loader) needMod(pk *pkg) {
	if pk.mod.Version == "" || l.in.Graph.Node(pk.mod) != nil {
		return
	}
	n, _ := l.in.Graph.Summary(l.in.Source, pk.mod)
	if n.Actual.Version == "" {
		return
	}
	if n.Cause == modgraph.NotKnown {
		l.unknown[pk.mod] = true
	}
	key := module.Version{Path: n.Actual.Path, Version: n.Actual.Version + "/go.mod"}
	if l.needs[key] == nil {
		need := &need{Need: Need{Key: key, Module: pk.mod, Path: pk.path, Provides: true}, by: pk}
		if n.Mod != nil {
			need.Hash = n.Mod.Hash()
		}
		l.needs[key] = need
	}
}

// fetch returns the source of a module.
func (l *loader) fetch(m module.Version) *source {
	if i, ok := l.mains[m.Path]; ok && m.Version == "" {
		return &source{tree: l.mainTrees[i]}
	}
	s, ok := l.sources[m]
	if !ok {
		s = l.open(m)
		l.sources[m] = s
	}
	return s
}

func (l *loader) open(m module.Version) *source {
	actual := m
	if r := l.in.Graph.Replacement(m); r != nil {
		if dir := r.Directory(); dir != "" {
			return l.openDir(dir)
		}
		actual = r.New
	}
	s := &source{key: actual}
	if s.tree, s.err = l.in.Tree(actual); s.err != nil {
		l.unknown[actual] = true
	}
	return s
}

// openDir returns a directory that replaces a module.
func (l *loader) openDir(dir string) *source {
	t, ok := l.local[dir]
	if !ok {
		if _, err := l.in.Files.List(dir); err != nil {
			return &source{err: err} // another fault, which is that of the replacement
		}
		t = imports.NewTree(l.in.Files, dir, l.in.Parsed)
		l.local[dir] = t
	}
	return &source{tree: t}
}

// query says why a package is in no module of the graph, also in none of the others, which could have it by their paths; see
// modload.queryImport.
func (l *loader) query(pk *pkg, others []module.Version) {
	var mods []module.Version
	for path, v := range l.in.Graph.HighestReplaced() {
		if _, ok := imports.Within(pk.path, path); !ok {
			continue
		}
		if v == "" {
			v = module.ZeroPseudoVersion("v0")
			if _, major, ok := module.SplitPathVersion(path); ok && major != "" {
				v = module.ZeroPseudoVersion(major[1:])
			}
		}
		if have, ok := l.selectedVersion(path); !ok || l.in.Graph.Compare(path, have, v) < 0 {
			mods = append(mods, module.Version{Path: path, Version: v})
		}
	}
	slices.SortFunc(mods, func(a, b module.Version) int { return len(b.Path) - len(a.Path) })
	for _, m := range mods {
		s := l.fetch(m)
		rel, _ := imports.Within(pk.path, m.Path)
		has := s.err == nil && s.tree.Package(rel) != nil
		switch {
		case s.err != nil:
			return
		case has:
			pk.fault = &Fault{Kind: NotRequired, Modules: []module.Version{m}}
			return
		}
	}
	switch {
	case len(mods) > 0 && module.CheckPath(pk.path) != nil:
		pk.fault = &Fault{Kind: NotInReplacement, Modules: mods}
	case imports.LooksStd(pk.path):
		pk.fault = &Fault{Kind: NotStd}
	default:
		pk.fault = &Fault{Kind: NoModule, Modules: others}
	}
}

// resolveVendored finds a package in the main modules or the vendor directory.
func (l *loader) resolveVendored(pk *pkg) {
	var hits []place
	if l.isStd(pk.path) {
		hits = append(hits, inStd)
	}
	for i, m := range l.in.Main {
		if rel, ok := imports.Within(pk.path, m.Path); ok && l.mainTrees[i].Package(rel) != nil {
			hits = append(hits, place{mod: module.Version{Path: m.Path}, main: i, tree: l.mainTrees[i], rel: rel})
		}
	}
	ignored := false
	if l.vendor.Package(pk.path) != nil {
		m, listed := l.in.Vendor.List.Provider(pk.path)
		if listed || !l.in.Vendor.Strict {
			hits = append(hits, place{mod: m, main: -1, tree: l.vendor, rel: pk.path})
		} else {
			ignored = true
		}
	}
	switch {
	case len(hits) == 1:
		l.settle(pk, hits[0])
	case len(hits) > 1:
		pk.fault = &Fault{Kind: Ambiguous}
		for _, h := range hits {
			if h.tree == l.vendor {
				h.mod = module.Version{Path: "vendor"}
			}
			pk.fault.Modules = append(pk.fault.Modules, h.mod)
		}
	case ignored:
		pk.fault = &Fault{Kind: NotListed}
	case imports.LooksStd(pk.path):
		pk.fault = &Fault{Kind: NotStd}
	default:
		pk.fault = &Fault{Kind: NotVendored}
		for _, m := range l.in.Main {
			if _, ok := imports.Within(pk.path, m.Path); ok {
				pk.fault.Modules = append(pk.fault.Modules, module.Version{Path: m.Path})
			}
		}
	}
}
