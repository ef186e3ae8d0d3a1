package imports

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestStd shows that another process knows the standard library as the first one does, and notices when it is another.
func TestStd(t *testing.T) {
	goroot := write(t, map[string]string{
		"src/fmt/print.go": "package fmt", "src/net/http/http.go": "package http", "src/empty/README": "", "src/hidden/_x.go": "", "src/file": "",
		"src/a/a.go": "", "src/b/b.go": "", "src/c/c.go": "", "src/d/d.go": "", "src/e/e.go": "", "src/f/f.go": "",
	})
	kept := t.TempDir()
	ask := func(want map[string]bool) (remembered int) {
		t.Helper()
		memo := &Memo{Dir: kept}
		std := memo.std(goroot, time.Now().Add(time.Hour)) // when all files have settled
		remembered = len(memo.remembered(filepath.Join(goroot, "src")).dirs)
		for path, want := range want {
			if got := std(path); got != want {
				t.Errorf("%s is of the standard library: %t, want %t", path, got, want)
			}
		}
		if err := memo.Save(); err != nil {
			t.Fatal(err)
		}
		return remembered
	}
	all := map[string]bool{"fmt": true, "net": false, "net/http": true, "empty": false, "hidden": false, "file": false, "none": false}
	for _, path := range []string{"a", "b", "c", "d", "e", "f"} { // enough to be worth a file
		all[path] = true
	}
	ask(all)
	if n := ask(map[string]bool{"fmt": true}); n == 0 {
		t.Error("nothing is remembered")
	}
	if n := ask(all); n < 5 {
		t.Errorf("only %d directories are remembered", n)
	}
	if err := os.Rename(filepath.Join(goroot, "src", "fmt", "print.go"), filepath.Join(goroot, "src", "net", "print.go")); err != nil {
		t.Fatal(err)
	}
	all["fmt"], all["net"] = false, true
	ask(all)
}
