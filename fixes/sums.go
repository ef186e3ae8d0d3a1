package fixes

import (
	"slices"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/text"
)

// A Sum is a line to be added to go.sum. The version of the one that protects a go.mod file ends in "/go.mod".
type Sum struct {
	module.Version
	Hash string
}

// AddSums returns the edits that add lines to a go.sum, each where the go command would write it. Lines that stand in one
// place are one edit.
func AddSums(file *syntax.Sum, sums []Sum) []text.Edit {
	sums = slices.Clone(sums)
	slices.SortFunc(sums, func(a, b Sum) int { return compareSums(a.Version, b.Version) })
	sums = slices.Compact(sums)
	newline := "\n"
	if strings.Contains(file.Text, "\r\n") {
		newline = "\r\n"
	}
	var edits []text.Edit
	var lines strings.Builder // of the last edit
	done := func() {
		if n := len(edits); n > 0 {
			edits[n-1].New = lines.String()
			lines.Reset()
		}
	}
	next := 0
	for _, s := range sums {
		for next < len(file.Entries) && !follows(&file.Entries[next], s.Version) {
			next++
		}
		at := len(file.Text)
		if next < len(file.Entries) {
			at = strings.LastIndexByte(file.Text[:file.Entries[next].Span.Start], '\n') + 1
		}
		if n := len(edits); n == 0 || edits[n-1].Span.Start != at {
			done()
			edits = append(edits, text.Edit{Span: text.Span{Start: at, End: at}})
			if at == len(file.Text) && at > 0 && file.Text[at-1] != '\n' {
				lines.WriteString(newline)
			}
		}
		for _, part := range []string{s.Path, " ", s.Version.Version, " ", s.Hash, newline} {
			lines.WriteString(part)
		}
	}
	done()
	return edits
}

// follows reports whether a line comes after the one about m.
func follows(line *syntax.SumLine, m module.Version) bool {
	if line.Path != m.Path {
		return line.Path > m.Path
	}
	return compareSums(line.Key(), m) > 0
}

// compareSums is the order of module.Sort, which is that of go.sum.
func compareSums(a, b module.Version) int {
	if c := strings.Compare(a.Path, b.Path); c != 0 {
		return c
	}
	av, af, _ := strings.Cut(a.Version, "/")
	bv, bf, _ := strings.Cut(b.Version, "/")
	if c := semver.Compare(av, bv); c != 0 {
		return c
	}
	if c := strings.Compare(av, bv); c != 0 {
		return c
	}
	return strings.Compare(af, bf)
}
