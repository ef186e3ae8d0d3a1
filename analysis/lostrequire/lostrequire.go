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
	for _, group := range tidy.ByReason(a.Lost) {
		lost := standing(pass, group)
		if len(lost) > few {
			report(pass, lost[0], lost[1:])
			continue
		}
		for _, l := range lost {
			report(pass, l, nil)
		}
	}
	return nil
}

// few is how many requirements that are lost for one reason are each reported at their own lines. More are reported at the
// first: what is to be done about them is one thing, such as a download.
const few = 5

// A loss is a requirement that would be dropped.
type loss struct {
	tidy.Loss
	line *syntax.Require
}

// standing returns those losses whose lines are in the pass's file, in its order.
func standing(pass *analysis.Pass, losses []tidy.Loss) []loss {
	lost := make(map[string]tidy.Loss, len(losses))
	for _, l := range losses {
		lost[l.Path] = l
	}
	var all []loss
	for _, r := range pass.Module.Mod.Mod().Require {
		if l, ok := lost[r.Path]; ok && r.Valid {
			all = append(all, loss{l, r})
			delete(lost, r.Path) // go goes by the first line
		}
	}
	return all
}

// report reports a loss, and with it others that have the same reason.
func report(pass *analysis.Pass, l loss, others []loss) {
	d := analysis.Diagnostic{Span: l.line.Line.Span, Module: module.Version{Path: l.line.Path, Version: l.line.Version}}
	what := l.line.Path
	if len(others) > 0 {
		what = fmt.Sprintf("%s and %d other requirements", what, len(others))
	}
	switch {
	case l.Fault != nil:
		d.Message = fmt.Sprintf("go mod tidy -e would drop %s, %s", what, l.Why(len(others)))
	case len(l.Awaited) > 0:
		d.Message = fmt.Sprintf("go mod tidy would drop %s, %s", what, l.Why(len(others)))
		d.Related = directives(pass, l.Awaited)
	default:
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
			return
		}
		does := "does"
		if len(names) > 1 {
			does = "do"
		}
		d.Message = fmt.Sprintf("go mod tidy would drop %s, but only because %s %s not parse", what, strings.Join(names, " and "), does)
	}
	for _, o := range others[:min(len(others), few)] {
		d.Related = append(d.Related, analysis.Related{URI: pass.File.URI, Span: o.line.Line.Span, Message: "it would drop " + o.line.Path + " too"})
	}
	pass.Report(d)
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
