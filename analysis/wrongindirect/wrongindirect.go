package wrongindirect

import (
	"context"
	_ "embed"
	"fmt"
	"slices"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/imports"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/tidy"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports requirements that are wrongly marked as direct or indirect.
var Analyzer = &analysis.Analyzer{
	Name:     "wrongindirect",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Warning,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	if pass.File.Kind != workspace.ModFile {
		return nil
	}
	a := pass.Tidied()
	if a == nil {
		return nil
	}
	find := a.Result.Finder()
	for _, r := range pass.File.Mod().Require {
		i := find(r.Path)
		if !r.Valid || i < 0 {
			continue
		}
		n := &a.Result.Require[i]
		if n.Indirect == r.Indirect || n.Indirect && uncertain(pass, a, r) {
			continue
		}
		d := analysis.Diagnostic{
			Span:    r.Line.Span,
			Module:  module.Version{Path: r.Path, Version: r.Version},
			Message: fmt.Sprintf("no package of this module imports %s directly, so the requirement lacks the comment // indirect", r.Path),
		}
		title := "Add // indirect"
		if !n.Indirect {
			d.Span, title = r.IndirectSpan, "Remove // indirect"
			d.Message = fmt.Sprintf("a package of this module imports %s, so the requirement is not indirect", r.Path)
			if len(n.Chain) > 1 {
				d.Message = fmt.Sprintf("%s imports %s, so the requirement is not indirect", n.Chain[len(n.Chain)-2], n.Chain[len(n.Chain)-1])
			}
		}
		d.Fixes = []fixes.Fix{{
			Title: title, Kind: fixes.QuickFix, Preferred: true, Edits: []fixes.Edit{pass.Edit(fixes.SetIndirect(r, n.Indirect))},
		}, pass.RunTidy()}
		pass.Report(d)
	}
	return nil
}

// uncertain reports whether an import that counts for nothing may be of the required module, or another analyzer speaks of the
// comment.
func uncertain(pass *analysis.Pass, a *tidy.Answer, r *syntax.Require) bool {
	return len(a.Result.Broken) > 0 ||
		slices.ContainsFunc(a.Faults, func(f tidy.Fault) bool {
			_, within := imports.Within(f.Path, r.Path)
			return within && f.Direct
		}) ||
		slices.ContainsFunc(pass.File.Problems(""), func(p syntax.Problem) bool {
			return p.Line == r.Line && p.Kind == "indirect-comment-form"
		})
}
