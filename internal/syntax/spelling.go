package syntax

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/mod/modfile"

	"github.com/gomodls/gomodls/internal/text"
)

// spelling reports oddities in how tokens and comments are written.
func (c *checker) spelling() {
	t := c.tree
	for _, l := range t.all {
		if l.broken || l.refused {
			continue
		}
		for _, tok := range l.Args {
			if tok.Kind == String && !modfile.MustQuote(tok.Value) && !isPunct(tok.Value) {
				c.silent("quote-needed-or-useless", tok.Span, l, "%s needs no quotes", tok.Value).
					prefer("Remove the quotes", substitute(tok.Span, tok.Value))
			}
		}
		if s := l.Suffix; s != nil && s.Start == l.Span.End && !strings.HasPrefix(s.Text, "///") {
			c.glued(l, s)
		}
	}
	if !utf8.ValidString(t.Text) {
		c.invalidUTF8()
	}
}

// glued reports a // that cuts a path short.
func (c *checker) glued(l *Line, s *Comment) {
	last := l.Args
	if len(last) == 0 || last[len(last)-1].Kind != Word || !strings.Contains(last[len(last)-1].Raw, "/") && !strings.HasPrefix(last[len(last)-1].Raw, ".") {
		return // a version or a word, behind which a comment was meant
	}
	tok := last[len(last)-1]
	rest, _, _ := strings.Cut(s.Text, " ")
	if rest = strings.TrimLeft(rest, "/"); rest == "" || rest == "indirect" {
		return
	}
	p := c.silent("comment-truncates-token", text.Span{Start: s.Start, End: s.Start + len(s.Text) - len(strings.TrimLeft(s.Text, "/")) + len(rest)}, l,
		"the path is %s and ends here: // begins a comment", tok.Raw)
	p.suggest("Remove one slash", remove(text.Span{Start: s.Start, End: s.Start + 1}))
	p.suggest("Quote "+tok.Raw+"//"+rest, substitute(text.Span{Start: tok.Start, End: p.Span.End}, strconv.Quote(tok.Raw+"//"+rest)))
}

func (c *checker) invalidUTF8() {
	for _, tok := range c.tree.Tokens {
		if utf8.ValidString(tok.Raw) {
			continue
		}
		var edits []text.Edit
		for i := 0; i < len(tok.Raw); {
			r, size := utf8.DecodeRuneInString(tok.Raw[i:])
			if r == utf8.RuneError && size == 1 {
				edits = append(edits, remove(text.Span{Start: tok.Start + i, End: tok.Start + i + 1}))
			}
			i += size
		}
		span := text.Span{Start: edits[0].Span.Start, End: edits[len(edits)-1].Span.End}
		c.line = c.tree.lineOf(tok)
		kept := strings.ToValidUTF8(tok.Raw, "")
		ok := c.line != nil && kept != "" && *c.line.VerbTok != tok && !c.line.refused && c.acceptsWith(tok, kept)
		c.silent("syntax-invalid-utf8", span, c.line, "not all of this is UTF-8").offer(ok, "Delete the invalid bytes", edits...)
	}
}

// locate gives the lexer's problems their lines, and ways out to strings without an end.
func (c *checker) locate() {
	for i := range c.problems {
		p := &c.problems[i]
		if p.Stage != Lexical || p.Line != nil {
			continue
		}
		switch p.Kind {
		case "syntax-string-newline", "syntax-string-eof":
			tok, l := c.tree.TokenAt(p.Span.Start)
			p.Line = l
			c.suggestClosing(p, tok)
		case "syntax-block-comment", "syntax-bad-char", "syntax-invalid-utf8":
			p.Line = c.tree.LineAt(p.Span.Start)
		}
	}
}

// suggestClosing offers to close a string where the line is good then, or to remove its quote.
func (c *checker) suggestClosing(p *Problem, tok Token) {
	quote := tok.Raw[:1]
	try := func(raw string) bool { // the string is the last token of its row
		l := p.Line
		return l != nil && len(l.Args) > 0 && l.Args[len(l.Args)-1].Span == tok.Span &&
			c.accepts(l.Verb, strings.TrimSpace(joinSpaced(l.Args[:len(l.Args)-1])+" "+raw))
	}
	body, _, _ := strings.Cut(tok.Raw, " //")
	body = strings.TrimRight(body, " \t")
	if at := strings.IndexAny(body, " \t"); at > 0 && try(body[:at]+quote+body[at:]) {
		p.prefer("Close the quote", insert(tok.Start+at, quote))
		return
	}
	closeIt := insert(tok.Start+len(body), quote)
	switch {
	case try(body + quote):
		p.prefer("Close the quote", closeIt)
		return
	case try(body[1:]):
		p.prefer("Remove the quote", remove(text.Span{Start: tok.Start, End: tok.Start + 1}))
	}
	p.suggest("Close the quote", closeIt)
}

// lineOf returns the line that a token belongs to, or nil.
func (t *Tree) lineOf(tok Token) *Line {
	_, l := t.TokenAt(tok.Start)
	return l
}
