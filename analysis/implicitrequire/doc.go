// Package implicitrequire reports modules whose packages are needed and that only other modules require.
//
// From go 1.17 on, go.mod must itself require every module that has a package which the module's packages and tests lead to,
// also those that they do not import themselves; such lines end in "// indirect". Then the module graph can be pruned, and the
// go command need not read the go.mod files of modules further away. Where a line is missing, go build and go test refuse with
// "updates to go.mod needed", although go list -m all does not: mostly because an import was added in a module of a workspace,
// or a line was taken for a leftover and deleted.
//
// The requirement that leads to the module is marked. An import of the module's own that no requirement provides is
// missingrequire's.
package implicitrequire
