package summismatch

import (
	"context"
	_ "embed"
	"fmt"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/gosum"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports lines of go.sum that contradict the module cache.
var Analyzer = &analysis.Analyzer{
	Name:     "summismatch",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	if pass.File.Kind != workspace.SumFile {
		return nil
	}
	g := pass.View.Graph()
	if g == nil {
		return nil
	}
	lines := pass.File.Checksums()
	reported := map[*syntax.SumLine]bool{}
	for _, n := range g.Nodes() {
		key, ok := gosum.ModKey(n)
		if !ok || n.Mod == nil {
			continue
		}
		var l *syntax.SumLine
		switch {
		case pass.View.Work == nil || pass.File == pass.View.WorkSum:
			l = lines.Contradiction(key, n.Mod.Hash())
		case !pass.View.WorkSum.Checksums().Vouches(key, n.Mod.Hash()):
			l = lines.AnyContradiction(key, n.Mod.Hash())
		}
		if l != nil && !reported[l] {
			reported[l] = true
			report(pass, n, l)
		}
	}
	return nil
}

func report(pass *analysis.Pass, n *modgraph.Node, l *syntax.SumLine) {
	pass.Report(analysis.Diagnostic{
		Span:   l.HashSpan,
		Module: module.Version{Path: n.Actual.Path, Version: n.Actual.Version},
		Message: fmt.Sprintf("this line says %s, but the go.mod file of %s %s in the module cache has %s; go refuses with a security error",
			l.Hash, n.Actual.Path, n.Actual.Version, n.Mod.Hash()),
		Fixes: []fixes.Fix{{
			Title: "Drop this line and let go check " + n.Actual.Path + " against the checksum database", Kind: fixes.QuickFix,
			Command: pass.Command("gomodls.download", map[string]any{"recheck": n.Actual.Path + "@" + n.Actual.Version}),
		}},
	})
}
