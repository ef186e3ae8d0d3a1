package lsp

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/internal/text"
)

// most is how many diagnostics a tooltip names.
const most = 5

var sign = map[analysis.Severity]string{
	analysis.Error: "✗", analysis.Warning: "⚠", analysis.Information: "ℹ",
}

// worst lists in markdown the gravest diagnostics of the files that match, the first of each severity first. Hints are not
// worth a line.
func worst(result *analysis.Result, matches func(path string) bool) string {
	type entry struct {
		severity analysis.Severity
		line     string
	}
	var all []entry
	for _, r := range result.Files {
		if !matches(r.File.Path) {
			continue
		}
		lines := text.NewLines(r.File.Text)
		for _, d := range r.Diagnostics {
			if sign[d.Severity] == "" || d.Silenced {
				continue
			}
			line := lines.Line(d.Span.Start) + 1
			all = append(all, entry{d.Severity, fmt.Sprintf("- %s [%s:%d](%s#L%d) %s\n",
				sign[d.Severity], filepath.Base(r.File.Path), line, r.File.URI, line, plain(d.Message))})
		}
	}
	order := []analysis.Severity{analysis.Error, analysis.Warning, analysis.Information}
	slices.SortStableFunc(all, func(a, b entry) int {
		return cmp.Compare(slices.Index(order, a.severity), slices.Index(order, b.severity))
	})
	var b strings.Builder
	for _, e := range all[:min(len(all), most)] {
		b.WriteString(e.line)
	}
	if more := len(all) - most; more > 0 {
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
