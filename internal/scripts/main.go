// Command scripts compares the engine with the go command on the states that the go command's own script tests go through.
//
// The one idea to keep in mind: the scripts are producers of states, and what they assert is of no interest. Before each go
// command of a script, go is asked whether it loads the modules that are there then, the engine whether it reports an error,
// and wherever they differ the engine is wrong, or docs/disagreements.md says why not. The scripts, their modules and the
// keys of their checksum database are read from the installed GOROOT, and nothing of them is in this repository.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/tools/txtar"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "scripts:", err)
		os.Exit(1)
	}
}

// concerned are patterns of the names of the scripts that concern module files.
var concerned = []string{
	"mod_*", "work", "work_*", "gotoolchain_*", "goline_*", "old_tidy_toolchain", "godebug_*", "vendor_*", "run_work_versioned",
	"list_*", "get_*", "reuse_*", "modfile_flag", "malformed_gosum_*", "badgo", "govcs", "goauth_*", "netrc_*", "env_gomod_*",
	"generate_workspace", "install_dep_version", "fix_vendor", "run_vendor", "std_vendor", "tooltags", "version_replace", "ws2_32",
}

// Bounds that a whole run has to keep.
const (
	leastStates    = 800
	leastAgreement = 0.97
)

func run(ctx context.Context, args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("scripts", flag.ContinueOnError)
	names := flags.String("scripts", "all", "patterns of the names of the scripts to run, separated by commas; all are those that concern module files")
	parallel := flags.Int("parallel", 2, "how many scripts to run at once")
	out := flags.String("out", "", "a directory for report.txt and disagreements.txt")
	docs := flags.String("docs", "", "the file to list the disagreements and their reasons in")
	goCmd := flags.String("go", "go", "the go command to agree with")
	verbose := flags.Bool("v", false, "print the name of each script that has ended, and how long it took")
	limit := flags.Duration("limit", 5*time.Minute, "the time that one script may take")
	if err := flags.Parse(args); err != nil {
		return err
	}
	patterns := concerned
	if *names != "all" {
		patterns = strings.Split(*names, ",")
	}
	r, err := newRunner(ctx, *goCmd)
	if err != nil {
		return err
	}
	defer r.close()
	r.limit = *limit
	if *verbose {
		r.progress = stdout
	}
	rep, err := r.runAll(ctx, patterns, *parallel)
	if err != nil {
		return err
	}
	if *out != "" {
		err := errors.Join(
			os.WriteFile(filepath.Join(*out, "report.txt"), []byte(rep.String()), 0o666),
			os.WriteFile(filepath.Join(*out, "disagreements.txt"), []byte(rep.listing()), 0o666),
		)
		if err != nil {
			return err
		}
	}
	if *docs != "" {
		if err := os.WriteFile(*docs, []byte(rep.page()), 0o666); err != nil {
			return err
		}
	}
	fmt.Fprint(stdout, rep)
	if *names == "all" {
		return rep.verdict()
	}
	return nil
}

// A runner runs scripts with one go command, and serves them their modules.
type runner struct {
	dir         string // scripts run below it
	goCmd       string // the go command, with symbolic links resolved
	goroot      string
	goVersion   string   // as in 1.26.8
	experiments []string // GOEXPERIMENT
	goos        string
	goarch      string
	goCache     string
	cgo         bool
	proxy       *proxy
	limit       time.Duration // of one script
	progress    io.Writer     // nil for none
}

// errNoScripts says that there is nothing to run.
var errNoScripts = errors.New("this GOROOT does not have the go command's tests")

func newRunner(ctx context.Context, goCmd string) (*runner, error) {
	goCmd, err := exec.LookPath(goCmd)
	if err != nil {
		return nil, err
	}
	if goCmd, err = filepath.EvalSymlinks(goCmd); err != nil {
		return nil, err
	}
	out, err := exec.CommandContext(ctx, goCmd, "env", "GOROOT", "GOVERSION", "GOOS", "GOARCH", "GOCACHE", "CGO_ENABLED", "GOEXPERIMENT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	values := strings.Split(string(out), "\n")
	r := &runner{
		goCmd: goCmd, goroot: values[0], goVersion: strings.TrimPrefix(values[1], "go"), goos: values[2], goarch: values[3],
		goCache: values[4], cgo: values[5] == "1", experiments: strings.Split(values[6], ","), limit: 5 * time.Minute,
	}
	if _, err := os.Stat(r.scripts()); err != nil {
		return nil, fmt.Errorf("%w: %w", errNoScripts, err)
	}
	if r.proxy, err = newProxy(filepath.Join(r.goroot, "src", "cmd", "go")); err != nil {
		return nil, err
	}
	if r.dir, err = os.MkdirTemp("", "scripts"); err == nil {
		r.dir, err = filepath.EvalSymlinks(r.dir)
	}
	if err != nil {
		return nil, errors.Join(err, r.proxy.close())
	}
	return r, nil
}

func (r *runner) close() error { return errors.Join(r.proxy.close(), removeAll(r.dir)) }

func (r *runner) scripts() string {
	return filepath.Join(r.goroot, "src", "cmd", "go", "testdata", "script")
}

// runAll runs the scripts whose names match one of the patterns.
func (r *runner) runAll(ctx context.Context, patterns []string, parallel int) (*report, error) {
	var files []string
	all, err := filepath.Glob(filepath.Join(r.scripts(), "*.txt"))
	if err != nil {
		return nil, err
	}
	for _, file := range all {
		for _, pattern := range patterns {
			if ok, _ := path.Match(pattern, scriptName(file)); ok {
				files = append(files, file)
				break
			}
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no script matches %s", strings.Join(patterns, ","))
	}
	rep := &report{goVersion: r.goVersion, scripts: make([]scriptResult, len(files))}
	var g errgroup.Group
	g.SetLimit(parallel)
	for i, file := range files {
		g.Go(func() error {
			rep.scripts[i] = r.runFile(ctx, file)
			return nil
		})
	}
	_ = g.Wait() // no function returns an error: what fails is in the report
	return rep, ctx.Err()
}

func scriptName(file string) string { return strings.TrimSuffix(filepath.Base(file), ".txt") }

func (r *runner) runFile(ctx context.Context, file string) (result scriptResult) {
	result.name = scriptName(file)
	if r.progress != nil {
		began := time.Now()
		defer func() { fmt.Fprintf(r.progress, "%s %.1fs\n", result.name, time.Since(began).Seconds()) }()
	}
	work := filepath.Join(r.dir, result.name)
	archive, err := txtar.ParseFile(file)
	if err == nil {
		err = os.Mkdir(work, 0o777)
	}
	if err != nil {
		result.failure = err
		return result
	}
	ctx, cancel := context.WithTimeout(ctx, r.limit)
	defer cancel()
	s, end, err := r.run(ctx, result.name, work, archive)
	result.end, result.comparisons, result.failure = end, s.comparisons, err
	if ctx.Err() != nil {
		result.end.reason, result.failure = "takes too long", nil
	}
	cancel()
	_ = s.wait() // what still runs has been told to end
	if err := removeAll(work); result.failure == nil {
		result.failure = err
	}
	return result
}
