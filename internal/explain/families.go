package explain

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/text"
)

// A family is a kind of message. The first one whose pattern matches a record explains it, so what names a cause stands
// before what names a consequence.
type family struct {
	name    string
	code    string
	file    string // in which the remedy belongs
	pattern func() *regexp.Regexp
	explain func(f *Finding, m match)
}

// A match holds what the groups of a pattern matched, by name.
type match map[string]string

// Parts that messages share.
const (
	modPath = `[A-Za-z0-9][A-Za-z0-9._~/-]*`
	version = `v[0-9][A-Za-z0-9.+-]*`
	mod     = `(?P<path>` + modPath + `)@(?P<version>[^\s:;,()]+)`
)

var (
	moduleVersion = text.Pattern(`(` + modPath + `)@(` + version + `)`)
	requiredAs    = text.Pattern(`(` + modPath + `): version "([^"]+)" invalid`)
	position      = text.Pattern(`^(?:go: |vet: )?((?:[A-Za-z]:)?[^\s:]*(?:\.go|go\.mod|go\.sum|go\.work|go\.work\.sum|modules\.txt)):(\d+)(?::(\d+))?: `)
)

func (fam family) match(text string) (Finding, bool) {
	found := fam.pattern().FindStringSubmatch(text)
	if found == nil {
		return Finding{}, false
	}
	f := Finding{Family: fam.name, Code: fam.code, Said: text, file: fam.file, Modules: modulesIn(text)}
	m := make(match)
	for i, name := range fam.pattern().SubexpNames() {
		if name != "" && found[i] != "" {
			m[name] = found[i]
		}
	}
	if at := position().FindStringSubmatch(text); at != nil {
		f.At.File = at[1]
		f.At.Line, _ = strconv.Atoi(at[2])
		f.At.Column, _ = strconv.Atoi(at[3])
	}
	f.Package = m["package"]
	if path := m["path"]; path != "" {
		f.about(path, m["version"])
	}
	fam.explain(&f, m)
	return f, true
}

// about puts the module version that a message is about first.
func (f *Finding) about(path, version string) {
	version = strings.TrimSuffix(version, "/go.mod")
	first := module.Version{Path: path, Version: version}
	rest := f.Modules
	f.Modules = []module.Version{first}
	for _, m := range rest {
		if m != first {
			f.Modules = append(f.Modules, m)
		}
	}
}

func (f *Finding) say(cause, remedy string) { f.Cause, f.Remedy = cause, remedy }

func (f *Finding) offer(title, command string, arguments map[string]any) {
	f.Fixes = append(f.Fixes, fixes.Fix{
		Title: title, Kind: fixes.QuickFix, Preferred: len(f.Fixes) == 0,
		Command: &fixes.Command{Name: command, Arguments: arguments},
	})
}

func (f *Finding) offerGet(path, version string) {
	title := "Add the newest version of " + path
	if version != "" {
		title = "Run go get " + path + "@" + version
	}
	f.offer(title, "gomodls.get", map[string]any{"module": path, "version": version})
}

func (f *Finding) offerTidy() { f.offer("Run go mod tidy", "gomodls.tidy", nil) }

// offerPrivate offers to treat the owner of a path as private.
func (f *Finding) offerPrivate(path string) string {
	pattern := path
	if parts := strings.SplitN(path, "/", 3); len(parts) == 3 {
		pattern = parts[0] + "/" + parts[1]
	}
	f.offer("Treat "+pattern+" as private (go env -w GOPRIVATE)", "gomodls.addPrivate", map[string]any{"pattern": pattern})
	return pattern
}

func re(pattern string) func() *regexp.Regexp { return text.Pattern(`(?s)` + pattern) }

func name(f *Finding) string {
	m := f.Module()
	switch {
	case m.Path == "":
		return "a module"
	case m.Version == "":
		return m.Path
	}
	return m.Path + " " + m.Version
}

// databaseMismatch explains that the checksum database has recorded another content than the one that came.
func databaseMismatch(f *Finding, m match) {
	f.file = "go.mod"
	f.say(fmt.Sprintf("The checksum database %s knows another content of %s than the one that was downloaded: the tag was moved since it was first published, or somebody in between changes what you get.", m["who"], name(f)),
		"Require another version of it. If the module is private, it was never the database's business: add it to GOPRIVATE. Do not switch the database off to get on.")
}

var families = []family{
	{"goflags", "badenvironment", "", re(`parsing \$GOFLAGS: (?P<why>[^\n]+)|^(?:go: )?(?P<mod>-mod=\S+) not supported \(can be`), func(f *Finding, m match) {
		if m["mod"] != "" {
			f.say("There is no "+m["mod"]+".", "Use -mod=mod, -mod=readonly or -mod=vendor, or leave it out; if it is not on the command line, go env GOFLAGS has it.")
			return
		}
		f.say("GOFLAGS cannot be read, so no go command works: "+m["why"]+".",
			"go env GOFLAGS shows it, and go env -changed whether it comes from go env -w. Write each flag as one word, -name or -name=value, and only flags of go commands.")
	}},
	{"flagsinwork", "badenvironment", "", re(`(?P<flag>-modfile) cannot be used in workspace mode|(?P<mod>-mod) may only be set to readonly or vendor when in workspace mode`), func(f *Finding, m match) {
		f.say("A go.work is in force, and there go takes no "+m["flag"]+m["mod"]+" of that kind.",
			"Leave the flag out, on the command line and in go env GOFLAGS; or set GOWORK=off where the module is meant alone, as in CI.")
	}},
	{"goproxy", "badenvironment", "", re(`(?P<why>GOPROXY list is not the empty string, but contains no entries|invalid proxy URL[^\n]*|invalid file:// proxy URL[^\n]*)`), func(f *Finding, m match) {
		f.say("GOPROXY is not a list of proxies: "+m["why"]+".", "Write each entry as https://…, file:///…, direct or off; go env GOPROXY shows it, and go env -u GOPROXY goes back to go's own.")
	}},
	{"gotoolchain", "badenvironment", "", re(`invalid GOTOOLCHAIN (?P<name>"[^"\n]*")`), func(f *Finding, m match) {
		f.say("GOTOOLCHAIN is "+m["name"]+", which is no toolchain, so no go command works.", "Set it to auto, local, path, or a version such as go1.25.0, perhaps with +auto; go env -u GOTOOLCHAIN takes it back.")
	}},
	{"installreplace", "", "", re(`(?P<path>` + modPath + `)@(?P<version>` + version + `) \(in [^)\n]+\):\s+The go\.mod file for the module providing named packages contains one or\s+more (?P<what>replace|exclude) directives`), func(f *Finding, m match) {
		f.say("The go.mod of "+name(f)+" has "+m["what"]+" lines, which count only in its own checkout; so go install refuses to build it from anywhere else.",
			"Clone its repository and run go install there, or take a version without such lines.")
	}},
	{"checksummismatch", "summismatch", "go.sum", re(`verifying (?:module: )?` + mod + `(?:/go\.mod)?: checksum mismatch\s+downloaded: (?P<got>\S+)\s+(?P<who>\S+):\s+(?P<want>\S+)`), func(f *Finding, m match) {
		if !strings.HasSuffix(m["who"], "go.sum") && !strings.HasSuffix(m["who"], "go.work.sum") {
			databaseMismatch(f, m)
			return
		}
		f.say(fmt.Sprintf("%s records another content for %s than the one that was downloaded. Either the tag was moved after it was first used, or what was downloaded is not what its author published.", m["who"], name(f)),
			fmt.Sprintf("Do not take the new checksum before you know which is right: compare with the go.sum of a colleague or of an older commit, and ask the author. If the tag was moved, require a newer version, or delete the two lines of %s from %s and run go mod tidy. If the module cache is damaged, go clean -modcache helps.", name(f), m["who"]))
	}},
	{"checksummismatch", "summismatch", "go.mod", re(mod + `: verifying (?:module|go\.mod): checksum mismatch\s+downloaded: (?P<got>\S+)\s+(?P<who>\S+):\s+(?P<want>\S+)`), databaseMismatch},
	{"checksumabsent", "", "go.mod", re(mod + `: verifying (?:module|go\.mod): checksum missing from sumdb response`), func(f *Finding, m match) {
		f.say("The checksum database answered about "+name(f)+", and its answer has no checksum of it: the database, or the proxy that stands before it, is broken or dishonest.",
			"Try again with another proxy in GOPROXY, and tell who runs this one. Do not switch the database off to get on.")
	}},
	{"checksumforged", "", "", re(`go\.sum database server misbehavior detected!`), func(f *Finding, m match) {
		f.say("The checksum database shows two histories that contradict each other, which an honest one never does: it, or somebody between it and you, lies.",
			"Download nothing over this connection, keep what go has printed, and report it to who runs the database.")
	}},
	{"gosumdb", "badenvironment", "", re(`(?:` + mod + `: verifying (?:module|go\.mod): )?(?P<why>(?:invalid|missing) GOSUMDB[^\n]*|invalid sumdb name[^\n]*)`), func(f *Finding, m match) {
		f.say("GOSUMDB names no checksum database that go knows: "+m["why"]+".",
			"Write the name of the database, name+hash+key, or off, then perhaps a URL; go env GOSUMDB shows it, and go env -u GOSUMDB goes back to go's own.")
	}},
	{"overlaysum", "", "go.sum", re(`updates to go\.(?:sum|mod) needed, but (?P<file>go\.sum|go\.mod) is part of the overlay`), func(f *Finding, m match) {
		f.file = m["file"]
		f.say("go would have to change "+m["file"]+", which it was given by -overlay and so cannot write.", "Bring the file behind the overlay in order: run go mod tidy without -overlay on its text.")
	}},
	{"insecure", "badenvironment", "", re(`-insecure flag is no longer supported`), func(f *Finding, m match) {
		f.say("go get has no -insecure any more. It never kept a private module's path from proxies and from the checksum database.",
			"Leave it out, on the command line and in go env GOFLAGS. GOPRIVATE is for modules that are private, GOINSECURE for hosts without a valid certificate.")
	}},
	{"goauth", "badenvironment", "", re(`(?P<why>GOAUTH encountered an empty command[^\n]*|GOAUTH=off cannot be combined[^\n]*|GOAUTH=git (?:dir method|encountered)[^\n]*)`), func(f *Finding, m match) {
		f.say("GOAUTH cannot be used, so go fetches nothing over https: "+m["why"]+".", "Write off alone, or netrc, git DIR with a directory in full, and commands, separated by semicolons; go env -u GOAUTH goes back to netrc.")
	}},
	{"gomodcache", "badenvironment", "", re(`GOMODCACHE entry is relative; must be absolute path: (?P<dir>"[^"\n]*")`), func(f *Finding, m match) {
		f.say("GOMODCACHE is "+m["dir"]+", and go takes only a whole path.", "Write the directory in full; go env -u GOMODCACHE goes back to pkg/mod in GOPATH.")
	}},
	{"unknownvariable", "", "", re(`unknown go command variable (?P<name>\S+)`), func(f *Finding, m match) {
		f.say("go has no variable "+m["name"]+", so go env -w keeps none of that name.", "Look for a misspelling: go env lists all that there are.")
	}},
	{"proxyanswer", "", "", re(`(?:` + mod + `: )?invalid response from proxy "(?P<url>[^"\n]*)"[^\n]*`), func(f *Finding, m match) {
		f.say("What answers for "+host(m["url"])+" is no module proxy, or a broken one: go cannot read what it says. Often it is a login page.",
			"Look at its answer in a browser, and check GOPROXY with go env GOPROXY.")
	}},
	{"modified", "", "", re(`(?P<path>` + modPath + `) (?P<version>` + version + `): (?:dir|zip) has been modified \((?P<where>[^)]*)\)`), func(f *Finding, m match) {
		f.say(fmt.Sprintf("The copy of %s in the module cache is not what was downloaded: somebody has edited it in %s.", name(f), m["where"]),
			"Run go clean -modcache, which downloads all anew. To change a dependency, use a replace directive with a directory of your own.")
	}},
	{"missingsum", "missingsum", "go.mod", re(`missing go\.sum entry for module providing package (?P<package>[^\s;]+)`), func(f *Finding, m match) {
		f.say(fmt.Sprintf("go.sum has no checksum of the module that provides the package %s, so go does not use it.", f.Package),
			fmt.Sprintf("Run go mod tidy, or go get %s for this one, and commit go.sum.", f.Package))
		f.offer("Add the missing checksums to go.sum", "gomodls.download", nil)
	}},
	{"missingsum", "missingsum", "go.mod", re(mod + `: missing go\.sum entry(?: for go\.mod file)?`), sumMissing},
	{"missingsum", "missingsum", "go.mod", re(`missing go\.sum entry`), sumMissing},
	{"malformedsum", "malformedsum", "go.sum", re(`malformed go\.sum|(?:go\.sum|go\.work\.sum):\d+: wrong number of fields`), func(f *Finding, m match) {
		f.say("go.sum has a line that is not a module path, a version and a checksum. Most often it is what a merge has left behind.",
			"Delete the line, and run go mod tidy to add what is missing then.")
	}},
	{"wrongpath", "badmodule", "go.mod", re(mod + `[^\n]*parsing go\.mod:\s+module declares its path as: (?P<is>\S+)\s+but was required as: (?P<as>\S+)`), wrongPath},
	{"wrongpath", "badmodule", "go.mod", re(`module declares its path as: (?P<is>\S+)\s+but was required as: (?P<as>\S+)`), wrongPath},
	{"ambiguousimport", "", "go.mod", re(`ambiguous import: found package (?P<package>\S+) in multiple modules:(?P<modules>(?:\n\s+\S+[^\n]*)+)`), func(f *Finding, m match) {
		var listed, paths []string
		f.Modules = nil
		for line := range strings.Lines(m["modules"]) {
			w := strings.Fields(line)
			if len(w) == 0 {
				continue
			}
			v := module.Version{Path: w[0]}
			if len(w) > 1 && strings.HasPrefix(w[1], "v") {
				v.Version = w[1]
			}
			f.Modules = append(f.Modules, v)
			listed = append(listed, strings.TrimSpace(v.Path+" "+v.Version))
			paths = append(paths, v.Path)
		}
		f.say(fmt.Sprintf("Two modules in the build provide the package %s: %s. Most often the one with the longer path was split off, or merged back, and one of the versions is older than that.", f.Package, strings.Join(listed, " and ")),
			"Upgrade the one with the shorter path to a version that no longer has the package, or drop the other with @none.")
		if len(paths) > 0 {
			shortest := paths[0]
			for _, p := range paths {
				if len(p) < len(shortest) {
					shortest = p
				}
			}
			f.offerGet(shortest, "latest")
			for _, p := range paths {
				if p != shortest {
					f.offerGet(p, "none")
				}
			}
		}
	}},
	{"inconsistentvendor", "inconsistentvendor", "vendor/modules.txt", re(`inconsistent vendoring in (?P<dir>[^\n]+?):(?P<what>(?:\n\s+[^\n]*)*)`), func(f *Finding, m match) {
		f.say("vendor/modules.txt does not say the same as go.mod or go.work: one of them was changed, or merged, without the other.",
			"Run go mod vendor, in a workspace go work vendor, and commit the vendor directory with the file that was changed.")
		f.offer("Run go mod vendor", "gomodls.vendor", nil)
	}},
	{"vendoroff", "inconsistentvendor", "vendor/modules.txt", re(`cannot find (?:module providing )?package (?P<package>[^\s:]+)[^\n]*import lookup disabled by -mod=vendor`), func(f *Finding, m match) {
		f.say(fmt.Sprintf("The vendor directory has no package %s, and with one go looks nowhere else.", f.Package),
			fmt.Sprintf("Run go get %s if no requirement provides it yet, then go mod vendor.", f.Package))
		f.offer("Run go mod vendor", "gomodls.vendor", nil)
	}},
	{"updatesneeded", "inconsistentversion", "go.mod", re(`updates to (?P<file>go\.mod|go\.sum|go\.work) needed`), func(f *Finding, m match) {
		f.file = m["file"]
		f.say(m["file"]+" does not say what the modules in it require of one another, and go may not change it here. Most often a version was edited by hand, or by a tool that does not know the others.",
			"Run go mod tidy and commit what it changes.")
		f.offerTidy()
	}},

	{"gowork", "usepath", "go.work", re(`cannot load module (?P<dir>\S+) listed in go\.work file: `), func(f *Finding, m match) {
		f.file, f.Package = "go.work", m["dir"]
		f.say("go.work lists "+m["dir"]+", and there is no module that go could read.",
			"If the directory was moved or deleted, change or delete its use line: go work edit -dropuse="+m["dir"]+". If it is not checked out here, get it, or set GOWORK=off.")
	}},
	{"lowwork", "lowgoline", "go.work", re(`module (?P<dir>\S+) listed in go\.work file requires go >= (?P<needs>\S+), but go\.work (?:lists|implicitly requires) go (?P<has>\S+?);?(?:\s|$)`), func(f *Finding, m match) {
		f.Package = m["dir"]
		f.say(fmt.Sprintf("The module in %s needs Go %s, and go.work says %s: a workspace needs at least what its modules need.", m["dir"], m["needs"], m["has"]),
			"Run go work use, which raises the go line of go.work.")
		f.offer("Raise the go line of go.work", "gomodls.workUse", map[string]any{"dir": m["dir"]})
	}},
	{"notinwork", "notinwork", "go.work", re(`is contained in a module that is not one of the workspace modules listed in go\.work|directory prefix \S+ does not contain modules listed in go\.work|main module \(\S+\) does not contain package|current directory outside modules listed in go\.work|outside modules listed in go\.work or their selected dependencies`), func(f *Finding, m match) {
		f.say("A go.work is in force here, and it does not list this module, so go does not look into it.",
			"Add it with go work use, or leave the workspace out of it with GOWORK=off.")
	}},
	{"twiceinwork", "duplicatemodule", "go.work", re(`module (?P<path>\S+) appears multiple times in workspace`), func(f *Finding, m match) {
		f.say("Two directories that go.work lists declare the same module path, "+m["path"]+".", "Drop one of the use lines.")
	}},
	{"conflictingreplace", "conflictingreplace", "go.work", re(`conflicting replacements(?: found)? for (?P<path>[^\s:@]+)(?:@(?P<version>[^\s:]+))?`), func(f *Finding, m match) {
		f.say("Two modules of the workspace replace "+name(f)+" by different things, and go cannot follow both.",
			"Say in go.work which one counts: go work edit -replace="+m["path"]+"=….")
	}},
	{"replacedmodule", "conflictingreplace", "go.work", re(`workspace module (?P<path>[^\s@]+)\S* is replaced at all versions in the go\.work file`), func(f *Finding, m match) {
		f.say("go.work both lists "+m["path"]+" and replaces it, so neither can be meant.", "Delete the replacement from go.work, or the use line.")
	}},

	{"replacedirectory", "replacepath", "go.mod", re(`(?:` + mod + ` )?\(replaced by (?P<dir>[^)\s]+)\):[^\n]*(?:no such file or directory|cannot find the (?:file|path)|is not a directory|does not exist)`), replaceMissing},
	{"replacedirectory", "replacepath", "go.mod", re(`replacement directory (?P<dir>\S+) does not exist`), replaceMissing},

	{"toolchain", "toonew", "go.mod", re(`(?:(?P<file>go\.mod|go\.work)|(?:module )?(?P<path>` + modPath + `)(?:@(?P<version>[^\s:;]+))?) requires go >= (?P<needs>[0-9][\w.]*) \(running go (?P<has>[\w.-]+)(?:; (?P<setting>GOTOOLCHAIN=\S+?))?\)`), func(f *Finding, m match) {
		who := m["file"]
		if who == "" {
			who = name(f)
		} else {
			f.file = who
		}
		why := ""
		if m["setting"] != "" {
			why = ", and " + m["setting"] + " keeps go from getting a newer one"
		}
		f.say(fmt.Sprintf("%s needs Go %s; this is Go %s%s.", who, m["needs"], m["has"], why),
			fmt.Sprintf("Install Go %s or newer, in CI where Go is set up, or let go fetch it with GOTOOLCHAIN=auto. If you do not need what is new in it, lower the go line or require an older version.", m["needs"]))
	}},
	{"toolchain", "toonew", "go.mod", re(`(?:note: module requires Go (?P<needs>[0-9][\w.]*)|go\.mod file indicates go (?P<indicates>[0-9][\w.]*), but maximum (?:supported version|version supported by tidy) is (?P<has>[\w.]+))`), func(f *Finding, m match) {
		needs := m["needs"] + m["indicates"]
		f.say("go.mod says go "+needs+", and this go is older; what it cannot compile may come of that.",
			"Use Go "+needs+" or newer, in CI where Go is set up, or lower the go line.")
	}},
	{"modulesoff", "", "", re(`modules disabled by GO111MODULE=off`), func(f *Finding, m match) {
		f.say("GO111MODULE=off switches modules off.", "Unset it: go env -u GO111MODULE, and look at the environment of the build.")
	}},
	{"toolchain", "toonew", "go.mod", re(`download (?P<tool>go[0-9][\w.-]*) for \S+: toolchain not available`), func(f *Finding, m match) {
		f.say("There is no toolchain "+m["tool"]+" to download for this system. Most often the go or toolchain line names a version that was never released, or leaves out the last number.",
			"Correct the line to a released version, such as 1.23.0, or install that toolchain by hand.")
	}},
	{"toolchain", "badtoolchain", "go.mod", re(`cannot find "(?P<tool>go[0-9][\w.-]*)" in PATH|invalid toolchain(?: version)?:? ?["']?(?P<bad>[\w.-]*)|invalid GOTOOLCHAIN`), func(f *Finding, m match) {
		what := m["tool"] + m["bad"]
		f.say("go was told to run the toolchain "+what+", which is not a version or is not there.",
			"Look at the toolchain line of go.mod and go.work, and at go env GOTOOLCHAIN.")
	}},
	{"goversion", "badversion", "go.mod", re(`invalid go version ['"](?P<bad>[^'"]*)['"]: must match format`), func(f *Finding, m match) {
		f.say("The go line says "+m["bad"]+", which this go cannot read. Before Go 1.21 it took two numbers only, so an old go fails at 1.23.0.",
			"Write a version like 1.23 or 1.23.0, or use a newer go: the version that CI sets up is often the older one.")
	}},

	{"pathmismatch", "badversion", "go.mod", re(`module contains a go\.mod file, so module path must match major version \("(?P<want>[^"]+)"\)|should be (?:~?v[\w./, ]+), not (?P<major>v\d+)`), func(f *Finding, m match) {
		if named := requiredAs().FindStringSubmatch(f.Said); named != nil && f.Module().Path == "" {
			f.about(named[1], named[2])
		}
		f.say(fmt.Sprintf("The version of %s has another major version than its path says: from v2 on, the path of a module ends in /v2, /v3 and so on.", name(f)),
			"Require the path with that ending, and import it so, or use a version v0 or v1.")
	}},
	{"pseudoversion", "badversion", "go.mod", re(mod + `: invalid pseudo-version: (?P<why>[^\n]+)`), func(f *Finding, m match) {
		f.say(fmt.Sprintf("The version %s was made up or edited by hand: %s.", m["version"], m["why"]),
			"Let go work the version out: go get "+m["path"]+"@ with the commit's hash or the branch.")
		f.offerGet(m["path"], "latest")
	}},
	{"versionform", "badversion", "go.mod", re(`(?:(?P<path>` + modPath + `): )?version "(?P<bad>[^"]*)" invalid: (?P<why>[^\n]+)`), func(f *Finding, m match) {
		if m["path"] != "" {
			f.about(m["path"], m["bad"])
		}
		f.say(fmt.Sprintf("go.mod asks for the version %s, and go takes there only complete versions: %s.", m["bad"], m["why"]),
			"Write a version such as v1.2.3, or let go find it with go get and the tag, branch or commit.")
	}},
	{"govcs", "", "", re(`GOVCS disallows using (?P<vcs>\S+) for (?P<kind>public|private) (?P<path>[^\s;]+)`), func(f *Finding, m match) {
		f.say("go may not run "+m["vcs"]+" for "+m["kind"]+" modules, which GOVCS decides, and "+m["path"]+" needs it.",
			"Get it through a proxy, or allow it with GOVCS="+m["path"]+":"+m["vcs"]+".")
	}},

	{"credentials", "", "go.mod", re(`could not read (?:Username|Password) for '(?P<url>[^']+)'|terminal prompts disabled`), func(f *Finding, m match) {
		repository(f)
		f.say("The server of "+subject(f, m["url"])+" wants to know who asks, and there are no credentials that git could give.",
			"Put them into the netrc file or git's credential helper, in CI a token; or let git use ssh with git config --global url.\"ssh://git@HOST/\".insteadOf https://HOST/. If the module is public, its path is misspelt or it is gone: such servers ask for a password for what they do not have.")
		private(f)
	}},
	{"credentials", "", "go.mod", re(`Permission denied \(publickey|Could not read from remote repository|Host key verification failed|Authentication failed for '(?P<url>[^']+)'|Invalid username or (?:password|token)|The requested URL returned error: 40[13]`), func(f *Finding, m match) {
		repository(f)
		f.say("The server of "+subject(f, m["url"])+" did not accept the key or the token that git showed it.",
			"Try git ls-remote with the same address by hand. In CI, add a deploy key or a token that may read that repository, and the server's host key.")
		private(f)
	}},
	{"credentials", "", "go.mod", re(`(?:reading|unrecognized import path)[^\n]*: (?P<status>401|403|407)\b`), func(f *Finding, m match) {
		repository(f)
		f.say("The server answered "+m["status"]+" for "+name(f)+": it does not know who asks, or that user may not read it.",
			"Put the user and the token for its host into the netrc file (go env NETRC), or see GOAUTH; in CI, from a secret. With a proxy of a company it is the proxy's host that counts.")
		private(f)
	}},
	{"norepository", "", "go.mod", re(`[Rr]epository (?:'[^']*' )?not found|does not appear to be a git repository|remote: Not Found`), func(f *Finding, m match) {
		repository(f)
		f.say("There is no repository where "+name(f)+" should be, or none that git may see: servers answer the same for a private one.",
			"Check the path for a misspelling, and whether the repository was moved. If it is private, give git credentials that may read it.")
		private(f)
	}},

	{"unknownrevision", "missingmodule", "go.mod", re(`(?:` + mod + `: )?(?:[^\n]*\n\s+)*?[^\n]*(?:invalid version: )?unknown revision (?P<revision>\S+)`), unknownRevision},
	{"unknownrevision", "missingmodule", "go.mod", re(`(?:` + mod + `: )?no matching versions for query "(?P<revision>[^"]+)"`), func(f *Finding, m match) {
		f.say(fmt.Sprintf("No version of %s answers to %q.", m["path"], m["revision"]),
			"Ask for one that is there: go list -m -versions "+m["path"]+" lists them.")
		if m["path"] != "" {
			f.offerGet(m["path"], "latest")
		}
	}},
	{"nopackage", "", "go.mod", re(`module (?P<path>[^\s@]+)(?:@(?P<asked>\S+))? found(?: \((?P<version>[^\s),]+)[^)]*\))?, but does not contain package (?P<package>[^\s:;]+)`), func(f *Finding, m match) {
		if m["version"] == "" {
			f.about(m["path"], m["asked"])
		}
		f.say(fmt.Sprintf("%s has no package %s: it was moved or deleted there, or is new in a later version, or the import path is misspelt.", name(f), f.Package),
			"Look at the module's page for where the package is now, and change the import or the version.")
	}},
	{"offline", "notdownloaded", "go.mod", re(`(?:(?P<path>` + modPath + `)(?:@(?P<version>[^\s:]+))?: )?module lookup disabled by GOPROXY=off`), func(f *Finding, m match) {
		f.Package = m["path"] // go names the package where it knows no more
		f.say(name(f)+" is not in the module cache, and GOPROXY=off forbids to fetch it.",
			"Download it where that is allowed, with go mod download, or set GOPROXY; in a build without a network, vendor, or bring a module cache along.")
		f.offer("Download what is missing", "gomodls.download", nil)
	}},
	{"nomodule", "", "go.mod", re(`(?:cannot find module providing package|cannot find package) "?(?P<package>[^\s:;"]+)`), func(f *Finding, m match) {
		f.say("No module that go can find provides the package "+f.Package+": the path is misspelt, the package was moved or deleted, or the module is private.",
			"Check the import path. If its module is private, add it to GOPRIVATE and give git credentials.")
	}},

	{"unrecognized", "badmodule", "go.mod", re(`unrecognized import path "(?P<path>[^"]+)":?(?P<why>[^\n]*)`), func(f *Finding, m match) {
		f.say("The server of "+m["path"]+" does not say where the module's repository is"+parenthesis(m["why"])+".",
			"Check the path for a misspelling. If the module is private, see that its server answers "+m["path"]+"?go-get=1 with a go-import meta tag also without a login, or have the path end in .git.")
		private(f)
	}},
	{"checksumdatabase", "", "go.mod", re(mod + `: verifying (?:module|go\.mod): [^\n]*(?P<why>reading [^\n]+|Get "[^\n]+|initializing sumdb[^\n]*)`), func(f *Finding, m match) {
		f.say("The checksum database could not be asked about "+name(f)+", and go.sum has no checksum of it yet"+parenthesis(m["why"])+".",
			"If the module is private, the database cannot know it, and was told its path: add it to GOPRIVATE. If it is public, check the network, and GOSUMDB and GOPROXY in go env.")
		f.offerPrivate(f.Module().Path)
	}},
	{"gone", "", "go.mod", re(`(?:` + mod + `: )?reading (?P<url>\S+): (?P<status>404 Not Found|410 Gone|no such file or directory)`), func(f *Finding, m match) {
		if f.Module().Path == "" {
			f.fromURL(m["url"])
		}
		said := "the proxy has not got"
		if strings.HasPrefix(m["status"], "410") {
			said = "the proxy will not serve, or has deleted,"
		}
		f.say(fmt.Sprintf("%s says %s: %s %s.", host(m["url"]), m["status"], said, name(f)),
			"Check path and version for a misspelling: go list -m -versions "+f.Module().Path+" lists what there is. If the module is private, a public proxy cannot see it, and was told its path: add it to GOPRIVATE, so that go asks its own server.")
		if f.Module().Path != "" {
			if f.Module().Version != "" {
				f.offerGet(f.Module().Path, "latest")
			}
			f.offerPrivate(f.Module().Path)
		}
	}},
	{"server", "", "", re(`(?:` + mod + `: )?(?:reading|verifying)[^\n]*(?P<status>5\d\d [A-Z][A-Za-z ]+|429 [A-Z][A-Za-z ]+)`), func(f *Finding, m match) {
		f.say("A server did not do its part: "+m["status"]+".", "Try again; if it stays so, name another proxy in GOPROXY, or tell who runs this one. The module files are not at fault.")
	}},
	{"network", "", "", re(`(?:dial tcp[^\n]*|lookup \S+[^\n]*): (?P<why>no such host|i/o timeout|connection refused|connection reset by peer|network is unreachable|server misbehaving)|(?P<tls>x509: [^\n]+|tls: [^\n]+|proxyconnect tcp[^\n]*)|(?P<late>context deadline exceeded|TLS handshake timeout|unexpected EOF)`), func(f *Finding, m match) {
		why := m["why"] + m["tls"] + m["late"]
		remedy := "Check the network, HTTP_PROXY and HTTPS_PROXY, and the host in GOPROXY. In a build without a network, fill the module cache or vendor before."
		if m["tls"] != "" {
			remedy = "Add the certificate of the company's authority to those that this system trusts; SSL_CERT_FILE names them for go. Do not make the connection insecure to get on."
		}
		f.say("A server could not be reached: "+why+".", remedy)
	}},
	{"gitmissing", "", "", re(`exec: "(?P<tool>git|hg|svn|bzr|fossil)": executable file not found`), func(f *Finding, m match) {
		repository(f)
		f.say("go wants to run "+m["tool"]+", to fetch "+name(f)+" from its repository, and there is none in PATH.",
			"Install it; small container images have none. Or get the module through a proxy.")
	}},
	{"malformedpath", "badpath", "go.mod", re(`malformed (?:module|import) path "(?P<path>[^"]*)": (?P<why>[^\n]+)`), func(f *Finding, m match) {
		f.say(fmt.Sprintf("%q cannot be a path: %s.", m["path"], m["why"]), "Correct it. The first element of a path that is to be downloaded is a host, with a dot in it.")
	}},
	{"notstandard", "", "", re(`package (?P<package>\S+) is not in std(?: \([^)]*\))?`), func(f *Finding, m match) {
		f.say("The path "+f.Package+" has no dot in its first element, so go looks for it in the standard library, where it is not. It is misspelt, from a newer Go, or a package of this module without the module's path before it.",
			"Write the whole import path, which begins with the module path in go.mod; or use the Go that has it.")
	}},
	{"nomodule", "", "go.mod", re(`no required module provides package (?P<package>[^\s;:]+)`), func(f *Finding, m match) {
		f.say("No requirement in go.mod provides the package "+f.Package+", and building does not add any.",
			"Run go get "+f.Package+", or go mod tidy for all that the code imports. If the path begins with that of your own module, the package is not committed, not generated, or misspelt, and nobody else has it.")
		f.offerGet(f.Package, "")
		f.offerTidy()
	}},
	{"mergeconflict", "mergeconflict", "go.mod", re(`(?:go\.mod|go\.work|go\.sum):\d+(?::\d+)?: [^\n]*(?:<<<<<<<|=======|>>>>>>>|\|\|\|\|\|\|\|)`), func(f *Finding, m match) {
		f.say("A merge was not finished: its marks are still in the file.", "Keep one side of each, or both, and run go mod tidy.")
	}},
	{"unknowndirective", "unknowndirective", "go.mod", re(`unknown (?:directive|block type): (?P<word>\S+)`), func(f *Finding, m match) {
		f.say("This go does not know the directive "+m["word"]+": it is misspelt, or newer than this go.", "Correct or delete the line, or use a newer go.")
	}},
	{"repeateddirective", "repeateddirective", "go.mod", re(`repeated (?P<word>module|go|toolchain) (?:statement|directive)`), func(f *Finding, m match) {
		f.say("The file has two "+m["word"]+" lines, and only one can count.", "Delete one.")
	}},
	{"nomoduleline", "syntaxerror", "go.mod", re(`(?:no module declaration in go\.mod|missing module declaration)`), func(f *Finding, m match) {
		f.say("go.mod has no module line, so the module has no path.", "Add it as the first line, or run go mod edit -module=PATH.")
	}},
	{"syntaxerror", "syntaxerror", "go.mod", re(`(?:^|\n|: )(?:[^\s:]*/)?(?P<file>go\.mod|go\.work):(?P<line>\d+)(?::\d+)?: (?P<why>[^\n]+)`), func(f *Finding, m match) {
		f.file = m["file"]
		f.say(m["file"]+" cannot be read at line "+m["line"]+": "+m["why"]+".", "Correct the line; go help "+map[string]string{"go.mod": "go.mod", "go.work": "work"}[m["file"]]+" has the form.")
	}},
	{"noworkspace", "", "", re(`go: no go\.work file found`), func(f *Finding, m match) {
		f.say("The command is about a workspace, and there is no go.work here or above.", "Run it where the go.work is, or make one with go work init.")
	}},
	{"nomainmodule", "", "", re(`go\.mod file not found in current directory or any parent directory|cannot find main module|does not contain main module or its selected dependencies`), func(f *Finding, m match) {
		f.say("go was started outside of any module: there is no go.mod in that directory or above it.",
			"Run it where the go.mod is; in CI, see the working directory of the step, and that the checkout came first. Or start a module with go mod init.")
	}},
	{"requirementconflict", "", "go.mod", re(mod + `(?P<chain>(?: \([^)]*\))? (?:indirectly )?requires(?:\s+\S+ requires)*\s+` + modPath + `@\S+,? not [^\n]+)`), func(f *Finding, m match) {
		f.say("Two of the versions that were asked for contradict each other: "+strings.Join(strings.Fields(m["path"]+"@"+m["version"]+m["chain"]), " ")+".",
			"Ask for versions that go together: leave out the lower one, or downgrade the module that requires the higher one, too.")
	}},
	{"excluded", "excludedrequire", "go.mod", re(`(?:` + mod + `: )?[^\n]*excluded by go\.mod`), func(f *Finding, m match) {
		f.say("An exclude directive in go.mod forbids "+name(f)+".", "Require another version, or delete the exclude line.")
	}},
	{"internal", "", "", re(`use of internal package (?P<package>\S+) not allowed`), func(f *Finding, m match) {
		f.say(f.Package+" is internal to another module or directory: only what stands beside its internal directory may import it.",
			"Use what the module offers outside of internal. If the code was moved, the import path was not.")
	}},
	{"program", "", "", re(`import "(?P<package>[^"]+)" is a program, not an importable package`), func(f *Finding, m match) {
		f.say(f.Package+" is a program, and programs cannot be imported.", "If it is there to fix the version of a tool, use a tool directive: go get -tool "+f.Package+".")
	}},
	{"cycle", "", "", re(`import cycle not allowed`), func(f *Finding, m match) {
		f.say("Packages import each other in a circle.", "Move what both need into a package of its own.")
	}},
	{"retracted", "", "go.mod", re(`warning: ` + mod + `: retracted by module author(?:: (?P<why>[^\n]+))?`), func(f *Finding, m match) {
		f.say("The author of "+m["path"]+" has taken back "+m["version"]+parenthesis(m["why"])+".", "Use a newer version: go get "+m["path"]+"@latest.")
		f.offerGet(m["path"], "latest")
	}},
	{"deprecated", "", "go.mod", re(`module (?P<path>` + modPath + `) is deprecated(?:: (?P<why>[^\n]+))?`), func(f *Finding, m match) {
		f.say(m["path"]+" is deprecated"+parenthesis(m["why"])+".", "Change to what its author names, when it suits.")
	}},
	{"cachewrite", "", "", re(`(?:could not create module cache|failed to initialize build cache|module cache not found)[^\n]*`), func(f *Finding, m match) {
		f.say("go has no place for what it downloads or builds.", "Set HOME, or GOMODCACHE and GOCACHE, to a directory that may be written. In containers, often HOME is not set.")
	}},
	{"disk", "", "", re(`no space left on device|disk quota exceeded`), func(f *Finding, m match) {
		f.say("The disk is full.", "Make room; go clean -cache and go clean -modcache free what go can get again.")
	}},
	{"readonly", "", "", re(`(?:open|updating|rename) \S*(?P<file>go\.(?:mod|sum|work|work\.sum))[^\n]*(?:permission denied|read-only file system)`), func(f *Finding, m match) {
		f.say("go may not write "+m["file"]+".", "Commit what go wants to write there, or let it: see the file's mode and owner, and whether the build mounts the sources read-only.")
	}},
	{"modvendorwork", "", "go.work", re(`'go mod vendor' cannot be run in workspace mode`), func(f *Finding, m match) {
		f.say("A go.work is in force, and a workspace is vendored as a whole.", "Run go work vendor, or go mod vendor with GOWORK=off.")
		f.offer("Run go work vendor", "gomodls.vendor", nil)
	}},
	{"installversion", "", "", re(`'go install' requires a version when current directory is not in a module`), func(f *Finding, m match) {
		f.say("Outside of a module nothing says which version is meant.", "Write it behind the path: go install PATH@latest, or a version.")
	}},
	{"constraints", "", "", re(`build constraints exclude all Go files in (?P<dir>[^\n]+)`), func(f *Finding, m match) {
		f.say("The package in "+m["dir"]+" has Go files, but none for this system: their names or //go:build lines ask for another GOOS, GOARCH, tag, or for cgo.",
			"Build with what they ask for (GOOS, GOARCH, -tags, CGO_ENABLED=1 with a C compiler), or import the package only from files with the same constraint.")
	}},
	{"embed", "", "", re(`\.go:\d+:\d+: pattern (?P<what>[^\n:]+): (?P<why>no matching files found|cannot embed [^\n]+)`), func(f *Finding, m match) {
		f.say("A //go:embed line names "+m["what"]+", and go finds nothing there that it may embed ("+m["why"]+").",
			"Make the files before building, if they are built themselves, and commit what is not. Files in other modules, behind links, or ignored by a module's zip cannot be embedded.")
	}},
	{"twopackages", "", "", re(`(?:^|: )found packages (?P<one>\S+) \((?P<first>[^)\n]+)\) and (?P<two>\S+) \((?P<second>[^)\n]+)\) in (?P<dir>[^\n]+)`), func(f *Finding, m match) {
		f.say(fmt.Sprintf("%s says package %s and %s says package %s, in one directory: %s.", m["first"], m["one"], m["second"], m["two"], m["dir"]), "Give both the same package line, or move one of the files.")
	}},
	{"notmain", "", "", re(`^(?:go: )?package (?P<package>\S+) is not a main package`), func(f *Finding, m match) {
		f.say(f.Package+" is no program: its files do not say package main.", "Name the directory of the program, often one below cmd.")
	}},
	{"nodirectory", "", "", re(`(?:^|: )stat (?P<dir>[^\n]+): directory not found`), func(f *Finding, m match) {
		f.say("There is no directory "+m["dir"]+", which the command names.", "Correct the path; in CI, see the working directory of the step. If a package of another module is meant, leave out the ./ before it.")
	}},
	{"nogofiles", "", "", re(`(?:^|: )no Go files in (?P<dir>[^\n]+)`), func(f *Finding, m match) {
		f.say("The directory "+m["dir"]+" has no Go files that could be built.", "Name the directory of a package, or ./... for all below.")
	}},
	{"notool", "", "go.mod", re(`^go: no such tool (?P<tool>"[^"\n]+")`), func(f *Finding, m match) {
		f.say("Neither go itself nor a tool line in go.mod has the tool "+m["tool"]+".", "Add it with go get -tool and the import path of the program; in a workspace, that to go.mod of one of its modules.")
	}},
	{"vcsstatus", "", "", re(`error obtaining VCS status: (?P<why>[^\n]+)`), func(f *Finding, m match) {
		f.say("go wants to note the commit in the program, and git cannot tell it ("+m["why"]+"): most often the checkout belongs to another user than the one who builds, as in containers.",
			"Run git status to see why; git config --global --add safe.directory DIR trusts the checkout, and -buildvcs=false leaves the commit out.")
	}},
}

func sumMissing(f *Finding, m match) {
	what := name(f)
	f.say("go.sum has no checksum of "+what+", so go does not use it: go.mod was changed, or merged, and go.sum was not.",
		"Run go mod tidy and commit go.sum, too; go mod download "+f.Module().Path+" adds no more than what is missing.")
	var arguments map[string]any
	if v := f.Module(); v.Path != "" && strings.HasPrefix(v.Version, "v") {
		arguments = map[string]any{"modules": []string{v.Path + "@" + v.Version}}
	}
	f.offer("Add the missing checksum of "+what+" to go.sum", "gomodls.download", arguments)
	if v := f.Module(); v.Path == "" {
		f.Fixes[0].Title = "Add the missing checksums to go.sum"
	}
}

func wrongPath(f *Finding, m match) {
	if m["path"] == "" {
		f.about(m["as"], "")
	}
	f.say(fmt.Sprintf("%s calls itself %s in its own go.mod: it was renamed, or it is a fork.", name(f), m["is"]),
		fmt.Sprintf("If it was renamed, require and import %s. If you want the fork in place of the original, require %s and add the line replace %s => %s.", m["is"], m["is"], m["is"], strings.TrimSpace(name(f))))
	f.offerGet(m["is"], "latest")
}

func replaceMissing(f *Finding, m match) {
	f.Package = m["dir"]
	f.say("go.mod replaces "+name(f)+" by the directory "+m["dir"]+", in which there is no module. It was there on the machine of whoever committed the line.",
		"Delete the replace line, or put the directory where it says. For work on several modules at once use a go.work, which is not committed.")
}

func unknownRevision(f *Finding, m match) {
	if m["path"] == "" {
		asked := regexp.MustCompile(`(` + modPath + `)@` + regexp.QuoteMeta(m["revision"]))
		if found := asked.FindStringSubmatch(f.Said); found != nil {
			f.about(found[1], m["revision"])
		}
	}
	path := f.Module().Path
	f.say(fmt.Sprintf("%s has no tag, branch or commit %s, or whoever was asked cannot see it.", orElse(path, "The repository"), m["revision"]),
		fmt.Sprintf("Check the version; go list -m -versions %s lists those that there are. A commit that was never pushed, or was pushed over, is not there for others. If the module is private, add it to GOPRIVATE.", orElse(path, "PATH")))
	if path != "" {
		f.offerGet(path, "latest")
	}
}

// repository finds out which module a message of git is about.
func repository(f *Finding) {
	if f.Module().Path != "" {
		return
	}
	if m := regexp.MustCompile(`(?:^|\n)(?:go: )?(?:module |[^\n]*: )?(` + modPath + `\.[a-z]+/` + modPath + `)(?:@([^\s:]+))?:`).FindStringSubmatch(f.Said); m != nil {
		f.about(m[1], m[2])
	}
}

// private offers to treat a module as private.
func private(f *Finding) {
	if path := f.Module().Path; path != "" && strings.Contains(path, "/") {
		f.offerPrivate(path)
	}
}

// fromURL takes the module version from what was asked of a proxy.
func (f *Finding) fromURL(url string) {
	rest, file, ok := strings.Cut(url, "/@v/")
	if !ok {
		return
	}
	if _, after, ok := strings.Cut(rest, "://"); ok {
		rest = after
	}
	_, escaped, _ := strings.Cut(rest, "/")
	path, err := module.UnescapePath(escaped)
	if err != nil {
		return
	}
	for _, ext := range []string{".info", ".mod", ".zip"} {
		if v, ok := strings.CutSuffix(file, ext); ok {
			f.about(path, v)
			return
		}
	}
	f.about(path, "")
}

func host(url string) string {
	_, rest, ok := strings.Cut(url, "://")
	if !ok {
		return "The proxy"
	}
	if h, _, _ := strings.Cut(rest, "/"); h != "" {
		return h
	}
	return "The proxy"
}

func subject(f *Finding, url string) string {
	if m := f.Module(); m.Path != "" {
		return m.Path
	}
	return orElse(url, "the module")
}

func parenthesis(why string) string {
	if why = strings.Trim(why, " :().\t"); why == "" {
		return ""
	}
	return " (" + why + ")"
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
