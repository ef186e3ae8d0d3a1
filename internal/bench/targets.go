package main

import (
	"fmt"
	"time"
)

// A target is what a measurement is held against, with the worst value so far.
type target struct {
	what  string
	limit float64
	unit  string // after a number
	least bool   // the limit is the least rather than the most
	worst float64
	where string // "" if nothing was measured
}

const (
	keyP50 = iota
	keyP99
	sumP99
	workP99
	beforeGopls
	beforeNoDelay
	openList
	checkList
	memory
	importEdit
	openTidy
)

// targets are those of the design.
func targets() []*target {
	return []*target{
		keyP50:        {what: "keystroke in go.mod, p50", limit: 1, unit: " ms"},
		keyP99:        {what: "keystroke in go.mod, p99", limit: 5, unit: " ms"},
		sumP99:        {what: "keystroke in a go.sum of 3,000 lines, p99", limit: 10, unit: " ms"},
		workP99:       {what: "keystroke with 200 modules, p99", limit: 10, unit: " ms"},
		beforeGopls:   {what: "faster than gopls as it ships", limit: 100, unit: " times", least: true},
		beforeNoDelay: {what: "faster than gopls without its delay", limit: 1, unit: " times", least: true},
		openList:      {what: "open to complete, of go list -m all", limit: 1, unit: " times"},
		checkList:     {what: "check, of go list -m all", limit: 1, unit: " times"},
		memory:        {what: "resident after opening and after 1,000 edits", limit: 80, unit: " MB"},
		importEdit:    {what: "import edited in hugo, p50", limit: 20, unit: " ms"},
		openTidy:      {what: "hugo open to complete, of go mod tidy -diff", limit: 1, unit: " times"},
	}
}

// note keeps the worst value of what a target is about.
func (b *bench) note(index int, value float64, where string) {
	t := b.targets[index]
	if t.where == "" || t.least == (value < t.worst) && value != t.worst {
		t.worst, t.where = value, where
	}
}

func (t *target) met() bool {
	if t.least {
		return t.worst >= t.limit
	}
	return t.worst <= t.limit
}

// judge prints the targets.
func (b *bench) judge() {
	fmt.Fprintf(b.out, "\n## Targets\n\nThe worst of all modules and edits counts.\n")
	t := newTable(b.out, "what", "target", "worst", "where", "met")
	for _, g := range b.targets {
		word, verdict, worst := "at most ", "no", "not measured"
		if g.least {
			word = "at least "
		}
		if g.where != "" {
			worst = fmt.Sprintf("%.3g%s", g.worst, g.unit)
			if g.met() {
				verdict = "yes"
			}
		}
		t.row(g.what, fmt.Sprintf("%s%g%s", word, g.limit, g.unit), worst, g.where, verdict)
	}
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
