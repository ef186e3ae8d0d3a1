// Command bench measures gomodls as an editor sees it, beside gopls and the go command, in one run on one machine.
//
// The one idea to keep in mind: what counts is the time from the last byte of a keystroke to the last byte of the diagnostics
// that answer it, over a pipe, with everything that happens in between. Each edit is one that changes what is shown, so that
// there is an answer to wait for, and is taken back again. Everything has a budget of time, so that a run comes to its end on a
// busy machine, too: then there are fewer samples.
//
// What it prints is Markdown. With -growth it measures instead how the cost grows with the size of the input, and draws it;
// with -docs it puts what it has printed into docs/performance.md.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == counting {
		n, _ := strconv.Atoi(os.Args[2])
		if keepCounting(n, os.Stdin, os.Stdout) != nil {
			os.Exit(1)
		}
		return
	}
	debug.SetGCPercent(-1) // what collects our own garbage would be measured with the server
	debug.SetMemoryLimit(2 << 30)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

// A bench has what all measurements share.
type bench struct {
	ctx     context.Context
	out     io.Writer
	dir     string // scratch
	gomodls string
	gopls   string // "" to leave it out
	quick   bool
	burst   int           // after so many strokes there is a rest; 0 for none at all
	rest    time.Duration // how long it is
	env     []string
	targets []*target
	broken  []string // what could not be measured of gomodls
}

func run(ctx context.Context, args []string, stdout io.Writer) error {
	var printed bytes.Buffer
	b := &bench{ctx: ctx, out: io.MultiWriter(stdout, &printed), targets: targets()}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.StringVar(&b.gomodls, "gomodls", "", "the gomodls program; built from this checkout if empty")
	flags.StringVar(&b.gopls, "gopls", "", "the gopls program, or \"none\"; the version below is installed into the user's cache if empty")
	flags.BoolVar(&b.quick, "quick", false, "one module and less time for each measurement")
	flags.IntVar(&b.burst, "burst", 10, "after so many keystrokes there is a rest; 0 for none at all")
	flags.DurationVar(&b.rest, "rest", 50*time.Millisecond, "how long a rest is")
	modules := flags.String("modules", "", "path@version of the modules to measure with, separated by commas; some large ones if empty")
	growth := flags.Bool("growth", false, "measure how the cost grows")
	docs := flags.String("docs", "", "the directory with performance.md, into which to put what was measured")
	flags.Usage = func() {
		fmt.Fprintln(flags.Output(), "usage: bench [flags]")
		flags.PrintDefaults()
		fmt.Fprintf(flags.Output(), "\ngopls is %s\n", goplsVersion)
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	names := defaultModules
	if *modules != "" {
		names = strings.Split(*modules, ",")
	}
	if b.quick {
		names = names[:1]
	}
	var err error
	if b.gomodls != "" { // servers run in other directories
		if b.gomodls, err = filepath.Abs(b.gomodls); err != nil {
			return err
		}
	}
	if b.dir, err = scratch(); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	b.env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOWORK=", "GOPROXY=off", "XDG_CACHE_HOME="+filepath.Join(b.dir, "cache"))
	if err := b.programs(); err != nil {
		return err
	}
	begun := time.Now()
	b.machine()
	measure, section := func() error { return b.all(names) }, "bench"
	if *growth {
		measure, section = func() error { return b.growth(*docs) }, "growth"
	}
	if err := measure(); err != nil {
		return errors.Join(err, ctx.Err())
	}
	fmt.Fprintf(b.out, "\nAll of this took %s.\n", time.Since(begun).Round(time.Second))
	if *docs != "" {
		if err := record(filepath.Join(*docs, "performance.md"), section, printed.String()); err != nil {
			return err
		}
	}
	if len(b.broken) > 0 {
		return fmt.Errorf("not everything could be measured: %s", strings.Join(b.broken, "; "))
	}
	return nil
}

// all measures everything but growth.
func (b *bench) all(names []string) error {
	var largest *subject
	for _, name := range names {
		s, err := fetch(b.ctx, name, b.dir)
		if err != nil {
			return err
		}
		if err := b.module(s); err != nil {
			return err
		}
		if largest == nil || len(s.selected) > len(largest.selected) {
			largest = s
		}
	}
	if err := b.sums(largest); err != nil {
		return err
	}
	whole, err := b.whole()
	if err != nil {
		return err
	}
	for _, measure := range []func(*subject) error{b.workspaces, b.imports} {
		if err := measure(whole); err != nil {
			return err
		}
	}
	b.judge()
	return nil
}

// module measures a module as it is.
func (b *bench) module(s *subject) error {
	fmt.Fprintf(b.out, "\n## %s\n\n%d requirements, %d lines in go.sum, %d modules in the build list.\n", s.name, s.requires, lines(s.sum), len(s.selected)+1)
	scenarios, err := s.scenarios()
	if err != nil {
		return err
	}
	all, err := b.edits(s.dir, s, scenarios, b.env)
	if err != nil {
		return err
	}
	b.noteEdits(all, s.name, keyP50, keyP99)
	b.noteMemory(all[0], s.name)
	return b.loading(s.dir, s.name, b.env, all[0])
}

// sums measures edits of a long go.sum.
func (b *bench) sums(largest *subject) error {
	const n = 3000
	s, err := largest.padded(filepath.Join(b.dir, "sums"), n)
	if err != nil {
		return err
	}
	fmt.Fprintf(b.out, "\n## A go.sum of %d lines\n\n%s with more lines in its go.sum.\n", lines(s.sum), largest.name)
	scenarios, err := s.sumScenarios()
	if err != nil {
		return err
	}
	all, err := b.edits(s.dir, s, scenarios, b.env)
	if err != nil {
		return err
	}
	b.noteEdits(all, "go.sum", sumP99)
	return nil
}

func lines(text string) int { return strings.Count(text, "\n") }
