package main

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/analysis/suite"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/gather"
	"github.com/gomodls/gomodls/internal/workspace"
)

// An answer is what the engine says of a case.
type answer struct {
	errors   []finding
	unknown  bool // it says that facts are not on this machine; in a world there are none such
	failures []error
}

// A finding is one error that the engine reports.
type finding struct {
	file        string // relative to the case's directory, with slashes
	first, last int    // lines, from 1
	code        string
	message     string
	mentions    string      // the message, the module and what is related, for looking up what is blamed
	related     []place     // where what is related stands
	fixes       []fixes.Fix // valid for snapshot
}

// A place is a line of a file.
type place struct {
	file string
	line int
}

// maxThought is more than the engine ever needs.
const maxThought = 30 * time.Second

// check asks the engine about the case that is on disk in dir, as gomodls check does. An engine that does not come to an end
// is left running: nothing can stop it.
func (w *world) check(ctx context.Context, c *testCase, dir string) (*answer, error) {
	type outcome struct {
		a   *answer
		err error
	}
	done := make(chan outcome, 1)
	go func() {
		a, err := w.analyze(ctx, c, dir)
		done <- outcome{a, err}
	}()
	select {
	case o := <-done:
		return o.a, o.err
	case <-time.After(maxThought):
		return &answer{failures: []error{fmt.Errorf("no answer within %v", maxThought)}}, nil
	}
}

func (w *world) analyze(ctx context.Context, c *testCase, dir string) (*answer, error) {
	machine := &workspace.Machine{
		Environ: w.environOf(c, dir), Home: filepath.Join(w.dir, "home"), ConfigDir: filepath.Join(w.dir, "home", ".config"),
		Go: w.goCmd, GOOS: runtime.GOOS,
	}
	session := workspace.NewSession(machine, new(workspace.Settings), w.stores)
	at := filepath.Join(dir, filepath.FromSlash(c.dir))
	about := func(snap *workspace.Snapshot) []string { return documents(snap, at) }
	result, err := gather.Answer(ctx, session, new(gather.Scholar), about, func(ctx context.Context, snap *workspace.Snapshot) (*analysis.Result, error) {
		return analysis.Run(ctx, snap, suite.All, about(snap))
	})
	if err != nil {
		return nil, err
	}
	a := &answer{failures: result.Failures}
	for _, f := range result.Files {
		for _, d := range f.Diagnostics {
			switch {
			case d.Code == "notdownloaded":
				a.unknown = a.unknown || !ofSources(result.Snapshot, f.File)
			case d.Severity == analysis.Error && !d.Silenced:
				a.errors = append(a.errors, newFinding(f.File, d, result.Snapshot, dir))
			}
		}
	}
	return a, nil
}

// ofSources reports whether nothing that is said about a file can be said for want of a go.mod file: then it is for want of the
// sources of modules, few of which are in the world, and go is asked about the graph.
func ofSources(snap *workspace.Snapshot, f *workspace.File) bool {
	views := snap.Views(f.Path)
	if len(views) == 0 || views[0].UnknownToolchain() {
		return false
	}
	g := views[0].Graph()
	return g == nil || g.Complete()
}

// documents returns the module files that stand for a directory.
func documents(snap *workspace.Snapshot, dir string) []string {
	list := []string{filepath.Join(dir, "go.mod"), filepath.Join(dir, "go.work")}
	for _, v := range snap.Views(list[1]) {
		for _, m := range v.Modules() {
			if views := snap.Views(m.Mod.Path); len(views) > 0 && views[0].Work == v.Work { // elsewhere go would not find the go.work
				list = append(list, m.Mod.Path)
			}
		}
	}
	return list
}

func newFinding(f *workspace.File, d analysis.Diagnostic, snap *workspace.Snapshot, dir string) finding {
	found := finding{
		file: relative(dir, f.Path), first: lineAt(f.Text, d.Span.Start), last: lineAt(f.Text, d.Span.End),
		code: d.Code, message: d.Message, fixes: d.Fixes,
	}
	mentions := []string{d.Message, d.Module.Path, d.Module.Version}
	for _, r := range d.Related {
		mentions = append(mentions, r.Message)
		if fact := snap.Read(r.URI.FsPath()); fact.File != nil {
			text := fact.File.Text
			mentions = append(mentions, r.Span.In(text))
			for line := lineAt(text, r.Span.Start); line <= lineAt(text, r.Span.End); line++ {
				found.related = append(found.related, place{relative(dir, fact.File.Path), line})
			}
		}
	}
	mentions = append(mentions, strings.Split(f.Text, "\n")[found.first-1:found.last]...)
	found.mentions = strings.Join(mentions, "\n")
	return found
}

func lineAt(text string, offset int) int {
	return 1 + strings.Count(text[:min(offset, len(text))], "\n")
}

func relative(dir, path string) string {
	if rel, err := filepath.Rel(dir, path); err == nil {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(path)
}
