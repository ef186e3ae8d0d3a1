package main

import (
	"context"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/module"
)

// shrink returns a smaller case with the same outcome: with fewer mutations, fewer files and fewer lines.
func (w *world) shrink(ctx context.Context, r *result) (*result, error) {
	r, err := w.dropMutations(ctx, r)
	if err != nil {
		return nil, err
	}
	s := &shrinker{world: w, best: r}
	for {
		before := s.steps
		for _, name := range slices.Sorted(maps.Keys(s.best.c.tree)) {
			if err := s.dropFile(ctx, name); err != nil {
				return nil, err
			}
		}
		for _, name := range slices.Sorted(maps.Keys(s.best.c.tree)) {
			if err := s.dropLines(ctx, name); err != nil {
				return nil, err
			}
		}
		if s.steps == before {
			return s.best, nil
		}
	}
}

// dropMutations leaves out the mutations that the outcome does not need.
func (w *world) dropMutations(ctx context.Context, r *result) (*result, error) {
	for i := 0; i < len(r.plan.mutations); {
		p := *r.plan
		p.mutations = slices.Delete(slices.Clone(p.mutations), i, i+1)
		next, err := w.try(ctx, &p)
		if err != nil {
			return nil, err
		}
		if !next.like(r) {
			i++
			continue
		}
		next.seed = r.seed
		r = next
	}
	return r, nil
}

// A shrinker makes a case smaller step by step, where each step keeps the outcome.
type shrinker struct {
	*world
	best  *result
	steps int
}

// keep reports whether the tree shows the same disagreement, and takes it if so. The engine is asked first: it is faster.
func (s *shrinker) keep(ctx context.Context, files tree) (bool, error) {
	c := *s.best.c
	c.tree = files
	if !slices.ContainsFunc(slices.Collect(maps.Keys(files)), func(name string) bool { return strings.HasPrefix(name, c.dir+"/") || c.dir == "." }) {
		return false, nil // there would be no directory to run in
	}
	v, a, err := s.both(ctx, &c)
	if err != nil {
		return false, err
	}
	r := *s.best
	r.c, r.verdict, r.answer = &c, v, a
	r.outcome, r.why = compare(&c, v, a)
	if !r.like(s.best) {
		return false, nil
	}
	s.best, s.steps = &r, s.steps+1
	return true, nil
}

// like reports whether two cases show the same: the same outcome, and the same message of go.
func (r *result) like(other *result) bool {
	return r.outcome == other.outcome && r.verdict.refused == other.verdict.refused &&
		(!r.verdict.refused || kindOf(r.verdict.output) == kindOf(other.verdict.output))
}

// kindOf returns what a message of go says without the names in it, so that shrinking does not wander to another fault.
func kindOf(output string) string {
	last := output
	for line := range strings.Lines(strings.TrimSpace(output)) {
		last = line
		if !strings.HasSuffix(strings.TrimSpace(line), "requires") {
			break
		}
	}
	words := strings.Fields(last)
	words = slices.DeleteFunc(words, func(w string) bool { return strings.ContainsAny(w, "./0123456789$") })
	return strings.Join(words, " ")
}

func (s *shrinker) dropFile(ctx context.Context, name string) error {
	files := maps.Clone(s.best.c.tree)
	delete(files, name)
	_, err := s.keep(ctx, files)
	return err
}

// dropLines removes lines from a file, many at a time and then fewer.
func (s *shrinker) dropLines(ctx context.Context, name string) error {
	text, ok := s.best.c.tree[name]
	if !ok || strings.HasSuffix(name, "/") {
		return nil
	}
	lines := slices.Collect(strings.Lines(text))
	for size := len(lines); size > 0; size /= 2 {
		for at := 0; at < len(lines); {
			shorter := slices.Delete(slices.Clone(lines), at, min(at+size, len(lines)))
			files := maps.Clone(s.best.c.tree)
			files[name] = strings.Join(shorter, "")
			ok, err := s.keep(ctx, files)
			if err != nil {
				return err
			}
			if ok {
				lines = shorter
			} else {
				at += size
			}
		}
	}
	return nil
}

// needed returns the module versions whose go.mod files go reads in a case: what it has taken into an empty module cache.
func (w *world) needed(ctx context.Context, c *testCase) (pool, error) {
	dir, err := os.MkdirTemp(w.dir, "case")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := c.tree.write(dir); err != nil {
		return nil, err
	}
	cache := filepath.Join(dir, "cache")
	fresh := *c
	fresh.env = maps.Clone(c.env)
	fresh.env["GOMODCACHE"] = cache
	v, err := w.ask(ctx, &fresh, dir)
	if err != nil {
		return nil, err
	}
	mods := pool{}
	for _, word := range strings.FieldsFunc(v.output, func(c rune) bool { return strings.ContainsRune(" \t\n:", c) }) {
		path, version, _ := strings.Cut(strings.TrimSuffix(word, "/go.mod"), "@")
		m := module.Version{Path: path, Version: version}
		if text, ok := w.mods[m]; ok { // what go has refused to take
			mods[m] = text
		}
	}
	downloads := filepath.Join(cache, "cache", "download")
	err = filepath.WalkDir(downloads, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			if path == downloads && os.IsNotExist(err) {
				return fs.SkipAll
			}
			return err
		}
		rel, _ := filepath.Rel(downloads, path)
		escaped, version, ok := strings.Cut(filepath.ToSlash(rel), "/@v/")
		version, isMod := strings.CutSuffix(version, ".mod")
		if !ok || !isMod {
			return nil
		}
		var m module.Version
		if m.Path, err = module.UnescapePath(escaped); err != nil {
			return err
		}
		if m.Version, err = module.UnescapeVersion(version); err != nil {
			return err
		}
		mods[m] = w.mods[m]
		return nil
	})
	return mods, err
}
