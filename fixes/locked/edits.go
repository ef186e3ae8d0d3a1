package locked

import (
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"go.lsp.dev/uri"

	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/text"
)

// Edits returns the line edits that turn before into after, but for line endings: lines that stay keep theirs, and new
// ones get the ending that before has most. (The go command writes "\n" everywhere.)
func Edits(before, after string) []text.Edit {
	lines := strings.SplitAfter(before, "\n")
	crlf := strings.Count(before, "\r\n")
	ending := "\n"
	if 2*crlf > strings.Count(before, "\n") {
		ending = "\r\n"
	}

	// The diff is of the texts with "\n" alone; starts says where in before each line of that text begins.
	plain := lineFeeds(before)
	starts := make(map[int]int, len(lines)+1)
	at, plainAt := 0, 0
	for _, line := range lines {
		starts[plainAt] = at
		at, plainAt = at+len(line), plainAt+len(lineFeeds(line))
	}
	starts[plainAt] = at

	var edits []text.Edit
	for _, e := range udiff.Lines(plain, lineFeeds(after)) {
		edits = append(edits, text.Edit{
			Span: text.Span{Start: starts[e.Start], End: starts[e.End]},
			New:  strings.ReplaceAll(e.New, "\n", ending),
		})
	}
	return edits
}

func lineFeeds(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// keepEndings returns after with the line endings of before.
func keepEndings(before, after string) string {
	out, _ := text.Apply(before, Edits(before, after))
	return out
}

// Edits returns the change as edits of the document at its path.
func (c Change) Edits() []fixes.Edit {
	var edits []fixes.Edit
	for _, e := range Edits(c.Before, c.After) {
		edits = append(edits, fixes.Edit{URI: uri.File(c.Path), Span: e.Span, New: e.New})
	}
	return edits
}
