// Package badversion reports versions that the go command does not accept: of modules, of Go and of toolchains.
//
// A version in a main module's go.mod must be canonical, v1.2.3, and its major version must fit the module path: path/v2 has
// versions v2.x.y. The go command would look up anything else, such as a branch, and then refuses because go.mod has to be
// changed. Go versions have no v in front, toolchains are called go1.23.0.
//
// Versions that are well-formed but do not exist are not reported here; see badmodule.
package badversion
