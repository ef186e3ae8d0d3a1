package analysis

import (
	"maps"
	"strings"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/gosum"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/workspace"
)

// Edit returns an edit of the pass's file.
func (p *Pass) Edit(e text.Edit) fixes.Edit {
	return fixes.Edit{URI: p.File.URI, Span: e.Span, New: e.New}
}

// Command returns a command of the server about the pass's file.
func (p *Pass) Command(name string, args map[string]any) *fixes.Command {
	all := map[string]any{"uri": string(p.File.URI)}
	maps.Copy(all, args)
	return &fixes.Command{Name: name, Arguments: all}
}

// RootOf returns the requirement of the pass's go.mod through which the graph comes to m, or nil.
func (p *Pass) RootOf(g *modgraph.Graph, m module.Version) *syntax.Require {
	chain := g.Chain(m)
	if len(chain) < 2 {
		return nil
	}
	for _, r := range p.File.Mod().Require {
		if r.Valid && r.Path == chain[1].Path && r.Version == chain[1].Version {
			return r
		}
	}
	return nil
}

// MustDoc returns the package comment of an analyzer's doc.go. It panics if there is none, or if its first sentence does not
// say what the package reports; both are faults of the analyzer's author.
func MustDoc(src string) string {
	var b strings.Builder
	for line := range strings.Lines(src) {
		comment, ok := strings.CutPrefix(line, "//")
		if !ok {
			break
		}
		b.WriteString(strings.TrimPrefix(comment, " "))
	}
	doc := strings.TrimSpace(b.String())
	if words := strings.Fields(doc); len(words) < 4 || words[0] != "Package" || words[2] != "reports" {
		panic("doc.go must begin with a comment \"Package x reports …\"")
	}
	return doc
}

// FromProblem turns a problem of a file's syntax into a diagnostic of the pass's file, with its ways out as fixes. The
// severity is left to the analyzer.
func (p *Pass) FromProblem(problem syntax.Problem) Diagnostic {
	d := Diagnostic{Span: problem.Span, Message: problem.Message}
	for _, r := range problem.Related {
		d.Related = append(d.Related, Related{URI: p.File.URI, Span: r.Span, Message: r.Message})
	}
	for _, s := range problem.Suggest {
		fix := fixes.Fix{Title: s.Title, Kind: fixes.QuickFix, Preferred: s.Preferred}
		for _, e := range s.Edits {
			fix.Edits = append(fix.Edits, p.Edit(e))
		}
		d.Fixes = append(d.Fixes, fix)
	}
	return d
}

// Accepts reports whether the go command would load a graph of the pass's single module: every go.mod file can be had, and
// go.sum protects it, and no requirement is below the version selected. Facts that are missing count against it.
func (p *Pass) Accepts(g *modgraph.Graph) bool {
	if p.View.Mode == workspace.Readonly && p.Module != nil && p.View.Work == nil {
		if len(gosum.Missing(g, p.Module.Sum.Checksums())) > 0 {
			return false
		}
	}
	for _, n := range g.Nodes() {
		if n.Cause != modgraph.OK {
			return false
		}
	}
	return !g.AnyBelowSelected()
}
