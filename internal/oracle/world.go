package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
	"golang.org/x/mod/sumdb/dirhash"

	"github.com/gomodls/gomodls/internal/modcache"
)

// A pool holds the go.mod files that modules depend on, by module version.
type pool map[module.Version]string

// A world is all that a case can see of the outside: a module proxy that is a directory, a module cache, a home, and a go
// command. The network is no part of it.
type world struct {
	dir      string
	goCmd    string
	mods     pool
	versions map[string][]string // of each module path, the lowest first
	hashes   map[module.Version]string
	requires map[module.Version][]module.Version
	zips     map[module.Version]string // the checksums of the zips, which are made up
	stores   *modcache.Stores
	env      map[string]string
	fixer    string // the gomodls program, to carry out fixes that are commands; "" if there is none
}

// newWorld builds a world in dir out of the go.mod files of a pool and those that are invented for the mutations.
func newWorld(dir, goCmd string, mods pool) (*world, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return nil, err
	}
	w := &world{
		dir: dir, goCmd: goCmd, mods: maps.Clone(mods), versions: map[string][]string{},
		hashes: map[module.Version]string{}, zips: map[module.Version]string{}, requires: map[module.Version][]module.Version{}, stores: modcache.NewStores(),
	}
	maps.Copy(w.mods, invented)
	for m, text := range w.mods {
		if err := w.serve(m, text); err != nil {
			return nil, err
		}
		w.versions[m.Path] = append(w.versions[m.Path], m.Version)
		w.hashes[m] = hashMod(text)
		if f, err := modfile.ParseLax("go.mod", []byte(text), nil); err == nil {
			for _, r := range f.Require {
				w.requires[m] = append(w.requires[m], r.Mod)
			}
		}
	}
	for _, requires := range w.requires { // go lists versions that are selected because they are mentioned
		for _, m := range requires {
			if err := w.describe(m); err != nil {
				return nil, err
			}
		}
	}
	for path, versions := range w.versions {
		semver.Sort(versions)
		tagged := slices.DeleteFunc(slices.Clone(versions), module.IsPseudoVersion)
		if err := w.write(path, "list", strings.Join(append(tagged, ""), "\n")); err != nil {
			return nil, err
		}
	}
	for _, sub := range []string{"home", "modcache", "gopath"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o777); err != nil {
			return nil, err
		}
	}
	w.env = map[string]string{
		"PATH": os.Getenv("PATH"), "HOME": filepath.Join(dir, "home"), "GOENV": "off", "GOPATH": filepath.Join(dir, "gopath"),
		"GOMODCACHE": filepath.Join(dir, "modcache"), "GOPROXY": "file://" + filepath.ToSlash(filepath.Join(dir, "proxy")),
		"GOSUMDB": "off", "GOTOOLCHAIN": "local", "GOFLAGS": "", "GO111MODULE": "", "GOCACHE": filepath.Join(dir, "buildcache"),
		"GOTELEMETRY": "off", "GOPRIVATE": "", "GONOPROXY": "", "GONOSUMDB": "",
	}
	return w, nil
}

// serve puts a module version into the proxy.
func (w *world) serve(m module.Version, text string) error {
	v, err := module.EscapeVersion(m.Version)
	if err != nil {
		return err
	}
	if err := w.write(m.Path, v+".mod", text); err != nil {
		return err
	}
	data, sum, err := stubZip(m, text)
	if err != nil {
		return err
	}
	w.zips[m] = sum
	if err := w.write(m.Path, v+".zip", data); err != nil {
		return err
	}
	return w.describe(m)
}

// describe writes the .info file that the go command asks for when it lists a version. The time in it is made up.
func (w *world) describe(m module.Version) error {
	v, err := module.EscapeVersion(m.Version)
	if err != nil {
		return err
	}
	return w.write(m.Path, v+".info", fmt.Sprintf("{\"Version\":%q,\"Time\":\"2024-01-01T00:00:00Z\"}\n", m.Version))
}

func (w *world) write(path, name, text string) error {
	escaped, err := module.EscapePath(path)
	if err != nil {
		return err
	}
	file := filepath.Join(w.dir, "proxy", filepath.FromSlash(escaped), "@v", name)
	if have, err := os.ReadFile(file); err == nil && string(have) == text {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(text), 0o666)
}

// close removes the world. The module cache's files may be read-only.
func (w *world) close() error {
	_ = filepath.WalkDir(w.dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			_ = os.Chmod(path, 0o777)
		}
		return nil
	})
	return os.RemoveAll(w.dir)
}

// hashMod returns the checksum that go.sum holds for a go.mod file.
func hashMod(text string) string {
	sum, err := dirhash.Hash1([]string{"go.mod"}, func(string) (r readCloser, err error) { return nopCloser(text), nil })
	if err != nil {
		panic(err) // reading a string does not fail
	}
	return sum
}

// A verdict is what the go command said of a case.
type verdict struct {
	refused bool
	output  string // with $DIR for the case's directory
	loading bool   // packages were loaded, because the module graph was accepted
}

// maxTime is more than the go command ever needs without a network.
const maxTime = 2 * time.Minute

// ask runs the go command's reference in a case that is on disk in dir: the module graph, or in vendor mode, where go refuses
// to compute that, the packages.
func (w *world) ask(ctx context.Context, c *testCase, dir string) (verdict, error) {
	v, err := w.run(ctx, c, dir, "list", "-m", "all")
	if err == nil && strings.Contains(v.output, "go: can't compute 'all' using the vendor directory") {
		v, err = w.run(ctx, c, dir, "list", "-deps", "-test", "./...")
		v.refused = v.refused && !ofPackages.MatchString(v.output)
	}
	return v, err
}

// ofPackages is a refusal of what a package imports, whatever the module files say.
var ofPackages = regexp.MustCompile(`(?m)^package .*\n\t.*: use of internal package \S+ not allowed\n\z`)

// ofModules are the refusals to load packages that modules are to blame for.
var ofModules = regexp.MustCompile(`missing go\.sum entry|checksum mismatch|updates to go\.mod needed|` +
	`no required module provides package|cannot find module providing package|ambiguous import|does not contain package|` +
	`is replaced but not required|from implicitly required module|used for two different module paths`)

// askPackages loads the packages of a case whose module graph go accepts. The engine need not know what it says, for few
// sources are on the machine, but may.
func (w *world) askPackages(ctx context.Context, c *testCase, dir string) (verdict, error) {
	v, err := w.run(ctx, c, dir, "list", "-deps", "-test", "./...")
	v.refused = v.refused && ofModules.MatchString(v.output)
	v.loading = true
	return v, err
}

// askAgain asks what v is the verdict of, about a case that was changed since.
func (w *world) askAgain(ctx context.Context, c *testCase, dir string, v verdict) (verdict, error) {
	now, err := w.ask(ctx, c, dir)
	if err != nil || now.refused || !v.loading {
		return now, err
	}
	return w.askPackages(ctx, c, dir)
}

func (w *world) run(ctx context.Context, c *testCase, dir string, args ...string) (verdict, error) {
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, w.goCmd, args...)
	cmd.Dir = filepath.Join(dir, filepath.FromSlash(c.dir))
	cmd.Env = append(environ(w.environOf(c, dir)), "PWD="+cmd.Dir)
	var out strings.Builder
	cmd.Stderr = &out
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		return verdict{}, fmt.Errorf("go %s: %w", strings.Join(args, " "), errors.Join(err, ctx.Err()))
	}
	v := verdict{refused: err != nil, output: strings.ReplaceAll(out.String(), dir, "$DIR")}
	v.output = strings.ReplaceAll(v.output, w.dir, "$WORLD")
	if v.refused {
		v.output = withoutInfo(v.output)
		v.refused = v.output != ""
	}
	return v, nil
}

// goVersion returns the version of the world's go command: 1.26.0, for example.
func (w *world) goVersion(ctx context.Context) (string, error) {
	cmd := exec.CommandContext(ctx, w.goCmd, "env", "GOVERSION")
	cmd.Env = environ(w.env)
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go env: %w", err)
	}
	return strings.TrimPrefix(strings.TrimSpace(string(out)), "go"), nil
}

// environOf returns the environment that go and the engine see in a case.
func (w *world) environOf(c *testCase, dir string) map[string]string {
	env := maps.Clone(w.env)
	for key, value := range c.env {
		env[key] = strings.ReplaceAll(value, "$DIR", dir)
	}
	return env
}

var infoMissing = regexp.MustCompile(`^go: \S+@\S+: reading \S+\.info: no such file or directory\n$`)

// withoutInfo returns what go complains about besides .info files of what it lists, which say when a version was made.
func withoutInfo(output string) string {
	var b strings.Builder
	for line := range strings.Lines(output) {
		if !infoMissing.MatchString(line) {
			b.WriteString(line)
		}
	}
	return b.String()
}

func environ(env map[string]string) []string {
	var list []string
	for _, key := range slices.Sorted(maps.Keys(env)) {
		list = append(list, key+"="+env[key])
	}
	return list
}
