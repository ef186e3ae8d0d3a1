// Package badpseudo reports pseudo-versions that no commit can have.
//
// A pseudo-version names a commit: what its version is based on, when it was made in UTC, and the first twelve digits of its hash.
// The go command makes them, and checks each part when it fetches one. One that was typed or merged can have a time that is none,
// too few or too many digits, or a base that cannot be; then go refuses to fetch it. Such a version is reported while its go.mod
// file is not on this machine, so that go has to ask for it.
//
// Let go get find out the right one from the commit.
package badpseudo
