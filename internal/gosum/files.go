package gosum

import (
	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/modgraph"
)

// Files finds the go.mod files that go reads for a graph by module version, for a go.sum that has far fewer lines than the graph
// has modules. It is never changed.
type Files struct {
	Graph     *modgraph.Graph
	nodes     map[module.Version][]*modgraph.Node
	mentioned map[module.Version]bool
}

// NewFiles returns the files of a graph.
func NewFiles(g *modgraph.Graph) *Files {
	f := &Files{Graph: g, nodes: map[module.Version][]*modgraph.Node{}, mentioned: map[module.Version]bool{}}
	for _, n := range g.Nodes() {
		if n.Actual.Version != "" && n.Mod != nil {
			f.nodes[n.Actual] = append(f.nodes[n.Actual], n)
		}
	}
	for _, m := range g.Mentioned() {
		f.mentioned[m] = true
	}
	return f
}

// Len returns how many lines go.sum has.
func (x *Index) Len() int {
	if x == nil {
		return 0
	}
	return len(x.entries)
}

// Short reports whether it costs less to go through the lines of go.sum than through the files.
func (x *Index) Short(f *Files) bool {
	return x == nil || 2*x.Len() < len(f.nodes)+len(f.mentioned)
}

// In returns what go.sum has lines about, in its order: the modules whose go.mod files are not as some line says, as Contradicted
// does, and those that Mentioned has.
func (x *Index) In(f *Files) (contradicted []*modgraph.Node, mentioned []module.Version) {
	if x == nil {
		return nil, nil
	}
	for i := range x.entries {
		e := &x.entries[i]
		k := keyOfLine(e)
		m := module.Version{Path: e.Path, Version: e.Version}
		if !e.GoMod || len(f.nodes[m]) == 0 && !f.mentioned[m] || int(x.find(k)) != i+1 { // another line has been there for all
			continue
		}
		for _, n := range f.nodes[m] {
			for l := range x.each(k) {
				if l.Hash != n.Mod.Hash() {
					contradicted = append(contradicted, n)
					break
				}
			}
		}
		if f.mentioned[m] {
			mentioned = append(mentioned, m)
		}
	}
	return contradicted, mentioned
}
