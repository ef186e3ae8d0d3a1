package tidy_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/mod/module"
	"golang.org/x/tools/txtar"

	"github.com/gomodls/gomodls/internal/imports"
	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/tidy"
)

// beside has a package where ./... does not look, which brings in a requirement all the same, and a tool of its own.
const beside = `
-- go.mod --
module example.com/beside

go 1.24

require (
	mod.example/a v1.0.0
	mod.example/b v1.0.0
)

tool example.com/beside/testdata/tool
-- m.go --
package m

import _ "example.com/beside/testdata/p"
-- testdata/p/p.go --
package p

import _ "mod.example/a"
-- testdata/tool/main.go --
package main

import _ "mod.example/b"
-- proxy/mod.example/a@v1.0.0/go.mod --
module mod.example/a
-- proxy/mod.example/a@v1.0.0/a.go --
package a
-- proxy/mod.example/b@v1.0.0/go.mod --
module mod.example/b
-- proxy/mod.example/b@v1.0.0/b.go --
package b
`

// nested imports what a directory of its own would have, where ./... does not look, if there were a Go file in it.
const nested = `
-- go.mod --
module example.com/nested

go 1.24

require example.com/nested/testdata v1.0.0
-- m.go --
package m

import _ "example.com/nested/testdata/q"
-- testdata/q/README --
-- proxy/example.com/nested/testdata@v1.0.0/go.mod --
module example.com/nested/testdata
-- proxy/example.com/nested/testdata@v1.0.0/q/q.go --
package q
`

// local needs a requirement because of a directory that replaces a module.
const local = `
-- go.mod --
module example.com/local

go 1.24

require (
	example.com/r v0.0.0
	mod.example/a v1.0.0
)

replace example.com/r => ./r
-- m.go --
package m

import _ "example.com/r"
-- r/go.mod --
module example.com/r

go 1.24

require mod.example/a v1.0.0
-- r/r.go --
package r

import _ "mod.example/a"
`

// awaits has files that are yet to be generated, and requirements that nothing imports.
const awaits = `
-- go.mod --
module example.com/awaits

go 1.24

require (
	mod.example/a v1.0.0
	mod.example/b v1.0.0
)
-- m.go --
package m

import _ "mod.example/a"

//go:generate generator -o out.go
-- p/p.go --
package p

//go:generate stringer -type T -output t.go
-- proxy/mod.example/a@v1.0.0/go.mod --
module mod.example/a
-- proxy/mod.example/a@v1.0.0/a.go --
package a
-- proxy/mod.example/b@v1.0.0/go.mod --
module mod.example/b
-- proxy/mod.example/b@v1.0.0/b.go --
package b
`

// twice has two modules that bring in one requirement each.
const twice = `
-- go.mod --
module example.com/twice

go 1.24

require (
	mod.example/a v1.1.0
	mod.example/b v1.1.0
	mod.example/x v1.0.0 // indirect
	mod.example/y v1.0.0 // indirect
)
-- m.go --
package m

import (
	_ "mod.example/a"
	_ "mod.example/b"
)
-- proxy/mod.example/a@v1.1.0/go.mod --
module mod.example/a

require mod.example/x v1.0.0
-- proxy/mod.example/a@v1.1.0/a.go --
package a

import _ "mod.example/x"
-- proxy/mod.example/b@v1.1.0/go.mod --
module mod.example/b

require mod.example/y v1.0.0
-- proxy/mod.example/b@v1.1.0/b.go --
package b

import _ "mod.example/y"
-- proxy/mod.example/x@v1.0.0/go.mod --
module mod.example/x
-- proxy/mod.example/x@v1.0.0/x.go --
package x
-- proxy/mod.example/y@v1.0.0/go.mod --
module mod.example/y
-- proxy/mod.example/y@v1.0.0/y.go --
package y
`

// TestBook keeps the answers about modules before and after they are tidied, with all sources and without some, and then changes the
// modules in every way in which little is changed: an answer is either not recalled, or it is what Inspect says of the changed module.
func TestBook(t *testing.T) {
	cases, modules := archives(t)
	for name, text := range map[string]string{"beside": beside, "nested": nested, "local": local, "awaits": awaits, "twice": twice} {
		cases[name] = txtar.Parse([]byte(text))
		addAll(t, modules, cases[name])
	}
	m := newMachine(t, modules)
	var offered []string // the paths of modules
	for v := range modules {
		offered = append(offered, v.Path)
	}
	slices.Sort(offered)
	offered = slices.Compact(offered)
	recalled, faulty := 0, 0
	for name, a := range cases {
		dir := unpack(t, a)
		res, err := tidy.Predict(t.Context(), m.input(t, dir))
		if err != nil {
			continue
		}
		again := func(name string, without ...module.Version) {
			b := &bookcase{machine: m, dir: dir, file: filepath.Join(t.TempDir(), "book"), without: without}
			in := b.input(t)
			answer, err := tidy.Inspect(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			if err := in.Keeping.Book.Save(); err != nil {
				t.Fatal(err)
			}
			if got := tidy.Recall(b.input(t)); got != nil {
				b.same(t, name, got, answer)
				recalled++
				if len(got.Faults) > 0 {
					faulty++
				}
			}
			b.change(t, name, offered)
		}
		again(name)
		write(t, filepath.Join(dir, "go.mod"), res.Mod)
		if res.HasSum {
			write(t, filepath.Join(dir, "go.sum"), res.Sum)
		}
		again(name + ", tidy")
		var required []module.Version
		for _, r := range res.Require {
			required = append(required, r.Module)
		}
		if len(required) > 0 {
			again(name+", tidy, without the source of "+required[0].String(), required[0])
			again(name+", tidy, without sources", required...)
		}
	}
	if recalled < 40 || faulty < 18 {
		t.Errorf("of %d modules, tidy or not, with all sources or without, %d answers were recalled, %d of them with faults; want at least 40 and 18",
			len(cases), recalled, faulty)
	}
}

// A bookcase is a module with a book about it.
type bookcase struct {
	*machine
	dir, file string
	without   []module.Version // whose sources are not in the module cache
	gone      module.Version   // from the module cache
	back      module.Version   // its source, into the module cache
	lacked    []string         // files that are said to lack there
}

func (b *bookcase) input(t *testing.T) tidy.Input {
	t.Helper()
	in := b.machine.input(t, b.dir)
	in.Tree = func(m module.Version) (*imports.Tree, error) {
		if slices.Contains(b.without, m) {
			return nil, modcache.ErrMissing
		}
		return b.cache.Module(m)
	}
	has := func(m module.Version) (mod, source bool) {
		mod, source, _ = b.cache.Has(m)
		return mod, source && !slices.Contains(b.without, m)
	}
	in.Keeping = &tidy.Keeping{
		Book: tidy.NewBook(b.file), World: "here",
		Has: func(m module.Version) bool {
			mod, source := has(m)
			return m != b.gone && mod && source
		},
		Absent: func(m module.Version) bool {
			mod, source := has(m)
			return m != b.back && mod && !source
		},
		Lacked: func() []string { return b.lacked },
		Lacks:  func(file string) bool { return slices.Contains(b.lacked, file) },
	}
	return in
}

// change changes one thing after the other, and changes it back.
func (b *bookcase) change(t *testing.T, name string, offered []string) {
	var files, dirs []string
	err := filepath.WalkDir(b.dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			dirs = append(dirs, path)
		} else if err == nil {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		if filepath.Base(file) != "go.mod" {
			b.check(t, name+" without "+file)
		}
		lines := bytes.SplitAfter(text, []byte("\n"))
		for i := range lines {
			write(t, file, string(bytes.Join(slices.Concat(lines[:i], lines[i+1:]), nil)))
			b.check(t, name+": "+file+" without the line "+string(lines[i]))
		}
		write(t, file, string(text))
	}
	for _, dir := range dirs {
		for name, text := range map[string]string{
			"zz.go": "package zz\n\nimport (\n\t_ \"" + strings.Join(offered, "\"\n\t_ \"") + "\"\n)\n", "zz/zz.go": "package zz\n\nimport _ \"fmt\"\n",
			"zz_test.go": "package zz_test\n\nimport _ \"" + offered[0] + "\"\n", "go.mod": "module example.com/nested\n", "go.work": "go 1.24\n",
		} {
			at := filepath.Join(dir, filepath.FromSlash(name))
			if _, err := os.Stat(at); err == nil {
				continue
			}
			if err := os.MkdirAll(filepath.Dir(at), 0o777); err != nil {
				t.Fatal(err)
			}
			write(t, at, text)
			b.check(t, name+" with "+at)
			if err := os.Remove(at); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// check holds what is recalled against what Inspect says.
func (b *bookcase) check(t *testing.T, what string) {
	t.Helper()
	in := b.input(t)
	got := tidy.Recall(in)
	if got == nil {
		return
	}
	in.Keeping = nil
	want, err := tidy.Inspect(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	b.same(t, what, got, want)
}

func (b *bookcase) same(t *testing.T, what string, got, want *tidy.Answer) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(tidy.Result{}), cmpopts.EquateEmpty(), sameErrors); diff != "" {
		t.Fatalf("%s: (-worked out, +recalled)\n%s", what, diff)
	}
	for _, r := range want.Result.Require {
		if o, u := got.Result.OnlyTests(r), got.Result.Under(r.Module.Path); o != want.Result.OnlyTests(r) || !slices.Equal(u, want.Result.Under(r.Module.Path)) {
			t.Fatalf("%s: of %s are recalled %v %v", what, r.Module, o, u)
		}
	}
}

// sameErrors compares errors by what they say and where.
var sameErrors = cmp.FilterValues(
	func(a, b error) bool { _, is := a.(*tidy.Refusal); return !is },
	cmp.Comparer(func(a, b error) bool {
		return fmt.Sprint(a) == fmt.Sprint(b) && errors.Is(a, modcache.ErrMissing) == errors.Is(b, modcache.ErrMissing)
	}),
)

// TestBookLacks shows what else keeps an answer from being kept or recalled.
func TestBookLacks(t *testing.T) {
	a := txtar.Parse([]byte(beside))
	modules := map[module.Version]map[string][]byte{}
	addAll(t, modules, a)
	m := newMachine(t, modules)
	dir := unpack(t, a)
	res, err := tidy.Predict(t.Context(), m.input(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "go.mod"), res.Mod)
	write(t, filepath.Join(dir, "go.sum"), res.Sum)
	b := &bookcase{machine: m, dir: dir, file: filepath.Join(t.TempDir(), "book")}
	keep := func() {
		in := b.input(t)
		if _, err := tidy.Inspect(t.Context(), in); err != nil {
			t.Fatal(err)
		}
		if err := in.Keeping.Book.Save(); err != nil {
			t.Fatal(err)
		}
	}
	recalled := func() bool { return tidy.Recall(b.input(t)) != nil }
	b.lacked = []string{"x.mod"}
	if keep(); !recalled() {
		t.Error("an answer was not kept for which a file lacks, which it needed")
	}
	if b.lacked = nil; recalled() {
		t.Error("an answer was recalled though a file is there that was not")
	}
	if keep(); !recalled() {
		t.Fatal("no answer was kept")
	}
	b.gone = module.Version{Path: "mod.example/a", Version: "v1.0.0"}
	if recalled() {
		t.Error("an answer was recalled though the source of a module has gone")
	}
	b.gone = module.Version{}
	b.without = []module.Version{{Path: "mod.example/b", Version: "v1.0.0"}}
	if recalled() {
		t.Error("an answer was recalled though the source of a module is not there")
	}
	if keep(); !recalled() {
		t.Error("the answer without a source was not kept")
	}
	if b.back = b.without[0]; recalled() {
		t.Error("an answer was recalled though a source is there that was not")
	}
	b.without, b.back = nil, module.Version{}
	keep()
	in := b.input(t)
	if in.Keeping.World = "elsewhere"; tidy.Recall(in) != nil {
		t.Error("an answer was recalled for another go command")
	}
	text, err := os.ReadFile(b.file)
	if err != nil {
		t.Fatal(err)
	}
	for i := range text {
		damaged := bytes.Clone(text)
		damaged[i] ^= 1
		write(t, b.file, string(damaged))
		if recalled() {
			t.Errorf("an answer was recalled from a file with a damaged byte %d", i)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
