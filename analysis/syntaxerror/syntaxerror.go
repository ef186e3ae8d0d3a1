package syntaxerror

import (
	"context"
	_ "embed"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports what the go command cannot read.
var Analyzer = &analysis.Analyzer{
	Name:     "syntaxerror",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	for _, p := range problems(pass.File) {
		if p.Severity == syntax.Refused {
			pass.Report(pass.FromProblem(p))
		}
	}
	return nil
}

func problems(f *workspace.File) []syntax.Problem {
	switch f.Kind {
	case workspace.ModFile:
		return f.Mod().Problems
	case workspace.WorkFile:
		return f.Work().Problems
	}
	return nil
}
