// Package tidy works out what `go mod tidy` would write, without running it.
//
// The one idea to keep in mind: tidy is a search for a fixed point. It loads packages with the roots it has, adds the roots that
// they turn out to need, which may raise versions and change where packages come from, and begins again until nothing
// changes; only at the very end does it drop what nobody needs. Which go.mod files and zips are looked at on the way decides
// whether tidy succeeds where some are missing, and which checksums it writes, so they are looked at here in the same order
// and no sooner. The answer is what the go command writes with GOPROXY=off; where it would fail, so does Predict.
//
// The source of every rule is cmd/go/internal/modload: load.go, buildlist.go, import.go and init.go.
package tidy

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"go/version"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/gomodls/gomodls/internal/imports"
	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/modgraph"
)

// An Input is all that the answer depends on.
type Input struct {
	Dir    string // the main module's directory
	Mod    string // the text of its go.mod
	Sum    string // the text of its go.sum
	HasSum bool   // whether there is one
	Compat string // the value of tidy's -compat flag; "" if it is not given
	Local  string // the version of the user's go command, without "go"

	Files  imports.FS                                    // the main module's files and those of directories that replace modules
	Parsed *imports.Memo                                 // what was parsed of Files before; may be nil
	Std    func(importPath string) bool                  // whether the standard library has a package
	Tree   func(module.Version) (*imports.Tree, error)   // the source of a module version
	Zip    func(module.Version) (hash string, err error) // the checksum of its zip
	Mods   func(modcache.NodeID) (*modcache.Mod, error)  // as in modgraph.Input
	Names  *modcache.Names                               // the table that NodeIDs come from
	Debug  func(key, value string) error                 // whether a godebug line is acceptable; may be nil
	Memo   *Memo                                         // what the answer before has left behind; may be nil

	Keeping *Keeping // where Inspect keeps its answer for other processes; may be nil
}

// A Memo makes the next answer about the same module cheaper. Its zero value is empty. Predict must not be called with one Memo
// from several goroutines at once.
type Memo struct {
	sources  map[module.Version]source // of versions in the module cache
	graphs   []*memoGraph              // the last first
	inputs   modgraph.Input
	valid    map[string]bool // import paths that a package can have
	read     map[string]bool // import paths that were looked for: nothing of what they lead to has to be waited for
	packages int             // how many were loaded
	places   places
	sumText  string // a go.sum, and what it says
	sums     map[module.Version][]string
	order    []module.Version
}

// A Result is what tidy would leave behind.
type Result struct {
	Mod    string
	Sum    string
	HasSum bool // whether there would be a go.sum

	Require []Requirement // by path
	Dropped []string      // paths that go.mod requires and would no longer, in order
	// Unneeded are the lines of go.sum that would be dropped. Those about a go.mod file have a version that ends in "/go.mod".
	Unneeded []module.Version
	Added    []module.Version // the lines of Sum that go.sum does not have, likewise, in order
	// Go and Toolchain are what those lines of Mod say; "" where there is none.
	Go, Toolchain string
	// Broken are the main module's files that do not parse, relative to its directory, in order. What they import does not
	// count, or not all of it, so that some of Dropped may be missed as soon as they parse again.
	Broken []string

	purpose *purpose
}

// Find returns the place of a module in Require, or -1.
func (r *Result) Find(path string) int {
	i, ok := slices.BinarySearchFunc(r.Require, path, func(n Requirement, path string) int { return strings.Compare(n.Module.Path, path) })
	if !ok {
		return -1
	}
	return i
}

// A Requirement is a line that tidy would write, and why.
type Requirement struct {
	Module   module.Version
	Indirect bool
	// Chain are import paths that lead from a package of the main module, or a tool, to one that the module provides. It is
	// empty for a module that provides none, and is kept for the versions that it requires.
	Chain []string
	// Sites are where packages of the main module import something from the module, if go.mod does not require it yet.
	Sites []Site
}

// A Refusal says why tidy would fail, or, where something is not on this machine, why nobody can say what it would do
// without fetching it.
type Refusal struct {
	Package  string         // the import path that is in the way, if one is
	Importer string         // a package that imports it, "" if none does
	Module   module.Version // the module that is in the way, if one is
	Unknown  bool           // because it is not on this machine
	Compat   string         // the version of go before that of the go line, if only that would not load the module alike
	Err      error
}

func (r *Refusal) Error() string {
	switch {
	case r.Package != "" && r.Importer != "":
		return fmt.Sprintf("package %s, imported by %s: %v", r.Package, r.Importer, r.Err)
	case r.Package != "":
		return fmt.Sprintf("package %s: %v", r.Package, r.Err)
	case r.Module.Path != "":
		return fmt.Sprintf("%s: %v", r.Module, r.Err)
	}
	return r.Err.Error()
}

func (r *Refusal) Unwrap() error { return r.Err }

// Predict returns what `go mod tidy` would write. The error is a *Refusal, or that of the context.
func Predict(ctx context.Context, in Input) (*Result, error) {
	_, res, err := predict(ctx, in, false)
	return res, err
}

// predict works out an answer. Where proceed says that packages that cannot be loaded do not matter, as for tidy's flag -e, and
// there are some, nothing is said about go.sum.
func predict(ctx context.Context, in Input, proceed bool) (*loader, *Result, error) {
	p := &predictor{
		ctx: ctx, in: in,
		memo: in.Memo, dirMods: map[string]*modcache.Mod{}, modFaults: map[module.Version]error{}, local: map[string]*imports.Tree{},
		sources: map[module.Version]source{}, graphsUsed: map[*graph]bool{},
	}
	if p.memo == nil {
		p.memo = new(Memo)
	}
	if p.memo.sums == nil || p.memo.sumText != in.Sum {
		p.memo.sumText = in.Sum
		p.memo.sums, p.memo.order = readSums(in.Sum)
	}
	p.sums, p.order = p.memo.sums, p.memo.order
	p.used = make(map[module.Version]string, len(p.sums)) // of most it will be read what they protect
	if err := p.parse(); err != nil {
		return nil, nil, refusal(err)
	}
	rs, err := p.start()
	if err != nil {
		return nil, nil, refusal(err)
	}
	l := &loader{predictor: p, rs: rs, proceed: proceed}
	if err := l.run(); err != nil {
		return nil, nil, refusal(err)
	}
	var keep map[module.Version]bool
	if len(l.faulty) == 0 {
		switch keep, err = l.keepAll(); {
		case err == nil:
		case proceed && errors.As(err, &l.unlike) && l.unlike.Compat != "":
			keep = nil
		default:
			return nil, nil, refusal(err)
		}
	}
	res := &Result{Require: l.reasons(), Broken: p.mainTree.Broken(), purpose: &purpose{pkgs: l.pkgs}}
	for _, r := range p.file.Require {
		if _, ok := l.rs.max[r.Mod.Path]; !ok {
			res.Dropped = append(res.Dropped, r.Mod.Path)
		}
	}
	slices.Sort(res.Dropped)
	res.Dropped = slices.Compact(res.Dropped)
	if res.Mod, err = p.write(l.rs); err != nil {
		return nil, nil, refusal(err)
	}
	if p.file.Go != nil {
		res.Go = p.file.Go.Version
	}
	if p.file.Toolchain != nil {
		res.Toolchain = p.file.Toolchain.Name
	}
	if p.fatal != nil {
		return nil, nil, refusal(p.fatal)
	}
	res.Sum, res.HasSum = in.Sum, in.HasSum
	if keep != nil {
		res.Sum, res.HasSum = p.writeSums(keep)
		res.Added = p.added(keep)
		res.Unneeded = p.unneeded(keep)
	}
	return l, res, nil
}

func refusal(err error) error {
	var r *Refusal
	if errors.As(err, &r) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &Refusal{Err: err}
}

// predictor is one working out of an answer.
type predictor struct {
	ctx  context.Context
	in   Input
	file *modfile.File
	main string // the main module's path

	graphs   modgraph.Input
	base     *modgraph.Graph   // a graph of nothing, to read go.mod files through
	replaced map[string]string // by path of a replaced module, the highest version replaced, or "" if only all versions are
	tools    map[string]bool

	dirMods  map[string]*modcache.Mod // by directory
	mainTree *imports.Tree
	declared map[string]map[string][]string // which files of a directory of it import what
	local    map[string]*imports.Tree       // by directory
	sources  map[module.Version]source

	modFaults map[module.Version]error // by module whose go.mod was read for itself, nil where that went well
	memo      *Memo

	sums       map[module.Version][]string // what go.sum says, by key, in its order
	order      []module.Version
	used       map[module.Version]string // the checksums of everything that was read
	graphsUsed map[*graph]bool           // whose go.mod files are among that
	fatal      error                     // a checksum that go.sum contradicts, at which the go command stops at once
}

const (
	defaultGo = "1.16" // what a missing go line means
	strictGo  = "1.21" // from which on the go line is a minimum, and sums of packages' go.mod files are kept
)

func compareGo(a, b string) int { return version.Compare("go"+a, "go"+b) }

func isPruned(goVersion string) bool { return compareGo(goVersion, "1.17") >= 0 }

func isToolchain(path string) bool { return path == "go" || path == "toolchain" }

// parse reads the go.mod as the go command does before it loads anything.
func (p *predictor) parse() error {
	if c := p.in.Compat; c != "" && (!modfile.GoVersionRE.MatchString(c) || compareGo(c, p.in.Local) > 0) {
		return fmt.Errorf("-compat=%s: not a version up to go%s", c, p.in.Local)
	}
	fix := func(path, vers string) (string, error) {
		if i := strings.Index(vers, "-gopkgin-"); i >= 0 && strings.HasPrefix(path, "gopkg.in/") {
			vers = vers[i+len("-gopkgin-"):]
		}
		_, major, ok := module.SplitPathVersion(path)
		if !ok {
			return "", fmt.Errorf("malformed module path %q", path)
		}
		if vers == "" || module.CanonicalVersion(vers) != vers {
			return "", fmt.Errorf("%s@%s is not a canonical version, and only a module proxy can tell which it stands for", path, vers)
		}
		return vers, module.CheckPathMajor(vers, major)
	}
	f, err := modfile.Parse("go.mod", []byte(p.in.Mod), fix)
	if err != nil {
		return err
	}
	switch {
	case f.Go != nil && compareGo(f.Go.Version, p.in.Local) > 0:
		return fmt.Errorf("go.mod requires go >= %s", f.Go.Version)
	case f.Module == nil:
		return errors.New("go.mod has no module line")
	}
	p.file, p.main = f, f.Module.Mod.Path
	if first, _, _ := strings.Cut(p.main, "/"); isToolchain(p.main) || first == "std" || first == "cmd" {
		return fmt.Errorf("%s is not a path for a module", p.main)
	}
	if err := module.CheckImportPath(p.main); err != nil {
		return err
	}
	for _, g := range f.Godebug {
		if p.in.Debug != nil {
			if err := p.in.Debug(g.Key, g.Value); err != nil {
				return err
			}
		}
	}
	p.tools = map[string]bool{}
	for _, t := range f.Tool {
		if err := module.CheckImportPath(t.Path); err != nil {
			return err
		}
		p.tools[t.Path] = true
	}
	p.readReplacements()
	return nil
}

func (p *predictor) readReplacements() {
	main := modgraph.MainModule{Path: p.main, Dir: p.in.Dir}
	for _, x := range p.file.Exclude {
		main.Exclude = append(main.Exclude, x.Mod)
	}
	p.replaced = map[string]string{}
	for _, r := range p.file.Replace {
		main.Replace = append(main.Replace, modgraph.Replacement{Old: r.Old, New: r.New, Dir: p.in.Dir})
		if v, ok := p.replaced[r.Old.Path]; !ok || semver.Compare(r.Old.Version, v) > 0 {
			p.replaced[r.Old.Path] = r.Old.Version
		}
	}
	p.graphs = modgraph.Input{
		Main: []modgraph.MainModule{main}, Local: p.in.Local, Names: p.in.Names,
		Source: modgraph.Source{Mod: p.in.Mods, Dir: p.dirMod},
	}
	p.base = modgraph.LoadRoots(p.graphs, nil, true)
	p.memo.check(p)
}

// check forgets the graphs that were computed from something else than the answer to come will be.
func (m *Memo) check(p *predictor) {
	old, now := m.inputs, p.graphs
	m.inputs = now
	m.inputs.Source = modgraph.Source{}
	same := len(old.Main) > 0 && old.Local == now.Local && old.Names == now.Names && old.Main[0].Path == now.Main[0].Path &&
		slices.Equal(old.Main[0].Exclude, now.Main[0].Exclude) && slices.Equal(old.Main[0].Replace, now.Main[0].Replace)
	for i := 0; same && i < len(now.Main[0].Replace); i++ { // a directory's go.mod may have changed
		same = now.Main[0].Replace[i].New.Version != ""
	}
	if !same {
		m.graphs, m.places = nil, places{round: m.places.round}
	}
}

// dirMod returns the go.mod file in a directory that replaces a module.
func (p *predictor) dirMod(dir string) (*modcache.Mod, error) {
	if m, ok := p.dirMods[dir]; ok {
		return m, nil
	}
	text, err := p.in.Files.Read(filepath.Join(dir, "go.mod"))
	if err != nil {
		return nil, err
	}
	p.dirMods[dir] = modcache.ParseMod(p.in.Names, text)
	return p.dirMods[dir], nil
}

// start returns the requirements that go.mod states; see modload.loadModFile.
func (p *predictor) start() (*requirements, error) {
	excluded := map[module.Version]bool{}
	for _, x := range p.file.Exclude {
		excluded[x.Mod] = true
	}
	var roots []module.Version
	direct := map[string]bool{"go": true}
	for _, r := range p.file.Require {
		if excluded[r.Mod] {
			continue
		}
		roots = append(roots, r.Mod)
		if !r.Indirect {
			direct[r.Mod.Path] = true
		}
	}
	goVersion := defaultGo
	if p.file.Go != nil {
		goVersion = p.file.Go.Version
	}
	roots = append(roots, module.Version{Path: "go", Version: goVersion})
	if p.file.Toolchain != nil {
		roots = append(roots, module.Version{Path: "toolchain", Version: p.file.Toolchain.Name})
	}
	rs := p.newRequirements(isPruned(goVersion), roots, direct)
	var err error
	if rs.redundant(p.main) {
		if rs, err = p.update(rs, rs.direct, nil, nil); err != nil {
			return nil, err
		}
	}
	if p.file.Go == nil { // the go command adds a line with its own version
		if err := p.file.AddGoStmt(p.in.Local); err != nil {
			return nil, err
		}
		roots := slices.DeleteFunc(slices.Clone(rs.roots), func(m module.Version) bool { return m.Path == "go" })
		rs = p.newRequirements(rs.pruned, append(roots, module.Version{Path: "go", Version: p.in.Local}), rs.direct)
		if isPruned(p.in.Local) {
			return p.convert(rs, true)
		}
	}
	return rs, nil
}

// write prints the go.mod with the requirements; see modload.UpdateGoModFromReqs.
func (p *predictor) write(rs *requirements) (string, error) {
	var list []*modfile.Require
	goVersion, toolchain := "", ""
	for _, m := range rs.roots {
		switch m.Path {
		case "go":
			goVersion = m.Version
		case "toolchain":
			toolchain = m.Version
		default:
			list = append(list, &modfile.Require{Mod: m, Indirect: !rs.direct[m.Path]})
		}
	}
	if compareGo(goVersion, p.in.Local) > 0 {
		return "", fmt.Errorf("the requirements need go >= %s", goVersion)
	}
	f := p.file
	if f.Go == nil || f.Go.Version != goVersion {
		if err := f.AddGoStmt(goVersion); err != nil {
			return "", err
		}
	}
	if toolchain == "" {
		toolchain = "go" + goVersion
	}
	if toolchain == "go"+goVersion || p.base.Compare("toolchain", toolchain, "go"+strictGo) < 0 {
		f.DropToolchainStmt()
	} else if err := f.AddToolchainStmt(toolchain); err != nil {
		return "", err
	}
	if isPruned(goVersion) {
		f.SetRequireSeparateIndirect(list)
	} else {
		f.SetRequire(list)
	}
	f.Cleanup()
	text, err := f.Format()
	return string(text), err
}

// checkSources reports two module paths that one module stands for; see modload.loader.checkMultiplePaths.
func (p *predictor) checkSources(rs *requirements) error {
	mods := rs.roots
	if rs.loaded != nil {
		mods = rs.loaded.AllSelected()
	}
	first := map[module.Version]string{{Path: p.main}: p.main}
	for _, m := range mods {
		from := p.actual(m)
		if prev, ok := first[from]; ok && prev != m.Path {
			return &Refusal{Module: from, Err: fmt.Errorf("used for two module paths, %s and %s", prev, m.Path)}
		}
		first[from] = m.Path
	}
	return nil
}

// actual returns what stands for a module version: its replacement, or itself.
func (p *predictor) actual(m module.Version) module.Version {
	if r := p.base.Replacement(m); r != nil {
		return r.New
	}
	return m
}

func mapKeys(m map[string]bool) []string { return slices.Sorted(maps.Keys(m)) }
