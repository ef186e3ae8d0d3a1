package lsp

import (
	"strings"
	"testing"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/analysis/suite"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/workspace"
)

func TestAlike(t *testing.T) {
	const mod = "module example.com/m\n\nrequire example.com/a v1.0.0\n"
	refused := `{"gopls":[{"source":"syntax"},{"source":"go list"},{"source":"go.work file"}]}`
	for _, tt := range []struct {
		name     string
		path     string
		at       string
		code     string
		severity analysis.Severity
		want     string
	}{
		{"what go refuses", "/m/go.mod", "require", "badversion", analysis.Error, refused},
		{"in a workspace too", "/m/go.work", "", "usepath", analysis.Error, refused},
		{"where gopls puts what it cannot place", "/m/go.mod", "module", "badmodule", analysis.Error, `{"gopls":[{"source":"syntax"}]}`},
		{"gopls says nothing in go.sum", "/m/go.sum", "", "missingsum", analysis.Error, ``},
		{"a risk that gopls does not know", "/m/go.mod", "require", "privategap", analysis.Warning, ``},
		{"what tidy would change", "/m/go.mod", "require", "unusedrequire", analysis.Warning, `{"gopls":[{"source":"go mod tidy","says":"is not used in this module"}]}`},
		{"an import", "/m/main.go", "", "missingrequire", analysis.Error,
			`{"gopls":[{"source":"compiler","says":"could not import"},{"source":"go list"},{"source":"go mod tidy","says":"is not in your go.mod file"}]}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			start := strings.Index(mod, tt.at)
			d := analysis.Diagnostic{Code: tt.code, Severity: tt.severity, Span: text.Span{Start: start, End: start + 1}}
			if got := string(alikeOf(workspace.NewFile(tt.path, mod), d)); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestAlikeCodesExist(t *testing.T) {
	names := map[string]bool{}
	for _, a := range suite.All {
		names[a.Name] = true
	}
	for code := range alikeCode {
		if !names[code] {
			t.Errorf("there is no analyzer %s", code)
		}
	}
}
