package syntax

import (
	"sort"
	"strings"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/text"
)

// lastResort offers a way out of each refused line that has no better one. What go cannot read becomes a comment, so that
// nothing is lost and go reads the rest. Lines whose absence go would feel, of module, go and require, are not touched
// without being asked for it.
func (c *checker) lastResort() {
	for i := range c.problems {
		p := &c.problems[i]
		if p.Severity != Refused || len(p.Suggest) > 0 && p.Suggest[0].Preferred {
			continue
		}
		switch l := p.Line; {
		case p.Kind == "unknown-block":
			c.commentBlock(p)
		case p.Kind == "retract-no-module": // each line has the same fault
		case l == nil || l.Full == l.Span || strings.TrimSpace(c.tree.Text[l.Full.Start:l.Span.Start]) != "":
		case half(l) && !c.allMarkers(): // what remains of the conflict is go's to read, and the mark stays
			p.prefer("Turn "+c.quoteLine(l)+" into a comment", insert(l.Span.Start, "// "))
		case l.Verb == "module" || l.Verb == ")" || half(l):
		case l.Verb == "go" && (p.Stage == Later || c.count("go") < 2): // what it says is needed
		case l.Verb == "require" && c.pointless(l):
			c.deleteLine(p, l)
		case len(l.Args) == 0 && has(c.grammar.verbs, l.Verb): // a directive of no words says nothing
			c.deleteLine(p, l)
		case l.Verb != "require" && l.Verb != "use":
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
	case len(l.Args) == 0:
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

// commentBlock offers to turn a block into comments that is no block of go's.
func (c *checker) commentBlock(p *Problem) {
	i := sort.Search(len(c.tree.Stmts), func(i int) bool { return c.tree.Stmts[i].start() >= p.Span.Start })
	if i == len(c.tree.Stmts) || c.tree.Stmts[i].Block == nil {
		return
	}
	b := c.tree.Stmts[i].Block
	if b.RParen.IsZero() || has([]string{"module", "go", "require", "use"}, b.Verb.Raw) {
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
