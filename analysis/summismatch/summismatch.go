package summismatch

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/gosum"
	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/text"
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
	sums, source := pass.File.Checksums(), pass.View.Source()
	contradicted, mentioned := sums.Held(g)
	for _, n := range contradicted {
		if key, ok := gosum.ModKey(n); ok {
			check(pass, n.Actual, key, n.Mod)
		}
	}
	checkZips(pass)
	for _, id := range mentioned {
		m := g.Names().Version(id)
		if mod, err := source.Mod(id); err == nil && sums.Denies(m, mod.Hash()) {
			check(pass, m, module.Version{Path: m.Path, Version: m.Version + "/go.mod"}, mod)
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
	for _, i := range pass.File.Checksums().Refuted(r, len(r.Needs), func(i int) (module.Version, string) { return r.Needs[i].Key, r.Needs[i].Hash }) {
		n := &r.Needs[i]
		if strings.HasSuffix(n.Key.Version, "/go.mod") {
			continue
		}
		if l := contradiction(pass, n.Key, n.Hash); l != nil {
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

// report says what go.sum, the module cache and the checksum database have. What it offers believes none but the database.
func report(pass *analysis.Pass, m module.Version, what, hash string, l *syntax.SumLine) {
	env := pass.View.Env()
	d := analysis.Diagnostic{Span: l.HashSpan, Module: m}
	recorded := pass.Recorded(l.Key())
	said := fmt.Sprintf("this line says %s, but %s of %s %s in the module cache has %s", l.Hash, what, m.Path, m.Version, hash)
	switch recorded {
	case "":
		d.Message = said + "; go refuses with a security error"
		if env.AsksSumDB(m.Path) {
			d.Fixes = []fixes.Fix{pass.Recheck("Drop this line", l.Key())}
		} else {
			d.Message += ", and by your settings no checksum database can tell which is right; ask whoever wrote the line"
		}
	case hash:
		d.Message = said + ", and so has the checksum database: this line is wrong; go refuses with a security error"
		d.Fixes = []fixes.Fix{{
			Title: "Write the checksum that the checksum database has", Kind: fixes.QuickFix,
			Edits: []fixes.Edit{pass.Edit(text.Edit{Span: l.HashSpan, New: recorded})},
		}}
	case l.Hash:
		d.Message = said + "; the checksum database agrees with this line, so what is in the module cache is not that version; remove it with go clean -modcache; go refuses with a security error"
	default:
		d.Message = said + ", and the checksum database has " + recorded + ": trust neither; go refuses with a security error"
	}
	d.Fixes = append(surplus(pass, recorded, hash, l), d.Fixes...)
	pass.Report(d)
}

// surplus returns the fix that deletes a line that can match nothing, or a wrong one beside the right one. Which is right is for
// the checksum database to say; only of what it is not asked about, the module cache may decide between lines that are there.
func surplus(pass *analysis.Pass, recorded, hash string, l *syntax.SumLine) []fixes.Fix {
	sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(l.Hash, "h1:"))
	other := slices.ContainsFunc(pass.File.Sum().Entries, func(e syntax.SumLine) bool {
		return e.Key() == l.Key() && e.Hash == hash
	})
	fix := fixes.Fix{Kind: fixes.QuickFix, Preferred: true}
	switch {
	case recorded != "" && recorded != hash: // this line may be the right one
		return nil
	case other && recorded == hash:
		fix.Title = "Delete this line: beside it stands the checksum that the checksum database has"
	case err != nil || len(sum) != sha256.Size:
		fix.Title = "Delete this line, which holds no checksum"
	case other && !pass.View.Env().AsksSumDB(l.Path):
		fix.Title, fix.Preferred = "Delete this line: the module cache agrees with the other one, and nobody else is asked", false
	default:
		return nil
	}
	fix.Edits = []fixes.Edit{pass.Edit(text.Edit{Span: pass.File.Sum().Row(l)})}
	return []fixes.Fix{fix}
}
