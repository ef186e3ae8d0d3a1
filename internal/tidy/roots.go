package tidy

import (
	"maps"
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/modgraph"
)

// requirements are the roots of a module graph: what go.mod says, or might say. They are immutable, except that the graph is
// loaded when it is first asked for: whether that has happened matters; see predictor.updatePruned.
type requirements struct {
	pruned bool
	roots  []module.Version  // by path and version
	max    map[string]string // the highest version of each path among the roots
	direct map[string]bool   // paths of modules that provide packages which the main module imports

	loaded *graph
}

// graph is a module graph and what is asked of it often.
type graph struct {
	*modgraph.Graph
	selected map[string]string // without modules that are not there, and with the main module at ""
	fault    error
}

func (p *predictor) newRequirements(isPruned bool, roots []module.Version, direct map[string]bool) *requirements {
	rs := &requirements{pruned: isPruned, roots: slices.Clone(roots), max: make(map[string]string, len(roots)), direct: direct}
	slices.SortStableFunc(rs.roots, func(a, b module.Version) int {
		if c := strings.Compare(a.Path, b.Path); c != 0 {
			return c
		}
		return p.base.Compare(a.Path, a.Version, b.Version)
	})
	for _, m := range rs.roots {
		rs.max[m.Path] = m.Version
	}
	return rs
}

// goVersion returns the go line.
func (rs *requirements) goVersion() string { return rs.max["go"] }

// redundant reports whether a path has several roots, or the main module's path one.
func (rs *requirements) redundant(main string) bool {
	_, ok := rs.max[main]
	return ok || len(rs.max) < len(rs.roots)
}

// graph returns the graph of the requirements.
func (p *predictor) graph(rs *requirements) *graph {
	if rs.loaded == nil {
		rs.loaded = p.loadGraph(rs.roots, rs.pruned)
	}
	return rs.loaded
}

// memoGraph is a graph without faults, and what it was computed from.
type memoGraph struct {
	roots  []module.Version
	pruned bool
	graph  *graph
}

// keptGraphs is how many graphs a Memo holds: as many as one prediction commonly looks at.
const keptGraphs = 8

func (p *predictor) loadGraph(roots []module.Version, isPruned bool) *graph {
	for i, m := range p.memo.graphs {
		if m.pruned == isPruned && slices.Equal(m.roots, roots) {
			copy(p.memo.graphs[1:i+1], p.memo.graphs[:i])
			p.memo.graphs[0] = m
			p.useGraph(m.graph)
			return m.graph
		}
	}
	g := p.newGraph(roots, isPruned)
	if g.fault == nil {
		p.memo.graphs = slices.Insert(p.memo.graphs, 0, &memoGraph{slices.Clone(roots), isPruned, g})
		p.memo.graphs = p.memo.graphs[:min(len(p.memo.graphs), keptGraphs)]
	}
	return g
}

func (p *predictor) newGraph(roots []module.Version, isPruned bool) *graph {
	in := p.graphs
	if len(p.memo.graphs) > 0 {
		in.Last = p.memo.graphs[0].graph.Graph
	}
	g := &graph{Graph: modgraph.LoadRoots(in, roots, isPruned)}
	p.useGraph(g)
	list := g.AllSelected()
	g.selected = make(map[string]string, len(list)+1)
	g.selected[p.main] = ""
	for _, m := range list {
		g.selected[m.Path] = m.Version
	}
	if n := g.Fault(); n != nil {
		g.fault = modFault(n)
	}
	return g
}

// rootSelected returns the version of the root with a path; the main module's is "".
func (p *predictor) rootSelected(rs *requirements, path string) (string, bool) {
	if path == p.main {
		return "", true
	}
	v, ok := rs.max[path]
	return v, ok
}

// isSelected reports whether the graph selects a module at this version.
func (g *graph) isSelected(m module.Version) bool { return g.version(m.Path) == m.Version }

// version returns the selected version of a path, "none" if there is none.
func (g *graph) version(path string) string {
	if v, ok := g.selected[path]; ok {
		return v
	}
	return "none"
}

// update returns requirements with the modules of pkgs and those to add among the roots, each root at its selected version.
func (p *predictor) update(rs *requirements, direct map[string]bool, pkgs []*pkg, add []module.Version) (*requirements, error) {
	if rs.pruned {
		return p.updatePruned(rs, direct, pkgs, add)
	}
	return p.updateUnpruned(rs, direct, add)
}

// updatePruned makes the modules of packages in "all" roots, and raises roots to their selected versions. The graph is loaded
// only if a root is new, if it has been loaded before, or if one of those modules requires more than a root offers: errors in
// parts of the graph that were never looked at do not count.
func (p *predictor) updatePruned(rs *requirements, direct map[string]bool, pkgs []*pkg, add []module.Version) (*requirements, error) {
	roots, grown := slices.Clone(rs.roots), false
	check := map[module.Version]bool{}
	grow := func(m module.Version) {
		roots, grown = append(roots, m), true
	}
	for _, pk := range pkgs {
		if !p.external(pk) || !pk.has(inAll) && !pk.has(isRoot) {
			continue
		}
		if _, ok := p.rootSelected(rs, pk.mod.Path); ok {
			check[pk.mod] = true
		} else {
			grow(pk.mod)
		}
	}
	for _, m := range add {
		if v, ok := p.rootSelected(rs, m.Path); !ok || m.Path != p.main && p.base.Compare(m.Path, v, m.Version) < 0 {
			grow(m)
		}
	}
	for {
		var g *graph
		switch {
		case grown:
			rs = p.newRequirements(true, roots, direct)
			if g = p.graph(rs); g.fault != nil {
				return rs, g.fault
			}
		case rs.loaded != nil:
			g = rs.loaded
		case !p.spotCheck(rs, check):
			if g = p.graph(rs); g.fault != nil {
				return rs, g.fault
			}
		}
		roots, grown = make([]module.Version, 0, len(rs.roots)), false
		have := map[string]bool{p.main: true}
		for _, m := range rs.roots {
			if have[m.Path] {
				continue
			}
			have[m.Path] = true
			v := rs.max[m.Path]
			if g != nil {
				v = g.version(m.Path)
			}
			roots = append(roots, module.Version{Path: m.Path, Version: v})
			grown = grown || v != m.Version
		}
		if !grown {
			break
		}
	}
	if rs.pruned && slices.Equal(roots, rs.roots) && maps.Equal(direct, rs.direct) {
		return rs, nil
	}
	return p.newRequirements(true, roots, direct), nil
}

// spotCheck reports whether the roots satisfy what these modules require of them.
func (p *predictor) spotCheck(rs *requirements, mods map[module.Version]bool) bool {
	for m := range mods {
		n, requires := p.base.Summary(p.graphs.Source, m)
		p.useMod(n)
		if n.Cause != modgraph.OK {
			return false
		}
		for _, r := range requires {
			if v, ok := p.rootSelected(rs, r.Path); ok && r.Path != p.main && p.base.Compare(r.Path, v, r.Version) < 0 {
				return false
			}
		}
	}
	return true
}

// updateUnpruned keeps every selected version, with as few roots as that takes beside those that are there and direct.
func (p *predictor) updateUnpruned(rs *requirements, direct map[string]bool, add []module.Version) (*requirements, error) {
	g := p.graph(rs)
	if g.fault != nil {
		return rs, g.fault
	}
	var paths []string
	listed := map[string]bool{}
	list := func(path string) {
		if !listed[path] {
			listed[path] = true
			paths = append(paths, path)
		}
	}
	for _, m := range rs.roots {
		if g.isSelected(m) {
			list(m.Path)
		}
	}
	keep := append(g.AllSelected(), add...)
	for _, m := range keep {
		if direct[m.Path] {
			list(m.Path)
		}
	}
	roots, _, err := p.minimal(paths, keep)
	if err != nil {
		return rs, err
	}
	if !rs.pruned && slices.Equal(roots, rs.roots) && maps.Equal(direct, rs.direct) {
		return rs, nil
	}
	return p.newRequirements(false, roots, direct), nil
}

// minimal returns as few roots as select what keep selects, and hold all listed paths; see mvs.Req.
func (p *predictor) minimal(listed []string, keep []module.Version) (roots []module.Version, g *graph, err error) {
	g = p.loadGraph(keep, false)
	if g.fault != nil {
		return nil, nil, g.fault
	}
	requires := map[module.Version][]module.Version{}
	var order []module.Version // each module after what it requires
	var visit func(m module.Version)
	visit = func(m module.Version) {
		if _, ok := requires[m]; ok {
			return
		}
		requires[m], _ = g.Loaded(m)
		for _, r := range requires[m] {
			visit(r)
		}
		order = append(order, m)
	}
	requires[module.Version{Path: p.main}] = nil
	for _, m := range g.AllSelected() {
		visit(m)
	}
	implied := map[module.Version]bool{}
	var imply func(m module.Version)
	imply = func(m module.Version) {
		if !implied[m] {
			implied[m] = true
			for _, r := range requires[m] {
				imply(r)
			}
		}
	}
	for _, path := range listed {
		m := module.Version{Path: path, Version: g.version(path)}
		roots = append(roots, m)
		imply(m)
	}
	for _, m := range slices.Backward(order) {
		if g.isSelected(m) && !implied[m] {
			roots = append(roots, m)
			imply(m)
		}
	}
	slices.SortFunc(roots, func(a, b module.Version) int { return strings.Compare(a.Path, b.Path) })
	return roots, g, nil
}

// convert returns the requirements with the pruning of another go line.
func (p *predictor) convert(rs *requirements, toPruned bool) (*requirements, error) {
	switch {
	case rs.pruned == toPruned:
		return rs, nil
	case rs.pruned:
		return p.updateUnpruned(rs, rs.direct, nil)
	}
	g := p.graph(rs)
	if g.fault != nil {
		return rs, g.fault
	}
	return p.newRequirements(true, g.AllSelected(), rs.direct), nil
}

// tidied is what the packages that were loaded last need of some requirements.
type tidied struct{ of, tidy *requirements }

// tidy returns the roots that the packages need, and no others.
func (l *loader) tidy(old *requirements) (*requirements, error) {
	if l.tidied.of == old {
		return l.tidied.tidy, nil
	}
	tidy := l.tidyUnpruned
	if old.pruned {
		tidy = l.tidyPruned
	}
	rs, err := tidy(old)
	if err == nil {
		l.tidied = tidied{old, rs}
	}
	return rs, err
}

// tidyPruned begins with the modules of packages in "all". For the others it goes outwards, importer before imported, and adds
// the module of a package only where the graph so far would select less than was used; what a module of the outer circle needs
// is for that module's own go.mod to say. Modules that a package becomes ambiguous without are added last.
func (l *loader) tidyPruned(old *requirements) (*requirements, error) {
	var roots []module.Version
	isRootPath := map[string]bool{l.main: true}
	add := func(m module.Version) {
		roots = append(roots, m)
		isRootPath[m.Path] = true
	}
	for _, path := range []string{"go", "toolchain"} {
		if v, ok := old.max[path]; ok {
			add(module.Version{Path: path, Version: v})
		}
	}
	var queue []*pkg
	first := l.pass()
	for _, pk := range l.pkgs {
		if !pk.has(inAll) {
			continue
		}
		if l.external(pk) && !isRootPath[pk.mod.Path] {
			add(pk.mod)
		}
		first(pk)
		queue = append(queue, pk)
	}
	tidy := l.newRequirements(true, roots, old.direct)
	for len(queue) > 0 {
		roots = slices.Clone(tidy.roots)
		g := l.graph(tidy)
		if g.fault != nil {
			return nil, g.fault
		}
		level := queue
		queue = nil
		for _, pk := range level {
			if pk.mod.Path == "" {
				continue
			}
			for _, dep := range pk.imports {
				if first(dep) {
					queue = append(queue, dep)
				}
			}
			if pk.test != nil && first(pk.test) {
				queue = append(queue, pk.test)
			}
			if m := pk.mod; !isRootPath[m.Path] && l.base.Compare(m.Path, g.version(m.Path), m.Version) < 0 {
				add(m)
			}
		}
		if len(roots) > len(tidy.roots) {
			tidy = l.newRequirements(true, roots, tidy.direct)
		}
	}
	if g := l.graph(tidy); g.fault != nil {
		return nil, g.fault
	}
	for {
		roots = slices.Clone(tidy.roots)
		for _, pk := range l.pkgs {
			if pk.mod.Path == "" || isRootPath[pk.mod.Path] {
				continue
			}
			if _, err := l.resolve(pk.path, tidy, nil, true); isAmbiguous(err) {
				roots = append(roots, pk.mod)
			}
		}
		if len(roots) == len(tidy.roots) {
			return tidy, nil
		}
		for _, m := range roots {
			isRootPath[m.Path] = true
		}
		roots = slices.Compact(slices.SortedFunc(slices.Values(roots), func(a, b module.Version) int {
			return strings.Compare(a.Path+"\x00"+a.Version, b.Path+"\x00"+b.Version)
		}))
		tidy = l.newRequirements(true, roots, tidy.direct)
		if g := l.graph(tidy); g.fault != nil {
			return nil, g.fault
		}
	}
}

// tidyUnpruned keeps the versions of all modules that provide a package. Modules that might have provided one, but do not, may
// go, but not fall: at a lower version they might.
func (l *loader) tidyUnpruned(old *requirements) (*requirements, error) {
	var keep []module.Version
	var listed []string
	kept, alternatives := map[string]bool{}, map[string]string{}
	for _, path := range []string{"go", "toolchain"} {
		if v, ok := old.max[path]; ok {
			keep = append(keep, module.Version{Path: path, Version: v})
			kept[path] = true
		}
	}
	for _, pk := range l.pkgs {
		if !l.external(pk) {
			continue
		}
		if m := pk.mod; !kept[m.Path] {
			kept[m.Path] = true
			keep = append(keep, m)
			if old.direct[m.Path] {
				listed = append(listed, m.Path)
			}
		}
		for _, m := range pk.alternatives {
			alternatives[m.Path] = m.Version
		}
	}
	roots, g, err := l.minimal(listed, keep)
	if err != nil {
		return nil, err
	}
	fallen := false
	for _, m := range g.AllSelected() {
		if v, ok := alternatives[m.Path]; ok && v != "" && l.base.Compare(m.Path, m.Version, v) < 0 {
			keep = append(keep, module.Version{Path: m.Path, Version: v})
			fallen = true
		}
	}
	if fallen {
		if roots, _, err = l.minimal(listed, keep); err != nil {
			return nil, err
		}
	}
	return l.newRequirements(false, roots, old.direct), nil
}
