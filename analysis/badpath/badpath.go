package badpath

import (
	_ "embed"

	"github.com/gomodls/gomodls/analysis"
)

//go:embed doc.go
var doc string

// Analyzer reports module and package paths that the go command does not accept.
var Analyzer = &analysis.Analyzer{
	Name:     "badpath",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      kinds.Run,
	Kinds:    kinds,
}

var kinds = analysis.KindSet{
	"module-path-malformed": analysis.Error,
	"module-reserved-path":  analysis.Error,
	"path-gopkg-form":       analysis.Error,
	"path-major-suffix-bad": analysis.Error,
	"replace-lhs-path":      analysis.Error,
	"tool-path-malformed":   analysis.Error,
}
