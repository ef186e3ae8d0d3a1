package workspace

import (
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/gomodls/gomodls/internal/goenv"
)

// Resolves reports whether the go command would find a version of a module for a word such as v1, latest or a branch, which
// it looks up even where it may change nothing; see modload.Query. It reports false for known where the answer is not on
// this machine: wherever a proxy on the network, or the module's repository, would be asked.
func (s *Snapshot) Resolves(path, query string) (found, known bool) {
	env := s.Env()
	if env.ProxyErr != nil {
		return false, true
	}
	if env.NoProxy.Match(path) {
		return false, false
	}
	escaped, err := module.EscapePath(path)
	if err != nil {
		return false, true
	}
	for _, p := range env.Proxies {
		switch p.Kind {
		case goenv.Off:
			return false, true
		case goenv.FileProxy:
			dir := filepath.Join(p.Dir, filepath.FromSlash(escaped), "@v")
			list := s.Read(filepath.Join(dir, "list"))
			if list.State == Unknown {
				return false, false
			}
			var versions []string
			if list.File != nil {
				versions = strings.Fields(list.File.Text)
			}
			switch ok, known := s.matches(dir, versions, query); {
			case !known:
				return false, false
			case ok:
				return true, true
			}
		default:
			return false, false
		}
	}
	return false, true
}

// matches reports whether a query finds one of the versions of a proxy's list, or a file of its own.
func (s *Snapshot) matches(dir string, versions []string, query string) (ok, known bool) {
	above := func(op string, strict bool) bool {
		bound := strings.TrimPrefix(query, op)
		return semver.IsValid(bound) && slices.ContainsFunc(versions, func(v string) bool {
			c := semver.Compare(v, bound)
			if op[0] == '<' {
				c = -c
			}
			return c > 0 || !strict && c == 0
		})
	}
	switch {
	case query == "latest", query == "upgrade":
		return len(versions) > 0, true
	case query == "patch", query == "none", query == "":
		return false, true
	case strings.HasPrefix(query, "<="), strings.HasPrefix(query, ">="):
		return above(query[:2], false), true
	case query[0] == '<', query[0] == '>':
		return above(query[:1], true), true
	case semver.IsValid(query) && semver.Canonical(query) != query && semver.Build(query) == "":
		return slices.ContainsFunc(versions, func(v string) bool { return strings.HasPrefix(v, query+".") }), true
	case semver.IsValid(query):
		query = semver.Canonical(query)
	}
	name, err := module.EscapeVersion(query)
	if err != nil {
		return false, true
	}
	info := s.Read(filepath.Join(dir, name+".info"))
	return info.State == Regular, info.State != Unknown
}
