package gather_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.lsp.dev/uri"

	"github.com/gomodls/gomodls/internal/gather"
	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/tidy"
	"github.com/gomodls/gomodls/internal/workspace"
)

// TestPredict shows that a prediction is about what editors hold, saved or not, and that another process finds what one has
// read.
func TestPredict(t *testing.T) {
	dir, machine := newMachine(t)
	main := filepath.Join(dir, "m")
	session := workspace.NewSession(machine, nil, modcache.NewStores())
	tidier := &gather.Tidier{Dir: filepath.Join(dir, "kept")}
	predict := func() (*tidy.Result, error) { return tidier.Predict(context.Background(), session, main) }

	got, err := predict()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(got.Mod, "a.example/a v1.0.0") || !strings.Contains(got.Sum, "a.example/a v1.0.0 h1:zip\n") {
		t.Errorf("on disk: go.mod is\n%s\nand go.sum\n%s", got.Mod, got.Sum)
	}
	if kept, err := os.ReadDir(tidier.Dir); err != nil || len(kept) != 2 { // one is the mark of the last sweep
		t.Errorf("kept for other processes: %v, %v", kept, err)
	}

	open := func(name, text string) {
		session.Apply(workspace.Opened(uri.File(filepath.Join(main, name)), 1, text))
	}
	open("m.go", "package m\n\nimport _ \"fmt\"\n")
	if got, err = predict(); err != nil || len(got.Require) > 0 || got.Mod != "module example.com/m\n\ngo 1.22\n" {
		t.Errorf("after an import is taken away: %+v, %v", got, err)
	}
	open("new.go", "package m\n\nimport _ \"a.example/a\"\n")
	if got, err = predict(); err != nil || len(got.Require) != 1 {
		t.Errorf("after a file is made that is not saved: %+v, %v", got, err)
	}
	open("new.go", "package m\n\nimport _ \"a.example/nowhere\"\n")
	var refusal *tidy.Refusal
	if _, err = predict(); !errors.As(err, &refusal) || refusal.Package != "a.example/nowhere" {
		t.Errorf("with an import that nothing provides: %v", err)
	}
	open("go.mod", "modul example.com/m\n")
	if _, err = predict(); !errors.As(err, &refusal) {
		t.Errorf("with a go.mod that does not parse: %v", err)
	}
	var none *gather.NoModuleError
	if _, err = tidier.Predict(context.Background(), session, dir); !errors.As(err, &none) {
		t.Errorf("without a go.mod: %v", err)
	}
}

// newMachine returns a directory with a module in m, and a machine whose module cache has what it requires.
func newMachine(t *testing.T) (dir string, machine *workspace.Machine) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range map[string]string{
		"m/go.mod": "module example.com/m\n\ngo 1.22\n\nrequire a.example/a v1.0.0\n",
		"m/m.go":   "package m\n\nimport (\n\t_ \"a.example/a\"\n\t_ \"fmt\"\n)\n",

		"modcache/a.example/a@v1.0.0/a.go":                      "package a\n",
		"modcache/cache/download/a.example/a/@v/v1.0.0.mod":     "module a.example/a\n",
		"modcache/cache/download/a.example/a/@v/v1.0.0.ziphash": "h1:zip",
		"goroot/VERSION":                        "go1.26.8\n",
		"goroot/bin/go":                         "",
		"goroot/src/fmt/format.go":              "package fmt\n",
		"goroot/src/internal/godebugs/table.go": "package godebugs\n",
	} {
		writeFile(t, filepath.Join(dir, filepath.FromSlash(name)), text)
	}
	return dir, &workspace.Machine{
		Environ: map[string]string{"GOMODCACHE": filepath.Join(dir, "modcache"), "GOWORK": "off", "GOENV": "off"},
		Home:    dir, ConfigDir: dir, Go: filepath.Join(dir, "goroot", "bin", "go"), GOOS: "linux",
	}
}

// TestRecall shows that what one process has found out about a module another one does not work out again, as long as nothing is
// another than it was.
func TestRecall(t *testing.T) {
	dir, machine := newMachine(t)
	main := filepath.Join(dir, "m")
	looked := false
	check := func() *tidy.Answer {
		t.Helper()
		looked = false
		scholar := new(gather.Scholar)
		scholar.Tidier.Dir = filepath.Join(dir, "kept")
		scholar.Tidier.Std = func(string) func(string) bool {
			return func(path string) bool { looked = true; return path == "fmt" }
		}
		scholar.Recall([]string{main})
		answer, err := scholar.Tidied(t.Context(), workspace.NewSession(machine, nil, modcache.NewStores()), main)
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	result := check().Result
	writeFile(t, filepath.Join(main, "go.mod"), result.Mod)
	writeFile(t, filepath.Join(main, "go.sum"), result.Sum)
	if check(); !looked {
		t.Error("what was found out about other texts was recalled")
	}
	if a := check(); looked || len(a.Result.Require) != 1 || a.Result.Mod != result.Mod || a.Result.Sum != result.Sum {
		t.Errorf("nothing was recalled, or something else: %+v", a.Result)
	}
	writeFile(t, filepath.Join(main, "m.go"), "package m\n\nimport _ \"fmt\"\n")
	if a := check(); !looked || len(a.Result.Dropped) != 1 {
		t.Errorf("without the import: %+v", a.Result)
	}
	writeFile(t, filepath.Join(main, "m.go"), "package m\n\nimport (\n\t_ \"a.example/a\"\n\t_ \"fmt\"\n)\n")
	check()
	if check(); looked {
		t.Error("with the import again nothing was recalled")
	}
	mod := filepath.Join(dir, "modcache", "cache", "download", "a.example", "a", "@v", "v1.0.0.mod")
	rename := func(from, to string) {
		t.Helper()
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	rename(mod, mod+"x")
	if a := check(); !looked && a.Refusal == nil {
		t.Errorf("without the go.mod file of a module: %+v", a)
	}
	rename(mod+"x", mod)
	sum := strings.TrimSuffix(mod, ".mod") + ".ziphash"
	zip := strings.TrimSuffix(mod, ".mod") + ".zip"
	writeFile(t, zip, "")
	rename(sum, sum+"x")
	if a := check(); !looked && a.Refusal == nil && len(a.Faults) == 0 {
		t.Errorf("without the checksum of a zip: %+v", a)
	}
	rename(sum+"x", sum)
	if err := os.Remove(zip); err != nil {
		t.Fatal(err)
	}
	source := filepath.Join(dir, "modcache", "a.example")
	rename(source, source+"x")
	if a := check(); !looked || len(a.Faults) != 1 {
		t.Errorf("without the source of a module: %+v", a)
	}
	if a := check(); looked || len(a.Faults) != 1 {
		t.Errorf("without the source of a module, again: %+v", a)
	}
	rename(mod, mod+"x")
	if a := check(); !looked && len(a.Faults) == 1 {
		t.Errorf("without the go.mod file of a module without a source: %+v", a)
	}
	rename(mod+"x", mod)
	rename(source+"x", source)
	if a := check(); !looked || len(a.Faults) > 0 {
		t.Errorf("with the source again: %+v", a)
	}
	if check(); looked {
		t.Error("nothing was recalled in the end")
	}
	machine.Environ["GOPROXY"] = "file:///somewhere"
	if check(); !looked {
		t.Error("an answer was recalled though a proxy on this machine may have something else by now")
	}
}

func writeFile(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
