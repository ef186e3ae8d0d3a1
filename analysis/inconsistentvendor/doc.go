// Package inconsistentvendor reports where go.mod or go.work and vendor/modules.txt contradict each other.
//
// With a vendor directory the go command looks into no module cache and needs no go.sum, but it compares go.mod with the list
// that go mod vendor has written. Every requirement must be marked as explicit there at the same version, every replacement
// must be recorded, and the other way round; otherwise it refuses with "inconsistent vendoring". Nearly always somebody has
// changed go.mod and not run go mod vendor again.
//
// The vendored files themselves are never compared with anything, by go or here.
package inconsistentvendor
