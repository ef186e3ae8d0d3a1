package syntax

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// outline writes the statements of a tree on one line: blocks as verb{entry; entry}, or verb{entry… while open.
func outline(t *Tree) string {
	var parts []string
	for _, s := range t.Stmts {
		if s.Line != nil {
			parts = append(parts, joinSpaced(s.Line.Tokens()))
			continue
		}
		var entries []string
		for _, l := range s.Block.Lines {
			entries = append(entries, joinSpaced(l.Args))
		}
		end := "}"
		if s.Block.RParen.IsZero() {
			end = "…"
		}
		head := joinSpaced(append([]Token{s.Block.Verb}, s.Block.Extra...))
		parts = append(parts, head+"{"+strings.Join(entries, "; ")+end)
	}
	return strings.Join(parts, " | ")
}

// TestRecovery shows what structure is found in files that are being typed.
func TestRecovery(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"mod", "mod"},
		{"require", "require"},
		{"require (", "require{…"},
		{"require (\n\ta", "require{a…"},
		{"require (\n\ta v1\nmodule m\n", "require{a v1… | module m"},
		{"require (\n\ta v1\nrequire (\n\tb v1\n)\n", "require{a v1… | require{b v1}"},
		{"require (\n\ta v1\n\ngo 1.21\n", "require{a v1… | go 1.21"},
		{"require (\n\tgo 1.21\n)\n", "require{go 1.21}"},             // indented: an entry
		{"require (\ntool v1.2.3\n)\n", "require{tool v1.2.3}"},       // makes sense where it is
		{"require (\ngo\n)\n", "require{go}"},                         // too little to tell
		{"replace (\nrequire => ./x\n)\n", "replace{require => ./x}"}, // as above
		{"require ( a v1 )\ngo 1.21\n", "require{a v1} | go 1.21"},    // two lines are missing
		{"require ( a v1\n\tb v1\n)\n", "require{a v1; b v1}"},        //
		{"require (\n\ta v1\n\tb v1.0.0 )\ngo 1.21\n", "require{a v1; b v1.0.0} | go 1.21"},
		{"require (\n\ta v1.0.0 )\n)\n", "require{a v1.0.0 )}"}, // the next line closes it
		{"require (\n) go 1.21\n", "require{} | go 1.21"},
		{")\ngo 1.21", ") | go 1.21"},
		{"require () // c\n", "require{}"},
		{"require () ()\n", "require ( ){}"},
		{"module \"a b\ngo 1.21\n", "module \"a b | go 1.21"},
		{"require (\n\t\"a v1\n\tb v1\n)\n", "require{\"a v1; b v1}"},
		{"module m /* c\nd */ go 1.21\n", "module m | go 1.21"},
		{"ignore ./a/*\ngo 1.21 // */\n", "ignore ./a | go 1.21"}, // glued to a word: no comment of many lines
		{"\ufeffmodule m\u00a0n\n", "module m n"},
		{"a\r\nb\rc\n", "a | b c"},
		{"<<<<<<< HEAD\ngo 1.21\n=======\ngo 1.22\n>>>>>>> b\n", "go 1.21 | go 1.22"},
		{"<<<<<<< HEAD\ngo 1.21\n||||||| a\ngo 1.20\n=======\ngo 1.22\n>>>>>>> b\n", "go 1.21 | go 1.22"},
		{"require (\n<<<<<<< HEAD\n\ta v1\n)\n=======\n\ta v2\n)\n>>>>>>> b\n", "require{a v1; a v2}"},
		{"<<<<<<< HEAD\ngo 1.21\n", "<<<<<<< HEAD | go 1.21"}, // half a conflict
		{"=======\n", "======="},
	} {
		if got := outline(&ParseMod(tt.text).Tree); got != tt.want {
			t.Errorf("%q\n got %s\nwant %s", tt.text, got, tt.want)
		}
	}
}

func TestComments(t *testing.T) {
	m := ParseMod(`// detached

// above module
module m // beside module

// above block
require ( // beside (
	// first
	a v1.0.0 // indirect

	// second

	// third
	b v1.0.0
	// last
) // beside )
`)
	var got []string
	show := func(what string, comments ...Comment) {
		for _, c := range comments {
			got = append(got, what+" "+c.Text)
		}
	}
	b := m.Stmts[1].Block
	show("module", append(m.Module.Line.Before, *m.Module.Line.Suffix)...)
	show("block", append(b.Before, *b.Suffix)...)
	show("a", append(b.Lines[0].Before, *b.Lines[0].Suffix)...)
	show("b", b.Lines[1].Before...)
	show(")", append(b.Trailing, *b.RParenSuffix)...)
	want := []string{
		"module // above module", "module // beside module", "block // above block", "block // beside (",
		"a // first", "a // indirect", "b // second", "b // third", ") // last", ") // beside )",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSpans(t *testing.T) {
	const src = "module m // c\r\n\nrequire (\n\ta v1.0.0 // indirect; x\n)\n"
	m := ParseMod(src)
	r := m.Require[0]
	for _, tt := range []struct{ what, got, want string }{
		{"Span", r.Line.Span.In(src), "a v1.0.0"},
		{"Full", r.Line.Full.In(src), "\ta v1.0.0 // indirect; x\n"},
		{"PathTok", r.PathTok.In(src), "a"},
		{"VersionTok", r.VersionTok.In(src), "v1.0.0"},
		{"IndirectSpan", r.IndirectSpan.In(src), "indirect"},
		{"module's Full", m.Module.Line.Full.In(src), "module m // c\r\n"},
		{"module's comment", m.Module.Line.Suffix.In(src), "// c"},
		{"block's Span", m.Stmts[1].Block.Span.In(src), "require (\n\ta v1.0.0 // indirect; x\n)"},
		{"block's Full", m.Stmts[1].Block.Full.In(src), "require (\n\ta v1.0.0 // indirect; x\n)\n"},
		{"block's Header", m.Stmts[1].Block.Header().In(src), "require ("},
	} {
		if tt.got != tt.want {
			t.Errorf("%s = %q, want %q", tt.what, tt.got, tt.want)
		}
	}
}

func TestAt(t *testing.T) {
	const src = "module m\n\nrequire (\n\ta v1 // c\n)\nretract [v1, v2]"
	m := ParseMod(src)
	for _, tt := range []struct {
		at   string // the offset is behind this
		tok  string
		line string
	}{
		{"", "module", "module m"},
		{"module", "module", "module m"},
		{"module m", "m", "module m"},
		{"module m\n", "", ""},
		{"module m\n\nrequire ", "(", ""}, // no line: the block's
		{"require (\n", "", "a v1"},
		{"require (\n\ta", "a", "a v1"},
		{"require (\n\ta v1", "v1", "a v1"},
		{"\ta v1 // c", "", "a v1"},
		{"// c\n", ")", ""},
		{"retract [", "v1", "retract [v1, v2]"}, // the word, not the bracket before it
		{"[v1", "v1", "retract [v1, v2]"},       // the word, not the comma behind it
		{"[v1,", ",", "retract [v1, v2]"},
		{"v2]", "]", "retract [v1, v2]"},
	} {
		i := strings.Index(src, tt.at)
		if i < 0 {
			t.Fatalf("%q is not in the text", tt.at)
		}
		offset := i + len(tt.at)
		tok, _ := m.TokenAt(offset)
		line := ""
		if l := m.LineAt(offset); l != nil {
			line = l.Span.In(src)
		}
		if tok.Raw != tt.tok || line != tt.line {
			t.Errorf("behind %q: %q on %q, want %q on %q", tt.at, tok.Raw, line, tt.tok, tt.line)
		}
	}
}

// TestEntries shows that broken lines keep their entries, so that they can be completed and hovered.
func TestEntries(t *testing.T) {
	m := ParseMod("module m\nrequire (\n\ta\n\tb v1\n\tc v1.0.0\n)\nreplace a =>\nreplace b v1\nretract [v1.0.0,\ntool\nexclude x@v1\n")
	var got []string
	for _, r := range m.Require {
		got = append(got, fmt.Sprintf("require %q %q %v", r.Path, r.Version, r.Valid))
	}
	for _, r := range m.Replace {
		got = append(got, fmt.Sprintf("replace %q %q %q %q %v", r.Old.String(), r.Arrow.Raw, r.New.String(), r.NewVersionTok.Raw, r.Valid))
	}
	for _, r := range m.Retract {
		got = append(got, fmt.Sprintf("retract %q %q %v", r.Low, r.High, r.Valid))
	}
	for _, x := range m.Tool {
		got = append(got, fmt.Sprintf("tool %q %v", x.Path, x.Valid))
	}
	for _, x := range m.Exclude {
		got = append(got, fmt.Sprintf("exclude %q %q %v", x.Path, x.Version, x.Valid))
	}
	want := []string{
		`require "a" "" false`, `require "b" "v1" false`, `require "c" "v1.0.0" true`,
		`replace "a" "=>" "" "" false`, `replace "b@v1" "" "" "" false`,
		`retract "v1.0.0" "" false`, `tool "" false`, `exclude "x@v1" "" false`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestReservedPathSince shows since when the go command refuses the names of its pseudo-modules.
func TestReservedPathSince(t *testing.T) {
	for version, want := range map[string]int{"": 1, "1.27.0": 1, "1.26.8": 1, "1.25.4": 0, "1.24.10": 0} {
		if problems := ParseModAt("module toolchain\n\ngo 1.21\n", version).Problems; len(problems) != want {
			t.Errorf("Go %s: %v, want %d", version, problems, want)
		}
	}
}

// TestGoVersions shows which directives older go commands refuse.
func TestGoVersions(t *testing.T) {
	const src = "module m\n\ngo 1.21.0\n\ntoolchain go1.22.0\n\ngodebug default=go1.21\n\ntool (\n\ta.example/x\n)\n\nignore ./a\n"
	for _, tt := range []struct{ version, want string }{
		{"", ""},
		{"1.26.8", ""},
		{"1.25", ""},
		{"1.25rc1", ""},
		{"1.24.9", "ignore"},
		{"1.23.0", "tool ( ignore"},
		{"1.22.1", "godebug tool ( ignore"},
		{"1.20", "toolchain godebug tool ( ignore"},
	} {
		var got []string
		for _, p := range ParseModAt(src, tt.version).Problems {
			if p.Severity == Refused {
				got = append(got, p.Span.In(src))
			}
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("Go %s refuses %q, want %q", tt.version, s, tt.want)
		}
	}
}
