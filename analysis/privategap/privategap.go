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
	"github.com/gomodls/gomodls/internal/modgraph"
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
	for _, f := range find(pass) {
		report(pass, f)
	}
	return nil
}

// A finding is a gap and the requirement through which go would come to ask for the module.
type finding struct {
	goenv.Gap
	module module.Version
	root   *syntax.Require // nil where another module of a workspace leads there
}

// find returns the gaps of what go would fetch for the pass's module: what its go.mod requires, and what that leads to.
func find(pass *analysis.Pass) []finding {
	var found []finding
	privacy, require := pass.View.Privacy(pass.Module), pass.File.Mod().Require
	seen := map[string]bool{}
	look := func(m module.Version, root *syntax.Require) {
		if m.Path == "" || seen[m.Path] {
			return
		}
		seen[m.Path] = true
		if gap, ok := privacy.Gap(m.Path); ok {
			found = append(found, finding{gap, m, root})
		}
	}
	g := pass.View.Graph()
	if g == nil {
		for _, r := range require {
			if m, ok := fetchedFor(pass, g, r); ok {
				look(m, r)
			}
		}
		return found
	}
	for _, n := range privacy.In(g) {
		if m, root := required(pass, g, n.Actual.Path); root != nil {
			look(m, root)
		} else {
			look(n.Actual, pass.RootOf(g, n.Module))
		}
	}
	return found
}

// required returns the first requirement of the pass's go.mod for which go would fetch a module of a path, and what it would fetch.
func required(pass *analysis.Pass, g *modgraph.Graph, path string) (module.Version, *syntax.Require) {
	for _, r := range pass.File.Mod().Require {
		if m, ok := fetchedFor(pass, g, r); ok && m.Path == path {
			return m, r
		}
	}
	return module.Version{}, nil
}

// fetchedFor returns what go fetches for a requirement, and false if a directory stands in for it, so that nobody is ever asked.
func fetchedFor(pass *analysis.Pass, g *modgraph.Graph, r *syntax.Require) (module.Version, bool) {
	m := module.Version{Path: r.Path, Version: r.Version}
	if g != nil {
		rep := g.Replacement(m)
		switch {
		case rep == nil:
			return m, true
		case rep.Directory() != "":
			return m, false
		}
		return rep.New, true
	}
	for _, rep := range pass.File.Mod().Replace {
		if rep.Old.Path == r.Path && (rep.Old.Version == "" || rep.Old.Version == r.Version) {
			return rep.New, !rep.IsDir
		}
	}
	return m, true
}

func report(pass *analysis.Pass, f finding) {
	env := pass.View.Env()
	reason, where := "", ""
	for _, e := range f.Evidence {
		if e.Strong && reason == "" {
			reason, where = e.Detail, e.Where
		}
	}
	if where != "" {
		reason += ", " + relative(pass.Module.Dir, where)
	}
	does := "does"
	if len(f.Keys) > 1 {
		does = "do"
	}
	message := fmt.Sprintf("%s is private (%s), and %s %s not cover it: go would send its path to %s", f.Module, reason, strings.Join(f.Keys, " and "), does, f.Receivers())
	for _, note := range f.Notes() {
		message += "; " + note
	}
	d := analysis.Diagnostic{Module: f.module, Message: message}
	switch decl := pass.File.Mod().Module; {
	case f.root != nil:
		d.Span = f.root.PathTok.Span
	case decl != nil:
		d.Span = decl.Line.Span
	}
	if len(f.Sent) > 2 || len(f.Sent) == 2 && !f.MissingSumDB { // what makes go ask the second of two proxies is worth knowing
		d.Related = []analysis.Related{{URI: pass.File.URI, Span: d.Span, Message: "asked in this order: " + strings.Join(f.Sent, "; ")}}
	}
	for i, key := range f.Keys {
		value := env.Get(key)
		list := string(goenv.Patterns(value.Value).With(f.Pattern))
		fix := fixes.Fix{
			Title: fmt.Sprintf("Run go env -w %s=%s", key, list), Kind: fixes.QuickFix, Preferred: i == 0,
			Command: pass.Command("gomodls.addPrivate", map[string]any{"pattern": f.Pattern, "key": key}),
		}
		switch { // go env -w has no effect on what is set elsewhere
		case value.Source == goenv.Setting:
			d.Message += fmt.Sprintf("; set %s to %s in the editor's settings, which set it", key, list)
			continue
		case value.Source == goenv.OS, env.Get("GOENV").Value == "":
			machine := pass.Snapshot.Machine()
			line := goenv.SetInShell(machine.Environ, machine.GOOS, key, list)
			fix.Title, fix.Preferred = line.String(), false
			fix.Command.Arguments["line"] = line.Text
		}
		d.Fixes = append(d.Fixes, fix)
	}
	pass.Report(d)
}

// relative shortens the name of a file in the module; others stay whole.
func relative(dir, where string) string {
	if rel, err := filepath.Rel(dir, where); err == nil && !strings.HasPrefix(rel, "..") {
		return rel
	}
	return where
}

// Open returns the path of a private module that the go command would send out if it were run in dir, or "" if there is none
// as far as r knows. Where go is asked for some modules only, as path@version, no others count. What settings or comments
// silence counts: they may come from the repository.
func Open(r *analysis.Result, dir string, asked ...string) string {
	for _, v := range r.Snapshot.Views(filepath.Join(dir, "go.mod")) {
		m := v.Module(filepath.Join(dir, "go.mod"))
		if m == nil {
			continue
		}
		pass := &analysis.Pass{Snapshot: r.Snapshot, View: v, Module: m, File: m.Mod}
		for _, f := range find(pass) {
			if len(asked) == 0 || slices.ContainsFunc(asked, func(a string) bool { return strings.HasPrefix(a, f.Module+"@") }) {
				return f.Module
			}
		}
	}
	return ""
}
