package lowgoline

import (
	"context"
	_ "embed"
	"fmt"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports a go line below the Go version that a dependency needs.
var Analyzer = &analysis.Analyzer{
	Name:     "lowgoline",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	if pass.File.Kind != workspace.ModFile || pass.View.Work != nil || pass.View.Mode == workspace.Mutable {
		return nil
	}
	g := pass.View.Graph()
	if g == nil || !g.LowGoLine() {
		return nil
	}
	mod := pass.File.Mod()
	selected := g.Selected("go")
	asker := ""
	if chain := g.Chain(module.Version{Path: "go", Version: selected}); len(chain) > 2 {
		m := chain[len(chain)-2]
		asker = fmt.Sprintf(", which %s %s needs", m.Path, m.Version)
		if m.Version == "" {
			asker = fmt.Sprintf(", which %s needs", m.Path)
		}
	}
	d := analysis.Diagnostic{}
	if mod.Go != nil {
		d.Span = mod.Go.VersionTok.Span
		d.Message = fmt.Sprintf("the go line says %s, below %s%s; go refuses until it says at least that", mod.Go.Version, selected, asker)
	} else {
		d.Span = mod.Module.Line.Span
		d.Message = fmt.Sprintf("a missing go line means go 1.16, below %s%s; go refuses until there is one that says at least that", selected, asker)
	}
	if root := pass.RootOf(g, module.Version{Path: "go", Version: selected}); root != nil {
		d.Module = module.Version{Path: root.Path, Version: root.Version}
		d.Related = []analysis.Related{{URI: pass.File.URI, Span: root.Line.Span, Message: "this requirement leads to go " + selected}}
	}
	repair := g.Repair()
	fix := fixes.Fix{Title: "Set the go line to " + repair.Go, Kind: fixes.QuickFix, Preferred: true}
	if repair.Graph.Complete() && !pass.MoreSumsMissing(g, repair.Graph) {
		fix.Edits, _ = pass.RepairEdits(repair)
	} else {
		fix.Command = pass.Command("gomodls.get", map[string]any{"module": "go", "version": repair.Go})
	}
	d.Fixes = []fixes.Fix{fix}
	pass.Report(d)
	return nil
}
