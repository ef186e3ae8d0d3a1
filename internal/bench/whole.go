package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/sync/errgroup"
)

// wholeModule is a module with many packages in "all".
const wholeModule = "github.com/gohugoio/hugo@v0.147.0"

// whole gets a module with the sources of all its dependencies, and tidies it.
func (b *bench) whole() (*subject, error) {
	fmt.Fprintf(os.Stderr, "… %s, dependencies\n", wholeModule)
	dir := filepath.Join(b.dir, "whole")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	s, err := fetch(b.ctx, wholeModule, dir)
	if err != nil {
		return nil, err
	}
	if _, err := output(b.ctx, s.dir, nil, "go", "mod", "tidy"); err != nil {
		return nil, err
	}
	return s, s.load(b.ctx)
}

// workspaces measures a keystroke in one module of a large workspace, and loading it.
func (b *bench) workspaces(whole *subject) error {
	const n, each = 200, 16
	fmt.Fprintf(os.Stderr, "… a go.work with %d modules\n", n)
	dir := filepath.Join(b.dir, "work")
	s, err := whole.workspace(b.ctx, dir, n, each)
	if err != nil {
		return err
	}
	fmt.Fprintf(b.out, "\n## A go.work with %d modules\n\nEach imports packages of %d modules that %s requires directly, and is tidy.", n, each, whole.name)
	fmt.Fprintf(b.out, " The one that is edited has %d requirements, and %d lines in its go.sum.\n", s.requires, lines(s.sum))
	scenarios, err := s.scenarios()
	if err != nil {
		return err
	}
	env := append(b.env[:len(b.env):len(b.env)], "GOFLAGS=")
	all, err := b.edits(dir, s, scenarios, env)
	if err != nil {
		return err
	}
	b.noteEdits(all, "workspace", workP99)
	return b.loading(dir, "workspace", env, all[0])
}

// workspace makes a go.work with n modules, each of which imports a package of some of the modules that s requires directly, and
// is tidied by go, and returns a subject for the module in the middle.
func (s *subject) workspace(ctx context.Context, dir string, n, each int) (*subject, error) {
	file, err := modfile.Parse("go.mod", []byte(s.mod), nil)
	if err != nil {
		return nil, err
	}
	packages, err := s.packages(ctx)
	if err != nil {
		return nil, err
	}
	if len(packages) < each {
		return nil, fmt.Errorf("%s imports packages of %d modules only", s.name, len(packages))
	}
	_, requires, _ := strings.Cut(s.mod, "\n") // all but the module line
	var tidying errgroup.Group
	tidying.SetLimit(2)
	work := "go " + file.Go.Version + "\n\nuse (\n"
	name := func(i int) string { return fmt.Sprintf("m%03d", i) }
	for i := range n {
		work += "\t./" + name(i) + "\n"
		imports := "package m\n\nimport (\n"
		for j := range each {
			imports += fmt.Sprintf("\t_ %q\n", packages[(i*7+j*3)%len(packages)])
		}
		sub := filepath.Join(dir, name(i))
		if err := writeFiles(sub, map[string]string{
			"go.mod": "module example.com/work/" + name(i) + "\n" + requires, "go.sum": s.sum, "m.go": imports + ")\n",
		}); err != nil {
			return nil, err
		}
		tidying.Go(func() error {
			_, err := output(ctx, sub, append(os.Environ(), "GOFLAGS=", "GOWORK=off"), "go", "mod", "tidy")
			return err
		})
	}
	if err := tidying.Wait(); err != nil {
		return nil, err
	}
	if err := writeFiles(dir, map[string]string{"go.work": work + ")\n"}); err != nil {
		return nil, err
	}
	middle := &subject{name: "work", dir: filepath.Join(dir, name(n/2)), sums: map[string]string{}}
	env := append(os.Environ(), "GOFLAGS=", "GOWORK=")
	if _, err := output(ctx, dir, env, "go", "list", "-deps", "example.com/work/..."); err != nil { // fetches what lacks
		return nil, err
	}
	return middle, middle.load(ctx)
}

// packages returns a package of each module that s requires directly, among those that its own packages lead to. What they embed
// has not been copied, hence -e.
func (s *subject) packages(ctx context.Context) ([]string, error) {
	const format = "{{with .Module}}{{if not (or .Main .Indirect)}}{{.Path}} {{.Version}} {{$.ImportPath}}{{end}}{{end}}"
	out, err := output(ctx, s.dir, nil, "go", "list", "-e", "-deps", "-f", format, "./...")
	if err != nil {
		return nil, err
	}
	var all []string
	have := map[module.Version]bool{}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if len(f) != 3 || strings.Contains(f[2]+"/", "/internal/") {
			continue
		}
		if m := (module.Version{Path: f[0], Version: f[1]}); !have[m] {
			have[m] = true
			all = append(all, f[2])
		}
	}
	return all, nil
}
