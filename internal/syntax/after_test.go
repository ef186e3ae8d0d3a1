package syntax

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gomodls/gomodls/internal/text"
)

// sameParse checks that reading a text after another one gives what reading it alone does, to the last field.
func sameParse(t *testing.T, base *Mod, src string) (kept *Mod) {
	t.Helper()
	alone := ParseMod(src)
	kept, _ = ParseModAfter(base, src)
	if !reflect.DeepEqual(alone, kept) {
		t.Fatalf("after\n%q\nthe text\n%q\nreads differently than alone:\n%s", base.Text, src, difference(alone, kept))
	}
	if diff := cmp.Diff(text.NewLines(src), kept.Lines, cmp.AllowUnexported(text.Lines{})); diff != "" {
		t.Fatalf("after\n%q\nthe text\n%q\nhas other lines:\n%s", base.Text, src, diff)
	}
	return kept
}

// difference shows what can be shown: lines and blocks point to each other.
func difference(a, b *Mod) string {
	return cmp.Diff(a.Tokens, b.Tokens) + cmp.Diff(a.Comments, b.Comments) + cmp.Diff(len(a.Require), len(b.Require)) +
		cmp.Diff(a.rows, b.rows, cmp.AllowUnexported(row{})) + cmp.Diff(len(a.Problems), len(b.Problems))
}

// TestParseModAfter reads texts after others that differ from them in one place: text is put in, or taken out, or another text's
// part is put into its place.
func TestParseModAfter(t *testing.T) {
	texts := append([]string{
		"module m\n\ngo 1.21\n\nrequire (\n\ta.example/a v1.0.0\n\tb.example/b v1.0.0 // indirect\n\tgopkg.in/c.v1 v1.0.0-gopkgin-v1.0.0\n)\n\nrequire \"d.example/d\" v1.2.3\n",
		"module m\nrequire (\n\ta.example/a v1.0.0 // x\n\ta.example/A v1.0.0\n\ta.example/a v1.0.0\n)\nexclude a.example/a v1.0.0\nreplace a.example/a => ../a\nretract v1.0.0\n",
	}, broken...)
	rnd := rand.New(rand.NewPCG(1, 2))
	kept := 0
	for i, base := range texts {
		m := ParseMod(base)
		for range 200 {
			from := rnd.IntN(len(base) + 1)
			to := min(len(base), from+rnd.IntN(12))
			other := texts[rnd.IntN(len(texts))]
			at := rnd.IntN(len(other) + 1)
			src := base[:from] + other[at:min(len(other), at+rnd.IntN(20))] + base[to:]
			next := sameParse(t, m, src)
			if _, ok := ParseModAfter(m, src); ok {
				kept++
			}
			if i < 2 { // and once more after that
				sameParse(t, next, strings.Replace(src, "\n", "\n\n", 1))
			}
		}
	}
	if kept < 1000 {
		t.Errorf("only %d texts were read after others", kept)
	}
}

func FuzzModAfter(f *testing.F) {
	for _, s := range broken {
		f.Add(s, 3, 5, "\n")
		f.Add(s, 0, 0, "require a v1.0.0\n")
	}
	f.Fuzz(func(t *testing.T, base string, from, to int, with string) {
		if from < 0 || to < from || to > len(base) {
			return // no part of the text
		}
		sameParse(t, ParseMod(base), base[:from]+with+base[to:])
	})
}
