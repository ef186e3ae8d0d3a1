// Package badgodebug reports godebug lines with settings that the installed Go does not know or no longer has.
//
// The go command looks every setting up in a table of its own, and refuses a go.mod or go.work with one that is not there. The
// table is read from the installed Go, so what is reported is what that Go says; without its sources nothing is.
//
// In a workspace only the lines of go.work count, and those of its modules are not even looked at.
package badgodebug
