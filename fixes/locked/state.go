package locked

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"
)

// keepStates is the number of replaced states that are kept for each root.
const keepStates = 20

// A State is what a transaction replaced. While the transaction applies its result, it is the journal: an entry that is
// still there when nobody holds its directories' lock belongs to a process that died.
type State struct {
	ID    string    `json:"id"` // sorts by time
	Title string    `json:"title"`
	Time  time.Time `json:"time"`
	Dirs  []string  `json:"dirs"` // real paths, sorted; all were locked
	Root  string    `json:"root"` // the real path of the first directory
	Files []File    `json:"files"`
}

// A File is one file of a state. Its texts are bytes: vendored files need not be text.
type File struct {
	Path    string `json:"path"`
	Before  []byte `json:"before,omitempty"`
	After   []byte `json:"after,omitempty"`
	Created bool   `json:"created,omitempty"`
	Deleted bool   `json:"deleted,omitempty"`
}

func (s State) changes() []Change {
	var changes []Change
	for _, f := range s.Files {
		changes = append(changes, Change{f.Path, string(f.Before), string(f.After), f.Created, f.Deleted})
	}
	return changes
}

// Restore makes what st replaced the result of the transaction. Files that have changed since are put back, too; what is
// replaced thereby is itself kept as a state.
func (s *Shadow) Restore(st State) {
	for _, f := range st.Files {
		if f.Created {
			s.Remove(f.Path)
		} else {
			s.Write(f.Path, string(f.Before))
		}
	}
}

// States returns the states that can be restored in dir, newest first: those that transactions replaced whose root was dir,
// and of those with another root the ones that had files below dir.
func (s *Store) States(dir string, others ...string) ([]State, error) {
	var states []State
	for i, root := range append([]string{dir}, others...) {
		if i > 0 && (root == "" || realPath(root) == realPath(dir)) {
			continue
		}
		folder := s.history(realPath(root))
		names, err := stateFiles(folder)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			st, err := readState(filepath.Join(folder, name))
			if err != nil {
				return nil, err
			}
			if i == 0 || slices.ContainsFunc(st.Files, func(f File) bool { return within(realFile(f.Path), realPath(dir)) }) {
				states = append(states, st)
			}
		}
	}
	slices.SortFunc(states, func(a, b State) int { return strings.Compare(b.ID, a.ID) })
	return states, nil
}

func within(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

func (s *Store) history(root string) string {
	return filepath.Join(s.Dir, "states", fmt.Sprintf("%x", sha256.Sum256([]byte(root)))[:32])
}

func (s *Store) journal() string { return filepath.Join(s.Dir, "journal") }

func (s *Store) journalFile(st State) string { return filepath.Join(s.journal(), st.ID+".json") }

// begin writes the journal entry of a transaction that is about to apply its changes. What a crash leaves in scratch is
// removed with the lock.
func (s *Store) begin(scratch, title string, dirs []string, changes []Change) (State, error) {
	st := State{Title: title, Time: now(), Root: realPath(dirs[0])}
	st.ID = fmt.Sprintf("%s-%d", st.Time.Format("20060102T150405.000000000"), os.Getpid())
	for _, dir := range dirs {
		st.Dirs = append(st.Dirs, realPath(dir))
	}
	slices.Sort(st.Dirs)
	st.Dirs = slices.Compact(st.Dirs)
	for _, c := range changes {
		st.Files = append(st.Files, File{c.Path, []byte(c.Before), []byte(c.After), c.Created, c.Deleted})
	}
	data, err := json.Marshal(st)
	if err != nil {
		return State{}, err
	}
	if err := os.MkdirAll(s.journal(), 0o700); err != nil {
		return State{}, err
	}
	step("journal")
	return st, writeFileSync(s.journalFile(st), filepath.Join(scratch, "journal"), data)
}

// forget removes the entry of a transaction that has changed nothing.
func (s *Store) forget(st State) { os.Remove(s.journalFile(st)) }

// keep makes the entry of a transaction that is done a state of the past. The oldest makes room for it first, so that a
// process that dies here leaves no state too many: whoever recovers the entry then keeps it.
func (s *Store) keep(st State) error {
	step("keep")
	folder := s.history(st.Root)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	names, err := stateFiles(folder)
	if err != nil {
		return err
	}
	for len(names) >= keepStates {
		if err := os.Remove(filepath.Join(folder, names[0])); err != nil {
			return err
		}
		names = names[1:]
	}
	step("make room")
	return os.Rename(s.journalFile(st), filepath.Join(folder, st.ID+".json"))
}

// stateFiles returns the names of the entries in folder, oldest first.
func stateFiles(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	var names []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".json") {
			names = append(names, e.Name())
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return names, err
}

func readState(path string) (State, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return State{}, err
	}
	var st State
	if err := json.Unmarshal(data, &st); err != nil {
		return State{}, fmt.Errorf("%s: %w", path, err)
	}
	return st, nil
}

// An Outcome says what a recovery did about a transaction that had died.
type Outcome string

const (
	// Finished: it had changed all its files.
	Finished Outcome = "finished"
	// RolledBack: it had changed some, or none, and they are as before.
	RolledBack Outcome = "rolled back"
	// Left: somebody has changed its files since, so they were left alone; its state can be restored.
	Left Outcome = "left alone"
)

// A Recovered says what was found of a transaction that had died while it applied its result.
type Recovered struct {
	State   State
	Outcome Outcome
	Err     error // why it could not be finished or rolled back; it will be tried again
}

func (r Recovered) String() string {
	s := fmt.Sprintf("%s in %s was interrupted at %s and has been %s", r.State.Title, r.State.Root,
		r.State.Time.Local().Format(time.DateTime), r.Outcome)
	if r.Outcome == Left {
		s += ", because its files have changed since"
	}
	if r.Err != nil {
		s = fmt.Sprintf("%s in %s was interrupted and cannot be recovered: %v", r.State.Title, r.State.Root, r.Err)
	}
	return s
}

// Recover recovers every transaction of processes that have died. Acquire does so for its directories; a program calls
// Recover when it starts, to say what happened.
func (s *Store) Recover(ctx context.Context) ([]Recovered, error) {
	var all []Recovered
	pending, err := s.pending()
	if err != nil {
		return nil, err
	}
	for _, st := range pending {
		if _, running := s.Holder(st.Dirs...); running {
			continue // it is not dead, or whoever waits there will recover it
		}
		lock, err := s.Acquire(ctx, st.Dirs, "recovering", nil)
		if err != nil {
			return all, err
		}
		all = append(all, lock.Recovered...)
		lock.Release()
	}
	return all, nil
}

// pending returns the journal's entries, oldest first. One that cannot be read was never complete, so nothing of it was
// applied.
func (s *Store) pending() ([]State, error) {
	names, err := stateFiles(s.journal())
	var pending []State
	for _, name := range names {
		st, err := readState(filepath.Join(s.journal(), name))
		if err != nil {
			if !errors.Is(err, fs.ErrNotExist) {
				s.Log.Warn("unreadable journal entry", zap.Error(err))
			}
			continue
		}
		pending = append(pending, st)
	}
	return pending, err
}

// recoverUnder recovers the transactions that died in the directories that lock holds, but for those that failed holds. If
// one of them had locked more, it returns all that is to be locked to recover it.
func (s *Store) recoverUnder(lock *Lock, failed map[string]bool) (done []Recovered, wider []string) {
	pending, err := s.pending()
	if err != nil {
		s.Log.Warn("reading the journal", zap.Error(err))
		return nil, nil
	}
	for _, st := range pending {
		switch {
		case failed[st.ID] || !share(st.Dirs, lock.dirs):
		case !subset(st.Dirs, lock.dirs):
			wider = append(slices.Clone(st.Dirs), lock.dirs...)
			slices.Sort(wider)
			return done, slices.Compact(wider)
		default:
			r := s.recover(st)
			s.Log.Info("recovered", zap.String("title", st.Title), zap.String("root", st.Root),
				zap.String("outcome", string(r.Outcome)), zap.Error(r.Err))
			failed[st.ID] = r.Err != nil
			done = append(done, r)
		}
	}
	return done, nil
}

// recover brings the files of a transaction that died to one of its two ends: if all have their last text it is finished,
// else rolled back. Each must have one of the texts that the transaction gives it; if not, somebody has written it since,
// and all are left alone.
func (s *Store) recover(st State) Recovered {
	steps := planOf(st.changes(), st.ID)
	steps.sweep()
	var back []Change
	finished := true
	for _, f := range st.Files {
		text, exists, err := readFile(f.Path)
		if err != nil {
			return Recovered{st, Left, err}
		}
		is := func(want []byte, present bool) bool { return exists == present && (!exists || text == string(want)) }
		before, after := is(f.Before, !f.Created), is(f.After, !f.Deleted)
		between := slices.ContainsFunc(steps, func(w write) bool {
			return w.path == f.Path && w.to != nil && exists && text == *w.to
		})
		if !before && !after && !between {
			return Recovered{st, Left, s.keep(st)}
		}
		finished = finished && after
		if !before {
			back = append(back, Change{f.Path, text, string(f.Before), !exists, f.Created})
		}
	}
	if finished {
		return Recovered{st, Finished, s.keep(st)}
	}
	if _, err := planOf(back, st.ID).run(); err != nil {
		return Recovered{st, RolledBack, err}
	}
	s.forget(st)
	return Recovered{st, RolledBack, nil}
}
