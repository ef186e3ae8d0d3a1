package replacepath

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/goenv"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports replacements by a directory that go cannot read a module from.
var Analyzer = &analysis.Analyzer{
	Name:     "replacepath",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	lines := slices.DeleteFunc(slices.Clone(pass.Replacements()), func(r *syntax.Replace) bool { return !r.IsDir || r.Old.Path == "" })
	if len(lines) == 0 {
		return nil
	}
	read := map[modgraph.Replacement]bool{} // by the go command
	if g := pass.View.Graph(); g != nil {
		for _, n := range g.Nodes() {
			if n.Replace != nil {
				read[*n.Replace] = true
			}
		}
	}
	for _, r := range lines {
		rep := modgraph.Replacement{Old: r.Old, New: r.New, Dir: filepath.Dir(pass.File.Path)}
		if !r.Valid { // the graph has it if go has looked up the word that stands for the version
			rep = lookedUp(rep, read)
		}
		if rep.Old.Path != "" {
			check(pass, r, rep, read)
		}
	}
	return nil
}

// lookedUp returns the replacement that is read and is like rep but for the version that is replaced, or none.
func lookedUp(rep modgraph.Replacement, read map[modgraph.Replacement]bool) modgraph.Replacement {
	for other := range read {
		if other.Dir == rep.Dir && other.Old.Path == rep.Old.Path && other.New == rep.New {
			return other
		}
	}
	return modgraph.Replacement{}
}

func check(pass *analysis.Pass, r *syntax.Replace, rep modgraph.Replacement, read map[modgraph.Replacement]bool) {
	dir := rep.Directory()
	d := analysis.Diagnostic{Span: r.NewPathTok.Span, Module: r.Old, Severity: analysis.Warning}
	if read[rep] {
		d.Severity = analysis.Error
	}
	refuses := "; go refuses"
	if d.Severity != analysis.Error {
		refuses = ""
	}
	switch here := pass.Snapshot.Read(dir); here.State {
	case workspace.Unknown:
		return
	case workspace.Directory:
		mod := pass.Snapshot.Read(filepath.Join(dir, "go.mod"))
		switch mod.State {
		case workspace.Unknown:
			return
		case workspace.Regular:
			err := pass.Snapshot.Dependency(mod.File).Err
			if err == nil {
				inVendor(pass, r, read[rep])
				return
			}
			d.Message = fmt.Sprintf("the go.mod file in %s cannot be parsed%s: %s", r.New.Path, refuses, firstLine(err.Error()))
			d.Related = []analysis.Related{{URI: mod.File.URI, Span: at(mod.File, err), Message: firstLine(err.Error())}}
			if fix, ok := pass.DirFix(mod.File, at(mod.File, err), pass.SpellPath(r.New.Path, mod.File.Path)); ok {
				d.Fixes = []fixes.Fix{fix}
			}
			leave(pass, r, d)
			return
		case workspace.Unreadable:
			d.Message = fmt.Sprintf("the go.mod file in %s cannot be read%s: %s", r.New.Path, refuses, mod.Err)
		case workspace.Directory:
			d.Message = fmt.Sprintf("go.mod in %s is a directory, not a file%s", r.New.Path, refuses)
		default:
			d.Message = fmt.Sprintf("the directory %s has no go.mod file%s", r.New.Path, refuses)
		}
	case workspace.Missing:
		d.Message = fmt.Sprintf("the directory %s does not exist%s", r.New.Path, refuses)
	case workspace.Unreadable:
		d.Message = fmt.Sprintf("the directory %s cannot be read%s: %s", r.New.Path, refuses, here.Err)
	default:
		d.Message = fmt.Sprintf("%s is a file, not a directory%s", r.New.Path, refuses)
	}
	pass.OfferDirectories(&d, r.New.Path, pass.ModulesNear(dir, r.Old.Path))
	leave(pass, r, d)
}

// inVendor reports a replacement by a directory that vendoring deletes before it refuses. Go lines below 1.14 have it look
// only at what replaces something.
func inVendor(pass *analysis.Pass, r *syntax.Replace, read bool) {
	command := "go mod vendor"
	switch mod := pass.File.Kind == workspace.ModFile; {
	case !mod:
		command = "go work vendor"
	case pass.View.Work != nil:
		return
	case !read && !strict(pass.File.Mod().Go):
		return
	}
	if analysis.LostByVendoring(r) {
		leave(pass, r, analysis.Diagnostic{
			Span: r.NewPathTok.Span, Module: r.Old, Severity: analysis.Warning,
			Message: fmt.Sprintf("%s is in the vendor directory; %s deletes it, and then refuses the replacement", r.New.Path, command),
		})
	}
}

func strict(line *syntax.Go) bool {
	return line != nil && goenv.CompareVersions(line.Version, "1.14") >= 0
}

// leave reports d, whose last way out is that nothing is replaced.
func leave(pass *analysis.Pass, r *syntax.Replace, d analysis.Diagnostic) {
	remove := pass.NotReplaced(r)
	remove.Preferred = remove.Preferred && len(d.Fixes) == 0 && d.Severity == analysis.Error
	d.Fixes = append(d.Fixes, remove)
	pass.Report(d)
}

// at returns the line of a go.mod file that an error of parsing it speaks of.
func at(f *workspace.File, err error) text.Span {
	var list modfile.ErrorList
	if !errors.As(err, &list) || len(list) == 0 {
		return f.Start()
	}
	return f.Mod().Lines.Span(list[0].Pos.Line - 1)
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
