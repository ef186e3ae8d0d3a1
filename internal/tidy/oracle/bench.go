package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	"go.lsp.dev/uri"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/analysis/suite"
	"github.com/gomodls/gomodls/internal/gather"
	"github.com/gomodls/gomodls/internal/imports"
	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/workspace"
)

// edits is how many changes of an import are measured, and rounds how often the rest.
const (
	edits  = 31
	rounds = 5
)

// bench measures one module, in turns: go mod tidy -diff with everything in its caches; the first complete diagnostics of a
// process that has never seen the module, and of one that finds what another has kept; and those after an import has changed in
// an open file, as a server makes them: an answer at once, the study, and the answer with what it has found.
func bench(ctx context.Context, dir string, w io.Writer) error {
	tmp, err := os.MkdirTemp("", "tidybench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	c, err := newCopy(dir, filepath.Join(tmp, "m"))
	if err != nil {
		return err
	}
	m, err := newMachine(ctx)
	if err != nil {
		return err
	}
	if failure, err := m.goTidy(ctx, c.dir); err != nil || failure != "" {
		return fmt.Errorf("go mod tidy: %w%s", err, failure)
	}
	var goTook, first, again, typed []time.Duration
	for i := range rounds {
		began := time.Now()
		if failure, err := m.goTidy(ctx, c.dir, "-diff"); err != nil || failure != "" {
			return fmt.Errorf("go mod tidy -diff: %w%s", err, failure)
		}
		goTook = append(goTook, time.Since(began))
		kept := filepath.Join(tmp, fmt.Sprint("kept", i))
		for _, took := range []*[]time.Duration{&first, &again} {
			began := time.Now()
			if _, err := open(ctx, c.dir, kept); err != nil {
				return err
			}
			*took = append(*took, time.Since(began))
		}
	}
	e, err := open(ctx, c.dir, filepath.Join(tmp, "kept0"))
	if err != nil {
		return err
	}
	if typed, err = e.typing(ctx); err != nil {
		return err
	}
	fmt.Fprintf(w, "%-42s go mod tidy -diff %6v   first answer %6v   with what was kept %6v   after an edit of an import p50 %v p90 %v\n", filepath.Base(dir),
		slices.Min(goTook).Round(time.Millisecond), slices.Min(first).Round(time.Millisecond),
		slices.Min(again).Round(time.Millisecond),
		typed[len(typed)/2].Round(100*time.Microsecond), typed[len(typed)*9/10].Round(100*time.Microsecond))
	return nil
}

// editor is the engine as a server runs it for one module.
type editor struct {
	dir     string
	session *workspace.Session
	scholar *gather.Scholar
}

// open returns an editor with the module's go.mod open and its diagnostics complete.
func open(ctx context.Context, dir, kept string) (*editor, error) {
	e := &editor{dir: dir, session: workspace.NewSession(gather.Machine(nil), nil, modcache.NewStores()), scholar: new(gather.Scholar)}
	e.scholar.Tidier.Dir = kept
	path := filepath.Join(dir, "go.mod")
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	e.session.Apply(workspace.Opened(uri.File(path), 1, string(text)))
	return e, e.diagnose(ctx)
}

func (e *editor) diagnose(ctx context.Context) error {
	_, err := gather.Answer(ctx, e.session, e.scholar, nil, func(ctx context.Context, snap *workspace.Snapshot) (*analysis.Result, error) {
		return analysis.Run(ctx, snap, suite.All, []string{filepath.Join(e.dir, "go.mod")})
	})
	return err
}

// typing returns how long diagnostics take after one import has changed in an open file, in order.
func (e *editor) typing(ctx context.Context) ([]time.Duration, error) {
	file, text, err := e.importing()
	if err != nil {
		return nil, err
	}
	if name := os.Getenv("CPUPROFILE"); name != "" {
		f, err := os.Create(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return nil, err
		}
		defer pprof.StopCPUProfile()
	}
	at := imports.Specs(text)[0].Start
	var took []time.Duration
	for i := range edits + 2 {
		changed := text[:at] + []string{`"net/http"`, `"net/mail"`}[i%2] + "; import " + text[at:]
		if strings.Contains(text[:at], "(") {
			changed = text[:at] + []string{`"net/http"`, `"net/mail"`}[i%2] + "; " + text[at:]
		}
		began := time.Now()
		e.session.Apply(workspace.Opened(uri.File(file), int32(i+2), changed))
		if err := e.diagnose(ctx); err != nil {
			return nil, err
		}
		if i > 1 { // opening the file is another thing
			took = append(took, time.Since(began))
		}
	}
	slices.Sort(took)
	return took, nil
}

// importing returns a Go file of the module that imports something.
func (e *editor) importing() (file, text string, err error) {
	err = filepath.WalkDir(e.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.Contains(path, "testdata") {
			return err
		}
		data, err := os.ReadFile(path)
		if err == nil && len(imports.Specs(string(data))) > 0 {
			file, text = path, string(data)
			return filepath.SkipAll
		}
		return err
	})
	return file, text, err
}
