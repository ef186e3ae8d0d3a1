package emptywork

import (
	"context"
	_ "embed"
	"path/filepath"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports a go.work that lists no module.
var Analyzer = &analysis.Analyzer{
	Name:     "emptywork",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	if pass.File.Kind != workspace.WorkFile {
		return nil
	}
	for _, stmt := range pass.File.Work().Stmts { // also one that is being typed
		if l := stmt.Line; l != nil && l.Verb == "use" {
			return nil
		}
		if b := stmt.Block; b != nil && b.Verb.Raw == "use" && len(b.Lines) > 0 {
			return nil
		}
	}
	d := analysis.Diagnostic{Span: pass.File.Start(), Message: "this workspace lists no module; go refuses to load it"}
	if pass.Snapshot.Read(filepath.Join(pass.View.Dir, "go.mod")).State == workspace.Regular {
		add := "\nuse .\n"
		if n := len(pass.File.Text); n > 0 && pass.File.Text[n-1] != '\n' {
			add = "\n" + add
		}
		d.Fixes = []fixes.Fix{{
			Title: "Add the module in this directory", Kind: fixes.QuickFix, Preferred: true,
			Edits: []fixes.Edit{pass.Edit(text.Edit{Span: text.Span{Start: len(pass.File.Text), End: len(pass.File.Text)}, New: add})},
		}}
	}
	pass.Report(d)
	return nil
}
