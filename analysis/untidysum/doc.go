// Package untidysum reports checksums that go mod tidy would add to go.sum, though the go command works without them.
//
// Tidy keeps more checksums than a build needs: those of the modules that only tests of dependencies lead to, so that go test
// can run these, and for go 1.17 those that go 1.16 asks for, which does not prune the module graph. With a vendor directory, go
// asks for none, and tidy keeps all. A check that go.mod and go.sum are tidy fails until they are there.
//
// Nothing is said while go.mod itself is not tidy, because a tidy one may need others, and none that the go command asks for:
// those are missingsum's.
package untidysum
