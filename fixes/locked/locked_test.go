package locked

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.lsp.dev/uri"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest"
	"golang.org/x/tools/txtar"

	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/text"
)

// TestMain plays one of the children if it is started as one. Else it gives all tests one module proxy, which is a file
// tree, one module cache, and an environment that holds nothing of the user's.
func TestMain(m *testing.M) {
	grace = 0 // no test of this package reads beside a writer
	if child, ok := children[os.Getenv("LOCKED_TEST_CHILD")]; ok {
		child()
		return
	}
	dir, err := os.MkdirTemp("", "locked")
	if err != nil {
		panic(err)
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		panic(err)
	}
	buildProxy(filepath.Join(dir, "proxy"))
	for key, value := range map[string]string{
		"GOPROXY": string(uri.File(filepath.Join(dir, "proxy"))), "GONOPROXY": "", "GOPRIVATE": "", "GOSUMDB": "off",
		"GOMODCACHE": filepath.Join(dir, "cache"), "GOFLAGS": "-modcacherw", "GOENV": "off", "GOWORK": "", "GOTOOLCHAIN": "local",
	} {
		os.Setenv(key, value)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

func buildProxy(dir string) {
	archive, err := txtar.ParseFile("testdata/proxy.txtar")
	if err != nil {
		panic(err)
	}
	zips := make(map[string]*bytes.Buffer)
	writers := make(map[string]*zip.Writer)
	for _, f := range archive.Files {
		mod, name, _ := strings.Cut(f.Name, "@")
		version, name, _ := strings.Cut(name, "/")
		base := filepath.Join(dir, filepath.FromSlash(mod), "@v", version)
		if writers[base] == nil {
			zips[base] = new(bytes.Buffer)
			writers[base] = zip.NewWriter(zips[base])
			writeFile(base+".info", fmt.Sprintf(`{"Version":%q}`, version))
			list := filepath.Join(filepath.Dir(base), "list")
			have, _, _ := readFile(list)
			writeFile(list, have+version+"\n")
		}
		w, err := writers[base].Create(mod + "@" + version + "/" + name)
		if err != nil {
			panic(err)
		}
		w.Write(f.Data)
		if name == "go.mod" {
			writeFile(base+".mod", string(f.Data))
		}
	}
	for base, w := range writers {
		w.Close()
		writeFile(base+".zip", zips[base].String())
	}
}

// writeFile panics instead of taking a *testing.T, because children use it, too.
func writeFile(path, text string) {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		panic(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		panic(err)
	}
}

func newStore(t *testing.T) *Store {
	t.Helper()
	return &Store{Dir: t.TempDir(), Log: zaptest.NewLogger(t, zaptest.WrapOptions(zap.Development()))}
}

// newModule writes files below a new directory and returns it.
func newModule(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		writeFile(filepath.Join(dir, name), text)
	}
	return dir
}

// tree returns the files below dir by their relative names.
func tree(dir string) map[string]string {
	files := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, _, err := readFile(path)
		rel, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(rel)] = text
		return err
	})
	if err != nil {
		panic(err)
	}
	return files
}

func disk(dir string) func() World {
	return func() World { return World{Dirs: []string{dir}} }
}

func tidy(ctx context.Context, s *Shadow) error { return s.Tidy(ctx) }

// TestShadow carries out the transactions of testdata/shadow. Each archive has the files on disk, the unsaved buffers,
// and, behind "$", the commands; then what the result changes and what go printed. The disk must stay as it is.
func TestShadow(t *testing.T) {
	files, err := filepath.Glob("testdata/shadow/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no archives", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			w := World{Dirs: []string{dir}}
			got := &txtar.Archive{Comment: archive.Comment}
			for _, f := range archive.Files {
				switch kind, name, _ := strings.Cut(f.Name, " "); kind {
				case "disk":
					writeFile(filepath.Join(dir, name), string(f.Data))
				case "buffer":
					w.Buffers = append(w.Buffers, Buffer{filepath.Join(dir, name), string(f.Data)})
				default:
					continue
				}
				got.Files = append(got.Files, f)
			}
			var commands [][]string
			for line := range strings.Lines(string(archive.Comment)) {
				switch words := strings.Fields(line); {
				case len(words) > 1 && words[0] == "$":
					commands = append(commands, words[1:])
				case len(words) > 1 && words[0] == "in":
					w.Work = filepath.Join(dir, words[1])
				case len(words) > 1 && words[0] == "within":
					w.Workspace = filepath.Join(dir, words[1])
				case len(words) > 1 && words[0] == "from":
					w.Dirs[0] = filepath.Join(dir, words[1])
				case len(words) > 1 && words[0] == "with":
					w.Dirs = append(w.Dirs, filepath.Join(dir, words[1]))
				}
			}
			before := tree(dir)
			result, err := newStore(t).Do(t.Context(), Transaction{
				Title: t.Name(),
				World: func() World { return w },
				Run: func(ctx context.Context, s *Shadow) error {
					for _, c := range commands {
						if err := run(ctx, s, c); err != nil {
							return err
						}
					}
					return nil
				},
			})
			if d := cmp.Diff(before, tree(dir)); d != "" {
				t.Errorf("the disk has changed (-before +after):\n%s", d)
			}
			for _, c := range result.Changes {
				rel, err := filepath.Rel(dir, c.Path)
				if err != nil {
					t.Fatal(err)
				}
				kind := "changed "
				if c.Created {
					kind = "created "
				} else if c.Deleted {
					kind = "deleted "
				}
				got.Files = append(got.Files, txtar.File{Name: kind + filepath.ToSlash(rel), Data: []byte(c.After)})
			}
			var output string
			for line := range strings.Lines(result.Output) {
				if !strings.HasPrefix(line, "go: downloading ") { // depends on what other tests have downloaded
					output += line
				}
			}
			if err != nil {
				output += fmt.Sprintf("error %v\n", err)
			}
			output = strings.NewReplacer(dir, "DIR", os.Getenv("GOPROXY"), "PROXY", strings.TrimPrefix(os.Getenv("GOPROXY"), "file://"), "PROXY").Replace(output)
			if output != "" {
				got.Files = append(got.Files, txtar.File{Name: "output", Data: []byte(output)})
			}
			if os.Getenv("UPDATE") != "" {
				writeFile(file, string(txtar.Format(got)))
				return
			}
			if d := cmp.Diff(string(txtar.Format(archive)), string(txtar.Format(got))); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func run(ctx context.Context, s *Shadow, command []string) error {
	switch command[0] {
	case "tidy":
		return s.Tidy(ctx)
	case "get":
		return s.Get(ctx, command[1:]...)
	case "download":
		return s.Download(ctx, command[1:]...)
	case "verify":
		return s.Verify(ctx)
	case "vendor":
		return s.Vendor(ctx)
	case "work":
		if command[1] == "use" {
			return s.WorkUse(ctx, command[2:]...)
		}
		return s.WorkSync(ctx)
	case "remove":
		s.Remove(filepath.Join(s.World().Root(), command[1]))
		return nil
	default:
		return s.Run(ctx, command...)
	}
}

// A tidy through the disk is what the go command would have written itself.
func TestTidyEqualsGo(t *testing.T) {
	files := map[string]string{
		"go.mod":     "module example.com/m\n\ngo 1.21\n\n// why\nrequire example.com/b v1.0.0 // because\n",
		"m.go":       "package m\n\nimport _ \"example.com/a\"\n",
		"sub/sub.go": "package sub\n",
	}
	ours, theirs := newModule(t, files), newModule(t, files)
	result, err := newStore(t).Do(t.Context(), Transaction{Title: "go mod tidy", World: disk(ours), Run: tidy, Apply: Disk})
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Changes) != 2 {
		t.Errorf("changed %v, want go.mod and go.sum", result.Changes)
	}
	goCommand(t, theirs, "mod", "tidy")
	if d := cmp.Diff(tree(theirs), tree(ours)); d != "" {
		t.Errorf("-go +gomodls:\n%s", d)
	}
}

// What changes while go runs decides whether its result may be applied.
func TestChangedMeanwhile(t *testing.T) {
	const goMod, goFile = "module example.com/m\n\ngo 1.21\n", "package m\n\nimport _ \"example.com/b\"\n"
	for _, tt := range []struct {
		name   string
		change map[string]string // while go runs the first time
		again  map[string]string // while it runs the second time
		runs   int
		fails  bool
	}{
		{"nothing", nil, nil, 1, false},
		{"a function body", map[string]string{"m.go": goFile + "\nfunc f() {}\n"}, nil, 1, false},
		{"a comment", map[string]string{"m.go": "// Package m is typed upon.\n" + goFile}, nil, 1, false},
		{"the order of imports", map[string]string{"m.go": strings.Replace(goFile, "_ ", "b ", 1)}, nil, 1, false},
		{"an import", map[string]string{"m.go": "package m\n\nimport _ \"example.com/a\"\n"}, nil, 2, false},
		{"a build constraint", map[string]string{"m.go": "//go:build ignore\n\n" + goFile}, nil, 2, false},
		{"a new package", map[string]string{"sub/sub.go": "package sub\n"}, nil, 2, false},
		{"a file that go does not see", map[string]string{"testdata/x.go": goFile, "_x.go": goFile, "README": "x"}, nil, 1, false},
		{"a nested module", map[string]string{"nested/x.go": goFile}, nil, 1, false},
		{"go.mod", map[string]string{"go.mod": goMod + "\n// a comment\n"}, nil, 2, false},
		{"go.sum", map[string]string{"go.sum": "\n"}, nil, 2, false},
		{"go.mod, twice", map[string]string{"go.mod": goMod + "\n"}, map[string]string{"go.mod": goMod + "\n\n"}, 2, true},
	} {
		for _, where := range []string{"disk", "buffer"} {
			t.Run(tt.name+" on "+where, func(t *testing.T) {
				dir := newModule(t, map[string]string{"go.mod": goMod, "m.go": goFile, "nested/go.mod": goMod})
				buffers := make(map[string]string)
				world := func() World {
					w := World{Dirs: []string{dir}}
					for name, text := range buffers {
						w.Buffers = append(w.Buffers, Buffer{filepath.Join(dir, name), text})
					}
					return w
				}
				runs := 0
				var applied []Change
				_, err := newStore(t).Do(t.Context(), Transaction{
					Title: "go mod tidy", World: world,
					Run: func(ctx context.Context, s *Shadow) error {
						runs++
						for name, text := range map[int]map[string]string{1: tt.change, 2: tt.again}[runs] {
							if where == "disk" {
								writeFile(filepath.Join(dir, name), text)
							} else {
								buffers[name] = text
							}
						}
						return s.Tidy(ctx)
					},
					Apply: func(_ context.Context, r Result) (bool, error) {
						applied = r.Changes
						return true, nil
					},
				})
				var changed *ChangedError
				if errors.As(err, &changed) != tt.fails || !tt.fails && err != nil {
					t.Errorf("error %v; want a ChangedError: %v", err, tt.fails)
				}
				if runs != tt.runs {
					t.Errorf("%d runs, want %d", runs, tt.runs)
				}
				if tt.fails && applied != nil {
					t.Errorf("applied %v over a change", applied)
				}
				for _, c := range applied {
					if now, _, _ := world().Read(c.Path); now != c.Before {
						t.Errorf("%s is %q, but the result starts from %q", c.Path, now, c.Before)
					}
				}
			})
		}
	}
}

// Where nothing can be applied, nothing is changed and the error says why.
func TestFailures(t *testing.T) {
	files := map[string]string{
		"go.mod": "module example.com/m\n\ngo 1.21\n",
		"go.sum": "",
		"m.go":   "package m\n\nimport _ \"example.com/a\"\n",
	}
	for _, tt := range []struct {
		name    string
		prepare func(dir string) Go
		want    string
	}{
		{"go fails", func(dir string) Go {
			writeFile(filepath.Join(dir, "n.go"), "package m\n\nimport _ \"example.com/missing\"\n")
			return Go{}
		}, "cannot find module providing package example.com/missing"},
		{"no go", func(string) Go { return Go{Command: "no-such-go"} }, "there is no go command in PATH"},
		{"go.mod is malformed", func(dir string) Go {
			writeFile(filepath.Join(dir, "go.mod"), "module example.com/m\n\nfoo\n")
			return Go{}
		}, "go.mod:3: unknown directive: foo"},
		{"go.mod is a directory", func(dir string) Go {
			os.Remove(filepath.Join(dir, "go.mod"))
			os.Mkdir(filepath.Join(dir, "go.mod"), 0o777)
			return Go{}
		}, "go.mod is a directory"},
		{"go.mod is read-only", func(dir string) Go {
			os.Chmod(filepath.Join(dir, "go.mod"), 0o444)
			return Go{}
		}, "go.mod is read-only"},
		{"go.mod is missing", func(dir string) Go {
			os.Remove(filepath.Join(dir, "go.mod"))
			return Go{}
		}, "go.mod: file does not exist"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := newModule(t, files)
			g := tt.prepare(dir)
			before := tree(dir)
			store := newStore(t)
			_, err := store.Do(t.Context(), Transaction{Title: "go mod tidy", World: disk(dir), Run: tidy, Apply: Disk, Go: g})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v; want %q in it", err, tt.want)
			}
			if d := cmp.Diff(before, tree(dir)); d != "" {
				t.Errorf("the disk has changed (-before +after):\n%s", d)
			}
			if left := tree(store.Dir); len(left) != 1 { // the mutex
				t.Errorf("left in the store: %q", slices.Sorted(maps.Keys(left)))
			}
		})
	}
}

// Where go lacks checksums or a requirement that the old vendor directory was made from, vendoring gets them first; an empty
// directory in the place of modules.txt or go.sum gives way.
func TestVendorAfter(t *testing.T) {
	lib := map[string]string{
		"lib/go.mod": "module example.com/lib\n\ngo 1.21\n", "lib/lib.go": "package lib\n",
		"m/m.go": "package m\n\nimport _ \"example.com/lib\"\n",
	}
	const replaced = "module example.com/m\n\ngo 1.21\n\nreplace example.com/lib => ../lib\n"
	for name, files := range map[string]map[string]string{
		"a requirement is gone": {
			"m/go.mod":             replaced,
			"m/vendor/modules.txt": "# example.com/lib v1.2.0 => ../lib\n## explicit; go 1.21\nexample.com/lib\n# example.com/lib => ../lib\n",
		},
		"modules.txt is an empty directory": {
			"m/go.mod":              replaced + "\nrequire example.com/lib v1.2.0\n",
			"m/vendor/modules.txt/": "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			all := maps.Clone(lib)
			for name, text := range files {
				if !strings.HasSuffix(name, "/") {
					all[name] = text
				}
			}
			top := newModule(t, all)
			dir := filepath.Join(top, "m")
			for name := range files {
				if strings.HasSuffix(name, "/") {
					if err := os.MkdirAll(filepath.Join(top, name), 0o777); err != nil {
						t.Fatal(err)
					}
				}
			}
			store := &Store{Dir: t.TempDir()}
			_, err := store.Do(t.Context(), Transaction{
				Title: "go mod vendor", World: func() World { return World{Dirs: []string{dir}} },
				Run: func(ctx context.Context, s *Shadow) error { return s.Vendor(ctx) }, Apply: Disk,
			})
			if err != nil {
				t.Fatal(err)
			}
			goCommand(t, dir, "list", "-mod=vendor", "-deps", "./...")
			if text, _, err := readFile(filepath.Join(dir, "go.mod")); err != nil || !strings.Contains(text, "require example.com/lib v1.2.0") {
				t.Errorf("go.mod, %v:\n%s", err, text)
			}
		})
	}
}

// A module that is reached through links gets its overlays, and names as the user gave them.
func TestLinkedDirectories(t *testing.T) {
	top := newModule(t, map[string]string{
		"real/m/go.mod":   "module example.com/m\n\ngo 1.21\n\nrequire example.com/lib v0.0.0\n\nreplace example.com/lib => ../lib\n",
		"real/m/m.go":     "package m\n\nimport _ \"example.com/lib\"\n",
		"real/lib/go.mod": "module example.com/lib\n\ngo 1.21\n",
		"real/lib/lib.go": "package lib\n",
	})
	os.Mkdir(filepath.Join(top, "linked"), 0o777)
	for _, name := range []string{"m", "lib"} {
		if err := os.Symlink(filepath.Join(top, "real", name), filepath.Join(top, "linked", name)); err != nil {
			t.Fatal(err)
		}
	}
	link := filepath.Join(top, "linked", "m")
	libGo, libMod := filepath.Join(top, "linked", "lib", "lib.go"), filepath.Join(top, "real", "lib", "go.mod")
	world := func() World {
		return World{Dirs: []string{link, filepath.Join(top, "linked", "lib")}, Buffers: []Buffer{
			{libGo, "package lib\n\nimport _ \"example.com/b\"\n"},
			{libMod, "module example.com/lib\n\ngo 1.21\n\nrequire example.com/b v1.0.0\n"},
		}}
	}
	result, err := newStore(t).Do(t.Context(), Transaction{Title: "go mod tidy", World: world, Run: tidy})
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Changes) != 2 || result.Changes[0].Path != filepath.Join(link, "go.mod") ||
		!strings.Contains(result.Changes[0].After, "example.com/b v1.0.0") {
		t.Errorf("changes: %+v; want %s with example.com/b v1.0.0, and go.sum", result.Changes, filepath.Join(link, "go.mod"))
	}
}

// A vendor directory that leads elsewhere is refused, so that nothing there is replaced.
func TestVendorIsLink(t *testing.T) {
	elsewhere := newModule(t, map[string]string{"modules.txt": "", "precious": "x"})
	dir := newModule(t, map[string]string{"go.mod": "module example.com/m\n\ngo 1.21\n", "m.go": "package m\n\nimport _ \"example.com/b\"\n"})
	if err := os.Symlink(elsewhere, filepath.Join(dir, "vendor")); err != nil {
		t.Fatal(err)
	}
	before := tree(elsewhere)
	result, err := newStore(t).Do(t.Context(), Transaction{Title: "go mod tidy", World: disk(dir), Run: tidy, Apply: Disk})
	if err == nil || !strings.Contains(err.Error(), "vendor is a symbolic link") || len(result.Changes) > 0 {
		t.Errorf("error %v, changes %v", err, result.Changes)
	}
	if d := cmp.Diff(before, tree(elsewhere)); d != "" {
		t.Errorf("-before +after:\n%s", d)
	}
}

func TestEdits(t *testing.T) {
	for _, tt := range []struct{ name, before, after, want string }{
		{"nothing", "a\nb\n", "a\nb\n", "a\nb\n"},
		{"all new", "", "a\n", "a\n"},
		{"all gone", "a\r\n", "", ""},
		{"one line", "a\nb\nc\n", "a\nB\nc\n", "a\nB\nc\n"},
		{"carriage returns stay", "a\r\nb\r\nc\r\n", "a\nB\nnew\nc\n", "a\r\nB\r\nnew\r\nc\r\n"},
		{"and so does a mixture", "a\r\nb\nc\r\n", "a\nb\nnew\nc\n", "a\r\nb\nnew\r\nc\r\n"},
		{"a last line without end", "a\nb", "a\nb\n", "a\nb\n"},
		{"the same with carriage returns", "a\r\nb", "a\nb\nc\n", "a\r\nb\r\nc\r\n"},
		{"only line endings", "a\r\nb\r\n", "a\nb\n", "a\r\nb\r\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			change := Change{Path: "/m/go.mod", Before: tt.before, After: tt.after}
			got, ok := textApply(tt.before, change.Edits())
			if got != tt.want || !ok {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if kept := keepEndings(tt.before, tt.after); kept != tt.want {
				t.Errorf("keepEndings = %q, want %q", kept, tt.want)
			}
			if lineFeeds(tt.before) == lineFeeds(tt.after) && len(change.Edits()) > 0 {
				t.Errorf("edits of what has not changed: %v", change.Edits())
			}
		})
	}
}

func FuzzEdits(f *testing.F) {
	f.Add("a\r\nb\n", "b\nc")
	f.Add("é\n\n", "\r\r\n")
	f.Fuzz(func(t *testing.T, before, after string) {
		got := keepEndings(before, after)
		if strings.ReplaceAll(got, "\r", "") != strings.ReplaceAll(after, "\r", "") {
			t.Errorf("from %q to %q: %q", before, after, got)
		}
		if lineFeeds(before) == lineFeeds(after) && got != before {
			t.Errorf("%q became %q, but only line endings differ from %q", before, got, after)
		}
	})
}

func textApply(src string, edits []fixes.Edit) (string, bool) {
	return text.Apply(src, fixes.ByFile(edits)[uri.File("/m/go.mod")])
}

// Ten who tidy one module at once leave what one leaves, and only the first has anything to change.
func TestTenTidiesAtOnce(t *testing.T) {
	files := map[string]string{"go.mod": "module example.com/m\n\ngo 1.21\n", "m.go": "package m\n\nimport _ \"example.com/a\"\n"}
	store, ours, theirs := newStore(t), newModule(t, files), newModule(t, files)
	var changes atomic.Int32
	var tidying sync.WaitGroup
	for range 10 {
		tidying.Go(func() {
			result, err := store.Do(t.Context(), Transaction{Title: "go mod tidy", World: disk(ours), Run: tidy, Apply: Disk})
			if err != nil {
				t.Error(err)
			}
			changes.Add(int32(len(result.Changes)))
		})
	}
	tidying.Wait()
	if n := changes.Load(); n != 2 {
		t.Errorf("%d files changed, want 2", n)
	}
	goCommand(t, theirs, "mod", "tidy")
	if d := cmp.Diff(tree(theirs), tree(ours)); d != "" {
		t.Errorf("-go +gomodls:\n%s", d)
	}
}

// A result says that it replaces what go saw, so that what has been written since is not replaced.
func TestResultReplacesWhatGoSaw(t *testing.T) {
	const goMod = "module example.com/m\n\ngo 1.21\n"
	dir := newModule(t, map[string]string{"go.mod": goMod, "m.go": "package m\n\nimport _ \"example.com/b\"\n"})
	shadow, err := newShadow(t.TempDir(), disk(dir)().indexed(), Go{})
	if err != nil {
		t.Fatal(err)
	}
	if err := shadow.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	writeFile(filepath.Join(dir, "go.mod"), goMod+"\n// edited\n")
	result, err := shadow.result()
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Changes) != 2 || result.Changes[0].Before != goMod {
		t.Fatalf("changes: %+v", result.Changes)
	}
	var changed *ChangedError
	if applied, err := Disk(t.Context(), result); applied || !errors.As(err, &changed) {
		t.Errorf("applied %v, error %v", applied, err)
	}
}

// The toolchain is the user's own, unless they have said otherwise.
func TestToolchain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "env")
	for _, tt := range []struct{ name, goenv, variable, file, want string }{
		{"nothing is said", file, "", "GOPRIVATE=x\n", "local"},
		{"in the environment", file, "auto", "", "auto"},
		{"with go env -w", file, "", "GOFLAGS=\nGOTOOLCHAIN=auto\n", ""},
		{"with an empty value", file, "", "GOTOOLCHAIN=\n", "local"},
		{"in a file that is switched off", "off", "", "GOTOOLCHAIN=auto\n", "local"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			writeFile(file, tt.file)
			env := []string{"GOENV=" + tt.goenv}
			if tt.variable != "" {
				env = append(env, "GOTOOLCHAIN="+tt.variable)
			}
			got := ""
			for _, kv := range environ(env) {
				if value, ok := strings.CutPrefix(kv, "GOTOOLCHAIN="); ok {
					got = value
				}
			}
			if got != tt.want {
				t.Errorf("GOTOOLCHAIN=%q, want %q", got, tt.want)
			}
		})
	}
}

func TestDiff(t *testing.T) {
	c := Change{Path: filepath.FromSlash("/m/sub/go.mod"), Before: "module a\n", After: "module b\n"}
	want := "--- a/sub/go.mod\n+++ b/sub/go.mod\n@@ -1 +1 @@\n-module a\n+module b\n"
	if got := c.Diff(filepath.FromSlash("/m")); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What go work sync, use and vendor leave through the disk is what the go command would have written itself.
func TestWorkEqualsGo(t *testing.T) {
	files := map[string]string{
		"go.work":                 "go 1.21\n\nuse (\n\t./m // one\n\t./n\n)\n",
		"m/go.mod":                "module example.com/m\n\ngo 1.21\n\nrequire example.com/a v1.0.0 // why\n\nrequire example.com/b v1.0.0 // indirect\n",
		"m/m.go":                  "package m\n\nimport _ \"example.com/a\"\n",
		"n/go.mod":                "module example.com/n\n\ngo 1.22\n\nrequire (\n\texample.com/a v1.1.0\n\texample.com/lib v0.0.0\n)\n\nrequire example.com/b v1.1.0 // indirect\n\nreplace example.com/lib => ../lib\n",
		"n/n.go":                  "package n\n\nimport (\n\t_ \"example.com/a\"\n\t_ \"example.com/lib\"\n)\n",
		"lib/go.mod":              "module example.com/lib\n\ngo 1.21\n",
		"lib/lib.go":              "package lib\n",
		"lib/LICENSE":             "free\n",
		"new/go.mod":              "module example.com/new\n\ngo 1.23\n",
		"new/new.go":              "package other\n",
		"deep/go.mod":             "module example.com/deep\n\ngo 1.23\n",
		"deep/er/testdata/go.mod": "module example.com/deeper\n\ngo 1.23\n",
	}
	ours, theirs := newModule(t, files), newModule(t, files)
	store := newStore(t)
	for _, args := range [][]string{{"sync"}, {"vendor"}, {"use", "./new"}, {"use", "-r", "./deep"}} {
		world := func() World {
			w := World{Work: filepath.Join(ours, "go.work")}
			for _, dir := range []string{".", "m", "n", "lib", "new"} {
				w.Dirs = append(w.Dirs, filepath.Join(ours, dir))
			}
			w.Dirs = append(w.Dirs, ModulesBelow(filepath.Join(ours, "deep"))...)
			return w
		}
		_, err := store.Do(t.Context(), Transaction{Title: "go work", World: world, Apply: Disk, Run: func(ctx context.Context, s *Shadow) error {
			switch args[0] {
			case "sync":
				return s.WorkSync(ctx)
			case "vendor":
				return s.Vendor(ctx)
			}
			if args[1] == "-r" {
				return s.WorkUseBelow(ctx, args[2:]...)
			}
			return s.WorkUse(ctx, args[1:]...)
		}})
		if err != nil {
			t.Fatal(err)
		}
		runGo(t, theirs, "GOWORK=", append([]string{"work"}, args...)...)
		if args[0] == "use" {
			runGo(t, theirs, "GOWORK=", "work", "vendor") // which is part of the same transaction
		}
		if d := cmp.Diff(tree(theirs), tree(ours)); d != "" {
			t.Errorf("go work %s (-go +gomodls):\n%s", strings.Join(args, " "), d)
		}
		runGo(t, ours, "GOWORK=", "build", "./m", "./n")
	}
}

// Absolute paths of a workspace mean the copy while go runs, so that it writes nothing of the user's, and stay as they are.
func TestWorkAbsolute(t *testing.T) {
	dir := newModule(t, map[string]string{
		"m/go.mod":   "module example.com/m\n\ngo 1.21\n\nrequire example.com/b v1.0.0\n",
		"m/m.go":     "package m\n\nimport _ \"example.com/b\"\n",
		"n/go.mod":   "module example.com/n\n\ngo 1.22\n\nrequire (\n\texample.com/b v1.1.0\n\texample.com/lib v0.0.0\n)\n",
		"n/n.go":     "package n\n\nimport _ \"example.com/b\"\n",
		"lib/go.mod": "module example.com/lib\n",
	})
	work := "go 1.22\n\nuse " + dir + "/m // first\n\nuse " + dir + "/n\n\nreplace example.com/lib => " + dir + "/lib\n"
	writeFile(filepath.Join(dir, "go.work"), work)
	before := tree(dir)
	world := World{Dirs: []string{dir, dir + "/m", dir + "/n", dir + "/lib"}, Work: filepath.Join(dir, "go.work")}
	store := newStore(t)
	transaction := Transaction{Title: "go work sync", World: func() World { return world }, Run: func(ctx context.Context, s *Shadow) error {
		return s.WorkSync(ctx)
	}}
	result, err := store.Do(t.Context(), transaction)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(before, tree(dir)); d != "" {
		t.Errorf("the disk has changed (-before +after):\n%s", d)
	}
	if len(result.Changes) == 0 || result.Changes[0].Path != filepath.Join(dir, "m", "go.mod") || !strings.Contains(result.Changes[0].After, "b v1.1.0") {
		t.Errorf("changes: %+v", result.Changes)
	}
	if s := fmt.Sprint(result.Changes); strings.Contains(s, store.Dir) {
		t.Errorf("the copy's path is in the result: %s", s)
	}
}
