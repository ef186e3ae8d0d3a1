package badmodule

import (
	"context"
	_ "embed"
	"fmt"
	"strings"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/internal/gosum"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports requirements that lead to a module version which the go command cannot use.
var Analyzer = &analysis.Analyzer{
	Name:     "badmodule",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	if pass.File.Kind != workspace.ModFile {
		return nil
	}
	g := pass.View.Graph()
	if g == nil {
		return nil
	}
	reported := map[text.Span]bool{}
	for _, n := range pass.Faulty(g) {
		if analysis.Unfetchable(n) != nil {
			n = &modgraph.Node{Module: n.Module, Actual: n.Actual, Replace: n.Replace, Cause: modgraph.Unavailable, Err: analysis.Unfetchable(n)}
		}
		switch n.Cause {
		case modgraph.Unavailable, modgraph.Unreadable, modgraph.NoModuleLine, modgraph.WrongPath:
		default:
			continue
		}
		if n.Dir != "" || analysis.Unfetchable(n) == nil && unprotected(pass, n) { // replacepath and missingsum come first
			continue
		}
		span, root, replace := place(pass, g, n)
		if span == (text.Span{}) || reported[span] {
			continue
		}
		reported[span] = true
		report(pass, g, n, span, root, replace)
	}
	return nil
}

// unprotected reports whether go stops at the checksum of n before it reads n.
func unprotected(pass *analysis.Pass, n *modgraph.Node) bool {
	key, ok := gosum.ModKey(n)
	return ok && pass.View.Work == nil && pass.View.Mode == workspace.Readonly && !pass.Module.Sum.Checksums().Has(key)
}

// place returns where the pass's file is to blame: at the replacement that names the version, else at the requirement through
// which the graph comes to it.
func place(pass *analysis.Pass, g *modgraph.Graph, n *modgraph.Node) (text.Span, *syntax.Require, *syntax.Replace) {
	if n.Replace != nil {
		for _, r := range pass.File.Mod().Replace {
			if r.Valid && r.Old == n.Replace.Old && r.New == n.Replace.New && n.Replace.Dir == pass.Module.Dir {
				return text.Span{Start: r.NewPathTok.Start, End: max(r.NewPathTok.End, r.NewVersionTok.End)}, nil, r
			}
		}
	}
	if root := pass.RootOf(g, n.Module); root != nil {
		return root.VersionTok.Span, root, nil
	}
	return text.Span{}, nil, nil
}

func report(pass *analysis.Pass, g *modgraph.Graph, n *modgraph.Node, span text.Span, root *syntax.Require, replace *syntax.Replace) {
	d := analysis.Diagnostic{Span: span, Module: n.Module, Message: message(n)}
	if chain := g.Chain(n.Module); len(chain) > 2 {
		var via []string
		for _, m := range chain[1 : len(chain)-1] {
			via = append(via, m.Path+" "+m.Version)
		}
		d.Message += "; it is required through " + strings.Join(via, ", ")
	}
	switch {
	case root != nil:
		d.Fixes = pass.WaysOut(g, n, root)
	case replace != nil:
		d.Fixes = pass.OtherReplacement(g, replace)
	}
	pass.Report(d)
}

func message(n *modgraph.Node) string {
	name := n.Actual.Path + " " + n.Actual.Version
	switch n.Cause {
	case modgraph.Unavailable:
		if p := n.Actual.Path; p == "std" || p == "cmd" {
			return fmt.Sprintf("%s belongs to Go itself, and cannot be required; go refuses", p)
		}
		return fmt.Sprintf("%s cannot be had: %v; go refuses", name, n.Err)
	case modgraph.Unreadable:
		return fmt.Sprintf("the go.mod file of %s cannot be parsed: %v; go refuses", name, n.Err)
	case modgraph.NoModuleLine:
		return fmt.Sprintf("the go.mod file of %s has no module line; go refuses", name)
	}
	return fmt.Sprintf("%s calls itself %s, but is required as %s; go refuses", name, n.Mod.Path, n.Module.Path)
}
