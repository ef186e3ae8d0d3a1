package modgraph_test

import (
	"fmt"
	"testing"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/modgraph"
)

// BenchmarkLoad walks a graph of 1000 modules, each of which requires the next ten, with their go.mod files in memory.
func BenchmarkLoad(b *testing.B) {
	const n = 1000
	names := modcache.NewNames()
	version := func(i int) module.Version {
		return module.Version{Path: fmt.Sprintf("example.com/m%04d", i), Version: "v1.0.0"}
	}
	mods := map[modcache.NodeID]*modcache.Mod{}
	in := modgraph.Input{Local: "1.26", Names: names, Main: []modgraph.MainModule{{Path: "example.com/main", Go: "1.25"}}}
	for i := range n {
		text := "module " + version(i).Path + "\n\ngo 1.16\n"
		for j := i + 1; j < min(i+11, n); j++ {
			text += fmt.Sprintf("\nrequire %s v1.0.0\n", version(j).Path)
		}
		mods[names.Node(version(i))] = modcache.ParseMod(names, text)
		in.Main[0].Require = append(in.Main[0].Require, version(i))
	}
	in.Source = modgraph.Source{Mod: func(id modcache.NodeID) (*modcache.Mod, error) { return mods[id], nil }}
	b.ReportAllocs()
	for b.Loop() {
		if g := modgraph.Load(in); len(g.Nodes()) < n || !g.Complete() {
			b.Fatalf("%d nodes, complete: %v", len(g.Nodes()), g.Complete())
		}
	}
}
