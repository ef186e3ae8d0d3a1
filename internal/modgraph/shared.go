package modgraph

import (
	"slices"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/modcache"
)

// A SharedSource is two modules of different paths in whose place the same is read.
type SharedSource struct{ First, Second module.Version }

// SharedSources are those of a graph, each module with the first of its source. Where there are some, the go command loads no
// packages, and says nothing about single ones; see checkMultiplePaths in cmd/go/internal/modload/load.go.
var SharedSources = NewProperty(func(g *Graph) []SharedSource {
	if len(g.byPath) == 0 { // each is read in its own place
		return nil
	}
	list := compared(g)
	if !shares(g, list) {
		return nil
	}
	var found []SharedSource
	first := make(map[module.Version]module.Version, len(list))
	for _, id := range list {
		m, src := g.names.Version(id), source(g, id)
		if other, ok := first[src]; !ok {
			first[src] = m
		} else if other.Path != m.Path {
			found = append(found, SharedSource{other, m})
		}
	}
	return found
}, slices.Equal[[]SharedSource])

// shares reports whether something is read for two of the modules. One of them is replaced, which few are.
func shares(g *Graph, list []modcache.NodeID) bool {
	replaced := map[module.Version]bool{} // what is read for those that are
	for _, id := range list {
		if len(g.byPath[g.names.PathOf(id)]) == 0 {
			continue
		}
		if src := source(g, id); src != g.names.Version(id) {
			if replaced[src] {
				return true
			}
			replaced[src] = true
		}
	}
	return len(replaced) > 0 && slices.ContainsFunc(list, func(id modcache.NodeID) bool {
		m := g.names.Version(id)
		return replaced[m] && source(g, id) == m
	})
}

// compared returns the modules that go compares: the whole build list, or with graph pruning the requirements, because go does not
// load the rest for every package.
func compared(g *Graph) []modcache.NodeID {
	if !g.Pruned() {
		all := g.BuildList()
		list := make([]modcache.NodeID, len(all))
		for i, m := range all {
			list[i] = g.names.Node(m)
		}
		return list
	}
	list := make([]modcache.NodeID, 0, len(g.roots))
	for _, id := range g.roots {
		if g.selected[g.names.PathOf(id)] == id && !isToolchain(g.names.Version(id).Path) {
			list = append(list, id)
		}
	}
	return list
}

// source returns what is read in the place of a module version; a directory is named by its path alone.
func source(g *Graph, id modcache.NodeID) module.Version {
	m := g.names.Version(id)
	r := g.replacement(m, g.names.PathOf(id))
	if r == nil {
		return m
	}
	if dir := r.Directory(); dir != "" {
		return module.Version{Path: dir}
	}
	return r.New
}
