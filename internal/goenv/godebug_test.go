package goenv

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// TestParseGodebugs reads the table of the installed Go.
func TestParseGodebugs(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(runtime.GOROOT(), "src", "internal", "godebugs", "table.go"))
	if err != nil {
		t.Fatal(err)
	}
	g, ok := ParseGodebugs(string(data))
	if !ok || !g.Known["panicnil"] || !g.Known["http2client"] || g.Known["x509sha1"] {
		t.Errorf("ParseGodebugs = %v known settings, %v", len(g.Known), ok)
	}
	if got := g.Removed["x509sha1"]; got != "1.24" {
		t.Errorf("x509sha1 was removed in %q, want 1.24", got)
	}
	if _, ok := ParseGodebugs("package godebugs\n"); ok {
		t.Error("a text without a table was taken for one")
	}
}
