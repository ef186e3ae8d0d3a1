package analysis

import (
	"context"
	"fmt"
	"go/version"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/fixes"
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
		case repaired[p.Kind] && pass.View.Mode == workspace.Mutable && !unresolvable(pass, p):
			d.Severity = Warning
		}
		if hazardous(pass, p) {
			for i := range d.Fixes {
				d.Fixes[i].Preferred = false
			}
		}
		if p.Severity == syntax.Refused {
			offerVersion(pass, p, &d)
			offerGo(pass, p, &d)
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

// offerVersion adds, to a requirement whose version is missing or is none, a version of the module that is known here.
func offerVersion(pass *Pass, p syntax.Problem, d *Diagnostic) {
	if p.Line == nil || p.Line.Verb != "require" || len(p.Line.Args) == 0 || len(p.Line.Args) > 2 || len(d.Fixes) > 0 && d.Fixes[0].Preferred {
		return
	}
	for _, r := range pass.File.Mod().Require {
		if r.Line != p.Line || r.Path == "" || module.CheckPath(r.Path) != nil {
			continue
		}
		v := pass.UsableVersion(pass.View.Graph(), r, module.Version{Path: r.Path, Version: r.Version})
		if v == "" {
			return
		}
		edit := fixes.Replace(r.VersionTok.Span, v)
		if r.VersionTok.IsZero() {
			edit = text.Edit{Span: text.Span{Start: r.PathTok.End, End: r.PathTok.End}, New: " " + v}
		}
		d.Fixes = append([]fixes.Fix{{
			Title: fmt.Sprintf("Require %s %s", r.Path, v), Kind: fixes.QuickFix, Preferred: true, Edits: []fixes.Edit{pass.Edit(edit)},
		}}, d.Fixes...)
		return
	}
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

// repaired holds the kinds that are refused only because the go command would write go.mod otherwise, which it does with
// -mod=mod; see modload.commitRequirements.
var repaired = map[string]bool{
	"exclude-of-required":         true,
	"require-path-is-go":          true,
	"toolchain-below-1.21":        true,
	"toolchain-below-go":          true,
	"toolchain-default-directive": true,
	"toolchain-redundant":         true,
	"version-build-metadata":      true,
	"version-not-canonical":       true,
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
