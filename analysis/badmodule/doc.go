// Package badmodule reports requirements and replacements that lead to a module version which the go command cannot use.
//
// A version may not exist, the go.mod file of a version may not parse, may not say which module it is, or may say that it is
// another module than the one that was required: a fork, or a module that has been renamed. The go command then refuses to
// load anything and prints the chain of requirements that led there. Here the requirement that begins the chain is marked,
// or the replacement that names the version.
//
// That a version does not exist is known only where go could not ask anybody: with GOPROXY=off, or when all proxies are
// directories on this machine. Otherwise it is unknown, and notdownloaded says so.
package badmodule
