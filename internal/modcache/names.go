package modcache

import (
	"go/version"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// A PathID stands for a module path, a NodeID for a module path at a version. Both are small integers, so that the walk over
// a module graph compares and indexes integers rather than strings. Zero is no path and no node.
type (
	PathID int32
	NodeID int32
)

// Names hands out PathIDs and NodeIDs. It only grows, by the module versions that were ever met, and is safe for
// concurrent use.
type Names struct {
	mu    sync.RWMutex
	paths map[string]PathID
	nodes map[module.Version]NodeID

	// Both tables only grow by appending, and a slice header is published after its last element was written; so whoever
	// holds an ID may read the table without a lock.
	path atomic.Pointer[[]string]
	node atomic.Pointer[[]node]
}

type node struct {
	path    PathID
	version string
	order   order
}

// NewNames returns an empty table.
func NewNames() *Names {
	n := &Names{paths: map[string]PathID{}, nodes: map[module.Version]NodeID{}}
	paths, nodes := make([]string, 1, 1024), make([]node, 1, 4096)
	n.path.Store(&paths)
	n.node.Store(&nodes)
	return n
}

// Path returns the ID of a module path.
func (n *Names) Path(path string) PathID {
	n.mu.RLock()
	id, ok := n.paths[path]
	n.mu.RUnlock()
	if ok {
		return id
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.addPath(path)
}

func (n *Names) addPath(path string) PathID {
	if id, ok := n.paths[path]; ok {
		return id
	}
	path = strings.Clone(path)
	table := append(*n.path.Load(), path)
	id := PathID(len(table) - 1)
	n.path.Store(&table)
	n.paths[path] = id
	return id
}

// Node returns the ID of a module version.
func (n *Names) Node(m module.Version) NodeID {
	n.mu.RLock()
	id, ok := n.nodes[m]
	n.mu.RUnlock()
	if ok {
		return id
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if id, ok := n.nodes[m]; ok {
		return id
	}
	path := n.addPath(m.Path)
	m = module.Version{Path: (*n.path.Load())[path], Version: strings.Clone(m.Version)}
	table := append(*n.node.Load(), node{path: path, version: m.Version, order: orderOf(m)})
	id = NodeID(len(table) - 1)
	n.node.Store(&table)
	n.nodes[m] = id
	return id
}

// Find returns the ID of a module version, and false if it was never met.
func (n *Names) Find(m module.Version) (NodeID, bool) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	id, ok := n.nodes[m]
	return id, ok
}

// Len returns bounds of the IDs given out so far: every PathID is below paths and every NodeID below nodes.
func (n *Names) Len() (paths, nodes int) { return len(*n.path.Load()), len(*n.node.Load()) }

// PathString returns the path that id stands for.
func (n *Names) PathString(id PathID) string { return (*n.path.Load())[id] }

// Version returns the module version that id stands for.
func (n *Names) Version(id NodeID) module.Version {
	nd := (*n.node.Load())[id]
	return module.Version{Path: n.PathString(nd.path), Version: nd.version}
}

// PathOf returns the path of a node.
func (n *Names) PathOf(id NodeID) PathID { return (*n.node.Load())[id].path }

// Compare orders two versions of one path as cmd/go's modload.cmpVersion does: the main module's "" is above everything,
// go and toolchain versions are compared as such, all others by semantic versioning, which ignores "+incompatible".
func (n *Names) Compare(a, b NodeID) int {
	if a == b {
		return 0
	}
	table := *n.node.Load()
	x, y := &table[a].order, &table[b].order
	if x.rank != y.rank {
		return int(x.rank) - int(y.rank)
	}
	if c := slices.Compare(x.number[:], y.number[:]); c != 0 {
		return c
	}
	switch {
	case x.text == y.text:
		return 0
	case x.gover:
		return version.Compare(x.text, y.text)
	case x.word && y.word:
		return strings.Compare(x.text, y.text)
	}
	return semver.Compare(x.text, y.text)
}

// Versions below are ordered by rank, then number, and only then, rarely, by a comparison of text.
const (
	rankInvalid = iota // also "none"
	rankVersion
	rankMain // the version "" of a main module
)

type order struct {
	rank   int8
	gover  bool
	number [3]int32
	text   string // what is compared last: the version with what number does not hold, or "" if there is nothing more
	word   bool   // text ends in a prerelease that is one word, as that of most pseudo-versions, so that it is compared as text
}

func orderOf(m module.Version) order {
	if m.Version == "" {
		return order{rank: rankMain}
	}
	switch m.Path {
	case "go":
		return goOrder("go" + m.Version)
	case "toolchain":
		return goOrder(toolchainVersion(m.Version))
	}
	if !semver.IsValid(m.Version) {
		return order{rank: rankInvalid}
	}
	o := order{rank: rankVersion}
	rest := strings.TrimSuffix(m.Version, semver.Build(m.Version))[1:]
	for i := range o.number {
		n, digits := int64(0), 0
		for digits < len(rest) && '0' <= rest[digits] && rest[digits] <= '9' && n < 1<<31/10 {
			n = n*10 + int64(rest[digits]-'0')
			digits++
		}
		if digits < len(rest) && '0' <= rest[digits] && rest[digits] <= '9' {
			return order{rank: rankVersion, number: [3]int32{1<<31 - 1}, text: m.Version} // too large for a number
		}
		o.number[i] = int32(n)
		rest = strings.TrimPrefix(rest[digits:], ".")
	}
	o.text = rest
	if rest == "" {
		o.text = "v0.0.0" // a release is above all its prereleases
	} else {
		o.text = "v0.0.0" + rest
		o.word = strings.IndexByte(rest, '.') < 0 && strings.ContainsFunc(rest[1:], func(r rune) bool { return r < '0' || '9' < r })
	}
	return o
}

func goOrder(v string) order {
	if !version.IsValid(v) || strings.Contains(v, "-") { // go/version allows a suffix, cmd/go's gover does not
		return order{rank: rankInvalid}
	}
	return order{rank: rankVersion, gover: true, text: v}
}

// toolchainVersion returns the version that a toolchain's name speaks of, with "go" in front, or "" if it has none; see
// cmd/go/internal/gover.FromToolchain and maybeToolchainVersion.
func toolchainVersion(name string) string {
	if version.IsValid("go"+name) && !strings.Contains(name, "-") {
		return "go" + name
	}
	if strings.ContainsAny(name, "/\\") {
		return ""
	}
	if i := strings.IndexAny(name, " \t-"); i >= 0 {
		name = name[:i]
	}
	if !strings.HasPrefix(name, "go") || !version.IsValid(name) {
		return ""
	}
	return name
}

// Valid reports whether a node's version is one that can be selected: an invalid version, like "none", never is.
func (n *Names) Valid(id NodeID) bool { return (*n.node.Load())[id].order.rank != rankInvalid }
