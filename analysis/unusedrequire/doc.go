// Package unusedrequire reports requirements that go mod tidy would drop, because no package of the module needs them.
//
// A package needs a module if it imports one of its packages, directly or through others, under whatever build tags, or if
// its tests do. Other modules' packages count without their tests' imports. A requirement that only keeps the version of such a
// module is not unused. What the module's unsaved files import counts as it stands in the editor.
//
// Nothing is said while nobody can know: where the source of a module that is needed is not on this machine, where a package of
// the module itself is missing, and in a module without any package. Where an import leads nowhere, only requirements without an
// indirect comment are reported, since what will provide the package may need the others. A requirement that would go only
// because a file does not parse is lostrequire's.
package unusedrequire
