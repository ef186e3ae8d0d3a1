package lsp

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.lsp.dev/uri"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/analysis/suite"
	"github.com/gomodls/gomodls/internal/gather"
	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/workspace"
)

// BenchmarkKeystroke measures an edit of the go.mod in $BENCH_MODULE, whose dependencies are in the module cache, until its
// diagnostics are there: once for a change that touches no requirement and once for one that changes a version.
func BenchmarkKeystroke(b *testing.B) {
	dir := os.Getenv("BENCH_MODULE")
	if dir == "" {
		b.Skip("BENCH_MODULE names no module")
	}
	path := filepath.Join(dir, "go.mod")
	data, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	session := workspace.NewSession(gather.Machine(nil), nil, modcache.NewStores())
	u := uri.File(path)
	ctx := context.Background()
	diagnose := func(version int32, text string) *analysis.Result {
		session.Apply(workspace.Opened(u, version, text))
		r, err := gather.Settle(ctx, session, func(ctx context.Context, s *workspace.Snapshot) (*analysis.Result, error) {
			return analysis.Run(ctx, s, suite.All, []string{path})
		})
		if err != nil {
			b.Fatal(err)
		}
		return r
	}
	text := string(data)
	other := strings.Replace(text, " v1.", " v1.0.0-gomodls.", 1)
	diagnose(1, text)
	diagnose(2, other)
	b.Run("comment", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			diagnose(int32(i), text+strings.Repeat(" ", i%2)+"\n")
		}
	})
	b.Run("version", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			if i%2 == 0 {
				diagnose(int32(i), other)
			} else {
				diagnose(int32(i), text)
			}
		}
	})
}
