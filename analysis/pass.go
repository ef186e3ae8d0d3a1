package analysis

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"path/filepath"
	"slices"
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

// RootOf returns the requirement of the pass's go.mod through which the graph comes to m, or nil. In a workspace it may be
// another module's that does.
func (p *Pass) RootOf(g *modgraph.Graph, m module.Version) *syntax.Require {
	main, root := g.Begin(m)
	if root.Path == "" || main.Path != p.Module.Path() {
		return nil
	}
	for _, r := range p.File.Mod().Require {
		if r.Valid && r.Path == root.Path && r.Version == root.Version {
			return r
		}
	}
	for _, r := range p.File.Mod().Require {
		if !r.Valid && r.Path == root.Path && !r.VersionTok.IsZero() { // a word that go looks up
			return r
		}
	}
	return nil
}

// Faulty returns the modules of a graph that go cannot use, or of which nobody can tell, and for which the pass's go.mod is to blame.
func (p *Pass) Faulty(g *modgraph.Graph) []*modgraph.Node {
	return g.FaultyOf(p.Module.Path(), p.Module.Dir)
}

// MustDoc returns the package comment of an analyzer's doc.go. It panics if there is none, or if its first sentence does not
// say what the package reports; both are faults of the analyzer's author.
func MustDoc(src string) string {
	var b strings.Builder
	b.Grow(len(src))
	for line := range strings.Lines(src) {
		comment, ok := strings.CutPrefix(line, "//")
		if !ok {
			break
		}
		b.WriteString(strings.TrimPrefix(comment, " "))
	}
	doc := strings.TrimSpace(b.String())
	if words := strings.SplitN(doc, " ", 4); len(words) < 4 || words[0] != "Package" || words[2] != "reports" {
		panic("doc.go must begin with a comment \"Package x reports …\"")
	}
	return doc
}

// FromProblem turns a problem of a file's syntax into a diagnostic of the pass's file, with its ways out as fixes. The
// severity is left to the analyzer.
func (p *Pass) FromProblem(problem syntax.Problem) Diagnostic {
	d := Diagnostic{Span: problem.Span, Message: problem.Message, Module: subject(problem.Line)}
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

// NeedsMore reports whether the go command would need something after a change that is not at hand and that it did not need
// before: a checksum, or a go.mod file.
func (p *Pass) NeedsMore(before, after *modgraph.Graph) bool {
	sums, protected := p.Module.Sum.Checksums(), p.View.Mode == workspace.Readonly && p.View.Work == nil
	return slices.ContainsFunc(after.Nodes(), func(n *modgraph.Node) bool {
		b := before.Same(n)
		return n.Cause == modgraph.NotKnown && (b == nil || b.Cause != modgraph.NotKnown) || b == nil && protected && !sums.Protects(n)
	})
}

// RepairEdits returns the edits of the pass's go.mod that make its roots consistent, and how many lines they change. Of
// several requirements of one path only the highest is changed: that there are several is another fault.
func (p *Pass) RepairEdits(r *modgraph.Repair) (edits []fixes.Edit, lines int) {
	mod := p.File.Mod()
	for _, req := range mod.Require {
		if v := r.Versions[req.Path]; v != "" && req.Valid && r.Graph.Compare(req.Path, req.Version, v) < 0 && highest(mod, r.Graph, req) {
			edits = append(edits, p.Edit(fixes.Replace(req.VersionTok.Span, v)))
		}
	}
	switch {
	case mod.Go != nil && mod.Go.Version != r.Go:
		edits = append(edits, p.Edit(fixes.Replace(mod.Go.VersionTok.Span, r.Go)))
	case mod.Go == nil && r.Go != "":
		edits = append(edits, p.Edit(fixes.AddStatement(p.File.Text, mod.Module.Line, "go "+r.Go)))
	}
	if mod.Toolchain != nil && r.Toolchain == "" {
		edits = append(edits, p.Edit(fixes.DeleteLine(p.File.Text, mod.Toolchain.Line)))
	}
	return edits, len(edits)
}

// highest reports whether no other requirement of the same path is above r.
func highest(mod *syntax.Mod, g *modgraph.Graph, r *syntax.Require) bool {
	for _, other := range mod.Require {
		if other.Valid && other.Path == r.Path && g.Compare(r.Path, r.Version, other.Version) < 0 {
			return false
		}
	}
	return true
}

// Refused reports whether the go command refuses a line of the pass's file for what it says, so that what follows from it
// is not worth a word.
func (p *Pass) Refused(l *syntax.Line) bool {
	return slices.ContainsFunc(p.File.Problems(""), func(problem syntax.Problem) bool {
		return problem.Line == l && problem.Severity == syntax.Refused
	})
}

// Replacements returns the replace lines of the pass's file, whether they are in force or not.
func (p *Pass) Replacements() []*syntax.Replace {
	switch p.File.Kind {
	case workspace.ModFile:
		return p.File.Mod().Replace
	case workspace.WorkFile:
		return p.File.Work().Replace
	}
	return nil
}

// LostByVendoring reports whether r is by a directory inside the vendor directory. Making that directory anew deletes the
// replacement, and is refused after that; see modcmd.RunVendor and moduleLine there.
func LostByVendoring(r *syntax.Replace) bool {
	first, _, _ := strings.Cut(filepath.ToSlash(filepath.Clean(r.New.Path)), "/")
	return r.Valid && r.IsDir && first == "vendor"
}

// LosesByVendoring reports whether the pass's view has a replacement that is lost by vendoring.
func (p *Pass) LosesByVendoring() bool {
	if p.View.Work != nil {
		return slices.ContainsFunc(p.View.Work.Work().Replace, LostByVendoring)
	}
	return slices.ContainsFunc(p.View.Modules(), func(m *workspace.Module) bool {
		return slices.ContainsFunc(m.Mod.Mod().Replace, LostByVendoring)
	})
}

// Warned yields the requirements of the pass's go.mod whose versions are selected and not replaced, and whose go.mod files say
// that the module is deprecated, or that versions are retracted; each with what is known of the version that go builds with.
func (p *Pass) Warned() iter.Seq2[*syntax.Require, *modgraph.Node] {
	return func(yield func(*syntax.Require, *modgraph.Node) bool) {
		if p.File.Kind != workspace.ModFile || len(p.File.Mod().Require) == 0 {
			return
		}
		g := p.View.Graph()
		if g == nil {
			return
		}
		warned := warned.Of(g)
		if len(warned) == 0 {
			return
		}
		for _, r := range p.File.Mod().Require {
			if n := warned[r.Path]; n != nil && r.Valid && n.Module.Version == r.Version && !yield(r, n) {
				return
			}
		}
	}
}

// warned are the selected modules that are not replaced and whose go.mod files have something to say to those who require them, by
// path.
var warned = modgraph.NewProperty(func(g *modgraph.Graph) map[string]*modgraph.Node {
	nodes := map[string]*modgraph.Node{}
	for _, n := range g.Nodes() {
		if n.Mod != nil && n.Replace == nil && (n.Mod.Deprecated != "" || len(n.Mod.Retract) > 0) && g.Selected(n.Module.Path) == n.Module.Version {
			nodes[n.Module.Path] = n
		}
	}
	return nodes
}, func(a, b map[string]*modgraph.Node) bool { return maps.EqualFunc(a, b, modgraph.SameNode) })

// Readable reports whether go can read the go.mod of the pass's module, and the go.work, without which no command of go does
// anything.
func (p *Pass) Readable() bool {
	refused := func(f *workspace.File) bool {
		return f != nil && slices.ContainsFunc(f.Problems(p.View.GoVersion()), func(problem syntax.Problem) bool { return problem.Severity == syntax.Refused })
	}
	return !refused(p.View.Work) && (p.Module == nil || !refused(p.Module.Mod))
}

// subject returns the module that a line is about, or the zero value.
func subject(l *syntax.Line) module.Version {
	if l == nil || len(l.Args) == 0 {
		return module.Version{}
	}
	switch l.Verb {
	case "require", "exclude", "replace", "module":
		return module.Version{Path: l.Args[0].Value}
	}
	return module.Version{}
}

// Stumbles returns, as related information at span, the module at whose missing checksum the go command stops before it comes
// to compare the roots of g; nothing if there is none. For diagnostics of inconsistent roots, which are the cause: mending
// them is what makes go not ask for that checksum.
func (p *Pass) Stumbles(g *modgraph.Graph, span text.Span) []Related {
	if p.View.Mode != workspace.Readonly || p.View.Work != nil {
		return nil
	}
	missing := gosum.Missing(g, p.Module.Sum.Checksums())
	if len(missing) == 0 || p.View.Repair().Graph.Node(missing[0].Module) != nil { // that one is reported by itself
		return nil
	}
	m := missing[0].Actual
	return []Related{{URI: p.File.URI, Span: span, Message: fmt.Sprintf("go first says that go.sum lacks %s %s/go.mod", m.Path, m.Version)}}
}

// WouldLeak reports whether fetching a module would give away a private path.
func (p *Pass) WouldLeak(path string) bool {
	_, leaks := p.View.Privacy(p.Module).Gap(path)
	return leaks
}

// Unfetchable returns why go cannot fetch a module version that has to be fetched: its path is none that anybody could fetch
// by, or what go would ask does not have it. It returns nil where nothing has to be fetched, or nobody knows.
func Unfetchable(n *modgraph.Node) error {
	if err := misnamed(n); err != nil {
		return err
	}
	if n.Cause == modgraph.Unavailable {
		return n.Err
	}
	return nil
}

// misnamed returns why nobody can fetch a module by its path, whatever its version, or nil if its path is in order or
// nothing has to be fetched for it. The go command looks at that only when it looks the module up; see modload.lookupRepo.
func misnamed(n *modgraph.Node) error {
	if n.Actual.Version == "" || n.Mod != nil {
		return nil
	}
	err := module.CheckPath(n.Actual.Path)
	if e := (*module.InvalidPathError)(nil); errors.As(err, &e) {
		return fmt.Errorf("malformed module path: %w", e.Err)
	}
	return err
}
