package lowgoline

import (
	"context"
	_ "embed"
	"fmt"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/goenv"
	"github.com/gomodls/gomodls/internal/text"
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
	if pass.File.Kind == workspace.WorkFile {
		checkWork(pass)
		return nil
	}
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
	d.Related = append(d.Related, pass.Stumbles(g, d.Span)...)
	repair := pass.View.Repair()
	fix := fixes.Fix{Title: "Set the go line to " + repair.Go, Kind: fixes.QuickFix, Preferred: true}
	if !pass.NeedsMore(g, repair.Graph) {
		fix.Edits, _ = pass.RepairEdits(repair)
	} else {
		fix.Command = pass.Command("gomodls.get", map[string]any{"module": "go", "version": repair.Go})
	}
	d.Fixes = []fixes.Fix{fix}
	pass.Report(d)
	return nil
}

// checkWork compares the go line of a go.work with those of its modules; see modload.loadModFile.
func checkWork(pass *analysis.Pass) {
	line := pass.File.Work().Go
	have := "1.18" // what a missing line means
	if line != nil {
		if have = line.Version; !line.Valid {
			return
		}
	}
	highest, asker := have, (*workspace.Module)(nil)
	for _, m := range pass.View.Modules() {
		own := m.Mod.Mod().Go
		if own != nil && own.Valid && own.Version != highest && goenv.CompareVersions(own.Version, "1.21") >= 0 && goenv.CompareVersions(own.Version, highest) > 0 {
			highest, asker = own.Version, m
		}
	}
	if asker == nil {
		return
	}
	d := analysis.Diagnostic{
		Module:  module.Version{Path: asker.Path()},
		Related: []analysis.Related{{URI: asker.Mod.URI, Span: asker.Mod.Mod().Go.Line.Span, Message: "the module's go line"}},
	}
	fix := fixes.Fix{Title: "Set the go line to " + highest, Kind: fixes.QuickFix, Preferred: true}
	if line != nil {
		d.Span = line.VersionTok.Span
		d.Message = fmt.Sprintf("the go line says %s, below %s, which the module %s needs; go refuses", have, highest, asker.Path())
		fix.Edits = []fixes.Edit{pass.Edit(fixes.Replace(line.VersionTok.Span, highest))}
	} else {
		d.Span = pass.File.Start()
		d.Message = fmt.Sprintf("a missing go line means go 1.18, below %s, which the module %s needs; go refuses", highest, asker.Path())
		fix.Edits = []fixes.Edit{pass.Edit(text.Edit{New: "go " + highest + "\n\n"})}
	}
	d.Fixes = []fixes.Fix{fix}
	pass.Report(d)
}
