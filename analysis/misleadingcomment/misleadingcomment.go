package misleadingcomment

import (
	_ "embed"

	"github.com/gomodls/gomodls/analysis"
)

//go:embed doc.go
var doc string

// Analyzer reports comments that go reads otherwise than people do.
var Analyzer = &analysis.Analyzer{
	Name:     "misleadingcomment",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Warning,
	Run:      kinds.Run,
	Kinds:    kinds,
}

var kinds = analysis.KindSet{
	"comment-truncates-token": analysis.Warning,
	"indirect-comment-form":   analysis.Warning,
}
