package goenv

import (
	"fmt"
	"slices"
	"strings"
)

// An Evidence is one sign that a module is private, or that it is public. It never holds a secret.
type Evidence struct {
	Kind   string // one of the Kind constants
	Strong bool   // it alone makes the module private; what is weak counts only beside it
	Clears bool   // it shows that the module is public
	Detail string // a clause
	Where  string // the file and line that say so; "" if none does
	// Pattern is the narrowest pattern for GOPRIVATE that the evidence speaks for; "" if it has none of its own.
	Pattern string
}

// The kinds of evidence.
const (
	KindPattern         = "pattern"         // .gomodls.yaml declares it
	KindCI              = "ci"              // the repository's build files put it into GOPRIVATE
	KindUnreachableHost = "unreachablehost" // no public proxy can reach the host
	KindInsteadOf       = "insteadof"       // git is told another, authenticated way there
	KindNetrc           = "netrc"           // there is a login for it
	KindVCSCache        = "vcscache"        // the module cache has it from its repository, and others from a proxy
	KindCredential      = "credential"      // git has a credential helper for it: always weak
	KindOwner           = "owner"           // it has the main module's owner: always weak
	KindNoRecord        = "norecord"        // no record of the checksum database in the module cache: always weak
	KindSumDBRecord     = "sumdbrecord"     // there is such a record, so it is public
)

// An Origin says how a module came into the module cache.
type Origin int

// The origins.
const (
	UnknownOrigin Origin = iota // it is not there, or nobody can say
	FromProxy                   // the cache has no clone of its repository
	FromVCS                     // the cache has one
)

// EvidenceInputs is all that evidence comes from. Everything is on this machine; zero fields give no evidence.
type EvidenceInputs struct {
	Declared   []string // the "private" patterns of .gomodls.yaml
	DeclaredIn string   // that file

	Netrc     []NetrcMachine
	NetrcFile string
	Git       *GitConfig
	CI        []CISetting

	Mains  []string        // the paths of the main modules
	Others func() []string // the paths of all required modules; that the one in question is among them does not matter

	SumDBRecord func(modulePath string) bool   // whether the cache has a record of the checksum database for any version
	Origin      func(modulePath string) Origin // how the module came into the cache
	PublicProxy bool                           // no other proxies are in use than those of GOROOT/go.env, which serve what is public
}

// PrivateEvidence collects what speaks for the module being private, in a fixed order. Nobody is asked. A record of the
// checksum database settles the matter: then it is the only evidence, and it clears the module.
//
// A credential or an insteadOf rule is strong if it names the host and an owner. For a host as a whole it is strong only
// if that host serves nothing public in this module: it is not one of PublicHost, and no required module on it has a
// record of the checksum database. A pattern that covers modules of people who have nothing to do with each other, such
// as github.com/*, is weak whoever wrote it.
func PrivateEvidence(modulePath string, in EvidenceInputs) []Evidence {
	if in.SumDBRecord != nil && in.SumDBRecord(modulePath) {
		return []Evidence{{Kind: KindSumDBRecord, Clears: true, Detail: "the checksum database has a record of it"}}
	}
	var list []Evidence
	list = append(list, in.declared(modulePath)...)
	list = append(list, in.fromCI(modulePath)...)
	host, _ := cutHost(modulePath)
	if reason, ok := UnreachableHost(host); ok {
		list = append(list, Evidence{Kind: KindUnreachableHost, Strong: true, Detail: reason, Pattern: host})
	}
	list = append(list, in.insteadOf(modulePath)...)
	list = append(list, in.netrc(modulePath)...)
	list = append(list, in.vcsCache(modulePath)...)
	list = append(list, in.credentials(modulePath)...)
	list = append(list, in.owner(modulePath)...)
	if len(list) > 0 && in.SumDBRecord != nil {
		list = append(list, Evidence{Kind: KindNoRecord, Detail: "the module cache has no record of the checksum database about it"})
	}
	return list
}

func (in EvidenceInputs) others() []string {
	if in.Others == nil {
		return nil
	}
	return in.Others()
}

func (in EvidenceInputs) declared(modulePath string) []Evidence {
	var list []Evidence
	for _, declared := range in.Declared {
		for _, p := range Patterns(declared).matching(modulePath) {
			list = append(list, Evidence{Kind: KindPattern, Strong: !p.Wide(), Where: in.DeclaredIn, Pattern: narrow(p),
				Detail: fmt.Sprintf("%s is declared private", p.Text)})
		}
	}
	return list
}

func (in EvidenceInputs) fromCI(modulePath string) []Evidence {
	var list []Evidence
	for _, setting := range in.CI {
		for _, p := range setting.Patterns.matching(modulePath) {
			list = append(list, Evidence{Kind: KindCI, Strong: !p.Wide(), Where: fmt.Sprintf("%s:%d", setting.File, setting.Line), Pattern: narrow(p),
				Detail: fmt.Sprintf("GOPRIVATE has %s there", p.Text)})
		}
	}
	return list
}

// narrow returns the text of a pattern that may be taken over, and nothing for one that is too wide.
func narrow(p Pattern) string {
	if p.Wide() {
		return ""
	}
	return strings.TrimSuffix(p.Text, "/")
}

func (in EvidenceInputs) insteadOf(modulePath string) []Evidence {
	if in.Git == nil {
		return nil
	}
	var list []Evidence
	for _, rule := range in.Git.InsteadOf {
		host, repo, _ := repository(rule.Prefix)
		prefix := strings.TrimSuffix(strings.TrimSuffix(host+"/"+repo, "/"), ".git")
		if host == "" || !hasPathPrefix(modulePath, prefix) && !hasPathPrefix(modulePath, prefix+".git") {
			continue
		}
		toHost, _, login := repository(rule.Base)
		_, private := UnreachableHost(toHost)
		if toHost == host && !login {
			continue // another protocol for the same public address
		}
		authenticated := login || toHost != "" && private
		list = append(list, Evidence{
			Kind:    KindInsteadOf,
			Strong:  authenticated && (repo != "" && !in.proxied(modulePath) || repo == "" && !in.servesPublic(host)),
			Where:   rule.Where,
			Pattern: prefixPattern(prefix, modulePath),
			Detail:  fmt.Sprintf("git fetches %s in another way", prefix),
		})
	}
	return list
}

func (in EvidenceInputs) netrc(modulePath string) []Evidence {
	var list []Evidence
	for _, m := range in.Netrc {
		if !m.covers(modulePath) {
			continue
		}
		host, rest := cutHost(m.Name)
		e := Evidence{
			Kind:    KindNetrc,
			Strong:  rest != "" && !in.proxied(modulePath) || rest == "" && !in.servesPublic(host),
			Pattern: prefixPattern(m.Name, modulePath),
			Detail:  fmt.Sprintf("there is a login for %s", m.Name),
		}
		if in.NetrcFile != "" {
			e.Where = fmt.Sprintf("%s:%d", in.NetrcFile, m.Line)
		}
		list = append(list, e)
	}
	return list
}

// vcsCache looks at how the module came into the cache. A clone alone says little: whoever sets GOPROXY=direct has one of
// every module. It is strong if another module of the same host came from a proxy and none with a record of the checksum
// database came from its repository; for a host that serves nothing else here, any other host's modules show the same. On a
// host that is known to be public there must be a login for it or the main module's owner beside it: proxies lack what is too
// large or was fetched by the name of a branch.
func (in EvidenceInputs) vcsCache(modulePath string) []Evidence {
	if in.Origin == nil || in.Origin(modulePath) != FromVCS {
		return nil
	}
	host, _ := cutHost(modulePath)
	proxied, direct := false, false
	anyProxied, alone := false, true
	for _, other := range in.others() {
		if other == modulePath {
			continue
		}
		origin := in.Origin(other)
		public := in.SumDBRecord != nil && in.SumDBRecord(other)
		direct = direct || origin == FromVCS && public
		anyProxied = anyProxied || origin == FromProxy
		if h, _ := cutHost(other); h == host {
			alone = false
			proxied = proxied || origin == FromProxy
		}
	}
	if alone && !PublicHost(host) {
		proxied = anyProxied
	}
	own := !PublicHost(host) || len(in.owner(modulePath))+len(in.credentials(modulePath))+len(in.netrc(modulePath))+len(in.insteadOf(modulePath)) > 0
	return []Evidence{{Kind: KindVCSCache, Strong: proxied && !direct && own, Detail: "the module cache has it from its repository, not from a proxy"}}
}

func (in EvidenceInputs) credentials(modulePath string) []Evidence {
	if in.Git == nil {
		return nil
	}
	var list []Evidence
	for _, c := range in.Git.Credentials {
		host, repo, _ := repository(c.URL)
		if prefix := strings.TrimSuffix(host+"/"+repo, "/"); host != "" && hasPathPrefix(modulePath, prefix) {
			list = append(list, Evidence{Kind: KindCredential, Where: c.Where, Detail: fmt.Sprintf("git has a credential helper for %s", prefix)})
		}
	}
	return list
}

func (in EvidenceInputs) owner(modulePath string) []Evidence {
	owner := ownerOf(modulePath)
	if owner == "" {
		return nil
	}
	for _, main := range in.Mains {
		if owns(owner, main) {
			return []Evidence{{Kind: KindOwner, Detail: fmt.Sprintf("the main module %s has the same owner", main)}}
		}
	}
	return nil
}

// SameOwner reports whether one of the main modules has the owner of a module, as far as paths tell: to the others it is all the
// same what the main modules are called.
func SameOwner(modulePath string, mains []string) bool {
	owner := ownerOf(modulePath)
	return owner != "" && slices.ContainsFunc(mains, func(main string) bool { return owns(owner, main) })
}

func owns(owner, main string) bool {
	return len(main) > len(owner) && main[len(owner)] == '/' && strings.HasPrefix(main, owner)
}

// proxied reports whether the module is in the cache and can only have come there from a public proxy, which had it to give.
// So a login or a rule for its owner is for other modules of that owner.
func (in EvidenceInputs) proxied(modulePath string) bool {
	return in.PublicProxy && in.Origin != nil && in.Origin(modulePath) == FromProxy
}

// servesPublic reports whether the host is known to serve something public, as far as can be told here.
func (in EvidenceInputs) servesPublic(host string) bool {
	if PublicHost(host) {
		return true
	}
	if in.SumDBRecord == nil {
		return false
	}
	for _, other := range in.others() {
		if h, _ := cutHost(other); h == host && in.SumDBRecord(other) {
			return true
		}
	}
	return false
}

// ownerOf returns the host and the first element behind it, or "" if nothing follows that.
func ownerOf(modulePath string) string {
	host, rest := cutHost(modulePath)
	owner, _, ok := strings.Cut(rest, "/")
	if !ok {
		return ""
	}
	return host + "/" + owner
}

// prefixPattern returns the pattern for everything below the prefix, which is the module itself or stands above it.
func prefixPattern(prefix, modulePath string) string {
	if prefix == modulePath || !strings.Contains(prefix, "/") {
		return prefix
	}
	return prefix + "/*"
}

// PatternFor returns the narrowest pattern for GOPRIVATE that is of use for more than this one module: its owner's
// modules, or its host if no public proxy can reach that.
func PatternFor(modulePath string) string {
	host, _ := cutHost(modulePath)
	if _, ok := UnreachableHost(host); ok {
		return host
	}
	if owner := ownerOf(modulePath); owner != "" {
		return owner + "/*"
	}
	return modulePath
}

// IsPrivate reports whether the evidence makes the module private: some of it is strong, and none clears it.
func IsPrivate(evidence []Evidence) bool {
	strong := false
	for _, e := range evidence {
		if e.Clears {
			return false
		}
		strong = strong || e.Strong
	}
	return strong
}

// Suspected reports whether the module may be private, so that nobody may be asked about it: it is private by
// IsPrivate, or it has the main module's owner and this machine has credentials for its host.
func Suspected(evidence []Evidence) bool {
	owner, login := false, false
	for _, e := range evidence {
		switch e.Kind {
		case KindOwner:
			owner = true
		case KindNetrc, KindInsteadOf, KindCredential, KindVCSCache:
			login = true
		}
		if e.Clears {
			return false
		}
	}
	return IsPrivate(evidence) || owner && login
}

// Login returns the evidence that this machine has a login for the module's repository, and false if there is none in netrc or
// git's configuration. An SSH key or a credential helper for all hosts would be seen nowhere.
func (in EvidenceInputs) Login(modulePath string) (Evidence, bool) {
	for _, list := range [][]Evidence{in.insteadOf(modulePath), in.netrc(modulePath), in.credentials(modulePath)} {
		if len(list) > 0 {
			return list[0], true
		}
	}
	return Evidence{}, false
}
