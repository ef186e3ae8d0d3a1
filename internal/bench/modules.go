package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// defaultModules are large modules with large graphs, at versions that do not change.
var defaultModules = []string{
	"github.com/traefik/traefik/v3@v3.4.0",
	"github.com/ipfs/kubo@v0.34.1",
	"github.com/prometheus/prometheus@v0.304.0",
	"github.com/golangci/golangci-lint/v2@v2.1.0",
	"github.com/gohugoio/hugo@v0.147.0",
}

// A subject is a module to measure with: a copy of its module files and sources in a directory of its own.
type subject struct {
	name     string
	dir      string
	mod, sum string
	requires int
	selected []module.Version  // the build list, without the main module
	edges    []module.Version  // what is required anywhere in the graph
	sums     map[string]string // lines of go.sum by "path version"
}

// fetch gets a module through the go command's own proxy settings, as `go mod download` does, and copies it below dir.
func fetch(ctx context.Context, name, dir string) (*subject, error) {
	out, err := output(ctx, dir, nil, "go", "mod", "download", "-json", name)
	if err != nil {
		return nil, err
	}
	var got struct{ Dir, Error string }
	if err := json.Unmarshal(out, &got); err != nil {
		return nil, err
	}
	if got.Error != "" {
		return nil, errors.New(got.Error)
	}
	s := &subject{name: name, dir: filepath.Join(dir, strings.NewReplacer("/", "_", "@", "_").Replace(name)), sums: map[string]string{}}
	if err := copySources(s.dir, got.Dir); err != nil {
		return nil, err
	}
	return s, s.load(ctx)
}

// load reads the module files and asks go for the graph, which fetches the go.mod files that are not there yet.
func (s *subject) load(ctx context.Context) error {
	mod, err := os.ReadFile(filepath.Join(s.dir, "go.mod"))
	if err != nil {
		return err
	}
	sum, err := os.ReadFile(filepath.Join(s.dir, "go.sum"))
	if err != nil {
		return err
	}
	s.mod, s.sum = string(mod), string(sum)
	file, err := modfile.Parse("go.mod", mod, nil)
	if err != nil {
		return err
	}
	s.requires = len(file.Require)
	for line := range strings.Lines(s.sum) {
		if f := strings.Fields(line); len(f) == 3 {
			s.sums[f[0]+" "+f[1]] = line
		}
	}
	list, err := output(ctx, s.dir, nil, "go", "list", "-m", "-f", "{{if not .Main}}{{.Path}} {{.Version}}{{end}}", "all")
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(list)) {
		if f := strings.Fields(line); len(f) == 2 {
			s.selected = append(s.selected, module.Version{Path: f[0], Version: f[1]})
		}
	}
	graph, err := output(ctx, s.dir, nil, "go", "mod", "graph")
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(graph)) {
		if f := strings.Fields(line); len(f) == 2 {
			if path, version, ok := strings.Cut(f[1], "@"); ok {
				s.edges = append(s.edges, module.Version{Path: path, Version: version})
			}
		}
	}
	slices.SortFunc(s.edges, func(a, b module.Version) int {
		if c := strings.Compare(a.Path, b.Path); c != 0 {
			return c
		}
		return semver.Compare(b.Version, a.Version)
	})
	s.edges = slices.Compact(s.edges)
	return nil
}

// copySources copies what a server of Go modules may look at.
func copySources(to, from string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if rel != "." && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".")) {
				return fs.SkipDir
			}
			return os.MkdirAll(filepath.Join(to, rel), 0o777)
		}
		name := d.Name()
		if !d.Type().IsRegular() || filepath.Ext(name) != ".go" && name != "go.mod" && name != "go.sum" {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), data, 0o666)
	})
}

// A scenario is an edit that is made and taken back, again and again.
type scenario struct {
	name  string
	edit  change
	watch string // the file whose diagnostics tell; that of the edit if empty
}

// lowered is the name of the edit that lowers a version and raises it again.
const lowered = "version down and up"

// scenarios returns the edits to measure in a module.
func (s *subject) scenarios() ([]scenario, error) {
	file, err := modfile.Parse("go.mod", []byte(s.mod), nil)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(s.dir, "go.mod")
	lines := strings.SplitAfter(s.mod, "\n")
	end := len(lines) - 1 // the empty rest behind the last newline
	add := func(name, line string) scenario {
		return scenario{name: name, edit: change{path: path, at: end, with: []string{line}}}
	}
	all := []scenario{add("syntax fault", "requir example.com/a v1.0.0\n")}

	// A digit is typed at the end of a version: nobody has that version.
	first := file.Require[0]
	at := first.Syntax.Start.Line - 1
	all = append(all, scenario{name: "version typed on", edit: change{
		path: path, at: at, old: lines[at : at+1], with: []string{strings.Replace(lines[at], first.Mod.Version, first.Mod.Version+"9", 1)},
	}})
	// A version is lowered to one that something in the graph asks for, so that its go.mod file is there.
	for _, r := range file.Require {
		i := slices.IndexFunc(s.edges, func(m module.Version) bool {
			return m.Path == r.Mod.Path && semver.Compare(m.Version, r.Mod.Version) < 0 && s.sums[m.Path+" "+m.Version+"/go.mod"] != ""
		})
		if i < 0 {
			continue
		}
		at := r.Syntax.Start.Line - 1
		all = append(all, scenario{name: lowered, edit: change{
			path: path, at: at, old: lines[at : at+1], with: []string{strings.Replace(lines[at], r.Mod.Version, s.edges[i].Version, 1)},
		}})
		break
	}
	all = append(all,
		add("requirement added", "require example.com/gone v1.0.0\n"),
		add("replace to no directory", fmt.Sprintf("replace %s => ./no/such/directory\n", first.Mod.Path)),
	)
	if deleted, ok := s.deleted(file); ok {
		all = append(all, deleted)
	}
	return all, nil
}

// deleted is the edit that deletes a line which go needs from go.sum.
func (s *subject) deleted(file *modfile.File) (scenario, bool) {
	first := file.Require[0].Mod
	key := first.Path + " " + first.Version + "/go.mod "
	for _, r := range file.Replace {
		if r.Old.Path == first.Path && r.New.Version != "" {
			key = r.New.Path + " " + r.New.Version + "/go.mod "
		}
	}
	sums := strings.SplitAfter(s.sum, "\n")
	i := slices.IndexFunc(sums, func(l string) bool { return strings.HasPrefix(l, key) })
	if i < 0 {
		return scenario{}, false
	}
	return scenario{
		name: "go.sum line deleted", watch: filepath.Join(s.dir, "go.mod"),
		edit: change{path: filepath.Join(s.dir, "go.sum"), at: i, old: sums[i : i+1]},
	}, true
}

// sumScenarios returns the edits to measure in a long go.sum.
func (s *subject) sumScenarios() ([]scenario, error) {
	file, err := modfile.Parse("go.mod", []byte(s.mod), nil)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(s.dir, "go.sum")
	sums := strings.SplitAfter(s.sum, "\n")
	middle := len(sums) / 2
	all := []scenario{
		{name: "field typed", edit: change{path: path, at: middle, old: sums[middle : middle+1], with: []string{strings.TrimSuffix(sums[middle], "\n") + " x\n"}}},
		{name: "line repeated", edit: change{path: path, at: middle, with: sums[middle : middle+1]}},
	}
	if deleted, ok := s.deleted(file); ok {
		all = append(all, deleted)
	}
	return all, nil
}

// padded returns a copy of the module in dir whose go.sum has n lines, if it has fewer.
func (s *subject) padded(dir string, n int) (*subject, error) {
	padded := *s
	padded.dir = dir
	var more strings.Builder
	for i := lines(s.sum); i < n; i++ {
		fmt.Fprintf(&more, "zz.example/other%06d v1.0.0/go.mod h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", i)
	}
	padded.sum += more.String()
	if err := copySources(dir, s.dir); err != nil {
		return nil, err
	}
	return &padded, writeFiles(dir, map[string]string{"go.sum": padded.sum})
}

func writeFiles(dir string, files map[string]string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			return err
		}
	}
	return nil
}

func output(ctx context.Context, dir string, env []string, argv ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir, cmd.Env = dir, env
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w: %s%s", strings.Join(argv, " "), err, strings.TrimSpace(stderr.String()), strings.TrimSpace(stdout.String()))
	}
	return stdout.Bytes(), nil
}
