package workspace

import (
	"cmp"
	"encoding/json"
	"path/filepath"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/gomodls/gomodls/internal/goenv"
	"github.com/gomodls/gomodls/internal/text"
)

// Resolve returns the version that the go command would find for a module and a word such as v1, latest or a branch, which it
// looks up even where it may change nothing; see modload.Query. It is "" where there is none, and known is false where the
// answer is not on this machine: wherever a proxy on the network, or the module's repository, would be asked.
func (s *Snapshot) Resolve(path, query string) (version string, known bool) {
	env := s.Env()
	if env.ProxyErr != nil || env.Mod == "vendor" { // "cannot query module due to -mod=vendor"
		return "", true
	}
	if exact := semver.Canonical(query); buildOnly(query) { // which go finds in the module cache first
		if file := s.cache().File(module.Version{Path: path, Version: exact}, ".info"); file != "" {
			switch s.Read(file).State {
			case Unknown:
				return "", false
			case Regular:
				return exact, true
			}
		}
	}
	if env.NoProxy.Match(path) {
		return "", false
	}
	escaped, err := module.EscapePath(path)
	if err != nil {
		return "", true
	}
	for _, p := range env.Proxies {
		switch p.Kind {
		case goenv.Off:
			if len(env.Proxies) > 1 {
				return "", true
			}
			return s.commit(path, query)
		case goenv.FileProxy:
			dir := filepath.Join(p.Dir, filepath.FromSlash(escaped), "@v")
			list := s.Read(filepath.Join(dir, "list"))
			if list.State == Unknown {
				return "", false
			}
			var versions []string
			if list.File != nil {
				versions = strings.Fields(list.File.Text)
			}
			if v, known := s.match(dir, versions, query); v != "" || !known {
				return v, known
			}
		default:
			return "", false
		}
	}
	return "", true
}

// commit returns the highest version of a commit that the module cache knows, as go finds it where nothing may be asked; see
// readDiskStatByHash in cmd/go/internal/modfetch/cache.go.
func (s *Snapshot) commit(path, hash string) (version string, known bool) {
	file := s.cache().File(module.Version{Path: path, Version: "v0.0.0"}, ".info")
	if !hashes().MatchString(hash) || file == "" {
		return "", true
	}
	list := s.List(filepath.Dir(file))
	for _, name := range list.Names {
		v, ok := strings.CutSuffix(name, ".info")
		if ok && strings.HasSuffix(v, "-"+hash[:12]) && module.IsPseudoVersion(v) && semver.Compare(v, version) > 0 {
			version = v
		}
	}
	return version, list.State != Unknown
}

// hashes matches what is long enough to be the hash of a commit.
var hashes = text.Pattern(`^[0-9a-f]{12,}$`)

// match returns the version that a query finds among those of a proxy's list, or in a file of its own.
func (s *Snapshot) match(dir string, versions []string, query string) (version string, known bool) {
	bounded := func(op string, strict bool) string {
		bound := strings.TrimPrefix(query, op)
		if !semver.IsValid(bound) || strict && semver.Canonical(bound) != bound && semver.Build(bound) == "" {
			return ""
		}
		return best(versions, op[0] == '>', func(v string) bool {
			c := semver.Compare(v, bound)
			if op[0] == '<' {
				c = -c
			}
			return c > 0 || !strict && c == 0
		})
	}
	switch {
	case query == "latest", query == "upgrade":
		return best(versions, false, func(string) bool { return true }), true
	case query == "patch", query == "none", query == "":
		return "", true
	case strings.HasPrefix(query, "<="), strings.HasPrefix(query, ">="):
		return bounded(query[:2], false), true
	case query[0] == '<', query[0] == '>':
		return bounded(query[:1], true), true
	case semver.IsValid(query) && semver.Canonical(query) != query && semver.Build(query) == "":
		return best(versions, false, func(v string) bool {
			return strings.HasPrefix(v, query+".") && semver.Compare(v, query) >= 0
		}), true
	case semver.IsValid(query):
		query = semver.Canonical(query)
	}
	name, err := module.EscapeVersion(query)
	if err != nil {
		return "", true
	}
	info := s.Read(filepath.Join(dir, name+".info"))
	if info.File == nil {
		return "", info.State != Unknown
	}
	var rev struct{ Version string }
	if json.Unmarshal([]byte(info.File.Text), &rev) != nil {
		return "", true
	}
	return rev.Version, true
}

// best returns the highest of the versions that match, or the lowest, a release if there is one and one whose path fits it if
// there is one.
func best(versions []string, lowest bool, match func(string) bool) string {
	rank := func(v string) (n int) {
		if semver.Prerelease(v) == "" {
			n = 2
		}
		if semver.Build(v) == "" {
			n++
		}
		return n
	}
	found := ""
	for _, v := range versions {
		if !semver.IsValid(v) || !match(v) {
			continue
		}
		c := semver.Compare(v, found)
		if lowest {
			c = -c
		}
		if found == "" || cmp.Or(cmp.Compare(rank(v), rank(found)), c) > 0 {
			found = v
		}
	}
	return found
}
