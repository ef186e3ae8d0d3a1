package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/dirhash"
)

// A point is what one size cost.
type point struct {
	n              int
	open, key, far time.Duration // opening to complete diagnostics; a keystroke that touches the size; one that does not
	list           time.Duration // go list -m all
	memory         int64
}

// A curve is how the cost grows with one thing.
type curve struct {
	of     string
	points []point
}

// growth measures modules and workspaces that are made up, in a module cache of their own, and draws the result.
func (b *bench) growth(docs string) error {
	sizes := func(all ...int) []int {
		if b.quick {
			return all[:len(all)-1]
		}
		return all
	}
	curves := []curve{{of: "requirements"}, {of: "lines in go.sum"}, {of: "modules in a workspace"}}
	for _, n := range sizes(10, 100, 1000, 5000) {
		if err := b.grow(&curves[0], n, func(w *made) *subject { return w.module(n, 0) }); err != nil {
			return err
		}
	}
	for _, n := range sizes(100, 1000, 10_000, 100_000) {
		if err := b.grow(&curves[1], n, func(w *made) *subject { return w.module(20, n) }); err != nil {
			return err
		}
	}
	for _, n := range sizes(1, 10, 100, 1000) {
		if err := b.grow(&curves[2], n, func(w *made) *subject { return w.workspace(n, 10) }); err != nil {
			return err
		}
	}
	for _, c := range curves {
		t := newTable(b.out, c.of, "open", "keystroke there", "keystroke beside", "go list -m all", "resident")
		for _, p := range c.points {
			t.row(fmt.Sprint(p.n), short(p.open), short(p.key), short(p.far), short(p.list), fmt.Sprintf("%d MB", (p.memory+1<<19)>>20))
		}
	}
	if docs == "" {
		return nil
	}
	return os.WriteFile(filepath.Join(docs, "growth.svg"), draw(curves), 0o666)
}

// A made is a made-up world: modules that require the next two each, in a module cache of their own.
type made struct {
	dir, cache string
	have       int
	err        error
}

func (w *made) path(i int) string { return fmt.Sprintf("example.com/m%05d", i) }

// mods puts n modules into the cache, and returns the go.sum that protects their go.mod files.
func (w *made) mods(n int) string {
	var sum strings.Builder
	for i := range n {
		text := "module " + w.path(i) + "\n\ngo 1.21\n"
		for j := i + 1; j < min(i+3, n); j++ {
			text += fmt.Sprintf("\nrequire %s v1.0.0\n", w.path(j))
		}
		at := filepath.Join(w.cache, "cache", "download", filepath.FromSlash(w.path(i)), "@v")
		w.fail(writeFiles(at, map[string]string{"v1.0.0.mod": text, "v1.0.0.info": `{"Version":"v1.0.0"}`}))
		hash, err := dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil })
		w.fail(err)
		fmt.Fprintf(&sum, "%s v1.0.0/go.mod %s\n", w.path(i), hash)
	}
	return sum.String()
}

func (w *made) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// module makes a module with n requirements, and more lines in its go.sum up to sums.
func (w *made) module(n, sums int) *subject {
	s := &subject{name: "example.com/main", dir: filepath.Join(w.dir, "main"), sum: w.mods(n)}
	var mod strings.Builder
	mod.WriteString("module example.com/main\n\ngo 1.25\n\nrequire (\n")
	for i := range n {
		fmt.Fprintf(&mod, "\t%s v1.0.0\n", w.path(i))
	}
	mod.WriteString(")\n")
	s.mod = mod.String()
	var more strings.Builder
	for i := strings.Count(s.sum, "\n"); i < sums; i++ {
		fmt.Fprintf(&more, "example.net/other%06d v1.0.0/go.mod h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", i)
	}
	s.sum += more.String()
	w.fail(writeFiles(s.dir, map[string]string{"go.mod": s.mod, "go.sum": s.sum}))
	return s
}

// workspace makes n modules with some requirements each, and returns the one in the middle.
func (w *made) workspace(n, each int) *subject {
	sum := w.mods(each)
	var work strings.Builder
	work.WriteString("go 1.25\n\n")
	var middle *subject
	for i := range n {
		name := fmt.Sprintf("w%04d", i)
		fmt.Fprintf(&work, "use ./%s\n", name)
		s := &subject{name: name, dir: filepath.Join(w.dir, name), sum: sum}
		s.mod = "module example.com/work/" + name + "\n\ngo 1.25\n\nrequire (\n"
		for j := range each {
			s.mod += fmt.Sprintf("\t%s v1.0.0\n", w.path(j))
		}
		s.mod += ")\n"
		w.fail(writeFiles(s.dir, map[string]string{"go.mod": s.mod, "go.sum": s.sum}))
		if i == n/2 {
			middle = s
		}
	}
	w.fail(writeFiles(w.dir, map[string]string{"go.work": work.String()}))
	return middle
}

func (b *bench) grow(c *curve, n int, build func(*made) *subject) error {
	fmt.Fprintf(os.Stderr, "… %d %s\n", n, c.of)
	dir := filepath.Join(b.dir, "growth")
	defer os.RemoveAll(dir)
	w := &made{dir: filepath.Join(dir, "src"), cache: filepath.Join(dir, "mod")}
	s := build(w)
	if w.err != nil {
		return w.err
	}
	env := append(slices.Clone(b.env), "GOMODCACHE="+w.cache, "GOSUMDB=", "GOFLAGS=", "GOENV=off", "GOTOOLCHAIN=local")
	mod, sums := filepath.Join(s.dir, "go.mod"), strings.SplitAfter(s.sum, "\n")
	end := lines(s.mod)
	there := scenario{name: "there", edit: change{path: mod, at: 5, old: []string{"\t" + w.path(0) + " v1.0.0\n"}, with: []string{"\t" + w.path(0) + " v1.0.01\n"}}}
	if c.of == "lines in go.sum" {
		there = scenario{name: "there", watch: mod, edit: change{path: filepath.Join(s.dir, "go.sum"), at: 3, old: sums[3:4]}}
	}
	scenarios := []scenario{there, {name: "beside", edit: change{path: mod, at: end, with: []string{"requir x\n"}}}}
	m := b.edit(b.servers()[0], w.dir, s, scenarios, env)
	if m.err != nil {
		return fmt.Errorf("%d %s: %w", n, c.of, m.err)
	}
	list, err := b.inTurns(s.dir, []command{{"go list -m all", []string{"go", "list", "-m", "all"}, env, nil}})
	if err != nil {
		return err
	}
	both := func(name string) sample { return append(m.edits[name], m.edits[takenBack(name)]...) }
	c.points = append(c.points, point{
		n: n, open: m.complete.at(50), key: both("there").at(50), far: both("beside").at(50), list: list[0].at(50), memory: m.memory[1],
	})
	return nil
}
