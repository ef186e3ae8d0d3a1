package syntax

import (
	"sort"
	"strings"

	"github.com/gomodls/gomodls/internal/text"
)

// A conflict is the state of the parser with regard to what Git leaves in a file that it could not merge.
//
// Both sides are parsed, each as if the other were not there; a common ancestor between them (the diff3 style) is not.
type conflict struct {
	roles   map[int]role // what to do with a row; absent for most
	block   *Block       // the block that was open where the conflict began
	skipped bool         // the rows are those of the common ancestor
}

type role uint8

const (
	ourMarker   role = iota + 1 // <<<<<<< label
	baseMarker                  // ||||||| label
	midMarker                   // =======
	theirMarker                 // >>>>>>> label
)

// marker returns what a line means in a conflict, or 0. Git writes a label behind the first and the last marker, which
// tells them from a strange module path.
func marker(line string) role {
	if len(line) < 7 {
		return 0
	}
	label := strings.TrimSpace(line[7:]) != ""
	if label && line[7] != ' ' {
		return 0
	}
	switch line[:7] {
	case "<<<<<<<":
		if label {
			return ourMarker
		}
	case "|||||||":
		return baseMarker
	case "=======":
		if !label {
			return midMarker
		}
	case ">>>>>>>":
		if label {
			return theirMarker
		}
	}
	return 0
}

// A merge is one complete conflict, by the numbers of its marker lines. base is -1 where there is none.
type merge struct{ ours, base, mid, theirs int }

// merges returns the complete conflicts among n lines.
func merges(n int, line func(int) string) []merge {
	var found []merge
	none := merge{-1, -1, -1, -1}
	m := none
	for i := 0; i < n; i++ {
		s := line(i)
		if len(s) == 0 || strings.IndexByte("<|=>", s[0]) < 0 {
			continue
		}
		switch marker(s) {
		case ourMarker:
			m = none
			m.ours = i
		case baseMarker:
			if m.ours >= 0 && m.mid < 0 {
				m.base = i
			}
		case midMarker:
			if m.ours >= 0 && m.mid < 0 {
				m.mid = i
			}
		case theirMarker:
			if m.mid >= 0 {
				m.theirs = i
				found = append(found, m)
			}
			m = none
		}
	}
	return found
}

func (p *parser) findConflicts() {
	src := p.tree.Text
	line := func(i int) string { return src[p.rows[i].start:p.rows[i].end] }
	for _, m := range merges(len(p.rows), line) {
		if p.conflict.roles == nil {
			p.conflict.roles = make(map[int]role)
		}
		p.conflict.roles[m.ours] = ourMarker
		p.conflict.roles[m.mid] = midMarker
		p.conflict.roles[m.theirs] = theirMarker
		ancestor := m.mid
		if m.base >= 0 {
			p.conflict.roles[m.base] = baseMarker
			ancestor = m.base
		}
		at := func(i int) int { return p.rows[i].start }
		whole := text.Span{Start: at(m.ours), End: p.rows[m.theirs].end}
		p.tree.conflicts = append(p.tree.conflicts, whole)
		ours, theirs := label(line(m.ours)), label(line(m.theirs))
		span := text.Span{Start: whole.Start, End: whole.Start + len(strings.TrimRight(line(m.ours), " \t\r\n"))}
		prob := p.problems.add("conflict-markers", Refused, Directive, span, nil, "a merge of %s and %s left a conflict here", ours, theirs)
		prob.relate(text.Span{Start: at(m.mid), End: at(m.mid) + len("=======")}, "the other side begins here")
		prob.relate(text.Span{Start: at(m.theirs), End: at(m.theirs) + len(">>>>>>>")}, "the conflict ends here")
		prob.suggest("Keep ours ("+ours+")",
			remove(text.Span{Start: whole.Start, End: p.rows[m.ours].end}), remove(text.Span{Start: at(ancestor), End: whole.End}))
		prob.suggest("Keep theirs ("+theirs+")",
			remove(text.Span{Start: whole.Start, End: p.rows[m.mid].end}), remove(text.Span{Start: at(m.theirs), End: whole.End}))
	}
}

func label(line string) string { return strings.TrimSpace(line[7:]) }

// conflictRow reports whether row i belongs to no statement because of a conflict.
func (p *parser) conflictRow(i int) bool {
	c := &p.conflict
	if c.roles == nil {
		return false
	}
	switch c.roles[i] {
	case ourMarker:
		c.block = p.block
	case baseMarker:
		c.skipped = true
	case midMarker:
		if p.block != nil && p.block != c.block {
			p.unterminated(i)
		}
		p.block, c.skipped = c.block, false
	case theirMarker:
		c.block = nil
	default:
		return c.skipped
	}
	p.before = nil
	return true
}

// outsideConflicts returns the problems that do not follow from a conflict.
func (t *Tree) outsideConflicts(ps problems) problems {
	if len(t.conflicts) == 0 {
		return ps
	}
	kept := ps[:0]
	for _, p := range ps {
		i := sort.Search(len(t.conflicts), func(i int) bool { return t.conflicts[i].End > p.Span.Start })
		inside := i < len(t.conflicts) && t.conflicts[i].Start <= p.Span.Start
		if !inside || p.Kind == "conflict-markers" {
			kept = append(kept, p)
		}
	}
	return kept
}
