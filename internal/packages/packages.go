// Package packages says which packages the go command could not load, and why, as far as module files are to blame: what
// `go list -deps -test ./...` refuses when it is run in the directory of each main module of a view.
//
// The one idea to keep in mind: a package is looked for in every module whose path is a prefix of its own, first among the
// roots and then in the whole graph, and it must be in exactly one. So the sources of all of these modules are needed to say
// anything, and go.sum must have the checksums of all of them. Where a source is not on this machine, nothing is said about
// the packages that it might have, nor about those that they import; what does not depend on it stands.
//
// Build constraints are those of the environment, unlike in internal/tidy. What constraints depend on and nobody knows, such
// as whether there is a C compiler, makes a file count for nothing.
//
// The source of the rules is cmd/go/internal/modload: load.go, import.go and vendor.go.
package packages

import (
	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/imports"
	"github.com/gomodls/gomodls/internal/text"
)

// A Kind says why a package cannot be loaded.
type Kind uint8

const (
	// NoModule: no module in the graph has the package.
	NoModule Kind = iota
	// NotStd: by its path the package would belong into the standard library, which does not have it.
	NotStd
	// NotRequired: a module that is replaced has the package, but nothing requires that module. Modules has it, at the version
	// that `go get` would require.
	NotRequired
	// NotInReplacement: Modules are replaced and not required, and what replaces the first does not have the package; nothing
	// else could.
	NotInReplacement
	// NotVendored: neither a main module nor the vendor directory has the package.
	NotVendored
	// NotListed: the vendor directory has the package, but its modules.txt does not list it.
	NotListed
	// Ambiguous: several of Modules have the package. The zero Version stands for the standard library, a Version without a
	// version for a main module; in vendor mode, one with version "vendor" for the vendor directory.
	Ambiguous
	// Implicit: a package of a main module imports it from a module in the graph that go.mod does not require, which Modules
	// holds.
	Implicit
	// Outdated: a package that is needed comes from a module in the graph that go.mod would have to require for its graph to
	// be prunable; go says "updates to go.mod needed". Modules holds it.
	Outdated
	// BadPath: nothing can be imported by this path.
	BadPath
)

// A Fault is one package that cannot be loaded.
type Fault struct {
	Kind    Kind
	Path    string // the import path that leads nowhere, or where it may not lead
	Main    string // the directory of the main module whose package leads there
	Modules []module.Version
	// Chain are import paths that lead to Path: from a package of a main module to the one that imports it. It has one element
	// where that is a main module's own.
	Chain []string
	Test  bool // only tests of the main module lead to it
	// Sites are the import declarations in main modules' files that lead there, in order: those of Path itself, or, if only
	// other modules' packages import it, those of the package that Chain goes on with.
	Sites []Site
	// Says is what the go command says, without the advice that it adds.
	Says string
}

// A Site is an import declaration in a file of a main module.
type Site struct {
	File string // its path
	Path string // the import path
}

// Span returns where in a text of the file the import path stands, with its quotes, and false if it does not.
func (s Site) Span(src string) (span text.Span, ok bool) {
	for _, spec := range imports.Specs(src) {
		if spec.Path == s.Path {
			return text.Span{Start: spec.Start, End: spec.End}, true
		}
	}
	return text.Span{}, false
}

// A Zip is a module version whose source is looked into, so that go.sum must have the checksum of its zip.
type Zip struct {
	Module module.Version // as selected
	Actual module.Version // what stands for it, if it is replaced by another version
	Hash   string         // of the zip in the module cache; "" if it is not there
	Path   string         // an import path because of which it is looked into
	Chain  []string       // as in Fault
	Sites  []Site         // as in Fault
	Test   bool           // as in Fault
	// Provides says that the package is in it, or may be; otherwise it is looked into because it might be too.
	Provides bool
}

// A Result is what there is to say about packages. It is immutable.
type Result struct {
	Faults []Fault // by main module, path and kind
	Zips   []Zip   // by module
	// Unknown are the module versions whose sources are not on this machine, so that nobody can say what loading their packages
	// leads to, in order.
	Unknown []module.Version
}
