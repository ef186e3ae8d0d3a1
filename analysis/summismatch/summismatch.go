package summismatch

import (
	"context"
	_ "embed"
	"fmt"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/gosum"
	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports lines of go.sum that contradict the module cache.
var Analyzer = &analysis.Analyzer{
	Name:     "summismatch",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	if pass.File.Kind != workspace.SumFile {
		return nil
	}
	g := pass.View.Graph()
	if g == nil {
		return nil
	}
	for _, n := range g.Nodes() {
		if key, ok := gosum.ModKey(n); ok && n.Mod != nil {
			check(pass, n.Actual, key, n.Mod)
		}
	}
	store := pass.Snapshot.Store()
	for _, m := range g.Mentioned() {
		key := module.Version{Path: m.Path, Version: m.Version + "/go.mod"}
		if len(pass.File.Checksums().Lines(key)) == 0 {
			continue
		}
		if mod, err := store.Mod(store.Names().Node(m)); err == nil {
			check(pass, m, key, mod)
		}
	}
	return nil
}

// check compares the lines about a go.mod file with the file in the module cache.
func check(pass *analysis.Pass, m, key module.Version, mod *modcache.Mod) {
	var l *syntax.SumLine
	switch lines := pass.File.Checksums(); {
	case pass.View.Work == nil || pass.File == pass.View.WorkSum:
		l = lines.Contradiction(key, mod.Hash())
	case !pass.View.WorkSum.Checksums().Vouches(key, mod.Hash()):
		l = lines.AnyContradiction(key, mod.Hash())
	}
	if l != nil {
		report(pass, m, mod, l)
	}
}

func report(pass *analysis.Pass, m module.Version, mod *modcache.Mod, l *syntax.SumLine) {
	pass.Report(analysis.Diagnostic{
		Span:   l.HashSpan,
		Module: m,
		Message: fmt.Sprintf("this line says %s, but the go.mod file of %s %s in the module cache has %s; go refuses with a security error",
			l.Hash, m.Path, m.Version, mod.Hash()),
		Fixes: []fixes.Fix{{
			Title: "Drop this line and let go check " + m.Path + " against the checksum database", Kind: fixes.QuickFix,
			Command: pass.Command("gomodls.download", map[string]any{"recheck": m.Path + "@" + m.Version}),
		}},
	})
}
