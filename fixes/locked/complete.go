package locked

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/syntax"
)

// Complete lets go download what it lacks and add the checksums that it would demand: for modules, which are of the form
// path@version, or else for the module graph and all requirements. It changes go.sum, in a workspace go.work.sum, alone.
func (s *Shadow) Complete(ctx context.Context, modules ...string) error {
	for _, m := range modules {
		path, version, ok := strings.Cut(m, "@")
		if !ok || module.CheckPath(path) != nil || version == "" || strings.ContainsAny(version, " \t\n") {
			return fmt.Errorf("%q is not of the form path@version", m)
		}
	}
	if len(modules) > 0 || s.world.Work != "" {
		return s.Download(ctx, modules...)
	}
	// Listing all modules takes the checksums of all go.mod files; those of the modules themselves are added only for
	// modules that are named.
	gomod := filepath.Join(s.root, "go.mod")
	before, _, err := s.Read(gomod)
	if err != nil {
		return err
	}
	// -mod=mod may mend more than was asked for, so go.mod is put back in the end.
	defer func() { s.Write(gomod, before) }()
	if err := s.Run(ctx, "list", "-mod=mod", "-m", "-f", `{{""}}`, "all"); err != nil {
		return err
	}
	mended, _, err := s.Read(gomod)
	if err != nil {
		return err
	}
	sums, _, err := s.Read(filepath.Join(s.root, "go.sum"))
	if err != nil {
		return err
	}
	if modules = unsummed(syntax.ParseMod(mended), sums); len(modules) == 0 {
		return nil
	}
	return s.Download(ctx, modules...)
}

// unsummed returns the requirements whose contents sums does not protect, as go mod download takes them: with a version it
// fetches what that names, and without one what is in its place.
func unsummed(mod *syntax.Mod, sums string) []string {
	have := make(map[module.Version]bool)
	for line := range strings.Lines(sums) {
		if w := strings.Fields(line); len(w) == 3 {
			have[module.Version{Path: w[0], Version: w[1]}] = true
		}
	}
	var missing []string
	for _, r := range mod.Require {
		switch actual := replaced(mod, r); {
		case actual.Version == "" || have[actual]:
		case actual.Path != r.Path || actual.Version != r.Version:
			missing = append(missing, r.Path)
		default:
			missing = append(missing, r.Path+"@"+r.Version)
		}
	}
	return missing
}

// replaced returns what go fetches for a requirement: itself or its replacement, whose version is empty if it is a
// directory.
func replaced(mod *syntax.Mod, r *syntax.Require) module.Version {
	actual := module.Version{Path: r.Path, Version: r.Version}
	for _, rep := range mod.Replace {
		switch {
		case rep.Old.Path != r.Path:
		case rep.Old.Version == r.Version:
			return rep.New
		case rep.Old.Version == "":
			actual = rep.New
		}
	}
	return actual
}

// Recheck drops the checksums of a module, of the form path@version, and lets go take new ones.
func (s *Shadow) Recheck(ctx context.Context, m string) error {
	path, version, _ := strings.Cut(m, "@")
	sum := filepath.Join(s.root, "go.sum")
	if s.world.Work != "" {
		sum = filepath.Join(filepath.Dir(realFile(s.world.Work)), "go.work.sum")
	}
	text, exists, err := s.Read(sum)
	if err != nil {
		return err
	}
	kept := slices.DeleteFunc(slices.Collect(strings.Lines(text)), func(line string) bool {
		w := strings.Fields(line)
		return len(w) == 3 && w[0] == path && (w[1] == version || w[1] == version+"/go.mod")
	})
	if exists {
		s.Write(sum, strings.Join(kept, ""))
	}
	return s.Complete(ctx, m)
}
