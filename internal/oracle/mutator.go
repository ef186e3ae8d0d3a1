package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// A kind is one way to change a case.
type kind struct {
	name string
	file string   // what it changes, for the report; "go.sum" comes after all others
	in   []layout // where it makes sense; everywhere if empty
	mild bool     // go accepts many of its cases; a tool that is often wrong about these cries wolf
	run  func(m *mutator) bool
}

func (k *kind) fits(l layout) bool { return len(k.in) == 0 || slices.Contains(k.in, l) }

// A mutator applies one mutation to a case.
type mutator struct {
	*testCase
	world *world
	plan  *plan
	rng   *rand.Rand
}

// apply reports whether the case is another one now.
func (m *mutator) apply(k *kind) bool {
	before, env := maps.Clone(m.tree), maps.Clone(m.env)
	if !k.run(m) {
		m.tree, m.env = before, env
		return false
	}
	m.tree.settle(before)
	return !maps.Equal(before, m.tree) || !maps.Equal(env, m.env)
}

// pick returns one of the choices, which may be none.
func pick[T any](m *mutator, choices []T) (choice T, ok bool) {
	if len(choices) == 0 {
		return choice, false
	}
	return choices[m.rng.IntN(len(choices))], true
}

// modFile returns the go.mod file to change: that of the real module, or now and then a sibling's in the workspace.
func (m *mutator) modFile() string {
	if m.plan.layout == inUse && m.rng.IntN(3) == 0 {
		return m.sibling()
	}
	return "m/go.mod"
}

func (m *mutator) sibling() string {
	names := slices.DeleteFunc([]string{"a/go.mod", "b/go.mod", "c/go.mod"}, func(name string) bool { return m.tree[name] == "" })
	name, _ := pick(m, names)
	return name
}

// edit changes one file line by line.
func (m *mutator) edit(file string, change func(t *modText) bool) bool {
	text, ok := m.tree[file]
	if !ok {
		return false
	}
	t := parseText(text)
	if !change(t) {
		return false
	}
	m.tree[file] = t.String()
	return true
}

func editMod(change func(m *mutator, t *modText) bool) func(*mutator) bool {
	return func(m *mutator) bool {
		return m.edit(m.modFile(), func(t *modText) bool { return change(m, t) })
	}
}

func editWork(change func(m *mutator, t *modText) bool) func(*mutator) bool {
	return func(m *mutator) bool { return m.edit("go.work", func(t *modText) bool { return change(m, t) }) }
}

// requirement picks one of the requirements that are written out in full.
func (m *mutator) requirement(t *modText) (e entry, mod module.Version, ok bool) {
	reqs := slices.DeleteFunc(t.entries("require"), func(e entry) bool { return len(e.args) != 2 || !semver.IsValid(e.args[1]) })
	e, ok = pick(m, reqs)
	if ok {
		mod = module.Version{Path: e.args[0], Version: e.args[1]}
	}
	return e, mod, ok
}

// other picks a version of the same module that the world has: step is -1 for one below, 1 for one above.
func (m *mutator) other(mod module.Version, step int) string {
	versions := slices.DeleteFunc(slices.Clone(m.world.versions[mod.Path]), func(v string) bool {
		return semver.Compare(v, mod.Version) != step
	})
	v, ok := pick(m, versions)
	if !ok {
		return fmt.Sprintf("%s.%d.%d", semver.Major(mod.Version), 0, m.rng.IntN(3))
	}
	return v
}

// node picks a module version that a requirement leads to.
func (m *mutator) node(t *modText) (module.Version, bool) {
	_, mod, ok := m.requirement(t)
	for range m.rng.IntN(4) {
		if next, ok := pick(m, m.world.requires[mod]); ok {
			mod = next
		}
	}
	return mod, ok
}

// expand fills the names in a line: {path}, {version}, {lower} and {higher} of one requirement, {node} and {nodeversion} of
// what a requirement leads to, {main}, {go} and {name} of the module.
func (m *mutator) expand(t *modText, line string) (string, bool) {
	if !strings.Contains(line, "{") {
		return line, true
	}
	_, mod, ok := m.requirement(t)
	node, _ := m.node(t)
	if !ok && (strings.Contains(line, "{path}") || strings.Contains(line, "{node}")) {
		return "", false
	}
	goVersion := t.arg("go", 0)
	if goVersion == "" {
		goVersion = "1.16"
	}
	return strings.NewReplacer(
		"{path}", mod.Path, "{version}", mod.Version, "{lower}", m.other(mod, -1), "{higher}", m.other(mod, 1),
		"{node}", node.Path, "{nodeversion}", node.Version, "{main}", m.plan.module.path, "{go}", goVersion, "{name}", m.plan.module.name,
	).Replace(line), true
}

// adds returns a mutation that adds one of the texts, which may be several lines, to the end of a go.mod file, or now and
// then somewhere before.
func adds(texts ...string) func(*mutator) bool {
	return editMod(func(m *mutator, t *modText) bool { return m.add(t, texts) })
}

func workAdds(texts ...string) func(*mutator) bool {
	return editWork(func(m *mutator, t *modText) bool { return m.add(t, texts) })
}

func (m *mutator) add(t *modText, texts []string) bool {
	text, _ := pick(m, texts)
	text, ok := m.expand(t, text)
	if !ok {
		return false
	}
	t.add(strings.Split(text, "\n")...)
	return true
}

// sets returns a mutation that replaces an argument of a directive, or adds the directive if there is none. In the values
// {} stands for what was there.
func sets(verb string, arg int, values ...string) func(*mutator) bool {
	return editMod(func(m *mutator, t *modText) bool { return m.set(t, verb, arg, values) })
}

func workSets(verb string, arg int, values ...string) func(*mutator) bool {
	return editWork(func(m *mutator, t *modText) bool { return m.set(t, verb, arg, values) })
}

func (m *mutator) set(t *modText, verb string, arg int, values []string) bool {
	value, _ := pick(m, values)
	value, ok := m.expand(t, strings.ReplaceAll(value, "{}", "\x00"))
	if !ok {
		return false
	}
	e, ok := pick(m, slices.DeleteFunc(t.entries(verb), func(e entry) bool { return len(e.args) <= arg }))
	switch {
	case ok:
		t.setArg(e, arg, strings.ReplaceAll(value, "\x00", e.args[arg]))
	case verb == "go" || verb == "toolchain":
		t.add(verb + " " + strings.ReplaceAll(value, "\x00", "1.20"))
	default:
		return false
	}
	return true
}

// deletes returns a mutation that removes a directive.
func deletes(verb string) func(*mutator) bool {
	return editMod(func(m *mutator, t *modText) bool { return m.remove(t, verb) })
}

func (m *mutator) remove(t *modText, verb string) bool {
	e, ok := pick(m, t.entries(verb))
	if ok {
		t.delete(e)
	}
	return ok
}

// requirementAs returns a mutation that writes a requirement in another way, in its place.
func requirementAs(lines ...string) func(*mutator) bool {
	return editMod(func(m *mutator, t *modText) bool {
		e, mod, ok := m.requirement(t)
		if !ok {
			return false
		}
		line, _ := pick(m, lines)
		base, _, _ := strings.Cut(mod.Path, "/v")
		line = strings.NewReplacer("{path}", mod.Path, "{version}", mod.Version, "{base}", base,
			"{lower}", m.other(mod, -1), "{higher}", m.other(mod, 1), "{bare}", strings.TrimPrefix(mod.Version, "v")).Replace(line)
		if !e.block {
			line = "require " + line
		}
		t.lines[e.line] = "\t" + line
		return true
	})
}

// replaces returns a mutation that adds a replacement of a requirement, and the files that it needs: dir is made beside the
// go.mod file, and names what stands there; "" is an empty directory.
func replaces(rhs string, files tree) func(*mutator) bool {
	return func(m *mutator) bool {
		file := m.modFile()
		return m.edit(file, func(t *modText) bool {
			lhs := "{path}"
			if m.rng.IntN(3) == 0 {
				lhs = "{path} {version}"
			}
			line, ok := m.expand(t, "replace "+lhs+" => "+rhs)
			if !ok {
				return false
			}
			t.add(line)
			for name, text := range files {
				text, _ = m.expand(t, text)
				m.tree[path.Join(path.Dir(file), name)+suffix(name)] = text
				if path.Base(name) == "go.mod" {
					m.tree[path.Join(path.Dir(file), path.Dir(name), "stub.go")] = stubFile
				}
			}
			return true
		})
	}
}

// suffix returns the slash that path.Join takes away.
func suffix(name string) string {
	if strings.HasSuffix(name, "/") {
		return "/"
	}
	return ""
}
