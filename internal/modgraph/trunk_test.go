package modgraph

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/module"
)

// TestTrunk types requirements and replacements into go.mod files at random, one after the other: a graph that goes on from what the
// last ones have in common is as one that is made alone.
func TestTrunk(t *testing.T) {
	grown, left := map[bool]int{}, 0
	for seed := range 400 {
		r := rand.New(rand.NewPCG(uint64(seed), 5))
		u := newUniverse(r)
		in := u.input(r)
		last := Load(in)
		busy := r.IntN(len(in.Main))
		for range 12 {
			in.Main = slices.Clone(in.Main)
			if r.IntN(8) == 0 {
				busy = r.IntN(len(in.Main))
			}
			if main := &in.Main[busy]; len(main.Replace) > 0 && r.IntN(4) == 0 { // another directory, as somebody types it
				main.Replace = slices.Clone(main.Replace)
				main.Replace[len(main.Replace)-1].New = module.Version{Path: []string{"../lib", "../li", "../l"}[r.IntN(3)]}
			} else if r.IntN(3) == 0 {
				in = in.edited(r, busy)
			}
			main := &in.Main[busy]
			main.Require = slices.Clone(main.Require)
			switch n := len(main.Require); {
			case n == 0 || r.IntN(4) == 0:
				main.Require = append(main.Require, anyVersion(r))
			case r.IntN(4) == 0:
				main.Require = slices.Delete(main.Require, 0, 1)
			default: // another version, as somebody types it
				main.Require[n-1].Version = anyVersion(r).Version
			}
			if r.IntN(12) == 0 {
				main.Go = []string{"1.16", "1.25"}[r.IntN(2)]
			}
			after := in
			after.Last = last
			next, alone := Load(after), Load(in)
			if got, want := everything(next), everything(alone); got != want {
				t.Fatalf("seed %d: after another graph:\n%s\nalone:\n%s", seed, got, want)
			}
			if next.trunk != nil {
				grown[in.Workspace]++
				if len(next.trunk.nodes) < len(next.nodes) {
					left++
				}
			}
			last = next
		}
	}
	if grown[false] < 300 || grown[true] < 1000 || left < 500 {
		t.Errorf("%d graphs of single modules and %d of workspaces went on from a trunk, %d of them to more", grown[false], grown[true], left)
	}
}

// TestTrunkTie adds a root that is equal to what is selected already: the root is what counts, as where it was there from the beginning.
func TestTrunkTie(t *testing.T) {
	u := newUniverse(rand.New(rand.NewPCG(1, 1)))
	in := Input{Names: u.names, Local: "1.26", Source: u.source(), Main: []MainModule{{Path: "m.example", Go: "1.22.0"}}}
	in.Last = Load(in)
	in.Main = []MainModule{{Path: "m.example", Go: "1.22.0", Toolchain: "go1.22.0-custom"}}
	g := Load(in)
	if g.trunk == nil {
		t.Fatal("the graph does not go on from a trunk")
	}
	if got := g.Selected("toolchain"); got != "go1.22.0-custom" {
		t.Errorf("selected: %s", got)
	}
}

// everything renders what a graph has found.
func everything(g *Graph) string {
	nodes := strings.Split(show(g.Nodes()), "\n")
	slices.Sort(nodes)
	return fmt.Sprint(show(g.InOrder()), nodes, g.AllSelected(), g.Mentioned(), g.faults, g.directories)
}
