package goenv

import (
	"iter"
	"maps"
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/module"
)

// Patterns is a comma-separated list of globs, as in GOPRIVATE. The zero value matches nothing.
type Patterns string

// Match reports whether one of the patterns matches the module path or the beginning of it, by whole elements.
func (p Patterns) Match(modulePath string) bool {
	return module.MatchPrefixPatterns(string(p), modulePath)
}

// A Fault is what is odd about a pattern. The go command says nothing about any of them.
type Fault int

// The faults. The first group makes that the pattern never matches a module that can be fetched.
const (
	NoFault     Fault = iota
	Blank             // a blank at either end is part of the pattern
	Malformed         // the glob has a syntax error
	Scheme            // a URL, not a module path
	Impossible        // a character or an empty element that no module path has
	BareWord          // a first element without a dot, such as "none"
	DoubleStar        // ** means the same as *: one element
	WholeForge        // covers everybody's modules on a host that serves public ones, such as github.com/*
	EveryModule       // matches every module
)

// NeverMatches reports whether a pattern with this fault covers nothing.
func (f Fault) NeverMatches() bool { return Blank <= f && f <= BareWord }

// A Pattern is one entry of a list.
type Pattern struct {
	Text  string
	Fault Fault  // the gravest one
	Fix   string // the pattern that was probably meant; "" if there is no telling
}

// Split returns the entries that go looks at: empty ones are left out.
func (p Patterns) Split() []Pattern {
	var list []Pattern
	for text := range strings.SplitSeq(string(p), ",") {
		if strings.TrimSuffix(text, "/") != "" {
			list = append(list, inspect(text))
		}
	}
	return list
}

// matching returns the entries that match the module path.
func (p Patterns) matching(modulePath string) []Pattern {
	var list []Pattern
	for text := range strings.SplitSeq(string(p), ",") {
		if Patterns(text).Match(modulePath) {
			list = append(list, inspect(text))
		}
	}
	return list
}

// With returns the list with one more pattern at its end, unless it has that already. An entry that never matches becomes what
// was meant by it, if that is plain.
func (p Patterns) With(pattern string) Patterns {
	entries := strings.Split(strings.TrimSuffix(string(p), ","), ",")
	if entries[0] == "" {
		entries = entries[1:]
	}
	for i, text := range entries {
		entries[i] = meant(text)
	}
	if !slices.Contains(entries, pattern) {
		entries = append(entries, pattern)
	}
	return Patterns(strings.Join(entries, ","))
}

// meant returns what was probably meant by an entry that never matches, if nothing is the matter with that: "* " stays, for "*"
// would switch off more than anybody knows of.
func meant(entry string) string {
	p := inspect(entry)
	for range 3 { // a blank, a scheme and capital letters
		if p.Fix == "" || !p.Fault.NeverMatches() {
			break
		}
		p = inspect(p.Fix)
	}
	if p.Fault != NoFault {
		return entry
	}
	return p.Text
}

func inspect(text string) Pattern {
	p := Pattern{Text: text}
	trimmed := strings.TrimSpace(text)
	if trimmed != text {
		p.Fault, p.Fix = Blank, trimmed
		return p
	}
	if _, rest, ok := strings.Cut(text, "://"); ok {
		if i := strings.LastIndexByte(rest[:endOfHost(rest)], '@'); i >= 0 {
			rest = rest[i+1:]
		}
		p.Fault, p.Fix = Scheme, strings.TrimSuffix(strings.TrimSuffix(rest, "/"), ".git")
		return p
	}
	glob := strings.TrimSuffix(text, "/")
	if _, err := path.Match(glob, ""); err != nil {
		p.Fault = Malformed
		return p
	}
	host, _, _ := strings.Cut(glob, "/")
	switch {
	case impossible(glob):
		p.Fault = Impossible
		if lower := strings.ToLower(host) + glob[len(host):]; lower != glob && !impossible(lower) {
			p.Fix = lower
		}
	case !strings.ContainsAny(host, `.*?[\`):
		p.Fault = BareWord
	case coversStrangers(glob, slices.Values(strangers)) == len(strangers):
		p.Fault = EveryModule
	case coversStrangers(glob, slices.Values(strangers)) > 0 || coversForge(glob):
		p.Fault = WholeForge
	case strings.Contains(glob, "**"):
		p.Fault, p.Fix = DoubleStar, strings.ReplaceAll(glob, "**", "*")
	}
	return p
}

func endOfHost(s string) int {
	if i := strings.IndexByte(s, '/'); i >= 0 {
		return i
	}
	return len(s)
}

// impossible reports whether the well-formed glob asks for something that the path of a module that can be fetched never
// has: an empty element, or a byte that such paths do not contain there.
func impossible(glob string) bool {
	inHost, inClass := true, false
	for i := 0; i < len(glob); i++ {
		c := glob[i]
		switch {
		case inClass && c == '\\':
			i++
		case inClass:
			inClass = c != ']'
		case c == '[':
			inClass = true
		case c == '*', c == '?':
		case c == '/':
			if i == 0 || glob[i-1] == '/' {
				return true
			}
			inHost = false
		default:
			if c == '\\' { // the next byte stands for itself
				i++
				c = glob[i]
			}
			if !inPath(c, inHost) {
				return true
			}
		}
	}
	return false
}

// inPath reports whether a module path that can be fetched may have the byte c, in its host or behind it.
func inPath(c byte, inHost bool) bool {
	switch {
	case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '.':
		return true
	}
	return !inHost && ('A' <= c && c <= 'Z' || c == '_' || c == '~')
}

// Names that nobody has. A pattern that covers them was not written for anybody in particular.
const stranger = "q7zx-j4"

var strangers = []string{stranger + ".com", stranger + ".org", "k2." + stranger + ".io", stranger + ".dev"}

// coversStrangers returns on how many of the hosts the glob matches a module of a stranger.
func coversStrangers(glob string, hosts iter.Seq[string]) int {
	hostGlob, tail := cutHost(glob)
	if tail != "" && !Patterns("x/"+tail).Match("x/"+stranger+"/"+stranger) {
		return 0
	}
	n := 0
	for host := range hosts {
		if match, _ := path.Match(hostGlob, host); match {
			n++
		}
	}
	return n
}

// coversForge reports whether the glob covers the modules of strangers on a host that is known to be public.
func coversForge(glob string) bool {
	host, _ := cutHost(glob)
	if strings.ContainsAny(host, `*?[\`) {
		return coversStrangers(glob, maps.Keys(publicHosts())) > 0
	}
	return PublicHost(host) && coversStrangers(glob, slices.Values([]string{host})) > 0
}

// Wide reports whether the pattern covers modules of people who have nothing to do with each other, so that it says
// nothing about whether one of them is private.
func (p Pattern) Wide() bool { return p.Fault == EveryModule || p.Fault == WholeForge }

// NearMiss returns the pattern that was probably meant to match the module path but does not, and why.
func (p Patterns) NearMiss(modulePath string) (near Pattern, reason string, ok bool) {
	if p.Match(modulePath) {
		return Pattern{}, "", false
	}
	for _, entry := range p.Split() {
		switch {
		case entry.Fault == Blank && Patterns(entry.Fix).Match(modulePath):
			return entry, "the blank beside it is part of the pattern", true
		case entry.Fault == Scheme && Patterns(entry.Fix).Match(modulePath):
			return entry, "it is a URL, and patterns are module paths", true
		case Patterns(strings.ToLower(entry.Text)).Match(strings.ToLower(modulePath)):
			return entry, "upper and lower case differ", true
		case entry.Fault == NoFault && !strings.HasSuffix(entry.Text, "/") && Patterns(entry.Text+"*").Match(modulePath):
			return entry, "patterns match whole path elements", true
		case strings.HasPrefix(entry.Text, "*.") && Patterns(entry.Text[2:]).Match(modulePath):
			return entry, "*. asks for something before the dot", true
		case strings.HasSuffix(entry.Text, "/*") && Patterns(strings.TrimSuffix(entry.Text, "/*")).Match(modulePath):
			return entry, "/* asks for one more path element", true
		}
	}
	return Pattern{}, "", false
}
