// Package fixes describes changes that make a diagnostic go away, and builds the edits that several analyzers share.
//
// The one idea to keep in mind: an edit touches the fewest bytes. A version is replaced, a line is deleted, a line is
// inserted; a file is never printed anew, so comments, order and line endings survive. The package is pure: it knows no
// diagnostic, reads nothing and runs nothing.
package fixes

import (
	"sort"

	"go.lsp.dev/uri"

	"github.com/gomodls/gomodls/internal/text"
)

// A Kind says where an editor offers a fix.
type Kind string

const (
	// QuickFix is offered at the diagnostic.
	QuickFix Kind = "quickfix"
	// FixAll is offered for the whole file.
	FixAll Kind = "source.fixAll.gomodls"
)

// A Fix is one way out of one diagnostic. It is valid only for the snapshot that it was made for. Exactly one of Edits and
// Command is set: a fix that changes one file is a plain edit, and one that changes more than one, downloads something or
// runs the go command is a Command, because editors do not apply edits of several files atomically.
type Fix struct {
	Title     string // an imperative phrase with the concrete value: "Upgrade golang.org/x/mod to v0.42.0"
	Kind      Kind
	Preferred bool // the one that a user who does not look closely should get; at most one for each diagnostic
	Edits     []Edit
	Command   *Command
}

// An Edit replaces a span of one document.
type Edit struct {
	URI  uri.URI
	Span text.Span
	New  string
}

// A Command is a fix that the server carries out under the lock of the workspace.
type Command struct {
	Name      string         // one of the commands of the server, "gomodls.download" for example
	Arguments map[string]any // the command's one argument object; holds "uri" always
}

// ByFile groups edits by document. The order of edits within a document is kept.
func ByFile(edits []Edit) map[uri.URI][]text.Edit {
	files := make(map[uri.URI][]text.Edit)
	for _, e := range edits {
		files[e.URI] = append(files[e.URI], text.Edit{Span: e.Span, New: e.New})
	}
	return files
}

// Merge joins the edits of several fixes of one document into one set that can be applied at once. An edit given twice
// counts once; a fix any of whose edits overlaps one already taken is left out whole, so that no half of a fix is ever
// applied. It returns the edits and the number of fixes that they carry out.
func Merge(all []Fix) (edits []Edit, taken int) {
	var have []Edit
fix:
	for _, f := range all {
		if len(f.Edits) == 0 {
			continue
		}
		var add []Edit
		for _, e := range f.Edits {
			switch overlap(have, e) {
			case same:
				continue
			case conflict:
				continue fix
			}
			add = append(add, e)
		}
		have = append(have, add...)
		taken++
	}
	sort.SliceStable(have, func(i, j int) bool {
		if have[i].URI != have[j].URI {
			return have[i].URI < have[j].URI
		}
		return have[i].Span.Start < have[j].Span.Start
	})
	return have, taken
}

type relation int

const (
	apart relation = iota
	same
	conflict
)

func overlap(have []Edit, e Edit) relation {
	for _, h := range have {
		switch {
		case h == e:
			return same
		case h.URI != e.URI:
		case h.Span.Start < e.Span.End && e.Span.Start < h.Span.End:
			return conflict
		case h.Span.Len() > 0 && e.Span == (text.Span{Start: h.Span.Start, End: h.Span.Start}),
			e.Span.Len() > 0 && h.Span == (text.Span{Start: e.Span.Start, End: e.Span.Start}): // put before what the other takes away
			return conflict
		case h.Span == e.Span: // two different insertions at one place: their order would matter
			return conflict
		}
	}
	return apart
}
