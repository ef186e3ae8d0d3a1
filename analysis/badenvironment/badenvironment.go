package badenvironment

import (
	"context"
	_ "embed"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/internal/goenv"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports settings of the Go environment that keep the go command from working here.
var Analyzer = &analysis.Analyzer{
	Name:     "badenvironment",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      run,
}

// Severity says how grave each effect of a setting is.
var Severity = map[goenv.Effect]analysis.Severity{
	goenv.RefusesAll: analysis.Error, goenv.RefusesFetch: analysis.Warning, goenv.Unprotected: analysis.Warning, goenv.Accepted: analysis.Information,
}

func run(_ context.Context, pass *analysis.Pass) error {
	if pass.File.Kind != workspace.WorkFile && (pass.File.Kind != workspace.ModFile || pass.View.Work != nil || pass.View.Own) {
		return nil
	}
	env := pass.View.Env()
	span := place(pass.File)
	if !checkGoroot(pass, env, span) {
		return nil
	}
	for _, p := range env.Problems {
		if env.Goroot == "" && p.Value.Source == goenv.Default { // its default is not known
			continue
		}
		severity := Severity[p.Effect]
		message := fmt.Sprintf("%s: %s; %s", p.Key, p.Message, p.Remedy)
		if where := source(p.Value); where != "" {
			message += " (it is set by " + where + ")"
		}
		if p.Effect == goenv.Unprotected && !requires(pass.View) {
			severity = analysis.Information // nothing to protect here
		}
		if p.Key == "GOPROXY" && env.ProxyErr != nil && requires(pass.View) {
			severity = analysis.Error // also for what is in the module cache
		}
		pass.Report(analysis.Diagnostic{Span: span, Severity: severity, Message: message})
	}
	if file := env.ModFile; file != "" && pass.View.Work == nil {
		if !filepath.IsAbs(file) {
			file = filepath.Join(pass.View.Dir, file)
		}
		switch {
		case filepath.Ext(file) != ".mod":
			pass.Report(analysis.Diagnostic{Span: span, Message: fmt.Sprintf("GOFLAGS: -modfile names %s, which does not end in .mod; go refuses", env.ModFile)})
		case pass.Snapshot.Read(file).State != workspace.Regular:
			pass.Report(analysis.Diagnostic{Span: span, Message: fmt.Sprintf("GOFLAGS: -modfile names %s, which cannot be read; go refuses", env.ModFile)})
		}
	}
	if file, _ := env.Flag("overlay"); file != "" {
		path := file
		if !filepath.IsAbs(path) {
			path = filepath.Join(pass.View.Dir, path)
		}
		if pass.Snapshot.Read(path).State == workspace.Missing {
			pass.Report(analysis.Diagnostic{Span: span, Message: fmt.Sprintf("GOFLAGS: -overlay names %s, which does not exist; go refuses", file)})
		}
	}
	if work := env.GoWork; work != "" && work != "auto" && work != "off" && filepath.IsAbs(work) {
		switch f := pass.Snapshot.Read(work); f.State {
		case workspace.Unknown, workspace.Regular:
		case workspace.Missing:
			pass.Report(analysis.Diagnostic{Span: span, Message: fmt.Sprintf("GOWORK names %s, which does not exist; go refuses (it is set by %s)", work, source(env.Get("GOWORK")))})
		default:
			pass.Report(analysis.Diagnostic{Span: span, Message: fmt.Sprintf("GOWORK names %s, which cannot be read as a file; go refuses (it is set by %s)", work, source(env.Get("GOWORK")))})
		}
	}
	if pass.View.Work != nil && env.ModFile != "" {
		pass.Report(analysis.Diagnostic{Span: span, Message: fmt.Sprintf("GOFLAGS: -modfile is refused in a workspace; leave it out (it is set by %s)", source(env.Get("GOFLAGS")))})
	}
	if pass.View.Work != nil && env.Mod == "mod" {
		pass.Report(analysis.Diagnostic{Span: span, Message: fmt.Sprintf("GOFLAGS: -mod=mod is refused in a workspace; use -mod=readonly or -mod=vendor, or leave it out (it is set by %s)", source(env.Get("GOFLAGS")))})
	}
	return nil
}

// checkGoroot reports what the user's GOROOT lacks: itself, or what GOEXPERIMENT and GOFIPS140 ask for. It returns false if
// there is no such directory.
func checkGoroot(pass *analysis.Pass, env *goenv.Env, span text.Span) bool {
	root := env.Get("GOROOT")
	if root.Source != goenv.Default {
		if s := pass.Snapshot.List(root.Value).State; filepath.IsAbs(root.Value) && (s == workspace.Missing || s == workspace.Regular) {
			pass.Report(analysis.Diagnostic{Span: span, Message: fmt.Sprintf("GOROOT: cannot find the directory %s; go refuses (it is set by %s)", root.Value, source(root))})
			return false
		}
	}
	if env.Goroot == "" || pass.View.UnknownToolchain() {
		return true
	}
	if v := env.Get("GOEXPERIMENT"); v.Value != "" {
		flags := pass.Snapshot.Read(filepath.Join(env.Goroot, "src", "internal", "goexperiment", "flags.go"))
		if flags.State == workspace.Regular {
			if known, ok := goenv.ParseExperiments(flags.File.Text); ok {
				if name := env.UnknownExperiment(known); name != "" {
					pass.Report(analysis.Diagnostic{Span: span, Message: fmt.Sprintf("GOEXPERIMENT: the installed Go has no experiment %s; go refuses (it is set by %s)", name, source(v))})
				}
			}
		}
	}
	if name := env.FIPSVersion(); name != "" {
		dir := pass.Snapshot.List(filepath.Join(env.Goroot, "lib", "fips140"))
		if dir.State == workspace.Directory && !slices.Contains(dir.Names, name+".zip") && !slices.Contains(dir.Names, name+".txt") {
			pass.Report(analysis.Diagnostic{Span: span, Message: fmt.Sprintf("GOFIPS140: the installed Go has no version %s; go refuses (it is set by %s)", name, source(env.Get("GOFIPS140")))})
		}
	}
	return true
}

// requires reports whether any module of the view requires another.
func requires(v *workspace.View) bool {
	for _, m := range v.Modules() {
		if len(m.Mod.Mod().Require) > 0 {
			return true
		}
	}
	return false
}

// place is the module line, or the first line of a file without one.
func place(f *workspace.File) text.Span {
	if f.Kind == workspace.ModFile {
		if decl := f.Mod().Module; decl != nil {
			return decl.Line.Span
		}
	}
	return f.Start()
}

func source(v goenv.Value) string {
	switch v.Source {
	case goenv.File, goenv.Goroot:
		return v.Path
	case goenv.Default:
		return ""
	}
	return v.Source.String()
}
