// Package repeateddirective reports a second module, go or toolchain line.
//
// Each of them may stand once in a file. The go command refuses the second one, even if it says the same.
//
// Repeated requirements, replacements and the like are other matters: see inconsistentversion and duplicateline.
package repeateddirective
