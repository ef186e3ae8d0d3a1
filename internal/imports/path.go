package imports

import (
	"errors"
	"go/build"
	"iter"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/module"
)

// LooksStd reports whether an import path belongs to the standard library, whether it is there or not.
func LooksStd(importPath string) bool {
	first, _, _ := strings.Cut(importPath, "/")
	return !strings.Contains(first, ".")
}

// CheckPath says why no package can have a path, or returns nil.
func CheckPath(importPath string) error {
	switch {
	case build.IsLocalImport(importPath):
		return errors.New("relative paths cannot be imported in a module")
	case filepath.IsAbs(importPath):
		return errors.New("it is a path of a file, not of a package")
	case strings.Contains(importPath, "@"):
		return errors.New("a version belongs into go.mod, not into an import path")
	case slices.Contains([]string{"std", "cmd", "tool", "work", "all"}, importPath):
		return errors.New("to the go command this is a pattern for many packages")
	}
	return module.CheckImportPath(importPath)
}

// Prefixes returns the paths of the modules that could have a package, the longest first.
func Prefixes(importPath string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for prefix := importPath; prefix != "." && prefix != "/"; prefix = path.Dir(prefix) {
			if prefix != "go" && prefix != "toolchain" && !yield(prefix) { // go/ast is in no module
				return
			}
		}
	}
}

// Within returns the directory of a package in a module, and false if by its path the module cannot have the package.
func Within(importPath, modPath string) (rel string, ok bool) {
	rest, ok := strings.CutPrefix(importPath, modPath)
	switch {
	case !ok:
		return "", false
	case rest == "":
		return "", true
	}
	return strings.CutPrefix(rest, "/")
}
