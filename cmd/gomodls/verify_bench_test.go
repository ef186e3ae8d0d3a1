package main

import (
	"cmp"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/gomodls/gomodls/internal/gather"
	"github.com/gomodls/gomodls/internal/verify"
	"github.com/gomodls/gomodls/internal/workspace"
)

// BenchmarkVerify compares a verification that hashes everything, and one that finds everything proved, with `go mod verify`
// of the module in $GOMODLS_MODULE, this one if it is not set. All three load the module anew, in turn.
func BenchmarkVerify(b *testing.B) {
	dir, err := filepath.Abs(cmp.Or(os.Getenv("GOMODLS_MODULE"), "../.."))
	if err != nil {
		b.Fatal(err)
	}
	proofs := b.TempDir()
	ours := func(p *verify.Proofs) (verify.Report, time.Duration) {
		start := time.Now()
		e, err := newEngine([]string{dir}, "")
		if err != nil {
			b.Fatal(err)
		}
		in, err := gather.Settle(b.Context(), e.session, func(_ context.Context, snap *workspace.Snapshot) (verify.Input, error) {
			if views := snap.Views(filepath.Join(dir, "go.mod")); len(views) > 0 {
				return verify.Of(views[len(views)-1]), nil
			}
			return verify.Input{}, nil
		})
		if err != nil {
			b.Fatal(err)
		}
		in.Proofs = p
		r, err := verify.Run(b.Context(), in)
		if err != nil {
			b.Fatal(err)
		}
		return r, time.Since(start)
	}
	var first, second, theirs time.Duration
	for range b.N {
		start := time.Now()
		cmd := exec.Command("go", "mod", "verify")
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		theirs += time.Since(start)
		r, took := ours(&verify.Proofs{Dir: filepath.Join(proofs, "first")})
		first += took
		if err := os.RemoveAll(filepath.Join(proofs, "first")); err != nil {
			b.Fatal(err)
		}
		if r.OK() != (err == nil) {
			b.Fatalf("%v %v, and go says: %s", r, r.Problems, out)
		}
		if b.Elapsed() > 0 && second == 0 { // the proofs for the runs that find them
			ours(&verify.Proofs{Dir: proofs})
		}
		r, took = ours(&verify.Proofs{Dir: proofs})
		second += took
		b.Log(r)
	}
	n := float64(b.N)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(theirs.Seconds()*1000/n, "go-ms")
	b.ReportMetric(first.Seconds()*1000/n, "first-ms")
	b.ReportMetric(second.Seconds()*1000/n, "second-ms")
	b.ReportMetric(theirs.Seconds()/first.Seconds(), "go/first")
	b.ReportMetric(theirs.Seconds()/second.Seconds(), "go/second")
}
