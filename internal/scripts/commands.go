package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// errUsage says that a script calls a command as nobody should.
var errUsage = errors.New("wrong arguments")

// errUnsupported is for what this interpreter cannot do.
var errUnsupported = errors.New("not supported")

// An ending is how the commands stop and skip end a script.
type ending struct {
	skip       bool
	message    string
	conditions []condition // of the command
}

func (e *ending) Error() string {
	if e.skip {
		return "skip: " + e.message
	}
	return "stop: " + e.message
}

// reason says in a few words why a script skips itself.
func (e *ending) reason() string {
	for _, c := range e.conditions {
		switch c.name {
		case "net":
			return needsNetwork
		case "exec", "bzr":
			return "needs a program that is not installed: " + cmp.Or(c.suffix, c.name)
		case "GOOS", "GOARCH", "root", "compiler", "symlink", "case-sensitive":
			return "is for other machines: [" + c.String() + "]"
		}
	}
	if len(e.conditions) == 0 {
		return "skips itself: " + e.message
	}
	return "skips itself: [" + e.conditions[0].String() + "]"
}

// A program runs in the background; wait returns what it printed.
type program struct {
	want outcomeWanted
	wait func() (stdout, stderr string, err error)
}

// commands are the commands that a script may give, without go and exec, which run programs.
var commands = map[string]func(s *script, args []string) error{
	"cat":    cat,
	"cd":     cd,
	"chmod":  chmod,
	"cmp":    func(s *script, args []string) error { return s.compare(args, false) },
	"cmpenv": func(s *script, args []string) error { return s.compare(args, true) },
	"cp":     cp,
	"echo":   func(s *script, args []string) error { s.print(strings.Join(args, " ") + "\n"); return nil },
	"env":    env,
	"exists": exists,
	"grep":   grep,
	"mkdir": func(s *script, args []string) error {
		return s.each(args, func(path string) error { return os.MkdirAll(path, 0o777) })
	},
	"mv":      mv,
	"replace": replace,
	"rm":      func(s *script, args []string) error { return s.each(args, removeAll) },
	"skip":    func(_ *script, args []string) error { return &ending{skip: true, message: strings.Join(args, " ")} },
	"sleep":   sleep,
	"stale":   stale,
	"stderr":  func(s *script, args []string) error { return match(args, s.stderr) },
	"stdout":  func(s *script, args []string) error { return match(args, s.stdout) },
	"stop":    func(_ *script, args []string) error { return &ending{message: strings.Join(args, " ")} },
	"symlink": symlink,
	"wait":    func(s *script, _ []string) error { return s.wait() },
}

// patternAt returns which argument of a command is a regular expression: the first that is no flag. It is -1 if none is.
func patternAt(c *command) int {
	switch c.name {
	case "grep", "stdout", "stderr":
	default:
		return -1
	}
	for i, w := range c.words {
		raw := w.raw()
		if raw == "--" {
			return i + 1
		}
		if !strings.HasPrefix(raw, "-") {
			return i
		}
	}
	return -1
}

// print makes text the output of the command.
func (s *script) print(text string) { s.stdout, s.stderr = text, "" }

// each calls f with the path of each argument, of which there has to be one.
func (s *script) each(args []string, f func(path string) error) error {
	if len(args) == 0 {
		return errUsage
	}
	for _, arg := range args {
		if err := f(s.path(arg)); err != nil {
			return err
		}
	}
	return nil
}

func cat(s *script, args []string) error {
	var b strings.Builder
	err := s.each(args, func(path string) error {
		data, err := os.ReadFile(path)
		b.Write(data)
		return err
	})
	s.print(b.String())
	return err
}

func cd(s *script, args []string) error {
	if len(args) != 1 {
		return errUsage
	}
	return s.chdir(s.path(args[0]))
}

func chmod(s *script, args []string) error {
	if len(args) < 2 {
		return errUsage
	}
	mode, err := strconv.ParseUint(args[0], 0, 9)
	if err != nil {
		return err
	}
	return s.each(args[1:], func(path string) error { return os.Chmod(path, fs.FileMode(mode)) })
}

// text returns the content of a file, or what the last command printed.
func (s *script) text(name string) (string, error) {
	switch name {
	case "stdout":
		return s.stdout, nil
	case "stderr":
		return s.stderr, nil
	}
	data, err := os.ReadFile(s.path(name))
	return string(data), err
}

// compare reports a difference between two texts, with variables replaced in both if expand is set.
func (s *script) compare(args []string, expand bool) error {
	if len(args) > 0 && args[0] == "-q" {
		args = args[1:]
	}
	if len(args) != 2 {
		return errUsage
	}
	got, err := s.text(args[0])
	if err != nil {
		return err
	}
	data, err := os.ReadFile(s.path(args[1]))
	if err != nil {
		return err
	}
	want := string(data)
	if expand {
		got, want = s.expand(got), s.expand(want)
	}
	if got != want {
		return fmt.Errorf("%s and %s differ", args[0], args[1])
	}
	return nil
}

func cp(s *script, args []string) error {
	if len(args) < 2 {
		return errUsage
	}
	last := len(args) - 1
	to := s.path(args[last])
	info, err := os.Stat(to)
	isDir := err == nil && info.IsDir()
	if last > 1 && !isDir {
		return fmt.Errorf("%s is not a directory", args[last])
	}
	for _, arg := range args[:last] {
		text, err := s.text(arg)
		if err != nil {
			return err
		}
		mode, target := fs.FileMode(0o666), to
		if arg != "stdout" && arg != "stderr" {
			info, err := os.Stat(s.path(arg))
			if err != nil {
				return err
			}
			mode = info.Mode().Perm()
		}
		if isDir {
			target = filepath.Join(to, filepath.Base(arg))
		}
		if err := os.WriteFile(target, []byte(text), mode); err != nil {
			return err
		}
	}
	return nil
}

func env(s *script, args []string) error {
	var b strings.Builder
	if len(args) == 0 {
		for _, kv := range s.environ() {
			b.WriteString(kv + "\n")
		}
	}
	for _, arg := range args {
		if key, value, set := strings.Cut(arg, "="); set {
			s.env[key] = value
		} else {
			fmt.Fprintf(&b, "%s=%s\n", key, s.env[key])
		}
	}
	if b.Len() > 0 {
		s.print(b.String())
	}
	return nil
}

func exists(s *script, args []string) error {
	var readOnly, executable bool
	for ; len(args) > 0; args = args[1:] {
		if args[0] == "-readonly" {
			readOnly = true
		} else if args[0] == "-exec" {
			executable = true
		} else {
			break
		}
	}
	return s.each(args, func(path string) error {
		info, err := os.Stat(path)
		switch {
		case err != nil:
			return err
		case readOnly && info.Mode()&0o222 != 0:
			return fmt.Errorf("%s can be written", path)
		case executable && info.Mode()&0o111 == 0:
			return fmt.Errorf("%s cannot be executed", path)
		}
		return nil
	})
}

func grep(s *script, args []string) error {
	if len(args) == 0 {
		return errUsage
	}
	last := len(args) - 1
	data, err := os.ReadFile(s.path(args[last]))
	if err != nil {
		return err
	}
	return match(args[:last], string(data))
}

// match looks for the pattern that is the last of args in text, as often as -count says.
func match(args []string, text string) error {
	count := 0
	for len(args) > 1 {
		number, ok := strings.CutPrefix(args[0], "-count=")
		if ok {
			var err error
			if count, err = strconv.Atoi(number); err != nil {
				return err
			}
		} else if args[0] != "-q" {
			return errUsage
		}
		args = args[1:]
	}
	if len(args) != 1 {
		return errUsage
	}
	re, err := regexp.Compile("(?m)" + args[0])
	if err != nil {
		return err
	}
	if n := len(re.FindAllString(text, -1)); n == 0 || count > 0 && n != count {
		return fmt.Errorf("%d matches of %q", n, args[0])
	}
	return nil
}

func mv(s *script, args []string) error {
	if len(args) != 2 {
		return errUsage
	}
	return os.Rename(s.path(args[0]), s.path(args[1]))
}

func replace(s *script, args []string) error {
	last := len(args) - 1
	if last < 2 || last%2 != 0 {
		return errUsage
	}
	var pairs []string
	for _, arg := range args[:last] {
		text, err := strconv.Unquote(`"` + arg + `"`)
		if err != nil {
			return err
		}
		pairs = append(pairs, text)
	}
	path := s.path(args[last])
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(strings.NewReplacer(pairs...).Replace(string(data))), 0o666)
}

func sleep(s *script, args []string) error {
	if len(args) != 1 {
		return errUsage
	}
	d, err := time.ParseDuration(args[0])
	if err != nil {
		return err
	}
	select {
	case <-time.After(d):
		return nil
	case <-s.ctx.Done():
		return s.ctx.Err()
	}
}

// stale reports a package that is up to date, or cannot be loaded.
func stale(s *script, args []string) error {
	if len(args) == 0 {
		return errUsage
	}
	const format = "{{if .Error}}{{.ImportPath}}: {{.Error.Err}}{{else if not .Stale}}{{.ImportPath}} is up to date{{end}}"
	p, err := s.start(s.runner.goCmd, "go", append([]string{"list", "-e", "-f=" + format}, args...))
	if err != nil {
		return err
	}
	out, _, err := p.wait()
	if out = strings.TrimSpace(out); err == nil && out != "" {
		err = errors.New(out)
	}
	return err
}

func symlink(s *script, args []string) error {
	if len(args) != 3 || args[1] != "->" {
		return errUsage
	}
	return os.Symlink(filepath.FromSlash(args[2]), s.path(args[0]))
}

// start starts a program in the script's directory and environment.
func (s *script) start(path, name string, args []string) (*program, error) {
	cmd := exec.CommandContext(s.ctx, path, args...)
	cmd.Args[0] = name
	cmd.Dir, cmd.Env = s.cwd, s.environ()
	cmd.WaitDelay = time.Second
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &program{wait: func() (string, string, error) {
		err := cmd.Wait()
		return stdout.String(), stderr.String(), err
	}}, nil
}

// find returns the program that exec means: one of the script's PATH unless the name has a slash.
func (s *script) find(name string) (string, error) {
	if strings.ContainsRune(name, filepath.Separator) {
		if !filepath.IsAbs(name) {
			name = filepath.Join(s.cwd, name)
		}
		return name, nil
	}
	for _, dir := range filepath.SplitList(s.env["PATH"]) {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return path, nil
		}
	}
	return "", &exec.Error{Name: name, Err: exec.ErrNotFound}
}

// wait waits for all programs in the background. What they printed is the output of the command.
func (s *script) wait() error {
	var stdouts, stderrs []string
	var errs []error
	for _, p := range s.background {
		stdout, stderr, err := p.wait()
		stdouts, stderrs = append(stdouts, stdout), append(stderrs, stderr)
		errs = append(errs, unexpected(p.want, err))
	}
	s.background = nil
	s.stdout, s.stderr = strings.Join(stdouts, ""), strings.Join(stderrs, "")
	return errors.Join(errs...)
}

// errSucceeded says that a command that has to fail did not.
var errSucceeded = errors.New("it succeeded")

// unexpected returns err, or nil if the script wants it so.
func unexpected(want outcomeWanted, err error) error {
	if end, ok := errors.AsType[*ending](err); ok {
		return end
	}
	switch {
	case errors.Is(err, errUnsupported):
		return err
	case want == fails && err == nil:
		return errSucceeded
	case want == succeeds:
		return err
	}
	return nil
}

// environ returns the environment of the script's programs.
func (s *script) environ() []string {
	var list []string
	for key, value := range s.env {
		if key != "/" && key != ":" {
			list = append(list, key+"="+value)
		}
	}
	slices.Sort(list)
	return list
}
