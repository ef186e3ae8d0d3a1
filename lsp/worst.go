package lsp

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/workspace"
)

// most is how many diagnostics a tooltip names.
const most = 5

var sign = map[analysis.Severity]string{
	analysis.Error: "✗", analysis.Warning: "⚠", analysis.Information: "ℹ",
}

// worst lists in markdown the gravest diagnostics of the files that match, the first of each severity first. Hints are not
// worth a line. It runs at every answer, so it puts into words only what it lists.
func worst(result *analysis.Result, matches func(path string) bool) string {
	type entry struct {
		file       *workspace.File
		diagnostic *analysis.Diagnostic
	}
	first := map[analysis.Severity][]entry{}
	count := 0
	for _, r := range result.Files {
		if !matches(r.File.Path) {
			continue
		}
		for i := range r.Diagnostics {
			d := &r.Diagnostics[i]
			if sign[d.Severity] == "" || d.Silenced {
				continue
			}
			count++
			if len(first[d.Severity]) < most {
				first[d.Severity] = append(first[d.Severity], entry{r.File, d})
			}
		}
	}
	all := slices.Concat(first[analysis.Error], first[analysis.Warning], first[analysis.Information])
	var b strings.Builder
	for _, e := range all[:min(len(all), most)] {
		line := text.NewLines(e.file.Text).Line(e.diagnostic.Span.Start) + 1
		fmt.Fprintf(&b, "- %s [%s:%d](%s#L%d) %s\n",
			sign[e.diagnostic.Severity], filepath.Base(e.file.Path), line, e.file.URI, line, plain(e.diagnostic.Message))
	}
	if more := count - most; more > 0 {
		fmt.Fprintf(&b, "- and %d more\n", more)
	}
	return b.String()
}

// plain returns markdown that reads as the text. A message names what stands in a file, which anybody may have written.
func plain(s string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(s), " ") {
		if strings.ContainsRune("\\`*_{}[]()<>#|~$&!", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
