package deprecated

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"unicode"

	"github.com/gomodls/gomodls/analysis"
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
	for r, n := range pass.Warned() {
		if r.Indirect || n.Mod.Deprecated == "" {
			continue
		}
		pass.Report(analysis.Diagnostic{
			Span:    r.PathTok.Span,
			Module:  n.Module,
			Message: fmt.Sprintf("%s is deprecated: %s", r.Path, short(n.Mod.Deprecated)),
			Tags:    analysis.Deprecated,
		})
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
