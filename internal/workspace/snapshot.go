// Package workspace holds what gomodls knows: the documents that editors have open, and facts about everything else that
// can change, such as files, directories and the environment.
//
// The one idea to keep in mind: a Snapshot is immutable, and every answer is a pure function of one. What is learnt from
// outside is an input like a keystroke. A function that needs a fact which the snapshot does not hold leaves a want
// behind and goes on without it; internal/gather reads what is wanted and applies it to the Session, and the function runs
// again on the next snapshot. An answer is final when it left no wants. Nothing in this package does I/O.
package workspace

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"go.lsp.dev/uri"

	"github.com/gomodls/gomodls/internal/goenv"
	"github.com/gomodls/gomodls/internal/modcache"
)

// A State says what stands at a path.
type State uint8

const (
	Unknown    State = iota // nobody has looked yet; a want has been left
	Missing                 // nothing there
	Regular                 // a file that could be read
	Directory               //
	Irregular               // a device, a socket, a pipe
	Unreadable              // there, but reading it failed; Fact.Err says why
)

// A Fact is what was last seen at one path.
type Fact struct {
	State State
	File  *File    // the file read, where State is Regular
	Names []string // a directory's entries in order, where they were wanted; those of directories end in "/"
	Err   string   // why it is Unreadable, without the path
	Stamp Stamp    // what gather compares to see that the path has changed
}

// A Stamp tells two states of a path apart without reading it.
type Stamp struct {
	Size    int64
	ModTime int64 // nanoseconds
	Inode   uint64
}

// A Want names a fact that an answer needs.
type Want struct {
	Path string
	List bool // the entries of the directory, rather than what stands at the path
}

// A Machine is what gomodls was started with and in: none of it comes from the folder that is open.
type Machine struct {
	Environ   map[string]string // the process's environment, with the user's settings laid over it
	Home      string            // os.UserHomeDir
	ConfigDir string            // os.UserConfigDir
	Go        string            // the go command, with symbolic links resolved; "" if there is none or it is unknown
	GOOS      string
}

// A Snapshot is the workspace as of one change. Any number of goroutines may read it without a lock.
type Snapshot struct {
	*contents
	trace *trace // of who reads it, for Recall; nil for all others
}

// contents are what all copies of a snapshot share.
type contents struct {
	ID       int64
	open     map[string]*File // by path; never written after publication
	foreign  map[uri.URI]*File
	facts    map[Want]*Fact   // never written after publication
	studies  map[Topic]*Study // never written after publication
	touches  []touch
	machine  *Machine
	settings *Settings
	stores   *modcache.Stores

	changes   []noted // the newest changes of facts and documents, in order
	forgotten int64   // the snapshot up to which changes are not remembered
	arrivals  int64   // grows whenever something appears that was missing: a download perhaps
	places    int64   // see Places

	memo      *memo // shared by all snapshots of a session; holds values by the identity of their inputs
	mu        sync.Mutex
	wants     map[Want]bool
	questions map[Topic]bool
	views     map[string]*View
	env       once[*goenv.Env]
	store     once[*modcache.Store]
}

// File returns the document that an editor has open under u.
func (s *Snapshot) File(u uri.URI) (*File, bool) {
	if f, ok := s.foreign[u]; ok {
		return f, true
	}
	if !u.IsFile() {
		return nil, false
	}
	s.trace.elude()
	f, ok := s.open[filepath.Clean(u.FsPath())]
	return f, ok
}

// Open returns the documents that editors have open, in the order of their paths; those without a file path come last.
func (s *Snapshot) Open() []*File {
	s.trace.elude()
	files := slices.SortedFunc(maps.Values(s.open), func(a, b *File) int { return strings.Compare(a.Path, b.Path) })
	return append(files, slices.SortedFunc(maps.Values(s.foreign), func(a, b *File) int { return strings.Compare(string(a.URI), string(b.URI)) })...)
}

// Read returns what stands at path, an open document before what is on disk. An Unknown fact leaves a want.
func (s *Snapshot) Read(path string) *Fact {
	return s.fact(Want{Path: filepath.Clean(path)})
}

// List returns the entries of the directory at path as the disk has them. An Unknown fact leaves a want.
func (s *Snapshot) List(path string) *Fact {
	return s.fact(Want{Path: filepath.Clean(path), List: true})
}

// Empty reports whether what stands at path is known to be a directory without entries.
func (s *Snapshot) Empty(path string) bool {
	f := s.List(path)
	return f.State == Directory && len(f.Names) == 0
}

var unknown = &Fact{State: Unknown}

func (s *Snapshot) fact(w Want) *Fact {
	f := s.peek(w)
	if f == nil {
		f = unknown
		s.mu.Lock()
		s.wants[w] = true
		s.mu.Unlock()
	}
	s.trace.read(w, f)
	return f
}

// peek returns a fact without leaving a trace or a want, nil if it is not known.
func (s *Snapshot) peek(w Want) *Fact {
	if !w.List {
		if f, ok := s.open[w.Path]; ok {
			return f.fact
		}
	}
	return s.facts[w]
}

// Wants returns what the answers computed from s so far have lacked, in order.
func (s *Snapshot) Wants() []Want {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Keys(s.wants), func(a, b Want) int {
		if c := strings.Compare(a.Path, b.Path); c != 0 || a.List == b.List {
			return c
		}
		if b.List {
			return -1
		}
		return 1
	})
}

// Facts returns everything that was looked at, for gather to watch.
func (s *Snapshot) Facts() map[Want]*Fact {
	s.trace.elude()
	return s.facts
}

// Places returns a number that is another whenever there may be more to watch: Facts has a new key, or Studies are others.
func (s *Snapshot) Places() int64 { return s.places }

// Settings returns the user's settings; those of a module are View.Settings.
func (s *Snapshot) Settings() *Settings { return s.settings }

// Machine returns what gomodls was started with.
func (s *Snapshot) Machine() *Machine { return s.machine }

// Store returns the module cache as the environment places it. What it does not have may be there at the next look.
func (s *Snapshot) Store() *modcache.Store {
	s.trace.elude()
	return s.cache()
}

func (s *Snapshot) cache() *modcache.Store {
	return s.store.get(func() *modcache.Store {
		env := s.Env()
		return s.stores.At(env.ModCache, localProxies(env))
	})
}

// A Session is the only thing that changes.
type Session struct {
	mu  sync.Mutex // held by Apply alone: one writer at a time
	cur atomic.Pointer[Snapshot]
}

// NewSession returns a session with nothing open and nothing known.
func NewSession(m *Machine, settings *Settings, stores *modcache.Stores) *Session {
	if settings == nil {
		settings = new(Settings)
	}
	s := new(Session)
	s.cur.Store(&Snapshot{contents: &contents{machine: m, settings: settings, stores: stores, memo: new(memo), wants: map[Want]bool{}, questions: map[Topic]bool{}, views: map[string]*View{}}})
	return s
}

// Snapshot returns the newest snapshot. It never blocks.
func (s *Session) Snapshot() *Snapshot { return s.cur.Load() }

// A Change is one thing that happened, to be given to Apply.
type Change func(*draft)

// draft is a snapshot in the making. Its maps are shared with the snapshot before until the first change clones them.
type draft struct {
	*Snapshot
	ownOpen, ownForeign, ownFacts, ownStudies, ownChanges bool
}

func (d *draft) setOpen(f *File) {
	if !f.URI.IsFile() {
		if !d.ownForeign {
			d.foreign, d.ownForeign = clone(d.foreign), true
		}
		d.foreign[f.URI] = f
		return
	}
	if !d.ownOpen {
		d.open, d.ownOpen = clone(d.open), true
	}
	d.open[f.Path] = f
	d.note(Want{Path: f.Path})
}

// at returns the file at path, nil if there is none or if nobody has looked.
func (d *draft) at(path string) *File {
	if f, ok := d.open[path]; ok {
		return f
	}
	if fact, ok := d.facts[Want{Path: path}]; ok {
		return fact.File
	}
	return nil
}

func clone[K comparable, V any](m map[K]V) map[K]V {
	if m == nil {
		return make(map[K]V)
	}
	return maps.Clone(m)
}

// Apply folds the changes into a new snapshot, publishes and returns it. With no changes it returns the current one.
func (s *Session) Apply(changes ...Change) *Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.cur.Load()
	if len(changes) == 0 {
		return old
	}
	d := &draft{Snapshot: &Snapshot{contents: &contents{
		ID: old.ID + 1, open: old.open, foreign: old.foreign, facts: old.facts,
		machine: old.machine, settings: old.settings, stores: old.stores, memo: old.memo,
		studies: old.studies, touches: old.touches,
		changes: old.changes, forgotten: old.forgotten, places: old.places, arrivals: old.arrivals,
		wants: map[Want]bool{}, questions: map[Topic]bool{}, views: map[string]*View{},
	}}}
	for _, change := range changes {
		change(d)
	}
	s.cur.Store(d.Snapshot)
	return d.Snapshot
}

// Opened says that an editor holds u, or that it holds a new text of it.
func Opened(u uri.URI, version int32, text string) Change {
	return func(d *draft) {
		path := ""
		if u.IsFile() {
			path = filepath.Clean(u.FsPath())
		} else {
			path = u.Path()
		}
		f := newFile(u, path, text)
		f.Open, f.Version = true, version
		if u.IsFile() && f.Kind != Other {
			last := d.at(path)
			if differs(last, f) {
				d.touch(path)
			}
			f.after(last)
		}
		d.setOpen(f)
	}
}

// Closed says that no editor holds u any more; what is on disk counts again, and is looked at anew.
func Closed(u uri.URI) Change {
	return func(d *draft) {
		if !u.IsFile() {
			d.foreign, d.ownForeign = clone(d.foreign), true
			delete(d.foreign, u)
			return
		}
		path := filepath.Clean(u.FsPath())
		if !d.ownOpen {
			d.open, d.ownOpen = clone(d.open), true
		}
		delete(d.open, path)
		d.note(Want{Path: path})
		if KindOf(path) != Other {
			d.touch(path)
		}
		d.forget(Want{Path: path})
	}
}

// Learned says what stands at a path.
func Learned(w Want, f *Fact) Change {
	return func(d *draft) {
		if !d.ownFacts {
			d.facts, d.ownFacts = clone(d.facts), true
		}
		old, known := d.facts[w]
		if !known {
			d.places++
		}
		if known && old.State == Missing && f.State != Missing {
			d.arrivals++
		}
		d.note(w)
		if old != nil && d.open[w.Path] == nil && (old.State != f.State || differs(old.File, f.File)) {
			d.touch(w.Path)
		}
		d.facts[w] = f
	}
}

// Forgotten says that a fact is no longer known to be true: it will be looked at anew when it is wanted.
func Forgotten(w Want) Change { return func(d *draft) { d.forget(w) } }

func (d *draft) forget(w Want) {
	if _, ok := d.facts[w]; !ok {
		return
	}
	if !d.ownFacts {
		d.facts, d.ownFacts = clone(d.facts), true
	}
	delete(d.facts, w)
	d.note(w)
}

// Configured says that the user's settings have changed, and with them perhaps the environment.
func Configured(settings *Settings, m *Machine) Change {
	return func(d *draft) { d.settings, d.machine = settings, m }
}
