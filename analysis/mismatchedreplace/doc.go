// Package mismatchedreplace reports directories that replace a module and hold another one.
//
// The go command takes the packages of such a directory for those of the module that is replaced, and does not look at what its
// module line says. But the packages in it import each other by the path of that line: if they do, go wants that module as well,
// and what it finds then is not the directory. Where the directory is a fork under a path of its own, its imports have to be
// changed; where it is the wrong directory, the replacement.
//
// Replacements by module versions are checked by the go command itself.
package mismatchedreplace
