// Package lowgoline reports a go line below the Go version that a dependency needs.
//
// Since Go 1.21 the go line of every module in the module graph counts: a module may not say that it gets by with an older Go
// than its dependencies do. The go command refuses such a go.mod with "updates to go.mod needed" and names no line. The
// message says which dependency asks for how much; the fix raises the line to just that.
//
// Go lines of dependencies below 1.21 never matter, and in a workspace it is the go line of go.work that does.
package lowgoline
