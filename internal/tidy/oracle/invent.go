package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"

	"github.com/gomodls/gomodls/internal/imports"
	"github.com/gomodls/gomodls/internal/modcache"
)

// casesOfWorld is how many main modules are made for one world of dependencies.
const casesOfWorld = 25

// An inventor makes up small modules that require and import each other in every way, tidy or not: corners that real modules
// seldom come to.
type inventor struct {
	*rand.Rand
	versions []module.Version
}

// inventedPaths are the modules of a world. Some lie where packages of others may.
var inventedPaths = []string{"a.test/a", "a.test/a/sub", "a.test/b", "a.test/b/v2", "a.test/c", "a.test/c/sub/deep", "a.test/d", "a.test/e", "a.test/f"}

// invented compares n main modules in made-up worlds.
func (o *options) invented(ctx context.Context, n int, w io.Writer) (t tally, err error) {
	for world := 0; world*casesOfWorld < n; world++ {
		one, err := o.world(ctx, o.seed+uint64(world), min(casesOfWorld, n-world*casesOfWorld), w)
		if err != nil {
			return t, err
		}
		t.add(one)
	}
	return t, nil
}

func (o *options) world(ctx context.Context, seed uint64, n int, w io.Writer) (t tally, err error) {
	tmp, err := os.MkdirTemp("", "tidyworld")
	if err != nil {
		return t, err
	}
	defer os.RemoveAll(tmp)
	v := &inventor{Rand: rand.New(rand.NewPCG(seed, 1))}
	m, err := v.machine(ctx, tmp)
	if err != nil {
		return t, err
	}
	m.diagnostics = o.diagnostics
	for i := range n {
		v.Rand = rand.New(rand.NewPCG(seed, uint64(2+i)))
		dir := filepath.Join(tmp, fmt.Sprint("m", i))
		what := ""
		if o.packages || o.diagnostics && i%2 == 0 {
			what, err = v.damaged(ctx, m, dir)
		} else {
			err = writeFiles(dir, v.main())
		}
		if err != nil {
			return t, err
		}
		before, err := show(dir)
		if err != nil {
			return t, err
		}
		compat := []string{"", "", "", "1.15", "1.16", "1.17", "1.20", "1.99"}[v.IntN(8)]
		var verdict verdict
		if o.packages {
			verdict, err = m.comparePackages(ctx, dir)
		} else {
			verdict, err = m.compare(ctx, dir, compat)
		}
		if err != nil {
			return t, err
		}
		t.add(verdict.tally)
		switch {
		case verdict.differ > 0:
			fmt.Fprintf(w, "DIFFER world %d case %d -compat=%s: %s\n%s\n%s\n", seed, i, compat, what, verdict.text, before)
		case o.verbose:
			fmt.Fprintf(w, "world %d case %d: %s: %s\n", seed, i, what, verdict.summary)
		}
	}
	return t, nil
}

// machine makes the dependencies, and a module cache with them in it.
func (v *inventor) machine(ctx context.Context, tmp string) (*machine, error) {
	for _, p := range inventedPaths {
		for i := range 1 + v.IntN(3) {
			version := fmt.Sprintf("v1.%d.0", i)
			if strings.HasSuffix(p, "/v2") {
				version = fmt.Sprintf("v2.%d.0", i)
			}
			v.versions = append(v.versions, module.Version{Path: p, Version: version})
		}
	}
	proxy, cache := filepath.Join(tmp, "proxy"), filepath.Join(tmp, "cache")
	args := []string{"mod", "download"}
	for _, m := range v.versions {
		if err := publish(proxy, m, v.module(m.Path, "")); err != nil {
			return nil, err
		}
		args = append(args, m.String())
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = tmp
	cmd.Env = append(os.Environ(), "GOPROXY=file://"+filepath.ToSlash(proxy), "GOMODCACHE="+cache, "GOFLAGS=-modcacherw", "GOWORK=off", "GOSUMDB=off", "GOENV=off", "GOPRIVATE=", "GONOPROXY=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go mod download: %w\n%s", err, out)
	}
	m, err := newMachine(ctx)
	if err != nil {
		return nil, err
	}
	m.stores = modcache.NewStores()
	m.dir, m.store, m.cache = cache, m.stores.At(cache, nil), imports.NewCache(cache)
	return m, nil
}

// some returns a few elements of a list.
func some[T any](v *inventor, list []T, most int) []T {
	var picked []T
	if len(list) == 0 {
		return nil
	}
	for range v.IntN(most + 1) {
		picked = append(picked, list[v.IntN(len(list))])
	}
	return picked
}

// module makes the files of a module. extra goes into its go.mod.
func (v *inventor) module(modPath, extra string) map[string]string {
	files := map[string]string{}
	var b strings.Builder
	fmt.Fprintf(&b, "module %s\n", modPath)
	if g := []string{"", "1.15", "1.16", "1.17", "1.18", "1.21", "1.22.0", "1.22.0"}[v.IntN(8)]; g != "" {
		fmt.Fprintf(&b, "\ngo %s\n", g)
	}
	fmt.Fprint(&b, extra, "\nrequire (\n")
	seen := map[string]bool{modPath: true}
	var required []module.Version
	for _, m := range some(v, v.versions, 6) {
		if m.Path == modPath || seen[m.Path] && v.IntN(10) > 0 {
			continue
		}
		seen[m.Path] = true
		required = append(required, m)
		if v.IntN(8) == 0 {
			continue // forgotten, or left to others
		}
		fmt.Fprintf(&b, "\t%s %s%s\n", m.Path, m.Version, []string{"", " // indirect"}[v.IntN(2)])
	}
	fmt.Fprint(&b, ")\n")
	files["go.mod"] = b.String()
	for _, dir := range []string{"", "sub", "sub/deep", "x"} {
		if dir != "" && v.IntN(4) > 0 {
			continue
		}
		for _, name := range []string{"p.go", "p_test.go", "p_windows.go"} {
			if name == "p.go" || v.IntN(3) == 0 {
				files[path.Join(dir, name)] = v.source(required)
			}
		}
	}
	return files
}

// odd are beginnings of files: constraints that go understands in various ways, or not at all, and what does not parse.
var odd = []string{
	"//go:build ignore\n\n", "// +build ignore\n\n", "// +build ignore\n", "//go:build !ignore && windows\n\n", "//go:build a b\n\n",
	"//go:build a\n//go:build b\n\n", "/* c */ //go:build ignore\n\n", "\ufeff", "<<<<<<< HEAD\n", "/* ", "import \"C\"\n", "#!/bin/x\n", "package q;\n",
}

// asides are directories of which go passes over most, and ignores what ignore lines may say of them and others.
var (
	asides  = []string{"_x", ".x", "x/testdata", "vendor/x", "x/vendor", "x/internal", "x.go"}
	ignores = []string{"./x", "x", "sub/deep", "./sub/deep/", "/x", "./", "\"\"", ".", "deep", "./deep", "vendor"}
)

// source makes a file. Most of what it imports is there in every version, and in one of the modules that the importing
// module requires.
func (v *inventor) source(required []module.Version) string {
	var b strings.Builder
	if v.IntN(24) == 0 {
		b.WriteString(odd[v.IntN(len(odd))])
	}
	b.WriteString("package p\n")
	for _, m := range some(v, required, 2) {
		if v.IntN(30) == 0 {
			m = v.versions[v.IntN(len(v.versions))]
		}
		d := ""
		if v.IntN(8) == 0 {
			d = []string{"/sub", "/sub/deep", "/x"}[v.IntN(3)]
		}
		fmt.Fprintf(&b, "\nimport _ %q\n", m.Path+d)
	}
	return b.String()
}

// main makes a main module.
func (v *inventor) main() map[string]string {
	var extra strings.Builder
	if v.IntN(4) == 0 {
		m := v.versions[v.IntN(len(v.versions))]
		fmt.Fprintf(&extra, "\nexclude %s %s\n", m.Path, m.Version)
	}
	if v.IntN(4) == 0 {
		old, by := v.versions[v.IntN(len(v.versions))], v.versions[v.IntN(len(v.versions))]
		if v.IntN(2) == 0 {
			fmt.Fprintf(&extra, "\nreplace %s => %s %s\n", old.Path, by.Path, by.Version)
		} else {
			fmt.Fprintf(&extra, "\nreplace %s %s => ./zz\n", old.Path, old.Version)
		}
	}
	if v.IntN(6) == 0 {
		fmt.Fprintf(&extra, "\ntool %s\n", inventedPaths[v.IntN(len(inventedPaths))])
	}
	if v.IntN(5) == 0 {
		fmt.Fprintf(&extra, "\nignore %s\n", ignores[v.IntN(len(ignores))])
	}
	files := v.module("m.test/m", extra.String())
	if v.IntN(3) == 0 {
		files[path.Join(asides[v.IntN(len(asides))], []string{"p.go", "p_test.go", "_p.go"}[v.IntN(3)])] = v.source(v.versions)
	}
	if v.IntN(12) == 0 {
		files["x/go.mod"] = "module m.test/m/x\n"
	}
	for name, text := range v.module("a.test/anything", "") {
		files[path.Join("zz", name)] = text
	}
	if v.IntN(2) == 0 {
		var sums []string
		for _, m := range some(v, v.versions, 5) {
			sums = append(sums, fmt.Sprintf("%s %s/go.mod h9:other\n", m.Path, m.Version))
		}
		slices.Sort(sums)
		files["go.sum"] = strings.Join(sums, "")
	}
	return files
}

func writeFiles(dir string, files map[string]string) error {
	old := time.Now().Add(-time.Hour)
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			return err
		}
		if err := os.Chtimes(file, old, old); err != nil {
			return err
		}
	}
	return nil
}

// show returns the go.mod and the imports of a module, to be read by people.
func show(dir string) (string, error) {
	var b strings.Builder
	err := filepath.Walk(dir, func(p string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		text, err := os.ReadFile(p)
		rel, _ := filepath.Rel(dir, p)
		fmt.Fprintf(&b, "-- %s --\n%s", filepath.ToSlash(rel), text)
		return err
	})
	return b.String(), err
}

// publish puts a module version into a proxy that is a directory.
func publish(proxy string, m module.Version, files map[string]string) error {
	at := filepath.Join(proxy, filepath.FromSlash(m.Path), "@v")
	if err := os.MkdirAll(at, 0o777); err != nil {
		return err
	}
	var archive bytes.Buffer
	var list []zip.File
	for name, text := range files {
		list = append(list, zipped{name, text})
	}
	slices.SortFunc(list, func(a, b zip.File) int { return strings.Compare(a.Path(), b.Path()) })
	if err := zip.Create(&archive, m, list); err != nil {
		return err
	}
	for ext, text := range map[string]string{".mod": files["go.mod"], ".info": `{"Version":"` + m.Version + `"}`, ".zip": archive.String()} {
		if err := os.WriteFile(filepath.Join(at, m.Version+ext), []byte(text), 0o666); err != nil {
			return err
		}
	}
	return nil
}

// zipped is a file to be put into a zip.
type zipped struct{ name, text string }

func (z zipped) Path() string                 { return z.name }
func (z zipped) Open() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(z.text)), nil }
func (z zipped) Lstat() (os.FileInfo, error)  { return z, nil }
func (z zipped) Name() string                 { return path.Base(z.name) }
func (z zipped) Size() int64                  { return int64(len(z.text)) }
func (z zipped) Mode() os.FileMode            { return 0o444 }
func (z zipped) ModTime() (t time.Time)       { return t }
func (z zipped) IsDir() bool                  { return false }
func (z zipped) Sys() any                     { return nil }
