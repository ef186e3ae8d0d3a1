package locked

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var kills = flag.Int("kills", 50, "number of SIGKILLs at random instants")

// The two states between which transactions flip in the tests that kill them: everything that can happen to a file.
var (
	oldState = map[string]string{
		"go.mod":                       "module example.com/m\r\n\r\ngo 1.21\r\n\r\nrequire example.com/a v1.0.0\r\n",
		"go.sum":                       "example.com/a v1.0.0 h1:old=\nexample.com/both v1.0.0 h1:both=\n",
		"go.work":                      "go 1.21\n\nuse . // alone\n",
		"m.go":                         "package m\n",
		"vendor/modules.txt":           "# example.com/a v1.0.0\n",
		"vendor/example.com/a/a.go":    "package a // v1.0.0\n",
		"vendor/example.com/a/gone":    "gone with v1.1.0\x00\xff",
		"vendor/example.com/gone/g":    "g",
		"vendor/example.com/same/s":    "s",
		"vendor/example.com/a/LICENSE": strings.Repeat("as is\n", 1000),
	}
	newState = map[string]string{
		"go.mod":                       "module example.com/m\r\n\r\ngo 1.21\r\n\r\nrequire example.com/a v1.1.0\r\n",
		"go.sum":                       "example.com/a v1.1.0 h1:new=\nexample.com/both v1.0.0 h1:both=\n",
		"go.work":                      "go 1.22\n\nuse (\n\t. // alone\n\t./n\n)\n",
		"go.work.sum":                  "example.com/c v1.0.0 h1:c=\n",
		"m.go":                         "package m\n",
		"vendor/modules.txt":           "# example.com/a v1.1.0\n",
		"vendor/example.com/a/a.go":    "package a // v1.1.0\n",
		"vendor/example.com/came/c":    "c",
		"vendor/example.com/same/s":    "s",
		"vendor/example.com/a/LICENSE": strings.Repeat("as was\n", 1000),
	}
)

// flip replaces the state that dir is in by the other one.
func flip(store *Store, dir string) {
	_, err := store.Do(context.Background(), Transaction{
		Title: "flip", World: disk(dir), Apply: Disk,
		Run: func(_ context.Context, s *Shadow) error {
			to := newState
			if text, _, _ := readFile(filepath.Join(dir, "go.mod")); text == newState["go.mod"] {
				to = oldState
			}
			for name := range tree(dir) {
				if _, ok := to[name]; !ok {
					s.Remove(filepath.Join(dir, name))
				}
			}
			for name, text := range to {
				s.Write(filepath.Join(dir, name), text)
			}
			return nil
		},
	})
	if err != nil {
		panic(err)
	}
}

// check fails the test unless the files of dir are all old or all new, with nothing beside them.
func check(t *testing.T, dir string) {
	t.Helper()
	got := tree(dir)
	if !maps.Equal(got, oldState) && !maps.Equal(got, newState) {
		t.Fatalf("neither old (-old +got):\n%s\nnor new (-new +got):\n%s", cmp.Diff(oldState, got), cmp.Diff(newState, got))
	}
}

// A process is killed before each of its steps, with as many states kept as there may be.
func TestKilledAtEveryStep(t *testing.T) {
	store, dir := newStore(t), newModule(t, oldState)
	for range keepStates { // an even number
		flip(store, dir)
	}
	outcomes := make(map[Outcome]int)
	for n := 1; ; n++ {
		if maps.Equal(tree(dir), newState) {
			flip(store, dir)
		}
		c := startChild(t, "apply", store, dir, "LOCKED_TEST_ROUNDS=1")
		var dots int
		for ; dots < n; dots++ {
			if dots > 0 {
				c.in.Write([]byte{'.'})
			}
			if _, err := c.out.ReadByte(); errors.Is(err, io.EOF) {
				break
			}
		}
		c.kill()
		recovered, err := store.Recover(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		check(t, dir)
		for _, r := range recovered {
			if r.Err != nil {
				t.Error(r)
			}
			outcomes[r.Outcome]++
		}
		if again, err := store.Recover(t.Context()); len(again) > 0 || err != nil {
			t.Errorf("there is still something to recover: %v %v", again, err)
		}
		if states, err := store.States(dir); err != nil || len(states) != keepStates {
			t.Errorf("%d states are kept: %v", len(states), err)
		}
		if dots < n { // it lived to its end
			if !maps.Equal(tree(dir), newState) {
				t.Error("the transaction that was not killed has not been made")
			}
			break
		}
	}
	t.Logf("recovered: %v", outcomes)
	if outcomes[Finished] == 0 || outcomes[RolledBack] == 0 || outcomes[Left] != 0 {
		t.Errorf("outcomes: %v", outcomes)
	}
}

// A process that makes one transaction after the other is killed at random instants.
func TestKilledAtRandomInstants(t *testing.T) {
	store, dir := newStore(t), newModule(t, oldState)
	recoveries := 0
	for range *kills {
		c := startChild(t, "apply", store, dir, "LOCKED_TEST_ROUNDS=1000000")
		if _, err := io.CopyN(io.Discard, c.out, 1+rand.Int64N(80)); err != nil {
			t.Fatal(err)
		}
		for range rand.IntN(2000) {
			runtime.Gosched()
		}
		c.kill()
		recovered, err := store.Recover(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		recoveries += len(recovered)
		check(t, dir)
	}
	t.Logf("%d kills, %d of them while files were being replaced; mixed states: 0, lost bytes: 0", *kills, recoveries) // else check has failed
	if left := tree(filepath.Join(store.Dir, "journal")); len(left) > 0 {
		t.Errorf("left in the journal: %q", slices.Sorted(maps.Keys(left)))
	}
	if states, err := store.States(dir); err != nil || len(states) > keepStates {
		t.Errorf("%d states are kept: %v", len(states), err)
	}
}

// killAt kills a flip of the state of dir before the first step that begins with what.
func killAt(t *testing.T, store *Store, dir, what string) {
	t.Helper()
	defer func() {
		step = func(string) {}
		if recover() == nil {
			t.Fatalf("there is no step %q", what)
		}
	}()
	step = func(s string) {
		if strings.HasPrefix(s, what) {
			panic("killed")
		}
	}
	flip(store, dir)
}

// A file that somebody has changed since the crash is not overwritten, nor are the others then; but what the transaction
// had replaced can be restored.
func TestChangedAfterCrash(t *testing.T) {
	store, dir := newStore(t), newModule(t, oldState)
	killAt(t, store, dir, "renamed "+filepath.Join(dir, "go.mod"))
	// The panic has unwound and so removed what was prepared, as the recovery would.
	writeFile(filepath.Join(dir, "go.mod"), "module example.com/edited\n")
	before := tree(dir)
	recovered, err := store.Recover(t.Context())
	if err != nil || len(recovered) != 1 || recovered[0].Outcome != Left || recovered[0].Err != nil {
		t.Errorf("recovered %v, %v", recovered, err)
	}
	if d := cmp.Diff(before, tree(dir)); d != "" {
		t.Errorf("changed:\n%s", d)
	}
	states, err := store.States(dir)
	if err != nil || len(states) != 1 {
		t.Fatalf("states: %v, %v", states, err)
	}
	restore(t, store, dir, states[0])
	if d := cmp.Diff(oldState, tree(dir)); d != "" {
		t.Errorf("restored (-want +got):\n%s", d)
	}
}

// What cannot be recovered is said, and tried again; it does not keep anybody from the lock.
func TestCannotRecover(t *testing.T) {
	store, dir, other := newStore(t), newModule(t, oldState), t.TempDir()
	os.Mkdir(filepath.Join(other, "go.mod"), 0o777)
	if _, err := store.begin(t.TempDir(), "go work sync", []string{dir, other}, []Change{
		{Path: filepath.Join(other, "go.mod"), Before: "earlier", After: "later"},
	}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		lock, err := store.Acquire(t.Context(), []string{dir}, "next", nil)
		if err != nil {
			t.Fatal(err)
		}
		lock.Release()
		if len(lock.Recovered) != 1 || lock.Recovered[0].Err == nil {
			t.Errorf("recovered %v", lock.Recovered)
		}
	}
}

// Whoever locks one of a crashed transaction's directories recovers it whole, and hears of it.
func TestAcquireRecovers(t *testing.T) {
	store, dir, other := newStore(t), newModule(t, oldState), t.TempDir()
	entry, err := store.begin(t.TempDir(), "go work sync", []string{dir, other}, []Change{
		{Path: filepath.Join(dir, "go.mod"), Before: "earlier", After: oldState["go.mod"]},
		{Path: filepath.Join(other, "go.mod"), Before: "earlier", After: "later"},
	})
	if err != nil {
		t.Fatal(err)
	}
	writeFile(filepath.Join(other, "go.mod"), "earlier")
	lock, err := store.Acquire(t.Context(), []string{other}, "next", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Release()
	if len(lock.Recovered) != 1 || lock.Recovered[0].State.ID != entry.ID || lock.Recovered[0].Outcome != RolledBack {
		t.Errorf("recovered %v", lock.Recovered)
	}
	if text, _, _ := readFile(filepath.Join(dir, "go.mod")); text != "earlier" {
		t.Errorf("the other directory's go.mod is %q", text)
	}
}

func restore(t *testing.T, store *Store, dir string, st State) {
	t.Helper()
	_, err := store.Do(t.Context(), Transaction{
		Title: "undo " + st.Title, World: disk(dir), Apply: Disk,
		Run: func(_ context.Context, s *Shadow) error {
			s.Restore(st)
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Undo puts all files back, and undoing that puts them forth again.
func TestRestore(t *testing.T) {
	store, dir := newStore(t), newModule(t, oldState)
	flip(store, dir)
	for i, want := range []map[string]string{oldState, newState, oldState} {
		states, err := store.States(dir)
		if err != nil || len(states) != i+1 {
			t.Fatalf("%d states, want %d: %v", len(states), i+1, err)
		}
		restore(t, store, dir, states[0])
		if d := cmp.Diff(want, tree(dir)); d != "" {
			t.Errorf("restored (-want +got):\n%s", d)
		}
	}
}

func TestStatesAreBounded(t *testing.T) {
	store, dir := newStore(t), newModule(t, nil)
	for i := range keepStates + 5 {
		_, err := store.Do(t.Context(), Transaction{
			Title: fmt.Sprint(i), World: disk(dir), Apply: Disk,
			Run: func(_ context.Context, s *Shadow) error {
				s.Write(filepath.Join(dir, "go.mod"), fmt.Sprintf("module example.com/m%d\n", i))
				return nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	states, err := store.States(dir)
	if err != nil || len(states) != keepStates {
		t.Fatalf("%d states, want %d: %v", len(states), keepStates, err)
	}
	if states[0].Title != fmt.Sprint(keepStates+4) {
		t.Errorf("the newest state is %q", states[0].Title)
	}
}

// Between any two steps, the go command can read a module whose old and new state it can read.
func TestReadableAtEveryInstant(t *testing.T) {
	dir := newModule(t, map[string]string{
		"go.mod": "module example.com/m\n\ngo 1.21\n\nrequire example.com/a v1.0.0\n",
		"m.go":   "package m\n\nimport _ \"example.com/a\"\n",
	})
	goCommand(t, dir, "mod", "tidy")
	reads := 0
	step = func(string) {
		goCommand(t, dir, "list", "-mod=readonly", "-deps", "./...")
		reads++
	}
	defer func() { step = func(string) {} }()
	for _, version := range []string{"v1.1.0", "v1.0.0"} {
		_, err := newStore(t).Do(t.Context(), Transaction{
			Title: "go get", World: disk(dir), Apply: Disk,
			Run: func(ctx context.Context, s *Shadow) error {
				if err := s.Get(ctx, "example.com/a@"+version); err != nil {
					return err
				}
				return s.Tidy(ctx)
			},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if reads < 2*9 { // three files are prepared and renamed each time
		t.Errorf("only %d reads", reads)
	}
}

func TestUnion(t *testing.T) {
	for _, tt := range []struct{ name, before, after, want string }{
		{"nothing new", "a\nb\n", "b\n", "a\nb\n"},
		{"all new", "", "a\nb\n", "a\nb\n"},
		{"some new", "a\nc\n", "a\nb\n", "a\nc\nb\n"},
		{"a last line without end", "a", "b\n", "a\nb\n"},
		{"carriage returns make no difference", "a\r\n", "a\nb\n", "a\r\nb\n"},
	} {
		if got := Union(tt.before, tt.after); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// What appears on disk while the files are being replaced is not overwritten, and what was replaced is put back.
func TestChangedWhileApplying(t *testing.T) {
	store, dir := newStore(t), newModule(t, map[string]string{"go.mod": "module example.com/m\n", "go.sum": "a v1.0.0 h1:a=\n"})
	step = func(what string) {
		if what == "renamed "+filepath.Join(dir, "go.sum") {
			writeFile(filepath.Join(dir, "go.mod"), "module example.com/edited\n")
		}
	}
	defer func() { step = func(string) {} }()
	applied, err := Disk(t.Context(), Result{id: "x", Changes: []Change{
		{Path: filepath.Join(dir, "go.mod"), Before: "module example.com/m\n", After: "module example.com/n\n"},
		{Path: filepath.Join(dir, "go.sum"), Before: "a v1.0.0 h1:a=\n", After: "b v1.0.0 h1:b=\n"},
	}})
	var changed *ChangedError
	if applied || !errors.As(err, &changed) {
		t.Errorf("applied %v, error %v", applied, err)
	}
	want := map[string]string{"go.mod": "module example.com/edited\n", "go.sum": "a v1.0.0 h1:a=\n"}
	if d := cmp.Diff(want, tree(dir)); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if states, _ := store.States(dir); len(states) > 0 {
		t.Errorf("states: %v", states)
	}
}

// Mode, symbolic link and line endings of a file stay.
func TestDiskKeeps(t *testing.T) {
	dir := newModule(t, map[string]string{"shared/real.mod": "module example.com/m\r\n\r\ngo 1.21\r\n", "m/m.go": "package m\n\nimport _ \"example.com/b\"\n"})
	target, link := filepath.Join(dir, "shared", "real.mod"), filepath.Join(dir, "m", "go.mod")
	if err := errors.Join(os.Chmod(target, 0o640), os.Symlink("../shared/real.mod", link)); err != nil {
		t.Fatal(err)
	}
	if _, err := newStore(t).Do(t.Context(), Transaction{Title: "go mod tidy", World: disk(filepath.Join(dir, "m")), Run: tidy, Apply: Disk}); err != nil {
		t.Fatal(err)
	}
	if to, err := os.Readlink(link); to != "../shared/real.mod" {
		t.Errorf("the link is to %q, %v", to, err)
	}
	if info, err := os.Stat(target); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if text, _, _ := readFile(target); text != "module example.com/m\r\n\r\ngo 1.21\r\n\r\nrequire example.com/b v1.1.0\r\n" {
		t.Errorf("go.mod is %q", text)
	}
}
