package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/gomodls/gomodls/fixes/locked"
	"github.com/gomodls/gomodls/internal/tidy"
	"github.com/gomodls/gomodls/internal/workspace"
)

// predictTidy prints what go mod tidy would change in the module in dir.
func (e *engine) predictTidy(cmd *cobra.Command, dir string, diff bool) error {
	if !diff {
		return errors.New("--predict: only with --diff; what is written comes from go")
	}
	after, err := e.scholar.Tidier.Predict(cmd.Context(), e.session, dir)
	var refusal *tidy.Refusal
	if errors.As(err, &refusal) {
		return fmt.Errorf("go mod tidy would fail, or needs the network: %w", refusal)
	}
	if err != nil {
		return err
	}
	snap := e.session.Snapshot()
	var result locked.Result
	add := func(name, text string) {
		c := locked.Change{Path: filepath.Join(dir, name), After: text, Created: true}
		if before := snap.Read(c.Path); before.State == workspace.Regular {
			c.Before, c.Created = before.File.Text, false
		}
		if c.Created || c.Before != c.After {
			result.Changes = append(result.Changes, c)
		}
	}
	add("go.mod", after.Mod)
	if after.HasSum {
		add("go.sum", after.Sum)
	}
	tidied, err := e.scholar.Tidied(cmd.Context(), e.session, dir)
	if err != nil {
		return err
	}
	if err := e.confirmTidy(cmd, tidied.Danger(), diff); err != nil {
		return err
	}
	return e.show(cmd, "changed", result, diff)
}
