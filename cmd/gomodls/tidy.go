package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gomodls/gomodls/analysis/privategap"
	"github.com/gomodls/gomodls/fixes/locked"
)

func newTidy() *cobra.Command {
	var diff, predict bool
	cmd := &cobra.Command{
		Use:   "tidy [--diff [--predict]] [DIR]",
		Short: "Run go mod tidy, all or nothing",
		Long: `Tidy runs go mod tidy for the module that DIR, by default the working directory, lies in. Nobody else who uses gomodls
changes the module meanwhile, a failure or an interrupt leaves every file as it was, and gomodls undo takes the result
back. In a vendored module it runs go mod vendor, too.

With --diff it writes nothing, prints what it would change, and exits with 1 if that is anything.

With --predict beside it go does not run: gomodls works out by itself what go mod tidy would write, without a network. It
exits with 2 if tidy would fail, or if only the network can tell.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := interruptible(cmd.Context())
			defer stop()
			e, root, err := moduleRoot(ctx, args)
			if err != nil {
				return err
			}
			if predict {
				return e.predictTidy(cmd, root, diff)
			}
			a, err := e.analyze(ctx)
			if err != nil {
				return err
			}
			if gap := privategap.Open(a.Result, root); gap != "" {
				return fmt.Errorf("go mod tidy is not run: it would send out the path of %s, which is private; add it to GOPRIVATE first", gap)
			}
			if err := privategap.Doubt(a.Result, root); err != nil {
				return fmt.Errorf("go mod tidy is not run: %w", err)
			}
			result, err := change{
				cmd: cmd, title: "go mod tidy", dir: root, diff: diff,
				run: func(ctx context.Context, s *locked.Shadow) error { return s.Tidy(ctx) },
			}.do(ctx)
			if err != nil {
				return err
			}
			return e.show(cmd, "changed", result, diff)
		},
	}
	cmd.Flags().BoolVar(&diff, "diff", false, "print what would change and write nothing")
	cmd.Flags().BoolVar(&predict, "predict", false, "with --diff: work it out without running go")
	return cmd
}

// show prints what a transaction did: the names of the files after what was done to them or, where nothing was written, the diff, which makes the
// exit status 1.
func (e *engine) show(cmd *cobra.Command, done string, result locked.Result, diff bool) error {
	for _, c := range result.Changes {
		switch {
		case diff:
			fmt.Fprint(cmd.OutOrStdout(), c.Diff(e.cwd))
		case c.Deleted:
			fmt.Fprintf(cmd.OutOrStdout(), "removed %s\n", e.short(c.Path))
		default:
			fmt.Fprintf(cmd.OutOrStdout(), "%s %s\n", done, e.short(c.Path))
		}
	}
	if diff && len(result.Changes) > 0 {
		return status(exitFound)
	}
	return nil
}
