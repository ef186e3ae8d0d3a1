package locked

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Everybody gets the lock in the order of asking, so nobody waits longer than all who asked before take together.
func TestWaitersAreServedInOrder(t *testing.T) {
	store, dir := newStore(t), t.TempDir()
	first, err := store.Acquire(t.Context(), []string{dir}, "first", nil)
	if err != nil {
		t.Fatal(err)
	}
	var served []int
	var waiters sync.WaitGroup
	for i := range 10 {
		waiting := make(chan Holder, 100)
		waiters.Go(func() {
			lock, err := store.Acquire(t.Context(), []string{dir}, "waiter", func(h Holder) { waiting <- h })
			if err != nil {
				t.Error(err)
				return
			}
			served = append(served, i) // under the lock
			lock.Release()
		})
		if h := <-waiting; h.Title != "first" || !h.Here() {
			t.Errorf("waiter %d waits for %v", i, h)
		}
	}
	first.Release()
	waiters.Wait()
	if !slices.IsSorted(served) || len(served) != 10 {
		t.Errorf("served in the order %v", served)
	}
}

func TestProcessesAndGoroutinesExcludeEachOther(t *testing.T) {
	store, dir := newStore(t), t.TempDir()
	var counting sync.WaitGroup
	var processes []*child
	for range 4 {
		processes = append(processes, startChild(t, "count", store, dir))
		counting.Go(func() { count(store, dir) })
	}
	counting.Wait()
	for _, p := range processes {
		if err := p.Wait(); err != nil {
			t.Error(err)
		}
	}
	if n, _, _ := readFile(filepath.Join(dir, "count")); n != "200" {
		t.Errorf("counted %s, want 200", n)
	}
	if left := tree(store.Dir); len(left) != 1 {
		t.Errorf("left in the store: %v", left)
	}
}

// A waiter learns for whom it waits, also when it reaches the directory by another name.
func TestHolderIsNamed(t *testing.T) {
	store, dir := newStore(t), t.TempDir()
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	holder := startChild(t, "hold", store, dir)
	holder.expect(t, "held")

	if h, ok := store.Holder(t.TempDir(), link); !ok || h.PID != holder.Process.Pid || h.Title != "go mod tidy" {
		t.Errorf("Holder = %v, %v", h, ok)
	}
	if h, ok := store.Holder(t.TempDir()); ok {
		t.Errorf("another directory is held by %v", h)
	}
	var told []Holder
	lock, err := store.Acquire(t.Context(), []string{link}, "waiter", func(h Holder) {
		told = append(told, h)
		holder.in.Close()
	})
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Release()
	if len(told) != 1 || told[0].PID != holder.Process.Pid || told[0].Here() || time.Since(told[0].Since) > time.Minute {
		t.Errorf("told %v", told)
	}
}

func TestDeadHolderHoldsNothing(t *testing.T) {
	store, dir := newStore(t), t.TempDir()
	holder := startChild(t, "hold", store, dir)
	holder.expect(t, "held")
	var killed time.Time
	lock, err := store.Acquire(t.Context(), []string{dir}, "waiter", func(Holder) {
		holder.kill()
		killed = time.Now()
	})
	if err != nil {
		t.Fatal(err)
	}
	lock.Release()
	if took := time.Since(killed); killed.IsZero() || took > time.Second {
		t.Errorf("the lock was free %v after its holder's death", took)
	}
}

func TestWaitingCanBeCancelled(t *testing.T) {
	store, dir := newStore(t), t.TempDir()
	held, err := store.Acquire(t.Context(), []string{dir}, "first", nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := store.Acquire(ctx, []string{dir}, "waiter", func(Holder) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	held.Release()
	again, err := store.Acquire(t.Context(), []string{dir}, "next", func(h Holder) { t.Errorf("waits for %v", h) })
	if err != nil {
		t.Fatal(err)
	}
	again.Release()
}

func TestOnlySharedDirectoriesExclude(t *testing.T) {
	store, a, b, c := newStore(t), t.TempDir(), t.TempDir(), t.TempDir()
	held, err := store.Acquire(t.Context(), []string{a, b}, "first", nil)
	if err != nil {
		t.Fatal(err)
	}
	other, err := store.Acquire(t.Context(), []string{c}, "other", func(h Holder) { t.Errorf("waits for %v", h) })
	if err != nil {
		t.Fatal(err)
	}
	other.Release()
	waited := false
	both, err := store.Acquire(t.Context(), []string{c, b}, "both", func(Holder) {
		waited = true
		held.Release()
	})
	if err != nil {
		t.Fatal(err)
	}
	both.Release()
	if !waited {
		t.Error("did not wait for a directory that is held")
	}
}

func TestWatch(t *testing.T) {
	store, dir := newStore(t), t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		seen := make(chan Holder)
		var watching sync.WaitGroup
		watching.Go(func() { store.Watch(ctx, []string{dir}, func(h Holder, held bool) { seen <- h }) })
		for range 2 {
			lock, err := store.Acquire(ctx, []string{dir}, "go mod tidy", nil)
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			if h := <-seen; h.Title != "go mod tidy" {
				t.Errorf("saw %v", h)
			}
			lock.Release()
			if h := <-seen; h.PID != 0 {
				t.Errorf("saw %v", h)
			}
			if took := time.Since(start); took > 2*500*time.Millisecond {
				t.Errorf("noticed after %v", took)
			}
		}
		cancel()
		watching.Wait()
	})
}
