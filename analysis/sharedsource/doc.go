// Package sharedsource reports replacements that make one module stand for two: what is compiled as one path is the source of
// another, too.
//
// A module may be used as itself, or in the place of another, but not both at once, and not in the place of two: then every
// package would be there twice, with types that do not fit each other. Commands that load packages, such as go build, refuse;
// go list -m all and go mod tidy do not look, so this is a warning. Give each of the two a copy of its own, or replace all imports
// of one path by the other.
//
// Nothing is said while the module graph is not completely known.
package sharedsource
