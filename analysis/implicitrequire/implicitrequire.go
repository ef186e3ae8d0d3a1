package implicitrequire

import (
	"context"
	_ "embed"
	"fmt"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/packages"
)

//go:embed doc.go
var doc string

// Analyzer reports modules whose packages are needed and that only other modules require.
var Analyzer = &analysis.Analyzer{
	Name:     "implicitrequire",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	g := pass.View.Graph()
	if g == nil || g.Inconsistent() {
		return nil
	}
	var faults []packages.Fault
	for _, f := range pass.PackageFaults(packages.Outdated) {
		if m := f.Modules[0]; pass.Required(m.Path) == nil && g.Selected(m.Path) == m.Version { // else something has changed since
			faults = append(faults, f)
		}
	}
	if len(faults) == 0 {
		return nil
	}
	list := ways(pass, g, faults)
	for _, f := range faults {
		report(pass, g, f, list)
	}
	return nil
}

func report(pass *analysis.Pass, g *modgraph.Graph, f packages.Fault, list []fixes.Fix) {
	m := f.Modules[0]
	d := analysis.Diagnostic{
		Module: m, Fixes: list,
		Message: fmt.Sprintf("%s, which %s imports, is in %s %s, which go.mod does not require itself; go build and go test refuse with %q",
			f.Path, f.Chain[len(f.Chain)-1], m.Path, m.Version, f.Says),
	}
	if f.Test {
		d.Message = fmt.Sprintf("%s, to which only tests lead, is in %s %s, which go.mod does not require itself; go build and go test refuse with %q",
			f.Path, m.Path, m.Version, f.Says)
	}
	if r := pass.RootOf(g, m); r != nil {
		d.Span = r.Line.Span
	} else if decl := pass.File.Mod().Module; decl != nil {
		d.Span = decl.Line.Span
	}
	for _, s := range pass.Sites(f.Sites) {
		d.Related = append(d.Related, analysis.Related{URI: s.URI, Span: s.Span, Message: "this import leads to " + f.Path})
	}
	pass.Report(d)
}

// ways returns what mends all of the faults at once: their lines, if go would then have all that it needs, and tidy.
func ways(pass *analysis.Pass, g *modgraph.Graph, faults []packages.Fault) []fixes.Fix {
	tidy := pass.RunTidy()
	require := g.Requirements()
	add := make([]module.Version, len(faults))
	for i, f := range faults {
		add[i] = f.Modules[0]
	}
	require = append(require[:len(require):len(require)], add...)
	if len(add) > 1 || !pass.LoadsWith(g, require) { // several lines at one place would be several edits of it
		tidy.Preferred = true
		return []fixes.Fix{tidy}
	}
	m := add[0]
	return []fixes.Fix{{
		Title: fmt.Sprintf("Require %s %s // indirect", m.Path, m.Version), Kind: fixes.QuickFix, Preferred: true,
		Edits: []fixes.Edit{pass.Edit(fixes.AddRequire(pass.File.Mod(), m.Path, m.Version, true))},
	}, tidy}
}
