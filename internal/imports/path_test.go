package imports

import (
	"path"
	"testing"

	"golang.org/x/mod/module"
)

// FuzzPlain holds the paths that need no closer look against those that x/mod accepts, and the short way to a directory against
// that of the standard library.
func FuzzPlain(f *testing.F) {
	for _, p := range []string{
		"", "a", "example.com/a/b-c_d", "example.com/con", "example.com/con.d/x", "a/com1", "a/lpt9.x", "a/comx", "a/common", "a/nul", "a//b", "/a", "a/", "./a", "a/../b",
		"a/./b", "..", "a/.b", "a./b", "-a", "a~1", "A/b", "a/b.", "a/ü", "std", "go", ".a/b", "a/b/..", "a/.../b",
	} {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, p string) {
		if err := module.CheckImportPath(p); isPlain(p) && err != nil {
			t.Errorf("%q counts as plain: %v", p, err)
		}
		if got, want := dirOf(p), path.Dir(p); got != want {
			t.Errorf("the directory of %q is %q, not %q", p, got, want)
		}
	})
}
