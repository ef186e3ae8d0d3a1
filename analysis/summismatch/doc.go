// Package summismatch reports lines of go.sum that contradict the module cache.
//
// Whenever the go command reads a module's go.mod file, or its source because a package is needed, it compares the checksum
// with the first one that go.sum holds for it, and stops with "checksum mismatch" and a security warning if they differ.
// Either go.sum was changed, by a bad merge for instance, or what is in the module cache is not what was once checked. Only
// the checksum database, or whoever wrote the line, can tell which: so nothing is offered here that would simply believe what
// was downloaded.
//
// Lines of go.work.sum are compared in the same way. A wrong line behind a right one has no effect and is not reported.
package summismatch
