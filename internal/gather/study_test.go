package gather_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.lsp.dev/uri"
	"go.uber.org/zap/zaptest"

	"github.com/gomodls/gomodls/internal/gather"
	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/packages"
	"github.com/gomodls/gomodls/internal/tidy"
	"github.com/gomodls/gomodls/internal/workspace"
)

// a student is a session with one module, about which one question is asked again and again.
type student struct {
	*testing.T
	dir     string // of the module
	cache   string
	session *workspace.Session
	scholar gather.Scholar
	watcher *gather.Watcher
}

func newStudent(t *testing.T, files map[string]string) *student {
	dir := t.TempDir()
	s := &student{T: t, dir: filepath.Join(dir, "m"), cache: filepath.Join(dir, "modcache")}
	for name, text := range files {
		s.write(filepath.Join(dir, filepath.FromSlash(name)), text)
	}
	for name, text := range map[string]string{"VERSION": "go1.26.8\n", "bin/go": "", "src/fmt/format.go": "package fmt\n"} {
		s.write(filepath.Join(dir, "goroot", filepath.FromSlash(name)), text)
	}
	return s.freshly()
}

// freshly returns a student of the same module who has seen nothing yet.
func (s *student) freshly() *student {
	dir := filepath.Dir(s.dir)
	fresh := &student{T: s.T, dir: s.dir, cache: s.cache}
	fresh.session = workspace.NewSession(&workspace.Machine{
		Environ: map[string]string{"GOMODCACHE": s.cache, "GOWORK": "off", "GOENV": "off"},
		Home:    dir, ConfigDir: dir, Go: filepath.Join(dir, "goroot", "bin", "go"), GOOS: "linux",
	}, nil, modcache.NewStores())
	fresh.watcher = gather.NewWatcher(fresh.session, zaptest.NewLogger(s), func() {})
	s.Cleanup(func() { // a system has few watchers
		over, stop := context.WithCancel(context.Background())
		stop()
		fresh.watcher.Run(over)
	})
	return fresh
}

func (s *student) write(file, text string) {
	s.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		s.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		s.Fatal(err)
	}
}

func (s *student) open(name, text string) {
	s.session.Apply(workspace.Opened(uri.File(filepath.Join(s.dir, name)), 1, text))
}

// exact asks, and reports whether there was an exact answer.
func (s *student) exact() bool {
	s.Helper()
	exact, err := gather.Settle(s.Context(), s.session, func(_ context.Context, snap *workspace.Snapshot) (bool, error) {
		v := snap.Views(filepath.Join(s.dir, "go.mod"))
		if len(v) == 0 {
			return false, nil
		}
		_, exact := v[0].Tidied(v[0].Modules()[0])
		return exact, nil
	})
	if err != nil {
		s.Fatal(err)
	}
	if questions := len(s.session.Snapshot().Questions()); exact != (questions == 0) {
		s.Errorf("the answer is exact: %t, but there are %d questions", exact, questions)
	}
	return exact
}

// study answers what is asked, and says which requirements tidy would drop.
func (s *student) study() []string {
	s.Helper()
	a, err := s.scholar.Tidied(s.Context(), s.session, s.dir)
	if err != nil {
		s.Fatal(err)
	}
	if !s.exact() {
		s.Error("a study that nothing has disturbed is not exact")
	}
	if a.Result == nil {
		s.Fatalf("no result: %v", a.Refusal)
	}
	return a.Result.Dropped
}

var oneRequirement = map[string]string{
	"m/go.mod": "module example.com/m\n\ngo 1.22\n\nrequire a.example/a v1.0.0\n",
	"m/m.go":   "package m\n\nimport _ \"a.example/a\"\n",

	"modcache/a.example/a@v1.0.0/a.go":                      "package a\n",
	"modcache/cache/download/a.example/a/@v/v1.0.0.mod":     "module a.example/a\n",
	"modcache/cache/download/a.example/a/@v/v1.0.0.ziphash": "h1:zip",
}

// TestExact lists what makes an answer one about a moment ago, and what does not.
func TestExact(t *testing.T) {
	s := newStudent(t, oneRequirement)
	if s.exact() {
		t.Error("exact before anybody has looked")
	}
	s.study()
	file := func(name string) string { return filepath.Join(s.dir, name) }
	for _, step := range []struct {
		name  string
		do    func()
		exact bool
	}{
		{"open a Go file", func() { s.open("m.go", "package m\n\nimport _ \"a.example/a\"\n\nfunc f() {}\n") }, false},
		{"type in a function", func() { s.open("m.go", "package m\n\nimport _ \"a.example/a\"\n\nfunc f() { println() }\n") }, true},
		{"change an import", func() { s.open("m.go", "package m\n\nimport \"fmt\"\n\nfunc f() { println() }\n") }, false},
		{"type in another file", func() { s.open("README.md", "text") }, true},
		{"open the go.mod as it is", func() { s.open("go.mod", oneRequirement["m/go.mod"]) }, true},
		{"change the go.mod", func() { s.open("go.mod", oneRequirement["m/go.mod"]+"\n// x\n") }, false},
		{"write a Go file", func() { s.write(file("n.go"), "package m\n"); s.watcher.Refresh(file("n.go")) }, false},
		{"write an open Go file", func() { s.write(file("m.go"), "package m\n"); s.watcher.Refresh(file("m.go")) }, true},
		{"make a directory", func() { s.write(file("sub/x.go"), "package sub\n"); s.watcher.Refresh(file("sub")) }, false},
		{"write something else", func() { s.write(file("data.txt"), "x"); s.watcher.Refresh(file("data.txt")) }, true},
		{"remove a Go file", func() { os.Remove(file("n.go")); s.watcher.Refresh(file("n.go")) }, false},
	} {
		step.do()
		if got := s.exact(); got != step.exact {
			t.Errorf("%s: exact is %t, want %t", step.name, got, step.exact)
		}
		s.study()
	}
}

// TestAppears shows that the answer is looked for anew when what it lacked is downloaded, also one that another process has left.
func TestAppears(t *testing.T) {
	t.Run("worked out", func(t *testing.T) { appears(t, false) })
	t.Run("recalled", func(t *testing.T) { appears(t, true) })
}

func appears(t *testing.T, recalled bool) {
	s := newStudent(t, map[string]string{
		"m/go.mod": oneRequirement["m/go.mod"],
		"m/m.go":   oneRequirement["m/m.go"],

		"modcache/cache/download/a.example/a/@v/v1.0.0.mod": "module a.example/a\n",
	})
	looked := false
	ask := func() {
		s.scholar.Tidier.Dir = filepath.Join(s.cache, "kept")
		s.scholar.Tidier.Std = func(string) func(string) bool {
			return func(path string) bool { looked = true; return path == "fmt" }
		}
		s.scholar.Recall([]string{s.dir})
		s.study()
	}
	ask()
	if recalled {
		s, looked = s.freshly(), false
		if ask(); looked {
			t.Fatal("nothing was recalled")
		}
	}
	for name, text := range oneRequirement {
		s.write(filepath.Join(filepath.Dir(s.dir), filepath.FromSlash(name)), text)
	}
	zip := filepath.Join(s.cache, "cache", "download", "a.example", "a", "@v", "v1.0.0.zip")
	s.write(zip, "")
	s.watcher.Refresh(zip)
	if s.exact() {
		t.Error("the source that was missing is there, and the answer is as before")
	}
	if dropped := s.study(); len(dropped) > 0 {
		t.Errorf("dropped: %v", dropped)
	}
}

// TestHalfWritten shows that a checksum counts only when go has written it.
func TestHalfWritten(t *testing.T) {
	files := maps.Clone(oneRequirement)
	const hash = "modcache/cache/download/a.example/a/@v/v1.0.0.ziphash"
	files["modcache/cache/download/a.example/a/@v/v1.0.0.zip"], files[hash] = "", ""
	files["m/go.sum"] = "a.example/a v1.0.0 h1:zip\n"
	s := newStudent(t, files)
	a, err := s.scholar.Tidied(t.Context(), s.session, s.dir)
	if err != nil || a.Refusal == nil || !a.Refusal.Unknown {
		t.Fatalf("without a checksum the answer is %+v, %v", a, err)
	}
	path := filepath.Join(filepath.Dir(s.dir), filepath.FromSlash(hash))
	s.write(path, "h1:zip")
	s.watcher.Refresh(path)
	if dropped := s.study(); len(dropped) > 0 {
		t.Errorf("dropped: %v", dropped)
	}
}

// TestOvertaken applies an answer that was overtaken while it was worked out: it is kept, and the question stays.
func TestOvertaken(t *testing.T) {
	s := newStudent(t, oneRequirement)
	s.study()
	s.open("m.go", "package m\n")
	before := s.session.Snapshot()
	topic := workspace.Topic{Kind: workspace.Tidy, Of: s.dir}
	st := before.Studies()[topic]
	s.open("m.go", "package m\n\nimport _ \"a.example/a\"\n")
	if !s.session.Snapshot().Outdated(topic, before) {
		t.Error("an import has changed, and the work on it goes on")
	}
	s.session.Apply(workspace.Studied(topic, before, st))
	if s.exact() {
		t.Error("the answer is of an older text, and taken for exact")
	}
	s.session.Apply(workspace.Studied(topic, s.session.Snapshot(), st))
	if !s.exact() {
		t.Error("the answer is of this text, and not taken for exact")
	}
}

// TestEdits edits Go files, in the editor and on disk, and compares what is said each time with what somebody says who sees the
// module for the first time.
func TestEdits(t *testing.T) {
	files := maps.Clone(oneRequirement)
	files["m/go.mod"] = "module example.com/m\n\ngo 1.22\n\nrequire (\n\ta.example/a v1.0.0\n\tb.example/b v1.0.0\n)\n"
	for name, text := range oneRequirement {
		if rest, ok := strings.CutPrefix(name, "modcache/"); ok {
			files["modcache/"+strings.ReplaceAll(rest, "a.example/a", "b.example/b")] = strings.ReplaceAll(text, "a.example/a", "b.example/b")
		}
	}
	files["m/sub/sub.go"], files["m/other/other.go"] = "package sub\n", "package other\n"
	s := newStudent(t, files)
	// Go reads a file that does not parse in another way when it is two seconds old; see package imports. Here all stay young, however
	// long this takes, so that who looks later sees the same.
	young := func(name string) {
		now := time.Now().Add(time.Hour)
		if err := os.Chtimes(filepath.Join(s.dir, name), now, now); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"m.go", "sub/sub.go", "other/other.go"} {
		young(name)
	}
	texts := map[string]string{} // of open documents
	rnd := rand.New(rand.NewPCG(1, 2))
	text := func() string {
		var b strings.Builder
		b.WriteString("package p\n")
		for _, path := range []string{"a.example/a", "b.example/b", "nobody.example/x", "example.com/m/sub", "example.com/m/nowhere", "fmt"} {
			if rnd.IntN(3) == 0 {
				fmt.Fprintf(&b, "import _ %q\n", path)
			}
		}
		return b.String() + []string{"", "func f() {}\n", "import (\n", "<<<<<<<\n"}[rnd.IntN(4)]
	}
	say := func(s *student) string {
		a, err := s.scholar.Tidied(s.Context(), s.session, s.dir)
		if err != nil {
			t.Fatal(err)
		}
		loaded, err := gather.Answer(s.Context(), s.session, &s.scholar, nil, func(_ context.Context, snap *workspace.Snapshot) (*packages.Result, error) {
			return snap.Views(filepath.Join(s.dir, "go.mod"))[0].Packages(), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		said := struct {
			Refusal  *tidy.Refusal
			Faults   []tidy.Fault
			Lost     []tidy.Loss
			Mod      string
			Broken   []string
			Packages *packages.Result
		}{a.Refusal, a.Faults, a.Lost, "", nil, loaded}
		if a.Result != nil {
			said.Mod, said.Broken = a.Result.Mod, a.Result.Broken
		}
		data, err := json.MarshalIndent(said, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	var answers = map[string]bool{}
	for range 150 {
		name := []string{"m.go", "sub/sub.go", "other/other.go", "other/new.go"}[rnd.IntN(4)]
		if rnd.IntN(4) == 0 {
			s.write(filepath.Join(s.dir, name), text())
			young(name)
			s.watcher.Refresh(filepath.Join(s.dir, name))
		} else {
			texts[name] = text()
			s.open(name, texts[name])
		}
		fresh := s.freshly()
		for name, text := range texts {
			fresh.open(name, text)
		}
		said := say(s)
		answers[said] = true
		if diff := cmp.Diff(say(fresh), said); diff != "" {
			t.Fatalf("-fresh +edited: %s", diff)
		}
	}
	if len(answers) < 50 {
		t.Errorf("only %d different answers", len(answers))
	}
}
