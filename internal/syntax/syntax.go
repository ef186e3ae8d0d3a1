// Package syntax reads go.mod, go.work, go.sum and go.work.sum as they are while somebody is typing them: it never fails,
// it keeps every byte, and it finds all problems at once, where the go command stops at the first bad character.
//
// The one idea to keep in mind: a tree and its problems are two answers to two questions. The tree says what the author
// means, as well as that can be told, so that hovers and completion work in a broken file. The problems say what the go
// command makes of it, exactly: a text without a problem of severity [Refused] and stage [Lexical] or [Directive] is a
// text that golang.org/x/mod/modfile.Parse accepts, and the other way round.
package syntax

import (
	"fmt"
	"sort"
	"strings"

	"github.com/gomodls/gomodls/internal/text"
)

// A TokenKind says how a token is written.
type TokenKind uint8

const (
	Word    TokenKind = iota // anything that is not one of the others
	String                   // quoted by " or `, perhaps not closed
	Punct                    // one of ( ) [ ] { } ,
	Invalid                  // characters that go accepts nowhere outside comments and strings; never an argument
)

// A Token is one word of a file. The zero Token stands for an absent one.
type Token struct {
	text.Span
	Kind  TokenKind
	Raw   string // as written
	Value string // unquoted if Raw is a valid "…" string, else Raw
}

// absent is a token that is not there.
var absent = new(Token)

// IsZero reports whether t is absent.
func (t Token) IsZero() bool { return t.Raw == "" }

// A Comment is the part of a line from // to its end, without the line ending. What a /* */ comment, which go refuses,
// covers of each line is one Comment too.
type Comment struct {
	text.Span
	Text string
}

// A Line is one statement outside a block, or one line inside a block.
type Line struct {
	Verb    string    // the directive, also for lines inside a block; never ""
	VerbTok *Token    // never nil; absent inside a block
	Args    []Token   // everything after the verb
	Block   *Block    // nil outside a block
	Before  []Comment // whole-line comments above that belong to this line
	Suffix  *Comment  // the comment at the end of the line, or nil
	Span    text.Span // first to last token, never the comment
	// Full is the whole physical line with indentation, suffix comment and newline: what deleting the line removes.
	// It equals Span for a line that shares its physical line with a parenthesis of its block.
	Full   text.Span
	Number int // physical line, from 1, as go counts: only "\n" ends a line

	detached bool // a blank line stands between this line and the previous one in its block
	broken   bool // a lexical problem lies on the line, so its tokens may not be what was meant
	refused  bool // a problem of stage Directive lies on it
}

// Tokens returns the verb, if it stands on the line, and the arguments.
func (l *Line) Tokens() []Token {
	if l.VerbTok.IsZero() {
		return l.Args
	}
	return append([]Token{*l.VerbTok}, l.Args...)
}

// Remark returns what the comment at the end of the line says to people, with its slashes; "" if it says nothing but
// "indirect". It is what is to stay when the line goes.
func (l *Line) Remark() string {
	if l.Suffix == nil {
		return ""
	}
	body := strings.TrimSpace(strings.TrimPrefix(l.Suffix.Text, "//"))
	if body == "indirect" || body == "indirect;" {
		return ""
	}
	if rest, ok := strings.CutPrefix(body, "indirect;"); ok {
		return "// " + strings.TrimSpace(rest)
	}
	return strings.TrimRight(l.Suffix.Text, " \t\r")
}

// A Block is a factored group of lines: verb, "(", lines, ")".
type Block struct {
	Verb         Token
	Extra        []Token // further words before the "(", which go accepts in no block
	LParen       Token
	RParen       Token // zero while unterminated
	Lines        []*Line
	Before       []Comment // whole-line comments above the verb
	Suffix       *Comment  // beside the "("
	Trailing     []Comment // whole-line comments after the last line, above the ")"
	RParenSuffix *Comment  // beside the ")"
	Span         text.Span // verb to ")", or to the last token while unterminated
	Full         text.Span // the physical lines from the verb's to the last one's, with its newline
	Number       int       // physical line of the verb, from 1
}

// Header returns the span from the verb to the "(".
func (b *Block) Header() text.Span { return text.Span{Start: b.Verb.Start, End: b.LParen.End} }

// A Stmt is one statement at the top level. Exactly one field is set.
type Stmt struct {
	Line  *Line
	Block *Block
}

// A Tree is what go.mod and go.work have in common.
//
// It is lossless: Tokens and Comments are in the order of the text, do not overlap, and nothing but blanks, line endings
// and carriage returns stands between them.
type Tree struct {
	Text     string
	Lines    *text.Lines
	Stmts    []Stmt
	Tokens   []Token   // also those of no statement: invalid characters and conflict markers
	Comments []Comment // also those of no statement
	Problems []Problem // by position

	rows      []row
	plain     bool    // nothing was wrong with the rows by themselves, so that each can be read without those above it
	all       []*Line // every line, in the order of the text
	conflicts []text.Span
}

// LineAt returns the line that offset lies on, or nil on a blank line, a comment, a block's parenthesis. On a line that is
// shared, as "require ( a v1" is, it is the nearest one that starts at or before offset.
func (t *Tree) LineAt(offset int) *Line {
	i := sort.Search(len(t.all), func(i int) bool { return t.all[i].Full.Start > offset }) - 1
	if i < 0 {
		return nil
	}
	l := t.all[i]
	if offset < l.Full.End {
		return l
	}
	if offset == l.Full.End && (offset == len(t.Text) || l.Full == l.Span) && (offset == 0 || t.Text[offset-1] != '\n') {
		return l
	}
	return nil
}

// TokenAt returns the token that offset lies in or touches, and its line. Where two tokens touch, it is the word or
// string before the punctuation, else the second. Both results are zero where there is none; the line is nil for tokens
// of no line, such as a block's verb and parentheses.
func (t *Tree) TokenAt(offset int) (Token, *Line) {
	i := sort.Search(len(t.Tokens), func(i int) bool { return t.Tokens[i].Start > offset }) - 1
	if i < 0 || !t.Tokens[i].Contains(offset) {
		return Token{}, nil
	}
	if i > 0 && t.Tokens[i].Kind == Punct && t.Tokens[i].Start == offset {
		if prev := t.Tokens[i-1]; prev.End == offset && prev.Kind <= String {
			i--
		}
	}
	tok := t.Tokens[i]
	if l := t.LineAt(tok.Start); l != nil && l.Span.Start <= tok.Start && tok.End <= l.Span.End {
		return tok, l
	}
	return tok, nil
}

// A Stage says when the go command notices a problem, and so what it hides.
type Stage uint8

const (
	Lexical   Stage = iota // the parser gives up here: go reports this problem alone
	Directive              // reported together with all others of this stage
	Later                  // the file parses; go refuses it, or does something unexpected, afterwards
)

// A Severity says whether the go command lets a problem pass.
type Severity uint8

const (
	Refused Severity = iota // go refuses the file
	Silent                  // go accepts the file and says nothing, but its author would want to know
)

// A Problem is one thing that is wrong with a text, or odd about it.
type Problem struct {
	Kind     string    // stable and lower-case, such as "unknown-directive"; see [Kinds]
	Span     text.Span // exactly the tokens at fault
	Message  string    // a clause without capital and period that says what is true
	Stage    Stage
	Severity Severity
	Line     *Line // the line it is in, or nil
	Related  []RelatedSpan
	Suggest  []Suggestion // ways out, the best one first
	// NotInWorkspace says that go refuses the go.mod only when it loads the module alone. Through a go.work it makes
	// fewer checks, above all not whether it would like to write another go.mod; versions that it has to look up are
	// refused there only if that fails.
	NotInWorkspace bool
}

// A RelatedSpan is another place in the same text that explains a problem.
type RelatedSpan struct {
	Span    text.Span
	Message string
}

// A Suggestion is one way out of a problem. Its edits touch no byte that can stay.
type Suggestion struct {
	Title     string // an imperative with the concrete value
	Edits     []text.Edit
	Preferred bool // what most people would do; it solves the problem and makes no new one that go refuses
	Whole     bool // go refuses nothing in the file after it
}

// problems collects the problems of one text.
type problems []Problem

// add appends a problem and returns it for further detail. The pointer is valid until the next add.
func (ps *problems) add(kind string, severity Severity, stage Stage, span text.Span, l *Line, format string, args ...any) *Problem {
	*ps = append(*ps, Problem{
		Kind: kind, Span: span, Message: fmt.Sprintf(format, args...), Stage: stage, Severity: severity, Line: l,
	})
	return &(*ps)[len(*ps)-1]
}

func (p *Problem) relate(span text.Span, format string, args ...any) *Problem {
	if p == nil {
		return nil
	}
	p.Related = append(p.Related, RelatedSpan{span, fmt.Sprintf(format, args...)})
	return p
}

// suggest appends a way out. Like relate and prefer, it does nothing to a nil Problem, which stands for one that nobody
// wants to see.
func (p *Problem) suggest(title string, edits ...text.Edit) *Problem {
	return p.offer(false, title, edits...)
}

// prefer appends a way out that is preferred, unless one is already.
func (p *Problem) prefer(title string, edits ...text.Edit) *Problem {
	return p.offer(true, title, edits...)
}

func (p *Problem) offer(preferred bool, title string, edits ...text.Edit) *Problem {
	if p == nil {
		return nil
	}
	if preferred && len(p.Suggest) > 0 {
		preferred = !p.Suggest[0].Preferred
		if preferred {
			p.Suggest = append([]Suggestion{{Title: title, Edits: edits, Preferred: true}}, p.Suggest...)
			return p
		}
	}
	p.Suggest = append(p.Suggest, Suggestion{Title: title, Edits: edits, Preferred: preferred})
	return p
}

func (ps problems) sort() {
	sort.SliceStable(ps, func(i, j int) bool {
		a, b := ps[i].Span, ps[j].Span
		if a.Start != b.Start {
			return a.Start < b.Start
		}
		return a.End < b.End
	})
}

func insert(at int, s string) text.Edit {
	return text.Edit{Span: text.Span{Start: at, End: at}, New: s}
}

func remove(s text.Span) text.Edit { return text.Edit{Span: s} }

func substitute(s text.Span, new string) text.Edit { return text.Edit{Span: s, New: new} }
