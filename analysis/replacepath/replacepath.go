package replacepath

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
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
	var lines []*syntax.Replace
	switch pass.File.Kind {
	case workspace.ModFile:
		lines = pass.File.Mod().Replace
	case workspace.WorkFile:
		lines = pass.File.Work().Replace
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
		if r.Valid && r.IsDir {
			check(pass, r, read)
		}
	}
	return nil
}

func check(pass *analysis.Pass, r *syntax.Replace, read map[modgraph.Replacement]bool) {
	rep := modgraph.Replacement{Old: r.Old, New: r.New, Dir: filepath.Dir(pass.File.Path)}
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
				return
			}
			d.Message = fmt.Sprintf("the go.mod file in %s cannot be parsed%s: %s", r.New.Path, refuses, firstLine(err.Error()))
			d.Related = []analysis.Related{{URI: mod.File.URI, Span: at(mod.File, err), Message: firstLine(err.Error())}}
			if fix, ok := pass.DirFix(mod.File, at(mod.File, err), spell(rep, mod.File.Path)); ok {
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
	found := nearby(pass.Snapshot, rep)
	if len(found) > 0 {
		d.Message += fmt.Sprintf("; did you mean %s?", spell(rep, found[0]))
	}
	for i, dir := range found {
		path := spell(rep, dir)
		d.Fixes = append(d.Fixes, fixes.Fix{
			Title: "Change the directory to " + path, Kind: fixes.QuickFix, Preferred: i == 0,
			Edits: []fixes.Edit{pass.Edit(fixes.Replace(r.NewPathTok.Span, modfile.AutoQuote(path)))},
		})
	}
	leave(pass, r, d)
}

// leave reports d, whose last way out is that nothing is replaced.
func leave(pass *analysis.Pass, r *syntax.Replace, d analysis.Diagnostic) {
	remove := pass.NotReplaced(r)
	remove.Preferred = remove.Preferred && len(d.Fixes) == 0 && d.Severity == analysis.Error
	d.Fixes = append(d.Fixes, remove)
	pass.Report(d)
}

// maxCandidates bounds how many directories are looked into for a module to suggest.
const maxCandidates = 40

// nearby returns directories with a go.mod file that may have been meant, the best one first: those that hold the module
// that is replaced, then those whose name is nearly the same. It looks where the first missing part of the path should be.
func nearby(s *workspace.Snapshot, rep modgraph.Replacement) []string {
	missing := rep.Directory()
	parent := filepath.Dir(missing)
	for s.Read(parent).State == workspace.Missing && filepath.Dir(parent) != parent {
		missing, parent = parent, filepath.Dir(parent)
	}
	rest := strings.TrimPrefix(rep.Directory(), missing)
	want := filepath.Base(missing)
	var same, similar []string
	looked := 0
	for _, name := range s.List(parent).Names {
		name, isDir := strings.CutSuffix(name, "/")
		if !isDir || strings.HasPrefix(name, ".") || looked == maxCandidates {
			continue
		}
		dir := filepath.Join(parent, name) + rest
		if dir == rep.Dir || dir == rep.Directory() {
			continue
		}
		looked++
		mod := s.Read(filepath.Join(dir, "go.mod"))
		if mod.State != workspace.Regular {
			continue
		}
		switch decl := mod.File.Mod().Module; {
		case decl != nil && decl.Path == rep.Old.Path:
			same = append(same, dir)
		case text.Similar(name, want):
			similar = append(similar, dir)
		}
	}
	return append(same, similar...)
}

// spell writes a directory the way the replacement writes its own: absolute or relative to the file.
func spell(rep modgraph.Replacement, dir string) string {
	if filepath.IsAbs(rep.New.Path) {
		return dir
	}
	rel, err := filepath.Rel(rep.Dir, dir)
	if err != nil {
		return dir
	}
	rel = filepath.ToSlash(rel)
	if !strings.HasPrefix(rel, "../") {
		rel = "./" + rel
	}
	return rel
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
