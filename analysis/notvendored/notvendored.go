package notvendored

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/packages"
)

//go:embed doc.go
var doc string

// Analyzer reports imports of packages that are not in the vendor directory.
var Analyzer = &analysis.Analyzer{
	Name:     "notvendored",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	title := "Run go mod vendor"
	if pass.View.Work != nil {
		title = "Run go work vendor"
	}
	for _, f := range pass.PackageFaults(packages.NotVendored, packages.NotListed) {
		what := "is not in the vendor directory"
		if f.Kind == packages.NotListed {
			what = "is in the vendor directory, but vendor/modules.txt does not list it, so that it does not count"
		}
		d := analysis.Diagnostic{Message: fmt.Sprintf(`%s %s; go refuses with %q`, analysis.Imported(f), what, f.Says)}
		inMain := len(f.Modules) > 0 && f.Modules[0].Version == "" // where go mod vendor finds nothing
		if !inMain && !pass.LosesByVendoring() {
			d.Fixes = []fixes.Fix{{Title: title, Kind: fixes.QuickFix, Preferred: true, Command: pass.Command("gomodls.vendor", nil)}}
		}
		pass.ReportFault(f, d)
	}
	return nil
}
