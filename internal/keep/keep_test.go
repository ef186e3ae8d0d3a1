package keep

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const magic = "a test\n"

// filled returns a file with something of each kind in it, and what it is.
func filled(t *testing.T, dir string) (file string, read func(*Reader) []any) {
	t.Helper()
	var w Writer
	w.Number(1<<64 - 1)
	w.Text("a")
	w.List([]string{"b", "a", ""})
	w.List(nil)
	w.Flag(true)
	w.Flag(false)
	w.Stamp(Stamp{Size: 1, ModTime: -2, Change: 3, Inode: 1 << 63, Device: 5, Mode: 6})
	file = filepath.Join(dir, "file")
	if err := Put(file, w.Sealed(magic)); err != nil {
		t.Fatal(err)
	}
	return file, func(r *Reader) []any {
		return []any{r.Number(), r.Text(), r.List(), r.List(), r.Flag(), r.Flag(), r.Stamp(), r.Done()}
	}
}

// TestGet shows that what is read is what was noted.
func TestGet(t *testing.T) {
	file, read := filled(t, filepath.Join(t.TempDir(), "deep"))
	r, ok := Get(file, magic)
	if !ok {
		t.Fatal("what was written cannot be read")
	}
	want := []any{uint64(1<<64 - 1), "a", []string{"b", "a", ""}, []string(nil), true, false, Stamp{1, -2, 3, 1 << 63, 5, 6}, true}
	if diff := cmp.Diff(want, read(r)); diff != "" {
		t.Error(diff)
	}
	if _, ok := Get(file, "another\n"); ok {
		t.Error("a file of another kind is read")
	}
	if _, ok := Get(file+"2", magic); ok {
		t.Error("a file that is not there is read")
	}
}

// FuzzReader shows that whatever stands in a file with the right checksum can be read to an end.
func FuzzReader(f *testing.F) {
	f.Add([]byte{1, 1, 'a', 0, 1, 0, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, payload []byte) {
		r, ok := Unseal(magic, string(Seal(magic, payload)))
		for ok && !r.Done() && !r.bad {
			r.List()
		}
	})
}

// TestSwept shows that files that nobody has used for long are removed, and those in use stay.
func TestSwept(t *testing.T) {
	dir := t.TempDir()
	used, _ := filled(t, dir)
	unused := filepath.Join(dir, "unused")
	if err := os.WriteFile(unused, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	age := func(names ...string) {
		t.Helper()
		old := time.Now().Add(-2 * stale)
		for _, name := range names {
			if err := os.Chtimes(name, old, old); err != nil {
				t.Fatal(err)
			}
		}
	}
	there := func(name string) bool { _, err := os.Stat(name); return err == nil }
	age(used, unused)
	if err := Put(filepath.Join(dir, "another"), nil); err != nil {
		t.Fatal(err)
	}
	if !there(unused) {
		t.Error("two sweeps in a day")
	}
	age(filepath.Join(dir, mark))
	if _, ok := Get(used, magic); !ok {
		t.Error("what is old cannot be read")
	}
	if err := Put(filepath.Join(dir, "another"), nil); err != nil {
		t.Fatal(err)
	}
	if !there(used) || there(unused) {
		t.Errorf("what is in use is there: %t; what is not: %t", there(used), there(unused))
	}
}
