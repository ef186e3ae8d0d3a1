// Package unneededsum reports lines of go.sum that go mod tidy would drop.
//
// They do no harm: the go command passes over checksums that it does not need. They stay behind when versions change, and
// every merge conflict is longer for them. What tidy keeps is more than a build needs: also the checksums that older versions of
// go ask for, and those of go.mod files that were read to choose versions.
//
// Nothing is said while go.mod itself is not tidy, because its lines may need what a tidy one does not, nor for a module of a
// workspace, where the other modules may need the lines.
package unneededsum
