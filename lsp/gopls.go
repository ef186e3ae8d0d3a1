package lsp

import (
	"path/filepath"

	"go.lsp.dev/protocol"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/internal/workspace"
)

// Where gopls runs in the same editor, one fault is to be shown once. Only the editor knows what gopls has said, and only we
// know what our diagnostics mean; so the data of a diagnostic has the sources under which gopls reports its fault, and the
// plugins hide it while gopls has a diagnostic from one of them on the same line. Nothing else reads the data.
type alike struct {
	Gopls []string `json:"gopls"`
}

var (
	alikeRefused = marshal(alike{[]string{"syntax", "go list", "go.work file"}})
	alikeTidy    = marshal(alike{[]string{"go mod tidy"}})
	alikeImport  = marshal(alike{[]string{"compiler", "go list", "go mod tidy"}})
)

// tidyCodes are the analyzers that report what go mod tidy would change in the requirements of a go.mod, as gopls does.
var tidyCodes = map[string]bool{}

// alikeOf returns the data of a diagnostic: empty where gopls has nothing to say of its fault.
func alikeOf(f *workspace.File, d analysis.Diagnostic) (data protocol.LSPAny) {
	switch {
	case filepath.Ext(f.Path) == ".go":
		return alikeImport
	case f.Kind != workspace.ModFile && f.Kind != workspace.WorkFile:
	case tidyCodes[d.Code]:
		return alikeTidy
	case d.Severity == analysis.Error:
		return alikeRefused
	}
	return data
}
