package gather

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"go.lsp.dev/uri"

	"github.com/gomodls/gomodls/internal/imports"
	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/workspace"
)

// TestKept shows what another process makes of what was kept of a module: it takes what has settled, and before that what is
// written later and what stands in an editor.
func TestKept(t *testing.T) {
	dir, kept := t.TempDir(), t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 20 {
		write(fmt.Sprintf("m%02d.go", i), "package m; import \"a\"")
	}
	// look returns what another process sees import something, and how often it looks into a file, as of an hour from now or as of now.
	look := func(later time.Duration, changes ...workspace.Change) (paths []string, reads int) {
		t.Helper()
		session := workspace.NewSession(&workspace.Machine{}, nil, modcache.NewStores())
		session.Apply(changes...)
		s := new(shelf)
		d := newDisk(session.Snapshot(), s)
		d.looked = d.looked.Add(later)
		memo := &imports.Memo{Dir: kept}
		p := imports.NewTree(d.fs(), dir, memo).Package("")
		if err := memo.Save(); err != nil {
			t.Fatal(err)
		}
		for _, f := range s.files {
			if f.content != "" {
				reads++
			}
		}
		return p.Imports, reads
	}
	check := func(what string, later time.Duration, want []string, read bool, changes ...workspace.Change) {
		t.Helper()
		paths, reads := look(later, changes...)
		if !slices.Equal(paths, want) {
			t.Errorf("%s: the imports are %q, want %q", what, paths, want)
		}
		if later > 0 && (reads > 0) != read { // what may still change is on no shelf
			t.Errorf("%s: %d files were read", what, reads)
		}
	}
	check("at once", 0, []string{"a"}, true)
	if files, err := os.ReadDir(kept); err != nil || len(files) > 0 {
		t.Errorf("what has just been written was kept: %v, %v", files, err)
	}
	check("later", time.Hour, []string{"a"}, true)
	check("again", time.Hour, []string{"a"}, false)
	open := workspace.Opened(uri.File(filepath.Join(dir, "m00.go")), 1, "package m; import \"unsaved\"")
	check("in the editor", time.Hour, []string{"a", "unsaved"}, true, open)
	created := workspace.Opened(uri.File(filepath.Join(dir, "new.go")), 1, "package m; import \"new\"")
	check("new in the editor", time.Hour, []string{"a", "new"}, true, created)
	check("closed again", time.Hour, []string{"a"}, false)
	write("m00.go", "package m; import \"longer\"")
	check("written", time.Hour, []string{"a", "longer"}, true)
}
