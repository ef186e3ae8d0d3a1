package workspace

import (
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"sync"

	"github.com/gomodls/gomodls/internal/goenv"
	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/modgraph"
)

// A Privacy knows which modules are private by what this machine holds, and which of those would be given away. It is the same
// value for as long as nothing that it was made from has changed, and remembers what it was asked. It is safe for concurrent use.
type Privacy struct {
	env   *goenv.Env
	in    goenv.EvidenceInputs // of what is suspicious at first sight
	full  goenv.EvidenceInputs // with looks into the records of the checksum database
	since int64                // the arrivals in the module cache that it knows of

	mu   sync.Mutex
	gaps map[string]*goenv.Gap // nil where there is none
	last *modgraph.Graph
	open []*modgraph.Node // of last
}

// Gap returns what would be sent where if go were to fetch a module that is private and not covered; see goenv.FindGap. What is
// not suspicious at first sight costs no look into the module cache.
func (p *Privacy) Gap(path string) (goenv.Gap, bool) {
	p.mu.Lock()
	gap, ok := p.gaps[path]
	p.mu.Unlock()
	if !ok {
		gap = p.find(path)
		p.mu.Lock()
		p.gaps[path] = gap
		p.mu.Unlock()
	}
	if gap == nil {
		return goenv.Gap{}, false
	}
	return *gap, true
}

func (p *Privacy) find(path string) *goenv.Gap {
	if _, ok := goenv.FindGap(path, p.env, goenv.PrivateEvidence(path, p.in)); !ok {
		return nil
	}
	if gap, ok := goenv.FindGap(path, p.env, goenv.PrivateEvidence(path, p.full)); ok {
		return &gap
	}
	return nil
}

// Inputs returns what evidence comes from, with looks into the module cache, for those who want to show it.
func (p *Privacy) Inputs() goenv.EvidenceInputs { return p.full }

// In returns the nodes of a graph that have a gap.
func (p *Privacy) In(g *modgraph.Graph) []*modgraph.Node {
	p.mu.Lock()
	last, open := p.last, p.open
	p.mu.Unlock()
	if last == g {
		return open
	}
	open = nil
	for _, n := range g.Nodes() {
		if n.Actual.Version == "" {
			continue
		}
		if _, ok := p.Gap(n.Actual.Path); ok {
			open = append(open, n)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last, p.open = g, open
	return open
}

// Privacy returns what is known about private modules from the point of view of m: the declarations of .gomodls.yaml, logins,
// git's configuration, and what the repository's own build files say. Nothing is asked of anybody.
func (v *View) Privacy(m *Module) *Privacy {
	s := v.Snapshot
	p := (&Snapshot{contents: s.contents}).privacy(v, m)
	if t := s.trace; t != nil {
		t.privacies = append(t.privacies, privacyRead{m, p})
	}
	return p
}

type privacyRead struct {
	module  *Module
	privacy *Privacy
}

// A privacyMemo is a Privacy with what it was made from.
type privacyMemo struct {
	built
	all      *required
	machine  *Machine
	settings *Settings
	privacy  *Privacy
}

func (s *Snapshot) privacy(v *View, m *Module) *Privacy {
	all := v.required()
	key := recallKey{view: v.key(), own: v.Own, path: m.Dir}
	s.memo.mu.Lock()
	last := s.memo.privacies[key]
	s.memo.mu.Unlock()
	t := &trace{}
	next := &privacyMemo{all: all, machine: s.machine, settings: s.settings}
	if last != nil && last.machine == s.machine && last.settings == s.settings && last.privacy.since == s.arrivals && last.current(s) {
		if last.all == all {
			return last.privacy
		}
		next.privacy, t.reads = last.privacy.among(all), last.reads
	} else {
		next.privacy = (&Snapshot{contents: s.contents, trace: t}).evidence(v, m, all)
	}
	next.env, next.reads = s.Env(), t.reads
	next.since.Store(s.ID)
	s.memo.mu.Lock()
	defer s.memo.mu.Unlock()
	// The modules of a workspace mostly have the same of everything, and then one of them finds out for all.
	if shared := s.memo.privacies[recallKey{view: v.key(), own: v.Own}]; shared != nil && shared.privacy.alike(next.privacy) {
		next.privacy = shared.privacy
	}
	if t.elusive {
		return next.privacy
	}
	if s.memo.privacies == nil {
		s.memo.privacies = map[recallKey]*privacyMemo{}
	}
	s.memo.privacies[key] = next
	key.path = ""
	s.memo.privacies[key] = next
	return next.privacy
}

// among returns what is known by the same evidence if other modules are required.
func (p *Privacy) among(all *required) *Privacy {
	q := &Privacy{env: p.env, in: p.in, full: p.full, since: p.since, gaps: map[string]*goenv.Gap{}}
	for _, in := range []*goenv.EvidenceInputs{&q.in, &q.full} {
		in.Mains, in.OtherPaths = all.mains, all.paths
	}
	return q
}

func (p *Privacy) alike(q *Privacy) bool {
	if p.env != q.env || p.since != q.since {
		return false
	}
	a, b := p.in, q.in
	if len(a.Declared) == 0 && len(b.Declared) == 0 {
		a.DeclaredIn = b.DeclaredIn
	}
	a.Origin, b.Origin, a.SumDBRecord, b.SumDBRecord = nil, nil, nil, nil
	return reflect.DeepEqual(a, b)
}

// evidence reads what tells whether a module is private.
func (s *Snapshot) evidence(v *View, m *Module, all *required) *Privacy {
	env := s.Env()
	in := goenv.EvidenceInputs{
		Declared:   s.SettingsFor(v, m).Private,
		DeclaredIn: filepath.Join(m.Dir, settingsFile),
		Git:        s.gitConfig(m.Dir),
		CI:         s.ciSettings(m.Dir),
		Mains:      all.mains,
		OtherPaths: all.paths,
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
	p := &Privacy{env: env, in: in, full: in, since: s.arrivals, gaps: map[string]*goenv.Gap{}}
	p.full.SumDBRecord = func(path string) bool { return store.Recorded(env.SumDB.Name, path) }
	return p
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
		case len(o.store.Versions(path)) > 0:
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
