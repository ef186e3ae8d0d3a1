package locked

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/text"
)

// Arguments are what a command that runs go is told beside the document that it is about.
type Arguments struct {
	Module  string   `json:"module"`  // get
	Version string   `json:"version"` // get: a version, "latest", "patch", "none" or another query; "upgrade" if empty
	Modules []string `json:"modules"` // download: these, of the form path@version, and no others
	Recheck string   `json:"recheck"` // download: drop the checksums of this one, and take new ones
	Dir     string   `json:"dir"`     // workUse: relative to the go.work's directory
	Below   bool     `json:"below"`   // workUse: all modules in and below Dir, as go work use -r
}

// Paths returns the paths of the modules that are named.
func (a Arguments) Paths() []string {
	var paths []string
	for _, m := range append(slices.Clone(a.Modules), a.Module, a.Recheck) {
		if path, _, _ := strings.Cut(m, "@"); path != "" {
			paths = append(paths, path)
		}
	}
	return paths
}

// Resolves reports whether a command, run in dir, makes go look for packages that no module provides: go mod tidy does, and go
// mod vendor, which in a vendored module follows go get.
func Resolves(command, dir string) bool {
	switch command {
	case "gomodls.tidy", "gomodls.tidyPreview", "gomodls.vendor":
		return true
	case "gomodls.get":
		return vendored(dir)
	}
	return false
}

// ArgumentsOf reads the argument object of a fix's command.
func ArgumentsOf(object map[string]any) (a Arguments, err error) {
	data, err := json.Marshal(object)
	if err == nil {
		err = json.Unmarshal(data, &a)
	}
	return a, err
}

// Runs holds what the commands that run go do on a shadow, by the names that the server and fixes have for them.
var Runs = map[string]func(context.Context, *Shadow, Arguments) error{
	"gomodls.tidy":   func(ctx context.Context, s *Shadow, _ Arguments) error { return s.Tidy(ctx) },
	"gomodls.vendor": func(ctx context.Context, s *Shadow, _ Arguments) error { return s.Vendor(ctx) },
	"gomodls.get":    get,
	"gomodls.download": func(ctx context.Context, s *Shadow, a Arguments) error {
		if a.Recheck != "" {
			return s.Recheck(ctx, a.Recheck)
		}
		return s.Complete(ctx, a.Modules...)
	},
	"gomodls.workSync": func(ctx context.Context, s *Shadow, _ Arguments) error { return s.WorkSync(ctx) },
	"gomodls.workUse": func(ctx context.Context, s *Shadow, a Arguments) error {
		if a.Below {
			return s.WorkUseBelow(ctx, a.Dir)
		}
		return s.WorkUse(ctx, a.Dir)
	},
}

func get(ctx context.Context, s *Shadow, a Arguments) error {
	if module.CheckImportPath(a.Module) != nil || strings.HasPrefix(a.Module, "-") || strings.ContainsAny(a.Version, " \t\r\n@") {
		return fmt.Errorf("%q is not a module with a version to get", a.Query())
	}
	err := s.Get(ctx, a.Query())
	var failed *GoError
	if ctx.Err() != nil || !errors.As(err, &failed) || a.Version == "none" {
		return err
	}
	if ok, instead := s.getInstead(ctx, a); !ok || instead != nil {
		return err // what the user asked for and how that failed, not how the second way did
	}
	return nil
}

// getInstead gets another version of a module that go.mod requires in one that go cannot load: then it can load nothing,
// and fails before it looks for the other. It reports whether that is the case.
func (s *Shadow) getInstead(ctx context.Context, a Arguments) (ok bool, err error) {
	gomod := filepath.Join(s.root, "go.mod")
	before, _, err := s.Read(gomod)
	if err != nil {
		return false, err
	}
	required := func(src string) *syntax.Require {
		for _, r := range syntax.ParseMod(src).Require {
			if r.Valid && r.Path == a.Module {
				return r
			}
		}
		return nil
	}
	old := required(before)
	if old == nil {
		return false, nil
	}
	defer func() {
		if err != nil || !ok {
			s.Write(gomod, before)
		}
	}()
	without, _ := text.Apply(before, []text.Edit{fixes.DeleteLine(before, old.Line)})
	s.Write(gomod, without)
	if err := s.Run(ctx, "get", a.Query()); err != nil {
		return true, err
	}
	after, _, err := s.Read(gomod)
	if err != nil {
		return true, err
	}
	now := required(after)
	if now == nil {
		return false, nil
	}
	// The line stays where it was, with its comments.
	instead, _ := text.Apply(before, []text.Edit{fixes.Replace(old.VersionTok.Span, now.Version)})
	s.Write(gomod, instead)
	return true, s.Get(ctx, a.Module+"@"+now.Version)
}

// Query returns what go get is asked for.
func (a Arguments) Query() string {
	if a.Version == "" {
		return a.Module
	}
	return a.Module + "@" + a.Version
}
