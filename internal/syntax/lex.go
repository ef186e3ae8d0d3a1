package syntax

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gomodls/gomodls/internal/text"
)

// A row is one physical line and what stands on it.
type row struct {
	start, end int // with the line ending
	tok0, tok1 int // its tokens are Tokens[tok0:tok1]
	com0, com1 int // its comments are Comments[com0:com1]; only the last one can start with //
	invalid    int // how many of the tokens are Invalid
	broken     bool
}

// A lexer splits a text into rows of tokens and comments. It follows the lexer of x/mod/modfile, except that it goes on:
// a string or block comment that does not end, ends with its line.
type lexer struct {
	tree       *Tree
	problems   *problems
	rows       []row
	commentEnd int  // a block comment that began on an earlier row ends here; 0 outside
	noClose    bool // no */ is left in the text
}

func (x *lexer) run() {
	src := x.tree.Text
	x.rows = make([]row, 0, strings.Count(src, "\n")+1)
	x.tree.Tokens = make([]Token, 0, 2*cap(x.rows)+8) // most lines have two
	x.tree.Comments = make([]Comment, 0, strings.Count(src, "//"))
	x.lines(0, len(src))
}

// lines lexes the text from at to stop, which is whole lines.
func (x *lexer) lines(at, stop int) {
	src := x.tree.Text
	for at < stop {
		end := stop
		if i := strings.IndexByte(src[at:stop], '\n'); i >= 0 {
			end = at + i + 1
		}
		x.row(at, end)
		at = end
	}
}

// row lexes src[start:end], one physical line.
func (x *lexer) row(start, end int) {
	src := x.tree.Text
	r := row{start: start, end: end, tok0: len(x.tree.Tokens), com0: len(x.tree.Comments)}
	stop := end // without the line ending
	if stop > start && src[stop-1] == '\n' {
		stop--
		if stop > start && src[stop-1] == '\r' {
			stop--
		}
	}
	i := start
	if x.commentEnd > 0 { // inside a block comment
		r.broken = true
		for i < stop && blank(src[i]) {
			i++
		}
		to := min(x.commentEnd, stop)
		if i < to {
			x.comment(i, to)
		}
		if x.commentEnd > end {
			i = stop
		} else {
			i = to
			x.commentEnd = 0
		}
	}
	for i < stop {
		switch c := src[i]; {
		case blank(c):
			if c == '\r' && i+1 < len(src) {
				x.loneReturn(i, &r)
			}
			i++
		case c == '/' && i+1 < stop && src[i+1] == '/':
			x.comment(i, stop)
			if j := strings.IndexByte(src[i:stop], '\r'); j >= 0 && i+j+1 < len(src) {
				x.loneReturn(i+j, &r)
			}
			i = stop
		case c == '/' && i+1 < stop && src[i+1] == '*':
			r.broken = true
			i = x.blockComment(i, start, stop, r.tok0 < len(x.tree.Tokens) && x.tree.Tokens[len(x.tree.Tokens)-1].End == i)
		case strings.IndexByte(punct, c) >= 0:
			x.token(Punct, i, i+1)
			i++
		case c == '"' || c == '`':
			n, closed := quoted(src[i:stop])
			x.token(String, i, i+n)
			if !closed {
				r.broken = true
				x.unclosed(i, i+n, end)
			}
			i += n
		default:
			if n := word(src[i:stop]); n > 0 {
				x.token(Word, i, i+n)
				i += n
				break
			}
			n := 0
			for i+n < stop { // a run of the same character is one problem
				_, size := utf8.DecodeRuneInString(src[i+n : stop])
				if src[i+n:i+n+size] != src[i:i+size] {
					break
				}
				n += size
			}
			x.token(Invalid, i, i+n)
			r.invalid++
			r.broken = true
			x.badChar(i, i+n)
			i += n
		}
	}
	r.tok1, r.com1 = len(x.tree.Tokens), len(x.tree.Comments)
	x.rows = append(x.rows, r)
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' }

// quoted returns the length of the quoted string that s starts with, and whether its closing quote is there. Blanks
// behind an unclosed string do not belong to it.
func quoted(s string) (n int, closed bool) {
	q := s[0]
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == q:
			return i + 1, true
		case s[i] == '\\' && q != '`':
			i++
		}
	}
	return max(len(strings.TrimRight(s, " \t\r")), 1), false
}

// word returns the length of the word that s starts with.
func word(s string) int {
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c < utf8.RuneSelf:
			if !wordByte[c] || c == '/' && i+1 < len(s) && (s[i+1] == '/' || s[i+1] == '*') {
				return i
			}
			i++
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if unicode.IsSpace(r) || !unicode.IsPrint(r) {
				return i
			}
			i += size
		}
	}
	return len(s)
}

var wordByte = func() (is [utf8.RuneSelf]bool) {
	for c := byte('!'); c <= '~'; c++ {
		is[c] = strings.IndexByte(punct, c) < 0
	}
	return is
}()

func (x *lexer) token(kind TokenKind, start, end int) {
	raw := x.tree.Text[start:end]
	t := Token{Span: text.Span{Start: start, End: end}, Kind: kind, Raw: raw, Value: raw}
	if kind == String && raw[0] == '"' {
		if v, err := strconv.Unquote(raw); err == nil {
			t.Value = v
		}
	}
	x.tree.Tokens = append(x.tree.Tokens, t)
}

func (x *lexer) comment(start, end int) {
	x.tree.Comments = append(x.tree.Comments, Comment{text.Span{Start: start, End: end}, x.tree.Text[start:end]})
}

// blockComment lexes a /* */ comment at i and returns where lexing goes on. A comment that begins a word of its own may
// run over several lines; one that is glued to a word, as in "ignore ./a/*", is probably meant as something else.
func (x *lexer) blockComment(i, start, stop int, glued bool) int {
	src := x.tree.Text
	closed, to := false, stop
	if j := strings.Index(src[i+2:stop], "*/"); j >= 0 {
		closed, to = true, i+2+j+2
	} else if !glued && !x.noClose {
		if j := strings.Index(src[stop:], "*/"); j >= 0 {
			closed, x.commentEnd = true, stop+j+2
		} else {
			x.noClose = true
		}
	}
	x.comment(i, to)
	span := text.Span{Start: i, End: max(to, x.commentEnd)}
	p := x.problems.add("syntax-block-comment", Refused, Lexical, span, nil, "comments in module files begin with //; go does not know /* */")
	if closed || !glued {
		x.suggestLineComments(p, start, closed)
	} else if last := x.tree.Tokens[len(x.tree.Tokens)-1]; last.Kind == Word {
		n := strings.IndexAny(src[i:stop]+" ", " \t\r")
		quote := strconv.Quote(src[last.Start : i+n])
		p.suggest("Write "+quote, substitute(text.Span{Start: last.Start, End: i + n}, quote))
	}
	return to
}

// suggestLineComments offers to write a block comment as // comments: in place where nothing follows it on its last
// line, else above the line.
func (x *lexer) suggestLineComments(p *Problem, start int, closed bool) {
	src := x.tree.Text
	body := p.Span.In(src)[len("/*"):]
	if closed {
		body = strings.TrimSuffix(body, "*/")
	}
	var lines []string
	for _, s := range strings.Split(body, "\n") {
		lines = append(lines, strings.TrimRight("// "+strings.TrimSpace(s), " "))
	}
	if len(lines) > 1 && lines[len(lines)-1] == "//" {
		lines = lines[:len(lines)-1]
	}
	if len(lines) > 1 && lines[0] == "//" {
		lines = lines[1:]
	}
	rest, _, _ := strings.Cut(src[p.Span.End:], "\n")
	indent := src[start : start+len(src[start:])-len(strings.TrimLeft(src[start:], " \t"))]
	if strings.TrimSpace(rest) == "" {
		p.prefer("Write the comment with //", substitute(p.Span, strings.Join(lines, "\n"+indent)))
		return
	}
	above := indent + strings.Join(lines, "\n"+indent) + "\n"
	p.suggest("Move the comment above the line, with //", insert(start, above), remove(p.Span))
}

func (x *lexer) unclosed(start, end, rowEnd int) {
	q := x.tree.Text[start : start+1]
	kind := "syntax-string-newline"
	if rowEnd == len(x.tree.Text) && !strings.HasSuffix(x.tree.Text, "\n") {
		kind = "syntax-string-eof"
	}
	x.problems.add(kind, Refused, Lexical, text.Span{Start: start, End: end}, nil, "this %s has no closing %s on its line", q, q)
}

func (x *lexer) badChar(start, end int) {
	span := text.Span{Start: start, End: end}
	r, size := utf8.DecodeRuneInString(span.In(x.tree.Text))
	name := charName(r)
	p := x.problems.add("syntax-bad-char", Refused, Lexical, span, nil, "%s is not allowed here", name)
	if unicode.IsSpace(r) {
		p.prefer("Replace "+name+" by a space", substitute(span, strings.Repeat(" ", (end-start)/size)))
		return
	}
	p.prefer("Delete "+name, remove(span))
}

func charName(r rune) string {
	switch r {
	case '\uFEFF':
		return "the byte order mark"
	case '\u00A0':
		return "the no-break space"
	case '\u200B':
		return "the zero-width space"
	case 0:
		return "the NUL byte"
	}
	return fmt.Sprintf("the character %U", r)
}

// loneReturn notes a carriage return that ends no line. Editors show two lines there, go sees one.
func (x *lexer) loneReturn(i int, r *row) {
	if n := len(*x.problems); n > 0 && (*x.problems)[n-1].Kind == "bare-cr-skipped" && (*x.problems)[n-1].Span.Start >= r.start {
		return
	}
	p := x.problems.add("bare-cr-skipped", Silent, Later, text.Span{Start: i, End: i + 1}, nil,
		"a carriage return without a line feed ends no line for go: what follows it belongs to the same line")
	p.suggest("End the line here", substitute(p.Span, "\n"))
}

// punct are the characters that are words of their own.
const punct = "()[]{},"

// isPunct reports whether a word is one of those characters, which it is only in quotes.
func isPunct(word string) bool { return len(word) == 1 && strings.Contains(punct, word) }
