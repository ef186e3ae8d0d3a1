// Package badpath reports module and package paths that the go command does not accept.
//
// The path of a main module must be fit for import paths; the path of a requirement must have a major version suffix that can
// be: none, or /v2 and above. The paths go and toolchain are the go command's own.
//
// Paths that are well-formed but that nobody can fetch are not reported here.
package badpath
