package missingmodule

import (
	_ "embed"

	"github.com/gomodls/gomodls/analysis"
)

//go:embed doc.go
var doc string

// Analyzer reports a go.mod file without a module line.
var Analyzer = &analysis.Analyzer{
	Name:     "missingmodule",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      kinds.Run,
	Kinds:    kinds,
}

var kinds = analysis.KindSet{
	"missing-module-line": analysis.Error,
	"retract-no-module":   analysis.Error,
}
