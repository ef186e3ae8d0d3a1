package unknowndirective

import (
	_ "embed"

	"github.com/gomodls/gomodls/analysis"
)

//go:embed doc.go
var doc string

// Analyzer reports directives and blocks that go.mod or go.work does not have.
var Analyzer = &analysis.Analyzer{
	Name:     "unknowndirective",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      kinds.Run,
	Kinds:    kinds,
}

var kinds = analysis.KindSet{
	"unknown-block":     analysis.Error,
	"unknown-directive": analysis.Error,
}
