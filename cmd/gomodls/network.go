package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/gomodls/gomodls/analysis/notdownloaded"
)

// fetch has go download what the answer lacks to be complete. It goes to the module cache only: whatever go would write into the
// modules' own files is dropped. Go is not run where that would give away a private path, or one that may be, and asks whom the
// user's environment says; see fixer.run.
func fetch(ctx context.Context, cmd *cobra.Command, a *answer) error {
	var done []string
	for _, document := range a.documents {
		dir := filepath.Dir(document)
		if slices.Contains(done, dir) || !a.lacks(dir) {
			continue
		}
		done = append(done, dir)
		f := &fixer{dir: dir, only: []string{notdownloaded.Analyzer.Name}, messages: cmd.ErrOrStderr()}
		if _, err := (change{cmd: cmd, title: "gomodls check --network", dir: dir, run: f.run, diff: true}).do(ctx); err != nil {
			return err
		}
		for _, note := range f.notes {
			fmt.Fprintf(cmd.ErrOrStderr(), "gomodls: %s\n", note)
		}
	}
	return nil
}

// lacks reports whether something about what is in dir is not known for want of a download.
func (a *answer) lacks(dir string) bool {
	for _, file := range a.Files {
		if filepath.Dir(file.File.Path) != dir {
			continue
		}
		for _, d := range file.Diagnostics {
			if d.Code == notdownloaded.Analyzer.Name {
				return true
			}
		}
	}
	return false
}
