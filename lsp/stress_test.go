package lsp

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/gomodls/gomodls/fixes/locked"
)

const writers = 8

// rounds is how often each writer writes. A few show that it works; make test and make stress ask for more.
func rounds(t testing.TB) int {
	s := os.Getenv("STRESS_ROUNDS")
	if s == "" {
		return 3
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Processes that get and tidy in one module of a workspace, an editor in which somebody types and tidies, and a reader that
// builds again and again, all at once: no update is lost, the reader never sees a state that does not build, and nobody is
// overtaken while waiting.
func TestStress(t *testing.T) {
	rounds := rounds(t)
	c := newWorkspace(t)
	c.write("n/n.go", "package n\n\nimport (\n\t_ \"b.example/y\"\n\n\t_ \"example.com/m\"\n)\n")
	env := c.settings()["env"].(map[string]string)
	var environ []string
	for key, value := range env {
		environ = append(environ, key+"="+value)
	}
	run := func(dir, gowork string, args ...string) error {
		cmd := exec.Command("go", args...)
		cmd.Dir, cmd.Env = c.path(dir), append(append(os.Environ(), environ...), "PWD="+c.path(dir), "GOWORK="+gowork)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
		}
		return nil
	}
	c.write("n/go.mod", "module example.com/n\n\ngo 1.25\n\nrequire b.example/y v1.1.0\n")
	for _, err := range []error{run(".", "", "work", "sync"), run("m", "off", "mod", "tidy"), run(".", "", "build", "./m", "./n")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := range writers {
		c.write("m/go.mod", c.read("m/go.mod")+fmt.Sprintf("\n// writer %d: 0\n", i))
	}
	log := filepath.Join(t.TempDir(), "log")

	ctx, cancel := context.WithCancel(t.Context())
	var working, reading sync.WaitGroup
	failed := make(chan error, writers)
	for i := range writers {
		working.Go(func() {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(append(os.Environ(), environ...), "GOWORK=", fmt.Sprintf("GOMODLS_TEST_WRITER=%d", i),
				fmt.Sprintf("STRESS_ROUNDS=%d", rounds), "STRESS_DIR="+c.path("m"), "STRESS_STORE="+c.server.options.Store.Dir, "STRESS_LOG="+log)
			if out, err := cmd.CombinedOutput(); err != nil {
				failed <- fmt.Errorf("writer %d: %w\n%s", i, err, out)
			}
		})
	}
	builds, broken := 0, 0
	reading.Go(func() {
		for ctx.Err() == nil {
			for _, err := range []error{run(".", "", "build", "./m", "./n"), run("m", "off", "build", "./...")} {
				builds++
				if err != nil {
					broken++
					t.Errorf("build %d: %v", builds, err)
				}
			}
		}
	})

	c.initialize(capabilities, options{Save: true})
	c.open("m/m.go")
	c.open("m/go.mod")
	keystrokes, tidies := 0, 0
	written := make(chan struct{})
	go func() { working.Wait(); close(written) }()
	for writing := true; writing || tidies < rounds; {
		select {
		case <-written:
			writing = false
		default:
		}
		c.reload("m/go.mod")
		for range 10 {
			keystrokes++
			c.replace("m/m.go", "y\"\n", fmt.Sprintf("y\"\n\nvar _ = %d\n", keystrokes))
		}
		switch err := c.run(commandTidy, map[string]any{"uri": c.uri("m/go.mod")}); {
		case err == nil:
			tidies++
		case !strings.Contains(err.Error(), "changed meanwhile"):
			t.Fatal(err)
		}
	}
	cancel()
	reading.Wait()
	close(failed)
	for err := range failed {
		t.Error(err)
	}
	lost, unread := 0, 0
	got := c.read("m/go.mod")
	for i := range writers {
		if want := fmt.Sprintf("// writer %d: %d\n", i, rounds); !strings.Contains(got, want) {
			lost++
			t.Errorf("there is no %q in\n%s", want, got)
		}
	}
	for k := range keystrokes {
		if !strings.Contains(c.texts["m/m.go"].text, fmt.Sprintf("var _ = %d\n", k+1)) {
			unread++
			t.Errorf("keystroke %d is lost", k+1)
		}
	}
	longest, waited := overtakes(t, log)
	t.Logf("%d rounds: %d transactions of %d processes, %d of the editor; lost updates: %d; %d keystrokes, lost: %d; %d builds, failed: %d; the longest run took %v, the longest wait was %v, of at most %v",
		rounds, writers*rounds, writers, tidies, lost, keystrokes, unread, builds, broken, longest, waited, (writers+2)*longest)
}

// reload does what editors do when a file that is open and not modified has changed on disk.
func (c *client) reload(name string) {
	c.t.Helper()
	d, now := c.texts[name], c.read(name)
	if d.text != now {
		d.version++
		d.text, d.saved = now, now
		c.notify("textDocument/didChange", map[string]any{
			"textDocument": map[string]any{"uri": c.uri(name), "version": d.version}, "contentChanges": []map[string]any{{"text": now}},
		})
	}
}

// overtakes fails the test if somebody was served twice while another waited. It returns the longest run and the longest wait.
func overtakes(t *testing.T, log string) (longest, waited time.Duration) {
	t.Helper()
	data, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	waiting := map[string]map[string]int{} // who was served how often since
	for line := range strings.Lines(string(data)) {
		w := strings.Fields(line)
		switch d, _ := time.ParseDuration(w[2]); w[0] {
		case "waits":
			waiting[w[1]] = map[string]int{}
		case "served":
			waited = max(waited, d)
			delete(waiting, w[1])
			for other, served := range waiting {
				if served[w[1]]++; served[w[1]] > 1 {
					t.Errorf("%s was served %d times while %s waited", w[1], served[w[1]], other)
				}
			}
		case "done":
			longest = max(longest, d)
		}
	}
	return longest, waited
}

var versionOfY = regexp.MustCompile(`b\.example/y v1\.[01]\.0`)

// stressWriter is what the test binary does as one of the writers: it changes its own number in go.mod and now and then the
// version of a requirement, and tidies.
func stressWriter(name string) error {
	rounds, err := strconv.Atoi(os.Getenv("STRESS_ROUNDS"))
	if err != nil {
		return err
	}
	log, err := os.OpenFile(os.Getenv("STRESS_LOG"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	note := func(what string, d time.Duration) { fmt.Fprintf(log, "%s %s %s\n", what, name, d) }
	dir := os.Getenv("STRESS_DIR")
	gomod := filepath.Join(dir, "go.mod")
	store := &locked.Store{Dir: os.Getenv("STRESS_STORE"), Log: zap.NewNop()}
	for n := range rounds {
		var asked, began time.Time
		t := locked.Transaction{
			Title: "writer " + name,
			World: func() locked.World { return locked.World{Dirs: []string{dir}} },
			Apply: locked.Disk,
			OnWait: func(locked.Holder) {
				if asked.IsZero() {
					asked = time.Now()
					note("waits", 0)
				}
			},
			OnLock: func([]locked.Recovered) {
				began = time.Now()
				if asked.IsZero() {
					asked = began
				}
				note("served", began.Sub(asked))
			},
			Run: func(ctx context.Context, s *locked.Shadow) error {
				text, _, err := s.Read(gomod)
				if err != nil {
					return err
				}
				mine := fmt.Sprintf("// writer %s: %d\n", name, n)
				if !strings.Contains(text, mine) {
					return errors.New("an update was lost: there is no " + mine)
				}
				text = strings.Replace(text, mine, fmt.Sprintf("// writer %s: %d\n", name, n+1), 1)
				if n%4 == 0 {
					version := map[bool]string{true: "v1.0.0", false: "v1.1.0"}[strings.Contains(text, "b.example/y v1.1.0")]
					text = versionOfY.ReplaceAllString(text, "b.example/y "+version)
				}
				s.Write(gomod, text)
				return s.Tidy(ctx)
			},
		}
		if _, err := store.Do(context.Background(), t); err != nil {
			return err
		}
		note("done", time.Since(began))
	}
	return nil
}
