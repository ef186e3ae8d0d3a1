package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/module"
)

// A comparison is what go and the engine say of one state.
type comparison struct {
	script  string
	line    int    // of the script, before which the state is
	skipped string // why nothing was compared
	again   bool   // the state was there before in this script

	reference verdict
	ours      *answer
}

// A verdict is whether go loads the modules.
type verdict struct {
	refused bool
	output  string // standard error, with $WORK for the script's directory
}

func (c *comparison) agrees() bool { return c.reference.refused == c.ours.refuses() }

// probe compares what go and the engine say of the state before a command of the script, and changes nothing of it.
func (s *script) probe(cmd *command) error {
	c := &comparison{script: s.name, line: cmd.line}
	s.comparisons = append(s.comparisons, c)
	if len(s.background) > 0 {
		c.skipped = "a program runs in the background"
		return nil
	}
	key, err := hashTree(s.work, s.env["GOCACHE"])
	if err != nil {
		return err
	}
	key += s.cwd + "\x00" + strings.Join(s.environ(), "\x00")
	if before, ok := s.seen[key]; ok {
		*c = *before
		c.line, c.again = cmd.line, true
		return nil
	}
	s.seen[key] = c

	// The engine first, on the state itself: it writes nothing.
	c.ours, err = s.check()
	if err != nil {
		return err
	}
	if c.skipped = c.ours.nothing; c.skipped != "" {
		return nil
	}
	return s.inCopy(func() error {
		if err := s.askAll(c); err != nil || c.skipped != "" || !c.ours.unknown {
			return err
		}
		// The facts that the engine lacked are in the module cache now, unless nobody has them.
		if err := s.forget(c.ours.cache); err != nil {
			return err
		}
		if c.ours, err = s.check(); err != nil {
			return err
		}
		if c.ours.unknown {
			c.skipped = notKnown
			return nil
		}
		return s.askAll(c)
	})
}

// kept is where the script's directory is while a copy of it stands in its place.
func (s *script) kept() string { return s.work + ".kept" }

// inKept returns where a path of the script's directory is then; other paths stay where they are.
func (s *script) inKept(path string) string {
	if rest, ok := strings.CutPrefix(path, s.work+string(filepath.Separator)); ok {
		return filepath.Join(s.kept(), rest)
	}
	return path
}

// inCopy calls f while a copy of the script's directory stands in its place, so that all paths stay what they are.
func (s *script) inCopy(f func() error) error {
	if err := os.Rename(s.work, s.kept()); err != nil {
		return err
	}
	err := copyTree(s.kept(), s.work, s.inKept(s.env["GOCACHE"]))
	if err == nil {
		err = f()
	}
	return errors.Join(err, removeAll(s.work), os.Rename(s.kept(), s.work))
}

// forget undoes what go has done in the copy, except in the module cache, which is at the path cache.
func (s *script) forget(cache string) error {
	aside := s.work + ".cache"
	_, err := os.Stat(cache)
	inside := s.has(cache) && err == nil
	if inside {
		if err := os.Rename(cache, aside); err != nil {
			return err
		}
	}
	if err := removeAll(s.work); err != nil {
		return err
	}
	except := []string{s.inKept(s.env["GOCACHE"])}
	if inside {
		except = append(except, s.inKept(cache))
	}
	if err := copyTree(s.kept(), s.work, except...); err != nil || !inside {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(cache), 0o777); err != nil {
		return err
	}
	return os.Rename(aside, cache)
}

// referenceTime is the time that go may take to load modules.
const referenceTime = 2 * time.Minute

// ask asks go whether it loads the modules here, as DESIGN.md section 2 defines it: for lists of modules where it can make
// one, and with vendoring for the packages.
func (s *script) ask(cache string) (verdict, error) {
	v, err := s.runGo("list", "-m", "all")
	if err == nil && v.refused && s.has(cache) {
		var made bool
		if made, err = completeInfo(cache); err == nil && made {
			v, err = s.runGo("list", "-m", "all")
		}
	}
	if err != nil || !strings.Contains(v.output, "go: can't compute 'all' using the vendor directory") {
		return v, err
	}
	v, err = s.runGo("list", "-deps", "-test", "./...")
	if err != nil || !v.refused || slices.ContainsFunc(families, func(f string) bool { return strings.Contains(v.output, f) }) {
		return v, err
	}
	// What is left are faults of the Go files, unless go cannot even name the main module.
	return s.runGo("list", "-m")
}

// askAll asks go about the modules, and about the packages if it loads the modules.
func (s *script) askAll(c *comparison) (err error) {
	if c.reference, err = s.ask(c.ours.cache); err == nil && !c.reference.refused {
		err = s.askPackages(c)
	}
	if err == nil {
		c.skipped = c.reference.silence()
	}
	return err
}

// askPackages asks go whether it loads the packages of the modules whose module graph it loads. What the engine cannot know,
// because sources are not on this machine, does not count.
func (s *script) askPackages(c *comparison) error {
	for _, dir := range c.ours.dirs {
		v, err := s.runGoIn(dir, "list", "-deps", "-test", "./...")
		if err != nil {
			return err
		}
		blames := v.refused && slices.ContainsFunc(families, func(f string) bool { return strings.Contains(v.output, f) })
		if blames && (c.ours.sources || c.ours.refuses()) {
			c.reference = v
			return nil
		}
	}
	return nil
}

// silence is why a refusal says nothing about module files, "" if it may.
func (v verdict) silence() string {
	switch {
	case !v.refused:
	case strings.Contains(v.output, noNetwork):
		return needsNetwork
	case strings.Contains(v.output, "go.mod file not found in current directory or any parent directory"):
		return noModule
	case strings.Contains(v.output, "cannot be used with GO111MODULE=off"):
		return modulesOff
	}
	return ""
}

// Reasons for which states are skipped.
const (
	needsNetwork = "needs the network"
	noModule     = "no module"
	modulesOff   = "GO111MODULE=off"
	notKnown     = "gomodls says that it does not know: no machine has the facts"
)

// families are what go says of packages whose trouble lies in the module files.
var families = []string{
	"missing go.sum entry", "checksum mismatch", "updates to go.mod needed", "inconsistent vendoring",
	"no required module provides package", "cannot find module providing package", "ambiguous import", "does not contain package",
	"is replaced but not required", "from implicitly required module", "used for two different module paths",
}

// runGo runs the go command in the state's directory and environment. Of a build cache of the script's own there is no copy,
// and loading does not depend on one.
func (s *script) runGo(args ...string) (verdict, error) { return s.runGoIn(s.cwd, args...) }

func (s *script) runGoIn(dir string, args ...string) (verdict, error) {
	ctx, cancel := context.WithTimeout(s.ctx, referenceTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, s.runner.goCmd, args...)
	cmd.Dir, cmd.Env = dir, append(s.environ(), "GOCACHE="+s.runner.goCache)
	var out strings.Builder
	cmd.Stderr = &out
	err := cmd.Run()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok || ctx.Err() != nil {
		return verdict{}, fmt.Errorf("go %s: %w", strings.Join(args, " "), errors.Join(err, ctx.Err()))
	}
	return verdict{err != nil, strings.ReplaceAll(out.String(), s.work, "$WORK")}, nil
}

// completeInfo makes up the .info files that the module cache lacks beside its go.mod files, and reports whether it lacked
// any. They say when a version was made: go list prints that, and nothing that is loaded depends on it.
func completeInfo(cache string) (made bool, err error) {
	downloads := filepath.Join(cache, "cache", "download")
	if _, err := os.Stat(downloads); err != nil {
		return false, nil
	}
	err = filepath.WalkDir(downloads, func(path string, d fs.DirEntry, err error) error {
		base, ok := strings.CutSuffix(path, ".mod")
		if err != nil || !ok || d.IsDir() || filepath.Base(filepath.Dir(path)) != "@v" {
			return err
		}
		if _, err := os.Stat(base + ".info"); err == nil {
			return nil
		}
		version, err := module.UnescapeVersion(filepath.Base(base))
		if err != nil {
			return nil // no version that go would look for
		}
		made = true
		return os.WriteFile(base+".info", fmt.Appendf(nil, `{"Version":%q}`, version), 0o666)
	})
	return made, err
}
