// Package misleadingcomment reports comments that go reads otherwise than people do.
//
// Two slashes start a comment wherever they stand, also inside a path. And a requirement is indirect for go only if its comment
// is "// indirect", or begins with "// indirect;": go mod tidy adds the comment again to one that says it in another way.
//
// Other comments mean nothing to go, whatever they say.
package misleadingcomment
