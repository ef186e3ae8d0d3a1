package ambiguousimport

import (
	"context"
	_ "embed"
	"fmt"
	"strings"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/internal/packages"
	"github.com/gomodls/gomodls/internal/tidy"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports imports of a package that several modules have.
var Analyzer = &analysis.Analyzer{
	Name:     "ambiguousimport",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	for _, f := range pass.PackageFaults(packages.Ambiguous) {
		pass.ReportFault(f, analysis.Diagnostic{
			Module:  f.Modules[0],
			Message: fmt.Sprintf(`%s is %s; go refuses with "ambiguous import"`, analysis.Imported(f), places(pass, f.Modules)),
			Related: requirements(pass, f.Modules),
		})
	}
	for _, f := range pass.TidyFaults(tidy.Ambiguous) {
		pass.ReportTidyFault(f, "is "+places(pass, f.Modules))
	}
	return nil
}

// places says where a package is that several modules have.
func places(pass *analysis.Pass, mods []module.Version) string {
	var names []string
	for _, m := range mods {
		names = append(names, name(pass, m))
	}
	last := len(names) - 1
	return fmt.Sprintf("in %s and in %s", strings.Join(names[:last], ", in "), names[last])
}

// name says where a package is.
func name(pass *analysis.Pass, m module.Version) string {
	switch {
	case m.Path == "":
		return "the standard library"
	case m.Path == "vendor" && pass.View.Mode == workspace.Vendor:
		return "the vendor directory"
	case m.Version == "":
		return "the main module " + m.Path
	}
	return m.Path + " " + m.Version
}

// requirements points to the requirements that bring the modules into the graph.
func requirements(pass *analysis.Pass, mods []module.Version) (related []analysis.Related) {
	g := pass.View.Graph()
	if g == nil {
		return nil
	}
	for _, m := range mods {
		if r := pass.RootOf(g, m); r != nil {
			message := "requires " + m.Path + " " + m.Version
			if r.Path != m.Path {
				message = "leads to " + m.Path + " " + m.Version
			}
			related = append(related, analysis.Related{URI: pass.File.URI, Span: r.Line.Span, Message: message})
		}
	}
	return related
}
