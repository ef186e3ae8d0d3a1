// Command bench measures gomodls as an editor sees it, beside gopls and the go command, in one run on one machine.
//
// The one idea to keep in mind: what counts is the time from the last byte of a keystroke to the last byte of the diagnostics
// that answer it, over a pipe, with everything that happens in between. Each edit is one that changes what is shown, so that
// there is an answer to wait for, and is taken back again.
//
// With -growth it measures instead how the cost grows with the size of the input, and draws it.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
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
	env     []string
}

func run(ctx context.Context, args []string, stdout io.Writer) error {
	b := &bench{ctx: ctx, out: stdout}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.StringVar(&b.gomodls, "gomodls", "", "the gomodls program; built from this checkout if empty")
	flags.StringVar(&b.gopls, "gopls", "", "the gopls program, or \"none\"; the version below is installed into the user's cache if empty")
	flags.BoolVar(&b.quick, "quick", false, "one module and fewer repetitions")
	modules := flags.String("modules", "", "path@version of the modules to measure with, separated by commas; some large ones if empty")
	growth := flags.Bool("growth", false, "measure how the cost grows")
	docs := flags.String("docs", "", "with -growth, the directory in which to write growth.svg")
	flags.Usage = func() {
		fmt.Fprintln(flags.Output(), "usage: bench [flags]")
		flags.PrintDefaults()
		fmt.Fprintf(flags.Output(), "\ngopls is %s\n", goplsVersion)
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	var err error
	if b.dir, err = os.MkdirTemp("", "gomodls-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	if b.dir, err = filepath.EvalSymlinks(b.dir); err != nil {
		return err
	}
	b.env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOWORK=", "XDG_CACHE_HOME="+filepath.Join(b.dir, "cache"))
	if err := b.programs(); err != nil {
		return err
	}
	b.machine()
	if *growth {
		return b.growth(*docs)
	}
	names := defaultModules
	if *modules != "" {
		names = strings.Split(*modules, ",")
	}
	if b.quick {
		names = names[:1]
	}
	var largest *subject
	for _, name := range names {
		s, err := fetch(ctx, name, b.dir)
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
	return b.workspaces(largest)
}

const goplsVersion = "golang.org/x/tools/gopls@v0.23.0"

// programs builds and installs what is measured.
func (b *bench) programs() error {
	if b.gomodls == "" {
		b.gomodls = filepath.Join(b.dir, "gomodls")
		if _, err := output(b.ctx, "", nil, "go", "build", "-o", b.gomodls, "github.com/gomodls/gomodls/cmd/gomodls"); err != nil {
			return err
		}
	}
	switch b.gopls {
	case "none":
		b.gopls = ""
	case "":
		cache, err := os.UserCacheDir()
		if err != nil {
			return err
		}
		dir := filepath.Join(cache, "gomodls-bench", filepath.Base(goplsVersion))
		b.gopls = filepath.Join(dir, "gopls")
		if _, err := os.Stat(b.gopls); err != nil {
			fmt.Fprintf(b.out, "installing %s\n", goplsVersion)
			if _, err := output(b.ctx, "", append(os.Environ(), "GOBIN="+dir, "GOFLAGS="), "go", "install", goplsVersion); err != nil {
				return err
			}
		}
	}
	return nil
}

// machine prints what the numbers were taken on.
func (b *bench) machine() {
	goVersion, _ := output(b.ctx, b.dir, b.env, "go", "version")
	fmt.Fprintf(b.out, "%s\n%s\n", machine(), strings.TrimSpace(string(goVersion)))
	if b.gopls != "" {
		fmt.Fprintf(b.out, "%s\n", goplsVersion)
	}
	if load := loadAverage(); load != "" {
		fmt.Fprintf(b.out, "load average at the start: %s\n", load)
	}
	fmt.Fprintln(b.out, "times are p50 / p99; × is how many times longer the other took at p50")
}

// A server is one way to start a language server.
type server struct {
	name     string
	argv     []string
	env      []string
	settings any
	ours     bool
}

func (b *bench) servers() []server {
	all := []server{{name: "gomodls", argv: []string{b.gomodls, "serve"}, env: b.env, ours: true}}
	if b.gopls != "" {
		// Without a network: gopls would fetch what it lacks of the module's dependencies, and be measured at that.
		offline := append(b.env[:len(b.env):len(b.env)], "GOPROXY=off")
		all = append(all,
			server{name: "gopls", argv: []string{b.gopls}, env: offline, settings: map[string]any{}},
			server{name: "gopls, no delay", argv: []string{b.gopls}, env: offline, settings: map[string]any{"diagnosticsDelay": "0s"}},
		)
	}
	return all
}

// repetitions returns how often an edit is made and taken back.
func (b *bench) repetitions(s server) int {
	switch {
	case s.ours && b.quick:
		return 50
	case s.ours:
		return 250
	case s.name == "gopls":
		return 2 // each waits for a timer of a second, so that they hardly differ
	case b.quick:
		return 5
	}
	return 20
}

// patience is how long an answer is waited for before it counts as none.
const patience = 2500 * time.Millisecond

// measured is what one server did.
type measured struct {
	server
	opened   sample // to the first diagnostics
	complete sample // to those that rest on everything
	edits    map[string]sample
	memory   [2]int64 // after opening, and after the edits
	err      error
}

func (b *bench) module(s *subject) error {
	fmt.Fprintf(b.out, "\n%s: %d requirements, %d lines in go.sum, %d modules in the build list\n", s.name, s.requires, s.sumLines, len(s.selected)+1)
	scenarios, err := s.scenarios()
	if err != nil {
		return err
	}
	var all []measured
	for _, server := range b.servers() {
		all = append(all, b.edit(server, s.dir, s, scenarios))
	}
	b.table(all, scenarios)
	return b.loading(s.dir, all)
}

// edit opens the module files of s in a server whose folder is root, and goes through the scenarios.
func (b *bench) edit(server server, root string, s *subject, scenarios []scenario) measured {
	m := measured{server: server, edits: map[string]sample{}}
	for i := range b.starts(server) {
		if m.err = b.session(&m, root, s, scenarios, i == 0); m.err != nil {
			break
		}
	}
	return m
}

func (b *bench) starts(s server) int {
	switch {
	case !s.ours:
		return 1
	case b.quick:
		return 3
	}
	return 10
}

func (b *bench) session(m *measured, root string, s *subject, scenarios []scenario, edits bool) error {
	path := filepath.Join(s.dir, "go.mod")
	e, err := start(m.name, m.argv, m.env, root, m.settings)
	if err != nil {
		return err
	}
	defer e.stop()
	if err := e.open(path, s.mod); err != nil {
		return err
	}
	var first, last heard
	ok := true
	if m.ours {
		first, ok = e.await(time.Minute, func(h heard) bool { return !h.publish && h.path == path && h.health.State != "busy" })
		if last = first; ok && !first.health.Complete {
			last, ok = e.await(time.Minute, func(h heard) bool { return !h.publish && h.path == path && h.health.Complete })
			if !ok { // something is not on this machine; then the first answer is all there is
				last, ok = first, true
			}
		}
	} else {
		first, ok = e.await(2*time.Minute, func(h heard) bool { return h.publish && h.path == path })
		last = first
	}
	if !ok {
		return fmt.Errorf("%s says nothing about %s", m.name, path)
	}
	m.opened = append(m.opened, first.at.Sub(e.begun))
	m.complete = append(m.complete, last.at.Sub(e.begun))
	if !edits {
		return nil
	}
	if err := e.open(filepath.Join(s.dir, "go.sum"), s.sum); err != nil {
		return err
	}
	pause := time.Second
	if !m.ours {
		pause = 3 * time.Second
	}
	e.quiet(pause, time.Minute)
	m.memory[0] = resident(e.cmd.Process.Pid)
	count := 0
	for _, sc := range scenarios {
		if err := b.scenario(m, e, sc, b.repetitions(m.server), &count); err != nil {
			return err
		}
	}
	for m.ours && count < 1000 {
		if err := b.scenario(m, e, scenarios[0], (1001-count)/2, &count); err != nil {
			return err
		}
	}
	m.memory[1] = resident(e.cmd.Process.Pid)
	return nil
}

// scenario makes an edit and takes it back, n times. What tells is that the edit brings marks, and that something is published
// of the version in which it is taken back, or, of another file, without those marks: others may come and go meanwhile, since
// a server may find out more in the background.
func (b *bench) scenario(m *measured, e *editor, sc scenario, n int, count *int) error {
	watch := sc.watch
	if watch == "" {
		watch = sc.edit.path
	}
	for i := range n {
		before := e.marked(watch)
		shown, took, ok, err := b.stroke(e, sc.edit, watch, count, func(marks map[string]bool) bool { return len(brought(marks, before)) > 0 })
		if err != nil {
			return err
		}
		if !ok && m.ours {
			return fmt.Errorf("%s: no answer to edit %d of %q", m.name, i, sc.name)
		}
		marks := brought(shown, before)
		if !ok { // this server has nothing to say
			_, _, err := e.apply(sc.edit.undo())
			e.quiet(300*time.Millisecond, patience)
			return err
		}
		m.edits[sc.name] = append(m.edits[sc.name], took)
		_, took, ok, err = b.stroke(e, sc.edit.undo(), watch, count, func(now map[string]bool) bool {
			if watch == sc.edit.path {
				return true // what is published of the new version is about the new version
			}
			for mark := range marks {
				if now[mark] {
					return false
				}
			}
			return true
		})
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("%s: %q is not taken back", m.name, sc.name)
		}
		m.edits[sc.name] = append(m.edits[sc.name], took)
	}
	return nil
}

// stroke makes a change and waits for diagnostics of the watched file that are as wanted, and of the version of the change if
// it is that file which was changed.
func (b *bench) stroke(e *editor, c change, watch string, count *int, wanted func(map[string]bool) bool) (marks map[string]bool, took time.Duration, ok bool, err error) {
	version, sent, err := e.apply(c)
	if err != nil {
		return nil, 0, false, err
	}
	*count++
	h, ok := e.await(patience, func(h heard) bool {
		return h.publish && h.path == watch && (watch != c.path || h.version == version) && wanted(h.marks)
	})
	return h.marks, h.at.Sub(sent), ok, nil
}

// brought returns the marks that were not there before. An edit at the end of a file moves no others.
func brought(marks, before map[string]bool) map[string]bool {
	fresh := map[string]bool{}
	for mark := range marks {
		if !before[mark] {
			fresh[mark] = true
		}
	}
	return fresh
}

func (b *bench) table(all []measured, scenarios []scenario) {
	for _, m := range all {
		if m.err != nil {
			fmt.Fprintf(b.out, "  %s: %v\n", m.name, m.err)
		}
	}
	row := func(name string, of func(measured) sample) {
		fmt.Fprintf(b.out, "  %-26s %20s", name, of(all[0]))
		for _, m := range all[1:] {
			fmt.Fprintf(b.out, "  %s %20s %7s", m.name, of(m), ratio(of(all[0]), of(m)))
		}
		fmt.Fprintln(b.out)
	}
	for _, sc := range scenarios {
		row(sc.name, func(m measured) sample { return m.edits[sc.name] })
	}
	row("open to first answer", func(m measured) sample { return m.opened })
	row("open to complete", func(m measured) sample { return m.complete })
	for i, when := range []string{"resident after opening", "resident after the edits"} {
		fmt.Fprintf(b.out, "  %-26s", when)
		for _, m := range all {
			fmt.Fprintf(b.out, "  %s %d MB", m.name, (m.memory[i]+1<<19)>>20)
		}
		fmt.Fprintln(b.out)
	}
}

// loading measures what loads a module once: gomodls check and go list.
func (b *bench) loading(dir string, all []measured) error {
	n := 20
	if b.quick {
		n = 5
	}
	cold := filepath.Join(b.dir, "cold")
	runs := []struct {
		name string
		argv []string
		env  []string
		prep func() error
	}{
		{"go list -m all", []string{"go", "list", "-m", "all"}, b.env, nil},
		{"gomodls check", []string{b.gomodls, "check"}, b.env, nil},
		{"gomodls check, no caches", []string{b.gomodls, "check"}, append(b.env[:len(b.env):len(b.env)], "XDG_CACHE_HOME="+cold), func() error { return os.RemoveAll(cold) }},
	}
	samples := make([]sample, len(runs))
	for i := range n + 1 {
		for j, r := range runs { // in turns, so that a busy moment hits all
			if r.prep != nil {
				if err := r.prep(); err != nil {
					return err
				}
			}
			took, err := timed(dir, r.env, r.argv...)
			var exit *exec.ExitError
			if err != nil && (j == 0 || !asExit(err, &exit) || exit.ExitCode() != 1) {
				return err
			}
			if i > 0 { // the first fills the caches
				samples[j] = append(samples[j], took)
			}
		}
	}
	for j, r := range runs {
		fmt.Fprintf(b.out, "  %-26s %20s  %7s of go list -m all\n", r.name, samples[j], ratio(samples[0], samples[j]))
	}
	if len(all) > 0 {
		fmt.Fprintf(b.out, "  %-26s %20s  %7s of go list -m all\n", "gomodls, open to first", all[0].opened, ratio(samples[0], all[0].opened))
		fmt.Fprintf(b.out, "  %-26s %20s  %7s of go list -m all\n", "gomodls, open to complete", all[0].complete, ratio(samples[0], all[0].complete))
	}
	return nil
}

// workspaces measures a keystroke in one module of a large workspace.
func (b *bench) workspaces(largest *subject) error {
	const n = 200
	dir := filepath.Join(b.dir, "work")
	s, err := largest.workspace(dir, n, 30)
	if err != nil {
		return err
	}
	fmt.Fprintf(b.out, "\na go.work with %d modules of 30 requirements each, %d lines in each go.sum\n", n, largest.sumLines)
	scenarios, err := s.scenarios()
	if err != nil {
		return err
	}
	var all []measured
	for _, server := range b.servers() {
		server.env = append(server.env[:len(server.env):len(server.env)], "GOFLAGS=")
		all = append(all, b.edit(server, dir, s, scenarios))
	}
	b.table(all, scenarios)
	b.env = append(b.env, "GOFLAGS=")
	return b.loading(dir, all)
}
