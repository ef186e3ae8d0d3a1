package text

import (
	"testing"
	"unicode/utf8"
)

func TestPositions(t *testing.T) {
	const doc = "require é 🙂 x\r\nb\rc\n"
	tests := []struct {
		offset int
		bytes  Position
		utf16  Position
	}{
		{0, Position{0, 0}, Position{0, 0}},
		{8, Position{0, 8}, Position{0, 8}},    // before é
		{10, Position{0, 10}, Position{0, 9}},  // after é, two bytes and one unit
		{15, Position{0, 15}, Position{0, 12}}, // after 🙂, four bytes and two units
		{19, Position{1, 0}, Position{1, 0}},   // after \r\n
		{21, Position{2, 0}, Position{2, 0}},   // after a lone \r
		{23, Position{3, 0}, Position{3, 0}},   // the empty last line
	}
	lines := NewLines(doc)
	for _, tt := range tests {
		if got := lines.Position(tt.offset); got != tt.bytes {
			t.Errorf("Position(%d) = %v, want %v", tt.offset, got, tt.bytes)
		}
		if got := lines.Position16(tt.offset); got != tt.utf16 {
			t.Errorf("Position16(%d) = %v, want %v", tt.offset, got, tt.utf16)
		}
		if got := lines.Offset(tt.bytes); got != tt.offset {
			t.Errorf("Offset(%v) = %d, want %d", tt.bytes, got, tt.offset)
		}
		if got := lines.Offset16(tt.utf16); got != tt.offset {
			t.Errorf("Offset16(%v) = %d, want %d", tt.utf16, got, tt.offset)
		}
	}
}

func TestPositionsOutsideTheText(t *testing.T) {
	lines := NewLines("ab🙂\ncd")
	for _, tt := range []struct {
		p                Position
		offset, offset16 int
	}{
		{Position{0, 99}, 6, 6},  // behind the end of a line: its end, before the newline
		{Position{9, 0}, 9, 9},   // behind the last line: the end of the text
		{Position{0, -1}, 0, 0},  // before the start
		{Position{0, 3}, 2, 2},   // inside the emoji: its start, in either unit
		{Position{1, 99}, 9, 9},  // behind the end of the text
		{Position{-1, 99}, 6, 6}, // a line before the first
	} {
		if got := lines.Offset(tt.p); got != tt.offset {
			t.Errorf("Offset(%v) = %d, want %d", tt.p, got, tt.offset)
		}
		if got := lines.Offset16(tt.p); got != tt.offset16 {
			t.Errorf("Offset16(%v) = %d, want %d", tt.p, got, tt.offset16)
		}
	}
}

func TestApply(t *testing.T) {
	for _, tt := range []struct {
		name  string
		edits []Edit
		want  string
		ok    bool
	}{
		{"none", nil, "abcdef", true},
		{"out of order", []Edit{{Span{4, 5}, "E"}, {Span{0, 1}, "A"}}, "AbcdEf", true},
		{"insertions keep their order", []Edit{{Span{2, 2}, "1"}, {Span{2, 2}, "2"}}, "ab12cdef", true},
		{"insertion before a deletion", []Edit{{Span{2, 4}, ""}, {Span{2, 2}, "x"}}, "abxef", true},
		{"overlap", []Edit{{Span{0, 3}, ""}, {Span{2, 4}, ""}}, "abcdef", false},
		{"outside", []Edit{{Span{5, 9}, ""}}, "abcdef", false},
		{"backwards", []Edit{{Span{3, 2}, ""}}, "abcdef", false},
	} {
		got, ok := Apply("abcdef", tt.edits)
		if got != tt.want || ok != tt.ok {
			t.Errorf("%s: Apply = %q, %v; want %q, %v", tt.name, got, ok, tt.want, tt.ok)
		}
	}
}

// FuzzLines checks that every offset at the start of a character survives the way to an editor and back, except between
// the bytes of a line ending, where no position exists.
func FuzzLines(f *testing.F) {
	f.Add("module é\r\n\r🙂\n", 3)
	f.Add("\r\r\n\n", 1)
	f.Add("\xff\xfe\n", 1)
	f.Fuzz(func(t *testing.T, doc string, offset int) {
		lines := NewLines(doc)
		p, p16 := lines.Position(offset), lines.Position16(offset)
		if p.Line != p16.Line || p.Line < 0 || p.Line >= lines.Count() {
			t.Fatalf("offset %d lies on line %d and %d of %d", offset, p.Line, p16.Line, lines.Count())
		}
		if !utf8.ValidString(doc) || offset < 0 || offset > len(doc) {
			return
		}
		if offset < len(doc) && !utf8.RuneStart(doc[offset]) || offset > lines.Span(p.Line).End {
			return
		}
		if got := lines.Offset(p); got != offset {
			t.Errorf("byte column: %d became %d", offset, got)
		}
		if got := lines.Offset16(p16); got != offset {
			t.Errorf("UTF-16 column: %d became %d", offset, got)
		}
	})
}
