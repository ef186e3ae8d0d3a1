// Package duplicateuse reports a directory that a go.work lists twice.
//
// The go command refuses the second line, also if it spells the directory in another way.
//
// Two directories that hold the same module are another fault.
package duplicateuse
