package imports

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestGuess holds files that do not parse against what a person would say that they import.
func TestGuess(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"both sides of a conflict", "package p\n\nimport (\n<<<<<<< HEAD\n\t\"a.example/a\"\n=======\n\tb \"b.example/b\"\n>>>>>>> theirs\n)\n", []string{"a.example/a", "b.example/b"}},
		{"after a fault", "package p\n\nimport (\n\t\"a.example/a\"\n\tb\n\t_ \"c.example/c\"\n", []string{"a.example/a", "c.example/c"}},
		{"a quote that is not closed", "package p\n\nimport \"a.example/a\n", []string{"a.example/a"}},
		{"no package clause", "import \"a.example/a\"\n\nfunc f() {\n\t\"b.example/b\"\n}\n", []string{"a.example/a"}},
		{"no quotes, the wrong ones, and a comment", "package p\n\nimport a.example/a\nimport 'b.example/b'\nimport (\n\tc c.example/c\n)\n// see d.example/d and others\n", []string{"a.example/a", "b.example/b", "c.example/c"}},
		{"commas on one line", "package p\n\nimport (_ \"a.example/a\", _ \"b.example/b\")\n", []string{"a.example/a", "b.example/b"}},
		{"a stray byte order mark", "package p\n\ufeffimport \"a.example/a\"\n", []string{"a.example/a"}},
		{"the standard library", "package p\nimport (\n\"fmt\"\n\"net/http\"\n", nil},
	} {
		if diff := cmp.Diff(c.want, Guess(c.text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
