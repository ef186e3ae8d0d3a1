package main

import (
	"errors"
	"strings"
	"testing"
)

// invented is a report of every kind of result.
func invented() *report {
	refused, accepted := verdict{refused: true, output: "go: no\n"}, verdict{}
	found, silent := &answer{errors: []finding{{"$WORK/go.mod", 3, "badpath", "no path"}}}, &answer{}
	return &report{goVersion: "1.99.1", scripts: []scriptResult{
		{name: "agreeing", comparisons: []*comparison{
			{script: "agreeing", line: 1, reference: accepted, ours: silent},
			{script: "agreeing", line: 2, reference: accepted, ours: silent, again: true},
			{script: "agreeing", line: 3, reference: refused, ours: found},
			{script: "agreeing", line: 4, skipped: noModule},
		}},
		{name: "differing", end: end{needsNetwork, 9, "no"}, comparisons: []*comparison{
			{script: "differing", line: 5, reference: accepted, ours: found},
			{script: "differing", line: 6, reference: refused, ours: silent},
		}},
	}}
}

func TestReport(t *testing.T) {
	const want = `go 1.99.1
2 scripts, 1 run to their end
      1  needs the network
6 go commands, 1 of them in a state that was there before
1 states skipped
      1  no module
4 states compared: go accepts 2 and refuses 2
2 agree (50.0 %), 2 do not; a tool that says nothing would agree on 50.0 %
  differing:5 go accepts, gomodls reports badpath
  differing:6 go refuses, gomodls reports no error
`
	if got := invented().String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestPage(t *testing.T) {
	reasons["differing"] = "It is invented."
	t.Cleanup(func() { delete(reasons, "differing") })
	const want = `- **differing**: It is invented.
  - before line 5 go accepts, gomodls reports badpath
  - before line 6 go refuses, gomodls reports no error
`
	if got := invented().page(); !strings.Contains(got, want) {
		t.Errorf("got\n%s\nwithout\n%s", got, want)
	}
}

// TestVerdict checks that a whole run fails for each reason that it has to fail for.
func TestVerdict(t *testing.T) {
	rep := invented()
	rep.scripts[0].failure = errors.New("broken")
	err := rep.verdict()
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"4 states compared", "agreement on 50.0 %", "differing:5 has no reason", "agreeing: broken"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in\n%v", want, err)
		}
	}
}
