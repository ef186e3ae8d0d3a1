// Package mergeconflict reports what a merge left behind in go.mod or go.work.
//
// The go command takes the markers for directives and prints several faults for each of them. Here a conflict is one
// diagnostic, which names the branches, with a fix for either side. For requirements the right answer is mostly the higher
// version of both, since the build list has that anyway.
//
// Conflicts in go.sum are reported by malformedsum, which can keep both sides.
package mergeconflict
