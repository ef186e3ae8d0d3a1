package analysis

import (
	"slices"

	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/tidy"
	"github.com/gomodls/gomodls/internal/workspace"
	"golang.org/x/mod/module"
)

// Tidied returns what `go mod tidy` would do to the pass's module; nil where it is not known, where tidy would stop before it
// has read a package, and where there is no package at all: whoever has not written a line of Go yet knows that nothing
// needs a requirement. Tidy sees a module alone, so nothing is said in a workspace's view.
//
// The answer may be about what stood there a moment ago. So analyzers look up in it what stands there now, by the path of a
// module or a package, and say nothing about what they do not find.
func (p *Pass) Tidied() *tidy.Answer {
	if p.Module == nil || p.View.Work != nil {
		return nil
	}
	a, _ := p.View.Tidied(p.Module)
	if a == nil || a.Result == nil || a.Empty {
		return nil
	}
	return a
}

// RunTidy is the fix that runs go mod tidy.
func (p *Pass) RunTidy() fixes.Fix {
	c := p.Command("gomodls.tidy", nil)
	c.Arguments["uri"] = string(p.Module.Mod.URI)
	return fixes.Fix{Title: "Run go mod tidy", Kind: fixes.QuickFix, Command: c}
}

// TidilyRequired reports whether the module requires what it would if it were tidy.
func (p *Pass) TidilyRequired(a *tidy.Answer) bool {
	require := p.Module.Mod.Mod().Require
	if len(require) != len(a.Result.Require) {
		return false
	}
	seen := make([]bool, len(require))
	for _, r := range require {
		i := a.Result.Find(r.Path)
		if i < 0 || seen[i] || r.Version != a.Result.Require[i].Module.Version {
			return false
		}
		seen[i] = true
	}
	return true
}

// LoadsWith reports whether the go command would load the module as well with other requirements as it does with those of
// graph: it would lack no checksum and no go.mod file that it does not lack now, and be as content with the versions. It reports false
// where that has been asked too often in one pass.
func (p *Pass) LoadsWith(g *modgraph.Graph, require []module.Version) bool {
	if g == nil || p.View.Mode == workspace.Vendor || !p.affords() {
		return false
	}
	after := g.WithRequire(p.View.Source(), require)
	return !p.NeedsMore(g, after) && (g.Inconsistent() || !after.Inconsistent())
}

// Required returns the requirement of the pass's go.mod with a path that go goes by, or nil.
func (p *Pass) Required(path string) *syntax.Require {
	list := p.Module.Mod.Mod().Require
	i := slices.IndexFunc(list, func(r *syntax.Require) bool { return r.Valid && r.Path == path })
	if i < 0 {
		return nil
	}
	return list[i]
}
