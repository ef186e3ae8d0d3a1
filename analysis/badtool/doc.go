// Package badtool reports tool lines whose tools go tool does not run by the name that one would give it.
//
// The go command accepts any package as a tool. But go tool runs commands only: a package whose name is not main is refused there.
// And where the last elements of two tools' paths are the same, a version like v2 aside, go tool refuses the short name, since
// it could mean either; it takes the whole path. In a workspace the tools of all its modules count.
//
// Nothing is said of packages whose source is not on this machine, and of those with a file of a command among others.
package badtool
