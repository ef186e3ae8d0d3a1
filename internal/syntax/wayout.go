package syntax

import (
	"slices"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/text"
)

// lastResort offers a way out of each refused line that has no better one. What go cannot read becomes a comment, so that
// nothing is lost and go reads the rest. Lines whose absence go would feel, of module, go and require, are not touched
// without being asked for it.
func (c *checker) lastResort() {
	c.mendLineEnds()
	for i := range c.problems {
		p := &c.problems[i]
		if p.Severity != Refused || len(p.Suggest) > 0 && p.Suggest[0].Preferred {
			continue
		}
		switch p.Kind {
		case "syntax-block-comment":
			c.preferIfMends(p)
			continue
		case "syntax-string-newline", "syntax-string-eof":
			c.closeString(p)
			continue
		}
		switch l := p.Line; {
		case p.Kind == "unknown-block":
			c.commentBlock(p)
		case p.Kind == "retract-no-module": // each line has the same fault
		case l == nil || l.Full == l.Span || strings.TrimSpace(c.tree.Text[l.Full.Start:l.Span.Start]) != "":
		case half(l) && !c.allMarkers(): // what remains of the conflict is go's to read, and the mark stays
			p.prefer("Turn "+c.quoteLine(l)+" into a comment", insert(l.Span.Start, "// "))
		case c.joinLines(p, l), c.joinLines(p, c.refusedBefore(l)), c.joinRemark(p, l):
		case l.Verb == "module" && has(c.grammar.verbs, l.Verb) || l.Verb == ")" || half(l):
		case l.Verb == "go" && (p.Stage == Later || c.count("go") < 2): // what it says is needed
		case l.Verb == "require" && c.pointless(l):
			c.deleteLine(p, l)
		case len(l.Args) == 0 && has(c.grammar.verbs, l.Verb): // a directive of no words says nothing
			c.deleteLine(p, l)
		case l.Verb != "require" && l.Verb != "use" || !has(c.grammar.verbs, l.Verb):
			p.prefer("Turn "+c.quoteLine(l)+" into a comment", insert(l.Span.Start, "// "))
		case len(p.Suggest) == 0:
			p.suggest("Turn "+c.quoteLine(l)+" into a comment", insert(l.Span.Start, "// "))
		}
	}
}

// half reports whether a line may be one marker of a conflict whose other markers are lost.
func half(l *Line) bool {
	first := l.VerbTok.Raw
	if l.Block != nil {
		first = l.arg(0).Raw
	}
	for _, mark := range []string{"<<<<<<<", "|||||||", "=======", ">>>>>>>"} {
		if strings.HasPrefix(first, mark) {
			return true
		}
	}
	return false
}

// allMarkers reports whether the text has every marker of a conflict: to take one away might complete it.
func (c *checker) allMarkers() bool {
	for _, mark := range []string{"<<<<<<<", "=======", ">>>>>>>"} {
		if !strings.Contains(c.tree.Text, mark) {
			return false
		}
	}
	return true
}

// pointless reports whether a requirement asks for nothing that go could need: for the module itself, or for what is no
// module.
func (c *checker) pointless(l *Line) bool {
	switch path := l.arg(0).Value; {
	case !slices.ContainsFunc(l.Args, func(t Token) bool { return t.Kind != Punct }):
		return true
	case path == "go" || path == "toolchain":
		return true
	case c.mod == nil:
		return false
	default:
		m := c.mod.Module
		return m != nil && m.Valid && m.Path == path && len(l.Args) == 2
	}
}

// after reads the text as edits leave it, and returns false where that is not worth the time: a text that is all wrong must not
// take longer than a keystroke.
func (c *checker) after(edits []text.Edit) (*checker, bool) {
	const (
		most      = 20
		mostBytes = 1 << 20 // of them all
	)
	c.retrials++
	if c.retrials > most || c.retrials*len(c.tree.Text) > mostBytes {
		return nil, false
	}
	src, ok := text.Apply(c.tree.Text, edits)
	if !ok {
		return nil, false
	}
	next := &checker{grammar: c.grammar, goVersion: c.goVersion, retrial: true}
	if c.work != nil {
		next.work = &Work{Tree: Tree{Text: src}}
		next.tree = &next.work.Tree
	} else {
		next.mod = &Mod{Tree: Tree{Text: src}}
		next.tree = &next.mod.Tree
	}
	next.run()
	return next, true
}

// count returns how many problems are of a kind.
func (ps problems) count(kind string) int {
	n := 0
	for _, p := range ps {
		if p.Kind == kind {
			n++
		}
	}
	return n
}

// refusals returns how many problems go refuses the text for.
func (ps problems) refusals() int {
	n := 0
	for _, p := range ps {
		if p.Severity == Refused {
			n++
		}
	}
	return n
}

// mends reports whether go refuses less after edits.
func (c *checker) mends(edits ...text.Edit) bool {
	next, ok := c.after(edits)
	return ok && next.problems.refusals() < c.problems.refusals()
}

// mendsKind reports whether go refuses less after an edit, and less for that kind of problem.
func (c *checker) mendsKind(kind string, edit text.Edit) bool {
	next, ok := c.after([]text.Edit{edit})
	return ok && next.problems.refusals() < c.problems.refusals() && next.problems.count(kind) < c.problems.count(kind)
}

// preferIfMends prefers the first way out of p if go refuses less after it.
func (c *checker) preferIfMends(p *Problem) {
	if len(p.Suggest) > 0 {
		p.Suggest[0].Preferred = c.mends(p.Suggest[0].Edits...)
	}
}

// closeString offers to delete a quote that has no other, or to write the other.
func (c *checker) closeString(p *Problem) {
	quote := c.tree.Text[p.Span.Start : p.Span.Start+1]
	if edit := remove(text.Span{Start: p.Span.Start, End: p.Span.Start + 1}); c.mendsKind(p.Kind, edit) {
		p.prefer("Delete the "+quote, edit)
	} else if edit := insert(p.Span.End, quote); c.mendsKind(p.Kind, edit) {
		p.prefer("Write the closing "+quote, edit)
	}
}

// lineEnds are what other programs and people take for the end of a line, and go does not.
var lineEnds = []struct{ name, text string }{
	{"carriage returns", "\r"}, {`\r\n`, `\r\n`}, {`\n`, `\n`}, {"line separators", "\u2028"}, {"paragraph separators", "\u2029"}, {"vertical tabs", "\v"},
	{"form feeds", "\f"}, {"semicolons", "; "}, {"semicolons", ";"},
}

// mendLineEnds offers to break the lines at what is no end of a line for go, if go refuses nothing then.
func (c *checker) mendLineEnds() {
	if c.problems.refusals() == 0 {
		return
	}
	for _, end := range lineEnds {
		var edits []text.Edit
		for at, src := 0, c.tree.Text; ; {
			i := strings.Index(src[at:], end.text)
			if i < 0 {
				break
			}
			span := text.Span{Start: at + i, End: at + i + len(end.text)}
			if at = span.End; end.text != "\r" || !strings.HasPrefix(src[at:], "\n") {
				edits = append(edits, substitute(span, "\n"))
			}
		}
		if len(edits) == 0 {
			continue
		}
		if next, ok := c.after(edits); ok && next.problems.refusals() == 0 {
			for i := range c.problems {
				if p := &c.problems[i]; p.Severity == Refused {
					p.Suggest = append([]Suggestion{{Title: "Break the lines at the " + end.name, Edits: edits, Preferred: true, Whole: true}}, notPreferred(p.Suggest)...)
				}
			}
			return
		}
	}
}

func notPreferred(list []Suggestion) []Suggestion {
	list = slices.Clone(list)
	for i := range list {
		list[i].Preferred = false
	}
	return list
}

// joinLines offers to put a line together with the next, where go reads both as one and does not read what stands there now:
// the next line is refused as well, or what it begins with is no path that anybody could fetch.
func (c *checker) joinLines(p *Problem, l *Line) bool {
	if l == nil {
		return false
	}
	next := c.lineAfter(l)
	if next == nil || l.Suffix != nil || len(next.Before) > 0 || next.Full.Start != l.Full.End {
		return false
	}
	first, second := l.Span.In(c.tree.Text), next.Span.In(c.tree.Text)
	host, _, _ := strings.Cut(next.arg(0).Raw, "/")
	if next.Block == nil {
		host, _, _ = strings.Cut(second, "/")
	}
	if !next.refused && !next.broken && (strings.Contains(host, ".") || l.Verb != "require") {
		return false
	}
	for _, glue := range []string{"", " "} {
		whole := first + glue + second
		if strings.HasSuffix(whole, "(") || !c.fitsFor(l, whole) { // which would begin a block
			continue
		}
		edit := substitute(text.Span{Start: l.Span.End, End: next.Span.End}, glue+second) // no other may touch the second
		if c.mendsKind(p.Kind, edit) {
			p.prefer("Join the lines to "+strconv.Quote(whole), edit)
			return true
		}
	}
	return false
}

// fitsFor reports whether go would accept a text in the place of l, and could fetch what it requires.
func (c *checker) fitsFor(l *Line, whole string) bool {
	verb, args := l.Verb, whole
	if l.Block == nil {
		verb, args, _ = strings.Cut(whole, " ")
	}
	if path, _, _ := strings.Cut(strings.TrimSpace(args), " "); verb == "require" && module.CheckPath(path) != nil {
		return false
	}
	return has(c.grammar.verbs, verb) && c.accepts(verb, args)
}

// lineAfter returns the line that follows l in its block or among the statements, or nil.
func (c *checker) lineAfter(l *Line) *Line {
	lines := c.topLines()
	if l.Block != nil {
		lines = l.Block.Lines
	}
	if i := slices.Index(lines, l); i >= 0 && i+1 < len(lines) {
		return lines[i+1]
	}
	return nil
}

// topLines returns the lines that are statements, and nil for each block.
func (c *checker) topLines() []*Line {
	lines := make([]*Line, len(c.tree.Stmts))
	for i, s := range c.tree.Stmts {
		lines[i] = s.Line
	}
	return lines
}

// joinRemark offers to put a word together with the comment of the requirement before it, where both are the mark of an indirect
// one.
func (c *checker) joinRemark(p *Problem, l *Line) bool {
	const mark = "// indirect"
	if l.Block == nil || l.Suffix != nil {
		return false
	}
	i := slices.Index(l.Block.Lines, l)
	if i < 1 {
		return false
	}
	before := l.Block.Lines[i-1]
	if before.Suffix == nil || before.Full.End != l.Full.Start {
		return false
	}
	first, second := before.Suffix.Text, l.Span.In(c.tree.Text)
	if first+second != mark && first+" "+second != mark {
		return false
	}
	p.prefer("Join the lines to "+mark, substitute(text.Span{Start: before.Suffix.Start, End: l.Span.End}, mark))
	return true
}

// refusedBefore returns the line before l where that is refused as well, or nil.
func (c *checker) refusedBefore(l *Line) *Line {
	lines := c.topLines()
	if l.Block != nil {
		lines = l.Block.Lines
	}
	if i := slices.Index(lines, l); i > 0 && lines[i-1] != nil && lines[i-1].refused {
		return lines[i-1]
	}
	return nil
}

// commentBlock offers to turn a block into comments that is no block of go's.
func (c *checker) commentBlock(p *Problem) {
	i := sort.Search(len(c.tree.Stmts), func(i int) bool { return c.tree.Stmts[i].start() >= p.Span.Start })
	if i == len(c.tree.Stmts) || c.tree.Stmts[i].Block == nil {
		return
	}
	b := c.tree.Stmts[i].Block
	if b.RParen.IsZero() || c.needs(b.Verb.Raw) {
		return
	}
	starts := []int{b.Verb.Start}
	for _, l := range b.Lines {
		if l.Full == l.Span {
			return
		}
		starts = append(starts, l.Span.Start)
	}
	var edits []text.Edit
	row := -1
	for _, at := range append(starts, b.RParen.Start) {
		if n := c.tree.Lines.Line(at); n != row {
			edits, row = append(edits, insert(at, "// ")), n
		}
	}
	p.prefer("Turn the block into comments", edits...)
}

// needs reports whether go would feel the absence of a block of a directive.
func (c *checker) needs(verb string) bool {
	return has(c.grammar.verbs, verb) && has([]string{"module", "go", "require", "use"}, verb) && (verb != "go" || c.count("go") < 2)
}

// suggestEntry offers to write the directive before what looks like an entry of a block that is not there, and the mark of a
// comment where other languages have another.
func (c *checker) suggestEntry(p *Problem, l *Line) {
	if p == nil || l.Block != nil || l.broken {
		return
	}
	verb := l.VerbTok.Raw
	if mark := strings.TrimLeft(verb, "#;"); len(mark) < len(verb) {
		p.prefer("Write //", substitute(text.Span{Start: l.VerbTok.Start, End: l.VerbTok.End - len(mark)}, "//"))
		return
	}
	if c.work == nil && len(l.Args) == 1 && l.VerbTok.Kind == Word && module.CheckPath(verb) == nil && c.accepts("require", verb+" "+l.Args[0].Raw) {
		p.prefer("Write require "+verb+" "+l.Args[0].Raw, insert(l.VerbTok.Start, "require "))
	}
}

// start returns where a statement begins.
func (s Stmt) start() int {
	if s.Block != nil {
		return s.Block.Verb.Start
	}
	return s.Line.Span.Start
}
