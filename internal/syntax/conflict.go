package syntax

import (
	"go/version"
	"sort"
	"strings"

	"golang.org/x/mod/semver"

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
		prob.relate(text.Span{Start: whole.Start, End: at(m.theirs) + len(">>>>>>>")}, "go takes each of these lines for what it says")
		same := src[p.rows[m.ours].end:at(ancestor)] == src[p.rows[m.mid].end:at(m.theirs)]
		prob.offer(same, "Keep ours ("+ours+")",
			remove(text.Span{Start: whole.Start, End: p.rows[m.ours].end}), remove(text.Span{Start: at(ancestor), End: whole.End}))
		prob.suggest("Keep theirs ("+theirs+")",
			remove(text.Span{Start: whole.Start, End: p.rows[m.mid].end}), remove(text.Span{Start: at(m.theirs), End: whole.End}))
		if edits := p.union(m, ancestor); edits != nil {
			prob.prefer("Keep both sides, with the higher version of each module", edits...)
		}
	}
}

// union returns the edits that leave what both sides require, each module at the higher of its versions, which is what go
// would select. It returns nil where a side holds anything but requirements and versions of Go.
func (p *parser) union(m merge, ancestor int) []text.Edit {
	in := p.openBlock(m.ours)
	type want struct {
		row      int
		version  string
		indirect bool
	}
	best := map[string]want{}
	drop := map[int]bool{m.ours: true, m.theirs: true}
	for i := ancestor; i <= m.mid; i++ {
		drop[i] = true
	}
	for i := m.ours + 1; i < m.theirs; i++ {
		r := &p.rows[i]
		toks := p.tree.Tokens[r.tok0:r.tok1]
		if drop[i] || len(toks) == 0 && p.suffix(r) == nil {
			continue
		}
		verb := in
		if verb == "" && len(toks) > 0 {
			verb, toks = toks[0].Raw, toks[1:]
		}
		if len(toks) == 0 || p.refused(verb, toks) {
			return nil
		}
		comment := p.suffix(r)
		now := want{i, toks[len(toks)-1].Value, comment != nil && strings.HasPrefix(comment.Text, "// indirect")}
		key, above := verb, false
		old, ok := best[key]
		switch verb {
		case "require":
			key = verb + " " + toks[0].Value
			old, ok = best[key]
			above = semver.Compare(now.version, old.version) > 0
		case "go", "toolchain":
			if p.hasOutside(verb, m) {
				return nil
			}
			above = version.Compare("go"+strings.TrimPrefix(now.version, "go"), "go"+strings.TrimPrefix(old.version, "go")) > 0
		default:
			return nil
		}
		if ok && !above && (now.version != old.version || now.indirect || !old.indirect) {
			drop[i] = true
			continue
		}
		if ok {
			drop[old.row] = true
		}
		best[key] = now
	}
	var edits []text.Edit
	for i := m.ours; i <= m.theirs; i++ {
		if drop[i] {
			edits = append(edits, remove(text.Span{Start: p.rows[i].start, End: p.rows[i].end}))
		}
	}
	return edits
}

// hasOutside reports whether a row outside a conflict begins with a directive.
func (p *parser) hasOutside(verb string, m merge) bool {
	for i := range p.rows {
		if r := &p.rows[i]; (i < m.ours || i > m.theirs) && r.tok0 < r.tok1 && p.tree.Tokens[r.tok0].Raw == verb {
			return true
		}
	}
	return false
}

// openBlock returns the directive of the block that row i lies in, or "".
func (p *parser) openBlock(i int) string {
	for i--; i >= 0; i-- {
		toks := p.tree.Tokens[p.rows[i].tok0:p.rows[i].tok1]
		switch n := len(toks); {
		case n == 0:
		case toks[n-1].Raw == "(":
			return toks[0].Raw
		case toks[0].Raw == ")":
			return ""
		}
	}
	return ""
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
