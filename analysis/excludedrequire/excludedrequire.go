package excludedrequire

import (
	_ "embed"

	"github.com/gomodls/gomodls/analysis"
)

//go:embed doc.go
var doc string

// Analyzer reports a requirement of a version that the same file excludes.
var Analyzer = &analysis.Analyzer{
	Name:     "excludedrequire",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      kinds.Run,
	Kinds:    kinds,
}

var kinds = analysis.KindSet{
	"exclude-of-required": analysis.Error,
}
