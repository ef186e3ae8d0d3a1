package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/gomodls/gomodls/analysis"
)

// A printer writes a report in one format.
type printer func(*report, *bytes.Buffer) error

var printers = map[string]printer{"text": printText, "json": printJSON, "sarif": printSARIF, "github": printGitHub}

func newCheck() *cobra.Command {
	var format, failOn, baselineFile, overlay string
	var network bool
	cmd := &cobra.Command{
		Use:   "check [flags] [DIR...]",
		Short: "Print what is wrong with the module files of each DIR",
		Long: `Check prints the diagnostics of the module or workspace in each DIR, the working directory by default; DIR/... stands
for all modules in and below DIR. It runs no go command and uses no network.

With --network it first has go download what is missing to say everything, as go mod download does, into the module cache; the
files of the modules stay as they are. Go asks whom the environment says, and is not run while that would send out the path of a
private module, or of one that may be private.

The exit status is 0 if nothing reaches --fail-on, 1 if something does, and 2 if not everything could be checked.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if printers[format] == nil {
				return fmt.Errorf("--format=%s: choose text, json, sarif or github", format)
			}
			limit, err := parseThreshold(failOn)
			if err != nil {
				return err
			}
			var known baseline
			if baselineFile != "" {
				if known, err = readBaseline(baselineFile); err != nil {
					return err
				}
			}
			if os.Getenv("GOGC") == "" {
				debug.SetGCPercent(3200) // the process ends before much of what it has made is of no use any more
				if os.Getenv("GOMEMLIMIT") == "" {
					debug.SetMemoryLimit(1 << 30)
				}
			}
			if network && overlay != "" {
				return errors.New("--network and --overlay do not go together: go would download what the files on disk ask for")
			}
			ctx, stop := interruptible(cmd.Context())
			defer stop()
			e, err := newEngine(args, overlay)
			if err != nil {
				return err
			}
			e.scholar.Recall(e.dirs)
			a, err := e.analyze(ctx)
			if err != nil {
				return err
			}
			if network {
				if err := fetch(ctx, cmd, a); err != nil {
					return err
				}
				if e, err = newEngine(args, ""); err != nil {
					return err
				}
				if a, err = e.analyze(ctx); err != nil {
					return err
				}
			}
			r := newReport(e.cwd, a.Result)
			r.findings = known.unknown(r)
			return finish(cmd, format, r, a, limit)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&format, "format", "text", "the output's `FORMAT`: text, json, sarif or github")
	flags.StringVar(&failOn, "fail-on", "error", "the least `SEVERITY` that makes the exit status 1: error, warning, information or unknown")
	flags.StringVar(&baselineFile, "baseline", "", "leave out what `FILE`, the output of an earlier --format=json, has")
	flags.BoolVar(&network, "network", false, "have go download what is not on this machine, unless a private module's path would be sent out")
	flags.StringVar(&overlay, "overlay", "", "read files as `FILE` says, which is in the format of the go command's -overlay")
	return cmd
}

// finish prints the report and the troubles, and turns them into the exit status. Who reads the text on a terminal gets a
// summary below it.
func finish(cmd *cobra.Command, format string, r *report, a *answer, limit threshold) error {
	if len(a.documents) > 0 {
		var out bytes.Buffer
		if err := printers[format](r, &out); err != nil {
			return err
		}
		if _, err := cmd.OutOrStdout().Write(out.Bytes()); err != nil {
			return err
		}
	}
	for _, err := range a.troubles {
		fmt.Fprintf(cmd.ErrOrStderr(), "gomodls: %v\n", err)
	}
	if out, ok := cmd.ErrOrStderr().(*os.File); ok && format == "text" && len(a.documents) > 0 && isTerminal(out) {
		fmt.Fprintln(out, printable(r.summary()))
	}
	switch {
	case len(a.troubles) > 0:
		return status(exitFailed)
	case limit.reached(r):
		return status(exitFound)
	}
	return nil
}

// A threshold says what makes check fail.
type threshold struct {
	least   analysis.Severity // as severe as this, or more
	unknown bool              // or facts that are not on this machine
}

func parseThreshold(s string) (threshold, error) {
	switch s {
	case "error", "warning", "information":
		severity, _ := analysis.ParseSeverity(s)
		return threshold{least: severity}, nil
	case "unknown":
		return threshold{least: analysis.Error, unknown: true}, nil
	}
	return threshold{}, fmt.Errorf("--fail-on=%s: choose error, warning, information or unknown", s)
}

// reached reports whether something in r makes check fail. An error counts even when a comment silences it, for go still
// refuses.
func (t threshold) reached(r *report) bool {
	for _, f := range r.findings {
		if f.Severity <= t.least && (!f.Silenced || f.Severity == analysis.Error) {
			return true
		}
	}
	if t.unknown {
		for _, m := range r.result.Modules {
			if !m.Health.Complete {
				return true
			}
		}
	}
	return false
}

// colored reports whether standard output is a terminal that may be drawn on in colours.
func colored() bool { return os.Getenv("NO_COLOR") == "" && isTerminal(os.Stdout) }
