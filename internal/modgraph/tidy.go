package modgraph

import (
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/modcache"
)

// LoadRoots computes the graph of a single main module as it would be with these roots, go and toolchain among them, and
// pruned or not: what the go command does while it looks for the roots to write. Of what the main module says itself only
// the path, the exclusions and the replacements count.
func LoadRoots(in Input, roots []module.Version, isPruned bool) *Graph {
	g := newGraph(in)
	g.pruning = unpruned
	if isPruned {
		g.pruning = pruned
	}
	for _, r := range roots {
		g.roots = append(g.roots, g.names.Node(r))
	}
	g.load(&in)
	return g
}

// Summary reads the go.mod file that stands for a module version, which need not be in the graph, and returns what it
// requires, without what the main module excludes.
func (g *Graph) Summary(source Source, m module.Version) (n *Node, requires []module.Version) {
	g.reading.all()
	id := g.names.Node(m)
	if int(id) < len(g.index) && g.index[id] != 0 {
		i := g.index[id] - 1
		return g.nodes[i], g.versions(g.requires[i])
	}
	l := &loader{Graph: g.plain, source: source}
	node := l.read(id)
	if node.Cause != OK {
		return &node, nil
	}
	return &node, g.versions(l.requirements(&node))
}

// Loaded reports whether the graph holds the requirements of a module version, and returns them.
func (g *Graph) Loaded(m module.Version) (requires []module.Version, ok bool) {
	g.reading.all()
	id := g.names.Node(m)
	if int(id) >= len(g.index) || g.index[id] == 0 || g.nodes[g.index[id]-1].Cause != OK {
		return nil, false
	}
	return g.versions(g.requires[g.index[id]-1]), true
}

func (g *Graph) versions(ids []modcache.NodeID) []module.Version {
	list := make([]module.Version, len(ids))
	for i, id := range ids {
		list[i] = g.names.Version(id)
	}
	return list
}

// AllSelected returns the selected version of every module but the main modules, go and toolchain included, by path.
func (g *Graph) AllSelected() []module.Version {
	g.reading.all()
	var list []module.Version
	for path, id := range g.selected {
		if id != 0 && !g.isMain(modcache.PathID(path)) {
			list = append(list, g.names.Version(id))
		}
	}
	slices.SortFunc(list, func(a, b module.Version) int { return strings.Compare(a.Path, b.Path) })
	return list
}

// Fault returns the module that the go command would name as the one whose requirements it cannot load, or nil if it can
// load all.
func (g *Graph) Fault() *Node {
	if faulty := g.Faulty(); len(faulty) > 0 {
		return faulty[0]
	}
	return nil
}
