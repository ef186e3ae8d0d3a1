// Package gosum says which lines of go.sum the go command demands, which it has, and which are wrong.
//
// The one idea to keep in mind: in readonly mode the go command demands a line before it reads the file that the line
// protects, and it compares hashes in the order in which go.sum holds them: the first that is equal is enough, and the first
// that differs is fatal. The source of the rules is cmd/go/internal/modfetch/fetch.go and modload.goModSummary.
package gosum

import (
	"iter"
	"slices"
	"strings"
	"sync"
	"weak"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/syntax"
)

// emptyModHash is the checksum of an empty go.mod, which old versions of go wrote by mistake: lines with it do not count.
const emptyModHash = "h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY="

// An Index finds the lines of one go.sum by what they protect. The nil Index is that of a missing file. It is safe for
// concurrent use.
type Index struct {
	entries []syntax.SumLine
	first   map[key]int32 // one more than the place of the first line in entries, or, with an edit, in those that it is an edit of
	next    []int32       // the same of the next line with the same key; nil where no key has two lines
	edit    *edit

	mu      sync.Mutex
	known   []uint8 // by node of a graph: what was found out about its go.mod file, as bits
	missing last[[]*modgraph.Node]
	held    last[held]
	lacking places
	refuted places

	names    *modcache.Names
	versions []modcache.NodeID // in names; see versionsIn
}

// places are those that were found in the list that was asked about last.
type places struct {
	list any
	at   []int
}

// of returns the places of a list of n things for which found holds. The list itself, a pointer, stands for what found returns: it is
// gone through once, for as long as nobody asks about another.
func (p *places) of(list any, n int, found func(i int) bool) []int {
	if p.list != list {
		p.list, p.at = list, nil
		for i := range n {
			if found(i) {
				p.at = append(p.at, i)
			}
		}
	}
	return slices.Clip(p.at)
}

// A last is what was said of the graph that was asked about last. Most edits leave the graph as it is.
type last[T any] struct {
	graph weak.Pointer[modgraph.Graph]
	value T
}

// of returns what find says of a graph.
func (l *last[T]) of(g *modgraph.Graph, find func() T) T {
	if g = g.Plain(); l.graph.Value() != g {
		l.graph, l.value = weak.Make(g), find()
	}
	return l.value
}

// An edit says what of an Index is another than in the one whose map it shares. No key has two lines in either.
type edit struct {
	*syntax.SumEdit
	added   map[key]int32 // as first, for the lines that are others
	changed []key         // those, and the keys of the lines that are no more
}

// After returns NewIndex(s), where base is the index of what s is an edit of.
func After(base *Index, s *syntax.Sum) *Index {
	if s.Edit == nil || base.edit != nil || base.next != nil {
		return NewIndex(s)
	}
	e := &edit{SumEdit: s.Edit, added: map[key]int32{}}
	for _, l := range base.entries[e.From:e.BaseTo] {
		e.changed = append(e.changed, keyOfLine(&l))
	}
	x := &Index{entries: s.Entries, first: base.first, edit: e}
	for i := e.From; i < e.To; i++ {
		l := &s.Entries[i]
		if l.Hash == emptyModHash {
			continue
		}
		k := keyOfLine(l)
		if x.find(k) != 0 {
			return NewIndex(s)
		}
		e.added[k] = int32(i + 1)
		e.changed = append(e.changed, k)
	}
	base.mu.Lock()
	defer base.mu.Unlock()
	x.known = slices.Clone(base.known)
	return x
}

// find returns one more than the place of the first line about a key in entries, or 0.
func (x *Index) find(k key) int32 {
	if x.edit == nil {
		return x.first[k]
	}
	if i := x.edit.added[k]; i != 0 {
		return i
	}
	switch i := int(x.first[k]); {
	case i > x.edit.BaseTo:
		return int32(i - x.edit.BaseTo + x.edit.To)
	case i <= x.edit.From:
		return int32(i)
	}
	return 0
}

func keyOfLine(l *syntax.SumLine) key { return key{l.Path, l.Version, l.GoMod} }

type key struct {
	path, version string
	mod           bool
}

func keyOf(m module.Version) key {
	version, mod := strings.CutSuffix(m.Version, "/go.mod")
	return key{m.Path, version, mod}
}

// What an Index knows of a go.mod file.
const (
	looked   = 1 << iota // for lines about it
	compared             // its hash with them
	listed               // there is a line, understood or not
	has                  // there is one that the go command understands
	contradicts
	checked // that the edit has changed no line about it
)

// NewIndex reads a go.sum file. The key of a line that protects a go.mod file has a version that ends in "/go.mod".
func NewIndex(s *syntax.Sum) *Index {
	x := &Index{entries: s.Entries, first: make(map[key]int32, len(s.Entries))}
	var last map[key]int32
	for i := range s.Entries {
		e := &s.Entries[i]
		if e.Hash == emptyModHash {
			continue
		}
		k := keyOfLine(e)
		if x.first[k] == 0 {
			x.first[k] = int32(i + 1)
			continue
		}
		if last == nil {
			last, x.next = map[key]int32{}, make([]int32, len(s.Entries))
		}
		from := last[k]
		if from == 0 {
			from = x.first[k]
		}
		x.next[from-1], last[k] = int32(i+1), int32(i+1)
	}
	return x
}

// Lines returns the lines about key in the order of the file.
func (x *Index) Lines(key module.Version) []*syntax.SumLine {
	var lines []*syntax.SumLine
	for l := range x.each(keyOf(key)) {
		lines = append(lines, l)
	}
	return lines
}

// each goes through the lines about a key.
func (x *Index) each(k key) iter.Seq[*syntax.SumLine] {
	return func(yield func(*syntax.SumLine) bool) {
		if x == nil {
			return
		}
		for i := x.find(k); i != 0; i = x.next[i-1] {
			if !yield(&x.entries[i-1]) || x.next == nil {
				return
			}
		}
	}
}

// Has reports whether there is a checksum for key that the go command understands.
func (x *Index) Has(key module.Version) bool { return x.has(keyOf(key)) }

func (x *Index) has(k key) bool {
	for l := range x.each(k) {
		if strings.HasPrefix(l.Hash, "h1:") {
			return true
		}
	}
	return false
}

// Lacking returns the places of the n keys of a list for which Has does not hold. The list stands for what key returns.
func (x *Index) Lacking(list any, n int, key func(i int) module.Version) []int {
	if x == nil {
		return new(places).of(list, n, func(int) bool { return true })
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.lacking.of(list, n, func(i int) bool { return !x.Has(key(i)) })
}

// Refuted returns the places of the n files of a list that AnyContradiction has a line about; a file without a hash is not known. The
// list stands for what file returns.
func (x *Index) Refuted(list any, n int, file func(i int) (key module.Version, hash string)) []int {
	if x == nil {
		return nil
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.refuted.of(list, n, func(i int) bool {
		key, hash := file(i)
		return hash != "" && x.AnyContradiction(key, hash) != nil
	})
}

// Contradiction returns the line that the go command would hold against a file whose checksum is hash, or nil if it would
// accept the file.
func (x *Index) Contradiction(key module.Version, hash string) *syntax.SumLine {
	for l := range x.each(keyOf(key)) {
		if l.Hash == hash {
			return nil
		}
		if strings.HasPrefix(l.Hash, "h1:") {
			return l
		}
	}
	return nil
}

// AnyContradiction returns the first line about key with another checksum than hash. In a workspace the go command holds any
// such line of a module's go.sum against a file, wherever it stands, unless go.work.sum has vouched for the file.
func (x *Index) AnyContradiction(key module.Version, hash string) *syntax.SumLine {
	for l := range x.each(keyOf(key)) {
		if l.Hash != hash && strings.HasPrefix(l.Hash, "h1:") {
			return l
		}
	}
	return nil
}

// Vouches reports whether the go command accepts a file whose checksum is hash because of a line about key.
func (x *Index) Vouches(key module.Version, hash string) bool {
	for l := range x.each(keyOf(key)) {
		if l.Hash == hash {
			return true
		}
		if strings.HasPrefix(l.Hash, "h1:") {
			return false
		}
	}
	return false
}

// ModKey returns the key of the line that protects the go.mod file of a module, and false for a module in a directory,
// which go.sum does not protect.
func ModKey(n *modgraph.Node) (module.Version, bool) {
	if n.Actual.Version == "" {
		return module.Version{}, false
	}
	return module.Version{Path: n.Actual.Path, Version: n.Actual.Version + "/go.mod"}, true
}

// Missing returns the modules whose go.mod files `go list -m all` reads and go.sum does not protect, in the order in which
// the go command would stumble over them.
func Missing(g *modgraph.Graph, x *Index) []*modgraph.Node {
	if x == nil {
		return g.NodesWhere(func(n *modgraph.Node) bool { return n.Actual.Version != "" })
	}
	nodes := g.Nodes()
	x.mu.Lock()
	defer x.mu.Unlock()
	lacks := func(n *modgraph.Node) bool { return n.Actual.Version != "" && x.about(n)&has == 0 }
	return slices.Clone(x.missing.of(g, func() []*modgraph.Node {
		if !slices.ContainsFunc(nodes, lacks) {
			return nil
		}
		return g.NodesWhere(lacks)
	}))
}

// about returns what go.sum says about a node's go.mod file. The caller holds the lock.
func (x *Index) about(n *modgraph.Node) uint8 { return x.look(n.File(), n.Actual, n.Mod) }

// Protects reports whether go.sum has a checksum for a node's go.mod file, or need not have one.
func (x *Index) Protects(n *modgraph.Node) bool {
	if x == nil || n.Actual.Version == "" {
		return n.Actual.Version == ""
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.about(n)&has != 0
}

// look returns what go.sum says about the go.mod file of a module version, whose ID is id, and which mod is, if that is known. The
// caller holds the lock.
func (x *Index) look(id modcache.NodeID, m module.Version, mod *modcache.Mod) uint8 {
	if int(id) >= len(x.known) {
		x.known = append(x.known, make([]uint8, int(id)+1-len(x.known))...)
	}
	known := &x.known[id]
	if x.edit != nil && *known&checked == 0 {
		if slices.Contains(x.edit.changed, key{m.Path, m.Version, true}) {
			*known = 0
		}
		*known |= checked
	}
	if *known&compared != 0 || *known&looked != 0 && mod == nil {
		return *known
	}
	*known = *known&checked | looked
	if mod != nil {
		*known |= compared
	}
	for l := range x.each(key{m.Path, m.Version, true}) {
		*known |= listed
		if strings.HasPrefix(l.Hash, "h1:") {
			*known |= has
		}
		if mod != nil && l.Hash != mod.Hash() {
			*known |= contradicts
		}
	}
	return *known
}

// Contradicted returns the modules of a graph whose go.mod files are not as some line of go.sum says, in the order of Nodes.
// Whether the go command minds is for Contradiction and AnyContradiction to say.
func (x *Index) Contradicted(g *modgraph.Graph) []*modgraph.Node {
	if x == nil {
		return nil
	}
	nodes := g.Nodes()
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.contradicted(nodes)
}

// contradicted is for callers that hold the lock.
func (x *Index) contradicted(all []*modgraph.Node) (nodes []*modgraph.Node) {
	for _, n := range all {
		if n.Actual.Version != "" && n.Mod != nil && x.about(n)&contradicts != 0 {
			nodes = append(nodes, n)
		}
	}
	return nodes
}
