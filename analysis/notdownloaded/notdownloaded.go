package notdownloaded

import (
	"context"
	_ "embed"
	"fmt"
	"strings"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports modules whose go.mod files are not on this machine.
var Analyzer = &analysis.Analyzer{
	Name:     "notdownloaded",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Information,
	Run:      run,
}

// shown is how many module versions the message names.
const shown = 5

func run(_ context.Context, pass *analysis.Pass) error {
	if pass.File == pass.View.Files()[0] && pass.View.UnknownToolchain() {
		pass.Report(analysis.Diagnostic{
			Span:    pass.File.Start(),
			Message: fmt.Sprintf("go would switch to a toolchain newer than the installed go %s, of which nothing is known here, so there may be more to say", pass.View.Env().GoVersion),
		})
	}
	g := pass.View.Graph()
	if g != nil && g.Inconsistent() { // what is missing for that reason alone is not worth a download
		g = g.Repair(pass.View.Source()).Graph
	}
	if g == nil || g.Complete() || pass.File.Kind != workspace.ModFile || pass.File != pass.View.Modules()[0].Mod {
		return nil
	}
	var missing []string
	for _, n := range g.InOrder() {
		if n.Cause == modgraph.NotKnown {
			missing = append(missing, n.Actual.Path+" "+n.Actual.Version)
		}
	}
	count, title := fmt.Sprintf("the go.mod files of %d module versions are", len(missing)), fmt.Sprintf("Download the %d missing go.mod files", len(missing))
	if len(missing) == 1 {
		count, title = "the go.mod file of 1 module version is", "Download "+missing[0]
	}
	list := strings.Join(missing[:min(len(missing), shown)], ", ")
	if len(missing) > shown {
		list += ", …"
	}
	d := analysis.Diagnostic{
		Span:    pass.File.Mod().Module.Line.Span,
		Message: fmt.Sprintf("%s not on this machine, so there may be more to say: %s", count, list),
	}
	for _, n := range g.InOrder() {
		if n.Cause == modgraph.NotKnown && pass.WouldLeak(n.Actual.Path) {
			d.Message += fmt.Sprintf("; %s is private and not covered by GOPRIVATE, so nothing is downloaded", n.Actual.Path)
			pass.Report(d)
			return nil
		}
	}
	d.Fixes = []fixes.Fix{{Title: title, Kind: fixes.QuickFix, Preferred: true, Command: pass.Command("gomodls.download", nil)}}
	pass.Report(d)
	return nil
}
