package goenv

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"path/filepath"
	"strings"
)

// A ProxyKind is what an entry of GOPROXY stands for.
type ProxyKind int

// The kinds of entries.
const (
	RemoteProxy ProxyKind = iota // an http or https server
	FileProxy                    // a directory on this machine
	Direct                       // the module's own repository
	Off                          // nothing: every lookup fails
)

// A ProxyEntry is one entry of GOPROXY.
type ProxyEntry struct {
	Kind ProxyKind
	URL  string // of a RemoteProxy or FileProxy; it may hold a password, so messages show String instead
	Dir  string // of a FileProxy

	// Sep is what stands behind the entry and so when the next one is asked: ',' if this one answers that it does not
	// have the module (404 or 410), '|' after any failure. It is 0 for the last entry.
	Sep byte
}

// String is the entry as it may be shown: without user and password.
func (p ProxyEntry) String() string {
	switch p.Kind {
	case Direct:
		return "direct"
	case Off:
		return "off"
	}
	u, err := url.Parse(p.URL)
	if err != nil {
		return "an unreadable URL"
	}
	return redacted(u)
}

// redacted is a URL without its user and password, either of which may be a secret.
func redacted(u *url.URL) string {
	if u.User == nil {
		return u.String()
	}
	shown := *u
	shown.User = url.User("xxxxx")
	return shown.String()
}

var errNoProxies = errors.New("GOPROXY list is not the empty string, but contains no entries")

// parseProxies reads GOPROXY. It stops at the first entry that go refuses, because go then refuses every lookup.
func parseProxies(goproxy string) (list []ProxyEntry, unused []string, err error) {
	for goproxy != "" {
		entry, sep := goproxy, byte(0)
		if i := strings.IndexAny(goproxy, ",|"); i >= 0 {
			entry, sep, goproxy = goproxy[:i], goproxy[i], goproxy[i+1:]
		} else {
			goproxy = ""
		}
		entry = strings.TrimSpace(entry)
		if entry == "" {
			continue
		}
		if n := len(list); n > 0 && (list[n-1].Kind == Direct || list[n-1].Kind == Off) {
			unused = append(unused, entry)
			continue
		}
		p, err := parseProxy(entry)
		if err != nil {
			return list, nil, err
		}
		p.Sep = sep
		list = append(list, p)
	}
	if len(list) == 0 {
		return nil, nil, errNoProxies
	}
	list[len(list)-1].Sep = 0
	return list, unused, nil
}

func parseProxy(entry string) (ProxyEntry, error) {
	switch entry {
	case "direct":
		return ProxyEntry{Kind: Direct}, nil
	case "off":
		return ProxyEntry{Kind: Off}, nil
	}
	// A single word is kept for meanings that go may give it one day; whatever else is no complete URL is a host.
	if strings.ContainsAny(entry, ".:/") && !strings.Contains(entry, ":/") && !filepath.IsAbs(entry) && !path.IsAbs(entry) {
		entry = "https://" + entry
	}
	u, err := url.Parse(entry)
	if err != nil {
		return ProxyEntry{}, withoutURL(err)
	}
	switch u.Scheme {
	case "http", "https":
		return ProxyEntry{Kind: RemoteProxy, URL: entry}, nil
	case "file":
		if *u != (url.URL{Scheme: u.Scheme, Path: u.Path, RawPath: u.RawPath}) {
			return ProxyEntry{}, fmt.Errorf("invalid file:// proxy URL with non-path elements: %s", u.Redacted())
		}
		return ProxyEntry{Kind: FileProxy, URL: entry, Dir: fileDir(u.Path)}, nil
	case "":
		return ProxyEntry{}, fmt.Errorf("invalid proxy URL missing scheme: %s", u.Redacted())
	}
	return ProxyEntry{}, fmt.Errorf("invalid proxy URL scheme (must be https, http, file): %s", u.Redacted())
}

// withoutURL drops the text that could not be parsed from the error: it may hold a password.
func withoutURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return fmt.Errorf("invalid proxy URL: %w", e.Err)
	}
	return err
}

// fileDir turns the path of a file URL into one of this system: /C:/dir is C:\dir on Windows.
func fileDir(p string) string {
	if filepath.Separator == '\\' && len(p) > 2 && p[0] == '/' && p[2] == ':' {
		p = p[1:]
	}
	return filepath.FromSlash(p)
}

// FileProxyDirs returns the directories of the proxies that are on this machine, in the order of GOPROXY. What they hold
// is found without a network only if no remote proxy stands before them in Proxies.
func (e *Env) FileProxyDirs() []string {
	var dirs []string
	for _, p := range e.Proxies {
		if p.Kind == FileProxy {
			dirs = append(dirs, p.Dir)
		}
	}
	return dirs
}

// RemoteProxiesFor returns the servers that go asks about the module, in order, each of them only if the one before it
// does not have the module or fails. There are none for a module that GONOPROXY matches.
func (e *Env) RemoteProxiesFor(modulePath string) []ProxyEntry {
	if e.ProxyErr != nil || e.NoProxy.Match(modulePath) {
		return nil
	}
	var list []ProxyEntry
	for _, p := range e.Proxies {
		if p.Kind == RemoteProxy {
			list = append(list, p)
		}
	}
	return list
}
