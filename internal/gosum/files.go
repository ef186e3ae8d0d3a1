package gosum

import (
	"slices"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/modgraph"
)

// Len returns how many lines go.sum has.
func (x *Index) Len() int {
	if x == nil {
		return 0
	}
	return len(x.entries)
}

// Held returns what go.sum has lines about: the modules of a graph whose go.mod files are not as some line says, as Contradicted
// does, and those that Mentioned has, each in any order. Where go.sum has far fewer lines than the graph has modules, it asks the
// graph about no others. Another graph is as good if it says the same of what go.sum has lines about.
func (x *Index) Held(g *modgraph.Graph) (contradicted []*modgraph.Node, mentioned []modcache.NodeID) {
	if x == nil {
		return nil, nil
	}
	g.Asks(heldBy{x})
	g = g.Plain()
	if 2*x.Len() < g.Size() {
		return x.short(g)
	}
	return x.long(g)
}

// heldBy asks for what Held returns.
type heldBy struct{ *Index }

func (q heldBy) Unchanged(d *modgraph.Difference) bool {
	for i, id := range q.versionsIn(d.To.Names()) {
		if id == 0 || !d.ConcernsVersion(id) {
			continue
		}
		contradicted, mentioned := q.heldAt(d.From, i)
		others, other := q.heldAt(d.To, i)
		if mentioned != other || !modgraph.SameNodes(contradicted, others) {
			return false
		}
	}
	return true
}

// versionsIn returns the IDs of the module versions whose go.mod files the lines are about, and 0 for other lines.
func (x *Index) versionsIn(names *modcache.Names) []modcache.NodeID {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.names != names {
		x.names, x.versions = names, make([]modcache.NodeID, len(x.entries))
		for i := range x.entries {
			if e := &x.entries[i]; e.GoMod {
				x.versions[i] = names.Node(module.Version{Path: e.Path, Version: e.Version})
			}
		}
	}
	return x.versions
}

// long goes through the graph, where it is not the same as the last time.
func (x *Index) long(g *modgraph.Graph) (contradicted []*modgraph.Node, mentioned []modcache.NodeID) {
	nodes, named := g.Nodes(), g.Mentioned()
	x.mu.Lock()
	defer x.mu.Unlock()
	h := x.held.of(g, func() held {
		h := held{contradicted: x.contradicted(nodes)}
		for _, id := range named {
			if x.look(id, g.Names().Version(id), nil)&listed != 0 {
				h.mentioned = append(h.mentioned, id)
			}
		}
		return h
	})
	return slices.Clip(h.contradicted), slices.Clip(h.mentioned)
}

// held is what Held returns.
type held struct {
	contradicted []*modgraph.Node
	mentioned    []modcache.NodeID
}

// short goes through the lines rather than through the graph.
func (x *Index) short(g *modgraph.Graph) (contradicted []*modgraph.Node, mentioned []modcache.NodeID) {
	for i := range x.entries {
		nodes, alone := x.heldAt(g, i)
		contradicted = append(contradicted, nodes...)
		if alone {
			mentioned = append(mentioned, g.Names().Node(module.Version{Path: x.entries[i].Path, Version: x.entries[i].Version}))
		}
	}
	return contradicted, mentioned
}

// heldAt returns what is held because of the line at a place, and nothing if another line has been there for it before.
func (x *Index) heldAt(g *modgraph.Graph, i int) (contradicted []*modgraph.Node, mentioned bool) {
	e := &x.entries[i]
	k := keyOfLine(e)
	if !e.GoMod || int(x.find(k)) != i+1 {
		return nil, false
	}
	m := module.Version{Path: e.Path, Version: e.Version}
	for _, n := range g.ReadAt(m) {
		if n.Mod != nil && x.denies(k, n.Mod.Hash()) {
			contradicted = append(contradicted, n)
		}
	}
	return contradicted, g.MentionedAt(m)
}

// Denies reports whether some line about the go.mod file of a module version has another checksum than hash.
func (x *Index) Denies(m module.Version, hash string) bool {
	return x.denies(key{m.Path, m.Version, true}, hash)
}

// denies reports whether some line about a key has another checksum than hash.
func (x *Index) denies(k key, hash string) bool {
	for l := range x.each(k) {
		if l.Hash != hash {
			return true
		}
	}
	return false
}
