package inconsistentvendor

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/goenv"
	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports where go.mod or go.work and vendor/modules.txt contradict each other.
var Analyzer = &analysis.Analyzer{
	Name:     "inconsistentvendor",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	switch pass.File.Kind {
	case workspace.ModFile, workspace.WorkFile, workspace.VendorFile:
	default:
		return nil
	}
	if list := filepath.Join(pass.View.Dir, "vendor", "modules.txt"); pass.View.Mode == workspace.Vendor && pass.Snapshot.Read(list).State == workspace.Directory {
		if filepath.Dir(pass.File.Path) == pass.View.Dir && pass.File.Kind != workspace.VendorFile {
			d := analysis.Diagnostic{Span: pass.File.Start(), Message: "vendor/modules.txt is a directory, not a file; go refuses"}
			if pass.Snapshot.Empty(list) {
				d.Fixes = []fixes.Fix{anew(pass)}
			}
			pass.Report(d)
		}
		return nil
	}
	for _, fault := range pass.View.VendorFaults() {
		if span, ok := place(pass, fault); ok {
			report(pass, fault, span)
		}
	}
	return nil
}

// place returns where in the pass's file a fault shows, and false if it shows in another file.
func place(pass *analysis.Pass, f modgraph.VendorFault) (text.Span, bool) {
	switch {
	case f.Line > 0:
		return text.NewLines(pass.File.Text).Span(f.Line - 1), pass.File.Kind == workspace.VendorFile
	case f.Main >= 0:
		if pass.File.Kind == workspace.ModFile && pass.View.Modules()[f.Main] == pass.Module {
			for _, r := range pass.File.Mod().Require {
				if r.Valid && r.Path == f.Module.Path && r.Version == f.Module.Version {
					return r.VersionTok.Span, true
				}
			}
		}
	case f.Dir == filepath.Dir(pass.File.Path):
		for _, r := range pass.Replacements() {
			if r.Valid && r.Old == f.Module {
				return r.Line.Span, true
			}
		}
	}
	return text.Span{}, false
}

func report(pass *analysis.Pass, f modgraph.VendorFault, span text.Span) {
	d := analysis.Diagnostic{Span: span, Module: f.Module, Message: message(f)}
	back, ok := asVendored(pass, f)
	if (f.Kind != modgraph.VendoredTooNew || lowEnough(pass, f)) && !pass.LosesByVendoring() {
		fix := anew(pass)
		fix.Preferred = (!ok || !back.Preferred) && pass.Readable()
		d.Fixes = []fixes.Fix{fix}
	}
	if ok {
		d.Fixes = append(d.Fixes, back)
	}
	pass.Report(d)
}

// anew returns the fix that makes the vendor directory anew.
func anew(pass *analysis.Pass) fixes.Fix {
	title := "Run go mod vendor"
	if pass.View.Work != nil {
		title = "Run go work vendor"
	}
	return fixes.Fix{Title: title, Kind: fixes.QuickFix, Preferred: true, Command: pass.Command("gomodls.vendor", nil)}
}

// lowEnough reports whether a vendored module can do with the installed go command, whatever modules.txt says.
func lowEnough(pass *analysis.Pass, f modgraph.VendorFault) bool {
	mod, err := source(pass, f.Module)
	local := pass.View.GoVersion()
	return err == nil && local != "" && goenv.CompareVersions(mod.Go, local) <= 0
}

func source(pass *analysis.Pass, m module.Version) (*modcache.Mod, error) {
	return pass.View.Source().Mod(pass.Snapshot.Store().Names().Node(m))
}

// unavailable reports whether a module version is known not to be had.
func unavailable(pass *analysis.Pass, m module.Version) bool {
	_, err := source(pass, m)
	return err != nil && !errors.Is(err, modgraph.ErrNotKnown)
}

// asVendored returns the fix that makes go.mod say what the vendor directory was made from. It is preferred where vendoring
// anew could not succeed, because what go.mod says cannot be had.
func asVendored(pass *analysis.Pass, f modgraph.VendorFault) (fixes.Fix, bool) {
	fix := fixes.Fix{Kind: fixes.QuickFix}
	switch f.Kind {
	case modgraph.RequireNotExplicit, modgraph.RequireOtherVersion:
		if fix, ok := asSpelt(pass, f); ok {
			return fix, true
		}
		v := f.Recorded.Version
		for _, m := range pass.View.Vendor.VendorList().Modules {
			if m.Module.Path == f.Module.Path && m.Explicit {
				v = m.Module.Version
			}
		}
		if v == "" || v == f.Module.Version || pass.File.Kind != workspace.ModFile {
			return fix, false
		}
		fix.Title = fmt.Sprintf("Require %s %s, which is vendored", f.Module.Path, v)
		fix.Preferred = unavailable(pass, f.Module)
		for _, r := range pass.File.Mod().Require {
			if r.Valid && r.Path == f.Module.Path && r.Version == f.Module.Version {
				fix.Edits = append(fix.Edits, pass.Edit(fixes.Replace(r.VersionTok.Span, v)))
			}
		}
	case modgraph.ReplaceNotRecorded, modgraph.ReplaceDiffers:
		for i, r := range pass.Replacements() {
			if !r.Valid || r.Old != f.Module {
				continue
			}
			if len(fix.Edits) == 0 {
				fix.Preferred = lacking(pass, r) || shared(pass.Replacements()[:i], r)
			}
			fix.Title, fix.Edits = undone(pass, r, f, fix)
		}
	}
	return fix, len(fix.Edits) > 0
}

// undone returns the title of a fix with the edits that make a replacement what is vendored, behind those of the same
// replacement on other lines.
func undone(pass *analysis.Pass, r *syntax.Replace, f modgraph.VendorFault, fix fixes.Fix) (string, []fixes.Edit) {
	add := func(title string, e text.Edit) (string, []fixes.Edit) { return title, append(fix.Edits, pass.Edit(e)) }
	switch at := r.Line.Span.Start; {
	case f.Recorded.Path != "":
		span := text.Span{Start: r.NewPathTok.Start, End: max(r.NewPathTok.End, r.NewVersionTok.End)}
		return add(fmt.Sprintf("Replace %s by %s, as vendored", describe(f.Module), describe(f.Recorded)),
			fixes.Replace(span, strings.TrimSpace(modfile.AutoQuote(f.Recorded.Path)+" "+f.Recorded.Version)))
	case fix.Preferred: // nothing of it gets lost
		return add(fmt.Sprintf("Turn the replacement of %s into a comment, as vendored", describe(f.Module)),
			text.Edit{Span: text.Span{Start: at, End: at}, New: "// "})
	}
	return add(fmt.Sprintf("Remove the replacement of %s, as vendored", describe(f.Module)), fixes.DeleteLine(pass.File.Text, r.Line))
}

// asSpelt returns the fix of a requirement whose path nobody could fetch: the vendored module of nearly that path.
func asSpelt(pass *analysis.Pass, f modgraph.VendorFault) (fixes.Fix, bool) {
	const most = 2 // mistyped letters
	if pass.File.Kind != workspace.ModFile || module.CheckPath(f.Module.Path) == nil && !unavailable(pass, f.Module) {
		return fixes.Fix{}, false
	}
	for _, m := range pass.View.Vendor.VendorList().Modules {
		if !m.Explicit || m.Module.Version != f.Module.Version || text.Distance(m.Module.Path, f.Module.Path, most) > most {
			continue
		}
		for _, r := range pass.File.Mod().Require {
			if r.Valid && r.Path == f.Module.Path && r.Version == f.Module.Version {
				return fixes.Fix{
					Title: fmt.Sprintf("Write %s, which is vendored", m.Module.Path), Kind: fixes.QuickFix, Preferred: true,
					Edits: []fixes.Edit{pass.Edit(fixes.Replace(r.PathTok.Span, m.Module.Path))},
				}, true
			}
		}
	}
	return fixes.Fix{}, false
}

// shared reports whether one of the lines before r replaces another module by the same, which go does not vendor.
func shared(before []*syntax.Replace, r *syntax.Replace) bool {
	return slices.ContainsFunc(before, func(other *syntax.Replace) bool {
		return other.Valid && other.Old.Path != r.Old.Path && other.New == r.New
	})
}

// lacking reports whether what a module is replaced by is known not to be there, to be for a newer go command than the
// installed one, to lack a package that is vendored now, or to be the module whose go.mod replaces it.
func lacking(pass *analysis.Pass, r *syntax.Replace) bool {
	local := pass.View.GoVersion()
	if !r.IsDir {
		mod, err := source(pass, r.New)
		if err != nil {
			return !errors.Is(err, modgraph.ErrNotKnown)
		}
		return local != "" && goenv.CompareVersions(mod.Go, local) > 0
	}
	dir := modgraph.Replacement{Old: r.Old, New: r.New, Dir: filepath.Dir(pass.File.Path)}.Directory()
	if pass.Module != nil && dir == pass.Module.Dir { // its packages would import themselves
		return true
	}
	file := pass.Snapshot.Read(filepath.Join(dir, "go.mod"))
	if file.File == nil {
		return file.State != workspace.Unknown && file.State != workspace.Regular
	}
	mod := pass.Snapshot.Dependency(file.File)
	return mod.Err != nil || local != "" && goenv.CompareVersions(mod.Go, local) > 0 || hollow(pass, dir, r.Old.Path)
}

// hollow reports whether a directory has no source of a package of a module that is vendored now.
func hollow(pass *analysis.Pass, dir, path string) bool {
	return slices.ContainsFunc(pass.View.Vendor.VendorList().PackagesOf(path), func(pkg string) bool {
		list := pass.Snapshot.List(filepath.Join(dir, filepath.FromSlash(strings.TrimPrefix(pkg, path))))
		return list.State != workspace.Unknown && !slices.ContainsFunc(list.Names, func(name string) bool { return strings.HasSuffix(name, ".go") })
	})
}

func message(f modgraph.VendorFault) string {
	name := describe(f.Module)
	switch f.Kind {
	case modgraph.RequireNotExplicit:
		return fmt.Sprintf("%s is required here, but vendor/modules.txt does not mark it as explicit; go refuses until the vendor directory is made anew", name)
	case modgraph.RequireOtherVersion:
		return fmt.Sprintf("%s is required here, but vendor/modules.txt has %s; go refuses until the vendor directory is made anew", name, f.Recorded.Version)
	case modgraph.ReplaceNotRecorded:
		return fmt.Sprintf("%s is replaced here, but vendor/modules.txt does not record that; go refuses until the vendor directory is made anew", name)
	case modgraph.ReplaceDiffers:
		return fmt.Sprintf("vendor/modules.txt records that %s is replaced by %s; go refuses until the vendor directory is made anew", name, describe(f.Recorded))
	case modgraph.ExplicitNotRequired:
		return fmt.Sprintf("%s is marked as explicit, but not required; go refuses until the vendor directory is made anew", name)
	case modgraph.RecordedNotReplaced:
		return fmt.Sprintf("%s is recorded as replaced by %s, but is not replaced; go refuses until the vendor directory is made anew", name, describe(f.Recorded))
	case modgraph.NotARoot:
		return fmt.Sprintf("%s is vendored, but not required in go.mod; go refuses until it is", name)
	}
	return fmt.Sprintf("%s needs go %s, newer than the installed one; go refuses", name, f.Recorded.Version)
}

func describe(m module.Version) string {
	if m.Version == "" {
		return m.Path
	}
	return m.Path + " " + m.Version
}
