package suite

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/internal/syntax"
)

// TestEveryAnalyzerIsListed compares the list with the packages beside it. A package is an analyzer's if it has a doc.go.
func TestEveryAnalyzerIsListed(t *testing.T) {
	docs, err := filepath.Glob("../*/doc.go")
	if err != nil || len(docs) == 0 {
		t.Fatalf("no analyzers found (%v)", err)
	}
	var want, got []string
	for _, doc := range docs {
		want = append(want, filepath.Base(filepath.Dir(doc)))
	}
	for _, a := range All {
		got = append(got, a.Name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("packages (-) and suite.All (+) differ, or are not in order:\n%s", diff)
	}
}

// TestEveryProblemHasOneCode checks that each kind of problem that the syntax knows is reported by just one analyzer. The
// kinds of go.sum are reported by malformedsum.
func TestEveryProblemHasOneCode(t *testing.T) {
	for _, kind := range syntax.Kinds {
		var codes []string
		for _, a := range All {
			if _, ok := a.Kinds[kind]; ok {
				codes = append(codes, a.Name)
			}
		}
		if strings.HasPrefix(kind, "sum-") {
			codes = append(codes, "malformedsum")
		}
		if len(codes) != 1 {
			t.Errorf("%s is reported by %q, want one analyzer", kind, codes)
		}
	}
	for _, a := range All {
		for kind := range a.Kinds {
			if !slices.Contains(syntax.Kinds, kind) {
				t.Errorf("%s reports %s, which the syntax does not know", a.Name, kind)
			}
		}
	}
}

// TestDocumentation writes docs/analyzers.md anew from the package comments and the examples, and compares.
func TestDocumentation(t *testing.T) {
	const file = "../../docs/analyzers.md"
	var b strings.Builder
	b.WriteString(head)
	for _, a := range All {
		fmt.Fprintf(&b, "- [%s](#%s): %s\n", a.Name, a.Name, title(a))
	}
	for _, a := range All {
		data, err := os.ReadFile(filepath.Join("..", a.Name, "testdata", "example.txtar"))
		if err != nil {
			t.Errorf("every analyzer has an example: %v", err)
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n\nSeverity: %s\n\n%s\n\n%s", a.Name, a.Severity, body(a), example(txtar.Parse(data)))
	}
	want := b.String()
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(file, []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(got), want); diff != "" {
		t.Errorf("docs/analyzers.md is out of date; UPDATE=1 writes it (-file +analyzers):\n%s", diff)
	}
}

const head = `# The diagnostics

Each has a code, which is the name of the analyzer that reports it. An **error** means that the go command refuses the module
or workspace; a **warning** that go accepts it, but ` + "`go mod tidy`, `go mod verify`" + `, a build server or a colleague's machine would
not, or that it is a risk; **information** is worth knowing; a **hint** has no effect and can go. The severity of a code is
changed by the setting ` + "`severity`" + `, for one line by a comment ` + "`// gomodls:ignore CODE reason`" + `.

The examples are the tests: the marks beneath a line show what is reported there.

`

// title is the first sentence of the package comment, without "Package x reports".
func title(a *analysis.Analyzer) string {
	first, _, _ := strings.Cut(strings.ReplaceAll(a.Doc, "\n", " "), ". ")
	return strings.TrimSuffix(strings.TrimPrefix(first, "Package "+a.Name+" reports "), ".")
}

func body(a *analysis.Analyzer) string {
	return "Reports " + strings.TrimPrefix(a.Doc, "Package "+a.Name+" reports ")
}

func example(ar *txtar.Archive) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", ar.Comment)
	for _, f := range ar.Files {
		if strings.HasPrefix(f.Name, "modcache/") {
			continue
		}
		fmt.Fprintf(&b, "%s:\n\n```\n%s```\n", f.Name, f.Data)
	}
	return b.String()
}

// TestConditions checks docs/conditions.md: that each row has a code of the list with what shows it, or says why it has none; that
// what shows it is there and names it; and that no code is left out.
func TestConditions(t *testing.T) {
	const root = "../.."
	doc, err := os.ReadFile(filepath.Join(root, "docs", "conditions.md"))
	if err != nil {
		t.Fatal(err)
	}
	rest := map[string]bool{}
	for _, a := range All {
		rest[a.Name] = true
	}
	known := maps.Clone(rest)
	rows := 0
	for line := range strings.Lines(string(doc)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 4 || !strings.ContainsAny(cells[0], "0123456789") {
			continue
		}
		rows++
		codes, shown := strings.TrimSpace(cells[2]), strings.TrimSpace(cells[3])
		if codes == "" && shown == "" {
			t.Errorf("%s has neither a code nor a reason", line)
		}
		if codes == "" {
			continue
		}
		paths := strings.Split(shown, ", ")
		for i, code := range strings.Split(codes, ", ") {
			if !known[code] {
				t.Errorf("%q is no code: %s", code, line)
			}
			delete(rest, code)
			text, err := os.ReadFile(filepath.Join(root, paths[min(i, len(paths)-1)]))
			if err != nil {
				t.Error(err)
			}
			if strings.HasPrefix(paths[0], "analysis/") && !strings.Contains(string(text), " "+code+": ") {
				t.Errorf("%s does not show %s", paths[0], code)
			}
		}
	}
	if rows == 0 || len(rest) > 0 {
		t.Errorf("%d rows; without one: %q", rows, slices.Sorted(maps.Keys(rest)))
	}
}
