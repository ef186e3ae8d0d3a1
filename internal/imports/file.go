package imports

import (
	"errors"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Spec is an import declaration's path.
type Spec struct {
	Path       string // without the quotes
	Start, End int    // of the quoted path, in bytes
}

// Specs returns the imports of a Go file as far as it can be read.
func Specs(text string) []Spec {
	r := reader{text: text}
	r.file()
	if bom := len(text) - len(r.text); bom > 0 {
		for i := range r.specs {
			r.specs[i].Start += bom
			r.specs[i].End += bom
		}
	}
	return r.specs
}

// file is what was read of one Go file.
type file struct {
	specs  []Spec
	strict []string        // what a real parser finds; nil if it finds a fault
	fault  bool            // the real parser finds one
	syntax bool            // the tolerant reader finds one
	nul    bool            // a NUL byte stands where it is read
	build  bool            // the build constraint can be satisfied
	twice  bool            // there are several //go:build lines
	vague  bool            // the //go:build line does not parse
	stray  bool            // see reader.stray
	lines  []string        // that go generate runs
	expr   constraint.Expr // the build constraint, nil if there is none or if it cannot be satisfied
}

var errNUL = errors.New("unexpected NUL in input")

// readFile reads the head of a Go file, in both ways.
func readFile(text string) *file {
	text = strings.TrimPrefix(text, "\ufeff")
	r := reader{text: text}
	r.file()
	f := &file{specs: r.specs, syntax: r.bad, stray: r.stray(), lines: directives(text)}
	head, looked := text[:r.pos], text[:min(r.pos+1, len(text))]
	if r.bad {
		head, looked = text, text
	}
	f.nul = strings.IndexByte(looked, 0) >= 0
	f.expr, f.build, f.twice, f.vague = canBuild(head)
	if !f.nul {
		f.strict, f.fault = parse(head)
	}
	return f
}

func (f *file) broken() bool { return f.fault || f.nul || f.twice }

// Fault says why what a Go file imports does not count, or not all of it, as a clause about the file.
func Fault(text string) string {
	switch f := readFile(text); {
	case Conflicted(text):
		return "it has the marks of a merge conflict"
	case f.twice:
		return "it has several //go:build lines"
	case f.vague:
		return "its //go:build line does not parse"
	}
	return "its imports do not parse"
}

// plain returns what the go command's plain reader takes from the file, and whether it counts as one that could be built.
func (f *file) plain() (paths []string, counts bool, err error) {
	switch {
	case f.nul:
		return nil, false, errNUL
	case f.twice || !f.build:
		return nil, false, nil
	}
	for _, s := range f.specs {
		paths = append(paths, s.Path)
	}
	return paths, true, nil
}

// indexed returns what the go command's index takes from the file, and whether it counts as one that could be built.
func (f *file) indexed() (paths []string, counts bool, err error) {
	if f.nul || f.twice {
		return nil, true, nil
	}
	return f.strict, f.build, nil
}

// parse returns the imports that go/parser finds. fault is whether it, or the rule about valid import paths, objects.
func parse(head string) (paths []string, fault bool) {
	f, err := parser.ParseFile(token.NewFileSet(), "", head, parser.ImportsOnly|parser.SkipObjectResolution)
	if err != nil {
		return nil, true
	}
	for _, d := range f.Decls {
		d, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, s := range d.Specs {
			s, ok := s.(*ast.ImportSpec)
			if !ok {
				continue
			}
			path, err := strconv.Unquote(s.Path.Value)
			if err != nil || !validImport(path) {
				return nil, true
			}
			paths = append(paths, path)
		}
	}
	return paths, false
}

// validImport reports whether a path uses only what the language lets implementations demand of import paths.
func validImport(path string) bool {
	return path != "" && !strings.ContainsFunc(path, func(r rune) bool {
		return !unicode.IsGraphic(r) || unicode.IsSpace(r) || strings.ContainsRune("!\"#$%&'()*,:;<=>?[\\]^`{|}\ufffd", r)
	})
}

// reader reads the package clause and the imports, and stops before whatever comes next. After the first fault it reads no
// more; what it has found stays found.
type reader struct {
	text  string
	pos   int
	bad   bool
	specs []Spec
}

func (r *reader) fail() { r.bad = true }

// peek returns the next byte, or 0 at the end.
func (r *reader) peek() byte {
	if r.pos < len(r.text) {
		return r.text[r.pos]
	}
	return 0
}

// space skips blanks, comments and semicolons, which are never needed to understand this part of a file.
func (r *reader) space() {
	for !r.bad && r.pos < len(r.text) {
		rest := r.text[r.pos:]
		switch {
		case strings.IndexByte(" \f\t\r\n;", rest[0]) >= 0:
			r.pos++
		case strings.HasPrefix(rest, "//"):
			end := strings.IndexByte(rest, '\n')
			if end < 0 {
				end = len(rest) - 1
			}
			r.pos += end + 1
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest[2:], "*/")
			if end < 0 {
				r.pos = len(r.text)
				r.fail()
				return
			}
			r.pos += 2 + end + 2
		case rest[0] == '/':
			r.fail()
		default:
			return
		}
	}
}

func isIdent(c byte) bool {
	return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '_' || c >= utf8.RuneSelf
}

func (r *reader) keyword(word string) {
	r.space()
	if r.bad || !strings.HasPrefix(r.text[r.pos:], word) {
		r.fail()
		return
	}
	r.pos += len(word)
	if isIdent(r.peek()) {
		r.fail()
	}
}

func (r *reader) ident() {
	r.space()
	if r.bad || !isIdent(r.peek()) {
		r.fail()
		return
	}
	for isIdent(r.peek()) {
		r.pos++
	}
}

func (r *reader) quoted() {
	r.space()
	if r.bad {
		return
	}
	start := r.pos
	switch r.peek() {
	case '`':
		end := strings.IndexByte(r.text[start+1:], '`')
		if end < 0 {
			r.fail()
			return
		}
		r.pos = start + 1 + end + 1
	case '"':
		r.pos++
		for r.peek() != '"' {
			if r.pos >= len(r.text) || r.peek() == '\n' {
				r.fail()
				return
			}
			if r.peek() == '\\' {
				r.pos++
			}
			r.pos = min(r.pos+1, len(r.text))
		}
		r.pos++
	default:
		r.fail()
		return
	}
	if path, err := strconv.Unquote(r.text[start:r.pos]); err == nil {
		r.specs = append(r.specs, Spec{path, start, r.pos})
	}
}

func (r *reader) spec() {
	r.space()
	if c := r.peek(); c == '.' {
		r.pos++
	} else if isIdent(c) {
		r.ident()
	}
	r.quoted()
}

func (r *reader) file() {
	r.text = strings.TrimPrefix(r.text, "\ufeff")
	r.keyword("package")
	r.ident()
	for r.space(); !r.bad && r.peek() == 'i'; r.space() {
		r.keyword("import")
		r.space()
		if r.peek() != '(' {
			r.spec()
			continue
		}
		r.pos++
		for r.space(); !r.bad && r.peek() != ')'; r.space() {
			r.spec()
		}
		r.pos = min(r.pos+1, len(r.text))
	}
}

// canBuild returns the build constraint at the head of a file, nil if there is none, and reports whether it can be satisfied,
// whether there are several //go:build lines, which no build satisfies, and whether there is one that does not parse.
func canBuild(text string) (x constraint.Expr, ok, twice, vague bool) {
	head, goBuild, twice := header(text)
	switch {
	case twice:
		return nil, false, true, false
	case goBuild != "":
		x, err := constraint.Parse(goBuild)
		if err != nil || !holds(x, true) {
			return nil, false, false, err != nil
		}
		return x, true, false, false
	}
	for line := range strings.Lines(head) {
		line = strings.TrimSpace(line)
		if !constraint.IsPlusBuild(line) {
			continue
		}
		switch y, err := constraint.Parse(line); {
		case err != nil:
		case !holds(y, true):
			return nil, false, false, false
		case x == nil:
			x = y
		default:
			x = &constraint.AndExpr{X: x, Y: y}
		}
	}
	return x, true, false, false
}

// holds evaluates a constraint where every tag but ignore is both true and false: want is the value that would please.
func holds(x constraint.Expr, want bool) bool {
	switch x := x.(type) {
	case *constraint.TagExpr:
		legal := !strings.ContainsFunc(x.Tag, func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '.'
		})
		return legal && x.Tag != "" && x.Tag != "ignore" && want
	case *constraint.NotExpr:
		return !holds(x.X, !want)
	case *constraint.AndExpr:
		return holds(x.X, want) && holds(x.Y, want)
	case *constraint.OrExpr:
		return holds(x.X, want) || holds(x.Y, want)
	}
	return false
}

// header returns the comments at the head of a file that a blank line follows, where +build lines count, and the //go:build
// line, which may stand anywhere before the first code. Blanks are ASCII's, as in bytes that may not be UTF-8.
func header(text string) (head, goBuild string, twice bool) {
	end, pos := 0, 0
	ended, inBlock := false, false
	for line := range strings.Lines(text) {
		pos += len(line)
		line = strings.TrimSpace(line)
		if line == "" && !ended {
			end = pos
			continue
		}
		if !strings.HasPrefix(line, "//") {
			ended = true
		}
		if rest, ok := strings.CutPrefix(line, "//go:build"); ok && !inBlock && (rest == "" || strings.TrimSpace(rest) != rest) {
			if goBuild != "" {
				return "", "", true
			}
			goBuild = line
		}
		for line != "" {
			switch {
			case inBlock:
				_, after, closed := strings.Cut(line, "*/")
				inBlock = !closed
				line = strings.TrimSpace(after)
			case strings.HasPrefix(line, "//"):
				line = ""
			case strings.HasPrefix(line, "/*"):
				inBlock = true
				line = strings.TrimSpace(line[2:])
			default:
				return text[:end], goBuild, false
			}
		}
	}
	return text[:end], goBuild, false
}

// Head returns the part of a Go file that its imports, its build constraint and what it has generated depend on: two files with the
// same head are read alike. Of a file that cannot be read to the end of its imports it is the whole text.
func Head(text string) string {
	r := reader{text: text}
	if r.file(); r.bad || r.stray() {
		return text
	}
	end := min(r.pos+1, len(r.text))
	head := r.text[:end]
	for _, line := range directives(r.text[end:]) {
		head += "\n" + line
	}
	return head
}

// stray reports whether something else than a declaration stands where the imports seem to end, such as the marks of a merge
// conflict, so that imports may follow which go does not see.
func (r *reader) stray() bool {
	return !r.bad && r.pos < len(r.text) && strings.IndexByte("cftv", r.text[r.pos]) < 0 // const, func, type, var
}
