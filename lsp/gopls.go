package lsp

import (
	"path/filepath"

	"go.lsp.dev/protocol"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/internal/workspace"
)

// Where gopls runs in the same editor, one fault is to be shown once. Only the editor knows what gopls has said, and only we
// know what our diagnostics mean; so the data of a diagnostic lists the kinds of gopls's diagnostics that name the same fault,
// and our plugins hide it while gopls has one of those on the same line. Nothing else reads the data.

// A kind of gopls's diagnostics: its source and, where one source has several kinds, words that it says.
type kind struct {
	Source string `json:"source"`
	Says   string `json:"says,omitempty"`
}

func alike(kinds ...kind) protocol.LSPAny { return marshal(map[string][]kind{"gopls": kinds}) }

var (
	// alikeRefused is for what makes go refuse a line.
	alikeRefused = alike(kind{Source: "syntax"}, kind{Source: "go list"}, kind{Source: "go.work file"})

	// alikeModule is for the module line, where gopls puts what go said of no line in particular.
	alikeModule = alike(kind{Source: "syntax"})

	alikeImport = alike(kind{"compiler", "could not import"}, kind{Source: "go list"}, kind{"go mod tidy", "is not in your go.mod file"})

	// alikeAdded is for what tidy would add.
	alikeAdded = alike(kind{"go mod tidy", "is not in your go.mod file"})

	// alikeCode is for codes of which gopls has a kind of its own.
	alikeCode = map[string]protocol.LSPAny{
		"inconsistentvendor": alike(kind{"go list", "Inconsistent vendoring"}),
		"lostrequire":        alikeAdded,
		"missingrequire":     alikeAdded,
		"untidyrequire":      alikeAdded,
		"unusedrequire":      alike(kind{"go mod tidy", "is not used in this module"}),
		"wrongindirect":      alike(kind{"go mod tidy", "should be direct"}, kind{"go mod tidy", "should be indirect"}),
	}
)

// alikeOf returns the data of a diagnostic: empty where gopls has nothing to say of its fault.
func alikeOf(f *workspace.File, d analysis.Diagnostic) (data protocol.LSPAny) {
	code, known := alikeCode[d.Code]
	switch {
	case filepath.Ext(f.Path) == ".go":
		return alikeImport
	case f.Kind != workspace.ModFile && f.Kind != workspace.WorkFile:
		return data
	case known:
		return code
	case d.Severity != analysis.Error:
		return data
	case f.Kind == workspace.ModFile && f.Mod().Module != nil && f.Mod().Module.Line.Span.Contains(d.Span.Start):
		return alikeModule
	}
	return alikeRefused
}
