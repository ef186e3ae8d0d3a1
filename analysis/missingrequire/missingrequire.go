package missingrequire

import (
	"context"
	_ "embed"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"go.lsp.dev/uri"
	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/packages"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/tidy"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports imports of packages that no required module has.
var Analyzer = &analysis.Analyzer{
	Name:     "missingrequire",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Warning,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	if pass.File.Kind != workspace.ModFile || pass.Module == nil {
		return nil
	}
	r := &reporter{pass: pass, said: map[place]bool{}, module: map[string]bool{}, answer: pass.Tidied()}
	for _, f := range pass.PackageFaults(packages.NoModule, packages.NotInReplacement) {
		if len(f.Modules) > 0 {
			for _, s := range f.Sites { // missingpackage's
				r.said[place{s.File, s.Path}] = true
			}
			continue
		}
		if !r.halfRequired(f.Path) {
			r.refused(f)
		}
	}
	for _, f := range pass.PackageFaults(packages.NotRequired, packages.Implicit) {
		if !r.halfRequired(f.Path) {
			r.refused(f)
		}
	}
	if r.answer == nil {
		return nil
	}
	for _, n := range r.answer.Result.Require {
		if len(n.Sites) > 0 && pass.Required(n.Module.Path) == nil && !r.halfRequired(n.Module.Path) {
			r.addition(n)
		}
	}
	for _, f := range r.answer.Faults {
		if f.Kind == tidy.Missing && !r.halfRequired(f.Path) {
			r.fault(f)
		}
	}
	return nil
}

// place is an import declaration.
type place struct{ file, path string }

type reporter struct {
	pass   *analysis.Pass
	answer *tidy.Answer // nil if nobody knows
	said   map[place]bool
	module map[string]bool // paths of packages that something was said about at the module line
}

// halfRequired reports whether a requirement that go cannot read, which has a diagnostic of its own, may provide a package.
func (r *reporter) halfRequired(path string) bool {
	return slices.ContainsFunc(r.pass.Module.Mod.Mod().Require, func(q *syntax.Require) bool {
		return !q.Valid && q.Path != "" && (path == q.Path || strings.HasPrefix(path, q.Path+"/"))
	})
}

// refused reports an import that go refuses to build.
func (r *reporter) refused(f packages.Fault) {
	var m module.Version
	if len(f.Modules) > 0 {
		m = f.Modules[0]
	}
	if m.Path != "" && r.pass.Required(m.Path) != nil {
		return // added a moment ago
	}
	d := analysis.Diagnostic{
		Severity: analysis.Error, Module: m,
		Message: fmt.Sprintf("no requirement provides %s; go refuses with %q", strings.TrimSuffix(analysis.Imported(f), ","), f.Says),
	}
	switch known, add := r.knows(f.Path), r.adds(f.Path); {
	case m.Path != "":
		d.Message = fmt.Sprintf("%s is in %s, which go.mod does not require; go refuses with %q", analysis.Imported(f), spelled(m), f.Says)
		d.Fixes = r.adding(m)
	case known != nil:
		r.offer(&d, known)
	case add.Path != "": // with other requirements that tidy changes, the graph has it
		d.Module, d.Message = add, d.Message+"; go mod tidy would add "+spelled(add)
		d.Fixes = []fixes.Fix{r.pass.RunTidy()}
	default:
		d.Fixes = r.getting(f.Path)
	}
	if len(f.Sites) == 0 {
		r.pass.ReportFault(f, d)
		return
	}
	for _, s := range f.Sites {
		r.said[place{s.File, s.Path}] = true
	}
	r.pass.ReportFault(f, d)
	r.atModule(f.Path, d)
}

// knows returns what tidy would say about a package.
func (r *reporter) knows(path string) *tidy.Fault {
	if r.answer == nil {
		return nil
	}
	i := slices.IndexFunc(r.answer.Faults, func(f tidy.Fault) bool { return f.Path == path && f.Kind == tidy.Missing })
	if i < 0 {
		return nil
	}
	return &r.answer.Faults[i]
}

// adds returns the module that tidy would add a requirement of for a package, if there is one.
func (r *reporter) adds(path string) module.Version {
	if r.answer == nil {
		return module.Version{}
	}
	for _, n := range r.answer.Result.Require {
		if slices.ContainsFunc(n.Sites, func(s tidy.Site) bool { return s.Path == path }) {
			return n.Module
		}
	}
	return module.Version{}
}

// addition reports imports for which tidy would add a requirement.
func (r *reporter) addition(n tidy.Requirement) {
	d := analysis.Diagnostic{Module: n.Module, Fixes: r.adding(n.Module)}
	told := false
	for _, s := range n.Sites {
		d.Message = fmt.Sprintf("%s is in %s, which go.mod does not require; go mod tidy would add it", s.Path, spelled(n.Module))
		told = r.at(s, d) || told
	}
	if told {
		r.atModule(n.Sites[0].Path, d)
	}
}

// fault reports a package that tidy would look for on the network.
func (r *reporter) fault(f tidy.Fault) {
	d := analysis.Diagnostic{Message: fmt.Sprintf("no requirement provides %s; go mod tidy would look for a module that does", f.Path)}
	switch {
	case f.Inside:
		d.Message = fmt.Sprintf("this module has no package %s, and go mod tidy fails for that", f.Path)
	case len(f.Modules) > 0:
		d.Module = f.Modules[0]
		d.Message = fmt.Sprintf("%s has no package %s, and go mod tidy would look for another version, or another module", spelled(d.Module), f.Path)
	default:
		r.offer(&d, &f)
	}
	switch {
	case len(f.Sites) > 0:
		told := false
		for _, s := range f.Sites {
			told = r.at(s, d) || told
		}
		if told {
			r.atModule(f.Path, d)
		}
	case r.module[f.Path]: // go refuses, which is said
	case f.Importer != "":
		d.Message += ", because " + importing(f) + " it"
		r.atModuleLine(d)
	default:
		r.atTool(f.Path, d)
	}
}

// importing says what imports a package, as the beginning of a clause.
func importing(f tidy.Fault) string {
	if f.Tested {
		return "the tests of " + f.Importer + " import"
	}
	return f.Importer + " imports"
}

// at reports at an import that is still there and has nothing said about it yet.
func (r *reporter) at(s tidy.Site, d analysis.Diagnostic) bool {
	if r.said[place{s.File, s.Path}] {
		return false
	}
	span, u, ok := r.find(s)
	if ok {
		r.said[place{s.File, s.Path}] = true
		d.Span, d.URI = span, u
		r.pass.Report(d)
	}
	return ok
}

func (r *reporter) find(s tidy.Site) (text.Span, uri.URI, bool) {
	f := r.pass.Snapshot.Read(s.File).File
	if f == nil {
		return text.Span{}, "", false
	}
	span, ok := packages.Site{File: s.File, Path: s.Path}.Span(f.Text)
	return span, f.URI, ok
}

// atModule says in go.mod what was said at the imports of a package.
func (r *reporter) atModule(path string, d analysis.Diagnostic) {
	if r.module[path] {
		return
	}
	r.module[path] = true
	d.URI, d.Severity = "", analysis.Warning
	for p := range r.said {
		if p.path != path {
			continue
		}
		if rel, err := filepath.Rel(r.pass.Module.Dir, p.file); err == nil {
			if span, u, ok := r.find(tidy.Site{File: p.file, Path: p.path}); ok {
				d.Related = append(d.Related, analysis.Related{URI: u, Span: span, Message: filepath.ToSlash(rel) + " imports " + path})
			}
		}
	}
	slices.SortFunc(d.Related, func(a, b analysis.Related) int { return compare(string(a.URI), string(b.URI)) })
	r.atModuleLine(d)
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func (r *reporter) atModuleLine(d analysis.Diagnostic) {
	if decl := r.pass.File.Mod().Module; decl != nil {
		d.Span = decl.Line.Span
		r.pass.Report(d)
	}
}

func (r *reporter) atTool(path string, d analysis.Diagnostic) {
	tools := r.pass.File.Mod().Tool
	if i := slices.IndexFunc(tools, func(t *syntax.Tool) bool { return t.Path == path }); i >= 0 {
		d.Span = tools[i].PathTok.Span
		r.pass.Report(d)
	}
}

// offer adds to a diagnostic which modules on this machine have the package.
func (r *reporter) offer(d *analysis.Diagnostic, f *tidy.Fault) {
	for i, o := range f.Offers {
		if i == 0 {
			d.Module = o.Module
		}
		if o.Dir != "" {
			dir, err := filepath.Rel(r.pass.Module.Dir, o.Dir)
			if err != nil {
				dir = o.Dir
			}
			d.Message += fmt.Sprintf("; %s in this workspace has it (%s)", o.Module.Path, filepath.ToSlash(dir))
			continue
		}
		d.Message += fmt.Sprintf("; %s in the module cache has it", spelled(o.Module))
		for _, fix := range r.adding(o.Module) {
			fix.Preferred = false // it may not be the version that is wanted
			d.Fixes = append(d.Fixes, fix)
		}
	}
	d.Fixes = append(d.Fixes, r.getting(f.Path)...)
}

// adding returns the fixes that require a module at a version that is known: an edit, and the go command, which also writes
// go.sum. The edit is preferred if go.sum has what it needs.
func (r *reporter) adding(m module.Version) []fixes.Fix {
	title := "Require " + spelled(m)
	mod := r.pass.Module.Mod.Mod()
	var list []fixes.Fix
	sums := r.pass.Module.Sum.Checksums()
	local := false
	g := r.pass.View.Graph()
	if g != nil {
		if to := g.Replacement(m); to != nil {
			local = to.New.Version == ""
		}
	}
	ready := local || sums != nil && sums.Has(m)
	if mod.Module != nil {
		edit := fixes.AddRequire(mod, m.Path, m.Version, false)
		list = append(list, fixes.Fix{
			Title: title, Kind: fixes.QuickFix, Preferred: ready,
			Edits: []fixes.Edit{{URI: r.pass.Module.Mod.URI, Span: edit.Span, New: edit.New}},
		})
	}
	if !local {
		list = append(list, fixes.Fix{
			Title: "Run go get " + m.Path + "@" + m.Version, Kind: fixes.QuickFix, Preferred: !ready,
			Command: r.get(m.Path, m.Version),
		})
	}
	return list
}

// getting returns the fix that has go look for a module on the network.
func (r *reporter) getting(path string) []fixes.Fix {
	if r.pass.WouldLeak(path) {
		return nil
	}
	return []fixes.Fix{{Title: "Run go get " + path, Kind: fixes.QuickFix, Command: r.get(path, "latest")}}
}

func (r *reporter) get(path, version string) *fixes.Command {
	c := r.pass.Command("gomodls.get", map[string]any{"module": path, "version": version})
	c.Arguments["uri"] = string(r.pass.Module.Mod.URI)
	return c
}

func spelled(m module.Version) string {
	if m.Version == "" {
		return m.Path
	}
	return m.Path + " " + m.Version
}
