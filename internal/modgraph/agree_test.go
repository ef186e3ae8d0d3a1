package modgraph_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/modgraph"
)

// TestAgreesWithGo makes small worlds at random, with pruning, go lines, cycles, exclusions, replacements and workspaces, and
// asks the go command for the build list of each. AGREE_CASES asks for more worlds than the few that run every time, and
// AGREE_SEED for others.
func TestAgreesWithGo(t *testing.T) {
	cases, seed := 12, uint64(1)
	if n, err := strconv.Atoi(os.Getenv("AGREE_CASES")); err == nil {
		cases = n
	}
	if n, err := strconv.ParseUint(os.Getenv("AGREE_SEED"), 10, 64); err == nil {
		seed = n
	}
	accepted, refused := 0, 0
	for i := range cases {
		w := newWorld(t, rand.New(rand.NewPCG(seed, uint64(i))))
		got, ok := w.predict()
		out, err := w.list()
		switch {
		case err != nil && ok:
			t.Errorf("world %d: go refuses, the graph has nothing against it\n%s\n%s", i, out, w)
		case err == nil && !ok:
			t.Errorf("world %d: go accepts, the graph does not\n%s", i, w)
		case err == nil && out != got:
			t.Errorf("world %d: the build list is\n%s\nbut go has\n%s\n%s", i, got, out, w)
		}
		if err == nil {
			accepted++
		} else {
			refused++
		}
		if t.Failed() {
			break
		}
	}
	t.Logf("%d worlds: go accepts %d and refuses %d", cases, accepted, refused)
	if accepted == 0 || refused == 0 {
		t.Errorf("go accepts %d worlds and refuses %d: both should happen", accepted, refused)
	}
}

// A world is a module proxy on disk and a main module or workspace that uses it.
type world struct {
	t    *testing.T
	dir  string
	mods map[module.Version]string // what the proxy has
	main []string                  // the go.mod files of the main modules, each in a directory m0, m1, …
	work string
}

func newWorld(t *testing.T, r *rand.Rand) *world {
	w := &world{t: t, dir: t.TempDir(), mods: map[module.Version]string{}}
	paths, versions := 3+r.IntN(6), 1+r.IntN(4)
	name := func() string { return fmt.Sprintf("m%d.example/x", r.IntN(paths)) }
	version := func() string { return fmt.Sprintf("v1.%d.0", r.IntN(versions)) }
	goLines := []string{"", "1.12", "1.16", "1.17", "1.18", "1.20", "1.21", "1.21.3", "1.22rc1", "1.22.1"}
	goLine := func() string {
		if v := goLines[r.IntN(len(goLines))]; v != "" {
			return "go " + v + "\n"
		}
		return ""
	}
	requires := func(self string, n int) string {
		var b strings.Builder
		for range n {
			if p := name(); p != self {
				fmt.Fprintf(&b, "require %s %s\n", p, version())
			} else if r.IntN(4) == 0 {
				fmt.Fprintf(&b, "require main0.example v1.0.0\n")
			}
		}
		return b.String()
	}
	for p := range paths {
		for v := range versions {
			m := module.Version{Path: fmt.Sprintf("m%d.example/x", p), Version: fmt.Sprintf("v1.%d.0", v)}
			w.mods[m] = "module " + m.Path + "\n" + goLine() + requires(m.Path, r.IntN(4))
		}
	}
	w.mods[module.Version{Path: "main0.example", Version: "v1.0.0"}] = "module main0.example\n" + goLine() + requires("", 2)
	mains := 1
	if r.IntN(3) == 0 {
		mains = 1 + r.IntN(3)
		w.work = "go 1.23\n"
	}
	for i := range mains {
		var b strings.Builder
		fmt.Fprintf(&b, "module main%d.example\n%s%s", i, goLine(), requires("", 1+r.IntN(4)))
		for range r.IntN(2) {
			fmt.Fprintf(&b, "exclude %s %s\n", name(), version())
		}
		for range r.IntN(2) {
			switch old := name(); r.IntN(3) {
			case 0:
				fmt.Fprintf(&b, "replace %s => %s %s\n", old, old, version())
			case 1:
				fmt.Fprintf(&b, "replace %s %s => %s %s\n", old, version(), old, version())
			default:
				dir := fmt.Sprintf("local%d", i)
				fmt.Fprintf(&b, "replace %s => ../%s\n", old, dir)
				w.write(filepath.Join(dir, "go.mod"), "module whatever\n"+goLine()+requires(old, r.IntN(3)))
			}
		}
		w.main = append(w.main, b.String())
		if w.work != "" {
			w.work += fmt.Sprintf("use ./m%d\n", i)
		}
	}
	return w
}

func (w *world) write(name, data string) {
	w.t.Helper()
	file := filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(data), 0o666); err != nil {
		w.t.Fatal(err)
	}
}

// list returns what `go list -m all` prints.
func (w *world) list() (string, error) {
	var sum strings.Builder
	for m, text := range w.mods {
		base := filepath.Join("proxy", m.Path, "@v", m.Version)
		w.write(base+".mod", text)
		w.write(base+".info", fmt.Sprintf(`{"Version":%q,"Time":"2026-01-01T00:00:00Z"}`, m.Version))
		fmt.Fprintf(&sum, "%s %s/go.mod %s\n", m.Path, m.Version, modcache.ParseMod(modcache.NewNames(), text).Hash())
	}
	for i, text := range w.main {
		w.write(fmt.Sprintf("m%d/go.mod", i), text)
		w.write(fmt.Sprintf("m%d/go.sum", i), sum.String())
	}
	if w.work != "" {
		w.write("go.work", w.work)
	}
	cmd := exec.Command("go", "list", "-m", "all")
	cmd.Dir = filepath.Join(w.dir, "m0")
	cmd.Env = append(os.Environ(), "GOPROXY=file://"+filepath.ToSlash(filepath.Join(w.dir, "proxy")), "GOSUMDB=off", "GONOSUMDB=", "GOPRIVATE=", "GOFLAGS=-modcacherw",
		"GOTOOLCHAIN=local", "GOENV=off", "GOWORK=", "GOMODCACHE="+filepath.Join(w.dir, "modcache"))
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return string(exit.Stderr), err
	}
	var lines []string
	for line := range strings.Lines(string(out)) {
		line, _, _ = strings.Cut(strings.TrimSpace(line), " =>")
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n"), err
}

// predict returns the build list as the graph has it, and whether the graph finds nothing that go would refuse.
func (w *world) predict() (string, bool) {
	names := modcache.NewNames()
	in := modgraph.Input{
		Names: names, Workspace: w.work != "",
		Source: modgraph.Source{Mod: func(id modcache.NodeID) (*modcache.Mod, error) {
			text, ok := w.mods[names.Version(id)]
			if !ok {
				return nil, errors.New("not in the proxy")
			}
			return modcache.ParseMod(names, text), nil
		},
			Dir: func(dir string) (*modcache.Mod, error) {
				data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
				return modcache.ParseMod(names, string(data)), err
			}},
	}
	if in.Workspace {
		in.Go = "1.23"
	}
	for i, text := range w.main {
		f, err := modfile.Parse("go.mod", []byte(text), nil)
		if err != nil {
			w.t.Fatal(err)
		}
		m := modgraph.MainModule{Path: f.Module.Mod.Path, Dir: filepath.Join(w.dir, fmt.Sprintf("m%d", i))}
		if f.Go != nil {
			m.Go = f.Go.Version
		}
		for _, r := range f.Require {
			m.Require = append(m.Require, r.Mod)
		}
		for _, x := range f.Exclude {
			m.Exclude = append(m.Exclude, x.Mod)
		}
		for _, r := range f.Replace {
			m.Replace = append(m.Replace, modgraph.Replacement{Old: r.Old, New: r.New, Dir: m.Dir})
		}
		in.Main = append(in.Main, m)
	}
	g := modgraph.Load(in)
	ok := !g.AnyBelowSelected()
	for _, n := range g.Nodes() {
		ok = ok && n.Cause == modgraph.OK
	}
	if !in.Workspace { // a requirement on an excluded version is refused for itself; so are two versions of one module
		for i, r := range in.Main[0].Require {
			ok = ok && !slices.Contains(in.Main[0].Exclude, r)
			for _, other := range in.Main[0].Require[:i] {
				ok = ok && (other.Path != r.Path || other.Version == r.Version)
			}
		}
	} else {
		ok = ok && !conflicting(in) && len(g.Conflicts()) == 0
	}
	var lines []string
	for _, m := range g.BuildList() {
		lines = append(lines, strings.TrimSpace(m.Path+" "+m.Version))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n"), ok
}

// conflicting reports whether two modules of a workspace replace one thing by two.
func conflicting(in modgraph.Input) bool {
	seen := map[module.Version]string{}
	for _, m := range in.Main {
		for _, r := range m.Replace {
			to := r.Directory() + r.New.Version
			if have, ok := seen[r.Old]; ok && have != to {
				return true
			}
			seen[r.Old] = to
		}
	}
	return false
}

func (w *world) String() string {
	var b strings.Builder
	if w.work != "" {
		fmt.Fprintf(&b, "-- go.work --\n%s", w.work)
	}
	for i, text := range w.main {
		fmt.Fprintf(&b, "-- m%d/go.mod --\n%s", i, text)
	}
	for i := range w.main {
		if data, err := os.ReadFile(filepath.Join(w.dir, fmt.Sprintf("local%d", i), "go.mod")); err == nil {
			fmt.Fprintf(&b, "-- local%d/go.mod --\n%s", i, data)
		}
	}
	for m, text := range w.mods {
		fmt.Fprintf(&b, "-- %s --\n%s", m, text)
	}
	return b.String()
}
