package missingpackage

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/internal/imports"
	"github.com/gomodls/gomodls/internal/packages"
	"github.com/gomodls/gomodls/internal/tidy"
)

//go:embed doc.go
var doc string

// Analyzer reports imports of packages that the modules which should have them do not have.
var Analyzer = &analysis.Analyzer{
	Name:     "missingpackage",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	for _, f := range pass.PackageFaults(packages.NoModule, packages.NotInReplacement) {
		if len(f.Modules) == 0 {
			continue // a requirement is missing
		}
		m := f.Modules[0]
		d := analysis.Diagnostic{
			Module:  m,
			Message: fmt.Sprintf(`%s has no package %s; go refuses with %q`, name(pass, f), strings.TrimSuffix(analysis.Imported(f), ","), f.Says),
		}
		if g := pass.View.Graph(); g != nil {
			if r := pass.RootOf(g, m); r != nil {
				d.Related = []analysis.Related{{URI: pass.File.URI, Span: r.Line.Span, Message: "because of this requirement, go looks into " + m.Path + " " + m.Version}}
			}
		}
		pass.ReportFault(f, d)
	}
	for _, f := range pass.PackageFaults(packages.NotStd) {
		pass.ReportFault(f, analysis.Diagnostic{
			Severity: analysis.Warning, // go list -m all and go mod tidy do not mind
			Message:  fmt.Sprintf("neither the standard library nor a module here has a package %s; go build refuses with %q", strings.TrimSuffix(analysis.Imported(f), ","), f.Says),
		})
	}
	for _, f := range pass.PackageFaults(packages.Malformed) {
		message := unnamable(pass, f) + "; go refuses ./... and go mod tidy"
		if f.Says != "" {
			message += fmt.Sprintf(" with %q", f.Says)
		}
		pass.ReportFault(f, analysis.Diagnostic{Message: message})
	}
	for _, f := range pass.TidyFaults(tidy.Unusable) {
		if len(f.Modules) == 0 { // otherwise the module is to blame
			pass.ReportTidyFault(f, "cannot be imported: "+reason(f.Err))
		}
	}
	return nil
}

// unnamable says that no package can be in a directory of the pass's module, and what to do about it.
func unnamable(pass *analysis.Pass, f packages.Fault) string {
	if rel, ok := imports.Within(f.Path, pass.Module.Path()); ok && rel != "" {
		return fmt.Sprintf("the directory %q has Go files, but no package can have the path %s: rename it", rel, f.Path)
	}
	return fmt.Sprintf("no package can have the path %s, and the module's own directory has Go files: give the module another path", f.Path)
}

// reason says why go mod tidy stops at a package, as a clause.
func reason(err error) string {
	var invalid *module.InvalidPathError
	switch {
	case errors.As(err, &invalid):
		return invalid.Err.Error()
	case errors.Is(err, imports.ErrNoGo):
		return "no build has a Go file of it"
	}
	return err.Error()
}

// name says which module should have the package.
func name(pass *analysis.Pass, f packages.Fault) string {
	m := f.Modules[0]
	if f.Kind == packages.NotInReplacement {
		return "what replaces " + m.Path
	}
	if m.Version == "" {
		return "the main module " + m.Path
	}
	if g := pass.View.Graph(); g != nil {
		if r := g.Replacement(m); r != nil {
			return fmt.Sprintf("%s, which replaces %s,", spelled(r.New), m.Path)
		}
	}
	return spelled(m)
}

func spelled(m module.Version) string {
	if m.Version == "" {
		return m.Path
	}
	return m.Path + " " + m.Version
}
