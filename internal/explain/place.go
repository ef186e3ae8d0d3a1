package explain

import (
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/text"
)

// A Place is where the remedy of a finding belongs.
type Place struct {
	File  string // as go named it, or the base name; empty if it belongs in no file
	Span  text.Span
	Known bool // whether there is a text for Span to be in
	Exact bool // whether Span is about the finding, and not only where one would look first
}

// Place looks up where the remedy belongs, in texts that read returns for a file's name: in a module file the position that
// go itself names, or else the line that brings in a module of which go speaks, the first of those that go names first. If
// there is none, it is the position that go names in another file.
func (f Finding) Place(read func(name string) (text string, ok bool)) Place {
	named := Place{File: f.At.File}
	if f.At.Line > 0 {
		if src, ok := read(f.At.File); ok {
			named.Span, named.Known, named.Exact = lineSpan(src, f.At.Line, f.At.Column), true, true
		}
		if f.file == "" || !strings.HasSuffix(f.At.File, ".go") {
			return named
		}
	}
	if f.file == "" {
		return Place{}
	}
	p := Place{File: f.file}
	src, ok := read(f.file)
	if ok {
		p.Known = true
		switch path.Base(f.file) {
		case "go.mod":
			p.Span, p.Exact = f.inMod(syntax.ParseMod(src))
		case "go.work":
			p.Span, p.Exact = f.inWork(syntax.ParseWork(src))
		case "go.sum", "go.work.sum":
			p.Span, p.Exact = f.inSum(src)
		default:
			p.Span = lineSpan(src, 1, 0)
		}
	}
	if !p.Exact && f.At.Line > 0 {
		return named
	}
	return p
}

// lineSpan returns a line of src from a column on, both counted from 1, without its end.
func lineSpan(src string, line, column int) text.Span {
	lines := text.NewLines(src)
	start := lines.Offset(text.Position{Line: line - 1, Column: max(column, 1) - 1})
	end := lines.Offset(text.Position{Line: line, Column: 0})
	if line >= strings.Count(src, "\n")+1 {
		end = len(src)
	}
	for end > start && (src[end-1] == '\n' || src[end-1] == '\r') {
		end--
	}
	for column == 0 && start < end && (src[start] == ' ' || src[start] == '\t') {
		start++
	}
	return text.Span{Start: start, End: end}
}

// inMod returns the line that is at fault or that leads there: the replacement if go speaks of one, the requirement of the
// module or of one that brings it in, the line of another directive, or the module's own.
func (f Finding) inMod(mod *syntax.Mod) (span text.Span, exact bool) {
	switch f.Family {
	case "replacedirectory":
		for _, r := range mod.Replace {
			if r.IsDir && same(r.New.Path, f.Package) {
				return r.Line.Span, true
			}
		}
	case "toolchain", "goversion":
		if mod.Toolchain != nil && strings.Contains(f.Said, mod.Toolchain.Name) {
			return mod.Toolchain.Line.Span, true
		}
		if mod.Go != nil && f.Module().Path == "" {
			return mod.Go.Line.Span, true
		}
	}
	for _, m := range f.Modules {
		if r := requirement(mod, m); r != nil {
			return r.Line.Span, true
		}
	}
	if f.Package != "" {
		longest := text.Span{}
		have := ""
		for _, r := range mod.Require {
			if (f.Package == r.Path || strings.HasPrefix(f.Package, r.Path+"/")) && len(r.Path) > len(have) {
				have, longest = r.Path, r.Line.Span
			}
		}
		if have != "" {
			return longest, true
		}
	}
	if mod.Module != nil {
		return mod.Module.Line.Span, false
	}
	return text.Span{}, false
}

// requirement returns the requirement of m, of that version if there is one.
func requirement(mod *syntax.Mod, m module.Version) *syntax.Require {
	var found *syntax.Require
	for _, r := range mod.Require {
		if r.Path == m.Path && (found == nil || r.Version == m.Version) {
			found = r
		}
	}
	if found != nil {
		return found
	}
	for _, rep := range mod.Replace { // go speaks of what replaces a module, too
		if rep.New.Path == m.Path && !rep.IsDir {
			return requirement(mod, module.Version{Path: rep.Old.Path, Version: rep.Old.Version})
		}
	}
	return nil
}

func (f Finding) inWork(work *syntax.Work) (span text.Span, exact bool) {
	for _, use := range work.Use {
		if f.Package != "" && same(use.Path, f.Package) {
			if f.Family == "lowwork" && work.Go != nil {
				return work.Go.Line.Span, true
			}
			return use.Line.Span, true
		}
	}
	for _, r := range work.Replace {
		if r.Old.Path == f.Module().Path {
			return r.Line.Span, true
		}
	}
	if work.Go != nil {
		return work.Go.Line.Span, false
	}
	return text.Span{}, false
}

func (f Finding) inSum(src string) (span text.Span, exact bool) {
	n := 0
	for line := range strings.Lines(src) {
		n++
		w := strings.Fields(line)
		if len(w) >= 2 && w[0] == f.Module().Path && strings.TrimSuffix(w[1], "/go.mod") == f.Module().Version {
			if strings.HasSuffix(w[1], "/go.mod") == strings.Contains(f.Said, w[1]+": ") {
				return lineSpan(src, n, 0), true
			}
		}
	}
	return lineSpan(src, 1, 0), false
}

// same reports whether two spellings mean one directory, as far as the spelling tells.
func same(a, b string) bool {
	a, b = path.Clean(filepath.ToSlash(a)), path.Clean(filepath.ToSlash(b))
	return a == b || path.IsAbs(a) != path.IsAbs(b) && (strings.HasSuffix(a, "/"+strings.TrimLeft(b, "./")) || strings.HasSuffix(b, "/"+strings.TrimLeft(a, "./")))
}
