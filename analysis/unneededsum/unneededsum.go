package unneededsum

import (
	"context"
	_ "embed"
	"fmt"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports lines of go.sum that go mod tidy would drop.
var Analyzer = &analysis.Analyzer{
	Name:     "unneededsum",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Hint,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	if pass.File.Kind != workspace.SumFile || pass.Module == nil || pass.View.Own {
		return nil
	}
	a := pass.Tidied()
	if a == nil || len(a.Faults) > 0 || len(a.Result.Unneeded) == 0 || !pass.TidilyRequired(a) {
		return nil
	}
	unneeded := map[module.Version]bool{}
	for _, key := range a.Result.Unneeded {
		unneeded[key] = true
	}
	sum := pass.File.Sum()
	var all []fixes.Edit
	var runs [][]syntax.SumLine // lines that follow each other
	last := -2
	for i, l := range sum.Entries {
		if !unneeded[l.Key()] {
			continue
		}
		if last != i-1 {
			runs = append(runs, nil)
		}
		last = i
		runs[len(runs)-1] = append(runs[len(runs)-1], l)
		all = append(all, pass.Edit(text.Edit{Span: sum.Row(&l)}))
	}
	for _, run := range runs {
		first, end := run[0], run[len(run)-1]
		d := analysis.Diagnostic{
			Span: text.Span{Start: first.Span.Start, End: end.Span.End}, Tags: analysis.Unnecessary,
			Module:  module.Version{Path: first.Path, Version: first.Version},
			Message: "nothing needs this checksum; go mod tidy would drop the line",
		}
		title := "Remove the unneeded line"
		if len(run) > 1 {
			d.Message = fmt.Sprintf("nothing needs these %d checksums; go mod tidy would drop the lines", len(run))
			title = fmt.Sprintf("Remove these %d unneeded lines", len(run))
		}
		d.Fixes = []fixes.Fix{{
			Title: title, Kind: fixes.QuickFix, Preferred: true,
			Edits: []fixes.Edit{pass.Edit(text.Edit{Span: text.Span{Start: sum.Row(&first).Start, End: sum.Row(&end).End}})},
		}}
		if len(runs) > 1 {
			d.Fixes = append(d.Fixes, fixes.Fix{Title: fmt.Sprintf("Remove all %d unneeded lines", len(all)), Kind: fixes.QuickFix, Edits: all})
		}
		d.Fixes = append(d.Fixes, pass.RunTidy())
		pass.Report(d)
	}
	return nil
}
