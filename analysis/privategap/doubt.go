package privategap

import (
	"fmt"
	"path/filepath"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/internal/goenv"
)

// Doubt returns an error if go, run in dir, would send out the path of a module that may be private, though nothing shows it:
// one with the owner of the main module, on a host that this machine has a login for. It does not if the module is there
// already and came from a proxy, which has thus been asked before. No diagnostic says so, for most such modules are public;
// but it is for the user to send out their paths. Wanted are the paths of modules or packages that go is asked for beside what
// is required; if one of them is private for certain, that is an error, too.
func Doubt(r *analysis.Result, dir string, wanted ...string) error {
	gomod := filepath.Join(dir, "go.mod")
	for _, v := range r.Snapshot.Views(gomod) {
		m := v.Module(gomod)
		if m == nil {
			continue
		}
		pass := &analysis.Pass{Snapshot: r.Snapshot, View: v, Module: m, File: m.Mod}
		env, in := v.Env(), v.Privacy(m).Inputs()
		check := func(path string) error {
			evidence := goenv.PrivateEvidence(path, in)
			certain := goenv.IsPrivate(evidence)
			if !certain && (!goenv.Suspected(evidence) || in.Origin(path) == goenv.FromProxy) {
				return nil
			}
			gap, open := goenv.FindGap(path, env, append(evidence, goenv.Evidence{Strong: true}))
			switch {
			case !open:
				return nil
			case certain:
				return fmt.Errorf("it would send the path of %s, which is private, to %s; cover it first, with go env -w GOPRIVATE=%s for example", path, gap.Receivers(), gap.Pattern)
			}
			return fmt.Errorf("it would send the path of %s, which may be private, to %s; if it is public, run go mod download %[1]s once in a terminal, and if not, cover it with go env -w GOPRIVATE=%[3]s for example",
				path, gap.Receivers(), gap.Pattern)
		}
		for _, path := range wanted {
			if err := check(path); err != nil {
				return err
			}
		}
		g := v.Graph()
		var fetched []module.Version
		for _, req := range m.Mod.Mod().Require {
			if dep, ok := fetchedFor(pass, g, req); ok {
				fetched = append(fetched, dep)
			}
		}
		if g != nil {
			for _, n := range g.InOrder() {
				if n.Actual.Version != "" {
					fetched = append(fetched, n.Actual)
				}
			}
		}
		seen := map[string]bool{}
		for _, dep := range fetched {
			if seen[dep.Path] {
				continue
			}
			seen[dep.Path] = true
			if goenv.IsPrivate(goenv.PrivateEvidence(dep.Path, in)) { // Open says that
				continue
			}
			if err := check(dep.Path); err != nil {
				return err
			}
		}
	}
	return nil
}
