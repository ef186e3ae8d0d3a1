// Package privategap reports private modules that GOPRIVATE does not cover, so that their paths would be sent to a module
// proxy or to the checksum database.
//
// The go command asks the proxies of GOPROXY for every module that GOPRIVATE, or GONOPROXY, does not match, and the checksum
// database for every one that GOPRIVATE, or GONOSUMDB, does not match. For a private module that gives away its name, and
// fails in the end. On the machine of whoever set GOPRIVATE nothing is noticed; on the next machine it is. Settings that people
// take for a way around, such as GOSUMDB=off, GOPROXY=direct or -insecure in GOFLAGS, are named with what they do instead.
//
// A module counts as private only on strong evidence, all of it local: a declaration in .gomodls.yaml, a host that no public
// proxy can reach, GOPRIVATE set in the repository's build files, a login or a git rule for its host and owner. A record of
// the checksum database in the module cache shows that a module is public, and nothing is reported about it.
package privategap
