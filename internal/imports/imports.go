// Package imports says which packages a directory of Go files imports, by the go command's own rules for the pattern "all" in
// module mode: every build tag is both true and false, except ignore.
//
// The one idea to keep in mind: the go command reads Go files in two ways, and they differ for files that do not parse. Its
// index, which it uses wherever it can, takes nothing from such a file; the plain reader, which it uses for directories that
// have changed within the last two seconds or hold symbolic links, takes the imports that stand before the fault. Files that
// parse are read alike by both. The sources of the rules are cmd/go/internal/imports and cmd/go/internal/modindex.
package imports

import (
	"errors"
	"io/fs"
	"slices"
	"strings"

	"github.com/gomodls/gomodls/internal/keep"
)

// ErrNoGo says that a directory has no Go file that could ever be built.
var ErrNoGo = errors.New("no Go source files")

// ErrIrregular says that a name stands for something that is not a file that could be read as Go: a directory at the end of a
// symbolic link, a device, a socket.
var ErrIrregular = errors.New("not a regular file")

// An Entry is one name in a directory.
type Entry struct {
	Name string
	Dir  bool // a directory itself, not a symbolic link to one
	Link bool // a symbolic link, or anything else that is neither a file nor a directory
}

// An FS reads directories and files that may change. Answers of one FS must not contradict each other, and its functions must
// be safe for concurrent use.
type FS struct {
	// List returns what stands in a directory, in any order. The error is fs.ErrNotExist if there is no such directory, also
	// where a file stands in its place.
	List func(dir string) ([]Entry, error)
	// Read returns a file, following symbolic links; of a Go file no more than its Head is asked for. The error is fs.ErrNotExist
	// where there is none, and ErrIrregular where something else stands there.
	Read func(path string) (string, error)
	// Changing reports whether a file of a directory has changed so lately that the go command would not trust its index for
	// it; see the package comment. It may be nil.
	Changing func(dir string) bool
	// Stamp returns the stamp of a directory or of a file. Where ok is false it tells nothing: something has just changed there, is not
	// as it is on disk, or is not there. Who is told that of a directory counts as having listed it. It may be nil, and must not be
	// asked after what it is to tell about has been read.
	Stamp func(path string) (s keep.Stamp, ok bool)
	// State returns a value that is not nil and compares equal for as long as nothing about a directory has changed, not even what
	// Changing says of it; State("") one that is, for as long as no directory has other entries, and none has come or gone. What
	// a Memo holds of it is then taken unread. It may be nil.
	State func(dir string) any
}

// state returns what State says of a directory, or nil.
func (f FS) state(dir string) any {
	if f.State == nil {
		return nil
	}
	return f.State(dir)
}

// stamp returns what Stamp says of a path.
func (f FS) stamp(path string) (s keep.Stamp, ok bool) {
	if f.Stamp == nil {
		return s, false
	}
	return f.Stamp(path)
}

// A Package is what the Go files in one directory import. It is immutable.
type Package struct {
	GoDir       bool     // it has a file with a name that ends in .go: to the go command it is where the import path leads to
	Imports     []string // in order, without duplicates
	TestImports []string // of its tests, in order, without duplicates
	Broken      []string // the names of files that do not parse, so that their imports do not count, or not all
	// Stray are the names of files in which something else than a declaration follows the imports, so that what they import after
	// that does not count, and of files whose build constraint does not parse. Nobody notes those of versions in the module cache.
	Stray []string
	// Generates are the Go files that its //go:generate lines say they write. Nobody notes those of versions in the module cache.
	Generates []Output
	// Groups say the same by build constraint, without files that do not parse. There are none where no file has a constraint
	// and all parse.
	Groups []Group
	Err    error // why the go command cannot use it, ErrNoGo or why a file could not be read
}

// A Group is what the files of a package have in common that are built under the same condition.
type Group struct {
	Condition string // what //go:build lines and names of files demand, in the syntax of a //go:build line; "" for nothing
	Test      bool
	Imports   []string // in order, without duplicates
}

// Under returns the conditions of the files of a package, or of its tests, that import a path; none if a file without a condition
// does, or one that does not parse.
func (p *Package) Under(path string, test bool) []string {
	var conditions []string
	for _, g := range p.Groups {
		if g.Test != test {
			continue
		}
		if _, ok := slices.BinarySearch(g.Imports, path); !ok {
			continue
		}
		if g.Condition == "" {
			return nil
		}
		conditions = append(conditions, g.Condition)
	}
	return conditions
}

// groups collects what files import by the condition that they are built under.
type groups struct {
	list    []Group
	sets    []map[string]bool
	partial bool // not all files are in them, or not always
}

func (g *groups) add(name string, f *file) {
	cgo := slices.Contains(f.strict, "C")
	next := Group{Condition: condition(name, f.expr, cgo), Test: strings.HasSuffix(name, "_test.go")}
	g.partial = g.partial || next.Condition != ""
	i := slices.IndexFunc(g.list, func(h Group) bool { return h.Condition == next.Condition && h.Test == next.Test })
	if i < 0 {
		i = len(g.list)
		g.list, g.sets = append(g.list, next), append(g.sets, map[string]bool{})
	}
	for _, path := range f.strict {
		g.sets[i][path] = true
	}
}

// finish returns the groups, or none if they say nothing that their union does not say.
func (g *groups) finish() []Group {
	if !g.partial {
		return nil
	}
	list := make([]Group, len(g.list))
	for i := range list {
		list[i] = g.list[i]
		list[i].Imports = sorted(g.sets[i])
	}
	return list
}

// scan reads a directory's Go files, whose text comes from read and is parsed by parse. plain chooses the reader; see the
// package comment. alike reports whether both find the same.
func scan(entries []Entry, read func(name string) (string, error), parse func(name, text string) *file, plain bool) (p *Package, alike bool) {
	p, alike = new(Package), true
	imports, tests := map[string]bool{}, map[string]bool{}
	var byCondition groups
	files, hides := 0, false
	for _, e := range entries {
		if e.Dir || !strings.HasSuffix(e.Name, ".go") {
			continue
		}
		hidden := strings.HasPrefix(e.Name, "_") || strings.HasPrefix(e.Name, ".")
		if hidden && (!plain || p.GoDir) {
			hides = true
			continue
		}
		text, err := read(e.Name)
		switch {
		case errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrIrregular):
			continue
		case hidden: // plainly looked at, it makes the directory one of Go files, and no more
			p.GoDir = true
			continue
		case err != nil:
			p.GoDir, alike = true, false
			if plain {
				p.Err = err
				return p, false
			}
			files++ // the index notes the failure and goes on
			continue
		}
		p.GoDir = true
		f := parse(e.Name, text)
		alike = alike && !f.broken() && !f.syntax
		if f.broken() {
			p.Broken = append(p.Broken, e.Name)
			byCondition.partial = true
		} else if f.build {
			byCondition.add(e.Name, f)
		}
		for _, line := range f.lines {
			p.Generates = append(p.Generates, outputs(e.Name, line)...)
		}
		if f.stray || f.vague {
			p.Stray = append(p.Stray, e.Name)
		}
		paths, counts, err := f.indexed()
		if plain {
			paths, counts, err = f.plain()
		}
		if err != nil {
			p.Err = err
			return p, false
		}
		if !counts {
			continue
		}
		files++
		into := imports
		if strings.HasSuffix(e.Name, "_test.go") {
			into = tests
		}
		for _, path := range paths {
			into[path] = true
		}
	}
	alike = alike && (p.GoDir || !hides)
	if files == 0 {
		p.Err = ErrNoGo
		return p, alike
	}
	p.Imports, p.TestImports = sorted(imports), sorted(tests)
	p.Groups = byCondition.finish()
	return p, alike
}

// sorted returns the import paths that lead anywhere: not "C", and not those of App Engine's first years, which the go
// command passes over; see modload.scanDir.
func sorted(set map[string]bool) []string {
	var paths []string
	for p := range set {
		first, _, _ := strings.Cut(p, "/")
		if p != "C" && first != "appengine" && first != "appengine_internal" {
			paths = append(paths, p)
		}
	}
	slices.Sort(paths)
	return paths
}
