package machinepath

import (
	"context"
	_ "embed"
	"fmt"
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

// Analyzer reports absolute paths, which are right on one machine alone.
var Analyzer = &analysis.Analyzer{
	Name:     "machinepath",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Information,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	if pass.File.Kind == workspace.WorkFile {
		for _, u := range pass.File.Work().Use {
			if !pass.Refused(u.Line) {
				check(pass, u.Path, u.PathTok.Span)
			}
		}
	}
	for _, r := range pass.Replacements() {
		if r.Valid && r.IsDir && !pass.Refused(r.Line) {
			check(pass, r.New.Path, r.NewPathTok.Span)
		}
	}
	return nil
}

func check(pass *analysis.Pass, path string, span text.Span) {
	if !filepath.IsAbs(path) {
		return
	}
	d := analysis.Diagnostic{Span: span, Message: fmt.Sprintf("%s is an absolute path, which is hardly the same on another machine", path)}
	if rel, err := filepath.Rel(filepath.Dir(pass.File.Path), path); err == nil {
		if rel = filepath.ToSlash(rel); rel != "." && rel != ".." && !strings.HasPrefix(rel, "../") {
			rel = "./" + rel
		}
		d.Fixes = []fixes.Fix{{
			Title: "Write " + rel, Kind: fixes.QuickFix,
			Edits: []fixes.Edit{pass.Edit(fixes.Replace(span, modfile.AutoQuote(rel)))},
		}}
	}
	pass.Report(d)
}
