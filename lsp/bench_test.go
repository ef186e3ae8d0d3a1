package lsp

import (
	"context"
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
	targets []string // the module's go.mod first
	version int32
}

func newTypist(tb testing.TB, settings *workspace.Settings, targets ...string) *typist {
	return &typist{tb: tb, targets: targets, session: workspace.NewSession(gather.Machine(settings), settings, modcache.NewStores())}
}

func (y *typist) edit(path, text string) *analysis.Result {
	y.version++
	y.session.Apply(workspace.Opened(uri.File(path), y.version, text))
	r, err := gather.Settle(context.Background(), y.session, func(ctx context.Context, s *workspace.Snapshot) (*analysis.Result, error) {
		return analysis.Run(ctx, s, suite.All, y.targets)
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
	cache, sums := inventCache(tb, n)
	var mod strings.Builder
	mod.WriteString("module example.com/main\n\ngo 1.25\n\nrequire (\n")
	for i := range n {
		fmt.Fprintf(&mod, "\t%s v1.0.0\n", invented(i))
	}
	mod.WriteString(")\n")
	writeText(tb, filepath.Join(dir, "go.mod"), mod.String())
	writeText(tb, filepath.Join(dir, "go.sum"), strings.Join(sums, ""))
	return dir, inventedSettings(cache, "off")
}

// inventWorkspace makes a go.work with n modules of some requirements each among invented ones, and returns its directory.
func inventWorkspace(tb testing.TB, n, each, among int) (dir string, settings *workspace.Settings) {
	tb.Helper()
	dir = tb.TempDir()
	cache, sums := inventCache(tb, among)
	work := "go 1.25\n\nuse (\n"
	for i := range n {
		name := fmt.Sprintf("m%03d", i)
		work += "\t./" + name + "\n"
		mod, sum := "module example.com/work/"+name+"\n\ngo 1.25\n\nrequire (\n", ""
		for j := range each {
			k := (i*7 + j*3) % among
			mod += "\t" + invented(k) + " v1.0.0\n"
			sum += sums[k]
		}
		if i == n/2 {
			sum = strings.Join(sums, "") // the modules of a workspace share what their go.sum files say
		}
		writeText(tb, filepath.Join(dir, name, "go.mod"), mod+")\n")
		writeText(tb, filepath.Join(dir, name, "go.sum"), sum)
	}
	writeText(tb, filepath.Join(dir, "go.work"), work+")\n")
	return dir, inventedSettings(cache, "")
}

func invented(i int) string { return fmt.Sprintf("example.com/m%04d", i) }

// inventCache makes a module cache of n modules, each of which requires the next two, and their lines in a go.sum.
func inventCache(tb testing.TB, n int) (cache string, sums []string) {
	cache = tb.TempDir()
	for i := range n {
		text := "module " + invented(i) + "\n\ngo 1.21\n"
		for j := i + 1; j < min(i+3, n); j++ {
			text += fmt.Sprintf("\nrequire %s v1.0.0\n", invented(j))
		}
		writeText(tb, filepath.Join(cache, "cache", "download", filepath.FromSlash(invented(i)), "@v", "v1.0.0.mod"), text)
		sums = append(sums, fmt.Sprintf("%s v1.0.0/go.mod %s\n", invented(i), modcache.ParseMod(modcache.NewNames(), text).Hash()))
	}
	return cache, sums
}

func inventedSettings(cache, work string) *workspace.Settings {
	return &workspace.Settings{Env: map[string]string{
		"GOMODCACHE": cache, "GOENV": "off", "GOPROXY": "off", "GOSUMDB": "", "GOFLAGS": "", "GOWORK": work, "GOTOOLCHAIN": "local", "GOPRIVATE": "",
	}}
}

func writeText(tb testing.TB, path, text string) {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		tb.Fatal(err)
	}
}

func readText(tb testing.TB, path string) string {
	tb.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return string(data)
}

// firstRequired returns the first path in a block of requirements.
func firstRequired(mod string) string {
	_, list, _ := strings.Cut(mod, "require (\n\t")
	path, _, _ := strings.Cut(list, " ")
	return path
}

// keystrokes are edits that are made and taken back.
func keystrokes(tb testing.TB, dir string) map[string][2]func(y *typist) *analysis.Result {
	mod, sum := filepath.Join(dir, "go.mod"), filepath.Join(dir, "go.sum")
	modText, sumText := readText(tb, mod), readText(tb, sum)
	edit := func(path, text string) func(*typist) *analysis.Result {
		return func(y *typist) *analysis.Result { return y.edit(path, text) }
	}
	line := firstRequired(modText) + " "
	before, after, _ := strings.Cut(sumText, line)
	_, after, _ = strings.Cut(after, "\n")
	return map[string][2]func(*typist) *analysis.Result{
		"comment":      {edit(mod, modText+"// x\n"), edit(mod, modText)},
		"syntax fault": {edit(mod, modText+"requir\n"), edit(mod, modText)},
		"version":      {edit(mod, strings.Replace(modText, " v1.", " v1.9", 1)), edit(mod, modText)},
		"go.sum line":  {edit(sum, before+after), edit(sum, sumText)},
		"requirement":  {edit(mod, modText+"require example.com/gone v1.0.0\n"), edit(mod, modText)},
		"replacement":  {edit(mod, modText+"replace "+line+"=> ./no/such/directory\n"), edit(mod, modText)},
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
			y := newTypist(b, settings, filepath.Join(dir, "go.mod"))
			strokes[1](y)
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				strokes[i%2](y)
			}
		})
	}
}

// BenchmarkWorkspace measures an edit in the middle module of the workspace in $BENCH_WORKSPACE, whose dependencies are in the
// module cache, or of an invented one of 200 modules.
func BenchmarkWorkspace(b *testing.B) {
	dir, settings := os.Getenv("BENCH_WORKSPACE"), (*workspace.Settings)(nil)
	if dir == "" {
		dir, settings = inventWorkspace(b, 200, 30, 600)
	}
	for name, strokes := range keystrokes(b, middleOf(b, dir)) {
		b.Run(name, func(b *testing.B) {
			y := newWorkTypist(b, settings, dir)
			strokes[1](y)
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				strokes[i%2](y)
			}
		})
	}
}

// newWorkTypist returns a typist who has the folder of a workspace open and edits its middle module.
func newWorkTypist(tb testing.TB, settings *workspace.Settings, dir string) *typist {
	middle := middleOf(tb, dir)
	return newTypist(tb, settings, filepath.Join(middle, "go.mod"), filepath.Join(middle, "go.sum"), filepath.Join(dir, "go.work"))
}

// middleOf returns the directory of the middle module of a workspace.
func middleOf(tb testing.TB, dir string) string {
	tb.Helper()
	mods, err := filepath.Glob(filepath.Join(dir, "*", "go.mod"))
	if err != nil || len(mods) == 0 {
		tb.Fatalf("%s: no modules: %v", dir, err)
	}
	return filepath.Dir(mods[len(mods)/2])
}

// BenchmarkImport measures an import that is typed into a Go file of the module in $BENCH_MODULE, all of whose dependencies are in
// the module cache, until everything is said of it: what tidy would do, and which packages cannot be loaded.
func BenchmarkImport(b *testing.B) {
	dir := os.Getenv("BENCH_MODULE")
	if dir == "" {
		b.Skip("BENCH_MODULE names no module")
	}
	y, scholar := newTypist(b, nil, filepath.Join(dir, "go.mod")), gather.NewScholar()
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
		r, err := gather.Answer(context.Background(), y.session, scholar, nil, func(ctx context.Context, s *workspace.Snapshot) (*analysis.Result, error) {
			return analysis.Run(ctx, s, suite.All, y.targets)
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
