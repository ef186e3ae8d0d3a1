// Package malformedsum reports lines of go.sum that are no checksums, such as what a merge conflict leaves behind.
//
// A line of go.sum has three fields: a module path, a version, and a hash. As soon as the go command needs any checksum it
// reads the whole file, and a line with more or fewer fields makes it stop. For a merge conflict the right answer is nearly
// always to keep both sides: go.sum is a set, and lines that nothing needs do no harm.
//
// Two lines may give one module version different checksums. The go command stops at the first in the file that differs from what
// it has, so the order decides, and at most one is right. Which one is for the checksum database to say; what was downloaded proves
// nothing. Only where by the user's settings nobody is asked is the choice offered, and the title says so.
//
// Lines that have three fields but mean nothing are ignored by go, and are only hinted at.
package malformedsum
