package modgraph

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/modcache"
)

// A universe is the go.mod files of all versions of some modules.
type universe struct {
	names *modcache.Names
	mods  map[module.Version]*modcache.Mod
}

var (
	paths    = []string{"a.example/a", "b.example/b", "c.example/c", "d.example/d", "e.example/e", "f.example/f"}
	versions = []string{"v1.0.0", "v1.1.0", "v1.2.0"}
)

func anyVersion(r *rand.Rand) module.Version {
	return module.Version{Path: paths[r.IntN(len(paths))], Version: versions[r.IntN(len(versions))]}
}

func newUniverse(r *rand.Rand) *universe {
	u := &universe{names: modcache.NewNames(), mods: map[module.Version]*modcache.Mod{}}
	for _, path := range paths {
		for _, version := range versions {
			text := "module " + path + "\n"
			if r.IntN(3) > 0 {
				text += "go 1.21\n"
			}
			for range r.IntN(3) {
				text += "require " + anyVersion(r).Path + " " + versions[r.IntN(len(versions))] + "\n"
			}
			if r.IntN(6) > 0 { // else nobody has it
				u.mods[module.Version{Path: path, Version: version}] = modcache.ParseMod(u.names, text)
			}
		}
	}
	return u
}

func (u *universe) source() Source {
	return Source{
		Mod: func(id modcache.NodeID) (*modcache.Mod, error) {
			switch m := u.names.Version(id); {
			case u.mods[m] != nil:
				return u.mods[m], nil
			case m.Path < "d":
				return nil, fmt.Errorf("nobody has %s", m)
			}
			return nil, ErrNotKnown
		},
		Dir: func(dir string) (*modcache.Mod, error) {
			if mod := u.mods[module.Version{Path: paths[0], Version: versions[0]}]; dir == "/w/lib" && mod != nil {
				return mod, nil
			}
			return nil, errors.New("no go.mod file")
		},
	}
}

// input returns what a single module or a workspace might say.
func (u *universe) input(r *rand.Rand) Input {
	in := Input{Names: u.names, Local: "1.26", Source: u.source(), Workspace: r.IntN(3) > 0, Go: "1.25"}
	for i := range 1 + r.IntN(2) {
		in.Main = append(in.Main, MainModule{Path: fmt.Sprintf("m%d.example", i), Dir: fmt.Sprintf("/w/m%d", i), Go: "1.25"})
		if !in.Workspace {
			break
		}
	}
	for i := range in.Main {
		for range r.IntN(4) {
			in = in.edited(r, i)
		}
	}
	return in
}

// edited returns the input after an edit of a go.mod.
func (in Input) edited(r *rand.Rand, i int) Input {
	in.Main = slices.Clone(in.Main)
	main := &in.Main[i]
	old := anyVersion(r)
	if r.IntN(2) == 0 {
		old.Version = ""
	}
	drop := func() int { return r.IntN(8) / 7 }
	switch n := r.IntN(10); {
	case n < 5:
		main.Require = append(slices.Clone(main.Require), anyVersion(r))
	case n < 6 && len(main.Require) > 0:
		main.Require = slices.Clone(main.Require[1:])
	case n < 7:
		main.Replace = append(slices.Clone(main.Replace[min(drop(), len(main.Replace)):]), Replacement{Old: old, New: anyVersion(r), Dir: main.Dir})
	case n < 8:
		main.Replace = append(slices.Clone(main.Replace[min(drop(), len(main.Replace)):]), Replacement{Old: old, New: module.Version{Path: []string{"../lib", "../gone"}[r.IntN(2)]}, Dir: main.Dir})
	case n < 9 && in.Workspace && r.IntN(2) == 0: // of go.work
		in.Replace = append(slices.Clone(in.Replace[min(drop(), len(in.Replace)):]), Replacement{Old: old, New: anyVersion(r), Dir: "/w"})
	case n < 9:
		main.Replace = nil
	default:
		main.Exclude = append(slices.Clone(main.Exclude[min(drop(), len(main.Exclude)):]), anyVersion(r))
	}
	return in
}

// show renders what was answered, whatever pointers are in it.
func show(v any) string {
	switch v := v.(type) {
	case *Node:
		if v == nil {
			return "none"
		}
		return fmt.Sprintf("%s=%s %s %v %d %v %p", v.Module, v.Actual, v.Dir, show(v.Replace), v.Cause, v.Err, v.Mod)
	case *Replacement:
		if v == nil {
			return "none"
		}
		return fmt.Sprint(*v)
	case []*Node:
		s := ""
		for _, n := range v {
			s += show(n) + "\n"
		}
		return s
	case []Conflict:
		s := ""
		for _, c := range v {
			s += fmt.Sprintln(c.Module, show(c.Any), show(c.Version))
		}
		return s
	}
	return fmt.Sprint(v)
}

// asked are single questions.
func asked() map[string]func(*Graph) any {
	all := map[string]func(*Graph) any{
		"Faulty":        func(g *Graph) any { return g.Faulty() },
		"FaultyOf":      func(g *Graph) any { return g.FaultyOf("m0.example", "/w/m0") },
		"Complete":      func(g *Graph) any { return g.Complete() },
		"Conflicts":     func(g *Graph) any { return g.Conflicts() },
		"Inconsistent":  func(g *Graph) any { return g.Inconsistent() },
		"Pruned":        func(g *Graph) any { return g.Pruned() },
		"SharedSources": func(g *Graph) any { return SharedSources.Of(g) },
		"Nodes":         func(g *Graph) any { return g.Nodes() },
		"LowGoLine":     func(g *Graph) any { return g.LowGoLine() },
		"BuildList":     func(g *Graph) any { return g.BuildList() },
	}
	for _, path := range paths {
		all["Selected "+path] = func(g *Graph) any { return g.Selected(path) }
		for _, v := range versions {
			m := module.Version{Path: path, Version: v}
			for name, ask := range map[string]func(*Graph) any{
				"Node":          func(g *Graph) any { return g.Node(m) },
				"SelectedNode":  func(g *Graph) any { return g.SelectedNode(m) },
				"BelowSelected": func(g *Graph) any { return g.BelowSelected(m) },
				"Replacement":   func(g *Graph) any { return g.Replacement(m) },
				"Chain":         func(g *Graph) any { return g.Chain(m) },
				"Begin":         func(g *Graph) any { main, root := g.Begin(m); return []module.Version{main, root} },
				"ReadAt": func(g *Graph) any { // in any order
					return slices.SortedFunc(slices.Values(g.ReadAt(m)), func(a, b *Node) int { return strings.Compare(show(a), show(b)) })
				},
				"MentionedAt": func(g *Graph) any { return g.MentionedAt(m) },
			} {
				all[name+" "+m.String()] = ask
			}
		}
	}
	return all
}

// TestDifference edits graphs at random and asks both for everything: where a Difference says that an answer is the same, it is.
// A graph that was made after another is as if nobody had made the other.
func TestDifference(t *testing.T) {
	questions := asked()
	kept, others := 0, 0
	for seed := range 400 {
		r := rand.New(rand.NewPCG(uint64(seed), 3))
		u := newUniverse(r)
		in := u.input(r)
		from := Load(in)
		for range 6 {
			in = in.edited(r, r.IntN(len(in.Main)))
			after := in
			after.Last = from
			to, alone := Load(after), Load(in)
			if got, want := show(to.InOrder())+fmt.Sprint(to.AllSelected()), show(alone.InOrder())+fmt.Sprint(alone.AllSelected()); got != want {
				t.Fatalf("seed %d: after another graph:\n%s\nalone:\n%s", seed, got, want)
			}
			d := NewDifference(from, to)
			for name, ask := range questions {
				var reading Reading
				before, now := show(ask(from.Noting(&reading))), show(ask(to))
				switch reading := reading.Cut(); {
				case before != now && !d.Touches(&reading):
					t.Errorf("seed %d: %s was %s and is %s, which nobody would notice", seed, name, before, now)
				case before == now && !d.Touches(&reading):
					kept++
				case before != now:
					others++
				}
			}
			from = to
		}
	}
	if kept < 10*others || others < 500 {
		t.Errorf("%d answers are others, and %d are known to be the same", others, kept)
	}
}

// TestReplacedByItself shows that a module that is replaced by a version of itself is read once.
func TestReplacedByItself(t *testing.T) {
	u := newUniverse(rand.New(rand.NewPCG(1, 1)))
	m := module.Version{Path: paths[0], Version: versions[0]}
	g := Load(Input{
		Names: u.names, Local: "1.26", Source: u.source(),
		Main: []MainModule{{Path: "m.example", Dir: "/w", Go: "1.25", Require: []module.Version{m}, Replace: []Replacement{{Old: module.Version{Path: m.Path}, New: m, Dir: "/w"}}}},
	})
	if nodes := g.ReadAt(m); len(nodes) != 1 || nodes[0].Module != m {
		t.Errorf("read are\n%s", show(nodes))
	}
}

// TestHidden adds a replacement to one module of a workspace that keeps another one's from counting, of a module whose go.mod file
// is not read.
func TestHidden(t *testing.T) {
	u := &universe{names: modcache.NewNames(), mods: map[module.Version]*modcache.Mod{}}
	version := func(path string) module.Version { return module.Version{Path: path, Version: "v1.0.0"} }
	u.mods[version("a.example/a")] = modcache.ParseMod(u.names, "module a.example/a\ngo 1.21\nrequire b.example/b v1.0.0\n") // b is mentioned, and not read
	load := func(other ...Replacement) *Graph {
		return Load(Input{
			Names: u.names, Local: "1.26", Source: u.source(), Workspace: true, Go: "1.25",
			Main: []MainModule{
				{Path: "m.example", Dir: "/w/m", Go: "1.25", Require: []module.Version{version("a.example/a")},
					Replace: []Replacement{{Old: module.Version{Path: "b.example/b"}, New: version("d.example/d"), Dir: "/w/m"}}},
				{Path: "n.example", Dir: "/w/n", Go: "1.25", Replace: other},
			},
		})
	}
	from, to := load(), load(Replacement{Old: version("b.example/b"), New: module.Version{Path: "../lib"}, Dir: "/w/n"})
	hidden := version("d.example/d")
	if !from.MentionedAt(hidden) || to.MentionedAt(hidden) {
		t.Fatalf("%s is mentioned: %v, and then %v", hidden, from.MentionedAt(hidden), to.MentionedAt(hidden))
	}
	for _, d := range []*Difference{NewDifference(from, to), NewDifference(to, from)} {
		if id := u.names.Node(hidden); !d.ConcernsVersion(id) || !d.Concerns(u.names.PathOf(id)) {
			t.Errorf("nobody would notice: %v, %v", d.ConcernsVersion(id), d.Concerns(u.names.PathOf(id)))
		}
	}
}

// TestEverythingIsNoted calls every method of a graph: none answers unnoticed, but for what no other graph could answer otherwise.
func TestEverythingIsNoted(t *testing.T) {
	u := newUniverse(rand.New(rand.NewPCG(1, 1)))
	g := Load(Input{Names: u.names, Local: "1.26", Source: u.source(), Main: []MainModule{{Path: "m.example", Dir: "/w", Go: "1.25"}}})
	silent := []string{"Compare", "Names", "Noting", "Plain", "Size"}
	called := 0
	for i := range reflect.TypeFor[*Graph]().NumMethod() {
		method := reflect.TypeFor[*Graph]().Method(i)
		var reading Reading
		args := []reflect.Value{reflect.ValueOf(g.Noting(&reading))}
		for j := 1; j < method.Type.NumIn(); j++ {
			arg := reflect.New(method.Type.In(j)).Elem()
			switch arg.Interface().(type) {
			case *Node:
				arg.Set(reflect.ValueOf(new(Node)))
			case Source:
				arg.Set(reflect.ValueOf(u.source()))
			case module.Version:
				arg.Set(reflect.ValueOf(module.Version{Path: paths[0], Version: versions[0]}))
			}
			args = append(args, arg)
		}
		method.Func.Call(args)
		called++
		if noted := reading.whole || reading.properties != 0 || len(reading.paths) > 0 || len(reading.questions) > 0; noted == slices.Contains(silent, method.Name) {
			t.Errorf("%s: noted: %v", method.Name, noted)
		}
	}
	if called < 20 {
		t.Errorf("only %d methods", called)
	}
}
