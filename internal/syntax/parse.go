package syntax

import (
	"strings"

	"github.com/gomodls/gomodls/internal/text"
)

// A grammar is what distinguishes go.mod from go.work.
type grammar struct {
	name   string // of the file
	verbs  []string
	blocks []string // the verbs that may head a block
	work   bool
}

var modGrammar = &grammar{
	name:   "go.mod",
	verbs:  []string{"module", "go", "toolchain", "godebug", "require", "exclude", "replace", "retract", "tool", "ignore"},
	blocks: []string{"module", "godebug", "require", "exclude", "replace", "retract", "tool", "ignore"},
}

var workGrammar = &grammar{
	name:   "go.work",
	verbs:  []string{"go", "toolchain", "godebug", "use", "replace"},
	blocks: []string{"godebug", "use", "replace"},
	work:   true,
}

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// A parser makes statements of rows. It follows modfile's parser where that accepts a text, and otherwise looks for what
// was probably meant.
type parser struct {
	tree     *Tree
	grammar  *grammar
	problems problems
	rows     []row
	refused  func(verb string, args []Token) bool // whether a line of this form would be refused

	block    *Block    // the open block, or nil
	before   []Comment // whole-line comments that the next line may claim
	detached bool      // a blank line was seen since the last line of the block
	conflict conflict
	ahead    []ahead // for each row and the end; made when first asked for
	lines    slab[Line]
}

// A slab hands out values of one type, many from one allocation.
type slab[T any] []T

// next returns a new zero value. If there is none left, n more are allocated.
func (s *slab[T]) next(n int) *T {
	if len(*s) == 0 {
		*s = make([]T, max(n, 1))
	}
	v := &(*s)[0]
	*s = (*s)[1:]
	return v
}

// parse fills t. The problems it returns are those of form; what a directive's arguments say is not looked at. It reports false
// where nothing can be kept; without something to keep, it never does.
func parse(t *Tree, g *grammar, k *kept, refused func(verb string, args []Token) bool) (problems, bool) {
	p := &parser{tree: t, grammar: g, refused: refused}
	x := &lexer{tree: t, problems: &p.problems}
	if k == nil {
		t.Lines = text.NewLines(t.Text)
		x.run()
	} else if !k.lex(x) {
		return nil, false
	}
	t.rows, t.plain = x.rows, len(p.problems) == 0
	p.rows = x.rows
	t.all = make([]*Line, 0, len(p.rows))
	p.findConflicts()
	p.all()
	return p.problems, true
}

func (p *parser) all() {
	for i := range p.rows {
		if p.conflictRow(i) {
			continue
		}
		r := &p.rows[i]
		args := p.args(r)
		if len(args) == 0 {
			p.blankRow(r)
			continue
		}
		if p.block != nil {
			p.blockRow(i, args)
		} else {
			p.statement(i, args)
		}
	}
	if p.block != nil {
		p.unterminated(len(p.rows))
	}
	for i := range p.problems {
		prob := &p.problems[i]
		if l := prob.Line; prob.Kind == "syntax-lparen-not-last" && l != nil && l.Block.Span.End > l.Span.End {
			start := p.tree.Lines.Offset(text.Position{Line: p.tree.Lines.Line(l.Span.Start) + 1})
			if start >= l.Block.Span.End {
				continue
			}
			prob.relate(text.Span{Start: start, End: l.Block.Span.End}, "go takes these lines for directives of their own")
		}
	}
}

// args returns the tokens of a row without the invalid ones.
func (p *parser) args(r *row) []Token {
	toks := p.tree.Tokens[r.tok0:r.tok1:r.tok1]
	if r.invalid == 0 {
		return toks
	}
	valid := make([]Token, 0, len(toks)-r.invalid)
	for _, t := range toks {
		if t.Kind != Invalid {
			valid = append(valid, t)
		}
	}
	return valid
}

func (p *parser) blankRow(r *row) {
	if r.com0 < r.com1 {
		p.before = append(p.before, p.tree.Comments[r.com0:r.com1]...)
		return
	}
	if p.block == nil {
		p.before = nil // comments above a blank line belong to nothing
	} else if len(p.before) > 0 || len(p.block.Lines) > 0 {
		p.detached = true
	}
}

// take returns the comments that the next line or block owns.
func (p *parser) take() []Comment {
	b := p.before
	p.before, p.detached = nil, false
	return b
}

func (p *parser) suffix(r *row) *Comment {
	if r.com0 == r.com1 {
		return nil
	}
	return &p.tree.Comments[r.com1-1]
}

func spanOf(toks []Token) text.Span {
	return text.Span{Start: toks[0].Start, End: toks[len(toks)-1].End}
}

// statement parses a row outside blocks.
func (p *parser) statement(i int, toks []Token) {
	r, n := &p.rows[i], len(toks)
	switch {
	case n >= 2 && toks[n-1].Raw == "(":
		p.open(i, toks[:n-1], toks[n-1])
	case n >= 3 && toks[n-2].Raw == "(" && toks[n-1].Raw == ")":
		p.open(i, toks[:n-2], toks[n-2])
		p.close(i, toks[n-1])
	case n >= 3 && toks[1].Raw == "(" && toks[2].Raw != ")" && has(p.grammar.blocks, toks[0].Raw) && p.refused(toks[0].Raw, toks[1:]):
		p.openGlued(i, toks)
	default:
		l := p.line(i, toks)
		l.Verb, l.VerbTok, l.Args = toks[0].Raw, &toks[0], toks[1:]
		l.Before, l.Suffix = p.take(), p.suffix(r)
		p.tree.Stmts = append(p.tree.Stmts, Stmt{Line: l})
		if toks[0].Raw == ")" {
			p.stray(l)
		}
	}
}

// line makes a line of toks and adds it to the tree's list.
func (p *parser) line(i int, toks []Token) *Line {
	r := &p.rows[i]
	l := p.lines.next(len(p.rows))
	l.VerbTok = absent
	l.Span, l.Full, l.Number, l.broken = spanOf(toks), text.Span{Start: r.start, End: r.end}, i+1, r.broken
	p.tree.all = append(p.tree.all, l)
	return l
}

func (p *parser) open(i int, head []Token, lparen Token) {
	r := &p.rows[i]
	p.block = &Block{
		Verb: head[0], Extra: head[1:], LParen: lparen, Before: p.take(), Suffix: p.suffix(r), Number: i + 1,
		Span: text.Span{Start: head[0].Start, End: lparen.End}, Full: text.Span{Start: r.start, End: r.end},
	}
	p.tree.Stmts = append(p.tree.Stmts, Stmt{Block: p.block})
}

func (p *parser) close(i int, rparen Token) {
	b := p.block
	b.RParen, b.Span.End, b.Full.End = rparen, rparen.End, p.rows[i].end
	b.Trailing = p.take()
	if c := p.suffix(&p.rows[i]); c != b.Suffix {
		b.RParenSuffix = c
	}
	p.block = nil
}

// openGlued parses "require ( a v1" and "require ( a v1 )", in which go sees no block.
func (p *parser) openGlued(i int, toks []Token) {
	r := &p.rows[i]
	p.open(i, toks[:1], toks[1])
	p.block.Suffix = nil
	entry, rparen := toks[2:], Token{}
	if last := entry[len(entry)-1]; last.Raw == ")" {
		entry, rparen = entry[:len(entry)-1], last
	}
	span := text.Span{Start: toks[1].Start, End: toks[len(toks)-1].End}
	prob := p.problems.add("syntax-lparen-not-last", Refused, Directive, span, nil, "a block's first line begins below the (")
	edits := []text.Edit{substitute(text.Span{Start: toks[1].End, End: toks[2].Start}, "\n\t")}
	if len(entry) > 0 {
		l := p.line(i, entry)
		l.Verb, l.Args, l.Block, l.Suffix = toks[0].Raw, entry, p.block, p.suffix(r)
		l.Full, l.broken = l.Span, true
		prob.Line = l
		p.block.Lines = append(p.block.Lines, l)
		p.block.Span.End = l.Span.End
	}
	if !rparen.IsZero() {
		if len(entry) > 0 {
			edits = append(edits, substitute(text.Span{Start: entry[len(entry)-1].End, End: rparen.Start}, "\n"))
		}
		p.close(i, rparen)
		p.tree.Stmts[len(p.tree.Stmts)-1].Block.RParenSuffix = nil
	}
	if len(entry) == 0 || !r.broken && !p.refused(toks[0].Raw, entry) {
		prob.prefer("Break the line after the (", edits...)
	} else {
		prob.suggest("Break the line after the (", edits...)
	}
}

// blockRow parses a row inside a block.
func (p *parser) blockRow(i int, toks []Token) {
	r, b, n := &p.rows[i], p.block, len(toks)
	if toks[0].Raw == ")" {
		p.close(i, toks[0])
		if n > 1 {
			p.afterParen(i, toks)
		}
		return
	}
	if p.startsStatement(r, toks) {
		p.unterminated(i)
		p.statement(i, toks)
		return
	}
	var rparen Token
	if toks[n-1].Raw == ")" && n > 1 && !p.closes(i+1) && !p.refused(b.Verb.Raw, toks[:n-1]) {
		rparen, toks = toks[n-1], toks[:n-1]
	}
	l := p.line(i, toks)
	l.Verb, l.Args, l.Block = b.Verb.Raw, toks, b
	l.detached = p.detached
	l.Before, l.Suffix = p.take(), p.suffix(r)
	b.Lines = append(b.Lines, l)
	b.Span.End, b.Full.End = l.Span.End, l.Full.End
	if rparen.IsZero() {
		return
	}
	l.Full, l.broken = l.Span, true
	p.problems.add("syntax-stray-rparen", Refused, Lexical, rparen.Span, l, "the ) that closes a block stands on a line of its own").
		relate(text.Span{Start: r.end, End: len(p.tree.Text)}, "go takes what follows for more of the block").
		prefer("Move the ) to its own line", substitute(text.Span{Start: l.Span.End, End: rparen.Start}, "\n"))
	p.close(i, rparen)
	b.RParenSuffix = nil
}

// startsStatement reports whether a row inside a block is more likely the start of a new statement, so that the block's
// ")" is missing: it is not indented, it begins with a directive, and it makes no sense in the block but does outside.
func (p *parser) startsStatement(r *row, toks []Token) bool {
	n := len(toks)
	if toks[0].Start != r.start || n < 2 || !has(p.grammar.verbs, toks[0].Raw) {
		return false
	}
	if b := p.block; has(p.grammar.blocks, b.Verb.Raw) && len(b.Extra) == 0 && !p.refused(b.Verb.Raw, toks) {
		return false
	}
	return toks[n-1].Raw == "(" || toks[1].Raw == "(" || !p.refused(toks[0].Raw, toks[1:])
}

// unterminated closes the open block before row i.
func (p *parser) unterminated(i int) {
	b := p.block
	p.block, p.detached = nil, false
	n := len(p.before)
	if i < len(p.rows) { // comments that are not indented belong to what comes next
		for n = 0; n < len(p.before) && p.indented(p.before[n]); n++ {
		}
	}
	b.Trailing, p.before = p.before[:n:n], p.before[n:]
	if !b.RParen.IsZero() {
		return // the other side of a conflict closed it
	}
	stage := Lexical
	if p.look(i).closer {
		stage = Directive // go takes that parenthesis for this block's
	}
	prob := p.problems.add("syntax-unterminated-block", Refused, stage, b.Header(), nil, "this %s block has no closing )", b.Verb.Raw)
	at := b.Full.End
	if n > 0 {
		at = len(p.tree.Text)
		if j := strings.IndexByte(p.tree.Text[b.Trailing[n-1].End:], '\n'); j >= 0 {
			at = b.Trailing[n-1].End + j + 1
		}
	}
	if at == len(p.tree.Text) && !strings.HasSuffix(p.tree.Text, "\n") {
		prob.prefer("Close the block", insert(at, "\n)"))
	} else {
		prob.prefer("Close the block", insert(at, ")\n"))
	}
	prob.relate(text.Span{Start: b.Span.End, End: b.Span.End}, "the block ends here for lack of a )")
	if i < len(p.rows) && p.rows[i].tok0 < p.rows[i].tok1 {
		prob.relate(text.Span{Start: p.tree.Tokens[p.rows[i].tok0].Start, End: len(p.tree.Text)}, "go takes this for more of the block")
	} else if end := len(p.tree.Text); end > b.Span.End {
		prob.relate(text.Span{Start: end, End: end}, "go looks for the ) up to here")
	}
}

// indented reports whether something stands before c on its row.
func (p *parser) indented(c Comment) bool { return c.Start > 0 && p.tree.Text[c.Start-1] != '\n' }

// ahead says what comes from a row on.
type ahead struct {
	closer bool // a row that starts with ")"
	first  bool // and it comes before any that looks like a new statement
}

// closes reports whether a block that is open at row i is closed before a new statement begins.
func (p *parser) closes(i int) bool { return p.look(i).first }

func (p *parser) look(i int) ahead {
	if p.ahead == nil {
		p.ahead = make([]ahead, len(p.rows)+1)
		for j := len(p.rows) - 1; j >= 0; j-- {
			p.ahead[j] = p.ahead[j+1]
			r := &p.rows[j]
			toks := p.tree.Tokens[r.tok0:r.tok1]
			for len(toks) > 0 && toks[0].Kind == Invalid {
				toks = toks[1:]
			}
			switch {
			case len(toks) == 0:
			case toks[0].Raw == ")":
				p.ahead[j] = ahead{true, true}
			case len(toks) > 1 && toks[0].Start == r.start && has(p.grammar.verbs, toks[0].Raw):
				p.ahead[j].first = false
			}
		}
	}
	return p.ahead[i]
}

// afterParen parses what stands behind the ) of a block on the same row.
func (p *parser) afterParen(i int, toks []Token) {
	rest := toks[1:]
	l := p.line(i, rest)
	l.Verb, l.VerbTok, l.Args, l.Suffix = rest[0].Raw, &rest[0], rest[1:], p.suffix(&p.rows[i])
	l.Full, l.broken = l.Span, true
	p.tree.Stmts = append(p.tree.Stmts, Stmt{Line: l})
	prob := p.problems.add("syntax-after-rparen", Refused, Lexical, l.Span, l, "nothing but a comment may follow a block's ) on its line")
	edit := substitute(text.Span{Start: toks[0].End, End: rest[0].Start}, "\n")
	if !p.rows[i].broken && !p.refused(l.Verb, l.Args) {
		prob.prefer("Move it to a line of its own", edit)
	} else {
		prob.suggest("Move it to a line of its own", edit)
	}
}

// stray reports a line that starts with ) outside a block.
func (p *parser) stray(l *Line) {
	prob := p.problems.add("syntax-stray-rparen", Refused, Directive, l.VerbTok.Span, l, "this ) closes no block")
	l.broken = true
	if len(l.Args) == 0 && l.Suffix == nil {
		prob.prefer("Delete the line", remove(l.Full))
	} else {
		prob.suggest("Delete the )", remove(l.VerbTok.Span))
	}
}
