package notdownloaded

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/goenv"
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
	if pass.File == pass.View.Head() {
		switch version := pass.View.Env().GoVersion; {
		case version == "" && pass.Snapshot.Machine().Go == "":
			pass.Report(analysis.Diagnostic{
				Span:    pass.File.Start(),
				Message: "there is no go command in PATH, so nothing is said about packages; install Go, or name it in the editor's setting gomodls.go",
			})
		case unknownToolchain(pass.View):
			pass.Report(analysis.Diagnostic{
				Span:    pass.File.Start(),
				Message: fmt.Sprintf("go would switch to another toolchain than the installed go %s, of which nothing is known here, so there may be more to say", version),
			})
		}
	}
	g := pass.View.Graph()
	if g != nil && g.Inconsistent() { // what is missing for that reason alone is not worth a download
		g = pass.View.Repair().Graph
	}
	if g == nil || pass.File.Kind != workspace.ModFile || !pass.View.Leads(pass.Module) {
		return nil
	}
	if g.Complete() {
		sources(pass)
		return nil
	}
	var missing []string
	for _, n := range g.Faulty() {
		if n.Cause == modgraph.NotKnown {
			missing = append(missing, n.Actual.Path+" "+n.Actual.Version)
		}
	}
	count, title := fmt.Sprintf("the go.mod files of %d module versions are", len(missing)), fmt.Sprintf("Download the %d missing go.mod files", len(missing))
	if len(missing) == 1 {
		count, title = "the go.mod file of 1 module version is", "Download "+missing[0]
	}
	d := analysis.Diagnostic{
		Span:    pass.File.Mod().Module.Line.Span,
		Message: fmt.Sprintf("%s not on this machine, so there may be more to say: %s", count, first(missing)),
	}
	for _, n := range g.Faulty() {
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

// unknownToolchain reports whether go would run a toolchain of which nothing is known, rather than look for it in vain.
func unknownToolchain(v *workspace.View) bool {
	if !v.UnknownToolchain() || v.Env().Toolchain.Err != nil {
		return false
	}
	missing, _ := v.MissingToolchain()
	return missing == ""
}

// sources says which modules' packages are needed and cannot be looked at.
func sources(pass *analysis.Pass) {
	r := pass.Packages()
	if r == nil || pass.File.Mod().Module == nil {
		return
	}
	unknown := r.Unknown
	if g := pass.View.Graph(); len(g.Faulty()) > 0 { // else each has its go.mod file
		unknown = slices.DeleteFunc(slices.Clone(unknown), func(m module.Version) bool {
			n := g.Node(m)
			return n != nil && analysis.Unfetchable(n) != nil // badmodule says that nobody can know
		})
	}
	if len(unknown) == 0 {
		return
	}
	missing, names := make([]string, len(unknown)), make([]string, len(unknown))
	for i, m := range unknown {
		missing[i], names[i] = m.Path+" "+m.Version, m.String()
	}
	count, title := fmt.Sprintf("the sources of %d module versions, whose packages are needed, are", len(missing)), fmt.Sprintf("Download the %d missing modules", len(missing))
	if len(missing) == 1 {
		count, title = "the source of 1 module version, whose packages are needed, is", "Download "+missing[0]
	}
	d := analysis.Diagnostic{
		Span:    pass.File.Mod().Module.Line.Span,
		Message: fmt.Sprintf("%s not on this machine, so there may be more to say: %s", count, first(missing)),
	}
	for _, m := range unknown {
		if env := pass.View.Env(); !env.NoProxy.Match(m.Path) && len(env.Proxies) > 0 && env.Proxies[0].Kind == goenv.Off {
			d.Message += "; GOPROXY=off keeps go from downloading anything"
			pass.Report(d)
			return
		}
		if pass.WouldLeak(m.Path) {
			d.Message += fmt.Sprintf("; %s is private and not covered by GOPRIVATE, so nothing is downloaded", m.Path)
			pass.Report(d)
			return
		}
	}
	d.Fixes = []fixes.Fix{{Title: title, Kind: fixes.QuickFix, Preferred: true, Command: pass.Command("gomodls.download", map[string]any{"modules": names})}}
	pass.Report(d)
}

// first lists the first of some names.
func first(names []string) string {
	list := strings.Join(names[:min(len(names), shown)], ", ")
	if len(names) > shown {
		list += ", …"
	}
	return list
}
