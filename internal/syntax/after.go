package syntax

import (
	"sort"
	"strings"

	"github.com/gomodls/gomodls/internal/text"
)

// A change is where a text differs from another one, in whole lines: [start, end) stands in the place of the other's
// [start, oldEnd).
type change struct{ start, end, oldEnd int }

// changed compares two texts.
func changed(old, src string) change {
	start := strings.LastIndexByte(src[:samePrefix(old, src)], '\n') + 1
	rest := sameSuffix(old[start:], src[start:])
	if tail := src[len(src)-rest:]; rest < len(src)-start || rest < len(old)-start { // it may begin within a line
		rest -= strings.IndexByte(tail, '\n') + 1
		if !strings.Contains(tail, "\n") {
			rest = 0
		}
	}
	return change{start, len(src) - rest, len(old) - rest}
}

// large reports whether so much is another that comparing is not worth it.
func (c change) large() bool { return c.end-c.start > maxEdit || c.oldEnd-c.start > maxEdit }

// by returns how much further on the lines below the change stand.
func (c change) by() int { return c.end - c.oldEnd }

func (c change) lines(base *text.Lines, src string) *text.Lines {
	return base.After(src, c.start, c.end, c.oldEnd)
}

// ParseModAfter is ParseMod for a text that may be another one with a few lines changed: those at its beginning and at its end that
// base has as well are not read again. It reports false if it has read all of them.
func ParseModAfter(base *Mod, src string) (*Mod, bool) {
	c := changed(base.Text, src)
	if !base.plain || c.large() {
		return ParseMod(src), false
	}
	m := &Mod{Tree: Tree{Text: src}}
	k := &checker{grammar: modGrammar, mod: m, tree: &m.Tree, kept: &kept{change: c, base: base}}
	if !k.run() { // a comment over several lines begins where the change is
		return ParseMod(src), false
	}
	return m, true
}

// kept is what a parse takes over from another one.
type kept struct {
	change
	base *Mod

	// The rows [from, to) are read; below are those of the base from row oldTo on.
	from, to, oldTo int
	next            int // in the base's requirements: none before it stands on a row that is still to come
}

// lex makes the rows of a tree. It reports false where that has to be done without a base.
func (k *kept) lex(x *lexer) bool {
	base, t := &k.base.Tree, x.tree
	t.Lines = k.lines(base.Lines, t.Text)
	at := func(offset int) int {
		return sort.Search(len(base.rows), func(i int) bool { return base.rows[i].start >= offset })
	}
	k.from, k.oldTo = at(k.start), at(k.oldEnd)
	x.rows = make([]row, 0, len(base.rows)+strings.Count(t.Text[k.start:k.end], "\n")+1)
	t.Tokens = make([]Token, 0, len(base.Tokens)+8)
	t.Comments = make([]Comment, 0, len(base.Comments)+1)
	x.take(base, 0, k.from, 0)
	x.lines(k.start, k.end)
	if x.commentEnd > 0 {
		return false
	}
	k.to = len(x.rows)
	x.take(base, k.oldTo, len(base.rows), k.by())
	return true
}

// take takes over the rows [from, to) of another tree, which stand that many bytes further on.
func (x *lexer) take(base *Tree, from, to, by int) {
	if from == to {
		return
	}
	t, rows := x.tree, base.rows[from:to]
	first, last := rows[0], rows[len(rows)-1]
	tokens, comments := len(t.Tokens)-first.tok0, len(t.Comments)-first.com0
	for i := range base.Tokens[first.tok0:last.tok1] {
		token := base.Tokens[first.tok0+i]
		unquoted := len(token.Value) != len(token.Raw)
		token.Start, token.End = token.Start+by, token.End+by
		token.Raw = t.Text[token.Start:token.End]
		if !unquoted {
			token.Value = token.Raw
		}
		t.Tokens = append(t.Tokens, token)
	}
	for i := range base.Comments[first.com0:last.com1] {
		comment := base.Comments[first.com0+i]
		comment.Start, comment.End = comment.Start+by, comment.End+by
		comment.Text = t.Text[comment.Start:comment.End]
		t.Comments = append(t.Comments, comment)
	}
	for _, r := range rows {
		r.start, r.end = r.start+by, r.end+by
		r.tok0, r.tok1, r.com0, r.com1 = r.tok0+tokens, r.tok1+tokens, r.com0+comments, r.com1+comments
		x.rows = append(x.rows, r)
	}
}

// require returns the requirement of the base that stands on the same row as l, and how much further on that is now, if it is the
// same one and nothing is wrong with it; else nil.
func (k *kept) require(l *Line) (r *Require, by int) {
	i := l.Number - 1
	switch {
	case i >= k.to:
		i, by = i-k.to+k.oldTo, k.by()
	case i >= k.from:
		return nil, 0
	}
	all := k.base.Require
	for k.next < len(all) && all[k.next].Line.Number <= i {
		k.next++
	}
	if k.next == len(all) {
		return nil, 0
	}
	r = all[k.next]
	if same := r.Line.Number-1 == i && r.plain && len(l.Args) == 2 && !l.broken &&
		l.Args[0].Start == r.PathTok.Start+by && l.Args[1].Start == r.VersionTok.Start+by && (l.Suffix == nil) == (r.Line.Suffix == nil); !same {
		return nil, 0
	}
	return r, by
}
