package workspace

import (
	"path/filepath"
	"slices"

	"github.com/gomodls/gomodls/internal/syntax"
)

// Dirs returns the directories whose module files and packages the go command reads in the view: that of the view first,
// then those of its modules and those that replace a module. They need not exist.
func (v *View) Dirs() []string {
	dirs := []string{v.Dir}
	add := func(dir string) {
		if !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	replaced := func(base string, replace []*syntax.Replace) {
		for _, r := range replace {
			if !r.Valid || !r.IsDir {
				continue
			}
			path := filepath.FromSlash(r.New.Path)
			if !filepath.IsAbs(path) {
				path = filepath.Join(base, path)
			}
			add(filepath.Clean(path))
		}
	}
	for _, m := range v.Modules() {
		add(m.Dir)
		replaced(m.Dir, m.Mod.Mod().Replace)
	}
	if v.Work != nil {
		replaced(v.Dir, v.Work.Work().Replace)
	}
	return dirs
}

// Vendored reports whether there is a vendor directory that go keeps consistent with the view's module files.
func (v *View) Vendored() bool {
	return v.Snapshot.Read(filepath.Join(v.Dir, "vendor", "modules.txt")).State == Regular
}
