package conflictingreplace

import (
	"context"
	_ "embed"
	"fmt"
	"path/filepath"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports replacements in a workspace that contradict each other, or that replace one of its modules.
var Analyzer = &analysis.Analyzer{
	Name:     "conflictingreplace",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	if pass.View.Work == nil {
		return nil
	}
	switch pass.File.Kind {
	case workspace.WorkFile:
		ofModules(pass)
	case workspace.ModFile:
		if len(pass.File.Mod().Replace) > 0 {
			betweenModules(pass)
			atOneVersion(pass)
		}
	}
	return nil
}

// ofModules reports lines of go.work that replace one of its modules at all versions.
func ofModules(pass *analysis.Pass) {
	for _, r := range pass.File.Work().Replace {
		if !r.Valid || r.Old.Version != "" {
			continue
		}
		for _, m := range pass.View.Modules() {
			if m.Path() != r.Old.Path {
				continue
			}
			pass.Report(analysis.Diagnostic{
				Span:    r.Line.Span,
				Module:  r.Old,
				Message: fmt.Sprintf("%s is a module of this workspace and cannot be replaced at all versions; go refuses the workspace", r.Old.Path),
				Fixes: []fixes.Fix{{
					Title: "Remove the replacement of " + r.Old.Path, Kind: fixes.QuickFix, Preferred: true,
					Edits: []fixes.Edit{pass.Edit(fixes.DeleteLine(pass.File.Text, r.Line))},
				}},
			})
		}
	}
}

// betweenModules reports lines of a module that replace something otherwise than a module listed before it; see
// modload.makeMainModules.
func betweenModules(pass *analysis.Pass) {
	inWork := map[string]bool{}
	for _, r := range pass.View.Work.Work().Replace {
		inWork[r.Old.Path] = true
	}
	type line struct {
		in  *workspace.Module
		r   *syntax.Replace
		new module.Version
	}
	first := map[module.Version]line{}
	for _, m := range pass.View.Modules() {
		own := map[module.Version]bool{}
		for _, r := range m.Mod.Mod().Replace {
			if !r.Valid || inWork[r.Old.Path] {
				continue
			}
			now := line{m, r, absolute(r.New, m.Dir)}
			other, ok := first[r.Old]
			if ok && !own[r.Old] && other.new != now.new && m == pass.Module {
				pass.Report(analysis.Diagnostic{
					Span:    r.Line.Span,
					Module:  r.Old,
					Message: fmt.Sprintf("%s is replaced by %s here, but by %s in %s; go refuses the workspace", r.Old.Path, describe(r.New), describe(other.r.New), other.in.Path()),
					Related: []analysis.Related{{URI: other.in.Mod.URI, Span: other.r.Line.Span, Message: "the other replacement"}},
					Fixes: []fixes.Fix{{
						Title: "Remove the replacement of " + r.Old.Path + " here", Kind: fixes.QuickFix, Preferred: true,
						Edits: []fixes.Edit{pass.Edit(fixes.DeleteLine(pass.File.Text, r.Line))},
					}},
				})
				return
			}
			own[r.Old] = true
			first[r.Old] = now
		}
	}
}

// atOneVersion reports lines that replace one version of a module that a module listed before replaces at all versions.
func atOneVersion(pass *analysis.Pass) {
	g := pass.View.Graph()
	if g == nil {
		return
	}
	for _, c := range g.Conflicts() {
		for _, r := range pass.File.Mod().Replace {
			if r.Valid && r.Old == c.Version.Old && r.New == c.Version.New && c.Version.Dir == pass.Module.Dir {
				pass.Report(analysis.Diagnostic{
					Span:    r.Line.Span,
					Module:  c.Module,
					Message: fmt.Sprintf("%s is replaced by %s here, but %s by %s in another module of the workspace; go refuses the workspace", describe(r.Old), describe(r.New), describe(c.Any.Old), describe(c.Any.New)),
					Fixes: []fixes.Fix{{
						Title: "Remove the replacement of " + describe(r.Old) + " here", Kind: fixes.QuickFix, Preferred: true,
						Edits: []fixes.Edit{pass.Edit(fixes.DeleteLine(pass.File.Text, r.Line))},
					}},
				})
			}
		}
	}
}

func absolute(m module.Version, dir string) module.Version {
	if m.Version == "" && !filepath.IsAbs(m.Path) {
		m.Path = filepath.Join(dir, m.Path)
	}
	return m
}

func describe(m module.Version) string {
	if m.Version == "" {
		return m.Path
	}
	return m.Path + " " + m.Version
}
