package excludedrequire

import (
	"context"
	_ "embed"
	"slices"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
)

//go:embed doc.go
var doc string

// Analyzer reports a requirement of a version that the same file excludes.
var Analyzer = &analysis.Analyzer{
	Name:     "excludedrequire",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      run,
	Kinds:    kinds,
}

var kinds = analysis.KindSet{
	"exclude-of-required": analysis.Error,
}

// run prefers, where no other version is known, that the exclusion goes, for the requirement may be needed.
func run(ctx context.Context, pass *analysis.Pass) error {
	with := *pass
	with.Report = func(d analysis.Diagnostic) {
		if len(d.Fixes) > 0 && !slices.ContainsFunc(d.Fixes, func(f fixes.Fix) bool { return f.Preferred }) {
			d.Fixes[0].Preferred = true
		}
		pass.Report(d)
	}
	return kinds.Run(ctx, &with)
}
