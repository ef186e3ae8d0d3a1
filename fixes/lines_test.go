package fixes

import (
	"testing"

	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/text"
)

func TestDeleteLine(t *testing.T) {
	for _, tt := range []struct{ name, src, want string }{
		{"a line of a block", "require (\n\ta.example/x v1.0.0\n\tb.example/y v1.0.0\n)\n", "require (\n\tb.example/y v1.0.0\n)\n"},
		{"// indirect says nothing to people", "require (\n\ta.example/x v1.0.0 // indirect\n\tb.example/y v1.0.0\n)\n", "require (\n\tb.example/y v1.0.0\n)\n"},
		{"a remark stays", "require (\n\ta.example/x v1.0.0 // indirect; see #12\n\tb.example/y v1.0.0\n)\n", "require (\n\t// see #12\n\tb.example/y v1.0.0\n)\n"},
		{"comments above stay", "require (\n\t// pinned\n\ta.example/x v1.0.0\n)\n", "require (\n\t// pinned\n)\n"},
		{"a block goes with its only line", "module m\n\nrequire (\n\ta.example/x v1.0.0\n)\n\ngo 1.22\n", "module m\n\ngo 1.22\n"},
		{"an open block keeps its head", "require (\n\ta.example/x v1.0.0\n", "require (\n"},
		{"a statement at the end takes the blank line before it", "module m\n\nrequire a.example/x v1.0.0\n", "module m\n"},
		{"a statement after another takes none", "module m\n\ngo 1.22\nrequire a.example/x v1.0.0\n", "module m\n\ngo 1.22\n"},
		{"CRLF", "module m\r\n\r\nrequire a.example/x v1.0.0\r\n\r\ngo 1.22\r\n", "module m\r\n\r\ngo 1.22\r\n"},
		{"no newline at the end", "module m\nrequire a.example/x v1.0.0", "module m\n"},
	} {
		mod := syntax.ParseMod(tt.src)
		got, ok := text.Apply(tt.src, []text.Edit{DeleteLine(tt.src, mod.Require[0].Line)})
		if !ok || got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}
