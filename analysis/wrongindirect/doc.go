// Package wrongindirect reports requirements whose comment "// indirect" is missing, or does not belong there.
//
// A requirement is direct if a package of the module, or one of its tests, imports something from the required module, under
// whatever build tags; all others bear the comment. The go command does not refuse a wrong one, but go mod tidy corrects it, so
// that a check for tidiness fails. People read it to see what a module really depends on.
//
// Nothing is said about a requirement that tidy would drop, and a missing comment is not asked for where an import leads nowhere
// that could lead to the module.
package wrongindirect
