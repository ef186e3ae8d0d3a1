package lsp

import (
	"runtime"
	"runtime/metrics"
	"time"
)

// quiet is how long nothing must have changed before garbage is collected: less than the pause between two keystrokes.
const quiet = 20 * time.Millisecond

// litter is how many bytes of garbage are worth collecting them: those of some ten keystrokes.
const litter = 4 << 20

// rest is called while nobody types.
func (s *server) rest() {
	collect()
	if r := s.last.Load(); s.options.Opened != nil && r != nil && len(r.Files) > 0 && len(r.Snapshot.Questions()) == 0 {
		s.opened.Do(s.options.Opened)
	}
}

// What the last collection has left, and what there is now.
const (
	liveBytes = "/gc/heap/live:bytes"
	heapBytes = "/memory/classes/heap/objects:bytes"
)

// collect collects the garbage that keystrokes have left, if there is enough of it. Who calls it while nobody types keeps the
// next keystrokes from sharing the processors with the collector, which would begin by itself in the midst of one.
func collect() {
	samples := []metrics.Sample{{Name: liveBytes}, {Name: heapBytes}}
	metrics.Read(samples)
	if live, now := samples[0].Value, samples[1].Value; live.Kind() == metrics.KindUint64 && now.Uint64() >= live.Uint64()+litter {
		runtime.GC()
	}
}
