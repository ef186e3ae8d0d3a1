package main

import (
	"os"
	"path/filepath"
	"strings"

	"go.lsp.dev/uri"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/workspace"
)

// A report is what a command prints: the diagnostics of a result in the order of files and places, with what is needed to
// show where they are. The silenced ones are among them.
type report struct {
	cwd      string
	result   *analysis.Result
	findings []analysis.Diagnostic // URI is always set
	sources  map[uri.URI]*source
}

// A source is a document in which a report shows places.
type source struct {
	path  string
	text  string
	lines *text.Lines
}

func newReport(cwd string, result *analysis.Result) *report {
	r := &report{cwd: cwd, result: result, sources: map[uri.URI]*source{}}
	for _, f := range result.Files {
		r.sources[f.File.URI] = newSource(f.File.Path, f.File.Text)
		for _, d := range f.Diagnostics {
			d.URI = f.File.URI
			r.findings = append(r.findings, d)
		}
	}
	return r
}

func newSource(path, content string) *source {
	return &source{path: path, text: content, lines: text.NewLines(content)}
}

// source returns the document u, as the result saw it or, for one that was no part of it, as it is on disk.
func (r *report) source(u uri.URI) *source {
	if s, ok := r.sources[u]; ok {
		return s
	}
	path := u.FsPath()
	content := ""
	if fact := r.result.Snapshot.Read(path); fact.State == workspace.Regular {
		content = fact.File.Text
	} else if data, err := os.ReadFile(path); err == nil {
		content = string(data)
	}
	s := newSource(path, content)
	r.sources[u] = s
	return s
}

// A place is a range as people count: lines and columns from one, columns in bytes, the end exclusive.
type place struct {
	Start point `json:"start"`
	End   point `json:"end"`
}

type point struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

func (s *source) place(span text.Span) place {
	start, end := s.lines.Position(span.Start), s.lines.Position(span.End)
	return place{point{start.Line + 1, start.Column + 1}, point{end.Line + 1, end.Column + 1}}
}

// name returns the name under which the text formats show a file: relative to the working directory where that is shorter.
func (r *report) name(path string) string { return shortPath(r.cwd, path) }

// repositoryName returns the slash-separated name of a file relative to the root of the repository, which code hosts want:
// relative to
// $GITHUB_WORKSPACE if the working directory lies in it, else to the working directory.
func (r *report) repositoryName(path string) string {
	if rel, err := filepath.Rel(r.root(), path); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(path)
}

func (r *report) root() string {
	root := os.Getenv("GITHUB_WORKSPACE")
	if rel, err := filepath.Rel(root, r.cwd); root != "" && err == nil && filepath.IsLocal(rel) {
		return root
	}
	return r.cwd
}

// moduleOf returns the module that a file belongs to: the nearest above it or, for a file such as go.work that lies in
// none, the first. It is nil only if the result has no module.
func (r *report) moduleOf(path string) *analysis.ModuleResult {
	var best *analysis.ModuleResult
	for i := range r.result.Modules {
		m := &r.result.Modules[i]
		if rel, err := filepath.Rel(m.Dir, path); err == nil && filepath.IsLocal(rel) && (best == nil || len(m.Dir) > len(best.Dir)) {
			best = m
		}
	}
	if best == nil && len(r.result.Modules) > 0 {
		return &r.result.Modules[0]
	}
	return best
}

// shownFixes returns the fixes of a diagnostic, the preferred one first.
func shownFixes(d analysis.Diagnostic) []fixes.Fix {
	var first, rest []fixes.Fix
	for _, f := range d.Fixes {
		if f.Preferred {
			first = append(first, f)
		} else {
			rest = append(rest, f)
		}
	}
	return append(first, rest...)
}

// silencedErrors returns how many errors a comment hides.
func (r *report) silencedErrors() int {
	n := 0
	for _, d := range r.findings {
		if d.Silenced && d.Severity == analysis.Error {
			n++
		}
	}
	return n
}

// printable returns s with everything that could move a terminal's cursor or hide text replaced.
func printable(s string) string {
	return strings.Map(func(c rune) rune {
		if c == '\t' || isGraphic(c) {
			return c
		}
		return '\uFFFD'
	}, s)
}
