package badversion

import (
	_ "embed"

	"github.com/gomodls/gomodls/analysis"
)

//go:embed doc.go
var doc string

// Analyzer reports versions that the go command does not accept.
var Analyzer = &analysis.Analyzer{
	Name:     "badversion",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      kinds.Run,
	Kinds:    kinds,
}

var kinds = analysis.KindSet{
	"go-version-not-comparable":          analysis.Error,
	"go-version-syntax":                  analysis.Error,
	"replace-major-mismatch":             analysis.Error,
	"retract-version-invalid":            analysis.Error,
	"toolchain-name-syntax":              analysis.Error,
	"version-build-metadata":             analysis.Error,
	"version-disallowed-string":          analysis.Error,
	"version-gopkgin-hack":               analysis.Warning,
	"version-incompatible-needless":      analysis.Warning,
	"version-incompatible-suffixed-path": analysis.Error,
	"version-major-mismatch":             analysis.Error,
	"version-major-not-v0v1":             analysis.Error,
	"version-not-canonical":              analysis.Error,
	"work-version-syntax":                analysis.Error,
}
