// Package lostrequire reports requirements that go mod tidy would drop only because something is broken or missing for the moment.
//
// Tidy passes over a Go file whose imports do not parse, as one with the marks of a merge conflict: it succeeds, and whatever
// only that file needs is gone from go.mod, with its version. So mend the file first. With its flag -e, tidy does the same where
// it cannot load a package: one of this module that is not there, since it was not generated yet for instance, or one of a module
// whose source cannot be had, such as a private one.
//
// What a file that does not parse imports is read as a person would: both sides of a conflict count.
//
// A package that has other files may lack one that is yet to be generated. What that would import nobody can know before it is
// there, since a //go:generate line says neither which file it writes nor what into it; so nothing is said about such a file.
package lostrequire
