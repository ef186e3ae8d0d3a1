// Package duplicateline reports lines that say again what another line says.
//
// The go command accepts them and drops one of the two when it next writes the file. For godebug, the later line wins.
//
// A module that is required twice at different versions is an error; see inconsistentversion.
package duplicateline
