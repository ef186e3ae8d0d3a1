package unusedreplace

import (
	"context"
	_ "embed"
	"fmt"
	"slices"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/packages"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/tidy"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports replacements that have no effect.
var Analyzer = &analysis.Analyzer{
	Name:     "unusedreplace",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Hint,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	var lines []*syntax.Replace
	switch {
	case pass.File.Kind == workspace.WorkFile:
		lines = pass.File.Work().Replace
	case pass.File.Kind == workspace.ModFile && pass.View.Work == nil:
		lines = pass.File.Mod().Replace
	}
	if len(lines) == 0 || pass.View.Mode == workspace.Vendor {
		return nil
	}
	g := pass.View.Graph()
	if g == nil || !g.Complete() || len(g.Nodes()) > 0 && pass.Stumbles(g, lines[0].Line.Span) != nil {
		return nil
	}
	for _, r := range lines {
		if !r.Valid || pass.Refused(r.Line) || inUse(g, r) && !idle(pass, lines, r) || wanted(pass, r) {
			continue
		}
		pass.Report(analysis.Diagnostic{
			Span:    r.Line.Span,
			Module:  r.Old,
			Message: message(g, r),
			Tags:    analysis.Unnecessary,
			Fixes: []fixes.Fix{{
				Title: "Remove the replacement of " + r.Old.Path, Kind: fixes.QuickFix,
				Edits: []fixes.Edit{pass.Edit(fixes.DeleteLine(pass.File.Text, r.Line))},
			}},
		})
	}
	return nil
}

// inUse reports whether r is what stands for a module version in the graph.
func inUse(g *modgraph.Graph, r *syntax.Replace) bool {
	stands := func(m module.Version) bool {
		if m.Path != r.Old.Path {
			return false
		}
		now := g.Replacement(m)
		return now != nil && now.Old == r.Old
	}
	// The selected version may be one whose go.mod file nobody reads. A main module, which has none, is never replaced.
	selected := module.Version{Path: r.Old.Path, Version: g.Selected(r.Old.Path)}
	if selected.Version != "none" && selected.Version != "" && stands(selected) {
		return true
	}
	return slices.ContainsFunc(g.Nodes(), func(n *modgraph.Node) bool { return stands(n.Module) })
}

// idle reports whether a module version is replaced by itself, and would be if the line were not there: no other line replaces all
// versions of the module.
func idle(pass *analysis.Pass, lines []*syntax.Replace, r *syntax.Replace) bool {
	return pass.File.Kind == workspace.ModFile && r.Old == r.New && r.Old.Version != "" &&
		!slices.ContainsFunc(lines, func(other *syntax.Replace) bool { return other.Old == module.Version{Path: r.Old.Path} })
}

// wanted reports whether a package is looked for in what r replaces, so that tidy would require it.
func wanted(pass *analysis.Pass, r *syntax.Replace) bool {
	for _, f := range pass.PackageFaults(packages.NotRequired, packages.NotInReplacement) {
		if f.Modules[0].Path == r.Old.Path {
			return true
		}
	}
	a := pass.Tidied()
	return a != nil && slices.ContainsFunc(a.Result.Require, func(n tidy.Requirement) bool { return n.Module.Path == r.Old.Path })
}

func message(g *modgraph.Graph, r *syntax.Replace) string {
	switch selected := g.Selected(r.Old.Path); {
	case r.Old == r.New:
		return fmt.Sprintf("this replaces %s %s by itself, which has no effect", r.Old.Path, r.Old.Version)
	case selected == "none":
		return fmt.Sprintf("nothing requires %s, so that this replacement has no effect", r.Old.Path)
	case selected == "" && r.Old.Version == "":
		return fmt.Sprintf("%s is a main module, which go never replaces", r.Old.Path)
	case selected == "":
		return fmt.Sprintf("nothing requires %s %s, so that this replacement has no effect: it is a main module", r.Old.Path, r.Old.Version)
	case r.Old.Version == "":
		return fmt.Sprintf("each version of %s that anything requires has a replacement of its own, so that this one has no effect", r.Old.Path)
	default:
		return fmt.Sprintf("nothing requires %s %s, so that this replacement has no effect: %s is selected", r.Old.Path, r.Old.Version, selected)
	}
}
