// Package conflictingreplace reports replacements in a workspace that contradict each other, or that replace one of its modules.
//
// Two modules of a workspace may not replace the same module by different things, unless go.work replaces it itself; and go.work
// may replace a module that it lists only at single versions. The go command refuses the workspace otherwise.
//
// Contradictions within one file are reported by badreplace.
package conflictingreplace
