package untidysum

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/gosum"
	"github.com/gomodls/gomodls/internal/packages"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports checksums that tidy would add.
var Analyzer = &analysis.Analyzer{
	Name:     "untidysum",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Warning,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	if pass.File.Kind != workspace.SumFile || pass.Module == nil || pass.File != pass.Module.Sum || len(pass.File.Sum().Problems) > 0 {
		return nil
	}
	a := pass.Tidied()
	if a == nil || len(a.Faults) > 0 || len(a.Result.Added) == 0 || asked(pass) || !pass.TidilyRequired(a) {
		return nil
	}
	keys := slices.DeleteFunc(slices.Clone(a.Result.Added), pass.File.Checksums().Has)
	if len(keys) == 0 {
		return nil
	}
	what, title := "the checksum of "+spelled(keys[0]), "Add the checksum of "+spelled(keys[0])
	if n := len(keys); n > 1 {
		what, title = fmt.Sprintf("%d checksums, that of %s first,", n, spelled(keys[0])), fmt.Sprintf("Add the %d checksums", n)
	}
	d := analysis.Diagnostic{
		Span: place(pass.File.Sum(), keys[0]), Module: module.Version{Path: keys[0].Path, Version: strings.TrimSuffix(keys[0].Version, "/go.mod")},
		Message: fmt.Sprintf("go mod tidy would add %s, which go does without", what),
	}
	tidy := pass.RunTidy()
	if fix, proved := pass.AddSums(title, keys); proved {
		d.Fixes = append(d.Fixes, fix)
	} else {
		tidy.Preferred = true
	}
	d.Fixes = append(d.Fixes, tidy)
	pass.Report(d)
	return nil
}

// asked reports whether the go command asks for checksums that go.sum does not have, or nobody knows whether it does.
func asked(pass *analysis.Pass) bool {
	if pass.View.Mode == workspace.Vendor {
		return false
	}
	g := pass.View.Graph()
	if g == nil || g.Inconsistent() || len(gosum.Missing(g, pass.File.Checksums())) > 0 {
		return true
	}
	if pass.View.Own {
		return false
	}
	r := pass.View.Packages()
	return r == nil || slices.ContainsFunc(r.Needs, func(n packages.Need) bool { return !pass.File.Checksums().Has(n.Key) })
}

// place returns the line before which the line about key belongs, or else the last.
func place(file *syntax.Sum, key module.Version) text.Span {
	if len(file.Entries) == 0 {
		return text.Span{}
	}
	at := fixes.AddSums(file, []fixes.Sum{{Version: key}})[0].Span.Start
	i := slices.IndexFunc(file.Entries, func(e syntax.SumLine) bool { return e.Span.Start >= at })
	if i < 0 {
		i = len(file.Entries) - 1
	}
	return file.Entries[i].Span
}

func spelled(key module.Version) string { return key.Path + " " + key.Version }
