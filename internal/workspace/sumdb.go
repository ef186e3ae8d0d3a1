package workspace

import (
	"path/filepath"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/sumdb"
)

// Vouched returns what the checksum database says about a module version, as far as this machine can prove it; see
// sumdb.Records. What it returns once never changes, so it is no fact.
func (s *Snapshot) Vouched(m module.Version) (sumdb.Sums, error) {
	r := s.Records()
	if r == nil {
		return sumdb.Sums{}, sumdb.ErrNoRecord
	}
	return r.Lookup(m)
}

// Records returns what this machine holds of the checksum database, or nil if it is off or not known.
func (s *Snapshot) Records() *sumdb.Records {
	env := s.Env()
	if env.SumDB.Key == "" || env.ModCache == "" {
		return nil
	}
	p := sumdb.Place{Key: env.SumDB.Key, ModCache: env.ModCache}
	if list := filepath.SplitList(env.Get("GOPATH").Value); len(list) > 0 {
		p.Gopath = list[0]
	}
	return s.stores.Records(p)
}
