package untidyrequire

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/tidy"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports what go mod tidy would add or change in go.mod to complete the module graph.
var Analyzer = &analysis.Analyzer{
	Name:     "untidyrequire",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Warning,
	Run:      run,
}

// shown is how many requirements the message names.
const shown = 5

func run(_ context.Context, pass *analysis.Pass) error {
	if pass.File.Kind != workspace.ModFile {
		return nil
	}
	a := pass.Tidied()
	g := pass.View.Graph()
	if a == nil || len(a.Faults) > 0 || g != nil && g.Inconsistent() {
		return nil
	}
	mod := pass.File.Mod()
	required := make([]*syntax.Require, len(a.Result.Require))
	for _, r := range mod.Require {
		if i := a.Result.Find(r.Path); r.Valid && i >= 0 && required[i] == nil {
			required[i] = r
		}
	}
	var added []tidy.Requirement
	for i, n := range a.Result.Require {
		switch r := required[i]; {
		case r == nil && len(n.Sites) == 0:
			added = append(added, n)
		case r != nil && r.Version != n.Module.Version:
			pass.Report(analysis.Diagnostic{
				Span: r.VersionTok.Span, Module: module.Version{Path: r.Path, Version: r.Version},
				Message: fmt.Sprintf("go mod tidy would require %s at %s", r.Path, n.Module.Version),
				Fixes:   changed(pass, *r.VersionTok, n.Module.Version),
			})
		}
	}
	goLine(pass, mod, a.Result.Go)
	if r := a.Refusal; r != nil && r.Compat != "" && mod.Go != nil {
		pass.Report(analysis.Diagnostic{
			Span: mod.Go.VersionTok.Span, Module: r.Module,
			Message: fmt.Sprintf("go mod tidy fails, because go %s would load this module in another way: %v; from go 1.18 on it does not compare", r.Compat, r),
			Fixes:   changed(pass, mod.Go.VersionTok, "1.18")[:1],
		})
	}
	if t := mod.Toolchain; t != nil && t.Valid && a.Result.Toolchain == "" && !spokenOf(pass, t.Line) {
		pass.Report(analysis.Diagnostic{
			Span:    t.Line.Span,
			Message: "go mod tidy would drop the toolchain line, which says no more than the go line",
			Fixes: []fixes.Fix{{
				Title: "Remove the toolchain line", Kind: fixes.QuickFix, Preferred: true,
				Edits: []fixes.Edit{pass.Edit(fixes.DeleteLine(pass.File.Text, t.Line))},
			}, pass.RunTidy()},
		})
	}
	if len(added) > 0 && mod.Module != nil {
		report(pass, added)
	}
	return nil
}

// goLine reports what becomes of the go line.
func goLine(pass *analysis.Pass, mod *syntax.Mod, after string) {
	switch {
	case after == "" || mod.Module == nil:
	case mod.Go == nil:
		pass.Report(analysis.Diagnostic{
			Span:    mod.Module.Line.Span,
			Message: fmt.Sprintf("a missing go line means go 1.16; go mod tidy would add go %s, its own version", after),
			Fixes:   []fixes.Fix{preferred(pass.RunTidy())},
		})
	case mod.Go.Valid && mod.Go.Version != after:
		pass.Report(analysis.Diagnostic{
			Span:    mod.Go.VersionTok.Span,
			Message: fmt.Sprintf("go mod tidy would make this go %s, because a requirement needs it", after),
			Fixes:   changed(pass, mod.Go.VersionTok, after),
		})
	}
}

// spokenOf reports whether a line is at fault by itself, which another analyzer says.
func spokenOf(pass *analysis.Pass, l *syntax.Line) bool {
	return slices.ContainsFunc(pass.File.Problems(""), func(p syntax.Problem) bool { return p.Line == l })
}

func changed(pass *analysis.Pass, tok syntax.Token, version string) []fixes.Fix {
	return []fixes.Fix{{
		Title: "Change " + tok.Value + " to " + version, Kind: fixes.QuickFix,
		Edits: []fixes.Edit{pass.Edit(fixes.Replace(tok.Span, version))},
	}, preferred(pass.RunTidy())}
}

func preferred(fix fixes.Fix) fixes.Fix {
	fix.Preferred = true
	return fix
}

// report says at the module line what is to be added: there is no line of its own to say it at.
func report(pass *analysis.Pass, added []tidy.Requirement) {
	var names []string
	for i, n := range added {
		if i == shown {
			names = append(names, "…")
			break
		}
		names = append(names, n.Module.Path+" "+n.Module.Version)
	}
	what := "a requirement"
	if len(added) > 1 {
		what = fmt.Sprintf("%d requirements", len(added))
	}
	d := analysis.Diagnostic{
		Span: pass.File.Mod().Module.Line.Span, Module: added[0].Module,
		Message: fmt.Sprintf("go mod tidy would add %s to complete the module graph: %s", what, strings.Join(names, ", ")),
	}
	if n := added[0]; len(added) == 1 && len(n.Chain) > 1 {
		d.Message = fmt.Sprintf("go mod tidy would add the requirement %s, because %s imports %s", names[0], n.Chain[len(n.Chain)-2], n.Chain[len(n.Chain)-1])
	}
	d.Fixes = []fixes.Fix{preferred(pass.RunTidy())}
	if len(added) == 1 {
		n := added[0]
		d.Fixes = append(d.Fixes, fixes.Fix{
			Title: "Add the requirement " + names[0], Kind: fixes.QuickFix,
			Edits: []fixes.Edit{pass.Edit(fixes.AddRequire(pass.File.Mod(), n.Module.Path, n.Module.Version, n.Indirect))},
		})
	}
	pass.Report(d)
}
