package analysis_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.lsp.dev/uri"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/analysis/suite"
	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/workspace"
)

// A world is the text of some files, and whether an editor holds each of them.
type world struct {
	files map[string]string
	open  map[string]int32 // with the version
}

const root = "/w"

// The files that edits are about. Paths that are replaced by directories, and what is beside a module, come and go.
var (
	edited = []string{"go.work", "a/go.mod", "a/go.sum", "b/go.mod", "b/go.sum", "lib/go.mod", "a/.gomodls.yaml", "a/vendor/modules.txt", "go.work.sum", "a/main.go"}
	pieces = map[string][]string{
		"go.work": {"go 1.25\n", "use ./a\n", "use ./d\n", "use ./b\n", "use ./c\n", "replace x.example/r => ./lib\n", "nonsense\n", "toolchain go1.25.1\n"},
		"go.mod": {
			"module m.example/a\n", "module m.example/b\n", "go 1.25\n", "go 1.99\n", "require x.example/q v1.0.0\n", "require x.example/q v1.1.0\n",
			"require x.example/r v1.0.0 // indirect\n", "require x.example/s v1.0.0\n", "replace x.example/r => ../lib\n", "replace x.example/r => ../gone\n", "exclude x.example/q v1.0.0\n",
			"requir x.example/q v1\n", "require (\n", ")\n", "// a comment\n", "replace x.example/q => x.example/r v1.0.0\n", "require git.corp.internal/p v0.1.0\n",
			"require m.example/b v0.0.0\n", "<<<<<<< ours\n", "toolchain go1.26.0\n", "retract v1.0.0\n", "tool x.example/q/cmd\n",
		},
		"go.sum": {
			"x.example/q v1.0.0/go.mod h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", "x.example/q v1.1.0/go.mod h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
			"x.example/r v1.0.0/go.mod h1:aaaaaaa=\n", "a b\n", "\n", "x.example/q v1.0.0 h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
		},
		"modules.txt":   {"# x.example/q v1.0.0\n", "## explicit; go 1.25\n", "## workspace\n", "x.example/q\n"},
		".gomodls.yaml": {"severity: {missingsum: off}\n", "severity: {missingsum: hint}\n", "private: [x.example/q]\n", "go: bad\n"},
		"main.go":       {"package a\n", "import _ \"x.example/q\"\n", "import _ \"fmt\"\n", "func main() {}\n"},
	}
)

func piecesFor(name string) []string {
	base := filepath.Base(name)
	if base == "go.work.sum" {
		base = "go.sum"
	}
	return pieces[base]
}

// fact says what the disk of the world has at a path: the same for the session that has seen it all and for a fresh one.
func (w *world) fact(want workspace.Want, files map[string]*workspace.File) *workspace.Fact {
	if text, ok := w.files[want.Path]; ok && !want.List {
		if f := files[want.Path]; f == nil || f.Text != text {
			files[want.Path] = workspace.NewFile(want.Path, text)
		}
		return &workspace.Fact{State: workspace.Regular, File: files[want.Path]}
	}
	prefix := strings.TrimSuffix(want.Path, "/") + "/"
	var names []string
	for path := range w.files {
		if rest, ok := strings.CutPrefix(path, prefix); ok {
			name, _, below := strings.Cut(rest, "/")
			if below {
				name += "/"
			}
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return &workspace.Fact{State: workspace.Missing}
	}
	slices.Sort(names)
	if !want.List {
		return &workspace.Fact{State: workspace.Directory}
	}
	return &workspace.Fact{State: workspace.Directory, Names: slices.Compact(names)}
}

// ask returns what is said about all module files, with the facts read as they are wanted.
func (w *world) ask(t *testing.T, session *workspace.Session, files map[string]*workspace.File) string {
	t.Helper()
	targets := []string{root + "/go.work", root + "/a/go.mod", root + "/b/go.mod"}
	for {
		snap := session.Snapshot()
		r, err := analysis.Run(context.Background(), snap, suite.All, targets)
		if err != nil || len(r.Failures) > 0 {
			t.Fatal(err, r.Failures)
		}
		wants := snap.Wants()
		if len(wants) == 0 {
			return render(r)
		}
		var changes []workspace.Change
		for _, want := range wants {
			changes = append(changes, workspace.Learned(want, w.fact(want, files)))
		}
		session.Apply(changes...)
	}
}

func render(r *analysis.Result) string {
	var b strings.Builder
	for _, f := range r.Files {
		fmt.Fprintf(&b, "%s\n", f.File.Path)
		for _, d := range f.Diagnostics {
			fmt.Fprintf(&b, "\t%v %s %s %s %v %v %v\n", d.Span, d.Severity, d.Code, d.Message, d.Silenced, d.Tags, d.Related)
			for _, fix := range d.Fixes {
				fmt.Fprintf(&b, "\t\t%s %v %v", fix.Title, fix.Preferred, fix.Edits)
				if fix.Command != nil {
					fmt.Fprintf(&b, " %v", *fix.Command)
				}
				b.WriteString("\n")
			}
		}
	}
	for _, m := range r.Modules {
		fmt.Fprintf(&b, "%s %s %+v\n", m.Dir, m.Path, m.Health)
	}
	fmt.Fprintf(&b, "asks %v\n", r.Snapshot.Questions())
	return b.String()
}

// moduleCache makes a module cache that has some of the go.mod files that edits may lead to.
func moduleCache(t *testing.T) string {
	cache := t.TempDir()
	for name, text := range map[string]string{
		"x.example/q/@v/v1.0.0.mod": "module x.example/q\ngo 1.21\nrequire x.example/r v1.0.0\n",
		"x.example/q/@v/v1.1.0.mod": "module x.example/q\ngo 1.21\nrequire (\n\tx.example/r v1.1.0\n\tx.example/s v1.0.0\n)\n",
		"x.example/r/@v/v1.0.0.mod": "module x.example/r\n",
		"x.example/s/@v/v1.0.0.mod": "module x.example/s\ngo 1.99\nrequire x.example/q v1.0.0\n",
	} {
		path := filepath.Join(cache, "cache", "download", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return cache
}

func newSession(cache string) *workspace.Session {
	machine := &workspace.Machine{
		GOOS: "linux", Home: "/home/u", ConfigDir: "/home/u/.config", Go: "/go/bin/go",
		Environ: map[string]string{"GOMODCACHE": cache, "GOPROXY": "https://proxy.example.com", "GOTOOLCHAIN": "local", "GOPRIVATE": ""},
	}
	return workspace.NewSession(machine, nil, modcache.NewStores())
}

// step changes something: a document in the editor, whether it is open, or a file on disk behind the editor's back. It returns
// what the session is told.
func (w *world) step(r *rand.Rand, session *workspace.Session, files map[string]*workspace.File) (string, []workspace.Change) {
	path := filepath.Join(root, edited[r.IntN(len(edited))])
	u := uri.File(path)
	version, open := w.open[path]
	text, there := w.files[path]
	var lines []string
	if text != "" {
		lines = strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
		lines[len(lines)-1] += "\n"
	}
	all := piecesFor(path)
	what := "changed"
	switch at := r.IntN(len(lines) + 1); r.IntN(8) {
	case 0, 1, 2, 3:
		lines = slices.Insert(lines, at, all[r.IntN(len(all))])
	case 4, 5:
		if len(lines) > 0 {
			at = r.IntN(len(lines))
			lines = slices.Delete(lines, at, at+1)
		}
	case 6:
		if open { // closed: the disk has the same text
			delete(w.open, path)
			return "closed " + path, []workspace.Change{workspace.Closed(u)}
		}
		w.open[path], w.files[path] = 1, text
		return "opened " + path, append([]workspace.Change{workspace.Opened(u, 1, text)}, w.behind(session, files)...)
	case 7:
		if !open && there {
			delete(w.files, path)
			return "removed " + path, w.behind(session, files)
		}
	}
	w.files[path] = strings.Join(lines, "")
	if open {
		w.open[path] = version + 1
		return what + " " + path, []workspace.Change{workspace.Opened(u, version+1, w.files[path])}
	}
	return what + " on disk " + path, w.behind(session, files)
}

// behind returns the facts that are not as the session has them.
func (w *world) behind(session *workspace.Session, files map[string]*workspace.File) []workspace.Change {
	var changes []workspace.Change
	for want, old := range session.Snapshot().Facts() {
		if now := w.fact(want, files); now.State != old.State || now.File != old.File || !slices.Equal(now.Names, old.Names) {
			changes = append(changes, workspace.Learned(want, now))
		}
	}
	return changes
}

// TestIncremental makes random changes and compares, after each of them, what a session says that has seen them all with what
// a new one says that sees only what they came to. INCREMENTAL=n makes n sequences.
func TestIncremental(t *testing.T) {
	sequences, length, cache := 24, 40, moduleCache(t)
	if n, err := strconv.Atoi(os.Getenv("INCREMENTAL")); err == nil {
		sequences = n
	}
	said := 0
	for seed := range sequences {
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		w := &world{files: map[string]string{
			root + "/go.work": "go 1.25\nuse ./a\nuse ./b\nuse ./d\n", root + "/a/go.mod": "module m.example/a\ngo 1.25\n", root + "/b/go.mod": "module m.example/b\ngo 1.25\n",
			root + "/d/go.mod":   "module m.example/d\ngo 1.25\nrequire (\n\tx.example/q v1.0.0\n\tx.example/r v1.0.0\n)\n", // nobody edits it
			root + "/d/go.sum":   "x.example/r v1.0.0/go.mod h1:aaaaaaa=\n",
			root + "/lib/go.mod": "module x.example/r\n", "/go/VERSION": "go1.26.0\n",
		}, open: map[string]int32{}}
		files := map[string]*workspace.File{}
		session := newSession(cache)
		w.ask(t, session, files)
		var history []string
		for range length {
			what, changes := w.step(r, session, files)
			history = append(history, what)
			session.Apply(changes...)
			got := w.ask(t, session, files)

			fresh, own := newSession(cache), map[string]*workspace.File{}
			var opened []workspace.Change
			for path, version := range w.open {
				opened = append(opened, workspace.Opened(uri.File(path), version, w.files[path]))
			}
			fresh.Apply(opened...)
			want := w.ask(t, fresh, own)
			said += strings.Count(want, "\n\t")
			if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
				t.Fatalf("sequence %d, after %s: a new session (-) and the old one (+) differ:\n%s\nwith %q", seed, strings.Join(history, ", "), diff, w.files)
			}
		}
	}
	if said < sequences*length {
		t.Errorf("only %d diagnostics in all: the changes are too harmless", said)
	}
}
