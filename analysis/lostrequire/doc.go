// Package lostrequire reports requirements that go mod tidy would drop only because something is broken or missing for the moment.
//
// Tidy passes over a Go file whose imports do not parse, as one with the marks of a merge conflict: it succeeds, and whatever
// only that file needs is gone from go.mod, with its version. So mend the file first. With its flag -e, tidy does the same where
// it cannot load a package: one of this module that is not there, since it was not generated yet for instance, or one of a module
// whose source cannot be had, such as a private one. More than a few that are lost for one reason are reported once, at the first.
//
// What a file that does not parse imports is read as a person would: both sides of a conflict count.
//
// A package that has other files may lack one that is yet to be generated. Where a //go:generate line names the Go file that it
// writes, by a flag such as -o or -destination or by a redirection, and the file is not there, every requirement that tidy would
// drop may be needed by it, and the message says so; of stringer, moq and mockgen it is known what they need. Most lines do not
// name what they write. Then nobody can know before the file is there, and unusedrequire speaks.
package lostrequire
