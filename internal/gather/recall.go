package gather

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/imports"
	"github.com/gomodls/gomodls/internal/keep"
	"github.com/gomodls/gomodls/internal/tidy"
)

// Recall has the scholar believe what other processes that were about the same directories have found out about modules, and tell
// it to others; see tidy.Book.
func (s *Scholar) Recall(dirs []string) {
	if s.Tidier.Dir != "" && program() != "" {
		about := sha256.Sum256([]byte(strings.Join(slices.Sorted(slices.Values(dirs)), "\x00")))
		s.Tidier.book = tidy.NewBook(filepath.Join(s.Tidier.Dir, fmt.Sprintf("%x.tidy", about)))
	}
}

// recall returns what is kept of a module when this process asks for the first time: what one answer leaves behind makes the next as
// quick. Else it has the answer kept, if that is due.
func (t *Tidier) recall(q *question, dir string) *tidy.Answer {
	if t.book == nil || strings.Contains(q.view.Env().Get("GOPROXY").Value, "file:") { // what a proxy on this machine has, may change
		return nil
	}
	m := t.module(dir)
	m.tidying.Lock()
	defer m.tidying.Unlock()
	first := !m.begun
	m.begun = true
	if !first && time.Since(m.kept) < rekept {
		return nil
	}
	q.Keeping = t.keeping(q)
	if first {
		if known := tidy.Recall(q.Input); known != nil {
			return known
		}
	}
	m.kept = time.Now()
	return nil
}

// saveBook writes down what is new in the book. Without it the next process works it out again.
func (t *Tidier) saveBook() {
	if t.book != nil {
		_ = t.book.Save()
	}
}

// keeping returns where the answer to a question is kept for other processes.
func (t *Tidier) keeping(q *question) *tidy.Keeping {
	env := q.view.Env()
	sources := t.source(env.ModCache)
	return &tidy.Keeping{
		Book:  t.book,
		World: fmt.Sprintf("%s %q %q", program(), env.Goroot, env.ModCache),
		Has: func(m module.Version) bool {
			have := q.disk.has(sources, m)
			return have.mod && have.source && have.sum
		},
		Absent: func(m module.Version) bool {
			have := q.disk.has(sources, m)
			return have.mod && !have.source
		},
		Lacked: func() []string {
			q.mu.Lock()
			defer q.mu.Unlock()
			return slices.Compact(slices.Sorted(slices.Values(q.missing)))
		},
		Lacks: func(file string) bool {
			if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
				return false
			}
			q.lacks(file)
			return true
		},
	}
}

// program tells this gomodls from another one, which may know better; "" if nobody can tell.
var program = sync.OnceValue(func() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	stamp, ok := keep.StampOf(info)
	if !ok {
		return ""
	}
	return fmt.Sprintf("%q %v", path, stamp)
})

// inCache is a version in a module cache.
type inCache struct {
	cache *imports.Cache
	module.Version
}

// having says what a module cache has of a version.
type having struct{ mod, source, sum bool }

// has returns what is in the module cache of a module version, which is looked at once.
func (d *disk) has(sources *imports.Cache, m module.Version) having {
	at := inCache{sources, m}
	d.mu.Lock()
	have, ok := d.present[at]
	d.mu.Unlock()
	if ok {
		return have
	}
	have.mod, have.source, have.sum = sources.Has(m)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.present == nil {
		d.present = map[inCache]having{}
	}
	d.present[at] = have
	return have
}
