package main

import (
	"errors"
	"os"
	"regexp"
	"strings"
)

// A command is one line of a script.
type command struct {
	line       int // from 1
	want       outcomeWanted
	conditions []condition
	name       string
	words      []word
	background bool
}

// An outcomeWanted says how a command has to end for the script to go on.
type outcomeWanted string

const (
	succeeds outcomeWanted = ""
	fails    outcomeWanted = "!"
	either   outcomeWanted = "?"
)

// A condition guards a command: the command runs only where all of its conditions are as wanted.
type condition struct {
	want         bool
	name, suffix string // of name or name:suffix
	prefix       bool   // there is a colon
}

func (c condition) String() string {
	text := c.name
	if c.prefix {
		text += ":" + c.suffix
	}
	if !c.want {
		text = "!" + text
	}
	return text
}

// A word is an argument. Variables are replaced in the fragments that were not quoted.
type word []fragment

type fragment struct {
	text   string
	quoted bool
}

// plain returns the text of a word without quotes.
func (w word) plain() (string, bool) {
	if len(w) != 1 || w[0].quoted {
		return "", false
	}
	return w[0].text, true
}

// raw returns the word's text with variables as they stand.
func (w word) raw() string {
	var b strings.Builder
	for _, f := range w {
		b.WriteString(f.text)
	}
	return b.String()
}

// expand replaces the variables of w. Where the word is a regular expression their values stand for themselves.
func (w word) expand(env map[string]string, isRegexp bool) string {
	var b strings.Builder
	for _, f := range w {
		if f.quoted {
			b.WriteString(f.text)
			continue
		}
		b.WriteString(os.Expand(f.text, func(key string) string {
			if isRegexp {
				return regexp.QuoteMeta(env[key])
			}
			return env[key]
		}))
	}
	return b.String()
}

// parseLine parses a line. It returns nil if there is no command on it.
func parseLine(number int, text string) (*command, error) {
	words, err := split(text)
	if err != nil || len(words) == 0 {
		return nil, err
	}
	c := &command{line: number}
	for c.name == "" {
		if len(words) == 0 {
			return nil, errors.New("no command after its prefixes")
		}
		text, ok := words[0].plain()
		words = words[1:]
		switch {
		case !ok:
			return nil, errors.New("the name of a command is quoted")
		case text == string(fails) || text == string(either):
			c.want = outcomeWanted(text)
		case strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]"):
			var cond condition
			tag, negated := strings.CutPrefix(strings.TrimSpace(text[1:len(text)-1]), "!")
			cond.want = !negated
			cond.name, cond.suffix, cond.prefix = strings.Cut(strings.TrimSpace(tag), ":")
			c.conditions = append(c.conditions, cond)
		default:
			c.name = text
		}
	}
	if n := len(words); n > 0 {
		if text, ok := words[n-1].plain(); ok && text == "&" {
			c.background = true
			words = words[:n-1]
		}
	}
	c.words = words
	return c, nil
}

// split splits a line into words. A # outside quotes begins a comment, also inside a word.
func split(text string) ([]word, error) {
	const blank = " \t\r\n"
	var words []word
	for {
		text = strings.TrimLeft(text, blank)
		if text == "" || text[0] == '#' {
			return words, nil
		}
		var w word
		for text != "" && !strings.ContainsRune(blank+"#", rune(text[0])) {
			var f fragment
			if text[0] == '\'' {
				f.quoted = true
				var ok bool
				if f.text, text, ok = unquote(text); !ok {
					return nil, errors.New("a quoted argument does not end")
				}
			} else {
				n := strings.IndexAny(text, blank+"#'")
				if n < 0 {
					n = len(text)
				}
				f.text, text = text[:n], text[n:]
			}
			w = append(w, f)
		}
		words = append(words, w)
	}
}

// unquote reads the quoted text that s begins with, where two quotes stand for one, and returns what follows.
func unquote(s string) (text, rest string, ok bool) {
	var b strings.Builder
	for s = s[1:]; ; {
		before, after, found := strings.Cut(s, "'")
		if !found {
			return "", "", false
		}
		b.WriteString(before)
		if !strings.HasPrefix(after, "'") {
			return b.String(), after, true
		}
		b.WriteByte('\'')
		s = after[1:]
	}
}
