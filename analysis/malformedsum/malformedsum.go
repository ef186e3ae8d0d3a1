package malformedsum

import (
	"context"
	_ "embed"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/gosum"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports lines of go.sum that are no checksums.
var Analyzer = &analysis.Analyzer{
	Name:     "malformedsum",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	if pass.File.Kind != workspace.SumFile {
		return nil
	}
	severity := analysis.Warning
	if consulted(pass.View) && !unreached(pass) {
		severity = analysis.Error
	}
	for _, p := range pass.File.Sum().Problems {
		d := pass.FromProblem(p)
		d.Severity = severity
		if p.Severity == syntax.Silent {
			d.Severity, d.Tags = analysis.Hint, analysis.Unnecessary
		}
		if p.Kind == "sum-conflicting-lines" {
			d.Severity, d.Tags, d.Fixes = analysis.Warning, 0, choose(pass, p)
		}
		pass.Report(d)
	}
	return nil
}

// choose returns the ways out of two checksums for one key. Which is right is for the checksum database to say: by its records on
// this machine, or else it has to be asked. Only where by the user's own settings nobody is, the user may choose.
func choose(pass *analysis.Pass, p syntax.Problem) []fixes.Fix {
	sum := pass.File.Sum()
	var lines []*syntax.SumLine
	at, _ := sum.EntryAt(p.Span.Start)
	for i := range sum.Entries {
		if e := &sum.Entries[i]; e.Key() == at.Key() && strings.HasPrefix(e.Hash, "h1:") {
			lines = append(lines, e)
		}
	}
	keep := func(title string, kept *syntax.SumLine) fixes.Fix {
		fix := fixes.Fix{Title: title, Kind: fixes.QuickFix}
		for _, l := range lines {
			if l.Hash != kept.Hash {
				fix.Edits = append(fix.Edits, pass.Edit(text.Edit{Span: sum.Row(l)}))
			}
		}
		return fix
	}
	recorded, unasked := pass.Recorded(at.Key()), pass.Unasked(at.Path)
	var ways []fixes.Fix
	for _, l := range lines {
		switch {
		case slices.ContainsFunc(lines, func(o *syntax.SumLine) bool { return o.Hash == l.Hash && o.Number < l.Number }):
		case unasked != "":
			ways = append(ways, keep("Keep "+short(l.Hash)+", on your word: nobody else is asked because of "+unasked, l))
		case l.Hash == recorded:
			fix := keep("Keep "+short(l.Hash)+", which the checksum database has", l)
			fix.Preferred = true
			return []fixes.Fix{fix}
		}
	}
	if unasked == "" && pass.View.Env().SumDB.Err == nil {
		ways = append(ways, pass.Recheck("Drop these lines", at.Key()))
	}
	return ways
}

// short returns enough of a checksum to tell it from another.
func short(hash string) string {
	if n := len("h1:12345678"); len(hash) > n {
		return hash[:n] + "…"
	}
	return hash
}

// unreached reports whether the pass's file is a go.work.sum to which go does not come, because the go.sum of a module, which it reads
// before, is a directory; see initGoSum in cmd/go/internal/modfetch/fetch.go.
func unreached(pass *analysis.Pass) bool {
	return pass.View.Work != nil && pass.File == pass.View.WorkSum && slices.ContainsFunc(pass.View.Modules(), func(m *workspace.Module) bool {
		return m.Sum == nil && pass.Snapshot.Read(filepath.Join(m.Dir, "go.sum")).State == workspace.Directory
	})
}

// consulted reports whether the go command looks at go.sum at all: it does so for the first module that is not a directory.
func consulted(v *workspace.View) bool {
	if v.Mode == workspace.Vendor {
		return false
	}
	g := v.Graph()
	if g == nil { // another fault comes first; this one remains
		for _, m := range v.Modules() {
			if len(m.Mod.Mod().Require) > 0 {
				return true
			}
		}
		return false
	}
	return protected.Of(g)
}

// protected reports whether go.sum protects any module of a graph.
var protected = modgraph.NewProperty(func(g *modgraph.Graph) bool {
	return slices.ContainsFunc(g.Nodes(), func(n *modgraph.Node) bool {
		_, ok := gosum.ModKey(n)
		return ok
	})
}, func(a, b bool) bool { return a == b })
