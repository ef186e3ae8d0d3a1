package malformedsum

import (
	"context"
	_ "embed"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/internal/gosum"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports lines of go.sum that are no checksums.
var Analyzer = &analysis.Analyzer{
	Name:     "malformedsum",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	if pass.File.Kind != workspace.SumFile {
		return nil
	}
	severity := analysis.Warning
	if consulted(pass.View) {
		severity = analysis.Error
	}
	for _, p := range pass.File.Sum().Problems {
		d := pass.FromProblem(p)
		d.Severity = severity
		if p.Severity == syntax.Silent {
			d.Severity, d.Tags = analysis.Hint, analysis.Unnecessary
		}
		pass.Report(d)
	}
	return nil
}

// consulted reports whether the go command looks at go.sum at all: it does so for the first module that is not a directory.
func consulted(v *workspace.View) bool {
	if v.Mode == workspace.Vendor {
		return false
	}
	g := v.Graph()
	if g == nil { // another fault comes first; this one remains
		for _, m := range v.Modules() {
			if len(m.Mod.Mod().Require) > 0 {
				return true
			}
		}
		return false
	}
	for _, n := range g.Nodes() {
		if _, ok := gosum.ModKey(n); ok {
			return true
		}
	}
	return false
}
