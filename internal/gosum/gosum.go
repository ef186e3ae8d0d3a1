// Package gosum says which lines of go.sum the go command demands, which it has, and which are wrong.
//
// The one idea to keep in mind: in readonly mode the go command demands a line before it reads the file that the line
// protects, and it compares hashes in the order in which go.sum holds them: the first that is equal is enough, and the first
// that differs is fatal. The source of the rules is cmd/go/internal/modfetch/fetch.go and modload.goModSummary.
package gosum

import (
	"strings"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/syntax"
)

// emptyModHash is the checksum of an empty go.mod, which old versions of go wrote by mistake: lines with it do not count.
const emptyModHash = "h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY="

// An Index finds the lines of one go.sum by what they protect. The nil Index is that of a missing file.
type Index struct {
	lines map[module.Version][]*syntax.SumLine
}

// NewIndex reads a go.sum file. The key of a line that protects a go.mod file has a version that ends in "/go.mod".
func NewIndex(s *syntax.Sum) *Index {
	x := &Index{lines: make(map[module.Version][]*syntax.SumLine, len(s.Entries))}
	for i := range s.Entries {
		e := &s.Entries[i]
		if e.Hash == emptyModHash {
			continue
		}
		key := module.Version{Path: e.Path, Version: e.Version}
		if e.GoMod {
			key.Version += "/go.mod"
		}
		x.lines[key] = append(x.lines[key], e)
	}
	return x
}

// Lines returns the lines about key in the order of the file.
func (x *Index) Lines(key module.Version) []*syntax.SumLine {
	if x == nil {
		return nil
	}
	return x.lines[key]
}

// Has reports whether there is a checksum for key that the go command understands.
func (x *Index) Has(key module.Version) bool {
	for _, l := range x.Lines(key) {
		if strings.HasPrefix(l.Hash, "h1:") {
			return true
		}
	}
	return false
}

// Contradiction returns the line that the go command would hold against a file whose checksum is hash, or nil if it would
// accept the file.
func (x *Index) Contradiction(key module.Version, hash string) *syntax.SumLine {
	for _, l := range x.Lines(key) {
		if l.Hash == hash {
			return nil
		}
		if strings.HasPrefix(l.Hash, "h1:") {
			return l
		}
	}
	return nil
}

// AnyContradiction returns the first line about key with another checksum than hash. In a workspace the go command holds any
// such line of a module's go.sum against a file, wherever it stands, unless go.work.sum has vouched for the file.
func (x *Index) AnyContradiction(key module.Version, hash string) *syntax.SumLine {
	for _, l := range x.Lines(key) {
		if l.Hash != hash && strings.HasPrefix(l.Hash, "h1:") {
			return l
		}
	}
	return nil
}

// Vouches reports whether the go command accepts a file whose checksum is hash because of a line about key.
func (x *Index) Vouches(key module.Version, hash string) bool {
	for _, l := range x.Lines(key) {
		if l.Hash == hash {
			return true
		}
		if strings.HasPrefix(l.Hash, "h1:") {
			return false
		}
	}
	return false
}

// ModKey returns the key of the line that protects the go.mod file of a module, and false for a module in a directory,
// which go.sum does not protect.
func ModKey(n *modgraph.Node) (module.Version, bool) {
	if n.Actual.Version == "" {
		return module.Version{}, false
	}
	return module.Version{Path: n.Actual.Path, Version: n.Actual.Version + "/go.mod"}, true
}

// Missing returns the modules whose go.mod files `go list -m all` reads and go.sum does not protect, in the order in which
// the go command would stumble over them.
func Missing(g *modgraph.Graph, x *Index) []*modgraph.Node {
	var missing []*modgraph.Node
	for _, n := range g.InOrder() {
		if key, ok := ModKey(n); ok && !x.Has(key) {
			missing = append(missing, n)
		}
	}
	return missing
}
