package workspace

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"go/version"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/gomodls/gomodls/internal/goenv"
	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/syntax"
)

// A Mode is how the go command treats module files: the value of its -mod flag.
type Mode uint8

const (
	Readonly Mode = iota // refuses what it would have to change
	Vendor               // reads the vendor directory and nothing else
	Mutable              // changes what it has to: -mod=mod
)

// A Module is a main module of a view.
type Module struct {
	Dir      string
	Mod      *File // its go.mod
	Sum      *File // its go.sum; nil if there is none
	Settings *File // its .gomodls.yaml; nil if there is none

	main func() mainModule
}

// Path returns the module path that the go.mod declares; "" if it declares none.
func (m *Module) Path() string {
	if decl := m.Mod.Mod().Module; decl != nil {
		return decl.Path
	}
	return ""
}

// A View is one way in which the go command loads modules: a workspace, or a single module. A module that a go.work lists
// has two: the workspace's, which decides what go refuses, and its own, which `go mod tidy` sees.
type View struct {
	Snapshot *Snapshot
	Dir      string // of the go.work or go.mod
	Work     *File  // the go.work; nil for a single module
	WorkSum  *File  // the go.work.sum; nil if there is none
	Mode     Mode
	Vendor   *File // the vendor/modules.txt in Vendor mode; nil if there is none
	// Own says that the view is a module of a workspace on its own, so that what is wrong with it does not keep go from
	// loading in this folder, but does with GOWORK=off, in tidy and for everybody who gets the module alone.
	Own bool
	// Outside is the go.work that is in force in the module's directory and does not list it; nil if there is none.
	Outside *File

	modules []*Module
	graph   func() *modgraph.Graph
	repair  *repaired
	needs   *once[*required]
	places  func() map[string]int // see placed
}

// A repaired is the repair of a view's graph with what was read for it.
type repaired struct {
	sync.Once
	repair *modgraph.Repair
	trace  trace
}

// Repair returns what the view's single main module would have to say for its roots to be consistent; see modgraph. The view
// has a graph.
func (v *View) Repair() *modgraph.Repair {
	g, r := v.Graph(), v.repair
	g.Main() // notes that it rests on the graph as a whole
	r.Do(func() {
		s := &Snapshot{contents: v.Snapshot.contents, trace: &r.trace}
		r.repair = g.Plain().Repair(s.source(s.Env()))
	})
	if t := v.Snapshot.trace; t != nil {
		t.reads = append(t.reads, r.trace.reads...)
		t.elusive = t.elusive || r.trace.elusive
	}
	return r.repair
}

// Modules returns the main modules: one, or those of the workspace in the order of its go.work.
func (v *View) Modules() []*Module {
	if t := v.Snapshot.trace; t != nil {
		t.usesModules, t.modules = true, v.modules
	}
	return v.modules
}

// Module returns the main module whose directory holds the file at path, or nil.
func (v *View) Module(path string) *Module {
	modules, places := v.Modules(), v.places()
	first := len(modules)
	for _, at := range []string{filepath.Dir(path), path} { // -modfile may name a file elsewhere
		if i, ok := places[at]; ok {
			first = min(first, i)
		}
	}
	if first == len(modules) {
		return nil
	}
	return modules[first]
}

// ModuleIn returns the main module in a directory, whose path is clean, or nil.
func (v *View) ModuleIn(dir string) *Module {
	modules := v.Modules()
	if i, ok := v.places()[dir]; ok && modules[i].Dir == dir {
		return modules[i]
	}
	return nil
}

// placed returns where modules are, by their directories and files: the first of several.
func placed(modules []*Module) map[string]int {
	places := make(map[string]int, len(modules))
	elsewhere := func(m *Module, f *File) bool {
		rest, ok := strings.CutPrefix(f.Path, m.Dir+string(filepath.Separator))
		return !ok || strings.ContainsRune(rest, filepath.Separator)
	}
	for i, m := range slices.Backward(modules) {
		places[m.Dir] = i
		for _, f := range []*File{m.Mod, m.Sum} {
			if f != nil && elsewhere(m, f) {
				places[f.Path] = i
			}
		}
	}
	return places
}

// Head returns the file at which what concerns the whole view is shown: the go.work, or the single module's go.mod.
func (v *View) Head() *File {
	if v.Work != nil {
		return v.Work
	}
	return v.Modules()[0].Mod
}

// Leads reports whether m is the first module of the view.
func (v *View) Leads(m *Module) bool {
	leader := v.modules[0].Dir
	if t := v.Snapshot.trace; t != nil {
		t.leader = leader
	}
	return m != nil && m.Dir == leader
}

// Env returns the environment that the go command would run with here.
func (v *View) Env() *goenv.Env { return v.Snapshot.Env() }

// Files returns the module files of the view that there are, go.work first and then each module's.
func (v *View) Files() []*File {
	var files []*File
	add := func(fs ...*File) {
		for _, f := range fs {
			if f != nil {
				files = append(files, f)
			}
		}
	}
	add(v.Work, v.WorkSum)
	for _, m := range v.Modules() {
		add(m.Mod, m.Sum, m.Settings)
	}
	add(v.Vendor)
	return files
}

// Graph returns the view's module graph, or nil where the go command loads none: in vendor mode, and where a module file is
// so broken that nobody can say what the graph would be.
func (v *View) Graph() *modgraph.Graph {
	if t := v.Snapshot.trace; t != nil {
		return t.asks(v.graph())
	}
	return v.graph()
}

// Views returns the views that the document at path belongs to, the one that decides first. It is empty where the document
// is not a module file, has no go.mod beside it, or the facts to tell are still missing; then it has left wants.
func (s *Snapshot) Views(path string) []*View {
	dir := filepath.Dir(path)
	switch KindOf(path) {
	case WorkFile:
		return single(s.workView(path))
	case VendorFile:
		beside := filepath.Dir(dir)
		if v := single(s.workView(filepath.Join(beside, "go.work"))); v != nil && v[0].Mode == Vendor {
			return v
		}
		return s.Views(filepath.Join(beside, "go.mod"))
	case SumFile:
		if filepath.Base(path) == "go.work.sum" {
			return single(s.workView(filepath.Join(dir, "go.work")))
		}
	case ModFile, SettingsFile:
	default:
		return nil
	}
	own := s.moduleView(dir)
	if own == nil {
		return nil
	}
	work, known := s.findWork(dir)
	if !known {
		return nil
	}
	if work == "" {
		return []*View{own}
	}
	ws := s.workView(work)
	if ws == nil { // go.work cannot be read, or facts are missing
		return []*View{own}
	}
	if ws.Module(filepath.Join(dir, "go.mod")) == nil {
		if own = s.ownView(dir, ws.Work); own == nil {
			return nil
		}
		return []*View{ws, own} // go works with the workspace here all the same
	}
	if own = s.ownView(dir, nil); own == nil {
		return []*View{ws}
	}
	return []*View{ws, own}
}

func single(v *View) []*View {
	if v == nil {
		return nil
	}
	return []*View{v}
}

// FindModule returns the directory of the module that dir lies in: its own or the nearest above with a go.mod that is a
// file. It reports false while facts are missing.
func (s *Snapshot) FindModule(dir string) (root string, known bool) {
	for {
		switch s.Read(filepath.Join(dir, "go.mod")).State {
		case Unknown:
			return "", false
		case Regular, Unreadable:
			return dir, true
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", true
		}
		dir = up
	}
}

// findWork returns the go.work file that is in force in dir, or "" if there is none; see modload.FindGoWork. It reports
// false while facts are missing.
func (s *Snapshot) findWork(dir string) (path string, known bool) {
	switch env := s.Env(); env.GoWork {
	case "", "auto":
	case "off":
		return "", true
	default:
		return env.GoWork, true
	}
	for {
		switch path := filepath.Join(dir, "go.work"); s.Read(path).State {
		case Unknown:
			return "", false
		case Regular, Unreadable:
			return path, true
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", true
		}
		dir = up
	}
}

// view returns the view under key, made once for each snapshot, and anew only if something that it was made from is another.
func (s *Snapshot) view(key string, build func(*Snapshot) *View) *View {
	s.trace.elude() // views of others; nobody's answer depends on them so far
	s.mu.Lock()
	v, ok := s.views[key]
	s.mu.Unlock()
	if ok {
		return v
	}
	v = s.rebuild(key, build)
	s.mu.Lock()
	defer s.mu.Unlock()
	if first, ok := s.views[key]; ok {
		return first
	}
	if v != nil {
		s.views[key] = v
	}
	return v
}

// A built is a view, or a module of one, with what it was made from.
type built struct {
	env    *goenv.Env
	reads  []read
	since  atomic.Int64
	view   *View
	module *Module
}

func (b *built) current(s *Snapshot) bool {
	if b == nil || b.env != s.Env() || !s.unchanged(b.since.Load(), b.reads) {
		return false
	}
	if b.since.Load() < s.ID {
		b.since.Store(s.ID)
	}
	return true
}

func (s *Snapshot) rebuild(key string, build func(*Snapshot) *View) *View {
	s.memo.mu.Lock()
	last := s.memo.views[key]
	s.memo.mu.Unlock()
	if !last.current(s) {
		t := &trace{}
		v := build(&Snapshot{contents: s.contents, trace: t})
		if v == nil {
			return nil
		}
		v.places = sync.OnceValue(func() map[string]int { return placed(v.modules) })
		last = &built{env: s.Env(), reads: t.reads, view: v}
		last.since.Store(s.ID)
		if !t.elusive {
			s.memo.mu.Lock()
			if s.memo.views == nil {
				s.memo.views = map[string]*built{}
			}
			s.memo.views[key] = last
			s.memo.mu.Unlock()
		}
	}
	v := *last.view
	v.Snapshot, v.repair, v.needs = &Snapshot{contents: s.contents}, new(repaired), new(once[*required])
	v.graph = sync.OnceValue(func() *modgraph.Graph { return s.memo.graph(&v) })
	return &v
}

func (s *Snapshot) moduleView(dir string) *View {
	return s.view("module "+dir, func(s *Snapshot) *View { return s.buildModule(dir, false) })
}

// ownView returns the module in dir without the workspace that it lies in. Outside is that workspace's go.work if it does not
// list the module.
func (s *Snapshot) ownView(dir string, outside *File) *View {
	key := "own " + dir
	if outside != nil {
		key = "outside " + dir
	}
	own := s.view(key, func(s *Snapshot) *View { return s.buildModule(dir, true) })
	if own == nil || own.Outside == outside {
		return own
	}
	v := *own
	v.Outside = outside
	return &v
}

func (s *Snapshot) buildModule(dir string, own bool) *View {
	m, known := s.module(dir)
	if m == nil || !known {
		return nil
	}
	v := &View{Snapshot: s, Dir: dir, modules: []*Module{m}, Own: own}
	if v.Mode, known = s.mode(dir, m.Mod.Mod().Go, false); !known || !v.readVendor() {
		return nil
	}
	return v
}

func (s *Snapshot) workView(path string) *View {
	return s.view("work "+path, func(s *Snapshot) *View {
		fact := s.Read(path)
		if fact.State != Regular {
			return nil
		}
		v := &View{Snapshot: s, Dir: filepath.Dir(path), Work: fact.File}
		sum := s.Read(path + ".sum")
		known := sum.State != Unknown
		v.WorkSum = sum.File
		dirs := fact.File.Uses()
		seen := make(map[string]bool, len(dirs))
		v.modules = make([]*Module, 0, len(dirs))
		s.trace.expect(4*len(dirs) + 8) // files of each
		for _, dir := range dirs {
			m, ok := s.module(dir)
			known = known && ok
			if m != nil && !seen[m.Dir] {
				seen[m.Dir] = true
				v.modules = append(v.modules, m)
			}
		}
		var ok bool
		v.Mode, ok = s.mode(v.Dir, fact.File.Work().Go, true)
		if !known || !ok || !v.readVendor() {
			return nil
		}
		return v
	})
}

// module returns the module in dir, or nil if there is no go.mod that can be read. It is the same value for as long as its
// files are.
func (s *Snapshot) module(dir string) (m *Module, known bool) {
	s.memo.mu.Lock()
	last := s.memo.modules[dir]
	s.memo.mu.Unlock()
	if last.current(s) {
		if s.trace != nil {
			s.trace.reads = append(s.trace.reads, last.reads...)
		}
		return last.module, true
	}
	t := &trace{}
	m, known = (&Snapshot{contents: s.contents, trace: t}).readModule(dir)
	if s.trace != nil {
		s.trace.reads = append(s.trace.reads, t.reads...)
		s.trace.elusive = s.trace.elusive || t.elusive
	}
	if m == nil || t.elusive {
		return m, known
	}
	b := &built{env: s.Env(), reads: t.reads, module: m}
	b.since.Store(s.ID)
	s.memo.mu.Lock()
	defer s.memo.mu.Unlock()
	if s.memo.modules == nil {
		s.memo.modules = map[string]*built{}
	}
	s.memo.modules[dir] = b
	return m, known
}

func (s *Snapshot) readModule(dir string) (m *Module, known bool) {
	path := filepath.Join(dir, "go.mod")
	if own := s.Read(path); own.State != Regular {
		return nil, own.State != Unknown
	}
	if other := s.Env().ModFile; filepath.Ext(other) == ".mod" { // what stands in go.mod does not count then
		if !filepath.IsAbs(other) {
			other = filepath.Join(dir, other)
		}
		switch s.Read(other).State {
		case Unknown:
			return nil, false
		case Regular:
			path = other
		}
	} // whatever else is wrong with it, badenvironment says so
	mod, sum, settings := s.Read(path), s.Read(strings.TrimSuffix(path, ".mod")+".sum"), s.Read(filepath.Join(dir, settingsFile))
	if mod.State == Unknown || sum.State == Unknown || settings.State == Unknown {
		return nil, false
	}
	return newModule(&Module{Dir: filepath.Clean(dir), Mod: mod.File.as(ModFile), Sum: sum.File.as(SumFile), Settings: settings.File}), true
}

// mode returns the effective -mod: as GOFLAGS says, else vendor where there is a vendor directory made for this kind of
// view and the go line is 1.14 or above, else readonly; see modload.setDefaultBuildMod.
func (s *Snapshot) mode(dir string, goLine *syntax.Go, inWork bool) (mode Mode, known bool) {
	switch s.Env().Mod {
	case "mod":
		return Mutable, true
	case "vendor":
		return Vendor, true
	case "readonly":
		return Readonly, true
	}
	vendor := s.Read(filepath.Join(dir, "vendor"))
	if vendor.State != Directory {
		return Readonly, vendor.State != Unknown
	}
	if !inWork && (goLine == nil || version.Compare("go"+goLine.Version, "go1.14") < 0) {
		return Readonly, true
	}
	list := s.Read(filepath.Join(dir, "vendor", "modules.txt"))
	if list.State == Unknown {
		return Readonly, false
	}
	forWork := list.State == Regular && vendoredWorkspace(list.File.Text)
	if forWork != inWork {
		return Readonly, true
	}
	return Vendor, true
}

// readVendor reads the vendor directory's list where it counts, and reports false while facts are missing.
func (v *View) readVendor() bool {
	if v.Mode != Vendor {
		return true
	}
	f := v.Snapshot.Read(filepath.Join(v.Dir, "vendor", "modules.txt"))
	v.Vendor = f.File
	return f.State != Unknown
}

// VendorFaults returns how the module files contradict the vendor directory, or nil where the go command does not look into
// it, or where they are so broken that nobody can say.
func (v *View) VendorFaults() []modgraph.VendorFault {
	if v.Mode != Vendor {
		return nil
	}
	v.Modules() // all of them count
	in, ok := v.input()
	if !ok {
		return nil
	}
	return modgraph.CheckVendor(in, v.Vendor.VendorList(), v.Dir)
}

// vendoredWorkspace reports whether a modules.txt was written by `go work vendor`; see modload.modulesTextIsForWorkspace.
func vendoredWorkspace(text string) bool {
	line, _, _ := strings.Cut(text[:min(len(text), 512)], "\n")
	annotations, ok := strings.CutPrefix(line, "## ")
	if !ok {
		return false
	}
	for entry := range strings.SplitSeq(annotations, ";") {
		if strings.TrimSpace(entry) == "workspace" {
			return true
		}
	}
	return false
}

// memo keeps what is costly to compute, by the value of its inputs, from snapshot to snapshot.
type memo struct {
	mu       sync.Mutex
	graphs   map[recallKey]*graphMemo
	views    map[string]*built
	modules  map[string]*built // by directory
	answers  map[recallKey]*recalled
	required map[viewKey]*requiredMemo

	differences map[string]*modgraph.Difference // by the key of the view

	evidence  map[evidenceKey]*evidenceMemo
	kinds     []*evidence // all different ones
	privacies map[viewKey]*privacies
	origins   *origins
	env       *envMemo
}

// A graphMemo is a graph with what it was computed from. It is never changed once it is shared, but for since.
type graphMemo struct {
	input modgraph.Input
	env   *goenv.Env
	reads []read
	since atomic.Int64
	graph *modgraph.Graph
}

// A viewKey names a view.
type viewKey struct {
	key string
	own bool
}

func (v *View) key() string {
	if v.Work != nil {
		return v.Work.Path
	}
	return v.Dir
}

// graph returns the view's graph, the one computed before if nothing that it depends on has changed.
func (m *memo) graph(v *View) *modgraph.Graph {
	in, ok := v.input()
	if !ok || v.Mode == Vendor {
		return nil
	}
	env, s, key := v.Env(), v.Snapshot, recallKey{view: v.key()}
	m.mu.Lock()
	last := m.graphs[key]
	m.mu.Unlock()
	if last != nil && last.env == env && s.unchanged(last.since.Load(), last.reads) && sameInput(&last.input, &in) {
		if last.since.Load() < s.ID {
			last.since.Store(s.ID)
		}
		return last.graph
	}
	if last != nil && last.env == env && len(localProxies(env)) == 0 { // what a proxy has can change
		in.Last = last.graph
	}
	t := &trace{}
	in.Source = (&Snapshot{contents: s.contents, trace: t}).source(env)
	next := &graphMemo{input: in, env: env, graph: modgraph.Load(in), reads: t.reads}
	next.input.Source, next.input.Last = modgraph.Source{}, nil
	next.since.Store(s.ID)
	if t.elusive {
		return next.graph
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.graphs == nil {
		m.graphs = map[recallKey]*graphMemo{}
	}
	m.graphs[key] = next
	return next.graph
}

// Source returns where what-if graphs of the view find go.mod files: in the module cache and among the snapshot's facts.
func (v *View) Source() modgraph.Source { return v.Snapshot.source(v.Env()) }

// source returns how a graph finds the go.mod files of module versions and of directories that replace one.
func (s *Snapshot) source(env *goenv.Env) modgraph.Source {
	store, proxies := s.cache(), len(localProxies(env)) > 0
	mod := func(id modcache.NodeID) (*modcache.Mod, error) {
		if !proxies {
			if mod, ok := store.Loaded(id); ok {
				return mod, nil
			}
		}
		return s.versionMod(env, id)
	}
	dir := func(dir string) (*modcache.Mod, error) {
		f := s.Read(filepath.Join(dir, "go.mod"))
		switch f.State {
		case Unknown:
			return nil, modgraph.ErrNotKnown
		case Regular:
			return f.File.dependency(s.stores.Names()), nil
		case Unreadable:
			return nil, errors.New(f.Err)
		}
		return nil, errors.New("no go.mod file")
	}
	return modgraph.Source{Mod: mod, Dir: dir}
}

// Mod returns the go.mod file of a module version, and false if it is not on this machine or cannot be read.
func (s *Snapshot) Mod(m module.Version) (*modcache.Mod, bool) {
	mod, err := s.source(s.Env()).Mod(s.stores.Names().Node(m))
	return mod, err == nil
}

// versionMod finds the go.mod file of a module version. That it is missing is a fact like any other, so that it is noticed
// when it appears; that it is there never changes.
func (s *Snapshot) versionMod(env *goenv.Env, id modcache.NodeID) (*modcache.Mod, error) {
	m := s.stores.Names().Version(id)
	store, proxies := s.cache(), len(localProxies(env)) > 0
	if proxies && env.NoProxy.Match(m.Path) {
		store, proxies = s.stores.At(env.ModCache, nil), false
	}
	if mod, ok := store.Loaded(id); ok {
		return mod, nil
	}
	if _, err := module.EscapePath(m.Path); err != nil {
		return nil, errors.New("malformed module path")
	}
	path := store.File(m, ".mod")
	if f, ok := s.facts[Want{Path: path}]; !ok || f.State != Missing || proxies {
		if mod, err := store.Mod(id); err == nil { // a cache that cannot be read is one that has nothing
			return mod, nil
		}
	}
	if path != "" {
		s.Read(path)
	}
	return nil, absent(env, m.Path)
}

// input gathers what the graph depends on. It reports false where the module files are too broken; see Graph.
func (v *View) input() (modgraph.Input, bool) {
	if len(v.modules) == 0 {
		return modgraph.Input{}, false
	}
	in := modgraph.Input{
		Local: v.GoVersion(), Names: v.Snapshot.stores.Names(), Workspace: v.Work != nil,
		Main: make([]modgraph.MainModule, len(v.modules)),
	}
	for i, m := range v.modules {
		own := m.main()
		if own.queries {
			own = mainOf(m.Mod.Mod(), m.Dir, v.Snapshot.Resolve)
		}
		if own.broken || own.oddExclude && v.Work == nil && v.Mode != Vendor {
			return modgraph.Input{}, false
		}
		in.Main[i] = own.MainModule
		if v.Mode == Mutable && v.Work == nil && modgraph.Prunes(own.Go) {
			in.Main[i].Require = lasting(own.MainModule)
		}
	}
	if v.Work != nil {
		work := v.Work.Work()
		if len(work.Use) != len(v.modules) || work.Go != nil && !work.Go.Valid || work.Toolchain != nil && !work.Toolchain.Valid {
			return modgraph.Input{}, false
		}
		if work.Go != nil {
			in.Go = work.Go.Version
		}
		if work.Toolchain != nil {
			in.Toolchain = work.Toolchain.Name
		}
		var ok bool
		if in.Replace, ok = replacements(work.Replace, v.Dir, nil); !ok {
			return modgraph.Input{}, false
		}
	}
	return in, true
}

// mainModule is what a go.mod says of the graph of a main module.
type mainModule struct {
	modgraph.MainModule
	broken     bool // nobody can say what the graph would be
	oddExclude bool // an exclude line has no version: a workspace looks it up, and goes on; a single module is refused
	queries    bool // a line has a word in the place of a version, which go looks up
}

func newModule(m *Module) *Module {
	m.main = sync.OnceValue(func() mainModule { return mainOf(m.Mod.Mod(), m.Dir, nil) })
	return m
}

// mainOf reads a go.mod. Where a line has no version but a word that go looks up, the version is what resolve finds; such
// lines are left out as long as there is nobody to ask, or the answer is not known.
func mainOf(mod *syntax.Mod, dir string, resolve resolver) mainModule {
	if conflicted(mod) || mod.Module == nil || !mod.Module.Valid || mod.Module.Path == "go" || mod.Module.Path == "toolchain" || mod.Go != nil && !mod.Go.Valid || mod.Toolchain != nil && !mod.Toolchain.Valid {
		return mainModule{broken: true}
	}
	main := mainModule{MainModule: modgraph.MainModule{Path: mod.Module.Path, Dir: dir}}
	if mod.Go != nil {
		main.Go = mod.Go.Version
	}
	if mod.Toolchain != nil {
		main.Toolchain = mod.Toolchain.Name
	}
	main.Require = make([]module.Version, 0, len(mod.Require))
	for _, r := range mod.Require {
		switch {
		case r.Valid && r.Path == "": // go does not get beyond it
		case r.Valid:
			main.Require = append(main.Require, module.Version{Path: r.Path, Version: r.Version})
		case buildOnly(r.Version): // refused, but what go goes on with is known
			main.Require = append(main.Require, module.Version{Path: r.Path, Version: semver.Canonical(r.Version)})
		case isQuery(r.Path, r.Version):
			main.queries = true
			if v := resolve.version(r.Path, r.Version); v != "" {
				main.Require = append(main.Require, module.Version{Path: r.Path, Version: v})
			}
		}
	}
	for _, x := range mod.Exclude {
		if !x.Valid && !buildOnly(x.Version) {
			query := isQuery(x.Path, x.Version)
			main.queries = main.queries || query
			if v := resolve.version(x.Path, x.Version); query && v != "" {
				main.Exclude = append(main.Exclude, module.Version{Path: x.Path, Version: v})
			} else {
				main.oddExclude = true
			}
			continue
		}
		main.Exclude = append(main.Exclude, module.Version{Path: x.Path, Version: module.CanonicalVersion(x.Version)})
	}
	main.queries = main.queries || slices.ContainsFunc(mod.Replace, replacesByQuery)
	var ok bool
	main.Replace, ok = replacements(mod.Replace, dir, resolve)
	main.broken = !ok
	return main
}

// A resolver is [Snapshot.Resolve], or nil.
type resolver func(path, query string) (version string, known bool)

// version returns what r finds, or "".
func (r resolver) version(path, query string) string {
	if r == nil {
		return ""
	}
	v, _ := r(path, query)
	return v
}

// isQuery reports whether version is a word that go looks up where a version should stand.
func isQuery(path, version string) bool {
	if version == "" || module.CheckPath(path) != nil || module.CanonicalVersion(version) == version {
		return false
	}
	_, err := module.EscapeVersion(strings.TrimLeft(version, "<>="))
	return err == nil
}

// replacesByQuery reports whether nothing is wrong with a replacement but that it has words that go looks up.
func replacesByQuery(r *syntax.Replace) bool {
	fits := func(m module.Version) bool {
		return isQuery(m.Path, m.Version) || module.Check(m.Path, m.Version) == nil
	}
	old := r.Old.Version == "" && module.CheckPath(r.Old.Path) == nil || fits(r.Old)
	return !r.Valid && old && (r.IsDir && r.New.Version == "" || fits(r.New)) && (isQuery(r.Old.Path, r.Old.Version) || !r.IsDir && isQuery(r.New.Path, r.New.Version))
}

// lasting returns the requirements of a main module without those of itself, and those that another of the same path is above. Where
// it may change go.mod, the go command drops them before it loads a graph; see modload.updatePrunedRoots.
func lasting(main modgraph.MainModule) []module.Version {
	best := map[string]string{}
	for _, m := range main.Require {
		if m.Path == main.Path {
			continue
		}
		if v, ok := best[m.Path]; !ok || semver.Compare(v, m.Version) < 0 {
			best[m.Path] = m.Version
		}
	}
	return slices.DeleteFunc(slices.Clone(main.Require), func(m module.Version) bool { return best[m.Path] != m.Version })
}

// conflicted reports whether a merge has left its marks, so that nobody can say which lines are meant.
func conflicted(mod *syntax.Mod) bool {
	return slices.ContainsFunc(mod.Problems, func(p syntax.Problem) bool { return p.Kind == "conflict-markers" })
}

// buildOnly reports whether a version is canonical but for build metadata.
func buildOnly(v string) bool {
	return semver.Build(v) != "" && semver.Canonical(v) == strings.TrimSuffix(v, semver.Build(v))
}

func replacements(lines []*syntax.Replace, dir string, resolve resolver) ([]modgraph.Replacement, bool) {
	var rs []modgraph.Replacement
	for _, r := range lines {
		old, new := r.Old, r.New
		if !r.Valid && !replacesByQuery(r) {
			return nil, false
		}
		for _, m := range []*module.Version{&old, &new} {
			if !r.Valid && m.Version != "" && isQuery(m.Path, m.Version) {
				if m.Version = resolve.version(m.Path, m.Version); m.Version == "" {
					return nil, false
				}
			}
		}
		rs = append(rs, modgraph.Replacement{Old: old, New: new, Dir: dir})
	}
	return rs, true
}

func sameInput(a, b *modgraph.Input) bool {
	return a.Workspace == b.Workspace && a.Go == b.Go && a.Toolchain == b.Toolchain && a.Local == b.Local &&
		slices.Equal(a.Replace, b.Replace) &&
		slices.EqualFunc(a.Main, b.Main, func(x, y modgraph.MainModule) bool {
			return x.Path == y.Path && x.Dir == y.Dir && x.Go == y.Go && x.Toolchain == y.Toolchain &&
				equal(x.Require, y.Require) && equal(x.Exclude, y.Exclude) && equal(x.Replace, y.Replace)
		})
}

// equal compares slices that are often the very same one.
func equal[T comparable](a, b []T) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0] || slices.Equal(a, b))
}

// Dependency returns a go.mod file as the go command reads it in a directory that replaces a module.
func (s *Snapshot) Dependency(f *File) *modcache.Mod { return f.dependency(s.stores.Names()) }
