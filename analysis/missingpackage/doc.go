// Package missingpackage reports imports of packages that the modules which should have them do not have.
//
// The path of a package begins with the path of its module. Where a module of that path is there, at the version that the go
// command selects, and has no such package, the package was removed or moved, or is only in another version, or its path is
// mistyped; go refuses with "no required module provides package". The same goes for packages of the main module itself.
//
// An import path that no package can have, and a package without a file for any build, are obstacles to go mod tidy, which stops
// there; that is a warning. go build says by itself what is wrong with such an import.
//
// A directory of the main module whose path no package can have, because of a blank in its name for instance, keeps go from loading
// ./... and go mod tidy from anything, as soon as a build has a Go file there.
//
// A path without a dot before its first slash belongs to the standard library. A package that is not there is a warning, since
// only commands that build it refuse.
//
// Nothing is said where the source of a module that could have the package is not on this machine, nor where no module of the
// graph could have it by its path: then a requirement is missing.
package missingpackage
