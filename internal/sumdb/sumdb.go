// Package sumdb proves checksums from what the go command has left on this machine of its conversations with the checksum
// database: records, tiles of the tree that holds them, and signed heads of that tree.
//
// The one idea to keep in mind: nothing on disk is believed. A record counts if the tiles show that it is in a tree whose head
// the database has signed, which is what the go command demands of a server, too. Whoever can write to the module cache can
// make a proof fail, and cannot make one. Nothing is asked of anybody: what the disk does not prove is unknown.
package sumdb

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb"
)

// ErrNoRecord says that the module cache holds no record about a module version.
var ErrNoRecord = errors.New("the module cache has no record of the checksum database about it")

// A Place says which database it is and where the go command keeps what it learns of it.
type Place struct {
	Key      string // the verifier key: NAME+HASH+KEY
	ModCache string // GOMODCACHE, for records and tiles
	Gopath   string // the first directory of GOPATH, for the newest head of the tree; "" if there is none
}

func (p Place) name() string {
	name, _, _ := strings.Cut(p.Key, "+")
	return name
}

// Sums are the checksums that the database vouches for; "" where it has none.
type Sums struct {
	Zip string // of the module
	Mod string // of its go.mod file alone
}

// A Records proves what is at one Place. What was proved is kept, for it cannot become false. It is safe for concurrent use.
type Records struct {
	place Place

	mu     sync.Mutex
	proved map[module.Version]Sums
	failed map[module.Version]failure
	shared *prover // under the newest head; nil after a failure, for x/mod's client remembers those
	head   stamp   // of that head
}

// A failure is kept for as long as the files that it came from are the same.
type failure struct {
	seen [2]stamp
	err  error
}

type stamp struct {
	size, modTime int64
}

// New returns the records at a place.
func New(p Place) *Records {
	return &Records{place: p, proved: map[module.Version]Sums{}, failed: map[module.Version]failure{}}
}

// Lookup returns what the database says about a module version, proved. The error is ErrNoRecord if there is nothing on this
// machine, and another one if what is there proves nothing.
func (r *Records) Lookup(m module.Version) (Sums, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if sums, ok := r.proved[m]; ok {
		return sums, nil
	}
	file, err := r.File(m)
	if err != nil {
		return Sums{}, err
	}
	record, ok := stampOf(file)
	if !ok {
		return Sums{}, ErrNoRecord
	}
	head, _ := stampOf(r.place.head())
	seen := [2]stamp{record, head}
	if f, ok := r.failed[m]; ok && f.seen == seen {
		return Sums{}, f.err
	}
	sums, err := r.prove(m, head)
	if err != nil {
		r.failed[m] = failure{seen, err}
		return Sums{}, err
	}
	r.proved[m] = sums
	delete(r.failed, m)
	return sums, nil
}

// File returns where the go command keeps the record of a module version.
func (r *Records) File(m module.Version) (string, error) {
	path, err := module.EscapePath(m.Path)
	if err != nil {
		return "", err
	}
	version, err := module.EscapeVersion(m.Version)
	if err != nil {
		return "", err
	}
	return filepath.Join(r.place.cache(), filepath.FromSlash(r.place.name()), "lookup", filepath.FromSlash(path)+"@"+version), nil
}

func (p Place) cache() string { return filepath.Join(p.ModCache, "cache", "download", "sumdb") }

func (p Place) head() string {
	if p.Gopath == "" {
		return ""
	}
	return filepath.Join(p.Gopath, "pkg", "sumdb", filepath.FromSlash(p.name()), "latest")
}

func stampOf(file string) (stamp, bool) {
	info, err := os.Stat(file)
	if err != nil {
		return stamp{}, false
	}
	return stamp{info.Size(), info.ModTime().UnixNano()}, true
}

// prove tries the newest head that the go command has seen, which also shows that the database has not forked. Tiles for that
// head may not be there for a record fetched earlier; then the head that came with the record has to do.
func (r *Records) prove(m module.Version, head stamp) (Sums, error) {
	if r.shared == nil || r.head != head {
		r.shared, r.head = newProver(r.place, true), head
	}
	sums, err := r.shared.prove(m)
	if err == nil {
		return sums, nil
	}
	r.shared = nil
	if errors.Is(err, errMisbehaving) {
		return Sums{}, err
	}
	return newProver(r.place, false).prove(m)
}

// errMisbehaving says that two heads that the database has signed contradict each other.
var errMisbehaving = errors.New("the checksum database has signed trees that contradict each other")

type prover struct {
	disk   *disk
	client *sumdb.Client
}

func newProver(p Place, newest bool) *prover {
	d := &disk{place: p, newest: newest}
	return &prover{d, sumdb.NewClient(d)}
}

func (p *prover) prove(m module.Version) (Sums, error) {
	zip, err := p.sum(m.Path, m.Version)
	if err != nil {
		return Sums{}, err
	}
	mod, err := p.sum(m.Path, m.Version+"/go.mod")
	return Sums{Zip: zip, Mod: mod}, err
}

func (p *prover) sum(path, version string) (string, error) {
	lines, err := p.client.Lookup(path, version)
	switch {
	case p.disk.misbehaving:
		return "", errMisbehaving
	case err != nil:
		return "", fmt.Errorf("the record of the checksum database proves nothing: %w", err)
	}
	for _, line := range lines {
		if f := strings.Fields(line); len(f) == 3 && strings.HasPrefix(f[2], "h1:") {
			return f[2], nil
		}
	}
	return "", nil
}

// A disk is the side of x/mod's client that knows files. It writes nothing and reaches nobody.
type disk struct {
	place       Place
	newest      bool
	misbehaving bool
}

var errOffline = errors.New("not on this machine")

func (d *disk) ReadRemote(string) ([]byte, error) { return nil, errOffline }

func (d *disk) ReadConfig(file string) ([]byte, error) {
	head := d.place.head()
	switch {
	case file == "key":
		return []byte(d.place.Key), nil
	case !d.newest, head == "":
		return nil, nil
	}
	data, err := os.ReadFile(head)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

func (d *disk) WriteConfig(string, []byte, []byte) error { return nil }

func (d *disk) ReadCache(file string) ([]byte, error) {
	if !filepath.IsLocal(filepath.FromSlash(file)) {
		return nil, errOffline
	}
	data, err := os.ReadFile(filepath.Join(d.place.cache(), filepath.FromSlash(file)))
	if err == nil && len(data) == 0 { // the go command creates the file before it writes it
		err = errOffline
	}
	return data, err
}

func (d *disk) WriteCache(string, []byte) {}
func (d *disk) Log(string)                {}
func (d *disk) SecurityError(string)      { d.misbehaving = true }
