//go:build !race

package lsp

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"go.lsp.dev/uri"

	"github.com/gomodls/gomodls/analysis"
)

// tolerance is how much more an edit may allocate than is recorded, in percent.
const tolerance = 10

// TestEditAllocations holds the number of allocations of an edit against a recorded one, since it does not depend on how busy
// the machine is. UPDATE=1 records. The race detector has sync.Pool forget things at random, so there is nothing to count there.
func TestEditAllocations(t *testing.T) {
	const file = "testdata/allocations.json"
	got := map[string]int{}
	count := func(prefix string, strokes map[string][2]func(*typist) *analysis.Result, start func() *typist) {
		for name, strokes := range strokes {
			y := start()
			if r := strokes[1](y); len(r.Diagnostics(uri.File(y.targets[0]))) > 0 {
				t.Fatalf("the module is not sound: %+v", r.Diagnostics(uri.File(y.targets[0])))
			}
			said := len(strokes[0](y).Diagnostics(uri.File(y.targets[0])))
			if (said > 0) != (name != "comment") {
				t.Errorf("%s: %d diagnostics", prefix+name, said)
			}
			strokes[1](y)
			got[prefix+name] = int(testing.AllocsPerRun(20, func() {
				strokes[0](y)
				strokes[1](y)
			}))
		}
	}
	dir, settings := invent(t, 100)
	count("", keystrokes(t, dir), func() *typist { return newTypist(t, settings, filepath.Join(dir, "go.mod")) })
	work, settings := inventWorkspace(t, 50, 10, 100)
	count("workspace, ", keystrokes(t, middleOf(t, work)), func() *typist { return newWorkTypist(t, settings, work) })
	if os.Getenv("UPDATE") != "" {
		data, err := json.MarshalIndent(got, "", "\t")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, append(data, '\n'), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var recorded map[string]int
	if err := json.Unmarshal([]byte(readText(t, file)), &recorded); err != nil {
		t.Fatal(err)
	}
	for _, name := range sortedKeys(got) {
		if most := recorded[name] * (100 + tolerance) / 100; got[name] > most {
			t.Errorf("%s: an edit and its taking back make %d allocations, and %d are recorded", name, got[name], recorded[name])
		}
	}
}
