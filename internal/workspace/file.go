package workspace

import (
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"go.lsp.dev/uri"

	"github.com/gomodls/gomodls/internal/goenv"
	"github.com/gomodls/gomodls/internal/gosum"
	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/text"
)

// A Kind says what a file is to the go command. It goes by the file's name, whatever an editor calls its language.
type Kind uint8

const (
	Other        Kind = iota // nothing that gomodls diagnoses
	ModFile                  // go.mod
	SumFile                  // go.sum and go.work.sum
	WorkFile                 // go.work
	GoFile                   // a Go source file, of which only the imports matter
	VendorFile               // vendor/modules.txt
	SettingsFile             // .gomodls.yaml
)

// KindOf returns the kind of the file at path.
func KindOf(path string) Kind {
	switch filepath.Base(path) {
	case "go.mod":
		return ModFile
	case "go.sum", "go.work.sum":
		return SumFile
	case "go.work":
		return WorkFile
	case settingsFile:
		return SettingsFile
	}
	if filepath.Base(path) == "modules.txt" && filepath.Base(filepath.Dir(path)) == "vendor" {
		return VendorFile
	}
	if filepath.Ext(path) == ".go" {
		return GoFile
	}
	return Other
}

// A File is one version of one document, as an editor holds it or as it was last read from disk. It is immutable;
// snapshots that do not see a change keep sharing it, and with it its parse, so there is no cache to invalidate.
type File struct {
	URI     uri.URI
	Path    string // cleaned absolute path
	Kind    Kind
	Open    bool  // an editor holds it; what is on disk does not count
	Version int32 // the editor's version, where Open
	Text    string

	mod  func() *syntax.Mod
	work func() *syntax.Work
	uses func() []string
	sum  func() *syntax.Sum
	sums func() *gosum.Index
	sett func() moduleSettings
	vend func() *modgraph.VendorList
	line func() *text.Lines
	bugs func() (goenv.Godebugs, bool)

	origin atomic.Pointer[File] // the go.mod or go.sum that was read whole, of which this one is an edit; nil if it was itself

	fact     *Fact    // what a snapshot says where the file is open
	problems sync.Map // Go version → []syntax.Problem
	lax      sync.Once
	laxMod   *modcache.Mod
}

// NewFile returns the file at path as it is on disk.
func NewFile(path, text string) *File { return newFile(uri.File(path), path, text) }

func newFile(u uri.URI, path, src string) *File {
	f := &File{
		URI: u, Path: path, Kind: KindOf(path), Text: src,
		work: sync.OnceValue(func() *syntax.Work { return syntax.ParseWork(src) }),
	}
	f.mod = sync.OnceValue(func() *syntax.Mod {
		if base := f.origin.Load(); base != nil {
			m, ok := syntax.ParseModAfter(base.mod(), src)
			if !ok {
				f.origin.Store(nil)
			}
			return m
		}
		return syntax.ParseMod(src)
	})
	f.sum = sync.OnceValue(func() *syntax.Sum {
		if base := f.origin.Load(); base != nil {
			if s := syntax.ParseSumAfter(base.sum(), src); s.Edit != nil {
				return s
			}
			f.origin.Store(nil)
		}
		return syntax.ParseSum(src)
	})
	f.uses = sync.OnceValue(f.useDirs)
	f.sett = sync.OnceValue(func() moduleSettings { return parseSettings(src) })
	f.vend = sync.OnceValue(func() *modgraph.VendorList { return modgraph.ParseVendorList(src) })
	f.line = sync.OnceValue(func() *text.Lines { return text.NewLines(src) })
	f.bugs = sync.OnceValues(func() (goenv.Godebugs, bool) { return goenv.ParseGodebugs(src) })
	f.fact = &Fact{State: Regular, File: f}
	f.sums = sync.OnceValue(func() *gosum.Index {
		s := f.sum()
		if s.Edit != nil {
			return gosum.After(f.origin.Load().sums(), s)
		}
		return gosum.NewIndex(s)
	})
	return f
}

// after notes what stood in the place of a file: little of it may be another. At most one file is kept for that.
func (f *File) after(last *File) {
	if last == nil || f.Kind != last.Kind || f.Kind != SumFile && f.Kind != ModFile {
		return
	}
	if origin := last.origin.Load(); origin != nil {
		last = origin
	}
	f.origin.Store(last)
}

// as returns the file under another name than its own: -modfile may name any file. A nil File stays nil.
func (f *File) as(k Kind) *File {
	if f == nil || f.Kind == k {
		return f
	}
	other := newFile(f.URI, f.Path, f.Text)
	other.Kind, other.Open, other.Version = k, f.Open, f.Version
	return other
}

// Lines finds the lines of the file. It is quick however large the file is, which parsing may not be.
func (f *File) Lines() *text.Lines { return f.line() }

// Mod returns the file read as a go.mod, which never fails.
func (f *File) Mod() *syntax.Mod { return f.mod() }

// Uses returns the directories that the use lines of the file, read as a go.work, stand for, one for each line.
func (f *File) Uses() []string { return f.uses() }

func (f *File) useDirs() []string {
	uses := f.Work().Use
	dirs := make([]string, len(uses))
	for i, use := range uses {
		dirs[i] = filepath.Clean(filepath.FromSlash(use.Path))
		if !filepath.IsAbs(dirs[i]) {
			dirs[i] = filepath.Join(filepath.Dir(f.Path), dirs[i])
		}
	}
	return dirs
}

// Problems returns what a go command of the given version has against the file, as go.mod or go.work; "" stands for the newest.
func (f *File) Problems(goVersion string) []syntax.Problem {
	if f.Kind != ModFile && f.Kind != WorkFile {
		return nil
	}
	if known, ok := f.problems.Load(goVersion); ok {
		return known.([]syntax.Problem)
	}
	var problems []syntax.Problem
	switch old := goVersion != "" && goenv.CompareVersions(goVersion, newestGrammar) < 0; {
	case f.Kind == ModFile && old:
		problems = syntax.ParseModAt(f.Text, goVersion).Problems
	case f.Kind == ModFile:
		problems = f.Mod().Problems
	case old:
		problems = syntax.ParseWorkAt(f.Text, goVersion).Problems
	default:
		problems = f.Work().Problems
	}
	f.problems.Store(goVersion, problems)
	return problems
}

// newestGrammar is the Go version since which the directives of go.mod and go.work have not changed.
const newestGrammar = "1.25"

// Work returns the file read as a go.work, which never fails.
func (f *File) Work() *syntax.Work { return f.work() }

// Sum returns the file read as a go.sum, which never fails.
func (f *File) Sum() *syntax.Sum { return f.sum() }

// VendorList returns the file read as a vendor/modules.txt, which never fails. It may be called on a nil File, which is empty.
func (f *File) VendorList() *modgraph.VendorList {
	if f == nil {
		return modgraph.ParseVendorList("")
	}
	return f.vend()
}

// Checksums returns the lines of a go.sum by what they protect. It may be called on a nil File, which has none.
func (f *File) Checksums() *gosum.Index {
	if f == nil {
		return nil
	}
	return f.sums()
}

func (f *File) settings() moduleSettings { return f.sett() }

// dependency returns the file as the go command reads the go.mod of a directory that replaces a module.
func (f *File) dependency(names *modcache.Names) *modcache.Mod {
	f.lax.Do(func() { f.laxMod = modcache.ParseMod(names, f.Text) })
	return f.laxMod
}

// Start returns the span of the first line's text, where something is said about the file as a whole.
func (f *File) Start() text.Span {
	end := strings.IndexAny(f.Text, "\r\n")
	if end < 0 {
		end = len(f.Text)
	}
	return text.Span{End: end}
}
