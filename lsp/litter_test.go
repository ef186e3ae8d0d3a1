package lsp

import (
	"runtime"
	"runtime/metrics"
	"slices"
	"testing"
)

var sink []byte

// TestCollect lets garbage lie that is not worth collecting, and collects what is.
func TestCollect(t *testing.T) {
	collections := func() uint32 {
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return stats.NumGC
	}
	runtime.GC()
	before := collections()
	collect()
	if n := collections(); n != before {
		t.Errorf("%d collections of no garbage", n-before)
	}
	runtime.GC()
	before = collections()
	sink = make([]byte, 2*litter)
	sink = nil
	collect()
	if n := collections(); n == before {
		t.Errorf("%d bytes of garbage are not collected", 2*litter)
	}
}

// TestMetrics checks that the runtime knows what collect reads.
func TestMetrics(t *testing.T) {
	for _, name := range []string{liveBytes, heapBytes} {
		if !slices.ContainsFunc(metrics.All(), func(d metrics.Description) bool { return d.Name == name && d.Kind == metrics.KindUint64 }) {
			t.Errorf("the runtime has no %s", name)
		}
	}
}
