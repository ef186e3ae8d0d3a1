package badenvironment

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/internal/goenv"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports settings of the Go environment that keep the go command from working here.
var Analyzer = &analysis.Analyzer{
	Name:     "badenvironment",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,

	Environment: true,
	Run:         run,
}

// severity says how grave each effect of a setting is.
var severity = map[goenv.Effect]analysis.Severity{
	goenv.RefusesAll: analysis.Error, goenv.RefusesFetch: analysis.Warning, goenv.Unprotected: analysis.Warning, goenv.Accepted: analysis.Information,
}

func run(_ context.Context, pass *analysis.Pass) error {
	if pass.File.Kind != workspace.WorkFile && (pass.File.Kind != workspace.ModFile || pass.View.Work != nil || pass.View.Own) {
		return nil
	}
	span := place(pass.File)
	for _, f := range Find(pass.Snapshot, pass.View) {
		message := fmt.Sprintf("%s: %s; %s", f.Key, f.Message, f.Remedy)
		if where := source(f.Value); where != "" {
			message += " (it is set by " + where + ")"
		}
		pass.Report(analysis.Diagnostic{Span: span, Severity: f.Severity, Message: message})
	}
	return nil
}

// requires reports whether any module of the view requires another.
func requires(v *workspace.View) bool {
	for _, m := range v.Modules() {
		if len(m.Mod.Mod().Require) > 0 {
			return true
		}
	}
	return false
}

// place is the module line, or the first line of a file without one.
func place(f *workspace.File) text.Span {
	if f.Kind == workspace.ModFile {
		if decl := f.Mod().Module; decl != nil {
			return decl.Line.Span
		}
	}
	return f.Start()
}

func source(v goenv.Value) string {
	switch v.Source {
	case goenv.File, goenv.Goroot:
		return v.Path
	case goenv.Default:
		return ""
	}
	return v.Source.String()
}
