package goenv

import "github.com/gomodls/gomodls/internal/text"

// Godebugs are the GODEBUG settings that a toolchain knows.
type Godebugs struct {
	Known   map[string]bool
	Removed map[string]string // setting → the Go version that removed it
}

var (
	godebugInfo    = text.Pattern(`\{Name: "([^"]+)", Package:`)
	godebugRemoved = text.Pattern(`\{Name: "([^"]+)", Removed: ([0-9]+)`)
)

// ParseGodebugs reads GOROOT/src/internal/godebugs/table.go, the table that the go command itself looks settings up in. It
// reports false for a text that is not that table, so that nothing is called unknown for lack of it.
func ParseGodebugs(text string) (Godebugs, bool) {
	g := Godebugs{Known: map[string]bool{}, Removed: map[string]string{}}
	for _, m := range godebugInfo().FindAllStringSubmatch(text, -1) {
		g.Known[m[1]] = true
	}
	for _, m := range godebugRemoved().FindAllStringSubmatch(text, -1) {
		g.Removed[m[1]] = "1." + m[2]
	}
	return g, len(g.Known) > 0
}
