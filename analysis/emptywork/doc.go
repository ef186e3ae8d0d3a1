// Package emptywork reports a go.work that lists no module.
//
// Such a workspace has nothing in it: commands that need a module fail with "no modules were found in the current workspace".
package emptywork
