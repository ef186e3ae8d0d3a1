// Package casecollision reports requirements whose paths differ from another's in upper and lower case alone.
//
// To the go command github.com/Owner/name and github.com/owner/name are two modules, though they come from one repository. Types of
// one do not fit those of the other, go build refuses to link two packages whose paths differ only so, and go mod vendor
// refuses to write both, since many file systems have one directory for them. One of the spellings is the one that the
// module's own go.mod file declares; the imports of the other are to be changed.
package casecollision
