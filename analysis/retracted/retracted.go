package retracted

import (
	"context"
	_ "embed"
	"fmt"
	"slices"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
)

//go:embed doc.go
var doc string

// Analyzer reports requirements of versions that retract themselves.
var Analyzer = &analysis.Analyzer{
	Name:     "retracted",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Warning,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	for r, n := range pass.Warned() {
		i := slices.IndexFunc(n.Mod.Retract, func(v modfile.VersionInterval) bool {
			return semver.Compare(v.Low, r.Version) <= 0 && semver.Compare(r.Version, v.High) <= 0
		})
		if i < 0 {
			continue
		}
		pass.Report(analysis.Diagnostic{
			Span:    r.VersionTok.Span,
			Module:  n.Module,
			Message: fmt.Sprintf("%s %s is retracted by its own go.mod file", r.Path, r.Version),
			Fixes: []fixes.Fix{{
				Title: "Run go get " + r.Path + "@latest", Kind: fixes.QuickFix,
				Command: pass.Command("gomodls.get", map[string]any{"module": r.Path, "version": "latest"}),
			}},
		})
	}
	return nil
}
