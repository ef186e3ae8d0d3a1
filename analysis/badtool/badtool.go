package badtool

import (
	"context"
	_ "embed"
	"fmt"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports tools that go tool refuses to run.
var Analyzer = &analysis.Analyzer{
	Name:     "badtool",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Warning,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	if pass.File.Kind != workspace.ModFile || pass.Module == nil {
		return nil
	}
	for _, t := range pass.File.Mod().Tool {
		if !t.Valid || pass.Refused(t.Line) {
			continue
		}
		reportShared(pass, t)
		if name := packageName(pass, t.Path); name != "" && name != "main" {
			pass.Report(analysis.Diagnostic{
				Span:    t.PathTok.Span,
				Message: fmt.Sprintf("package %s is %s and not main; go tool refuses to run it", t.Path, name),
			})
		}
	}
	return nil
}

// reportShared reports a tool whose short name is that of another.
func reportShared(pass *analysis.Pass, t *syntax.Tool) {
	var others []string
	var related []analysis.Related
	name := shortName(t.Path)
	for _, m := range pass.View.Modules() {
		for _, other := range m.Mod.Mod().Tool {
			if other.Valid && other.Path != t.Path && shortName(other.Path) == name {
				others = append(others, other.Path)
				related = append(related, analysis.Related{URI: m.Mod.URI, Span: other.PathTok.Span, Message: "the other " + name})
			}
		}
	}
	if len(others) == 0 {
		return
	}
	pass.Report(analysis.Diagnostic{
		Span:    t.PathTok.Span,
		Message: fmt.Sprintf("go tool %s could mean this or %s, and refuses; go tool %s works", name, strings.Join(others, " or "), t.Path),
		Related: related,
	})
}

// shortName returns the name that go tool takes for a tool; see load.Package.DefaultExecName.
func shortName(tool string) string {
	dir, elem := path.Split(tool)
	if dir != "" && isVersion(elem) {
		return path.Base(dir)
	}
	return elem
}

// isVersion reports whether the last element of a path is the suffix of a major version.
func isVersion(elem string) bool {
	digits, ok := strings.CutPrefix(elem, "v")
	return ok && digits != "" && digits != "1" && digits[0] != '0' && strings.Trim(digits, "0123456789") == ""
}

// packageName returns the name that all files of a package have that do not test it, whatever they are built for; "" where they
// differ, and where that is not known.
func packageName(pass *analysis.Pass, importPath string) string {
	dir := directory(pass, importPath)
	if dir == "" {
		return ""
	}
	name := ""
	for _, file := range pass.Snapshot.List(dir).Names {
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") || strings.HasPrefix(file, "_") || strings.HasPrefix(file, ".") {
			continue
		}
		fact := pass.Snapshot.Read(filepath.Join(dir, file))
		if fact.State != workspace.Regular {
			return ""
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, fact.File.Text, parser.PackageClauseOnly)
		if err != nil || name != "" && f.Name.Name != name {
			return ""
		}
		name = f.Name.Name
	}
	return name
}

// directory returns where the source of a package is: in the module with the longest path that has such a directory. It returns ""
// where that is not known.
func directory(pass *analysis.Pass, importPath string) string {
	g := pass.View.Graph()
	if g == nil || pass.View.Mode == workspace.Vendor {
		return ""
	}
	for prefix := importPath; prefix != "."; prefix = path.Dir(prefix) {
		root := ""
		switch version := g.Selected(prefix); version {
		case "none":
			continue
		case "":
			for _, m := range pass.View.Modules() {
				if m.Path() == prefix {
					root = m.Dir
				}
			}
		default:
			root = source(pass, module.Version{Path: prefix, Version: version})
		}
		if root == "" || pass.Snapshot.Read(root).State != workspace.Directory {
			return ""
		}
		dir := filepath.Join(root, filepath.FromSlash(strings.TrimPrefix(importPath, prefix)))
		if pass.Snapshot.Read(dir).State == workspace.Directory {
			return dir
		}
	}
	return ""
}

// source returns where the files of a selected module version should be.
func source(pass *analysis.Pass, m module.Version) string {
	if r := pass.View.Graph().Replacement(m); r != nil {
		if dir := r.Directory(); dir != "" {
			return dir
		}
		m = r.New
	}
	escaped, err := module.EscapePath(m.Path)
	if err != nil || pass.View.Env().ModCache == "" {
		return ""
	}
	version, err := module.EscapeVersion(m.Version)
	if err != nil {
		return ""
	}
	return filepath.Join(pass.View.Env().ModCache, filepath.FromSlash(escaped)+"@"+version)
}
