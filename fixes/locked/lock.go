package locked

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// How often a waiter looks whether it is its turn, and how often a watcher looks whether somebody holds a lock.
const (
	waitInterval  = 10 * time.Millisecond
	watchInterval = 200 * time.Millisecond
)

// A Holder is a transaction that holds, or waits in front for, a lock.
type Holder struct {
	PID   int       `json:"pid"`
	Title string    `json:"title"`
	Since time.Time `json:"since"` // when it got the lock, or began to wait for it
	Dirs  []string  `json:"dirs"`  // real paths
}

// Here reports whether the holder is this process.
func (h Holder) Here() bool { return h.PID == os.Getpid() }

func (h Holder) String() string {
	return fmt.Sprintf("%s (process %d, since %s)", h.Title, h.PID, h.Since.Local().Format(time.TimeOnly))
}

func (h Holder) same(o Holder) bool {
	return h.PID == o.PID && h.Title == o.Title && h.Since.Equal(o.Since)
}

// A Lock is the exclusive right to run go in, and write to, some directories.
//
// Whoever wants a lock draws a ticket: a numbered file in the store that it holds locked until it is done. It is its
// turn when no lower ticket that names one of its directories is locked any more. So the order is that of asking, several
// directories are taken at once and nobody can deadlock, and the ticket of a process that died is void at once, because
// the operating system unlocks its file.
type Lock struct {
	Recovered []Recovered // what a crash had left in these directories, and what was done about it

	store   *Store
	dirs    []string // real paths, sorted
	ticket  ticket
	file    *flock.Flock
	scratch string // a directory for the shadow's files, gone after Release
}

// Acquire locks dirs, which may be given through symbolic links and need not exist, and recovers what a crash has left in
// them. It waits until nobody who asked before holds any of them; onWait, which may be nil, hears for whom. It is not
// reentrant.
func (s *Store) Acquire(ctx context.Context, dirs []string, title string, onWait func(Holder)) (*Lock, error) {
	paths := make([]string, len(dirs))
	for i, dir := range dirs {
		paths[i] = realPath(dir)
	}
	slices.Sort(paths)
	paths = slices.Compact(paths)
	var recovered []Recovered
	failed := make(map[string]bool)
	for {
		lock, err := s.acquire(ctx, paths, title, onWait)
		if err != nil {
			return nil, fmt.Errorf("locking %s: %w", strings.Join(dirs, ", "), err)
		}
		done, wider := s.recoverUnder(lock, failed)
		recovered = append(recovered, done...)
		if wider == nil {
			lock.Recovered = recovered
			return lock, nil
		}
		// A crashed transaction had locked more than we do: recover it under all of its locks.
		lock.Release()
		if lock, err = s.acquire(ctx, wider, "recovering", onWait); err != nil {
			return nil, err
		}
		done, _ = s.recoverUnder(lock, failed)
		recovered = append(recovered, done...)
		lock.Release()
	}
}

func (s *Store) acquire(ctx context.Context, dirs []string, title string, onWait func(Holder)) (*Lock, error) {
	lock, ahead, err := s.draw(ctx, dirs, title)
	if err != nil {
		return nil, err
	}
	var told Holder
	for _, t := range ahead {
		for {
			who, alive := t.holder()
			if !alive {
				break
			}
			if onWait != nil && !who.same(told) {
				told = who
				onWait(who)
			}
			select {
			case <-ctx.Done():
				lock.Release()
				return nil, context.Cause(ctx)
			case <-time.After(waitInterval):
			}
		}
	}
	s.released.Load()
	if len(ahead) > 0 {
		if err := lock.ticket.write(Holder{os.Getpid(), title, now(), dirs}); err != nil {
			lock.Release()
			return nil, err
		}
	}
	return lock, nil
}

// draw draws a ticket and returns those that go first, in order. No lower ticket can appear later.
func (s *Store) draw(ctx context.Context, dirs []string, title string) (*Lock, []ticket, error) {
	if err := os.MkdirAll(s.tickets(), 0o700); err != nil {
		return nil, nil, err
	}
	mutex := flock.New(filepath.Join(s.Dir, "mutex"))
	if _, err := mutex.TryLockContext(ctx, time.Millisecond); err != nil {
		return nil, nil, err
	}
	defer mutex.Unlock()

	all, err := s.list()
	if err != nil {
		return nil, nil, err
	}
	last := 0
	var ahead []ticket
	for _, t := range all {
		who, alive := t.holder()
		switch {
		case !alive:
			t.remove()
		case share(who.Dirs, dirs):
			ahead = append(ahead, t)
		}
		last = max(last, t.number())
	}
	mine := ticket(filepath.Join(s.tickets(), fmt.Sprintf("%010d-%08x", last+1, rand.Uint32())))
	lock := &Lock{store: s, dirs: dirs, ticket: mine, file: flock.New(mine.lockFile()), scratch: string(mine)}
	_, err = lock.file.TryLockContext(ctx, time.Millisecond)
	if err == nil {
		err = os.Mkdir(lock.scratch, 0o700)
	}
	if err == nil {
		err = mine.write(Holder{os.Getpid(), title, now(), dirs}) // last: others see the ticket from now on
	}
	if err != nil {
		lock.Release()
		return nil, nil, err
	}
	return lock, ahead, nil
}

// Release gives the lock back. It may be called more than once.
func (l *Lock) Release() {
	l.store.released.Add(1) // of files the memory model knows nothing: this orders memory as the lock orders time
	l.ticket.remove()
	l.file.Unlock()
	l.ticket.remove() // where an open file cannot be removed
}

// Holder returns who holds the lock of one of dirs, or is the first to wait for it. It is cheap: in the common case that
// nobody runs anything it reads one empty directory.
func (s *Store) Holder(dirs ...string) (Holder, bool) {
	all, err := s.list()
	if err != nil || len(all) == 0 {
		return Holder{}, false
	}
	paths := make([]string, len(dirs))
	for i, dir := range dirs {
		paths[i] = realPath(dir)
	}
	for _, t := range all {
		if who, alive := t.holder(); alive && share(who.Dirs, paths) {
			return who, true
		}
	}
	return Holder{}, false
}

// Watch calls changed whenever the holder of one of dirs changes, with held false when the last one is gone, until ctx
// ends. It notices within half a second.
func (s *Store) Watch(ctx context.Context, dirs []string, changed func(who Holder, held bool)) {
	ticker := time.NewTicker(watchInterval)
	defer ticker.Stop()
	var last Holder
	var was bool
	for {
		who, held := s.Holder(dirs...)
		if held != was || !who.same(last) {
			last, was = who, held
			changed(who, held)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (s *Store) tickets() string { return filepath.Join(s.Dir, "tickets") }

// list returns all tickets, lowest first.
func (s *Store) list() ([]ticket, error) {
	entries, err := os.ReadDir(s.tickets())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var all []ticket
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".lock"); ok {
			all = append(all, ticket(filepath.Join(s.tickets(), name)))
		}
	}
	return all, err
}

// A ticket is the common path of a lock file, the holder's identity beside it and its scratch directory.
type ticket string

func (t ticket) lockFile() string   { return string(t) + ".lock" }
func (t ticket) holderFile() string { return string(t) + ".json" }

func (t ticket) number() int {
	digits, _, _ := strings.Cut(filepath.Base(string(t)), "-")
	n, _ := strconv.Atoi(digits)
	return n
}

func (t ticket) write(who Holder) error {
	data, err := json.Marshal(who)
	if err != nil {
		return err
	}
	tmp := string(t) + ".tmp"
	if err := os.WriteFile(tmp, data, 0o600); err != nil {
		return err
	}
	return os.Rename(tmp, t.holderFile())
}

// holder returns who drew the ticket, and whether it still lives: whether its lock file is locked.
func (t ticket) holder() (who Holder, alive bool) {
	data, err := os.ReadFile(t.holderFile())
	if err != nil || json.Unmarshal(data, &who) != nil {
		return Holder{}, false
	}
	probe := flock.New(t.lockFile(), flock.SetFlag(os.O_RDONLY)) // must not create the file of one that is done
	free, err := probe.TryRLock()
	if free {
		probe.Unlock()
	}
	return who, err == nil && !free
}

func (t ticket) remove() {
	os.RemoveAll(string(t))
	os.Remove(t.holderFile())
	os.Remove(string(t) + ".tmp")
	os.Remove(t.lockFile())
}

// share reports whether a and b have a directory in common, by name or, where names differ in case only or through a
// mount, by identity.
func share(a, b []string) bool {
	for _, x := range a {
		if slices.Contains(b, x) {
			return true
		}
	}
	for _, x := range a {
		fx, err := os.Stat(x)
		if err != nil {
			continue
		}
		for _, y := range b {
			if fy, err := os.Stat(y); err == nil && os.SameFile(fx, fy) {
				return true
			}
		}
	}
	return false
}

// realPath resolves the symbolic links of as much of path as exists.
func realPath(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	rest := ""
	for p := path; ; {
		if real, err := filepath.EvalSymlinks(p); err == nil {
			return filepath.Join(real, rest)
		}
		up := filepath.Dir(p)
		if up == p {
			return path
		}
		p, rest = up, filepath.Join(filepath.Base(p), rest)
	}
}
