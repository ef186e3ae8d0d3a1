// Package toonew reports modules that need a newer Go than the one that is installed.
//
// A go line says which Go a module needs at least. Where GOTOOLCHAIN does not let the go command switch to another
// toolchain, it refuses a module whose go line, or that of a dependency or of a replaced directory, is above its own version.
//
// With GOTOOLCHAIN=auto a newer toolchain would be downloaded, so nothing is reported of the module's own go line; nor is anything
// if the version of the installed Go is not known. With GOTOOLCHAIN=path go runs the toolchain only if PATH has it.
package toonew
