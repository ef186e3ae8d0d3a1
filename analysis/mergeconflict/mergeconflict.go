package mergeconflict

import (
	_ "embed"

	"github.com/gomodls/gomodls/analysis"
)

//go:embed doc.go
var doc string

// Analyzer reports what a merge left behind in go.mod or go.work.
var Analyzer = &analysis.Analyzer{
	Name:     "mergeconflict",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      kinds.Run,
	Kinds:    kinds,
}

var kinds = analysis.KindSet{
	"conflict-markers": analysis.Error,
}
