package inconsistentvendor

import (
	"context"
	_ "embed"
	"fmt"
	"path/filepath"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports where go.mod or go.work and vendor/modules.txt contradict each other.
var Analyzer = &analysis.Analyzer{
	Name:     "inconsistentvendor",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	switch pass.File.Kind {
	case workspace.ModFile, workspace.WorkFile, workspace.VendorFile:
	default:
		return nil
	}
	for _, fault := range pass.View.VendorFaults() {
		if span, ok := place(pass, fault); ok {
			report(pass, fault, span)
		}
	}
	return nil
}

// place returns where in the pass's file a fault shows, and false if it shows in another file.
func place(pass *analysis.Pass, f modgraph.VendorFault) (text.Span, bool) {
	switch {
	case f.Line > 0:
		return text.NewLines(pass.File.Text).Span(f.Line - 1), pass.File.Kind == workspace.VendorFile
	case f.Main >= 0:
		if pass.File.Kind == workspace.ModFile && pass.View.Modules()[f.Main] == pass.Module {
			for _, r := range pass.File.Mod().Require {
				if r.Valid && r.Path == f.Module.Path && r.Version == f.Module.Version {
					return r.VersionTok.Span, true
				}
			}
		}
	case f.Dir == filepath.Dir(pass.File.Path):
		for _, r := range replacements(pass.File) {
			if r.Valid && r.Old == f.Module {
				return r.Line.Span, true
			}
		}
	}
	return text.Span{}, false
}

func replacements(f *workspace.File) []*syntax.Replace {
	switch f.Kind {
	case workspace.ModFile:
		return f.Mod().Replace
	case workspace.WorkFile:
		return f.Work().Replace
	}
	return nil
}

func report(pass *analysis.Pass, f modgraph.VendorFault, span text.Span) {
	d := analysis.Diagnostic{Span: span, Module: f.Module, Message: message(f)}
	if f.Kind != modgraph.VendoredTooNew {
		title := "Run go mod vendor"
		if pass.View.Work != nil {
			title = "Run go work vendor"
		}
		d.Fixes = []fixes.Fix{{Title: title, Kind: fixes.QuickFix, Preferred: true, Command: pass.Command("gomodls.vendor", nil)}}
	}
	pass.Report(d)
}

func message(f modgraph.VendorFault) string {
	name := describe(f.Module)
	switch f.Kind {
	case modgraph.RequireNotExplicit:
		return fmt.Sprintf("%s is required here, but vendor/modules.txt does not mark it as explicit; go refuses until the vendor directory is made anew", name)
	case modgraph.RequireOtherVersion:
		return fmt.Sprintf("%s is required here, but vendor/modules.txt has %s; go refuses until the vendor directory is made anew", name, f.Recorded.Version)
	case modgraph.ReplaceNotRecorded:
		return fmt.Sprintf("%s is replaced here, but vendor/modules.txt does not record that; go refuses until the vendor directory is made anew", name)
	case modgraph.ReplaceDiffers:
		return fmt.Sprintf("vendor/modules.txt records that %s is replaced by %s; go refuses until the vendor directory is made anew", name, describe(f.Recorded))
	case modgraph.ExplicitNotRequired:
		return fmt.Sprintf("%s is marked as explicit, but not required; go refuses until the vendor directory is made anew", name)
	case modgraph.RecordedNotReplaced:
		return fmt.Sprintf("%s is recorded as replaced by %s, but is not replaced; go refuses until the vendor directory is made anew", name, describe(f.Recorded))
	case modgraph.NotARoot:
		return fmt.Sprintf("%s is vendored, but not required in go.mod; go refuses until it is", name)
	}
	return fmt.Sprintf("%s needs go %s, newer than the installed one; go refuses", name, f.Recorded.Version)
}

func describe(m module.Version) string {
	if m.Version == "" {
		return m.Path
	}
	return m.Path + " " + m.Version
}
