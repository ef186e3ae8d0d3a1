// Package machinepath reports absolute paths in replacements and in the use lines of a workspace.
//
// They are right on the machine where they were written, and hardly on another: a colleague's, or the one that runs the tests.
// Write them relative to the file, or keep the line in a go.work file that is not published.
package machinepath
