package lsp

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.lsp.dev/uri"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/analysis/suite"
	"github.com/gomodls/gomodls/internal/gather"
	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/workspace"
)

// A typist edits the files of one module and waits for the diagnostics, without the wire.
type typist struct {
	tb      testing.TB
	session *workspace.Session
	target  string
	version int32
}

func newTypist(tb testing.TB, dir string, settings *workspace.Settings) *typist {
	return &typist{tb: tb, target: filepath.Join(dir, "go.mod"), session: workspace.NewSession(gather.Machine(settings), settings, modcache.NewStores())}
}

func (y *typist) edit(path, text string) *analysis.Result {
	y.version++
	y.session.Apply(workspace.Opened(uri.File(path), y.version, text))
	r, err := gather.Settle(context.Background(), y.session, func(ctx context.Context, s *workspace.Snapshot) (*analysis.Result, error) {
		return analysis.Run(ctx, s, suite.All, []string{y.target})
	})
	if err != nil {
		y.tb.Fatal(err)
	}
	return r
}

// invent makes a module with n requirements, each of which requires the next two, in a module cache of its own.
func invent(tb testing.TB, n int) (dir string, settings *workspace.Settings) {
	tb.Helper()
	dir = tb.TempDir()
	cache := tb.TempDir()
	var mod, sum strings.Builder
	mod.WriteString("module example.com/main\n\ngo 1.25\n\nrequire (\n")
	for i := range n {
		path := fmt.Sprintf("example.com/m%04d", i)
		text := "module " + path + "\n\ngo 1.21\n"
		for j := i + 1; j < min(i+3, n); j++ {
			text += fmt.Sprintf("\nrequire example.com/m%04d v1.0.0\n", j)
		}
		at := filepath.Join(cache, "cache", "download", filepath.FromSlash(path), "@v")
		if err := os.MkdirAll(at, 0o777); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(at, "v1.0.0.mod"), []byte(text), 0o666); err != nil {
			tb.Fatal(err)
		}
		fmt.Fprintf(&mod, "\t%s v1.0.0\n", path)
		fmt.Fprintf(&sum, "%s v1.0.0/go.mod %s\n", path, modcache.ParseMod(modcache.NewNames(), text).Hash())
	}
	mod.WriteString(")\n")
	for name, text := range map[string]string{"go.mod": mod.String(), "go.sum": sum.String()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			tb.Fatal(err)
		}
	}
	return dir, &workspace.Settings{Env: map[string]string{
		"GOMODCACHE": cache, "GOENV": "off", "GOPROXY": "off", "GOSUMDB": "", "GOFLAGS": "", "GOWORK": "off", "GOTOOLCHAIN": "local", "GOPRIVATE": "",
	}}
}

func readText(tb testing.TB, path string) string {
	tb.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return string(data)
}

// keystrokes are edits that are made and taken back.
func keystrokes(tb testing.TB, dir string) map[string][2]func(y *typist) *analysis.Result {
	mod, sum := filepath.Join(dir, "go.mod"), filepath.Join(dir, "go.sum")
	modText, sumText := readText(tb, mod), readText(tb, sum)
	edit := func(path, text string) func(*typist) *analysis.Result {
		return func(y *typist) *analysis.Result { return y.edit(path, text) }
	}
	_, rest, _ := strings.Cut(sumText, "\n")
	return map[string][2]func(*typist) *analysis.Result{
		"comment":      {edit(mod, modText+"// x\n"), edit(mod, modText)},
		"syntax fault": {edit(mod, modText+"requir\n"), edit(mod, modText)},
		"version":      {edit(mod, strings.Replace(modText, " v1.", " v1.9", 1)), edit(mod, modText)},
		"go.sum line":  {edit(sum, rest), edit(sum, sumText)},
	}
}

// BenchmarkKeystroke measures an edit until its diagnostics are there, in the module in $BENCH_MODULE, whose dependencies are
// in the module cache, or in an invented one of 400 requirements.
func BenchmarkKeystroke(b *testing.B) {
	dir, settings := os.Getenv("BENCH_MODULE"), (*workspace.Settings)(nil)
	if dir == "" {
		dir, settings = invent(b, 400)
	}
	for name, strokes := range keystrokes(b, dir) {
		b.Run(name, func(b *testing.B) {
			y := newTypist(b, dir, settings)
			strokes[1](y)
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				strokes[i%2](y)
			}
		})
	}
}

// BenchmarkImport measures an import that is typed into a Go file of the module in $BENCH_MODULE, all of whose dependencies are in
// the module cache, until everything is said of it: what tidy would do, and which packages cannot be loaded.
func BenchmarkImport(b *testing.B) {
	dir := os.Getenv("BENCH_MODULE")
	if dir == "" {
		b.Skip("BENCH_MODULE names no module")
	}
	y, scholar := newTypist(b, dir, nil), gather.NewScholar()
	path := filepath.Join(dir, os.Getenv("BENCH_FILE"))
	if os.Getenv("BENCH_FILE") == "" {
		path = filepath.Join(dir, "main.go")
	}
	text := readText(b, path)
	before, after, ok := strings.Cut(text, "import (\n")
	if !ok {
		b.Fatalf("%s has no block of imports", path)
	}
	answer := func(text string) *analysis.Result {
		y.version++
		y.session.Apply(workspace.Opened(uri.File(path), y.version, text))
		r, err := gather.Answer(context.Background(), y.session, scholar, func(ctx context.Context, s *workspace.Snapshot) (*analysis.Result, error) {
			return analysis.Run(ctx, s, suite.All, []string{y.target})
		})
		if err != nil {
			b.Fatal(err)
		}
		return r
	}
	answer(text)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		r := answer(fmt.Sprintf("%simport (\n\t\"example.com/nobody/has/this%d\"\n%s", before, i, after))
		if len(r.Diagnostics(uri.File(path))) == 0 {
			b.Fatal("nothing is said of an import that no module provides")
		}
	}
}

// tolerance is how much more an edit may allocate than is recorded, in percent.
const tolerance = 10

// TestEditAllocations holds the number of allocations of an edit against a recorded one, since it does not depend on how busy
// the machine is. UPDATE=1 records.
func TestEditAllocations(t *testing.T) {
	const file = "testdata/allocations.json"
	dir, settings := invent(t, 100)
	got := map[string]int{}
	for name, strokes := range keystrokes(t, dir) {
		y := newTypist(t, dir, settings)
		if r := strokes[1](y); len(r.Diagnostics(uri.File(y.target))) > 0 {
			t.Fatalf("the module is not sound: %+v", r.Diagnostics(uri.File(y.target)))
		}
		said := len(strokes[0](y).Diagnostics(uri.File(y.target)))
		if (said > 0) != (name != "comment") {
			t.Errorf("%s: %d diagnostics", name, said)
		}
		strokes[1](y)
		got[name] = int(testing.AllocsPerRun(20, func() {
			strokes[0](y)
			strokes[1](y)
		}))
	}
	if os.Getenv("UPDATE") != "" {
		data, err := json.MarshalIndent(got, "", "\t")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, append(data, '\n'), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var recorded map[string]int
	if err := json.Unmarshal([]byte(readText(t, file)), &recorded); err != nil {
		t.Fatal(err)
	}
	for _, name := range sortedKeys(got) {
		if most := recorded[name] * (100 + tolerance) / 100; got[name] > most {
			t.Errorf("%s: an edit and its taking back make %d allocations, and %d are recorded", name, got[name], recorded[name])
		}
	}
}
