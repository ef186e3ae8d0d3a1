package workspace

import (
	"maps"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"sync"

	"github.com/gomodls/gomodls/internal/goenv"
	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/modgraph"
)

// A Privacy knows which modules are private by what this machine holds, and which of those would be given away. It is safe for
// concurrent use, but for one that notes what it is asked.
type Privacy struct {
	*privacy
	notes bool
	noted privacyRead
}

// A privacy is the same value for as long as nothing that it was made from has changed, and remembers what it was asked.
type privacy struct {
	*evidence
	names *modcache.Names
	all   *required

	alone  *gaps // of modules of which the other requirements tell nothing; shared with those that differ in these alone
	beside *gaps // of the others

	mu   sync.Mutex
	last *modgraph.Graph // see In
	open []*modgraph.Node
}

// evidence is what tells whether a module is private, but for what is required beside it.
type evidence struct {
	env   *goenv.Env
	in    goenv.EvidenceInputs // of what is suspicious at first sight
	full  goenv.EvidenceInputs // with looks into the records of the checksum database
	since int64                // the arrivals in the module cache that it knows of

	common *gaps // of modules of which neither the main modules nor the requirements tell anything
}

// gaps remembers what was found out about single modules, by their paths: nil where nobody has asked.
type gaps struct {
	mu    sync.Mutex
	known []*goenv.Gap
}

// covered stands for no gap.
var covered = new(goenv.Gap)

// at returns what is known about a path. The caller holds the lock.
func (g *gaps) at(path modcache.PathID) *goenv.Gap {
	if int(path) < len(g.known) {
		return g.known[path]
	}
	return nil
}

// set remembers what was found out about a path. The caller holds the lock.
func (g *gaps) set(path modcache.PathID, gap *goenv.Gap) {
	if int(path) >= len(g.known) {
		g.known = append(g.known, make([]*goenv.Gap, int(path)+1-len(g.known))...)
	}
	g.known[path] = gap
}

// Gap returns what would be sent where if go were to fetch a module that is private and not covered; see goenv.FindGap. What is
// not suspicious at first sight costs no look into the module cache.
func (p *Privacy) Gap(path string) (goenv.Gap, bool) {
	gap, beside := p.lookUp(path)
	if p.notes && beside {
		p.noted.beside = p.all
	}
	if gap == nil {
		return goenv.Gap{}, false
	}
	return *gap, true
}

// lookUp is gap by the name of a path.
func (p *privacy) lookUp(path string) (gap *goenv.Gap, beside bool) {
	p.lock()
	defer p.unlock()
	return p.gap(p.names.Path(path))
}

// lock lets nobody else find out about gaps.
func (p *privacy) lock() { p.alone.mu.Lock(); p.beside.mu.Lock() }

func (p *privacy) unlock() { p.beside.mu.Unlock(); p.alone.mu.Unlock() }

// gap returns the gap of a module, or nil, and whether other requirements had a say in it. The caller holds the lock.
func (p *privacy) gap(path modcache.PathID) (gap *goenv.Gap, beside bool) {
	if gap = p.alone.at(path); gap == nil {
		if gap, beside = p.beside.at(path), true; gap == nil {
			if gap, beside = p.find(path); beside {
				p.beside.set(path, gap)
			} else {
				p.alone.set(path, gap)
			}
		}
	}
	if gap == covered {
		return nil, beside
	}
	return gap, beside
}

// find returns what is known in common about a module, or works it out: the gap, covered if there is none.
func (p *privacy) find(id modcache.PathID) (gap *goenv.Gap, beside bool) {
	path := p.names.PathString(id)
	shared := !goenv.SameOwner(path, p.all.mains)
	if shared {
		p.common.mu.Lock()
		gap = p.common.at(id)
		p.common.mu.Unlock()
		if gap != nil {
			return gap, false
		}
	}
	if gap, beside = p.workOut(path); gap == nil {
		gap = covered
	}
	if shared && !beside {
		p.common.mu.Lock()
		defer p.common.mu.Unlock()
		p.common.set(id, gap)
	}
	return gap, beside
}

// workOut returns the gap of a module, or nil, and whether other requirements had a say in it.
func (p *privacy) workOut(path string) (gap *goenv.Gap, beside bool) {
	others := func() []string {
		beside = true
		return p.all.paths
	}
	in, full := p.in, p.full
	for _, in := range []*goenv.EvidenceInputs{&in, &full} {
		in.Mains, in.Others = p.all.mains, others
	}
	if _, ok := goenv.FindGap(path, p.env, goenv.PrivateEvidence(path, in)); !ok {
		return nil, beside
	}
	if gap, ok := goenv.FindGap(path, p.env, goenv.PrivateEvidence(path, full)); ok {
		return &gap, beside
	}
	return nil, beside
}

// Inputs returns what evidence comes from, with looks into the module cache, for those who want to show it.
func (p *Privacy) Inputs() goenv.EvidenceInputs {
	if p.notes {
		p.noted.beside = p.all
	}
	in := p.full
	in.Mains, in.Others = p.all.mains, func() []string { return p.all.paths }
	return in
}

// In returns the nodes of the graph of the view, which it has, that have a gap.
func (p *Privacy) In(g *modgraph.Graph) []*modgraph.Node {
	open := p.nodes(g.Plain())
	if p.notes {
		p.noted.asksIn, p.noted.in = true, open
	}
	return open
}

func (p *privacy) nodes(g *modgraph.Graph) []*modgraph.Node {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last == g {
		return p.open
	}
	p.lock()
	defer p.unlock()
	p.last, p.open = g, g.NodesWhere(func(n *modgraph.Node) bool {
		if n.Actual.Version == "" {
			return false
		}
		gap, _ := p.gap(p.names.PathOf(n.File()))
		return gap != nil
	})
	return p.open
}

// Privacy returns what is known about private modules from the point of view of m: the declarations of .gomodls.yaml, logins,
// git's configuration, and what the repository's own build files say. Nothing is asked of anybody.
func (v *View) Privacy(m *Module) *Privacy {
	s := v.Snapshot
	p := &Privacy{privacy: (&Snapshot{contents: s.contents}).privacy(v, m)}
	if t := s.trace; t != nil {
		p.notes, p.noted = true, privacyRead{module: m, alone: p.alone}
		t.privacies = append(roomy(t.privacies), &p.noted)
	}
	return p
}

// A privacyRead is what a Privacy was asked.
type privacyRead struct {
	module *Module
	alone  *gaps
	beside *required // the requirements, if they have a say in something that was asked
	asksIn bool
	in     []*modgraph.Node
}

// holds reports whether the answers would be the same in a view.
func (r *privacyRead) holds(v *View) bool {
	p := v.Snapshot.privacy(v, r.module)
	if p.alone != r.alone || r.beside != nil && r.beside != p.all {
		return false
	}
	if !r.asksIn {
		return true
	}
	g := v.graph()
	return g != nil && modgraph.SameNodes(r.in, p.nodes(g))
}

// An evidenceMemo is the evidence of a module of a view with what it was made from.
type evidenceMemo struct {
	built
	machine  *Machine
	settings *Settings
	evidence *evidence
}

type evidenceKey struct {
	viewKey
	dir string
}

// privacies are those of a view's modules, by their evidence, which most modules of a workspace have in common: then one of them finds
// out for all.
type privacies struct {
	all *required
	by  map[*evidence]*privacy
}

func (s *Snapshot) privacy(v *View, m *Module) *privacy {
	e := s.evidenceOf(v, m)
	all, memo, key := v.required(), s.memo, viewKey{v.key(), v.Own}
	memo.mu.Lock()
	defer memo.mu.Unlock()
	of := memo.privacies[key]
	if of == nil || of.all != all {
		next := &privacies{all: all, by: map[*evidence]*privacy{}}
		if of != nil && slices.Equal(of.all.mains, all.mains) {
			for e, p := range of.by {
				next.by[e] = newPrivacy(p.names, e, all, p.alone)
			}
		}
		if memo.privacies == nil {
			memo.privacies = map[viewKey]*privacies{}
		}
		of, memo.privacies[key] = next, next
	}
	p := of.by[e]
	if p == nil {
		maps.DeleteFunc(of.by, func(other *evidence, _ *privacy) bool { return other.outdated(e) })
		if len(of.by) == maxKinds {
			clear(of.by)
		}
		p = newPrivacy(s.stores.Names(), e, all, new(gaps))
		of.by[e] = p
	}
	return p
}

func newPrivacy(names *modcache.Names, e *evidence, all *required, alone *gaps) *privacy {
	return &privacy{evidence: e, names: names, all: all, alone: alone, beside: new(gaps)}
}

// evidenceOf returns the evidence of a module of a view, the same value for as long as it is the same, and for all that have the same.
func (s *Snapshot) evidenceOf(v *View, m *Module) *evidence {
	key := evidenceKey{viewKey{v.key(), v.Own}, m.Dir}
	s.memo.mu.Lock()
	last := s.memo.evidence[key]
	s.memo.mu.Unlock()
	if last != nil && last.machine == s.machine && last.settings == s.settings && last.evidence.since == s.arrivals && last.current(s) {
		return last.evidence
	}
	t := &trace{}
	next := &evidenceMemo{machine: s.machine, settings: s.settings}
	next.evidence = (&Snapshot{contents: s.contents, trace: t}).evidenceFor(v, m)
	next.env, next.reads = s.Env(), t.reads
	next.since.Store(s.ID)
	s.memo.mu.Lock()
	defer s.memo.mu.Unlock()
	kinds := slices.DeleteFunc(s.memo.kinds, func(e *evidence) bool { return e.outdated(next.evidence) })
	if i := slices.IndexFunc(kinds, next.evidence.alike); i >= 0 {
		next.evidence = kinds[i]
	} else {
		kinds = append(kinds[max(0, len(kinds)+1-maxKinds):], next.evidence)
	}
	s.memo.kinds = kinds
	if t.elusive { // it rests on facts that are missing
		return next.evidence
	}
	if s.memo.evidence == nil {
		s.memo.evidence = map[evidenceKey]*evidenceMemo{}
	}
	s.memo.evidence[key] = next
	return next.evidence
}

// maxKinds is how many different kinds of evidence are remembered: more than the modules of a workspace have, so that what somebody
// types into a settings file does not pile up.
const maxKinds = 256

// outdated reports whether evidence can be of no use any more where there is other evidence already.
func (e *evidence) outdated(other *evidence) bool { return e.env != other.env || e.since < other.since }

func (e *evidence) alike(other *evidence) bool {
	if e == other {
		return true
	}
	if e.env != other.env || e.since != other.since {
		return false
	}
	a, b := e.in, other.in
	if len(a.Declared) == 0 && len(b.Declared) == 0 {
		a.DeclaredIn = b.DeclaredIn
	}
	a.Origin, b.Origin = nil, nil
	return reflect.DeepEqual(a, b)
}

// evidenceFor reads what tells whether a module is private.
func (s *Snapshot) evidenceFor(v *View, m *Module) *evidence {
	env := s.Env()
	in := goenv.EvidenceInputs{
		Declared:   s.SettingsFor(v, m).Private,
		DeclaredIn: filepath.Join(m.Dir, settingsFile),
		Git:        s.gitConfig(m.Dir),
		CI:         s.ciSettings(m.Dir),
	}
	for _, file := range goenv.NetrcFiles(s.machine.Environ, s.machine.GOOS, s.machine.Home) {
		if f := s.Read(file); f.State == Regular {
			in.Netrc, in.NetrcFile = goenv.ParseNetrc(f.File.Text), file
			break
		}
	}
	store := s.cache()
	in.Origin = s.memo.originsIn(store, s.arrivals).of
	in.PublicProxy = env.PublicProxies()
	full := in
	full.SumDBRecord = func(path string) bool { return store.Recorded(env.SumDB.Name, path) }
	return &evidence{env: env, in: in, full: full, since: s.arrivals, common: new(gaps)}
}

// origins knows how modules came into the module cache. It is safe for concurrent use.
type origins struct {
	store  *modcache.Store
	since  int64 // the arrivals in the module cache that it knows of
	clones func() modcache.Clones

	mu    sync.Mutex
	known map[string]goenv.Origin // by path
}

// originsIn returns the same value for all views, for as long as nothing arrives in the module cache.
func (m *memo) originsIn(store *modcache.Store, arrivals int64) *origins {
	m.mu.Lock()
	defer m.mu.Unlock()
	if o := m.origins; o == nil || o.store != store || o.since != arrivals {
		m.origins = &origins{store: store, since: arrivals, clones: sync.OnceValue(store.Clones), known: map[string]goenv.Origin{}}
	}
	return m.origins
}

func (o *origins) of(path string) goenv.Origin {
	o.mu.Lock()
	defer o.mu.Unlock()
	origin, ok := o.known[path]
	if !ok {
		switch {
		case o.clones().Has(path):
			origin = goenv.FromVCS
		case o.store.Has(path):
			origin = goenv.FromProxy
		}
		o.known[path] = origin
	}
	return origin
}

// repository returns the root of the git repository that dir lies in, or "".
func (s *Snapshot) repository(dir string) string {
	for {
		if st := s.Read(filepath.Join(dir, ".git")).State; st == Directory || st == Regular {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

// ClonedPath returns the path that a module in dir has by where the git repository around it was cloned from, or "".
func (s *Snapshot) ClonedPath(dir string) string {
	root := s.repository(dir)
	if root == "" {
		return ""
	}
	fact := s.Read(filepath.Join(root, ".git", "config"))
	rel, err := filepath.Rel(root, dir)
	if err != nil || fact.State != Regular {
		return ""
	}
	origin := goenv.ParseGitConfig(fact.File.Text, goenv.GitOptions{}).OriginPath()
	if origin == "" {
		return ""
	}
	return path.Join(origin, filepath.ToSlash(rel))
}

// maxIncludes bounds how many files of git's configuration are read, for they may include each other.
const maxIncludes = 20

func (s *Snapshot) gitConfig(dir string) *goenv.GitConfig {
	m := s.machine
	files := goenv.GitConfigFiles(m.Environ, m.GOOS, m.Home)
	gitDir := ""
	if root := s.repository(dir); root != "" {
		gitDir = filepath.Join(root, ".git")
		files = append(files, filepath.Join(gitDir, "config"))
	}
	var configs []*goenv.GitConfig
	for i := 0; i < len(files) && i < maxIncludes; i++ {
		f := s.Read(files[i])
		if f.State != Regular {
			continue
		}
		g := goenv.ParseGitConfig(f.File.Text, goenv.GitOptions{Path: files[i], Home: m.Home})
		configs = append(configs, g)
		for _, inc := range g.Includes {
			if (inc.Condition == "" || inc.Applies(gitDir, m.Home)) && !slices.Contains(files, inc.Path) {
				files = append(files, inc.Path)
			}
		}
	}
	return goenv.Merge(append(configs, goenv.GitConfigOfEnviron(m.Environ))...)
}

// ciDirs are the directories of a repository in which build servers, containers and shells are configured.
var ciDirs = []string{"", ".github/workflows", ".gitea/workflows", ".forgejo/workflows", ".circleci", ".buildkite", ".woodpecker", ".gitlab", ".devcontainer", ".ci"}

func (s *Snapshot) ciSettings(dir string) []goenv.CISetting {
	root := s.repository(dir)
	if root == "" {
		root = dir
	}
	var settings []goenv.CISetting
	for _, d := range ciDirs {
		list := s.List(filepath.Join(root, filepath.FromSlash(d)))
		for _, name := range list.Names {
			rel := name
			if d != "" {
				rel = d + "/" + name
			}
			if !goenv.MaySetGOPRIVATE(rel) {
				continue
			}
			if f := s.Read(filepath.Join(root, filepath.FromSlash(rel))); f.State == Regular {
				settings = append(settings, goenv.FindGOPRIVATE(rel, f.File.Text)...)
			}
		}
	}
	return settings
}
