package lsp

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"go.lsp.dev/protocol"
	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/gomodls/gomodls/internal/imports"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/tidy"
	"github.com/gomodls/gomodls/internal/workspace"
)

// Hover says what a requirement leads to, and what a line of go.sum protects. What is not known on this machine it says is not
// known.
func (q *query) Hover(ctx context.Context, params *protocol.HoverParams) (*protocol.Hover, error) {
	f, ok := q.snap.File(params.TextDocument.URI)
	if !ok || f.Kind != workspace.ModFile && f.Kind != workspace.SumFile {
		return nil, nil
	}
	result, err := q.analyze(ctx, f)
	if err != nil {
		return nil, err
	}
	lines := f.Lines()
	offset := q.peer.encoding.offset(lines, params.Position)
	views := result.Snapshot.Views(f.Path)
	if len(views) == 0 {
		return nil, nil
	}
	var words []string
	var span text.Span
	switch f.Kind {
	case workspace.SumFile:
		e, ok := f.Sum().EntryAt(offset)
		if !ok {
			return nil, nil
		}
		words, span = aboutSum(views, &e), e.Span
	default:
		for _, r := range f.Mod().Require {
			if r.Path != "" && r.Line.Span.Start <= offset && offset <= r.Line.Span.End {
				words, span = append(aboutRequirement(views[0], r), purpose(views, r)...), r.Line.Span
			}
		}
	}
	if len(words) == 0 {
		return nil, nil
	}
	at := q.peer.encoding.rangeOf(lines, span)
	return &protocol.Hover{
		Contents: &protocol.MarkupContent{Kind: protocol.MarkupKindMarkdown, Value: strings.Join(words, "\n\n")}, Range: &at,
	}, nil
}

func mono(s string) string { return "`" + strings.ReplaceAll(s, "`", "'") + "`" }

func named(m module.Version) string { return mono(strings.TrimSpace(m.Path + " " + m.Version)) }

// aboutSum says of a line what it protects, whether it is needed, and who agrees with it.
func aboutSum(views []*workspace.View, e *syntax.SumLine) []string {
	v, m, key := views[0], module.Version{Path: e.Path, Version: e.Version}, e.Key()
	what := "the source of " + named(m)
	if e.GoMod {
		what = "the go.mod file of " + named(m)
	}
	if !strings.HasPrefix(e.Hash, "h1:") {
		return []string{"Stands for " + what + ", but go does not know this kind of checksum and passes over the line."}
	}
	words := []string{"Protects " + what + ": go refuses any other.", need(v, m, key)}
	if kept := keeps(views, key); kept != "" {
		words = append(words, kept)
	}
	return append(words, agreement(v, m, e))
}

// keeps says what go mod tidy makes of a line of go.sum, where that is certain.
func keeps(views []*workspace.View, key module.Version) string {
	r := tidyResult(views)
	switch {
	case r == nil:
		return ""
	case slices.Contains(r.Unneeded, key):
		return mono("go mod tidy") + " would drop the line."
	}
	return mono("go mod tidy") + " keeps the line."
}

// tidyResult returns what go mod tidy would do to the one module, or nil where that is not certain.
func tidyResult(views []*workspace.View) *tidy.Result {
	i := slices.IndexFunc(views, func(v *workspace.View) bool { return v.Work == nil && len(v.Modules()) == 1 })
	if i < 0 {
		return nil
	}
	a, exact := views[i].Tidied(views[i].Modules()[0])
	if !exact || a == nil || a.Result == nil || len(a.Faults) > 0 || len(a.Result.Broken) > 0 {
		return nil
	}
	return a.Result
}

func need(v *workspace.View, m, key module.Version) string {
	needed := "Needed: "
	switch {
	case v.Mode == workspace.Vendor:
		return "Not needed here: with a vendor directory go looks at no checksum."
	case v.Work != nil:
		needed = "In a workspace go demands no checksum, but those that are there count: "
	}
	g := v.Graph()
	if g == nil || refuses(v) {
		return "Whether it is needed is not known: go loads no module graph here, or go.mod is broken."
	}
	var node *modgraph.Node
	for _, n := range g.InOrder() {
		if n.Actual == m {
			node = n
			break
		}
	}
	if strings.HasSuffix(key.Version, "/go.mod") {
		switch {
		case node != nil:
			return needed + "go reads that file to know all modules. " + through(g, node)
		case !g.Complete():
			return "Whether it is needed is not known: not all of the module graph is on this machine."
		}
		return "Not needed to load the module graph."
	}
	if p := v.Packages(); p != nil {
		for _, n := range p.Needs {
			if n.Key == key {
				return needed + "a package that is imported comes from it, or might."
			}
		}
		return "No package that is imported comes from it."
	}
	switch {
	case node == nil && g.Complete():
		return "Not needed: the module graph does not have this version."
	case node != nil && g.Selected(node.Module.Path) == node.Module.Version:
		return "Needed as soon as a package of it is. " + through(g, node)
	}
	return "Whether it is needed is not known."
}

// refuses reports whether go refuses what a go.mod of the view says, so that nobody knows what it is to require.
func refuses(v *workspace.View) bool {
	return slices.ContainsFunc(v.Modules(), func(m *workspace.Module) bool {
		return slices.ContainsFunc(m.Mod.Problems(v.GoVersion()), func(p syntax.Problem) bool { return p.Severity == syntax.Refused })
	})
}

// through says through which requirements the graph comes to what a line of go.sum is about, and what that stands in for.
func through(g *modgraph.Graph, n *modgraph.Node) string {
	if n.Replace != nil {
		return "It replaces " + named(n.Module) + ". " + chain(g, n.Module)
	}
	return chain(g, n.Module)
}

// chain says through which requirements the graph comes to a module.
func chain(g *modgraph.Graph, m module.Version) string {
	c := g.Chain(m)
	if len(c) < 2 {
		return ""
	}
	var steps []string
	for _, step := range c[1:] {
		steps = append(steps, named(step))
	}
	return "Required through " + strings.Join(steps, " → ") + "."
}

// agreement says whether the module cache and the checksum database have the same checksum.
func agreement(v *workspace.View, m module.Version, e *syntax.SumLine) string {
	store, env := v.Snapshot.Store(), v.Env()
	var b strings.Builder
	cached, recorded := "", ""
	if e.GoMod {
		if mod, err := store.Mod(store.Names().Node(m)); err == nil {
			cached = mod.Hash()
		}
	} else if hash, err := store.ZipHash(m); err == nil {
		cached = hash
	}
	switch {
	case cached == "":
		b.WriteString("Nothing to compare it with: that version is not in the module cache")
	case cached != e.Hash:
		b.WriteString("**The module cache has another checksum**, " + mono(cached))
	case e.GoMod:
		b.WriteString("The file in the module cache agrees")
	default:
		b.WriteString("The module cache agrees, by what it noted at the download; " + mono(commandVerify) + " looks at the files")
	}
	switch {
	case env.SumDB.Off:
		return b.String() + ". The checksum database is off."
	case env.NoSumDB.Match(m.Path):
		return b.String() + ". The checksum database is not asked about it, by " + mono(cmp.Or(env.Get("GONOSUMDB").From, "GONOSUMDB")) + "."
	}
	sums, err := v.Snapshot.Vouched(m)
	if recorded = sums.Zip; e.GoMod {
		recorded = sums.Mod
	}
	switch {
	case err != nil || recorded == "":
		b.WriteString(". No proof of the checksum database is on this machine.")
	case recorded == e.Hash:
		b.WriteString(". **Verified**: the checksum database has the same, and this machine holds the proof.")
	default:
		b.WriteString(". **The checksum database has another one**, " + mono(recorded) + ".")
	}
	return b.String()
}

// aboutRequirement says which version of a module is used and why, and what is known against it.
func aboutRequirement(v *workspace.View, r *syntax.Require) []string {
	m := module.Version{Path: r.Path, Version: r.Version}
	words := []string{"**" + mono(r.Path) + "**"}
	say := func(format string, args ...any) { words = append(words, fmt.Sprintf(format, args...)) }
	g := v.Graph()
	if g == nil {
		say("Which version go selects is not known: go loads no module graph here, or go.mod is broken.")
		return words
	}
	selected := g.Selected(r.Path)
	switch {
	case selected == r.Version:
		say("go uses %s, as this line says.", mono(selected))
	case selected == "" || selected == "none":
		say("It is not in the module graph.")
	default:
		say("go would use %s, which is above this line. %s", mono(selected), chain(g, module.Version{Path: r.Path, Version: selected}))
	}
	if others := requirers(v, g, r.Path); len(others) > 0 {
		say("Also required by %s.", strings.Join(others, ", "))
	} else if g.Complete() {
		say("No other module that go loads requires it.")
	}
	n := g.Node(module.Version{Path: r.Path, Version: selected})
	if n == nil {
		n = g.Node(m)
	}
	if n == nil {
		return words
	}
	switch {
	case n.Dir != "":
		say("Replaced by the directory %s.", mono(n.Actual.Path))
		return words
	case n.Replace != nil:
		say("Replaced by %s.", named(n.Actual))
	}
	if n.Mod == nil {
		say("Its go.mod file is not on this machine.")
	}
	return append(words, reputation(v, n.Actual))
}

// purpose says what would miss a requirement: which imports lead to it, and whether they are such that a build may not notice
// its removal. It says nothing that go mod tidy would not know for certain.
func purpose(views []*workspace.View, r *syntax.Require) []string {
	result := tidyResult(views)
	if result == nil {
		return nil
	}
	list := result.Require
	i := slices.IndexFunc(list, func(kept tidy.Requirement) bool { return kept.Module.Path == r.Path })
	if i < 0 {
		return nil
	}
	kept := list[i]
	if len(kept.Chain) == 0 {
		return []string{"No package of it is needed; " + mono("go mod tidy") + " keeps the line for the versions that it stands for."}
	}
	var steps []string
	for _, path := range kept.Chain {
		steps = append(steps, mono(path))
	}
	words := []string{"Imported through " + strings.Join(steps, " → ") + "."}
	if result.OnlyTests(kept) {
		words = append(words, "**Kept only by tests**: what is not a test does not lead to it.")
	}
	if under := result.Under(r.Path); len(under) > 0 && !imports.Always(release(views[0].GoVersion()), under...) {
		words = append(words, "**Kept only under build constraints**: "+constraints(under)+
			" stands before every way to it, so a build without does not notice when the line is gone.")
	}
	return words
}

// constraints names the first of some build constraints.
func constraints(list []string) string {
	const shown = 3
	var named []string
	for _, c := range list[:min(len(list), shown)] {
		named = append(named, mono(c))
	}
	if n := len(list) - shown; n > 0 {
		named = append(named, fmt.Sprintf("one of %d more", n))
	}
	if n := len(named); n > 1 {
		return strings.Join(named[:n-1], ", ") + " or " + named[n-1]
	}
	return named[0]
}

// release returns the 26 of 1.26.3.
func release(goVersion string) int {
	var n int
	_, _ = fmt.Sscanf(goVersion, "1.%d", &n) // 0 if it is not known
	return n
}

// requirers returns who else requires a module, the highest version first, three at most.
func requirers(v *workspace.View, g *modgraph.Graph, path string) []string {
	names := v.Snapshot.Store().Names()
	type requirer struct {
		by      module.Version
		version string
	}
	var all []requirer
	for _, n := range g.Nodes() {
		if n.Mod == nil || g.Selected(n.Module.Path) != n.Module.Version {
			continue
		}
		for _, id := range n.Mod.Requires {
			if req := names.Version(id); req.Path == path {
				all = append(all, requirer{n.Module, req.Version})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b requirer) int {
		if c := g.Compare(path, b.version, a.version); c != 0 {
			return c
		}
		return strings.Compare(a.by.Path, b.by.Path)
	})
	var out []string
	for i, q := range all {
		if i == 3 {
			out = append(out, fmt.Sprintf("%d more", len(all)-i))
			break
		}
		out = append(out, named(q.by)+" at "+mono(q.version))
	}
	return out
}

// reputation says what the newest version on this machine says about a version: only the newest of all knows for certain.
func reputation(v *workspace.View, m module.Version) string {
	store := v.Snapshot.Store()
	versions := store.Versions(m.Path)
	if len(versions) == 0 {
		return "Whether it is retracted or deprecated is not known."
	}
	newest := slices.MaxFunc(versions, func(a, b string) int {
		if release := semver.Prerelease(a) == ""; release != (semver.Prerelease(b) == "") {
			if release {
				return 1
			}
			return -1
		}
		return semver.Compare(a, b)
	})
	mod, err := store.Mod(store.Names().Node(module.Version{Path: m.Path, Version: newest}))
	if err != nil || mod.Err != nil {
		return "Whether it is retracted or deprecated is not known."
	}
	var parts []string
	if mod.Deprecated != "" {
		parts = append(parts, "**Deprecated**: "+mod.Deprecated)
	}
	if i := slices.IndexFunc(mod.Retract, func(i modfile.VersionInterval) bool {
		return semver.Compare(i.Low, m.Version) <= 0 && semver.Compare(m.Version, i.High) <= 0
	}); i >= 0 {
		parts = append(parts, "**Retracted** by its author")
	}
	if len(parts) == 0 {
		parts = append(parts, "Neither retracted nor deprecated")
	}
	return strings.Join(parts, ". ") + ", as far as " + mono(newest) + " knows, the newest version on this machine."
}
