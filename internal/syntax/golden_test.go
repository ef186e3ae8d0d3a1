package syntax

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/gomodls/gomodls/internal/text"
)

// TestProblems compares every archive in testdata/problems with what it should be: the file with its problems beneath
// the marked bytes, and the file after each suggestion for a problem of the kind that the archive is named after.
// UPDATE=1 rewrites them. In a member that is called (escaped), \r and the like stand for characters that would not show,
// and \EOF for the lack of a last newline.
func TestProblems(t *testing.T) {
	names, err := filepath.Glob("testdata/problems/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	shown := make(map[string]bool)
	for _, name := range names {
		kind := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(name), ".txtar"), "-sum")
		t.Run(kind, func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got, found := renderProblems(txtar.Parse(data), kind)
			if shown[kind] = found; !found {
				t.Errorf("%s shows no problem of its kind", name)
			}
			if os.Getenv("UPDATE") != "" {
				if err := os.WriteFile(name, got, 0o666); err != nil {
					t.Fatal(err)
				}
			} else if diff := cmp.Diff(string(data), string(got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		})
	}
	if !slices.IsSorted(Kinds) {
		t.Error("Kinds is not sorted")
	}
	for _, kind := range Kinds {
		if !shown[kind] {
			t.Errorf("%s has no archive", kind)
		}
		delete(shown, kind)
	}
	for kind := range shown {
		t.Errorf("%s has an archive but is not in Kinds", kind)
	}
}

var escapes = []string{`\r`, "\r", `\ufeff`, "\ufeff", `\u00a0`, "\u00a0", `\x00`, "\x00", `\xff`, "\xff", "\\EOF\n", ""}

func unescape(s string) string { return strings.NewReplacer(escapes...).Replace(s) }

func escape(s string) string {
	var swapped []string
	for i := 0; i+3 < len(escapes); i += 2 {
		swapped = append(swapped, escapes[i+1], escapes[i])
	}
	return strings.NewReplacer(swapped...).Replace(s)
}

func renderProblems(in *txtar.Archive, kind string) (out []byte, found bool) {
	name := in.Files[0].Name
	src, esc := stripMarks(string(in.Files[0].Data)), func(s string) string { return s }
	if strings.HasSuffix(name, " (escaped)") {
		src = unescape(src)
		esc = func(s string) string {
			if s = escape(s); !strings.HasSuffix(s, "\n") {
				s += "\\EOF\n"
			}
			return s
		}
	}
	problems := problemsOf(name, src)
	archive := &txtar.Archive{Comment: in.Comment, Files: []txtar.File{{Name: name, Data: []byte(drawMarks(src, problems, esc))}}}
	for _, p := range problems {
		found = found || p.Kind == kind
		for i := range p.Suggest {
			if s := p.Suggest[i]; p.Kind == kind {
				fixed, _ := text.Apply(src, s.Edits)
				after := fmt.Sprintf("after %q", s.Title)
				if s.Preferred {
					after = fmt.Sprintf("after %q, preferred", s.Title)
				}
				archive.Files = append(archive.Files, txtar.File{Name: after, Data: []byte(esc(fixed))})
			}
		}
	}
	return txtar.Format(archive), found
}

func problemsOf(name, src string) []Problem {
	switch {
	case strings.HasPrefix(name, "go.work"):
		return ParseWork(src).Problems
	case strings.HasPrefix(name, "go.sum"):
		return ParseSum(src).Problems
	}
	return ParseMod(src).Problems
}

// stripMarks removes the lines that drawMarks adds.
func stripMarks(s string) string {
	var kept strings.Builder
	for _, line := range strings.SplitAfter(s, "\n") {
		if !strings.HasPrefix(strings.TrimLeft(line, " \t"), "^") {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// drawMarks adds, under each line with problems, a line for each that marks its bytes and tells its severity.
func drawMarks(src string, problems []Problem, esc func(string) string) string {
	var out strings.Builder
	at := 0
	for _, line := range strings.SplitAfter(src, "\n") {
		if line == "" && at > 0 {
			break
		}
		if line != "" {
			out.WriteString(esc(line))
		}
		end := at + len(line)
		for _, p := range problems {
			if p.Span.Start < at || p.Span.Start >= end && !(p.Span.Start == end && end == len(src)) {
				continue
			}
			until := min(p.Span.End, at+len(strings.TrimSuffix(line, "\n")))
			width := func(s string) int { return utf8.RuneCountInString(strings.TrimSuffix(esc(s+"\n"), "\n")) }
			indent := line[:len(line)-len(strings.TrimLeft(line, "\t"))]
			indent = indent[:min(len(indent), p.Span.Start-at)]
			out.WriteString(indent)
			out.WriteString(strings.Repeat(" ", width(line[len(indent):p.Span.Start-at])))
			out.WriteString(strings.Repeat("^", max(1, width(src[p.Span.Start:until]))))
			fmt.Fprintf(&out, " %s %s: %s\n", severity(p), p.Kind, p.Message)
		}
		at = end
	}
	return out.String()
}

func severity(p Problem) string {
	s := map[Stage]string{Lexical: "lexical", Directive: "directive", Later: "later"}[p.Stage]
	switch {
	case p.Severity == Silent:
		return "silent"
	case p.NotInWorkspace:
		return s + ", not in a workspace,"
	}
	return s
}
