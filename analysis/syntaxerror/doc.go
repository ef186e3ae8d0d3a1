// Package syntaxerror reports what the go command cannot read in go.mod and go.work: unclosed blocks, unknown directives,
// wrong numbers of arguments, malformed versions and paths, and what a merge conflict leaves behind.
//
// The go command reports only the first fault of some kinds; all of them are reported here. The range covers the words that
// are wrong, where go gives a line or nothing.
//
// What go reads without complaint, however odd it looks, is not reported here.
package syntaxerror
