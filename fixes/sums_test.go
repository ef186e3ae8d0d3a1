package fixes

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/text"
)

func TestAddSums(t *testing.T) {
	const full = "a.example/x v1.0.0 h1:1=\na.example/x v1.0.0/go.mod h1:2=\na.example/x v1.10.0 h1:3=\nb.example/y v1.0.0/go.mod h1:4=\n"
	lines := strings.SplitAfter(strings.TrimSuffix(full, "\n"), "\n")
	for drop := range 1 << len(lines) { // every subset of the lines is taken away and put back
		var rest strings.Builder
		var sums []Sum
		for i, line := range lines {
			if drop&(1<<i) == 0 {
				rest.WriteString(line)
				continue
			}
			f := strings.Fields(line)
			sums = append(sums, Sum{module.Version{Path: f[0], Version: f[1]}, f[2]})
		}
		slices.Reverse(sums)
		for _, newline := range []string{"\n", "\r\n"} {
			before := strings.ReplaceAll(rest.String(), "\n", newline)
			if newline == "\r\n" && !strings.Contains(before, newline) {
				continue
			}
			got, ok := text.Apply(before, AddSums(syntax.ParseSum(before), sums))
			want := strings.ReplaceAll(full, "\n", newline)
			if !ok || strings.TrimRight(got, "\r\n") != strings.TrimRight(want, "\r\n") {
				t.Errorf("%q and %v: got %q", before, sums, got)
			}
		}
	}
}
