package gather

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"go/version"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/gomodls/gomodls/internal/goenv"
	"github.com/gomodls/gomodls/internal/imports"
	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/packages"
	"github.com/gomodls/gomodls/internal/tidy"
	"github.com/gomodls/gomodls/internal/workspace"
)

// A Tidier works out what `go mod tidy` would write for modules on this machine, with the documents that editors have open
// before what is on disk. It runs no go and uses no network. It is safe for concurrent use.
type Tidier struct {
	// Dir is where it keeps what it has read of the module cache for other processes; "" keeps nothing.
	Dir string
	// Std reports which packages the standard library in a GOROOT has; those on disk if it is nil.
	Std func(goroot string) func(importPath string) bool

	book   *tidy.Book // see Scholar.Recall; may be nil
	shelf  shelf
	place  sync.Once // sets where what was parsed is kept
	parsed imports.Memo

	zips sync.Map // the checksums of zips that were read, by module.Version and module cache

	mu      sync.Mutex
	last    *disk
	modules map[string]*tidied        // by directory
	caches  map[string]*imports.Cache // by module cache; each module has another of the same packages
	std     map[string]func(string) bool
}

// tidied is what is kept of one module between two answers, or, under the path of a go.work, of one workspace.
type tidied struct {
	tidying sync.Mutex // held while what tidy would do is worked out
	memo    tidy.Memo
	begun   bool           // it was asked for
	kept    time.Time      // when an answer was kept last
	source  *imports.Cache // which the memo comes from

	loading  sync.Mutex // held while packages are loaded
	packages packages.Memo

	load     sync.Mutex // held while what follows is read from disk
	modCache string
	sources  *imports.Cache
}

// sources returns the sources of the module cache that a module or a workspace needs. Whoever has read from them keeps them.
func (t *Tidier) sources(of, modCache string) *imports.Cache {
	m := t.module(of)
	m.load.Lock()
	defer m.load.Unlock()
	if m.sources == nil || m.modCache != modCache {
		m.modCache, m.sources = modCache, t.cache(modCache)
		if file := t.file(of); file != "" {
			m.sources.Load(file)
		}
	}
	return m.sources
}

// cache returns an empty cache of the sources in a module cache, of which it is known what the other modules have found there.
func (t *Tidier) cache(modCache string) *imports.Cache { return t.source(modCache).Another() }

func (t *Tidier) source(modCache string) *imports.Cache {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.caches == nil {
		t.caches = map[string]*imports.Cache{}
	}
	if t.caches[modCache] == nil {
		t.caches[modCache] = imports.NewCache(modCache)
	}
	return t.caches[modCache]
}

// zip returns the function that returns the checksum of a module's zip, which is read once. What go has yet to
// write beside a zip is given to lacks.
func (t *Tidier) zip(store *modcache.Store, lacks func(path string)) func(module.Version) (string, error) {
	type key struct {
		module.Version
		cache string
	}
	return func(m module.Version) (string, error) {
		k := key{m, store.Dir()}
		if hash, ok := t.zips.Load(k); ok {
			return hash.(string), nil
		}
		hash, err := store.ZipHash(m)
		if err == nil {
			t.zips.Store(k, hash)
		} else if info, none := os.Stat(store.File(m, ".zip")); none == nil && info.Mode().IsRegular() {
			lacks(store.File(m, ".ziphash"))
		}
		return hash, err
	}
}

// keep writes down what was read of the sources, for other processes.
func (t *Tidier) keep(of string, sources *imports.Cache) {
	if file := t.file(of); file != "" {
		_ = sources.Save(file) // without it the next process reads them again
	}
}

// A NoModuleError says that a directory has no go.mod that could be tidied.
type NoModuleError struct{ Dir string }

func (e *NoModuleError) Error() string { return e.Dir + ": no go.mod that can be read" }

// Predict returns what tidy would write for the module in dir, as of the session's newest snapshot. An error that is a
// *tidy.Refusal says why tidy would fail; see tidy.Predict.
func (t *Tidier) Predict(ctx context.Context, session *workspace.Session, dir string) (*tidy.Result, error) {
	q, err := t.ask(ctx, session, dir)
	if err != nil {
		return nil, err
	}
	var result *tidy.Result
	t.prepared(q, dir, func(*imports.Cache) { result, err = tidy.Predict(ctx, q.Input) })
	return result, err
}

// study answers a question of the kind workspace.Tidy.
func (t *Tidier) study(ctx context.Context, session *workspace.Session, topic workspace.Topic) (*workspace.Snapshot, *workspace.Study, error) {
	answer := new(tidy.Answer)
	now := session.Snapshot()
	q, err := t.ask(ctx, session, topic.Of)
	if none := (*NoModuleError)(nil); errors.As(err, &none) {
		answer.Refusal = &tidy.Refusal{Err: err}
		return now, &workspace.Study{Answer: answer, Trees: []string{topic.Of}}, nil
	}
	switch {
	case err == nil:
		if known := t.recall(q, topic.Of); known != nil {
			answer = known
			break
		}
		t.prepared(q, topic.Of, func(sources *imports.Cache) {
			if answer, err = tidy.Inspect(ctx, q.Input); err == nil {
				t.offer(q.view, answer, sources)
			}
		})
		if err != nil {
			return nil, nil, err
		}
	case !errors.As(err, &answer.Refusal):
		return nil, nil, err
	}
	m := q.view.Modules()[0]
	st := &workspace.Study{
		Answer: answer, Dirs: q.disk.listed.all(),
		Files: []string{m.Mod.Path, filepath.Join(m.Dir, "go.sum")}, Absent: q.missing,
		Trees: q.view.Dirs(),
	}
	return q.view.Snapshot, st, nil
}

// question is what Predict needs, and what it turned out to depend on.
type question struct {
	tidy.Input
	view *workspace.View
	disk *disk

	mu      sync.Mutex
	missing []string // files of the module cache
}

func (q *question) lacks(path string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.missing = append(q.missing, path)
}

func (t *Tidier) ask(ctx context.Context, session *workspace.Session, dir string) (*question, error) {
	return Settle(ctx, session, func(_ context.Context, snap *workspace.Snapshot) (*question, error) { return t.input(snap, dir) })
}

// prepared calls work, for which the question has been completed with what is kept of the module between two answers.
func (t *Tidier) prepared(q *question, dir string, work func(*imports.Cache)) {
	modCache := q.view.Env().ModCache
	m := t.module(dir)
	m.tidying.Lock()
	defer m.tidying.Unlock()
	sources := t.sources(dir, modCache)
	if m.source != sources {
		m.source, m.memo = sources, tidy.Memo{}
	}
	q.Memo = &m.memo
	store := q.view.Snapshot.Store()
	q.Tree = func(v module.Version) (*imports.Tree, error) {
		tree, err := sources.Module(v)
		if errors.Is(err, modcache.ErrMissing) {
			q.lacks(store.File(v, ".zip"))
		}
		return tree, err
	}
	work(sources)
	t.keep(dir, sources)
}

// offer adds to packages that are missing the modules on this machine that have them: those of the workspace, and versions in
// the module cache, of which a few are looked at, the highest first.
func (t *Tidier) offer(view *workspace.View, a *tidy.Answer, sources *imports.Cache) {
	snap := view.Snapshot
	excluded := map[module.Version]bool{}
	for _, x := range view.Modules()[0].Mod.Mod().Exclude {
		excluded[module.Version{Path: x.Path, Version: x.Version}] = true
	}
	for i := range a.Faults[:min(len(a.Faults), maxOffered)] {
		f := &a.Faults[i]
		if f.Kind != tidy.Missing || f.Inside {
			continue
		}
		for _, v := range snap.Views(view.Modules()[0].Mod.Path) {
			for _, m := range v.Modules() {
				rel, ok := imports.Within(f.Path, m.Path())
				if !ok || m.Dir == view.Modules()[0].Dir {
					continue
				}
				if imports.NewTree(t.disk(snap).fs(), m.Dir, &t.parsed).Package(rel) != nil {
					f.Offers = append(f.Offers, tidy.Offer{Module: module.Version{Path: m.Path()}, Dir: m.Dir})
				}
			}
		}
		for path := range imports.Prefixes(f.Path) {
			if m, ok := cached(snap.Store(), sources, path, f.Path, excluded); ok {
				f.Offers = append(f.Offers, tidy.Offer{Module: m})
				break
			}
		}
	}
}

const (
	maxOffered = 20 // packages for which offers are looked for
	maxTried   = 3  // versions of a module that are looked into
)

// cached returns the highest version of the module with a path whose source in the module cache has a package, and that is not
// excluded.
func cached(store *modcache.Store, sources *imports.Cache, path, pkg string, excluded map[module.Version]bool) (module.Version, bool) {
	versions := store.Versions(path)
	_, major, _ := module.SplitPathVersion(path)
	versions = slices.DeleteFunc(versions, func(v string) bool {
		return module.CheckPathMajor(v, major) != nil || excluded[module.Version{Path: path, Version: v}]
	})
	slices.SortFunc(versions, func(a, b string) int { return preference(b, a) })
	rel, _ := imports.Within(pkg, path)
	tried := 0
	for _, v := range versions {
		m := module.Version{Path: path, Version: v}
		tree, err := sources.Module(m)
		if err != nil {
			continue
		}
		if tree.Package(rel) != nil {
			return m, true
		}
		if tried++; tried == maxTried {
			break
		}
	}
	return module.Version{}, false
}

// preference compares versions as go get does that looks for the latest: releases are above prereleases, whatever they are of.
func preference(a, b string) int {
	release := func(v string) int {
		if semver.Prerelease(v) == "" {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(release(a), release(b)), semver.Compare(a, b))
}

// disk returns the disk for a study of a snapshot: that of the last one, if that has only just been made of the same files, so
// that what is asked about one edit looks at each path once.
func (t *Tidier) disk(snap *workspace.Snapshot) *disk {
	t.place.Do(func() { t.parsed.Dir = t.Dir })
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.last == nil:
		t.last = newDisk(snap, &t.shelf)
	case t.last.snap.LastTouch() != snap.LastTouch():
		t.last = t.last.after(snap, &t.shelf)
	case time.Since(t.last.began) > shared:
		t.last = newDisk(snap, &t.shelf)
	}
	return t.last
}

// shared is for how long several studies see the same disk.
const shared = 100 * time.Millisecond

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
	return filepath.Join(t.Dir, fmt.Sprintf("%x."+imports.Format, sha256.Sum256([]byte(dir))))
}

// input gathers what the snapshot knows. Where an error is a *tidy.Refusal, the question has its view all the same.
func (t *Tidier) input(snap *workspace.Snapshot, dir string) (*question, error) {
	env := snap.Env()
	q := new(question)
	for _, v := range snap.Views(filepath.Join(dir, "go.mod")) {
		if v.Work == nil {
			q.view = v
		}
	}
	godebugs, known := snap.Godebugs()
	if len(snap.Wants()) > 0 {
		return q, nil // Settle calls again
	}
	if q.view == nil {
		return nil, &NoModuleError{dir}
	}
	q.disk = t.disk(snap)
	switch {
	case env.ModFile != "":
		return q, &tidy.Refusal{Err: fmt.Errorf("GOFLAGS has -modfile=%s", env.ModFile)}
	case env.ModCache == "" || q.view.GoVersion() == "" || env.Goroot == "":
		return q, &tidy.Refusal{Err: errors.New("nothing is known of the go command, or of the module cache")}
	}
	m := q.view.Modules()[0]
	store := snap.Store()
	q.Input = tidy.Input{
		Dir: m.Dir, Mod: m.Mod.Text, Local: q.view.GoVersion(),
		Files: q.disk.fs(), Parsed: &t.parsed, Std: t.stdOf(env.Goroot), Zip: t.zip(store, q.lacks), Names: store.Names(),
		Mods: func(id modcache.NodeID) (*modcache.Mod, error) {
			mod, err := store.Mod(id)
			if errors.Is(err, modcache.ErrMissing) {
				q.lacks(store.File(store.Names().Version(id), ".mod"))
				return nil, modgraph.ErrNotKnown
			}
			return mod, err
		},
	}
	if m.Sum != nil {
		q.Sum, q.HasSum = m.Sum.Text, true
	}
	if known {
		q.Debug = func(key, value string) error { return checkGodebug(godebugs, q.Local, key, value) }
	}
	return q, nil
}

func (t *Tidier) stdOf(goroot string) func(string) bool {
	t.module("") // makes the maps
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.std[goroot] == nil {
		read := t.Std
		if read == nil {
			read = t.parsed.Std
		}
		t.std[goroot] = read(goroot)
	}
	return t.std[goroot]
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
