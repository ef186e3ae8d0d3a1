package oddspelling

import (
	_ "embed"

	"github.com/gomodls/gomodls/analysis"
)

//go:embed doc.go
var doc string

// Analyzer reports spellings that go accepts but others may stumble over.
var Analyzer = &analysis.Analyzer{
	Name:     "oddspelling",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Hint,
	Run:      kinds.Run,
	Kinds:    kinds,
}

var kinds = analysis.KindSet{
	"bare-cr-skipped":          analysis.Hint,
	"module-line-scan-differs": analysis.Warning,
	"quote-needed-or-useless":  analysis.Hint,
	"syntax-invalid-utf8":      analysis.Warning,
	"work-empty-use":           analysis.Warning,
}
