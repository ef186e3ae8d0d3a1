package fixes

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gomodls/gomodls/internal/text"
)

func TestMergeKeepsFixesWhole(t *testing.T) {
	edit := func(start, end int, s string) Edit {
		return Edit{URI: "file:///go.mod", Span: text.Span{Start: start, End: end}, New: s}
	}
	upgrade := Fix{Title: "upgrade", Edits: []Edit{edit(10, 14, "v1.1")}}
	again := Fix{Title: "the same, from another diagnostic", Edits: []Edit{edit(10, 14, "v1.1"), edit(30, 30, "\n")}}
	rival := Fix{Title: "rival", Edits: []Edit{edit(0, 2, "x"), edit(12, 13, "v2")}}
	before := Fix{Title: "before what goes", Edits: []Edit{edit(10, 10, "// ")}}
	command := Fix{Title: "download", Command: &Command{Name: "gomodls.download"}}

	got, taken := Merge([]Fix{upgrade, again, rival, before, command})
	want := []Edit{edit(10, 14, "v1.1"), edit(30, 30, "\n")}
	if diff := cmp.Diff(want, got); diff != "" || taken != 2 {
		t.Errorf("Merge took %d fixes; edits (-want +got):\n%s", taken, diff)
	}
}
