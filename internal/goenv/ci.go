package goenv

import (
	"strings"

	"github.com/gomodls/gomodls/internal/text"
)

// A CISetting is a value of GOPRIVATE that a file of the repository sets for some other machine.
type CISetting struct {
	File     string
	Line     int      // 1-based
	Patterns Patterns // without the entries that a variable or expression stands in, of which nothing is known here
}

// MaySetGOPRIVATE reports whether a file of that slash-separated name, relative to the root of the repository, is one of
// those in which FindGOPRIVATE makes sense: what configures build servers, containers, shells and make.
func MaySetGOPRIVATE(name string) bool {
	dir, base := "", name
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		dir, base = name[:i], name[i+1:]
	}
	for _, root := range []string{".devcontainer", ".ci"} {
		if hasPathPrefix(dir, root) {
			return true
		}
	}
	for _, root := range []string{".github/workflows", ".github/actions", ".gitea/workflows", ".forgejo/workflows",
		".circleci", ".buildkite", ".woodpecker", ".gitlab", ".semaphore", ".azure"} {
		if hasPathPrefix(dir, root) {
			return strings.HasSuffix(base, ".yml") || strings.HasSuffix(base, ".yaml")
		}
	}
	if dir != "" {
		return false
	}
	switch base {
	case ".envrc", ".env", ".devcontainer.json", "Makefile", "makefile", "GNUmakefile", "Jenkinsfile", "Taskfile.yml", "Taskfile.yaml",
		"justfile", "Justfile", "mise.toml", ".mise.toml", ".travis.yml", ".drone.yml", ".cirrus.yml", ".gitlab-ci.yml",
		".woodpecker.yml", "azure-pipelines.yml", "bitbucket-pipelines.yml", "cloudbuild.yaml", "cloudbuild.yml",
		"appveyor.yml", ".appveyor.yml", "buildspec.yml", "docker-compose.yml", "docker-compose.yaml", "compose.yml",
		"compose.yaml", ".goreleaser.yml", ".goreleaser.yaml":
		return true
	}
	return strings.HasPrefix(base, "Dockerfile") || strings.HasSuffix(base, ".Dockerfile") || strings.HasPrefix(base, "Containerfile")
}

var (
	// The name as a word of its own, then what stands between a name and a value in the languages of build files.
	goprivate = text.Pattern(`(?:^|[^A-Za-z0-9_.${])GOPRIVATE["']?[ \t]*(::?=|\?=|\+=|==|!=|=~|[:=,])[ \t]*(.*)$`)
	// ENV in a Dockerfile, and the shells that set a variable without a sign.
	spaced = text.Pattern(`(?:^|[ \t;&|])(?:ENV|setenv|setx|set(?:[ \t]+-[-a-z]+)+)[ \t]+GOPRIVATE[ \t]+([^ \t=].*)$`)
	// The name as the value of a key, with the value on a line of its own.
	named      = text.Pattern(`^[ \t-]*["']?(?:name|key)["']?[ \t]*[:=][ \t]*["']?GOPRIVATE["']?[ \t,]*$`)
	mapping    = text.Pattern(`^[ \t-]*["']?GOPRIVATE["']?[ \t]*:[ \t{]*$`)
	valueOf    = text.Pattern(`^[ \t]*["']?value["']?[ \t]*[:=][ \t]*(.*)$`)
	expression = text.Pattern(`\$\{\{.*?\}\}|\$\(.*?\)|\$\{.*?\}|%[A-Za-z_]+%|<<.*?>>|\{\{.*?\}\}`)
)

var comparison = map[string]bool{"==": true, "!=": true, "=~": true}

// unknownValue stands for an expression. It is in no module path, and it is no separator.
const unknownValue = "\x00"

// FindGOPRIVATE returns the values that a file gives to GOPRIVATE: YAML of build servers, devcontainer.json, .envrc,
// Dockerfile, Makefile and their like. It looks at lines, so it needs no parser for each language; comments do not count.
func FindGOPRIVATE(file, text string) []CISetting {
	var list []CISetting
	add := func(line int, raw string) {
		if patterns := ciPatterns(raw); patterns != "" {
			list = append(list, CISetting{File: file, Line: line, Patterns: patterns})
		}
	}
	number, awaiting := 0, 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimRight(line, "\r\n")
		code := strings.TrimSpace(line)
		if code == "" || strings.HasPrefix(code, "#") || strings.HasPrefix(code, "//") {
			continue
		}
		if awaiting--; awaiting >= 0 {
			if m := valueOf().FindStringSubmatch(line); m != nil {
				add(number, m[1])
				awaiting = 0
				continue
			}
		}
		switch {
		case !strings.Contains(line, "GOPRIVATE"):
		case named().MatchString(line), mapping().MatchString(line):
			awaiting = 3 // a description may come between
		default:
			if i := strings.Index(line, " #"); i >= 0 {
				line = line[:i]
			}
			if m := spaced().FindStringSubmatch(line); m != nil {
				add(number, m[1])
			} else if m := goprivate().FindStringSubmatch(line); m != nil && !comparison[m[1]] {
				add(number, m[2])
			}
		}
	}
	return list
}

// ciPatterns takes the value off the rest of a line.
func ciPatterns(raw string) Patterns {
	raw = strings.TrimSpace(expression().ReplaceAllString(raw, unknownValue))
	if raw == "" {
		return ""
	}
	if q := raw[0]; q == '"' || q == '\'' {
		raw = raw[1:]
		if i := strings.IndexByte(raw, q); i >= 0 {
			raw = raw[:i]
		}
	} else if i := strings.IndexAny(raw, " \t\"'`;&|\\#}])"); i >= 0 {
		raw = raw[:i]
	}
	var known []string
	for entry := range strings.SplitSeq(raw, ",") {
		entry = strings.TrimSpace(entry)
		if entry == "" || strings.ContainsAny(entry, unknownValue+"$") || !strings.Contains(entry, ".") {
			continue
		}
		known = append(known, entry)
	}
	return Patterns(strings.Join(known, ","))
}
