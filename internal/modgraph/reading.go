package modgraph

import (
	"math/bits"
	"slices"
	"sync"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/modcache"
)

// A Reading is what somebody has asked a graph. Most ask about a few module paths, or for a list that is mostly empty; to them
// another graph that says the same of these is as good, and a Difference tells whether one does.
type Reading struct {
	whole      bool // something that is not listed below
	properties uint // a bit for each Property, by its number
	paths      []modcache.PathID
	questions  []Question
}

// A Question is one about a graph whose answers can be compared. Questions are compared with ==.
type Question interface {
	Unchanged(d *Difference) bool // reports whether both graphs give the same answer
}

// Noting returns the same graph, but r notes what is asked of it. It is for one goroutine.
func (g *Graph) Noting(r *Reading) *Graph { return &Graph{g.content, r} }

// Plain returns the same graph, but nothing notes what is asked of it.
func (g *Graph) Plain() *Graph { return g.plain }

// Cut returns what was noted since the last Cut, and begins anew.
func (r *Reading) Cut() Reading {
	cut := Reading{whole: r.whole, properties: r.properties}
	if !r.whole {
		cut.paths, cut.questions = slices.Clip(r.paths), slices.Clip(r.questions)
	}
	*r = Reading{paths: r.paths[len(cut.paths):], questions: r.questions[len(cut.questions):]}
	if cut.whole {
		r.paths, r.questions = r.paths[:0], r.questions[:0]
	}
	return cut
}

// Add notes what another reading has noted. Each path and question is noted once.
func (r *Reading) Add(other *Reading) {
	r.whole = r.whole || other.whole
	if r.whole {
		r.paths, r.questions = nil, nil
		return
	}
	r.properties |= other.properties
	for _, q := range other.questions {
		r.asks(q)
	}
	for _, path := range other.paths {
		if i, ok := slices.BinarySearch(r.paths, path); !ok {
			r.paths = slices.Insert(r.paths, i, path)
		}
	}
}

// all notes that anything may have been asked.
func (r *Reading) all() {
	if r != nil {
		r.whole = true
	}
}

func (r *Reading) about(path modcache.PathID) {
	if r != nil && (len(r.paths) == 0 || r.paths[len(r.paths)-1] != path) {
		r.paths = append(roomy(r.paths, 32), path)
	}
}

// Asks notes that somebody who asks the plain graph rests on nothing but the answer to a question.
func (g *Graph) Asks(q Question) { g.reading.asks(q) }

func (r *Reading) asks(q Question) {
	if r == nil || r.whole || slices.Contains(r.questions, q) {
		return
	}
	if len(r.questions) == maxQuestions {
		r.all()
		return
	}
	r.questions = append(roomy(r.questions, 4), q)
}

// maxQuestions is how many questions are noted. Who has more depends on the graph as a whole.
const maxQuestions = 64

// roomy returns the slice with room for more, enough for several of those that Cut returns.
func roomy[T any](s []T, n int) []T {
	if len(s) == cap(s) {
		return slices.Grow(s, n)
	}
	return s
}

// A Property is something that follows from a graph alone. It is worked out once for each graph, and not to be changed then.
type Property[T any] struct {
	number int
	of     func(*Graph) T
	same   func(a, b T) bool
}

// maxProperties is how many kinds of property there may be.
const maxProperties = 16

// everyProperty is each that there is, by number.
var everyProperty []Question

// NewProperty returns the property that a function works out. The other tells whether two graphs have the same. It is for variables of
// packages: there is room for few.
func NewProperty[T any](of func(*Graph) T, same func(a, b T) bool) *Property[T] {
	p := &Property[T]{len(everyProperty), of, same}
	if p.number == maxProperties {
		panic("modgraph: too many properties")
	}
	everyProperty = append(everyProperty, p)
	return p
}

// Of returns the property of a graph.
func (p *Property[T]) Of(g *Graph) T {
	if g.reading != nil {
		g.reading.properties |= 1 << p.number
	}
	known := &g.properties[p.number]
	if known.Load() == nil {
		known.CompareAndSwap(nil, p.of(g.plain))
	}
	return known.Load().(T)
}

func (p *Property[T]) Unchanged(d *Difference) bool { return p.same(p.Of(d.From), p.Of(d.To)) }

// same is for properties that can be compared.
func same[T comparable](a, b T) bool { return a == b }

// A Difference is what two graphs answer differently. It is safe for concurrent use.
type Difference struct {
	From, To *Graph // that note nothing

	all      bool   // nothing is known to be the same
	paths    []bool // by path: whether anything about it may be another
	versions []bool // by module version: whether it is selected, read or stood for in one way only
	replaced []bool // by path: whether any version may be replaced, or stand for others, in one way only

	mu      sync.Mutex
	answers map[Question]bool // whether they are unchanged
	asked   uint              // properties that have been compared
	others  uint              // those of them that are others
}

// NewDifference compares two graphs.
func NewDifference(from, to *Graph) *Difference {
	d := &Difference{From: from.plain, To: to.plain, answers: map[Question]bool{}}
	a, b := &from.in, &to.in
	if a.Names != b.Names || a.Workspace != b.Workspace || !slices.EqualFunc(a.Main, b.Main, func(x, y MainModule) bool { return x.Path == y.Path && x.Dir == y.Dir }) {
		d.all = true
		return d
	}
	d.selected()
	d.nodes()
	d.replacements()
	return d
}

// Touches reports whether what somebody has read in From may be something else in To.
func (d *Difference) Touches(r *Reading) bool {
	if d.all || r.whole {
		return true
	}
	if slices.ContainsFunc(r.paths, d.Concerns) {
		return true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for left := r.properties &^ d.asked; left != 0; left &= left - 1 {
		i := bits.TrailingZeros(left)
		d.asked |= 1 << i
		if !everyProperty[i].Unchanged(d) {
			d.others |= 1 << i
		}
	}
	return r.properties&d.others != 0 || slices.ContainsFunc(r.questions, func(q Question) bool { return !d.unchanged(q) })
}

// Concerns reports whether anything about a module path may be another.
func (d *Difference) Concerns(path modcache.PathID) bool { return d.all || at(d.paths, int(path)) }

// ConcernsVersion reports whether what ReadAt and MentionedAt say of a module version may be another.
func (d *Difference) ConcernsVersion(id modcache.NodeID) bool {
	return d.all || at(d.versions, int(id)) || len(d.replaced) > 0 && at(d.replaced, int(d.To.names.PathOf(id)))
}

// unchanged reports whether two graphs give one answer. The caller holds the lock.
func (d *Difference) unchanged(q Question) bool {
	answer, ok := d.answers[q]
	if !ok {
		answer = q.Unchanged(d)
		d.answers[q] = answer
	}
	return answer
}

// mark notes that it is true of i.
func mark(marks *[]bool, i, n int) {
	if i >= len(*marks) {
		*marks = append(*marks, make([]bool, max(n, i+1)-len(*marks))...)
	}
	(*marks)[i] = true
}

// version marks a module version and its path, and what replaces it.
func (d *Difference) version(g *Graph, id modcache.NodeID) {
	if id == 0 {
		return
	}
	path := g.names.PathOf(id)
	d.mark(path, id)
	if r := g.replacement(g.names.Version(id), path); r != nil && r.New.Version != "" { // a directory has no path
		id := d.To.names.Node(r.New)
		d.mark(d.To.names.PathOf(id), id)
	}
}

func (d *Difference) mark(path modcache.PathID, id modcache.NodeID) {
	paths, versions := d.To.names.Len()
	mark(&d.paths, int(path), paths)
	mark(&d.versions, int(id), versions)
}

func (d *Difference) selected() {
	a, b := d.From.selected, d.To.selected
	for path := range max(len(a), len(b)) {
		if x, y := at(a, path), at(b, path); x != y {
			d.version(d.From, x)
			d.version(d.To, y)
		}
	}
}

func (d *Difference) nodes() {
	for id := range max(len(d.From.index), len(d.To.index)) {
		x, y := d.From.node(modcache.NodeID(id)), d.To.node(modcache.NodeID(id))
		if x == y || x != nil && y != nil && x.same(y) {
			continue
		}
		d.version(d.From, modcache.NodeID(id))
		d.version(d.To, modcache.NodeID(id))
	}
}

// replacements compares what each file replaces in the two graphs. That one replaces a module decides whether it counts what another
// one has in its place.
func (d *Difference) replacements() {
	lists := func(in *Input) [][]Replacement {
		all := [][]Replacement{in.Replace}
		for i := range in.Main {
			all = append(all, in.Main[i].Replace)
		}
		return all
	}
	before, now := lists(&d.From.in), lists(&d.To.in)
	others := map[string]bool{} // paths that are replaced in another way
	for i := range before {
		if !slices.Equal(before[i], now[i]) {
			for _, r := range slices.Concat(before[i], now[i]) {
				others[r.Old.Path] = true
			}
		}
	}
	if len(others) == 0 {
		return
	}
	names := d.To.names
	wholly := func(path string) {
		paths, _ := names.Len()
		id := int(names.Path(path))
		mark(&d.paths, id, paths)
		mark(&d.replaced, id, paths)
	}
	for path := range others {
		wholly(path)
	}
	for _, list := range slices.Concat(before, now) {
		for i := range list {
			if r := &list[i]; others[r.Old.Path] && r.New.Version != "" {
				wholly(r.New.Path)
			}
		}
	}
}

// at returns what a list has at a place, or nothing.
func at[T any](list []T, i int) (t T) {
	if i < len(list) {
		return list[i]
	}
	return t
}

// same reports whether two nodes say the same.
func (n *Node) same(m *Node) bool {
	return n == m || n.Module == m.Module && n.Actual == m.Actual && n.Dir == m.Dir && n.Mod == m.Mod && n.Cause == m.Cause &&
		sameReplacement(n.Replace, m.Replace) &&
		(n.Err == nil) == (m.Err == nil) && (n.Err == nil || n.Err.Error() == m.Err.Error())
}

// SameNode reports whether two nodes say the same.
func SameNode(a, b *Node) bool { return a.same(b) }

// SameNodes reports whether two lists say the same.
func SameNodes(a, b []*Node) bool { return slices.EqualFunc(a, b, (*Node).same) }

// ReadAt returns the nodes for which the go.mod file of a module version is read: its own, and those that it replaces.
func (g *Graph) ReadAt(m module.Version) []*Node {
	g.reading.about(g.names.Path(m.Path))
	others := g.standIns()[m]
	if id, ok := g.names.Find(m); ok {
		if n := g.node(id); n != nil && n.file == id {
			return append(others[:len(others):len(others)], n)
		}
	}
	return others
}

// MentionedAt reports whether Mentioned has a module version.
func (g *Graph) MentionedAt(m module.Version) bool {
	id := g.names.Node(m)
	unread := func(path modcache.PathID) bool {
		return int(path) < len(g.selected) && g.unread(path, g.selected[path]) == id
	}
	path := g.names.PathOf(id)
	g.reading.about(path)
	if unread(path) {
		return true
	}
	for replaced := range g.byPath { // perhaps by m
		if unread(replaced) {
			return true
		}
	}
	return false
}

// Size returns about how many go.mod files there are to read. It is for those who choose between two ways to the same answer, and
// is not noted.
func (g *Graph) Size() int { return len(g.nodes) }

func (g *Graph) indexStandIns() map[module.Version][]*Node {
	var by map[module.Version][]*Node
	if len(g.byPath) == 0 {
		return by
	}
	for _, n := range g.all() {
		if n.Replace != nil && n.Actual.Version != "" && n.Actual != n.Module {
			if by == nil {
				by = map[module.Version][]*Node{}
			}
			by[n.Actual] = append(by[n.Actual], n)
		}
	}
	return by
}
