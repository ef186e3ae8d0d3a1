package imports

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestReaders shows how the two readers of the go command take files; see the package comment.
func TestReaders(t *testing.T) {
	for _, test := range []struct {
		name, text     string
		plain, indexed string // imports in order, "-" for a file that does not count, "!" for an error
	}{
		{"one", `package p; import "a"`, "a", "a"},
		{"group", "package p\nimport (\n\t_ \"a\" // why\n\tx `b`\n\t. \"c\"; \"d\"\n)\nfunc f() {}", "a b c d", "a b c d"},
		{"byte order mark", "\ufeffpackage p\nimport \"a\"", "a", "a"},
		{"escapes", `package p; import "\u0061/b"`, "a/b", "a/b"},
		{"cgo", "package p\n// #include <a.h>\nimport \"C\"\n", "C", "C"},
		{"any system", "//go:build windows && !windows\n\npackage p\nimport \"a\"", "a", "a"},
		{"ignored", "//go:build ignore\n\npackage p\nimport \"a\"", "-", "-"},
		{"ignored or not", "//go:build !ignore\n\npackage p\nimport \"a\"", "a", "a"},
		{"old constraint", "// +build ignore\n\npackage p\nimport \"a\"", "-", "-"},
		{"old constraint in the doc comment", "// +build ignore\npackage p\nimport \"a\"", "a", "a"},
		{"constraint in a block comment", "/*\n//go:build ignore\n*/\n\npackage p\nimport \"a\"", "a", "a"},
		{"constraint that does not parse", "//go:build a b\n\npackage p\nimport \"a\"", "-", "-"},
		{"two constraints", "//go:build a\n//go:build b\n\npackage p\nimport \"a\"", "-", ""},
		{"conflict", "package p\nimport (\n\t\"a\"\n<<<<<<< HEAD\n\t\"b\"\n)\n", "a", ""},
		{"unterminated", "package p\nimport (\n\t\"a\"\n\t\"b\n)\n", "a", ""},
		{"no package clause", "import \"a\"", "", ""},
		{"empty", "", "", ""},
		{"only the parser objects", "package 1p\nimport \"a\"\n", "a", ""},
		{"path that none can have", "package p\nimport \"a b\"\n", "a b", ""},
		{"fault after the imports", "package p\nimport \"a\"\nfunc (", "a", "a"},
		{"zero byte in the imports", "package p\nimport \"a\x00\"\n", "!", ""},
		{"zero byte after the imports", "package p\nimport \"a\"\nvar x\x00", "a", "a"},
	} {
		f := readFile(test.text)
		for reader, want := range map[string]string{"plain": test.plain, "indexed": test.indexed} {
			read := f.plain
			if reader == "indexed" {
				read = f.indexed
			}
			paths, counts, err := read()
			got := strings.Join(paths, " ")
			switch {
			case err != nil:
				got = "!"
			case !counts:
				got = "-"
			}
			if got != want {
				t.Errorf("%s, %s: got %q, want %q", test.name, reader, got, want)
			}
		}
	}
}

func TestSpecs(t *testing.T) {
	text := "package p\n\nimport \"a\"\nimport (\n\tb \"x/b\"\n\t<<<<<<<\n"
	var got []string
	for _, s := range Specs(text) {
		got = append(got, s.Path+"="+text[s.Start:s.End])
	}
	if diff := cmp.Diff([]string{`a="a"`, `x/b="x/b"`}, got); diff != "" {
		t.Error(diff)
	}
}

// TestPackages walks a module as the pattern ./... does.
func TestPackages(t *testing.T) {
	dir := write(t, map[string]string{
		"go.mod":               "module m",
		"a.go":                 "package m; import \"x\"",
		"a_test.go":            "package m; import \"y\"",
		"_a.go":                "package m; import \"z\"",
		"sub/b.go":             "package sub; import \"C\"; import \"appengine/x\"; import \"x\"",
		"none/README":          "",
		"ignored/i.go":         "//go:build ignore\n\npackage i",
		"testdata/t.go":        "package t",
		"_x/x.go":              "package x",
		".x/x.go":              "package x",
		"vendor/v.go":          "package v",
		"vendor/x/v.go":        "package x",
		"nested/go.mod":        "module m/nested",
		"nested/n.go":          "package n",
		"skip/s.go":            "package s",
		"sub/skip/s.go":        "package s",
		"sub/here/s.go":        "package s",
		"here/s.go":            "package s",
		"sub/onlytest_test.go": "package sub; import \"t\"",
	})
	tree := NewTree(FS{List: List, Read: Read}, dir, nil)
	paths, faults := tree.Packages("m", []string{"skip", "./here"})
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	if diff := cmp.Diff([]string{"m", "m/sub", "m/sub/here", "m/vendor"}, paths); diff != "" {
		t.Error(diff)
	}
	for _, ignore := range []string{".", "./", "./.", "", "/"} {
		if paths, _ := tree.Packages("m", []string{ignore}); !slices.Contains(paths, "m") {
			t.Errorf("with ignore %q go mod tidy begins with %v, want the module's own directory too", ignore, paths)
		}
	}
	want := &Package{GoDir: true, Imports: []string{"x"}, TestImports: []string{"t"}, Groups: []Group{
		{Condition: "cgo", Imports: []string{"x"}}, {Imports: []string{"t"}, Test: true},
	}}
	if diff := cmp.Diff(want, tree.Package("sub")); diff != "" {
		t.Error(diff)
	}
	if p := tree.Package("nested"); p != nil {
		t.Errorf("another module's package is %+v, want none", p)
	}
	if p := tree.Package("none"); p != nil {
		t.Errorf("a directory without Go files is %+v, want none", p)
	}
	if p := tree.Package("ignored"); p == nil || p.Err != ErrNoGo {
		t.Errorf("a directory that is never built is %+v, want %v", p, ErrNoGo)
	}
}

func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	writeAt(t, dir, files)
	return dir
}

func writeAt(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// TestLinks shows what symbolic links stand for that lead to no file: for nothing, as to the go command's plain reader.
func TestLinks(t *testing.T) {
	dir := t.TempDir()
	for name, target := range map[string]string{"circle.go": "circle.go", "nowhere.go": "missing.go", "directory.go": ".", "file.go": "real"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "real"), []byte("package p\nimport \"a\"\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	got := NewTree(FS{List: List, Read: Read}, dir, nil).Package("")
	if diff := cmp.Diff(&Package{GoDir: true, Imports: []string{"a"}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
