package main

import (
	"bytes"
	"testing"
)

// TestPackages holds the engine's errors against what go says of modules, workspaces and vendor directories that are made up
// and then damaged. To see a case that fails, run go run ./internal/tidy/oracle -packages -invent 50 -v
func TestPackages(t *testing.T) {
	var out bytes.Buffer
	o := &options{packages: true, seed: 1}
	got, err := o.invented(t.Context(), 50, &out)
	if err != nil {
		t.Fatal(err)
	}
	if got.differ > 0 || got.equal < 25 {
		t.Errorf("%s\n%s", got, out.String())
	}
}

// TestDiagnostics holds what tidy does to modules that are made up, and what it is predicted to do, against each other and against
// what an editor shows of them. To see a case that fails, run go run ./internal/tidy/oracle -diagnostics -invent 100 -v
func TestDiagnostics(t *testing.T) {
	var out bytes.Buffer
	o := &options{diagnostics: true, seed: 1}
	got, err := o.invented(t.Context(), 50, &out)
	if err != nil {
		t.Fatal(err)
	}
	if got.differ > 0 || got.equal < 10 {
		t.Errorf("%s\n%s", got, out.String())
	}
}
