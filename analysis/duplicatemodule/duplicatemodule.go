package duplicatemodule

import (
	"context"
	_ "embed"
	"fmt"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports two directories of a workspace that hold a module of the same path.
var Analyzer = &analysis.Analyzer{
	Name:     "duplicatemodule",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	if pass.File.Kind != workspace.WorkFile {
		return nil
	}
	dirs := pass.File.Uses()
	first := make(map[string]*syntax.Use, len(dirs))
	for i, use := range pass.File.Work().Use {
		m := pass.View.ModuleIn(dirs[i])
		if m == nil || m.Path() == "" || pass.Refused(use.Line) {
			continue
		}
		other := first[m.Path()]
		if other == nil {
			first[m.Path()] = use
			continue
		}
		pass.Report(analysis.Diagnostic{
			Span:    use.PathTok.Span,
			Module:  module.Version{Path: m.Path()},
			Message: fmt.Sprintf("%s and %s both hold the module %s; go refuses the workspace", use.Path, other.Path, m.Path()),
			Related: []analysis.Related{
				{URI: pass.File.URI, Span: other.Line.Span, Message: "the other directory"},
				{URI: m.Mod.URI, Span: m.Mod.Mod().Module.Line.Span, Message: "the module line"},
			},
			Fixes: []fixes.Fix{{
				Title: "Remove " + use.Path + " from the workspace", Kind: fixes.QuickFix, Preferred: true,
				Edits: []fixes.Edit{pass.Edit(fixes.DeleteLine(pass.File.Text, use.Line))},
			}},
		})
	}
	return nil
}
