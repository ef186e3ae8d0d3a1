package tidy

import (
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/gomodls/gomodls/internal/imports"
	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/modgraph"
)

// source is where a module version's files are.
type source struct {
	tree *imports.Tree
	hash string // of its zip, if it is one in the module cache
	err  error
}

// found is where an import path leads: into the standard library if there is no module, and nowhere, as for "C", if there is
// neither.
type found struct {
	mod          module.Version // the main module has no version
	files        *imports.Package
	std          bool
	alternatives []module.Version // modules that by their paths could have had the package, and do not
}

// A missing error says that no module in the graph has a package.
type missing struct {
	std   bool             // by its path it would belong into the standard library: tidy lets that pass
	could []module.Version // that by their paths could have it
}

func (m *missing) Error() string {
	if m.std {
		return "not in the standard library"
	}
	return "no module that is required or on this machine provides it"
}

// errNoSource says that the source of a version is not in the module cache.
var errNoSource = fmt.Errorf("its source: %w", modcache.ErrMissing)

func isMissing(err error) bool {
	var m *missing
	return errors.As(err, &m)
}

// An ambiguous error says that several modules have a package.
type ambiguous struct{ mods []module.Version }

func (a *ambiguous) Error() string { return fmt.Sprintf("found in several modules: %v", a.mods) }

func isAmbiguous(err error) bool {
	var a *ambiguous
	return errors.As(err, &a)
}

// checkPath says why no package can have a path.
func (p *predictor) checkPath(importPath string) error {
	if p.memo.valid[importPath] {
		return nil
	}
	if err := imports.CheckPath(importPath); err != nil {
		return err
	}
	if p.memo.valid == nil {
		p.memo.valid = map[string]bool{}
	}
	p.memo.valid[importPath] = true
	return nil
}

// resolve finds the module that provides a package; see modload.importFromModules. Without a graph it looks among the roots
// first, and only if they have it not in the graph. skipMod leaves the go.mod of the module that has it unread.
func (p *predictor) resolve(importPath string, rs *requirements, g *graph, skipMod bool) (found, error) {
	if importPath == "C" {
		return found{}, nil
	}
	if err := p.checkPath(importPath); err != nil {
		return found{}, err
	}
	std := imports.LooksStd(importPath) && p.in.Std(importPath)
	for {
		var hits []found
		var alternatives []module.Version
		if std {
			hits = append(hits, found{std: true})
		}
		for modPath := range imports.Prefixes(importPath) {
			var v string
			var ok bool
			if g == nil {
				v, ok = p.rootSelected(rs, modPath)
			} else {
				v, ok = g.selected[modPath]
			}
			if !ok || v == "none" {
				continue
			}
			m := module.Version{Path: modPath, Version: v}
			files, err := p.packageIn(m, importPath)
			switch {
			case err != nil:
				return found{}, err
			case files != nil:
				hits = append(hits, found{mod: m, files: files})
			default:
				alternatives = append(alternatives, m)
			}
		}
		switch {
		case len(hits) > 1:
			a := new(ambiguous)
			for _, h := range hits {
				a.mods = append(a.mods, h.mod)
			}
			return found{}, a
		case len(hits) == 1:
			hit := hits[0]
			hit.alternatives = alternatives
			if !skipMod && !hit.std && hit.mod.Path != p.main {
				if err := p.readMod(hit.mod); err != nil {
					return found{}, err
				}
			}
			return hit, nil
		case g != nil:
			return found{}, &missing{imports.LooksStd(importPath), alternatives}
		}
		if g = p.graph(rs); g.fault != nil {
			return found{}, g.fault
		}
	}
}

// places are where import paths led with some requirements, as far as that rests on nothing but versions in the module cache.
type places struct {
	roots    []module.Version
	pruned   bool
	skipMods bool
	round    int // counts loads: what a place was found through is noted as used once in each
	used     map[module.Version]*use
	found    map[string]*placed
}

// placed is where one import path led, and what was looked into on the way.
type placed struct {
	found
	tried []*use
	graph bool // it took the whole graph, which counts as read from then on
}

// use is a module that was looked into.
type use struct {
	module.Version
	round int
	mod   int // the round in which its go.mod file was read as well
}

// begin makes the places ready for a load, without those that it may not find again.
func (m *Memo) begin(l *loader) {
	p := &m.places
	p.round++
	if p.found == nil || p.pruned != l.rs.pruned || p.skipMods != l.skipMods || !slices.Equal(p.roots, l.rs.roots) {
		*p = places{
			roots: slices.Clone(l.rs.roots), pruned: l.rs.pruned, skipMods: l.skipMods, round: p.round,
			used: map[module.Version]*use{}, found: map[string]*placed{},
		}
	}
}

// find is resolve with the requirements at hand, which looks nowhere again where nothing can have changed.
func (l *loader) find(importPath string, g *graph) (found, error) {
	p := &l.memo.places
	if at := p.found[importPath]; at != nil && l.again(at) {
		return at.found, nil
	}
	at, err := l.resolve(importPath, l.rs, g, l.skipMods)
	if err != nil || at.mod.Version == "" {
		return at, err
	}
	root, _ := l.rootSelected(l.rs, at.mod.Path)
	next := &placed{found: at, graph: g == nil && root != at.mod.Version}
	for _, m := range append([]module.Version{at.mod}, at.alternatives...) {
		if r := l.base.Replacement(m); m.Version == "" || r != nil && r.New.Version == "" { // its files can change
			return at, nil
		}
		if p.used[m] == nil {
			p.used[m] = &use{Version: m}
		}
		next.tried = append(next.tried, p.used[m])
	}
	p.found[importPath] = next
	return at, nil
}

// again notes as used what a place was found through, and reports whether that can be used still.
func (l *loader) again(at *placed) bool {
	round := l.memo.places.round
	if at.graph && l.graph(l.rs).fault != nil {
		return false
	}
	for i, u := range at.tried {
		if u.round != round {
			if _, err := l.fetch(u.Version); err != nil {
				return false
			}
			u.round = round
		}
		if i == 0 && !l.skipMods && u.mod != round {
			if l.readMod(u.Version) != nil {
				return false
			}
			u.mod = round
		}
	}
	return true
}

// readMod reads the go.mod file that stands for a module.
func (p *predictor) readMod(m module.Version) error {
	err, ok := p.modFaults[m]
	if !ok {
		n, _ := p.base.Summary(p.graphs.Source, m)
		p.useMod(n)
		if n.Cause != modgraph.OK {
			err = modFault(n)
		}
		p.modFaults[m] = err
	}
	return err
}

// packageIn returns the files of a package in a module, or nil if it has none.
func (p *predictor) packageIn(m module.Version, importPath string) (*imports.Package, error) {
	tree, err := p.fetch(m)
	if err != nil {
		return nil, err
	}
	rel, _ := imports.Within(importPath, m.Path)
	return tree.Package(rel), nil
}

// fetch returns the source of a module, which is noted as used.
func (p *predictor) fetch(m module.Version) (*imports.Tree, error) {
	if m.Path == p.main && m.Version == "" {
		return p.mainTree, nil
	}
	s, ok := p.sources[m]
	if !ok {
		s.tree, s.err = p.open(m)
		if s.err != nil {
			s.err = &Refusal{Module: m, Unknown: errors.Is(s.err, modcache.ErrMissing), Err: s.err}
		}
		p.sources[m] = s
	}
	return s.tree, s.err
}

func (p *predictor) open(m module.Version) (*imports.Tree, error) {
	r := p.base.Replacement(m)
	if r != nil && r.New.Version == "" {
		dir := r.Directory()
		if t, ok := p.local[dir]; ok {
			return t, nil
		}
		if _, err := p.in.Files.List(dir); err != nil {
			return nil, fmt.Errorf("the directory %s, which replaces it, cannot be read: %w", r.New.Path, err)
		}
		p.local[dir] = imports.NewTree(p.in.Files, dir, p.in.Parsed)
		return p.local[dir], nil
	}
	actual := p.actual(m)
	s, ok := p.memo.sources[actual]
	if !ok {
		var err error
		switch s.tree, err = p.in.Tree(actual); {
		case errors.Is(err, modcache.ErrMissing):
			return nil, errNoSource
		case err != nil:
			return nil, fmt.Errorf("its source: %w", err)
		}
		if s.hash, err = p.in.Zip(actual); err != nil {
			return nil, fmt.Errorf("its checksum: %w", err)
		}
		if p.memo.sources == nil {
			p.memo.sources = map[module.Version]source{}
		}
		p.memo.sources[actual] = s
	}
	p.use(actual, s.hash)
	if s.tree.Go != "" && compareGo(s.tree.Go, p.in.Local) > 0 {
		return nil, fmt.Errorf("it requires go >= %s", s.tree.Go)
	}
	return s.tree, nil
}

// query finds a module that could be added for a package. Without a module proxy that can only be one that is replaced, but
// not required; see modload.queryImport.
func (p *predictor) query(importPath string, rs *requirements) (module.Version, error) {
	var mods []module.Version
	for path, v := range p.replaced {
		if _, ok := imports.Within(importPath, path); !ok {
			continue
		}
		if v == "" {
			v = module.ZeroPseudoVersion("v0")
			if _, major, ok := module.SplitPathVersion(path); ok && major != "" {
				v = module.ZeroPseudoVersion(major[1:])
			}
		}
		g := p.graph(rs)
		if g.fault != nil {
			return module.Version{}, g.fault
		}
		if semver.Compare(g.version(path), v) < 0 {
			mods = append(mods, module.Version{Path: path, Version: v})
		}
	}
	slices.SortFunc(mods, func(a, b module.Version) int { return len(b.Path) - len(a.Path) })
	for _, m := range mods {
		files, err := p.packageIn(m, importPath)
		if err != nil {
			return module.Version{}, err
		}
		if files != nil {
			return m, nil
		}
	}
	if len(mods) > 0 && module.CheckPath(importPath) != nil {
		return module.Version{}, fmt.Errorf("%s, which replaces %s, does not have it", p.actual(mods[0]), mods[0].Path)
	}
	return module.Version{}, &missing{std: imports.LooksStd(importPath)}
}

// modFault says why a module's go.mod file is of no use.
func modFault(n *modgraph.Node) error {
	reason := n.Err
	switch n.Cause {
	case modgraph.NotKnown, modgraph.Unavailable:
		reason = errors.New("its go.mod file is not in the module cache")
	case modgraph.BadDirectory:
		reason = errors.New("the directory that replaces it has no go.mod file")
	case modgraph.NoModuleLine:
		reason = errors.New("its go.mod file has no module line")
	case modgraph.WrongPath:
		reason = fmt.Errorf("its go.mod file declares another path, %s", n.Mod.Path)
	case modgraph.TooNew:
		reason = fmt.Errorf("it requires go >= %s", n.Mod.Go)
	}
	return &Refusal{Module: n.Module, Unknown: n.Cause == modgraph.NotKnown, Err: reason}
}
