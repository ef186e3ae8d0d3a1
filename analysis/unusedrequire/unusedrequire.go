package unusedrequire

import (
	"context"
	_ "embed"
	"fmt"
	"slices"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/imports"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/tidy"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports requirements that go mod tidy would drop.
var Analyzer = &analysis.Analyzer{
	Name:     "unusedrequire",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Warning,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	if pass.File.Kind != workspace.ModFile {
		return nil
	}
	a := pass.Tidied()
	if a == nil || slices.ContainsFunc(a.Faults, hides) {
		return nil
	}
	g := pass.View.Graph()
	if g != nil && g.Inconsistent() {
		return nil // first things first
	}
	mod := pass.File.Mod()
	for _, r := range mod.Require {
		switch {
		case !r.Valid || r.Path == pass.Module.Path() || !slices.Contains(a.Result.Dropped, r.Path):
			continue
		case a.Loses(r.Path):
			continue
		case slices.ContainsFunc(mod.Exclude, func(x *syntax.Exclude) bool { return x.Path == r.Path && x.Version == r.Version }):
			continue
		case len(a.Faults) > 0 && (r.Indirect || slices.ContainsFunc(a.Faults, func(f tidy.Fault) bool { return below(f.Path, r.Path) })):
			continue
		}
		d := analysis.Diagnostic{
			Span:    r.Line.Span,
			Module:  module.Version{Path: r.Path, Version: r.Version},
			Message: fmt.Sprintf("no package of this module needs %s; go mod tidy would drop the requirement", r.Path),
		}
		if len(a.Faults) > 0 {
			d.Message = fmt.Sprintf("no package of this module imports %s", r.Path)
		}
		// Nothing is removed unasked: a requirement may stand there for an import that is yet to be written.
		run := pass.RunTidy()
		run.Preferred = len(a.Faults) == 0
		d.Fixes = append(d.Fixes, run)
		if len(a.Faults) == 0 && pass.LoadsWith(g, without(mod, r.Path)) {
			d.Fixes = append(d.Fixes, fixes.Fix{
				Title: "Remove the requirement of " + r.Path, Kind: fixes.QuickFix,
				Edits: []fixes.Edit{pass.Edit(fixes.DeleteLine(pass.File.Text, r.Line))},
			})
		}
		pass.Report(d)
	}
	return nil
}

// hides reports whether nobody can know what is behind a fault.
func hides(f tidy.Fault) bool { return f.Kind != tidy.Missing || f.Inside }

// below reports whether a package could by its path be of a module.
func below(pkg, path string) bool {
	_, ok := imports.Within(pkg, path)
	return ok
}

// without returns the requirements of all other modules.
func without(mod *syntax.Mod, path string) []module.Version {
	var rest []module.Version
	for _, r := range mod.Require {
		if r.Valid && r.Path != path {
			rest = append(rest, module.Version{Path: r.Path, Version: r.Version})
		}
	}
	return rest
}
