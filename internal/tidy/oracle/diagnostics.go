package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/text"
)

// A marked diagnostic stands on lines of go.mod or go.sum, or in another file.
type marked struct {
	analysis.Diagnostic
	file        string // its base name
	first, last int    // lines, from 0
}

// contradictions holds what an editor shows of a module against what tidy did to it: each line that tidy has dropped, changed
// or added must have been announced, and nothing else. Where the requirements contradict each other, an editor says that alone,
// and where they are not tidy, it leaves the lines of go.sum be that they may need.
func contradictions(result *analysis.Result, beforeMod, afterMod, beforeSum, afterSum string) []string {
	c := &comparison{before: syntax.ParseMod(beforeMod), after: syntax.ParseMod(afterMod)}
	for _, f := range result.Files {
		line := func(at int) int { return strings.Count(f.File.Text[:min(at, len(f.File.Text))], "\n") }
		for _, d := range f.Diagnostics {
			c.said = append(c.said, marked{d, filepath.Base(f.File.Path), line(d.Span.Start), line(d.Span.End)})
		}
	}
	c.contrary = slices.ContainsFunc(c.said, func(m marked) bool { return m.Code == "inconsistentversion" || m.Code == "lowgoline" })
	c.requirements()
	c.additions()
	c.goLines()
	c.sums(beforeSum, afterSum)
	if len(c.faults) > 0 {
		for _, m := range c.said {
			c.fault("\t%s:%d: %s: %s", m.file, m.first+1, m.Code, m.Message)
		}
	}
	return c.faults
}

type comparison struct {
	before, after *syntax.Mod
	said          []marked
	contrary      bool // the requirements contradict each other
	faults        []string
}

// silent notes that an editor does not say what it should.
func (c *comparison) silent(format string, args ...any) {
	if !c.contrary {
		c.fault("nothing is said about "+format, args...)
	}
}

func (c *comparison) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf(format, args...))
}

// at reports whether something with one of some codes is said about a line of a file.
func (c *comparison) at(file string, span text.Span, in string, codes ...string) bool {
	line := strings.Count(in[:span.Start], "\n")
	return slices.ContainsFunc(c.said, func(m marked) bool {
		return m.file == file && m.first <= line && line <= m.last && slices.Contains(codes, m.Code)
	})
}

// requirements compares the lines that were there.
func (c *comparison) requirements() {
	kept := map[string]*syntax.Require{}
	for _, r := range c.after.Require {
		kept[r.Path] = r
	}
	seen := map[module.Version]bool{}
	for _, r := range c.before.Require {
		at := func(codes ...string) bool { return c.at("go.mod", r.Line.Span, c.before.Text, codes...) }
		again := seen[module.Version{Path: r.Path, Version: r.Version}]
		seen[module.Version{Path: r.Path, Version: r.Version}] = true
		now := kept[r.Path]
		switch {
		case again:
		case now == nil:
			if !at("unusedrequire", "lostrequire", "inconsistentversion", "excludedrequire", "uselessline") {
				c.silent("%s %s, which tidy drops", r.Path, r.Version)
			}
		case now.Version != r.Version:
			if !at("untidyrequire", "inconsistentversion", "excludedrequire") {
				c.silent("%s %s, which tidy changes to %s", r.Path, r.Version, now.Version)
			}
		case now.Indirect != r.Indirect:
			if !at("wrongindirect", "misleadingcomment") {
				c.silent("the comment of %s, which tidy changes", r.Path)
			}
		}
		if now != nil && at("unusedrequire", "lostrequire") {
			c.fault("%s is called unneeded, and tidy keeps it", r.Path)
		}
		if now != nil && now.Indirect == r.Indirect && at("wrongindirect") {
			c.fault("the comment of %s is called wrong, and tidy keeps it", r.Path)
		}
		if now != nil && now.Version == r.Version && c.untidy(r.VersionTok.Span) {
			c.fault("%s is said to change, and tidy keeps it", r.Path)
		}
	}
}

// untidy reports whether untidyrequire marks just this.
func (c *comparison) untidy(span text.Span) bool {
	return slices.ContainsFunc(c.said, func(m marked) bool { return m.file == "go.mod" && m.Code == "untidyrequire" && m.Span == span })
}

// additions compares the lines that were not there.
func (c *comparison) additions() {
	has := func(mod *syntax.Mod, path string) bool {
		return slices.ContainsFunc(mod.Require, func(r *syntax.Require) bool { return r.Path == path })
	}
	announced := func(path string) bool {
		return slices.ContainsFunc(c.said, func(m marked) bool {
			return slices.Contains([]string{"untidyrequire", "missingrequire", "implicitrequire", "inconsistentversion"}, m.Code) &&
				(m.Module.Path == path || strings.Contains(m.Message, path+" ") || strings.Contains(m.Message, ", …"))
		})
	}
	for _, r := range c.after.Require {
		if !has(c.before, r.Path) && !announced(r.Path) {
			c.silent("%s, which tidy adds", r.Path)
		}
	}
	for _, m := range c.said {
		if m.Code != "missingrequire" && m.Code != "untidyrequire" || has(c.before, m.Module.Path) {
			continue
		}
		if m.Module.Path != "" && !has(c.after, m.Module.Path) {
			c.fault("%s is said to be missing, and tidy does not add it", m.Module.Path)
		}
	}
}

func (c *comparison) goLines() {
	goLine, toolchain := func(m *syntax.Mod) string {
		if m.Go == nil {
			return ""
		}
		return m.Go.Version
	}, func(m *syntax.Mod) string {
		if m.Toolchain == nil {
			return ""
		}
		return m.Toolchain.Name
	}
	anywhere := func(codes ...string) bool {
		return slices.ContainsFunc(c.said, func(m marked) bool { return m.file == "go.mod" && slices.Contains(codes, m.Code) })
	}
	if was, is := goLine(c.before), goLine(c.after); was != is && !anywhere("untidyrequire", "lowgoline", "inconsistentversion") {
		c.silent("the go line %q, which becomes %q", was, is)
	}
	if was, is := toolchain(c.before), toolchain(c.after); was != is && !anywhere("untidyrequire", "badtoolchain", "lowgoline") {
		c.silent("the toolchain line %q, which becomes %q", was, is)
	}
}

// tidy reports whether the requirements are what tidy makes them.
func (c *comparison) tidy() bool {
	list := func(mod *syntax.Mod) (mods []module.Version) {
		for _, r := range mod.Require {
			mods = append(mods, module.Version{Path: r.Path, Version: r.Version})
		}
		module.Sort(mods)
		return slices.Compact(mods)
	}
	return slices.Equal(list(c.before), list(c.after))
}

// sums compares the lines of go.sum.
func (c *comparison) sums(before, after string) {
	lines := func(text string) map[string]bool {
		set := map[string]bool{}
		for line := range strings.Lines(text) {
			set[strings.TrimSpace(line)] = true
		}
		return set
	}
	kept, was := lines(after), lines(before)
	pos := 0
	for line := range strings.Lines(before) {
		span := text.Span{Start: pos, End: pos + len(line)}
		pos += len(line)
		line = strings.TrimSpace(line)
		said := c.at("go.sum", span, before, "unneededsum")
		switch f := strings.Fields(line); {
		case len(f) != 3:
		case kept[line] && said:
			c.fault("go.sum: %s is called unneeded, and tidy keeps it", line)
		case !kept[line] && !said && c.tidy():
			c.silent("%s, which tidy drops", line)
		}
	}
	for line := range kept {
		f := strings.Fields(line)
		if len(f) == 3 && !was[line] && c.tidy() && !slices.ContainsFunc(c.said, func(m marked) bool {
			return slices.Contains([]string{"missingsum", "untidysum", "malformedsum", "summismatch"}, m.Code)
		}) {
			c.silent("%s, which tidy adds", line)
		}
	}
}
