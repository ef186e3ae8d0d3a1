// Command oracle compares the engine with the go command on cases made from real modules by seeded mutations.
//
// The one idea to keep in mind: the go command is right. Each case is a directory in a world without a network, a private
// module cache and a module proxy that is a directory; go is asked whether it loads the module, the engine whether it
// reports an error, and wherever they differ the engine is wrong. What go says is never looked up or remembered, except in
// the regression cases of testdata/cases, whose recorded verdicts are asked for again by the tests.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "oracle:", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	n            int
	seed         uint64
	parallel     int
	verbose      bool
	corpus, mods string
	modules      []string
	kinds        string
	layout       string
	goCmd        string
	world        string
	out          string
	prove        bool
	fixer        string
	shrink       string
	keep         string
	pack         string
}

func run(ctx context.Context, args []string, stdout io.Writer) error {
	var o options
	flags := flag.NewFlagSet("oracle", flag.ContinueOnError)
	flags.IntVar(&o.n, "n", 1000, "how many cases to make")
	flags.Uint64Var(&o.seed, "seed", 1, "the seed of the first case; the next has the next")
	flags.IntVar(&o.parallel, "parallel", 2, "how many cases to run at once")
	flags.BoolVar(&o.verbose, "v", false, "print each disagreement")
	flags.StringVar(&o.corpus, "corpus", "", "the directory of the modules, one directory with go.mod and go.sum each; those of testdata if empty")
	flags.StringVar(&o.mods, "mods", "", "the download directory of a module cache with the corpus's go.mod files; this machine's if empty")
	modules := flags.String("modules", "", "only the modules whose names contain one of these words, separated by commas")
	flags.StringVar(&o.kinds, "kinds", "", "only the kinds of mutation whose names contain this")
	flags.StringVar(&o.layout, "layout", "", "only single, vendored or workspace")
	flags.StringVar(&o.goCmd, "go", "go", "the go command to agree with")
	flags.StringVar(&o.world, "world", "", "a directory to keep the world in for the next run")
	flags.StringVar(&o.out, "out", "", "a directory for report.txt and disagreements.txt")
	flags.BoolVar(&o.prove, "prove", false, "apply the preferred fixes of refused cases and ask go again")
	flags.StringVar(&o.fixer, "fixer", "", "the gomodls program, which carries out the fixes that are commands of the server")
	flags.StringVar(&o.shrink, "shrink", "", "a directory to write a small case to for each kind of disagreement")
	flags.StringVar(&o.keep, "keep", "", "a directory to leave the files of each case in, as they are before any fix")
	flags.StringVar(&o.pack, "pack", "", "write the corpus to this file, instead of running cases")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *modules != "" {
		o.modules = strings.Split(*modules, ",")
	}
	corpus, mods, err := o.read(ctx)
	if err != nil {
		return err
	}
	if o.pack != "" {
		return writePack(o.pack, corpus, mods)
	}
	w, err := o.open(corpus, mods)
	if err != nil {
		return err
	}
	if o.world == "" {
		defer w.close()
	}
	return o.runAll(ctx, w, corpus, stdout)
}

// read reads the corpus.
func (o *options) read(ctx context.Context) ([]*corpusModule, pool, error) {
	if o.corpus == "" {
		return unpack(packed, o.modules)
	}
	if o.mods == "" {
		out, err := exec.CommandContext(ctx, o.goCmd, "env", "GOMODCACHE").Output()
		if err != nil {
			return nil, nil, fmt.Errorf("go env: %w", err)
		}
		o.mods = filepath.Join(strings.TrimSpace(string(out)), "cache", "download")
	}
	return readCorpus(o.corpus, o.mods, o.modules)
}

// open builds the world.
func (o *options) open(corpus []*corpusModule, mods pool) (*world, error) {
	goCmd, err := findGo(o.goCmd)
	if err != nil {
		return nil, err
	}
	addCycles(mods, corpus)
	dir := o.world
	if dir == "" {
		if dir, err = os.MkdirTemp("", "oracle"); err != nil {
			return nil, err
		}
	}
	w, err := newWorld(dir, goCmd, mods)
	if err == nil && o.fixer != "" {
		w.fixer, err = filepath.Abs(o.fixer)
	}
	return w, err
}

// findGo returns the file that a go command is, for the engine looks beside it for the version.
func findGo(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(path)
}

func writePack(name string, corpus []*corpusModule, mods pool) error {
	var b bytes.Buffer
	if err := pack(&b, corpus, mods); err != nil {
		return err
	}
	return os.WriteFile(name, b.Bytes(), 0o666)
}
