package imports

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/module"
)

// An Output is a Go file that a //go:generate line names as what it writes.
type Output struct {
	File string // with slashes, relative to the directory of the line, or, from Awaited, to the tree's root
	From string // the file with the line, likewise
	Tool string // what writes it: the last element of the command's path
	Line string // the line itself
}

// directive begins the lines that go generate runs. Like go generate, nobody looks whether they are in a comment.
const directive = "//go:generate "

// directives returns the lines of a text that go generate runs.
func directives(text string) []string {
	var lines []string
	for {
		at := strings.Index(text, directive)
		if at < 0 {
			return lines
		}
		line, rest, _ := strings.Cut(text[at:], "\n")
		if at == 0 || text[at-1] == '\n' {
			lines = append(lines, strings.TrimSpace(line))
		}
		text = rest
	}
}

// outputs returns the Go files that a line of the file called name says will be written: after a flag that is called as flags for that
// are, after a redirection, and by protoc beside its sources. What depends on other variables than the file's own is left out.
func outputs(name, line string) []Output {
	whole := line
	line = strings.NewReplacer(`"`, " ", "'", " ", "${GOFILE}", name, "$GOFILE", name).Replace(strings.TrimPrefix(line, directive))
	words := strings.Fields(line)
	tool := command(words)
	var list []Output
	add := func(file string) {
		file = path.Clean(filepath.ToSlash(file))
		if path.Ext(file) == ".go" && !path.IsAbs(file) && !strings.Contains(file, "$") {
			list = append(list, Output{File: file, From: name, Tool: tool, Line: whole})
		}
	}
	for i, w := range words {
		flag, value, ok := strings.Cut(w, "=")
		switch {
		case isOutput(flag) && ok:
			add(value)
		case isOutput(w) && i+1 < len(words):
			add(words[i+1])
		case tool == "protoc" && path.Ext(w) == ".proto" && strings.Contains(line, "paths=source_relative") && strings.Contains(line, "--go_out=."):
			add(strings.TrimSuffix(w, ".proto") + ".pb.go")
		}
	}
	return list
}

// isOutput reports whether a word announces the name of a file that will be written.
func isOutput(w string) bool {
	if w == ">" {
		return true
	}
	name := strings.TrimLeft(w, "-")
	return name != w && slices.Contains([]string{"o", "out", "outfile", "output", "output-file", "dest", "destination"}, strings.ToLower(name))
}

// command returns the name of the program that a line runs, also by way of go run and go tool.
func command(words []string) string {
	if len(words) > 2 && words[0] == "go" && (words[1] == "run" || words[1] == "tool") {
		words = slices.DeleteFunc(slices.Clone(words[2:]), func(w string) bool { return strings.HasPrefix(w, "-") })
	}
	if len(words) == 0 {
		return ""
	}
	program, _, _ := strings.Cut(words[0], "@")
	return path.Base(program)
}

// writers says of some generators which modules their output needs, but for those that the package imports already.
var writers = map[string][]string{
	"stringer": nil,
	"moq":      nil,
	"mockgen":  {"github.com/golang/mock", "go.uber.org/mock"},
}

// MayImport reports whether the file could import something from a module that nothing else in its package does.
func (o Output) MayImport(modPath string) bool {
	known, ok := writers[o.Tool]
	return !ok || slices.ContainsFunc(known, func(m string) bool { prefix, _, _ := module.SplitPathVersion(modPath); return prefix == m })
}

// Awaited returns the files that are yet to be generated in the directories that have been read so far, in order.
func (t *Tree) Awaited() []Output {
	var list []Output
	t.mu.Lock()
	for rel, p := range t.packages {
		if p == nil {
			continue
		}
		for _, o := range p.Generates {
			o.File, o.From = path.Join(rel, o.File), path.Join(rel, o.From)
			list = append(list, o)
		}
	}
	t.mu.Unlock()
	list = slices.DeleteFunc(list, func(o Output) bool {
		if strings.HasPrefix(o.File, "../") {
			return true
		}
		dir, name := path.Split(o.File)
		e, there := t.entry(strings.TrimSuffix(dir, "/"), name)
		if !there || e.Dir || !e.Link {
			return there
		}
		_, err := t.fs.Read(filepath.Join(t.Root, filepath.FromSlash(o.File)))
		return !errors.Is(err, fs.ErrNotExist)
	})
	slices.SortFunc(list, func(a, b Output) int { return strings.Compare(a.File+"\x00"+a.From, b.File+"\x00"+b.From) })
	return slices.CompactFunc(list, func(a, b Output) bool { return a.File == b.File })
}
