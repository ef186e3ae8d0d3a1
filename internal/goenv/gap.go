package goenv

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/module"
)

// A Gap is a private module whose path would leave this machine.
type Gap struct {
	Module       string
	MissingProxy bool     // a proxy would be asked for it
	MissingSumDB bool     // the checksum database would be asked about it
	Sent         []string // who would be sent its path, in order, with the condition of each
	Pattern      string   // the narrowest useful pattern
	Keys         []string // the variables that Pattern has to be added to
	Near         string   // the pattern that was probably meant to cover it, with the reason why it does not; "" if there is none
	Around       []string // settings that keep the path at home only in part, or not at all, though they may be meant to
	Evidence     []Evidence
}

// FindGap reports whether the module is private by the evidence and not covered, or only half, so that its path would be
// sent somewhere. There is no gap for a module that go refuses to fetch before it asks anybody.
//
// A GONOPROXY that can match no module, such as "none", beside a GOPRIVATE that covers this one is the documented way to
// get private modules from a proxy of one's own. It leaves no gap, unless one of the proxies of GOROOT/go.env is in the list.
func FindGap(modulePath string, e *Env, evidence []Evidence) (Gap, bool) {
	if !IsPrivate(evidence) {
		return Gap{}, false
	}
	g := Gap{Module: modulePath, Evidence: evidence}
	proxies := e.sentTo(modulePath)
	g.MissingProxy = len(proxies) > 0 && !e.ownProxies(modulePath)
	g.MissingSumDB = e.AsksSumDB(modulePath) && e.verifies(modulePath)
	if !g.MissingProxy && !g.MissingSumDB {
		return Gap{}, false
	}
	if g.MissingProxy {
		g.Sent = sentToProxies(proxies)
		g.Keys = append(g.Keys, e.keyFor("GONOPROXY"))
	}
	if g.MissingSumDB {
		g.Sent = append(g.Sent, e.sentToSumDB())
		if key := e.keyFor("GONOSUMDB"); !slices.Contains(g.Keys, key) {
			g.Keys = append(g.Keys, key)
		}
	}
	g.Pattern = gapPattern(modulePath, evidence)
	g.Around = e.around(g)
	for _, key := range g.Keys {
		if near, reason, ok := Patterns(e.Get(key).Value).NearMiss(modulePath); ok && g.Near == "" {
			g.Near = fmt.Sprintf("%s has %q, but %s", key, near.Text, reason)
		}
	}
	return g, true
}

// around returns what is set that people take for a way around, each as a clause that says what it does instead.
func (e *Env) around(g Gap) []string {
	var list []string
	note := func(meant bool, format string, args ...any) {
		if meant {
			list = append(list, fmt.Sprintf(format, args...))
		}
	}
	chosen := func(key string) bool { return e.Get(key).Source < Goroot }
	asked := len(e.sentTo(g.Module)) > 0
	note(asked && e.SumDB.Off && chosen("GOSUMDB"), "GOSUMDB=off keeps the checksum database from vouching for any module, and no proxy from being asked")
	note(asked && !e.SumDB.Off && e.NoSumDB.Match(g.Module), "%s keeps only the checksum database from being asked", e.coveredBy("GONOSUMDB"))
	note(!asked && e.NoProxy.Match(g.Module), "%s keeps only the proxies from being asked", e.coveredBy("GONOPROXY"))
	note(!asked && !e.NoProxy.Match(g.Module) && chosen("GOPROXY"), "GOPROXY=%s keeps only the proxies from being asked", e.ProxyList())
	note(e.Insecure.Match(g.Module), "GOINSECURE lets go use unprotected connections to its host, and keeps nobody from being asked")
	_, insecure := e.Flag("insecure")
	note(insecure, "-insecure in GOFLAGS keeps nobody from being asked")
	return list
}

// coveredBy names the variable that covers one half.
func (e *Env) coveredBy(half string) string {
	return cmp.Or(e.Get(half).From, half)
}

// ProxyList returns GOPROXY as it may be shown: without user and password.
func (e *Env) ProxyList() string {
	var b strings.Builder
	for _, p := range e.Proxies {
		b.WriteString(p.String())
		if p.Sep != 0 {
			b.WriteByte(p.Sep)
		}
	}
	return b.String()
}

// Notes are what else there is to say of a gap: what was probably meant to close it.
func (g Gap) Notes() []string {
	if g.Near == "" {
		return g.Around
	}
	return append([]string{g.Near}, g.Around...)
}

// sentTo returns the proxies that would be asked about the module.
func (e *Env) sentTo(modulePath string) []ProxyEntry {
	if module.CheckPath(modulePath) != nil {
		return nil
	}
	return e.RemoteProxiesFor(modulePath)
}

// verifies reports whether go would verify the module against the checksum database once it has it. GOPROXY=off does not stop
// that: what is in the module cache already, and not in go.sum, is looked up at the database itself; see modfetch.dbClient.initBase.
func (e *Env) verifies(modulePath string) bool {
	return e.ProxyErr == nil && module.CheckPath(modulePath) == nil
}

// ownProxies reports whether the user has said that the proxies may see the private module.
func (e *Env) ownProxies(modulePath string) bool {
	v := e.Get("GONOPROXY")
	if v.From != "" || v.Value == "" || !e.Private.Match(modulePath) {
		return false
	}
	for _, p := range Patterns(v.Value).Split() {
		if p.Fault != BareWord {
			return false
		}
	}
	return !slices.ContainsFunc(e.Proxies, e.isDefault)
}

// isDefault reports whether a proxy is one of those of GOROOT/go.env.
func (e *Env) isDefault(p ProxyEntry) bool {
	defaults, _, _ := parseProxies(e.goroot["GOPROXY"])
	return p.Kind == RemoteProxy && slices.ContainsFunc(defaults, func(d ProxyEntry) bool { return d.URL == p.URL })
}

// PublicProxies reports whether go asks proxies, and none but those of GOROOT/go.env, which have what is public.
func (e *Env) PublicProxies() bool {
	any := false
	for _, p := range e.Proxies {
		if p.Kind == RemoteProxy || p.Kind == FileProxy {
			if any = true; !e.isDefault(p) {
				return false
			}
		}
	}
	return any
}

// keyFor returns the variable that decides about one half: GOPRIVATE, unless the half's own variable overrides it.
func (e *Env) keyFor(half string) string {
	if v := e.Get(half); v.Value != "" && v.From == "" {
		return half
	}
	return "GOPRIVATE"
}

func sentToProxies(proxies []ProxyEntry) []string {
	var list []string
	for i, p := range proxies {
		switch {
		case i == 0:
			list = append(list, p.String())
		case proxies[i-1].Sep == '|':
			list = append(list, fmt.Sprintf("%s, if that fails in any way", p))
		default:
			list = append(list, fmt.Sprintf("%s, if that answers 404 or 410", p))
		}
	}
	return list
}

func (e *Env) sentToSumDB() string {
	name := e.SumDB.String()
	if name == "" {
		name = "of GOSUMDB"
	}
	return fmt.Sprintf("the checksum database %s, unless go.sum has the version", name)
}

// Receivers names those who would learn of the module, in the order in which they are asked: what Sent says, in a few words.
func (g Gap) Receivers() string {
	var list []string
	for _, s := range g.Sent {
		name, _, _ := strings.Cut(s, ",")
		list = append(list, name)
	}
	if n := len(list); n > 1 {
		return strings.Join(list[:n-1], ", ") + " and " + list[n-1]
	}
	return strings.Join(list, "")
}

// gapPattern takes the pattern of the strongest evidence that has one: what a person wrote down comes first.
func gapPattern(modulePath string, evidence []Evidence) string {
	for _, ev := range evidence {
		if ev.Strong && ev.Pattern != "" {
			return ev.Pattern
		}
	}
	return PatternFor(modulePath)
}
