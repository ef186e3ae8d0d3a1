// Package replacepath reports replacements by a directory that is not there, that is not a module, or whose go.mod cannot be
// read.
//
// The go command reads the go.mod file of the directory as soon as the replaced module is part of the module graph, and
// refuses if it cannot. Where a directory of nearly the same name, or one that holds the module that is replaced, is close
// by, it is suggested.
//
// A directory inside the vendor directory is read like any other, but go mod vendor deletes the vendor directory before it
// refuses such a replacement, so that the module is lost.
//
// A replacement of a module that nothing requires is not read by go, so a missing directory is only a warning there. What
// the module in the directory calls itself does not matter to go, and is not reported here.
package replacepath
