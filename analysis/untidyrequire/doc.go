// Package untidyrequire reports what go mod tidy would add or change in go.mod so that the module graph is complete.
//
// From go 1.17 on, a go.mod lists every module that provides a package which is needed, also indirectly, at the version that
// the go command selects, so that it need not read the go.mod files of modules further away. Where a line is missing or names
// another version, go refuses some commands with "updates to go.mod needed", or tidy changes the file, and a check for
// tidiness fails. The go and toolchain lines belong here, too: a requirement may raise them.
//
// A requirement of a package that the module itself imports is missingrequire's, and versions that contradict each other are
// inconsistentversion's. Nothing is said where an import leads nowhere, because it could change what is needed.
package untidyrequire
