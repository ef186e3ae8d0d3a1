package gosum

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/modgraph"
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

// loaded returns a graph, and the checksum of the go.mod file of a.example/a in it.
func loaded() (g *modgraph.Graph, a string) {
	names := modcache.NewNames()
	mods := map[string]string{
		"a.example/a v1.0.0": "module a.example/a\ngo 1.21\nrequire b.example/b v1.0.0\n",
		"b.example/b v1.0.0": "module b.example/b\ngo 1.21\nrequire c.example/c v1.0.0\n", // c is mentioned, and not loaded
		"d.example/d v1.0.0": "module a.example/d\ngo 1.21\n",
	}
	version := func(path string) module.Version { return module.Version{Path: path, Version: "v1.0.0"} }
	g = modgraph.Load(modgraph.Input{
		Local: "1.26", Names: names,
		Main: []modgraph.MainModule{{
			Path: "m.example", Go: "1.21", Require: []module.Version{version("a.example/a"), version("e.example/e")},
			Replace: []modgraph.Replacement{{Old: version("e.example/e"), New: version("d.example/d")}},
		}},
		Source: modgraph.Source{Mod: func(id modcache.NodeID) (*modcache.Mod, error) {
			m := names.Version(id)
			if text, ok := mods[m.Path+" "+m.Version]; ok {
				return modcache.ParseMod(names, text), nil
			}
			return nil, modgraph.ErrNotKnown
		}},
	})
	return g, modcache.ParseMod(names, mods["a.example/a v1.0.0"]).Hash()
}

// TestShort holds the two ways of finding what a go.sum says of a graph against each other, on all go.sum files of up to four of
// some lines.
func TestShort(t *testing.T) {
	g, right := loaded()
	lines := []string{
		"a.example/a v1.0.0/go.mod h1:wrong=\n", "a.example/a v1.0.0/go.mod " + right + "\n", "a.example/a v1.0.0 h1:zip=\n",
		"b.example/b v1.0.0/go.mod h1:wrong=\n", "c.example/c v1.0.0/go.mod h1:wrong=\n", "d.example/d v1.0.0/go.mod h1:wrong=\n",
		"d.example/d v1.0.0/go.mod " + emptyModHash + "\n", "e.example/e v1.0.0/go.mod h1:wrong=\n", "z.example/z v1.0.0/go.mod h1:wrong=\n",
	}
	found := 0
	var try func(text string, n int)
	try = func(text string, n int) {
		x := NewIndex(syntax.ParseSum(text))
		list := func(contradicted []*modgraph.Node, mentioned []modcache.NodeID) (list []string) {
			for _, n := range contradicted {
				list = append(list, n.Module.String())
			}
			for _, id := range mentioned {
				list = append(list, g.Names().Version(id).String())
			}
			return list
		}
		want, got := list(x.long(g)), list(x.short(g))
		slices.Sort(want)
		slices.Sort(got)
		found += len(want)
		if !slices.Equal(got, want) {
			t.Errorf("through the lines %q are found, and through the graph %q, in\n%s", got, want, text)
		}
		if n > 0 {
			for _, line := range lines {
				try(text+line, n-1)
			}
		}
	}
	try("", 4)
	if found == 0 || len(g.Mentioned()) == 0 {
		t.Error("nothing was to be found")
	}
}

// TestAfter makes every go.sum of up to three of some lines out of every other, and holds what the index says that was made from the
// other one's against what a new one says.
func TestAfter(t *testing.T) {
	g, right := loaded()
	hash := right[:3] + strings.Repeat("A", 43) + "="
	lines := []string{
		"a.example/a v1.0.0/go.mod " + hash + "\n", "a.example/a v1.0.0/go.mod " + right + "\n", "b.example/b v1.0.0/go.mod " + hash + "\n",
		"c.example/c v1.0.0 " + hash + "\n", "d.example/d v1.0.0/go.mod " + emptyModHash + "\n",
	}
	var texts []string
	var try func(text string, n int)
	try = func(text string, n int) {
		texts = append(texts, text)
		if n > 0 {
			for _, line := range lines {
				try(text+line, n-1)
			}
		}
	}
	try("", 3)
	type answer struct {
		has, line             []bool
		missing, contradicted []*modgraph.Node
	}
	ask := func(x *Index) (a answer) {
		for _, line := range lines {
			f := strings.Fields(line)
			key := module.Version{Path: f[0], Version: f[1]}
			a.has = append(a.has, x.Has(key), len(x.Lines(key)) > 0)
			for _, l := range x.Lines(key) {
				a.line = append(a.line, l.Hash == f[2])
			}
		}
		a.missing, a.contradicted = Missing(g, x), x.Contradicted(g)
		return a
	}
	fresh := map[string]answer{}
	for _, text := range texts {
		fresh[text] = ask(NewIndex(syntax.ParseSum(text)))
	}
	shared := 0
	for _, text := range texts {
		sum := syntax.ParseSum(text)
		base := NewIndex(sum)
		ask(base)
		for _, next := range texts {
			edited := syntax.ParseSumAfter(sum, next)
			x := After(base, edited)
			if x.edit != nil {
				shared++
			}
			if got := ask(x); !reflect.DeepEqual(got, fresh[next]) {
				t.Fatalf("after\n%s\nthe index of\n%s\nsays %+v, and alone %+v", text, next, got, fresh[next])
			}
		}
	}
	if shared < len(texts) {
		t.Errorf("only %d indexes were made from others", shared)
	}
}
