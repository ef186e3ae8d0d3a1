package goenv

import (
	"cmp"
	"net/url"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// A GitConfig is what this package needs to know of git's configuration. The zero value is an empty one.
type GitConfig struct {
	InsteadOf   []InsteadOf  // in the order of the file
	Credentials []GitHelper  // credential helpers that are set for single URLs
	Includes    []GitInclude // further files to read; their content has its place where the include stands
	Origin      string       // the URL of the remote that is called origin; "" if there is none
	Bad         []int        // the lines, 1-based, at which git would refuse the whole file
}

// An InsteadOf is the rule url.BASE.insteadOf=PREFIX: git fetches from BASE what a URL with that PREFIX names.
type InsteadOf struct {
	Base, Prefix string
	Where        string // file and line
}

// A GitHelper says that git asks a program for the credentials of a URL.
type GitHelper struct {
	URL, Where string
}

// A GitInclude is another file that git reads.
type GitInclude struct {
	Path      string // absolute, unless GitOptions had no Path
	Condition string // of includeIf: "gitdir:~/src/"; "" if the file is always read
}

// GitOptions says where a configuration comes from.
type GitOptions struct {
	Path string // of the file; for messages, and relative includes start from its directory
	Home string // what ~/ stands for
}

// GitConfigFiles returns the files that git reads whatever the repository, in its order.
func GitConfigFiles(os map[string]string, goos, home string) []string {
	var files []string
	noSystem, err := strconv.ParseBool(os["GIT_CONFIG_NOSYSTEM"])
	if noSystem = err == nil && noSystem; !noSystem {
		switch {
		case os["GIT_CONFIG_SYSTEM"] != "":
			files = append(files, os["GIT_CONFIG_SYSTEM"])
		case goos == "windows":
			if dir := os["PROGRAMFILES"]; dir != "" {
				files = append(files, filepath.Join(dir, "Git", "etc", "gitconfig"))
			}
		default:
			files = append(files, "/etc/gitconfig")
		}
	}
	if global, ok := os["GIT_CONFIG_GLOBAL"]; ok {
		if global != "" {
			files = append(files, global)
		}
		return files
	}
	switch {
	case os["XDG_CONFIG_HOME"] != "":
		files = append(files, filepath.Join(os["XDG_CONFIG_HOME"], "git", "config"))
	case home != "":
		files = append(files, filepath.Join(home, ".config", "git", "config"))
	}
	if home != "" {
		files = append(files, filepath.Join(home, ".gitconfig"))
	}
	return files
}

// GitConfigOfEnviron reads the configuration that the environment itself holds, in GIT_CONFIG_COUNT and its companions,
// as build servers set it. It is the last in git's order.
func GitConfigOfEnviron(os map[string]string) *GitConfig {
	g := new(GitConfig)
	n, err := strconv.Atoi(os["GIT_CONFIG_COUNT"])
	if err != nil {
		return g
	}
	for i := range min(n, len(os)) { // each needs two variables of its own
		key, ok := os["GIT_CONFIG_KEY_"+strconv.Itoa(i)]
		first, last := strings.IndexByte(key, '.'), strings.LastIndexByte(key, '.')
		if !ok || first < 0 {
			return g
		}
		s := section{name: strings.ToLower(key[:first])}
		if first < last {
			s.sub = key[first+1 : last]
		}
		g.set(s, strings.ToLower(key[last+1:]), os["GIT_CONFIG_VALUE_"+strconv.Itoa(i)], "GIT_CONFIG_KEY_"+strconv.Itoa(i), GitOptions{})
	}
	return g
}

// Merge returns the configuration of files that git reads one after the other.
func Merge(configs ...*GitConfig) *GitConfig {
	all := new(GitConfig)
	for _, g := range configs {
		if g != nil {
			all.InsteadOf = append(all.InsteadOf, g.InsteadOf...)
			all.Credentials = append(all.Credentials, g.Credentials...)
			all.Includes = append(all.Includes, g.Includes...)
			all.Bad = append(all.Bad, g.Bad...)
			all.Origin = cmp.Or(all.Origin, g.Origin)
		}
	}
	return all
}

// Rewrites returns the URL from which git would fetch url. The longest matching prefix wins, and of equal ones the first.
func (g *GitConfig) Rewrites(url string) (to string, ok bool) {
	if g == nil {
		return url, false
	}
	var best InsteadOf
	bestBase := 0
	bases := make(map[string]int) // git keeps the rules of one base together, where the first of them stands
	for _, r := range g.InsteadOf {
		base, seen := bases[r.Base]
		if !seen {
			base = len(bases)
			bases[r.Base] = base
		}
		longer := len(r.Prefix) - len(best.Prefix)
		if strings.HasPrefix(url, r.Prefix) && (!ok || longer > 0 || longer == 0 && base < bestBase) {
			best, bestBase, ok = r, base, true
		}
	}
	if !ok {
		return url, false
	}
	return best.Base + url[len(best.Prefix):], true
}

// Applies reports whether git reads the file when it works for the repository whose .git directory is gitDir. It knows
// the conditions gitdir: and gitdir/i:, and says no to all others.
func (i GitInclude) Applies(gitDir, home string) bool {
	if i.Condition == "" {
		return true
	}
	kind, pattern, _ := strings.Cut(i.Condition, ":")
	gitDir = filepath.ToSlash(gitDir)
	switch kind {
	case "gitdir":
	case "gitdir/i":
		pattern, gitDir, home = strings.ToLower(pattern), strings.ToLower(gitDir), strings.ToLower(home)
	default:
		return false
	}
	switch rest, tilde := strings.CutPrefix(pattern, "~/"); {
	case tilde && home == "":
		return false
	case tilde:
		pattern = filepath.ToSlash(home) + "/" + rest
	case !filepath.IsAbs(pattern) && !path.IsAbs(pattern):
		pattern = "**/" + pattern
	}
	if strings.HasSuffix(pattern, "/") {
		pattern += "**"
	}
	return matchDirs(strings.Split(pattern, "/"), strings.Split(gitDir, "/"))
}

// matchDirs matches path elements against globs of which ** stands for any number of elements.
func matchDirs(globs, dirs []string) bool {
	// reach[i] is whether the globs so far can have used up the first i directories.
	reach := make([]bool, len(dirs)+1)
	reach[0] = true
	for _, glob := range globs {
		next := make([]bool, len(dirs)+1)
		for i, ok := range reach {
			if !ok {
				continue
			}
			if glob == "**" {
				for j := i; j <= len(dirs); j++ {
					next[j] = true
				}
				break
			}
			if i < len(dirs) {
				if match, _ := path.Match(glob, dirs[i]); match {
					next[i+1] = true
				}
			}
		}
		reach = next
	}
	return reach[len(dirs)]
}

type section struct{ name, sub string }

// ParseGitConfig reads a file of git's configuration. Git refuses a file with an error in it as a whole; here the bad line
// is noted and the rest is read, for the file may be in the middle of being edited.
func ParseGitConfig(text string, opts GitOptions) *GitConfig {
	g := new(GitConfig)
	p := gitParser{text: strings.TrimPrefix(strings.ReplaceAll(text, "\r\n", "\n"), "\ufeff"), line: 1}
	var current section
	inSection := false
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == '\n' || isGitSpace(c):
			p.next()
		case c == '#' || c == ';':
			p.skipLine()
		case c == '[':
			line := p.line
			var ok bool
			if current, ok = p.section(); !ok {
				g.Bad = append(g.Bad, line)
				p.skipLine()
			}
			inSection = ok
		default:
			line := p.line
			key, value, ok := p.variable()
			if !ok {
				g.Bad = append(g.Bad, line)
				p.skipLine()
				break
			}
			if inSection {
				g.set(current, key, value, opts.Path+":"+strconv.Itoa(line), opts)
			} else {
				g.Bad = append(g.Bad, line)
			}
		}
	}
	return g
}

func (g *GitConfig) set(s section, key, value, where string, opts GitOptions) {
	switch {
	case s.name == "url" && s.sub != "" && key == "insteadof":
		g.InsteadOf = append(g.InsteadOf, InsteadOf{Base: s.sub, Prefix: value, Where: where})
	case s.name == "credential" && s.sub != "" && key == "helper":
		g.Credentials = append(g.Credentials, GitHelper{URL: s.sub, Where: where})
	case s.name == "remote" && s.sub == "origin" && key == "url" && g.Origin == "":
		g.Origin = value
	case s.name == "include" && s.sub == "" && key == "path" && value != "":
		g.Includes = append(g.Includes, GitInclude{Path: opts.resolve(value)})
	case s.name == "includeif" && s.sub != "" && key == "path" && value != "":
		g.Includes = append(g.Includes, GitInclude{Path: opts.resolve(value), Condition: opts.condition(s.sub)})
	}
}

// resolve returns the path that an include names.
func (o GitOptions) resolve(value string) string {
	if rest, ok := strings.CutPrefix(value, "~/"); ok && o.Home != "" {
		return filepath.Join(o.Home, rest)
	}
	if !filepath.IsAbs(value) && o.Path != "" {
		return filepath.Join(filepath.Dir(o.Path), value)
	}
	return value
}

// condition makes ./ in a gitdir condition absolute, which means the directory of the file.
func (o GitOptions) condition(c string) string {
	kind, pattern, ok := strings.Cut(c, ":")
	if rest, dot := strings.CutPrefix(pattern, "./"); ok && dot && strings.HasPrefix(kind, "gitdir") && o.Path != "" {
		return kind + ":" + filepath.ToSlash(filepath.Dir(o.Path)) + "/" + rest
	}
	return c
}

type gitParser struct {
	text string
	at   int
	line int
}

// next takes one byte; 0 stands for the end.
func (p *gitParser) next() byte {
	if p.at >= len(p.text) {
		return 0
	}
	c := p.text[p.at]
	p.at++
	if c == '\n' {
		p.line++
	}
	return c
}

func (p *gitParser) peek() byte {
	if p.at >= len(p.text) {
		return 0
	}
	return p.text[p.at]
}

// skipLine goes to the end of the line, unless an error was found there already.
func (p *gitParser) skipLine() {
	for p.at < len(p.text) && p.text[p.at] != '\n' {
		p.at++
	}
}

// section reads [name], [name "sub"] or the old [name.sub]. After an error it stands somewhere on the same line.
func (p *gitParser) section() (section, bool) {
	p.next()
	start := p.at
	for isGitName(p.peek()) || p.peek() == '.' {
		p.next()
	}
	s := section{name: strings.ToLower(p.text[start:p.at])}
	if p.peek() == ']' {
		p.next()
		if name, sub, ok := strings.Cut(s.name, "."); ok {
			s = section{name, sub}
		}
		return s, s.name != ""
	}
	if !isGitSpace(p.peek()) {
		return section{}, false
	}
	for isGitSpace(p.peek()) {
		p.next()
	}
	if p.peek() != '"' {
		return section{}, false
	}
	p.next()
	var sub strings.Builder
	for {
		c := p.peek()
		if c == '\n' || c == 0 {
			return section{}, false
		}
		p.next()
		if c == '"' {
			break
		}
		if c == '\\' {
			if c = p.peek(); c == '\n' || c == 0 {
				return section{}, false
			}
			p.next()
		}
		sub.WriteByte(c)
	}
	if p.peek() != ']' {
		return section{}, false
	}
	p.next()
	s.sub = sub.String()
	return s, s.name != ""
}

// variable reads "key" or "key = value". After an error it stands on the line of the error.
func (p *gitParser) variable() (key, value string, ok bool) {
	if c := p.peek() | 0x20; c < 'a' || 'z' < c {
		return "", "", false
	}
	start := p.at
	for isGitName(p.peek()) {
		p.next()
	}
	key = strings.ToLower(p.text[start:p.at])
	for p.peek() == ' ' || p.peek() == '\t' {
		p.next()
	}
	switch p.peek() {
	case '\n', 0:
		return key, "", true
	case '=':
		p.next()
		value, ok = p.value()
		return key, value, ok
	}
	return "", "", false
}

func (p *gitParser) value() (string, bool) {
	var out strings.Builder
	kept := 0 // the length without the blanks at the end
	quoted := false
	for {
		switch c := p.peek(); {
		case c == '\n' || c == 0 && p.at >= len(p.text):
			return out.String()[:kept], !quoted
		case !quoted && isGitSpace(c):
			p.next()
			if out.Len() > 0 {
				out.WriteByte(c)
			}
		case !quoted && (c == '#' || c == ';'):
			p.skipLine()
		case c == '"':
			p.next()
			quoted = !quoted
			kept = out.Len()
		case c == '\\':
			p.next()
			kept = out.Len()
			switch c := p.peek(); c {
			case '\n':
				p.next()
				continue
			case 't':
				out.WriteByte('\t')
			case 'n':
				out.WriteByte('\n')
			case 'b':
				out.WriteByte('\b')
			case '"', '\\':
				out.WriteByte(c)
			default:
				return "", false
			}
			p.next()
			kept = out.Len()
		default:
			p.next()
			out.WriteByte(c)
			kept = out.Len()
		}
	}
}

func isGitSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' }

func isGitName(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-'
}

// OriginPath returns the path that a module at the root of the repository would have, by where the repository was cloned from:
// "example.com/owner/name", or "" if that is not known.
func (g *GitConfig) OriginPath() string {
	host, path, _ := repository(g.Origin)
	path = strings.TrimSuffix(path, ".git")
	if host == "" || path == "" {
		return ""
	}
	return host + "/" + path
}

// repository splits a URL, or the beginning of one, in any of the spellings that git knows into the host and the path of
// the repository. Login says that it is reached with credentials: through ssh, or as a user that the URL names.
func repository(s string) (host, repoPath string, login bool) {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		// user@host:path, or host:path
		before, after, colon := strings.Cut(s, ":")
		if !colon || strings.Contains(before, "/") {
			return "", "", false
		}
		if i := strings.LastIndexByte(before, '@'); i >= 0 {
			before = before[i+1:]
		}
		return before, strings.Trim(after, "/"), true
	}
	authority, repoPath, _ := strings.Cut(rest, "/")
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		authority, login = authority[i+1:], true
	}
	u := url.URL{Host: authority}
	return u.Hostname(), strings.Trim(repoPath, "/"), login || strings.Contains(scheme, "ssh")
}
