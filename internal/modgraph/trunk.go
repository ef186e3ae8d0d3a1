package modgraph

import (
	"slices"

	"github.com/gomodls/gomodls/internal/modcache"
)

// A trunk is what a loader has found when it comes from some roots, and from which it can go on with more: which module versions it
// comes to depends on nothing but the roots, and what is selected is the highest version that any of them mentions. So what
// somebody types costs what it leads to, and not what all the rest does.
//
// A trunk is never changed. It goes no further than to go.mod files that never change, or to main modules that nobody edits: what else
// it comes to is left.
type trunk struct {
	in       Input // of the graph that it was made for
	pruning  pruning
	roots    []modcache.NodeID
	held     []modcache.PathID // none of their versions is in it: they are replaced in another way now and then, or edited
	left     []visit           // what it comes to, and does not go on to
	selected []modcache.NodeID
	index    []int32
	nodes    []*Node
	requires [][]modcache.NodeID
	done     []uint8
}

// most is how many roots may be others for a trunk to be made of those that are left, and how many paths may be held.
const most = 8

// findTrunk returns a trunk for a loader whose last graph has almost the same roots and replacements, or nil.
func (l *loader) findTrunk() *trunk {
	last := l.last
	if last == nil || last.pruning != l.pruning {
		return nil
	}
	var held []modcache.PathID
	wanted := newSet(l.roots)
	if t := last.trunk; t != nil {
		others, few := l.contested(&t.in)
		held = t.held
		if few && wanted.all(t.roots) && !slices.ContainsFunc(others, func(p modcache.PathID) bool { return !slices.Contains(held, p) }) {
			return t
		}
	}
	others, few := l.contested(&last.in)
	var common []modcache.NodeID
	for _, id := range last.roots {
		if wanted.has(id) {
			common = append(common, id)
		}
	}
	if !few || len(newSet(common).minus(l.roots)) > most {
		return nil
	}
	held = append(slices.Clip(held), others...)
	slices.Sort(held)
	if held = slices.Compact(held); len(held) > most {
		held = others
	}
	switch {
	case len(held) == 0 && len(common) == len(last.roots) && !l.in.Workspace && last.steady():
		return &trunk{last.in, last.pruning, last.roots, nil, nil, last.selected, last.index, last.nodes, last.requires, last.done}
	case l.trial:
		return nil
	}
	return l.growTrunk(common, held)
}

// steady reports whether no node can be another in the next graph.
func (g *Graph) steady() bool { return len(g.nodes) == g.faults[OK] && g.directories == 0 }

// contested returns the paths of what is replaced in another way, or is a main module that says something else, than with another
// input, which has the same main modules. It reports false if these are many.
func (l *loader) contested(other *Input) (paths []modcache.PathID, few bool) {
	few = true
	replaced := func(a, b []Replacement) {
		for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
			a, b = a[1:], b[1:]
		}
		for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
			a, b = a[:len(a)-1], b[:len(b)-1]
		}
		if few = few && len(a) <= most && len(b) <= most; !few {
			return
		}
		for _, rs := range [][]Replacement{a, b} {
			for _, r := range rs {
				paths = append(paths, l.names.Path(r.Old.Path))
			}
		}
	}
	replaced(other.Replace, l.in.Replace)
	for i := range l.in.Main {
		a, b := &other.Main[i], &l.in.Main[i]
		replaced(a.Replace, b.Replace)
		if l.in.Workspace && !a.requiresAs(b) {
			paths = append(paths, l.names.Path(b.Path))
		}
	}
	return paths, few && len(paths) <= most
}

// requiresAs reports whether two main modules lead to the same.
func (m *MainModule) requiresAs(other *MainModule) bool {
	a, b := m.Require, other.Require
	return m.Go == other.Go && len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0] || slices.Equal(a, b))
}

// growTrunk makes a trunk.
func (l *loader) growTrunk(roots []modcache.NodeID, held []modcache.PathID) *trunk {
	g := newGraph(l.in)
	g.pruning, g.roots = l.pruning, roots
	m := g.loader(l.source, l.last)
	m.holds = held
	if m.holds == nil {
		m.holds = []modcache.PathID{}
	}
	m.run(nil)
	return &trunk{g.in, g.pruning, roots, held, m.left, g.selected, g.index, g.nodes, g.requires, g.done}
}

// goOn starts from a trunk. It returns the roots that are left.
func (l *loader) goOn(t *trunk) []modcache.NodeID {
	paths, nodes := l.names.Len()
	l.selected, l.index, l.done = longer(t.selected, paths), longer(t.index, nodes), longer(t.done, nodes)
	l.nodes = append(make([]*Node, 0, len(t.nodes)+16), t.nodes...)
	l.requires = append(make([][]modcache.NodeID, 0, len(t.nodes)+16), t.requires...)
	l.faults[OK] = len(t.nodes)
	l.queue = append(l.queue, t.left...)
	left := newSet(t.roots).minus(l.roots)
	for _, id := range left { // of two that are equal, what is mentioned first is selected, and roots are mentioned before all else
		path := l.names.PathOf(id)
		if now := l.selected[path]; now != 0 && l.names.Compare(now, id) == 0 && !slices.Contains(l.roots, now) {
			l.selected[path] = id
		}
	}
	return left
}

// longer returns a copy of a slice with zeros at its end.
func longer[T any](s []T, n int) []T {
	long := make([]T, max(n, len(s)))
	copy(long, s)
	return long
}

// A set holds nodes.
type set []bool

func newSet(ids []modcache.NodeID) set {
	s := make(set, slices.Max(append(ids[:len(ids):len(ids)], 0))+1)
	for _, id := range ids {
		s[id] = true
	}
	return s
}

func (s set) has(id modcache.NodeID) bool { return int(id) < len(s) && s[id] }

func (s set) all(ids []modcache.NodeID) bool {
	return !slices.ContainsFunc(ids, func(id modcache.NodeID) bool { return !s.has(id) })
}

// minus returns those of ids that are not in s.
func (s set) minus(ids []modcache.NodeID) (left []modcache.NodeID) {
	for _, id := range ids {
		if !s.has(id) {
			left = append(left, id)
		}
	}
	return left
}
