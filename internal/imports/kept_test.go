package imports

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/gomodls/gomodls/internal/keep"
)

// looker is an FS of the machine that notes what is read, and takes all files for settled but those in fresh.
type looker struct {
	mu    sync.Mutex
	read  []string
	fresh map[string]bool
}

func (l *looker) fs() FS {
	note := func(path string) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.read = append(l.read, filepath.Base(path))
	}
	return FS{
		List: func(dir string) ([]Entry, error) { note(dir); return List(dir) },
		Read: func(path string) (string, error) { note(path); return Read(path) },
		Stamp: func(path string) (keep.Stamp, bool) {
			info, err := os.Stat(path)
			if err != nil || l.fresh[path] {
				return keep.Stamp{}, false
			}
			return keep.StampOf(info)
		},
	}
}

// packages returns what another process sees of a module, and what it reads for that.
func packages(t *testing.T, dir, kept string, fresh ...string) (found map[string]*Package, read []string) {
	t.Helper()
	l := &looker{fresh: map[string]bool{}}
	for _, name := range fresh {
		l.fresh[filepath.Join(dir, name)] = true
	}
	memo := &Memo{Dir: kept}
	tree := NewTree(l.fs(), dir, memo)
	paths, faults := tree.Packages("m", nil)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	found = map[string]*Package{}
	for _, p := range paths {
		rel, _ := Within(p, "m")
		found[rel] = tree.Package(rel)
	}
	if err := memo.Save(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(l.read)
	return found, l.read
}

// tree writes a module of some directories.
func tree(t *testing.T) string {
	files := map[string]string{
		"go.mod":           "module m",
		"README":           "nothing to see",
		"sub/sub.go":       "package sub; import \"b\"\n//go:generate gen -o later.go\n",
		"sub/sub_linux.go": "package sub; import \"c\"",
		"sub/sub_test.go":  "package sub; import \"d\"",
		"bad/bad.go":       "package bad; import (",
		"nested/go.mod":    "module nested",
		"nested/nested.go": "package nested",
		"testdata/x.go":    "package x",
		"none/doc.txt":     "",
		"stray/stray.go":   "package stray; import \"e\"\n=======\n",
		"ignored/x.go":     "//go:build ignore\n\npackage x",
	}
	for i := range fewest {
		files[fmt.Sprintf("m%d.go", i)] = "package m; import \"a\""
	}
	return write(t, files)
}

// TestRemembered shows that another process reads no file again that has settled, but for those that do not parse, and finds the same.
func TestRemembered(t *testing.T) {
	dir, kept := tree(t), filepath.Join(t.TempDir(), "deep")
	want, read := packages(t, dir, kept)
	if !slices.Contains(read, "m0.go") || !slices.Contains(read, "sub_test.go") {
		t.Fatalf("first, only this was read: %v", read)
	}
	if got := slices.Sorted(maps.Keys(want)); !slices.Equal(got, []string{"", "bad", "stray", "sub"}) {
		t.Errorf("the packages are %q", got)
	}
	if len(want["sub"].Generates) == 0 || len(want["sub"].Groups) == 0 || len(want["stray"].Stray) == 0 {
		t.Errorf("sub is %+v, stray is %+v", want["sub"], want["stray"])
	}
	for range 2 { // the file is not lost when nothing is news
		got, read := packages(t, dir, kept)
		if diff := cmp.Diff(want, got, cmpopts.EquateErrors()); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"bad.go", "go.mod"}, read); diff != "" { // that of the nested module
			t.Errorf("read again: %s", diff)
		}
	}
}

// TestUnsettled shows that what has no stamp is read, and only that.
func TestUnsettled(t *testing.T) {
	dir, kept := tree(t), t.TempDir()
	packages(t, dir, kept)
	_, read := packages(t, dir, kept, "sub/sub.go", "none")
	if diff := cmp.Diff([]string{"bad.go", "go.mod", "none", "sub.go", "sub_linux.go", "sub_test.go"}, read); diff != "" {
		t.Errorf("read again: %s", diff)
	}
}

// rewritten writes a file of the same size and gives it the old time.
func rewritten(t *testing.T, file, text string) {
	t.Helper()
	before, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	old, tells := keep.StampOf(before)
	for { // until the clock of the file system has moved on
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, before.ModTime(), before.ModTime()); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if now, _ := keep.StampOf(info); now != old || !tells { // where the system does not tell, nothing is kept
			if now.Change = old.Change; now != old && tells {
				t.Errorf("more than the time of the change is another: %v, %v", old, now)
			}
			return
		}
	}
}

// TestRewritten shows that a file is read again when somebody has written one of the same size and turned back its time.
func TestRewritten(t *testing.T) {
	dir, kept := tree(t), t.TempDir()
	packages(t, dir, kept)
	rewritten(t, filepath.Join(dir, "m0.go"), "package m; import \"z\"")
	got, _ := packages(t, dir, kept)
	if want := []string{"a", "z"}; !slices.Equal(got[""].Imports, want) {
		t.Errorf("the imports are %q, want %q", got[""].Imports, want)
	}
}

// TestChanges shows that what comes and goes is noticed.
func TestChanges(t *testing.T) {
	dir, kept := tree(t), t.TempDir()
	packages(t, dir, kept)
	for _, step := range []struct {
		name string
		do   func(name string) error
	}{
		{"new.go", func(name string) error { return os.WriteFile(name, []byte("package m; import \"n\""), 0o666) }},
		{"new/new.go", func(name string) error {
			_ = os.Mkdir(filepath.Dir(name), 0o777)
			return os.WriteFile(name, []byte("package n"), 0o666)
		}},
		{"m1.go", os.Remove},
		{"nested/go.mod", os.Remove},
		{"sub", os.RemoveAll},
		{"none/go.go", func(name string) error { return os.Symlink("../m0.go", name) }},
	} {
		if err := step.do(filepath.Join(dir, filepath.FromSlash(step.name))); err != nil {
			t.Fatal(err)
		}
		got, _ := packages(t, dir, kept)
		want, _ := packages(t, dir, "")
		if diff := cmp.Diff(want, got, cmpopts.EquateErrors()); diff != "" {
			t.Errorf("%s: %s", step.name, diff)
		}
	}
}

// TestDamagedTree shows that no damage to the file is taken for news, and that one about another tree is none about this.
func TestDamagedTree(t *testing.T) {
	dir, kept := tree(t), t.TempDir()
	want, first := packages(t, dir, kept)
	file := (&Memo{Dir: kept}).place(dir)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	readable := func(data []byte, root string) bool {
		r, ok := keep.Unseal(magicDirs, string(data))
		if ok {
			_, ok = decodeDirs(r, root)
		}
		return ok
	}
	if !readable(data, dir) {
		t.Fatal("what was saved cannot be read")
	}
	if readable(data, dir+"2") {
		t.Error("a file is taken for one about another tree")
	}
	for i := range data {
		data[i] ^= 1
		if readable(data, dir) {
			t.Errorf("byte %d may be anything", i)
		}
		data[i] ^= 1
		if readable(data[:i], dir) {
			t.Errorf("the file may end before byte %d", i)
		}
	}
	data[len(data)/2] ^= 1
	if err := os.WriteFile(file, data, 0o666); err != nil {
		t.Fatal(err)
	}
	got, read := packages(t, dir, kept)
	if diff := cmp.Diff(want, got, cmpopts.EquateErrors()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(first, read); diff != "" {
		t.Errorf("with a damaged file other files are read: %s", diff)
	}
	if _, read = packages(t, dir, kept); len(read) > 2 {
		t.Errorf("a damaged file is not replaced: %v is read again", read)
	}
}

// FuzzDecodeDirs shows that a file with the right checksum and anything in it does no harm.
func FuzzDecodeDirs(f *testing.F) {
	dirs := map[string]*directory{
		"": {stamp: keep.Stamp{Size: 1, ModTime: -1}, entries: []Entry{{Name: "a.go"}}, names: []string{"a.go"}, stamps: []keep.Stamp{{}}, pkg: &Package{GoDir: true}},
	}
	f.Add(encodeDirs("m", dirs, map[string]bool{"": true})[keep.Payload(magicDirs):])
	f.Fuzz(func(t *testing.T, payload []byte) {
		r, ok := keep.Unseal(magicDirs, string(keep.Seal(magicDirs, payload)))
		if !ok {
			return
		}
		dirs, ok := decodeDirs(r, "m")
		if !ok {
			return
		}
		used := map[string]bool{}
		for rel := range dirs {
			used[rel] = true
		}
		again, ok := keep.Unseal(magicDirs, string(encodeDirs("m", dirs, used)))
		if ok {
			_, ok = decodeDirs(again, "m")
		}
		if !ok {
			t.Errorf("%q can be read, but not what is written for it", payload)
		}
	})
}
