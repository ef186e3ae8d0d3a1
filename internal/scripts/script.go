package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"
)

// home is a home directory that is not there, and that not even root can make.
const home = "/proc/no-home"

// A script is one of the go command's tests while it runs: a directory, an environment, and what the last command printed.
type script struct {
	ctx    context.Context
	runner *runner
	name   string // of the file, without its ending

	work string            // $WORK, with no symbolic link in it
	cwd  string            // absolute
	env  map[string]string // with the two that only scripts see, named "/" and ":"

	stdout, stderr string
	background     []*program

	seen        map[string]*comparison // the state → what was found out about it
	comparisons []*comparison
}

// An end is how a script came to its end.
type end struct {
	reason string // "" if it ran to its last line
	line   int    // the line that it ended at
	detail string
}

// run runs the script of an archive in the empty directory work.
func (r *runner) run(ctx context.Context, name, work string, archive *txtar.Archive) (*script, end, error) {
	s := &script{ctx: ctx, runner: r, name: name, work: work, env: r.environ(work), seen: map[string]*comparison{}}
	if err := s.unpack(archive); err != nil {
		return s, end{}, err
	}
	number := 0
	for text := range strings.Lines(string(archive.Comment)) {
		number++
		err := s.line(number, strings.TrimSuffix(text, "\n"))
		if err == nil {
			continue
		}
		if failure, ok := errors.AsType[*probeError](err); ok {
			return s, end{"failure of this program", number, failure.Error()}, fmt.Errorf("%s:%d: %w", name, number, failure.err)
		}
		if stop, ok := errors.AsType[*ending](err); ok && !stop.skip {
			return s, end{}, nil
		}
		return s, end{s.why(err), number, oneLine(s, err)}, nil
	}
	return s, end{}, s.ctx.Err()
}

// environ returns the environment that a script begins with: see scriptEnv and initScriptDirs in cmd/go/script_test.go.
func (r *runner) environ(work string) map[string]string {
	gopath := filepath.Join(work, "gopath")
	env := map[string]string{
		"/": string(filepath.Separator), ":": string(filepath.ListSeparator),
		"PATH": filepath.Join(r.goroot, "bin") + string(filepath.ListSeparator) + os.Getenv("PATH"),
		"HOME": home, "WORK": work, "TMPDIR": filepath.Join(work, "tmp"),
		"devnull": os.DevNull, "newline": "\n", "goversion": r.goVersion,
		"GOPATH": gopath, "GOCACHE": r.goCache, "GOROOT": r.goroot, "TESTGO_GOROOT": r.goroot,
		"GOOS": r.goos, "GOARCH": r.goarch, "TESTGO_GOHOSTOS": r.goos, "TESTGO_GOHOSTARCH": r.goarch,
		"GOPROXY": r.proxy.url(), "GOSUMDB": r.proxy.verifier, "GOPRIVATE": "", "GONOPROXY": "", "GONOSUMDB": "",
		"GOVCS": "*:all", "GOTOOLCHAIN": "auto", "GOTRACEBACK": "system", "GODEBUG": "", "GOEXPERIMENT": "", "GOEXE": "",
		"HGRCPATH": "", "CCACHE_DISABLE": "1",
		"TESTGO_EXE": r.goCmd,
		// Whatever would leave the machine is refused; see proxy.refuse.
		"http_proxy": r.proxy.address(), "https_proxy": r.proxy.address(), "GIT_SSH_COMMAND": "false",
	}
	if r.goos == "windows" {
		env["GOEXE"] = ".exe"
	}
	return env
}

// unpack makes the script's directories and writes its files.
func (s *script) unpack(archive *txtar.Archive) error {
	source := filepath.Join(s.env["GOPATH"], "src")
	for _, dir := range []string{source, s.env["TMPDIR"]} {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return err
		}
	}
	if err := s.chdir(source); err != nil {
		return err
	}
	for _, f := range archive.Files {
		path := s.path(s.expand(f.Name))
		if !s.has(path) {
			return fmt.Errorf("%s: file %s lies outside the script's directory", s.name, f.Name)
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(path, f.Data, 0o666); err != nil {
			return err
		}
	}
	return nil
}

func (s *script) expand(text string) string {
	return os.Expand(text, func(key string) string { return s.env[key] })
}

func (s *script) path(name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(s.cwd, name)
}

func (s *script) chdir(dir string) error {
	if _, err := os.Stat(dir); err != nil {
		return err
	}
	s.cwd, s.env["PWD"] = dir, dir
	return nil
}

// line runs one line. Its error ends the script.
func (s *script) line(number int, text string) error {
	if err := s.ctx.Err(); err != nil {
		return err
	}
	c, err := parseLine(number, text)
	if err != nil || c == nil {
		return err
	}
	if ok, err := s.hold(c); err != nil || !ok {
		return err
	}
	pattern := patternAt(c)
	var args []string
	for i, w := range c.words {
		args = append(args, w.expand(s.env, i == pattern))
	}
	switch c.name {
	case "go":
		if err := errors.Join(s.stopTelemetry(), s.probe(c)); err != nil {
			return &probeError{err}
		}
		return s.program(c, s.runner.goCmd, "go", args)
	case "exec":
		if len(args) == 0 {
			return errUsage
		}
		path, err := s.find(args[0])
		if err != nil {
			return unexpected(c.want, err)
		}
		return s.program(c, path, args[0], args[1:])
	}
	run, ok := commands[c.name]
	if !ok {
		return fmt.Errorf("command %s: %w", c.name, errUnsupported)
	}
	err = run(s, args)
	if stop, ok := errors.AsType[*ending](err); ok {
		stop.conditions = c.conditions
	}
	return unexpected(c.want, err)
}

// configDir is where programs of the script look for the user's configuration.
func (s *script) configDir() string {
	return cmp.Or(s.env["XDG_CONFIG_HOME"], filepath.Join(s.env["HOME"], ".config"))
}

// stopTelemetry keeps the go command from leaving a process behind that writes to the script's directory.
func (s *script) stopTelemetry() error {
	dir := filepath.Join(s.configDir(), "go", "telemetry")
	if !s.has(dir) {
		return nil
	}
	return errors.Join(os.MkdirAll(dir, 0o777), os.WriteFile(filepath.Join(dir, "mode"), []byte("off"), 0o666))
}

// has reports whether a path lies in the script's directory.
func (s *script) has(path string) bool {
	return strings.HasPrefix(path, s.work+string(filepath.Separator))
}

// program runs a program, or starts it where it is to run in the background.
func (s *script) program(c *command, path, name string, args []string) error {
	p, err := s.start(path, name, args)
	if err != nil {
		return unexpected(c.want, err)
	}
	if c.background {
		p.want = c.want
		s.background = append(s.background, p)
		s.stdout, s.stderr = "", ""
		return nil
	}
	s.stdout, s.stderr, err = p.wait()
	return unexpected(c.want, err)
}

// A probeError is a failure of ours, not the script's.
type probeError struct{ err error }

func (e *probeError) Error() string { return e.err.Error() }

// networkTroubles are what go and git say where they have tried to leave the machine.
var networkTroubles = []string{noNetwork, "CONNECT tunnel failed, response 403", "no secure protocol found for repository"}

// why says in a word or two why a script could not go on.
func (s *script) why(err error) string {
	if stop, ok := errors.AsType[*ending](err); ok {
		return stop.reason()
	}
	switch {
	case errors.Is(err, errUnsupported):
		return "the interpreter does not have a " + strings.TrimSuffix(err.Error(), ": "+errUnsupported.Error())
	case slices.ContainsFunc(networkTroubles, func(t string) bool { return strings.Contains(s.stdout+s.stderr, t) }):
		return needsNetwork
	}
	for key := range s.env {
		if strings.HasPrefix(key, "TESTGO_VERSION") || strings.HasPrefix(key, "TESTGO_TOOLCHAIN") {
			return "needs a go command built for tests, which takes another version for its own"
		}
	}
	return "the installed go command does otherwise than the script expects"
}

// oneLine describes what went wrong with the last command.
func oneLine(s *script, err error) string {
	text := err.Error()
	if s.stderr != "" {
		text += " | " + firstLines(s.stderr)
	}
	return strings.ReplaceAll(text, s.work, "$WORK")
}

// firstLines shortens what go printed to what says why.
func firstLines(output string) string {
	lines := strings.Split(strings.TrimSpace(output), "\n")
	text := strings.Join(lines[:min(3, len(lines))], " | ")
	return text[:min(300, len(text))]
}
