package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"
)

// A result is what became of one case.
type result struct {
	seed    uint64
	plan    *plan
	c       *testCase
	verdict verdict
	answer  *answer
	outcome outcome
	why     string
	proof   proof
	story   string // the fixes that were applied, and what go said then
}

// plan returns the plan of a seed.
func (o *options) plan(corpus []*corpusModule, seed uint64) *plan {
	rng := rand.New(rand.NewPCG(seed, 2))
	p := &plan{module: corpus[rng.IntN(len(corpus))], seed: rng.Uint64(), whole: rng.IntN(4) == 0, sums: rng.IntN(4) > 0, layout: single}
	switch rng.IntN(10) {
	case 0, 1:
		p.layout = vendored
	case 2, 3:
		p.layout = inUse
	}
	if o.layout != "" {
		p.layout = layout(o.layout)
	}
	mild := rng.IntN(5) < 2
	p.sums = p.sums || mild
	byFile := map[string][]*kind{}
	for _, k := range kinds {
		if k.fits(p.layout) && (k.mild || !mild || o.kinds != "") && strings.Contains(k.name, o.kinds) {
			byFile[k.file] = append(byFile[k.file], k)
		}
	}
	if len(byFile) == 0 {
		return p
	}
	// A file of a layout's own is changed as often as all others together.
	var groups []string
	for _, file := range slices.Sorted(maps.Keys(byFile)) {
		weight := map[string]int{"go.mod": 8, "form": 6, "go.sum": 5, "replaced": 4, "go.work": 18, "vendor": 18, "environment": 1}[file]
		for range weight {
			groups = append(groups, file)
		}
	}
	for n := []int{1, 1, 1, 1, 1, 2, 2, 2, 3, 4}[rng.IntN(10)]; n > 0; n-- {
		group := byFile[groups[rng.IntN(len(groups))]]
		p.mutations = append(p.mutations, mutation{group[rng.IntN(len(group))], rng.Uint64()})
	}
	return p
}

// runAll runs the cases of all seeds and writes the reports.
func (o *options) runAll(ctx context.Context, w *world, corpus []*corpusModule, stdout io.Writer) error {
	if o.out != "" { // sooner rather than when all is done
		if err := os.MkdirAll(o.out, 0o777); err != nil {
			return err
		}
	}
	results := make([]*result, o.n)
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(o.parallel)
	for i := range results {
		g.Go(func() error {
			seed := o.seed + uint64(i)
			r, err := w.try(gctx, o.plan(corpus, seed))
			if err != nil {
				return fmt.Errorf("seed %d: %w", seed, err)
			}
			r.seed = seed
			results[i] = r
			if err := o.leave(r); err != nil {
				return err
			}
			if o.prove && r.verdict.refused && len(r.answer.errors) > 0 {
				r.proof, r.story, err = w.prove(gctx, r)
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	rep := newReport()
	var short, unproven strings.Builder
	for _, r := range results {
		rep.add(r)
		if o.prove {
			rep.prove(r)
		}
		if o.prove && r.verdict.refused && len(r.answer.errors) > 0 && r.proof != fixed && r.proof != advanced {
			fmt.Fprintf(&unproven, "%-8s %s\n         %s\n", r.proof, r.line(), r.story)
		}
		if r.outcome == agreed {
			continue
		}
		fmt.Fprintln(&short, r.line())
		if o.verbose {
			fmt.Fprintln(stdout, r)
		}
	}
	if o.out != "" {
		var text strings.Builder
		err := errors.Join(
			o.writeReport(&text, rep),
			os.WriteFile(filepath.Join(o.out, "report.txt"), []byte(text.String()), 0o666),
			os.WriteFile(filepath.Join(o.out, "disagreements.txt"), []byte(short.String()), 0o666),
			os.WriteFile(filepath.Join(o.out, "unproven.txt"), []byte(unproven.String()), 0o666),
		)
		if err != nil {
			return err
		}
	}
	if o.shrink != "" {
		if err := o.store(ctx, w, results, stdout); err != nil {
			return err
		}
	}
	if err := o.writeReport(stdout, rep); err != nil {
		return err
	}
	if wrong := rep.total.cases - rep.total.by[agreed]; wrong > 0 {
		return fmt.Errorf("go and the engine disagree about %d cases", wrong)
	}
	return nil
}

// leave writes the files of a case to a directory of the name of its seed, if that is asked for.
func (o *options) leave(r *result) error {
	if o.keep == "" {
		return nil
	}
	return r.c.tree.write(filepath.Join(o.keep, strconv.FormatUint(r.seed, 10)))
}

func (o *options) writeReport(out io.Writer, rep *report) error {
	if err := rep.write(out); err != nil || !o.prove {
		return err
	}
	return rep.writeProofs(out)
}

// store shrinks a disagreement of each kind and writes it as a regression case. A single case is stored even if both agree:
// they may not have before.
func (o *options) store(ctx context.Context, w *world, results []*result, stdout io.Writer) error {
	seen := map[string]bool{}
	for _, r := range results {
		key := fmt.Sprint(r.outcome, kindOf(r.verdict.output), r.why)
		if len(r.answer.errors) > 0 {
			key += r.answer.errors[0].code
		}
		if r.outcome == agreed && o.n > 1 || r.outcome == failed || seen[key] {
			continue
		}
		seen[key] = true
		name, err := o.storeOne(ctx, w, r)
		if err != nil {
			return fmt.Errorf("seed %d: %w", r.seed, err)
		}
		fmt.Fprintln(stdout, "stored", name)
	}
	return nil
}

func (o *options) storeOne(ctx context.Context, w *world, r *result) (string, error) {
	r, err := w.shrink(ctx, r)
	if err != nil {
		return "", err
	}
	mods, err := w.needed(ctx, r.c)
	if err != nil {
		return "", err
	}
	version, err := w.goVersion(ctx)
	if err != nil {
		return "", err
	}
	var names []string
	for _, k := range r.c.kinds {
		names = append(names, k.name)
	}
	reg := &regression{
		about: fmt.Sprintf("%s\n%s, seed %d, made from %s\n", strings.Join(names, ", "), r.plan.layout, r.seed, r.plan.module.name),
		c:     r.c, mods: mods, version: version, verdict: r.verdict,
	}
	name := filepath.Join(o.shrink, fmt.Sprintf("%s-%d.txtar", strings.Join(names, "+"), r.seed))
	return name, os.WriteFile(name, reg.format(), 0o666)
}

// try makes the case of a plan on disk and asks both.
func (w *world) try(ctx context.Context, p *plan) (*result, error) {
	c := p.make(w)
	v, a, err := w.both(ctx, c)
	if err != nil {
		return nil, err
	}
	r := &result{plan: p, c: c, verdict: v, answer: a}
	r.outcome, r.why = compare(c, v, a)
	return r, nil
}

// both asks the engine and go, in this order, because go writes go.work.sum.
func (w *world) both(ctx context.Context, c *testCase) (verdict, *answer, error) {
	dir, err := os.MkdirTemp(w.dir, "case")
	if err != nil {
		return verdict{}, nil, err
	}
	defer os.RemoveAll(dir)
	if err := c.tree.write(dir); err != nil {
		return verdict{}, nil, err
	}
	a, err := w.check(ctx, c, dir)
	if err != nil {
		return verdict{}, nil, err
	}
	v, err := w.ask(ctx, c, dir)
	if err == nil && !v.refused && len(a.errors) > 0 {
		v, err = w.askPackages(ctx, c, dir)
	}
	return v, a, err
}

// line is a disagreement on one line.
func (r *result) line() string {
	var names []string
	for _, k := range r.c.kinds {
		names = append(names, k.name)
	}
	ours := "nothing"
	if len(r.answer.errors) > 0 {
		f := r.answer.errors[0]
		ours = fmt.Sprintf("%s:%d %s: %s", f.file, f.first, f.code, f.message)
	}
	return fmt.Sprintf("%-8s %-36s seed=%d %s %s %s\n         go:   %s\n         ours: %s", r.outcome, strings.Join(names, "+"), r.seed, r.plan.layout, r.plan.module.name, r.why, firstLines(r.verdict.output), ours)
}

// firstLines shortens what go printed to what says why.
func firstLines(output string) string {
	lines := strings.Split(strings.TrimSpace(output), "\n")
	text := strings.Join(lines[:min(4, len(lines))], " | ")
	return text[:min(400, len(text))]
}

// String shows a disagreement whole.
func (r *result) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n--- go, refused=%v\n%s", r.line(), r.verdict.refused, r.verdict.output)
	for _, f := range r.answer.errors {
		fmt.Fprintf(&b, "--- ours %s:%d-%d %s: %s\n", f.file, f.first, f.last, f.code, f.message)
	}
	for _, m := range r.plan.mutations {
		fmt.Fprintf(&b, "--- mutation %s %d\n", m.kind.name, m.seed)
	}
	return b.String()
}
