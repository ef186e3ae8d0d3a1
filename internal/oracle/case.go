package main

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// A tree is a directory: files by slash-separated path, and directories, whose names end in a slash and which hold nothing.
type tree map[string]string

// write makes the tree in dir, whose name stands where a text says $DIR.
func (t tree) write(dir string) error {
	for name, text := range t {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if strings.HasSuffix(name, "/") {
			if err := os.MkdirAll(file, 0o777); err != nil {
				return err
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(strings.ReplaceAll(text, "$DIR", dir)), 0o666); err != nil {
			return err
		}
	}
	return nil
}

// settle drops, of a file and a directory of the same name, the one that was there before.
func (t tree) settle(before tree) {
	for dir := range t {
		file, ok := strings.CutSuffix(dir, "/")
		if _, both := t[file]; !ok || !both {
			continue
		}
		if _, old := before[dir]; old {
			delete(t, dir)
		} else {
			delete(t, file)
		}
	}
	for name := range t { // a file cannot be a directory with files either
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			if _, both := t[dir]; !both {
				continue
			}
			if _, old := before[dir]; old {
				delete(t, dir)
			} else {
				delete(t, name)
			}
		}
	}
}

// A layout is what a case is made of.
type layout string

const (
	single   layout = "single"
	vendored layout = "vendored"
	inUse    layout = "workspace"
)

// A plan says how to make a case. The same plan always makes the same case.
type plan struct {
	module    *corpusModule
	layout    layout
	seed      uint64 // of the parts of the module that are taken
	whole     bool   // all requirements, rather than some
	sums      bool   // go.sum is completed after the mutations of other files
	mutations []mutation
}

// A mutation is one kind of change with what it chooses.
type mutation struct {
	kind *kind
	seed uint64
}

// A testCase is what go and the engine are asked about.
type testCase struct {
	tree  tree
	dir   string // where go runs
	env   map[string]string
	kinds []*kind // those mutations that found something to change
}

// make makes the case of a plan.
func (p *plan) make(w *world) *testCase {
	c := p.base(w)
	for _, late := range []bool{false, true} { // go.sum comes last, so that it can be completed before
		for _, m := range p.mutations {
			if (m.kind.file == "go.sum") != late {
				continue
			}
			mut := &mutator{testCase: c, world: w, plan: p, rng: rand.New(rand.NewPCG(m.seed, 0))}
			if mut.apply(m.kind) {
				c.kinds = append(c.kinds, m.kind)
			}
		}
		if p.sums && !late {
			completeSums(w, c)
		}
	}
	return c
}

// base makes the case without its mutations.
func (p *plan) base(w *world) *testCase {
	rng := rand.New(rand.NewPCG(p.seed, 1))
	c := &testCase{tree: tree{}, dir: "m", env: map[string]string{"GOWORK": ""}}
	limit := 0 // how many requirements to take; 0 is all
	switch {
	case p.layout == vendored:
		limit = 4 + rng.IntN(12)
	case !p.whole:
		limit = 2 + rng.IntN(24)
	}
	mod := p.module.mod
	if limit > 0 {
		mod = some(mod, limit, rng)
	}
	c.tree["m/go.mod"], c.tree["m/go.sum"] = mod, w.withStubs(p.module.sum)
	addReplacedDirs(c.tree, "m")
	switch p.layout {
	case vendored:
		c.tree["m/go.mod"] = without("tool", c.tree["m/go.mod"]) // the stubs hold no such packages
		vendor(w, c, rng)
	case inUse:
		useSiblings(w, c, rng)
	}
	return c
}

// some returns a go.mod file with only some of its requirements. What go selected before it selects still, or less.
func some(mod string, limit int, rng *rand.Rand) string {
	t := parseText(mod)
	reqs := t.entries("require")
	if len(reqs) <= limit {
		return mod
	}
	drop := rng.Perm(len(reqs))[limit:]
	slices.SortFunc(drop, func(a, b int) int { return cmp.Compare(b, a) })
	for _, i := range drop {
		t.delete(reqs[i])
	}
	return t.String()
}

// without returns a go.mod file without the directives with a verb.
func without(verb, mod string) string {
	t := parseText(mod)
	for entries := t.entries(verb); len(entries) > 0; entries = t.entries(verb) {
		t.delete(entries[0])
	}
	return t.String()
}

// addReplacedDirs makes the directories that a go.mod of the corpus replaces modules by, with a go.mod that requires nothing
// and a stub.
func addReplacedDirs(files tree, dir string) {
	for _, e := range parseText(files[dir+"/go.mod"]).entries("replace") {
		arrow := slices.Index(e.args, "=>")
		if arrow < 0 || arrow+1 != len(e.args)-1 || !modfile.IsDirectoryPath(e.args[arrow+1]) {
			continue
		}
		name := path.Join(dir, e.args[arrow+1], "go.mod")
		if _, ok := files[name]; !ok {
			files[name] = "module " + e.args[0] + "\n"
			files[path.Dir(name)+"/stub.go"] = stubFile
		}
	}
}

// vendor makes the vendor directory that go mod vendor would make of stub packages: one in each module that is required,
// at its root, and the main module imports those that are not marked indirect.
func vendor(w *world, c *testCase, rng *rand.Rand) {
	t := parseText(c.tree["m/go.mod"])
	replaced := map[module.Version]string{}
	var unused []string
	for _, e := range t.entries("replace") {
		arrow := slices.Index(e.args, "=>")
		old := module.Version{Path: e.args[0], Version: strings.Join(e.args[1:arrow], "")}
		replaced[old] = " => " + strings.Join(e.args[arrow+1:], " ")
		unused = append(unused, strings.Join(e.args, " "))
	}
	var list, imports strings.Builder
	for _, e := range sortedRequires(t) {
		m := module.Version{Path: e.args[0], Version: e.args[1]}
		rhs := replaced[m]
		if rhs == "" {
			rhs = replaced[module.Version{Path: m.Path}]
		} else {
			unused = slices.DeleteFunc(unused, func(s string) bool { return strings.HasPrefix(s, m.Path+" "+m.Version+" ") })
		}
		fmt.Fprintf(&list, "# %s %s%s\n## explicit", m.Path, m.Version, rhs)
		if v := parseText(w.mods[m]).arg("go", 0); v != "" && rhs == "" {
			fmt.Fprintf(&list, "; go %s", v)
		}
		list.WriteString("\n")
		indirect := strings.Contains(t.lines[e.line], "// indirect")
		if indirect && rng.IntN(2) == 0 {
			continue
		}
		list.WriteString(m.Path + "\n")
		c.tree["m/vendor/"+m.Path+"/stub.go"] = stubFile
		if !indirect {
			fmt.Fprintf(&imports, "import _ %q\n", m.Path)
		}
	}
	for _, line := range unused {
		list.WriteString("# " + line + "\n")
	}
	c.tree["m/vendor/modules.txt"] = list.String()
	c.tree["m/m.go"] = "package m\n\n" + imports.String()
}

func sortedRequires(t *modText) []entry {
	reqs := slices.DeleteFunc(t.entries("require"), func(e entry) bool { return len(e.args) != 2 })
	slices.SortFunc(reqs, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.args[0], b.args[0]), semver.Compare(a.args[1], b.args[1]))
	})
	return reqs
}

// useSiblings makes a workspace of the module and of small modules beside it, which require some of what it requires.
func useSiblings(w *world, c *testCase, rng *rand.Rand) {
	c.dir = "."
	t := parseText(c.tree["m/go.mod"])
	reqs := t.entries("require")
	uses := []string{"./m"}
	for _, name := range []string{"a", "b", "c"}[:1+rng.IntN(3)] {
		var b strings.Builder
		fmt.Fprintf(&b, "module example.com/work/%s\n\ngo 1.%d\n", name, 18+rng.IntN(3))
		for range rng.IntN(4) {
			if len(reqs) > 0 {
				r := reqs[rng.IntN(len(reqs))]
				if _, ok := w.mods[module.Version{Path: r.args[0], Version: r.args[1]}]; ok && !strings.Contains(b.String(), " "+r.args[0]+" ") {
					fmt.Fprintf(&b, "\nrequire %s %s\n", r.args[0], r.args[1])
				}
			}
		}
		c.tree[name+"/go.mod"] = b.String()
		uses = append(uses, "./"+name)
	}
	c.tree["go.work"] = fmt.Sprintf("go 1.26.0\n\nuse (\n\t%s\n)\n", strings.Join(uses, "\n\t"))
}

// completeSums adds to go.sum the checksums of all go.mod files that the requirements lead to.
func completeSums(w *world, c *testCase) {
	for _, name := range slices.Sorted(maps.Keys(c.tree)) {
		dir, ok := strings.CutSuffix(name, "go.mod")
		if !ok || c.tree[dir+"go.sum"] == "" {
			continue
		}
		t := parseText(c.tree[name])
		var todo []module.Version
		for _, e := range append(t.entries("require"), t.entries("replace")...) {
			if n := len(e.args); n >= 2 {
				todo = append(todo, module.Version{Path: strings.Trim(e.args[n-2], `"`), Version: strings.Trim(e.args[n-1], `"`)})
			}
		}
		for _, dirname := range slices.Sorted(maps.Keys(c.tree)) { // what replaced directories require
			if strings.HasSuffix(dirname, "/go.mod") && dirname != name {
				for _, e := range parseText(c.tree[dirname]).entries("require") {
					if len(e.args) == 2 {
						todo = append(todo, module.Version{Path: e.args[0], Version: e.args[1]})
					}
				}
			}
		}
		seen := map[module.Version]bool{}
		have := map[string]bool{}
		for line := range strings.Lines(c.tree[dir+"go.sum"]) {
			if words := strings.Fields(line); len(words) == 3 {
				have[words[0]+" "+words[1]] = true
			}
		}
		var b strings.Builder
		b.WriteString(c.tree[dir+"go.sum"])
		for len(todo) > 0 {
			m := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			if _, ok := w.mods[m]; !ok || seen[m] {
				continue
			}
			seen[m] = true
			if !have[m.Path+" "+m.Version+"/go.mod"] {
				fmt.Fprintf(&b, "%s %s/go.mod %s\n", m.Path, m.Version, w.hashes[m])
			}
			todo = append(todo, w.requires[m]...)
		}
		c.tree[dir+"go.sum"] = b.String()
	}
}
