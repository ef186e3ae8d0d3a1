package modcache

import (
	"os"
	"path/filepath"
	"strings"
)

// Clones are the repositories that the go command has cloned into the module cache, because it fetched modules without a
// proxy. The zero value is none.
type Clones map[string]bool // by host and path

// Clones returns those that are there now.
func (s *Store) Clones() Clones {
	if s.dir == "" {
		return nil
	}
	dir := filepath.Join(s.dir, "cache", "vcs")
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	clones := Clones{}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".info") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			continue
		}
		if repo := repository(string(data)); repo != "" {
			clones[repo] = true
		}
	}
	return clones
}

// repository returns host and path of what stands beside a clone: "git3:https://host/path".
func repository(info string) string {
	_, url, ok := strings.Cut(strings.TrimSpace(info), ":")
	_, rest, ok2 := strings.Cut(url, "://")
	if !ok || !ok2 {
		return ""
	}
	host, path, _ := strings.Cut(rest, "/")
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = host[i+1:]
	}
	return strings.TrimSuffix(host+"/"+strings.Trim(path, "/"), ".git")
}

// Has reports whether the module's repository is among them, as far as the module's path tells where it is.
func (c Clones) Has(path string) bool {
	for p := path; p != ""; {
		if c[strings.TrimSuffix(p, ".git")] {
			return true
		}
		i := strings.LastIndexByte(p, '/')
		if i < 0 {
			break
		}
		p = p[:i]
	}
	return false
}
