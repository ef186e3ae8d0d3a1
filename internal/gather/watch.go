package gather

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fsnotify/fsnotify"
	"go.lsp.dev/uri"
	"go.uber.org/zap"

	"github.com/gomodls/gomodls/internal/workspace"
)

// A Watcher looks again at the facts of a session when something changes on disk.
type Watcher struct {
	session *workspace.Session
	changed func() // called after the session learnt something new, from the watcher's goroutine or Refresh's caller
	log     *zap.Logger

	notify *fsnotify.Watcher // nil where the system offers none
	behind chan struct{}     // there may be more to watch; see Pursue
	places atomic.Int64      // one more than the newest Places that were followed
	moved  atomic.Bool       // something has come or gone since, so that other directories may have to be watched

	mu      sync.Mutex
	watched map[string]bool // directories
}

// later is how long what is pursued waits to be watched, so that the user's first answers need not wait. To watch a directory, Linux
// goes through all that it remembers of it, and who asks for something new there waits meanwhile: for a twentieth of a second in a
// /tmp in which tests have run all day.
const later = 100 * time.Millisecond

// maxWatched bounds the directories watched at once; beyond it changes are seen at the next Refresh.
const maxWatched = 2000

// NewWatcher returns a watcher for the facts of a session. Where the system offers no notification it still works, by
// Refresh alone.
func NewWatcher(session *workspace.Session, log *zap.Logger, changed func()) *Watcher {
	w := &Watcher{session: session, changed: changed, log: log, behind: make(chan struct{}, 1), watched: map[string]bool{}}
	var err error
	if w.notify, err = fsnotify.NewWatcher(); err != nil {
		log.Warn("no file notification; changes on disk are seen at the next save or request", zap.Error(err))
	}
	return w
}

// Run handles notifications until ctx ends, and watches what others have asked for. It is called once, by the goroutine that owns the
// watcher.
func (w *Watcher) Run(ctx context.Context) {
	if w.notify == nil {
		<-ctx.Done()
		return
	}
	defer w.notify.Close()
	rest, waiting := time.NewTimer(later), true
	defer rest.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.behind:
			if !waiting {
				rest.Reset(later)
				waiting = true
			}
		case <-rest.C:
			waiting = false
			w.catchUp()
		case err := <-w.notify.Errors:
			w.log.Warn("watching files", zap.Error(err))
			w.Refresh()
		case e := <-w.notify.Events:
			events := []fsnotify.Event{e}
			for more := true; more; { // one look for a burst of events
				select {
				case e := <-w.notify.Events:
					events = append(events, e)
				default:
					more = false
				}
			}
			w.Refresh(w.pathsOf(events)...)
			w.catchUp()
		}
	}
}

// catchUp watches what there is to watch. What happened between reading and watching, as inside a new directory, raised no event.
func (w *Watcher) catchUp() {
	for w.Follow(w.session.Snapshot()) {
		w.Refresh()
	}
}

// pathsOf returns what events are about. A directory that has gone is watched no more, even if there is another in its place by
// now.
func (w *Watcher) pathsOf(events []fsnotify.Event) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	paths := make([]string, len(events))
	for i, e := range events {
		paths[i] = e.Name
		if e.Has(fsnotify.Remove) || e.Has(fsnotify.Rename) {
			delete(w.watched, e.Name)
		}
	}
	return paths
}

// Pursue has Run watch the directories in which the session's facts lie, later and beside its caller. It is called when an answer is
// final.
func (w *Watcher) Pursue(snap *workspace.Snapshot) {
	if w.follows(snap) {
		return
	}
	select {
	case w.behind <- struct{}{}:
	default:
	}
}

// follows reports whether all is watched that a snapshot needs.
func (w *Watcher) follows(snap *workspace.Snapshot) bool {
	return w.notify == nil || w.places.Load() == snap.Places()+1 && !w.moved.Load()
}

// Follow watches the directories in which the session's facts lie at once, and reports whether it began to watch any.
func (w *Watcher) Follow(snap *workspace.Snapshot) (more bool) {
	if w.follows(snap) {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.moved.Store(false)
	w.places.Store(snap.Places() + 1)
	before := len(w.watched)
	for want := range snap.Facts() {
		dir := filepath.Dir(want.Path)
		if want.List {
			dir = want.Path
		}
		w.watch(dir)
	}
	for _, st := range snap.Studies() {
		for _, dir := range st.Dirs {
			w.watch(dir)
		}
	}
	return len(w.watched) > before
}

// watch watches dir, or the nearest directory above it that there is.
func (w *Watcher) watch(dir string) {
	for !w.watched[dir] && len(w.watched) < maxWatched {
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			err := w.notify.Add(dir)
			if !errors.Is(err, fs.ErrNotExist) { // else it has gone since
				if err != nil {
					w.log.Debug("watching a directory", zap.String("dir", dir), zap.Error(err))
				}
				w.watched[dir] = true
				return
			}
		}
		up := filepath.Dir(dir)
		if up == dir {
			return
		}
		dir = up
	}
}

// Refresh looks again at the facts about the given paths and what lies below them, or at all facts if none is given, and
// applies those that have changed.
func (w *Watcher) Refresh(paths ...string) {
	snap := w.session.Snapshot()
	var changes []workspace.Change
	any := len(paths) == 0
	for want, old := range snap.Facts() {
		if len(paths) > 0 && !concerns(paths, want) {
			continue
		}
		any = true
		if !changedSince(want, old) {
			continue
		}
		changes = append(changes, workspace.Learned(want, Read(want)))
	}
	changes = append(changes, touched(snap, paths)...)
	w.forgetGone(paths, any || len(changes) > 0)
	if len(changes) == 0 {
		return
	}
	w.session.Apply(changes...)
	w.changed()
}

// touched returns those of the paths that the answer of a study depends on: Go files and go.mod files, and the directories that
// may hold some. An open document does not change on disk.
func touched(snap *workspace.Snapshot, paths []string) []workspace.Change {
	var changes []workspace.Change
	for _, path := range paths {
		if _, open := snap.File(uri.File(path)); open {
			continue
		}
		if k := workspace.KindOf(path); k == workspace.Other {
			if info, err := os.Stat(path); err == nil && !info.IsDir() {
				continue
			}
		} else if k != workspace.GoFile && k != workspace.ModFile {
			continue
		}
		for _, st := range snap.Studies() {
			if st.Concerns(path) {
				changes = append(changes, workspace.Touched(path))
				break
			}
		}
	}
	return changes
}

// forgetGone stops taking directories for watched that were removed: the system has dropped the watch. Where files come and go that
// nobody wants, as in a home directory in which others write, the rest is watched as before. A directory may be one that a wanted
// path leads through by another name.
func (w *Watcher) forgetGone(paths []string, wanted bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range paths {
		info, err := os.Stat(p)
		wanted = wanted || err == nil && info.IsDir() || err != nil && w.watched[p]
		if err != nil {
			delete(w.watched, p)
		}
	}
	if wanted {
		w.moved.Store(true)
	}
}

func concerns(paths []string, want workspace.Want) bool {
	for _, p := range paths {
		if p == want.Path || want.List && filepath.Dir(p) == want.Path || strings.HasPrefix(want.Path, p+string(filepath.Separator)) {
			return true
		}
	}
	return false
}

// changedSince reports whether a path looks other than it did, without reading it.
func changedSince(want workspace.Want, old *workspace.Fact) bool {
	info, err := os.Stat(want.Path)
	if err != nil {
		return old.State != failed(err).State
	}
	switch {
	case info.IsDir():
		return old.State != workspace.Directory || want.List && old.Stamp != stamp(info)
	case !info.Mode().IsRegular():
		return old.State != workspace.Irregular
	}
	return old.Stamp != stamp(info)
}
