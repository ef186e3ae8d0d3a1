// Package modcache reads the module cache: the part of the world that never changes.
//
// The one idea to keep in mind: the go.mod file, the checksum and the files of a module version are the same for ever, so
// a hit is read once and kept for the life of the process, and a miss is never kept, because a download may end it at any
// moment. The package only reads; it never downloads and never writes.
package modcache

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"go/version"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"

	"github.com/gomodls/gomodls/internal/sumdb"
)

// ErrMissing says that a module version's file is not on this machine.
var ErrMissing = errors.New("not in the module cache")

// Stores holds one Store for each place that module versions are read from. The zero value is not usable; see NewStores.
type Stores struct {
	names *Names
	mu    sync.Mutex
	at    map[string]*Store
	sums  map[sumdb.Place]*sumdb.Records

	keepIn, keepFor string // see Keep
}

// NewStores returns an empty set, for the life of a process.
func NewStores() *Stores {
	return &Stores{names: NewNames(), at: map[string]*Store{}, sums: map[sumdb.Place]*sumdb.Records{}}
}

// Names returns the table that all stores of the set share.
func (s *Stores) Names() *Names { return s.names }

// At returns the store that reads the module cache in dir (GOMODCACHE) and then the trees of file:// proxies, in order.
func (s *Stores) At(dir string, proxies []string) *Store {
	key := strings.Join(append([]string{dir}, proxies...), "\x00")
	s.mu.Lock()
	defer s.mu.Unlock()
	st, ok := s.at[key]
	if !ok {
		st = &Store{names: s.names, dir: dir, proxies: proxies, mods: map[NodeID]*Mod{}, there: map[PathID]bool{}, zips: map[zipKey]string{}}
		if dir != "" {
			st.downloads = filepath.Join(dir, "cache", "download") + separator
		}
		st.recall = sync.OnceFunc(func() {
			of := dir
			if len(proxies) > 0 { // whose files may stand for those of the module cache
				of = ""
			}
			r := s.recall(of)
			st.mu.Lock()
			defer st.mu.Unlock()
			st.recalled = r
		})
		s.at[key] = st
	}
	return st
}

// Records returns the proofs of the checksum database at a place.
func (s *Stores) Records(p sumdb.Place) *sumdb.Records {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.sums[p]
	if !ok {
		r = sumdb.New(p)
		s.sums[p] = r
	}
	return r
}

// A Store reads what is immutable about module versions, each thing once. It is safe for concurrent use.
type Store struct {
	names   *Names
	dir     string
	proxies []string

	downloads string // where files of versions are in the module cache, with a separator at the end
	recall    func() // sets recalled, once; mu must not be locked

	mu       sync.RWMutex
	recalled *recalled
	mods     map[NodeID]*Mod
	there    map[PathID]bool // the modules that something in the module cache has been read of
	zips     map[zipKey]string
}

// Names returns the table that turns module versions into the integers used here.
func (s *Store) Names() *Names { return s.names }

// Dir returns the module cache's directory.
func (s *Store) Dir() string { return s.dir }

// A Mod is what the go.mod file of one module version, or of a directory that replaces one, says to those who require it:
// cmd/go's modFileSummary. It is immutable.
type Mod struct {
	Path       string   // the module path that it declares
	Go         string   // its go line; "" if it has none
	Pruned     bool     // its go line is 1.17 or above
	Requires   []NodeID // in the file's order; with a go line of 1.21 or above, Counts comes last
	Counts     NodeID   // go@line, where the go line is 1.21 or above and so is one of the requirements; else 0
	Retract    []modfile.VersionInterval
	Deprecated string
	Err        error // why it cannot be read, in modfile's words; all else but Hash is zero then

	hash func() string
}

// Hash returns the checksum that go.sum holds for the file.
func (m *Mod) Hash() string { return m.hash() }

// ParseMod reads a go.mod file as cmd/go reads those of dependencies: laxly, dropping what only counts in a main module.
func ParseMod(names *Names, text string) *Mod {
	m := &Mod{hash: sync.OnceValue(func() string { return hashMod(text) })}
	f, err := modfile.ParseLax("go.mod", []byte(text), nil)
	if err != nil {
		m.Err = err
		return m
	}
	if f.Module != nil {
		m.Path, m.Deprecated = f.Module.Mod.Path, f.Module.Deprecated
	}
	m.Requires = make([]NodeID, 0, len(f.Require)+1)
	for _, r := range f.Require {
		m.Requires = append(m.Requires, names.Node(r.Mod))
	}
	for _, r := range f.Retract {
		m.Retract = append(m.Retract, r.VersionInterval)
	}
	if f.Go != nil {
		m.Go = f.Go.Version
		m.Pruned = version.Compare("go"+m.Go, "go1.17") >= 0
		if version.Compare("go"+m.Go, "go1.21") >= 0 {
			m.Counts = names.Node(module.Version{Path: "go", Version: m.Go})
			m.Requires = append(m.Requires, m.Counts)
		}
	}
	return m
}

func hashMod(text string) string {
	h, err := dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(text)), nil
	})
	if err != nil { // only if reading a string fails
		panic(err)
	}
	return h
}

// Mod returns the go.mod file of a module version, from memory, the module cache or a file:// proxy. The error is
// ErrMissing if none of them has it, and another one if it is there and cannot be read.
func (s *Store) Mod(id NodeID) (*Mod, error) {
	s.mu.RLock()
	m, ok := s.mods[id]
	s.mu.RUnlock()
	if ok {
		return m, nil
	}
	v := s.names.Version(id)
	m, err := recalling(s, id, v, ".mod", func(r *recalled) map[NodeID]stamped[*Mod] { return r.mods }, func() (*Mod, error) {
		text, err := s.read(v, ".mod")
		if err != nil {
			return nil, err
		}
		return ParseMod(s.names, text), nil
	})
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if first, ok := s.mods[id]; ok {
		return first, nil
	}
	s.mods[id] = m
	if len(s.proxies) == 0 { // so it does not come from one
		s.there[s.names.PathOf(id)] = true
	}
	return m, nil
}

// File returns where the module cache keeps a file of a module version: ext is ".mod", ".info", ".ziphash" or ".zip". It
// returns "" for paths and versions that cannot stand in a module cache.
func (s *Store) File(m module.Version, ext string) string {
	rel := relative(m, ext)
	if rel == "" || s.dir == "" {
		return ""
	}
	return filepath.Join(s.dir, "cache", "download", rel)
}

func relative(m module.Version, ext string) string {
	path, err := module.EscapePath(m.Path)
	if err != nil {
		return ""
	}
	v, err := module.EscapeVersion(m.Version)
	if err != nil {
		return ""
	}
	return filepath.Join(filepath.FromSlash(path), "@v", v+ext)
}

func (s *Store) read(m module.Version, ext string) (string, error) {
	rel := relative(m, ext)
	if rel == "" {
		return "", ErrMissing
	}
	dirs := make([]string, 0, 1+len(s.proxies))
	if s.dir != "" {
		dirs = append(dirs, filepath.Join(s.dir, "cache", "download"))
	}
	for i, dir := range append(dirs, s.proxies...) {
		data, err := os.ReadFile(filepath.Join(dir, rel))
		switch {
		case err == nil && i == 0 && bytes.HasPrefix(data, []byte("//vgo 0.0.")): // cmd/go takes these for absent
		case err == nil:
			return string(data), nil
		case !errors.Is(err, fs.ErrNotExist) && i > 0: // a cache that cannot be read is one that has nothing
			return "", err
		}
	}
	return "", ErrMissing
}

// ZipHash returns the checksum that the module cache recorded when it downloaded the zip of m, or ErrMissing, also while go is
// writing it.
func (s *Store) ZipHash(m module.Version) (string, error) {
	return recalling(s, s.names.Node(m), m, ".ziphash", func(r *recalled) map[NodeID]stamped[string] { return r.zips }, func() (string, error) {
		path := s.File(m, ".ziphash")
		if path == "" {
			return "", ErrMissing
		}
		data, err := os.ReadFile(path)
		hash := strings.TrimSpace(string(data))
		if errors.Is(err, fs.ErrNotExist) || err == nil && hash == "" {
			return "", ErrMissing
		}
		return hash, err
	})
}

// maxZip is the size of a zip that ZipSum hashes: large enough for nearly all modules, small enough to be done in passing.
const maxZip = 8 << 20

// ZipSum returns the checksum of a module's zip in the module cache, made from the zip itself. It is ErrMissing if there is
// none or it is too large to be looked at in passing, and another error if it is not what was once downloaded.
func (s *Store) ZipSum(m module.Version) (string, error) {
	zip := s.File(m, ".zip")
	recorded, err := s.ZipHash(m)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(zip)
	if err != nil || info.Size() > maxZip {
		return "", ErrMissing
	}
	key := zipKey{zip, info.Size(), info.ModTime().UnixNano()}
	s.mu.RLock()
	sum, ok := s.zips[key]
	s.mu.RUnlock()
	if !ok {
		if sum, err = dirhash.HashZip(zip, dirhash.Hash1); err != nil {
			return "", err
		}
		s.mu.Lock()
		s.zips[key] = sum
		s.mu.Unlock()
	}
	if sum != recorded {
		return "", errors.New("the zip in the module cache has been modified")
	}
	return sum, nil
}

type zipKey struct {
	path          string
	size, modTime int64
}

// Versions returns the versions of a module whose go.mod file is in the module cache, in no order: those that can be had
// without a download, not all there are.
func (s *Store) Versions(path string) []string {
	escaped, err := module.EscapePath(path)
	if err != nil || s.dir == "" {
		return nil
	}
	entries, err := os.ReadDir(filepath.Join(s.dir, "cache", "download", filepath.FromSlash(escaped), "@v"))
	if err != nil {
		return nil
	}
	var versions []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".mod"); ok {
			if v, err := module.UnescapeVersion(name); err == nil {
				versions = append(versions, v)
			}
		}
	}
	return versions
}

// Has reports whether the go.mod file of any version of a module is, or was, in the module cache.
func (s *Store) Has(path string) bool {
	s.mu.RLock()
	there := s.there[s.names.Path(path)]
	s.mu.RUnlock()
	return there || len(s.Versions(path)) > 0
}

// Loaded returns the go.mod file of a module version if it has been read before. It touches no disk.
func (s *Store) Loaded(id NodeID) (*Mod, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	m, ok := s.mods[id]
	return m, ok
}

// Recorded reports whether the module cache holds a record of the checksum database of that name about any version of the
// module. The database has records of public modules only.
func (s *Store) Recorded(database, path string) bool {
	escaped, err := module.EscapePath(path)
	if err != nil || database == "" || s.dir == "" {
		return false
	}
	lookup := filepath.Join(s.dir, "cache", "download", "sumdb", filepath.FromSlash(database), "lookup", filepath.FromSlash(escaped))
	entries, err := os.ReadDir(filepath.Dir(lookup))
	if err != nil {
		return false
	}
	prefix := filepath.Base(lookup) + "@"
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), prefix) {
			return true
		}
	}
	return false
}
