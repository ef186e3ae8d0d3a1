package notinwork

import (
	"context"
	_ "embed"
	"fmt"
	"path/filepath"
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

// Analyzer reports a module that lies in a workspace whose go.work does not list it.
var Analyzer = &analysis.Analyzer{
	Name:     "notinwork",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Warning,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	work := pass.View.Outside
	if pass.File.Kind != workspace.ModFile || work == nil {
		return nil
	}
	d := analysis.Diagnostic{Span: pass.File.Start()}
	if decl := pass.File.Mod().Module; decl != nil {
		d.Span, d.Module = decl.Line.Span, module.Version{Path: decl.Path}
	}
	dir, err := filepath.Rel(filepath.Dir(work.Path), pass.Module.Dir)
	if err != nil {
		return nil
	}
	dir = filepath.ToSlash(dir)
	if !strings.HasPrefix(dir, "../") && dir != "." {
		dir = "./" + dir
	}
	name, err := filepath.Rel(pass.Module.Dir, work.Path)
	if err != nil {
		name = work.Path
	}
	d.Message = fmt.Sprintf("%s does not list this module, so go build and go test refuse it here", filepath.ToSlash(name))
	d.Related = []analysis.Related{{URI: work.URI, Span: work.Start(), Message: "the workspace"}}
	fix := fixes.Fix{Title: "Add " + dir + " to the workspace", Kind: fixes.QuickFix, Preferred: true}
	if raises(work.Work().Go, pass.File.Mod().Go) {
		fix.Command = pass.Command("gomodls.workUse", nil) // which raises the go line, too
	} else {
		fix.Edits = []fixes.Edit{fixes.AddUse(work.URI, work.Work(), dir)}
	}
	d.Fixes = []fixes.Fix{fix}
	pass.Report(d)
	return nil
}

// raises reports whether a workspace with the go line of work would refuse a module with that of mod; see
// modload.loadModFile.
func raises(work, mod *syntax.Go) bool {
	have := "1.18" // what a missing line means
	if work != nil {
		have = work.Version
	}
	return mod != nil && mod.Valid && (work == nil || work.Valid) &&
		goenv.CompareVersions(mod.Version, "1.21") >= 0 && goenv.CompareVersions(mod.Version, have) > 0
}
