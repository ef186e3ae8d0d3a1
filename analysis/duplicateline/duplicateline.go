package duplicateline

import (
	_ "embed"

	"github.com/gomodls/gomodls/analysis"
)

//go:embed doc.go
var doc string

// Analyzer reports lines that say again what another line says.
var Analyzer = &analysis.Analyzer{
	Name:     "duplicateline",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Hint,
	Run:      kinds.Run,
	Kinds:    kinds,
}

var kinds = analysis.KindSet{
	"exclude-duplicate":      analysis.Hint,
	"godebug-duplicate-key":  analysis.Hint,
	"ignore-duplicate":       analysis.Hint,
	"replace-duplicate":      analysis.Hint,
	"require-duplicate-same": analysis.Hint,
	"tool-duplicate":         analysis.Hint,
}
