// Package notdownloaded reports modules that are not on this machine, so that nobody can tell what the go command would say.
//
// The module graph is computed from the go.mod files of all versions that are mentioned. Where some of them are not in the
// module cache, go would download them first; gomodls does not, unless it is asked to. What it says then is still true, but
// there may be more to say: hence this one note for each module. The same goes for the sources of the modules whose packages
// are needed: what they import cannot be known without them.
//
// Where there is no go command, or go would switch to a toolchain of which nothing is known here, nothing can be said about packages.
//
// With GOPROXY=off nothing is unknown: go would refuse, and so that is what is reported.
package notdownloaded
