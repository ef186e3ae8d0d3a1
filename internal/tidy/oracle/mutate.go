package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/imports"
)

// mutator changes a module at random, in ways that people and tools do.
type mutator struct {
	*workingCopy
	*machine
	*rand.Rand
	kinds string
}

// kind is one way to change a module. It returns what it did, "" if there was nothing to do it to.
type kind struct {
	name string
	do   func(*mutator) (string, error)
}

var kinds = []kind{
	{"drop requirement", (*mutator).dropRequirement},
	{"drop requirements", (*mutator).dropRequirements},
	{"add requirement", (*mutator).addRequirement},
	{"repeat requirement", (*mutator).repeatRequirement},
	{"change version", (*mutator).changeVersion},
	{"flip indirect", (*mutator).flipIndirect},
	{"comment requirement", (*mutator).comment},
	{"go line", (*mutator).goLine},
	{"toolchain line", (*mutator).toolchainLine},
	{"exclude", (*mutator).exclude},
	{"replace version", (*mutator).replaceVersion},
	{"replace directory", (*mutator).replaceDirectory},
	{"tool", (*mutator).tool},
	{"ignore", (*mutator).ignore},
	{"drop sums", (*mutator).dropSums},
	{"junk sum", (*mutator).junkSum},
	{"add import", (*mutator).addImport},
	{"drop import", (*mutator).dropImport},
	{"drop file", (*mutator).dropFile},
	{"build tag", (*mutator).buildTag},
	{"break file", (*mutator).breakFile},
	{"nest module", (*mutator).nestModule},
}

// mutate makes up to three changes.
func (m *mutator) mutate() (string, error) {
	var done []string
	for range 1 + m.IntN(3)*m.IntN(2) {
		k := kinds[m.IntN(len(kinds))]
		for m.kinds != "" && !strings.Contains(k.name, m.kinds) {
			k = kinds[m.IntN(len(kinds))]
		}
		what, err := k.do(m)
		if err != nil {
			return "", fmt.Errorf("%s: %w", k.name, err)
		}
		if what != "" {
			done = append(done, k.name+" "+what)
		}
	}
	return strings.Join(done, "; "), nil
}

func pick[T any](r *rand.Rand, list []T) (one T, ok bool) {
	if len(list) == 0 {
		return one, false
	}
	return list[r.IntN(len(list))], true
}

func (m *mutator) read(name string) (string, error) {
	data, err := os.ReadFile(filepath.Join(m.workingCopy.dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return string(data), err
}

func (m *mutator) put(name, text string) error {
	return m.write(filepath.Join(m.workingCopy.dir, filepath.FromSlash(name)), text)
}

// edit changes go.mod through modfile; ok is false if there was nothing to change.
func (m *mutator) edit(change func(f *modfile.File) (ok bool, err error)) error {
	text, err := m.read("go.mod")
	if err != nil {
		return err
	}
	f, err := modfile.Parse("go.mod", []byte(text), nil)
	if err != nil {
		return nil // an earlier change has broken it
	}
	ok, err := change(f)
	if err != nil || !ok {
		return err
	}
	return m.put("go.mod", string(modfile.Format(f.Syntax)))
}

// lines edits the lines of go.mod that require something.
func (m *mutator) requireLine(change func(line string) []string) error {
	text, err := m.read("go.mod")
	if err != nil {
		return err
	}
	f, err := modfile.Parse("go.mod", []byte(text), nil)
	if err != nil {
		return nil
	}
	r, ok := pick(m.Rand, f.Require)
	if !ok {
		return nil
	}
	lines := strings.SplitAfter(text, "\n")
	i := r.Syntax.Start.Line - 1
	lines = slices.Replace(lines, i, i+1, change(lines[i])...)
	return m.put("go.mod", strings.Join(lines, ""))
}

func (m *mutator) dropRequirement() (what string, err error) {
	err = m.requireLine(func(line string) []string {
		what = strings.TrimSpace(line)
		return nil
	})
	return what, err
}

func (m *mutator) dropRequirements() (what string, err error) {
	n := 0
	err = m.edit(func(f *modfile.File) (bool, error) {
		onlyIndirect := m.IntN(2) == 0
		for _, r := range f.Require {
			dropped := r.Syntax == nil // with an earlier line of the same path
			if !dropped && (!onlyIndirect || r.Indirect) && m.IntN(3) > 0 {
				n++
				if err := f.DropRequire(r.Mod.Path); err != nil {
					return false, err
				}
			}
		}
		f.Cleanup()
		return n > 0, nil
	})
	return fmt.Sprint(n), err
}

// anyVersion returns a module version that the go.sum of the module knows, or that any module's in the cache does.
func (m *mutator) anyVersion(zipped bool) (module.Version, bool) {
	text, err := m.read("go.sum")
	if err != nil {
		return module.Version{}, false
	}
	var all []module.Version
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) == 3 && (!zipped || !strings.HasSuffix(f[1], "/go.mod")) {
			all = append(all, module.Version{Path: f[0], Version: strings.TrimSuffix(f[1], "/go.mod")})
		}
	}
	return pick(m.Rand, all)
}

func (m *mutator) addRequirement() (what string, err error) {
	v, ok := m.anyVersion(m.IntN(3) > 0)
	if !ok {
		return "", nil
	}
	if m.IntN(3) == 0 {
		if other, ok := m.otherVersion(v); ok {
			v = other
		}
	}
	return v.String(), m.edit(func(f *modfile.File) (bool, error) {
		if m.IntN(8) == 0 {
			v = module.Version{Path: f.Module.Mod.Path, Version: "v0.0.1"}
			if _, major, _ := module.SplitPathVersion(v.Path); major != "" {
				v.Version = strings.TrimLeft(major, "/.") + ".0.1"
			}
		}
		f.AddNewRequire(v.Path, v.Version, m.IntN(2) == 0)
		return true, nil
	})
}

func (m *mutator) repeatRequirement() (what string, err error) {
	err = m.requireLine(func(line string) []string {
		what = strings.TrimSpace(line)
		return []string{line, line}
	})
	return what, err
}

// otherVersion returns another version of a module whose go.mod is in the module cache, mostly one whose source is there too.
func (m *mutator) otherVersion(v module.Version) (module.Version, bool) {
	versions := m.store.Versions(v.Path)
	slices.Sort(versions)
	var all, whole []string
	for _, o := range versions {
		if o == v.Version || module.CanonicalVersion(o) != o {
			continue
		}
		all = append(all, o)
		if _, err := m.store.ZipHash(module.Version{Path: v.Path, Version: o}); err == nil {
			whole = append(whole, o)
		}
	}
	if len(whole) > 0 && m.IntN(4) > 0 {
		all = whole
	}
	o, ok := pick(m.Rand, all)
	return module.Version{Path: v.Path, Version: o}, ok
}

func (m *mutator) changeVersion() (what string, err error) {
	return what, m.edit(func(f *modfile.File) (bool, error) {
		for range 20 {
			r, ok := pick(m.Rand, f.Require)
			if !ok {
				return false, nil
			}
			if o, ok := m.otherVersion(r.Mod); ok {
				what = r.Mod.String() + " to " + o.Version
				return true, f.AddRequire(o.Path, o.Version)
			}
		}
		return false, nil
	})
}

func (m *mutator) flipIndirect() (what string, err error) {
	err = m.requireLine(func(line string) []string {
		what = strings.TrimSpace(line)
		body, _, ok := strings.Cut(line, "//")
		if ok {
			return []string{strings.TrimRight(body, " ") + "\n"}
		}
		return []string{strings.TrimSuffix(line, "\n") + " // indirect\n"}
	})
	return what, err
}

func (m *mutator) comment() (what string, err error) {
	err = m.requireLine(func(line string) []string {
		what = strings.TrimSpace(line)
		if strings.Contains(line, "//") {
			return []string{strings.TrimSuffix(line, "\n") + "; and more\n"}
		}
		return []string{"\t// above\n", strings.TrimSuffix(line, "\n") + " // beside\n"}
	})
	return what, err
}

func (m *mutator) goLine() (what string, err error) {
	what, _ = pick(m.Rand, []string{"", "1.11", "1.15", "1.16", "1.17", "1.17", "1.18", "1.20", "1.21", "1.21.0", "1.22", "1.23.4", "1.26.1", "1.99"})
	return "=" + what, m.edit(func(f *modfile.File) (bool, error) {
		if what == "" {
			f.DropGoStmt()
			f.Cleanup()
			return true, nil
		}
		return true, f.AddGoStmt(what)
	})
}

func (m *mutator) toolchainLine() (what string, err error) {
	what, _ = pick(m.Rand, []string{"", "go1.20", "go1.21.0", "go1.23.0", "go1.26.1", "default", "go1.26.2-custom"})
	return "=" + what, m.edit(func(f *modfile.File) (bool, error) {
		if what == "" {
			f.DropToolchainStmt()
			f.Cleanup()
			return true, nil
		}
		return true, f.AddToolchainStmt(what)
	})
}

func (m *mutator) exclude() (what string, err error) {
	v, ok := m.anyVersion(m.IntN(2) == 0)
	if !ok {
		return "", nil
	}
	return v.String(), m.edit(func(f *modfile.File) (bool, error) { return true, f.AddExclude(v.Path, v.Version) })
}

func (m *mutator) replaceVersion() (what string, err error) {
	old, ok := m.anyVersion(true)
	if !ok {
		return "", nil
	}
	by, ok := m.otherVersion(old)
	if !ok || m.IntN(5) == 0 {
		if by, ok = m.anyVersion(true); !ok {
			return "", nil
		}
	}
	if m.IntN(2) == 0 {
		old.Version = ""
	}
	return old.String() + " => " + by.String(), m.edit(func(f *modfile.File) (bool, error) {
		return true, f.AddReplace(old.Path, old.Version, by.Path, by.Version)
	})
}

func (m *mutator) replaceDirectory() (what string, err error) {
	old, ok := m.anyVersion(true)
	if !ok {
		return "", nil
	}
	goMod := "module " + old.Path + "\n\ngo " + []string{"1.16", "1.17", "1.22"}[m.IntN(3)] + "\n"
	source := "package p\n"
	if dep, ok := m.anyVersion(true); ok && m.IntN(2) == 0 {
		goMod += "\nrequire " + dep.String()[:len(dep.Path)] + " " + dep.Version + "\n"
		if p, ok := pick(m.Rand, m.packagesOf(dep)); ok {
			source += "\nimport _ \"" + p + "\"\n"
		}
	}
	if m.IntN(6) > 0 {
		if err := m.put("zz_replaced/go.mod", goMod); err != nil {
			return "", err
		}
	}
	if err := m.put("zz_replaced/p.go", source); err != nil {
		return "", err
	}
	paths := m.packagesOf(old)
	for _, p := range paths { // the same packages, all empty
		rel := strings.TrimPrefix(strings.TrimPrefix(p, old.Path), "/")
		if m.IntN(10) > 0 {
			if err := m.put(path.Join("zz_replaced", rel, "p.go"), source); err != nil {
				return "", err
			}
		}
	}
	if m.IntN(2) == 0 {
		old.Version = ""
	}
	drop := m.IntN(3) == 0
	return old.String(), m.edit(func(f *modfile.File) (bool, error) {
		if drop {
			if err := f.DropRequire(old.Path); err != nil {
				return false, err
			}
		}
		return true, f.AddReplace(old.Path, old.Version, "./zz_replaced", "")
	})
}

func (m *mutator) tool() (what string, err error) {
	if what = m.anyPackage(); what == "" {
		return "", nil
	}
	return what, m.edit(func(f *modfile.File) (bool, error) { return true, f.AddTool(what) })
}

func (m *mutator) ignore() (what string, err error) {
	file, ok := pick(m.Rand, m.goFiles())
	if !ok || path.Dir(file) == "." {
		return "", nil
	}
	what = path.Dir(file)
	if m.IntN(2) == 0 {
		what = "./" + what
	}
	return what, m.edit(func(f *modfile.File) (bool, error) { return true, f.AddIgnore(what) })
}

func (m *mutator) dropSums() (what string, err error) {
	text, err := m.read("go.sum")
	if err != nil {
		return "", err
	}
	lines := strings.SplitAfter(text, "\n")
	one := m.IntN(3) > 0
	var kept []string
	at := m.IntN(len(lines))
	for i, line := range lines {
		if one && i != at || !one && m.IntN(4) > 0 {
			kept = append(kept, line)
		}
	}
	return fmt.Sprint(len(lines) - len(kept)), m.put("go.sum", strings.Join(kept, ""))
}

func (m *mutator) junkSum() (what string, err error) {
	text, err := m.read("go.sum")
	if err != nil {
		return "", err
	}
	lines := strings.SplitAfter(text, "\n")
	some, _ := pick(m.Rand, lines)
	f := strings.Fields(some)
	if len(f) != 3 {
		return "", nil
	}
	what, _ = pick(m.Rand, []string{
		"<<<<<<< HEAD\n", "example.com/unused v1.0.0 h1:AAAA=\n", "\n", some,
		f[0] + " " + f[1] + " h9:other\n",
		f[0] + " " + f[1] + " h1:wrong\n",
		f[0] + "/x " + f[1] + " h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY=\n",
	})
	if m.IntN(4) == 0 {
		m.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		return "shuffled", m.put("go.sum", strings.Join(lines, ""))
	}
	at := m.IntN(len(lines))
	return strings.TrimSpace(what), m.put("go.sum", strings.Join(slices.Insert(lines, at, what), ""))
}

// packagesOf returns the import paths of a module version in the module cache, as far as directories with Go files go.
func (m *mutator) packagesOf(v module.Version) []string {
	if list, ok := m.packages[v]; ok {
		return list
	}
	var list []string
	escaped, err := module.EscapePath(v.Path)
	if err != nil {
		return nil
	}
	root := filepath.Join(m.machine.dir, filepath.FromSlash(escaped)+"@"+v.Version)
	tree := imports.NewTree(imports.FS{List: imports.List, Read: imports.Read}, root, nil)
	list, _ = tree.Packages(v.Path, nil)
	m.packages[v] = list
	return list
}

func (m *mutator) anyPackage() string {
	switch m.IntN(12) {
	case 0:
		return "net/http"
	case 1:
		return "nosuch/package"
	case 2:
		return "example.com/nosuch/package"
	}
	for range 20 {
		v, ok := m.anyVersion(m.IntN(4) > 0)
		if !ok {
			return ""
		}
		if p, ok := pick(m.Rand, m.packagesOf(v)); ok {
			return p
		}
	}
	return ""
}

// goFiles returns the Go files of the module, with slashes.
func (m *mutator) goFiles() []string {
	var files []string
	filepath.WalkDir(m.workingCopy.dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(p, ".go") && !strings.Contains(p, "testdata") {
			rel, _ := filepath.Rel(m.workingCopy.dir, p)
			files = append(files, filepath.ToSlash(rel))
		}
		return nil
	})
	return files
}

// goFile changes one Go file.
func (m *mutator) goFile(change func(name, text string) string) (string, error) {
	name, ok := pick(m.Rand, m.goFiles())
	if !ok {
		return "", nil
	}
	text, err := m.read(name)
	if err != nil {
		return "", err
	}
	changed := change(name, text)
	if changed == text {
		return "", nil
	}
	return name, m.put(name, changed)
}

func (m *mutator) addImport() (what string, err error) {
	pkg := m.anyPackage()
	if pkg == "" {
		return "", nil
	}
	if m.IntN(3) == 0 {
		return pkg + " in a test", m.put("zz_added_test.go", "package zz_test\n\nimport _ \""+pkg+"\"\n")
	}
	name, err := m.goFile(func(_, text string) string {
		specs := imports.Specs(text)
		if len(specs) == 0 {
			return text
		}
		return text[:specs[0].Start] + "\"" + pkg + "\"; import " + text[specs[0].Start:]
	})
	return pkg + " in " + name, err
}

func (m *mutator) dropImport() (what string, err error) {
	name, err := m.goFile(func(_, text string) string {
		s, ok := pick(m.Rand, imports.Specs(text))
		if !ok {
			return text
		}
		what = s.Path
		return text[:s.Start] + "\"fmt\"" + text[s.End:]
	})
	return what + " in " + name, err
}

func (m *mutator) dropFile() (what string, err error) {
	return m.goFile(func(string, string) string { return "package x\n" })
}

func (m *mutator) buildTag() (what string, err error) {
	tag, _ := pick(m.Rand, []string{"ignore", "!ignore", "windows && !windows", "tools", "ignore || x", "a b"})
	return m.goFile(func(_, text string) string { return "//go:build " + tag + "\n\n" + text })
}

func (m *mutator) breakFile() (what string, err error) {
	return m.goFile(func(_, text string) string {
		specs := imports.Specs(text)
		if s, ok := pick(m.Rand, specs); ok && m.IntN(4) > 0 {
			return text[:s.Start] + "\n<<<<<<< HEAD\n" + text[s.Start:]
		}
		at := m.IntN(len(text) + 1)
		junk, _ := pick(m.Rand, []string{"\x00", "\"", "/*", "import", "`"})
		return text[:at] + junk + text[at:]
	})
}

func (m *mutator) nestModule() (what string, err error) {
	name, ok := pick(m.Rand, m.goFiles())
	if !ok || path.Dir(name) == "." {
		return "", nil
	}
	return path.Dir(name), m.put(path.Dir(name)+"/go.mod", "module example.com/nested\n")
}
