package goenv

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// resolve is the environment of a process with these variables and nothing else.
func resolve(env map[string]string) *Env {
	return Resolve(Inputs{OS: env, GOOS: "linux", Home: "/home/user", ConfigDir: "/home/user/.config", Goroot: "/opt/go",
		GorootEnv:     FileText{Path: "/opt/go/go.env", Text: "GOPROXY=https://proxy.example.com,direct\nGOSUMDB=off\nGOTOOLCHAIN=auto\n", Exists: true},
		GorootVersion: FileText{Path: "/opt/go/VERSION", Text: "go1.26.8\ntime 2026-08-28T16:20:06Z\n", Exists: true}})
}

func TestGetNamesTheSource(t *testing.T) {
	in := Inputs{
		OS:       map[string]string{"GOPRIVATE": "os.example", "GOFLAGS": "", "GOPATH": "/p", "GOINSECURE": "os.example"},
		Settings: map[string]string{"GOINSECURE": "editor.example", "GOVCS": ""},
		GOOS:     "linux", Home: "/home/user", ConfigDir: "/home/user/.config", Goroot: "/opt/go",
		GoEnvFile:     FileText{Path: "/home/user/.config/go/env", Text: "GOFLAGS=-x\nGOVCS=*:git\nGONOSUMDB=file.example\n", Exists: true},
		GorootEnv:     FileText{Path: "/opt/go/go.env", Text: "GOPROXY=direct\n", Exists: true},
		GorootVersion: FileText{Path: "/opt/go/VERSION", Text: "go1.26.8\n", Exists: true},
	}
	e := Resolve(in)
	tests := []struct {
		key  string
		want Value
	}{
		{"GOPRIVATE", Value{Value: "os.example", Source: OS}},
		{"GOFLAGS", Value{Value: "-x", Source: File, Path: "/home/user/.config/go/env"}},
		{"GOPROXY", Value{Value: "direct", Source: Goroot, Path: "/opt/go/go.env"}},
		{"GONOPROXY", Value{Value: "os.example", Source: OS, From: "GOPRIVATE"}},
		{"GONOSUMDB", Value{Value: "file.example", Source: File, Path: "/home/user/.config/go/env"}},
		{"GOINSECURE", Value{Value: "editor.example", Source: Setting}},
		{"GOVCS", Value{Value: "*:git", Source: File, Path: "/home/user/.config/go/env"}},
		{"GOMODCACHE", Value{Value: "/p/pkg/mod", Source: OS, From: "GOPATH"}},
		{"GOAUTH", Value{Value: "netrc", Source: Default}},
		{"GOROOT", Value{Value: "/opt/go", Source: Default}},
		{"GOENV", Value{Value: "/home/user/.config/go/env", Source: Default}},
		{"GOVERSION", Value{Value: "go1.26.8", Source: Default}},
		{"GOTOOLCHAIN", Value{Source: Default}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, e.Get(tt.key)); diff != "" {
			t.Errorf("Get(%s):\n%s", tt.key, diff)
		}
	}
}

// The caller may go on to change its maps: the environment must not follow.
func TestResolveCopiesItsInput(t *testing.T) {
	env := map[string]string{"GOPRIVATE": "a.example"}
	e := resolve(env)
	env["GOPRIVATE"] = "b.example"
	if got := e.Get("GOPRIVATE").Value; got != "a.example" {
		t.Errorf("GOPRIVATE became %s", got)
	}
}

func TestEnviron(t *testing.T) {
	environ := []string{"A=1", "A=2", "b=x=y", "broken", "", "=C:=C:\\dir", "E="}
	if diff := cmp.Diff(map[string]string{"A": "1", "b": "x=y", "=C:": "C:\\dir", "E": ""}, Environ(environ, "linux")); diff != "" {
		t.Error(diff)
	}
	if got := Environ([]string{"GoPrivate=a"}, "windows")["GOPRIVATE"]; got != "a" {
		t.Errorf("on Windows GOPRIVATE is %q", got)
	}
}

func TestGorootOf(t *testing.T) {
	for binary, want := range map[string]string{
		"/usr/local/go/bin/go":             "/usr/local/go",
		"/usr/local/go/bin/linux_arm64/go": "/usr/local/go",
		"/bin/go":                          "/",
		"/home/user/.asdf/shims/go":        "",
		"/home/user/go_1.26/go":            "",
		"":                                 "",
	} {
		if got := GorootOf(binary); got != want {
			t.Errorf("GorootOf(%q) = %q, want %q", binary, got, want)
		}
	}
}

func TestGoVersion(t *testing.T) {
	for text, want := range map[string]string{
		"go1.26.8\ntime 2026-08-28T16:20:06Z\n":  "1.26.8",
		"go1.21\n":                               "1.21",
		"go1.22rc1":                              "1.22rc1",
		"go1.24.1-bigcorp\n":                     "1.24.1",
		"go1.24.1 X:nocoverageredesign\n":        "1.24.1",
		"devel go1.27-f00dcafe Sat Jan 1 2026\n": "1.27",
		"go1.27-devel_f00dcafe\n":                "1.27",
		"weekly.2012-03-27\n":                    "",
		"":                                       "",
	} {
		if got := parseVersion(text); got != want {
			t.Errorf("parseVersion(%q) = %q, want %q", text, got, want)
		}
	}
	e := resolve(nil)
	for v, want := range map[string]bool{"1.25": true, "1.26": true, "1.26.8": true, "1.26.9": false, "1.27": false} {
		if got := e.GoVersionAtLeast(v); got != want {
			t.Errorf("1.26.8 at least %s: %t", v, got)
		}
	}
	if Resolve(Inputs{}).GoVersionAtLeast("1.1") {
		t.Error("an unknown version is known to be at least 1.1")
	}
	if CompareVersions("1.21", "1.21rc1") >= 0 || CompareVersions("1.21rc1", "1.21.0") >= 0 || CompareVersions("x", "1") >= 0 {
		t.Error("the order must be x, 1.21, 1.21rc1, 1.21.0")
	}
}

func TestFlag(t *testing.T) {
	e := resolve(map[string]string{"GOFLAGS": `-mod=mod --mod=vendor -trimpath '-tags=a b' -ldflags=`})
	for name, want := range map[string]string{"mod": "vendor", "trimpath": "true", "tags": "a b", "ldflags": "", "race": "unset"} {
		got, ok := e.Flag(name)
		if !ok {
			got = "unset"
		}
		if got != want {
			t.Errorf("-%s is %q, want %q", name, got, want)
		}
	}
	if e.Mod != "vendor" || e.FlagsErr != nil {
		t.Errorf("-mod is %q, error %v", e.Mod, e.FlagsErr)
	}
}

// What a go command of another version knows must not be called unknown.
func TestUnknownFlag(t *testing.T) {
	tests := []struct {
		flag, version string
		want          bool
	}{
		{"frobnicate", "1.26.8", true},
		{"frobnicate", "1.27rc1", false},
		{"frobnicate", "1.20.1", false},
		{"frobnicate", "", false},
		{"artifacts", "1.26rc1", false},
		{"artifacts", "1.25.7", true},
		{"mod", "1.26.8", false},
	}
	for _, tt := range tests {
		if got := unknownFlag(tt.flag, tt.version); got != tt.want {
			t.Errorf("-%s unknown to go %q: %t", tt.flag, tt.version, got)
		}
	}
}

func TestProxies(t *testing.T) {
	tests := []struct {
		goproxy string
		want    []ProxyEntry
		unused  []string
		err     string
	}{
		{goproxy: "https://a.example,direct", want: []ProxyEntry{{URL: "https://a.example", Sep: ','}, {Kind: Direct}}},
		{goproxy: " a.example/go | file:///srv/go%20mod ,off", want: []ProxyEntry{
			{URL: "https://a.example/go", Sep: '|'}, {Kind: FileProxy, URL: "file:///srv/go%20mod", Dir: "/srv/go mod", Sep: ','}, {Kind: Off}}},
		{goproxy: "direct,https://a.example,off", want: []ProxyEntry{{Kind: Direct}}, unused: []string{"https://a.example", "off"}},
		{goproxy: "off,not a url", want: []ProxyEntry{{Kind: Off}}, unused: []string{"not a url"}},
		{goproxy: "localhost:3000", want: []ProxyEntry{{URL: "https://localhost:3000"}}},
		{goproxy: "", err: "GOPROXY list is not the empty string, but contains no entries"},
		{goproxy: " , |", err: "GOPROXY list is not the empty string, but contains no entries"},
		{goproxy: "/srv/go", err: "invalid proxy URL missing scheme: /srv/go"},
		{goproxy: "proxy", err: "invalid proxy URL missing scheme: proxy"},
		{goproxy: "ftp://a.example", err: "invalid proxy URL scheme (must be https, http, file): ftp://a.example"},
		{goproxy: "file:/srv/go", err: "invalid file:// proxy URL with non-path elements: file:/srv/go"},
		{goproxy: "file://host/srv", err: "invalid file:// proxy URL with non-path elements: file://host/srv"},
		{goproxy: "ftp://user:secret@a.example", err: "invalid proxy URL scheme (must be https, http, file): ftp://user:xxxxx@a.example"},
		{goproxy: "https://user:secret@a.example:x", err: `invalid proxy URL: invalid port ":x" after host`},
	}
	for _, tt := range tests {
		got, unused, err := parseProxies(tt.goproxy)
		if errText(err) != tt.err {
			t.Errorf("GOPROXY=%q: error %v, want %s", tt.goproxy, err, tt.err)
		}
		if diff := cmp.Diff(tt.want, got); tt.err == "" && diff != "" {
			t.Errorf("GOPROXY=%q:\n%s", tt.goproxy, diff)
		}
		if diff := cmp.Diff(tt.unused, unused); diff != "" {
			t.Errorf("GOPROXY=%q, what is unused:\n%s", tt.goproxy, diff)
		}
	}
	e := resolve(map[string]string{"GOPROXY": "file:///one,https://u:p@a.example|file:///two,direct,file:///three"})
	if diff := cmp.Diff([]string{"/one", "/two"}, e.FileProxyDirs()); diff != "" {
		t.Error(diff)
	}
	if got := e.Proxies[1].String(); got != "https://xxxxx@a.example" {
		t.Errorf("a proxy with a password is shown as %s", got)
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestToolchain(t *testing.T) {
	tests := []struct {
		value string
		want  Toolchain
		err   string
	}{
		{value: ""},
		{value: "local", want: Toolchain{Min: "local"}},
		{value: "auto", want: Toolchain{Min: "local", Switch: "auto"}},
		{value: "path", want: Toolchain{Min: "local", Switch: "path"}},
		{value: "local+auto", want: Toolchain{Min: "local", Switch: "auto"}},
		{value: "go1.21.3", want: Toolchain{Min: "go1.21.3"}},
		{value: "go1.21.3-corp+path", want: Toolchain{Min: "go1.21.3-corp", Switch: "path"}},
		{value: "1.21", err: `invalid GOTOOLCHAIN "1.21"`},
		{value: "bash+auto", err: `invalid GOTOOLCHAIN "bash+auto": invalid minimum toolchain "bash"`},
		{value: "go1.21+x", err: `invalid GOTOOLCHAIN "go1.21+x": only version suffixes are +auto and +path`},
		{value: "go2.0", err: `invalid GOTOOLCHAIN "go2.0"`},
		{value: "../go1.21", err: `invalid GOTOOLCHAIN "../go1.21"`},
	}
	for _, tt := range tests {
		got := parseToolchain(tt.value)
		if errText(got.Err) != tt.err {
			t.Errorf("GOTOOLCHAIN=%s: error %v, want %s", tt.value, got.Err, tt.err)
		}
		if got.Err == nil && got != tt.want {
			t.Errorf("GOTOOLCHAIN=%s: %+v, want %+v", tt.value, got, tt.want)
		}
	}
}

func TestAllowsVCS(t *testing.T) {
	tests := []struct {
		govcs, root, vcs string
		want             bool
	}{
		{"", "a.example/r", "git", true},
		{"", "a.example/r", "svn", false},
		{"", "corp.example/r", "svn", true}, // GOPRIVATE has it
		{"public:off", "a.example/r", "git", false},
		{"a.example:svn|git", "a.example/r", "svn", true},
		{"a.example/*:hg, *:all", "a.example/r", "git", false},
		{"a.example/*:hg, *:all", "b.example/r", "bzr", true},
		{"private:git", "corp.example/r", "hg", false},
		{"broken", "a.example/r", "git", false},
	}
	for _, tt := range tests {
		e := resolve(map[string]string{"GOPRIVATE": "corp.example", "GOVCS": tt.govcs})
		if got := e.AllowsVCS(tt.root, tt.vcs); got != tt.want {
			t.Errorf("GOVCS=%q allows %s for %s: %t", tt.govcs, tt.vcs, tt.root, got)
		}
	}
}

// Problems that go never mentions; those that it refuses are compared with it in TestRefusals.
func TestAcceptedProblems(t *testing.T) {
	tests := []struct {
		env  map[string]string
		want []string // key, message
	}{
		{env: nil, want: []string{"GOSUMDB", "with GOSUMDB=off nobody vouches for a version that is new to go.sum, public ones included"}},
		{env: map[string]string{"GOPROXY": "direct,https://a.example"}, want: []string{"GOPROXY", `nothing behind "direct" is ever used`}},
		{env: map[string]string{"GOFLAGS": "-mod=mod"}, want: []string{"GOFLAGS", "with -mod=mod every go command may rewrite go.mod and go.sum"}},
		{env: map[string]string{"GOFLAGS": "-insecure"}, want: []string{"GOFLAGS",
			"go get refuses -insecure, and to all other commands it means nothing: it keeps no proxy and no checksum database from being asked"}},
		{env: map[string]string{"GOPRIVATE": "a.example, b.example"}, want: []string{"GOPRIVATE", `" b.example" never matches: the blank is part of the pattern`}},
		{env: map[string]string{"GONOPROXY": "github.com/*"}, want: []string{"GONOPROXY", `"github.com/*" covers public modules too: they are fetched without a proxy`}},
		{env: map[string]string{"GONOPROXY": "none", "GOPRIVATE": "git.corp.example"}},
		{env: map[string]string{"GOPRIVATE": "*"}, want: []string{"GOPRIVATE", `"*" covers public modules too: they are fetched without a proxy`}},
		{env: map[string]string{"GOPRIVATE": "*", "GONOPROXY": "none", "GONOSUMDB": "git.corp.example"}},
	}
	for _, tt := range tests {
		var got []string
		for _, p := range resolve(tt.env).Problems {
			if p.Effect != Accepted {
				t.Errorf("%v: %s is refused: %s", tt.env, p.Key, p.Message)
			}
			if p.Remedy == "" {
				t.Errorf("%v: no remedy for %s", tt.env, p.Message)
			}
			if tt.env != nil && p.Key == "GOSUMDB" {
				continue // off in all of these
			}
			got = append(got, p.Key, p.Message)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%v:\n%s", tt.env, diff)
		}
	}
}

// Patterns that are so wide that they switch off a check on public modules, where there is one to switch off.
func TestUnprotected(t *testing.T) {
	const sumdb = "sum.example.com+0ddb4a0d+AcS0SWLNMk0rADgx9mDxL9fxxfUsZoqcyYdCCkVgXW+3"
	tests := []struct {
		env  map[string]string
		want string
	}{
		{map[string]string{"GOPRIVATE": "*"}, `GOPRIVATE: "*" covers public modules too: they are fetched without a proxy, and nobody vouches for their checksums`},
		{map[string]string{"GOPRIVATE": "git.corp.example,github.com"}, `GOPRIVATE: "github.com" covers public modules too: they are fetched without a proxy, and nobody vouches for their checksums`},
		{map[string]string{"GOPRIVATE": "*", "GONOPROXY": "none"}, `GOPRIVATE: "*" covers public modules too: nobody vouches for their checksums`},
		{map[string]string{"GONOSUMDB": "github.com/*"}, `GONOSUMDB: "github.com/*" covers public modules too: nobody vouches for their checksums`},
		{map[string]string{"GOINSECURE": "*.com"}, `GOINSECURE: "*.com" covers public modules too: they may come over unprotected connections`},
		{map[string]string{"GOPRIVATE": "*", "GONOSUMDB": "git.corp.example"}, ""},
		{map[string]string{"GOPRIVATE": "github.com/corp/*,*.corp.example"}, ""},
	}
	for _, tt := range tests {
		tt.env["GOSUMDB"] = sumdb
		got := ""
		for _, p := range resolve(tt.env).Problems {
			if p.Effect == Unprotected {
				got += p.Key + ": " + p.Message
			}
		}
		if got != tt.want {
			t.Errorf("%v:\ngot  %s\nwant %s", tt.env, got, tt.want)
		}
	}
}
