package analysis

import (
	"context"
	"fmt"
	"go/version"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/workspace"
)

// A KindSet says which kinds of problems of go.mod's and go.work's syntax an analyzer reports, with the severity of those
// that go lets pass. What go refuses always has the analyzer's own severity.
type KindSet map[string]Severity

// Run reports the problems of the set. It is the Run of an analyzer that needs nothing but one file's text.
func (ks KindSet) Run(_ context.Context, pass *Pass) error {
	for _, p := range pass.File.Problems(pass.View.GoVersion()) {
		severity, ok := ks[p.Kind]
		if !ok {
			continue
		}
		d := pass.FromProblem(p)
		switch {
		case p.Severity == syntax.Silent:
			d.Severity = severity
			if severity == Error && !refusedAtStartup(pass, p) { // the kind is an error in the other file
				d.Severity = Warning
			}
			if p.Kind == "require-duplicate-same" && pass.View.Mode == workspace.Vendor && pass.View.Work == nil && mixed(pass.File.Mod(), p.Line) {
				d.Severity = Error
				d.Message += ", once as indirect; with a vendor directory go refuses that"
			}
			if d.Severity == Hint {
				d.Tags = Unnecessary
			}
		case p.NotInWorkspace && pass.View.Work != nil && pass.File.Kind == workspace.ModFile: // the module's own view says it
			if !unresolvable(pass, p) {
				continue
			}
			d.Message += ", and there is none"
		case p.Kind == "toolchain-below-go" && pass.View.Mode == workspace.Vendor: // seen only with a module graph
			d.Severity = Warning
		case repaired[p.Kind] && pass.View.Mode == workspace.Mutable && !unresolvable(pass, p) && !refusedAtStartup(pass, p):
			d.Severity = Warning
		}
		if mended := len(p.Suggest) > 0 && p.Suggest[0].Whole; !mended && hazardous(pass, p) {
			for i := range d.Fixes {
				d.Fixes[i].Preferred = false
			}
		}
		if p.Severity == syntax.Refused {
			offerVersion(pass, p, &d)
			offerGo(pass, p, &d)
			offerModule(pass, p, &d)
			offerUse(pass, p, &d)
			offerHome(pass, p, &d)
		}
		pass.Report(d)
	}
	return nil
}

// hazardous reports whether the way out of a problem may take away what somebody meant, so that it is for a person to choose.
func hazardous(pass *Pass, p syntax.Problem) bool {
	switch p.Kind {
	case "syntax-invalid-utf8", "bare-cr-skipped":
		return true
	case "syntax-stray-rparen": // a comment of several lines may have swallowed the other parenthesis
		return slices.ContainsFunc(pass.File.Problems(""), func(other syntax.Problem) bool { return other.Kind == "syntax-block-comment" })
	}
	src := pass.File.Text
	lost := strings.Contains(src, "\r") || strings.Contains(src, `\n`) // line ends that go does not see
	return !utf8.ValidString(src) || lost && !strings.Contains(src, "\n")
}

// mixed reports whether the last requirement of the line's module is marked as indirect and an earlier one is not. With a
// vendor directory the go command compares the marks, which it does not otherwise; see modload.modFileIsDirty.
func mixed(mod *syntax.Mod, l *syntax.Line) bool {
	direct, last := false, (*syntax.Require)(nil)
	for _, r := range mod.Require {
		if len(l.Args) > 0 && r.Path == l.Args[0].Value {
			direct = direct || !r.Indirect
			last = r
		}
	}
	return last != nil && last.Indirect && direct
}

// offerVersion adds, to a requirement whose version is missing or is none, what the requirement most probably means: the version
// that is vendored, another one that is known here, or another path at its version. If it means nothing that anybody
// could have, it may become a comment.
func offerVersion(pass *Pass, p syntax.Problem, d *Diagnostic) {
	if p.Stage == syntax.Lexical || p.Line == nil || p.Line.Verb != "require" || !versionExpected(p.Line.Args) || len(d.Fixes) > 0 && d.Fixes[0].Preferred {
		return
	}
	i := slices.IndexFunc(pass.File.Mod().Require, func(r *syntax.Require) bool { return r.Line == p.Line && r.Path != "" })
	if i < 0 {
		return
	}
	r := pass.File.Mod().Require[i]
	if v := anyVersion(pass, r); v != "" {
		edit := fixes.Replace(text.Span{Start: r.VersionTok.Start, End: p.Line.Span.End}, v)
		if r.VersionTok.IsZero() {
			edit = text.Edit{Span: text.Span{Start: r.PathTok.End, End: r.PathTok.End}, New: " " + v}
		}
		known := fixes.Fix{
			Title: fmt.Sprintf("Require %s %s", r.Path, v), Kind: fixes.QuickFix, Preferred: true, Edits: []fixes.Edit{pass.Edit(edit)},
		}
		if p.Kind == "version-not-canonical" && len(d.Fixes) > 0 && !strings.HasPrefix(v, r.Version+".") {
			known.Preferred = false // what is written begins another version
			d.Fixes = append(d.Fixes, known)
			return
		}
		d.Fixes = append([]fixes.Fix{known}, d.Fixes...)
		return
	}
	if g := pass.View.Graph(); g != nil && pass.Module != nil {
		for i, s := range p.Suggest {
			if len(s.Edits) == 1 && s.Edits[0].Span == r.PathTok.Span && pass.loads(g, r, s.Edits[0].New) {
				d.Fixes[i].Preferred = true
				return
			}
		}
	}
	preferred := false
	switch p.Kind {
	case "path-gopkg-form", "path-major-suffix-bad": // there is no such module
		preferred = true
	case "version-major-mismatch", "version-major-not-v0v1": // either is wrong
		preferred = pass.nobodyHas(r.Path)
	default:
		return
	}
	at := r.Line.Span.Start
	d.Fixes = append(d.Fixes, fixes.Fix{
		Title: fmt.Sprintf("Turn the requirement of %s into a comment", r.Path), Kind: fixes.QuickFix, Preferred: preferred,
		Edits: []fixes.Edit{pass.Edit(text.Edit{Span: text.Span{Start: at, End: at}, New: "// "})},
	})
}

// versionExpected reports whether what stands behind a path can be nothing but its version, however misspelt.
func versionExpected(args []syntax.Token) bool {
	return len(args) > 0 && !slices.ContainsFunc(args[1:], func(t syntax.Token) bool { return strings.ContainsAny(t.Value, "/=") }) &&
		(len(args) < 3 || strings.HasPrefix(args[1].Raw, "v"))
}

// anyVersion returns the version of a required module that is vendored, or else one that could be used, or "".
func anyVersion(pass *Pass, r *syntax.Require) string {
	if module.CheckPath(r.Path) != nil {
		return ""
	}
	if pass.View.Vendor != nil {
		for _, m := range pass.View.Vendor.VendorList().Modules {
			if m.Module.Path == r.Path && m.Explicit && m.Module.Version != r.Version {
				return m.Module.Version
			}
		}
	}
	if v := pass.UsableVersion(pass.View.Graph(), r, module.Version{Path: r.Path, Version: r.Version}); v != "" {
		return v
	}
	if r.Valid { // its version is one, and what is wrong with it is for somebody else to say
		return ""
	}
	return pass.summedVersion(r.Path)
}

// offerGo adds, to a go line that says nothing that go understands, the version of the language that is installed.
func offerGo(pass *Pass, p syntax.Problem, d *Diagnostic) {
	local := pass.View.GoVersion()
	if p.Kind != "go-version-syntax" && p.Kind != "go-arg-count" || p.Line == nil || local == "" || len(d.Fixes) > 0 && d.Fixes[0].Preferred {
		return
	}
	v := strings.TrimPrefix(version.Lang("go"+local), "go")
	if version.Compare("go"+v, "go1.21") >= 0 && version.Compare("go"+v+".0", "go"+local) <= 0 {
		v += ".0"
	}
	edit := text.Edit{Span: p.Line.Span, New: "go " + v}
	if p.Line.Block != nil {
		edit.New = v
	}
	d.Fixes = append([]fixes.Fix{{
		Title: "Set the go line to " + v, Kind: fixes.QuickFix, Preferred: true, Edits: []fixes.Edit{pass.Edit(edit)},
	}}, d.Fixes...)
}

// offerHome adds, to a replacement by a directory below ~ or $HOME, the path that a shell would make of it.
func offerHome(pass *Pass, p syntax.Problem, d *Diagnostic) {
	home := pass.Snapshot.Machine().Home
	if p.Kind != "replace-rhs-needs-version" || home == "" {
		return
	}
	rest, ok := syntax.HomePath(strings.Trim(p.Span.In(pass.File.Text), `"`))
	if !ok {
		return
	}
	dir := filepath.Join(home, filepath.FromSlash(rest))
	path := modfile.AutoQuote(dir)
	fix := fixes.Fix{Title: "Write " + path, Kind: fixes.QuickFix, Edits: []fixes.Edit{pass.Edit(fixes.Replace(p.Span, path))}}
	if fix.Preferred = pass.Snapshot.Read(filepath.Join(dir, "go.mod")).State == workspace.Regular; fix.Preferred {
		for i := range d.Fixes {
			d.Fixes[i].Preferred = false
		}
	}
	d.Fixes = append([]fixes.Fix{fix}, d.Fixes...)
}

// offerUse adds, to a use line of several words, those of them that are directories of modules.
func offerUse(pass *Pass, p syntax.Problem, d *Diagnostic) {
	if p.Kind != "use-usage" || p.Line == nil || len(p.Line.Args) < 2 || len(d.Fixes) > 0 && d.Fixes[0].Preferred {
		return
	}
	var dirs []string
	for _, t := range p.Line.Args {
		dir := modgraph.Replacement{New: module.Version{Path: t.Value}, Dir: filepath.Dir(pass.File.Path)}.Directory()
		if t.Kind != syntax.Punct && pass.Snapshot.Read(filepath.Join(dir, "go.mod")).State == workspace.Regular {
			dirs = append(dirs, t.Raw)
		}
	}
	if len(dirs) != 1 {
		return
	}
	args := p.Line.Args
	span := text.Span{Start: args[0].Start, End: args[len(args)-1].End}
	d.Fixes = append([]fixes.Fix{{
		Title: "Write " + dirs[0], Kind: fixes.QuickFix, Preferred: true, Edits: []fixes.Edit{pass.Edit(fixes.Replace(span, dirs[0]))},
	}}, d.Fixes...)
}

// offerModule adds, to a go.mod file without a module path, the path that the module probably has.
func offerModule(pass *Pass, p syntax.Problem, d *Diagnostic) {
	path := probablePath(pass)
	edit := text.Edit{New: "module " + path + "\n\n"}
	switch {
	case p.Kind == "missing-module-line":
	case p.Kind == "module-usage" && p.Line != nil && len(p.Line.Args) == 0 && p.Line.Block == nil && len(d.Fixes) == 0:
		edit = text.Edit{Span: text.Span{Start: p.Line.VerbTok.End, End: p.Line.VerbTok.End}, New: " " + path}
	case p.Kind == "module-path-malformed" && len(d.Fixes) == 0:
		edit = fixes.Replace(p.Span, path)
	default:
		return
	}
	d.Fixes = append(d.Fixes, fixes.Fix{
		Title: "Call the module " + path, Kind: fixes.QuickFix, Preferred: true, Edits: []fixes.Edit{pass.Edit(edit)},
	})
}

// probablePath returns a path for the pass's module, which does not say its own: what the workspace replaces by its directory,
// where its repository was cloned from, or else, as in go's own examples, a name below example.com.
func probablePath(pass *Pass) string {
	dir := filepath.Dir(pass.File.Path)
	if path := replacedBy(pass.View, dir); path != "" {
		return path
	}
	if path := pass.Snapshot.ClonedPath(dir); module.CheckPath(path) == nil {
		return path
	}
	if path := "example.com/" + filepath.Base(dir); module.CheckPath(path) == nil {
		return path
	}
	return "example.com/mod"
}

// replacedBy returns the path of a module that a replacement of a view replaces by a directory, or "".
func replacedBy(v *workspace.View, dir string) string {
	in := func(base string, list []*syntax.Replace) string {
		for _, r := range list {
			now := modgraph.Replacement{Old: r.Old, New: r.New, Dir: base}
			if r.Valid && r.IsDir && now.Directory() == dir {
				return r.Old.Path
			}
		}
		return ""
	}
	for _, m := range v.Modules() {
		if path := in(m.Dir, m.Mod.Mod().Replace); path != "" {
			return path
		}
	}
	if v.Work == nil {
		return ""
	}
	return in(v.Dir, v.Work.Work().Replace)
}

// repaired holds the kinds that are refused only because the go command would write go.mod otherwise, which it does with
// -mod=mod; see modload.commitRequirements.
var repaired = map[string]bool{
	"exclude-of-required":               true,
	"exclude-path-empty":                true,
	"replace-path-empty":                true,
	"require-path-is-go":                true,
	"toolchain-below-1.21":              true,
	"toolchain-below-go":                true,
	"toolchain-default-directive":       true,
	"toolchain-name-invalid-at-startup": true,
	"toolchain-redundant":               true,
	"retract-version-invalid":           true,
	"version-build-metadata":            true,
	"version-not-canonical":             true,
}

// refusedAtStartup reports whether go refuses what is otherwise accepted or mended, because GOTOOLCHAIN has it look for another toolchain first.
func refusedAtStartup(pass *Pass, p syntax.Problem) bool {
	return p.Kind == "toolchain-name-invalid-at-startup" && pass.View.Env().Toolchain.Switch != ""
}

// unresolvable reports whether a problem is a version that go has to look up and is known not to find.
func unresolvable(pass *Pass, p syntax.Problem) bool {
	switch p.Kind {
	case "version-not-canonical", "version-build-metadata", "retract-version-invalid":
	default:
		return false
	}
	if p.Line == nil {
		return false
	}
	path, version := "", p.Span.In(pass.File.Text)
	switch args := p.Line.Args; {
	case len(args) == 0:
		return false
	case p.Line.Verb == "retract":
		if decl := pass.File.Mod().Module; decl != nil {
			path = decl.Path
		}
	default: // the path that stands before the version
		for _, arg := range args {
			if arg.End > p.Span.Start {
				break
			}
			path = arg.Value
		}
	}
	found, known := pass.Snapshot.Resolve(path, version)
	return known && found == ""
}
