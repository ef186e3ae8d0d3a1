package syntax

import (
	"strings"
	"testing"
	"unicode"

	"github.com/gomodls/gomodls/internal/text"
)

// broken has texts that fuzzing found, or that are meant to be awkward, for all targets that read go.mod or go.work.
var broken = []string{
	"", "\n", "module", "module \"", "module m\r\n\r\ngo 1.2\r\n", "\ufeffmodule m\n", "module m /* c */\n", "/* a\nb */ module m\n",
	"require (", "require (\n\ta v1.0.0\nreplace a => ../a\n", "require ( a v1.0.0 )\n", "require ( a v1.0.0\n b v1.0.0\n)\n",
	"require ()\nrequire ( ) // c\nrequire () x\n", "require (\n) x\n", ")\n", "(\n)\n", "go (\n\t1.21 // c\n)\n",
	"module m\nretract [v1.0.0, v1.1.0\nretract v1.0.0, v1.1.0\nretract \"\\\"v1.0.0\\\"\"\nretract [\n",
	"replace a=>b\nreplace a v1 -> ../b\nreplace a => b@v1.0.0\nreplace a => ..\\b\nreplace a/v1 => ./b\n",
	"module m\n<<<<<<< HEAD\ngo 1.21\n||||||| base\ngo 1.20\n=======\ngo 1.22\n>>>>>>> topic\n",
	"require (\n<<<<<<< HEAD\n\ta v1.0.0\n)\n=======\n\tb v1.0.0\n)\n>>>>>>> topic\n",
	"use `a`\nuse 'b'\nuse a b\nuse \"\"\nuse ./a\nuse a\n",
	"module a//b\nrequire a\x00b v1\xff\n", "require x@v1.0.0\nrequire go v1.0.0\n", "godebug a b\ngodebug a=b,c=d\ngodebug default=1.2\n",
	"require (\n\ta v1.0.0\n\tb v1.0.0 )\n", "require (\n\n\t// c\n\n\ta v1.0.0 //indirect\n)\n", "\"\\\n\" ()\n",
	"requires (\n\ta v1.0.0\n)\nusee ./a\n", "require x (\n\ta v1.0.0\n)\n", "require ( v1.0.0\n", "tool (\ngo\n)\n", "module m\rgo 1.2\n",
	"dule\nretract)", "module\nretract v1.0.0\nretract v1.1.0\n", "module m (\nm\n)\nretract v1.0.0\n", "module () [\nretract \"[\"\n", "tool a=>b\ngo\n", "require)( a v1.0.0", "module m\nretract[v1.0.0]\n",
	"module m (\nm\n)\nmodule v1.0.0\n", "go (\n1.21\n)\ngo 1.22\n", "toolchain (\ngo1.21.0\n)\ntoolchain go1.22.0\n",
}

func addSeeds(f *testing.F) {
	for _, s := range append(append(seeds(f, ".mod"), seeds(f, ".work")...), broken...) {
		f.Add(s)
	}
}

func FuzzModAgreesWithModfile(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, s string) { agreeOnMod(t, s) })
}

func FuzzWorkAgreesWithModfile(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, s string) { agreeOnWork(t, s) })
}

// checkTree checks what holds for the tree of every text.
func checkTree(t *testing.T, tree *Tree) {
	t.Helper()
	at, toks, coms := 0, tree.Tokens, tree.Comments
	take := func(s text.Span, raw string) {
		if s.Start < at || s.End <= s.Start || s.In(tree.Text) != raw {
			t.Fatalf("%v is %q, but the text is at %d in %q", s, raw, at, tree.Text)
		}
		if gap := tree.Text[at:s.Start]; strings.Trim(gap, " \t\r\n") != "" {
			t.Fatalf("%q between tokens is lost in %q", gap, tree.Text)
		}
		at = s.End
	}
	for len(toks)+len(coms) > 0 {
		if len(coms) == 0 || len(toks) > 0 && toks[0].Start < coms[0].Start {
			take(toks[0].Span, toks[0].Raw)
			toks = toks[1:]
		} else {
			take(coms[0].Span, coms[0].Text)
			coms = coms[1:]
		}
	}
	if strings.Trim(tree.Text[at:], " \t\r\n") != "" {
		t.Fatalf("%q at the end is lost in %q", tree.Text[at:], tree.Text)
	}
	within := func(s text.Span) bool { return 0 <= s.Start && s.Start <= s.End && s.End <= len(tree.Text) }
	last := 0
	for _, l := range tree.all {
		if l.Verb == "" || !within(l.Span) || !within(l.Full) || l.Full.Start > l.Span.Start || l.Span.End > l.Full.End || l.Full.Start < last {
			t.Fatalf("line %+v is out of order in %q", l, tree.Text)
		}
		last = l.Full.End
		for _, tok := range l.Tokens() {
			if got, gotLine := tree.TokenAt(tok.Start); gotLine != l || got.Span != tok.Span && got.End != tok.Start {
				t.Fatalf("TokenAt(%d) = %v, %+v; want %v, %+v in %q", tok.Start, got, gotLine, tok, l, tree.Text)
			}
		}
	}
	for _, p := range tree.Problems {
		checkProblem(t, tree.Text, p)
	}
	for offset := -1; offset <= len(tree.Text)+1; offset++ {
		tree.TokenAt(offset)
		tree.LineAt(offset)
	}
}

func checkProblem(t *testing.T, src string, p Problem) {
	t.Helper()
	within := func(s text.Span) bool { return 0 <= s.Start && s.Start <= s.End && s.End <= len(src) }
	if !within(p.Span) || p.Message == "" || strings.HasSuffix(p.Message, ".") || p.Severity == Silent && p.Stage != Later {
		t.Fatalf("problem %+v is malformed in %q", p, src)
	}
	for _, r := range p.Related {
		if !within(r.Span) {
			t.Fatalf("problem %+v is related to nothing in %q", p, src)
		}
	}
	for i, s := range p.Suggest {
		if _, ok := text.Apply(src, s.Edits); !ok || len(s.Edits) == 0 || s.Title == "" || !unicode.IsUpper([]rune(s.Title)[0]) || i > 0 && s.Preferred {
			t.Fatalf("suggestion %+v of %s is malformed in %q", s, p.Kind, src)
		}
	}
}

func FuzzLossless(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		checkTree(t, &ParseMod(s).Tree)
		checkTree(t, &ParseWork(s).Tree)
	})
}

// refusals counts the problems for which go refuses to parse a text, by kind.
func refusals(ps []Problem) map[string]int {
	n := make(map[string]int)
	for _, p := range ps {
		if p.Severity == Refused && p.Stage != Later {
			n[p.Kind]++
		}
	}
	return n
}

// checkSuggestions applies each preferred suggestion and checks that its problem is gone and no other has come for which
// go refuses to parse the file. That go finds another problem once it can read a line is in the nature of things.
func checkSuggestions(t *testing.T, src string, problems []Problem, parse func(string) []Problem) {
	t.Helper()
	count := func(ps []Problem, kind string) (n int) {
		for _, p := range ps {
			if p.Kind == kind {
				n++
			}
		}
		return n
	}
	for _, p := range problems {
		if len(p.Suggest) == 0 || !p.Suggest[0].Preferred {
			continue
		}
		if p.Kind == "syntax-bad-char" {
			continue // bytes around it may make another character, or go can read the next one only now
		}
		fixed, _ := text.Apply(src, p.Suggest[0].Edits)
		after := parse(fixed)
		if count(after, p.Kind) >= count(problems, p.Kind) {
			t.Errorf("%q: after %q of %s it is still there:\n%q", src, p.Suggest[0].Title, p.Kind, fixed)
		}
		switch p.Kind {
		case "syntax-block-comment", "syntax-string-newline", "syntax-string-eof":
			continue // only now can go read the line
		}
		if guesses(problems, p) {
			continue // what the next lines mean may change
		}
		before := refusals(problems)
		for kind, n := range refusals(after) {
			hidden := kind == "retract-no-module" || kind == "retract-version-invalid" || // the module line says that
				p.Kind == "conflict-markers" && strings.HasPrefix(kind, "syntax-")
			if n > before[kind] && !hidden {
				t.Errorf("%q: %q of %s brought %s:\n%q", src, p.Suggest[0].Title, p.Kind, kind, fixed)
			}
		}
	}
}

// guesses reports whether other problems than p made the parser guess at what is a block.
func guesses(problems []Problem, p Problem) bool {
	for _, q := range problems {
		if (strings.HasPrefix(q.Kind, "syntax-") || q.Kind == "conflict-markers") && (q.Span != p.Span || q.Kind != p.Kind) && q.Stage != Later {
			return true
		}
	}
	return false
}

func FuzzSuggestionsParse(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		checkSuggestions(t, s, ParseMod(s).Problems, func(s string) []Problem { return ParseMod(s).Problems })
		checkSuggestions(t, s, ParseWork(s).Problems, func(s string) []Problem { return ParseWork(s).Problems })
	})
}
