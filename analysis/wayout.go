package analysis

import (
	"fmt"
	"slices"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/goenv"
	"github.com/gomodls/gomodls/internal/gosum"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/workspace"
)

// affords reports whether another graph may be computed to find a way out, and counts it. A file that is all wrong must not
// take longer than a keystroke: its first faults have their ways out, and the others when these are gone.
func (p *Pass) affords() bool {
	const most = 10
	p.tried++
	return p.tried <= most
}

// fewFaults is up to how many module versions may lack for each to be the one that is to blame. Where more do, it is the place
// where they are looked for.
const fewFaults = 5

// UsableVersion returns another version of a required module with which the go command could load it and does not meet bad
// any more: the one that the rest of the graph selects, or else the highest that go.sum knows, or that the module cache has;
// "" if there is none. A line without a version, or with one that is none, has any other.
func (p *Pass) UsableVersion(g *modgraph.Graph, r *syntax.Require, bad module.Version) string {
	if g == nil || p.Module == nil || p.Module.Mod != p.File || !p.affords() {
		return ""
	}
	var rest []module.Version
	for _, m := range g.RequirementsOf(p.Module.Dir) {
		if m.Path != r.Path {
			rest = append(rest, m)
		}
	}
	most := faults(g) // a way out that leads into others is none, and one might lead back
	if n := g.Node(bad); n != nil && n.Cause != modgraph.OK {
		most--
	}
	load := func(require []module.Version) *modgraph.Graph {
		return g.WithRequireOf(p.View.Source(), p.Module.Dir, require)
	}
	usable := func(v string) bool {
		if !p.affords() {
			return false
		}
		m := module.Version{Path: r.Path, Version: v}
		with := load(append(rest[:len(rest):len(rest)], m))
		n, b := with.Node(m), with.Node(bad)
		return n != nil && n.Cause == modgraph.OK && !with.BelowSelected(m) && (b == nil || b.Cause == modgraph.OK) && faults(with) <= most
	}
	if v := load(rest).Selected(r.Path); v != "none" && v != "" && v != r.Version && usable(v) {
		return v
	}
	for _, v := range p.knownVersions(r.Path, r.Version) {
		if usable(v) {
			return v
		}
	}
	return ""
}

// knownVersions returns the versions of a module that may be worth trying, but for one, the best first: those whose source
// go.sum knows, then those whose go.mod file it knows, then those in the module cache. It returns a few at most, for each
// costs a graph.
func (p *Pass) knownVersions(path, but string) []string {
	_, major, _ := module.SplitPathVersion(path)
	rank := map[string]int{}
	add := func(v string, r int) {
		if v != but && module.CheckPathMajor(v, major) == nil && rank[v] < r {
			rank[v] = r
		}
	}
	for _, v := range p.Snapshot.Store().Versions(path) {
		add(v, 1)
	}
	if p.Module.Sum != nil {
		for _, e := range p.Module.Sum.Sum().Entries {
			switch {
			case e.Path != path:
			case e.GoMod:
				add(e.Version, 2)
			default:
				add(e.Version, 3)
			}
		}
	}
	versions := make([]string, 0, len(rank))
	for v := range rank {
		versions = append(versions, v)
	}
	names := p.Snapshot.Store().Names()
	slices.SortFunc(versions, func(a, b string) int {
		if rank[a] != rank[b] {
			return rank[b] - rank[a]
		}
		return names.Compare(names.Node(module.Version{Path: path, Version: b}), names.Node(module.Version{Path: path, Version: a}))
	})
	const most = 5
	return versions[:min(len(versions), most)]
}

// summedVersion returns the highest version of a module whose source go.sum protects: nobody but go writes such a line, and only
// of what was required or selected. It is "" if there is none.
func (p *Pass) summedVersion(path string) string {
	if p.Module == nil || p.Module.Sum == nil {
		return ""
	}
	excluded := func(v string) bool {
		return slices.ContainsFunc(p.Module.Mod.Mod().Exclude, func(x *syntax.Exclude) bool { return x.Path == path && x.Version == v })
	}
	names, best := p.Snapshot.Store().Names(), ""
	for _, e := range p.Module.Sum.Sum().Entries {
		if e.Path == path && !e.GoMod && !excluded(e.Version) && (best == "" ||
			names.Compare(names.Node(module.Version{Path: path, Version: e.Version}), names.Node(module.Version{Path: path, Version: best})) > 0) {
			best = e.Version
		}
	}
	if _, pathMajor, ok := module.SplitPathVersion(path); !ok || module.CheckPathMajor(best, pathMajor) != nil {
		return ""
	}
	return best
}

// WaysOut returns the ways out of a requirement through which go comes to a module version n that it cannot use: another
// version of what is required, the path that go.sum knows by nearly the same name, and that the requirement goes.
func (p *Pass) WaysOut(g *modgraph.Graph, n *modgraph.Node, root *syntax.Require) []fixes.Fix {
	var list []fixes.Fix
	if v := p.UsableVersion(g, root, n.Module); v != "" {
		list = append(list, fixes.Fix{
			Title: fmt.Sprintf("Change %s to %s", root.Path, v), Kind: fixes.QuickFix, Preferred: true,
			Edits: []fixes.Edit{p.Edit(fixes.Replace(root.VersionTok.Span, v))},
		})
	}
	own := n.Module.Path == root.Path
	if own && n.Cause == modgraph.WrongPath && module.CheckPath(n.Mod.Path) == nil && module.CheckPathMajor(root.Version, major(n.Mod.Path)) == nil {
		list = append(list, fixes.Fix{
			Title: fmt.Sprintf("Require %s instead", n.Mod.Path), Kind: fixes.QuickFix, Preferred: len(list) == 0 && p.loads(g, root, n.Mod.Path),
			Edits: []fixes.Edit{p.Edit(fixes.Replace(root.PathTok.Span, n.Mod.Path))},
		})
	}
	if own && n.Cause == modgraph.Unavailable {
		if path := p.similarPath(root); path != "" && p.loads(g, root, path) {
			list = append(list, fixes.Fix{
				Title: "Write " + path, Kind: fixes.QuickFix, Preferred: len(list) == 0,
				Edits: []fixes.Edit{p.Edit(fixes.Replace(root.PathTok.Span, path))},
			})
		}
	}
	if r := p.onTheWay(g, n); r != nil {
		remove := p.NotReplaced(r)
		remove.Preferred = remove.Preferred && len(list) == 0
		list = append(list, remove)
	}
	preferred := !slices.ContainsFunc(list, func(f fixes.Fix) bool { return f.Preferred })
	if n.Cause != modgraph.Unavailable || misnamed(n) != nil || p.nobodyHas(n.Actual.Path) {
		// Nobody can use this version, so that nothing is lost but a line that stays to be read, or an edge of the graph.
		at := root.Line.Span.Start
		switch {
		case !p.affords():
		case own && n.Replace == nil && mends(g, p.without(g, root), n.Module):
			list = append(list, fixes.Fix{
				Title: "Turn the requirement of " + root.Path + " into a comment", Kind: fixes.QuickFix, Preferred: preferred,
				Edits: []fixes.Edit{p.Edit(text.Edit{Span: text.Span{Start: at, End: at}, New: "// "})},
			})
			preferred = false
		case !own && faults(g) <= fewFaults && mends(g, g.WithExclude(p.View.Source(), p.Module.Dir, n.Module), n.Module):
			statement := "exclude " + modfile.AutoQuote(n.Module.Path) + " " + n.Module.Version
			list = append(list, fixes.Fix{
				Title: fmt.Sprintf("Exclude %s %s", n.Module.Path, n.Module.Version), Kind: fixes.QuickFix, Preferred: preferred,
				Edits: []fixes.Edit{p.Edit(fixes.AddStatement(p.File.Text, root.Line, statement))},
			})
			preferred = false
		}
	}
	return append(list, fixes.Fix{
		Title: "Remove the requirement of " + root.Path, Kind: fixes.QuickFix, Preferred: preferred && n.Cause != modgraph.Unavailable, // it may be a matter of the network
		Edits: []fixes.Edit{p.Edit(fixes.DeleteLine(p.File.Text, root.Line))},
	})
}

// onTheWay returns the replacement by a directory of the pass's file through which go comes to n, or nil.
func (p *Pass) onTheWay(g *modgraph.Graph, n *modgraph.Node) *syntax.Replace {
	for _, m := range g.Chain(n.Module) {
		via := g.Node(m)
		if via == nil || via.Replace == nil || via.Dir == "" || via.Replace.Dir != p.Module.Dir {
			continue
		}
		for _, r := range p.File.Mod().Replace {
			if r.Valid && r.Old == via.Replace.Old && r.New == via.Replace.New {
				return r
			}
		}
	}
	return nil
}

// similarPath returns the path of a module that go.sum has at the version of a requirement and whose name is nearly the
// same, or "".
func (p *Pass) similarPath(r *syntax.Require) string {
	if p.Module.Sum == nil {
		return ""
	}
	const most = 2 // mistyped letters
	for _, e := range p.Module.Sum.Sum().Entries {
		if !e.GoMod || e.Version != r.Version {
			continue
		}
		required := slices.ContainsFunc(p.File.Mod().Require, func(other *syntax.Require) bool { return other.Path == e.Path })
		if !required && text.Distance(e.Path, r.Path, most) <= most {
			return e.Path
		}
	}
	return ""
}

// loads reports whether go could load the module of another path at the version of a requirement.
func (p *Pass) loads(g *modgraph.Graph, r *syntax.Require, path string) bool {
	if !p.affords() {
		return false
	}
	m := module.Version{Path: path, Version: r.Version}
	n := p.without(g, r, m).Node(m)
	return n != nil && n.Cause == modgraph.OK
}

// faults returns how many module versions go could not use in a graph.
func faults(g *modgraph.Graph) int {
	n := 0
	for _, node := range g.Nodes() {
		if node.Cause != modgraph.OK && node.Cause != modgraph.NotKnown {
			n++
		}
	}
	return n
}

// mends reports whether go does not come to m in a graph that a way out leads to, or can use it there, and stumbles over less
// than before.
func mends(before, after *modgraph.Graph, m module.Version) bool {
	return gone(after, m) && faults(after) < faults(before)
}

// gone reports whether go does not come to m in a graph, or can use it there.
func gone(g *modgraph.Graph, m module.Version) bool {
	n := g.Node(m)
	return n == nil || n.Cause == modgraph.OK
}

// without returns the graph as it would be with others in the place of a requirement.
func (p *Pass) without(g *modgraph.Graph, r *syntax.Require, others ...module.Version) *modgraph.Graph {
	require := slices.DeleteFunc(slices.Clone(g.RequirementsOf(p.Module.Dir)), func(m module.Version) bool {
		return m.Path == r.Path && m.Version == r.Version
	})
	return g.WithRequireOf(p.View.Source(), p.Module.Dir, append(require, others...))
}

// nobodyHas reports whether all places that go would ask for a module are on this machine.
func (p *Pass) nobodyHas(path string) bool {
	env := p.View.Env()
	if env.NoProxy.Match(path) {
		return false
	}
	local := false
	for _, proxy := range env.Proxies {
		if proxy.Kind != goenv.FileProxy {
			return proxy.Kind == goenv.Off && local
		}
		local = true
	}
	return local
}

// OtherReplacement returns the ways out of a replacement by a module version that go cannot use: another version of it, and
// that the replacement goes.
func (p *Pass) OtherReplacement(g *modgraph.Graph, r *syntax.Replace) []fixes.Fix {
	remove := p.NotReplaced(r)
	for _, v := range p.knownVersions(r.New.Path, r.New.Version) {
		n, _ := g.Summary(p.View.Source(), module.Version{Path: r.New.Path, Version: v})
		if n == nil || n.Cause != modgraph.OK || n.Mod.Path != r.New.Path && n.Mod.Path != r.Old.Path {
			continue
		}
		other := fixes.Fix{
			Title: fmt.Sprintf("Change %s to %s", r.New.Path, v), Kind: fixes.QuickFix, Preferred: !remove.Preferred,
			Edits: []fixes.Edit{p.Edit(fixes.Replace(r.NewVersionTok.Span, v))},
		}
		return []fixes.Fix{other, remove}
	}
	return []fixes.Fix{remove}
}

// NotReplaced returns the fix that removes the replacement of a module. It is preferred where go would be no worse off
// without it, and can load what it replaces.
func (p *Pass) NotReplaced(r *syntax.Replace) fixes.Fix {
	return fixes.Fix{
		Title: "Remove the replacement of " + r.Old.Path, Kind: fixes.QuickFix, Preferred: p.needless(r),
		Edits: []fixes.Edit{p.Edit(fixes.DeleteLine(p.File.Text, r.Line))},
	}
}

func (p *Pass) needless(r *syntax.Replace) bool {
	g := p.View.Graph()
	if g == nil || !p.affords() {
		return false
	}
	without := g.WithoutReplacement(p.View.Source(), r.Old)
	for _, n := range without.Faulty() {
		if before := g.Node(n.Module); before == nil || before.Cause != n.Cause || before.Replace != nil && n.Replace == nil {
			return false
		}
	}
	return (g.AnyBelowSelected() || !without.AnyBelowSelected()) && !p.lacksSums(g, without)
}

// lacksSums reports whether go.sum lacks what go needs now and did not need before.
func (p *Pass) lacksSums(before, after *modgraph.Graph) bool {
	if p.View.Mode != workspace.Readonly || p.View.Work != nil {
		return false
	}
	return slices.ContainsFunc(gosum.Missing(after, p.Module.Sum.Checksums()), func(n *modgraph.Node) bool {
		was := before.Node(n.Module)
		return was == nil || was.Actual != n.Actual
	})
}

func major(path string) string {
	_, pathMajor, _ := module.SplitPathVersion(path)
	return pathMajor
}

// DirFix returns the fix of the go.mod file in a directory that replaces a module, which name says: what is preferred for
// the fault on the line at span, or for one that keeps go from reading any line.
func (p *Pass) DirFix(f *workspace.File, span text.Span, name string) (fix fixes.Fix, ok bool) {
	for _, problem := range f.Problems(p.View.GoVersion()) {
		there := problem.Span.Start <= span.End && span.Start <= problem.Span.End || problem.Stage == syntax.Lexical
		if problem.Severity != syntax.Refused || !there || len(problem.Suggest) == 0 || !problem.Suggest[0].Preferred {
			continue
		}
		s := problem.Suggest[0]
		fix = fixes.Fix{Title: s.Title + " in " + name, Kind: fixes.QuickFix, Preferred: true}
		for _, e := range s.Edits {
			fix.Edits = append(fix.Edits, fixes.Edit{URI: f.URI, Span: e.Span, New: e.New})
		}
		return fix, true
	}
	return fixes.Fix{}, false
}
