package workspace

import (
	"path/filepath"
	"slices"
	"sync"

	"github.com/gomodls/gomodls/internal/goenv"
)

// EvidenceInputs returns what this machine holds about which modules are private: the declarations of .gomodls.yaml, logins,
// git's configuration, and what the repository's own build files say. It is for View.PrivateEvidence and costs a few reads
// of facts; nothing is asked of anybody.
func (v *View) EvidenceInputs(m *Module) goenv.EvidenceInputs {
	s := v.Snapshot
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
	all := v.required()
	if t := s.trace; t != nil {
		t.paths = all
	}
	in.Mains, in.OtherPaths = all.mains, all.paths
	store := s.Store()
	clones := sync.OnceValue(store.Clones)
	in.Origin = func(path string) goenv.Origin {
		switch {
		case clones().Has(path):
			return goenv.FromVCS
		case len(store.Versions(path)) > 0:
			return goenv.FromProxy
		}
		return goenv.UnknownOrigin
	}
	in.PublicProxy = v.Env().PublicProxies()
	return in
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
