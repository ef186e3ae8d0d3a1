// Package analysistest runs analyzers over archives that read as documents: each file with its diagnostics beneath the
// marked lines, and then each file as every fix leaves it.
//
// The one idea to keep in mind: an archive is input and expectation in one. The harness strips the marks, analyzes, renders
// the archive anew and compares the whole, so a missing diagnostic fails like a surplus one. UPDATE=1 writes what it found.
//
// The files of an archive are the world. Those named "modcache/PATH@VERSION.mod" are the module cache, as are the sources
// "modcache/PATH@VERSION/…"; "home/…" is the user's home directory, "env" holds KEY=value lines of the environment.
// All others lie in one directory, the Go files and go.mod files among them as an editor has them open. There is nothing else:
// no disk, no network, no go command, and of the standard library only the packages named std.
package analysistest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.lsp.dev/uri"
	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/tools/txtar"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/gather"
	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/workspace"
)

const (
	root   = "/m"      // where the files of an archive lie
	home   = "/home"   // the user's home directory
	goroot = "/goroot" // of a go command that is there in name only
)

// godebugs is the table of GODEBUG settings of that go command, in the form of the real one.
const godebugs = "\t{Name: \"panicnil\", Package: \"runtime\", Changed: 21, Old: \"1\"},\n\t{Name: \"x509sha1\", Removed: 24},\n"

// Run runs the analyzers over every archive in testdata.
func Run(t *testing.T, analyzers ...*analysis.Analyzer) {
	t.Helper()
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives in testdata (%v)", err)
	}
	for _, file := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			archive := txtar.Parse(data)
			if os.Getenv("UPDATE") != "" {
				fillSums(archive)
			}
			got := string(txtar.Format(analyze(t, archive, analyzers)))
			if got == string(data) {
				return
			}
			if os.Getenv("UPDATE") != "" {
				if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			t.Errorf("%s (-want +got; UPDATE=1 writes it):\n%s", file, cmp.Diff(strings.Split(string(data), "\n"), strings.Split(got, "\n")))
		})
	}
}

// std are the packages of the standard library.
var std = []string{"embed", "errors", "fmt", "io", "os", "testing"}

// world is the archive as facts.
type world struct {
	files map[string]string // by absolute path
	dirs  map[string][]string
	env   map[string]string
}

func analyze(t *testing.T, a *txtar.Archive, analyzers []*analysis.Analyzer) *txtar.Archive {
	t.Helper()
	w := &world{files: map[string]string{}, dirs: map[string][]string{}, env: map[string]string{"HOME": home}}
	cache := t.TempDir()
	var inputs []txtar.File
	var paths []string
	for _, f := range a.Files {
		if generated(f.Name) {
			continue
		}
		f.Data = []byte(strip(string(f.Data)))
		inputs = append(inputs, f)
		switch {
		case f.Name == "env":
			for line := range strings.Lines(string(f.Data)) {
				key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
				w.env[key] = value
			}
		case strings.HasPrefix(f.Name, "modcache/"):
			if !strings.HasSuffix(f.Name, ".mod") || strings.HasSuffix(f.Name, "/go.mod") {
				continue // a source
			}
			addToCache(t, cache, strings.TrimPrefix(f.Name, "modcache/"), f.Data)
		case strings.HasPrefix(f.Name, "home/"):
			w.add(path.Join(home, strings.TrimPrefix(f.Name, "home/")), string(f.Data))
		default:
			p := path.Join(root, f.Name)
			w.add(p, string(f.Data))
			if k := workspace.KindOf(p); k == workspace.ModFile || k == workspace.WorkFile {
				paths = append(paths, p)
			}
		}
	}
	w.add(goroot+"/VERSION", "go1.26.8\n")
	w.add(goroot+"/src/internal/godebugs/table.go", godebugs)
	w.add(goroot+"/src/internal/goexperiment/flags.go", "type Flags struct {\n\tSynctest bool\n\tJSONv2 bool\n}\n")
	w.add(goroot+"/lib/fips140/v1.0.0.zip", "")
	w.add(goroot+"/go.env", "GOPROXY=https://proxy.example.com,direct\nGOSUMDB=sum.example.com+0ddb4a0d+AcS0SWLNMk0rADgx9mDxL9fxxfUsZoqcyYdCCkVgXW+3\nGOTOOLCHAIN=local\n")
	if w.env["GOMODCACHE"] == "" {
		w.env["GOMODCACHE"] = cache
	}
	machine := &workspace.Machine{Environ: w.env, Home: home, ConfigDir: home + "/.config", Go: goroot + "/bin/go", GOOS: "linux"}
	addSources(t, w, cache, sourcesOf(a))
	session := workspace.NewSession(machine, nil, modcache.NewStores())
	for p, data := range w.files {
		if k := workspace.KindOf(p); strings.HasPrefix(p, root+"/") && (k == workspace.GoFile || k == workspace.ModFile) {
			session.Apply(workspace.Opened(uri.File(p), 1, data))
		}
	}
	result := w.settle(t, session, analyzers, paths)

	out := &txtar.Archive{Comment: a.Comment}
	var after []txtar.File
	for _, f := range inputs {
		for _, r := range result.Files {
			if r.File.Path != path.Join(root, f.Name) {
				continue
			}
			f.Data = []byte(render(r.File, r.Diagnostics))
			for _, d := range r.Diagnostics {
				for _, fix := range d.Fixes {
					after = append(after, w.applied(t, fix, after)...)
				}
			}
		}
		out.Files = append(out.Files, f)
	}
	out.Files = append(out.Files, after...)
	return out
}

func generated(name string) bool {
	return strings.Contains(name, ` after "`) || strings.HasPrefix(name, `command "`)
}

// fillSums writes the checksums of what is in the module cache where an author left "h1:?".
func fillSums(a *txtar.Archive) {
	sums := map[string]string{}
	for _, f := range a.Files {
		if name, ok := strings.CutPrefix(f.Name, "modcache/"); ok {
			p, v, _ := strings.Cut(strings.TrimSuffix(name, ".mod"), "@")
			sums[p+" "+v+"/go.mod"] = modcache.ParseMod(modcache.NewNames(), string(f.Data)).Hash()
		}
	}
	for m, files := range sourcesOf(a) {
		sums[m.Path+" "+m.Version] = hash(m, files)
	}
	for i, f := range a.Files {
		var b strings.Builder
		for line := range strings.Lines(string(f.Data)) {
			if key, ok := strings.CutSuffix(line, " h1:?\n"); ok && sums[key] != "" {
				line = key + " " + sums[key] + "\n"
			}
			b.WriteString(line)
		}
		a.Files[i].Data = []byte(b.String())
	}
}

// sourcesOf returns the files of the module versions whose sources an archive has in its module cache.
func sourcesOf(a *txtar.Archive) map[module.Version]map[string]string {
	sources := map[module.Version]map[string]string{}
	for _, f := range a.Files {
		name, ok := strings.CutPrefix(f.Name, "modcache/")
		p, rest, at := strings.Cut(name, "@")
		v, rel, slash := strings.Cut(rest, "/")
		if !ok || !at || !slash {
			continue
		}
		m := module.Version{Path: p, Version: v}
		if sources[m] == nil {
			sources[m] = map[string]string{}
		}
		sources[m][rel] = strip(string(f.Data))
	}
	return sources
}

// hash returns the checksum of a module's zip.
func hash(m module.Version, files map[string]string) string {
	prefix := m.Path + "@" + m.Version + "/"
	var names []string
	for name := range files {
		names = append(names, prefix+name)
	}
	h, err := dirhash.Hash1(names, func(name string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(files[strings.TrimPrefix(name, prefix)])), nil
	})
	if err != nil {
		panic(err) // a file name with a newline
	}
	return h
}

func addSources(t *testing.T, w *world, dir string, sources map[module.Version]map[string]string) {
	t.Helper()
	put := func(file, data string) {
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(data), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for m, files := range sources {
		escaped, err := module.EscapePath(m.Path)
		if err != nil {
			t.Fatal(err)
		}
		for rel, data := range files {
			file := filepath.Join(dir, escaped+"@"+m.Version, rel)
			put(file, data)
			w.add(file, data)
		}
		put(filepath.Join(dir, "cache", "download", escaped, "@v", m.Version+".ziphash"), hash(m, files))
	}
}

func addToCache(t *testing.T, dir, name string, data []byte) {
	t.Helper()
	p, v, ok := strings.Cut(strings.TrimSuffix(name, ".mod"), "@")
	escaped, err := module.EscapePath(p)
	if !ok || err != nil {
		t.Fatalf("modcache/%s: want modcache/PATH@VERSION.mod (%v)", name, err)
	}
	file := filepath.Join(dir, "cache", "download", escaped, "@v", v+".mod")
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o666); err != nil {
		t.Fatal(err)
	}
}

// add puts a file into the world. A name that ends in "/.keep" makes a directory only.
func (w *world) add(p, data string) {
	if path.Base(p) != ".keep" {
		w.files[p] = data
	}
	for name := p; name != "/"; name = path.Dir(name) {
		dir, entry := path.Dir(name), path.Base(name)
		if name != p {
			entry += "/"
		}
		if entry != ".keep" && !slices.Contains(w.dirs[dir], entry) {
			w.dirs[dir] = append(w.dirs[dir], entry)
		} else if w.dirs[dir] == nil {
			w.dirs[dir] = []string{}
		}
	}
}

func (w *world) look(want workspace.Want) *workspace.Fact {
	p := filepath.ToSlash(want.Path)
	if data, ok := w.files[p]; ok {
		return &workspace.Fact{State: workspace.Regular, File: workspace.NewFile(want.Path, data)}
	}
	if names, ok := w.dirs[p]; ok {
		f := &workspace.Fact{State: workspace.Directory}
		if want.List {
			f.Names = slices.Sorted(slices.Values(names))
		}
		return f
	}
	return &workspace.Fact{State: workspace.Missing}
}

func (w *world) settle(t *testing.T, session *workspace.Session, analyzers []*analysis.Analyzer, paths []string) *analysis.Result {
	t.Helper()
	scholar := new(gather.Scholar)
	scholar.Tidier.Std = func(string) func(string) bool {
		return func(path string) bool { return slices.Contains(std, path) }
	}
	for {
		snap := session.Snapshot()
		result, err := analysis.Run(context.Background(), snap, analyzers, paths)
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range result.Failures {
			t.Error(err)
		}
		questions := snap.Questions()
		if len(questions) > 0 {
			snap.Godebugs() // so that no study looks at the disk for it
		}
		var learned []workspace.Change
		for _, want := range snap.Wants() {
			learned = append(learned, workspace.Learned(want, w.look(want)))
		}
		switch {
		case len(learned) > 0:
			session.Apply(learned...)
		case len(questions) == 0:
			return result
		}
		for _, q := range questions {
			if len(learned) == 0 {
				if err := scholar.Study(t.Context(), session, q); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// applied renders what a fix makes of each file that it edits, or the command that it is.
func (w *world) applied(t *testing.T, fix fixes.Fix, before []txtar.File) []txtar.File {
	t.Helper()
	if fix.Command != nil {
		args, err := json.Marshal(fix.Command.Arguments)
		if err != nil {
			t.Fatal(err)
		}
		return []txtar.File{{Name: unique(fmt.Sprintf("command %q", fix.Title), before), Data: fmt.Appendf(nil, "%s %s\n", fix.Command.Name, args)}}
	}
	var out []txtar.File
	for u, edits := range fixes.ByFile(fix.Edits) {
		file := filepath.ToSlash(u.FsPath())
		now, ok := text.Apply(w.files[file], edits)
		if !ok {
			t.Fatalf("fix %q: edits overlap or lie outside %s", fix.Title, file)
		}
		name := fmt.Sprintf("%s after %q", strings.TrimPrefix(file, root+"/"), fix.Title)
		out = append(out, txtar.File{Name: unique(name, before), Data: []byte(now)})
	}
	slices.SortFunc(out, func(a, b txtar.File) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func unique(name string, have []txtar.File) string {
	candidate := name
	for n := 2; slices.ContainsFunc(have, func(f txtar.File) bool { return f.Name == candidate }); n++ {
		candidate = fmt.Sprintf("%s (%d)", name, n)
	}
	return candidate
}

// strip removes the marks: the lines that start, after blanks, with a caret.
func strip(data string) string {
	var b strings.Builder
	for line := range strings.Lines(data) {
		if !strings.HasPrefix(strings.TrimLeft(line, " \t"), "^") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// render draws the diagnostics of a file beneath its lines.
func render(f *workspace.File, ds []analysis.Diagnostic) string {
	lines := text.NewLines(f.Text)
	marks := map[int][]string{}
	for _, d := range ds {
		line := lines.Line(d.Span.Start)
		start := lines.Span(line)
		indent := strings.Map(func(r rune) rune {
			if r == '\t' {
				return r
			}
			return ' '
		}, f.Text[start.Start:d.Span.Start])
		carets := strings.Repeat("^", max(1, len([]rune(f.Text[d.Span.Start:min(d.Span.End, max(start.End, d.Span.Start))]))))
		severity := d.Severity.String()
		if d.Silenced {
			severity = "silenced " + severity
		}
		marks[line] = append(marks[line], fmt.Sprintf("%s%s %s %s: %s\n", indent, carets, severity, d.Code, d.Message))
		for _, r := range d.Related {
			file := strings.TrimPrefix(filepath.ToSlash(r.URI.FsPath()), root+"/")
			marks[line] = append(marks[line], fmt.Sprintf("%s^ see %s: %s\n", indent, file, r.Message))
		}
	}
	var b strings.Builder
	for i := range lines.Count() {
		end := len(f.Text)
		if i+1 < lines.Count() {
			end = lines.Offset(text.Position{Line: i + 1})
		}
		line := f.Text[lines.Span(i).Start:end]
		b.WriteString(line)
		if len(marks[i]) > 0 && line != "" && !strings.HasSuffix(line, "\n") {
			b.WriteByte('\n')
		}
		for _, m := range marks[i] {
			b.WriteString(m)
		}
	}
	return b.String()
}
