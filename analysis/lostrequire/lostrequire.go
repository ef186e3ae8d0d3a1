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
	"github.com/gomodls/gomodls/internal/text"
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
		switch {
		case l.Fault != nil:
			d.Message = fmt.Sprintf("go mod tidy -e would drop %s, %s", r.Path, l.Why())
			pass.Report(d)
			continue
		case len(l.Awaited) > 0:
			d.Message = fmt.Sprintf("go mod tidy would drop %s, %s", r.Path, l.Why())
			d.Related = directives(pass, l.Awaited)
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
			d.Related = append(d.Related, analysis.Related{URI: f.URI, Span: f.Start(), Message: imports.Fault(f.Text)})
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

// directives points to the lines that generate files.
func directives(pass *analysis.Pass, outputs []imports.Output) (related []analysis.Related) {
	for _, o := range outputs {
		f := pass.Snapshot.Read(filepath.Join(pass.Module.Dir, filepath.FromSlash(o.From))).File
		if f == nil {
			continue
		}
		if at := strings.Index(f.Text, o.Line); at >= 0 {
			span := text.Span{Start: at, End: at + len(o.Line)}
			related = append(related, analysis.Related{URI: f.URI, Span: span, Message: o.Tool + " writes " + o.File})
		}
	}
	return related
}
