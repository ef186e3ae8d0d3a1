package imports

import (
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/text"
)

// markers begin the lines that a merge leaves where it found a conflict.
var markers = []string{"<<<<<<<", "|||||||", "=======", ">>>>>>>"}

// Conflicted reports whether a merge has left its marks in a text.
func Conflicted(text string) bool {
	return strings.HasPrefix(text, markers[0]) || strings.Contains(text, "\n"+markers[0])
}

var (
	declaration = text.Pattern(`(?m)^(func|type|var|const)\b`)
	quoted      = text.Pattern("[\"'`]([^\"'`\\s]+)")
	bare        = text.Pattern(`(?m)^\s*(?:import\s+)?(?:[\w.]+\s+)?([^"'` + "`" + `\s;()]+)\s*;?$`)
)

// Guess returns what a Go file that does not parse seems to import: both sides of a conflict, and whatever else looks like the
// path of an import before the first declaration, in whatever quotes, or alone on its line without.
func Guess(text string) []string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !slices.ContainsFunc(markers, func(m string) bool { return strings.HasPrefix(line, m) }) {
			b.WriteString(line)
		}
	}
	text = b.String()
	if at := declaration().FindStringIndex(text); at != nil {
		text = text[:at[0]]
	}
	var paths []string
	for _, m := range append(quoted().FindAllStringSubmatch(text, -1), bare().FindAllStringSubmatch(text, -1)...) {
		if !LooksStd(m[1]) && module.CheckImportPath(m[1]) == nil {
			paths = append(paths, m[1])
		}
	}
	return unique(paths)
}
