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
	for _, p := range modgraph.SharedSources.Of(g) {
		for _, r := range lines {
			if !replaces(r, g, p.Second) && !replaces(r, g, p.First) {
				continue
			}
			pass.Report(analysis.Diagnostic{
				Span:    r.Line.Span,
				Module:  p.Second,
				Message: fmt.Sprintf("%s is used both as %s and as %s; go build refuses one module under two paths", describe(r.New), p.First.Path, p.Second.Path),
			})
		}
	}
	return nil
}

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

func describe(m module.Version) string {
	if m.Version == "" {
		return m.Path
	}
	return m.Path + " " + m.Version
}
