// Command oracle compares what package tidy predicts with what `go mod tidy` does, on real modules, on seeded mutations of
// them, and on modules that it makes up, with GOPROXY=off: byte for byte where go succeeds, and a refusal where it fails.
//
// Its arguments are modules at versions, which it downloads if it has not yet; without any, it takes those that it has.
//
// The one idea to keep in mind: the go command is right. Nothing that it said is remembered from one run to the next.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var o options
	flag.StringVar(&o.src, "src", "", "the directory with the sources of the modules, one directory each; one in the user's cache directory if empty")
	flag.IntVar(&o.n, "n", 0, "how many mutations to make of each module; none compares the modules as they are")
	flag.Uint64Var(&o.seed, "seed", 1, "the seed of the first case; the next has the next")
	flag.BoolVar(&o.verbose, "v", false, "print every case")
	flag.StringVar(&o.kinds, "kinds", "", "only the kinds of mutation whose names contain this")
	flag.StringVar(&o.out, "out", "", "a directory for the cases that differ")
	flag.IntVar(&o.invent, "invent", 0, "how many made-up modules to compare, instead of real ones")
	flag.BoolVar(&o.packages, "packages", false, "compare the engine's errors with go list -m all and go list -deps -test ./... instead")
	flag.BoolVar(&o.diagnostics, "diagnostics", false, "hold what an editor shows against what tidy does, too")
	flag.BoolVar(&o.bench, "bench", false, "measure the modules as they are, beside go")
	modules := flag.String("modules", "", "only the modules whose directories' names contain one of these words, separated by commas")
	flag.Parse()
	if *modules != "" {
		o.modules = strings.Split(*modules, ",")
	}
	err := o.prepare(ctx, flag.Args())
	ok := false
	if err == nil {
		ok, err = o.run(ctx, os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "oracle:", err)
		os.Exit(2)
	}
	if !ok {
		os.Exit(1)
	}
}

// prepare finds the directory of the sources and puts those of the modules into it that are not there.
func (o *options) prepare(ctx context.Context, modules []string) error {
	if o.src == "" && o.invent == 0 {
		cache, err := os.UserCacheDir()
		if err != nil {
			return err
		}
		o.src = filepath.Join(cache, "gomodls", "oracle-tidy")
	}
	for _, m := range modules {
		if err := fetch(ctx, o.src, m, os.Stderr); err != nil {
			return err
		}
	}
	return nil
}
