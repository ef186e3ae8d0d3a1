package badenvironment

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/internal/goenv"
	"github.com/gomodls/gomodls/internal/workspace"
)

// A Finding is one thing that is wrong with the environment in which a view is loaded.
type Finding struct {
	goenv.Problem
	Severity analysis.Severity
}

// A search collects the findings of one view.
type search struct {
	snap  *workspace.Snapshot
	view  *workspace.View
	env   *goenv.Env
	found []Finding
}

// Find returns what is wrong with the environment of a view: by the values alone, and by the files that they name.
func Find(snap *workspace.Snapshot, v *workspace.View) []Finding {
	s := &search{snap: snap, view: v, env: v.Env()}
	if !s.goroot() {
		return s.found // nothing else is read
	}
	for _, p := range s.env.Problems {
		if s.env.Goroot == "" && p.Value.Source == goenv.Default { // its default is not known
			continue
		}
		s.found = append(s.found, Finding{p, s.severity(p)})
	}
	s.modFile()
	s.overlay()
	s.goWork()
	s.auth()
	return s.found
}

// severity says how grave a problem is here.
func (s *search) severity(p goenv.Problem) analysis.Severity {
	switch {
	case p.Effect == goenv.Unprotected && !requires(s.view):
		return analysis.Information // nothing to protect here
	case p.Key == "GOPROXY" && s.env.ProxyErr != nil && requires(s.view):
		return analysis.Error // also for what is in the module cache
	}
	return severity[p.Effect]
}

func (s *search) add(effect goenv.Effect, key, remedy, format string, args ...any) {
	p := goenv.Problem{Key: key, Value: s.env.Get(key), Effect: effect, Message: fmt.Sprintf(format, args...), Remedy: remedy}
	s.found = append(s.found, Finding{p, severity[effect]})
}

// goroot looks at what the user's GOROOT lacks: itself, or what GOEXPERIMENT and GOFIPS140 ask for. It returns false if there
// is no such directory.
func (s *search) goroot() bool {
	root := s.env.Get("GOROOT")
	if root.Source != goenv.Default {
		if state := s.snap.List(root.Value).State; filepath.IsAbs(root.Value) && (state == workspace.Missing || state == workspace.Regular) {
			s.add(goenv.RefusesAll, "GOROOT", "unset GOROOT", "cannot find the directory %s; go refuses", root.Value)
			return false
		}
	}
	if s.env.Goroot == "" || s.view.UnknownToolchain() {
		return true
	}
	if s.env.Get("GOEXPERIMENT").Value != "" {
		flags := s.snap.Read(filepath.Join(s.env.Goroot, "src", "internal", "goexperiment", "flags.go"))
		if flags.State == workspace.Regular {
			if known, ok := goenv.ParseExperiments(flags.File.Text); ok {
				if name := s.env.UnknownExperiment(known); name != "" {
					s.add(goenv.RefusesAll, "GOEXPERIMENT", "leave it out", "the installed Go has no experiment %s; go refuses", name)
				}
			}
		}
	}
	if name := s.env.FIPSVersion(); name != "" {
		dir := s.snap.List(filepath.Join(s.env.Goroot, "lib", "fips140"))
		if dir.State == workspace.Directory && !slices.Contains(dir.Names, name+".zip") && !slices.Contains(dir.Names, name+".txt") {
			s.add(goenv.RefusesAll, "GOFIPS140", "use off, latest, inprocess or certified", "the installed Go has no version %s; go refuses", name)
		}
	}
	return true
}

// modFile looks at -modfile of GOFLAGS; that its name ends in .mod is a matter of the value alone.
func (s *search) modFile() {
	file := s.env.ModFile
	switch {
	case file == "":
	case s.view.Work != nil:
		s.add(goenv.RefusesAll, "GOFLAGS", "leave it out", "-modfile is refused in a workspace")
	case filepath.Ext(file) == ".mod" && s.snap.Read(s.absolute(file)).State != workspace.Regular:
		s.add(goenv.RefusesAll, "GOFLAGS", "leave it out", "-modfile names %s, which cannot be read; go refuses", file)
	}
	if s.view.Work != nil && s.env.Mod == "mod" {
		s.add(goenv.RefusesAll, "GOFLAGS", "use -mod=readonly or -mod=vendor, or leave it out", "-mod=mod is refused in a workspace")
	}
}

// overlay looks at the file that -overlay of GOFLAGS names. What is said of files that it replaces is about those on disk, so
// that it does is said, too.
func (s *search) overlay() {
	file, _ := s.env.Flag("overlay")
	if file == "" {
		return
	}
	const out = "leave it out"
	fact := s.snap.Read(s.absolute(file))
	switch fact.State {
	case workspace.Missing:
		s.add(goenv.RefusesAll, "GOFLAGS", out, "-overlay names %s, which does not exist; go refuses", file)
	case workspace.Regular:
		var replaced struct{ Replace map[string]string }
		if json.Unmarshal([]byte(fact.File.Text), &replaced) != nil {
			s.add(goenv.RefusesAll, "GOFLAGS", out, `-overlay names %s, which is not of the form {"Replace": {"path": "file"}}; go refuses`, file)
			return
		}
		var names []string
		for path := range replaced.Replace {
			for _, dir := range s.view.Dirs() {
				if rel, err := filepath.Rel(dir, s.absolute(path)); err == nil && filepath.IsLocal(rel) && !slices.Contains(names, rel) {
					names = append(names, rel)
				}
			}
		}
		if slices.Sort(names); len(names) > 0 {
			s.add(goenv.Accepted, "GOFLAGS", "leave it out, or run gomodls check --overlay="+file,
				"-overlay gives go another %s than the one that is looked at here, so what is said of it may not hold", strings.Join(names[:min(len(names), 5)], ", "))
		}
	}
}

func (s *search) goWork() {
	work := s.env.GoWork
	if work == "" || work == "auto" || work == "off" || !filepath.IsAbs(work) {
		return
	}
	const remedy = "name a go.work, or unset GOWORK"
	switch s.snap.Read(work).State {
	case workspace.Unknown, workspace.Regular:
	case workspace.Missing:
		s.add(goenv.RefusesAll, "GOWORK", remedy, "it names %s, which does not exist; go refuses", work)
	default:
		s.add(goenv.RefusesAll, "GOWORK", remedy, "it names %s, which cannot be read as a file; go refuses", work)
	}
}

// auth looks at the directories that GOAUTH names, as go does when it first needs credentials.
func (s *search) auth() {
	for _, dir := range s.env.AuthDirs() {
		switch s.snap.List(dir).State {
		case workspace.Missing:
			s.add(goenv.RefusesFetch, "GOAUTH", "name the working directory of a git repository", "git %s names no directory", dir)
		case workspace.Regular:
			s.add(goenv.RefusesFetch, "GOAUTH", "name the working directory of a git repository", "git %s names a file, not a directory", dir)
		}
	}
}

// absolute returns the path as go run in the view's directory has it.
func (s *search) absolute(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(s.view.Dir, path)
}
