package emptywork

import (
	"context"
	_ "embed"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"

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
	d := analysis.Diagnostic{Span: pass.File.Start(), Message: `this workspace lists no module; go refuses with "no modules were found in the current workspace"`}
	if dirs := modules(pass.Snapshot, pass.View.Dir); len(dirs) > 0 {
		add := "\nuse " + dirs[0] + "\n"
		if len(dirs) > 1 {
			add = "\nuse (\n\t" + strings.Join(dirs, "\n\t") + "\n)\n"
		}
		if n := len(pass.File.Text); n > 0 && pass.File.Text[n-1] != '\n' {
			add = "\n" + add
		}
		title := "Add the module in this directory"
		if len(dirs) > 1 || dirs[0] != "." {
			title = "Add " + strings.Join(dirs, ", ")
		}
		d.Fixes = []fixes.Fix{{
			Title: title, Kind: fixes.QuickFix, Preferred: true,
			Edits: []fixes.Edit{pass.Edit(text.Edit{Span: text.Span{Start: len(pass.File.Text), End: len(pass.File.Text)}, New: add})},
		}}
	}
	pass.Report(d)
	return nil
}

// most bounds how many directories are looked into, and so how many a go.work comes to list.
const most = 40

// modules returns the directories that hold a module whose go.mod file can be read, as a go.work names them: dir itself and
// those in it.
func modules(s *workspace.Snapshot, dir string) []string {
	var dirs []string
	add := func(sub, name string) {
		if f := s.Read(filepath.Join(sub, "go.mod")); f.State == workspace.Regular && f.File.Mod().Module != nil {
			dirs = append(dirs, modfile.AutoQuote(name))
		}
	}
	add(dir, ".")
	looked := 0
	for _, name := range s.List(dir).Names {
		name, isDir := strings.CutSuffix(name, "/")
		if !isDir || strings.HasPrefix(name, ".") || name == "vendor" || name == "testdata" || looked == most {
			continue
		}
		looked++
		add(filepath.Join(dir, name), "./"+name)
	}
	return dirs
}
