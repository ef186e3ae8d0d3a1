package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.lsp.dev/uri"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/analysis/privategap"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/fixes/locked"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/workspace"
)

func newFix() *cobra.Command {
	var diff bool
	var only []string
	var failOn string
	cmd := &cobra.Command{
		Use:   "fix [flags] [DIR...]",
		Short: "Apply the preferred fix of each diagnostic",
		Long: `Fix applies the preferred fix of each diagnostic of the module or workspace in each DIR, as check names them, and goes on
until none is left that helps. Where a fix needs the go command, to add checksums for example, it may download modules; it
is not run while it would send out the path of a private module. What belongs to one module is changed all or
nothing, and gomodls undo takes it back.

Then it prints what is left, with the exit status of check. With --diff it writes nothing, prints what it would change, and
exits with 1 if that is anything.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			limit, err := parseThreshold(failOn)
			if err != nil {
				return err
			}
			for _, code := range only {
				if _, err := ruleNamed(code); err != nil {
					return fmt.Errorf("--only: %w", err)
				}
			}
			ctx, stop := interruptible(cmd.Context())
			defer stop()
			e, err := newEngine(args, "")
			if err != nil {
				return err
			}
			a, err := e.analyze(ctx)
			if err != nil {
				return err
			}
			changed, err := fixAll(ctx, cmd, a, e.cwd, only, diff)
			if err != nil {
				return err
			}
			if diff {
				return leave(cmd, a.troubles, changed)
			}
			e, err = newEngine(args, "")
			if err != nil {
				return err
			}
			if a, err = e.analyze(ctx); err != nil {
				return err
			}
			return finish(cmd, "text", newReport(e.cwd, a.Result), a, limit)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&diff, "diff", false, "print what would change and write nothing")
	flags.StringSliceVar(&only, "only", nil, "fix diagnostics with these `CODES` alone, separated by commas")
	flags.StringVar(&failOn, "fail-on", "error", "the least `SEVERITY` that, being left, makes the exit status 1: error, warning, information or unknown")
	return cmd
}

// leave ends a command that has shown what it would change.
func leave(cmd *cobra.Command, troubles []error, changed bool) error {
	for _, err := range troubles {
		fmt.Fprintf(cmd.ErrOrStderr(), "gomodls: %v\n", err)
	}
	switch {
	case len(troubles) > 0:
		return status(exitFailed)
	case changed:
		return status(exitFound)
	}
	return nil
}

// fixAll fixes the directories of an answer's documents one after the other, and reports whether it changed anything or, with
// diff, would.
func fixAll(ctx context.Context, cmd *cobra.Command, a *answer, cwd string, only []string, diff bool) (changed bool, err error) {
	var done []string
	for _, document := range a.documents {
		dir := filepath.Dir(document)
		if slices.Contains(done, dir) {
			continue
		}
		done = append(done, dir)
		f := &fixer{dir: dir, only: only, messages: cmd.ErrOrStderr()}
		result, err := change{cmd: cmd, title: "gomodls fix", dir: dir, run: f.run, diff: diff}.do(ctx)
		if err != nil {
			return changed, err
		}
		for _, note := range f.notes {
			fmt.Fprintf(cmd.ErrOrStderr(), "gomodls: %s\n", note)
		}
		for _, c := range result.Changes {
			changed = true
			if diff {
				fmt.Fprint(cmd.OutOrStdout(), c.Diff(cwd))
			}
		}
		if len(result.Changes) > 0 && !diff {
			f.list(cmd.OutOrStdout(), cwd)
		}
	}
	return changed, nil
}

// A fixer fixes the module files of one directory.
type fixer struct {
	dir      string
	only     []string
	messages io.Writer

	engine  *engine
	applied []applied
	tried   map[string]bool // commands
	notes   []string        // what was not applied, and why
}

type applied struct{ path, title string }

// list prints what was done.
func (f *fixer) list(out io.Writer, cwd string) {
	for _, a := range f.applied {
		fmt.Fprintf(out, "%s: %s\n", shortPath(cwd, a.path), a.title)
	}
}

// maxRounds bounds how often fixes are applied to what earlier ones made. Each round leaves fewer diagnostics, unless two
// fixes undo each other, which would be a fault of ours.
const maxRounds = 20

// run computes what the files become: by edits, round after round, and, once edits are of no more help, by the go command,
// which wants a go.mod that it can load.
func (f *fixer) run(ctx context.Context, shadow *locked.Shadow) error {
	f.applied, f.tried, f.notes = nil, map[string]bool{}, nil
	if err := f.open(shadow); err != nil {
		return err
	}
	for range maxRounds {
		a, err := f.engine.analyze(ctx)
		if err != nil {
			return err
		}
		if edits := f.edits(a); len(edits) > 0 {
			if err := f.apply(a, edits, shadow); err != nil {
				return err
			}
			continue
		}
		if gap := privategap.Open(a.Result, f.dir); gap != "" {
			f.notes = f.withheld(a, gap)
			return nil
		}
		fix, ok := f.command(a)
		if !ok {
			return nil
		}
		asked, err := f.asks(ctx, fix)
		if err != nil {
			return err
		}
		if err := privategap.Doubt(a.Result, f.dir, asked...); err != nil {
			f.notes = []string{fmt.Sprintf("not applied: %s: %v", fix.Title, err)}
			return nil
		}
		if err := f.execute(ctx, fix, shadow); err != nil {
			return err
		}
		if err := f.open(shadow); err != nil {
			return err
		}
	}
	return nil
}

// open makes an engine that sees the module files as the shadow has them.
func (f *fixer) open(shadow *locked.Shadow) error {
	var err error
	if f.engine, err = newEngine([]string{f.dir}, ""); err != nil {
		return err
	}
	for _, name := range moduleFiles {
		path := filepath.Join(f.dir, name)
		content, exists, err := shadow.Read(path)
		if err != nil {
			return err
		}
		if exists {
			f.engine.session.Apply(workspace.Opened(uri.File(path), 0, content))
		}
	}
	return nil
}

// edits returns the edits of the preferred fixes of the diagnostics in the fixer's directory, but for those that
// contradict others; they have their turn in the next round.
func (f *fixer) edits(a *answer) []fixes.Edit {
	var all []fixes.Fix
	for _, d := range f.diagnostics(a) {
		for _, fix := range d.Fixes {
			if fix.Preferred && len(fix.Edits) > 0 {
				all = append(all, fix)
			}
		}
	}
	edits, _ := fixes.Merge(all)
	taken := make(map[fixes.Edit]bool)
	for _, e := range edits {
		taken[e] = true
	}
	for _, fix := range all {
		done := applied{fix.Edits[0].URI.FsPath(), fix.Title}
		if !slices.ContainsFunc(fix.Edits, func(e fixes.Edit) bool { return !taken[e] }) && !slices.Contains(f.applied, done) {
			f.applied = append(f.applied, done)
		}
	}
	return edits
}

// diagnostics returns what is to be fixed.
func (f *fixer) diagnostics(a *answer) []analysis.Diagnostic {
	var wanted []analysis.Diagnostic
	for _, file := range a.Files {
		if dir := filepath.Dir(file.File.Path); dir != f.dir && dir != filepath.Join(f.dir, "vendor") {
			continue
		}
		for _, d := range file.Diagnostics {
			if !d.Silenced && (len(f.only) == 0 || slices.Contains(f.only, d.Code)) {
				wanted = append(wanted, d)
			}
		}
	}
	return wanted
}

// apply makes the edited texts what the engine and the shadow see.
func (f *fixer) apply(a *answer, edits []fixes.Edit, shadow *locked.Shadow) error {
	for u, edits := range fixes.ByFile(edits) {
		path := u.FsPath()
		fact := a.Snapshot.Read(path)
		if fact.State != workspace.Regular {
			return fmt.Errorf("a fix changes %s, which cannot be read", f.engine.short(path))
		}
		fixed, ok := text.Apply(fact.File.Text, edits)
		if !ok {
			return fmt.Errorf("the fixes of %s contradict each other", f.engine.short(path))
		}
		f.engine.session.Apply(workspace.Opened(u, 0, fixed))
		shadow.Write(path, fixed)
	}
	return nil
}

// runners are the commands of fixes that are carried out here. The others are about another module, or a choice of the user.
var runners = []string{"gomodls.download", "gomodls.vendor", "gomodls.get"}

// command returns the first preferred fix that has go do something that it has not been asked for yet.
func (f *fixer) command(a *answer) (fixes.Fix, bool) {
	for _, d := range f.diagnostics(a) {
		for _, fix := range d.Fixes {
			if !fix.Preferred || fix.Command == nil || !slices.Contains(runners, fix.Command.Name) {
				continue
			}
			if key := fmt.Sprint(fix.Command.Name, fix.Command.Arguments); !f.tried[key] {
				f.tried[key] = true
				return fix, true
			}
		}
	}
	return fixes.Fix{}, false
}

// asks returns the modules and packages that the command of a fix has go ask for beside what is required.
func (f *fixer) asks(ctx context.Context, fix fixes.Fix) ([]string, error) {
	arguments, err := locked.ArgumentsOf(fix.Command.Arguments)
	if err != nil {
		return nil, err
	}
	asked := arguments.Paths()
	if locked.Resolves(fix.Command.Name, f.dir) {
		tidied, err := f.engine.scholar.Tidied(ctx, f.engine.session, f.dir)
		if err != nil {
			return nil, err
		}
		asked = append(asked, tidied.Seeks()...)
	}
	return asked, nil
}

// withheld says which commands are not run because go would send out the path of the private module gap, and what to do
// about that. The setting which is missing is the user's, beyond the files of the module, so nothing here changes it.
func (f *fixer) withheld(a *answer, gap string) []string {
	var notes []string
	for fix, ok := f.command(a); ok; fix, ok = f.command(a) {
		notes = append(notes, "not applied: "+fix.Title)
	}
	remedy := "; cover it first"
	settings, lines := f.missingSettings(a)
	if len(settings) > 0 {
		remedy += " with go env -w " + strings.Join(settings, " ")
	} else if len(lines) > 0 {
		remedy += ": " + strings.Join(lines, "; ")
	}
	if len(notes) == 0 {
		return []string{fmt.Sprintf("not applied: %s is private, and go in %s would send out its path%s", gap, f.engine.short(f.dir), remedy)}
	}
	return append(notes, fmt.Sprintf("go is not run in %s, for it would send out the path of %s, which is private%s", f.engine.short(f.dir), gap, remedy))
}

// missingSettings returns the arguments of the go env -w that covers all private modules, and what to write where that has no
// effect.
func (f *fixer) missingSettings(a *answer) (settings, lines []string) {
	var keys []string
	values := map[string][]string{}
	for _, file := range a.Files {
		if filepath.Dir(file.File.Path) != f.dir {
			continue
		}
		for _, d := range file.Diagnostics {
			for _, fix := range d.Fixes {
				if fix.Command == nil || fix.Command.Name != "gomodls.addPrivate" {
					continue
				}
				if fix.Command.Arguments["line"] != nil {
					if line := strings.ToLower(fix.Title[:1]) + fix.Title[1:]; !slices.Contains(lines, line) {
						lines = append(lines, line)
					}
					continue
				}
				key, pattern := fmt.Sprint(fix.Command.Arguments["key"]), fmt.Sprint(fix.Command.Arguments["pattern"])
				if values[key] == nil {
					keys = append(keys, key)
					if old := a.Snapshot.Env().Get(key).Value; old != "" {
						values[key] = strings.Split(old, ",")
					}
				}
				if !slices.Contains(values[key], pattern) {
					values[key] = append(values[key], pattern)
				}
			}
		}
	}
	for _, key := range keys {
		settings = append(settings, key+"="+strings.Join(values[key], ","))
	}
	return settings, lines
}

// execute carries out the command of a fix. That go fails is told, and leaves the shadow as it was.
func (f *fixer) execute(ctx context.Context, fix fixes.Fix, shadow *locked.Shadow) error {
	arguments, err := locked.ArgumentsOf(fix.Command.Arguments)
	if err == nil {
		err = locked.Runs[fix.Command.Name](ctx, shadow, arguments)
	}
	var failed *locked.GoError
	switch {
	case err == nil:
		f.applied = append(f.applied, applied{filepath.Join(f.dir, "go.mod"), fix.Title})
	case ctx.Err() != nil || !errors.As(err, &failed):
		return err
	default:
		fmt.Fprintf(f.messages, "gomodls: could not %s%s\n", strings.ToLower(fix.Title[:1]), fix.Title[1:])
	}
	return nil
}
