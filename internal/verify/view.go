package verify

import (
	"path/filepath"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/sumdb"
	"github.com/gomodls/gomodls/internal/workspace"
)

// Of returns what there is to verify about a view and the go.sum of one of its modules, or, in a workspace, go.work.sum if m
// is nil. It computes the view's graph, which leaves wants where facts are missing.
func Of(v *workspace.View, m *workspace.Module) Input {
	env := v.Env()
	in := Input{ModCache: env.ModCache}
	if g := v.Graph(); g != nil {
		in.BuildList = g.BuildList()
	}
	sum := v.WorkSum
	if m != nil {
		sum = m.Sum
	}
	if sum != nil {
		in.Sum, in.SumName = sum.Sum(), filepath.Base(sum.Path)
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
