package sharedsource

import (
	"context"
	_ "embed"
	"fmt"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports replacements that use one module under two paths.
var Analyzer = &analysis.Analyzer{
	Name:     "sharedsource",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Warning,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	lines := replacements(pass)
	if len(lines) == 0 {
		return nil
	}
	g := pass.View.Graph()
	if g == nil || !g.Complete() {
		return nil
	}
	for _, p := range pairs.Of(g) {
		for _, r := range lines {
			if !replaces(r, g, p.second) && !replaces(r, g, p.first) {
				continue
			}
			pass.Report(analysis.Diagnostic{
				Span:    r.Line.Span,
				Module:  p.second,
				Message: fmt.Sprintf("%s is used both as %s and as %s; go build refuses one module under two paths", describe(r.New), p.first.Path, p.second.Path),
			})
		}
	}
	return nil
}

// A pair is two modules of different paths in whose place the same is read.
type pair struct{ first, second module.Version }

// pairs are those of a graph, each module with the first of its source.
var pairs = modgraph.NewProperty(func(g *modgraph.Graph) []pair {
	var found []pair
	list := used(g)
	first := make(map[module.Version]module.Version, len(list))
	for _, m := range list {
		src := source(g, m)
		if other, ok := first[src]; !ok {
			first[src] = m
		} else if other.Path != m.Path {
			found = append(found, pair{other, m})
		}
	}
	return found
})

// replaces reports whether r is the replacement of m.
func replaces(r *syntax.Replace, g *modgraph.Graph, m module.Version) bool {
	now := g.Replacement(m)
	return now != nil && now.Old == r.Old && now.New == r.New
}

// replacements returns the lines of the pass's file that are in force in its view.
func replacements(pass *analysis.Pass) []*syntax.Replace {
	switch {
	case pass.File.Kind == workspace.WorkFile:
		return pass.File.Work().Replace
	case pass.File.Kind == workspace.ModFile && !pass.View.Own:
		return pass.File.Mod().Replace
	}
	return nil
}

// used returns the modules that go compares: the whole build list, or with graph pruning the requirements, because go does not
// load the rest for every package; see modload.checkMultiplePaths.
func used(g *modgraph.Graph) []module.Version {
	if !g.Pruned() {
		return g.BuildList()
	}
	var list []module.Version
	for _, m := range g.Roots() {
		if g.Selected(m.Path) == m.Version && m.Path != "go" && m.Path != "toolchain" {
			list = append(list, m)
		}
	}
	return list
}

// source returns what is read in the place of m; a directory is named by its path alone.
func source(g *modgraph.Graph, m module.Version) module.Version {
	r := g.Replacement(m)
	if r == nil {
		return m
	}
	if dir := r.Directory(); dir != "" {
		return module.Version{Path: dir}
	}
	return r.New
}

func describe(m module.Version) string {
	if m.Version == "" {
		return m.Path
	}
	return m.Path + " " + m.Version
}
