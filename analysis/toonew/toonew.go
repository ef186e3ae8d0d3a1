package toonew

import (
	"context"
	_ "embed"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/goenv"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports modules that need a newer Go than the one that is installed.
var Analyzer = &analysis.Analyzer{
	Name:     "toonew",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	if name, by := pass.View.MissingToolchain(); name != "" {
		if pass.File == pass.View.Head() {
			missingToolchain(pass, name, by)
		}
		return nil
	}
	local := pass.View.GoVersion()
	if local == "" {
		return nil
	}
	switch pass.File.Kind {
	case workspace.ModFile:
		if ownLine(pass, pass.File.Mod().Go, local) {
			return nil
		}
	case workspace.WorkFile:
		ownLine(pass, pass.File.Work().Go, local)
		return nil
	default:
		return nil
	}
	g := pass.View.Graph()
	if g == nil {
		return nil
	}
	reported := map[text.Span]bool{}
	for _, n := range pass.Faulty(g) {
		if n.Cause != modgraph.TooNew {
			continue
		}
		span := place(pass, g, n)
		if span == (text.Span{}) || reported[span] {
			continue
		}
		reported[span] = true
		name := n.Actual.Path + " " + n.Actual.Version
		if n.Dir != "" {
			name = "the module in " + n.Actual.Path
		}
		d := analysis.Diagnostic{Span: span, Module: n.Module,
			Message: fmt.Sprintf("%s needs go %s, but go %s is installed and %s; go refuses", name, n.Mod.Go, local, noOther(pass))}
		d.Fixes = waysOut(pass, g, n, span, local)
		pass.Report(d)
	}
	return nil
}

// ownLine checks the file's own go line, and reports whether it is too new, which hides all else.
func ownLine(pass *analysis.Pass, line *syntax.Go, local string) bool {
	if line == nil || !line.Valid || goenv.CompareVersions(line.Version, local) <= 0 {
		return false
	}
	pass.Report(analysis.Diagnostic{
		Span:    line.VersionTok.Span,
		Message: fmt.Sprintf("go %s is needed here, but go %s is installed and GOTOOLCHAIN=%s forbids another; go refuses", line.Version, local, pass.View.Env().Get("GOTOOLCHAIN").Value),
		Fixes:   lowering(pass, line.VersionTok.Span, local),
	})
	return true
}

// noOther says why go does not switch to another toolchain for the sake of a dependency.
func noOther(pass *analysis.Pass) string {
	if pass.View.Env().Toolchain.Switch != "" {
		return "go list and go build do not switch to another for a dependency"
	}
	return "GOTOOLCHAIN=" + pass.View.Env().Get("GOTOOLCHAIN").Value + " forbids another"
}

// missingToolchain reports that go looks for a toolchain in PATH only, where it is not.
func missingToolchain(pass *analysis.Pass, name string, by syntax.Token) {
	d := analysis.Diagnostic{
		Span:    by.Span,
		Message: fmt.Sprintf("%s is needed here, and with GOTOOLCHAIN=%s go looks for it only in PATH, where it is not; go refuses", name, pass.View.Env().Get("GOTOOLCHAIN").Value),
	}
	switch {
	case by.IsZero():
		d.Span = pass.File.Start()
	case strings.HasPrefix(by.Raw, "go"):
		if l := lineAt(pass.File, by); l != nil {
			d.Fixes = []fixes.Fix{{
				Title: "Delete toolchain " + by.Raw, Kind: fixes.QuickFix, Preferred: true,
				Edits: []fixes.Edit{pass.Edit(fixes.DeleteLine(pass.File.Text, l))},
			}}
		}
	default:
		d.Fixes = lowering(pass, by.Span, pass.View.Env().GoVersion)
	}
	pass.Report(d)
}

func lineAt(f *workspace.File, tok syntax.Token) *syntax.Line {
	if f.Kind == workspace.WorkFile {
		return f.Work().LineAt(tok.Start)
	}
	return f.Mod().LineAt(tok.Start)
}

// lowering returns the fix that lowers a go line to the installed version.
func lowering(pass *analysis.Pass, span text.Span, local string) []fixes.Fix {
	return []fixes.Fix{{
		Title: "Set the go line to " + local, Kind: fixes.QuickFix, Preferred: true,
		Edits: []fixes.Edit{pass.Edit(fixes.Replace(span, local))},
	}}
}

// waysOut offers another version of what is required, a lower go line in the directory that replaces it, or that nothing does.
func waysOut(pass *analysis.Pass, g *modgraph.Graph, n *modgraph.Node, span text.Span, local string) []fixes.Fix {
	if root := pass.RootOf(g, n.Module); root != nil && root.VersionTok.Span == span {
		if v := pass.UsableVersion(g, root, n.Module); v != "" {
			return []fixes.Fix{{
				Title: fmt.Sprintf("Change %s to %s", root.Path, v), Kind: fixes.QuickFix, Preferred: true,
				Edits: []fixes.Edit{pass.Edit(fixes.Replace(root.VersionTok.Span, v))},
			}}
		}
		return nil
	}
	if n.Dir != "" {
		if mod := pass.Snapshot.Read(filepath.Join(n.Dir, "go.mod")).File; mod != nil && mod.Mod().Go != nil {
			return []fixes.Fix{{
				Title: fmt.Sprintf("Set the go line in %s to %s", n.Actual.Path, local), Kind: fixes.QuickFix, Preferred: true,
				Edits: []fixes.Edit{{URI: mod.URI, Span: mod.Mod().Go.VersionTok.Span, New: local}},
			}}
		}
	}
	for _, r := range pass.File.Mod().Replace {
		if r.Valid && r.NewPathTok.Start == span.Start {
			return pass.OtherReplacement(g, r)
		}
	}
	return nil
}

// place returns the replacement that names the module, or the requirement through which the graph comes to it.
func place(pass *analysis.Pass, g *modgraph.Graph, n *modgraph.Node) text.Span {
	if n.Replace != nil {
		for _, r := range pass.File.Mod().Replace {
			if r.Valid && r.Old == n.Replace.Old && r.New == n.Replace.New && n.Replace.Dir == pass.Module.Dir {
				return text.Span{Start: r.NewPathTok.Start, End: max(r.NewPathTok.End, r.NewVersionTok.End)}
			}
		}
	}
	if root := pass.RootOf(g, n.Module); root != nil {
		return root.VersionTok.Span
	}
	return text.Span{}
}
