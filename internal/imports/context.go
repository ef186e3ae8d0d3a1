package imports

import (
	"go/build/constraint"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// A Target is what a build is for, as far as build constraints speak of it.
type Target struct {
	GOOS, GOARCH string
	Cgo          Truth    // whether cgo is enabled
	Release      int      // the 26 of go 1.26
	Tags         []string // of the -tags flag and of flags that stand for a tag, such as -race
	Experiments  bool     // GOEXPERIMENT is set
}

// A Truth is an answer that may be unknown.
type Truth int8

const (
	No Truth = iota
	Maybe
	Yes
)

// A Context judges build constraints. Its methods are safe for concurrent use.
type Context struct {
	target Target
	tags   map[string]bool

	mu    sync.Mutex
	known map[string]Truth // by condition
}

// NewContext returns the context of a target.
func NewContext(t Target) *Context {
	c := &Context{target: t, tags: map[string]bool{t.GOOS: true, t.GOARCH: true, "gc": true}, known: map[string]Truth{"": Yes}}
	for n := 1; n <= t.Release; n++ {
		c.tags["go1."+strconv.Itoa(n)] = true
	}
	for _, tag := range t.Tags {
		c.tags[tag] = true
	}
	return c
}

// Same reports whether two contexts judge alike.
func (c *Context) Same(other *Context) bool {
	if c == nil || other == nil {
		return c == other
	}
	return reflect.DeepEqual(c.target, other.target)
}

// Holds reports whether files with a condition are built; see Group. To a nil Context they all are.
func (c *Context) Holds(condition string) Truth {
	if c == nil {
		return Yes
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	answer, ok := c.known[condition]
	if !ok {
		x, err := constraint.Parse("//go:build " + condition)
		if answer = Maybe; err == nil {
			answer = c.eval(x)
		}
		c.known[condition] = answer
	}
	return answer
}

func (c *Context) eval(x constraint.Expr) Truth {
	switch x := x.(type) {
	case *constraint.TagExpr:
		return c.tag(x.Tag)
	case *constraint.NotExpr:
		return Yes - c.eval(x.X)
	case *constraint.AndExpr:
		return min(c.eval(x.X), c.eval(x.Y))
	case *constraint.OrExpr:
		return max(c.eval(x.X), c.eval(x.Y))
	}
	return Maybe
}

// implied are the systems that a tag stands for besides the one of its name.
var implied = map[string]string{"linux": "android", "solaris": "illumos", "darwin": "ios"}

func (c *Context) tag(name string) Truth {
	switch t := &c.target; {
	case c.tags[name]:
		return Yes
	case implied[name] == t.GOOS, name == "unix" && slices.Contains(unix, t.GOOS):
		return Yes
	case name == "cgo":
		return t.Cgo
	case strings.HasPrefix(name, "goexperiment."), strings.HasPrefix(name, t.GOARCH+"."), name == "boringcrypto" && t.Experiments:
		return Maybe
	}
	return No
}

// Imports returns what the files of a package import that are built, and what their tests import, in order and without
// duplicates. built reports whether there is such a file at all, or one that does not parse.
func (c *Context) Imports(p *Package) (imports, tests []string, built bool) {
	if p.Groups == nil {
		return p.Imports, p.TestImports, true
	}
	built = len(p.Broken) > 0
	for _, g := range p.Groups {
		switch {
		case c.Holds(g.Condition) != Yes:
			continue
		case g.Test:
			tests = append(tests, g.Imports...)
		default:
			imports = append(imports, g.Imports...)
		}
		built = true
	}
	return unique(imports), unique(tests), built
}

func unique(paths []string) []string {
	slices.Sort(paths)
	return slices.Compact(paths)
}

var (
	unix   = strings.Fields("aix android darwin dragonfly freebsd hurd illumos ios linux netbsd openbsd solaris")
	oses   = append(strings.Fields("js nacl plan9 wasip1 windows zos"), unix...)
	arches = strings.Fields(`386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le
		ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm`)
)

// nameTags returns the system and the architecture that a file's name confines it to, in this order.
func nameTags(name string) []string {
	name, _, _ = strings.Cut(name, ".")
	parts := strings.Split(name, "_")[1:] // what stands before the first underscore says nothing
	if n := len(parts); n > 0 && parts[n-1] == "test" {
		parts = parts[:n-1]
	}
	n := len(parts)
	switch {
	case n >= 2 && slices.Contains(oses, parts[n-2]) && slices.Contains(arches, parts[n-1]):
		return parts[n-2:]
	case n >= 1 && (slices.Contains(oses, parts[n-1]) || slices.Contains(arches, parts[n-1])):
		return parts[n-1:]
	}
	return nil
}

// condition spells what must hold for a file to be built, in the syntax of a //go:build line; "" if nothing must.
func condition(name string, x constraint.Expr, cgo bool) string {
	and := func(y constraint.Expr) {
		if x == nil {
			x = y
		} else {
			x = &constraint.AndExpr{X: x, Y: y}
		}
	}
	for _, tag := range nameTags(name) {
		and(&constraint.TagExpr{Tag: tag})
	}
	if cgo {
		and(&constraint.TagExpr{Tag: "cgo"})
	}
	if x == nil {
		return ""
	}
	return x.String()
}
