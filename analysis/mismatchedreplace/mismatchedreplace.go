package mismatchedreplace

import (
	"context"
	_ "embed"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports directories that hold another module than they replace.
var Analyzer = &analysis.Analyzer{
	Name:     "mismatchedreplace",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Information,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	var lines []*syntax.Replace
	switch {
	case pass.File.Kind == workspace.WorkFile:
		lines = pass.File.Work().Replace
	case pass.File.Kind == workspace.ModFile && !pass.View.Own:
		lines = pass.File.Mod().Replace
	}
	for _, r := range lines {
		if !r.Valid || !r.IsDir || pass.Refused(r.Line) || isMain(pass, r.Old.Path) {
			continue
		}
		dir := modgraph.Replacement{New: r.New, Dir: filepath.Dir(pass.File.Path)}.Directory()
		file := pass.Snapshot.Read(filepath.Join(dir, "go.mod"))
		if file.State != workspace.Regular {
			continue
		}
		decl := file.File.Mod().Module
		if decl == nil || !decl.Valid || decl.Path == "" || decl.Path == r.Old.Path {
			continue
		}
		pass.Report(analysis.Diagnostic{
			Span:    r.NewPathTok.Span,
			Module:  r.Old,
			Message: fmt.Sprintf("the module in %s is %s, not %s; go uses it as %s all the same", r.New.Path, decl.Path, r.Old.Path, r.Old.Path),
			Related: []analysis.Related{{URI: file.File.URI, Span: decl.Line.Span, Message: "the module line of the directory"}},
		})
	}
	return nil
}

// isMain reports whether a path is that of a main module, which go never replaces.
func isMain(pass *analysis.Pass, path string) bool {
	return slices.ContainsFunc(pass.View.Modules(), func(m *workspace.Module) bool { return m.Path() == path })
}
