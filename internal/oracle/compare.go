package main

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// An outcome is the result of comparing go with the engine about one case.
type outcome uint8

const (
	agreed    outcome = iota
	falsely           // the engine reports an error, go accepts
	missed            // go refuses, the engine reports no error
	misblamed         // both refuse, and the engine does not name the module that go names
	misplaced         // both refuse, and the engine marks none of a line that go names
	unknown           // the engine says that it does not know
	failed            // the engine failed
)

var outcomes = [...]string{"agreed", "false", "missed", "blame", "line", "unknown", "failed"}

func (o outcome) String() string { return outcomes[o] }

// compare holds what the engine says of a case against what go says. why names what is not as it should be.
func compare(c *testCase, v verdict, a *answer) (o outcome, why string) {
	switch {
	case len(a.failures) > 0:
		return failed, a.failures[0].Error()
	case a.unknown && len(a.errors) == 0:
		return unknown, ""
	case v.refused && len(a.errors) == 0:
		return missed, ""
	case !v.refused && len(a.errors) > 0:
		return falsely, a.errors[0].code
	case !v.refused:
		return agreed, ""
	}
	for _, name := range blamed(v.output) {
		if !slices.ContainsFunc(a.errors, func(f finding) bool { return strings.Contains(f.mentions, name) }) {
			return misblamed, name
		}
	}
	for _, places := range placesIn(v.output, c) {
		if !slices.ContainsFunc(places, func(p place) bool { return marks(a, p) }) {
			return misplaced, places[0].file + ":" + strconv.Itoa(places[0].line)
		}
	}
	return agreed, ""
}

func marks(a *answer, p place) bool {
	return slices.ContainsFunc(a.errors, func(f finding) bool {
		return f.file == p.file && f.first <= p.line && p.line <= f.last || slices.Contains(f.related, p)
	})
}

// blames are the shapes in which go names the module that it cannot load. What is in parentheses is the module's path.
var blames = []*regexp.Regexp{
	regexp.MustCompile(`(?m)^(?:go: |\t)?([^\s@:]+)@\S+(?: \(replaced by [^)]*\))?: \S`),
	regexp.MustCompile(`(?m)verifying (?:module: )?([^\s@:]+)@\S+: checksum mismatch`),
	regexp.MustCompile(`(?m)^\t([^\s@:]+): is (?:marked as )?replaced`),
	regexp.MustCompile(`(?m)conflicting replacements for ([^\s@:]+)`),
	regexp.MustCompile(`(?m)^go: module (\S+) appears multiple times`),
	regexp.MustCompile(`(?m)^go: workspace module (\S+) is replaced`),
	regexp.MustCompile(`(?m)used for two different module paths \((\S+) and \S+\)`),
	regexp.MustCompile(`(?m)ignoring requirement on excluded version (\S+) `),
	regexp.MustCompile(`(?m)^go: vendored module ([^\s@:]+)`),
	regexp.MustCompile(`(?m)^go: (?:\S+: )?malformed (?:module|tool) path "([^"]+)"`),
}

// blamed returns the paths of the modules that go names as the cause.
func blamed(output string) []string {
	var names []string
	for _, re := range blames {
		for _, m := range re.FindAllStringSubmatch(output, -1) {
			name := m[1]
			if strings.Contains(name, `\`) { // go quotes what is malformed
				if plain, err := strconv.Unquote(`"` + name + `"`); err == nil {
					name = plain
				}
			}
			if !strings.Contains(name, "$") && !slices.Contains(names, name) && !strings.HasSuffix(name, ".go") {
				names = append(names, name)
			}
		}
	}
	return names
}

var position = regexp.MustCompile(`([\w$./~+@-]*(?:go\.mod|go\.sum|go\.work|go\.work\.sum)):(\d+)(?::\d+)?\b`)

// placesIn returns the lines of module files that each line of go's output names.
func placesIn(output string, c *testCase) [][]place {
	var all [][]place
	for line := range strings.Lines(output) {
		line, _, _ = strings.Cut(line, ": parsing go.mod: go.mod:") // a dependency's
		var places []place
		for _, m := range position.FindAllStringSubmatch(line, -1) {
			file, inside := strings.CutPrefix(m[1], "$DIR/")
			if !inside {
				file = path.Join(c.dir, file)
			}
			if _, ok := c.tree[file]; !ok {
				continue // a dependency's go.mod
			}
			n, _ := strconv.Atoi(m[2])
			places = append(places, place{file, n})
		}
		if len(places) > 0 {
			all = append(all, places)
		}
	}
	return all
}
