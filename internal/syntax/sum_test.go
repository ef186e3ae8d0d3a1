package syntax

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gomodls/gomodls/internal/text"
)

func TestParseSum(t *testing.T) {
	const src = "a.example/x v1.0.0 h1:a\r\n\n\u00a0 b.example/y\tv2.0.0/go.mod\u2003h1:b \nc d\n" + "e.example/z v3.0.0 h1:c"
	s := ParseSum(src)
	var got []string
	for _, e := range s.Entries {
		got = append(got, fmt.Sprintf("%d: %s|%s|%v|%s, %q %q %q %q", e.Number, e.Path, e.Version, e.GoMod, e.Hash,
			e.Span.In(src), e.PathSpan.In(src), e.VersionSpan.In(src), e.HashSpan.In(src)))
	}
	want := []string{
		`1: a.example/x|v1.0.0|false|h1:a, "a.example/x v1.0.0 h1:a" "a.example/x" "v1.0.0" "h1:a"`,
		`3: b.example/y|v2.0.0|true|h1:b, "b.example/y\tv2.0.0/go.mod\u2003h1:b" "b.example/y" "v2.0.0/go.mod" "h1:b"`,
		`5: e.example/z|v3.0.0|false|h1:c, "e.example/z v3.0.0 h1:c" "e.example/z" "v3.0.0" "h1:c"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, tt := range []struct {
		offset int
		want   string
	}{{-1, "a.example/x"}, {0, "a.example/x"}, {24, "a.example/x"}, {25, ""}, {26, "b.example/y"}, {len(src), "e.example/z"}, {len(src) + 9, "e.example/z"}} {
		if e, ok := s.EntryAt(tt.offset); e.Path != tt.want || ok != (tt.want != "") {
			t.Errorf("EntryAt(%d) = %q, %v; want %q", tt.offset, e.Path, ok, tt.want)
		}
	}
}

// readGoSum is what the go command reads of a go.sum, and whether it refuses the file.
func readGoSum(data string) (entries [][3]string, refused bool) {
	for _, line := range strings.Split(data, "\n") {
		switch f := strings.Fields(line); len(f) {
		case 0:
		case 3:
			entries = append(entries, [3]string(f))
		default:
			refused = true
		}
	}
	return entries, refused
}

func FuzzSum(f *testing.F) {
	for _, s := range []string{
		"", "\n", "a v1.0.0 h1:x\n", "a v1.0.0/go.mod h1:x\r\n", "a b\n", "a b c d\n", "\u0085a\u2028b\u3000c\n", "\xffa \xc2 b\n",
		"a v1 h1:x\na v1 h1:x\na v1 h1:y\n", "b v1 h1:x\na v1.10.0 h1:x\na v1.9.0 h1:y\n", "a v1 " + emptyGoModHash + "\n",
		"<<<<<<< HEAD\na v1 h1:x\n=======\na v1 h1:x\nb v1 h1:y\n>>>>>>> b\n", "<<<<<<< a b\nx\n||||||| c\nd\n=======\n>>>>>>> d e\n",
		"<<<<<<< x\n<<<<<<< y\n=======\n>>>>>>> y\n>>>>>>> x\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		s := ParseSum(src)
		entries, refused := readGoSum(src)
		conflict, malformed := false, false
		for _, p := range s.Problems {
			checkProblem(t, src, p)
			conflict = conflict || p.Kind == "conflict-markers"
			malformed = malformed || p.Severity == Refused
		}
		if refused != malformed {
			t.Fatalf("%q: go refuses: %v, we say %v", src, refused, malformed)
		}
		if !conflict {
			var ours [][3]string
			for _, e := range s.Entries {
				ours = append(ours, [3]string{e.PathSpan.In(src), e.VersionSpan.In(src), e.HashSpan.In(src)})
				if e.Fields != 3 || e.Span.Start != e.PathSpan.Start || e.Span.End != e.HashSpan.End || e.GoMod != strings.HasSuffix(e.VersionSpan.In(src), "/go.mod") {
					t.Fatalf("%q: entry %+v", src, e)
				}
			}
			if diff := cmp.Diff(entries, ours); diff != "" {
				t.Fatalf("%q: entries (-go +ours):\n%s", src, diff)
			}
		}
		for _, e := range s.Entries {
			if got, ok := s.EntryAt(e.HashSpan.End); !ok || got != e {
				t.Fatalf("%q: EntryAt(%d) = %+v, want %+v", src, e.HashSpan.End, got, e)
			}
		}
		checkSumSuggestions(t, src, s)
	})
}

// checkSumSuggestions checks that each preferred suggestion solves its problem and loses no checksum but those it says it
// deletes: after a merge, all lines of both sides are there.
func checkSumSuggestions(t *testing.T, src string, s *Sum) {
	t.Helper()
	for _, p := range s.Problems {
		if len(p.Suggest) == 0 || !p.Suggest[0].Preferred {
			continue
		}
		fixed, _ := text.Apply(src, p.Suggest[0].Edits)
		after := ParseSum(fixed)
		count := func(ps []Problem) (n int) {
			for _, q := range ps {
				if q.Kind == p.Kind {
					n++
				}
			}
			return n
		}
		if count(after.Problems) >= count(s.Problems) {
			t.Fatalf("%q: %s is still there:\n%q", src, p.Kind, fixed)
		}
		if p.Kind != "conflict-markers" && p.Kind != "sum-unsorted" && p.Kind != "sum-duplicate-line" {
			continue
		}
		have := make(map[[3]string]bool)
		for _, e := range after.Entries {
			have[[3]string{e.Path, e.VersionSpan.In(fixed), e.Hash}] = true
		}
		for _, e := range s.Entries {
			if !have[[3]string{e.Path, e.VersionSpan.In(src), e.Hash}] {
				t.Fatalf("%q: %s %s is lost:\n%q", src, e.Path, e.Version, fixed)
			}
		}
	}
}

func BenchmarkParseMod(b *testing.B) {
	var src strings.Builder
	src.WriteString("module example.com/m\n\ngo 1.26.0\n\nrequire (\n")
	for i := range 394 {
		fmt.Fprintf(&src, "\tgithub.com/example/module%d v1.%d.0 // indirect\n", i, i)
	}
	src.WriteString(")\n")
	bench(b, src.String(), func(s string) int { return len(ParseMod(s).Problems) })
}

func BenchmarkParseSum(b *testing.B) {
	var src strings.Builder
	for i := range 1500 {
		path := fmt.Sprintf("github.com/example/module%04d", i/2)
		for _, suffix := range []string{"", "/go.mod"} {
			fmt.Fprintf(&src, "%s v1.%d.0%s h1:ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=\n", path, i%2, suffix)
		}
	}
	bench(b, src.String(), func(s string) int { return len(ParseSum(s).Problems) })
}

func bench(b *testing.B, src string, parse func(string) int) {
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if n := parse(src); n != 0 {
			b.Fatalf("%d problems in a good file", n)
		}
	}
}

// FuzzSumAfter replaces a part of a text, and reads it with and without the help of what it was.
func FuzzSumAfter(f *testing.F) {
	const sum = "a v1.0.0 h1:x\na v1.0.0/go.mod h1:x\nb v1.0.0 h1:ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=\nc v1.0.0 h1:ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=\n"
	good := strings.ReplaceAll(sum, "h1:x", "h1:ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=")
	for _, text := range []string{sum, good, good + "d v1", "\n" + good, ""} {
		for _, insert := range []string{"", "x", "\n", " v\n", "a v1.0.0 h1:x\n", "<<<<<<< a\n", "<"} {
			f.Add(text, 0, 0, insert)
			f.Add(text, 14, 20, insert)
			f.Add(text, 60, 0, insert)
			f.Add(text, len(text), 0, insert)
		}
	}
	f.Fuzz(func(t *testing.T, old string, at, cut int, insert string) {
		at = min(max(at, 0), len(old))
		cut = min(max(cut, 0), len(old)-at)
		src := old[:at] + insert + old[at+cut:]
		base := ParseSum(old)
		got, want := ParseSumAfter(base, src), ParseSum(src)
		if e := got.Edit; e != nil {
			if e.Base != base || e.From > e.To || len(base.Entries)-e.BaseTo != len(got.Entries)-e.To {
				t.Fatalf("%q after %q: %+v", src, old, e)
			}
			for i, l := range got.Entries {
				j := i
				if i >= e.To {
					j = i - e.To + e.BaseTo
				}
				if (i < e.From || i >= e.To) && l.Key() != base.Entries[j].Key() {
					t.Fatalf("%q after %q: entry %d is not entry %d of the other", src, old, i, j)
				}
			}
			got.Edit = nil
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(Sum{}, text.Lines{})); diff != "" {
			t.Fatalf("%q after %q (-alone +after):\n%s", src, old, diff)
		}
	})
}
