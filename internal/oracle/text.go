package main

import (
	"io"
	"regexp"
	"strings"
)

type readCloser = io.ReadCloser

func nopCloser(text string) io.ReadCloser { return io.NopCloser(strings.NewReader(text)) }

// A modText is a go.mod or go.work file as lines. Mutations work on it rather than on a syntax tree, so that they can be
// applied to files that are broken already.
type modText struct{ lines []string }

func parseText(text string) *modText { return &modText{strings.Split(text, "\n")} }

func (t *modText) String() string { return strings.Join(t.lines, "\n") }

// An entry is one directive, on a line of its own or in a block.
type entry struct {
	line  int
	verb  string
	args  []string
	block bool
}

// entries returns the directives with a verb.
func (t *modText) entries(verb string) []entry {
	var found []entry
	block := ""
	for i, line := range t.lines {
		code, _, _ := strings.Cut(line, "//")
		words := strings.Fields(code)
		switch {
		case len(words) == 0:
		case block != "" && words[0] == ")":
			block = ""
		case block != "":
			if block == verb {
				found = append(found, entry{i, verb, words, true})
			}
		case words[len(words)-1] == "(":
			block = words[0]
		case words[0] == verb:
			found = append(found, entry{i, verb, words[1:], false})
		}
	}
	return found
}

var word = regexp.MustCompile(`\S+`)

// setArg replaces an argument of a directive and keeps the rest of its line.
func (t *modText) setArg(e entry, arg int, value string) {
	if !e.block {
		arg++ // the verb
	}
	words := word.FindAllStringIndex(t.lines[e.line], arg+1)
	if at := words[arg]; len(words) > arg {
		line := t.lines[e.line]
		t.lines[e.line] = line[:at[0]] + value + line[at[1]:]
	}
}

// delete removes a directive's line.
func (t *modText) delete(e entry) { t.lines = append(t.lines[:e.line:e.line], t.lines[e.line+1:]...) }

// insert puts lines before line i.
func (t *modText) insert(i int, lines ...string) {
	t.lines = append(t.lines[:i:i], append(lines, t.lines[i:]...)...)
}

// add puts lines at the end of the file.
func (t *modText) add(lines ...string) {
	end := len(t.lines)
	for end > 0 && t.lines[end-1] == "" {
		end--
	}
	t.insert(end, lines...)
}

// arg returns an argument of the first directive with a verb, or "".
func (t *modText) arg(verb string, i int) string {
	for _, e := range t.entries(verb) {
		if len(e.args) > i {
			return e.args[i]
		}
	}
	return ""
}
