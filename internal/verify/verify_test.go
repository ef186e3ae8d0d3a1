package verify

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/sumdb"
	"github.com/gomodls/gomodls/internal/syntax"
)

// modules are the dependencies of the module under test.
var modules = []module.Version{{Path: "a.example/Upper", Version: "v1.0.0"}, {Path: "b.example/b", Version: "v1.2.3"}}

// A machine has a module and a module cache that the go command has filled.
type machine struct {
	dir, cache, gosum string
	env               []string
}

func newMachine(t *testing.T) machine {
	t.Helper()
	base := t.TempDir()
	m := machine{dir: filepath.Join(base, "m"), cache: filepath.Join(base, "cache")}
	gomod := "module example.com/m\n\ngo 1.22\n"
	for _, mod := range modules {
		path, err := module.EscapePath(mod.Path)
		if err != nil {
			t.Fatal(err)
		}
		at := filepath.Join(base, "proxy", path, "@v", mod.Version)
		own := "module " + mod.Path + "\n"
		write(t, at+".info", fmt.Sprintf(`{"Version":%q}`, mod.Version))
		write(t, at+".mod", own)
		write(t, at+".zip", archive(t, mod, map[string]string{"go.mod": own, "x.go": "package x\n", "sub/y.go": "package sub\n"}))
		gomod += "\nrequire " + mod.Path + " " + mod.Version + "\n"
	}
	write(t, filepath.Join(m.dir, "go.mod"), gomod)
	m.env = append(os.Environ(), "GOPROXY=file://"+filepath.ToSlash(filepath.Join(base, "proxy")), "GOSUMDB=off", "GOFLAGS=-modcacherw", "GOENV=off",
		"GOMODCACHE="+m.cache, "GOPATH="+filepath.Join(base, "gopath"), "GOWORK=off", "GOPRIVATE=", "GONOPROXY=", "GONOSUMDB=")
	if out, err := m.run("mod", "download", "all"); err != nil {
		t.Fatal(out)
	}
	data, err := os.ReadFile(filepath.Join(m.dir, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	m.gosum = string(data)
	return m
}

func (m machine) run(args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Env = m.dir, m.env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// input is everything that go sees, with proofs that are kept at once.
func (m machine) input(proofs string) Input {
	return Input{
		ModCache: m.cache, BuildList: append([]module.Version{{Path: "example.com/m"}}, modules...), Sums: []SumFile{{"go.sum", syntax.ParseSum(m.gosum)}},
		Proofs: &Proofs{Dir: proofs, Settled: time.Nanosecond},
	}
}

func (m machine) verify(t *testing.T, in Input) Report {
	t.Helper()
	r, err := Run(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// at returns the path without extension of the first module's files in the cache, and its directory.
func (m machine) at() (base, dir string) {
	return filepath.Join(m.cache, "cache", "download", "a.example", "!upper", "@v", "v1.0.0"), filepath.Join(m.cache, "a.example", "!upper@v1.0.0")
}

func archive(t *testing.T, mod module.Version, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		w, err := z.Create(mod.String() + "/" + name)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o777), os.WriteFile(file, []byte(text), 0o666)); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}

// TestAgreesWithGo does something to the module cache and compares the verdicts, line by line: with `go mod verify`, of a
// run that hashes everything, of one that has proofs from before, and of one that has proofs from after.
func TestAgreesWithGo(t *testing.T) {
	mod := modules[0]
	for _, tt := range []struct {
		name string
		do   func(t *testing.T, base, dir string)
	}{
		{"nothing", func(*testing.T, string, string) {}},
		{"a file of the directory has other text", func(t *testing.T, _, dir string) { write(t, filepath.Join(dir, "x.go"), "package y\n") }},
		{"a file more", func(t *testing.T, _, dir string) { write(t, filepath.Join(dir, "sub", "z.go"), "package sub\n") }},
		{"a file less", func(t *testing.T, _, dir string) { remove(t, filepath.Join(dir, "sub", "y.go")) }},
		{"a file has another name", func(t *testing.T, _, dir string) {
			if err := os.Rename(filepath.Join(dir, "x.go"), filepath.Join(dir, "w.go")); err != nil {
				t.Fatal(err)
			}
		}},
		{"an empty directory more", func(t *testing.T, _, dir string) {
			if err := os.Mkdir(filepath.Join(dir, "empty"), 0o777); err != nil {
				t.Fatal(err)
			}
		}},
		{"the directory is gone", func(t *testing.T, _, dir string) { remove(t, dir) }},
		{"the directory is a file", func(t *testing.T, _, dir string) { remove(t, dir); write(t, dir, "") }},
		{"the directory is not complete", func(t *testing.T, base, dir string) {
			write(t, base+".partial", "")
			remove(t, filepath.Join(dir, "x.go"))
		}},
		{"a link to a directory", func(t *testing.T, _, dir string) {
			if err := os.Symlink("sub", filepath.Join(dir, "link")); err != nil {
				t.Fatal(err)
			}
		}},
		{"the zip has other files", func(t *testing.T, base, _ string) {
			write(t, base+".zip", archive(t, mod, map[string]string{"go.mod": "module evil.example\n"}))
		}},
		{"the zip is none", func(t *testing.T, base, _ string) { write(t, base+".zip", "PK") }},
		{"the zip is gone", func(t *testing.T, base, _ string) { remove(t, base+".zip") }},
		{"zip and directory are gone", func(t *testing.T, base, dir string) { remove(t, base+".zip"); remove(t, dir) }},
		{"the ziphash is gone", func(t *testing.T, base, _ string) { remove(t, base+".ziphash") }},
		{"all three are gone", func(t *testing.T, base, dir string) {
			remove(t, base+".zip")
			remove(t, base+".ziphash")
			remove(t, dir)
		}},
		{"the ziphash is that of another", func(t *testing.T, base, _ string) { write(t, base+".ziphash", "h1:AAAA=\n") }},
		{"the ziphash is that of the forged zip", func(t *testing.T, base, dir string) {
			write(t, base+".zip", archive(t, mod, map[string]string{"go.mod": "module evil.example\n"}))
			w := worker{}
			sum, _, err := w.zipHash(t.Context(), base+".zip")
			if err != nil {
				t.Fatal(err)
			}
			write(t, base+".ziphash", sum)
			remove(t, dir)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			before, after := t.TempDir(), t.TempDir()
			if r := m.verify(t, m.input(before)); !r.OK() || r.Hashed != 4 {
				t.Fatalf("before: %v %v", r, r.Problems)
			}
			base, dir := m.at()
			tt.do(t, base, dir)
			out, _ := m.run("mod", "verify")
			want := lines(strings.ReplaceAll(out, "all modules verified\n", ""))
			for name, in := range map[string]Input{"proofs from before": m.input(before), "no proofs": m.input(after)} {
				check(t, name, want, m.verify(t, in))
			}
			check(t, "proofs from after", want, m.verify(t, m.input(after)))
		})
	}
}

func lines(s string) []string {
	out := strings.Split(strings.TrimSpace(s), "\n")
	slices.Sort(out)
	return out
}

func check(t *testing.T, name string, want []string, r Report) {
	t.Helper()
	var got strings.Builder
	for _, p := range r.Problems {
		if p.Go {
			fmt.Fprintln(&got, p)
		}
	}
	if diff := cmp.Diff(want, lines(got.String())); diff != "" {
		t.Errorf("%s (-go +gomodls):\n%s", name, diff)
	}
}

// TestProofs takes checksums from proofs, and only where nothing has changed.
func TestProofs(t *testing.T) {
	for _, tt := range []struct {
		name   string
		do     func(t *testing.T, base, dir, proofs string)
		hashed int // of four zips and directories
		ok     bool
	}{
		{"nothing", func(*testing.T, string, string, string) {}, 0, true},
		{"same size and same time", func(t *testing.T, _, dir, _ string) {
			file := filepath.Join(dir, "x.go")
			info, err := os.Stat(file)
			if err != nil {
				t.Fatal(err)
			}
			write(t, file, "package y\n")
			if err := os.Chtimes(file, info.ModTime(), info.ModTime()); err != nil {
				t.Fatal(err)
			}
		}, 1, false},
		{"another file with the same text", func(t *testing.T, base, _, _ string) {
			data, err := os.ReadFile(base + ".zip")
			if err != nil {
				t.Fatal(err)
			}
			remove(t, base+".zip")
			write(t, base+".zip", string(data))
		}, 1, true},
		{"the ziphash", func(t *testing.T, base, _, _ string) { write(t, base+".ziphash", "h1:AAAA=") }, 0, false},
		{"no proofs", func(t *testing.T, _, _, proofs string) { remove(t, proofs) }, 4, true},
		{"damaged proofs", func(t *testing.T, _, _, proofs string) {
			damage(t, proofs, func(s string) string { return strings.ReplaceAll(s, "1", "2") })
		}, 4, true},
		{"half of the proofs", func(t *testing.T, _, _, proofs string) {
			damage(t, proofs, func(s string) string { return s[:len(s)/2] })
		}, 4, true},
		{"empty proofs", func(t *testing.T, _, _, proofs string) { damage(t, proofs, func(string) string { return "" }) }, 4, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			proofs := filepath.Join(t.TempDir(), "proofs")
			m.verify(t, m.input(proofs))
			base, dir := m.at()
			tt.do(t, base, dir, proofs)
			r := m.verify(t, m.input(proofs))
			if r.Hashed != tt.hashed || r.Proved != 4-tt.hashed || r.OK() != tt.ok {
				t.Errorf("%v: %v", r, r.Problems)
			}
		})
	}
}

func damage(t *testing.T, dir string, change func(string) string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%q: %v", files, err)
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	write(t, files[0], change(string(data)))
}

// TestFreshFilesAreNotProved keeps no proof of what was written a moment ago.
func TestFreshFilesAreNotProved(t *testing.T) {
	m := newMachine(t)
	in := m.input(t.TempDir())
	in.Proofs.Settled = time.Hour
	m.verify(t, in)
	if r := m.verify(t, in); r.Proved != 0 || r.Hashed != 4 {
		t.Error(r)
	}
}

// TestConcurrent lets several runs keep their proofs in one place.
func TestConcurrent(t *testing.T) {
	m := newMachine(t)
	proofs := t.TempDir()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			in := m.input(proofs)
			in.BuildList = modules[i%2 : i%2+1] // each knows one of the modules
			in.Sums = nil
			if r, err := Run(context.Background(), in); err != nil || !r.OK() {
				t.Errorf("%v: %v", r, err)
			}
		})
	}
	wg.Wait()
	if r := m.verify(t, m.input(proofs)); r.Hashed != 0 || r.Proved != 4 {
		t.Error(r)
	}
}

// TestCancel ends at once and says so.
func TestCancel(t *testing.T) {
	m := newMachine(t)
	ctx, cancel := context.WithCancel(t.Context())
	in := m.input(t.TempDir())
	in.Progress = func(done, _ int, _ string) { cancel() }
	in.Sums = nil
	if _, err := Run(ctx, in); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if _, err := Run(ctx, in); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that it was cancelled", err)
	}
}

// TestSums says who disagrees: go.sum, the module cache or the checksum database.
func TestSums(t *testing.T) {
	m := newMachine(t)
	mod := modules[1]
	var zipSum, modSum string
	for _, e := range syntax.ParseSum(m.gosum).Entries {
		if e.Path == mod.Path && e.GoMod {
			modSum = e.Hash
		} else if e.Path == mod.Path {
			zipSum = e.Hash
		}
	}
	const other, third = "h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "h1:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB="
	right := sumdb.Sums{Zip: zipSum, Mod: modSum}
	for _, tt := range []struct {
		name, gosum string
		vouched     *sumdb.Sums
		want        string
	}{
		{"all agree", m.gosum, &right, ""},
		{"no record", m.gosum, nil, ""},
		{"go.sum is wrong", strings.Replace(m.gosum, zipSum, other, 1), &right,
			"b.example/b v1.2.3: go.sum:3 has " + other + ", the module cache has " + zipSum + ", the checksum database has " + zipSum + ": go.sum is wrong"},
		{"the cache is wrong", strings.Replace(m.gosum, zipSum, other, 1), &sumdb.Sums{Zip: other, Mod: modSum},
			"b.example/b v1.2.3: go.sum:3 has " + other + ", the module cache has " + zipSum + ", the checksum database has " + other + ": the module cache is wrong"},
		{"all differ", strings.Replace(m.gosum, zipSum, other, 1), &sumdb.Sums{Zip: third, Mod: modSum},
			"b.example/b v1.2.3: go.sum:3 has " + other + ", the module cache has " + zipSum + ", the checksum database has " + third + ": trust neither"},
		{"the database alone differs", m.gosum, &sumdb.Sums{Zip: third, Mod: modSum},
			"b.example/b v1.2.3: go.sum:3 has " + zipSum + ", the module cache has " + zipSum + ", the checksum database has " + third + ": trust neither"},
		{"nobody can tell", strings.Replace(m.gosum, modSum, other, 1), nil,
			"b.example/b v1.2.3/go.mod: go.sum:4 has " + other + ", the module cache has " + modSum + ", no record of the checksum database is on this machine"},
		{"a wrong line behind the right one", m.gosum + "b.example/b v1.2.3 " + other + "\n", nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := m.input(t.TempDir())
			in.Sums = []SumFile{{"go.sum", syntax.ParseSum(tt.gosum)}}
			in.Vouched = func(v module.Version) (sumdb.Sums, error) {
				if v != mod || tt.vouched == nil {
					return sumdb.Sums{}, sumdb.ErrNoRecord
				}
				return *tt.vouched, nil
			}
			var got []string
			for _, p := range m.verify(t, in).Problems {
				got = append(got, p.Text)
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, "\n")); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestAbsent counts what go.sum has and this machine has not.
func TestAbsent(t *testing.T) {
	m := newMachine(t)
	m.gosum += "c.example/c v1.0.0 h1:AAAA=\nc.example/c v1.0.0/go.mod h1:AAAA=\n"
	if r := m.verify(t, m.input(t.TempDir())); r.Absent != 1 || r.Modules != 2 || !r.OK() {
		t.Errorf("%v: %v", r, r.Problems)
	}
}
