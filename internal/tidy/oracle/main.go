// Command oracle compares what package tidy predicts with what `go mod tidy` does, on real modules and on seeded mutations of
// them, with GOPROXY=off: byte for byte where go succeeds, and a refusal where it fails.
//
// The one idea to keep in mind: the go command is right. Nothing that it said is remembered from one run to the next.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var o options
	flag.StringVar(&o.src, "src", "", "the directory with the sources of the modules, one directory each")
	flag.IntVar(&o.n, "n", 0, "how many mutations to make of each module; none compares the modules as they are")
	flag.Uint64Var(&o.seed, "seed", 1, "the seed of each module's first mutation; the next has the next")
	flag.BoolVar(&o.verbose, "v", false, "print every case")
	flag.StringVar(&o.kinds, "kinds", "", "only the kinds of mutation whose names contain this")
	flag.StringVar(&o.out, "out", "", "a directory for the cases that differ")
	flag.IntVar(&o.invent, "invent", 0, "how many made-up modules to compare, instead of those of -src")
	flag.BoolVar(&o.bench, "bench", false, "measure the modules as they are, beside go")
	modules := flag.String("modules", "", "only the modules whose directories' names contain one of these words, separated by commas")
	flag.Parse()
	if *modules != "" {
		o.modules = strings.Split(*modules, ",")
	}
	ok, err := o.run(ctx, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "oracle:", err)
		os.Exit(2)
	}
	if !ok {
		os.Exit(1)
	}
}
