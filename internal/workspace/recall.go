package workspace

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/gomodls/gomodls/internal/goenv"
	"github.com/gomodls/gomodls/internal/modgraph"
)

// An Inquiry is a question about a file of a view that falls into pieces, each of which is answered by itself.
type Inquiry[P, T any] struct {
	File    *File   // that of the view which is looked at
	Module  *Module // that it belongs to; nil for none
	Subject any     // what is asked, which is compared with ==
	Pieces  int

	// Prepare is called before pieces are answered anew. What it reads counts for all pieces.
	Prepare func(*View)
	// Piece answers one piece. It reports false if the answer is not to be kept.
	Piece func(*View, int) (answer P, keep bool, err error)
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
	key := recallKey{v.key(), v.Own, q.File.Path, q.Subject}
	base := recallBase{
		file: q.File, module: q.Module, work: v.Work, workSum: v.WorkSum, outside: v.Outside, vendor: v.Vendor, mode: v.Mode,
		machine: s.machine, settings: s.settings, env: s.Env(),
	}
	s.memo.mu.Lock()
	last := s.memo.answers[key]
	s.memo.mu.Unlock()
	var parts [graphic + 1]*part // of last that still hold
	if last != nil && last.base == base {
		var complete bool
		if parts, complete = last.current(v); complete {
			return last.value.(T), nil
		}
	}
	next := &recalled{base: base, group: make([]group, q.Pieces), parts: parts}
	pieces := make([]P, q.Pieces)
	if last != nil && parts != [graphic + 1]*part{} {
		keep(next, last, pieces)
	}
	if err := answer(v, q, next, last, pieces); err != nil {
		var none T
		return none, err
	}
	value := q.Whole(pieces)
	next.pieces, next.value = pieces, value
	s.memo.mu.Lock()
	defer s.memo.mu.Unlock()
	if s.memo.answers == nil {
		s.memo.answers = map[recallKey]*recalled{}
	}
	s.memo.answers[key] = next
	return value, nil
}

// answer asks for the pieces that r does not have. What the last answers have read tells how much it will be.
func answer[P, T any](v *View, q *Inquiry[P, T], r, last *recalled, pieces []P) error {
	common, t := new(trace), new(trace)
	q.Prepare(v.traced(common))
	traced := v.traced(t)
	for i := range pieces {
		if r.group[i] != forgotten {
			continue
		}
		t.reset()
		var keep bool
		var err error
		if pieces[i], keep, err = q.Piece(traced, i); err != nil {
			return err
		}
		if !keep || t.elusive || common.elusive {
			continue
		}
		r.group[i] = plain
		if t.usesGraph {
			r.group[i] = graphic
		}
		p := r.fresh[r.group[i]]
		if p == nil {
			p = new(part)
			if last != nil && last.parts[r.group[i]] != nil {
				p.trace.reads = make([]read, 0, len(last.parts[r.group[i]].trace.reads)+16)
			}
			p.trace.join(common)
			if had := r.parts[r.group[i]]; had != nil {
				p.trace.join(&had.trace)
			}
			r.fresh[r.group[i]] = p
		}
		p.trace.join(t)
	}
	for g, p := range r.fresh {
		if p != nil {
			p.since.Store(v.Snapshot.ID)
			r.parts[g], r.fresh[g] = p, nil
		}
	}
	return nil
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

// A recalled is an answer with what it was computed from. It is never changed once it is shared, but for the parts' since.
type recalled struct {
	base   recallBase
	group  []group // of each piece
	parts  [graphic + 1]*part
	fresh  [graphic + 1]*part // parts in the making
	pieces any
	value  any
}

// current returns the parts that hold in a view, and reports whether no piece is missing.
func (r *recalled) current(v *View) (parts [graphic + 1]*part, complete bool) {
	complete = !slices.Contains(r.group, forgotten)
	for g, p := range r.parts {
		switch {
		case p == nil:
		case p.current(v):
			parts[g] = p
		default:
			complete = false
		}
	}
	return parts, complete
}

// A group says what pieces have in common. A graph is another after many edits, and what does not look at it stays as it is.
type group uint8

const (
	forgotten group = iota // the piece is not kept
	plain                  // it did not look at the graph
	graphic                // it did
)

// A part is what the pieces of a group were computed from.
type part struct {
	trace trace
	since atomic.Int64 // the newest snapshot for which they are known to be true
}

// keep takes over from last the pieces of the parts that r has.
func keep[P any](r, last *recalled, pieces []P) {
	for i, p := range last.pieces.([]P) {
		if g := last.group[i]; g != forgotten && r.parts[g] != nil {
			r.group[i], pieces[i] = g, p
		}
	}
}

// A trace is what was read while something was computed. A nil trace notes nothing.
type trace struct {
	reads   []read
	graph   *modgraph.Graph
	modules []*Module
	leader  string // the directory of the first module, if anybody asked
	topics  []topicRead

	privacies []privacyRead

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
		t.reads = append(t.reads, read{w, f})
	}
}

func (t *trace) elude() {
	if t != nil {
		t.elusive = true
	}
}

// reset makes a trace empty.
func (t *trace) reset() {
	*t = trace{reads: t.reads[:0], topics: t.topics[:0], privacies: t.privacies[:0]}
}

// join adds what another trace of the same view has noted.
func (t *trace) join(other *trace) {
	t.reads = append(t.reads, other.reads...)
	t.topics = append(t.topics, other.topics...)
	t.privacies = append(t.privacies, other.privacies...)
	if other.usesGraph {
		t.usesGraph, t.graph = true, other.graph
	}
	if other.usesModules {
		t.usesModules, t.modules = true, other.modules
	}
	if other.leader != "" {
		t.leader = other.leader
	}
	t.elusive = t.elusive || other.elusive
}

// traced returns the view as it is handed to those whose reading is noted.
func (v *View) traced(t *trace) *View {
	s, copied := *v.Snapshot, *v
	s.trace = t
	copied.Snapshot = &s
	return &copied
}

// current reports whether everything that an answer was computed from is still as it was. Questions that it left are left
// again.
func (r *part) current(v *View) bool {
	s := v.Snapshot
	t := &r.trace
	if t.usesModules && !slices.Equal(t.modules, v.modules) || t.usesGraph && t.graph != v.graph() ||
		t.leader != "" && (len(v.modules) == 0 || t.leader != v.modules[0].Dir) {
		return false
	}
	if !s.unchanged(r.since.Load(), t.reads) {
		return false
	}
	for _, p := range t.privacies {
		if s.privacy(v, p.module) != p.privacy {
			return false
		}
	}
	for _, q := range t.topics {
		if st, exact := s.study(q.topic); st != q.study || exact != q.exact {
			return false
		}
	}
	if r.since.Load() < s.ID {
		r.since.Store(s.ID)
	}
	return true
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

// A required is the set of paths that the modules of a view require.
type required struct {
	modules []*Module
	mains   []string
	paths   []string
}

// required returns what the modules of the view are called and require. It is the same value for as long as that is the same.
func (v *View) required() *required {
	m := v.Snapshot.memo
	key := recallKey{view: v.key(), own: v.Own}
	m.mu.Lock()
	last := m.required[key]
	m.mu.Unlock()
	if last != nil && slices.EqualFunc(last.modules, v.modules, sameRequired) {
		return last
	}
	next := &required{modules: v.modules}
	seen := map[string]bool{}
	for _, main := range v.modules {
		next.mains = append(next.mains, main.Path())
		for _, r := range main.Mod.Mod().Require {
			if !seen[r.Path] {
				seen[r.Path] = true
				next.paths = append(next.paths, r.Path)
			}
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.required == nil {
		m.required = map[recallKey]*required{}
	}
	m.required[key] = next
	return next
}

func sameRequired(a, b *Module) bool {
	if a == b || a.Mod == b.Mod {
		return true
	}
	x, y := a.Mod.Mod().Require, b.Mod.Mod().Require
	if len(x) != len(y) || a.Path() != b.Path() {
		return false
	}
	for i := range x {
		if x[i].Path != y[i].Path {
			return false
		}
	}
	return true
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
