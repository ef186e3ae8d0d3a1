package badsettings

import (
	"context"
	_ "embed"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports what is wrong with a module's .gomodls.yaml.
var Analyzer = &analysis.Analyzer{
	Name:     "badsettings",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Warning,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	if pass.File.Kind != workspace.SettingsFile {
		return nil
	}
	lines := text.NewLines(pass.File.Text)
	for _, f := range pass.File.SettingsFaults(pass.Codes) {
		pass.Report(analysis.Diagnostic{Span: lines.Span(f.Line - 1), Message: f.Message})
	}
	return nil
}
