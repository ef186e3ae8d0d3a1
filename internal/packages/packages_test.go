package packages_test

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/tools/txtar"

	"github.com/gomodls/gomodls/internal/imports"
	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/packages"
)

// TestLoad states worlds and what there is to say about them. A file cache/PATH@VERSION/… belongs to a module version in the
// module cache, the others to the main module or to directories that replace modules. The file want has a line for each
// fault, for each checksum that is needed, and for each source that is lacking. That go says the same, internal/tidy/oracle
// tests on worlds that nobody has thought of.
func TestLoad(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			w := newWorld(t, a)
			got, err := packages.Load(context.Background(), w.input(t))
			if err != nil {
				t.Fatal(err)
			}
			text := show(got)
			i := slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == "want" })
			if os.Getenv("UPDATE") != "" && i >= 0 {
				a.Files[i].Data = []byte(text)
				if err := os.WriteFile(name, txtar.Format(a), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(a.Files[i].Data), text); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// world is an archive.
type world struct {
	files fs.FS // what does not lie in the module cache
	cache map[module.Version]map[string]string
	names *modcache.Names
}

func newWorld(t *testing.T, a *txtar.Archive) *world {
	t.Helper()
	w := &world{cache: map[module.Version]map[string]string{}, names: modcache.NewNames()}
	dir := t.TempDir()
	for _, f := range a.Files {
		if rest, ok := strings.CutPrefix(f.Name, "cache/"); ok {
			p, rest, _ := strings.Cut(rest, "@")
			v, rel, _ := strings.Cut(rest, "/")
			m := module.Version{Path: p, Version: v}
			if w.cache[m] == nil {
				w.cache[m] = map[string]string{}
			}
			w.cache[m][rel] = string(f.Data)
			continue
		}
		file := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	w.files = os.DirFS(dir)
	return w
}

// under returns files as they lie below root.
func under(root string, files fs.FS) imports.FS {
	rel := func(p string) string { return strings.TrimPrefix(strings.TrimPrefix(filepath.ToSlash(p), root), "/") }
	return imports.FS{
		Read: func(p string) (string, error) {
			data, err := fs.ReadFile(files, rel(p))
			return string(data), err
		},
		List: func(p string) ([]imports.Entry, error) {
			entries, err := fs.ReadDir(files, path.Clean(rel(p)+"/"))
			if p == root {
				entries, err = fs.ReadDir(files, ".")
			}
			var list []imports.Entry
			for _, e := range entries {
				list = append(list, imports.Entry{Name: e.Name(), Dir: e.IsDir()})
			}
			return list, err
		},
	}
}

const root = "/m"

func (w *world) input(t *testing.T) packages.Input {
	t.Helper()
	text, err := fs.ReadFile(w.files, "go.mod")
	if err != nil {
		t.Fatal(err)
	}
	f, err := modfile.Parse("go.mod", text, nil)
	if err != nil {
		t.Fatal(err)
	}
	main := modgraph.MainModule{Path: f.Module.Mod.Path, Dir: root, Go: f.Go.Version}
	for _, r := range f.Require {
		main.Require = append(main.Require, r.Mod)
	}
	for _, r := range f.Replace {
		main.Replace = append(main.Replace, modgraph.Replacement{Old: r.Old, New: r.New, Dir: root})
	}
	local := under(root, w.files)
	source := modgraph.Source{
		Mod: func(id modcache.NodeID) (*modcache.Mod, error) {
			text, ok := w.cache[w.names.Version(id)]["go.mod"]
			if !ok {
				return nil, modgraph.ErrNotKnown
			}
			return modcache.ParseMod(w.names, text), nil
		},
		Dir: func(dir string) (*modcache.Mod, error) {
			text, err := local.Read(filepath.Join(dir, "go.mod"))
			return modcache.ParseMod(w.names, text), err
		},
	}
	in := packages.Input{
		Main:    []packages.Main{{Path: main.Path, Dir: root}},
		Graph:   modgraph.Load(modgraph.Input{Main: []modgraph.MainModule{main}, Local: "1.26", Names: w.names, Source: source}),
		Source:  source,
		Context: imports.NewContext(imports.Target{GOOS: "linux", GOARCH: "amd64", Release: 26, Cgo: imports.Yes}),
		Files:   local,
		Std:     func(p string) bool { return p == "fmt" || p == "net/http" },
		Tree: func(m module.Version) (*imports.Tree, error) {
			sources := false
			files := memory{}
			for name, text := range w.cache[m] {
				files[name] = text
				sources = sources || name != "go.mod"
			}
			if !sources {
				return nil, modcache.ErrMissing
			}
			return imports.NewTree(files.fs("/"+m.String()), "/"+m.String(), nil), nil
		},
		Zip:   func(m module.Version) (string, error) { return "h1:of " + m.String(), nil },
		Sites: func(module.Version, string) bool { return true },
	}
	if list, err := fs.ReadFile(w.files, "vendor/modules.txt"); err == nil {
		in.Mode, in.Graph = packages.InVendor, nil
		in.Vendor = packages.Vendor{Dir: root + "/vendor", List: modgraph.ParseVendorList(string(list)), Strict: true}
	}
	return in
}

// memory is the files of a module version.
type memory map[string]string

func (m memory) fs(root string) imports.FS {
	rel := func(p string) string { return strings.TrimPrefix(strings.TrimPrefix(filepath.ToSlash(p), root), "/") }
	return imports.FS{
		Read: func(p string) (string, error) {
			text, ok := m[rel(p)]
			if !ok {
				return "", fs.ErrNotExist
			}
			return text, nil
		},
		List: func(p string) ([]imports.Entry, error) {
			var list []imports.Entry
			for _, name := range slices.Sorted(maps.Keys(m)) {
				if strings.TrimPrefix(path.Dir("/"+name), "/") == rel(p) {
					list = append(list, imports.Entry{Name: path.Base(name)})
				}
			}
			if list == nil {
				return nil, fs.ErrNotExist
			}
			return list, nil
		},
	}
}

func show(r *packages.Result) string {
	var b strings.Builder
	where := func(chain []string, test bool, sites []packages.Site) string {
		var files []string
		for _, s := range sites {
			files = append(files, strings.TrimPrefix(filepath.ToSlash(s.File), root+"/")+" "+s.Path)
		}
		text := fmt.Sprintf(" [%s] at %s", strings.Join(chain, " > "), strings.Join(files, ", "))
		if test {
			text += " (tests)"
		}
		return text
	}
	for _, f := range r.Faults {
		fmt.Fprintf(&b, "%s%s\n", f.Says, where(f.Chain, f.Test, f.Sites))
	}
	for _, n := range r.Needs {
		provides := "has"
		if !n.Provides {
			provides = "might have"
		}
		fmt.Fprintf(&b, "needs %s %s: %s %s%s\n", n.Key.Path, n.Key.Version, provides, n.Path, where(n.Chain, n.Test, n.Sites))
	}
	for _, m := range r.Unknown {
		fmt.Fprintf(&b, "lacks %s\n", m)
	}
	return b.String()
}
