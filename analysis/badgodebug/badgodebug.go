package badgodebug

import (
	"context"
	_ "embed"
	"fmt"
	"maps"
	"slices"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/goenv"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports godebug lines with settings that the installed Go does not know.
var Analyzer = &analysis.Analyzer{
	Name:     "badgodebug",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	var lines []*syntax.Godebug
	switch {
	case pass.File.Kind == workspace.WorkFile:
		lines = pass.File.Work().Godebug
	case pass.File.Kind == workspace.ModFile && pass.View.Work == nil:
		lines = pass.File.Mod().Godebug
	}
	if len(lines) == 0 {
		return nil
	}
	table, known := pass.Snapshot.Godebugs()
	for _, l := range lines {
		switch {
		case !l.Valid || pass.Refused(l.Line):
		case l.Key == "default":
			checkDefault(pass, l)
		case known && !table.Known[l.Key]:
			report(pass, l, table)
		}
	}
	return nil
}

func checkDefault(pass *analysis.Pass, l *syntax.Godebug) {
	local := pass.View.GoVersion()
	if local == "" || len(l.Value) < 2 || goenv.CompareVersions(l.Value[len("go"):], local) <= 0 {
		return
	}
	pass.Report(analysis.Diagnostic{
		Span:    l.Tok.Span,
		Message: fmt.Sprintf("%s is newer than the installed go %s; go refuses", l.Value, local),
		Fixes: []fixes.Fix{{
			Title: "Set default=go" + local, Kind: fixes.QuickFix, Preferred: true,
			Edits: []fixes.Edit{pass.Edit(fixes.Replace(l.Tok.Span, "default=go"+local))},
		}},
	})
}

func report(pass *analysis.Pass, l *syntax.Godebug, table goenv.Godebugs) {
	d := analysis.Diagnostic{Span: l.Tok.Span}
	if l.Key == "" {
		d.Message = "a setting has a name before the =; go refuses"
	} else if in, ok := table.Removed[l.Key]; ok {
		d.Message = fmt.Sprintf("the setting %s was removed in go %s; go refuses", l.Key, in)
	} else {
		d.Message = fmt.Sprintf("the installed Go knows no setting %s; go refuses", l.Key)
		for _, name := range slices.Sorted(maps.Keys(table.Known)) {
			if text.Similar(name, l.Key) {
				d.Fixes = append(d.Fixes, fixes.Fix{
					Title: "Write " + name, Kind: fixes.QuickFix, Preferred: len(d.Fixes) == 0,
					Edits: []fixes.Edit{pass.Edit(fixes.Replace(l.Tok.Span, name+"="+l.Value))},
				})
			}
		}
	}
	d.Fixes = append(d.Fixes, fixes.Fix{
		Title: "Remove the line", Kind: fixes.QuickFix, Preferred: len(d.Fixes) == 0,
		Edits: []fixes.Edit{pass.Edit(fixes.DeleteLine(pass.File.Text, l.Line))},
	})
	pass.Report(d)
}
