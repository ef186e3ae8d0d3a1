package uselessline

import (
	_ "embed"

	"github.com/gomodls/gomodls/analysis"
)

//go:embed doc.go
var doc string

// Analyzer reports lines that go accepts and that do nothing.
var Analyzer = &analysis.Analyzer{
	Name:     "uselessline",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Warning,
	Run:      kinds.Run,
	Kinds:    kinds,
}

var kinds = analysis.KindSet{
	"ignore-unvalidated":     analysis.Warning,
	"require-self":           analysis.Warning,
	"retract-low-above-high": analysis.Warning,
}
