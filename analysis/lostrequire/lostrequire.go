package lostrequire

import (
	"context"
	_ "embed"
	"fmt"
	"path/filepath"
	"strings"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/internal/imports"
	"github.com/gomodls/gomodls/internal/tidy"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports requirements that go mod tidy would drop for a bad reason.
var Analyzer = &analysis.Analyzer{
	Name:     "lostrequire",
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
	for _, l := range a.Lost {
		r := pass.Required(l.Path)
		if r == nil {
			continue
		}
		d := analysis.Diagnostic{Span: r.Line.Span, Module: module.Version{Path: r.Path, Version: r.Version}}
		if l.Fault != nil {
			d.Message = fmt.Sprintf("go mod tidy -e would drop %s, but only because %s", r.Path, because(l.Fault))
			pass.Report(d)
			continue
		}
		var names []string
		for _, name := range l.Files {
			f := pass.Snapshot.Read(filepath.Join(pass.Module.Dir, filepath.FromSlash(name))).File
			if f == nil {
				continue
			}
			names = append(names, name)
			related := analysis.Related{URI: f.URI, Span: f.Start(), Message: "its imports do not parse"}
			if imports.Conflicted(f.Text) {
				related.Message = "it has the marks of a merge conflict"
			}
			d.Related = append(d.Related, related)
		}
		if len(names) == 0 {
			continue
		}
		does := "does"
		if len(names) > 1 {
			does = "do"
		}
		d.Message = fmt.Sprintf("go mod tidy would drop %s, but only because %s %s not parse", r.Path, strings.Join(names, " and "), does)
		pass.Report(d)
	}
	return nil
}

func because(f *tidy.Fault) string {
	if f.Kind == tidy.Unavailable {
		return fmt.Sprintf("%s %s is not on this machine", f.Modules[0].Path, f.Modules[0].Version)
	}
	return fmt.Sprintf("the package %s is not there", f.Path)
}
