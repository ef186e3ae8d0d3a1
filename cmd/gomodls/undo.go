package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gomodls/gomodls/fixes/locked"
)

func newUndo() *cobra.Command {
	var list, diff bool
	var number int
	cmd := &cobra.Command{
		Use:   "undo [--list] [--state=N] [--diff] [DIR]",
		Short: "Put back what gomodls replaced",
		Long: `Undo puts back the files that gomodls changed last in the module that DIR, by default the working directory, lies in: those
of one tidy, fix or other command together, whoever started it. What it replaces is kept in turn, so a second undo takes
back the first.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := interruptible(cmd.Context())
			defer stop()
			e, root, work, err := moduleOrWorkspace(ctx, args)
			if err != nil {
				return err
			}
			store, err := newStore()
			if err != nil {
				return err
			}
			states, err := store.States(root, work)
			if err != nil {
				return err
			}
			if list {
				return e.listStates(cmd, states)
			}
			switch {
			case len(states) == 0:
				return fmt.Errorf("%s: gomodls has replaced nothing here", e.short(root))
			case number < 1 || number > len(states):
				return fmt.Errorf("--state=%d: there are the states 1 to %d; see gomodls undo --list", number, len(states))
			}
			state := states[number-1]
			result, err := change{
				cmd: cmd, title: "undo of " + strings.TrimPrefix(state.Title, "undo of "), dir: root, diff: diff, beyond: state.Dirs,
				run: func(_ context.Context, s *locked.Shadow) error {
					s.Restore(state)
					return nil
				},
			}.do(ctx)
			if err != nil {
				return err
			}
			return e.show(cmd, "put back", result, diff)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&list, "list", false, "print the states that can be put back, and do nothing")
	flags.IntVar(&number, "state", 1, "the number of the state in that list; 1 is the last one")
	flags.BoolVar(&diff, "diff", false, "print what would change and write nothing")
	return cmd
}

func (e *engine) listStates(cmd *cobra.Command, states []locked.State) error {
	for i, s := range states {
		var names []string
		for _, f := range s.Files {
			names = append(names, e.short(f.Path))
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%d  %s  before %s: %s\n", i+1, s.Time.Local().Format(time.DateTime), s.Title, strings.Join(names, ", "))
	}
	return nil
}
