package imports

import (
	"path/filepath"
	"strings"
	"sync"
)

// A Memo carries what was read of directories that can change from one Tree to the next: a directory whose files have not
// changed is not parsed again. The zero value is an empty one. It is safe for concurrent use.
type Memo struct {
	mu    sync.Mutex
	dirs  map[string]*scanned
	files map[string]parsed // by path
}

// parsed is a Go file as it was read.
type parsed struct {
	text string
	file *file
}

// file reads the head of the Go file at a path, or returns what it found last time. The nil Memo remembers nothing.
func (m *Memo) file(path, text string) *file {
	if m == nil {
		return readFile(text)
	}
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
	plain bool
	pkg   *Package
}

// scan reads a directory's Go files, or returns what it found last time.
func (m *Memo) scan(dir string, entries []Entry, read func(path string) (string, error), plain bool) *Package {
	m.mu.Lock()
	last := m.dirs[dir]
	m.mu.Unlock()
	type text struct {
		text string
		err  error
	}
	texts := map[string]text{}
	next := &scanned{plain: plain}
	same := last != nil && last.plain == plain
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
	if same && len(last.names) == len(next.names) {
		return last.pkg
	}
	next.pkg = scan(entries, func(name string) (string, error) { return texts[name].text, texts[name].err },
		func(name, text string) *file { return m.file(filepath.Join(dir, name), text) }, plain)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dirs == nil {
		m.dirs = map[string]*scanned{}
	}
	m.dirs[dir] = next
	return next.pkg
}
