// Package syntaxerror reports what the go command cannot read in go.mod and go.work: unclosed blocks, stray characters,
// wrong numbers of arguments and malformed quotes.
//
// The go command stops at the first such character and says nothing about the rest of the file; here the rest is read, and
// all faults are reported at once. The range covers the words that are wrong, where go gives a line or nothing.
//
// What go reads without complaint, however odd it looks, is not reported here.
package syntaxerror
