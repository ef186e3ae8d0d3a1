package syntax

import (
	"errors"
	"go/version"
	"math/bits"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/gomodls/gomodls/internal/text"
)

// wholeFile reports what follows from several lines, or is noticed by go only after parsing.
func (c *checker) wholeFile() {
	if c.work != nil {
		c.toolchainWork(c.work.Go, c.work.Toolchain)
		c.goVersions(c.work.Go)
		c.godebugs(c.work.Godebug)
		c.replacements(c.work.Replace)
		c.uses(c.work.Use)
		return
	}
	c.modulePath()
	c.retractions()
	c.goVersions(c.mod.Go)
	c.toolchainMod(c.mod.Go, c.mod.Toolchain)
	c.godebugs(c.mod.Godebug)
	c.requirements()
	c.exclusions()
	c.replacements(c.mod.Replace)
	c.tools()
	c.ignores()
}

func (c *checker) modulePath() {
	m := c.mod.Module
	if m == nil {
		if c.misspelt("module") == nil {
			c.later("missing-module-line", text.Span{}, nil, "this file has no module line")
		}
		return
	}
	if !m.Valid {
		return
	}
	if (m.Path == "go" || m.Path == "toolchain") && !c.older("1.26") { // before, they only puzzle it
		p := c.later("module-reserved-path", m.PathTok.Span, m.Line, "the path %s is reserved for the go command's own use", m.Path)
		p.prefer("Write example.com/"+m.Path, substitute(m.PathTok.Span, "example.com/"+m.Path))
		return
	}
	if err := module.CheckImportPath(m.Path); err != nil {
		p := c.later("module-path-malformed", m.PathTok.Span, m.Line, "%s is no module path: %s", quoteIfOdd(m.Path), reason(err))
		c.suggestImportPath(p, m.Line, m.PathTok, m.Path)
		return
	}
	if b := m.Line.Block; b != nil && len(b.Lines) == 1 {
		p := c.silent("module-line-scan-differs", b.Header(), m.Line,
			"proxies and version control look for the module path on a line of its own; they find none in a block")
		c.suggestUnfactor(p, b)
	}
}

// misspelt returns a line that probably means a directive and misspells it, or nil.
func (c *checker) misspelt(verb string) *Line {
	for _, s := range c.tree.Stmts {
		if l := s.Line; l != nil && !has(c.grammar.verbs, l.Verb) && text.Distance(strings.ToLower(l.Verb), verb, 2) < 3 {
			return l
		}
	}
	return nil
}

// reason returns what is wrong with a path, without the path.
func reason(err error) string {
	if e := (*module.InvalidPathError)(nil); errors.As(err, &e) {
		return e.Err.Error()
	}
	return err.Error()
}

func quoteIfOdd(s string) string { return modfile.AutoQuote(s) }

// suggestImportPath offers to remove what a copied path often has around it.
func (c *checker) suggestImportPath(p *Problem, l *Line, tok Token, path string) {
	span := tok.Span
	if s := l.Suffix; (path == "https:" || path == "http:") && s != nil && s.Start == tok.End { // the rest is a comment
		path, _, _ = strings.Cut(strings.TrimPrefix(s.Text, "//"), " ")
		span.End = s.Start + len("//") + len(path)
	}
	path, _, _ = strings.Cut(path, "@")
	path = strings.TrimSuffix(strings.Trim(path, "/."), ".git")
	if l.Verb == "module" && module.CheckImportPath(path) != nil {
		path = cleanPath(path)
	}
	if path == tok.Value || module.CheckImportPath(path) != nil || path == "go" || path == "toolchain" {
		return
	}
	if _, _, ok := module.SplitPathVersion(path); !ok && len(c.retracts()) > 0 {
		return
	}
	p.prefer("Write "+path, substitute(span, path))
}

// cleanPath returns a path without the characters and elements that no import path has.
func cleanPath(path string) string {
	var elems []string
	for _, elem := range strings.Split(path, "/") {
		elem = strings.Map(func(r rune) rune {
			if module.CheckImportPath("a"+string(r)+"a") != nil {
				return -1
			}
			return r
		}, elem)
		if elem = strings.TrimRight(elem, "."); len(elems) == 0 {
			elem = strings.TrimLeft(elem, "-")
		}
		if elem != "" {
			elems = append(elems, elem)
		}
	}
	return strings.Join(elems, "/")
}

func (c *checker) retracts() []*Retract {
	if c.mod == nil {
		return nil
	}
	return c.mod.Retract
}

func (c *checker) retractions() {
	path := ""
	if m := c.mod.Module; m != nil {
		if path = m.Path; !m.Valid {
			c.blameRetraction(m.Line)
			return
		}
	} else if l := c.misspelt("module"); l != nil {
		c.blameRetraction(l)
		return
	}
	for _, r := range c.mod.Retract {
		if !r.Valid {
			continue
		}
		c.line, c.refusedLine = r.Line, false
		if path == "" {
			c.refuse("retract-no-module", r.Line.Span, "a retraction needs a module line that says whose version it is")
			r.Valid = false
			return
		}
		toks := []Token{r.LowTok, r.HighTok}
		if r.LowTok.Span == r.HighTok.Span {
			toks = toks[:1]
		}
		for _, t := range toks {
			if c.checkVersion(Token{}, t, path, twice(t.Raw), ownPath); c.refusedLine {
				break
			}
		}
		if r.Valid = !c.refusedLine; !r.Valid {
			continue
		}
		r.Low, r.High = c.inForce(path, twice(r.LowTok.Raw)), c.inForce(path, twice(r.HighTok.Raw))
		if semver.Compare(r.Low, r.High) > 0 {
			p := c.silent("retract-low-above-high", text.Span{Start: r.LowTok.Start, End: r.HighTok.End}, r.Line,
				"this interval is empty: %s is higher than %s", r.Low, r.High)
			p.prefer("Swap the versions", substitute(r.LowTok.Span, r.HighTok.Raw), substitute(r.HighTok.Span, r.LowTok.Raw))
		}
	}
}

// refusedToo is said of a line that go blames beside the one that is to be mended.
const refusedToo = "without a module path, go refuses this too"

// blameRetraction relates the problem of a module line to the line that go blames as well: the first retraction, which needs a
// module path. It is the module line that is to be mended.
func (c *checker) blameRetraction(module *Line) {
	first := slices.IndexFunc(c.mod.Retract, func(r *Retract) bool { return r.Valid })
	problem := slices.IndexFunc(c.problems, func(p Problem) bool {
		return p.Severity == Refused && (p.Line == module || module.Block != nil && p.Span == module.Block.Header())
	})
	if first >= 0 && problem >= 0 {
		c.problems[problem].relate(c.mod.Retract[first].Line.Span, refusedToo)
	}
}

// goVersions checks the go line. In a go.work, such a version is simply lower than any module's.
func (c *checker) goVersions(g *Go) {
	if g == nil || !g.Valid || version.IsValid("go"+g.Version) {
		return
	}
	report := c.alone
	if c.work != nil {
		report = c.silent
	}
	p := report("go-version-not-comparable", g.VersionTok.Span, g.Line, "%s is no Go version that can be compared with others", g.Version)
	if i := strings.IndexFunc(g.Version, func(r rune) bool { return 'a' <= r && r <= 'z' }); i > 0 && version.IsValid("go"+g.Version[:i]) {
		p.prefer("Write "+g.Version[:i], substitute(g.VersionTok.Span, g.Version[:i]))
	}
}

// fromToolchain returns the version of a toolchain with the prefix go, or "".
func fromToolchain(name string) string {
	if strings.ContainsAny(name, `\/`) {
		return ""
	}
	if i := strings.IndexAny(name, " \t-"); i >= 0 {
		name = name[:i]
	}
	if !version.IsValid(name) {
		return ""
	}
	return name
}

// toolchainMod reports toolchain lines that go would remove, which it says with "updates to go.mod needed".
func (c *checker) toolchainMod(g *Go, t *Toolchain) {
	if t == nil || !t.Valid {
		return
	}
	goVersion := "go1.16" // what go assumes without a go line
	if g != nil {
		if !g.Valid {
			return
		}
		goVersion = "go" + g.Version
	}
	vers := fromToolchain(t.Name)
	var p *Problem
	switch {
	case t.Name == "default":
		p = c.alone("toolchain-default-directive", t.NameTok.Span, t.Line, "default is no toolchain that go.mod can keep; it belongs into GOTOOLCHAIN")
	case t.Name == goVersion:
		p = c.alone("toolchain-redundant", t.Line.Span, t.Line, "toolchain %s is what the go line says already", t.Name)
	case vers == "":
		p = c.alone("toolchain-name-invalid-at-startup", t.NameTok.Span, t.Line, "%s names no toolchain", t.Name)
	case version.Compare(vers, "go1.21") < 0:
		p = c.alone("toolchain-below-1.21", t.NameTok.Span, t.Line, "a toolchain line has a meaning from go1.21 on, not for %s", t.Name)
	case version.Compare(goVersion, "go1.21") >= 0 && version.Compare(vers, goVersion) < 0:
		p = c.alone("toolchain-below-go", t.NameTok.Span, t.Line, "%s is older than the go line, %s; go list -m all and go get refuse that", t.Name, g.Version)
	default:
		return
	}
	c.deleteLine(p, t.Line)
}

// toolchainWork does the same for go.work, where go says nothing but for a name that it would have to switch to.
func (c *checker) toolchainWork(g *Go, t *Toolchain) {
	if t == nil || !t.Valid {
		return
	}
	vers := fromToolchain(t.Name)
	if vers == "" && t.Name != "default" {
		p := c.silent("toolchain-name-invalid-at-startup", t.NameTok.Span, t.Line, "%s names no toolchain", t.Name)
		c.deleteLine(p, t.Line)
		return
	}
	if g == nil || !g.Valid {
		return
	}
	if vers != "" && version.Compare(vers, "go"+g.Version) <= 0 {
		p := c.silent("toolchain-work-below-go", t.Line.Span, t.Line, "toolchain %s has no effect beside go %s", t.Name, g.Version)
		c.deleteLine(p, t.Line)
	}
}

func (c *checker) godebugs(list []*Godebug) {
	last := make(map[string]*Godebug)
	for i := len(list) - 1; i >= 0; i-- {
		g := list[i]
		if !g.Valid {
			continue
		}
		report := c.alone
		if c.work != nil {
			report = c.later
		}
		if g.Key == "default" && (!strings.HasPrefix(g.Value, "go") || !version.IsValid(g.Value) || strings.Contains(g.Value, "-")) {
			p := report("godebug-default-syntax", g.ValueSpan, g.Line, "%s is no Go version such as go1.23, which default needs", orEmpty(g.Value))
			if v := "go" + cutGo(g.Value); version.IsValid(v) && !strings.Contains(v, "-") {
				p.prefer("Write "+v, substitute(g.ValueSpan, v))
			}
		}
		if later := last[g.Key]; later != nil {
			p := c.silent("godebug-duplicate-key", g.Line.Span, g.Line, "%s is set again below, and the last one counts", g.Key)
			p.relate(later.Line.Span, "the setting that counts")
			c.deleteLine(p, g.Line)
		} else {
			last[g.Key] = g
		}
	}
}

// alike returns what [Mod.Alike] does. Almost always that is nothing, which is to be found out without a map of all paths.
func alike(list []*Require) [][]*Require {
	slots := make([]int32, 1<<bits.Len(uint(2*len(list)))) // one more than the place of the first requirement with a path
	var groups [][]*Require
	group := map[int32]int{} // by that
	for i, r := range list {
		if !r.Valid {
			continue
		}
		at := foldedHash(r.Path) & uint32(len(slots)-1)
		for slots[at] != 0 && !equalFolded(list[slots[at]-1].Path, r.Path) {
			at = (at + 1) & uint32(len(slots)-1)
		}
		first := slots[at]
		if first == 0 {
			slots[at] = int32(i + 1)
			continue
		}
		n, ok := group[first]
		if !ok {
			n = len(groups)
			group[first], groups = n, append(groups, []*Require{list[first-1]})
		}
		groups[n] = append(groups[n], r)
	}
	return groups
}

// foldedHash returns a hash (FNV-1a) that is the same for texts that differ in the case of ASCII letters only.
func foldedHash(s string) uint32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(lower(s[i]))) * 16777619
	}
	return h
}

// equalFolded reports whether two paths are the same but for the case of ASCII letters.
func equalFolded(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if a[i] != b[i] && lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// stillUnlike reports whether no two requirements are alike, given that this was so of the text that most are taken from.
func (c *checker) stillUnlike() bool {
	if c.kept == nil || len(c.kept.base.alike) > 0 || len(c.fresh) > maxFresh {
		return false
	}
	return !slices.ContainsFunc(c.fresh, func(r *Require) bool {
		return slices.ContainsFunc(c.mod.Require, func(other *Require) bool {
			return other != r && other.Valid && equalFolded(other.Path, r.Path)
		})
	})
}

// maxFresh is how many requirements are compared with all others one by one.
const maxFresh = 8

func (c *checker) requirements() {
	if !c.stillUnlike() {
		c.mod.alike = alike(c.mod.Require)
	}
	seen := map[module.Version]*Require{} // of those that have one like them
	others := map[*Require]bool{}
	for _, group := range c.mod.alike {
		for _, r := range group {
			others[r] = true
		}
	}
	var excluded map[module.Version]*Exclude
	for _, e := range c.mod.Exclude {
		if e.Valid {
			if excluded == nil {
				excluded = make(map[module.Version]*Exclude, len(c.mod.Exclude))
			}
			excluded[module.Version{Path: e.Path, Version: e.Version}] = e
		}
	}
	for _, r := range c.mod.Require {
		c.indirectComment(r)
		if !r.Valid {
			continue
		}
		v := module.Version{Path: r.Path, Version: r.Version}
		switch {
		case r.Path == "":
			c.deleteLine(c.later("require-path-empty", r.PathTok.Span, r.Line, "a requirement needs a module path"), r.Line)
			continue
		case r.Path == "go" || r.Path == "toolchain":
			p := c.alone("require-path-is-go", r.Line.Span, r.Line, "%s is no module that can be required; it has a directive of its own", r.Path)
			c.deleteLine(p, r.Line)
			continue
		}
		if m := c.mod.Module; m != nil && m.Valid && m.Path == r.Path {
			p := c.silent("require-self", r.Line.Span, r.Line, "a module does not require itself: this can only ask for an old version's go.mod")
			c.deleteLine(p, r.Line)
		}
		if first := seen[v]; first != nil {
			p := c.silent("require-duplicate-same", r.Line.Span, r.Line, "%s %s is required above already", r.Path, r.Version)
			p.relate(first.Line.Span, "the same requirement")
			c.deleteLine(p, r.Line)
		} else if others[r] {
			seen[v] = r
		}
		if e := excluded[v]; e != nil {
			p := c.alone("exclude-of-required", r.VersionTok.Span, r.Line, "%s %s is required and excluded", r.Path, r.Version)
			p.relate(e.Line.Span, "the exclusion")
			p.suggest("Delete the exclusion", remove(e.Line.Full))
			p.suggest("Delete the requirement", remove(r.Line.Full))
		}
		c.lookedUp(*r.PathTok, *r.VersionTok, r.Path, r.Version, r.Line)
	}
}

// lookedUp reports versions that go parses but then finds wrong.
func (c *checker) lookedUp(pathTok, versTok Token, path, vers string, l *Line) {
	c.takenFor(versTok, vers, l)
	if !strings.HasSuffix(vers, "+incompatible") || semver.Build(vers) != "+incompatible" {
		return
	}
	short := strings.TrimSuffix(vers, "+incompatible")
	major := semver.Major(vers)
	_, suffix, _ := module.SplitPathVersion(path)
	switch {
	case suffix != "" && !strings.HasPrefix(path, "gopkg.in/") && !c.replaced(path):
		p := c.alone("version-incompatible-suffixed-path", versTok.Span, l, "+incompatible contradicts the suffix %s of the path", suffix)
		p.prefer("Write "+short, substitute(versTok.Span, short))
	case suffix == "" && (major == "v0" || major == "v1"):
		p := c.silent("version-incompatible-needless", versTok.Span, l, "%s versions are compatible; with +incompatible none will be found", major)
		p.prefer("Write "+short, substitute(versTok.Span, short))
	}
}

// takenFor reports that go takes a version for another than is written in go.mod.
func (c *checker) takenFor(written Token, vers string, l *Line) {
	if written.Value != vers && c.work == nil {
		c.silent("version-gopkgin-hack", written.Span, l, "go takes this for %s", vers).
			prefer("Write "+vers, substitute(written.Span, modfile.AutoQuote(vers)))
	}
}

// replaced reports whether the file replaces some version of a module, so that this version may never be looked up.
func (c *checker) replaced(path string) bool {
	for _, r := range c.mod.Replace {
		if r.Old.Path == path {
			return true
		}
	}
	return false
}

// indirectComment reports comments that are meant to be, but are not, what makes a requirement indirect.
func (c *checker) indirectComment(r *Require) {
	s := r.Line.Suffix
	if r.Indirect || s == nil || !strings.HasPrefix(s.Text, "//") {
		return
	}
	body := strings.TrimSpace(s.Text[2:])
	rest, ok := cutFold(body, "indirect")
	if !ok || rest != "" && (rest[0] >= 'a' && rest[0] <= 'z' || rest[0] >= 'A' && rest[0] <= 'Z') {
		return
	}
	p := c.silent("indirect-comment-form", s.Span, r.Line, "go does not take this comment for // indirect, so the requirement is direct")
	rest = strings.TrimSpace(strings.TrimLeft(rest, " \t;:,.-–—"))
	want := "// indirect"
	if rest != "" {
		want += "; " + rest
	}
	p.prefer("Write "+want, substitute(s.Span, want))
}

func cutFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

func (c *checker) exclusions() {
	seen := make(map[module.Version]*Exclude, len(c.mod.Exclude))
	for _, e := range c.mod.Exclude {
		if !e.Valid {
			continue
		}
		if e.Path == "" {
			p := c.alone("exclude-path-empty", e.PathTok.Span, e.Line, "an empty path is no module; go asks for go mod tidy")
			c.deleteLine(p, e.Line)
			continue
		}
		v := module.Version{Path: e.Path, Version: e.Version}
		if first := seen[v]; first != nil {
			p := c.silent("exclude-duplicate", e.Line.Span, e.Line, "%s %s is excluded above already", e.Path, e.Version)
			p.relate(first.Line.Span, "the same exclusion")
			c.deleteLine(p, e.Line)
			continue
		}
		seen[v] = e
		c.takenFor(e.VersionTok, e.Version, e.Line)
	}
}

func (c *checker) replacements(list []*Replace) {
	seen := make(map[module.Version]*Replace, len(list))
	for _, r := range list {
		if !r.Valid {
			continue
		}
		c.takenFor(r.OldVersionTok, r.Old.Version, r.Line)
		c.takenFor(r.NewVersionTok, r.New.Version, r.Line)
		if r.Old.Path == "" && c.work == nil {
			p := c.alone("replace-path-empty", r.OldPathTok.Span, r.Line, "an empty path is no module; go asks for go mod tidy")
			c.deleteLine(p, r.Line)
			continue
		}
		first := seen[r.Old]
		if first == nil {
			seen[r.Old] = r
			continue
		}
		if first.New == r.New {
			p := c.silent("replace-duplicate", r.Line.Span, r.Line, "%s is replaced the same way above", versionString(r.Old))
			p.relate(first.Line.Span, "the same replacement")
			c.deleteLine(p, r.Line)
			continue
		}
		p := c.later("replace-conflict-same-file", r.Line.Span, r.Line, "%s is replaced by %s, but by %s above",
			versionString(r.Old), versionString(r.New), versionString(first.New))
		p.relate(first.Line.Span, "the other replacement")
		p.suggest("Keep "+versionString(r.New), remove(first.Line.Full))
		p.suggest("Keep "+versionString(first.New), remove(r.Line.Full))
	}
}

func versionString(v module.Version) string {
	if v.Version == "" {
		return v.Path
	}
	return v.Path + " " + v.Version
}

func (c *checker) tools() {
	seen := make(map[string]*Tool, len(c.mod.Tool))
	for _, t := range c.mod.Tool {
		if !t.Valid {
			continue
		}
		if err := module.CheckImportPath(t.Path); err != nil {
			p := c.later("tool-path-malformed", t.PathTok.Span, t.Line, "%s is no package path: %s", quoteIfOdd(t.Path), reason(err))
			if m := c.mod.Module; m != nil && m.Valid && (t.Path == "." || strings.HasPrefix(t.Path, "./")) {
				full := strings.TrimSuffix(m.Path+"/"+strings.TrimPrefix(t.Path[1:], "/"), "/")
				if module.CheckImportPath(full) == nil {
					p.prefer("Write "+full, substitute(t.PathTok.Span, full))
				}
			} else {
				c.suggestImportPath(p, t.Line, t.PathTok, t.Path)
			}
			continue
		}
		if first := seen[t.Path]; first != nil {
			p := c.silent("tool-duplicate", t.Line.Span, t.Line, "the tool %s is listed above already", t.Path)
			p.relate(first.Line.Span, "the same tool")
			c.deleteLine(p, t.Line)
		} else {
			seen[t.Path] = t
		}
	}
}

func (c *checker) ignores() {
	seen := make(map[string]*Ignore, len(c.mod.Ignore))
	for _, g := range c.mod.Ignore {
		if !g.Valid {
			continue
		}
		if first := seen[g.Path]; first != nil {
			p := c.silent("ignore-duplicate", g.Line.Span, g.Line, "%s is ignored above already", orEmpty(g.Path))
			p.relate(first.Line.Span, "the same directory")
			c.deleteLine(p, g.Line)
			continue
		}
		seen[g.Path] = g
		var why string
		if isWhole(g.Path) {
			p := c.silent("ignore-unvalidated", g.PathTok.Span, g.Line, "with this the pattern ./... matches no package: it ignores the module's own directory")
			c.deleteLine(p, g.Line)
			continue
		}
		switch elems := strings.Split(strings.Trim(strings.TrimPrefix(g.Path, "./"), "/"), "/"); { // go puts slashes around it, too
		case elems[0] == "..":
			why = "a directory outside the module"
		case len(elems) > 1 && slices.Contains(elems, "") || slices.Contains(elems, ".") || slices.Contains(elems, ".."):
			why = "no path that a directory has: go does not clean it"
		case strings.ContainsAny(g.Path, "*?["):
			why = "a pattern: go compares it letter by letter"
		default:
			continue
		}
		p := c.silent("ignore-unvalidated", g.PathTok.Span, g.Line, "this ignores nothing, being %s", why)
		c.deleteLine(p, g.Line)
	}
}

// isWhole reports whether an ignore directive stops the pattern ./... where it begins. To that pattern the module's own directory is
// ".", which go compares with slashes around it; see search.IgnorePatterns.
func isWhole(path string) bool {
	switch strings.TrimPrefix(path, "./") {
	case "", "/", ".", "./", "/.", "/./":
		return true
	}
	return false
}

func (c *checker) uses(list []*Use) {
	seen := make(map[string]*Use, len(list))
	for _, u := range list {
		if !u.Valid {
			continue
		}
		if u.Path == "" {
			c.silent("work-empty-use", u.PathTok.Span, u.Line, "an empty path means the directory of go.work").
				prefer("Write .", substitute(u.PathTok.Span, "."))
		}
		dir := filepath.Clean(u.Path)
		if first := seen[dir]; first != nil {
			p := c.later("work-use-duplicate", u.Line.Span, u.Line, "%s is used above already", orEmpty(u.Path))
			p.relate(first.Line.Span, "the same directory")
			c.deleteLine(p, u.Line)
		} else {
			seen[dir] = u
		}
	}
}
