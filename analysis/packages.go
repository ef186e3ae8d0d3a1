package analysis

import (
	"fmt"
	"slices"

	"go.lsp.dev/uri"

	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/packages"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/tidy"
	"github.com/gomodls/gomodls/internal/workspace"
)

// An ImportSite is an import declaration in a file of a main module, as it is now.
type ImportSite struct {
	URI  uri.URI
	Span text.Span // of the path, with its quotes
	Path string
}

// Packages returns what go would say about the packages of the pass's module or workspace, for analyzers of go.mod files; nil
// where that is not known, or none of the pass's business.
func (p *Pass) Packages() *packages.Result {
	if p.File.Kind != workspace.ModFile || p.View.Own || p.Module == nil {
		return nil
	}
	return p.View.Packages()
}

// PackageFaults returns the faults of some kinds that begin in the pass's module, and that go would say.
func (p *Pass) PackageFaults(kinds ...packages.Kind) []packages.Fault {
	r := p.Packages()
	if r == nil {
		return nil
	}
	var faults []packages.Fault
	for _, f := range r.Faults {
		if f.Main == p.Module.Dir && slices.Contains(kinds, f.Kind) {
			faults = append(faults, f)
		}
	}
	if len(faults) > 0 && p.LoadsNoPackages() {
		faults = slices.DeleteFunc(faults, func(f packages.Fault) bool { return f.Kind != packages.Outdated && f.Kind != packages.Implicit })
	}
	return faults
}

// LoadsNoPackages reports whether go stops before it says anything about single packages, because what is read in the place of one
// module is read in that of another, too. What it says about the requirements that packages need comes before that.
func (p *Pass) LoadsNoPackages() bool {
	g := p.View.Graph()
	return g != nil && len(modgraph.SharedSources.Of(g)) > 0
}

// Sites returns those import declarations that are still there.
func (p *Pass) Sites(sites []packages.Site) []ImportSite {
	var now []ImportSite
	for _, s := range sites {
		f := p.Snapshot.Read(s.File).File
		if f == nil {
			continue
		}
		if span, ok := s.Span(f.Text); ok {
			now = append(now, ImportSite{f.URI, span, s.Path})
		}
	}
	return now
}

// ReportFault reports a fault at every import declaration that leads to it, or, where none does, at the module line.
func (p *Pass) ReportFault(f packages.Fault, d Diagnostic) {
	if len(f.Sites) == 0 {
		if decl := p.File.Mod().Module; decl != nil {
			d.Span = decl.Line.Span
			p.Report(d)
		}
		return
	}
	for _, s := range p.Sites(f.Sites) {
		d.URI, d.Span = s.URI, s.Span
		p.Report(d)
	}
}

// TidyFaults returns the faults of a kind that tidy would find with packages of the pass's module, and that go does not find when it
// builds here: in files of other systems, for instance.
func (p *Pass) TidyFaults(kind tidy.FaultKind) []tidy.Fault {
	a := p.Tidied()
	if p.File.Kind != workspace.ModFile || a == nil {
		return nil
	}
	known := map[string]bool{}
	if r := p.Packages(); r != nil {
		for _, f := range r.Faults {
			known[f.Path] = true
		}
	}
	var faults []tidy.Fault
	for _, f := range a.Faults {
		if f.Kind == kind && !known[f.Path] {
			faults = append(faults, f)
		}
	}
	return faults
}

// ReportTidyFault reports a fault at every import declaration that leads to it, or, where none does, at the tool line or at the
// module line. what says what is the matter with the package, as the rest of a clause.
func (p *Pass) ReportTidyFault(f tidy.Fault, what string) {
	d := Diagnostic{Severity: Warning, Message: f.Path + " " + what + "; go mod tidy fails for that"}
	if len(f.Modules) > 0 {
		d.Module = f.Modules[0]
	}
	if len(f.Sites) > 0 {
		var sites []packages.Site
		for _, s := range f.Sites {
			sites = append(sites, packages.Site{File: s.File, Path: s.Path})
		}
		for _, s := range p.Sites(sites) {
			d.URI, d.Span = s.URI, s.Span
			p.Report(d)
		}
		return
	}
	mod := p.File.Mod()
	switch i := slices.IndexFunc(mod.Tool, func(t *syntax.Tool) bool { return t.Path == f.Path }); {
	case i >= 0:
		d.Span = mod.Tool[i].Line.Span
	case mod.Module != nil && f.Importer != "":
		d.Span = mod.Module.Line.Span
		importer := f.Importer + " imports"
		if f.Tested {
			importer = "the tests of " + f.Importer + " import"
		}
		d.Message = fmt.Sprintf("%s, which %s, %s; go mod tidy fails for that", f.Path, importer, what)
	case mod.Module != nil: // a package of the main module itself
		d.Span = mod.Module.Line.Span
	default:
		return
	}
	p.Report(d)
}

// Imported names a fault's package, and how one comes to it where its sites do not import it themselves.
func Imported(f packages.Fault) string {
	if n := len(f.Chain); n > 0 && len(f.Sites) > 0 && f.Sites[0].Path != f.Path {
		return fmt.Sprintf("%s, which %s imports,", f.Path, f.Chain[n-1])
	}
	return f.Path
}
