package modgraph

import (
	"slices"

	"github.com/gomodls/gomodls/internal/modcache"
)

// A trunk is what a loader has found when it comes from some roots, and from which it can go on with more: which module versions it
// comes to depends on nothing but the roots, and what is selected is the highest version that any of them mentions. So a
// requirement that somebody types costs what it leads to, and not what all the others do.
//
// A trunk is never changed. All of its nodes rest on go.mod files that never change either.
type trunk struct {
	roots    []modcache.NodeID
	selected []modcache.NodeID
	index    []int32
	nodes    []*Node
	requires [][]modcache.NodeID
	done     []uint8
}

// most is how many roots may be others for a trunk to be made of those that are left.
const most = 8

// trunkOf returns a graph as a trunk, or nil if some node may be another the next time.
func trunkOf(g *Graph) *trunk {
	if g.unsteady() > 0 {
		return nil
	}
	return &trunk{g.roots, g.selected, g.index, g.nodes, g.requires, g.done}
}

// unsteady returns how many nodes have to be read anew for another graph.
func (g *Graph) unsteady() int { return len(g.nodes) - g.faults[OK] + g.directories }

// findTrunk returns a trunk for a loader whose last graph has almost the same roots, or nil. It is for single modules.
func (l *loader) findTrunk() *trunk {
	last := l.last
	if l.in.Workspace || last == nil || !l.replacesAsLast || last.pruning != l.pruning {
		return nil
	}
	wanted := newSet(l.roots)
	if t := last.trunk; t != nil && wanted.all(t.roots) {
		return t
	}
	var common []modcache.NodeID
	edited := 0 // nodes to be read anew that are no more
	for _, id := range last.roots {
		if wanted.has(id) {
			common = append(common, id)
		} else if n := last.node(id); n != nil && (n.Cause != OK || n.Dir != "") {
			edited++
		}
	}
	switch {
	case last.unsteady() > edited || len(newSet(common).minus(l.roots)) > most:
		return nil
	case len(common) == len(last.roots):
		return trunkOf(last)
	}
	g := newGraph(l.in)
	g.pruning, g.roots = l.pruning, common
	g.loader(l.source, last).run(nil)
	return trunkOf(g)
}

// goOn starts from a trunk. It returns the roots that are left.
func (l *loader) goOn(t *trunk) []modcache.NodeID {
	l.selected, l.index, l.done = slices.Clone(t.selected), slices.Clone(t.index), slices.Clone(t.done)
	l.nodes = append(make([]*Node, 0, len(t.nodes)+16), t.nodes...)
	l.requires = append(make([][]modcache.NodeID, 0, len(t.nodes)+16), t.requires...)
	l.faults[OK] = len(t.nodes)
	l.grow()
	return newSet(t.roots).minus(l.roots)
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
