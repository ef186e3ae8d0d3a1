package verify

import (
	"path/filepath"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/sumdb"
	"github.com/gomodls/gomodls/internal/workspace"
)

// Of returns what there is to verify about a view: its module's go.sum, or all of a workspace. It computes the view's graph,
// which leaves wants where facts are missing.
func Of(v *workspace.View) Input {
	env := v.Env()
	in := Input{ModCache: env.ModCache}
	if g := v.Graph(); g != nil {
		in.BuildList = g.BuildList()
	}
	add := func(f *workspace.File) {
		if f == nil {
			return
		}
		name := filepath.Base(f.Path)
		if rel, err := filepath.Rel(v.Dir, f.Path); err == nil {
			name = filepath.ToSlash(rel)
		}
		in.Sums = append(in.Sums, SumFile{name, f.Sum()})
	}
	add(v.WorkSum)
	for _, m := range v.Modules() {
		add(m.Sum)
	}
	if records := v.Snapshot.Records(); records != nil {
		in.Vouched = func(m module.Version) (sumdb.Sums, error) {
			if !env.AsksSumDB(m.Path) {
				return sumdb.Sums{}, sumdb.ErrNoRecord
			}
			return records.Lookup(m)
		}
		in.Record = func(m module.Version) string {
			file, err := records.File(m)
			if err != nil || !env.AsksSumDB(m.Path) {
				return ""
			}
			return file
		}
	}
	return in
}
