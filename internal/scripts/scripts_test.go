package main

import (
	"errors"
	"flag"
	"strings"
	"testing"
)

var patterns = flag.String("scripts", strings.Join(quick, ","), "patterns of the names of the scripts to run, separated by commas, or all")

// quick are scripts that take little time together and are about much of what go can refuse.
var quick = []string{
	"malformed_gosum_*", "mod_import_cycle", "mod_invalid_path", "mod_lazy_consistency", "mod_retention", "mod_sum_readonly",
	"mod_vendor_goversion", "mod_vendor_replace", "work_disablevendor", "work_goline_order", "work_replace_conflict", "work_use_dot",
}

// TestScripts holds the engine against go in the states of the go command's own scripts.
func TestScripts(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the go command a few hundred times")
	}
	r, err := newRunner(t.Context(), "go")
	if errors.Is(err, errNoScripts) {
		t.Skipf("%v; install Go from its own distribution to run this test", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.close(); err != nil {
			t.Error(err)
		}
	})
	all := *patterns == "all"
	names := concerned
	if !all {
		names = strings.Split(*patterns, ",")
	}
	rep, err := r.runAll(t.Context(), names, 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%v", rep)
	if all {
		if err := rep.verdict(); err != nil {
			t.Error(err)
		}
		return
	}
	n := rep.count()
	if n.compared() == 0 || n.accepted == 0 || n.refused == 0 {
		t.Errorf("%d states that go accepts and %d that it refuses; want some of both", n.accepted, n.refused)
	}
	for _, s := range rep.scripts {
		if s.failure != nil {
			t.Errorf("%s: %v", s.name, s.failure)
		}
		if s.end.reason != "" {
			t.Errorf("%s:%d: %s: %s", s.name, s.end.line, s.end.reason, s.end.detail)
		}
	}
	for _, c := range n.disagreements {
		if reasonFor(c) == "" {
			t.Errorf("%s:%d: %s\ngo: %s\ngomodls: %s", c.script, c.line, c.inWords(), c.reference.output, c.ours.first())
		}
	}
}
