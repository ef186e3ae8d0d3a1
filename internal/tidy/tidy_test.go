package tidy_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
	"golang.org/x/tools/txtar"

	"github.com/gomodls/gomodls/internal/imports"
	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/tidy"
)

// TestPredict lets the go command tidy every module of testdata, without a network, and expects the same bytes. A file whose
// name begins with proxy/PATH@VERSION/ belongs to a module in the module cache, which all archives share; the others are the
// main module. The comment of an archive says what it shows; if it ends in "Refused.", go and the prediction must fail, the
// prediction with what the file named refusal says.
func TestPredict(t *testing.T) {
	cases, modules := archives(t)
	m := newMachine(t, modules)
	for name, a := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m.explain(t, a)
			m.compare(t, a, strings.HasSuffix(strings.TrimSpace(string(a.Comment)), "Refused."))
		})
	}
}

// archives returns the archives of testdata by name, and the modules in them.
func archives(t *testing.T) (cases map[string]*txtar.Archive, modules map[module.Version]map[string][]byte) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	cases, modules = map[string]*txtar.Archive{}, map[module.Version]map[string][]byte{}
	for _, name := range files {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		cases[strings.TrimSuffix(filepath.Base(name), ".txtar")] = a
		addAll(t, modules, a)
	}
	return cases, modules
}

// addAll adds the modules in an archive.
func addAll(t *testing.T, modules map[module.Version]map[string][]byte, a *txtar.Archive) {
	t.Helper()
	for _, f := range a.Files {
		if rest, ok := strings.CutPrefix(f.Name, "proxy/"); ok {
			addProxied(t, modules, rest, f.Data)
		}
	}
}

func addProxied(t *testing.T, modules map[module.Version]map[string][]byte, name string, text []byte) {
	t.Helper()
	path, rest, ok := strings.Cut(name, "@")
	version, rel, ok2 := strings.Cut(rest, "/")
	if !ok || !ok2 {
		t.Fatalf("%s does not name a file of a module version", name)
	}
	v := module.Version{Path: path, Version: version}
	if modules[v] == nil {
		modules[v] = map[string][]byte{}
	}
	modules[v][rel] = text
}

// machine is a go command with a module cache of its own and no network.
type machine struct {
	env    []string
	local  string
	stores *modcache.Stores
	store  *modcache.Store
	cache  *imports.Cache
	std    func(string) bool
}

// newMachine fills a module cache through the go command itself.
func newMachine(t *testing.T, modules map[module.Version]map[string][]byte) *machine {
	t.Helper()
	dir := t.TempDir()
	proxy, cache := filepath.Join(dir, "proxy"), filepath.Join(dir, "cache")
	for v, files := range modules {
		writeProxy(t, proxy, v, files)
	}
	m := &machine{env: append(os.Environ(),
		"GOPROXY=off", "GOMODCACHE="+cache, "GOFLAGS=-modcacherw", "GOWORK=off", "GOSUMDB=off", "GOENV=off", "GOTOOLCHAIN=local",
		"GOPRIVATE=", "GONOPROXY=", "GO111MODULE=",
	)}
	args := []string{"mod", "download"}
	for v := range modules {
		args = append(args, v.String())
	}
	slices.Sort(args[2:])
	m.run(t, dir, append(m.env, "GOPROXY=file://"+filepath.ToSlash(proxy)), args...)
	// A module may be there as a zip alone; the go command unpacks it when it needs it.
	if err := os.RemoveAll(filepath.Join(cache, "zipped.example")); err != nil {
		t.Fatal(err)
	}
	out := strings.Split(m.run(t, dir, m.env, "env", "GOROOT", "GOVERSION"), "\n")
	m.local = strings.TrimPrefix(out[1], "go")
	m.stores = modcache.NewStores()
	m.store, m.cache, m.std = m.stores.At(cache, nil), imports.NewCache(cache), imports.Std(out[0])
	return m
}

func (m *machine) run(t *testing.T, dir string, env []string, args ...string) string {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Env = dir, env
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}

func writeProxy(t *testing.T, proxy string, v module.Version, files map[string][]byte) {
	t.Helper()
	at := filepath.Join(proxy, filepath.FromSlash(v.Path), "@v")
	if err := os.MkdirAll(at, 0o777); err != nil {
		t.Fatal(err)
	}
	mod := files["go.mod"]
	if mod == nil { // as the go command makes one up for a module without
		mod = []byte("module " + v.Path + "\n")
	}
	var archived bytes.Buffer
	var list []zip.File
	for _, name := range slices.Sorted(maps.Keys(files)) {
		list = append(list, zipped{name, files[name]})
	}
	if err := zip.Create(&archived, v, list); err != nil {
		t.Fatal(err)
	}
	for ext, data := range map[string][]byte{
		".mod": mod, ".info": []byte(`{"Version":"` + v.Version + `"}`), ".zip": archived.Bytes(),
	} {
		if err := os.WriteFile(filepath.Join(at, v.Version+ext), data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// zipped is a file to be put into a zip.
type zipped struct {
	name string
	text []byte
}

func (z zipped) Path() string                 { return z.name }
func (z zipped) Open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(z.text)), nil }
func (z zipped) Lstat() (os.FileInfo, error)  { return z, nil }
func (z zipped) Name() string                 { return filepath.Base(z.name) }
func (z zipped) Size() int64                  { return int64(len(z.text)) }
func (z zipped) Mode() os.FileMode            { return 0o444 }
func (z zipped) ModTime() (t time.Time)       { return t }
func (z zipped) IsDir() bool                  { return false }
func (z zipped) Sys() any                     { return nil }

// input is what the answer about the module in dir depends on.
func (m *machine) input(t *testing.T, dir string) tidy.Input {
	t.Helper()
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	sum, sumErr := os.ReadFile(filepath.Join(dir, "go.sum"))
	return tidy.Input{
		Dir: dir, Mod: string(mod), Sum: string(sum), HasSum: sumErr == nil, Local: m.local,
		Files: imports.FS{List: imports.List, Read: imports.Read},
		Std:   m.std, Tree: m.cache.Module, Zip: m.store.ZipHash, Names: m.stores.Names(),
		Mods: func(id modcache.NodeID) (*modcache.Mod, error) {
			mod, err := m.store.Mod(id)
			if errors.Is(err, modcache.ErrMissing) {
				return nil, modgraph.ErrNotKnown
			}
			return mod, err
		},
	}
}

// predict asks the package under test about the module in dir. Somebody who has asked the same before is told the same.
func (m *machine) predict(t *testing.T, dir string) (*tidy.Result, error) {
	t.Helper()
	in := m.input(t, dir)
	result, err := tidy.Predict(t.Context(), in)
	in.Memo = new(tidy.Memo)
	for range 3 {
		again, againErr := tidy.Predict(t.Context(), in)
		if diff := cmp.Diff(result, again, cmpopts.IgnoreUnexported(tidy.Result{})); diff != "" || fmt.Sprint(err) != fmt.Sprint(againErr) {
			t.Errorf("with what the answer before has left behind (-without +with): %s\n%v\n%v", diff, err, againErr)
		}
	}
	return result, err
}

// explain holds what is said about the requirements against an archive's file named reasons, if it has one.
func (m *machine) explain(t *testing.T, a *txtar.Archive) {
	i := slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == "reasons" })
	if i < 0 {
		return
	}
	got, err := m.predict(t, unpack(t, a))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, r := range got.Require {
		fmt.Fprintf(&b, "%s indirect=%v tests=%v: %s\n", r.Module, r.Indirect, got.OnlyTests(r), strings.Join(r.Chain, " > "))
		if under := got.Under(r.Module.Path); under != nil {
			fmt.Fprintf(&b, "\tunder %s\n", strings.Join(under, ", "))
		}
	}
	fmt.Fprintf(&b, "dropped: %s\nbroken: %s\n", strings.Join(got.Dropped, " "), strings.Join(got.Broken, " "))
	if diff := cmp.Diff(string(a.Files[i].Data), b.String()); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}
}

// unpack writes an archive's main module.
func unpack(t *testing.T, a *txtar.Archive) string {
	t.Helper()
	dir := t.TempDir()
	old := time.Now().Add(-time.Hour) // files that have just changed are read in another way; see package imports
	for _, f := range a.Files {
		if strings.HasPrefix(f.Name, "proxy/") {
			continue
		}
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// compare tidies an archive's main module twice: what tidy leaves behind must be tidy.
func (m *machine) compare(t *testing.T, a *txtar.Archive, refused bool) {
	dir := unpack(t, a)
	got, err := m.predict(t, dir)
	cmd := exec.Command("go", "mod", "tidy")
	cmd.Dir, cmd.Env = dir, m.env
	said, goErr := cmd.CombinedOutput()
	if (goErr != nil) != refused {
		t.Fatalf("the archive says refused: %v, but go says: %v\n%s", refused, goErr, said)
	}
	if refused {
		if !errors.As(err, new(*tidy.Refusal)) {
			t.Fatalf("the prediction says %v, go refuses:\n%s", err, said)
		}
		want := ""
		for _, f := range a.Files {
			if f.Name == "refusal" {
				want = strings.TrimSpace(string(f.Data))
			}
		}
		if err.Error() != want {
			t.Errorf("the prediction says %q, want %q; go says:\n%s", err, want, said)
		}
		return
	}
	if err != nil {
		t.Fatalf("the prediction refuses: %v", err)
	}
	compareFiles(t, dir, got)
	again, err := m.predict(t, dir)
	if err != nil {
		t.Fatalf("the prediction refuses what tidy wrote: %v", err)
	}
	compareFiles(t, dir, again)
}

func compareFiles(t *testing.T, dir string, got *tidy.Result) {
	t.Helper()
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	sum, sumErr := os.ReadFile(filepath.Join(dir, "go.sum"))
	type written struct {
		Mod, Sum string
		HasSum   bool
	}
	if diff := cmp.Diff(written{string(mod), string(sum), sumErr == nil}, written{got.Mod, got.Sum, got.HasSum}); diff != "" {
		t.Errorf("go writes -, the prediction is +:\n%s", diff)
	}
}
