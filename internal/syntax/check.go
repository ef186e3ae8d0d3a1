package syntax

import (
	"cmp"
	"fmt"
	"go/version"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/gomodls/gomodls/internal/text"
)

// A checker reads the lines of a tree as directives: it makes the entries and reports what go would say about them.
type checker struct {
	grammar   *grammar
	goVersion string // of the go command, or "" for the newest
	tree      *Tree
	mod       *Mod  // exactly one of mod and work is set, or none when a line is only tried out
	work      *Work //
	problems

	line        *Line // the line being read
	trial       bool  // only whether a line is refused is of interest
	retrials    int   // how many texts have been read to see what a way out would make
	retrial     bool  // the text is one that a way out would make; it needs none of its own
	refusedLine bool  // a problem of it has been reported that makes it invalid
	moduleSeen  bool
	statements  map[string]int // how many there are of each directive; see count
	requires    slab[Require]
	kept        *kept      // of another parse, or nil
	fresh       []*Require // the valid ones that are not taken from it
}

// run reports whether the text was read; that is always so if there is nothing to keep.
func (c *checker) run() bool {
	var ok bool
	if c.problems, ok = parse(c.tree, c.grammar, c.kept, func(verb string, args []Token) bool { return refused(c.grammar, verb, args) }); !ok {
		return false
	}
	for _, s := range c.tree.Stmts {
		switch {
		case s.Line != nil:
			c.read(s.Line)
		case c.knownBlock(s.Block):
			for _, l := range s.Block.Lines {
				c.read(l)
			}
		}
	}
	c.wholeFile()
	c.spelling()
	c.locate()
	if !c.retrial {
		c.lastResort()
	}
	ps := c.tree.outsideConflicts(c.problems)
	ps.sort()
	c.tree.Problems = ps
	return true
}

// refused reports whether go would refuse a line of this form, whatever else stands in the file.
func refused(g *grammar, verb string, args []Token) bool {
	l := &Line{Verb: verb, VerbTok: absent, Args: args}
	switch {
	case len(args) > 0:
		l.Span = spanOf(args)
	}
	c := &checker{grammar: g, tree: &Tree{}, trial: true}
	c.read(l)
	return c.refusedLine
}

// refuse reports a problem of the current line that go reports while parsing. It returns nil if nobody wants to see it.
func (c *checker) refuse(kind string, span text.Span, format string, args ...any) *Problem {
	c.refusedLine, c.line.refused = true, true
	if c.trial || c.line.broken { // what is wrong with a broken line has been said
		return nil
	}
	return c.add(kind, Refused, Directive, span, c.line, format, args...)
}

// later reports a problem for which go refuses the file after parsing it.
func (c *checker) later(kind string, span text.Span, l *Line, format string, args ...any) *Problem {
	return c.add(kind, Refused, Later, span, l, format, args...)
}

// alone is like later, for what go refuses only when it loads the module without a go.work.
func (c *checker) alone(kind string, span text.Span, l *Line, format string, args ...any) *Problem {
	p := c.later(kind, span, l, format, args...)
	p.NotInWorkspace = true
	return p
}

// silent reports something that go accepts.
func (c *checker) silent(kind string, span text.Span, l *Line, format string, args ...any) *Problem {
	return c.add(kind, Silent, Later, span, l, format, args...)
}

// knownBlock reports whether go reads the lines of b.
func (c *checker) knownBlock(b *Block) bool {
	verb := b.Verb.Raw
	if len(b.Extra) == 0 && has(c.grammar.blocks, verb) {
		if since := directiveSince[verb]; c.older(since) {
			c.add("unknown-block", Refused, Directive, b.Header(), nil, "Go %s does not know %s; it needs Go %s", c.goVersion, verb, since)
		}
		return true
	}
	p := c.add("unknown-block", Refused, Directive, b.Header(), nil, "%s", c.unknownBlock(b))
	known := has(c.grammar.verbs, verb)
	switch {
	case len(b.Extra) > 0 && has(c.grammar.blocks, verb):
		p.offer(c.fits(verb, b.Lines), "Delete "+strconv.Quote(joinRaw(b.Extra)), remove(text.Span{Start: b.Verb.End, End: b.Extra[len(b.Extra)-1].End}))
	case len(b.Extra) > 0:
	case known:
		c.suggestUnfactor(p, b)
	default:
		c.suggestVerb(p, b.Verb, c.grammar.blocks, func(v string) bool { return c.fits(v, b.Lines) })
	}
	for _, l := range b.Lines {
		l.broken = true
	}
	return known
}

// fits reports whether go would accept lines in a block of verb.
func (c *checker) fits(verb string, lines []*Line) bool {
	for _, l := range lines {
		if l.broken || refused(c.grammar, verb, l.Args) {
			return false
		}
	}
	return !c.taken(verb) && (verb != "module" || len(lines) == 1)
}

// count returns how many statements of the file have a directive.
func (c *checker) count(verb string) int {
	if c.statements == nil {
		c.statements = make(map[string]int)
		for _, s := range c.tree.Stmts {
			if s.Line != nil {
				c.statements[s.Line.Verb]++
			} else {
				c.statements[s.Block.Verb.Raw]++
			}
		}
	}
	return c.statements[verb]
}

// taken reports whether the file has a directive already that it may have but once.
func (c *checker) taken(verb string) bool {
	return (verb == "module" || verb == "go" || verb == "toolchain") && c.count(verb) > 0
}

// suggestUnfactor offers to write a block of one line as a line, below the comments of both, and to delete one that is empty.
func (c *checker) suggestUnfactor(p *Problem, b *Block) {
	if b.RParen.IsZero() || len(b.Lines) > 1 || len(b.Extra) > 0 {
		return
	}
	var inside []Comment
	if b.Suffix != nil {
		inside = append(inside, *b.Suffix)
	}
	if len(b.Lines) == 0 {
		if len(inside)+len(b.Trailing) == 0 && b.RParenSuffix == nil {
			p.prefer("Delete the empty block", remove(b.Full))
		}
		return
	}
	l := b.Lines[0]
	if l.Full == l.Span || l.broken || refused(c.grammar, l.Verb, l.Args) {
		return
	}
	newline := "\n"
	if strings.HasSuffix(l.Full.In(c.tree.Text), "\r\n") {
		newline = "\r\n"
	}
	var head, tail string
	for _, comment := range append(inside, l.Before...) {
		head += comment.Text + newline
	}
	for _, comment := range b.Trailing {
		tail += newline + comment.Text
	}
	end := l.Span.End
	if l.Suffix != nil {
		end = l.Suffix.End
	}
	before := substitute(text.Span{Start: b.Verb.Start, End: l.Span.Start}, head+b.Verb.Raw+" ")
	if head == "" {
		gap := " "
		if c.tree.Text[b.LParen.Start-1] == ' ' {
			gap = ""
		}
		before = substitute(text.Span{Start: b.LParen.Start, End: l.Span.Start}, gap)
	}
	p.offer(c.count(b.Verb.Raw) == 1, "Write it as one line", before, substitute(text.Span{Start: end, End: b.RParen.End}, tail))
}

// suggestVerb offers the directive that a misspelt one probably stands for.
func (c *checker) suggestVerb(p *Problem, tok Token, verbs []string, fits func(string) bool) {
	if p == nil {
		return
	}
	best, least := "", 3
	for _, v := range verbs {
		if d := text.Distance(strings.ToLower(tok.Raw), v, least-1); d < least && d < len(v) {
			best, least = v, d
		}
	}
	if best != "" {
		p.offer(fits(best), "Write "+best, substitute(tok.Span, best))
	}
}

func (c *checker) unknownBlock(b *Block) string {
	verb := b.Verb.Raw
	switch {
	case len(b.Extra) > 0:
		return fmt.Sprintf("a block has one word before its (, this one has %d", 1+len(b.Extra))
	case has(c.grammar.verbs, verb):
		return fmt.Sprintf("%s takes one line and cannot be a block", verb)
	}
	return c.unknownVerb(verb)
}

func (c *checker) unknownVerb(verb string) string {
	other := modGrammar
	if !c.grammar.work {
		other = workGrammar
	}
	if has(other.verbs, verb) {
		return fmt.Sprintf("%s is a directive of %s, not of %s", verb, other.name, c.grammar.name)
	}
	return fmt.Sprintf("%s is no directive of %s", verb, c.grammar.name)
}

// directiveSince has the version of Go from which on a main module's go.mod or a go.work may have a directive, according
// to the release notes. Directives older than those are left out.
var directiveSince = map[string]string{"toolchain": "1.21", "godebug": "1.23", "tool": "1.24", "ignore": "1.25"}

// older reports whether the go command is older than a version.
func (c *checker) older(since string) bool {
	return c.goVersion != "" && since != "" && version.Compare(version.Lang("go"+c.goVersion), "go"+since) < 0
}

// read reads one line.
func (c *checker) read(l *Line) {
	c.line, c.refusedLine = l, l.broken
	if since := directiveSince[l.Verb]; l.Block == nil && c.older(since) && has(c.grammar.verbs, l.Verb) {
		c.refuse("unknown-directive", l.VerbTok.Span, "Go %s does not know %s; it needs Go %s", c.goVersion, l.Verb, since)
	}
	if !has(c.grammar.verbs, l.Verb) {
		p := c.refuse("unknown-directive", l.VerbTok.Span, "%s", c.unknownVerb(l.Verb))
		c.suggestVerb(p, *l.VerbTok, c.grammar.verbs, func(v string) bool { return !c.taken(v) && !refused(c.grammar, v, l.Args) })
		if p != nil {
			c.suggestEntry(p, l)
			p.suggest("Delete "+c.quoteLine(l), remove(l.Full))
		}
		return
	}
	switch l.Verb {
	case "module":
		c.readModule(l)
	case "go":
		c.readGo(l)
	case "toolchain":
		c.readToolchain(l)
	case "godebug":
		c.readGodebug(l)
	case "require", "exclude":
		c.readRequire(l)
	case "replace":
		c.readReplace(l)
	case "retract":
		c.readRetract(l)
	case "tool", "ignore", "use":
		c.readPath(l)
	}
}

// arg returns the i-th argument, or the zero Token.
func (l *Line) arg(i int) Token { return *l.argument(i) }

// argument returns the argument at i, or an absent token.
func (l *Line) argument(i int) *Token {
	if i < len(l.Args) {
		return &l.Args[i]
	}
	return absent
}

// withArgs writes other arguments, apart from the directive, which may end where a bracket begins.
func (l *Line) withArgs(args string) text.Edit {
	span := spanOf(l.Args)
	if span.Start == l.VerbTok.End {
		args = " " + args
	}
	return substitute(span, args)
}

// value decodes a token as go does, and reports what it refuses.
func (c *checker) value(t Token) (string, bool) {
	v, ok := decode(t.Raw)
	switch {
	case ok:
		return v, true
	case strings.HasPrefix(t.Raw, `"`):
		p := c.refuse("bad-escape", t.Span, "%s is no valid quoted string", t.Raw)
		if s := strings.Trim(t.Raw, `"`); s != "" && !modfile.MustQuote(s) && !strings.Contains(s, `\`) {
			p.suggest("Remove the quotes", substitute(t.Span, s))
		}
	case t.Kind == String:
		p := c.refuse("backquote-rejected", t.Span, "go accepts only double quotes, not back-quotes")
		if s := modfile.AutoQuote(strings.Trim(t.Raw, "`")); p != nil && len(s) >= len(t.Raw)-2 {
			p.offer(c.acceptsWith(t, s), "Write "+s, substitute(t.Span, s))
		}
	default:
		p := c.refuse("backquote-rejected", t.Span, "a word without double quotes around it cannot contain a quote")
		if s := strings.Trim(t.Raw, "'"); p != nil && len(s) == len(t.Raw)-2 && s != "" && !strings.ContainsAny(s, "\"'`") && !modfile.MustQuote(s) {
			p.offer(c.acceptsWith(t, s), "Write "+s, substitute(t.Span, s))
		} else if bare := strings.NewReplacer(`\"`, "", `\'`, "", `"`, "", "'", "", "`", "").Replace(t.Raw); p != nil && bare != "" && !modfile.MustQuote(bare) {
			p.offer(c.acceptsWith(t, bare), "Write "+bare, substitute(t.Span, bare))
		}
	}
	return t.Value, false
}

// decode returns what a token stands for, and false if go refuses it.
func decode(raw string) (string, bool) {
	if strings.HasPrefix(raw, `"`) {
		v, err := strconv.Unquote(raw)
		return v, err == nil
	}
	return raw, strings.IndexByte(raw, '"') < 0 && strings.IndexByte(raw, '\'') < 0 && strings.IndexByte(raw, '`') < 0
}

func joinRaw(toks []Token) string {
	var b strings.Builder
	for i, t := range toks {
		if i > 0 && toks[i-1].End < t.Start {
			b.WriteByte(' ')
		}
		b.WriteString(t.Raw)
	}
	return b.String()
}

// deleteLine offers to delete l.
func (c *checker) deleteLine(p *Problem, l *Line) {
	if p != nil {
		edit := remove(l.Full)
		if remark := l.Remark(); remark != "" {
			edit = substitute(text.Span{Start: l.Span.Start, End: l.Suffix.End}, remark)
		}
		p.prefer("Delete "+c.quoteLine(l), edit)
	}
}

// quoteLine returns what a title says for l.
func (c *checker) quoteLine(l *Line) string {
	const most = 60
	s := l.Span.In(c.tree.Text)
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most]) + "…"
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// dropExtra offers to delete the arguments from the n-th on.
func (c *checker) dropExtra(p *Problem, l *Line, n int) {
	if p == nil || n == 0 || len(l.Args) <= n || l.Args[n-1].Raw == "(" { // which would begin a block
		return
	}
	if end := l.Args[n-1].End; strings.Contains(c.tree.Text[end:l.Span.End], "\r") {
		if !strings.Contains(c.tree.Text[l.Span.Start:end], "\r") {
			c.breakRows(p, text.Span{Start: end, End: l.Span.End})
		}
		return
	}
	title := "Delete " + strconv.Quote(joinRaw(l.Args[n:]))
	ok := !refused(c.grammar, l.Verb, l.Args[:n]) && (!c.taken(l.Verb) || c.count(l.Verb) == 1)
	p.offer(ok, title, remove(text.Span{Start: l.Args[n-1].End, End: l.Span.End}))
}

// breakRows offers to break a line at the carriage returns in span, which go takes for blanks.
func (c *checker) breakRows(p *Problem, span text.Span) {
	var edits []text.Edit
	for at := span.Start; at < span.End; at++ {
		if c.tree.Text[at] == '\r' {
			edits = append(edits, substitute(text.Span{Start: at, End: at + 1}, "\n"))
		}
	}
	p.suggest("Break the line at its carriage returns", edits...)
}

func (c *checker) readModule(l *Line) {
	m := &Module{Line: l, PathTok: l.arg(0), Path: l.arg(0).Value, Deprecated: deprecation(l.remark())}
	repeated := c.moduleSeen
	c.moduleSeen = repeated || !l.broken
	switch {
	case repeated:
		p := c.refuse("module-repeated", l.Span, "this file has a module line already")
		if c.mod != nil {
			p.relate(c.mod.Module.Line.Span, "the first module line")
		}
		c.deleteLine(p, l)
	case len(l.Args) != 1:
		p := c.refuse("module-usage", l.Span, "a module line has one argument, the module's path")
		c.dropExtra(p, l, 1)
	default:
		m.Path, _ = c.value(m.PathTok)
	}
	m.Valid = !c.refusedLine
	if c.mod != nil && (c.mod.Module == nil || c.mod.Module.Line.broken) {
		c.mod.Module = m
	}
}

// cutGo removes what people write around a Go version, such as the v of v1.21.
func cutGo(s string) string {
	s = strings.Trim(s, "\"'`")
	s = strings.TrimPrefix(strings.TrimPrefix(s, "go"), "v")
	s = strings.TrimSuffix(strings.TrimSuffix(s, ".x"), ".*")
	var parts []string
	for _, n := range strings.Split(s, ".") {
		if t := strings.TrimLeft(n, "0"); t != "" && t[0] >= '1' && t[0] <= '9' {
			n = t
		} else if strings.Trim(n, "0") == "" && n != "" {
			n = "0"
		}
		parts = append(parts, n)
	}
	return strings.Join(parts, ".")
}

func (c *checker) readGo(l *Line) {
	g := &Go{Line: l, VersionTok: l.arg(0), Version: l.arg(0).Value}
	var first *Go
	switch {
	case c.mod != nil:
		first = c.mod.Go
	case c.work != nil:
		first = c.work.Go
	}
	switch {
	case first != nil && first.Valid:
		p := c.refuse("go-repeated", l.Span, "this file has a go line already")
		p.relate(first.Line.Span, "the first go line")
		if c.deleteLine(p, l); p != nil && len(l.Args) == 1 && version.Compare("go"+g.Version, "go"+first.Version) > 0 &&
			modfile.GoVersionRE.MatchString(g.VersionTok.Raw) {
			p.Suggest[0].Preferred = false // the higher one is the one to keep
			p.offer(c.count("go") == 2, "Delete "+c.quoteLine(first.Line), remove(first.Line.Full))
		}
	case len(l.Args) != 1:
		p := c.refuse("go-arg-count", l.Span, "a go line has one argument, a version such as 1.23.0")
		c.dropExtra(p, l, 1)
	case !modfile.GoVersionRE.MatchString(g.VersionTok.Raw):
		p := c.refuse("go-version-syntax", g.VersionTok.Span, "%s is no Go version; write one such as 1.23.0", g.VersionTok.Raw)
		if v := cutGo(g.VersionTok.Raw); modfile.GoVersionRE.MatchString(v) {
			p.offer(c.count("go") == 1, "Write "+v, substitute(g.VersionTok.Span, v))
		}
	}
	g.Valid = !c.refusedLine
	if first == nil || g.Valid && !first.Valid {
		switch {
		case c.mod != nil:
			c.mod.Go = g
		case c.work != nil:
			c.work.Go = g
		}
	}
}

func (c *checker) readToolchain(l *Line) {
	t := &Toolchain{Line: l, NameTok: l.arg(0), Name: l.arg(0).Value}
	var first *Toolchain
	switch {
	case c.mod != nil:
		first = c.mod.Toolchain
	case c.work != nil:
		first = c.work.Toolchain
	}
	switch {
	case first != nil && first.Valid:
		p := c.refuse("toolchain-repeated", l.Span, "this file has a toolchain line already")
		p.relate(first.Line.Span, "the first toolchain line")
		c.deleteLine(p, l)
	case len(l.Args) != 1:
		p := c.refuse("toolchain-arg-count", l.Span, "a toolchain line has one argument, a name such as go1.23.0")
		c.dropExtra(p, l, 1)
	case !modfile.ToolchainRE.MatchString(t.NameTok.Raw):
		p := c.refuse("toolchain-name-syntax", t.NameTok.Span, "%s names no toolchain; write one such as go1.23.0", t.NameTok.Raw)
		if v := "go" + cutGo(t.NameTok.Raw); modfile.ToolchainRE.MatchString(v) && version.IsValid(v) {
			p.offer(c.count("toolchain") == 1, "Write "+v, substitute(t.NameTok.Span, v))
		}
	}
	t.Valid = !c.refusedLine
	if first == nil || t.Valid && !first.Valid {
		switch {
		case c.mod != nil:
			c.mod.Toolchain = t
		case c.work != nil:
			c.work.Toolchain = t
		}
	}
}

func (c *checker) readGodebug(l *Line) {
	g := &Godebug{Line: l, Tok: l.arg(0)}
	key, value, ok := strings.Cut(g.Tok.Raw, "=")
	if len(l.Args) != 1 || !ok || strings.ContainsAny(g.Tok.Raw, "\"`',") {
		c.suggestGodebug(c.refuse("godebug-usage", l.Span, "a godebug line has one argument of the form key=value, without quotes and commas"), l)
	}
	g.Key, g.Value = key, value
	g.KeySpan = text.Span{Start: g.Tok.Start, End: g.Tok.Start + len(key)}
	g.ValueSpan = text.Span{Start: g.Tok.End - len(value), End: g.Tok.End}
	g.Valid = !c.refusedLine
	switch {
	case c.mod != nil:
		c.mod.Godebug = append(c.mod.Godebug, g)
	case c.work != nil:
		c.work.Godebug = append(c.work.Godebug, g)
	}
}

// suggestGodebug offers "key=value" for "key value", "key = value" and "key='value'".
func (c *checker) suggestGodebug(p *Problem, l *Line) {
	if p == nil {
		return
	}
	if len(l.Args) == 0 {
		return
	}
	var parts []string
	for _, t := range l.Args {
		if s := strings.Trim(strings.NewReplacer(`"`, "", "'", "", "`", "").Replace(t.Value), "="); s != "" {
			parts = append(parts, s)
		}
	}
	s := strings.Join(parts, "=")
	if len(parts) > 2 || strings.ContainsAny(s, "\"'`,()[]{} \t") || strings.Count(s, "=") != 1 || strings.Contains(s, "//") || strings.Contains(s, "/*") {
		return
	}
	p.prefer("Write "+s, l.withArgs(s))
}

func (c *checker) readRequire(l *Line) {
	if c.kept != nil && l.Verb == "require" {
		if r, by := c.kept.require(l); r != nil {
			c.addRequire(l, *r, by)
			return
		}
	}
	path, vers := l.arg(0), l.arg(1)
	before := len(c.problems)
	pathValue, versValue := path.Value, vers.Value
	if len(l.Args) != 2 {
		p := c.refuse(l.Verb+"-usage", l.Span, "a line of %s has two arguments, a module path and a version such as v1.2.3", l.Verb)
		c.suggestPathVersion(p, l)
	} else {
		var okPath, okVers bool
		pathValue, okPath = c.value(path)
		versValue, okVers = c.value(vers)
		if okPath && okVers {
			c.checkVersion(path, vers, pathValue, versValue, mainPath)
		}
	}
	if c.mod == nil {
		return
	}
	versValue = c.inForce(pathValue, versValue)
	valid := !c.refusedLine
	if l.Verb == "exclude" {
		c.mod.Exclude = append(c.mod.Exclude, &Exclude{l, path, vers, pathValue, versValue, valid})
		return
	}
	r := Require{Line: l, PathTok: l.argument(0), VersionTok: l.argument(1), Path: pathValue, Version: versValue, Valid: valid}
	r.IndirectSpan, r.Indirect = l.isIndirect()
	r.plain = valid && len(c.problems) == before && pathValue == path.Raw && versValue == vers.Raw
	c.addRequire(l, r, 0)
}

// addRequire adds a requirement that stands on l. If it is one of another text, it stood that many bytes less far on there.
func (c *checker) addRequire(l *Line, r Require, by int) {
	alike, fresh := 1, r.Line == l
	if l.Block != nil {
		alike = len(l.Block.Lines)
	}
	if !fresh {
		r.Line, r.PathTok, r.VersionTok = l, l.argument(0), l.argument(1)
		r.Path, r.Version = r.PathTok.Raw, r.VersionTok.Raw
		if r.Indirect {
			r.IndirectSpan.Start, r.IndirectSpan.End = r.IndirectSpan.Start+by, r.IndirectSpan.End+by
		}
	}
	next := c.requires.next(alike)
	*next = r
	c.mod.Require = append(c.mod.Require, next)
	if c.kept != nil && fresh && r.Valid {
		c.fresh = append(c.fresh, next)
	}
}

// suggestPathVersion offers ways to make "path version" of the arguments.
func (c *checker) suggestPathVersion(p *Problem, l *Line) {
	if p == nil {
		return
	}
	if len(l.Args) > 0 && l.Suffix != nil && l.Suffix.Start == l.Args[len(l.Args)-1].End { // a doubled slash begins a comment
		t := l.Args[len(l.Args)-1]
		words, _, _ := strings.Cut(strings.TrimLeft(l.Suffix.Text, "/"), " //")
		whole := strings.TrimRight(strings.TrimRight(t.Raw, "/")+"/"+words, " \t\r")
		end := l.Suffix.Start + strings.Index(l.Suffix.Text, words) + len(words)
		if len(l.Args) == 1 && c.accepts(l.Verb, whole) {
			p.prefer("Write "+whole, substitute(text.Span{Start: t.Start, End: end}, whole))
			return
		}
	}
	if len(l.Args) == 1 {
		t := l.Args[0]
		if at := strings.LastIndexByte(t.Raw, '@'); t.Kind == Word && at > 0 && semver.IsValid(t.Raw[at+1:]) {
			split := t.Raw[:at] + " " + t.Raw[at+1:]
			p.offer(c.accepts(l.Verb, split), "Write "+split, substitute(text.Span{Start: t.Start + at, End: t.Start + at + 1}, " "))
		}
		return
	}
	if len(l.Args) == 3 && l.Verb == "require" && l.Args[2].Raw == "indirect" && l.Suffix == nil {
		p.offer(!refused(c.grammar, l.Verb, l.Args[:2]), "Make indirect a comment", insert(l.Args[2].Start, "// "))
		return
	}
	if words := wordsOf(l.Args); len(words) == 2 && len(l.Args) > 2 && !refused(c.grammar, l.Verb, words) {
		plain := joinSpaced(words)
		p.prefer("Write "+plain, l.withArgs(plain))
		return
	}
	c.dropExtra(p, l, 2)
}

// wordsOf returns the tokens that say something: a letter or a digit.
func wordsOf(toks []Token) []Token {
	return slices.DeleteFunc(slices.Clone(toks), func(t Token) bool {
		return !strings.ContainsFunc(t.Raw, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
	})
}

// accepts reports whether go would accept a line of verb with these arguments.
func (c *checker) accepts(verb, args string) bool {
	t := Tree{Text: args}
	var ps problems
	x := &lexer{tree: &t, problems: &ps}
	x.run()
	return len(ps) == 0 && len(x.rows) == 1 && len(t.Comments) == 0 && !refused(c.grammar, verb, t.Tokens)
}

// What a version belongs to, which decides the words and codes of its problems.
type versionRole uint8

const (
	mainPath    versionRole = iota // the path beside it
	replacedOld                    // the left side of a replacement
	replacedNew                    // the right side
	ownPath                        // a retraction: the path is the module's
)

// checkVersion reports what go finds wrong with a version for a module path. pathTok may be zero.
func (c *checker) checkVersion(pathTok, versTok Token, path, vers string, role versionRole) {
	if c.grammar.work {
		c.checkWorkVersion(pathTok, versTok, path, vers, role)
		return
	}
	vers = withoutGopkginHack(path, vers)
	_, major, ok := module.SplitPathVersion(path)
	if !ok {
		c.badMajorSuffix(pathTok, versTok, path, role)
		return
	}
	if isCanonical(vers) {
		if module.CheckPathMajor(vers, major) != nil {
			c.badMajor(pathTok, versTok, path, vers, major, role)
		}
		return
	}
	c.notCanonical(versTok, vers, role)
}

// inForce returns the version that go takes a written one for: in go.work it fills up shorthand, in go.mod it refuses that.
func (c *checker) inForce(path, vers string) string {
	if !c.grammar.work {
		return withoutGopkginHack(path, vers)
	}
	return cmp.Or(module.CanonicalVersion(vers), vers)
}

// isCanonical reports whether go takes a version as it stands: what [module.CanonicalVersion] says, which looks for build metadata
// in each.
func isCanonical(vers string) bool {
	if strings.IndexByte(vers, '+') < 0 {
		return vers != "" && semver.Canonical(vers) == vers
	}
	return module.CanonicalVersion(vers) == vers
}

// checkWorkVersion does the same for go.work, where go asks no network and fills up shorthand.
func (c *checker) checkWorkVersion(pathTok, versTok Token, path, vers string, role versionRole) {
	canonical := module.CanonicalVersion(vers)
	if canonical == "" {
		c.refuse("work-version-syntax", versTok.Span, "%s is no version; go.work needs one such as v1.2.3", versTok.Raw)
		return
	}
	if role == replacedNew {
		return
	}
	_, major, ok := module.SplitPathVersion(path)
	if !ok {
		c.badMajorSuffix(pathTok, versTok, path, role)
	} else if module.CheckPathMajor(canonical, major) != nil {
		c.badMajor(pathTok, versTok, path, canonical, major, role)
	}
}

// notCanonical reports a version that go would have to look up.
func (c *checker) notCanonical(versTok Token, vers string, role versionRole) {
	kind, canonical := "version-not-canonical", module.CanonicalVersion(vers)
	why := "go would look it up in the network and then ask for go mod tidy"
	switch {
	case role == ownPath:
		kind = "retract-version-invalid"
	case canonical != "" && semver.Build(vers) != "":
		kind = "version-build-metadata"
	case canonical == "" && vers != "" && disallowed(vers):
		kind, why = "version-disallowed-string", "no version contains these characters"
	}
	p := c.refuse(kind, versTok.Span, "%s is no canonical version such as v1.2.3; %s", versTok.Raw, why)
	if p == nil {
		return
	}
	p.NotInWorkspace = kind != "version-disallowed-string"
	switch {
	case canonical != "" && semver.Build(vers) != "":
		c.suggestVersion(p, versTok, canonical, role)
	case canonical != "":
		p.suggest("Write "+canonical, substitute(versTok.Span, canonical))
	case module.CanonicalVersion("v"+vers) == "v"+vers:
		c.suggestVersion(p, versTok, "v"+vers, role)
	case module.CanonicalVersion(strings.ToLower(vers)) == strings.ToLower(vers):
		c.suggestVersion(p, versTok, strings.ToLower(vers), role)
	}
}

// disallowed reports whether no proxy could serve a version of this name, and it is no bound such as >=v1.2.0 either.
func disallowed(vers string) bool {
	if bound := strings.TrimPrefix(strings.TrimLeft(vers[:1], "<>")+vers[1:], "="); bound != vers && semver.IsValid(bound) {
		return false
	}
	_, err := module.EscapeVersion(vers)
	return err != nil
}

// suggestVersion offers another version in the place of versTok, as preferred if the line is good then.
func (c *checker) suggestVersion(p *Problem, versTok Token, vers string, role versionRole) {
	if p == nil {
		return
	}
	ok := c.acceptsWith(versTok, vers)
	if role == ownPath {
		_, major, _ := module.SplitPathVersion(c.mod.Module.Path)
		ok = ok && module.CheckPathMajor(vers, major) == nil
	}
	p.offer(ok, "Write "+vers, substitute(versTok.Span, vers))
}

// acceptsWith reports whether go would accept the current line with another text in the place of one of its tokens.
func (c *checker) acceptsWith(tok Token, raw string) bool {
	args := append([]Token(nil), c.line.Args...)
	for i := range args {
		if args[i].Span == tok.Span {
			value := raw
			if v, ok := decode(raw); ok {
				value = v
			}
			args[i].Raw, args[i].Value = raw, value
		}
	}
	return !refused(c.grammar, c.line.Verb, args)
}

func (c *checker) badMajorSuffix(pathTok, versTok Token, path string, role versionRole) {
	kind, span := "path-major-suffix-bad", pathTok.Span
	switch {
	case role == ownPath:
		kind, span = "retract-version-invalid", versTok.Span
		c.refuse(kind, span, "no version can belong to the module path %s, whose last element is no major version suffix", path)
		return
	case role == replacedOld:
		kind = "replace-lhs-path"
	case strings.HasPrefix(path, "gopkg.in/"):
		kind = "path-gopkg-form"
	}
	if strings.HasPrefix(path, "gopkg.in/") {
		p := c.refuse(kind, span, "a gopkg.in path ends in .vN with its major version")
		if v := semver.Major(versTok.Value); v != "" && versTok.Raw != "" && !strings.Contains(path, ".v") {
			c.suggestPath(p, pathTok, path+"."+v)
		}
		return
	}
	last := path[strings.LastIndexByte(path, '/')+1:]
	p := c.refuse(kind, span, "/%s is no major version suffix; those begin with /v2", last)
	if short := "v" + strings.TrimLeft(strings.TrimPrefix(last, "v"), "0"); short != last && short != "v" {
		c.suggestPath(p, pathTok, strings.TrimSuffix(path, last)+short)
	}
	c.suggestPath(p, pathTok, strings.TrimSuffix(path, "/"+last))
}

func (c *checker) suggestPath(p *Problem, pathTok Token, path string) {
	if p != nil {
		raw := modfile.AutoQuote(path)
		p.offer(c.acceptsWith(pathTok, raw), "Write "+raw, substitute(pathTok.Span, raw))
	}
}

// badMajor reports a version whose major number contradicts its path.
func (c *checker) badMajor(pathTok, versTok Token, path, vers, pathMajor string, role versionRole) {
	have := semver.Major(vers)
	kind := "version-major-mismatch"
	switch {
	case role == replacedOld:
		kind = "replace-major-mismatch"
	case role == ownPath:
		kind = "retract-version-invalid"
	case pathMajor == "":
		kind = "version-major-not-v0v1"
	}
	prefix, _, _ := module.SplitPathVersion(path)
	if pathMajor == "" {
		p := c.refuse(kind, versTok.Span, "%s needs the path %s/%s, or the suffix +incompatible if that version has no go.mod", versTok.Value, path, have)
		if role != ownPath {
			p.suggest("Write "+path+"/"+have, substitute(pathTok.Span, modfile.AutoQuote(path+"/"+have)))
		}
		if semver.Build(vers) == "" {
			p.suggest("Write "+vers+"+incompatible", insert(versTok.End-closing(versTok), "+incompatible"))
		}
		return
	}
	p := c.refuse(kind, versTok.Span, "a version of %s begins with %s, not %s", path, strings.TrimSuffix(pathMajor[1:], "-unstable"), have)
	if role == ownPath || pathTok.IsZero() {
		return
	}
	other := prefix
	switch {
	case pathMajor[0] == '.':
		other += "." + have
	case have != "v0" && have != "v1":
		other += "/" + have
	}
	p.suggest("Write "+other, substitute(pathTok.Span, modfile.AutoQuote(other)))
}

// closing returns the length of a token's closing quote.
func closing(t Token) int {
	if t.Kind == String {
		return 1
	}
	return 0
}

func (c *checker) readReplace(l *Line) {
	r := &Replace{Line: l}
	at := -1
	for i, t := range l.Args {
		if i > 0 && i <= 2 && t.Raw == "=>" {
			at = i
			break
		}
	}
	n := len(l.Args)
	if r.OldPathTok = l.arg(0); at != 0 {
		if at != 1 && n > 1 {
			r.OldVersionTok = l.Args[1]
		}
		if at > 0 {
			r.Arrow, r.NewPathTok, r.NewVersionTok = l.Args[at], l.arg(at+1), l.arg(at+2)
		}
	}
	r.Old = module.Version{Path: r.OldPathTok.Value, Version: c.inForce(r.OldPathTok.Value, r.OldVersionTok.Value)}
	r.New = module.Version{Path: r.NewPathTok.Value, Version: c.inForce(r.NewPathTok.Value, r.NewVersionTok.Value)}
	r.IsDir = modfile.IsDirectoryPath(r.New.Path) && r.NewVersionTok.IsZero()
	if at < 0 || n < at+2 || n > at+3 {
		c.suggestReplace(c.refuse("replace-usage", l.Span,
			"a replacement has the form path [v1.2.3] => path v1.4.5, or path [v1.2.3] => ./directory"), l, at)
	} else {
		c.checkReplace(r)
	}
	r.Valid = !c.refusedLine
	switch {
	case c.mod != nil:
		c.mod.Replace = append(c.mod.Replace, r)
	case c.work != nil:
		c.work.Replace = append(c.work.Replace, r)
	}
}

func (c *checker) checkReplace(r *Replace) {
	old, okOld := c.value(r.OldPathTok)
	if r.OldVersionTok.IsZero() {
		if _, _, ok := module.SplitPathVersion(old); okOld && !ok {
			c.badMajorSuffix(r.OldPathTok, Token{}, old, replacedOld)
		}
	} else if vers, ok := c.value(r.OldVersionTok); ok && okOld {
		c.checkVersion(r.OldPathTok, r.OldVersionTok, old, vers, replacedOld)
	}
	path, okNew := c.value(r.NewPathTok)
	dir := modfile.IsDirectoryPath(path)
	switch {
	case !r.NewVersionTok.IsZero():
		vers, ok := c.value(r.NewVersionTok)
		if okNew && dir {
			p := c.refuse("replace-dir-with-version", r.NewVersionTok.Span, "%s is a directory, which has no version", path)
			c.dropExtra(p, r.Line, len(r.Line.Args)-1)
		} else if okNew && ok {
			c.checkVersion(r.NewPathTok, r.NewVersionTok, path, vers, replacedNew)
		}
	case !okNew:
	case !dir && strings.Contains(path, "@"):
		p := c.refuse("replace-rhs-at-version", r.NewPathTok.Span, "a replacement's version is separated by a space, not by @")
		if i := strings.LastIndexByte(r.NewPathTok.Raw, '@'); p != nil && i >= 0 && r.NewPathTok.Kind == Word {
			split := r.NewPathTok.Raw[:i] + " " + r.NewPathTok.Raw[i+1:]
			ok := c.accepts("replace", joinSpaced(r.Line.Args[:len(r.Line.Args)-1])+" "+split)
			at := r.NewPathTok.Start + i
			p.offer(ok, "Write "+split, substitute(text.Span{Start: at, End: at + 1}, " "))
		}
	case !dir:
		p := c.refuse("replace-rhs-needs-version", r.NewPathTok.Span, "%s needs a version behind it, or ./ before it if it is a directory", orEmpty(path))
		if first, _, _ := strings.Cut(path, "/"); strings.Contains(first, ".") { // rather a module's path
			raw := modfile.AutoQuote("./" + path)
			p.suggest("Write "+raw, substitute(r.NewPathTok.Span, raw))
		} else if _, inHome := HomePath(path); !inHome {
			c.suggestPath(p, r.NewPathTok, "./"+path)
		}
	case filepath.Separator == '/' && strings.Contains(path, `\`):
		p := c.refuse("replace-rhs-windows-path", r.NewPathTok.Span, "go takes \\ in a directory for a Windows path; write / on every system")
		if drive, _, _ := strings.Cut(path, `\`); !strings.HasSuffix(drive, ":") { // that is no directory of this machine
			c.suggestPath(p, r.NewPathTok, strings.ReplaceAll(path, `\`, "/"))
		}
	}
}

// HomePath returns what stands behind the home directory in a path that a shell would expand, which go does not do.
func HomePath(path string) (rest string, ok bool) {
	for _, home := range []string{"~/", "$HOME/", "${HOME}/"} {
		if rest, ok := strings.CutPrefix(path, home); ok {
			return rest, true
		}
	}
	return "", false
}

func orEmpty(path string) string {
	if path == "" {
		return `""`
	}
	return path
}

func joinSpaced(toks []Token) string {
	var b strings.Builder
	for i, t := range toks {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(t.Raw)
	}
	return b.String()
}

// suggestReplace offers an arrow where something like one is.
func (c *checker) suggestReplace(p *Problem, l *Line, at int) {
	if p == nil {
		return
	}
	if at >= 0 {
		c.dropExtra(p, l, at+3)
		return
	}
	offer := func(title string, span text.Span, new string) {
		args := spanOf(l.Args)
		line := args.In(c.tree.Text)
		ok := c.accepts(l.Verb, line[:span.Start-args.Start]+new+line[span.End-args.Start:])
		p.offer(ok, title, substitute(span, new))
	}
	for _, t := range l.Args {
		if i := strings.Index(t.Raw, "=>"); i >= 0 && t.Kind == Word && len(t.Raw) > 2 {
			new := strings.TrimSpace(t.Raw[:i] + " => " + t.Raw[i+2:])
			offer("Write "+new, t.Span, new)
			return
		}
	}
	for i, t := range l.Args {
		if t.Raw == "=" && i > 0 && l.arg(i+1).Raw == ">" {
			offer("Write =>", text.Span{Start: t.Start, End: l.arg(i + 1).End}, "=>")
			return
		}
		if i > 0 && modfile.IsDirectoryPath(t.Value) && strings.ContainsAny(t.Value, `./\`) && !strings.Contains(joinRaw(l.Args), "=") {
			offer("Write => before "+t.Raw, text.Span{Start: t.Start, End: t.Start}, "=> ")
			return
		}
		switch t.Raw {
		case "->", "=", "→", "⇒", ":=", "==>", "==", "-->":
			if i > 0 {
				offer("Write =>", t.Span, "=>")
				return
			}
		}
	}
}

func (c *checker) readRetract(l *Line) {
	r := &Retract{Line: l, Rationale: l.remark()}
	rest := l.Args
	switch {
	case len(rest) == 0 || rest[0].Raw == "(":
		p := c.refuse("retract-empty", l.Span, "a retraction has a version, or an interval such as [v1.0.0, v1.2.3]")
		if p != nil {
			p.suggest("Delete "+c.quoteLine(l), remove(l.Full))
		}
	case rest[0].Raw != "[":
		r.LowTok, r.HighTok = rest[0], rest[0]
		c.retracted(r.LowTok)
		if rest = rest[1:]; len(rest) > 0 {
			c.afterRetraction(l, rest)
		}
	default:
		r.LowTok, r.HighTok, rest = c.interval(l)
		if len(rest) > 0 {
			c.afterRetraction(l, rest)
		}
	}
	r.Low, r.High = r.LowTok.Value, r.HighTok.Value
	r.Valid = !c.refusedLine
	if c.mod != nil {
		c.mod.Retract = append(c.mod.Retract, r)
	}
}

// interval reads "[low, high]" and returns what follows it.
func (c *checker) interval(l *Line) (low, high Token, rest []Token) {
	bad := func(i int, what string) *Problem {
		span := text.Span{Start: l.Span.End, End: l.Span.End}
		if i < len(l.Args) {
			span = l.Args[i].Span
		} else {
			span.Start = l.Args[len(l.Args)-1].Start
		}
		return c.refuse("retract-interval-syntax", span, "an interval has the form [v1.0.0, v1.2.3]; %s is missing here", what)
	}
	if low = l.arg(1); low.IsZero() {
		bad(1, "a version")
		return
	}
	c.retracted(low)
	if l.arg(2).Raw != "," {
		p := bad(2, "a comma")
		switch {
		case l.arg(2).Raw == "]" && len(l.Args) == 3:
			p.offer(p != nil && c.accepts(l.Verb, low.Raw), "Write "+low.Raw, l.withArgs(low.Raw))
		case l.arg(3).Raw == "]" && len(l.Args) == 4:
			p.offer(p != nil && c.accepts(l.Verb, "["+low.Raw+", "+l.arg(2).Raw+"]"), "Add the comma", insert(low.End, ","))
		}
		return
	}
	if high = l.arg(3); high.IsZero() {
		bad(3, "a version")
		return
	}
	if l.arg(4).Raw != "]" {
		p := bad(4, "a ]")
		if high.Kind == Punct {
			return low, Token{}, nil
		}
		c.retracted(high)
		switch ok := p != nil && c.accepts(l.Verb, joinSpaced(l.Args[:4])+" ]"); {
		case l.arg(4).IsZero():
			p.offer(ok, "Close the interval", insert(high.End, "]"))
		case l.arg(4).Raw == ")" && len(l.Args) == 5:
			p.offer(ok, "Write ]", substitute(l.arg(4).Span, "]"))
		}
		return low, high, nil
	}
	c.retracted(high)
	return low, high, l.Args[5:]
}

// afterRetraction reports tokens behind a version or interval.
func (c *checker) afterRetraction(l *Line, rest []Token) {
	p := c.refuse("retract-trailing-token", spanOf(rest), "a retraction is one version or one interval; %s does not belong to it", joinRaw(rest))
	if p != nil && len(rest) == len(l.Args)-1 && len(rest) == 2 && rest[0].Raw == "," {
		span := spanOf(l.Args)
		p.offer(c.accepts(l.Verb, "["+joinSpaced(l.Args)+"]"), "Write an interval", insert(span.Start, "["), insert(span.End, "]"))
		return
	}
	c.dropExtra(p, l, len(l.Args)-len(rest))
}

// retracted checks the spelling of one version of a retraction. Whether it is canonical and fits the module's path is
// checked when that path is known; while a line is only tried out, it must be canonical.
func (c *checker) retracted(t Token) {
	v, ok := c.value(t)
	if !ok {
		return
	}
	if v, ok = decode(v); !ok { // go reads these tokens twice
		c.refuse("bad-escape", t.Span, "%s is no valid quoted string", t.Raw)
	} else if c.trial && (v == "" || module.CanonicalVersion(v) != v) {
		c.refusedLine = true
	}
}

// readPath reads a directive whose only argument is a path.
func (c *checker) readPath(l *Line) {
	t := l.arg(0)
	path := t.Value
	if len(l.Args) != 1 {
		what := map[string]string{"tool": "a package path", "ignore": "a directory", "use": "a directory"}[l.Verb]
		kind := map[string]string{"tool": "tool-arg-count", "ignore": "ignore-arg-count", "use": "use-usage"}[l.Verb]
		c.suggestSplit(c.refuse(kind, l.Span, "a line of %s has one argument, %s", l.Verb, what), l)
	} else {
		path, _ = c.value(t)
	}
	valid := !c.refusedLine
	switch {
	case c.mod != nil && l.Verb == "tool":
		c.mod.Tool = append(c.mod.Tool, &Tool{l, t, path, valid})
	case c.mod != nil:
		c.mod.Ignore = append(c.mod.Ignore, &Ignore{l, t, path, valid})
	case c.work != nil:
		c.work.Use = append(c.work.Use, &Use{l, t, path, valid})
	}
}

// suggestSplit offers to make one argument of several, or several lines.
func (c *checker) suggestSplit(p *Problem, l *Line) {
	if p == nil || len(l.Args) < 2 {
		return
	}
	if len(l.Args) == 2 && semver.IsValid(l.Args[1].Value) {
		c.dropExtra(p, l, 1)
		return
	}
	between := "\n" + indentOf(c.tree.Text, l)
	if l.Block == nil {
		between += l.Verb + " "
	}
	var words []Token
	for _, t := range l.Args {
		if t.Kind != Punct {
			words = append(words, t)
		}
	}
	var edits []text.Edit
	paths := len(words) > 0 // each of them is spelt as a path is, so that none is half of one with a blank in it
	for i, t := range words {
		paths = paths && modfile.IsDirectoryPath(t.Value) && !refused(c.grammar, l.Verb, words[i:i+1])
		if i > 0 {
			edits = append(edits, substitute(text.Span{Start: words[i-1].End, End: t.Start}, between))
		}
	}
	if whole := joinRaw(l.Args); !strings.ContainsAny(whole, "\"`'\\") && l.Verb != "tool" {
		p.suggest("Quote "+whole, l.withArgs(strconv.Quote(whole)))
	}
	if ends := spanOf(l.Args); len(words) > 0 && len(words) < len(l.Args) {
		edits = append(edits, remove(text.Span{Start: ends.Start, End: words[0].Start}), remove(text.Span{Start: words[len(words)-1].End, End: ends.End}))
		edits = slices.DeleteFunc(edits, func(e text.Edit) bool { return e.Span.Len() == 0 })
		slices.SortFunc(edits, func(a, b text.Edit) int { return a.Span.Start - b.Span.Start })
	}
	switch {
	case len(words) == 1:
		p.offer(paths, "Write "+words[0].Raw, edits...)
	case len(words) == len(l.Args) || paths:
		p.offer(paths, "Write one line for each", edits...)
	}
}

// indentOf returns the blanks that the row of l begins with.
func indentOf(src string, l *Line) string {
	if l.Full.End > len(src) {
		return ""
	}
	row := l.Full.In(src)
	return row[:len(row)-len(strings.TrimLeft(row, " \t"))]
}
