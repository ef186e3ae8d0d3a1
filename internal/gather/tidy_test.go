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
	dir := t.TempDir()
	main := filepath.Join(dir, "m")
	for name, text := range map[string]string{
		"m/go.mod": "module example.com/m\n\ngo 1.22\n\nrequire a.example/a v1.0.0\n",
		"m/m.go":   "package m\n\nimport _ \"a.example/a\"\n",

		"modcache/a.example/a@v1.0.0/a.go":                      "package a\n",
		"modcache/cache/download/a.example/a/@v/v1.0.0.mod":     "module a.example/a\n",
		"modcache/cache/download/a.example/a/@v/v1.0.0.ziphash": "h1:zip",
		"goroot/VERSION":           "go1.26.8\n",
		"goroot/bin/go":            "",
		"goroot/src/fmt/format.go": "package fmt\n",
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	machine := &workspace.Machine{
		Environ: map[string]string{"GOMODCACHE": filepath.Join(dir, "modcache"), "GOWORK": "off", "GOENV": "off"},
		Home:    dir, ConfigDir: dir, Go: filepath.Join(dir, "goroot", "bin", "go"), GOOS: "linux",
	}
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
