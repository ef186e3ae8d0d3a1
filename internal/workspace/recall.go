package workspace

import (
	"cmp"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/gomodls/gomodls/internal/goenv"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/syntax"
)

// An Inquiry is a question about a file of a view that falls into pieces, each of which is answered by itself.
type Inquiry[P, T any] struct {
	File    *File   // that of the view which is looked at
	Module  *Module // that it belongs to; nil for none
	Subject any     // what is asked, which is compared with ==
	Pieces  int
	AtOnce  int // how many goroutines may answer pieces at once; 0 is 1

	// Begin is called in each goroutine before it answers pieces, and returns what answers the one with a number. That reports false
	// if the answer is not to be kept. What Begin reads counts for all pieces.
	Begin func(*View) func(piece int) (answer P, keep bool, err error)
	// Same reports whether two answers to one piece are alike, so that the first may stand for the second.
	Same func(a, b P) bool
	// Whole puts the answers together, in order.
	Whole func([]P) T
}

// Recall returns what the inquiry has answered before, if nothing that it has read of the snapshot since then is another; else
// it asks for the pieces of which that is not so. The view that they get notes what is read through it and through its snapshot,
// so that nobody has to say what an answer depends on. What fails, or lacks a fact, is not kept.
//
// What the view says about itself without being asked, as its mode and its go.work, is compared as well. No piece may leave its
// goroutine, nor keep the view.
func Recall[P, T any](v *View, q *Inquiry[P, T]) (T, error) {
	s := v.Snapshot
	key, base, last := last(v, q)
	var next *recalled
	if last != nil {
		stale := last.stale(v)
		if len(stale) == 0 {
			return last.value.(T), nil
		}
		next = last.without(stale)
	} else {
		next = newRecalled(base, slices.Repeat([]*trace{forgotten}, q.Pieces), make([]P, q.Pieces), nil)
	}
	if err := answer(v, q, next); err != nil {
		var none T
		return none, err
	}
	s.memo.mu.Lock()
	defer s.memo.mu.Unlock()
	if s.memo.answers == nil {
		s.memo.answers = map[recallKey]*recalled{}
	}
	s.memo.answers[key] = next
	return next.value.(T), nil
}

// Recalls reports whether Recall would ask nothing anew.
func Recalls[P, T any](v *View, q *Inquiry[P, T]) bool {
	_, _, last := last(v, q)
	return last != nil && len(last.stale(v)) == 0
}

// last returns where the answer to an inquiry is remembered, what it is about, and the last one that was about the same; nil if there
// is none.
func last[P, T any](v *View, q *Inquiry[P, T]) (recallKey, recallBase, *recalled) {
	s := v.Snapshot
	key := recallKey{v.key(), v.Own, q.File.Path, q.Subject}
	base := recallBase{
		file: q.File, module: q.Module, work: v.Work, workSum: v.WorkSum, outside: v.Outside, vendor: v.Vendor, mode: v.Mode,
		machine: s.machine, settings: s.settings, env: s.Env(),
	}
	s.memo.mu.Lock()
	defer s.memo.mu.Unlock()
	if last := s.memo.answers[key]; last != nil && last.base == base {
		return key, base, last
	}
	return key, base, nil
}

// fewPieces is how many pieces are too few for another goroutine.
const fewPieces = 8

// answer asks for the pieces that r does not have.
func answer[P, T any](v *View, q *Inquiry[P, T], r *recalled) error {
	var open []int
	for i, t := range r.traces {
		if t == forgotten {
			open = append(open, i)
		}
	}
	fresh := make([]P, len(open))
	var next atomic.Int32
	ask := func() (common trace, err error) {
		t := new(trace)
		traced := v.traced(t)
		piece := q.Begin(traced)
		common = t.cut()
		var kept []trace
		for {
			at := int(next.Add(1)) - 1
			if at >= len(open) {
				return common, nil
			}
			i, keep := open[at], false
			if fresh[at], keep, err = piece(i); err != nil {
				return common, err
			}
			switch read := t.cut(); {
			case !keep || read.elusive || common.elusive:
			case read.empty():
				r.traces[i] = nil
			default:
				kept = append(kept, read)
				r.traces[i] = &kept[len(kept)-1]
			}
		}
	}
	var others errgroup.Group
	for range min(q.AtOnce, len(open)/fewPieces) - 1 {
		others.Go(func() error {
			return Guarded(func() error {
				_, err := ask()
				return err
			})
		})
	}
	var err error
	r.common, err = ask()
	if err := cmp.Or(others.Wait(), err); err != nil {
		return err
	}
	pieces, own := r.pieces.([]P), r.value == nil // what another answer has is not to be changed
	for at, i := range open {
		if !own && q.Same(pieces[i], fresh[at]) {
			continue
		}
		if !own {
			pieces, own = slices.Clone(pieces), true
		}
		pieces[i] = fresh[at]
	}
	if own {
		r.pieces, r.value = pieces, q.Whole(pieces)
	}
	r.since.Store(v.Snapshot.ID)
	r.graph.Store(v.graph())
	return nil
}

// Guarded returns what work returns, or an error if it panics: in a goroutine of its own that would end the process.
func Guarded(work func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return work()
}

type recallKey struct {
	view    string
	own     bool
	path    string
	subject any
}

type recallBase struct {
	file                           *File
	module                         *Module
	work, workSum, outside, vendor *File
	mode                           Mode
	machine                        *Machine
	settings                       *Settings
	env                            *goenv.Env
}

// A recalled is an answer with what it was computed from. It is never changed once it is shared, but for what it is known to be
// true of.
type recalled struct {
	base   recallBase
	common trace    // of what counts for all pieces
	traces []*trace // of each piece; nil for one that has read nothing
	pieces any
	value  any

	since atomic.Int64 // the newest snapshot for which all that was read is known to be the same
	graph atomic.Pointer[modgraph.Graph]

	// joined is all that was read, each thing once: most answers are about other files than the one that is edited, and stand. It is
	// nil where a piece is forgotten, and asked for only if the answer has stood before.
	joined func() *trace
	stood  atomic.Bool
}

// forgotten is the trace of a piece that is not kept.
var forgotten = new(trace)

func newRecalled(base recallBase, traces []*trace, pieces, value any) *recalled {
	r := &recalled{base: base, traces: traces, pieces: pieces, value: value}
	r.joined = sync.OnceValue(r.join)
	return r
}

// join returns joined.
func (r *recalled) join() *trace {
	all := new(trace)
	seen := map[read]bool{}
	if !all.add(&r.common, seen) {
		return nil
	}
	for _, t := range r.traces {
		if t == forgotten || t != nil && !all.add(t, seen) {
			return nil
		}
	}
	return all
}

// add adds to a trace what another one has noted. It reports false if they cannot be true at once.
func (t *trace) add(other *trace, seen map[read]bool) bool {
	for _, r := range other.reads {
		if !seen[r] {
			seen[r] = true
			t.reads = append(t.reads, r)
		}
	}
	for _, q := range other.topics {
		if !slices.Contains(t.topics, q) {
			t.topics = append(t.topics, q)
		}
	}
	for _, p := range other.privacies {
		if !slices.Contains(t.privacies, p) {
			t.privacies = append(t.privacies, p)
		}
	}
	if other.usesModules {
		if t.usesModules && !slices.Equal(t.modules, other.modules) {
			return false
		}
		t.usesModules, t.modules = true, other.modules
	}
	if other.leader != "" {
		if t.leader != "" && t.leader != other.leader {
			return false
		}
		t.leader = other.leader
	}
	t.usesGraph = t.usesGraph || other.usesGraph
	t.graph.Add(&other.graph)
	return true
}

// without returns what is left if some pieces are forgotten.
func (r *recalled) without(stale []int) *recalled {
	left := newRecalled(r.base, slices.Clone(r.traces), r.pieces, r.value)
	for _, i := range stale {
		left.traces[i] = forgotten
	}
	return left
}

// stale returns the pieces that may be others in a view. If there are none, the answer is known to be true of the view from then on.
func (r *recalled) stale(v *View) []int {
	c := comparison{view: v, since: r.since.Load(), graph: r.graph.Load()}
	if !r.stood.Load() || !c.holdsAll(r.joined()) {
		all := !c.holds(&r.common)
		var stale []int
		for i, t := range r.traces {
			if all || t == forgotten || !c.holds(t) {
				stale = append(stale, i)
			}
		}
		if len(stale) > 0 {
			return stale
		}
		r.stood.Store(true)
	}
	if s := v.Snapshot; c.since < s.ID {
		r.since.Store(s.ID)
	}
	if g := v.graph(); g != c.graph {
		r.graph.Store(g)
	}
	return nil
}

// A trace is what was read while something was computed. A nil trace notes nothing.
type trace struct {
	reads     []read
	topics    []topicRead
	privacies []*privacyRead
	modules   []*Module
	leader    string // the directory of the first module, if anybody asked
	graph     modgraph.Reading
	noting    *modgraph.Graph // what notes it

	usesGraph, usesModules bool
	elusive                bool // something was read, or found missing, that nobody watches
}

type read struct {
	want Want
	fact *Fact
}

type topicRead struct {
	topic Topic
	study *Study
	exact bool
}

func (t *trace) read(w Want, f *Fact) {
	switch {
	case t == nil:
	case f.State == Unknown:
		t.elusive = true
	default:
		t.reads = append(roomy(t.reads), read{w, f})
	}
}

// expect makes room for so many reads.
func (t *trace) expect(n int) {
	if t != nil {
		t.reads = slices.Grow(t.reads, n)
	}
}

func (t *trace) elude() {
	if t != nil {
		t.elusive = true
	}
}

// cut returns what was noted since the last cut, and begins anew.
func (t *trace) cut() trace {
	cut := *t
	cut.reads, cut.topics, cut.privacies = slices.Clip(t.reads), slices.Clip(t.topics), slices.Clip(t.privacies)
	cut.graph, cut.noting = t.graph.Cut(), nil
	*t = trace{
		reads: t.reads[len(t.reads):], topics: t.topics[len(t.topics):], privacies: t.privacies[len(t.privacies):],
		graph: t.graph, noting: t.noting,
	}
	return cut
}

// roomy returns the slice with room for more, enough for several of the traces that cut returns.
func roomy[T any](s []T) []T {
	if len(s) == cap(s) {
		return slices.Grow(s, 8)
	}
	return s
}

// empty reports whether nothing was read.
func (t *trace) empty() bool {
	return len(t.reads) == 0 && len(t.topics) == 0 && len(t.privacies) == 0 && !t.usesGraph && !t.usesModules && t.leader == ""
}

// asks returns a view's graph that notes what it is asked.
func (t *trace) asks(g *modgraph.Graph) *modgraph.Graph {
	t.usesGraph = true
	if t.noting == nil && g != nil {
		t.noting = g.Noting(&t.graph)
	}
	return t.noting
}

// traced returns the view as it is handed to those whose reading is noted.
func (v *View) traced(t *trace) *View {
	s, copied := *v.Snapshot, *v
	s.trace = t
	copied.Snapshot = &s
	return &copied
}

// A comparison is that of a view with what was read of it when the snapshot was another.
type comparison struct {
	view  *View
	since int64
	graph *modgraph.Graph // that was the view's
	diff  *modgraph.Difference

	// What is known to be as it was, of all that any trace has noted.
	sameView, sameFacts, samePrivacy bool
}

// holdsAll is holds for a trace that has all that others have noted, or nil, where there is none. Of the others nothing is compared
// again that is found to be as it was.
func (c *comparison) holdsAll(t *trace) bool {
	if t == nil {
		return false
	}
	c.sameView, c.sameFacts, c.samePrivacy = c.viewHolds(t), c.factsHold(t), c.privacyHolds(t)
	return c.sameView && c.sameFacts && c.samePrivacy && c.graphHolds(t)
}

// holds reports whether everything that a trace has noted is still as it was. Questions that were left are left again.
func (c *comparison) holds(t *trace) bool {
	return t == nil || (c.sameView || c.viewHolds(t)) && c.graphHolds(t) && (c.sameFacts || c.factsHold(t)) && (c.samePrivacy || c.privacyHolds(t))
}

func (c *comparison) viewHolds(t *trace) bool {
	all := c.view.modules
	return (!t.usesModules || slices.Equal(t.modules, all)) && (t.leader == "" || len(all) > 0 && t.leader == all[0].Dir)
}

func (c *comparison) graphHolds(t *trace) bool { return !t.usesGraph || !c.touches(&t.graph) }

func (c *comparison) factsHold(t *trace) bool {
	s := c.view.Snapshot
	return s.unchanged(c.since, t.reads) && !slices.ContainsFunc(t.topics, func(q topicRead) bool {
		st, exact := s.study(q.topic)
		return st != q.study || exact != q.exact
	})
}

func (c *comparison) privacyHolds(t *trace) bool {
	return !slices.ContainsFunc(t.privacies, func(p *privacyRead) bool { return !p.holds(c.view) })
}

// touches reports whether something that was asked of the graph may have another answer.
func (c *comparison) touches(r *modgraph.Reading) bool {
	g := c.view.graph()
	if g == nil || c.graph == nil || g == c.graph {
		return g != c.graph
	}
	if c.diff == nil {
		c.diff = c.view.Snapshot.memo.difference(c.view.key(), c.graph, g)
	}
	return c.diff.Touches(r)
}

// difference compares two graphs of a view. Many answers ask for the same.
func (m *memo) difference(view string, from, to *modgraph.Graph) *modgraph.Difference {
	m.mu.Lock()
	defer m.mu.Unlock()
	d := m.differences[view]
	if d == nil || d.From != from || d.To != to {
		if m.differences == nil {
			m.differences = map[string]*modgraph.Difference{}
		}
		d = modgraph.NewDifference(from, to)
		m.differences[view] = d
	}
	return d
}

// unchanged reports whether facts that were read are the same in s, given that they were in another snapshot.
func (s *Snapshot) unchanged(since int64, reads []read) bool {
	if since > s.ID || since < s.forgotten { // the one to compare with is newer, or more has changed than is remembered
		return !slices.ContainsFunc(reads, func(r read) bool { return !s.same(r) })
	}
	for i := len(s.changes) - 1; i >= 0 && s.changes[i].snapshot > since; i-- {
		for j := range reads {
			if reads[j].want == s.changes[i].want && !s.same(reads[j]) {
				return false
			}
		}
	}
	return true
}

// same reports whether s holds a fact as it was read.
func (s *Snapshot) same(r read) bool {
	f := s.peek(r.want)
	return f != nil && (f == r.fact || f.State == r.fact.State && f.File == r.fact.File && f.Err == r.fact.Err && slices.Equal(f.Names, r.fact.Names))
}

// maxChanges is how many changes of facts are remembered, so that an answer of a moment ago is compared with those alone.
const maxChanges = 128

// A noted is a fact or a document that is not as it was.
type noted struct {
	snapshot int64 // the first with the change
	want     Want
}

// note remembers that something is not as it was.
func (d *draft) note(w Want) {
	if !d.ownChanges {
		d.changes, d.ownChanges = slices.Clone(d.changes), true
	}
	if len(d.changes) >= 2*maxChanges {
		d.forgotten = d.changes[maxChanges-1].snapshot
		d.changes = append(d.changes[:0], d.changes[maxChanges:]...)
	}
	d.changes = append(d.changes, noted{d.ID, w})
}

// A required is the set of paths that the modules of a view require, and what these are called. It is never changed.
type required struct {
	mains []string
	paths []string // in no order
}

// A requiredMemo is the required of a view's modules, with what it takes to tell that of other ones.
type requiredMemo struct {
	modules []*Module
	count   map[string]int // in how many lines a path is required
	*required
}

// required returns what the modules of the view are called and require. It is the same value for as long as that is the same.
func (v *View) required() *required {
	return v.needs.get(func() *required {
		m := v.Snapshot.memo
		key := viewKey{v.key(), v.Own}
		m.mu.Lock()
		defer m.mu.Unlock()
		last := m.required[key]
		if last == nil || !slices.EqualFunc(last.modules, v.modules, func(a, b *Module) bool { return a.Dir == b.Dir }) {
			if m.required == nil {
				m.required = map[viewKey]*requiredMemo{}
			}
			last = &requiredMemo{count: map[string]int{}, required: new(required)}
			m.required[key] = last
		}
		last.become(v.modules)
		return last.required
	})
}

// become goes on to modules that are mostly the same.
func (r *requiredMemo) become(modules []*Module) {
	was := map[string]bool{} // whether a path of which the number changes was required
	add := func(lines []*syntax.Require, n int) {
		for _, line := range lines {
			before := r.count[line.Path]
			if _, ok := was[line.Path]; !ok {
				was[line.Path] = before > 0
			}
			if r.count[line.Path] += n; r.count[line.Path] == 0 {
				delete(r.count, line.Path)
			}
		}
	}
	renamed := len(r.mains) != len(modules)
	for i, m := range modules {
		switch {
		case len(r.modules) == 0:
			add(m.Mod.Mod().Require, 1)
		case r.modules[i].Mod != m.Mod:
			renamed = renamed || r.mains[i] != m.Path()
			before, after := differing(r.modules[i].Mod.Mod().Require, m.Mod.Mod().Require)
			add(before, -1)
			add(after, 1)
		}
	}
	r.modules = modules
	changed := false
	for path, before := range was {
		changed = changed || before != (r.count[path] > 0)
	}
	if !changed && !renamed {
		return
	}
	next := &required{mains: r.mains, paths: r.paths}
	if renamed {
		next.mains = make([]string, len(modules))
		for i, m := range modules {
			next.mains[i] = m.Path()
		}
	}
	if changed {
		next.paths = slices.AppendSeq(make([]string, 0, len(r.count)), maps.Keys(r.count))
	}
	r.required = next
}

// differing leaves out the lines at the beginning and at the end that require the same paths.
func differing(a, b []*syntax.Require) (x, y []*syntax.Require) {
	for len(a) > 0 && len(b) > 0 && a[0].Path == b[0].Path {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1].Path == b[len(b)-1].Path {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return a, b
}

// once keeps one value of a snapshot. The zero value is ready to use.
type once[T any] struct {
	sync.Once
	value T
}

func (o *once[T]) get(compute func() T) T {
	o.Do(func() { o.value = compute() })
	return o.value
}
