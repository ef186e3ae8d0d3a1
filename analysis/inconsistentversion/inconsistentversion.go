package inconsistentversion

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports requirements that contradict the build list.
var Analyzer = &analysis.Analyzer{
	Name:     "inconsistentversion",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	// A workspace selects for its modules; -mod=mod and vendoring do not compare the roots with a graph.
	if pass.File.Kind != workspace.ModFile || pass.View.Work != nil || pass.View.Mode == workspace.Mutable {
		return nil
	}
	mod := pass.File.Mod()
	highest := map[string]*syntax.Require{} // of those that may be required twice
	for _, group := range mod.Alike() {
		for _, r := range group {
			if have := highest[r.Path]; have == nil || semver.Compare(r.Version, have.Version) > 0 {
				highest[r.Path] = r
			}
		}
	}
	g := pass.View.Graph()
	if g == nil && slices.ContainsFunc(mod.Problems, func(p syntax.Problem) bool { return p.Kind == "conflict-markers" }) {
		return nil // each side has its version
	}
	below := map[string]bool{} // paths
	if g != nil {
		for _, id := range g.RootsBelow() {
			below[g.Names().Version(id).Path] = true
		}
	}
	if len(highest)+len(below) == 0 {
		return nil
	}
	for _, r := range mod.Require {
		switch {
		case !r.Valid || excluded(mod, r):
		case highest[r.Path] != nil && r.Version != highest[r.Path].Version:
			reportDuplicate(pass, g, r, highest[r.Path])
		case g != nil && !g.Pruned() && r.Path == pass.Module.Path():
			reportSelf(pass, r)
		case below[r.Path] && g.BelowSelected(module.Version{Path: r.Path, Version: r.Version}) && g.Selected(r.Path) != "":
			reportBelow(pass, g, r)
		}
	}
	return nil
}

// excluded reports whether go ignores a requirement because its version is excluded, which is another fault.
func excluded(mod *syntax.Mod, r *syntax.Require) bool {
	for _, x := range mod.Exclude {
		if x.Path == r.Path && x.Version == r.Version {
			return true
		}
	}
	return false
}

func reportDuplicate(pass *analysis.Pass, g *modgraph.Graph, r, highest *syntax.Require) {
	d := analysis.Diagnostic{
		Span:    r.Line.Span,
		Module:  module.Version{Path: r.Path, Version: r.Version},
		Message: fmt.Sprintf("%s is required at %s and at %s; go refuses until one is left", r.Path, highest.Version, r.Version),
		Related: []analysis.Related{{URI: pass.File.URI, Span: highest.Line.Span, Message: "required at " + highest.Version + " here"}},
		Fixes: []fixes.Fix{{
			Title: fmt.Sprintf("Keep %s %s", r.Path, highest.Version), Kind: fixes.QuickFix, Preferred: true,
			Edits: []fixes.Edit{pass.Edit(fixes.DeleteLine(pass.File.Text, r.Line))},
		}},
	}
	// Keeping the lower one is a way out only if nothing else asks for more.
	if g != nil && g.Complete() && keepsLower(pass, g, r, highest) {
		d.Fixes = append(d.Fixes, fixes.Fix{
			Title: fmt.Sprintf("Keep %s %s", r.Path, r.Version), Kind: fixes.QuickFix,
			Edits: []fixes.Edit{pass.Edit(fixes.DeleteLine(pass.File.Text, highest.Line))},
		})
	}
	pass.Report(d)
}

func keepsLower(pass *analysis.Pass, g *modgraph.Graph, r, highest *syntax.Require) bool {
	var require []module.Version
	for _, m := range g.Requirements() {
		if m.Path != highest.Path || m.Version != highest.Version {
			require = append(require, m)
		}
	}
	return g.WithRequire(pass.View.Source(), require).Selected(r.Path) == r.Version
}

// reportSelf reports a requirement of the module itself. Go overlooks it only in a graph that is pruned; see
// modload.updateUnprunedRoots.
func reportSelf(pass *analysis.Pass, r *syntax.Require) {
	pass.Report(analysis.Diagnostic{
		Span:    r.Line.Span,
		Module:  module.Version{Path: r.Path, Version: r.Version},
		Message: fmt.Sprintf("%s is this module itself; with a go line below 1.17, go refuses until the requirement is gone", r.Path),
		Fixes: []fixes.Fix{{
			Title: "Remove the requirement of " + r.Path, Kind: fixes.QuickFix, Preferred: true,
			Edits: []fixes.Edit{pass.Edit(fixes.DeleteLine(pass.File.Text, r.Line))},
		}},
	})
}

func reportBelow(pass *analysis.Pass, g *modgraph.Graph, r *syntax.Require) {
	selected := g.Selected(r.Path)
	m := module.Version{Path: r.Path, Version: selected}
	d := analysis.Diagnostic{
		Span:    r.VersionTok.Span,
		Module:  module.Version{Path: r.Path, Version: r.Version},
		Message: fmt.Sprintf("%s %s is below %s, which %s; go refuses until go.mod says %s", r.Path, r.Version, selected, because(g, m), selected),
	}
	if root := pass.RootOf(g, m); root != nil && root != r {
		d.Related = append(d.Related, analysis.Related{URI: pass.File.URI, Span: root.Line.Span, Message: fmt.Sprintf("this requirement leads to %s %s", r.Path, selected)})
	}
	d.Related = append(d.Related, pass.Stumbles(g, d.Span)...)
	d.Fixes = []fixes.Fix{upgrade(pass, g, r)}
	pass.Report(d)
}

// because says who asks for m, through whom.
func because(g *modgraph.Graph, m module.Version) string {
	chain := g.Chain(m)
	if len(chain) < 3 { // the main module itself asks for it, at another line
		return "go.mod requires as well"
	}
	asker := chain[len(chain)-2]
	if len(chain) == 3 {
		return fmt.Sprintf("%s %s requires", asker.Path, asker.Version)
	}
	var via []string
	for i := len(chain) - 3; i > 0; i-- {
		via = append(via, chain[i].Path)
	}
	return fmt.Sprintf("%s %s requires (through %s)", asker.Path, asker.Version, strings.Join(via, ", "))
}

// upgrade returns the fix that raises r to the selected version, together with whatever else that makes necessary. It is a
// plain edit only if go accepts the result as it is; otherwise go get does it.
func upgrade(pass *analysis.Pass, g *modgraph.Graph, r *syntax.Require) fixes.Fix {
	repair := pass.View.Repair()
	fix := fixes.Fix{Title: fmt.Sprintf("Upgrade %s to %s", r.Path, g.Selected(r.Path)), Kind: fixes.QuickFix, Preferred: true}
	edits, others := pass.RepairEdits(repair)
	if pass.NeedsMore(g, repair.Graph) {
		fix.Command = pass.Command("gomodls.get", map[string]any{"module": r.Path, "version": g.Selected(r.Path)})
		return fix
	}
	fix.Edits = edits
	switch others -= 1; {
	case others == 1:
		fix.Title += " and change one other line that go.mod has too low"
	case others > 1:
		fix.Title += fmt.Sprintf(" and change %d other lines that go.mod has too low", others)
	}
	return fix
}
