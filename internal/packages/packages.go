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
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/text"
)

// An Input is all that an answer depends on.
type Input struct {
	Main      []Main
	Workspace bool
	Mode      Mode
	Graph     *modgraph.Graph // nil in Vendor mode
	Source    modgraph.Source // for go.mod files that are not in the graph
	Vendor    Vendor          // in Vendor mode

	Context *imports.Context
	Files   imports.FS                                    // the files of main modules, of directories that replace modules, and of the vendor directory
	Std     func(importPath string) bool                  // whether the standard library has a package
	Tree    func(module.Version) (*imports.Tree, error)   // the source of a module version; modcache.ErrMissing if it is not on this machine
	Zip     func(module.Version) (hash string, err error) // the checksum of its zip
	Sites   func(key module.Version, hash string) bool    // whether it is worth knowing where a Need comes from
	Parsed  *imports.Memo                                 // what was parsed of Files before; may be nil
	Memo    *Memo                                         // what the answer before has left behind; may be nil
}

// A Memo makes the next answer about the same main modules cheaper. Its zero value is empty. Load must not be called with one Memo
// from several goroutines at once.
type Memo struct {
	looked   map[string]bool // import paths that were looked for: packages can have them, and what they lead to has been read
	packages int             // how many were loaded
	context  *imports.Context
	built    map[*imports.Package]built // in that context
}

// built is what the files of a package that are built import.
type built struct{ imports, tests []string }

// A Main is a main module.
type Main struct {
	Path   string
	Dir    string
	Ignore []string // its ignore directives
}

// A Mode is the effective value of go's -mod flag.
type Mode uint8

const (
	Readonly Mode = iota
	InVendor
	Mutable
)

// A Vendor is a vendor directory.
type Vendor struct {
	Dir    string
	List   *modgraph.VendorList
	Strict bool // packages that List does not have do not count: since go 1.23, by the go line of go.mod or go.work
}

// A Kind says why a package cannot be loaded.
type Kind uint8

const (
	// NoModule: no module in the graph has the package. Modules are those that by their paths could have it; the first has the
	// longest path.
	NoModule Kind = iota
	// NotStd: by its path the package would belong into the standard library, which does not have it.
	NotStd
	// NotRequired: a module that is replaced has the package, but nothing requires that module. Modules has it, at the version
	// that `go get` would require.
	NotRequired
	// NotInReplacement: Modules are replaced and not required, and what replaces the first does not have the package; nothing
	// else could.
	NotInReplacement
	// NotVendored: neither a main module nor the vendor directory has the package. Modules are the main modules that by their
	// paths could have it.
	NotVendored
	// NotListed: the vendor directory has the package, but its modules.txt does not list it.
	NotListed
	// Ambiguous: all of Modules have the package. The zero Version stands for the standard library, one without a version for
	// a main module, and, in vendor mode, one with the path "vendor" for the vendor directory.
	Ambiguous
	// Implicit: a package of a main module imports it from a module in the graph that go.mod does not require, which Modules
	// holds.
	Implicit
	// Outdated: a package that is needed comes from a module in the graph that go.mod would have to require for the graph to be
	// prunable; go says "updates to go.mod needed". Modules holds it.
	Outdated
	// Malformed: a directory of a main module has Go files, and a path that no package can have.
	Malformed
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

// A Need is a checksum that go.sum must have for packages to be loaded, where the go command looks into go.sum at all.
type Need struct {
	Key    module.Version // as in gosum: the version ends in "/go.mod" where it is the go.mod file's
	Module module.Version // as selected
	Hash   string         // of the file in the module cache; "" if it is not there
	Path   string         // an import path because of which the module is looked into
	// Provides says that the module has the package, or may have it, if its source is not at hand; otherwise it has not, which
	// must be made sure of.
	Provides bool
	Main     string   // as in Fault, like what follows
	Chain    []string //
	Test     bool     //
	Sites    []Site   // only of those for which Input.Sites is true
}

// A Result is what there is to say about packages. It is immutable.
type Result struct {
	Faults []Fault // by main module, path and kind
	Needs  []Need  // by key
	// Unknown are the module versions whose sources are not on this machine, so that nobody can say what loading their packages
	// leads to, in order.
	Unknown []module.Version
}
