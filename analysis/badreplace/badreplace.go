package badreplace

import (
	_ "embed"

	"github.com/gomodls/gomodls/analysis"
)

//go:embed doc.go
var doc string

// Analyzer reports replacements whose right side is neither a directory nor a module version, and replacements that contradict each other.
var Analyzer = &analysis.Analyzer{
	Name:     "badreplace",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      kinds.Run,
	Kinds:    kinds,
}

var kinds = analysis.KindSet{
	"replace-conflict-same-file": analysis.Error,
	"replace-dir-with-version":   analysis.Error,
	"replace-rhs-at-version":     analysis.Error,
	"replace-rhs-needs-version":  analysis.Error,
	"replace-rhs-windows-path":   analysis.Error,
}
