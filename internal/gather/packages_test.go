package gather

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.lsp.dev/uri"

	"github.com/gomodls/gomodls/internal/imports"
	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/workspace"
)

// TestBuildContext shows what build constraints are judged by in an environment.
func TestBuildContext(t *testing.T) {
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "gcc"), nil, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, env, version string
		holds, not, maybe  string // conditions; none of them if nothing can be said
	}{
		{"the machine's own", "", "1.26.8", "linux;go1.26;!go1.27;gc;!cgo", "windows;cgo;race", "goexperiment.x"},
		{"a C compiler", "PATH=" + bin, "1.26rc1", "cgo;go1.26", "", ""},
		{"cgo that is switched off", "PATH=" + bin + " CGO_ENABLED=0", "1.26.8", "!cgo", "cgo", ""},
		{"another system", "PATH=" + bin + " GOOS=windows", "1.22.0", "windows;!cgo;go1.22", "unix;go1.23", ""},
		{"tags", "GOFLAGS=-tags=a,b", "1.26.8", "a && b", "c", ""},
		{"the last flag wins", "GOFLAGS=-tags=a -tags=b", "1.26.8", "b", "a", ""},
		{"the race detector", "GOFLAGS=-race", "1.26.8", "race", "msan", ""},
		{"an experiment", "GOEXPERIMENT=boringcrypto", "1.26.8", "", "", "boringcrypto"},
		{"another compiler", "GOFLAGS=-compiler=gccgo", "1.26.8", "", "", ""},
		{"files that are not on disk", "GOFLAGS=-overlay=o.json", "1.26.8", "", "", ""},
		{"a tag that all others leave out", "GOFLAGS=-tags=ignore", "1.26.8", "", "", ""},
		{"an unknown go", "", "", "", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := &workspace.Machine{Environ: map[string]string{}, GOOS: "linux"}
			for kv := range strings.FieldsFuncSeq(test.env, func(r rune) bool { return r == ' ' }) {
				key, value, ok := strings.Cut(kv, "=")
				if strings.HasPrefix(kv, "-") || !ok {
					m.Environ["GOFLAGS"] += " " + kv
					continue
				}
				m.Environ[key] = value
			}
			env := workspace.NewSession(m, nil, modcache.NewStores()).Snapshot().Env()
			c := buildContext(env, m, test.version)
			if nothing := test.holds+test.not+test.maybe == ""; nothing || c == nil {
				if nothing != (c == nil) {
					t.Fatalf("the context is %v", c)
				}
				return
			}
			for want, conditions := range map[imports.Truth]string{imports.Yes: test.holds, imports.No: test.not, imports.Maybe: test.maybe} {
				for condition := range strings.FieldsFuncSeq(conditions, func(r rune) bool { return r == ';' }) {
					if got := c.Holds(condition); got != want {
						t.Errorf("%s is %d, want %d", condition, got, want)
					}
				}
			}
		})
	}
}

// TestPackagesFollow shows that the answer about packages follows what is open, and what is on disk.
func TestPackagesFollow(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	goroot := filepath.Join(dir, "goroot")
	write("goroot/VERSION", "go1.26.8\n")
	write("goroot/go.env", "GOPROXY=off\nGOSUMDB=off\nGOTOOLCHAIN=local\n")
	write("goroot/src/fmt/fmt.go", "package fmt\n")
	mod := write("m/go.mod", "module m.example/m\n\ngo 1.22\n\nrequire a.example/a v1.0.0\n\nreplace a.example/a => ../a\n")
	main := write("m/m.go", "package m\n\nimport _ \"a.example/a/sub\"\n")
	write("a/go.mod", "module a.example/a\n\ngo 1.22\n")
	write("a/a.go", "package a\n\nimport _ \"fmt\"\n")
	session := workspace.NewSession(&workspace.Machine{
		Environ: map[string]string{"GOMODCACHE": filepath.Join(dir, "cache"), "CGO_ENABLED": "0"},
		GOOS:    runtime.GOOS, Go: filepath.Join(goroot, "bin", "go"),
	}, nil, modcache.NewStores())
	scholar := new(Scholar)
	ask := func() []string {
		t.Helper()
		says, err := Answer(context.Background(), session, scholar, nil, func(_ context.Context, snap *workspace.Snapshot) ([]string, error) {
			var says []string
			for _, v := range snap.Views(mod) {
				if r := v.Packages(); r != nil {
					for _, f := range r.Faults {
						says = append(says, f.Says)
					}
				}
			}
			return says, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return says
	}
	for _, step := range []struct {
		what string
		do   func()
		want []string
	}{
		{"as it is on disk", func() {}, []string{"no required module provides package a.example/a/sub"}},
		{"another import is typed", func() {
			session.Apply(workspace.Opened(uri.File(main), 1, "package m\n\nimport _ \"b.example/b\"\n"))
		}, []string{"no required module provides package b.example/b"}},
		{"a file that is half typed", func() {
			session.Apply(workspace.Opened(uri.File(main), 2, "package m\n\nimport _ \"b.example/b\nimport"))
		}, nil},
		{"the file is closed", func() { session.Apply(workspace.Closed(uri.File(main))) },
			[]string{"no required module provides package a.example/a/sub"}},
		{"the package appears in the directory that replaces the module", func() {
			session.Apply(workspace.Touched(write("a/sub/sub.go", "package sub\n")))
		}, nil},
	} {
		step.do()
		if diff := cmp.Diff(step.want, ask()); diff != "" {
			t.Errorf("%s: %s", step.what, diff)
		}
	}
}
