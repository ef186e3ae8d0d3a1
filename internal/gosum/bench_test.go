package gosum

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/syntax"
)

// BenchmarkSums indexes a go.sum of 3000 lines and holds it against a graph of 1000 modules.
func BenchmarkSums(b *testing.B) {
	names := modcache.NewNames()
	in := modgraph.Input{Local: "1.26", Names: names, Main: []modgraph.MainModule{{Path: "example.com/main", Go: "1.25"}}}
	mod := modcache.ParseMod(names, "module example.com/m\n\ngo 1.21\n")
	in.Source = modgraph.Source{Mod: func(modcache.NodeID) (*modcache.Mod, error) { return mod, nil }}
	var text strings.Builder
	for i := range 3000 {
		m := module.Version{Path: fmt.Sprintf("example.com/m%04d", i), Version: "v1.0.0"}
		fmt.Fprintf(&text, "%s %s/go.mod %s\n", m.Path, m.Version, mod.Hash())
		if i < 1000 {
			in.Main[0].Require = append(in.Main[0].Require, m)
		}
	}
	sum, g := syntax.ParseSum(text.String()), modgraph.Load(in)
	b.ReportAllocs()
	for b.Loop() {
		x := NewIndex(sum)
		if missing, wrong := Missing(g, x), x.Contradicted(g); len(missing)+len(wrong) > 0 {
			b.Fatalf("missing: %d, contradicted: %d", len(missing), len(wrong))
		}
	}
}
