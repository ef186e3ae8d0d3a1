package analysis

import (
	"fmt"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/workspace"
)

// maxCandidates bounds how many directories are looked into for a module to suggest.
const maxCandidates = 40

// ModulesNear returns directories with a go.mod file that may have been meant by one without, the best first: those that hold
// the module at path, then those whose name is nearly the same. It looks where the first missing part of the directory's name
// should be.
func (p *Pass) ModulesNear(dir, path string) []string {
	s := p.Snapshot
	missing, parent := dir, filepath.Dir(dir)
	for s.Read(parent).State == workspace.Missing && filepath.Dir(parent) != parent {
		missing, parent = parent, filepath.Dir(parent)
	}
	rest := strings.TrimPrefix(dir, missing)
	want := filepath.Base(missing)
	var same, similar []string
	looked := 0
	for _, name := range s.List(parent).Names {
		name, isDir := strings.CutSuffix(name, "/")
		if !isDir || strings.HasPrefix(name, ".") || looked == maxCandidates {
			continue
		}
		near := filepath.Join(parent, name) + rest
		if near == filepath.Dir(p.File.Path) || near == dir {
			continue
		}
		looked++
		mod := s.Read(filepath.Join(near, "go.mod"))
		if mod.State != workspace.Regular {
			continue
		}
		switch { // of what may be many large files, only the module line is read
		case path != "" && modfile.ModulePath([]byte(mod.File.Text)) == path:
			same = append(same, near)
		case text.Similar(name, want):
			similar = append(similar, near)
		}
	}
	return append(same, similar...)
}

// OfferDirectories adds to a diagnostic, which marks a directory that is written like old, that others may have been meant.
func (p *Pass) OfferDirectories(d *Diagnostic, old string, dirs []string) {
	for i, dir := range dirs {
		path := p.SpellPath(old, dir)
		if i == 0 {
			d.Message += fmt.Sprintf("; did you mean %s?", path)
		}
		d.Fixes = append(d.Fixes, fixes.Fix{
			Title: "Change the directory to " + path, Kind: fixes.QuickFix, Preferred: i == 0,
			Edits: []fixes.Edit{p.Edit(fixes.Replace(d.Span, modfile.AutoQuote(path)))},
		})
	}
}

// SpellPath writes a path the way another is written: absolute, or relative to the file.
func (p *Pass) SpellPath(like, path string) string {
	if filepath.IsAbs(like) {
		return path
	}
	rel, err := filepath.Rel(filepath.Dir(p.File.Path), path)
	if err != nil {
		return path
	}
	rel = filepath.ToSlash(rel)
	if !strings.HasPrefix(rel, "../") {
		rel = "./" + rel
	}
	return rel
}
