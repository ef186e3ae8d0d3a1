package modcache

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/keep"
)

// said is what a store says of a module version.
type said struct {
	Mod      *Mod
	Requires []module.Version
	Counts   module.Version
	Fault    string // of the file's text
	Sum, Zip string
	Err      error
}

// ask returns what another process says of some module versions, and which of them it did not have to read. Its clock is an hour
// ahead, so that all files have settled, unless it is told when it is.
func ask(t *testing.T, cache, kept string, versions []module.Version, when ...time.Time) (all map[module.Version]said, recalled int) {
	t.Helper()
	stores := NewStores()
	if kept != "" {
		stores.Keep(kept, "a test")
	}
	s := stores.At(cache, nil)
	s.recall()
	s.recalled.clock = func() time.Time { return append(when, time.Now().Add(time.Hour))[0] }
	before := map[NodeID]*Mod{}
	for id, k := range s.recalled.mods {
		before[id] = k.value
	}
	all = map[module.Version]said{}
	for _, v := range versions {
		id := stores.Names().Node(v)
		var a said
		a.Mod, a.Err = s.Mod(id)
		if a.Err == nil {
			if a.Mod == before[id] {
				recalled++
			}
			for _, r := range a.Mod.Requires {
				a.Requires = append(a.Requires, stores.Names().Version(r))
			}
			if a.Mod.Counts != 0 {
				a.Counts = stores.Names().Version(a.Mod.Counts)
			}
			a.Sum = a.Mod.Hash()
			if a.Mod.Err != nil {
				a.Fault = a.Mod.Err.Error()
			}
		}
		a.Zip, _ = s.ZipHash(v)
		all[v] = a
	}
	if err := stores.Save(); err != nil {
		t.Fatal(err)
	}
	return all, recalled
}

// alike compares what two processes say, to which module versions have other numbers.
var alike = cmp.Options{cmpopts.IgnoreUnexported(Mod{}), cmpopts.IgnoreFields(Mod{}, "Requires", "Counts", "Err"), cmpopts.EquateErrors()}

// modules writes a module cache, and returns what is in it, and what is not.
func modules(t *testing.T) (cache string, versions []module.Version) {
	t.Helper()
	cache = t.TempDir()
	for name, text := range map[string]string{
		"a.example/!a/@v/v1.0.0.mod":     "// Deprecated: use b\nmodule a.example/A\n\ngo 1.22\n\nrequire (\n\tb.example/b v1.2.0\n\tb.example/c v1.0.0\n)\n\nretract [v1.0.1, v1.0.3]\n",
		"a.example/!a/@v/v1.0.0.ziphash": "h1:zip\n",
		"b.example/b/@v/v1.2.0.mod":      "module b.example/b\n",
		"b.example/b/@v/v1.3.0!r!c.mod":  "module b.example/b\n\ngo 1.16\n\nrequire a.example/A v1.0.0\n",
		"b.example/bad/@v/v1.0.0.mod":    "module b.example/bad\n\nrequire (\n",
	} {
		write(t, filepath.Join(cache, "cache", "download", filepath.FromSlash(name)), text)
	}
	return cache, []module.Version{
		{Path: "a.example/A", Version: "v1.0.0"}, {Path: "b.example/b", Version: "v1.2.0"}, {Path: "b.example/b", Version: "v1.3.0RC"},
		{Path: "b.example/bad", Version: "v1.0.0"}, {Path: "b.example/none", Version: "v1.0.0"},
	}
}

// TestKeep shows that another process says the same without reading what has settled, but for files that cannot be parsed.
func TestKeep(t *testing.T) {
	cache, versions := modules(t)
	kept := t.TempDir()
	if _, recalled := ask(t, cache, kept, versions, time.Now()); recalled > 0 {
		t.Errorf("%d files were known to the first", recalled)
	}
	want, recalled := ask(t, cache, kept, versions)
	if recalled > 0 {
		t.Errorf("%d files were kept that had not settled", recalled)
	}
	if a := want[versions[0]]; a.Err != nil || len(a.Requires) != 3 || a.Counts.Version != "1.22" || a.Zip != "h1:zip" || a.Mod.Deprecated == "" || len(a.Mod.Retract) != 1 {
		t.Fatalf("the first module was not read: %+v, %+v", a, a.Mod)
	}
	for range 2 { // the file is not lost when nothing is news
		got, recalled := ask(t, cache, kept, versions)
		if diff := cmp.Diff(want, got, alike); diff != "" {
			t.Error(diff)
		}
		if recalled != 3 {
			t.Errorf("%d files were recalled, want 3", recalled)
		}
	}
}

// TestKeepChanged shows that a file that is gone or another is not recalled.
func TestKeepChanged(t *testing.T) {
	cache, versions := modules(t)
	kept := t.TempDir()
	ask(t, cache, kept, versions)
	file := func(name string) string { return filepath.Join(cache, "cache", "download", filepath.FromSlash(name)) }
	if err := os.Remove(file("b.example/b/@v/v1.2.0.mod")); err != nil {
		t.Fatal(err)
	}
	write(t, file("b.example/b/@v/v1.3.0!r!c.mod"), "module b.example/other\n")
	write(t, file("a.example/!a/@v/v1.0.0.ziphash"), "h1:another")
	got, recalled := ask(t, cache, kept, versions)
	want, _ := ask(t, cache, "", versions)
	if diff := cmp.Diff(want, got, alike); diff != "" {
		t.Error(diff)
	}
	if !errors.Is(got[versions[1]].Err, ErrMissing) || recalled != 1 {
		t.Errorf("of a file that is gone: %v; recalled: %d", got[versions[1]].Err, recalled)
	}
}

// TestKeepDamaged shows that no damage to the file is taken for news, nor one about another module cache.
func TestKeepDamaged(t *testing.T) {
	cache, versions := modules(t)
	kept := t.TempDir()
	want, _ := ask(t, cache, kept, versions)
	files, err := filepath.Glob(filepath.Join(kept, "*.modules*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("kept: %v, %v", files, err)
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	readable := func(data []byte, dir string) bool {
		r, ok := keep.Unseal(magic, string(data))
		if ok {
			_, _, ok = decode(r, NewNames(), dir)
		}
		return ok
	}
	if !readable(data, cache) || readable(data, cache+"2") {
		t.Fatal("what was saved cannot be read, or can be read as something else")
	}
	for i := range data {
		data[i] ^= 1
		if readable(data, cache) {
			t.Errorf("byte %d may be anything", i)
		}
		data[i] ^= 1
	}
	write(t, files[0], string(data[:len(data)/2]))
	got, recalled := ask(t, cache, kept, versions)
	if diff := cmp.Diff(want, got, alike); diff != "" || recalled > 0 {
		t.Errorf("with a damaged file: %d recalled, %s", recalled, diff)
	}
	if _, recalled := ask(t, cache, kept, versions); recalled != 3 {
		t.Error("a damaged file is not replaced")
	}
}

// FuzzDecode shows that a file with the right checksum and anything in it does no harm.
func FuzzDecode(f *testing.F) {
	f.Add([]byte{1, 1, 'm', 0, 1, 0, 0, 1, 0})
	f.Fuzz(func(t *testing.T, payload []byte) {
		r, ok := keep.Unseal(magic, string(keep.Seal(magic, payload)))
		if !ok {
			return
		}
		mods, _, ok := decode(r, NewNames(), "m")
		for id := range mods {
			if ok && id == 0 {
				t.Errorf("%q is read as something about no module", payload)
			}
		}
	})
}

// TestHas shows what tells that the module cache has, or had, a module.
func TestHas(t *testing.T) {
	cache, versions := modules(t)
	stores := NewStores()
	s := stores.At(cache, nil)
	has := func(path string, want bool) {
		t.Helper()
		if got := s.Has(path); got != want {
			t.Errorf("has %s: %t, want %t", path, got, want)
		}
	}
	has("a.example/A", true)
	has("a.example/a", false)
	has("b.example/none", false)
	if _, err := s.Mod(stores.Names().Node(versions[1])); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(cache, "cache")); err != nil {
		t.Fatal(err)
	}
	has("b.example/b", true)
	has("a.example/A", false)
}
