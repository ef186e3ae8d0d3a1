package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/tools/txtar"
)

// A regression is a case that go and the engine once disagreed about, with all that it needs and what go said of it.
type regression struct {
	about   string // the comment at the head of the file
	c       *testCase
	mods    pool
	version string // the version of go that said so
	verdict verdict
}

// quoted marks files that an archive cannot hold as they are. Each line is a Go string.
const quoted = " quoted"

// format writes a regression as an archive.
func (r *regression) format() []byte {
	a := &txtar.Archive{Comment: []byte(r.about)}
	add := func(name, text string) {
		if text == "" || strings.HasSuffix(text, "\n") && plain(text) {
			a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(text)})
			return
		}
		var b strings.Builder
		for line := range strings.Lines(text) {
			fmt.Fprintf(&b, "%q\n", line)
		}
		a.Files = append(a.Files, txtar.File{Name: name + quoted, Data: []byte(b.String())})
	}
	var said strings.Builder
	fmt.Fprintf(&said, "go%s %s\n", r.version, map[bool]string{true: "refuses", false: "accepts"}[r.verdict.refused])
	if r.verdict.refused {
		said.WriteString(strings.TrimRight(r.verdict.output, "\n") + "\n")
	}
	add("verdict", said.String())
	var env strings.Builder
	fmt.Fprintf(&env, "cd %s\n", r.c.dir)
	for _, key := range slices.Sorted(maps.Keys(r.c.env)) {
		fmt.Fprintf(&env, "%s=%s\n", key, r.c.env[key])
	}
	add("env", env.String())
	for _, name := range slices.Sorted(maps.Keys(r.c.tree)) {
		add("case/"+name, r.c.tree[name])
	}
	mods := slices.SortedFunc(maps.Keys(r.mods), func(a, b module.Version) int { return strings.Compare(a.String(), b.String()) })
	for _, m := range mods {
		add("mod/"+m.String(), r.mods[m])
	}
	return txtar.Format(a)
}

// plain reports whether an archive holds the text without losing anything.
func plain(text string) bool {
	one := txtar.Parse(txtar.Format(&txtar.Archive{Files: []txtar.File{{Name: "x", Data: []byte(text)}}}))
	if len(one.Files) != 1 || string(one.Files[0].Data) != text {
		return false
	}
	return !strings.ContainsFunc(text, func(c rune) bool { return c != '\n' && c != '\t' && !strconv.IsPrint(c) || c == '\ufffd' })
}

// parseRegression reads what format wrote.
func parseRegression(data []byte) (*regression, error) {
	a := txtar.Parse(data)
	r := &regression{about: string(a.Comment), c: &testCase{tree: tree{}, env: map[string]string{}}, mods: pool{}}
	for _, f := range a.Files {
		name, text := f.Name, string(f.Data)
		if plainName, ok := strings.CutSuffix(name, quoted); ok {
			var b strings.Builder
			for line := range strings.Lines(text) {
				s, err := strconv.Unquote(strings.TrimSuffix(line, "\n"))
				if err != nil {
					return nil, fmt.Errorf("%s: %q: %w", name, line, err)
				}
				b.WriteString(s)
			}
			name, text = plainName, b.String()
		}
		if err := r.add(name, text); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (r *regression) add(name, text string) error {
	what, rest, _ := strings.Cut(name, "/")
	switch what {
	case "verdict":
		head, output, _ := strings.Cut(text, "\n")
		version, said, ok := strings.Cut(head, " ")
		r.version, r.verdict.refused, r.verdict.output = strings.TrimPrefix(version, "go"), said == "refuses", output
		if !ok || said != "refuses" && said != "accepts" {
			return fmt.Errorf("verdict: %q", head)
		}
	case "env":
		for line := range strings.Lines(text) {
			line = strings.TrimSuffix(line, "\n")
			if dir, ok := strings.CutPrefix(line, "cd "); ok {
				r.c.dir = dir
			} else if key, value, ok := strings.Cut(line, "="); ok {
				r.c.env[key] = value
			}
		}
	case "case":
		r.c.tree[rest] = text
	case "mod":
		path, version, ok := strings.Cut(rest, "@")
		if !ok {
			return fmt.Errorf("%s: no version", name)
		}
		r.mods[module.Version{Path: path, Version: version}] = text
	default:
		return fmt.Errorf("%s: neither a file of the case nor a module", name)
	}
	return nil
}
