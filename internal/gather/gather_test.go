package gather

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"go.uber.org/zap/zaptest"

	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/workspace"
)

func newSession() *workspace.Session {
	return workspace.NewSession(&workspace.Machine{GOOS: "linux"}, nil, modcache.NewStores())
}

func write(t *testing.T, path, data string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(data), 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestSettle reads a file that names the next one, which is what a chain of facts looks like.
func TestSettle(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a"), "b")
	write(t, filepath.Join(dir, "b"), "c")
	rounds := 0
	got, err := Settle(context.Background(), newSession(), func(_ context.Context, snap *workspace.Snapshot) (string, error) {
		rounds++
		name := "a"
		for {
			f := snap.Read(filepath.Join(dir, name))
			if f.State != workspace.Regular {
				return name, nil
			}
			name = f.File.Text
		}
	})
	if err != nil || got != "c" || rounds != 4 {
		t.Errorf("Settle = %q after %d rounds, error %v; want c after 4, each of which knows one more", got, rounds, err)
	}
}

func TestRead(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "file"), "text")
	write(t, filepath.Join(dir, "sub", "x"), "")
	for _, tt := range []struct {
		want workspace.Want
		then workspace.State
	}{
		{workspace.Want{Path: filepath.Join(dir, "file")}, workspace.Regular},
		{workspace.Want{Path: filepath.Join(dir, "sub")}, workspace.Directory},
		{workspace.Want{Path: filepath.Join(dir, "none")}, workspace.Missing},
		{workspace.Want{Path: filepath.Join(dir, "file", "below")}, workspace.Missing}, // a file where a directory should be
		{workspace.Want{Path: dir, List: true}, workspace.Directory},
		{workspace.Want{Path: os.DevNull}, workspace.Irregular},
	} {
		if got := Read(tt.want); got.State != tt.then {
			t.Errorf("Read(%v) is in state %d, want %d (%s)", tt.want, got.State, tt.then, got.Err)
		}
	}
	if names := Read(workspace.Want{Path: dir, List: true}).Names; len(names) != 2 || names[0] != "file" || names[1] != "sub/" {
		t.Errorf("the directory holds %q", names)
	}
}

// watch has a watcher follow a session that wants the file at path, which is missing, and files beside it. It returns what waits until
// the session knows of the file what is wanted. Where it is pursued, all happens beside the caller.
func watch(t *testing.T, pursued bool, path string, beside ...string) (until func(ok func(*workspace.Fact) bool)) {
	t.Helper()
	session := newSession()
	changed := make(chan struct{}, 100)
	w := NewWatcher(session, zaptest.NewLogger(t), func() { changed <- struct{}{} })
	look := func(_ context.Context, snap *workspace.Snapshot) (workspace.State, error) {
		for _, path := range beside {
			snap.Read(path)
		}
		return snap.Read(path).State, nil
	}
	if got, err := Settle(t.Context(), session, look); err != nil || got != workspace.Missing {
		t.Fatalf("at first: state %d, error %v", got, err)
	}
	if pursued {
		w.Pursue(session.Snapshot())
	} else {
		w.Follow(session.Snapshot())
	}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { w.Run(ctx) })
	t.Cleanup(func() {
		stop()
		running.Wait()
	})
	return func(ok func(*workspace.Fact) bool) {
		t.Helper()
		for !ok(session.Snapshot().Read(path)) {
			<-changed // a hang is a failure: the test's own time limit ends it
		}
	}
}

// TestWatcher makes a file in directories that are not there yet, changes it and removes it, and waits each time until the
// session knows.
func TestWatcher(t *testing.T) {
	t.Run("followed", func(t *testing.T) { testWatcher(t, false) })
	t.Run("pursued", func(t *testing.T) { testWatcher(t, true) })
}

func testWatcher(t *testing.T, pursued bool) {
	path := filepath.Join(t.TempDir(), "made", "later", "go.mod")
	until := watch(t, pursued, path)
	write(t, path, "module a\n")
	until(func(f *workspace.Fact) bool { return f.State == workspace.Regular && f.File.Text == "module a\n" })
	write(t, path, "module other\n")
	until(func(f *workspace.Fact) bool { return f.State == workspace.Regular && f.File.Text == "module other\n" })
	if err := os.RemoveAll(filepath.Dir(path)); err != nil {
		t.Fatal(err)
	}
	until(func(f *workspace.Fact) bool { return f.State == workspace.Missing })
	write(t, path, "module again\n")
	until(func(f *workspace.Fact) bool { return f.State == workspace.Regular })
}

// TestLinked makes the directory that a link leads to, in place or from elsewhere, and waits until the session knows the file that is
// wanted by the link's name.
func TestLinked(t *testing.T) {
	for _, moved := range []bool{false, true} {
		a, b, elsewhere := t.TempDir(), t.TempDir(), t.TempDir()
		write(t, filepath.Join(a, "go.mod"), "module a\n")
		write(t, filepath.Join(b, "go.mod"), "module b\n")
		if err := os.Symlink(filepath.Join(b, "target"), filepath.Join(a, "dep")); err != nil {
			if runtime.GOOS == "windows" { // where not everybody may make links
				t.Skip(err)
			}
			t.Fatal(err)
		}
		until := watch(t, moved, filepath.Join(a, "dep", "go.mod"), filepath.Join(a, "go.mod"), filepath.Join(b, "go.mod"))
		if moved {
			write(t, filepath.Join(elsewhere, "new", "go.mod"), "module target\n")
			if err := os.Rename(filepath.Join(elsewhere, "new"), filepath.Join(b, "target")); err != nil {
				t.Fatal(err)
			}
		} else {
			write(t, filepath.Join(b, "target", "go.mod"), "module target\n")
		}
		until(func(f *workspace.Fact) bool { return f.State == workspace.Regular })
	}
}

// TestStrangers checks that what others do beside the wanted files does not have everything watched anew.
func TestStrangers(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "made", "later", "go.mod")
	session := newSession()
	w := NewWatcher(session, zaptest.NewLogger(t), func() {})
	defer w.notify.Close()
	look := func(_ context.Context, snap *workspace.Snapshot) (workspace.State, error) {
		return snap.Read(path).State, nil
	}
	if _, err := Settle(t.Context(), session, look); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		path string
		anew bool
	}{
		{filepath.Join(dir, "history"), false},
		{filepath.Join(dir, "made"), true},
		{filepath.Join(dir, "made", "other"), false},
		{t.TempDir(), true}, // a link may lead there
		{path, true},
	} {
		w.Follow(session.Snapshot())
		w.Refresh(step.path)
		if moved := w.moved.Load(); moved != step.anew {
			t.Errorf("after %s everything is watched anew: %v", step.path, moved)
		}
	}
}
