// Package usepath reports use lines of go.work whose directory holds no module that go can read.
//
// The go command loads every module that a go.work lists before it does anything else, so one directory that was moved or
// deleted makes all commands in the workspace fail.
//
// A directory that is listed twice is another fault; see duplicateuse.
package usepath
