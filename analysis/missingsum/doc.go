// Package missingsum reports requirements for which go.sum lacks a checksum that the go command demands.
//
// In its ordinary, readonly mode the go command reads the go.mod file of a module version only if go.sum says what its
// checksum must be, and stops with "missing go.sum entry" at the first one it does not find. The requirement that leads
// there is marked; the message counts all modules that are missing behind it, so that one fix adds them at once.
//
// To load packages, in go build, go vet and go test, it also reads the source of every module that has one of them, and of
// every module that by its path could have it too, and demands checksums of these. Which ones it needs depends on the imports
// of the module's packages, of what they import, and so on; the related places are imports because of which a checksum is
// needed. Where a source is not on this machine, nobody knows what its packages import, and nothing is said about that.
//
// In go.sum itself the places where the lines belong are marked as information: one cause is one error, and that is at the
// requirement.
//
// A checksum is demanded under the name of the replacement, where a module is replaced by another. Nothing is demanded for
// directories, in a workspace, with a vendor directory or with -mod=mod.
package missingsum
