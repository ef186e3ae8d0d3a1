package imports

import (
	"go/build"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"
)

// TestContext compares what is built with what go/build says.
func TestContext(t *testing.T) {
	targets := []Target{
		{GOOS: "linux", GOARCH: "amd64", Cgo: Yes, Release: 26},
		{GOOS: "linux", GOARCH: "arm64", Release: 18, Tags: []string{"mine", "race"}},
		{GOOS: "android", GOARCH: "arm64", Release: 26},
		{GOOS: "illumos", GOARCH: "amd64", Release: 26},
		{GOOS: "ios", GOARCH: "arm64", Release: 26},
		{GOOS: "windows", GOARCH: "386", Release: 26},
		{GOOS: "js", GOARCH: "wasm", Release: 26},
	}
	names := strings.Fields("a.go linux.go a_linux.go a_amd64.go a_linux_amd64.go a_linux_test.go a_windows_arm64_test.go a_unix.go " +
		"a_darwin.go a_solaris.go linux_test.go _x.go a_b_wasm.go a_amd64_linux.go a_linux.pb.go a_test.go")
	heads := []string{
		"", "//go:build linux\n\n", "//go:build !cgo\n\n", "//go:build (linux || darwin) && !go1.20\n\n", "//go:build unix\n\n",
		"// +build linux darwin\n// +build !mine\n\n", "// +build linux,amd64 windows\n\n", "//go:build race\n\n", "//go:build gc && !gccgo\n\n",
		"//go:build ignore\n\n", "//go:build a b\n\n",
	}
	for _, target := range targets {
		c := NewContext(target)
		ctxt := build.Context{GOOS: target.GOOS, GOARCH: target.GOARCH, Compiler: "gc", CgoEnabled: target.Cgo == Yes, BuildTags: target.Tags}
		for n := 1; n <= target.Release; n++ {
			ctxt.ReleaseTags = append(ctxt.ReleaseTags, "go1."+strconv.Itoa(n))
		}
		for _, name := range names {
			for _, head := range heads {
				text := head + "package p\n\nimport \"x\"\n"
				ctxt.OpenFile = func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
				want, err := ctxt.MatchFile("dir", name)
				if err != nil {
					want = false
				}
				p, _ := scan([]Entry{{Name: name}}, func(string) (string, error) { return text, nil },
					func(_, text string) *file { return readFile(text) }, false)
				imports, tests, built := c.Imports(p)
				if p.Err != nil {
					built = false
				}
				if built != want || len(imports)+len(tests) > 0 != want {
					t.Errorf("%s/%s: %s with %q: built is %v, go/build says %v", target.GOOS, target.GOARCH, name, head, built, want)
				}
			}
		}
	}
}

// TestMaybe shows that what nobody can tell counts neither way.
func TestMaybe(t *testing.T) {
	c := NewContext(Target{GOOS: "linux", GOARCH: "amd64", Cgo: Maybe, Release: 26})
	for condition, want := range map[string]Truth{
		"cgo": Maybe, "!cgo": Maybe, "cgo && windows": No, "cgo || linux": Yes, "goexperiment.x": Maybe, "amd64.v3": Maybe,
		"boringcrypto": No, "linux && !cgo": Maybe,
	} {
		if got := c.Holds(condition); got != want {
			t.Errorf("%s is %d, want %d", condition, got, want)
		}
	}
}

// TestDeclared finds the files that a diagnostic about an import belongs into.
func TestDeclared(t *testing.T) {
	dir := write(t, map[string]string{
		"a.go":         "package p; import \"x\"",
		"a_windows.go": "package p; import \"x\"",
		"b_test.go":    "package p; import \"x\"",
		"c.go":         "package p; import \"y\"",
		"_d.go":        "package p; import \"x\"",
		"e.go":         "package p; import \"x\"; import (",
	})
	tree := NewTree(FS{List: List, Read: Read}, filepath.Clean(dir), nil)
	got := tree.Declared("", NewContext(Target{GOOS: "linux", GOARCH: "amd64"}))
	if diff := cmp.Diff(map[string][]string{"x": {"a.go", "b_test.go"}, "y": {"c.go"}}, got); diff != "" {
		t.Error(diff)
	}
}

// TestDeclaredTwice asks two trees that share what was read, at once: neither may sort or change it. The race detector sees it.
func TestDeclaredTwice(t *testing.T) {
	dir := write(t, map[string]string{"a.go": "package p; import (\"z\"; \"y\"; \"x\")"})
	memo := new(Memo)
	declared := func() map[string][]string {
		tree := NewTree(FS{List: List, Read: Read}, dir, nil)
		tree.memo = memo
		return tree.Declared("", NewContext(Target{GOOS: "linux", GOARCH: "amd64"}))
	}
	first := declared()
	var group errgroup.Group
	for range 8 {
		group.Go(func() error {
			if diff := cmp.Diff(first, declared()); diff != "" {
				t.Error(diff)
			}
			return nil
		})
	}
	_ = group.Wait()
	if diff := cmp.Diff([]string{"z", "y", "x"}, memo.head(filepath.Join(dir, "a.go"), "package p; import (\"z\"; \"y\"; \"x\")").strict); diff != "" {
		t.Errorf("the order in which the file imports has changed: %s", diff)
	}
}
