// Package unknowndirective reports directives and blocks that go.mod or go.work does not have.
//
// A directive may be misspelt, may belong to the other kind of file, or may be one that takes no block. The go command refuses
// the file; in the go.mod files of dependencies it ignores what it does not know.
//
// A directive that the installed Go is too old for is reported by the go command's own rules for that version.
package unknowndirective
