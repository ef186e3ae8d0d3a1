package workspace

import (
	"cmp"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gomodls/gomodls/internal/goenv"
	"github.com/gomodls/gomodls/internal/imports"
	"github.com/gomodls/gomodls/internal/tidy"
)

// A Topic is a question whose answer takes longer than a keystroke, because it depends on the Go files of a module. Whoever
// asks it gets the newest answer that there is, and leaves the question with the snapshot; internal/gather works the answer
// out from a snapshot of its choice, and applies it to the session like any fact.
type Topic struct {
	Kind StudyKind
	Of   string // for Tidy the directory of a module, for Packages that of a module alone or the path of a go.work
}

// Dir returns the directory of the module or workspace that a question is about.
func (t Topic) Dir() string {
	if filepath.Base(t.Of) == "go.work" {
		return filepath.Dir(t.Of)
	}
	return t.Of
}

// A StudyKind says what a Topic asks.
type StudyKind string

const (
	Tidy     StudyKind = "tidy"     // what `go mod tidy` would write
	Packages StudyKind = "packages" // what `go list -deps -test ./...` would refuse
)

// A Study is the answer to a Topic. It is never changed.
type Study struct {
	Answer any // of the type that the kind's method of View returns
	// What the answer depends on besides the environment: files, and trees, of which every .go and go.mod file counts.
	Files, Trees []string
	Absent       []string // files that were not there
	Dirs         []string // the directories of Go files that were read, for gather to watch

	env      *goenv.Env
	outdated bool
}

// Concerns reports whether the answer depends on what stands at path.
func (st *Study) Concerns(path string) bool {
	if slices.Contains(st.Files, path) || slices.Contains(st.Absent, path) {
		return true
	}
	return slices.ContainsFunc(st.Trees, func(dir string) bool {
		return strings.HasPrefix(path, strings.TrimSuffix(dir, string(filepath.Separator))+string(filepath.Separator))
	})
}

// Tidied returns what `go mod tidy` would do to a module of the view, and whether that is about exactly what the snapshot
// holds. If it is not, it is about what was there a moment ago; it is nil if nobody has looked yet.
func (v *View) Tidied(m *Module) (answer *tidy.Answer, exact bool) {
	st, exact := v.Snapshot.study(Topic{Tidy, m.Dir})
	if st == nil {
		return nil, false
	}
	return st.Answer.(*tidy.Answer), exact
}

// Unanswered reports whether something was asked about the view, or about a module of it, that has no answer at all yet.
func (v *View) Unanswered(m *Module) bool {
	s := v.Snapshot
	s.mu.Lock()
	defer s.mu.Unlock()
	for t := range s.questions {
		if s.studies[t] == nil && (t.Of == m.Dir || t.Of == v.key()) {
			return true
		}
	}
	return false
}

// study returns the newest answer to a question, or nil, and whether it is exact. If it is not, the question is left.
func (s *Snapshot) study(t Topic) (st *Study, exact bool) {
	st, exact = s.studies[t], s.Answered(t)
	if !exact {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.questions[t] = true
	}
	if s.trace != nil {
		s.trace.topics = append(roomy(s.trace.topics), topicRead{t, st, exact})
	}
	return st, exact
}

// Answered reports whether there is an exact answer to a question.
func (s *Snapshot) Answered(t Topic) bool {
	st := s.studies[t]
	return st != nil && !st.outdated && st.env == s.Env()
}

// Questions returns what answers computed from s so far have asked without an exact answer, in order.
func (s *Snapshot) Questions() []Topic {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Keys(s.questions), func(a, b Topic) int {
		return cmp.Or(cmp.Compare(a.Of, b.Of), cmp.Compare(a.Kind, b.Kind))
	})
}

// Expected returns the questions without an answer that analyzers will ask about the modules that a module file belongs to, so that
// the answers can be begun before anybody asks. What they will want to know of the surroundings of the module itself, it wants as
// well, so that they find it.
func (s *Snapshot) Expected(path string) []Topic {
	var topics []Topic
	expect := func(t Topic) {
		if s.studies[t] == nil {
			topics = append(topics, t)
		}
	}
	for _, v := range s.Views(path) {
		if v.Work == nil {
			for _, m := range v.modules {
				expect(Topic{Tidy, m.Dir})
			}
		}
		if !v.Own && len(v.modules) > 0 {
			expect(Topic{Packages, v.key()})
		}
		if m := v.Module(path); m != nil {
			v.Privacy(m)
		}
	}
	return topics
}

// Studies returns all answers that there are, exact or not.
func (s *Snapshot) Studies() map[Topic]*Study { return s.studies }

// Outdated reports whether the answer that is being worked out to a question from an older snapshot cannot be exact: a file in
// the topic's directory has changed since.
func (s *Snapshot) Outdated(t Topic, from *Snapshot) bool {
	return s.Env() != from.Env() || s.changedSince(from, &Study{Trees: []string{t.Dir()}})
}

// Studied gives the answer to a question as it was worked out from a snapshot. It counts as exact only if nothing that it
// depends on has changed since then.
func Studied(t Topic, from *Snapshot, st *Study) Change {
	return func(d *draft) {
		st := *st
		st.env, st.outdated = from.Env(), d.changedSince(from, &st)
		d.setStudy(t, &st)
	}
}

// Unasked drops an answer that nobody asks for any more.
func Unasked(t Topic) Change {
	return func(d *draft) {
		if _, ok := d.studies[t]; ok {
			d.setStudy(t, nil)
		}
	}
}

// Touched says that a Go file, a go.mod or a directory of such files is not as it was, whatever it is now. It is for what no
// fact describes.
func Touched(path string) Change { return func(d *draft) { d.touch(path) } }

// LastTouch tells two snapshots apart between which a file has changed that a study may depend on.
func (s *Snapshot) LastTouch() int64 {
	if len(s.touches) == 0 {
		return 0
	}
	return s.touches[len(s.touches)-1].snapshot
}

// TouchedOnly reports whether all files that have changed between an older snapshot and s, and that a study may depend on, are
// among some.
func (s *Snapshot) TouchedOnly(from *Snapshot, among func(path string) bool) bool {
	if len(s.touches) >= maxTouches && s.touches[0].snapshot > from.ID {
		return false // more has changed than is remembered
	}
	for _, t := range slices.Backward(s.touches) {
		if t.snapshot <= from.ID {
			break
		}
		if !among(t.path) {
			return false
		}
	}
	return true
}

// A touch is a change of something that a study may depend on.
type touch struct {
	snapshot int64 // the first with the change
	path     string
}

// maxTouches is how many changes are remembered, so that a study that comes to its end can tell whether it is exact.
const maxTouches = 256

// touch notes a change.
func (d *draft) touch(path string) {
	touches := d.touches[:len(d.touches):len(d.touches)]
	if len(touches) >= 2*maxTouches {
		touches = slices.Clone(touches[maxTouches:])
	}
	d.touches = append(touches, touch{d.ID, path})
	for t, st := range d.studies {
		if !st.outdated && st.Concerns(path) {
			old := *st
			old.outdated = true
			d.setStudy(t, &old)
		}
	}
}

// changedSince reports whether something that a study depends on has changed since a snapshot, or may have.
func (s *Snapshot) changedSince(from *Snapshot, st *Study) bool {
	if len(s.touches) >= maxTouches && s.touches[0].snapshot > from.ID {
		return true // more has changed than is remembered
	}
	for _, t := range slices.Backward(s.touches) {
		if t.snapshot <= from.ID {
			return false
		}
		if st.Concerns(t.path) {
			return true
		}
	}
	return false
}

// setStudy keeps or, for nil, drops an answer.
func (d *draft) setStudy(t Topic, st *Study) {
	if !d.ownStudies {
		d.studies, d.ownStudies = clone(d.studies), true
	}
	d.places++ // its directories may be others
	if st == nil {
		delete(d.studies, t)
		return
	}
	d.studies[t] = st
}

// differs reports whether two versions of a file, either of which may be nil, are not the same to a study: of a Go file only
// what stands before the first declaration counts.
func differs(a, b *File) bool {
	switch {
	case a == nil || b == nil:
		return a != b
	case a.Text == b.Text:
		return false
	case a.Kind == GoFile:
		return imports.Head(a.Text) != imports.Head(b.Text)
	}
	return true
}
