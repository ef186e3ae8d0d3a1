// Package missingrequire reports imports of packages that no required module has, and that a requirement would bring.
//
// It marks the import in the Go file, saved or not, and says at go.mod's module line what is missing there. Where go refuses to
// build the import it is an error; where only go mod tidy asks for it, as for a file that is not built on this system, and at
// go.mod, it is a warning. The tools of go.mod are imports, too.
//
// A module that has the package is looked for in the module graph, among replacements, in the workspace and in the module
// cache, never on the network. The version that is offered is the one that tidy would choose if it is in the graph or replaced,
// and otherwise the highest in the module cache, which need not be the latest that there is.
//
// Where the source of a module that could have the package is not on this machine, nothing is said: unknown is not missing.
// missingpackage reports a package that the module which should have it does not have.
package missingrequire
