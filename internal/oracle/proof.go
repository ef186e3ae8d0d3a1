package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/text"
)

// A proof is what became of a refused case when the preferred fixes of its errors were applied, again and again until none
// was left.
type proof uint8

const (
	noFix    proof = iota // go still refuses because of an error that has no preferred fix
	byGo                  // the same, though an error that is left has a preferred fix that is a command of the server
	fixed                 // go accepts
	advanced              // go refuses for another reason, which the engine reports as well
	circular              // the fixes undo each other
	worse                 // go refuses, and the engine does not say why
)

var proofs = [...]string{"no fix", "command", "fixed", "next", "circular", "worse"}

func (p proof) String() string { return proofs[p] }

// maxFixes is how many fixes are applied at most. Each round of them may uncover what an error of the round before had hidden.
const maxFixes = 200

// prove applies the preferred fixes that are edits to a refused case and asks go again.
func (w *world) prove(ctx context.Context, r *result) (proof, string, error) {
	dir, err := os.MkdirTemp(w.dir, "case")
	if err != nil {
		return 0, "", err
	}
	defer os.RemoveAll(dir)
	if err := r.c.tree.write(dir); err != nil {
		return 0, "", err
	}
	var done []string
	a := r.answer
	for {
		a, err = w.check(ctx, r.c, dir)
		if err != nil {
			return 0, "", err
		}
		if len(a.failures) > 0 {
			return worse, "the engine failed: " + a.failures[0].Error(), nil
		}
		edits, titles := preferred(a)
		if len(edits) == 0 {
			break
		}
		if len(done) >= maxFixes {
			return circular, "… " + strings.Join(done[len(done)-6:], "; "), nil
		}
		done = append(done, titles...)
		if err := applyEdits(edits); err != nil {
			return worse, strings.Join(done, "; ") + ": " + err.Error(), nil
		}
	}
	v, err := w.askAgain(ctx, r.c, dir, r.verdict)
	if err != nil {
		return 0, "", err
	}
	story := strings.Join(done, "; ") + " -> " + firstLines(v.output)
	o, _ := compare(r.c, v, a)
	switch {
	case !v.refused && len(done) > 0:
		return fixed, story, nil
	case len(a.errors) == 0 || o != agreed && r.outcome == agreed:
		return worse, story, nil
	case firstLines(v.output) != firstLines(r.verdict.output):
		return advanced, story, nil
	case !slices.ContainsFunc(a.errors, hasCommand):
		return noFix, story, nil
	}
	return w.proveByProgram(ctx, r, dir, v)
}

// proveByProgram has the program carry out the fixes that are commands of the server, and asks go again.
func (w *world) proveByProgram(ctx context.Context, r *result, dir string, before verdict) (proof, string, error) {
	if w.fixer == "" {
		return byGo, "", nil
	}
	cmd := exec.CommandContext(ctx, w.fixer, "fix")
	cmd.Dir = filepath.Join(dir, filepath.FromSlash(r.c.dir))
	cmd.Env = append(environ(w.environOf(r.c, dir)), "PWD="+cmd.Dir)
	out, _ := cmd.CombinedOutput() // its status says that something is left, which the engine says below
	if ctx.Err() != nil {
		return 0, "", ctx.Err()
	}
	story := "gomodls fix: " + firstLines(string(out))
	a, err := w.check(ctx, r.c, dir)
	if err != nil {
		return 0, "", err
	}
	v, err := w.askAgain(ctx, r.c, dir, r.verdict)
	if err != nil {
		return 0, "", err
	}
	story += " -> " + firstLines(v.output)
	o, _ := compare(r.c, v, a)
	switch {
	case !v.refused:
		return fixed, story, nil
	case len(a.errors) == 0 || o != agreed && r.outcome == agreed:
		return worse, story, nil
	case firstLines(v.output) == firstLines(before.output):
		return byGo, story, nil
	}
	return advanced, story, nil
}

func hasCommand(f finding) bool {
	return slices.ContainsFunc(f.fixes, func(fix fixes.Fix) bool { return fix.Preferred && fix.Command != nil })
}

// preferred returns the edits of the preferred fixes of all errors, and the titles of those fixes.
func preferred(a *answer) (edits []fixes.Edit, titles []string) {
	var all []fixes.Fix
	for _, f := range a.errors {
		for _, fix := range f.fixes {
			if fix.Preferred && len(fix.Edits) > 0 {
				all = append(all, fix)
				titles = append(titles, fix.Title)
			}
		}
	}
	edits, _ = fixes.Merge(all)
	return edits, titles
}

// applyEdits changes files on disk, each as a whole.
func applyEdits(edits []fixes.Edit) error {
	for u, list := range fixes.ByFile(edits) {
		data, err := os.ReadFile(u.FsPath())
		if err != nil && !os.IsNotExist(err) {
			return err
		}
		after, ok := text.Apply(string(data), list)
		if !ok {
			return fmt.Errorf("the edits of %s overlap or lie outside", u.FsPath())
		}
		if err := os.WriteFile(u.FsPath(), []byte(after), 0o666); err != nil {
			return err
		}
	}
	return nil
}
