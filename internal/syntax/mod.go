package syntax

import (
	"strings"
	"unicode"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/text"
)

// A Mod is a main module's go.mod. Its entries are in the order of the text; what go would refuse is among them, with
// Valid false, so that a half-typed line can be completed and hovered like any other.
//
// Module is the first module line. Go and Toolchain are the first of their kind that is valid, else the first.
type Mod struct {
	Tree
	Module    *Module
	Go        *Go
	Toolchain *Toolchain
	Godebug   []*Godebug
	Require   []*Require
	Exclude   []*Exclude
	Replace   []*Replace
	Retract   []*Retract
	Tool      []*Tool
	Ignore    []*Ignore

	alike [][]*Require
}

// Alike returns the valid requirements whose paths differ from another's in upper and lower case at most, all of one such path
// together, in the order of the text.
func (m *Mod) Alike() [][]*Require { return m.alike }

// A Work is a go.work. The rules are those of [Mod].
type Work struct {
	Tree
	Go        *Go
	Toolchain *Toolchain
	Godebug   []*Godebug
	Use       []*Use
	Replace   []*Replace
}

// Each entry has its line, the tokens of its parts (zero where they are missing), their decoded values, and Valid: whether
// go accepts the form of the line, without asking the network what a version such as "latest" stands for. The version of a
// valid line is what go takes it for, which is canonical; its token has what is written.
type (
	// A Module is a module line.
	Module struct {
		Line       *Line
		PathTok    Token
		Path       string
		Deprecated string // the message of the "Deprecated:" comment
		Valid      bool
	}

	// A Go is a go line.
	Go struct {
		Line       *Line
		VersionTok Token
		Version    string // such as "1.26.0"
		Valid      bool
	}

	// A Toolchain is a toolchain line.
	Toolchain struct {
		Line    *Line
		NameTok Token
		Name    string // such as "go1.26.0" or "default"
		Valid   bool
	}

	// A Godebug is one key=value setting.
	Godebug struct {
		Line               *Line
		Tok                Token
		KeySpan, ValueSpan text.Span
		Key, Value         string
		Valid              bool
	}

	// A Require is one requirement. There may be hundreds, all made anew at each edit, so it points to its tokens.
	Require struct {
		Line                *Line
		PathTok, VersionTok *Token // never nil
		Path, Version       string
		Indirect            bool
		IndirectSpan        text.Span // the word "indirect" in the comment
		Valid               bool

		plain bool // path and version are as written, and the line has no problem of its own
	}

	// An Exclude is one excluded version.
	Exclude struct {
		Line                *Line
		PathTok, VersionTok Token
		Path, Version       string
		Valid               bool
	}

	// A Replace is one replacement.
	Replace struct {
		Line                      *Line
		OldPathTok, OldVersionTok Token
		Arrow, NewPathTok         Token
		NewVersionTok             Token
		Old, New                  module.Version
		IsDir                     bool // New is a directory
		Valid                     bool
	}

	// A Retract is one retracted version or interval. For a single version, High is Low and HighTok is LowTok.
	Retract struct {
		Line            *Line
		LowTok, HighTok Token
		Low, High       string
		Rationale       string
		Valid           bool
	}

	// A Tool is one tool's package path.
	Tool struct {
		Line    *Line
		PathTok Token
		Path    string
		Valid   bool
	}

	// An Ignore is one ignored directory.
	Ignore struct {
		Line    *Line
		PathTok Token
		Path    string
		Valid   bool
	}

	// A Use is one directory of a workspace.
	Use struct {
		Line    *Line
		PathTok Token
		Path    string // as written, with either slash
		Valid   bool
	}
)

// twice decodes a token as often as go decodes the versions of a retraction.
func twice(raw string) string {
	v, _ := decode(raw)
	v, _ = decode(v)
	return v
}

// withoutGopkginHack undoes an old way of writing versions of gopkg.in modules, as go does.
func withoutGopkginHack(path, version string) string {
	if !strings.HasPrefix(path, "gopkg.in/") {
		return version
	}
	if _, tail, ok := strings.Cut(version, "-gopkgin-"); ok {
		return tail
	}
	return version
}

// ParseMod parses a main module's go.mod as the newest Go does.
func ParseMod(text string) *Mod { return ParseModAt(text, "") }

// ParseModAt is like ParseMod for a given version of Go, such as "1.24.3", which may not know all directives.
func ParseModAt(text, goVersion string) *Mod {
	m := &Mod{Tree: Tree{Text: text}}
	c := &checker{grammar: modGrammar, goVersion: goVersion, mod: m, tree: &m.Tree}
	c.run()
	return m
}

// ParseWork parses a go.work as the newest Go does.
func ParseWork(text string) *Work { return ParseWorkAt(text, "") }

// ParseWorkAt is like ParseWork for a given version of Go.
func ParseWorkAt(text, goVersion string) *Work {
	w := &Work{Tree: Tree{Text: text}}
	c := &checker{grammar: workGrammar, goVersion: goVersion, work: w, tree: &w.Tree}
	c.run()
	return w
}

// isIndirect returns the span of the word that makes a requirement indirect: the comment is "indirect" alone or begins
// with "indirect;".
func (l *Line) isIndirect() (text.Span, bool) {
	if l.Suffix == nil || !strings.HasPrefix(l.Suffix.Text, "//") {
		return text.Span{}, false
	}
	body := strings.TrimSpace(l.Suffix.Text[2:])
	reason, more := strings.CutPrefix(body, "indirect;")
	if body == "indirect" || more && strings.TrimLeftFunc(reason, unicode.IsSpace) != reason {
		start := l.Suffix.Start + strings.Index(l.Suffix.Text, "indirect")
		return text.Span{Start: start, End: start + len("indirect")}, true
	}
	return text.Span{}, false
}

// remark returns the text of the comments that speak about l: its own, else those above its block.
func (l *Line) remark() string {
	before, suffix := l.Before, l.Suffix
	if l.Block != nil && len(before) == 0 && suffix == nil && !l.detached {
		before = l.Block.Before
	}
	var lines []string
	add := func(c Comment) {
		if s, ok := strings.CutPrefix(c.Text, "//"); ok {
			lines = append(lines, strings.TrimSpace(s))
		}
	}
	for _, c := range before {
		add(c)
	}
	if suffix != nil {
		add(*suffix)
	}
	return strings.Join(lines, "\n")
}

// deprecation returns the paragraph of a remark that starts with "Deprecated:", without that word.
func deprecation(remark string) string {
	const mark = "Deprecated:"
	message, ok := strings.CutPrefix(remark, mark)
	if !ok {
		if _, message, ok = strings.Cut(remark, "\n\n"+mark); !ok {
			return ""
		}
	}
	message, _, _ = strings.Cut(strings.TrimLeft(message, " "), "\n\n")
	return message
}
