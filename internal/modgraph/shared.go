package modgraph

import (
	"slices"

	"golang.org/x/mod/module"
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
	for _, m := range list {
		src := source(g, m)
		if other, ok := first[src]; !ok {
			first[src] = m
		} else if other.Path != m.Path {
			found = append(found, SharedSource{other, m})
		}
	}
	return found
}, slices.Equal[[]SharedSource])

// shares reports whether something is read for two of the modules. One of them is replaced, which few are.
func shares(g *Graph, list []module.Version) bool {
	replaced := map[module.Version]bool{} // what is read for those that are
	for _, m := range list {
		if src := source(g, m); src != m {
			if replaced[src] {
				return true
			}
			replaced[src] = true
		}
	}
	return len(replaced) > 0 && slices.ContainsFunc(list, func(m module.Version) bool { return replaced[m] && source(g, m) == m })
}

// compared returns the modules that go compares: the whole build list, or with graph pruning the requirements, because go does not
// load the rest for every package.
func compared(g *Graph) []module.Version {
	if !g.Pruned() {
		return g.BuildList()
	}
	roots := g.Roots()
	list := make([]module.Version, 0, len(roots))
	for _, m := range roots {
		if g.Selected(m.Path) == m.Version && m.Path != "go" && m.Path != "toolchain" {
			list = append(list, m)
		}
	}
	return list
}

// source returns what is read in the place of m; a directory is named by its path alone.
func source(g *Graph, m module.Version) module.Version {
	r := g.Replacement(m)
	if r == nil {
		return m
	}
	if dir := r.Directory(); dir != "" {
		return module.Version{Path: dir}
	}
	return r.New
}
