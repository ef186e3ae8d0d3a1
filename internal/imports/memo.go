package imports

import (
	"path/filepath"
	"strings"
	"sync"
)

// A Memo carries what was read of directories that can change from one Tree to the next: a directory whose files have not
// changed is not parsed again. The zero value is an empty one. It is safe for concurrent use.
type Memo struct {
	// Dir is where what was read of files that have settled is kept for other processes, "" for nowhere. It is set before the first use.
	Dir string

	mu    sync.Mutex
	roots map[string]*remembered
	dirs  map[string]*scanned
	files map[string]parsed // by path
	seen  map[place]seen
	walks map[pattern]walk
}

// A place is a directory as a tree sees it: a package may be another module's.
type place struct{ root, rel string }

// seen is what stands in a place in one FS.State.
type seen struct {
	state any
	pkg   *Package
}

// A pattern is a root with what is ignored below it.
type pattern struct{ root, ignore string }

// walk is what the pattern ./... looks into in one FS.State.
type walk struct {
	state  any
	dirs   []string
	faults []error
}

// unchanged returns what was seen in a place if that was in this state.
func (m *Memo) unchanged(p place, state any) (*Package, bool) {
	if state == nil {
		return nil, false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.seen[p]
	return s.pkg, ok && s.state == state
}

func (m *Memo) see(p place, state any, pkg *Package) {
	if state == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.seen == nil {
		m.seen = map[place]seen{}
	}
	m.seen[p] = seen{state, pkg}
}

// walked returns what a walk has found if that was in this state, or goes again.
func (m *Memo) walked(p pattern, state any, again func() ([]string, []error)) ([]string, []error) {
	if m == nil || state == nil {
		return again()
	}
	m.mu.Lock()
	w := m.walks[p]
	m.mu.Unlock()
	if w.state == state {
		return w.dirs, w.faults
	}
	dirs, faults := again()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.walks == nil {
		m.walks = map[pattern]walk{}
	}
	m.walks[p] = walk{state, dirs, faults}
	return dirs, faults
}

// parsed is a Go file as it was read.
type parsed struct {
	text string
	file *file
}

// head reads the head of the Go file at a path, or returns what it found last time.
func (m *Memo) head(path, text string) *file {
	m.mu.Lock()
	last, ok := m.files[path]
	m.mu.Unlock()
	if ok && last.text == text {
		return last.file
	}
	f := readFile(text)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.files == nil {
		m.files = map[string]parsed{}
	}
	m.files[path] = parsed{text, f}
	return f
}

// scanned is a directory as it was read.
type scanned struct {
	names []string // of Go files
	texts []string // that those are still the same is seen at once where an FS returns the very same string; see FS.Read
	plain bool     // as the plain reader does, if that is not alike
	alike bool
	pkg   *Package
}

// scan reads a directory's Go files, or returns what it found last time. Where it matters, plain says which reader to use. alike
// reports that it does not.
func (m *Memo) scan(dir string, entries []Entry, read func(path string) (string, error), plain func() bool) (p *Package, alike bool) {
	m.mu.Lock()
	last := m.dirs[dir]
	m.mu.Unlock()
	type text struct {
		text string
		err  error
	}
	texts := map[string]text{}
	next := new(scanned)
	same := last != nil
	for _, e := range entries {
		if e.Dir || !strings.HasSuffix(e.Name, ".go") {
			continue
		}
		s, err := read(filepath.Join(dir, e.Name))
		texts[e.Name] = text{s, err}
		i := len(next.names)
		next.names = append(next.names, e.Name)
		next.texts = append(next.texts, s)
		same = same && err == nil && i < len(last.names) && last.names[i] == e.Name && last.texts[i] == s
	}
	if same && len(last.names) == len(next.names) && (last.alike || last.plain == plain()) {
		return last.pkg, last.alike
	}
	again := func() {
		next.pkg, next.alike = scan(entries, func(name string) (string, error) { return texts[name].text, texts[name].err },
			func(name, text string) *file { return m.head(filepath.Join(dir, name), text) }, next.plain)
	}
	if again(); !next.alike && plain() {
		next.plain = true
		again()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dirs == nil {
		m.dirs = map[string]*scanned{}
	}
	m.dirs[dir] = next
	return next.pkg, next.alike
}
