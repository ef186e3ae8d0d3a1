package main

import (
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"time"
)

// A command is something that loads a module once.
type command struct {
	name string
	argv []string
	env  []string
	prep func() error // before each run
}

// loads is how often a command is run.
const loads = 20

// inTurns runs commands one after the other, again and again, so that a busy moment hits all, and returns what they took.
func (b *bench) inTurns(dir string, commands []command) ([]sample, error) {
	samples := make([]sample, len(commands))
	end := time.Now().Add(time.Duration(len(commands)) * b.budget())
	for i := 0; i <= loads && (i < 3 || time.Now().Before(end)); i++ {
		for j, c := range commands {
			if c.prep != nil {
				if err := c.prep(); err != nil {
					return nil, err
				}
			}
			took, err := timed(b.ctx, dir, c.env, c.argv...)
			if err != nil {
				return nil, err
			}
			if i > 0 { // the first fills the caches
				samples[j] = append(samples[j], took)
			}
		}
	}
	return samples, nil
}

// loading measures what loads a module once: gomodls check and go list.
func (b *bench) loading(dir, where string, env []string, opened measured) error {
	fmt.Fprintf(os.Stderr, "… %s, loading\n", where)
	cold := filepath.Join(b.dir, "cold")
	samples, err := b.inTurns(dir, []command{
		{"go list -m all", []string{"go", "list", "-m", "all"}, env, nil},
		{"gomodls check", []string{b.gomodls, "check"}, env, nil},
		{"gomodls check, caches empty", []string{b.gomodls, "check"}, append(env[:len(env):len(env)], "XDG_CACHE_HOME="+cold), func() error { return os.RemoveAll(cold) }},
	})
	if err := b.ctx.Err(); err != nil {
		return err
	}
	if err != nil {
		fmt.Fprintf(b.out, "\nloading: %v\n", err)
		b.broken = append(b.broken, where+": "+err.Error())
		return nil
	}
	t := newTable(b.out, "loading", "took", "× of go list")
	list := samples[0]
	of := func(name string, s sample) { t.row(name, s.String(), ratio(list, s)) }
	of("go list -m all", list)
	of("gomodls check", samples[1])
	of("gomodls check, caches empty", samples[2])
	of("open to first answer", opened.opened)
	of("open to complete", opened.complete)
	b.note(checkList, times(list, samples[1]), where)
	if len(opened.complete) > 0 {
		b.note(openList, times(list, opened.complete), where)
	}
	return nil
}

// imports measures an import that is edited in an open file, and opening, beside go mod tidy -diff, with all dependencies in the
// module cache.
func (b *bench) imports(s *subject) error {
	fmt.Fprintf(b.out, "\n## Imports of %s\n\nAll dependencies are in the module cache, and the module is tidy.\n", s.name)
	mod := append(b.env[:len(b.env):len(b.env)], "GOFLAGS=")
	samples, err := b.inTurns(s.dir, []command{{"go mod tidy -diff", []string{"go", "mod", "tidy", "-diff"}, mod, nil}})
	if err != nil {
		return err
	}
	m := measured{server: b.servers()[0], edits: map[string]sample{}}
	for range 2 {
		m.opened, m.complete = nil, nil
		if err := b.session(&m, s.dir, s, nil, mod); err != nil {
			return err
		}
	}
	for end := time.Now().Add(2 * b.budget()); len(m.complete) < openings && time.Now().Before(end); {
		if err := b.session(&m, s.dir, s, nil, mod); err != nil {
			return err
		}
	}
	added, removed, err := b.typeImports(s, mod)
	if err != nil {
		b.broken = append(b.broken, err.Error())
	}
	t := newTable(b.out, "what", "took", "× of tidy")
	tidy := samples[0]
	t.row("go mod tidy -diff", tidy.String(), ratio(tidy, tidy))
	t.row("open to first answer", m.opened.String(), ratio(tidy, m.opened))
	t.row("open to complete", m.complete.String(), ratio(tidy, m.complete))
	t.row("import added", added.String(), ratio(tidy, added))
	t.row("import removed", removed.String(), ratio(tidy, removed))
	b.note(openTidy, times(tidy, m.complete), "hugo")
	if len(added) > 0 {
		b.note(importEdit, ms(added.at(50)), "hugo, import added")
	}
	return nil
}

// typeImports adds an import of a package that no module provides to a Go file, and takes it away, and waits each time until the
// Go file's diagnostics say so.
func (b *bench) typeImports(s *subject, env []string) (added, removed sample, err error) {
	path := filepath.Join(s.dir, "main.go")
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	text := string(data)
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, text, parser.ImportsOnly)
	if err != nil {
		return nil, nil, err
	}
	if len(file.Imports) == 0 {
		return nil, nil, fmt.Errorf("%s imports nothing", path)
	}
	row := files.Position(file.Imports[0].Pos()).Line - 1
	server := b.servers()[0]
	e, err := start(b.ctx, server.name, server.argv, env, s.dir, nil)
	if err != nil {
		return nil, nil, err
	}
	defer e.stop()
	gomod := filepath.Join(s.dir, "go.mod")
	if err := e.open(gomod, s.mod); err != nil {
		return nil, nil, err
	}
	if err := e.open(path, text); err != nil {
		return nil, nil, err
	}
	e.settle(gomod, heard{at: time.Now()}, time.Minute)
	e.settle("", heard{at: time.Now()}, 10*time.Second)
	m := measured{server: server, edits: map[string]sample{}}
	count := 0
	for i := range 30 { // each time another path, of which no earlier answer knows anything
		line := fmt.Sprintf("\t\"example.com/nobody/has/this%d\"\n", i)
		sc := scenario{name: "import", watch: path, edit: change{path: path, at: row, with: []string{line}}}
		if err = b.scenario(&m, e, sc, 2, &count); err != nil {
			break
		}
		e.settle("", heard{at: time.Now()}, 5*time.Second) // nobody types the next within a few milliseconds
	}
	return m.edits["import"], m.edits[takenBack("import")], err
}
