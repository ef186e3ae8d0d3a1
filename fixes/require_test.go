package fixes

import (
	"testing"

	"golang.org/x/mod/modfile"

	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/text"
)

func TestAddRequire(t *testing.T) {
	const head = "module m\n\ngo 1.22\n"
	for _, c := range []struct {
		name, in, want string
		indirect       bool
	}{
		{"none yet", head, head + "\nrequire b.example/b v1.0.0\n", false},
		{"none yet, and no newline", "module m", "module m\n\nrequire b.example/b v1.0.0\n", false},
		{"after a line", head + "\nrequire a.example/a v1.0.0\n", head + "\nrequire a.example/a v1.0.0\n\nrequire b.example/b v1.0.0\n", false},
		{
			"in order", head + "\nrequire (\n\ta.example/a v1.0.0\n\t// why\n\tc.example/c v1.0.0\n)\n",
			head + "\nrequire (\n\ta.example/a v1.0.0\n\tb.example/b v1.0.0\n\t// why\n\tc.example/c v1.0.0\n)\n", false,
		},
		{
			"at the end of the block of its sort",
			head + "\nrequire (\n\tc.example/c v1.0.0\n)\n\nrequire (\n\ta.example/a v1.0.0 // indirect\n)\n",
			head + "\nrequire (\n\tc.example/c v1.0.0\n)\n\nrequire (\n\ta.example/a v1.0.0 // indirect\n\tb.example/b v1.0.0 // indirect\n)\n", true,
		},
		{
			"no block of its sort", head + "\nrequire (\n\ta.example/a v1.0.0\n)\n",
			head + "\nrequire (\n\ta.example/a v1.0.0\n)\n\nrequire b.example/b v1.0.0 // indirect\n", true,
		},
		{"carriage returns", "module m\r\n\r\nrequire (\r\n\ta.example/a v1.0.0\r\n)\r\n", "module m\r\n\r\nrequire (\r\n\ta.example/a v1.0.0\r\n\tb.example/b v1.0.0\r\n)\r\n", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := text.Apply(c.in, []text.Edit{AddRequire(syntax.ParseMod(c.in), "b.example/b", "v1.0.0", c.indirect)})
			if !ok || got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			if _, err := modfile.Parse("go.mod", []byte(got), nil); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSetIndirect(t *testing.T) {
	for _, c := range []struct {
		in       string
		indirect bool
		want     string
	}{
		{"require a v1.0.0", true, "require a v1.0.0 // indirect"},
		{"require a v1.0.0 // why", true, "require a v1.0.0 // indirect; why"},
		{"require a v1.0.0 //why", true, "require a v1.0.0 // indirect; why"},
		{"require a v1.0.0 // indirect\n", false, "require a v1.0.0\n"},
		{"require a v1.0.0 // indirect; why\n", false, "require a v1.0.0 // why\n"},
		{"require a v1.0.0 // indirect\r\n", false, "require a v1.0.0\r\n"},
	} {
		src := "module m\n" + c.in
		r := syntax.ParseMod(src).Require[0]
		got, ok := text.Apply(src, []text.Edit{SetIndirect(r, c.indirect)})
		if want := "module m\n" + c.want; !ok || got != want {
			t.Errorf("%q: got %q, want %q", c.in, got, want)
		}
		if now := syntax.ParseMod(got).Require[0]; now.Indirect != c.indirect {
			t.Errorf("%q is not what go takes for indirect=%t", got, c.indirect)
		}
	}
}
