package badtoolchain

import (
	_ "embed"

	"github.com/gomodls/gomodls/analysis"
)

//go:embed doc.go
var doc string

// Analyzer reports a toolchain line that go would remove or that contradicts the go line.
var Analyzer = &analysis.Analyzer{
	Name:     "badtoolchain",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      kinds.Run,
	Kinds:    kinds,
}

var kinds = analysis.KindSet{
	"toolchain-below-1.21":              analysis.Error,
	"toolchain-below-go":                analysis.Error,
	"toolchain-default-directive":       analysis.Error,
	"toolchain-name-invalid-at-startup": analysis.Error,
	"toolchain-redundant":               analysis.Error,
	"toolchain-work-below-go":           analysis.Hint,
}
