package modcache

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/keep"
)

// Format is the version of the files that Save writes, which changes with the format and with what is noted of a go.mod file. It is
// part of their names, so that two versions of gomodls do not take turns in replacing them.
const Format = "1"

const magic = "gomodls modules " + Format + "\n" // begins a file

// recalled is what is known of files in the module cache by their stamps. It outlives the process.
type recalled struct {
	file  string // "" if nothing is kept
	mods  map[NodeID]stamped[*Mod]
	zips  map[NodeID]stamped[string] // the content of .ziphash files
	clock func() time.Time
	used  map[NodeID]bool // those that were asked for in this process
	news  bool            // there is more than in the file
}

type stamped[T any] struct {
	stamp keep.Stamp
	value T
}

// most is how many go.mod files one file tells about.
const most = 20_000

// Keep has what the stores read from now on kept in a directory for other processes that say the same about what it is for, and
// what those have kept taken over. It is for the first call before anything is read.
func (s *Stores) Keep(dir, what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keepIn == "" {
		s.keepIn, s.keepFor = dir, what
	}
}

// Save writes down what has been read, for other processes, where that is more than they know.
func (s *Stores) Save() error {
	s.mu.Lock()
	stores := slices.Collect(maps.Values(s.at))
	s.mu.Unlock()
	return keep.PutAll(stores, (*Store).encode)
}

// recall takes over what another process has kept of the module cache in a directory, "" for one that is not to be kept.
func (s *Stores) recall(dir string) *recalled {
	r := &recalled{mods: map[NodeID]stamped[*Mod]{}, zips: map[NodeID]stamped[string]{}, used: map[NodeID]bool{}, clock: time.Now}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keepIn == "" || dir == "" {
		return r
	}
	r.file = filepath.Join(s.keepIn, fmt.Sprintf("%x.modules"+Format, sha256.Sum256([]byte(dir+"\x00"+s.keepFor))))
	if kept, ok := keep.Get(r.file, magic); ok {
		if mods, zips, ok := decode(kept, s.names, dir); ok {
			r.mods, r.zips = mods, zips
		}
	}
	return r
}

// stamp returns the stamp of a file that has settled.
func (r *recalled) stamp(file string) (stamp keep.Stamp, ok bool) {
	if r.file == "" || file == "" {
		return stamp, false
	}
	info, err := os.Stat(file)
	if err != nil || !info.Mode().IsRegular() {
		return stamp, false
	}
	stamp, ok = keep.StampOf(info)
	return stamp, ok && stamp.Before(r.clock().Add(-keep.Restless))
}

// recalling returns what a file of a module version says: what is known of it among what of gives, or what read finds.
func recalling[T any](s *Store, id NodeID, m module.Version, ext string, of func(*recalled) map[NodeID]stamped[T], read func() (T, error)) (T, error) {
	s.recall()
	s.mu.RLock()
	k, known := of(s.recalled)[id]
	s.mu.RUnlock()
	file := ""
	switch {
	case s.recalled.file == "":
	case known:
		file = s.known(m, ext)
	default:
		file = s.File(m, ext)
	}
	stamp, sure := s.recalled.stamp(file)
	known = known && sure && k.stamp == stamp
	if !known {
		value, err := read()
		if err != nil || !sure {
			return value, err
		}
		k = stamped[T]{stamp, value}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recalled.used[id] = true
	if !known {
		of(s.recalled)[id], s.recalled.news = k, true
	}
	return k.value, nil
}

// encode returns what is to be written, and where; nil if there is no need to.
func (s *Store) encode() (file string, data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.recalled
	if r == nil || r.file == "" || !r.news || len(r.used) > most {
		return "", nil
	}
	r.news = false
	w := new(keep.Writer)
	w.Text(s.dir)
	numbers := map[NodeID]uint64{}
	var nodes []NodeID
	number := func(id NodeID) uint64 {
		n, ok := numbers[id]
		if !ok {
			n = uint64(len(nodes))
			numbers[id] = n
			nodes = append(nodes, id)
		}
		return n
	}
	for id := range r.used {
		number(id)
		if k, ok := r.mods[id]; ok {
			for _, q := range k.value.Requires {
				number(q)
			}
		}
	}
	w.Number(uint64(len(nodes)))
	for _, id := range nodes {
		m := s.names.Version(id)
		w.Text(m.Path)
		w.Text(m.Version)
	}
	w.Number(uint64(len(r.used)))
	for id := range r.used {
		w.Number(number(id))
		k, ok := r.mods[id]
		ok = ok && k.value.Err == nil
		w.Flag(ok)
		if ok {
			w.Stamp(k.stamp)
			m := k.value
			w.Text(m.Path)
			w.Text(m.Go)
			w.Flag(m.Pruned)
			w.Number(uint64(len(m.Requires)))
			for _, q := range m.Requires {
				w.Number(number(q))
			}
			w.Flag(m.Counts != 0)
			w.Number(uint64(len(m.Retract)))
			for _, v := range m.Retract {
				w.Text(v.Low)
				w.Text(v.High)
			}
			w.Text(m.Deprecated)
			w.Text(m.Hash())
		}
		z, ok := r.zips[id]
		w.Flag(ok)
		if ok {
			w.Stamp(z.stamp)
			w.Text(z.value)
		}
	}
	return r.file, w.Sealed(magic)
}

func decode(r *keep.Reader, names *Names, dir string) (mods map[NodeID]stamped[*Mod], zips map[NodeID]stamped[string], ok bool) {
	if r.Text() != dir {
		return nil, nil, false
	}
	nodes := make([]NodeID, r.Count())
	for i := range nodes {
		nodes[i] = names.Node(module.Version{Path: r.Text(), Version: r.Text()})
	}
	node := func() NodeID {
		i := r.Number()
		if i >= uint64(len(nodes)) {
			ok = false
			return 0
		}
		return nodes[i]
	}
	ok = true
	n := r.Count()
	mods, zips = make(map[NodeID]stamped[*Mod], n), make(map[NodeID]stamped[string], n)
	for range n {
		id := node()
		if r.Flag() {
			k := stamped[*Mod]{stamp: r.Stamp()}
			m := &Mod{Path: r.Text(), Go: r.Text(), Pruned: r.Flag()}
			m.Requires = make([]NodeID, r.Count())
			for i := range m.Requires {
				m.Requires[i] = node()
			}
			if last := len(m.Requires) - 1; r.Flag() {
				if last < 0 {
					return nil, nil, false
				}
				m.Counts = m.Requires[last]
			}
			for range r.Count() {
				m.Retract = append(m.Retract, modfile.VersionInterval{Low: r.Text(), High: r.Text()})
			}
			m.Deprecated = r.Text()
			hash := r.Text()
			m.hash = func() string { return hash }
			k.value = m
			mods[id] = k
		}
		if r.Flag() {
			zips[id] = stamped[string]{r.Stamp(), r.Text()}
		}
	}
	return mods, zips, ok && r.Done()
}

// known returns where a file of the module cache is, of a version that has been found there before: as File does, without
// checking the path and the version again.
func (s *Store) known(m module.Version, ext string) string {
	return s.downloads + filepath.FromSlash(escaped(m.Path)) + separator + "@v" + separator + escaped(m.Version) + ext
}

const separator = string(filepath.Separator)

// escaped writes capital letters as module.EscapePath does.
func escaped(s string) string {
	if strings.IndexFunc(s, isCapital) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if isCapital(r) {
			b.WriteByte('!')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

func isCapital(r rune) bool { return 'A' <= r && r <= 'Z' }
