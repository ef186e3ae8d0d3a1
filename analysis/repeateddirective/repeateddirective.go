package repeateddirective

import (
	_ "embed"

	"github.com/gomodls/gomodls/analysis"
)

//go:embed doc.go
var doc string

// Analyzer reports a second module, go or toolchain line.
var Analyzer = &analysis.Analyzer{
	Name:     "repeateddirective",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      kinds.Run,
	Kinds:    kinds,
}

var kinds = analysis.KindSet{
	"go-repeated":        analysis.Error,
	"module-repeated":    analysis.Error,
	"toolchain-repeated": analysis.Error,
}
