package lsp

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/internal/workspace"
)

// most is how many diagnostics a tooltip names.
const most = 5

var sign = map[analysis.Severity]string{
	analysis.Error: "✗", analysis.Warning: "⚠", analysis.Information: "ℹ",
}

// worst lists in markdown the gravest diagnostics of some files, the first of each severity first. Hints are not worth a line. It
// runs at every answer, so it puts into words only what it lists.
func worst(files []analysis.FileResult) string {
	type entry struct {
		file       *workspace.File
		diagnostic *analysis.Diagnostic
	}
	first := map[analysis.Severity][]entry{}
	count := 0
	for _, r := range files {
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
		line := e.file.Lines().Line(e.diagnostic.Span.Start) + 1
		fmt.Fprintf(&b, "- %s [%s:%d](%s#L%d) %s\n",
			sign[e.diagnostic.Severity], filepath.Base(e.file.Path), line, e.file.URI, line, plain(e.diagnostic.Message))
	}
	if more := count - most; more > 0 {
		fmt.Fprintf(&b, "- and %d more\n", more)
	}
	return b.String()
}

// byDirectory returns the files of a result by the directory of the module that they may belong to: the one that they lie in, and
// those whose vendor directory they lie in.
func byDirectory(result *analysis.Result) map[string][]analysis.FileResult {
	const vendor = string(filepath.Separator) + "vendor" + string(filepath.Separator)
	files := make(map[string][]analysis.FileResult, len(result.Modules))
	for _, r := range result.Files {
		path := r.File.Path
		dir := filepath.Dir(path)
		files[dir] = append(files[dir], r)
		for at := strings.Index(path, vendor); at >= 0; {
			if holder := path[:at]; holder != dir {
				files[holder] = append(files[holder], r)
			}
			next := strings.Index(path[at+1:], vendor)
			if next < 0 {
				break
			}
			at += 1 + next
		}
	}
	return files
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
