package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"
)

// A table is printed as Markdown, row by row, so that one sees how far a run is.
type table struct {
	out    io.Writer
	widths []int
}

// newTable prints the head of a table. The first column is for names, and wide.
func newTable(out io.Writer, head ...string) *table {
	t := &table{out: out}
	rule := make([]string, len(head))
	for i, h := range head {
		width := max(utf8.RuneCountInString(h), 24)
		if i > 0 && strings.HasPrefix(h, "×") {
			width = 7
		}
		t.widths = append(t.widths, width)
		rule[i] = strings.Repeat("-", width)
		if i > 0 {
			rule[i] = rule[i][1:] + ":"
		}
	}
	fmt.Fprintln(out)
	t.row(head...)
	t.row(rule...)
	return t
}

func (t *table) row(cells ...string) {
	for i, c := range cells {
		pad := strings.Repeat(" ", max(0, t.widths[i]-utf8.RuneCountInString(c)))
		if i == 0 {
			fmt.Fprintf(t.out, "| %s%s |", c, pad)
		} else {
			fmt.Fprintf(t.out, " %s%s |", pad, c)
		}
	}
	fmt.Fprintln(t.out)
}

// record puts text between the two marks of a section of a Markdown file. Headings are one level below those of the file.
func record(file, section, text string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	begin, end := "<!-- "+section+": written by make -->\n", "<!-- end of "+section+" -->\n"
	before, rest, ok1 := strings.Cut(string(data), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		return errors.New(file + " has no place for what was measured")
	}
	text = strings.ReplaceAll(text, "\n## ", "\n### ")
	return os.WriteFile(file, []byte(before+begin+"\n"+text+"\n"+end+after), 0o666)
}
