package gather

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"go/version"
	"path/filepath"
	"strings"
	"sync"

	"github.com/gomodls/gomodls/internal/goenv"
	"github.com/gomodls/gomodls/internal/imports"
	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/tidy"
	"github.com/gomodls/gomodls/internal/workspace"
)

// A Tidier works out what `go mod tidy` would write for modules on this machine, with the documents that editors have open
// before what is on disk. It runs no go and uses no network. It is safe for concurrent use.
type Tidier struct {
	// Dir is where it keeps what it has read of the module cache for other processes; "" keeps nothing.
	Dir string

	mu      sync.Mutex
	modules map[string]*tidied // by directory
	std     map[string]func(string) bool
}

// tidied is what is kept of one module between two answers.
type tidied struct {
	mu       sync.Mutex // held while an answer is worked out
	memo     tidy.Memo
	modCache string
	sources  *imports.Cache
}

// A NoModuleError says that a directory has no go.mod that could be tidied.
type NoModuleError struct{ Dir string }

func (e *NoModuleError) Error() string { return e.Dir + ": no go.mod that can be read" }

// Predict returns what tidy would write for the module in dir, as of the session's newest snapshot. An error that is a
// *tidy.Refusal says why tidy would fail; see tidy.Predict.
func (t *Tidier) Predict(ctx context.Context, session *workspace.Session, dir string) (*tidy.Result, error) {
	in, err := Settle(ctx, session, func(_ context.Context, snap *workspace.Snapshot) (tidy.Input, error) {
		return t.input(snap, dir)
	})
	if err != nil {
		return nil, err
	}
	env := session.Snapshot().Env()
	m := t.module(dir)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.sources == nil || m.modCache != env.ModCache {
		m.modCache, m.sources, m.memo = env.ModCache, imports.NewCache(env.ModCache), tidy.Memo{}
		if file := t.file(dir); file != "" {
			_ = m.sources.Load(file) // without it the sources are read
		}
	}
	in.Tree, in.Memo = m.sources.Module, &m.memo
	result, err := tidy.Predict(ctx, in)
	if file := t.file(dir); file != "" && ctx.Err() == nil {
		_ = m.sources.Save(file) // without it the next process reads them again
	}
	return result, err
}

func (t *Tidier) module(dir string) *tidied {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.modules == nil {
		t.modules, t.std = map[string]*tidied{}, map[string]func(string) bool{}
	}
	if t.modules[dir] == nil {
		t.modules[dir] = new(tidied)
	}
	return t.modules[dir]
}

// file returns where the sources that a module needs are kept: one file for each module, which holds what its last answer
// needed and no more.
func (t *Tidier) file(dir string) string {
	if t.Dir == "" {
		return ""
	}
	return filepath.Join(t.Dir, fmt.Sprintf("%x", sha256.Sum256([]byte(dir))))
}

// input gathers what the snapshot knows.
func (t *Tidier) input(snap *workspace.Snapshot, dir string) (tidy.Input, error) {
	env := snap.Env()
	var view *workspace.View
	for _, v := range snap.Views(filepath.Join(dir, "go.mod")) {
		if v.Work == nil {
			view = v
		}
	}
	godebugs, known := snap.Godebugs()
	if len(snap.Wants()) > 0 {
		return tidy.Input{}, nil // Settle calls again
	}
	switch {
	case view == nil:
		return tidy.Input{}, &NoModuleError{dir}
	case env.ModFile != "":
		return tidy.Input{}, &tidy.Refusal{Err: fmt.Errorf("GOFLAGS has -modfile=%s", env.ModFile)}
	case env.ModCache == "" || view.GoVersion() == "" || env.Goroot == "":
		return tidy.Input{}, &tidy.Refusal{Err: errors.New("nothing is known of the go command, or of the module cache")}
	}
	m := view.Modules[0]
	store := snap.Store()
	in := tidy.Input{
		Dir: m.Dir, Mod: m.Mod.Text, Local: view.GoVersion(),
		Files: files(snap), Std: t.stdOf(env.Goroot), Zip: store.ZipHash, Names: store.Names(),
		Mods: func(id modcache.NodeID) (*modcache.Mod, error) {
			mod, err := store.Mod(id)
			if errors.Is(err, modcache.ErrMissing) {
				return nil, modgraph.ErrNotKnown
			}
			return mod, err
		},
	}
	if m.Sum != nil {
		in.Sum, in.HasSum = m.Sum.Text, true
	}
	if known {
		in.Debug = func(key, value string) error { return checkGodebug(godebugs, in.Local, key, value) }
	}
	return in, nil
}

func (t *Tidier) stdOf(goroot string) func(string) bool {
	t.module("") // makes the maps
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.std[goroot] == nil {
		t.std[goroot] = imports.Std(goroot)
	}
	return t.std[goroot]
}

// files returns the disk with the open documents laid over it.
func files(snap *workspace.Snapshot) imports.FS {
	open, unsaved := map[string]*workspace.File{}, map[string][]string{}
	for _, f := range snap.Open() {
		if f.Path != "" {
			open[f.Path] = f
			unsaved[filepath.Dir(f.Path)] = append(unsaved[filepath.Dir(f.Path)], filepath.Base(f.Path))
		}
	}
	return imports.FS{
		Read: func(path string) (string, error) {
			if f, ok := open[path]; ok {
				return f.Text, nil
			}
			return imports.Read(path)
		},
		List: func(dir string) ([]imports.Entry, error) {
			entries, err := imports.List(dir)
			if len(unsaved[dir]) == 0 {
				return entries, err
			}
			have := map[string]bool{}
			for _, e := range entries {
				have[e.Name] = true
			}
			for _, name := range unsaved[dir] {
				if !have[name] {
					entries = append(entries, imports.Entry{Name: name})
				}
			}
			return entries, nil
		},
		Changing: imports.Changing,
	}
}

// checkGodebug reports what the go command refuses in a godebug line; see modload.CheckGodebug.
func checkGodebug(known goenv.Godebugs, local, key, value string) error {
	switch {
	case strings.ContainsAny(key+value, " \t,"):
		return fmt.Errorf("godebug %s=%s: a blank or a comma", key, value)
	case key == "default":
		if !version.IsValid(value) || goenv.CompareVersions(strings.TrimPrefix(value, "go"), local) > 0 {
			return fmt.Errorf("godebug default=%s: not a version up to go%s", value, local)
		}
	case known.Known[key]:
	case known.Removed[key] != "":
		return fmt.Errorf("godebug %s: removed in go %s", key, known.Removed[key])
	default:
		return fmt.Errorf("godebug %s: unknown", key)
	}
	return nil
}
