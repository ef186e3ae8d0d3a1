package imports

import (
	"errors"
	"slices"

	"github.com/gomodls/gomodls/internal/keep"
)

// Digest returns a digest of what stands in some directories of a tree, relative to its root: two trees with the same one have the
// same packages there. ok is false if one of them cannot be read, so that it may be another one the next time.
func (t *Tree) Digest(rels []string) (digest string, ok bool) {
	w := new(keep.Writer)
	for _, rel := range slices.Sorted(slices.Values(rels)) {
		p := t.Package(rel)
		w.Text(rel)
		w.Flag(p != nil)
		if p == nil {
			continue
		}
		if p.Err != nil && !errors.Is(p.Err, ErrNoGo) {
			return "", false
		}
		writePackage(w, p)
		w.List(p.Stray)
	}
	return w.Digest(), true
}
