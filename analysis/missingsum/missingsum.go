package missingsum

import (
	"context"
	_ "embed"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/gosum"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/packages"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/text"
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
	if pass.View.Work != nil || pass.View.Mode != workspace.Readonly {
		return nil
	}
	g := pass.View.Graph()
	if g == nil {
		return nil
	}
	switch pass.File.Kind {
	case workspace.ModFile:
		runMod(pass, g)
	case workspace.SumFile:
		runSum(pass, g)
	}
	return nil
}

// runMod reports the errors.
func runMod(pass *analysis.Pass, g *modgraph.Graph) {
	// What is missing, by the requirement that leads to it.
	behind, needed := map[*syntax.Require][]*modgraph.Node{}, map[*syntax.Require][]packages.Need{}
	var order []*syntax.Require
	begin := func(root *syntax.Require) {
		if behind[root] == nil && needed[root] == nil {
			order = append(order, root)
		}
	}
	var keys []module.Version
	for _, n := range missingMods(pass, g) {
		root := pass.RootOf(g, n.Module)
		begin(root)
		behind[root] = append(behind[root], n)
		key, _ := gosum.ModKey(n)
		keys = append(keys, key)
	}
	needs := missingNeeds(pass, g)
	for _, n := range needs {
		root := pass.RootOf(g, n.Module)
		begin(root)
		needed[root] = append(needed[root], n)
		keys = append(keys, n.Key)
	}
	if len(keys) == 0 {
		return
	}
	title := titleOf(keys)
	fix, proved := pass.AddSums(title, keys)
	sum := filepath.Join(pass.Module.Dir, "go.sum")
	isDir := pass.Snapshot.Read(sum).State == workspace.Directory
	if isDir && pass.Snapshot.Empty(sum) {
		proved = false // edits need a file; the command makes one
	} else if isDir { // nothing can be added to that
		pass = withoutFix(pass, "; the go.sum here is a directory, which has to go")
	}
	if !proved {
		if private := leaking(pass, keys); private != "" {
			pass = withoutFix(pass, "; "+private+" is private and not covered by GOPRIVATE, so nothing is downloaded before it is")
		}
	}
	for _, root := range order {
		if !proved {
			args := only(g, behind[root], len(order) > 1)
			if len(needs) > 0 {
				args = all(g, behind, needs)
			}
			fix = fixes.Fix{Title: title, Kind: fixes.QuickFix, Preferred: pass.Readable(), Command: pass.Command("gomodls.download", args)}
		}
		report(pass, root, behind[root], besides(behind[root], needed[root]), fix)
	}
}

// withoutFix returns a pass whose diagnostics have no way out, and say why.
func withoutFix(pass *analysis.Pass, because string) *analysis.Pass {
	without := *pass
	without.Report = func(d analysis.Diagnostic) {
		d.Fixes = nil
		d.Message += because
		pass.Report(d)
	}
	return &without
}

// leaking returns the first module whose path a download would send to where it does not belong, or "".
func leaking(pass *analysis.Pass, keys []module.Version) string {
	privacy := pass.View.Privacy(pass.Module)
	for _, key := range keys {
		if _, leaks := privacy.Gap(key.Path); leaks {
			return key.Path
		}
	}
	return ""
}

// runSum says where in go.sum the lines belong. That is no error of its own: there is one at the requirement.
func runSum(pass *analysis.Pass, g *modgraph.Graph) {
	if pass.File != pass.Module.Sum {
		return
	}
	var sums []fixes.Sum
	var keys []module.Version
	mods, needs := missingMods(pass, g), missingNeeds(pass, g)
	for _, n := range mods {
		key, _ := gosum.ModKey(n)
		keys = append(keys, key)
	}
	for _, n := range needs {
		keys = append(keys, n.Key)
	}
	if len(keys) == 0 {
		return
	}
	for _, key := range keys {
		sums = append(sums, fixes.Sum{Version: key})
	}
	fix, proved := pass.AddSums(titleOf(keys), keys)
	if !proved {
		args := only(g, mods, false)
		if len(needs) > 0 {
			args = all(g, map[*syntax.Require][]*modgraph.Node{nil: mods}, needs)
		}
		fix = fixes.Fix{Title: titleOf(keys), Kind: fixes.QuickFix, Preferred: pass.Readable(), Command: pass.Command("gomodls.download", args)}
		fix.Command.Arguments["uri"] = string(pass.Module.Mod.URI)
		if leaking(pass, keys) != "" {
			pass = withoutFix(pass, "")
		}
	}
	file := pass.File.Sum()
	for _, place := range fixes.AddSums(file, sums) {
		lines := strings.TrimSpace(place.New)
		first, _, _ := strings.Cut(lines, "\n")
		path, version, _ := strings.Cut(strings.TrimSpace(first), " ")
		what := "the checksum of " + path + " " + version + " is"
		if n := strings.Count(lines, "\n"); n > 0 {
			what = fmt.Sprintf("the checksums of %s %s and %d more are", path, version, n)
		}
		where := "before this line"
		i := slices.IndexFunc(file.Entries, func(e syntax.SumLine) bool { return e.Span.Start >= place.Span.Start })
		var at text.Span
		switch n := len(file.Entries); {
		case n == 0:
			where = "here"
		case i < 0:
			where, at = "after this line", file.Entries[n-1].Span
		default:
			at = file.Entries[i].Span
		}
		pass.Report(analysis.Diagnostic{
			Severity: analysis.Information, Span: at, Fixes: []fixes.Fix{fix},
			Message: what + " missing " + where + "; the error is at the requirement in go.mod",
		})
	}
}

// titleOf names the fix that adds checksums.
func titleOf(keys []module.Version) string {
	if len(keys) > 1 {
		return "Add the missing checksums to go.sum"
	}
	return fmt.Sprintf("Add the missing checksum of %s %s to go.sum", keys[0].Path, strings.TrimSuffix(keys[0].Version, "/go.mod"))
}

// missingMods returns the modules that go cannot list for want of a checksum.
func missingMods(pass *analysis.Pass, g *modgraph.Graph) []*modgraph.Node {
	missing := fetchable(lasting(pass, g, gosum.Missing(g, pass.Module.Sum.Checksums())))
	if len(missing) == 0 {
		return nil
	}
	unread := unreadable(pass.Module.Sum)
	return slices.DeleteFunc(missing, func(n *modgraph.Node) bool {
		key, ok := gosum.ModKey(n)
		return ok && unread[key]
	})
}

// unreadable returns what the lines of a go.sum are about at which go gives up; malformedsum reports those lines.
func unreadable(sum *workspace.File) map[module.Version]bool {
	if sum == nil {
		return nil
	}
	keys := map[module.Version]bool{}
	for _, p := range sum.Sum().Problems {
		if f := strings.Fields(sum.Text[p.Span.Start:p.Span.End]); p.Kind == "sum-malformed" && len(f) > 1 {
			keys[module.Version{Path: f[0], Version: f[1]}] = true
		}
	}
	return keys
}

// besides keeps one of each module whose go.mod file's checksum is not missing, too: one fix adds both.
func besides(missing []*modgraph.Node, needs []packages.Need) []packages.Need {
	seen := map[module.Version]bool{}
	for _, m := range missing {
		seen[m.Module] = true
	}
	return slices.DeleteFunc(needs, func(n packages.Need) bool {
		again := seen[n.Module]
		seen[n.Module] = true
		return again
	})
}

// missingNeeds returns the checksums that go demands only when it loads packages, and go.sum does not have.
func missingNeeds(pass *analysis.Pass, g *modgraph.Graph) []packages.Need {
	if pass.View.Own {
		return nil
	}
	r := pass.View.Packages()
	if r == nil {
		return nil
	}
	var missing []packages.Need
	var unread map[module.Version]bool
	for _, i := range pass.Module.Sum.Checksums().Lacking(r, len(r.Needs), func(i int) module.Version { return r.Needs[i].Key }) {
		n := &r.Needs[i]
		if module.CheckPath(n.Key.Path) != nil || !current(g, n) || lost(g, n) {
			continue
		}
		if unread == nil {
			unread = unreadable(pass.Module.Sum)
		}
		if !unread[n.Key] {
			missing = append(missing, *n)
		}
	}
	if len(missing) > 0 && pass.LoadsNoPackages() {
		return nil
	}
	return missing
}

// lost reports whether go cannot have the module at all; badmodule says that.
func lost(g *modgraph.Graph, n *packages.Need) bool {
	node := g.Node(n.Module)
	return node != nil && analysis.Unfetchable(node) != nil
}

// current reports whether go would still look into a module for packages: the graph may have changed since that was found out.
func current(g *modgraph.Graph, n *packages.Need) bool {
	if g.Selected(n.Module.Path) != n.Module.Version {
		return false
	}
	actual := n.Module
	if r := g.Replacement(n.Module); r != nil {
		actual = r.New
	}
	return actual == module.Version{Path: n.Key.Path, Version: strings.TrimSuffix(n.Key.Version, "/go.mod")}
}

// lasting drops what is missing only because the requirements are inconsistent, which is another fault: what go would not
// ask for any more once they are mended.
func lasting(pass *analysis.Pass, g *modgraph.Graph, missing []*modgraph.Node) []*modgraph.Node {
	if len(missing) == 0 || !g.Inconsistent() {
		return missing
	}
	mended := pass.View.Repair().Graph
	return slices.DeleteFunc(missing, func(n *modgraph.Node) bool { return mended.Node(n.Module) == nil })
}

func report(pass *analysis.Pass, root *syntax.Require, missing []*modgraph.Node, needs []packages.Need, fix fixes.Fix) {
	d := analysis.Diagnostic{Message: message(root, missing, needs)}
	if len(missing) > 0 {
		d.Module = missing[0].Module
	} else {
		d.Module = needs[0].Module
	}
	switch decl := pass.File.Mod().Module; {
	case root != nil:
		d.Span = root.Line.Span
	case decl != nil:
		d.Span = decl.Line.Span
	}
	for _, n := range needs[:min(len(needs), most)] {
		for _, s := range pass.Sites(n.Sites[:min(len(n.Sites), 1)]) {
			d.Related = append(d.Related, analysis.Related{URI: s.URI, Span: s.Span, Message: "this import needs it" + reason(n, s.Path)})
		}
	}
	d.Fixes = []fixes.Fix{fix}
	pass.Report(d)
}

// reason says why an import makes go look into the source of a module, as the end of a clause.
func reason(n packages.Need, imported string) string {
	switch {
	case !n.Provides:
		return fmt.Sprintf(", to see that %s is not in %s as well", n.Path, n.Module.Path)
	case n.Path != imported:
		return ", because it leads to " + n.Path
	}
	return ""
}

// fetchable drops what go refuses for its path; see badmodule.
func fetchable(missing []*modgraph.Node) []*modgraph.Node {
	return slices.DeleteFunc(missing, func(n *modgraph.Node) bool { return analysis.Unfetchable(n) != nil })
}

// only names the modules to download, where that is enough: go adds checksums of selected versions when it is asked for them
// by name, and of others when it lists all modules.
func only(g *modgraph.Graph, missing []*modgraph.Node, more bool) map[string]any {
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

// most is how many modules are named, in a command or as reasons.
const most = 20

// all names the modules whose checksums are missing. There are no others to name than selected ones, for no other is looked
// into for packages, unless a go.mod file is missing of another; then go has to find out.
func all(g *modgraph.Graph, behind map[*syntax.Require][]*modgraph.Node, needs []packages.Need) map[string]any {
	named := map[string]bool{}
	for _, missing := range behind {
		for _, n := range missing {
			if g.Selected(n.Module.Path) != n.Module.Version {
				return nil
			}
			named[n.Module.Path+"@"+n.Module.Version] = true
		}
	}
	for _, n := range needs {
		named[n.Module.Path+"@"+n.Module.Version] = true
	}
	return map[string]any{"modules": slices.Sorted(maps.Keys(named))}
}

func message(root *syntax.Require, missing []*modgraph.Node, needs []packages.Need) string {
	var b strings.Builder
	if len(missing) == 0 {
		return needMessage(root, needs)
	}
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
	if n := len(needs); n == 1 {
		fmt.Fprintf(&b, ", and none for the source of %s %s", needs[0].Module.Path, needs[0].Module.Version)
	} else if n > 1 {
		fmt.Fprintf(&b, ", and none for the sources of %d modules", n)
	}
	b.WriteString(`; go refuses with "missing go.sum entry"`)
	return b.String()
}

// needMessage says what is missing where go would list the modules, but not load their packages.
func needMessage(root *syntax.Require, needs []packages.Need) string {
	var b strings.Builder
	n := needs[0]
	path, isMod := strings.CutSuffix(n.Key.Version, "/go.mod")
	what := "source"
	if isMod {
		what = "go.mod file"
	}
	fmt.Fprintf(&b, "go.sum has no checksum for the %s of %s %s", what, n.Key.Path, path)
	switch {
	case n.Key.Path != n.Module.Path:
		fmt.Fprintf(&b, " (which replaces %s)", n.Module.Path)
	case root != nil && n.Module.Path != root.Path:
		fmt.Fprintf(&b, ", which %s leads to", root.Path)
	}
	switch more := len(needs) - 1; {
	case more == 1:
		fmt.Fprintf(&b, ", and none for %s %s", needs[1].Module.Path, needs[1].Module.Version)
	case more > 1:
		fmt.Fprintf(&b, ", and none for %d more modules that it leads to", more)
	}
	commands := "go build and go test refuse"
	if n.Test && !slices.ContainsFunc(needs, func(n packages.Need) bool { return !n.Test }) {
		commands = "go test refuses"
	}
	fmt.Fprintf(&b, `; %s with "missing go.sum entry"`, commands)
	return b.String()
}

// name says which module version go.sum would have to protect.
func name(n *modgraph.Node) string {
	if n.Replace != nil {
		return fmt.Sprintf("%s %s (which replaces %s)", n.Actual.Path, n.Actual.Version, n.Module.Path)
	}
	return n.Actual.Path + " " + n.Actual.Version
}
