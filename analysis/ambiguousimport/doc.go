// Package ambiguousimport reports imports of a package that several modules have.
//
// The go command looks for a package in every module whose path is a prefix of the package's, and refuses if more than one
// has it. That happens when part of a module became a module of its own and the graph has the old and the new: a version
// from before the split, or from after it, of the other one ends it. The files of the main module that import the package
// are marked, or, if only other modules import it, those imports that lead there.
//
// An import in a file that is not built on this system is an obstacle to go mod tidy alone, and so a warning.
//
// With a module graph that is pruned, modules that go.mod requires go before all others: what only others have beside them
// makes nothing ambiguous. Where the source of a module that could have the package is not on this machine, nothing is said.
package ambiguousimport
