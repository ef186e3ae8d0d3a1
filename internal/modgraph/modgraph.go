// Package modgraph computes the module graph and the build list exactly as the go command does, from the text of the main
// modules' go.mod files and the go.mod files of their dependencies.
//
// The one idea to keep in mind: minimal version selection looks at every version that is mentioned anywhere in the graph,
// also by edges to modules that are never loaded, and graph pruning decides which modules are loaded by the go line of the
// module that requires, not of the one that is required. Facts that are not at hand make a graph incomplete, never wrong:
// versions can only rise when more becomes known.
//
// The source of every rule is cmd/go/internal/modload: readModGraph in buildlist.go, goModSummary in modfile.go.
package modgraph

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"go/version"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/modcache"
)

// A Replacement is a replace line of a main module or of go.work.
type Replacement struct {
	Old, New module.Version // New.Version is "" for a directory, which is then New.Path as written
	Dir      string         // what a relative New.Path is relative to
}

// Directory returns the directory that replaces the module, or "" if another module version does.
func (r Replacement) Directory() string {
	switch {
	case r.New.Version != "":
		return ""
	case filepath.IsAbs(r.New.Path):
		return filepath.Clean(r.New.Path)
	}
	return filepath.Join(r.Dir, filepath.FromSlash(r.New.Path))
}

// A MainModule is what a main module's go.mod file says, as far as the graph depends on it.
type MainModule struct {
	Path      string
	Dir       string
	Go        string // "" without a go line
	Toolchain string // "" without a toolchain line
	Require   []module.Version
	Exclude   []module.Version
	Replace   []Replacement
}

// An Input is all that a graph depends on.
type Input struct {
	Workspace bool         // Main are the modules of a go.work
	Main      []MainModule // exactly one outside a workspace
	Go        string       // go.work's go line, in a workspace
	Toolchain string       // go.work's toolchain line, in a workspace
	Replace   []Replacement
	Local     string // the version of the user's go command; "" if it is unknown, and then nothing is too new for it

	Names *modcache.Names
	Last  *Graph // made with a Source that says the same of module versions whose go.mod files it had; may be nil
	Source

	trial bool // nothing will go on from the graph
}

// A Source finds go.mod files. It is not kept beyond the computation that it was given to.
type Source struct {
	// Mod returns the go.mod file of a module version: ErrNotKnown if it is not on this machine but could be had, and any
	// other error if the go command could not have it either.
	Mod func(modcache.NodeID) (*modcache.Mod, error)
	// Dir returns the go.mod file in a directory that replaces a module: ErrNotKnown if nobody has looked yet, and any other
	// error if there is none that can be read.
	Dir func(dir string) (*modcache.Mod, error)
}

// ErrNotKnown says that a fact is not at hand, so that nobody can tell what the go command would say.
var ErrNotKnown = errors.New("not on this machine")

// A Cause says why the go command cannot load the requirements of a module.
type Cause uint8

const (
	OK           Cause = iota
	NotKnown           // its go.mod file is not on this machine: nobody can tell
	Unavailable        // its go.mod file cannot be had: the proxy has none, or nothing may be asked
	Unreadable         // it cannot be parsed
	NoModuleLine       // it does not say which module it is
	WrongPath          // it declares another path than the one it was required by
	TooNew             // it needs a newer go command than the user's
	BadDirectory       // the directory that replaces it has no go.mod file that can be read
)

// A Node is one module version whose go.mod file the go command reads to build the graph.
type Node struct {
	Module  module.Version // as required
	Actual  module.Version // what is read: the replacement, if there is one. Version is "" for a directory, Path as written
	Dir     string         // the directory, made absolute, if a directory is read
	Replace *Replacement   // the replacement in force, if any
	Mod     *modcache.Mod  // nil if it could not be had
	Cause   Cause
	Err     error

	id, file modcache.NodeID
}

// File returns the ID of the module version whose go.mod file is read: that of the replacement, if there is one. It is 0 for
// a directory.
func (n *Node) File() modcache.NodeID { return n.file }

// A Graph is the module graph of one main module or workspace. It is immutable and safe for concurrent use, but for one that
// notes what it is asked; see Noting.
type Graph struct {
	*content
	reading *Reading // nil for a graph that notes nothing
}

// content is what a graph shares with those of it that note what they are asked.
type content struct {
	plain *Graph // the one that notes nothing

	in       Input // without its Source and Last
	pruning  pruning
	names    *modcache.Names
	roots    []modcache.NodeID
	required []modcache.NodeID // what a single main module requires, also what it excludes
	mains    []modcache.NodeID
	excluded map[modcache.NodeID]bool
	byPath   map[modcache.PathID][]replacements

	selected []modcache.NodeID // by path; zero is "none"
	index    []int32           // by node; one more than its place in nodes
	nodes    []*Node           // in the order in which they were met
	requires [][]modcache.NodeID
	mainAt   map[modcache.PathID]int // one more than the place of the first main module of a path in in.Main
	faults   [BadDirectory + 1]int   // how many nodes there are of each Cause

	directories int     // how many nodes are read from directories
	done        []uint8 // by node, a bit for each way of pruning by which it was reached
	trunk       *trunk  // that it was made from, or nil

	walk       func() *walk
	all        func() []*Node
	ordered    func() []*Node
	mentioned  func() []modcache.NodeID
	standIns   func() map[module.Version][]*Node // what is read in the place of something else, by what is read
	properties [maxProperties]atomic.Value       // by number
}

type pruning uint8

const (
	pruned pruning = iota
	unpruned
	workspace
)

// replacements are those of one path that stand in one file.
type replacements struct {
	inWork bool
	any    *Replacement
	exact  map[string]*Replacement
}

func (r *replacements) find(version string) *Replacement {
	if exact, ok := r.exact[version]; ok {
		return exact
	}
	return r.any
}

// Load computes the graph. It never fails: what cannot be loaded is a Node with a Cause.
func Load(in Input) *Graph {
	g := newGraph(in)
	switch {
	case in.Workspace:
		g.pruning = workspace
		g.roots = append(g.roots, g.mains...)
		g.roots = append(g.roots, g.goRoots(in.Go, implicitWorkGo, in.Toolchain)...)
	default:
		m := in.Main[0]
		g.pruning = unpruned
		if isPruned(m.Go) {
			g.pruning = pruned
		}
		g.required = g.idsOf(m.Require, in.Last)
		g.roots = make([]modcache.NodeID, 0, len(g.required)+2)
		for _, id := range g.required {
			if len(g.excluded) == 0 || !g.excluded[id] {
				g.roots = append(g.roots, id)
			}
		}
		g.roots = append(g.roots, g.goRoots(m.Go, implicitGo, m.Toolchain)...)
	}

	g.load(&in)
	return g
}

// idsOf returns the IDs of the requirements of a single main module. Most stand in the last graph's, at the same place from the
// beginning or from the end.
func (g *Graph) idsOf(require []module.Version, last *Graph) []modcache.NodeID {
	ids := make([]modcache.NodeID, len(require))
	var before []module.Version
	if last != nil && last.names == g.names && last.required != nil {
		before = last.in.Main[0].Require
	}
	further := len(require) - len(before)
	for i, m := range require {
		switch j := i - further; {
		case i < len(before) && before[i] == m:
			ids[i] = last.required[i]
		case j >= 0 && j < len(before) && before[j] == m:
			ids[i] = last.required[j]
		default:
			ids[i] = g.names.Node(m)
		}
	}
	return ids
}

// newGraph returns a graph that knows the main modules, what they exclude and what they replace, and has no roots yet.
func newGraph(in Input) *Graph {
	g := &Graph{content: &content{in: in, names: in.Names, excluded: map[modcache.NodeID]bool{}}}
	g.plain, g.in.Source, g.in.Last, g.in.trial = g, Source{}, nil, false
	for _, m := range in.Main {
		g.mains = append(g.mains, g.names.Node(module.Version{Path: m.Path}))
		for _, x := range m.Exclude {
			g.excluded[g.names.Node(x)] = true
		}
	}
	g.indexReplacements()
	return g
}

// load reads what the roots lead to.
func (g *Graph) load(in *Input) {
	l := g.loader(in.Source, in.Last)
	l.trial = in.trial
	l.run(l.findTrunk())
}

// loader returns what loads a graph, which may take over from another one.
func (g *Graph) loader(source Source, last *Graph) *loader {
	l := &loader{Graph: g, source: source, local: g.names.Node(module.Version{Path: "go", Version: g.in.Local})}
	if last != nil && g.follows(last) {
		l.last, l.replacesAsLast = last, g.replacesAs(last)
	}
	return l
}

// run loads the graph, from a trunk if there is one.
func (l *loader) run(t *trunk) {
	g, roots := l.Graph, l.roots
	if g.trunk = t; t != nil {
		roots = l.goOn(t)
	} else {
		expected := 2*len(roots) + 16
		if l.last != nil {
			expected = max(expected, len(l.last.nodes)+16)
		}
		l.nodes, l.requires = make([]*Node, 0, expected), make([][]modcache.NodeID, 0, expected)
		l.grow()
		for _, id := range g.mains {
			l.selected[g.names.PathOf(id)] = id
		}
	}
	l.mention(roots)
	for _, id := range roots {
		l.enqueue(id, g.pruning)
	}
	l.drain()
	if g.in.Workspace && l.holds == nil {
		l.reload()
	}
	g.walk, g.all = sync.OnceValue(g.breadthFirst), sync.OnceValue(g.listNodes)
	g.ordered, g.mentioned = sync.OnceValue(g.orderNodes), sync.OnceValue(g.listMentioned)
	g.standIns = sync.OnceValue(g.indexStandIns)
}

// follows reports whether what stands for a module version in another graph also stands for it in this one, unless it is replaced
// in another way. Both leave out the same of what it requires.
func (g *Graph) follows(other *Graph) bool {
	a, b := &g.in, &other.in
	return a.Names == b.Names && a.Local == b.Local && a.Workspace == b.Workspace &&
		slices.EqualFunc(a.Main, b.Main, func(x, y MainModule) bool { return x.Path == y.Path && slices.Equal(x.Exclude, y.Exclude) })
}

// replacesAs reports whether this graph replaces what another does.
func (g *Graph) replacesAs(other *Graph) bool {
	a, b := &g.in, &other.in
	return slices.Equal(a.Replace, b.Replace) &&
		slices.EqualFunc(a.Main, b.Main, func(x, y MainModule) bool { return slices.Equal(x.Replace, y.Replace) })
}

// What a missing go line means in go.mod and go.work; see cmd/go/internal/gover.
const (
	implicitGo     = "1.16"
	implicitWorkGo = "1.18"
)

func (g *Graph) goRoots(goLine, without, toolchain string) []modcache.NodeID {
	if goLine == "" {
		goLine = without
	}
	roots := []modcache.NodeID{g.names.Node(module.Version{Path: "go", Version: goLine})}
	if toolchain != "" {
		roots = append(roots, g.names.Node(module.Version{Path: "toolchain", Version: toolchain}))
	}
	return roots
}

// Prunes reports whether the graph of a main module with this go line, or "" without one, is pruned.
func Prunes(goLine string) bool { return isPruned(or(goLine, implicitGo)) }

func isPruned(goLine string) bool { return version.Compare("go"+goLine, "go1.17") >= 0 }

// indexReplacements notes which paths are those of main modules, and which are replaced.
func (g *Graph) indexReplacements() {
	g.mainAt, g.byPath = make(map[modcache.PathID]int, len(g.in.Main)), map[modcache.PathID][]replacements{}
	for i := range g.in.Main {
		if path := g.names.Path(g.in.Main[i].Path); g.mainAt[path] == 0 {
			g.mainAt[path] = i + 1
		}
	}
	g.addReplacements(g.in.Replace, true)
	for i := range g.in.Main {
		g.addReplacements(g.in.Main[i].Replace, false)
	}
}

func (g *Graph) isMain(path modcache.PathID) bool { return g.mainAt[path] != 0 }

// addReplacements notes the replacements of one file, go.work's before the modules'.
func (g *Graph) addReplacements(rs []Replacement, inWork bool) {
	own := map[modcache.PathID]int{} // one more than the place in byPath of this file's replacements
	for i := range rs {
		r := &rs[i]
		path := g.names.Path(r.Old.Path)
		if own[path] == 0 {
			g.byPath[path] = append(g.byPath[path], replacements{inWork: inWork, exact: map[string]*Replacement{}})
			own[path] = len(g.byPath[path])
		}
		have := &g.byPath[path][own[path]-1]
		if r.Old.Version == "" {
			have.any = r
		} else {
			have.exact[r.Old.Version] = r
		}
	}
}

// Replacement returns the replacement in force for m, or nil; see modload.replacementFrom. In one file a replacement of the
// exact version goes before one of all versions. go.work's goes before those of the modules, and among the modules that of
// the last one which has any. A main module is never replaced.
func (g *Graph) Replacement(m module.Version) *Replacement {
	if g.reading == nil && len(g.byPath) == 0 {
		return nil
	}
	path := g.names.Path(m.Path)
	g.reading.about(path)
	return g.replacement(m, path)
}

func (g *Graph) replacement(m module.Version, path modcache.PathID) *Replacement {
	files := g.byPath[path]
	if len(files) == 0 || m.Version == "" && g.isMain(path) {
		return nil
	}
	if files[0].inWork {
		if r := files[0].find(m.Version); r != nil {
			return r
		}
		files = files[1:]
	}
	for i := len(files) - 1; i >= 0; i-- {
		if r := files[i].find(m.Version); r != nil {
			return r
		}
	}
	return nil
}

// A Conflict is a module version of a workspace's graph that two modules replace by different things, one of them at all
// versions and one at this. The go command stops there, but only if the module that names the version comes later; see
// modload.replacementFrom. Two replacements of the very same thing are refused before any graph is loaded.
type Conflict struct {
	Module       module.Version
	Any, Version *Replacement
}

func (c Conflict) same(d Conflict) bool {
	return c.Module == d.Module && *c.Any == *d.Any && *c.Version == *d.Version
}

// Conflicts returns the conflicts of a workspace, by module.
func (g *Graph) Conflicts() []Conflict { return slices.Clip(conflicts.Of(g)) }

var conflicts = NewProperty((*Graph).listConflicts, func(a, b []Conflict) bool { return slices.EqualFunc(a, b, Conflict.same) })

func (g *Graph) listConflicts() []Conflict {
	if len(g.byPath) == 0 {
		return nil
	}
	var conflicts []Conflict
	for i := range g.nodes {
		m := g.nodes[i].Module
		files := g.byPath[g.names.Path(m.Path)]
		if len(files) < 2 || m.Version == "" || files[0].inWork && files[0].find(m.Version) != nil {
			continue
		}
		var first *Replacement
		for _, f := range files {
			r := f.find(m.Version)
			if r == nil {
				continue
			}
			if first != nil && r.Old.Version != "" && first.New != r.New {
				conflicts = append(conflicts, Conflict{Module: m, Any: first, Version: r})
				break
			}
			first = r
		}
	}
	slices.SortFunc(conflicts, func(a, b Conflict) int { return strings.Compare(a.Module.String(), b.Module.String()) })
	return conflicts
}

type visit struct {
	id      modcache.NodeID
	pruning pruning
}

// loader builds a graph. It visits a module once for each way of pruning by which it is reached.
type loader struct {
	*Graph
	source         Source
	last           *Graph // whose nodes can be taken over, or nil
	replacesAsLast bool
	local          modcache.NodeID // the user's Go version
	trial          bool            // nothing will go on from the graph
	queue          []visit

	// Where a trunk is made:
	holds []modcache.PathID // what is not to be in it; nil otherwise
	left  []visit
}

// grow makes room for the names that have been given out since.
func (l *loader) grow() {
	paths, nodes := l.names.Len()
	if paths > len(l.selected) {
		l.selected = append(l.selected, make([]modcache.NodeID, paths-len(l.selected))...)
	}
	if nodes > len(l.index) {
		l.index = append(l.index, make([]int32, nodes-len(l.index))...)
		l.done = append(l.done, make([]uint8, nodes-len(l.done))...)
	}
}

// mention counts versions for selection; they need not ever be loaded.
func (l *loader) mention(ids []modcache.NodeID) {
	for _, id := range ids {
		path := l.names.PathOf(id)
		if int(path) >= len(l.selected) || int(id) >= len(l.index) {
			l.grow()
		}
		if cur := l.selected[path]; cur == 0 && l.names.Valid(id) || cur != 0 && cur != id && l.names.Compare(cur, id) < 0 {
			l.selected[path] = id
		}
	}
}

func (l *loader) enqueue(id modcache.NodeID, p pruning) {
	if int(id) >= len(l.done) {
		l.grow()
	}
	if l.done[id]&(1<<p) != 0 || !l.names.Valid(id) && l.names.Version(id).Version == "none" {
		return
	}
	l.done[id] |= 1 << p
	l.queue = append(l.queue, visit{id, p})
}

func (l *loader) drain() {
	for next := 0; next < len(l.queue); next++ {
		v := l.queue[next]
		if l.holds != nil && slices.Contains(l.holds, l.names.PathOf(v.id)) {
			l.left = append(l.left, v)
			continue
		}
		requires, ok := l.load(v)
		if !ok {
			continue
		}
		own := l.ownPruning(v.id)
		pruning := own
		if v.pruning == unpruned {
			pruning = unpruned
		}
		if v.pruning != pruned || own == unpruned {
			for _, r := range requires {
				l.enqueue(r, pruning)
			}
		}
	}
	l.queue = l.queue[:0]
}

// ownPruning returns whether a loaded module's own go line lets its graph be pruned.
func (l *loader) ownPruning(id modcache.NodeID) pruning {
	i := l.index[id]
	if i == 0 {
		return pruned
	}
	n := l.nodes[i-1]
	if isToolchain(n.Module.Path) || n.Mod != nil && n.Mod.Pruned {
		return pruned
	}
	return unpruned
}

func isToolchain(path string) bool { return path == "go" || path == "toolchain" }

// load reads the requirements of a module, once.
func (l *loader) load(v visit) (requires []modcache.NodeID, ok bool) {
	id := v.id
	if int(id) >= len(l.index) {
		l.grow()
	}
	if i := l.index[id]; i != 0 {
		return l.requires[i-1], l.nodes[i-1].Cause == OK
	}
	n, requires := l.steadyNode(id)
	if n == nil {
		n = new(Node)
		*n = l.read(id)
		n.id = id
		if n.Cause == OK {
			requires = l.requirements(n)
		}
	}
	if l.holds != nil && (n.Cause != OK || n.Dir != "") {
		l.left = append(l.left, v)
		return nil, false
	}
	l.faults[n.Cause]++
	if n.Dir != "" {
		l.directories++
	}
	l.nodes = append(l.nodes, n)
	l.requires = append(l.requires, requires)
	l.index[id] = int32(len(l.nodes))
	l.mention(requires)
	return requires, n.Cause == OK
}

// steadyNode returns the node of the last graph for a module version, and what it requires, if it can be no other in this one: it rests on
// nothing but a go.mod file that never changes, or on that of a main module that has not changed.
func (l *loader) steadyNode(id modcache.NodeID) (*Node, []modcache.NodeID) {
	if l.last == nil || int(id) >= len(l.last.index) || l.last.index[id] == 0 {
		return nil, nil
	}
	i := l.last.index[id] - 1
	n, path := l.last.nodes[i], l.names.PathOf(id)
	switch {
	case n.Cause != OK:
		return nil, nil
	case n.file != 0:
		if !l.replacesAsLast && !sameReplacement(n.Replace, l.replacement(n.Module, path)) {
			return nil, nil
		}
	case n.Dir != "" || n.Module.Version != "" || !l.isMain(path):
		return nil, nil
	default:
		at := l.mainAt[path] - 1
		if !l.in.Main[at].requiresAs(&l.last.in.Main[at]) {
			return nil, nil
		}
	}
	return n, l.last.requires[i]
}

func sameReplacement(a, b *Replacement) bool { return a == b || a != nil && b != nil && *a == *b }

func (l *loader) requirements(n *Node) []modcache.NodeID {
	if n.Mod == nil {
		if v := n.Module.Version; n.Module.Path == "go" && version.Compare("go"+v, "go1.21") >= 0 {
			return []modcache.NodeID{l.names.Node(module.Version{Path: "toolchain", Version: "go" + v})}
		}
		return nil
	}
	requires := n.Mod.Requires
	if len(l.excluded) > 0 && slices.ContainsFunc(requires, func(id modcache.NodeID) bool { return l.excluded[id] }) {
		requires = slices.DeleteFunc(slices.Clone(requires), func(id modcache.NodeID) bool { return l.excluded[id] })
	}
	return requires
}

// read finds the go.mod file that stands for a module and checks what cmd/go checks before it uses it.
func (l *loader) read(id modcache.NodeID) Node {
	m := l.names.Version(id)
	n := Node{Module: m, Actual: m}
	switch {
	case isToolchain(m.Path):
		return n
	case m.Version == "" && l.isMain(l.names.PathOf(id)): // only in a workspace
		n.Mod = l.mainMod(l.in.Main[l.mainAt[l.names.PathOf(id)]-1])
		return n
	}
	var err error
	if len(l.byPath) > 0 {
		if n.Replace = l.replacement(m, l.names.PathOf(id)); n.Replace != nil {
			n.Actual = n.Replace.New
		}
	}
	if n.Replace != nil && n.Replace.New.Version == "" {
		n.Dir = n.Replace.Directory()
		n.Mod, err = l.source.Dir(n.Dir)
	} else {
		actual := id
		if n.Replace != nil {
			actual = l.names.Node(n.Actual)
		}
		n.file = actual
		n.Mod, err = l.source.Mod(actual)
	}
	switch {
	case errors.Is(err, ErrNotKnown):
		n.Cause = NotKnown
	case err != nil && n.Dir != "":
		n.Cause, n.Err = BadDirectory, err
	case err != nil:
		n.Cause, n.Err = Unavailable, err
	case n.Mod.Err != nil:
		n.Cause, n.Err = Unreadable, n.Mod.Err
	case l.in.Local != "" && n.Mod.Counts != 0 && l.tooNew(n.Mod):
		n.Cause = TooNew
	case n.Dir != "": // a directory may call itself what it likes
	case n.Mod.Path == "":
		n.Cause = NoModuleLine
	case n.Mod.Path != m.Path && n.Mod.Path != n.Actual.Path:
		n.Cause = WrongPath
	}
	return n
}

// tooNew reports whether a module needs a newer go command than the user's.
func (l *loader) tooNew(mod *modcache.Mod) bool {
	if !l.names.Valid(l.local) { // a version of the user's own making
		return version.Compare("go"+mod.Go, "go"+l.in.Local) > 0
	}
	return l.names.Compare(mod.Counts, l.local) > 0
}

// mainMod returns the requirements of a workspace's module in the form of a dependency's.
func (l *loader) mainMod(m MainModule) *modcache.Mod {
	mod := &modcache.Mod{Path: m.Path, Go: m.Go, Pruned: isPruned(m.Go)}
	for _, r := range m.Require {
		mod.Requires = append(mod.Requires, l.names.Node(r))
	}
	if version.Compare("go"+m.Go, "go1.21") >= 0 {
		mod.Requires = append(mod.Requires, l.names.Node(module.Version{Path: "go", Version: m.Go}))
	}
	return mod
}

// reload loads deeper where the versions that a workspace selects are above those that its modules asked for: the fix-up
// loop at the end of readModGraph.
func (l *loader) reload() {
	var paths []modcache.PathID // of modules whose dependencies may provide packages
	have := map[modcache.PathID]bool{}
	add := func(p modcache.PathID) {
		if !have[p] {
			have[p] = true
			paths = append(paths, p)
		}
	}
	for _, id := range l.roots {
		add(l.names.PathOf(id))
	}
	seen := map[modcache.NodeID]bool{}
	for {
		var todo []modcache.NodeID
		queued := map[modcache.NodeID]bool{}
		want := func(id modcache.NodeID) {
			if !seen[id] && !queued[id] {
				queued[id] = true
				todo = append(todo, id)
			}
		}
		for _, p := range paths {
			m := l.selected[p]
			if m == 0 {
				continue
			}
			if !seen[m] {
				want(m)
				continue
			}
			if int(m) >= len(l.index) || l.index[m] == 0 {
				continue
			}
			for _, r := range l.requires[l.index[m]-1] {
				if s := l.selected[l.names.PathOf(r)]; s != r && l.names.Compare(s, r) > 0 {
					want(s)
				}
			}
		}
		if len(todo) == 0 {
			return
		}
		for _, id := range todo {
			l.enqueue(id, workspace)
			seen[id] = true
			add(l.names.PathOf(id))
		}
		l.drain()
	}
}

// Names returns the table of the IDs that the graph uses.
func (g *Graph) Names() *modcache.Names { return g.names }

// Roots returns the roots of the graph: the requirements of a single main module that are not excluded, or a workspace's
// modules; and in both cases go@version and, with a toolchain line, toolchain@name.
func (g *Graph) Roots() []module.Version {
	g.reading.all()
	roots := make([]module.Version, len(g.roots))
	for i, id := range g.roots {
		roots[i] = g.names.Version(id)
	}
	return roots
}

// Selected returns the selected version of a module path: "" for a main module, and "none" if nothing mentions the path.
func (g *Graph) Selected(path string) string {
	id := g.names.Path(path)
	g.reading.about(id)
	if int(id) >= len(g.selected) || g.selected[id] == 0 {
		return "none"
	}
	return g.names.Version(g.selected[id]).Version
}

// BelowSelected reports whether m, a requirement of a main module, is below the version that the graph selects.
func (g *Graph) BelowSelected(m module.Version) bool {
	id := g.names.Node(m)
	path := g.names.PathOf(id)
	g.reading.about(path)
	return int(path) < len(g.selected) && g.selected[path] != 0 && g.names.Compare(id, g.selected[path]) < 0
}

// Compare orders two versions of one path as selection does.
func (g *Graph) Compare(path, a, b string) int {
	return g.names.Compare(g.names.Node(module.Version{Path: path, Version: a}), g.names.Node(module.Version{Path: path, Version: b}))
}

// Nodes returns every module version whose go.mod file the go command reads, in the order of loading. The pseudo-modules go
// and toolchain and the main modules are not among them. As with the other lists of a graph, the elements of the slice are not
// to be changed.
func (g *Graph) Nodes() []*Node {
	g.reading.all()
	return slices.Clip(g.all())
}

func (g *Graph) listNodes() []*Node {
	nodes := make([]*Node, 0, len(g.nodes))
	for _, n := range g.nodes {
		if n.listed() {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

// listed reports whether Nodes has a node.
func (n *Node) listed() bool {
	return !isToolchain(n.Module.Path) && (n.Module.Version != "" || n.Dir != "")
}

// Mentioned returns the selected module versions whose go.mod files the go command does not need for the graph. Commands that
// list modules read them all the same, where go.sum protects them: to tell their Go versions; see modload.moduleInfo. They are in
// no order.
func (g *Graph) Mentioned() []modcache.NodeID {
	g.reading.all()
	return slices.Clip(g.mentioned())
}

func (g *Graph) listMentioned() []modcache.NodeID {
	list := make([]modcache.NodeID, 0, len(g.roots))
	for path, id := range g.selected {
		if id = g.unread(modcache.PathID(path), id); id != 0 {
			list = append(list, id)
		}
	}
	return list
}

// unread returns what stands for the selected version of a path, or 0 if it is read for the graph or is in no module cache.
func (g *Graph) unread(path modcache.PathID, id modcache.NodeID) modcache.NodeID {
	if id == 0 || g.isMain(path) || int(id) < len(g.index) && g.index[id] != 0 {
		return 0
	}
	if len(g.byPath) > 0 {
		if r := g.replacement(g.names.Version(id), path); r != nil {
			id = g.names.Node(r.New)
		}
	}
	if m := g.names.Version(id); m.Version == "" || isToolchain(m.Path) {
		return 0
	}
	return id
}

// Node returns the loaded module version m, or nil if the go command does not read its go.mod file.
func (g *Graph) Node(m module.Version) *Node {
	id := g.names.Node(m)
	if g.reading != nil {
		g.reading.about(g.names.PathOf(id))
	}
	return g.node(id)
}

// node returns the node of a module version, or nil.
func (g *Graph) node(id modcache.NodeID) *Node {
	if int(id) >= len(g.index) || g.index[id] == 0 {
		return nil
	}
	return g.nodes[g.index[id]-1]
}

// Same returns the node of this graph for the module version of another graph's node, or nil. Both graphs have the same Names.
func (g *Graph) Same(n *Node) *Node {
	if g.reading != nil {
		g.reading.about(g.names.PathOf(n.id))
	}
	return g.node(n.id)
}

// SelectedNode is like Node for a version that is selected. It returns nil for others.
func (g *Graph) SelectedNode(m module.Version) *Node {
	if n := g.Node(m); n != nil && g.selected[g.names.PathOf(n.id)] == n.id {
		return n
	}
	return nil
}

// Complete reports whether every go.mod file that the graph depends on was at hand.
func (g *Graph) Complete() bool { return complete.Of(g) }

var complete = NewProperty(func(g *Graph) bool { return g.faults[NotKnown] == 0 }, same)

// BuildList returns the selected version of every module, the main modules first and the others by path. The pseudo-modules
// go and toolchain are left out, as `go list -m all` does.
func (g *Graph) BuildList() []module.Version {
	g.reading.all()
	var list []module.Version
	for path, id := range g.selected {
		if id == 0 || g.isMain(modcache.PathID(path)) {
			continue
		}
		if m := g.names.Version(id); !isToolchain(m.Path) {
			list = append(list, m)
		}
	}
	slices.SortFunc(list, func(a, b module.Version) int { return strings.Compare(a.Path, b.Path) })
	mains := make([]module.Version, len(g.mains))
	for i, id := range g.mains {
		mains[i] = g.names.Version(id)
	}
	return append(mains, list...)
}

// walk is the graph in breadth-first order from the main modules, as mvs.Graph.FindPath goes through it: the order that
// decides which of several errors the go command prints, and the chain that it prints with it.
type walk struct {
	order  []modcache.NodeID
	parent []modcache.NodeID // by node; 0 for main modules and what the walk does not come to
}

func (g *Graph) breadthFirst() *walk {
	w := &walk{order: make([]modcache.NodeID, 0, 2*len(g.nodes)), parent: make([]modcache.NodeID, len(g.index))}
	seen := make([]bool, len(g.index))
	push := func(id, from modcache.NodeID) {
		if int(id) >= len(seen) { // a name that was given out later
			w.parent = append(w.parent, make([]modcache.NodeID, int(id)+1-len(seen))...)
			seen = append(seen, make([]bool, int(id)+1-len(seen))...)
		}
		if !seen[id] {
			seen[id] = true
			w.order = append(w.order, id)
			w.parent[id] = from
		}
	}
	if g.in.Workspace {
		for _, id := range sortedRoots(g) {
			push(id, 0)
		}
	} else {
		push(g.mains[0], 0)
		for _, id := range sortedRoots(g) {
			push(id, g.mains[0])
		}
	}
	for i := 0; i < len(w.order); i++ {
		id := w.order[i]
		if !g.in.Workspace && i == 0 || int(id) >= len(g.index) || g.index[id] == 0 {
			continue
		}
		for _, r := range g.requires[g.index[id]-1] {
			push(r, id)
		}
	}
	return w
}

// sortedRoots returns the roots by path and version, as requirementsFromModFiles in cmd/go/internal/modload/init.go sorts
// them, the modules of a workspace too.
func sortedRoots(g *Graph) []modcache.NodeID {
	roots := slices.Clone(g.roots)
	slices.SortStableFunc(roots, func(a, b modcache.NodeID) int {
		if c := strings.Compare(g.names.Version(a).Path, g.names.Version(b).Path); c != 0 {
			return c
		}
		return g.names.Compare(a, b)
	})
	return roots
}

// InOrder returns the Nodes in breadth-first order from the main modules: where several cannot be loaded, the go command
// speaks of the first.
func (g *Graph) InOrder() []*Node {
	g.reading.all()
	return slices.Clip(g.ordered())
}

func (g *Graph) orderNodes() []*Node {
	w := g.walk()
	nodes := make([]*Node, 0, len(w.order))
	for _, id := range w.order {
		if int(id) < len(g.index) && g.index[id] != 0 {
			if n := g.nodes[g.index[id]-1]; n.listed() {
				nodes = append(nodes, n)
			}
		}
	}
	return nodes
}

// Faulty returns those of InOrder that go cannot use, or of which nobody can tell.
func (g *Graph) Faulty() []*Node { return slices.Clip(faulty.Of(g)) }

var faulty = NewProperty((*Graph).listFaulty, SameNodes)

func (g *Graph) listFaulty() []*Node {
	if g.faults[OK] == len(g.nodes) {
		return nil
	}
	return g.NodesWhere(func(n *Node) bool { return n.Cause != OK })
}

// NodesWhere returns those of InOrder for which ok holds. The order is looked for only where there are several.
func (g *Graph) NodesWhere(ok func(*Node) bool) []*Node {
	g.reading.all()
	var found []*Node
	for _, n := range g.nodes {
		if n.listed() && ok(n) {
			found = append(found, n)
		}
	}
	if len(found) < 2 {
		return found
	}
	found = found[:0]
	for _, n := range g.InOrder() {
		if ok(n) {
			found = append(found, n)
		}
	}
	return found
}

// FaultyOf returns those of Faulty for which the main module with a path and a directory is to blame: the chain to them begins at
// it, or it replaces them.
func (g *Graph) FaultyOf(path, dir string) []*Node {
	q := faultyOf{path, dir}
	g.reading.asks(q)
	return g.faultyOf(q)
}

// faultyOf asks for what FaultyOf returns.
type faultyOf struct{ path, dir string }

func (q faultyOf) Unchanged(d *Difference) bool {
	return SameNodes(d.From.faultyOf(q), d.To.faultyOf(q))
}

func (g *Graph) faultyOf(q faultyOf) (nodes []*Node) {
	for _, n := range faulty.Of(g.plain) {
		if g.begins(n.id, q.path) || n.Replace != nil && n.Replace.Dir == q.dir {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

// begins reports whether the chain to a node begins at the main module with a path.
func (g *Graph) begins(id modcache.NodeID, path string) bool {
	if !g.in.Workspace { // every chain does
		return g.in.Main[0].Path == path
	}
	main, _ := g.begin(beginOf(id))
	return main != 0 && g.names.Version(main).Path == path
}

// Chain returns the shortest chain of requirements that leads to m, from a main module to m itself, or nil if nothing does.
func (g *Graph) Chain(m module.Version) []module.Version {
	id := g.names.Node(m)
	g.reading.asks(chainTo(id))
	return g.chain(id)
}

// Begin returns the first two of the chain to m: the main module, and what it requires. Both are zero if nothing leads to m, or if it
// is a main module.
func (g *Graph) Begin(m module.Version) (main, root module.Version) {
	q := beginOf(g.names.Node(m))
	g.reading.asks(q)
	a, b := g.begin(q)
	if a != 0 {
		main = g.names.Version(a)
	}
	if b != 0 {
		root = g.names.Version(b)
	}
	return main, root
}

// beginOf asks for the beginning of a chain.
type beginOf modcache.NodeID

func (q beginOf) Unchanged(d *Difference) bool {
	main, root := d.From.begin(q)
	otherMain, otherRoot := d.To.begin(q)
	return main == otherMain && root == otherRoot
}

func (g *Graph) begin(q beginOf) (main, root modcache.NodeID) {
	id := modcache.NodeID(q)
	if main := g.mains[0]; !g.in.Workspace && id != main && slices.Contains(g.roots, id) {
		return main, id
	}
	parent := g.walk().parent
	if int(id) >= len(parent) || parent[id] == 0 {
		return 0, 0
	}
	for parent[id] != 0 {
		main, root, id = parent[id], id, parent[id]
	}
	return main, root
}

// chainTo asks for a chain.
type chainTo modcache.NodeID

func (c chainTo) Unchanged(d *Difference) bool {
	return slices.Equal(d.From.chain(modcache.NodeID(c)), d.To.chain(modcache.NodeID(c)))
}

func (g *Graph) chain(id modcache.NodeID) []module.Version {
	if main := g.mains[0]; !g.in.Workspace && id != main && slices.Contains(g.roots, id) { // the walk comes to no others before
		return []module.Version{g.names.Version(main), g.names.Version(id)}
	}
	w := g.walk()
	from := func(id modcache.NodeID) modcache.NodeID {
		if int(id) < len(w.parent) {
			return w.parent[id]
		}
		return 0
	}
	if from(id) == 0 {
		return nil
	}
	chain := []module.Version{g.names.Version(id)}
	for {
		from := from(id)
		if from == 0 {
			break
		}
		chain = append(chain, g.names.Version(from))
		id = from
	}
	slices.Reverse(chain)
	return chain
}

// WithRequire returns the graph of a single main module as it would be with other requirements.
func (g *Graph) WithRequire(source Source, require []module.Version) *Graph {
	return g.WithRequireOf(source, g.in.Main[0].Dir, require)
}

// WithRequireOf returns the graph as it would be if the main module in a directory had other requirements.
func (g *Graph) WithRequireOf(source Source, dir string, require []module.Version) *Graph {
	g.reading.all()
	in := g.in
	in.Source, in.Last, in.trial = source, g.plain, true
	in.Main = slices.Clone(in.Main)
	for i := range in.Main {
		if in.Main[i].Dir == dir {
			in.Main[i].Require = slices.Clone(require)
		}
	}
	return Load(in)
}

// WithExclude returns the graph as it would be if the main module in a directory excluded m, too.
func (g *Graph) WithExclude(source Source, dir string, m module.Version) *Graph {
	g.reading.all()
	in := g.in
	in.Source, in.Last, in.trial = source, g.plain, true
	in.Main = slices.Clone(in.Main)
	for i := range in.Main {
		if in.Main[i].Dir == dir {
			in.Main[i].Exclude = append(slices.Clip(in.Main[i].Exclude), m)
		}
	}
	return Load(in)
}

// RequirementsOf returns the requirements of the main module in a directory, as it has them.
func (g *Graph) RequirementsOf(dir string) []module.Version {
	g.reading.all()
	for _, main := range g.in.Main {
		if main.Dir == dir {
			return main.Require
		}
	}
	return nil
}

// A Repair is what a single main module would have to say for its roots to be consistent.
type Repair struct {
	Require   []module.Version  // one for each path, in the order of the file
	Versions  map[string]string // theirs, by path; where main requires no path twice, of those alone that are others now
	Go        string            // the go line; "" if there is none and none is needed
	Toolchain string            // the toolchain line; "" if there is none or it has to go
	Graph     *Graph
}

// Repair raises the roots of a single main module until each is the selected version of its path: what the go command does
// when it may change go.mod and needs no further requirement; see modload.updateRoots. A toolchain line that is too low is
// dropped, as `go get toolchain@none` does.
func (g *Graph) Repair(source Source) *Repair {
	g.reading.all()
	main := g.in.Main[0]
	r := &Repair{Go: main.Go, Toolchain: main.Toolchain, Graph: g.plain}
	r.Require, r.Versions = make([]module.Version, 0, len(main.Require)), map[string]string{}
	ids, have := make([]modcache.NodeID, 0, len(main.Require)), make([]bool, len(g.selected))
	for i, id := range g.idsOf(main.Require, g) {
		path := int(g.names.PathOf(id))
		if path >= len(have) { // one that is only excluded
			have = append(have, make([]bool, path+1-len(have))...)
		}
		if !have[path] && !g.excluded[id] {
			have[path] = true
			r.Require, ids = append(r.Require, main.Require[i]), append(ids, id)
		}
	}
	if len(ids) < len(main.Require) {
		for _, m := range r.Require {
			r.Versions[m.Path] = m.Version
		}
	}
	for {
		changed := false
		for i, id := range ids {
			path := int(g.names.PathOf(id))
			if path >= len(r.Graph.selected) {
				continue
			}
			selected := r.Graph.selected[path]
			if selected == 0 || g.names.Compare(id, selected) >= 0 {
				continue
			}
			if m := g.names.Version(selected); m.Version != "" {
				r.Require[i], r.Versions[m.Path] = m, m.Version
				ids[i], changed = selected, true
			}
		}
		if v := r.Graph.Selected("go"); g.Compare("go", or(r.Go, implicitGo), v) < 0 {
			r.Go = v
			changed = true
		}
		if v := r.Graph.Selected("toolchain"); r.Toolchain != "" && g.Compare("toolchain", r.Toolchain, v) < 0 {
			r.Toolchain = ""
			changed = true
		}
		if !changed {
			return r
		}
		in := g.in
		in.Source, in.Last, in.trial = source, g.plain, true
		main.Require, main.Go, main.Toolchain = slices.Clone(r.Require), r.Go, r.Toolchain
		in.Main = []MainModule{main}
		r.Graph = Load(in)
	}
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// Main returns what the main modules say, as the graph took it.
func (g *Graph) Main() []MainModule {
	g.reading.all()
	return g.in.Main
}

// Inconsistent reports whether the roots of a single main module contradict each other or the graph: one path at two
// versions, or a root below the selected version. The go command then refuses, whatever else there is.
func (g *Graph) Inconsistent() bool { return !g.in.Workspace && inconsistent.Of(g) }

var inconsistent = NewProperty((*Graph).isInconsistent, same)

func (g *Graph) isInconsistent() bool {
	if g.AnyBelowSelected() {
		return true
	}
	seen := make([]modcache.NodeID, len(g.selected))
	differs := func(id modcache.NodeID) bool {
		path := g.names.PathOf(id)
		if int(path) >= len(seen) { // a path that is only excluded
			seen = append(seen, make([]modcache.NodeID, int(path)+1-len(seen))...)
		}
		last := seen[path]
		seen[path] = id
		return last != 0 && last != id
	}
	return slices.ContainsFunc(g.required, differs)
}

// Pruned reports whether the graph is that of a single main module whose go line lets it be pruned, so that the go command
// looks for packages in the roots first.
func (g *Graph) Pruned() bool { return !g.in.Workspace && prunes.Of(g) }

var prunes = NewProperty(func(g *Graph) bool { return g.pruning == pruned }, same)

// HighestReplaced returns the module paths that are replaced, each with the highest version at which it is, "" if only at all
// versions; see modload.MainModuleSet.HighestReplaced.
func (g *Graph) HighestReplaced() map[string]string {
	g.reading.all()
	highest, inWork := map[string]string{}, map[string]bool{}
	note := func(r Replacement) {
		if v, ok := highest[r.Old.Path]; !ok || g.Compare(r.Old.Path, r.Old.Version, v) > 0 {
			highest[r.Old.Path] = r.Old.Version
		}
	}
	for _, r := range g.in.Replace {
		inWork[r.Old.Path] = true
		note(r)
	}
	for _, m := range g.in.Main {
		for _, r := range m.Replace {
			if !inWork[r.Old.Path] {
				note(r)
			}
		}
	}
	return highest
}

// Requirements returns the requirements of a single main module, as it has them.
func (g *Graph) Requirements() []module.Version {
	g.reading.all()
	return g.in.Main[0].Require
}

// WithoutReplacement returns the graph as it would be without a replacement of a main module or of go.work.
func (g *Graph) WithoutReplacement(source Source, old module.Version) *Graph {
	g.reading.all()
	drop := func(rs []Replacement) []Replacement {
		return slices.DeleteFunc(slices.Clone(rs), func(r Replacement) bool { return r.Old == old })
	}
	in := g.in
	in.Source, in.Last, in.trial = source, g.plain, true
	in.Replace = drop(in.Replace)
	in.Main = slices.Clone(in.Main)
	for i := range in.Main {
		in.Main[i].Replace = drop(in.Main[i].Replace)
	}
	return Load(in)
}

// AnyBelowSelected reports whether a root is below the version that the graph selects, go and toolchain included, as a
// requirement of the main module itself always is: the go command then says "updates to go.mod needed", the latter only where the
// graph is not pruned. A workspace has no such roots.
func (g *Graph) AnyBelowSelected() bool { return anyBelow.Of(g) }

// Who asks no more than this need not be asked again where others are below.
var anyBelow = NewProperty(func(g *Graph) bool { return len(below.Of(g)) > 0 }, same)

// RootsBelow returns the roots for which AnyBelowSelected holds.
func (g *Graph) RootsBelow() []modcache.NodeID { return slices.Clip(below.Of(g)) }

var below = NewProperty(func(g *Graph) (roots []modcache.NodeID) {
	if g.in.Workspace {
		return nil
	}
	for _, id := range g.roots {
		path := g.names.PathOf(id)
		if g.isMain(path) {
			if g.pruning == unpruned {
				roots = append(roots, id)
			}
		} else if s := g.selected[path]; s != 0 && g.names.Compare(id, s) < 0 {
			roots = append(roots, id)
		}
	}
	return roots
}, slices.Equal)

// LowGoLine reports whether a single main module's go line is below the selected Go version.
func (g *Graph) LowGoLine() bool {
	if g.in.Workspace {
		return false
	}
	g.reading.all()
	return g.Compare("go", or(g.in.Main[0].Go, implicitGo), g.Selected("go")) < 0
}

// LowToolchain reports whether a single main module's toolchain line is below the selected toolchain.
func (g *Graph) LowToolchain() bool {
	if g.in.Workspace {
		return false
	}
	g.reading.all()
	t := g.in.Main[0].Toolchain
	return t != "" && g.Compare("toolchain", t, g.Selected("toolchain")) < 0
}
