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

func version(path string) module.Version { return module.Version{Path: path, Version: "v1.0.0"} }

// loaded returns a graph, and the checksum of the go.mod file of a.example/a in it.
func loaded() (g *modgraph.Graph, a string) {
	load, a := loader()
	return load(
		[]module.Version{version("a.example/a"), version("e.example/e")},
		modgraph.Replacement{Old: version("e.example/e"), New: version("d.example/d")},
	), a
}

// loader returns what loads the graph of a module by what it says, and the checksum of the go.mod file of a.example/a.
func loader() (load func(require []module.Version, replace ...modgraph.Replacement) *modgraph.Graph, a string) {
	names := modcache.NewNames()
	mods := map[module.Version]*modcache.Mod{}
	for path, text := range map[string]string{
		"a.example/a": "module a.example/a\ngo 1.21\nrequire b.example/b v1.0.0\n",
		"b.example/b": "module b.example/b\ngo 1.21\nrequire c.example/c v1.0.0\n", // c is mentioned, and not loaded
		"d.example/d": "module a.example/d\ngo 1.21\n",
	} {
		mods[version(path)] = modcache.ParseMod(names, text)
	}
	load = func(require []module.Version, replace ...modgraph.Replacement) *modgraph.Graph {
		return modgraph.Load(modgraph.Input{
			Local: "1.26", Names: names,
			Main: []modgraph.MainModule{{Path: "m.example", Go: "1.21", Require: require, Replace: replace}},
			Source: modgraph.Source{Mod: func(id modcache.NodeID) (*modcache.Mod, error) {
				if mod := mods[names.Version(id)]; mod != nil {
					return mod, nil
				}
				return nil, modgraph.ErrNotKnown
			}},
		})
	}
	return load, mods[version("a.example/a")].Hash()
}

// linesOf are lines of a go.sum about the modules of loader.
func linesOf(right string) []string {
	return []string{
		"a.example/a v1.0.0/go.mod h1:wrong=\n", "a.example/a v1.0.0/go.mod " + right + "\n", "a.example/a v1.0.0 h1:zip=\n",
		"b.example/b v1.0.0/go.mod h1:wrong=\n", "c.example/c v1.0.0/go.mod h1:wrong=\n", "d.example/d v1.0.0/go.mod h1:wrong=\n",
		"d.example/d v1.0.0/go.mod " + emptyModHash + "\n", "e.example/e v1.0.0/go.mod h1:wrong=\n", "z.example/z v1.0.0/go.mod h1:wrong=\n",
	}
}

// everySum calls do with all go.sum files of up to n of some lines.
func everySum(lines []string, n int, do func(text string)) {
	var add func(text string, n int)
	add = func(text string, n int) {
		do(text)
		if n > 0 {
			for _, line := range lines {
				add(text+line, n-1)
			}
		}
	}
	add("", n)
}

// namesOf says in order what Held has returned.
func namesOf(g *modgraph.Graph, contradicted []*modgraph.Node, mentioned []modcache.NodeID) (list []string) {
	for _, n := range contradicted {
		list = append(list, n.Module.String())
	}
	for _, id := range mentioned {
		list = append(list, g.Names().Version(id).String()+" alone")
	}
	slices.Sort(list)
	return list
}

// TestShort holds the two ways of finding what a go.sum says of a graph against each other.
func TestShort(t *testing.T) {
	g, right := loaded()
	found := 0
	everySum(linesOf(right), 4, func(text string) {
		x := NewIndex(syntax.ParseSum(text))
		long, alone := x.long(g)
		want := namesOf(g, long, alone)
		short, alone := x.short(g)
		found += len(want)
		if got := namesOf(g, short, alone); !slices.Equal(got, want) {
			t.Errorf("through the lines %q are found, and through the graph %q, in\n%s", got, want, text)
		}
	})
	if found == 0 || len(g.Mentioned()) == 0 {
		t.Error("nothing was to be found")
	}
}

// TestHeld asks of every two graphs of a module whether a go.sum holds the same of them, and holds that against what it holds of
// each.
func TestHeld(t *testing.T) {
	load, right := loader()
	var graphs []*modgraph.Graph
	for _, require := range [][]module.Version{
		nil, {version("a.example/a")}, {version("b.example/b")}, {version("a.example/a"), version("e.example/e")}, {version("c.example/c"), version("e.example/e")},
	} {
		graphs = append(graphs, load(require),
			load(require, modgraph.Replacement{Old: version("e.example/e"), New: version("d.example/d")}),
			load(require, modgraph.Replacement{Old: module.Version{Path: "c.example/c"}, New: version("a.example/a")}))
	}
	same, others := 0, 0
	for _, from := range graphs {
		for _, to := range graphs {
			d := modgraph.NewDifference(from, to)
			everySum(linesOf(right), 2, func(text string) {
				x := NewIndex(syntax.ParseSum(text))
				var reading modgraph.Reading
				nodes, alone := x.Held(from.Noting(&reading))
				before := namesOf(from, nodes, alone)
				nodes, alone = x.Held(to)
				now, touched := namesOf(to, nodes, alone), d.Touches(&reading)
				switch equal := slices.Equal(before, now); {
				case equal == touched:
					t.Errorf("%q is held, and %q then; another answer: %v, for\n%s", before, now, touched, text)
				case equal:
					same++
				default:
					others++
				}
			})
		}
	}
	if same < 1000 || others < 1000 {
		t.Errorf("%d are the same, and %d are others", same, others)
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
