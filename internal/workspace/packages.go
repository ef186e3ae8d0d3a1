package workspace

import "github.com/gomodls/gomodls/internal/packages"

// Packages returns what there is to say about the packages of the view's main modules, or nil if nobody has looked yet. It may
// be about what was there a moment ago: where a file has changed since, the sites of a fault tell whether it still stands.
func (v *View) Packages() *packages.Result {
	st, _ := v.Snapshot.study(Topic{Packages, v.key()})
	if st == nil {
		return nil
	}
	return st.Answer.(*packages.Result)
}
