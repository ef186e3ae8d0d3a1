// Package locked runs the go command on what the user sees, and applies what it says, all or nothing.
//
// The one idea to keep in mind: everything is a transaction. [Store.Do] locks the directories, notes what it starts from,
// lets go work on a [Shadow] of the files, compares, and only then applies, under a journal. Whatever fails before that
// last step has changed nothing, and whatever dies during it is finished or rolled back by the next transaction on the
// same directories. Locks, journals, shadows and the states that were replaced live in a [Store] outside every repository.
package locked

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aymanbagabas/go-udiff"
	"go.uber.org/zap"
)

// A Store is the directory in which all processes of one user keep their locks, journals and the states they replaced.
// Processes that use the same directory exclude each other. It is safe for concurrent use.
type Store struct {
	Dir string
	Log *zap.Logger

	released atomic.Uint64 // counts locks given back; see Release
}

// DefaultDir returns the directory that every gomodls of this user shares.
func DefaultDir() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding a place for locks: %w", err)
	}
	return filepath.Join(cache, "gomodls"), nil
}

// A Transaction says what Do does.
type Transaction struct {
	Title string // what those who wait are told, and the name of the state that can be restored: "go mod tidy"

	// World returns what the user sees now. It is called under the lock, once before Run and once after it. Its
	// directories are what is locked, so it is also called before, to learn them.
	World func() World

	// Run does the work on the shadow. If an input changes meanwhile, it is called once more with a new shadow.
	Run func(context.Context, *Shadow) error

	// Apply makes the changes visible: [Disk], or what an editor's server does. The result has at least one change.
	// It reports whether any file may have changed, whatever its error; if none has, no state is kept for undo. It
	// returns a *ChangedError if it finds that a file is no longer what the result starts from. Nil only computes.
	Apply func(context.Context, Result) (applied bool, err error)

	// Unlisted keeps the state that it replaces out of those that can be restored: for what only completes an earlier one.
	Unlisted bool

	Go     Go
	OnWait func(Holder)      // called when the transaction has to wait, and whenever it waits for somebody else
	OnLock func([]Recovered) // called once the lock is held, with what an earlier crash had left behind
}

// A Result is what a transaction changes.
type Result struct {
	Changes []Change // sorted by path; empty if go had nothing to change
	Output  string   // what the go commands printed, with the user's names for the files

	id string // of the journal entry; names the temporary files, so that a recovery finds them
}

// A Change is the new text of one file.
type Change struct {
	Path          string
	Before, After string
	Created       bool // the file did not exist, and Before is empty
	Deleted       bool // the file is to be removed, and After is empty
}

// Diff returns the change as a unified diff, with the path relative to dir.
func (c Change) Diff(dir string) string {
	name := c.Path
	if rel, err := filepath.Rel(dir, c.Path); err == nil && filepath.IsLocal(rel) {
		name = filepath.ToSlash(rel)
	}
	before, after := "a/"+name, "b/"+name
	if c.Created {
		before = os.DevNull
	}
	if c.Deleted {
		after = os.DevNull
	}
	return udiff.Unified(before, after, c.Before, c.After)
}

// A ChangedError says that inputs of a transaction changed while it ran, so that nothing was applied over them.
type ChangedError struct{ Paths []string }

func (e *ChangedError) Error() string {
	return strings.Join(e.Paths, ", ") + " changed meanwhile; nothing was applied"
}

// Do carries out t. Transactions that share a directory run one after the other, in the order in which they asked. The
// error is a *GoError if the go command failed, a *ChangedError if inputs changed during both attempts, or ctx's.
func (s *Store) Do(ctx context.Context, t Transaction) (Result, error) {
	lock, world, err := s.lockWorld(ctx, t)
	if err != nil {
		return Result{}, err
	}
	defer lock.Release()
	if t.OnLock != nil {
		t.OnLock(lock.Recovered)
	}
	for attempt := 1; ; attempt++ {
		result, applied, err := s.attempt(ctx, t, lock, world)
		var changed *ChangedError
		if applied || attempt == 2 || !errors.As(err, &changed) {
			return result, err
		}
		s.Log.Debug("inputs changed, running again", zap.String("title", t.Title), zap.Strings("paths", changed.Paths))
		world = t.World().indexed()
	}
}

// lockWorld locks the directories of what the user sees. They can change while waiting: who went before may have added a
// replacement. Then the lock is taken anew.
func (s *Store) lockWorld(ctx context.Context, t Transaction) (*Lock, World, error) {
	world := t.World().indexed()
	if len(world.Dirs) == 0 {
		return nil, World{}, fmt.Errorf("%s: there is no directory to run in", t.Title)
	}
	var recovered []Recovered
	for {
		lock, err := s.Acquire(ctx, world.Dirs, t.Title, t.OnWait)
		if err != nil {
			return nil, World{}, err
		}
		recovered = append(recovered, lock.Recovered...)
		locked := world.Dirs
		if world = t.World().indexed(); subset(world.Dirs, locked) {
			lock.Recovered = recovered
			return lock, world, nil
		}
		lock.Release()
	}
}

func (s *Store) attempt(ctx context.Context, t Transaction, lock *Lock, world World) (r Result, applied bool, err error) {
	start, err := inputsOf(world, nil)
	if err != nil {
		return Result{}, false, fmt.Errorf("reading the module's files: %w", err)
	}
	shadow, err := newShadow(lock.scratch, world, t.Go)
	if err != nil {
		return Result{}, false, fmt.Errorf("copying the module's files: %w", err)
	}
	defer shadow.close()
	runErr := t.Run(ctx, shadow)
	if ctx.Err() != nil {
		return Result{}, false, context.Cause(ctx)
	}
	now, err := inputsOf(t.World().indexed(), start)
	if err != nil {
		return Result{}, false, fmt.Errorf("reading the module's files: %w", err)
	}
	if paths := start.changed(now); len(paths) > 0 {
		return Result{}, false, &ChangedError{paths} // also if go failed: it may have failed on what is no longer there
	}
	if runErr != nil {
		return Result{Output: shadow.output.String()}, false, runErr
	}
	r, err = shadow.result()
	if err != nil || len(r.Changes) == 0 || t.Apply == nil {
		return r, false, err
	}
	entry, err := s.begin(lock.scratch, t.Title, world.Dirs, r.Changes)
	if err != nil {
		return Result{}, false, fmt.Errorf("writing the journal: %w", err)
	}
	r.id = entry.ID
	applied, err = t.Apply(ctx, r)
	if !applied {
		s.forget(entry)
		return Result{Output: r.Output}, false, err
	}
	if stuck := (*stuckError)(nil); errors.As(err, &stuck) {
		return r, true, err
	}
	if t.Unlisted {
		s.forget(entry)
		return r, true, err
	}
	return r, true, joinKept(err, s.keep(entry))
}

// joinKept gives precedence to the error of applying: that the history could not be written is the lesser loss.
func joinKept(applying, keeping error) error {
	if applying != nil || keeping == nil {
		return applying
	}
	return fmt.Errorf("the change is made, but not kept for undo: %w", keeping)
}

func subset(a, b []string) bool {
	for _, x := range a {
		if !slices.Contains(b, x) {
			return false
		}
	}
	return true
}

// now is the time as it is kept in files: without the monotonic clock, in UTC.
func now() time.Time { return time.Now().UTC().Round(0) }
