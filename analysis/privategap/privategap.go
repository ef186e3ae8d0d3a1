package privategap

import (
	"context"
	_ "embed"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/goenv"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports private modules that GOPRIVATE does not cover.
var Analyzer = &analysis.Analyzer{
	Name:     "privategap",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Warning,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	if pass.File.Kind != workspace.ModFile {
		return nil
	}
	env := pass.View.Env()
	in := pass.View.EvidenceInputs(pass.Module)
	for _, r := range pass.File.Mod().Require {
		if r.Path == "" || inDirectory(pass, r) {
			continue
		}
		if gap, ok := pass.PrivateGap(r.Path, in); ok {
			report(pass, env, r, gap)
		}
	}
	return nil
}

// inDirectory reports whether a directory stands in for the module, so that nobody is ever asked for it.
func inDirectory(pass *analysis.Pass, r *syntax.Require) bool {
	if g := pass.View.Graph(); g != nil {
		rep := g.Replacement(module.Version{Path: r.Path, Version: r.Version})
		return rep != nil && rep.Directory() != ""
	}
	for _, rep := range pass.File.Mod().Replace {
		if rep.IsDir && rep.Old.Path == r.Path && (rep.Old.Version == "" || rep.Old.Version == r.Version) {
			return true
		}
	}
	return false
}

func report(pass *analysis.Pass, env *goenv.Env, r *syntax.Require, gap goenv.Gap) {
	var why []string
	for _, e := range gap.Evidence {
		if e.Strong {
			detail := e.Detail
			if e.Where != "" {
				detail += " (" + relative(pass.Module.Dir, e.Where) + ")"
			}
			why = append(why, detail)
		}
	}
	keys := strings.Join(gap.Keys, " and ")
	verb := "does"
	if len(gap.Keys) > 1 {
		verb = "do"
	}
	message := fmt.Sprintf("%s is private, as %s, but %s %s not cover it: go would send %s", r.Path, strings.Join(why, " and "), keys, verb, strings.Join(gap.Sent, "; "))
	if gap.Near != "" {
		message += "; " + gap.Near
	}
	d := analysis.Diagnostic{Span: r.PathTok.Span, Module: module.Version{Path: r.Path, Version: r.Version}, Message: message}
	for i, key := range gap.Keys {
		value := env.Get(key)
		if value.Source == goenv.OS || value.Source == goenv.Setting { // go env -w has no effect then
			d.Message += fmt.Sprintf("; set %s=%s where your environment sets it", key, join(value.Value, gap.Pattern))
			continue
		}
		d.Fixes = append(d.Fixes, fixes.Fix{
			Title: fmt.Sprintf("Add %s to %s with go env -w", gap.Pattern, key), Kind: fixes.QuickFix, Preferred: i == 0,
			Command: pass.Command("gomodls.addPrivate", map[string]any{"pattern": gap.Pattern, "key": key}),
		})
	}
	pass.Report(d)
}

func join(list, pattern string) string {
	if list == "" {
		return pattern
	}
	return list + "," + pattern
}

// relative shortens the name of a file in the module; others stay whole.
func relative(dir, where string) string {
	if rel, err := filepath.Rel(dir, where); err == nil && !strings.HasPrefix(rel, "..") {
		return rel
	}
	return where
}

// Open returns the path of a private module that the go command would send out if it were run in dir, or "" if there is none
// among the diagnostics of r. Where go is asked for some modules only, as path@version, no others count.
func Open(r *analysis.Result, dir string, asked ...string) string {
	for _, f := range r.Files {
		if filepath.Dir(f.File.Path) != dir {
			continue
		}
		for _, d := range f.Diagnostics {
			if d.Code == Analyzer.Name && (len(asked) == 0 || slices.ContainsFunc(asked, func(m string) bool { return strings.HasPrefix(m, d.Module.Path+"@") })) {
				return d.Module.Path
			}
		}
	}
	return ""
}
