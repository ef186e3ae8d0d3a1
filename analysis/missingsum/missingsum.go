package missingsum

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/gosum"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports requirements for which go.sum lacks a checksum.
var Analyzer = &analysis.Analyzer{
	Name:     "missingsum",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	if pass.File.Kind != workspace.ModFile || pass.View.Work != nil || pass.View.Mode != workspace.Readonly {
		return nil
	}
	g := pass.View.Graph()
	if g == nil {
		return nil
	}
	behind := map[*syntax.Require][]*modgraph.Node{} // what is missing, by the requirement that leads to it
	var order []*syntax.Require
	for _, n := range fetchable(lasting(pass, g, gosum.Missing(g, pass.Module.Sum.Checksums()))) {
		root := pass.RootOf(g, n.Module)
		if behind[root] == nil {
			order = append(order, root)
		}
		behind[root] = append(behind[root], n)
	}
	var keys []module.Version
	for _, root := range order {
		for _, n := range behind[root] {
			key, _ := gosum.ModKey(n)
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	title := fmt.Sprintf("Add the missing checksum of %s %s to go.sum", keys[0].Path, strings.TrimSuffix(keys[0].Version, "/go.mod"))
	if len(keys) > 1 {
		title = "Add the missing checksums to go.sum"
	}
	fix, proved := pass.AddSums(title, keys)
	for _, root := range order {
		if !proved {
			fix = fixes.Fix{
				Title: title, Kind: fixes.QuickFix, Preferred: true,
				Command: pass.Command("gomodls.download", only(pass.View.Graph(), behind[root], len(order) > 1)),
			}
		}
		report(pass, root, behind[root], fix)
	}
	return nil
}

// lasting drops what is missing only because the requirements are inconsistent, which is another fault: what go would not
// ask for any more once they are mended.
func lasting(pass *analysis.Pass, g *modgraph.Graph, missing []*modgraph.Node) []*modgraph.Node {
	if len(missing) == 0 || !g.Inconsistent() {
		return missing
	}
	mended := g.Repair(pass.View.Source()).Graph
	return slices.DeleteFunc(missing, func(n *modgraph.Node) bool { return mended.Node(n.Module) == nil })
}

func report(pass *analysis.Pass, root *syntax.Require, missing []*modgraph.Node, fix fixes.Fix) {
	d := analysis.Diagnostic{Module: missing[0].Module, Message: message(root, missing)}
	switch decl := pass.File.Mod().Module; {
	case root != nil:
		d.Span = root.Line.Span
	case decl != nil:
		d.Span = decl.Line.Span
	}
	d.Fixes = []fixes.Fix{fix}
	pass.Report(d)
}

// fetchable drops what go refuses for its path; see badmodule.
func fetchable(missing []*modgraph.Node) []*modgraph.Node {
	return slices.DeleteFunc(missing, func(n *modgraph.Node) bool { return analysis.Unfetchable(n) != nil })
}

// only names the modules to download, where that is enough: go adds checksums of selected versions when it is asked for them
// by name, and of others when it lists all modules.
func only(g *modgraph.Graph, missing []*modgraph.Node, more bool) map[string]any {
	const most = 20
	if more || len(missing) > most {
		return nil
	}
	var modules []string
	for _, n := range missing {
		if g.Selected(n.Module.Path) != n.Module.Version {
			return nil
		}
		modules = append(modules, n.Module.Path+"@"+n.Module.Version)
	}
	return map[string]any{"modules": modules}
}

func message(root *syntax.Require, missing []*modgraph.Node) string {
	var b strings.Builder
	fmt.Fprintf(&b, "go.sum has no checksum for the go.mod file of %s", name(missing[0]))
	if root != nil && missing[0].Module.Path != root.Path {
		fmt.Fprintf(&b, ", which %s leads to", root.Path)
	}
	switch n := len(missing) - 1; {
	case n == 1:
		fmt.Fprintf(&b, ", and none for %s", name(missing[1]))
	case n > 1:
		fmt.Fprintf(&b, ", and none for %d more modules that it leads to", n)
	}
	b.WriteString(`; go refuses with "missing go.sum entry"`)
	return b.String()
}

// name says which module version go.sum would have to protect.
func name(n *modgraph.Node) string {
	if n.Replace != nil {
		return fmt.Sprintf("%s %s (which replaces %s)", n.Actual.Path, n.Actual.Version, n.Module.Path)
	}
	return n.Actual.Path + " " + n.Actual.Version
}
