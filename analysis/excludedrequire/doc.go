// Package excludedrequire reports a requirement of a version that the same file excludes.
//
// An exclude line makes the go command drop every requirement of that version; it puts no other version in its place. For a
// requirement of the main module itself that means that go.mod has to be changed, so go refuses it.
//
// Excluded versions that only dependencies require are dropped silently, as they are meant to be.
package excludedrequire
