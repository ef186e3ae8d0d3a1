package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestRecord(t *testing.T) {
	file := filepath.Join(t.TempDir(), "performance.md")
	const before = "# P\n\n<!-- a: written by make -->\nold\n<!-- end of a -->\n\n<!-- b: written by make -->\nstays\n<!-- end of b -->\n"
	if err := os.WriteFile(file, []byte(before), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := record(file, "a", "new\n\n## Title\n"); err != nil {
		t.Fatal(err)
	}
	const want = "# P\n\n<!-- a: written by make -->\n\nnew\n\n### Title\n\n<!-- end of a -->\n\n<!-- b: written by make -->\nstays\n<!-- end of b -->\n"
	if got, _ := os.ReadFile(file); string(got) != want {
		t.Errorf("the file is\n%s\nwant\n%s", got, want)
	}
	if err := record(file, "c", "text"); err == nil {
		t.Error("a section that is not there is written")
	}
}

func TestTargets(t *testing.T) {
	b := &bench{targets: []*target{{limit: 5}, {limit: 100, least: true}, {limit: 1}}}
	for _, v := range []float64{3, 4, 2} {
		b.note(0, v, "somewhere")
		b.note(1, 100*v, "somewhere")
	}
	for i, want := range []struct {
		worst float64
		met   bool
	}{{4, true}, {200, true}, {0, true}} {
		if got := b.targets[i]; got.worst != want.worst || got.met() != want.met {
			t.Errorf("target %d: the worst is %v, met: %v; want %v, %v", i, got.worst, got.met(), want.worst, want.met)
		}
	}
}

func TestPercentiles(t *testing.T) {
	var s sample
	for i := 100; i > 0; i-- {
		s = append(s, time.Duration(i))
	}
	for percent, want := range map[int]time.Duration{1: 1, 50: 50, 99: 99, 100: 100} {
		if got := s.at(percent); got != want {
			t.Errorf("p%d is %d, want %d", percent, got, want)
		}
	}
}
