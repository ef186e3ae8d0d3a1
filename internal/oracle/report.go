package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// A tally counts outcomes.
type tally struct {
	cases, accepted, refused int
	by                       [len(outcomes)]int
}

func (t *tally) add(r *result) {
	t.cases++
	if r.verdict.refused {
		t.refused++
	} else {
		t.accepted++
	}
	t.by[r.outcome]++
}

func percent(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return 100 * float64(part) / float64(whole)
}

// A report counts the outcomes of a run in several ways.
type report struct {
	total                      tally
	perKind, perLayout, perMod map[string]*tally
	files                      map[string]string            // of kinds
	proofs                     map[string]*[len(proofs)]int // by the code of the first error
}

func newReport() *report {
	return &report{perKind: map[string]*tally{}, perLayout: map[string]*tally{}, perMod: map[string]*tally{}, files: map[string]string{}, proofs: map[string]*[len(proofs)]int{}}
}

func (r *report) add(res *result) {
	r.total.add(res)
	for _, k := range res.c.kinds {
		count(r.perKind, k.name, res)
		r.files[k.name] = k.file
	}
	if len(res.c.kinds) == 0 {
		count(r.perKind, "none", res)
	}
	count(r.perLayout, string(res.plan.layout), res)
	count(r.perMod, res.plan.module.name, res)
}

func count(m map[string]*tally, key string, res *result) {
	if m[key] == nil {
		m[key] = new(tally)
	}
	m[key].add(res)
}

// prove counts what became of a refused case's fixes.
func (r *report) prove(res *result) {
	if !res.verdict.refused || len(res.answer.errors) == 0 {
		return
	}
	code := res.answer.errors[0].code
	if r.proofs[code] == nil {
		r.proofs[code] = new([len(proofs)]int)
	}
	r.proofs[code][res.proof]++
}

// writeProofs prints what became of the fixes, by the code of the first error.
func (r *report) writeProofs(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "\nfirst error\tcases\t%s\t\n", strings.Join(proofs[:], "\t"))
	var total [len(proofs)]int
	row := func(name string, counts *[len(proofs)]int) {
		cases := 0
		for _, n := range counts {
			cases += n
		}
		fmt.Fprintf(w, "%s\t%d\t", name, cases)
		for _, n := range counts {
			fmt.Fprintf(w, "%d\t", n)
		}
		fmt.Fprintln(w)
	}
	for _, code := range slices.Sorted(maps.Keys(r.proofs)) {
		for i, n := range r.proofs[code] {
			total[i] += n
		}
		row(code, r.proofs[code])
	}
	row("", &total)
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(out)
	if err := summarize(out, "refused cases", &total); err != nil {
		return err
	}
	env, ok := r.proofs["badenvironment"]
	if !ok {
		return nil
	}
	for i, n := range env {
		total[i] -= n
	}
	// What is wrong with a variable of the environment no edit of a file can mend.
	return summarize(out, "refused cases without those of the environment", &total)
}

// summarize prints how many of some refused cases have a preferred fix, and what became of those.
func summarize(out io.Writer, what string, counts *[len(proofs)]int) error {
	cases := 0
	for _, n := range counts {
		cases += n
	}
	offered, mended := cases-counts[noFix], counts[fixed]+counts[advanced]
	_, err := fmt.Fprintf(out, "of %d %s %d (%.1f %%) have a preferred fix; of these %d (%.1f %%) are no longer refused for that reason, %d are worse\n",
		cases, what, offered, percent(offered, cases), mended, percent(mended, offered), counts[worse])
	return err
}

// write prints the counts. A case with several mutations counts for each of their kinds.
func (r *report) write(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	header := func(what string) {
		fmt.Fprintf(w, "%s\tcases\taccepted\trefused\t%s\t\n", what, strings.Join(outcomes[:], "\t"))
	}
	row := func(name string, t *tally) {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t", name, t.cases, t.accepted, t.refused)
		for _, n := range t.by {
			if n == 0 {
				fmt.Fprint(w, "\t")
			} else {
				fmt.Fprintf(w, "%d\t", n)
			}
		}
		fmt.Fprintln(w)
	}
	header("kind")
	names := slices.SortedFunc(maps.Keys(r.perKind), func(a, b string) int { return strings.Compare(r.files[a]+a, r.files[b]+b) })
	for _, name := range names {
		row(name, r.perKind[name])
	}
	for _, group := range []struct {
		what string
		m    map[string]*tally
	}{{"layout", r.perLayout}, {"module", r.perMod}} {
		fmt.Fprintln(w)
		header(group.what)
		for _, name := range slices.Sorted(maps.Keys(group.m)) {
			row(name, group.m[name])
		}
	}
	fmt.Fprintln(w)
	header("total")
	row("", &r.total)
	if err := w.Flush(); err != nil {
		return err
	}
	t := &r.total
	_, err := fmt.Fprintf(out, "\n%d cases of %d kinds over %d modules: %.2f %% agree; %.1f %% are refused; a tool that says nothing agrees on %.1f %%\n",
		t.cases, len(r.perKind), len(r.perMod), percent(t.by[agreed], t.cases), percent(t.refused, t.cases), percent(t.accepted, t.cases))
	return err
}
