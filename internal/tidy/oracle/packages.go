package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/analysis/suite"
	"github.com/gomodls/gomodls/internal/gather"
	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/workspace"
)

// families are the refusals of packages that modules are to blame for, as the go command words them.
var families = regexp.MustCompile(`missing go\.sum entry|checksum mismatch|updates to go\.mod needed|` +
	`no required module provides package|cannot find module providing package|ambiguous import|does not contain package|` +
	`is replaced but not required|from implicitly required module|inconsistent vendoring|malformed import path|outside main module or its selected`)

// comparePackages holds the engine's errors against what go says when it lists the modules, and then the packages with their
// tests.
func (m *machine) comparePackages(ctx context.Context, dir string) (v verdict, err error) {
	v.cases = 1
	began := time.Now()
	found, unknown, err := m.engineErrors(ctx, dir)
	v.predict = time.Since(began)
	if err != nil {
		return v, err
	}
	began = time.Now()
	said, refused, err := m.goList(ctx, dir)
	v.tidied = time.Since(began)
	if err != nil {
		return v, err
	}
	switch byModules := families.MatchString(said); {
	case !refused && len(found) == 0, byModules && len(found) > 0:
		v.predicted, v.equal = 1, 1
		if byModules {
			v.summary = "both refuse: " + found[0]
		}
		v.text = unblamed(said, found)
		if v.text != "" {
			v.equal, v.differ = 0, 1
		}
	case unknown && len(found) == 0:
		v.declined, v.summary = 1, "unknown"
	case strings.Contains(said, matchesNothing): // because of an ignore directive; go build would load something all the same
		v.declined, v.summary = 1, "./... matches nothing"
	case refused && !byModules: // for a reason of its own, which may hide what the engine has found
		v.declined, v.summary = 1, "go refuses for another reason"
	case refused:
		v.differ, v.text = 1, "MISSED "+said
	default:
		v.differ, v.text = 1, "FALSE "+strings.Join(found, "\n")
	}
	return v, nil
}

// unblamed says which package go names and the engine does not.
func unblamed(said string, found []string) string {
	named := regexp.MustCompile(`(?:no required module provides|cannot find module providing|provides|found) package ([^\s;:]+)(?:[;:]| in multiple| and is)|malformed import path "([^"]+)"`)
	all := strings.Join(found, "\n")
	for _, match := range named.FindAllStringSubmatch(said, -1) {
		if path := match[1] + match[2]; !strings.Contains(all, path) && !strings.Contains(all, "missingsum") {
			return "BLAME " + path + "\n" + said + "\n" + all
		}
	}
	return ""
}

// engineErrors returns the errors that an editor would show, each as one text, and whether something is unknown.
func (m *machine) engineErrors(ctx context.Context, dir string) (found []string, unknown bool, err error) {
	result, err := m.analyze(ctx, dir)
	if err != nil {
		return nil, false, err
	}
	for _, f := range result.Files {
		for _, d := range f.Diagnostics {
			if d.Severity == analysis.Error {
				rel, _ := filepath.Rel(dir, f.File.Path)
				found = append(found, fmt.Sprintf("%s:%d: %s: %s", rel, 1+strings.Count(f.File.Text[:d.Span.Start], "\n"), d.Code, d.Message))
			}
			unknown = unknown || d.Code == "notdownloaded"
		}
	}
	for _, view := range result.Snapshot.Views(filepath.Join(dir, "go.mod")) {
		r := view.Packages()
		if r == nil || len(r.Unknown) > 0 {
			unknown = true
		}
	}
	return found, unknown, nil
}

// analyze returns what an editor would show of the module in dir.
func (m *machine) analyze(ctx context.Context, dir string) (*analysis.Result, error) {
	env := map[string]string{}
	for _, kv := range m.environ(dir) {
		key, value, _ := strings.Cut(kv, "=")
		env[key] = value
	}
	goCmd, err := exec.LookPath("go")
	if err != nil {
		return nil, err
	}
	if goCmd, err = filepath.EvalSymlinks(goCmd); err != nil {
		return nil, err
	}
	if m.stores == nil {
		m.stores = modcache.NewStores()
	}
	home := filepath.Join(dir, "..", "home")
	session := workspace.NewSession(&workspace.Machine{Environ: env, Home: home, ConfigDir: home, Go: goCmd, GOOS: runtime.GOOS}, nil, m.stores)
	if m.scholar == nil {
		m.scholar = new(gather.Scholar)
	}
	paths := []string{filepath.Join(dir, "go.mod"), filepath.Join(dir, "go.work")}
	result, err := gather.Answer(ctx, session, m.scholar, func(*workspace.Snapshot) []string { return paths }, func(ctx context.Context, snap *workspace.Snapshot) (*analysis.Result, error) {
		return analysis.Run(ctx, snap, suite.All, paths)
	})
	if err != nil {
		return nil, err
	}
	return result, errors.Join(result.Failures...)
}

func (m *machine) environ(dir string) []string {
	work := "GOWORK=off"
	if inWork(dir) {
		work = "GOWORK="
	}
	return append(slices.Clone(os.Environ()), "GOPROXY=off", "GOFLAGS=", work, "GOSUMDB=off", "GOTOOLCHAIN=local", "GOENV=off", "GOMODCACHE="+m.dir)
}

// inWork reports whether a case is a workspace.
func inWork(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.work"))
	return err == nil
}

// goList returns what go said, and whether it refused.
func (m *machine) goList(ctx context.Context, dir string) (said string, refused bool, err error) {
	commands := [][]string{{"list", "-m", "all"}, {"list", "-deps", "-test", "./..."}}
	if _, err := os.Stat(filepath.Join(dir, "vendor", "modules.txt")); err == nil {
		commands = commands[1:]
	}
	if inWork(dir) {
		commands = append(commands, []string{"-C", otherModule, "list", "-deps", "-test", "./..."})
	}
	for _, args := range commands {
		cmd := exec.CommandContext(ctx, "go", args...)
		cmd.Dir, cmd.Env = dir, m.environ(dir)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		switch err := cmd.Run(); {
		case errors.As(err, new(*exec.ExitError)) && ctx.Err() == nil:
			refused = true
			said += "go " + strings.Join(args, " ") + ": " + stderr.String()
		case err != nil:
			return "", false, err
		case strings.Contains(stderr.String(), matchesNothing):
			said += "go " + strings.Join(args, " ") + ": " + stderr.String()
		}
	}
	return said, refused, nil
}

// matchesNothing is what the go command warns of.
const matchesNothing = "matched no packages"

// otherModule is the directory of a module beside the main one.
const otherModule = "zz"

// damaged makes a main module that go accepts, as a rule, and then changes it in up to three ways.
func (v *inventor) damaged(ctx context.Context, m *machine, dir string) (what string, err error) {
	if err := writeFiles(dir, v.main()); err != nil {
		return "", err
	}
	if v.IntN(8) > 0 {
		if _, err := m.goTidy(ctx, dir, "-e"); err != nil {
			return "", err
		}
	}
	var done []string
	if v.IntN(5) == 0 {
		text := "go 1.22.0\n\nuse (\n\t.\n\t./" + otherModule + "\n)\n"
		if err := writeFiles(dir, map[string]string{"go.work": text}); err != nil {
			return "", err
		}
		done = append(done, "workspace")
	} else if v.IntN(4) == 0 {
		if err := m.vendor(ctx, dir); err != nil {
			return "", err
		}
		done = append(done, "vendor")
	}
	ways := []struct {
		name string
		do   func(dir string) error
	}{
		{"drop a checksum", v.dropLine("go.sum")}, {"drop a checksum", v.dropLine("go.sum")}, {"change a checksum", v.changeSum},
		{"drop a line of go.mod", v.dropLine("go.mod")}, {"add an import", v.addFile},
		{"add a file under a build constraint", v.addFile}, {"drop a line of modules.txt", v.dropLine("vendor/modules.txt")},
		{"drop a vendored directory", v.dropVendored},
	}
	for range v.IntN(4) {
		w := ways[v.IntN(len(ways))]
		if err := w.do(dir); err != nil {
			return "", err
		}
		done = append(done, w.name)
	}
	return strings.Join(done, "; "), age(dir)
}

// age makes all files of a directory old, as those are that nobody works on.
func age(dir string) error {
	old := time.Now().Add(-time.Hour)
	return filepath.WalkDir(dir, func(p string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chtimes(p, old, old)
	})
}

func (m *machine) vendor(ctx context.Context, dir string) error {
	cmd := exec.CommandContext(ctx, "go", "mod", "vendor", "-e")
	cmd.Dir, cmd.Env = dir, m.environ(dir)
	if err := cmd.Run(); !errors.As(err, new(*exec.ExitError)) {
		return err
	}
	return nil
}

// dropLine drops a line of a file, if there is one.
func (v *inventor) dropLine(name string) func(dir string) error {
	return func(dir string) error {
		file := filepath.Join(dir, filepath.FromSlash(name))
		text, err := os.ReadFile(file)
		lines := strings.SplitAfter(string(text), "\n")
		if err != nil || len(lines) < 4 {
			return nil
		}
		at := 2 + v.IntN(len(lines)-2)
		return os.WriteFile(file, []byte(strings.Join(slices.Delete(lines, at, at+1), "")), 0o666)
	}
}

func (v *inventor) changeSum(dir string) error {
	file := filepath.Join(dir, "go.sum")
	text, err := os.ReadFile(file)
	lines := strings.SplitAfter(string(text), "\n")
	if err != nil || len(lines) < 2 {
		return nil
	}
	i := v.IntN(len(lines) - 1)
	lines[i] = strings.TrimSpace(lines[i]) + "x\n"
	return os.WriteFile(file, []byte(strings.Join(lines, "")), 0o666)
}

func (v *inventor) addFile(dir string) error {
	m := v.versions[v.IntN(len(v.versions))]
	path := []string{m.Path, m.Path + "/sub", m.Path + "/nosuch", "nobody.test/x", "m.test/m/nosuch", "nosuch/std", "m.test/m/sub"}[v.IntN(7)]
	name := []string{"zz_added.go", "zz_test.go", "zz_windows.go", "zz_linux.go", "zz_amd64_test.go", "sub/zz.go", "new/zz.go", "a b/zz.go", "sub/x@v/zz_test.go", "con/zz_windows.go"}[v.IntN(10)]
	constraint := []string{"", "", "", "//go:build cgo\n\n", "//go:build !linux\n\n", "//go:build ignore\n\n", "//go:build go1.20 && unix\n\n"}[v.IntN(7)]
	more := ""
	if v.IntN(6) == 0 {
		more = "import \"C\"\n"
	}
	return writeFiles(dir, map[string]string{name: constraint + "package p\n\n" + more + "import _ \"" + path + "\"\n"})
}

func (v *inventor) dropVendored(dir string) error {
	dirs, err := filepath.Glob(filepath.Join(dir, "vendor", "a.test", "*"))
	if err != nil || len(dirs) == 0 {
		return err
	}
	return os.RemoveAll(dirs[v.IntN(len(dirs))])
}
