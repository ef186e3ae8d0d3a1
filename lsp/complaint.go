package lsp

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes/locked"
	"github.com/gomodls/gomodls/internal/explain"
	"github.com/gomodls/gomodls/internal/workspace"
)

// complaints are what a go command said when it failed, on the lines that it was about. Each is shown until its file
// changes, or until a go command succeeds in that module.
type complaints struct {
	mu  sync.Mutex
	all []complaint
}

type complaint struct {
	dir  string // of the job
	file *workspace.File
	analysis.Diagnostic
}

// renew replaces the complaints of a module or workspace, and reports whether that makes a difference.
func (c *complaints) renew(dir string, now []complaint) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	before := len(c.all)
	c.all = slices.DeleteFunc(c.all, func(old complaint) bool { return old.dir == dir })
	changed := len(c.all) < before || len(now) > 0
	c.all = append(c.all, now...)
	return changed
}

// join adds the complaints to a result, but for those that an analyzer has already raised.
func (c *complaints) join(r *analysis.Result) *analysis.Result {
	c.mu.Lock()
	all := slices.Clone(c.all)
	c.mu.Unlock()
	if r == nil || len(all) == 0 {
		return r
	}
	joined := *r
	joined.Files = slices.Clone(r.Files)
	for _, c := range all {
		file := c.file
		if open, ok := r.Snapshot.File(file.URI); ok {
			file = open
		}
		i := slices.IndexFunc(joined.Files, func(f analysis.FileResult) bool { return f.File.URI == file.URI })
		switch {
		case i >= 0 && joined.Files[i].File.Text != c.file.Text || file.Text != c.file.Text:
			continue
		case i < 0:
			i = len(joined.Files)
			joined.Files = append(joined.Files, analysis.FileResult{File: file})
		}
		f := &joined.Files[i]
		if !slices.ContainsFunc(f.Diagnostics, func(d analysis.Diagnostic) bool {
			return d.Message == c.Message || d.Code == c.Code && c.Code != "" && d.Span.Overlaps(c.Span)
		}) {
			f.Diagnostics = append(slices.Clone(f.Diagnostics), c.Diagnostic)
		}
	}
	slices.SortStableFunc(joined.Files, func(a, b analysis.FileResult) int { return strings.Compare(a.File.Path, b.File.Path) })
	return &joined
}

// failed explains why a job's go command failed: to the user, and on the lines that its message is about.
func (c *commands) failed(ctx context.Context, j *job, err error) {
	var gone *locked.GoError
	if !errors.As(err, &gone) {
		return
	}
	findings := explain.Log(gone.Output)
	var raised []complaint
	for _, f := range findings {
		if f.Family == "deprecated" || f.Family == "retracted" {
			continue // go did not fail for that
		}
		if file, span, ok := c.placeOf(j, f); ok {
			d := analysis.Diagnostic{
				URI: file.URI, Span: span.Span, Code: f.Code, Severity: analysis.Warning, Module: f.Module(),
				Message: fmt.Sprintf("%s failed: %s %s", j.title, f.Cause, f.Remedy),
			}
			for _, fix := range f.Fixes {
				arguments := map[string]any{"uri": string(j.URI)}
				maps.Copy(arguments, fix.Command.Arguments)
				command := *fix.Command
				command.Arguments = arguments
				fix.Command = &command
				d.Fixes = append(d.Fixes, fix)
			}
			raised = append(raised, complaint{j.dir, file, d})
		}
	}
	if c.complaints.renew(j.dir, raised) {
		c.server.changedOutside()
	}
	const most = 3
	var told []string
	for _, f := range findings[:min(len(findings), most)] {
		told = append(told, f.Cause+" "+f.Remedy)
	}
	if len(told) > 0 {
		c.server.tell(ctx, protocol.MessageTypeError, j.title+" failed. "+strings.Join(told, "\n"))
	}
}

// placeOf returns the line where the remedy of a message belongs, in a file of the job's module or, for a workspace, of one of
// its modules.
func (c *commands) placeOf(j *job, f explain.Finding) (*workspace.File, explain.Place, bool) {
	c.mu.Lock()
	dirs := append([]string{j.dir}, j.dirs...)
	c.mu.Unlock()
	var first explain.Place
	var in *workspace.File
	for _, dir := range dirs {
		files := make(map[string]*workspace.File)
		read := func(name string) (string, bool) {
			path := name
			if !filepath.IsAbs(path) {
				path = filepath.Join(dir, path)
			}
			file, ok := c.server.session.Snapshot().File(uri.File(path))
			if !ok {
				data, err := os.ReadFile(path)
				if err != nil {
					return "", false
				}
				file = workspace.NewFile(path, string(data))
			}
			files[name] = file
			return file.Text, true
		}
		at := f.Place(read)
		if at.Known && (in == nil || at.Exact) {
			first, in = at, files[at.File]
		}
		if at.Exact || j.work == "" {
			break
		}
	}
	return in, first, in != nil
}
