// Package text converts between the three ways in which a place in a document is named: byte offsets, which the engine
// uses; lines and byte columns, which terminals show; and lines and UTF-16 columns, which most editors send.
//
// The one idea to keep in mind: everything inside gomodls is a half-open span of byte offsets into one immutable string.
// Lines and columns exist only at the edges, and converting never fails: what lies outside the text is moved to its
// nearest valid place, because editors do send such positions.
package text

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// A Span is the half-open range of bytes [Start, End) of a text.
type Span struct{ Start, End int }

// Len returns the number of bytes in s.
func (s Span) Len() int { return s.End - s.Start }

// Contains reports whether offset lies in s or at its end, where a cursor behind the last byte stands.
func (s Span) Contains(offset int) bool { return s.Start <= offset && offset <= s.End }

// Overlaps reports whether s and t share a byte or touch, as a cursor's empty range touches the word it stands at.
func (s Span) Overlaps(t Span) bool { return s.Start <= t.End && t.Start <= s.End }

// In returns the part of text that s covers. s must lie within text.
func (s Span) In(text string) string { return text[s.Start:s.End] }

// An Edit replaces the bytes of Span by New. An empty Span inserts.
type Edit struct {
	Span Span
	New  string
}

// Apply returns src with edits carried out. The edits may come in any order; their spans refer to src. Insertions at one
// offset keep their given order. It reports false, and returns src, if two edits overlap or one lies outside src.
func Apply(src string, edits []Edit) (string, bool) {
	if len(edits) == 0 {
		return src, true
	}
	sorted := append([]Edit(nil), edits...)
	sort.SliceStable(sorted, func(i, j int) bool {
		a, b := sorted[i].Span, sorted[j].Span
		if a.Start != b.Start {
			return a.Start < b.Start
		}
		return a.End < b.End
	})
	var out strings.Builder
	at := 0
	for _, e := range sorted {
		if e.Span.Start < at || e.Span.End < e.Span.Start || e.Span.End > len(src) {
			return src, false
		}
		out.WriteString(src[at:e.Span.Start])
		out.WriteString(e.New)
		at = e.Span.End
	}
	out.WriteString(src[at:])
	return out.String(), true
}

// A Position is a place as people and protocols name it. Both numbers count from zero; the unit of Column depends on the
// function that made it.
type Position struct{ Line, Column int }

// Lines finds lines in one text. It is immutable and safe for concurrent use.
//
// A line ends at "\n", "\r\n" or a lone "\r", as the language server protocol has it. Note that go.mod itself knows only
// "\n": a lone "\r" is a blank there.
type Lines struct {
	text   string
	starts []int // offset of each line's first byte; starts[0] == 0
}

// NewLines indexes text in one pass.
func NewLines(text string) *Lines {
	l := &Lines{text: text, starts: make([]int, 1, 1+strings.Count(text, "\n"))}
	l.index(0, len(text))
	return l
}

// index adds the lines that begin behind at, and at end at the latest.
func (l *Lines) index(at, end int) {
	returns := strings.IndexByte(l.text[at:end], '\r') >= 0
	for at < end {
		next, ends := end, false
		if i := strings.IndexByte(l.text[at:end], '\n'); i >= 0 {
			next, ends = at+i+1, true
		}
		for i := at; returns && i < next; i++ {
			if l.text[i] == '\r' && (i+1 == len(l.text) || l.text[i+1] != '\n') {
				l.starts = append(l.starts, i+1)
			}
		}
		if ends {
			l.starts = append(l.starts, next)
		}
		at = next
	}
}

// After returns NewLines(text), where text is that of l but for text[start:end], which stands in the place of the bytes from start
// to oldEnd; all three are where a line begins that follows a "\n", or where a text begins or ends.
func (l *Lines) After(text string, start, end, oldEnd int) *Lines {
	head := sort.SearchInts(l.starts, start+1)
	tail := l.starts[sort.SearchInts(l.starts, oldEnd+1):]
	next := &Lines{text: text, starts: make([]int, head, head+strings.Count(text[start:end], "\n")+len(tail)+1)}
	copy(next.starts, l.starts)
	next.index(start, end)
	for _, at := range tail {
		next.starts = append(next.starts, at+end-oldEnd)
	}
	return next
}

// Count returns the number of lines, which is at least one: a text that ends in a newline has an empty last line.
func (l *Lines) Count() int { return len(l.starts) }

// Line returns the zero-based number of the line that offset lies in.
func (l *Lines) Line(offset int) int {
	offset = min(max(offset, 0), len(l.text))
	return sort.Search(len(l.starts), func(i int) bool { return l.starts[i] > offset }) - 1
}

// Span returns the bytes of a line without its line ending. Lines outside the text are moved into it.
func (l *Lines) Span(line int) Span {
	line = min(max(line, 0), len(l.starts)-1)
	s := Span{l.starts[line], len(l.text)}
	if line+1 < len(l.starts) {
		s.End = l.starts[line+1]
	}
	for s.End > s.Start && (l.text[s.End-1] == '\n' || l.text[s.End-1] == '\r') {
		s.End--
	}
	return s
}

// Position returns the line and byte column of offset.
func (l *Lines) Position(offset int) Position {
	offset = min(max(offset, 0), len(l.text))
	line := l.Line(offset)
	return Position{line, offset - l.starts[line]}
}

// Offset returns the byte offset of a line and byte column. A column behind the line's end is its end; one inside a
// character is the character's start.
func (l *Lines) Offset(p Position) int {
	if p.Line >= len(l.starts) {
		return len(l.text)
	}
	s := l.Span(p.Line)
	offset := min(s.Start+max(p.Column, 0), s.End)
	for offset > s.Start && offset < len(l.text) && !utf8.RuneStart(l.text[offset]) {
		offset--
	}
	return offset
}

// Position16 returns the line and UTF-16 column of offset.
func (l *Lines) Position16(offset int) Position {
	p := l.Position(offset)
	start := l.starts[p.Line]
	return Position{p.Line, utf16Len(l.text[start : start+p.Column])}
}

// Offset16 returns the byte offset of a line and UTF-16 column. A column between the halves of a surrogate pair is the
// character's start; one behind the line's end is its end.
func (l *Lines) Offset16(p Position) int {
	if p.Line >= len(l.starts) {
		return len(l.text)
	}
	s := l.Span(p.Line)
	units := max(p.Column, 0)
	for offset := s.Start; offset < s.End; {
		if units == 0 {
			return offset
		}
		r, size := utf8.DecodeRuneInString(l.text[offset:s.End])
		n := 1
		if r >= 0x10000 {
			n = 2
		}
		if units < n {
			return offset
		}
		units -= n
		offset += size
	}
	return s.End
}

func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r >= 0x10000 {
			n++
		}
	}
	return n
}
