package gather

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gomodls/gomodls/internal/imports"
	"github.com/gomodls/gomodls/internal/keep"
	"github.com/gomodls/gomodls/internal/workspace"
)

// A shelf keeps what was read of files and directories that can change, from one study to the next. Whether something has
// changed is seen by its stamp, each time anew, so that nothing rests on a notification that may not have come. Of a Go file
// it keeps the head. It is safe for concurrent use.
type shelf struct {
	mu    sync.Mutex
	files map[string]shelved[string]
	dirs  map[string]shelved[[]imports.Entry]
}

type shelved[T any] struct {
	stamp   keep.Stamp
	content T
}

// disk is the disk as one study sees it, with the documents that editors have open laid over it. It notes which directories
// the study asks about, and looks at each path once.
type disk struct {
	open    map[string]*workspace.File
	unsaved map[string]map[string]bool // what open documents put into a directory, and whether that is a directory itself
	shelf   *shelf
	snap    *workspace.Snapshot
	began   time.Time
	looked  time.Time         // when it first looked at something
	state   *state            // that of what stands where
	edited  map[string]*state // by directory, where that has changed since

	listed *directories

	unsettled atomic.Bool // something had changed so lately that it counts for another in a moment; see imports.FS.Changing

	mu      sync.Mutex
	looks   map[string]look
	present map[inCache]having
}

// directories are those that a disk was asked about. Disks with the same state share them, since what one has seen of a directory
// is not asked of the other.
type directories struct {
	mu  sync.Mutex
	set map[string]bool
}

func (d *directories) note(dir string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.set[dir] = true
}

// all returns the directories in order.
func (d *directories) all() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Sorted(maps.Keys(d.set))
}

// A state is told from others by its address; see imports.FS.State.
type state struct{ _ byte }

// look is what os.Stat says.
type look struct {
	info fs.FileInfo
	err  error
}

// newDisk returns the disk for a study of the snapshot.
func newDisk(snap *workspace.Snapshot, s *shelf) *disk {
	d := &disk{
		open: map[string]*workspace.File{}, unsaved: map[string]map[string]bool{}, shelf: s, snap: snap,
		state: new(state), looks: map[string]look{}, listed: &directories{set: map[string]bool{}},
	}
	d.began = time.Now()
	d.looked = d.began
	for _, f := range snap.Open() {
		if f.Path == "" {
			continue
		}
		d.open[f.Path] = f
		for p, isDir := f.Path, false; p != filepath.Dir(p); p, isDir = filepath.Dir(p), true {
			dir := filepath.Dir(p)
			if d.unsaved[dir] == nil {
				d.unsaved[dir] = map[string]bool{}
			}
			d.unsaved[dir][filepath.Base(p)] = isDir
		}
	}
	return d
}

// after returns the disk for a study of a newer snapshot. What d has seen is not looked at again, unless that was long ago or
// something has changed since other than the text of open documents.
func (d *disk) after(snap *workspace.Snapshot, s *shelf) *disk {
	next := newDisk(snap, s)
	limit := remembered
	if d.unsettled.Load() {
		limit = keep.Restless / 2
	}
	if next.began.Sub(d.looked) > limit || !snap.TouchedOnly(d.snap, func(path string) bool { return d.open[path] != nil && next.open[path] != nil }) {
		return next
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	next.looks, next.looked = maps.Clone(d.looks), d.looked
	next.state, next.edited, next.listed = d.state, maps.Clone(d.edited), d.listed
	next.unsettled.Store(d.unsettled.Load())
	for path, f := range next.open {
		if f != d.open[path] {
			if next.edited == nil {
				next.edited = map[string]*state{}
			}
			next.edited[filepath.Dir(path)] = new(state)
		}
	}
	return next
}

// remembered is for how long a path that was looked at is not looked at again while somebody types in a Go file, and the watcher has
// no news.
const remembered = 10 * time.Second

// fs returns the files.
func (d *disk) fs() imports.FS {
	return imports.FS{Read: d.read, List: d.list, Changing: d.changing, Stamp: d.stamp, State: d.stateOf}
}

func (d *disk) stateOf(dir string) any {
	if s := d.edited[dir]; s != nil {
		return s
	}
	return d.state
}

// stamp is an imports.FS.Stamp.
func (d *disk) stamp(path string) (s keep.Stamp, ok bool) {
	if d.open[path] != nil || len(d.unsaved[path]) > 0 {
		return s, false
	}
	info, err := d.stat(path)
	if err != nil {
		return s, false
	}
	if info.IsDir() {
		d.listed.note(path)
	}
	s, ok = keep.StampOf(info)
	return s, ok && s.Before(d.looked.Add(-keep.Restless))
}

func (d *disk) stat(path string) (fs.FileInfo, error) {
	d.mu.Lock()
	l, ok := d.looks[path]
	d.mu.Unlock()
	if !ok {
		l.info, l.err = imports.Stat(path)
		d.mu.Lock()
		d.looks[path] = l
		d.mu.Unlock()
	}
	return l.info, l.err
}

func (d *disk) read(path string) (string, error) {
	if f, ok := d.open[path]; ok {
		return f.Text, nil
	}
	info, err := d.stat(path)
	switch {
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return "", imports.ErrIrregular
	}
	return recall(d, &d.shelf.files, path, info, func() (string, error) {
		data, err := os.ReadFile(path)
		if text := string(data); err == nil && filepath.Ext(path) == ".go" {
			return strings.Clone(imports.Head(text)), nil
		}
		return string(data), err
	})
}

func (d *disk) list(dir string) ([]imports.Entry, error) {
	d.listed.note(dir)
	entries, err := d.listDisk(dir)
	if len(d.unsaved[dir]) == 0 {
		return entries, err
	}
	entries = slices.Clone(entries)
	have := map[string]bool{}
	for _, e := range entries {
		have[e.Name] = true
	}
	for name, isDir := range d.unsaved[dir] {
		if !have[name] {
			entries = append(entries, imports.Entry{Name: name, Dir: isDir})
		}
	}
	return entries, nil
}

func (d *disk) listDisk(dir string) ([]imports.Entry, error) {
	info, err := d.stat(dir)
	if err != nil || !info.IsDir() {
		return imports.List(dir) // which says it in its own words
	}
	return recall(d, &d.shelf.dirs, dir, info, func() ([]imports.Entry, error) { return imports.List(dir) })
}

// changing is imports.Changing.
func (d *disk) changing(dir string) bool {
	entries, err := d.listDisk(dir)
	if err != nil {
		return false
	}
	for _, e := range entries {
		if e.Dir {
			continue
		}
		if info, err := d.stat(filepath.Join(dir, e.Name)); err == nil && info.ModTime().After(d.looked.Add(-keep.Restless)) {
			d.unsettled.Store(true)
			return true
		}
	}
	return false
}

// recall returns what stands on a shelf under a path, or reads it, and puts it there.
func recall[T any](d *disk, on *map[string]shelved[T], path string, info fs.FileInfo, read func() (T, error)) (T, error) {
	now, _ := keep.StampOf(info)
	d.shelf.mu.Lock()
	s, ok := (*on)[path]
	d.shelf.mu.Unlock()
	if ok && s.stamp == now {
		return s.content, nil
	}
	content, err := read()
	if err != nil {
		return content, err
	}
	d.shelf.mu.Lock()
	defer d.shelf.mu.Unlock()
	switch {
	case !now.Before(d.looked.Add(-keep.Restless)):
		d.unsettled.Store(true)
		delete(*on, path)
	case *on == nil:
		*on = map[string]shelved[T]{path: {now, content}}
	default:
		(*on)[path] = shelved[T]{now, content}
	}
	return content, nil
}
