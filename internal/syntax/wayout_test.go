package syntax

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gomodls/gomodls/internal/text"
)

// TestPreferred shows what becomes of a file when the preferred suggestions of all its problems are taken.
func TestPreferred(t *testing.T) {
	large := "module m\r\rgo 1.21\r\r//" + strings.Repeat(" and so on", 1<<17) + "\n"
	for _, test := range []struct{ name, src, want string }{
		{"both sides of a merge, at the higher version", "module m\n\nrequire (\n<<<<<<< HEAD\n\ta.example/x v1.1.0\n\tb.example/x v1.0.0\n=======\n\ta.example/x v1.2.0 // indirect\n\tc.example/x v1.0.0\n>>>>>>> topic\n)\n",
			"module m\n\nrequire (\n\tb.example/x v1.0.0\n\ta.example/x v1.2.0 // indirect\n\tc.example/x v1.0.0\n)\n"},
		{"a direct requirement beats an indirect one", "module m\n\nrequire (\n<<<<<<< HEAD\n\ta.example/x v1.1.0 // indirect\n=======\n\ta.example/x v1.1.0\n>>>>>>> topic\n)\n",
			"module m\n\nrequire (\n\ta.example/x v1.1.0\n)\n"},
		{"go lines of a merge", "module m\n\n<<<<<<< HEAD\ngo 1.21\n=======\ngo 1.22\n>>>>>>> topic\n", "module m\n\ngo 1.22\n"},
		{"sides that replace are for a person to choose", "module m\n\n<<<<<<< HEAD\nreplace a.example/x => ./a\n=======\nreplace a.example/x => ./b\n>>>>>>> topic\n",
			"module m\n\n<<<<<<< HEAD\nreplace a.example/x => ./a\n=======\nreplace a.example/x => ./b\n>>>>>>> topic\n"},
		{"an exclusion has no higher version", "module m\n\nexclude (\n<<<<<<< HEAD\n\ta.example/x v1.1.0\n=======\n\ta.example/x v1.2.0\n>>>>>>> topic\n)\n",
			"module m\n\nexclude (\n<<<<<<< HEAD\n\ta.example/x v1.1.0\n=======\n\ta.example/x v1.2.0\n>>>>>>> topic\n)\n"},
		{"a block that lost its head", "module m\n\n\ta.example/x v1.0.0\n\tb.example/x v1.0.0 // indirect\n)\n", "module m\n\n\trequire a.example/x v1.0.0\n\trequire b.example/x v1.0.0 // indirect\n"},
		{"a comment of another language", "module m\n\n# pinned\ngo 1.21\n", "module m\n\n// pinned\ngo 1.21\n"},
		{"a line that says nothing to go", "module m\n\nimport fmt // why\n", "module m\n\n// import fmt // why\n"},
		{"a block that says nothing to go", "module m\n\nimport (\n\t// a comment\n\tfmt\n\tos // why\n) // end\n", "module m\n\n// import (\n\t// a comment\n\t// fmt\n\t// os // why\n// ) // end\n"},
		{"a go line as a block, with comments", "module m\n\ngo ( // a\n\t// b\n\t1.21 // c\n\t// d\n)\n", "module m\n\n// a\n// b\ngo 1.21 // c\n// d\n"},
		{"an empty toolchain block", "module m\n\ntoolchain (\n)\n", "module m\n\n"},
		{"a verb alone", "module m\n\nexclude\nretract\nreplace\n", "module m\n\n"},
		{"a go line alone is needed", "module m\n\ngo\n", "module m\n\ngo\n"},
		{"a requirement may be needed", "module m\n\nrequire a.example/x v1 v2 v3\n", "module m\n\nrequire a.example/x v1 v2 v3\n"},
		{"a requirement of the module itself is not", "module example.com/m/v2\n\nrequire example.com/m/v2 v1.0.0\n", "module example.com/m/v2\n\n"},
		{"a misspelt module line is one fault", "modul example.com/m\n\nretract v1.0.0\n", "module example.com/m\n\nretract v1.0.0\n"},
		{"an arrow that is missing", "module m\n\nreplace a.example/x ../x\nreplace a.example/y v1.0.0 ./y\n", "module m\n\nreplace a.example/x => ../x\nreplace a.example/y v1.0.0 => ./y\n"},
		{"a merge of two that are the same", "<<<<<<< HEAD\nmodule m\n=======\nmodule m\n>>>>>>> topic\n", "module m\n"},
		{"a path that is split", "module m\n\nrequire (\n\ta.exam\n\tple/x v1.0.0 // why\n)\n", "module m\n\nrequire (\n\ta.example/x v1.0.0 // why\n)\n"},
		{"a version that is split", "module m\n\nrequire (\n\ta.example/x v1\n.2.3\n)\n", "module m\n\nrequire (\n\ta.example/x v1.2.3\n)\n"},
		{"a mark that is split", "module m\n\nrequire (\n\ta.example/x v1.0.0 // indirec\nt\n\tb.example/x v1.0.0 //\n indirect\n)\n", "module m\n\nrequire (\n\ta.example/x v1.0.0 // indirect\n\tb.example/x v1.0.0 // indirect\n)\n"},
		{"a directive that is split", "module m\n\nrequ\nire a.example/x v1.0.0\n", "module m\n\nrequire a.example/x v1.0.0\n"},
		{"a line above another is not half of it", "module m\n\nrequire (\n\ta.example/x\n\tb.example/y v1.0.0\n)\n", "module m\n\nrequire (\n\ta.example/x\n\tb.example/y v1.0.0\n)\n"},
		{"carriage returns alone", "module m\r\rgo 1.21\r\rrequire a.example/x v1.0.0\r", "module m\n\ngo 1.21\n\nrequire a.example/x v1.0.0\n"},
		{"semicolons", "module m; go 1.21; require a.example/x v1.0.0\n", "module m\ngo 1.21\nrequire a.example/x v1.0.0\n"},
		{"nothing is tried out in a text that takes long to read", large, large},
		{"a quote without another", "module m\n\nrequire \"a.example/x v1.0.0\n", "module m\n\nrequire \"a.example/x\" v1.0.0\n"},
		{"a comment in the middle", "module m\n\nrequire /* old */ a.example/x v1.0.0\n", "module m\n\n// old\nrequire  a.example/x v1.0.0\n"},
		{"a slash twice", "module m\n\nrequire a.example//x v1.0.0 // why\n", "module m\n\nrequire a.example/x v1.0.0 // why\n"},
		{"a module path that cannot be", "module -a.example/x!\n", "module a.example/x\n"},
		{"a parenthesis alone", "module m\n\nrequire (\n\t(\n\ta.example/x v1.0.0\n)\n", "module m\n\nrequire (\n\ta.example/x v1.0.0\n)\n"},
		{"a mark in the middle", "module m\n\nrequire a.example/x # v1.0.0 // indirect\n", "module m\n\nrequire a.example/x v1.0.0 // indirect\n"},
		{"brackets", "module m\n\nrequire [a.example/x] v1.0.0\n", "module m\n\nrequire a.example/x v1.0.0\n"},
		{"a directory with a version", "module m\n\ntool a.example/x v1.0.0\n", "module m\n\ntool a.example/x\n"},
		{"a second go line as a block", "module m\n\ngo 1.21\n\ngo (\n\t1.22\n)\n", "module m\n\ngo 1.21\n\n// go (\n\t// 1.22\n// )\n"},
		{"a suffix with a zero", "module m\n\nrequire a.example/x/v02 v2.1.0\n", "module m\n\nrequire a.example/x/v2 v2.1.0\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var edits []text.Edit
			for _, p := range ParseMod(test.src).Problems {
				if len(p.Suggest) == 0 || !p.Suggest[0].Preferred || p.Severity != Refused {
					continue
				}
				for _, e := range p.Suggest[0].Edits {
					if !slices.Contains(edits, e) { // two problems may have one way out
						edits = append(edits, e)
					}
				}
			}
			got, ok := text.Apply(test.src, edits)
			if diff := cmp.Diff(test.want, got); diff != "" || !ok {
				t.Errorf("applied: %v (-want +got):\n%s", ok, diff)
			}
		})
	}
}
