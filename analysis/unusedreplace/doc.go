// Package unusedreplace reports replacements that have no effect, of modules that nothing requires for instance.
//
// A replacement says where a module comes from if it is required; it requires nothing itself. Where neither the main module nor
// any dependency requires the module, at the version that the line names if it names one, the go command has no use for the
// line. The same goes for a line for all versions of a module each of which has a line of its own, and for one that replaces a
// version by itself. The go command complains about none, and go mod tidy keeps them, so that such lines stay for years after what
// they were for is gone. Here they are faded.
//
// Nothing is said while the module graph is not completely known, and where packages are vendored.
package unusedreplace
