package locked

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Disk is the Apply of a transaction whose user sees the disk: it writes the changes there, all or nothing. Modes, links
// and line endings stay. At every instant between, go can read the module: go.sum first has old and new lines. A file that
// is not what the result starts from is not overwritten; then everything is put back, and the error is a *ChangedError.
//
// An Apply may call it more than once, with parts of its result; the caller of Disk holds the lock.
func Disk(_ context.Context, r Result) (applied bool, err error) {
	plan := planOf(r.Changes, r.id)
	for _, c := range r.Changes {
		if err := writable(c); err != nil {
			return false, err
		}
	}
	return plan.run()
}

// writable reports early what would fail later. A file that the user made read-only stays as it is, although a rename
// could replace it.
func writable(c Change) error {
	text, exists, err := readFile(c.Path)
	if err != nil {
		return err
	}
	if exists == c.Created || text != c.Before {
		return &ChangedError{[]string{c.Path}}
	}
	if !exists {
		if _, err := os.Lstat(c.Path); err == nil && !emptyDir(c.Path) {
			return fmt.Errorf("%s is a link to a file that does not exist", c.Path)
		}
		return nil
	}
	target := realPath(c.Path)
	info, err := os.Stat(target)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o222 == 0 {
		return fmt.Errorf("%s is read-only", c.Path)
	}
	file, err := os.OpenFile(target, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return file.Close()
}

// A plan replaces files one after the other.
type plan []write

// A write takes one file from one text to another; nil is a file that is not there.
type write struct {
	path     string
	from, to *string
	tmp      string // prepared with the text of to, in the directory of path's target, to be renamed
	drops    bool   // takes lines of a go.sum away that an older go.mod needs
}

// planOf orders the writes so that go can read the module after each: first what adds (sums, vendored files), then what
// refers to it (go.mod, then vendor/modules.txt), then what removes.
func planOf(changes []Change, id string) plan {
	type ranked struct {
		rank int
		write
	}
	var all []ranked
	for _, c := range changes {
		from, to := &c.Before, &c.After
		if c.Created {
			from = nil
		}
		if c.Deleted {
			to = nil
		}
		base := filepath.Base(c.Path)
		switch {
		case base == "go.sum" || base == "go.work.sum":
			union := Union(c.Before, c.After)
			middle := &union
			if to == nil || union != *to {
				all = append(all, ranked{5, write{path: c.Path, from: middle, to: to, drops: true}})
			} else {
				middle = to
			}
			if from == nil || union != *from {
				all = append(all, ranked{0, write{path: c.Path, from: from, to: middle}})
			}
		case to == nil:
			all = append(all, ranked{4, write{path: c.Path, from: from}})
		case base == "modules.txt":
			all = append(all, ranked{3, write{path: c.Path, from: from, to: to}})
		case base == "go.mod" || base == "go.work":
			all = append(all, ranked{2, write{path: c.Path, from: from, to: to}})
		default:
			all = append(all, ranked{1, write{path: c.Path, from: from, to: to}})
		}
	}
	slices.SortStableFunc(all, func(a, b ranked) int { return a.rank - b.rank })
	var p plan
	times := make(map[string]int)
	for _, r := range all {
		w := r.write
		target := realPath(w.path)
		// The name tells nothing of the other files: a recovery finds what a part of the result had prepared.
		w.tmp = filepath.Join(filepath.Dir(target), fmt.Sprintf(".%s.%s-%d", filepath.Base(target), cmp.Or(id, "gomodls"), times[target]))
		times[target]++
		p = append(p, w)
	}
	return p
}

// Union returns before with those lines of after at its end that it lacks. It is what a go.sum holds while its go.mod is
// between two states; a recovery knows it as such.
func Union(before, after string) string {
	have := make(map[string]bool)
	for line := range strings.Lines(before) {
		have[strings.TrimSpace(line)] = true
	}
	union := before
	for line := range strings.Lines(after) {
		if have[strings.TrimSpace(line)] {
			continue
		}
		if union != "" && !strings.HasSuffix(union, "\n") {
			union += "\n"
		}
		union += line
	}
	return union
}

// grace is the time that a go command which has read the old go.mod has to read the go.sum for it, before that loses the lines
// which only the old one needs. It takes no lock that would say so; a few milliseconds are usual.
var grace = 150 * time.Millisecond

// step is called before each thing that a crash could come after. Tests die in it.
var step = func(what string) {}

// run prepares all files, so that a full disk is noticed before anything has changed, and then renames them into place.
func (p plan) run() (applied bool, err error) {
	defer p.sweep()
	for _, w := range p {
		if err := w.prepare(); err != nil {
			return false, err
		}
	}
	waited := false
	for i, w := range p {
		if w.drops && !waited {
			waited = true
			time.Sleep(grace)
		}
		if err := w.commit(); err != nil {
			if back := p[:i].undo(); back != nil {
				return true, &stuckError{errors.Join(err, back)}
			}
			return false, err
		}
	}
	return true, nil
}

// A stuckError says that some files are changed and cannot be put back now. The journal keeps what they were, and whoever
// takes the lock next tries again.
type stuckError struct{ err error }

func (e *stuckError) Unwrap() error { return e.err }

func (e *stuckError) Error() string {
	return fmt.Sprintf("the files can neither all be changed nor put back; the next gomodls command here will try again: %v", e.err)
}

// undo takes back the writes of p, last first.
func (p plan) undo() error {
	var errs []error
	for _, w := range slices.Backward(p) {
		back := write{path: w.path, from: w.to, to: w.from, tmp: w.tmp}
		if err := back.prepare(); err != nil {
			errs = append(errs, err)
		} else if err := back.commit(); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// sweep removes prepared files that were not used.
func (p plan) sweep() {
	for _, w := range p {
		os.Remove(w.tmp)
		removeEmpty(filepath.Dir(w.tmp))
	}
}

func (w write) prepare() error {
	if w.to == nil {
		return nil
	}
	step("prepare " + w.path)
	dir := filepath.Dir(w.tmp)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	file, err := os.OpenFile(w.tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return err
	}
	_, err = file.WriteString(*w.to)
	if info, statErr := os.Stat(realPath(w.path)); err == nil && statErr == nil && !info.IsDir() {
		err = file.Chmod(info.Mode().Perm())
		keepOwner(file, info)
	}
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// commit renames the prepared file into place, if the file there is still what w starts from. A go command that edits the
// file in place is waited for.
func (w write) commit() error {
	step("rename " + w.path)
	if err := w.rename(); err != nil {
		return err
	}
	step("renamed " + w.path)
	return nil
}

func (w write) rename() error {
	target := realPath(w.path)
	unlock := excludeGo(target, w.to)
	defer unlock()
	text, exists, err := readFile(target)
	if err != nil {
		return err
	}
	if exists != (w.from != nil) || exists && text != *w.from {
		return &ChangedError{[]string{w.path}}
	}
	if w.to != nil {
		if emptyDir(target) {
			os.Remove(target)
		}
		err = os.Rename(w.tmp, target)
	} else if err = os.Remove(realFile(w.path)); err == nil { // of a link not what it leads to
		removeEmpty(filepath.Dir(target))
	}
	if err != nil {
		return err
	}
	syncDir(filepath.Dir(target))
	return nil
}

// removeEmpty removes vendor directories that have become empty: go would take an empty one for a vendored module.
func removeEmpty(dir string) {
	for strings.Contains(dir+string(filepath.Separator), string(filepath.Separator)+"vendor"+string(filepath.Separator)) {
		if os.Remove(dir) != nil {
			return
		}
		dir = filepath.Dir(dir)
	}
}

// writeFileSync writes a file of the store, by way of tmp, so that after a crash it is either whole or not there.
func writeFileSync(path, tmp string, data []byte) error {
	file, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		return err
	}
	syncDir(filepath.Dir(path))
	return nil
}
