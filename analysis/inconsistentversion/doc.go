// Package inconsistentversion reports requirements that contradict the build list: a module that is required at two
// versions, and a requirement below the version that is selected.
//
// The go command builds with the highest version that anything in the module graph asks for. A go.mod that asks for less,
// or for two versions at once, does not say what is built, so go refuses it with "updates to go.mod needed" and does not
// say which line it means. This analyzer marks the line and shows the chain of requirements that asks for more.
//
// A module that is required twice at the same version is no error and not reported here. Nothing is reported about what
// only modules that are not on this machine would say.
package inconsistentversion
