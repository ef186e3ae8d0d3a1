package tidy_test

import (
	"bytes"
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

// TestBook keeps the answers about modules before and after they are tidied, and then changes the modules in every way in which
// little is changed: an answer is either not recalled, or it is what Inspect says of the changed module.
func TestBook(t *testing.T) {
	cases, modules := archives(t)
	for name, text := range map[string]string{"beside": beside, "nested": nested, "local": local} {
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
	recalled := 0
	for name, a := range cases {
		dir := unpack(t, a)
		res, err := tidy.Predict(t.Context(), m.input(t, dir))
		if err != nil {
			continue
		}
		again := func(name string) {
			b := &bookcase{machine: m, dir: dir, file: filepath.Join(t.TempDir(), "book")}
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
			}
			b.change(t, name, offered)
		}
		again(name)
		write(t, filepath.Join(dir, "go.mod"), res.Mod)
		if res.HasSum {
			write(t, filepath.Join(dir, "go.sum"), res.Sum)
		}
		again(name + ", tidy")
	}
	if recalled < 15 {
		t.Errorf("of %d modules, and the same when they are tidy, the answers about %d were recalled, want at least 15", len(cases), recalled)
	}
}

// A bookcase is a module with a book about it.
type bookcase struct {
	*machine
	dir, file string
	gone      module.Version // from the module cache
	missed    bool           // something is said to lack there
}

func (b *bookcase) input(t *testing.T) tidy.Input {
	t.Helper()
	in := b.machine.input(t, b.dir)
	in.Keeping = &tidy.Keeping{
		Book: tidy.NewBook(b.file), World: "here",
		Has:   func(m module.Version) bool { return m != b.gone && b.cache.Has(m) },
		Lacks: func() bool { return b.missed },
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
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(tidy.Result{}), cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("%s: (-worked out, +recalled)\n%s", what, diff)
	}
	for _, r := range want.Result.Require {
		if o, u := got.Result.OnlyTests(r), got.Result.Under(r.Module.Path); o != want.Result.OnlyTests(r) || !slices.Equal(u, want.Result.Under(r.Module.Path)) {
			t.Fatalf("%s: of %s are recalled %v %v", what, r.Module, o, u)
		}
	}
}

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
	b.missed = true
	if keep(); recalled() {
		t.Error("an answer was kept though something lacks that it needed")
	}
	b.missed = false
	if keep(); !recalled() {
		t.Fatal("no answer was kept")
	}
	b.gone = module.Version{Path: "mod.example/a", Version: "v1.0.0"}
	if recalled() {
		t.Error("an answer was recalled though the source of a module has gone")
	}
	b.gone = module.Version{}
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
