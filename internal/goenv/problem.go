package goenv

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// An Effect is what a problem of the environment does.
type Effect int

// The effects, the worst first.
const (
	RefusesAll   Effect = iota + 1 // go refuses every command that loads the module
	RefusesFetch                   // go refuses as soon as something has to be fetched
	Unprotected                    // go says nothing, and makes no check on public modules that it would make without it
	Accepted                       // go says nothing, but it is hardly what was meant
)

// A Problem is something about one variable. Its text never holds a password.
type Problem struct {
	Key     string
	Value   Value
	Effect  Effect
	Message string // a clause that says what is true
	Remedy  string // an imperative phrase that says what to do
}

// problems lists what is wrong with the environment as a whole. What concerns single modules is FindGap's.
func (e *Env) problems() []Problem {
	var list []Problem
	report := func(key string, effect Effect, remedy, format string, args ...any) {
		list = append(list, Problem{Key: key, Value: e.Get(key), Effect: effect, Message: fmt.Sprintf(format, args...), Remedy: remedy})
	}
	e.checkProxies(report)
	e.checkSumDB(report)
	e.checkFlags(report)
	e.checkBuild(report)
	e.checkDirectories(report)
	e.checkModes(report)
	for _, key := range []string{"GOPRIVATE", "GONOPROXY", "GONOSUMDB", "GOINSECURE"} {
		if v := e.Get(key); v.From == "" {
			e.checkPatterns(key, Patterns(v.Value), report)
		}
	}
	if v := e.Get(noSumCheck); v.Value != "" {
		report(noSumCheck, Accepted, "name the private modules in GOPRIVATE, or in GONOSUMDB alone", "go has no variable of that name: no checksum goes unchecked because of it")
	}
	list = append(list, e.checkFile()...)
	slices.SortStableFunc(list, func(a, b Problem) int { return cmp.Compare(a.Key, b.Key) })
	return list
}

// noSumCheck is a name that people believe in, and that no go command has ever looked at.
const noSumCheck = "GONOSUMCHECK"

type reportFunc func(key string, effect Effect, remedy, format string, args ...any)

func (e *Env) checkProxies(report reportFunc) {
	switch {
	case e.ProxyErr == errNoProxies:
		report("GOPROXY", RefusesFetch, `name a proxy, or "direct" or "off"`, "GOPROXY has no entries")
	case e.ProxyErr != nil:
		report("GOPROXY", RefusesFetch, "write each entry as https://…, http://…, file:///…, direct or off", "%v", e.ProxyErr)
	case len(e.UnusedProxies) > 0:
		last := e.Proxies[len(e.Proxies)-1]
		report("GOPROXY", Accepted, fmt.Sprintf("move %q to the end", last), "nothing behind %q is ever used", last)
	}
}

func (e *Env) checkSumDB(report reportFunc) {
	switch {
	case e.SumDB.Err != nil:
		report("GOSUMDB", RefusesFetch, "write the name of the database, name+hash+key, or off, then perhaps a URL", "%v", e.SumDB.Err)
	case e.SumDB.Off:
		report("GOSUMDB", Accepted, "put the private modules into GOPRIVATE and leave the database on for all others",
			"with GOSUMDB=off nobody vouches for a version that is new to go.sum, public ones included")
	}
}

func (e *Env) checkFlags(report reportFunc) {
	const key = "GOFLAGS"
	if e.FlagsErr != nil {
		remedy := "give the flag a value that it takes, or leave it out"
		if text := e.FlagsErr.Error(); strings.Contains(text, "unknown flag") {
			remedy = "leave it out"
		} else if strings.HasPrefix(text, "parsing ") {
			remedy = "write each flag as one word: -name or -name=value"
		}
		report(key, RefusesAll, remedy, "%v", e.FlagsErr)
		return // go stops there
	}
	if err := e.checkFlagUse(); err != nil {
		report(key, RefusesAll, "give the flag to the commands that need it", "%v", err)
	}
	if checkMod(e.Mod) != nil {
		report(key, RefusesAll, "use -mod=mod, -mod=readonly or -mod=vendor, or leave it out",
			"-mod=%s not supported (can be '', 'mod', 'readonly', or 'vendor')", e.Mod)
	}
	if e.ModFile != "" && !strings.HasSuffix(e.ModFile, ".mod") {
		report(key, RefusesAll, "name a file that ends in .mod", "-modfile=%s: file does not have .mod extension", e.ModFile)
	}
	if e.Mod == "mod" {
		report(key, Accepted, "leave -mod=mod out, and run go mod tidy when go.mod should change",
			"with -mod=mod every go command may rewrite go.mod and go.sum")
	}
	if _, ok := e.Flag("insecure"); ok {
		report(key, Accepted, "leave -insecure out; GOPRIVATE is for modules that are private, GOINSECURE for hosts without a valid certificate",
			"go get refuses -insecure, and to all other commands it means nothing: it keeps no proxy and no checksum database from being asked")
	}
}

func (e *Env) checkDirectories(report reportFunc) {
	gopath := e.lookup("GOPATH").Value
	for _, dir := range filepath.SplitList(gopath) {
		switch {
		case dir == "":
		case strings.HasPrefix(dir, "~"):
			report("GOPATH", RefusesAll, "write the directory in full", "GOPATH entry cannot start with shell metacharacter '~': %q", dir)
			return
		case !filepath.IsAbs(dir):
			report("GOPATH", RefusesAll, "write the directory in full", "GOPATH entry is relative; must be absolute path: %q", dir)
			return
		}
	}
	switch {
	case e.ModCache == "":
		report("GOMODCACHE", RefusesFetch, "set HOME, GOPATH or GOMODCACHE", "module cache not found: neither GOMODCACHE nor GOPATH is set")
	case !filepath.IsAbs(e.ModCache):
		report("GOMODCACHE", RefusesFetch, "write the directory in full", "GOMODCACHE entry is relative; must be absolute path: %q", e.ModCache)
	}
}

func (e *Env) checkModes(report reportFunc) {
	switch e.GO111Module {
	case "", "on", "auto":
	case "off":
		report("GO111MODULE", RefusesAll, "unset GO111MODULE", "modules disabled by GO111MODULE=off")
	default:
		report("GO111MODULE", RefusesAll, "unset GO111MODULE", "unknown environment setting GO111MODULE=%s", e.GO111Module)
	}
	if w := e.GoWork; w != "" && w != "auto" && w != "off" && !filepath.IsAbs(w) {
		report("GOWORK", RefusesAll, "write the path in full, or off", "invalid GOWORK: not an absolute path")
	}
	if e.Toolchain.Err != nil {
		report("GOTOOLCHAIN", RefusesAll, "use local, auto, path, or a toolchain such as go1.26.0, perhaps with +auto or +path", "%v", e.Toolchain.Err)
	}
	if e.VCSErr != nil {
		report("GOVCS", RefusesFetch, "write pattern:vcs|vcs, separated by commas", "%v", e.VCSErr)
	}
	if err := checkAuth(e.Get("GOAUTH").Value); err != nil {
		report("GOAUTH", RefusesFetch, "write off, netrc, git DIR or a command, separated by semicolons", "%v", err)
	}
}

// checkPatterns reports what is odd about a list. One bare word alone, such as "none", is the documented way to have an
// empty list that GOPRIVATE does not fill.
func (e *Env) checkPatterns(key string, patterns Patterns, report reportFunc) {
	entries := patterns.Split()
	for _, p := range entries {
		remedy := "remove it"
		if p.Fix != "" {
			remedy = fmt.Sprintf("write %q", p.Fix)
		}
		switch p.Fault {
		case Blank:
			report(key, Accepted, remedy, "%q never matches: the blank is part of the pattern", p.Text)
		case Malformed:
			report(key, Accepted, remedy, "%q never matches: it is not a well-formed pattern", p.Text)
		case Scheme:
			report(key, Accepted, remedy, "%q never matches: patterns are module paths, not URLs", p.Text)
		case Impossible:
			report(key, Accepted, remedy, "%q never matches: no module path looks like this", p.Text)
		case BareWord:
			if len(entries) > 1 || key == "GOPRIVATE" || key == "GOINSECURE" {
				report(key, Accepted, remedy, "%q never matches: the host in a module path has a dot", p.Text)
			}
		case DoubleStar:
			report(key, Accepted, remedy, "%q says no more than * would: ** is one path element", p.Text)
		case WholeForge, EveryModule:
			if effect, off := e.switchedOff(key); off != "" {
				report(key, effect, "name the host and the owner of what is private", "%q covers public modules too: %s", p.Text, off)
			}
		}
	}
}

// switchedOff says what the patterns of a list switch off for what they match; "" if others decide that.
func (e *Env) switchedOff(key string) (Effect, string) {
	effective := func(half string) bool { return key == half || key == "GOPRIVATE" && e.Get(half).From == key }
	unproxied, unvouched := effective("GONOPROXY"), effective("GONOSUMDB") && !e.SumDB.Off
	switch {
	case key == "GOINSECURE":
		return Unprotected, "they may come over unprotected connections"
	case unproxied && unvouched:
		return Unprotected, "they are fetched without a proxy, and nobody vouches for their checksums"
	case unvouched:
		return Unprotected, "nobody vouches for their checksums"
	case unproxied:
		return Accepted, "they are fetched without a proxy"
	}
	return Accepted, ""
}
