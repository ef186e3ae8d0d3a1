package duplicateuse

import (
	_ "embed"

	"github.com/gomodls/gomodls/analysis"
)

//go:embed doc.go
var doc string

// Analyzer reports a directory that a go.work lists twice.
var Analyzer = &analysis.Analyzer{
	Name:     "duplicateuse",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      kinds.Run,
	Kinds:    kinds,
}

var kinds = analysis.KindSet{
	"work-use-duplicate": analysis.Error,
}
