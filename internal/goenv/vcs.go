package goenv

import (
	"fmt"
	"path/filepath"
	"strings"
)

// A VCSRule is one rule of GOVCS.
type VCSRule struct {
	Pattern string // a glob, or "private" or "public"
	Allowed []string
}

// parseVCS reads GOVCS.
func parseVCS(value string) ([]VCSRule, error) {
	value = strings.TrimSpace(value)
	if value == "" {
		return nil, nil
	}
	var rules []VCSRule
	seen := make(map[string]string)
	for item := range strings.SplitSeq(value, ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			return nil, fmt.Errorf("empty entry in GOVCS")
		}
		pattern, list, found := strings.Cut(item, ":")
		pattern, list = strings.TrimSpace(pattern), strings.TrimSpace(list)
		switch {
		case !found:
			return nil, fmt.Errorf("malformed entry in GOVCS (missing colon): %q", item)
		case pattern == "":
			return nil, fmt.Errorf("empty pattern in GOVCS: %q", item)
		case list == "":
			return nil, fmt.Errorf("empty VCS list in GOVCS: %q", item)
		case pattern == "." || pattern == ".." || strings.HasPrefix(pattern, "./") || strings.HasPrefix(pattern, "../"):
			return nil, fmt.Errorf("relative pattern not allowed in GOVCS: %q", pattern)
		case seen[pattern] != "":
			return nil, fmt.Errorf("unreachable pattern in GOVCS: %q after %q", item, seen[pattern])
		}
		seen[pattern] = item
		rule := VCSRule{Pattern: pattern}
		for name := range strings.SplitSeq(list, "|") {
			name = strings.TrimSpace(name)
			if name == "" {
				return nil, fmt.Errorf("empty VCS name in GOVCS: %q", item)
			}
			rule.Allowed = append(rule.Allowed, name)
		}
		rules = append(rules, rule)
	}
	return rules, nil
}

// AllowsVCS reports whether GOVCS lets go run the version control system, such as "git", for the repository at root. No
// rule matters for what comes through a proxy.
func (e *Env) AllowsVCS(root, vcs string) bool {
	if e.VCSErr != nil {
		return false
	}
	private := e.Private.Match(root)
	defaults := []VCSRule{{"private", []string{"all"}}, {"public", []string{"git", "hg"}}}
	for _, rules := range [][]VCSRule{e.VCS, defaults} {
		for _, rule := range rules {
			match := Patterns(rule.Pattern).Match(root)
			switch rule.Pattern {
			case "private":
				match = private
			case "public":
				match = !private
			}
			if !match {
				continue
			}
			for _, name := range rule.Allowed {
				if name == vcs || name == "all" {
					return true
				}
			}
			return false
		}
	}
	return false
}

// checkAuth returns what go says about GOAUTH when it first needs credentials. Whether the directory of "git DIR" is there
// is not looked at.
func checkAuth(value string) error {
	commands := strings.Split(value, ";")
	// The commands are looked at from the last to the first.
	for i := len(commands) - 1; i >= 0; i-- {
		words := strings.Fields(commands[i])
		switch {
		case len(words) == 0:
			return fmt.Errorf("GOAUTH encountered an empty command (GOAUTH=%s)", value)
		case words[0] == "off" && len(commands) > 1:
			return fmt.Errorf("GOAUTH=off cannot be combined with other authentication commands (GOAUTH=%s)", value)
		case words[0] == "git" && len(words) != 2:
			return fmt.Errorf("GOAUTH=git dir method requires an absolute path to the git working directory")
		case words[0] == "git" && !filepath.IsAbs(words[1]):
			return fmt.Errorf("GOAUTH=git dir method requires an absolute path to the git working directory, dir is not absolute")
		}
	}
	return nil
}

// AuthDirs returns the directories in which GOAUTH has git look for credentials. There is none where go refuses the value.
func (e *Env) AuthDirs() []string {
	value := e.Get("GOAUTH").Value
	if checkAuth(value) != nil {
		return nil
	}
	var dirs []string
	for command := range strings.SplitSeq(value, ";") {
		if words := strings.Fields(command); words[0] == "git" {
			dirs = append(dirs, words[1])
		}
	}
	return dirs
}
