package syntax

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/gomodls/gomodls/internal/text"
)

// A SumLine is one line of go.sum or go.work.sum that go reads: path, version and hash.
type SumLine struct {
	Number                          int       // physical line, from 1
	Span                            text.Span // first to last field
	PathSpan, VersionSpan, HashSpan text.Span // VersionSpan includes a "/go.mod"
	Path, Version                   string    // Version without "/go.mod"
	GoMod                           bool      // the hash is that of go.mod alone
	Hash                            string
	Fields                          int // always 3
}

// Key names what the hash is of. The version ends in "/go.mod" where that is go.mod alone.
func (l *SumLine) Key() module.Version {
	if l.GoMod {
		return module.Version{Path: l.Path, Version: l.Version + "/go.mod"}
	}
	return module.Version{Path: l.Path, Version: l.Version}
}

// A Sum is a go.sum or go.work.sum.
type Sum struct {
	Text     string
	Lines    *text.Lines
	Entries  []SumLine // the lines with three fields, in the order of the text
	Problems []Problem // by position
	Edit     *SumEdit  // from ParseSumAfter, where little is another

	plain   bool // no line has a problem of its own, and none is what Git leaves of a merge
	ordered bool // the entries strictly ascend
}

// A SumEdit says what of a Sum is as in another: the first From entries, and those from To on, which are the other's from BaseTo on.
type SumEdit struct {
	Base             *Sum
	From, To, BaseTo int
}

// EntryAt returns the entry on whose line offset lies.
func (s *Sum) EntryAt(offset int) (SumLine, bool) {
	offset = min(max(offset, 0), len(s.Text))
	start := strings.LastIndexByte(s.Text[:offset], '\n') + 1
	i := sort.Search(len(s.Entries), func(i int) bool { return s.Entries[i].Span.Start >= start })
	if i < len(s.Entries) && !strings.Contains(s.Text[start:s.Entries[i].Span.Start], "\n") {
		return s.Entries[i], true
	}
	return SumLine{}, false
}

// emptyGoModHash is the hash of an empty go.mod. An old version of go wrote it for modules that had none; go skips it.
const emptyGoModHash = "h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY="

// ParseSum parses a go.sum or go.work.sum.
func ParseSum(src string) *Sum {
	s := &Sum{Text: src, Lines: text.NewLines(src)}
	s.Entries = make([]SumLine, 0, s.Lines.Count())
	x := sumParser{sum: s}
	merging := strings.Contains(src, markOurs)
	if merging {
		x.conflicts()
	}
	x.rows(0, 0, len(src))
	s.plain = !merging && len(x.problems) == 0
	s.ordered = s.orderly(1, len(s.Entries))
	if !merging { // else the merge comes first
		x.duplicates()
	}
	x.problems.sort()
	s.Problems = x.problems
	return s
}

// markOurs begins what Git leaves of a merge.
const markOurs = "<<<<<<<"

// rows reads the lines of src[at:end], of which the first has that number, from 0.
func (x *sumParser) rows(number, at, end int) {
	src := x.sum.Text
	for at < end {
		next := end
		if i := strings.IndexByte(src[at:end], '\n'); i >= 0 {
			next = at + i + 1
		}
		number++
		x.line(number, at, next)
		at = next
	}
}

// ParseSumAfter is ParseSum for a text that may be another one with a few lines changed: lines at its beginning and at its end that
// base has as well are not read again.
func ParseSumAfter(base *Sum, src string) *Sum {
	c := changed(base.Text, src)
	start, end, oldEnd := c.start, c.end, c.oldEnd
	if !base.plain || c.large() || strings.Contains(src[start:end], markOurs) {
		return ParseSum(src)
	}
	first := func(offset int) int {
		return sort.Search(len(base.Entries), func(i int) bool { return base.Entries[i].Span.Start >= offset })
	}
	from, baseTo := first(start), first(oldEnd)
	s := &Sum{Text: src, Lines: c.lines(base.Lines, src)}
	s.Entries = make([]SumLine, from, len(base.Entries)+strings.Count(src[start:end], "\n")+1)
	copy(s.Entries, base.Entries)
	x := sumParser{sum: s}
	x.rows(base.Lines.Line(start), start, end)
	s.plain = len(x.problems) == 0
	to := len(s.Entries)
	s.Entries = append(s.Entries, base.Entries[baseTo:]...)
	if by, rows := c.by(), strings.Count(src[start:end], "\n")-strings.Count(base.Text[start:oldEnd], "\n"); by != 0 {
		for i := to; i < len(s.Entries); i++ {
			s.Entries[i].move(by, rows)
		}
	}
	s.Edit = &SumEdit{Base: base, From: from, To: to, BaseTo: baseTo}
	s.ordered = base.ordered && s.orderly(max(from, 1), min(to+1, len(s.Entries))) || !base.ordered && s.orderly(1, len(s.Entries))
	x.duplicates()
	x.problems.sort()
	s.Problems = x.problems
	return s
}

// maxEdit is how many bytes may be others for it to be worth comparing.
const maxEdit = 1 << 14

// move says that a line stands that many bytes and lines further on.
func (l *SumLine) move(by, rows int) {
	l.Number += rows
	for _, s := range []*text.Span{&l.Span, &l.PathSpan, &l.VersionSpan, &l.HashSpan} {
		s.Start, s.End = s.Start+by, s.End+by
	}
}

// samePrefix returns how many bytes at the beginning of two texts are the same.
func samePrefix(a, b string) int {
	const block = 1 << 10
	n, most := 0, min(len(a), len(b))
	for n+block <= most && a[n:n+block] == b[n:n+block] {
		n += block
	}
	for n < most && a[n] == b[n] {
		n++
	}
	return n
}

// sameSuffix returns how many bytes at the end of two texts are the same.
func sameSuffix(a, b string) int {
	const block = 1 << 10
	n, most := 0, min(len(a), len(b))
	for n+block <= most && a[len(a)-n-block:len(a)-n] == b[len(b)-n-block:len(b)-n] {
		n += block
	}
	for n < most && a[len(a)-n-1] == b[len(b)-n-1] {
		n++
	}
	return n
}

type sumParser struct {
	sum *Sum
	problems
	merges []merge // still ahead, by line number from 0
}

// fields splits a line as strings.Fields does, and returns the first three fields and the number of all.
func fields(src string, at, end int) (f [3]text.Span, n int) {
	src = src[:end]
	for i := at; i < len(src); {
		if size := space(src, i, end); size > 0 {
			i += size
			continue
		}
		start := i
		for i < len(src) {
			if !graphic[src[i]] && space(src, i, end) > 0 {
				break
			}
			i++
		}
		if n < 3 {
			f[n] = text.Span{Start: start, End: i}
		}
		n++
	}
	return f, n
}

// space returns the length of the blank character at i, or 0. In the middle of another character it is 0 as well.
func space(src string, i, end int) int {
	if c := src[i]; c < utf8.RuneSelf {
		if c == ' ' || '\t' <= c && c <= '\r' {
			return 1
		}
		return 0
	}
	if r, size := utf8.DecodeRuneInString(src[i:end]); unicode.IsSpace(r) {
		return size
	}
	return 0
}

// graphic has the bytes that are no part of a blank character.
var graphic = func() (is [256]bool) {
	for c := '!'; c <= '~'; c++ {
		is[c] = true
	}
	return is
}()

func (x *sumParser) line(number, at, end int) {
	src := x.sum.Text
	f, n := fields(src, at, end)
	if len(x.merges) > 0 && number-1 >= x.merges[0].ours {
		m := x.merges[0]
		row := number - 1
		if row == m.theirs {
			x.merges = x.merges[1:]
		}
		if row == m.ours || row == m.base || row == m.mid || row == m.theirs || m.base >= 0 && m.base < row && row < m.mid {
			return
		}
	}
	if n == 0 {
		return
	}
	if n != 3 {
		x.malformed(at, end, f[0].Start, n)
		return
	}
	e := SumLine{
		Number: number, Span: text.Span{Start: f[0].Start, End: f[2].End}, PathSpan: f[0], VersionSpan: f[1], HashSpan: f[2],
		Path: f[0].In(src), Version: f[1].In(src), Hash: f[2].In(src), Fields: 3,
	}
	e.Version, e.GoMod = strings.CutSuffix(e.Version, "/go.mod")
	x.hash(&e, at, end)
	x.sum.Entries = append(x.sum.Entries, e)
}

func (x *sumParser) malformed(at, end, start, n int) {
	src := x.sum.Text
	span := text.Span{Start: start, End: start + len(strings.TrimRightFunc(src[start:end], unicode.IsSpace))}
	words := "fields"
	if n == 1 {
		words = "field"
	}
	p := x.add("sum-malformed", Refused, Lexical, span, nil, "a line has three fields, this one has %d %s; every command that checks a sum refuses the file", n, words)
	p.prefer("Delete the line", remove(text.Span{Start: at, End: end}))
}

// hash reports what go takes for no checksum.
func (x *sumParser) hash(e *SumLine, at, end int) {
	h, isH1 := strings.CutPrefix(e.Hash, "h1:")
	version := e.VersionSpan.In(x.sum.Text)
	var p *Problem
	switch {
	case !isH1:
		p = x.add("sum-unknown-algorithm", Silent, Later, e.HashSpan, nil, "go knows only checksums that begin with h1:, so %s %s counts as missing", e.Path, version)
	case !validHash(h):
		p = x.add("sum-unchecked-junk", Silent, Later, e.HashSpan, nil, "this is no SHA-256 checksum, so it can match nothing")
	case strings.IndexByte(e.Version, '/') >= 0 || e.Version == "" || e.Version[0] != 'v':
		p = x.add("sum-unchecked-junk", Silent, Later, e.VersionSpan, nil, "%s is no version, so go never looks for this line", version)
	case e.Hash == emptyGoModHash:
		p = x.add("sum-empty-gomod-hash", Silent, Later, e.HashSpan, nil, "this is the checksum of an empty go.mod, which go skips")
	default:
		return
	}
	p.prefer("Delete the line of "+e.Path+" "+version, remove(text.Span{Start: at, End: end}))
}

// validHash reports whether h is the base64 form of 32 bytes.
func validHash(h string) bool {
	if len(h) != 44 || h[43] != '=' {
		return false
	}
	for i := 0; i < 43; i++ {
		if !base64Byte[h[i]] {
			return false
		}
	}
	return true
}

var base64Byte = func() (is [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		is[c] = true
	}
	return is
}()

// conflicts reports what Git left of a merge. Both sides of a go.sum are true, so all their lines can stay.
func (x *sumParser) conflicts() {
	src := x.sum.Text
	starts := []int{0}
	for i := 0; i < len(src); i++ {
		if src[i] == '\n' {
			starts = append(starts, i+1)
		}
	}
	starts = append(starts, len(src))
	line := func(i int) string { return src[starts[i]:starts[i+1]] }
	x.merges = merges(len(starts)-1, line)
	for _, m := range x.merges {
		ours, theirs := label(line(m.ours)), label(line(m.theirs))
		start := starts[m.ours]
		span := text.Span{Start: start, End: start + len(strings.TrimRight(line(m.ours), " \t\r\n"))}
		p := x.add("conflict-markers", Refused, Lexical, span, nil, "a merge of %s and %s left a conflict here", ours, theirs)
		p.relate(text.Span{Start: starts[m.mid], End: starts[m.mid] + 7}, "the other side begins here")
		p.relate(text.Span{Start: starts[m.theirs], End: starts[m.theirs] + 7}, "the conflict ends here")
		p.prefer("Keep both sides", x.keepBoth(m, starts)...)
	}
}

// keepBoth deletes the markers, the common ancestor, and lines of their side that ours has too.
func (x *sumParser) keepBoth(m merge, starts []int) []text.Edit {
	row := func(i int) text.Span { return text.Span{Start: starts[i], End: starts[i+1]} }
	have := make(map[string]bool, m.mid-m.ours)
	middle := m.mid
	if m.base >= 0 {
		middle = m.base
	}
	for i := m.ours + 1; i < middle; i++ {
		have[strings.TrimSpace(row(i).In(x.sum.Text))] = true
	}
	edits := []text.Edit{remove(row(m.ours)), remove(text.Span{Start: starts[middle], End: starts[m.mid+1]})}
	for i := m.mid + 1; i < m.theirs; i++ {
		if have[strings.TrimSpace(row(i).In(x.sum.Text))] {
			edits = append(edits, remove(row(i)))
		}
	}
	return append(edits, remove(row(m.theirs)))
}

type sumKey struct {
	path, version string
	goMod         bool
}

// duplicates reports lines for one key.
func (x *sumParser) duplicates() {
	if x.sum.ordered {
		return
	}
	entries := x.sum.Entries
	first := make(map[sumKey]int, len(entries))
	hashes := make(map[sumKey][]int)
	for i, e := range entries {
		k := sumKey{e.Path, e.Version, e.GoMod}
		j, dup := first[k]
		if !dup {
			first[k] = i
			continue
		}
		if hashes[k] == nil {
			hashes[k] = []int{j}
		}
		hashes[k] = append(hashes[k], i)
	}
	for i, e := range entries {
		k := sumKey{e.Path, e.Version, e.GoMod}
		if list := hashes[k]; list != nil && list[0] == i {
			x.duplicate(list)
		}
	}
	if len(hashes) == 0 {
		x.unsorted()
	}
}

// orderly reports whether entries strictly ascend, as go writes them, each of those from the place from up to the place to with the
// one before it. If all do, there are no duplicates.
func (s *Sum) orderly(from, to int) bool {
	e := s.Entries
	for i := from; i < to; i++ {
		if c := compareSum(&e[i-1], &e[i]); c > 0 || c == 0 && e[i-1].Version >= e[i].Version {
			return false
		}
	}
	return true
}

// compareSum compares the keys of two lines as go sorts them.
func compareSum(a, b *SumLine) int {
	if a.Path != b.Path {
		return strings.Compare(a.Path, b.Path)
	}
	if a.Version != b.Version {
		return semver.Compare(a.Version, b.Version)
	}
	switch {
	case a.GoMod == b.GoMod:
		return 0
	case b.GoMod:
		return -1
	}
	return 1
}

// Row returns the whole physical line of an entry.
func (s *Sum) Row(e *SumLine) text.Span {
	end := len(s.Text)
	if i := strings.IndexByte(s.Text[e.Span.End:], '\n'); i >= 0 {
		end = e.Span.End + i + 1
	}
	return text.Span{Start: strings.LastIndexByte(s.Text[:e.Span.Start], '\n') + 1, End: end}
}

// duplicate reports the entries of one key, given by their indices.
func (x *sumParser) duplicate(list []int) {
	s := x.sum
	byHash := make(map[string]*SumLine, 1)
	var first *SumLine // with a hash that go compares
	for _, i := range list {
		e := &s.Entries[i]
		name := e.Path + " " + e.VersionSpan.In(s.Text)
		if same := byHash[e.Hash]; same != nil {
			x.add("sum-duplicate-line", Silent, Later, e.Span, nil, "the checksum of %s stands above already", name).
				relate(same.Span, "the same line").prefer("Delete the second line of "+name, remove(s.Row(e)))
			continue
		}
		byHash[e.Hash] = e
		if !strings.HasPrefix(e.Hash, "h1:") || e.Hash == emptyGoModHash {
			continue
		}
		if first == nil {
			first = e
			continue
		}
		x.add("sum-conflicting-lines", Silent, Later, e.HashSpan, nil, "%s has two checksums; at most one of them is right", name).
			relate(first.HashSpan, "the other checksum") // which to keep is for whoever can prove it
	}
}

// unsorted reports the first entry that is not in go's order.
func (x *sumParser) unsorted() {
	s := x.sum
	for i := 1; i < len(s.Entries); i++ {
		if compareSum(&s.Entries[i-1], &s.Entries[i]) <= 0 {
			continue
		}
		p := x.add("sum-unsorted", Silent, Later, s.Entries[i].Span, nil, "this line is not where go would write it")
		p.relate(s.Entries[i-1].Span, "it sorts before this one")
		x.suggestSort(p)
		return
	}
}

// suggestSort offers to put the lines into go's order, unless there are other lines between them.
func (x *sumParser) suggestSort(p *Problem) {
	s := x.sum
	rows := make([]string, len(s.Entries))
	sorted := make([]*SumLine, len(s.Entries))
	for i := range s.Entries {
		sorted[i] = &s.Entries[i]
		row := s.Row(sorted[i])
		if i > 0 && row.Start != s.Row(&s.Entries[i-1]).End {
			return
		}
		rows[i] = row.In(s.Text)
	}
	if !strings.HasSuffix(rows[len(rows)-1], "\n") {
		return
	}
	sort.SliceStable(sorted, func(i, j int) bool { return compareSum(sorted[i], sorted[j]) < 0 })
	lo, hi := 0, len(sorted)
	for lo < hi && sorted[lo] == &s.Entries[lo] {
		lo++
	}
	for hi > lo && sorted[hi-1] == &s.Entries[hi-1] {
		hi--
	}
	var out strings.Builder
	for _, e := range sorted[lo:hi] {
		out.WriteString(s.Row(e).In(s.Text))
	}
	p.prefer("Sort the lines", substitute(text.Span{Start: s.Row(&s.Entries[lo]).Start, End: s.Row(&s.Entries[hi-1]).End}, out.String()))
}
