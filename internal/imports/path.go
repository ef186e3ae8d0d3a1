package imports

import (
	"errors"
	"fmt"
	"go/build"
	"iter"
	"path"
	"path/filepath"
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
	case isMeta(importPath):
		return errors.New("to the go command this is a pattern for many packages")
	case isPlain(importPath):
		return nil
	case build.IsLocalImport(importPath):
		return errors.New("relative paths cannot be imported in a module")
	case filepath.IsAbs(importPath):
		return errors.New("it is a path of a file, not of a package")
	case strings.Contains(importPath, "@"):
		return errors.New("a version belongs into go.mod, not into an import path")
	}
	return module.CheckImportPath(importPath)
}

// isMeta reports whether a path stands for many packages; see search.IsMetaPackage.
func isMeta(path string) bool {
	switch path {
	case "std", "cmd", "tool", "work", "all":
		return true
	}
	return false
}

// SaysOfPath returns what the go command says of a directory of the main module whose path CheckPath objects to, "" if different
// commands say different things; see modload.importFromModules.
func SaysOfPath(importPath string) string {
	switch {
	case isMeta(importPath):
		return fmt.Sprintf("%q is not an importable package", importPath)
	case strings.Contains(importPath, "@"):
		return ""
	}
	if err := module.CheckImportPath(importPath); err != nil {
		return err.Error()
	}
	return ""
}

// isPlain reports whether a path is made of what nobody objects to, as most are, so that no closer look is needed.
func isPlain(path string) bool {
	for {
		elem, rest, more := strings.Cut(path, "/")
		if !isPlainElem(elem) {
			return false
		}
		if !more {
			return true
		}
		path = rest
	}
}

func isPlainElem(elem string) bool {
	letter := func(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' }
	if elem == "" || !letter(elem[0]) || !letter(elem[len(elem)-1]) {
		return false
	}
	for i := range len(elem) {
		if c := elem[i]; !letter(c) && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	switch base, _, _ := strings.Cut(elem, "."); {
	case base == "con", base == "prn", base == "aux", base == "nul":
		return false
	case len(base) == 4 && (base[:3] == "com" || base[:3] == "lpt"): // devices of Windows
		return false
	}
	return true
}

// Prefixes returns the paths of the modules that could have a package, the longest first.
func Prefixes(importPath string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for prefix := importPath; prefix != "." && prefix != "/"; prefix = dirOf(prefix) {
			if prefix != "go" && prefix != "toolchain" && !yield(prefix) { // go/ast is in no module
				return
			}
		}
	}
}

// dirOf is path.Dir, which takes its time over the few paths that are not clean.
func dirOf(p string) string {
	i := strings.LastIndexByte(p, '/')
	if i < 0 {
		return "."
	}
	if i == 0 || p[i-1] == '/' || p[0] == '.' || p[0] == '/' || strings.Contains(p, "/.") || strings.Contains(p[:i], "//") {
		return path.Dir(p)
	}
	return p[:i]
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
