package gather

import (
	"maps"
	"path/filepath"
	"slices"
	"sync"

	"github.com/gomodls/gomodls/internal/imports"
	"github.com/gomodls/gomodls/internal/workspace"
)

// disk is the disk with the documents that editors have open laid over it, for studies of Go files. It notes which directories
// it is asked about.
type disk struct {
	open    map[string]*workspace.File
	unsaved map[string]map[string]bool // what open documents put into a directory, and whether that is a directory itself

	mu   sync.Mutex
	dirs map[string]bool
}

func newDisk(snap *workspace.Snapshot) *disk {
	d := &disk{open: map[string]*workspace.File{}, unsaved: map[string]map[string]bool{}, dirs: map[string]bool{}}
	for _, f := range snap.Open() {
		if f.Path != "" {
			d.open[f.Path] = f
			for p, isDir := f.Path, false; p != filepath.Dir(p); p, isDir = filepath.Dir(p), true {
				dir := filepath.Dir(p)
				if d.unsaved[dir] == nil {
					d.unsaved[dir] = map[string]bool{}
				}
				d.unsaved[dir][filepath.Base(p)] = isDir
			}
		}
	}
	return d
}

// fs returns the files.
func (d *disk) fs() imports.FS {
	return imports.FS{Read: d.read, List: d.list, Changing: imports.Changing}
}

// listed returns the directories that were asked about, in order.
func (d *disk) listed() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Sorted(maps.Keys(d.dirs))
}

func (d *disk) read(path string) (string, error) {
	if f, ok := d.open[path]; ok {
		return f.Text, nil
	}
	return imports.Read(path)
}

func (d *disk) list(dir string) ([]imports.Entry, error) {
	d.mu.Lock()
	d.dirs[dir] = true
	d.mu.Unlock()
	entries, err := imports.List(dir)
	if len(d.unsaved[dir]) == 0 {
		return entries, err
	}
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
