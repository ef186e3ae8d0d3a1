package summismatch

import (
	"context"
	_ "embed"
	"fmt"
	"strings"

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
	checkZips(pass)
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

// checkZips compares the lines about the modules whose packages are needed with what was downloaded.
func checkZips(pass *analysis.Pass) {
	if pass.View.Own {
		return
	}
	r := pass.View.Packages()
	if r == nil {
		return
	}
	for _, n := range r.Needs {
		if l := contradiction(pass, n.Key, n.Hash); n.Hash != "" && l != nil && !strings.HasSuffix(n.Key.Version, "/go.mod") {
			report(pass, n.Key, "the source", n.Hash, l)
		}
	}
}

// check compares the lines about a go.mod file with the file in the module cache.
func check(pass *analysis.Pass, m, key module.Version, mod *modcache.Mod) {
	if l := contradiction(pass, key, mod.Hash()); l != nil {
		report(pass, m, "the go.mod file", mod.Hash(), l)
	}
}

// contradiction returns the line of the pass's file that go would hold against something whose checksum is hash, or nil.
func contradiction(pass *analysis.Pass, key module.Version, hash string) *syntax.SumLine {
	switch lines := pass.File.Checksums(); {
	case pass.View.Work == nil || pass.File == pass.View.WorkSum:
		return lines.Contradiction(key, hash)
	case !pass.View.WorkSum.Checksums().Vouches(key, hash):
		return lines.AnyContradiction(key, hash)
	}
	return nil
}

func report(pass *analysis.Pass, m module.Version, what, hash string, l *syntax.SumLine) {
	pass.Report(analysis.Diagnostic{
		Span:   l.HashSpan,
		Module: m,
		Message: fmt.Sprintf("this line says %s, but %s of %s %s in the module cache has %s; go refuses with a security error",
			l.Hash, what, m.Path, m.Version, hash),
		Fixes: []fixes.Fix{{
			Title: "Drop this line and let go check " + m.Path + " against the checksum database", Kind: fixes.QuickFix,
			Command: pass.Command("gomodls.download", map[string]any{"recheck": m.Path + "@" + m.Version}),
		}},
	})
}
