package lsp

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gomodls/gomodls/analysis"
)

// TestManyModules looks at the modules of a workspace at once, on all processors, and at one after the other in new sessions: what is
// said about each is the same.
func TestManyModules(t *testing.T) {
	const n = 12
	dir, settings := inventWorkspace(t, n, 5, 40)
	var mods []string
	for i := range n {
		path := filepath.Join(dir, fmt.Sprintf("m%03d", i), "go.mod")
		mods = append(mods, path)
		switch i % 3 {
		case 1:
			writeText(t, path, readText(t, path)+"requir\n")
		case 2:
			writeText(t, path, readText(t, path)+"replace "+invented(i)+" => ./gone\n")
		}
	}
	look := func(targets ...string) *analysis.Result {
		y := newTypist(t, settings, targets...)
		return y.edit(targets[0], readText(t, targets[0]))
	}
	said := func(r *analysis.Result, path string) (list []string) {
		for _, f := range r.Files {
			if f.File.Path == path {
				for _, d := range f.Diagnostics {
					list = append(list, fmt.Sprint(d.Span, d.Severity, d.Code, d.Message))
				}
			}
		}
		return list
	}
	all, count := look(mods...), 0
	for _, path := range mods {
		alone := said(look(path), path)
		count += len(alone)
		if diff := cmp.Diff(alone, said(all, path)); diff != "" {
			t.Errorf("%s: alone (-) and with all (+):\n%s", path, diff)
		}
	}
	if count < n/2 {
		t.Errorf("only %d diagnostics", count)
	}
}
