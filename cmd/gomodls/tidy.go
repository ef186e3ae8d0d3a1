package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

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

Before it drops a requirement only because a Go file does not parse for the moment, with the marks of a merge conflict for
instance, or because there are no Go files at all, it asks; where it is not run from a terminal, it stops.

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
			tidied, err := e.scholar.Tidied(ctx, e.session, root)
			if err != nil {
				return err
			}
			if err := privategap.Doubt(a.Result, root, tidied.Seeks()...); err != nil {
				return fmt.Errorf("go mod tidy is not run: %w", err)
			}
			if err := e.confirmTidy(cmd, tidied.Danger(), diff); err != nil {
				return err
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

// confirmTidy warns of what tidy would drop though it may well be needed. Where something would be written it asks, and where
// there is nobody to ask it says no.
func (e *engine) confirmTidy(cmd *cobra.Command, danger string, diff bool) error {
	switch {
	case danger == "":
		return nil
	case diff:
		fmt.Fprintf(cmd.ErrOrStderr(), "gomodls: %s\n", danger)
		return nil
	case !isTerminal(os.Stdin) || !isTerminal(os.Stderr):
		return fmt.Errorf("go mod tidy is not run: %s; see gomodls tidy --diff, and run go mod tidy itself if that is what you want", danger)
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "gomodls: %s\nRun it all the same? [y/N] ", danger)
	line, err := bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
	if err != nil && err != io.EOF {
		return err
	}
	if yes := strings.ToLower(strings.TrimSpace(line)); yes != "y" && yes != "yes" {
		return errors.New("go mod tidy is not run")
	}
	return nil
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
