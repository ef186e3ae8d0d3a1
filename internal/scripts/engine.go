package main

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/analysis/suite"
	"github.com/gomodls/gomodls/internal/gather"
	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/workspace"
)

// An answer is what the engine says of a state.
type answer struct {
	nothing string    // why there is nothing to say: no module files are in force
	errors  []finding // that are not silenced
	trouble string    // why something could not be checked, "" if all was
	unknown bool      // it says that facts are not on this machine, and reports no error
	cache   string    // where the engine looks for modules
	dirs    []string  // the main modules
	sources bool      // the sources of all modules that have packages which are needed are on this machine
}

// A finding is one error that the engine reports.
type finding struct {
	file          string // with $WORK for the script's directory
	line          int
	code, message string
}

func (f finding) String() string {
	return fmt.Sprintf("%s:%d %s: %s", f.file, f.line, f.code, f.message)
}

func (a *answer) refuses() bool { return len(a.errors) > 0 || a.trouble != "" }

// check asks the engine about the script's directory and environment, as gomodls check does.
func (s *script) check() (*answer, error) {
	environ := maps.Clone(s.env)
	delete(environ, "/")
	delete(environ, ":")
	machine := &workspace.Machine{Environ: environ, Home: environ["HOME"], ConfigDir: s.configDir(), Go: s.runner.goCmd, GOOS: s.runner.goos}
	session := workspace.NewSession(machine, new(workspace.Settings), modcache.NewStores())
	var trouble string
	var documents []string
	result, err := gather.Answer(s.ctx, session, new(gather.Scholar), nil, func(ctx context.Context, snap *workspace.Snapshot) (*analysis.Result, error) {
		documents, trouble = documentsOf(snap, s.cwd)
		return analysis.Run(ctx, snap, suite.All, documents)
	})
	if err != nil {
		return nil, err
	}
	env := result.Snapshot.Env()
	a := &answer{trouble: trouble, cache: env.ModCache}
	switch {
	case env.GO111Module == "off":
		a.nothing = modulesOff
	case len(result.Files) == 0 && trouble == "":
		a.nothing = noModule
	}
	for _, f := range result.Files {
		for _, d := range f.Diagnostics {
			if d.Severity == analysis.Error && !d.Silenced {
				line := 1 + strings.Count(f.File.Text[:min(d.Span.Start, len(f.File.Text))], "\n")
				path := strings.ReplaceAll(f.File.Path, s.work, "$WORK")
				a.errors = append(a.errors, finding{path, line, d.Code, strings.ReplaceAll(d.Message, s.work, "$WORK")})
			}
		}
	}
	for _, m := range result.Modules {
		a.unknown = a.unknown || !m.Health.Complete && len(a.errors) == 0
	}
	for _, failure := range result.Failures {
		a.trouble = failure.Error()
	}
	a.sources = len(documents) > 0
	for _, path := range documents {
		if views := result.Snapshot.Views(path); len(views) > 0 {
			a.addPackages(views[0])
		}
	}
	return a, nil
}

// addPackages notes where go would be asked about packages, and whether the engine knows about them, too.
func (a *answer) addPackages(v *workspace.View) {
	for _, m := range v.Modules() {
		if !slices.Contains(a.dirs, m.Dir) {
			a.dirs = append(a.dirs, m.Dir)
		}
	}
	r := v.Packages()
	a.sources = a.sources && r != nil && len(r.Unknown) == 0
}

// documentsOf returns the module files that stand for dir, as for gomodls check: the go.mod of the module that it lies in and
// the go.work beside that, or outside of modules the nearest go.work above. Trouble is why one cannot be read.
func documentsOf(snap *workspace.Snapshot, dir string) (documents []string, trouble string) {
	add := func(path string) bool {
		f := snap.Read(path)
		switch f.State {
		case workspace.Unreadable:
			trouble = path + ": " + f.Err
		case workspace.Regular:
			documents = append(documents, path)
		}
		return f.State == workspace.Unreadable || f.State == workspace.Regular
	}
	root, known := snap.FindModule(dir)
	if !known {
		return nil, ""
	}
	if root != "" {
		add(filepath.Join(root, "go.mod"))
		dir = root
	}
	switch work := snap.Env().GoWork; work {
	case "off":
		return documents, trouble
	case "", "auto":
	default:
		add(work)
		return documents, trouble
	}
	for !add(filepath.Join(dir, "go.work")) && root == "" && dir != filepath.Dir(dir) {
		dir = filepath.Dir(dir)
	}
	return documents, trouble
}
