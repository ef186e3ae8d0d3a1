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
			d.Message = fmt.Sprintf("go mod tidy -e would drop %s, %s", r.Path, though(l))
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

// though says why a requirement may be needed all the same, as the end of a clause.
func though(l tidy.Loss) string {
	if l.Fault.Kind != tidy.Unavailable {
		return fmt.Sprintf("though the package %s, which is not there, may need it", l.Fault.Path)
	}
	m := l.Fault.Modules[0]
	if m.Path == l.Path {
		return "but only because it is not on this machine"
	}
	return fmt.Sprintf("though %s %s, which is not on this machine, may need it", m.Path, m.Version)
}
