// Package duplicatemodule reports two directories of a workspace that hold a module of the same path.
//
// The go command could not tell which of them an import means, and refuses the workspace.
//
// The same directory listed twice is another fault; see duplicateuse.
package duplicatemodule
