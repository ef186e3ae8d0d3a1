package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/text"
)

// A proof is what became of a refused case when the preferred fixes of its errors were applied, again and again until none
// was left.
type proof uint8

const (
	noFix    proof = iota // no error has a preferred fix
	byGo                  // the first error's preferred fix is a command, which only the server carries out
	fixed                 // go accepts
	advanced              // go refuses for another reason, which the engine reports as well
	stuck                 // go refuses for the same reason as before
	worse                 // go refuses for a reason that the engine does not report
)

var proofs = [...]string{"no fix", "command", "fixed", "next", "same", "worse"}

func (p proof) String() string { return proofs[p] }

// maxRounds is how often fixes are applied. Each round may uncover what an error of the round before had hidden.
const maxRounds = 12

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
	command := false
	a := r.answer
	for range maxRounds {
		a, err = w.check(ctx, r.c, dir)
		if err != nil || len(a.failures) > 0 {
			return worse, "the engine failed", err
		}
		var taken []fixes.Fix
		for _, f := range a.errors {
			for _, fix := range f.fixes {
				if fix.Preferred && fix.Command != nil {
					command = true
				}
				if fix.Preferred && len(fix.Edits) > 0 {
					taken = append(taken, fix)
					done = append(done, fix.Title)
				}
			}
		}
		edits, n := fixes.Merge(taken)
		if n == 0 {
			break
		}
		if err := applyEdits(edits); err != nil {
			return worse, strings.Join(done, "; ") + ": " + err.Error(), nil
		}
	}
	if len(done) == 0 {
		if command {
			return byGo, "", nil
		}
		return noFix, "", nil
	}
	v, err := w.ask(ctx, r.c, dir)
	if err != nil {
		return 0, "", err
	}
	story := strings.Join(done, "; ") + " -> " + firstLines(v.output)
	switch {
	case !v.refused:
		return fixed, story, nil
	case len(a.errors) == 0:
		return worse, story, nil
	case firstLines(v.output) == firstLines(r.verdict.output):
		return stuck, story, nil
	}
	return advanced, story, nil
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
