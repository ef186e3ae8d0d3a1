package gosum

import (
	"testing"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/syntax"
)

const sum = `a.example/x v1.0.0/go.mod h1:right=
a.example/x v1.0.0/go.mod h1:wrong=
b.example/y v1.0.0/go.mod h1:wrong=
b.example/y v1.0.0/go.mod h1:right=
c.example/z v1.0.0/go.mod h2:other=
d.example/w v1.0.0/go.mod h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY=
e.example/v v1.0.0 h1:right=
`

func TestIndex(t *testing.T) {
	x := NewIndex(syntax.ParseSum(sum))
	for _, tt := range []struct {
		path        string
		has         bool
		contradicts bool // the go command holds a line against the checksum h1:right=
		any         bool // one of a module's go.sum in a workspace
	}{
		{"a.example/x", true, false, true}, // wrong behind right does not count, except in a workspace
		{"b.example/y", true, true, true},  // the first counts
		{"c.example/z", false, false, false},
		{"d.example/w", false, false, false}, // the checksum of an empty file counts for nothing
		{"e.example/v", false, false, false}, // a zip does not protect a go.mod
	} {
		key := module.Version{Path: tt.path, Version: "v1.0.0/go.mod"}
		if got := x.Has(key); got != tt.has {
			t.Errorf("%s: Has = %v, want %v", tt.path, got, tt.has)
		}
		if got := x.Contradiction(key, "h1:right=") != nil; got != tt.contradicts {
			t.Errorf("%s: Contradiction = %v, want %v", tt.path, got, tt.contradicts)
		}
		if got := x.AnyContradiction(key, "h1:right=") != nil; got != tt.any {
			t.Errorf("%s: AnyContradiction = %v, want %v", tt.path, got, tt.any)
		}
	}
	var none *Index
	if none.Has(module.Version{Path: "a.example/x", Version: "v1.0.0/go.mod"}) {
		t.Error("a file that is not there has a checksum")
	}
}
