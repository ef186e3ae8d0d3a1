package imports

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/keep"
	"github.com/gomodls/gomodls/internal/modcache"
)

// moduleCache returns a module cache with one module version in it.
func moduleCache(t *testing.T) (dir string, m module.Version) {
	dir = t.TempDir()
	moduleCacheAt(t, dir)
	return dir, module.Version{Path: "a.example/X", Version: "v1.0.0"}
}

// moduleCacheAt makes it in a directory.
func moduleCacheAt(t *testing.T, dir string) {
	t.Helper()
	writeAt(t, dir, map[string]string{
		"cache/download/a.example/!x/@v/v1.0.0.ziphash": "h1:…",
		"a.example/!x@v1.0.0/go.mod":                    "module a.example/X\n\ngo 1.22 // why\n",
		"a.example/!x@v1.0.0/x.go":                      "package x; import \"a\"; import \"b/c\"",
		"a.example/!x@v1.0.0/x_test.go":                 "package x; import \"a\"",
		"a.example/!x@v1.0.0/sub/sub.go":                "package sub; import (",
		"a.example/!x@v1.0.0/x_linux.go":                "package x; import \"a\"",
		"a.example/!x@v1.0.0/none/none.go":              "//go:build ignore\n\npackage none",
	})
}

// look reads every directory there is, and one there is not.
func look(t *testing.T, c *Cache, m module.Version) map[string]*Package {
	t.Helper()
	tree, err := c.Module(m)
	if err != nil {
		t.Fatal(err)
	}
	if tree.Go != "1.22" {
		t.Errorf("the go line is %q", tree.Go)
	}
	found := map[string]*Package{}
	for _, rel := range []string{"", "sub", "none", "missing"} {
		found[rel] = tree.Package(rel)
	}
	return found
}

// TestSave shows that another process finds the same as the one that has read the sources, and reads none itself.
func TestSave(t *testing.T) {
	dir, m := moduleCache(t)
	file := filepath.Join(t.TempDir(), "deep", "saved")
	first := NewCache(dir)
	first.Load(file)
	want := look(t, first, m)
	if want["sub"].Broken == nil || want["none"].Err != ErrNoGo || want["missing"] != nil || want[""].TestImports == nil {
		t.Fatalf("the sources were not read: %v", want)
	}
	if err := first.Save(file); err != nil {
		t.Fatal(err)
	}
	second := NewCache(dir)
	second.Load(file)
	for _, name := range []string{"x.go", "x_test.go", "x_linux.go", "sub/sub.go", "none/none.go", "go.mod"} {
		if err := os.Remove(filepath.Join(dir, "a.example", "!x@v1.0.0", filepath.FromSlash(name))); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(want, look(t, second, m), cmpopts.EquateErrors()); diff != "" {
		t.Error(diff)
	}
	if err := os.Remove(filepath.Join(dir, "cache", "download", "a.example", "!x", "@v", "v1.0.0.ziphash")); err != nil {
		t.Fatal(err)
	}
	third := NewCache(dir)
	third.Load(file)
	if _, err := third.Module(m); err != modcache.ErrMissing {
		t.Errorf("a version that is gone: %v, want %v", err, modcache.ErrMissing)
	}
}

// TestAnother shows that what one module has needed of a source is not read again for another one, which writes it down all the same.
func TestAnother(t *testing.T) {
	dir, m := moduleCache(t)
	file := filepath.Join(t.TempDir(), "saved")
	first := NewCache(dir)
	want := look(t, first, m)
	root := filepath.Join(dir, "a.example", "!x@v1.0.0")
	if err := os.RemoveAll(root); err != nil {
		t.Fatal(err)
	}
	if _, err := first.Another().Module(m); err != modcache.ErrMissing {
		t.Errorf("a version that is gone: %v, want %v", err, modcache.ErrMissing)
	}
	look(t, first, m) // who has it keeps it
	moduleCacheAt(t, dir)
	if diff := cmp.Diff(want, look(t, first.Another(), m), cmpopts.EquateErrors()); diff != "" {
		t.Errorf("a version that is there again: %s", diff)
	}
	for _, name := range []string{"x.go", "sub", "none", "go.mod"} {
		if err := os.RemoveAll(filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	second := first.Another()
	if diff := cmp.Diff(want, look(t, second, m), cmpopts.EquateErrors()); diff != "" {
		t.Error(diff)
	}
	if err := second.Save(file); err != nil || !exists(file) {
		t.Errorf("nothing was written: %v", err)
	}
}

// TestSaveNothingNew shows that what has been written down is not written again.
func TestSaveNothingNew(t *testing.T) {
	dir, m := moduleCache(t)
	file := filepath.Join(t.TempDir(), "saved")
	c := NewCache(dir)
	look(t, c, m)
	for _, want := range []bool{true, false} {
		if err := c.Save(file); err != nil {
			t.Fatal(err)
		}
		if exists(file) != want {
			t.Errorf("the file is there: %v, want %v", !want, want)
		}
		_ = os.Remove(file)
	}
}

// TestDamaged shows that no damage to the file is taken for news.
func TestDamaged(t *testing.T) {
	dir, m := moduleCache(t)
	file := filepath.Join(t.TempDir(), "saved")
	c := NewCache(dir)
	look(t, c, m)
	if err := c.Save(file); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	readable := func(data []byte) bool {
		r, ok := keep.Unseal(magic, string(data))
		if ok {
			_, ok = decode(r)
		}
		return ok
	}
	if !readable(data) {
		t.Fatal("what was saved cannot be read")
	}
	for i := range data {
		data[i] ^= 1
		if readable(data) {
			t.Errorf("byte %d may be anything", i)
		}
		data[i] ^= 1
		if readable(data[:i]) {
			t.Errorf("the file may end before byte %d", i)
		}
	}
}

// FuzzDecode shows that a file with the right checksum and anything in it does no harm.
func FuzzDecode(f *testing.F) {
	all := map[module.Version]kept{{Path: "a", Version: "v1.0.0"}: {goLine: "1.22", packages: map[string]*Package{
		"": {GoDir: true, Imports: []string{"b"}}, "x": nil,
	}}}
	f.Add(encode(all)[keep.Payload(magic):])
	f.Fuzz(func(t *testing.T, payload []byte) {
		r, ok := keep.Unseal(magic, string(keep.Seal(magic, payload)))
		if !ok {
			return
		}
		all, ok := decode(r)
		if !ok {
			return
		}
		again, ok := keep.Unseal(magic, string(encode(all)))
		if ok {
			_, ok = decode(again)
		}
		if !ok {
			t.Errorf("%q can be read, but not what is written for it", payload)
		}
	})
}
