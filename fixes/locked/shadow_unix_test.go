//go:build unix

package locked

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/go-cmp/cmp"
)

// A cancel and the time limit end the go command and all it has started, though they heed no request.
func TestEndsWholeGroup(t *testing.T) {
	for _, tt := range []struct {
		name    string
		timeout time.Duration
		want    error
	}{
		{"cancel", 0, context.Canceled},
		{"time limit", 500 * time.Millisecond, context.DeadlineExceeded},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := newModule(t, map[string]string{"go.mod": "module example.com/m\n"})
			alive := filepath.Join(t.TempDir(), "alive")
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			begun := time.Now()
			_, err := newStore(t).Do(ctx, Transaction{
				Title: "go mod tidy", World: disk(dir), Run: tidy, Apply: Disk,
				Go: Go{
					Command: os.Args[0], Timeout: tt.timeout,
					Env: append(os.Environ(), "LOCKED_TEST_CHILD=hang", "LOCKED_TEST_ALIVE="+alive),
					Progress: func(line string) {
						if line == "lingering" && tt.timeout == 0 {
							begun = time.Now()
							cancel()
						}
					},
				},
			})
			took := time.Since(begun)
			if !errors.Is(err, tt.want) {
				t.Errorf("error %v, want %v", err, tt.want)
			}
			t.Logf("ended after %v, of which %v were allowed", took, tt.timeout) // a machine under load proves nothing by a bound
			if free, err := flock.New(alive).TryLock(); !free {
				t.Errorf("what go had started still lives: %v", err)
			}
		})
	}
}

func TestGoIsKilled(t *testing.T) {
	dir := newModule(t, map[string]string{"go.mod": "module example.com/m\n"})
	_, err := newStore(t).Do(t.Context(), Transaction{
		Title: "go mod tidy", World: disk(dir), Run: tidy, Apply: Disk,
		Go: Go{Command: os.Args[0], Env: append(os.Environ(), "LOCKED_TEST_CHILD=die")},
	})
	var failed *GoError
	if !errors.As(err, &failed) || failed.ExitCode != -1 || !strings.Contains(err.Error(), "signal: killed") {
		t.Errorf("error %v", err)
	}
}

// A full disk is noticed before anything has been replaced.
func TestDiskFull(t *testing.T) {
	dir := newModule(t, map[string]string{"go.mod": "module example.com/m\n", "go.sum": "a v1.0.0 h1:a=\n"})
	before := tree(dir)
	startChild(t, "full", newStore(t), dir).expect(t, "applied false, too large true")
	if d := cmp.Diff(before, tree(dir)); d != "" {
		t.Errorf("-before +after:\n%s", d)
	}
}

// A process that cannot write more than a hundred bytes to any file applies a change that needs more.
func init() {
	children["full"] = func() {
		step = func(string) {
			if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 100, Max: 100}); err != nil {
				panic(err)
			}
		}
		dir := os.Getenv("LOCKED_TEST_DIR")
		applied, err := Disk(context.Background(), Result{id: "x", Changes: []Change{
			{Path: filepath.Join(dir, "go.mod"), Before: "module example.com/m\n", After: "module example.com/m\n//" + strings.Repeat("x", 100)},
			{Path: filepath.Join(dir, "go.sum"), Before: "a v1.0.0 h1:a=\n", After: "b v1.0.0 h1:b=\n"},
		}})
		fmt.Printf("applied %v, too large %v\n", applied, errors.Is(err, syscall.EFBIG))
	}
}

// A go command that opened go.mod before we replaced it, and locks it afterwards to edit it, finds that it has changed.
func TestGoEditsAtTheSameTime(t *testing.T) {
	dir := newModule(t, map[string]string{"go.mod": "module example.com/m\n"})
	path := filepath.Join(dir, "go.mod")
	theirs, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer theirs.Close()
	if err := syscall.Flock(int(theirs.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	applying := make(chan error)
	go func() {
		_, err := Disk(context.Background(), Result{id: "x", Changes: []Change{{Path: path, Before: "module example.com/m\n", After: "module example.com/ours\n"}}})
		applying <- err
	}()
	if _, err := theirs.WriteAt([]byte("module example.com/theirs\n"), 0); err != nil {
		t.Fatal(err)
	}
	syscall.Flock(int(theirs.Fd()), syscall.LOCK_UN)
	var changed *ChangedError
	if err := <-applying; !errors.As(err, &changed) {
		t.Errorf("error %v", err)
	}
	if text, _, _ := readFile(path); text != "module example.com/theirs\n" {
		t.Errorf("go.mod is %q", text)
	}

	// The other way round: we go first.
	if _, err := Disk(t.Context(), Result{id: "x", Changes: []Change{{Path: path, Before: "module example.com/theirs\n", After: "module example.com/ours\n"}}}); err != nil {
		t.Fatal(err)
	}
	text := make([]byte, 100)
	n, _ := theirs.ReadAt(text, 0)
	if string(text[:n]) != "module example.com/ours\n" {
		t.Errorf("go would see %q, and edit that", text[:n])
	}
}

// asNobody has a test's child run as a user who is not root, from whom permissions can be taken.
func asNobody(c *exec.Cmd, dirs ...string) {
	if os.Getuid() != 0 {
		return
	}
	const nobody = 65534
	c.Path = "/proc/self/exe" // the directory of the test binary is closed to others
	c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	for _, dir := range dirs {
		os.Lchown(filepath.Dir(dir), nobody, nobody) // the test's own, which is closed to others
		filepath.WalkDir(dir, func(path string, _ os.DirEntry, _ error) error { return os.Lchown(path, nobody, nobody) })
	}
}

// Where permissions are missing nothing is changed, and where they are lost half-way, all is put back: at once, or when they
// have come back.
func TestPermissions(t *testing.T) {
	for _, tt := range []struct{ name, closed, at string }{
		{"a file may not be written", "go.sum", ""},
		{"the directory may not be written", ".", ""},
		{"a vendored directory may not be written", "vendor/example.com/gone", ""},
		{"a vendored directory is closed half-way", "vendor/example.com/gone", "renamed go.mod"},
		{"the directory is closed half-way", ".", "renamed go.mod"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			store, dir := newStore(t), newModule(t, oldState)
			c := newChild(t, "permissions", store, dir, "LOCKED_TEST_CLOSED="+tt.closed, "LOCKED_TEST_AT="+tt.at)
			asNobody(c.Cmd, store.Dir, dir)
			c.start(t)
			c.expect(t, "denied")
			c.Wait()
			if d := cmp.Diff(oldState, tree(dir)); d != "" && tt.closed != "." {
				t.Errorf("-want +got:\n%s", d)
			}
			if err := os.Chmod(filepath.Join(dir, tt.closed), 0o777); err != nil {
				t.Fatal(err)
			}
			if _, err := store.Recover(t.Context()); err != nil {
				t.Error(err)
			}
			if d := cmp.Diff(oldState, tree(dir)); d != "" {
				t.Errorf("after recovery (-want +got):\n%s", d)
			}
			if left, err := store.pending(); len(left) > 0 || err != nil {
				t.Errorf("left in the journal: %v, %v", left, err)
			}
		})
	}
}

func init() {
	children["permissions"] = func() {
		dir, at := os.Getenv("LOCKED_TEST_DIR"), os.Getenv("LOCKED_TEST_AT")
		closed := filepath.Join(dir, os.Getenv("LOCKED_TEST_CLOSED"))
		take := func() {
			mode := os.FileMode(0o555)
			if info, err := os.Stat(closed); err == nil && !info.IsDir() {
				mode = 0o444
			}
			if err := os.Chmod(closed, mode); err != nil {
				panic(err)
			}
		}
		if at == "" {
			take()
		}
		step = func(s string) {
			if what, path, _ := strings.Cut(s, " "); at != "" && what+" "+filepath.Base(path) == at {
				at = ""
				take()
			}
		}
		defer func() {
			if err := fmt.Sprint(recover()); !strings.Contains(err, "permission denied") && !strings.Contains(err, "read-only") {
				fmt.Println(err)
			}
			fmt.Println("denied")
		}()
		flip(childStore(), dir)
	}
}
