// Package badtoolchain reports a toolchain line that go would remove or that contradicts the go line.
//
// A toolchain line is there to ask for a newer Go than the go line does. One that says the same, that says "default", that is
// older than the go line or than Go 1.21, or that names no version has no place in go.mod: the go command refuses it with
// "updates to go.mod needed", and for a toolchain older than the go line not even go mod tidy repairs that.
//
// In a go.work an old toolchain line has no effect, and is only hinted at. Toolchain lines of dependencies never count.
package badtoolchain
