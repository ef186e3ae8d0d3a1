package gosum

import (
	"golang.org/x/mod/module"

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
// graph about no others.
func (x *Index) Held(g *modgraph.Graph) (contradicted []*modgraph.Node, mentioned []module.Version) {
	if x == nil {
		return nil, nil
	}
	if 2*x.Len() < g.Size() {
		return x.short(g)
	}
	for _, m := range g.Mentioned() {
		if x.HasMod(m) {
			mentioned = append(mentioned, m)
		}
	}
	return x.Contradicted(g), mentioned
}

// short goes through the lines rather than through the graph.
func (x *Index) short(g *modgraph.Graph) (contradicted []*modgraph.Node, mentioned []module.Version) {
	for i := range x.entries {
		e := &x.entries[i]
		k := keyOfLine(e)
		if !e.GoMod || int(x.find(k)) != i+1 { // another line has been there for all
			continue
		}
		m := module.Version{Path: e.Path, Version: e.Version}
		for _, n := range g.ReadAt(m) {
			if n.Mod != nil && x.denies(k, n.Mod.Hash()) {
				contradicted = append(contradicted, n)
			}
		}
		if g.MentionedAt(m) {
			mentioned = append(mentioned, m)
		}
	}
	return contradicted, mentioned
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
