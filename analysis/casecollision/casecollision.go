package casecollision

import (
	"context"
	_ "embed"
	"fmt"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports requirements that differ from another in upper and lower case alone.
var Analyzer = &analysis.Analyzer{
	Name:     "casecollision",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Warning,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	if pass.File.Kind != workspace.ModFile {
		return nil
	}
	for _, group := range pass.File.Mod().Alike() {
		for _, r := range group[1:] {
			report(pass, r, group[0])
		}
	}
	return nil
}

func report(pass *analysis.Pass, r, other *syntax.Require) {
	if r.Path == other.Path {
		return
	}
	pass.Report(analysis.Diagnostic{
		Span:    r.PathTok.Span,
		Module:  module.Version{Path: r.Path, Version: r.Version},
		Message: fmt.Sprintf("%s and %s differ in upper and lower case alone; go build and go mod vendor refuse packages of both", r.Path, other.Path),
		Related: []analysis.Related{{URI: pass.File.URI, Span: other.PathTok.Span, Message: "the other spelling"}},
	})
}
