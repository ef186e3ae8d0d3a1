// Command gomodls checks and mends go.mod, go.sum and go.work, in editors and on the command line.
//
// The one idea to keep in mind: there is one engine. What the server publishes and what check prints are the same
// diagnostics with the same codes, computed by the same analyzers from the same kind of snapshot; this package adds
// nothing but flags, formats and exit statuses.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit statuses.
const (
	exitFound  = 1 // there is something at or above --fail-on, or a diff
	exitFailed = 2 // the command could not do its work
)

// A status ends the program with that exit status and no message of its own.
type status int

func (s status) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

func main() {
	err := newRoot().Execute()
	var s status
	switch {
	case err == nil:
	case errors.As(err, &s):
		os.Exit(int(s))
	default:
		fmt.Fprintf(os.Stderr, "gomodls: %v\n", err)
		os.Exit(exitFailed)
	}
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "gomodls",
		Short:         "Check and mend go.mod, go.sum and go.work",
		Long:          "gomodls checks and mends go.mod, go.sum and go.work: what the go command would refuse, before it does, and a fix for it.",
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		CompletionOptions: cobra.CompletionOptions{
			DisableDefaultCmd: true,
		},
	}
	root.SetVersionTemplate(versionText())
	root.AddCommand(newServe(), newCheck(), newFix(), newTidy(), newUndo(), newExplain(), newDoctor(), newVersion())
	return root
}

// interruptible returns a context that ends at the first interrupt, so that a command that holds locks or runs go can
// leave everything as it was. A second interrupt kills.
func interruptible(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}
