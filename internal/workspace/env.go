package workspace

import (
	"encoding/json"
	"errors"
	"go/version"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gomodls/gomodls/internal/goenv"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/syntax"
)

// Godebugs returns the GODEBUG settings that the user's go command knows, and false if nobody can tell.
func (s *Snapshot) Godebugs() (goenv.Godebugs, bool) {
	root := s.Env().Goroot
	if root == "" {
		return goenv.Godebugs{}, false
	}
	f := s.Read(filepath.Join(root, "src", "internal", "godebugs", "table.go"))
	if f.State != Regular {
		return goenv.Godebugs{}, false
	}
	return f.File.bugs()
}

type envMemo struct {
	machine *Machine
	files   [3]*File
	env     *goenv.Env
}

// Env returns the environment that the go command would run with: the process's, the user's go/env file and GOROOT's. It is
// the same value for as long as none of them changes.
func (s *Snapshot) Env() *goenv.Env {
	untraced := &Snapshot{contents: s.contents} // Recall compares the environment itself
	return s.env.get(untraced.resolve)
}

func (s *Snapshot) resolve() *goenv.Env {
	m := s.machine
	var files [3]*File
	read := func(i int, path string) goenv.FileText {
		if path == "" {
			return goenv.FileText{}
		}
		f := s.Read(path)
		if f.State != Regular {
			return goenv.FileText{Path: path}
		}
		files[i] = f.File
		return goenv.FileText{Path: path, Text: f.File.Text, Exists: true}
	}
	in := goenv.Inputs{OS: m.Environ, GOOS: m.GOOS, Home: m.Home, ConfigDir: m.ConfigDir}
	in.GoEnvFile = read(0, goenv.EnvFilePath(m.Environ, m.ConfigDir))
	root, envRoot := goenv.GorootDirs(m.Environ, in.GoEnvFile, goenv.GorootOf(m.Go))
	if in.Goroot = root; root != "" {
		in.GorootVersion = read(1, filepath.Join(root, "VERSION"))
	}
	if envRoot != "" {
		in.GorootEnv = read(2, filepath.Join(envRoot, "go.env"))
	}

	s.memo.mu.Lock()
	defer s.memo.mu.Unlock()
	if last := s.memo.env; last != nil && last.machine == m && last.files == files {
		return last.env
	}
	env := goenv.Resolve(in)
	s.memo.env = &envMemo{machine: m, files: files, env: env}
	return env
}

// localProxies returns the file:// trees that the go command looks into before it asks anything of the network.
func localProxies(env *goenv.Env) []string {
	var dirs []string
	for _, p := range env.Proxies {
		if p.Kind != goenv.FileProxy {
			break
		}
		dirs = append(dirs, p.Dir)
	}
	return dirs
}

// absent says what it means that a module's files are on this machine nowhere: modgraph.ErrNotKnown if the go command would
// look for them on the network, and otherwise the reason why it could not have them either.
func absent(env *goenv.Env, path string) error {
	if env.ProxyErr != nil {
		return env.ProxyErr
	}
	if env.NoProxy.Match(path) {
		return modgraph.ErrNotKnown // fetched from its repository, whatever GOPROXY says
	}
	for _, p := range env.Proxies {
		switch p.Kind {
		case goenv.FileProxy:
		case goenv.Off:
			return errors.New("module lookup disabled by GOPROXY=off")
		default:
			return modgraph.ErrNotKnown
		}
	}
	return errors.New("the module proxy on this machine does not have it")
}

// Overlaid reports whether -overlay in GOFLAGS gives go other module files than those of the view's modules, so that nobody
// knows what it says of them.
func (v *View) Overlaid() bool {
	name, _ := v.Env().Flag("overlay")
	if name == "" {
		return false
	}
	absolute := func(path string) string {
		if filepath.IsAbs(path) {
			return path
		}
		return filepath.Join(v.Dir, path)
	}
	fact := v.Snapshot.Read(absolute(name))
	if fact.State != Regular {
		return false
	}
	var overlay struct{ Replace map[string]string }
	if json.Unmarshal([]byte(fact.File.Text), &overlay) != nil {
		return false
	}
	for path := range overlay.Replace {
		if filepath.Ext(path) == ".go" {
			continue
		}
		for _, dir := range v.Dirs() {
			if rel, err := filepath.Rel(dir, absolute(path)); err == nil && filepath.IsLocal(rel) {
				return true
			}
		}
	}
	return false
}

// UnknownToolchain reports whether the go command would load the view with another toolchain than the installed one.
func (v *View) UnknownToolchain() bool { return v.GoVersion() == "" && v.Env().GoVersion != "" }

// GoVersion returns the version of the go command that loads the view: the installed one, or the one that GOTOOLCHAIN names.
// It is "" if that is not known, also where a go or toolchain line makes go switch to a toolchain of which nothing is known.
func (v *View) GoVersion() string {
	env := v.Env()
	if env.Toolchain.Err != nil {
		return ""
	}
	if other, _ := v.otherToolchain(); other != "" {
		return ""
	}
	return env.GoVersion
}

// otherToolchain returns the toolchain that go would run instead of the installed one, "" if none, and the token that asks for
// it, which is zero where GOTOOLCHAIN alone does; see toolchain.Select in the go command.
func (v *View) otherToolchain() (name string, by syntax.Token) {
	env := v.Env()
	least := env.GoVersion
	if min := env.Toolchain.Min; min != "" && min != "local" && min != "go"+least {
		name, least = min, strings.TrimPrefix(min, "go")
	}
	if env.Toolchain.Switch == "" || least == "" {
		return name, by
	}
	var goLine *syntax.Go
	var toolchain *syntax.Toolchain
	if v.Work != nil {
		goLine, toolchain = v.Work.Work().Go, v.Work.Work().Toolchain
	} else {
		own := v.Modules()[0].Mod.Mod()
		goLine, toolchain = own.Go, own.Toolchain
	}
	if toolchain != nil {
		if wants := strings.TrimPrefix(toolchain.Name, "go"); goenv.CompareVersions(wants, least) > 0 {
			name, by, least = toolchain.Name, toolchain.NameTok, wants
		}
	}
	if goLine != nil && goenv.CompareVersions(goLine.Version, least) > 0 {
		name, by = "go"+goLine.Version, goLine.VersionTok
		if version.Lang(name) == name {
			name += ".0"
		}
	}
	return name, by
}

// MissingToolchain returns the toolchain that go looks for in PATH, and nowhere else, and does not find, so that it refuses
// whatever it is asked; "" if there is none. by is the token that asks for it, zero where GOTOOLCHAIN alone does.
func (v *View) MissingToolchain() (name string, by syntax.Token) {
	if v.Env().Toolchain.Switch != "path" || v.Env().Toolchain.Err != nil {
		return "", by
	}
	if name, by = v.otherToolchain(); name == "" || v.Snapshot.mayBeInPath(name) {
		return "", syntax.Token{}
	}
	return name, by
}

// mayBeInPath reports whether a directory of PATH has a program, or may have it.
func (s *Snapshot) mayBeInPath(program string) bool {
	path, absent := s.machine.Environ["PATH"]
	for _, dir := range filepath.SplitList(path) {
		if !filepath.IsAbs(dir) {
			return true
		}
		list := s.List(dir)
		absent = absent && (list.State == Directory || list.State == Missing) && !slices.ContainsFunc(list.Names, func(name string) bool {
			return strings.HasPrefix(strings.ToLower(name), strings.ToLower(program)) // behind it may stand .exe
		})
	}
	return !absent
}
