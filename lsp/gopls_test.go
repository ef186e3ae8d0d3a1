package lsp

import (
	"testing"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/analysis/suite"
	"github.com/gomodls/gomodls/internal/workspace"
)

func TestAlike(t *testing.T) {
	for _, tt := range []struct {
		name     string
		path     string
		severity analysis.Severity
		want     string
	}{
		{"what go refuses", "/m/go.mod", analysis.Error, `{"gopls":["syntax","go list","go.work file"]}`},
		{"in a workspace too", "/m/go.work", analysis.Error, `{"gopls":["syntax","go list","go.work file"]}`},
		{"gopls says nothing in go.sum", "/m/go.sum", analysis.Error, ``},
		{"a risk that gopls does not know", "/m/go.mod", analysis.Warning, ``},
		{"an import", "/m/main.go", analysis.Error, `{"gopls":["compiler","go list","go mod tidy"]}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := alikeOf(workspace.NewFile(tt.path, ""), analysis.Diagnostic{Severity: tt.severity})
			if string(got) != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestTidyCodesExist(t *testing.T) {
	names := map[string]bool{}
	for _, a := range suite.All {
		names[a.Name] = true
	}
	for code := range tidyCodes {
		if !names[code] {
			t.Errorf("there is no analyzer %s", code)
		}
	}
}
