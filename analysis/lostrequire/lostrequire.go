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
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/text"
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
	for i := range a.Lost {
		l := &a.Lost[i]
		lines := standing(pass, l)
		if len(lines) > few {
			report(pass, l, lines)
			continue
		}
		for j := range lines {
			report(pass, l, lines[j:j+1])
		}
	}
	return nil
}

// few is how many requirements that are lost for one reason are each reported at their own lines. More are reported at the
// first: what is to be done about them is one thing, such as a download.
const few = 5

// standing returns the lines of what is lost, in the order of the pass's file.
func standing(pass *analysis.Pass, l *tidy.Loss) []*syntax.Require {
	var lines []*syntax.Require
	found := make([]bool, len(l.Paths))
	find := l.Finder()
	for _, r := range pass.Module.Mod.Mod().Require {
		if i := find(r.Path); i >= 0 && r.Valid && !found[i] { // go goes by the first
			found[i] = true
			lines = append(lines, r)
		}
	}
	return lines
}

// report reports what is lost, at the first of the lines.
func report(pass *analysis.Pass, l *tidy.Loss, lines []*syntax.Require) {
	first, others := lines[0], lines[1:]
	d := analysis.Diagnostic{Span: first.Line.Span, Module: module.Version{Path: first.Path, Version: first.Version}}
	command, what := "go mod tidy", first.Path
	if len(others) > 0 {
		what = fmt.Sprintf("%s and %d other requirements", what, len(others))
	}
	switch {
	case l.Fault != nil:
		command += " -e"
	case len(l.Awaited) > 0:
		d.Related = directives(pass, l.Awaited)
	default:
		if d.Related = broken(pass, l.Files); len(d.Related) == 0 {
			return
		}
	}
	d.Message = fmt.Sprintf("%s would drop %s, %s", command, what, l.Why(len(others) > 0))
	for _, o := range others[:min(len(others), few)] {
		d.Related = append(d.Related, analysis.Related{URI: pass.File.URI, Span: o.Line.Span, Message: "it would drop " + o.Path + " too"})
	}
	pass.Report(d)
}

// broken says what is wrong with files that do not parse.
func broken(pass *analysis.Pass, names []string) (related []analysis.Related) {
	for _, name := range names {
		if f := pass.Snapshot.Read(filepath.Join(pass.Module.Dir, filepath.FromSlash(name))).File; f != nil {
			related = append(related, analysis.Related{URI: f.URI, Span: f.Start(), Message: imports.Fault(f.Text)})
		}
	}
	return related
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
