package usepath

import (
	"context"
	_ "embed"
	"fmt"
	"path/filepath"
	"slices"

	"golang.org/x/mod/modfile"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports use lines whose directory holds no module that go can read.
var Analyzer = &analysis.Analyzer{
	Name:     "usepath",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	if pass.File.Kind != workspace.WorkFile {
		return nil
	}
	dirs := pass.File.Uses()
	for i, use := range pass.File.Work().Use {
		dir := dirs[i]
		if !use.Valid || pass.View.ModuleIn(dir) != nil {
			continue
		}
		var wrong string
		switch mod := pass.Snapshot.Read(filepath.Join(dir, "go.mod")); mod.State {
		case workspace.Unknown, workspace.Regular:
			continue
		case workspace.Unreadable:
			wrong = "has a go.mod file that cannot be read: " + mod.Err
		case workspace.Missing:
			switch pass.Snapshot.Read(dir).State {
			case workspace.Unknown:
				continue
			case workspace.Missing:
				wrong = "does not exist"
			case workspace.Directory:
				wrong = "has no go.mod file"
			default:
				wrong = "is no directory"
			}
		default:
			wrong = "has a go.mod that is no file"
		}
		d := analysis.Diagnostic{
			Span: use.PathTok.Span, Message: fmt.Sprintf("the directory %s %s; go refuses the workspace", modfile.AutoQuote(use.Path), wrong),
		}
		pass.OfferDirectories(&d, use.Path, unused(pass, pass.ModulesNear(dir, "")))
		d.Fixes = append(d.Fixes, fixes.Fix{
			Title: "Remove " + modfile.AutoQuote(use.Path) + " from the workspace", Kind: fixes.QuickFix, Preferred: len(d.Fixes) == 0,
			Edits: []fixes.Edit{pass.Edit(fixes.DeleteLine(pass.File.Text, use.Line))},
		})
		pass.Report(d)
	}
	return nil
}

// unused returns those of the directories that the workspace does not have yet.
func unused(pass *analysis.Pass, dirs []string) []string {
	return slices.DeleteFunc(dirs, func(dir string) bool {
		return slices.ContainsFunc(pass.View.Modules(), func(m *workspace.Module) bool { return m.Dir == dir })
	})
}
