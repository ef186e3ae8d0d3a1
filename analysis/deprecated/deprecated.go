package deprecated

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports requirements of modules that are deprecated.
var Analyzer = &analysis.Analyzer{
	Name:     "deprecated",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Information,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	if pass.File.Kind != workspace.ModFile || len(pass.File.Mod().Require) == 0 {
		return nil
	}
	g := pass.View.Graph()
	if g == nil {
		return nil
	}
	for _, r := range pass.File.Mod().Require {
		m := module.Version{Path: r.Path, Version: r.Version}
		if !r.Valid || r.Indirect || g.Selected(r.Path) != r.Version {
			continue
		}
		if n := g.Node(m); n != nil && n.Mod != nil && n.Replace == nil && n.Mod.Deprecated != "" {
			pass.Report(analysis.Diagnostic{
				Span:    r.PathTok.Span,
				Module:  m,
				Message: fmt.Sprintf("%s is deprecated: %s", r.Path, short(n.Mod.Deprecated)),
				Tags:    analysis.Deprecated,
			})
		}
	}
	return nil
}

// short returns the first line of a message, and not too much of it.
func short(message string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(message), "\n")
	line = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.TrimSuffix(strings.TrimSpace(line), "."))
	if words := []rune(line); len(words) > 200 {
		return string(words[:200]) + "…"
	}
	return line
}
