package analysis

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"go.lsp.dev/uri"

	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/workspace"
)

// A Result is what the analyzers say about the modules that some documents belong to. It is final if the snapshot that it
// was made from has no wants left.
type Result struct {
	Snapshot *workspace.Snapshot
	Files    []FileResult   // by path
	Modules  []ModuleResult // by directory
	Failures []error        // analyzers that failed: faults of ours, never of a file
}

// A FileResult holds the diagnostics of one document, which may be none, by place.
type FileResult struct {
	File        *workspace.File
	Diagnostics []Diagnostic
}

// A ModuleResult sums up one main module.
type ModuleResult struct {
	Dir    string
	Path   string // "" if its go.mod declares none
	Health Health
}

// Diagnostics returns what is said about the document u.
func (r *Result) Diagnostics(u uri.URI) []Diagnostic {
	for _, f := range r.Files {
		if f.File.URI == u {
			return f.Diagnostics
		}
	}
	return nil
}

// Run runs the analyzers over every view that one of the paths belongs to. Paths that belong to no view add nothing. It
// returns early, with an error, only when ctx ends.
func Run(ctx context.Context, snap *workspace.Snapshot, analyzers []*Analyzer, paths []string) (*Result, error) {
	c := &collector{files: map[uri.URI]*FileResult{}, modules: map[string]*ModuleResult{}, seen: map[seen]*workspace.View{}}
	done := map[*workspace.View]bool{}
	for _, path := range paths {
		for _, v := range snap.Views(path) {
			if done[v] {
				continue
			}
			done[v] = true
			if err := c.view(ctx, snap, v, analyzers); err != nil {
				return nil, err
			}
		}
	}
	return c.result(snap), nil
}

// seen identifies a fault that two views may both report, perhaps in different words.
type seen struct {
	uri  uri.URI
	code string
	span text.Span
}

type collector struct {
	files    map[uri.URI]*FileResult
	modules  map[string]*ModuleResult
	seen     map[seen]*workspace.View // the first that reported it, which decides
	failures []error
}

func (c *collector) view(ctx context.Context, snap *workspace.Snapshot, v *workspace.View, analyzers []*Analyzer) error {
	for _, m := range v.Modules() {
		c.modules[m.Dir] = &ModuleResult{Dir: m.Dir, Path: m.Path()}
	}
	files := v.Files()
	for _, f := range files {
		if c.files[f.URI] == nil {
			c.files[f.URI] = &FileResult{File: f}
		}
	}
	for _, f := range files {
		pass := Pass{Snapshot: snap, View: v, File: f, Module: v.Module(f.Path)}
		if f == v.Work || f == v.WorkSum {
			pass.Module = nil
		}
		for _, a := range analyzers {
			pass.Codes = append(pass.Codes, a.Name)
		}
		settings := snap.SettingsFor(v, pass.Module)
		for _, a := range analyzers {
			if err := ctx.Err(); err != nil {
				return err
			}
			pass.Analyzer = a
			pass.Report = func(d Diagnostic) { c.add(snap, v, settings, a, f, d) }
			if err := a.Run(ctx, &pass); err != nil {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				c.failures = append(c.failures, fmt.Errorf("analyzer %s on %s: %w", a.Name, f.Path, err))
			}
		}
	}
	g := v.Graph()
	unknown := g != nil && !g.Complete() || v.UnknownToolchain()
	for _, m := range v.Modules() {
		if unknown || v.Unanswered(m) {
			c.modules[m.Dir].Health.incomplete = true
		}
	}
	return nil
}

func (c *collector) add(snap *workspace.Snapshot, v *workspace.View, settings *workspace.Settings, a *Analyzer, in *workspace.File, d Diagnostic) {
	d.Code = a.Name
	if d.URI == "" {
		d.URI = in.URI
	}
	if d.Severity == Default {
		d.Severity = a.Severity
	}
	if v.Own && d.Severity == Error {
		d.Severity = Warning
	}
	if s, ok := ParseSeverity(settings.Severity[d.Code]); ok {
		d.Severity = s
	}
	if d.Severity == Off {
		return
	}
	f := c.files[d.URI]
	if f == nil { // a file that no view holds, a replaced directory's go.mod for example
		fact := snap.Read(d.URI.FsPath())
		if fact.File == nil {
			return
		}
		f = &FileResult{File: fact.File}
		c.files[d.URI] = f
	}
	d.Silenced = silenced(f.File, d)
	key := seen{d.URI, d.Code, d.Span}
	if first := c.seen[key]; first != nil && first != v {
		return
	}
	c.seen[key] = v
	f.Diagnostics = append(f.Diagnostics, d)
}

// silenced reports whether the line that d starts on has a comment "gomodls:ignore CODE". The lines of module and retract
// directives cannot be silenced: their comments are published.
func silenced(f *workspace.File, d Diagnostic) bool {
	var line *syntax.Line
	switch f.Kind {
	case workspace.ModFile:
		line = f.Mod().LineAt(d.Span.Start)
	case workspace.WorkFile:
		line = f.Work().LineAt(d.Span.Start)
	}
	if line == nil || line.Suffix == nil || line.Verb == "module" || line.Verb == "retract" {
		return false
	}
	_, rest, ok := strings.Cut(line.Suffix.Text, "gomodls:ignore ")
	if !ok {
		return false
	}
	words := strings.Fields(rest)
	return len(words) > 0 && words[0] == d.Code
}

func (c *collector) result(snap *workspace.Snapshot) *Result {
	r := &Result{Snapshot: snap, Failures: c.failures}
	for _, f := range c.files {
		slices.SortStableFunc(f.Diagnostics, func(a, b Diagnostic) int {
			return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End),
				cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message))
		})
		r.Files = append(r.Files, *f)
	}
	slices.SortFunc(r.Files, func(a, b FileResult) int { return cmp.Compare(a.File.Path, b.File.Path) })
	for i, f := range r.Files {
		if m := c.moduleOf(f.File.Path); m != nil {
			for _, d := range f.Diagnostics {
				m.Health.count(d)
			}
		}
		r.Files[i].Diagnostics = limited(f.Diagnostics)
	}
	for _, m := range c.modules {
		m.Health.finish()
		r.Modules = append(r.Modules, *m)
	}
	slices.SortFunc(r.Modules, func(a, b ModuleResult) int { return cmp.Compare(a.Dir, b.Dir) })
	return r
}

// maxOfACode is how many diagnostics of one code are shown in one file: more than anybody reads, and few enough for a file
// that is none of ours, such as a program that was named go.sum.
const maxOfACode = 100

// limited leaves out what exceeds maxOfACode, and says so at the last that stays.
func limited(ds []Diagnostic) []Diagnostic {
	if len(ds) <= maxOfACode {
		return ds
	}
	count := map[string]int{}
	last := map[string]int{}
	var kept []Diagnostic
	for _, d := range ds {
		if count[d.Code]++; count[d.Code] <= maxOfACode {
			last[d.Code] = len(kept)
			kept = append(kept, d)
		}
	}
	for code, n := range count {
		if n > maxOfACode {
			kept[last[code]].Message += fmt.Sprintf("; there are %d more of this code in the file", n-maxOfACode)
		}
	}
	return kept
}

// moduleOf returns the module whose directory holds path, or the nearest above.
func (c *collector) moduleOf(path string) *ModuleResult {
	var best *ModuleResult
	for dir, m := range c.modules {
		if strings.HasPrefix(path, strings.TrimSuffix(dir, "/")+"/") && (best == nil || len(dir) > len(best.Dir)) {
			best = m
		}
	}
	return best
}
