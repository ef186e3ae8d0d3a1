package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// reasons says of a script why go and the engine differ in states of it. It becomes docs/disagreements.md, and a whole run
// fails where a reason is missing, or is there and the engine agrees.
var reasons = map[string]string{
	"mod_internal":     "Another fault hides it: with a package that may not import an internal one, go list -deps ./... says only that. The packages that no requirement provides are missing all the same: go build of those that import them refuses.",
	"mod_replace":      "One module is used under two paths. go list -m all accepts it, and commands that load packages refuse; gomodls gives a warning, sharedsource.",
	"mod_tidy_replace": "As in mod_replace.",
}

func reasonFor(c *comparison) string { return reasons[c.script] }

// staleReasons returns the scripts that have a reason and no disagreement.
func (r *report) staleReasons() []string {
	stale := maps.Clone(reasons)
	for _, c := range r.count().disagreements {
		delete(stale, c.script)
	}
	return slices.Sorted(maps.Keys(stale))
}

// page is the report for docs: it holds nothing that differs from run to run, and no text of the scripts.
func (r *report) page() string {
	n := r.count()
	var b strings.Builder
	fmt.Fprintf(&b, `# Where gomodls and the go command disagree

The go command's own script tests, which are a part of every Go distribution, lead through many states of go.mod, go.sum, go.work
and vendor directories. `+"`make scripts`"+` runs them, asks before each go command in a script whether go loads the modules that are
there then and whether gomodls reports an error, and writes this page. Nothing of the scripts is in this repository: they are
read from GOROOT. What is below names a script and the line in it before which the state is.

With Go %s, %d scripts led to %d different states that could be compared, of which go accepts %d and refuses %d. gomodls agrees on
%.1f %% of them and disagrees on %d.

`, r.goVersion, len(r.scripts), n.compared(), n.accepted, n.refused, 100*n.agreement(), len(n.disagreements))

	fmt.Fprintf(&b, "## Disagreements\n\n")
	if len(n.disagreements) == 0 {
		fmt.Fprintf(&b, "None.\n\n")
	}
	script := ""
	for _, c := range n.disagreements {
		if c.script != script {
			script = c.script
			fmt.Fprintf(&b, "- **%s**: %s\n", script, reasonFor(c))
		}
		fmt.Fprintf(&b, "  - before line %d %s\n", c.line, c.inWords())
	}
	fmt.Fprintf(&b, "\n## What was not compared\n\nOf the states:\n\n")
	n.skipped.table(&b)
	fmt.Fprintf(&b, "\nThese scripts did not get to their end, so that what follows in them was not seen:\n\n")
	n.ends.table(&b)
	return b.String()
}

func (t tally) table(b *strings.Builder) {
	fmt.Fprintf(b, "| | |\n|--:|---|\n")
	for _, reason := range t.reasons() {
		fmt.Fprintf(b, "| %d | %s |\n", t[reason], reason)
	}
}
