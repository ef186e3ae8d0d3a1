// Package explain says what the messages of the go command mean, in a build log as in what a command has just printed.
//
// The one idea to keep in mind: a log is somebody else's text. Lines carry timestamps, colours and prefixes of whatever
// passed them on; so a message is cleaned and put together from its lines first, then recognized by what only go prints, and
// what is not recognized is not guessed at. The package is pure: where a remedy belongs is looked up in texts that it is
// given.
package explain

import (
	"strings"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/fixes"
)

// A Finding is one thing that go could not do.
type Finding struct {
	Family string // one word for the kind of message: "unknownrevision"
	Code   string // the diagnostic of gomodls that says it before go runs; empty if there is none
	Said   string // the message, without what others put before its lines
	Cause  string // why go says it, as a sentence
	Remedy string // what to do, as a sentence or some

	LogLine int // where the log has it, counted from 1

	// At is the position that go itself names; its Line is 0 if it names none.
	At Position

	// Modules are the module versions that the message names, the one that it is about first. A version may be empty.
	Modules []module.Version
	Package string // the import path that it is about; empty if it is about none

	// Fixes are what the server can do about it, without the uri of the document.
	Fixes []fixes.Fix

	file string // the kind of file in which the remedy belongs: "go.mod"
}

// A Position is a place in a file as go prints it: counted from 1, columns in bytes; what is 0 is not known.
type Position struct {
	File         string
	Line, Column int
}

// Module returns the module version that the message is about; the zero value if it is about none.
func (f Finding) Module() module.Version {
	if len(f.Modules) == 0 {
		return module.Version{}
	}
	return f.Modules[0]
}

// Log returns what the go command's messages in a log mean, each once, in the order of the log.
func Log(log string) []Finding {
	var all []Finding
	seen := make(map[string]int) // by what is said, the place in all
	for _, r := range records(log) {
		for i := range families {
			f, ok := families[i].match(r.text)
			if !ok {
				continue
			}
			f.LogLine = r.line
			key := f.Family + "\x00" + f.Cause
			if i, ok := seen[key]; !ok {
				seen[key] = len(all)
				all = append(all, f)
			} else if all[i].At.Line == 0 {
				all[i].At = f.At
			}
			break
		}
	}
	return all
}

func modulesIn(text string) []module.Version {
	var all []module.Version
	for _, m := range moduleVersion().FindAllStringSubmatch(text, -1) {
		all = append(all, module.Version{Path: m[1], Version: strings.TrimRight(m[2], ".,;:")})
	}
	return all
}
