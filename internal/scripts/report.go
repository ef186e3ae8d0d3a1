package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A report sums up a run.
type report struct {
	goVersion string
	scripts   []scriptResult
}

// A scriptResult is what became of one script.
type scriptResult struct {
	name        string
	end         end
	comparisons []*comparison
	failure     error // of this program
}

// A tally counts by reason.
type tally map[string]int

func (t tally) total() (n int) {
	for _, count := range t {
		n += count
	}
	return n
}

// reasons returns the reasons, the most frequent first.
func (t tally) reasons() []string {
	return slices.SortedFunc(maps.Keys(t), func(x, y string) int { return cmp.Or(cmp.Compare(t[y], t[x]), cmp.Compare(x, y)) })
}

func (t tally) write(b *strings.Builder) {
	for _, reason := range t.reasons() {
		fmt.Fprintf(b, "  %5d  %s\n", t[reason], reason)
	}
}

// counts are the numbers of a report. A state that comes again in the same script counts once.
type counts struct {
	commands, again   int // go commands, and those before which nothing had changed
	accepted, refused int // states that were compared, by what go says
	skipped           tally
	disagreements     []*comparison
	ends              tally // scripts that ended early
}

func (c *counts) compared() int { return c.accepted + c.refused }

func (c *counts) agreement() float64 {
	return 1 - float64(len(c.disagreements))/float64(max(1, c.compared()))
}

func (r *report) count() *counts {
	n := &counts{skipped: tally{}, ends: tally{}}
	for _, s := range r.scripts {
		if s.end.reason != "" {
			n.ends[s.end.reason]++
		}
		for _, c := range s.comparisons {
			n.commands++
			switch {
			case c.again:
				n.again++
			case c.skipped != "":
				n.skipped[c.skipped]++
			default:
				if c.reference.refused {
					n.refused++
				} else {
					n.accepted++
				}
				if !c.agrees() {
					n.disagreements = append(n.disagreements, c)
				}
			}
		}
	}
	return n
}

// String is the report as text.
func (r *report) String() string {
	n := r.count()
	var b strings.Builder
	fmt.Fprintf(&b, "go %s\n", r.goVersion)
	fmt.Fprintf(&b, "%d scripts, %d run to their end\n", len(r.scripts), len(r.scripts)-n.ends.total())
	n.ends.write(&b)
	fmt.Fprintf(&b, "%d go commands, %d of them in a state that was there before\n", n.commands, n.again)
	fmt.Fprintf(&b, "%d states skipped\n", n.skipped.total())
	n.skipped.write(&b)
	fmt.Fprintf(&b, "%d states compared: go accepts %d and refuses %d\n", n.compared(), n.accepted, n.refused)
	fmt.Fprintf(&b, "%d agree (%.1f %%), %d do not; a tool that says nothing would agree on %.1f %%\n",
		n.compared()-len(n.disagreements), 100*n.agreement(), len(n.disagreements), 100*float64(n.accepted)/float64(max(1, n.compared())))
	for _, c := range n.disagreements {
		fmt.Fprintf(&b, "  %s:%d %s\n", c.script, c.line, c.inWords())
	}
	return b.String()
}

// inWords says how go and the engine differ.
func (c *comparison) inWords() string {
	switch {
	case c.reference.refused:
		return "go refuses, gomodls reports no error"
	case len(c.ours.errors) > 0:
		return "go accepts, gomodls reports " + c.ours.errors[0].code
	}
	return "go accepts, gomodls cannot read a file"
}

// first describes the first of the errors.
func (a *answer) first() string {
	switch {
	case len(a.errors) > 0:
		return a.errors[0].String()
	case a.trouble != "":
		return "trouble: " + a.trouble
	}
	return "nothing"
}

// listing shows each disagreement with what both say, and each script that ended early.
func (r *report) listing() string {
	var b strings.Builder
	for _, c := range r.count().disagreements {
		kind := "FALSE "
		if c.reference.refused {
			kind = "MISSED"
		}
		fmt.Fprintf(&b, "%s %s:%d\n    go:   %s\n    ours: %s\n", kind, c.script, c.line, firstLines(c.reference.output), c.ours.first())
	}
	fmt.Fprintln(&b, "\nStates of which gomodls says that it does not know:")
	for _, s := range r.scripts {
		for _, c := range s.comparisons {
			if c.skipped == notKnown && !c.again {
				fmt.Fprintf(&b, "%s:%d go refuses: %v: %s\n", c.script, c.line, c.reference.refused, firstLines(c.reference.output))
			}
		}
	}
	fmt.Fprintln(&b, "\nScripts that ended early:")
	for _, s := range r.scripts {
		if s.failure != nil {
			fmt.Fprintf(&b, "%s: %v\n", s.name, s.failure)
		}
		if s.end.reason != "" {
			fmt.Fprintf(&b, "%s:%d %s: %s\n", s.name, s.end.line, s.end.reason, strings.ReplaceAll(s.end.detail, "\n", " "))
		}
	}
	return b.String()
}

// verdict is an error if the run does not keep the bounds, or if a disagreement has no reason.
func (r *report) verdict() error {
	n := r.count()
	var errs []error
	if n.compared() < leastStates {
		errs = append(errs, fmt.Errorf("%d states compared, fewer than %d", n.compared(), leastStates))
	}
	if n.agreement() < leastAgreement {
		errs = append(errs, fmt.Errorf("agreement on %.1f %% of them, less than %.0f %%", 100*n.agreement(), 100*leastAgreement))
	}
	for _, c := range n.disagreements {
		if reasonFor(c) == "" {
			errs = append(errs, fmt.Errorf("%s:%d has no reason: %s", c.script, c.line, c.inWords()))
		}
	}
	for _, s := range r.scripts {
		if s.failure != nil {
			errs = append(errs, fmt.Errorf("%s: %w", s.name, s.failure))
		}
	}
	for _, script := range r.staleReasons() {
		errs = append(errs, fmt.Errorf("%s has a reason to disagree, and agrees", script))
	}
	return errors.Join(errs...)
}
