package goenv

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// show writes one evidence on a line: its kind, and a mark if it is strong or clears.
func show(evidence []Evidence) string {
	var list []string
	for _, e := range evidence {
		s := e.Kind
		switch {
		case e.Strong:
			s += "!"
		case e.Clears:
			s += "-"
		}
		list = append(list, s)
	}
	return strings.Join(list, " ")
}

func gitRule(base, prefix string) *GitConfig {
	return &GitConfig{InsteadOf: []InsteadOf{{Base: base, Prefix: prefix, Where: "/home/user/.gitconfig:2"}}}
}

// In what is wanted, ! marks strong evidence and - what clears the module.
func TestPrivateEvidence(t *testing.T) {
	record := func(paths ...string) func(string) bool {
		return func(p string) bool {
			for _, q := range paths {
				if p == q {
					return true
				}
			}
			return false
		}
	}
	origins := func(vcs string, proxy ...string) func(string) Origin {
		return func(p string) Origin {
			switch {
			case p == vcs:
				return FromVCS
			case record(proxy...)(p):
				return FromProxy
			}
			return UnknownOrigin
		}
	}
	const lib = "github.com/corp/lib"
	tests := []struct {
		name string
		path string
		in   EvidenceInputs
		want string
	}{
		{"nothing", lib, EvidenceInputs{}, ""},
		{"declared", lib, EvidenceInputs{Declared: []string{"github.com/corp/*"}}, "pattern!"},
		{"declared too widely", lib, EvidenceInputs{Declared: []string{"github.com/*"}}, "pattern"},
		{"declared for others", lib, EvidenceInputs{Declared: []string{"github.com/corporation"}}, ""},
		{"build server", lib, EvidenceInputs{CI: []CISetting{{File: "ci.yml", Line: 3, Patterns: "x.example,github.com/corp"}}}, "ci!"},
		{"build server covers everything", lib, EvidenceInputs{CI: []CISetting{{Patterns: "*"}}}, "ci"},
		{"unreachable host", "git.corp.internal/x", EvidenceInputs{}, "unreachablehost!"},
		{"address", "10.0.0.1/x", EvidenceInputs{}, "unreachablehost!"},

		{"insteadOf for host and owner", lib, EvidenceInputs{Git: gitRule("ssh://git@github.com/corp/", "https://github.com/corp/")}, "insteadof!"},
		{"insteadOf with a token", lib, EvidenceInputs{Git: gitRule("https://x:token@github.com/corp/", "https://github.com/corp/")}, "insteadof!"},
		{"insteadOf to an ssh alias", lib, EvidenceInputs{Git: gitRule("git@github-work:corp/", "https://github.com/corp")}, "insteadof!"},
		{"insteadOf for the repository", lib, EvidenceInputs{Git: gitRule("git@github.com:corp/lib.git", "https://github.com/corp/lib.git")}, "insteadof!"},
		{"insteadOf for another owner", lib, EvidenceInputs{Git: gitRule("git@github.com:corporation/", "https://github.com/corporation/")}, ""},
		{"insteadOf for the beginning of an owner", "github.com/corporation/lib", EvidenceInputs{Git: gitRule("git@github.com:corp", "https://github.com/corp")}, ""},
		{"insteadOf for a public host", lib, EvidenceInputs{Git: gitRule("git@github.com:", "https://github.com/")}, "insteadof"},
		{"insteadOf for a host of one's own", "git.acme.dev/team/lib", EvidenceInputs{Git: gitRule("git@git.acme.dev:", "https://git.acme.dev/")}, "insteadof!"},
		{"insteadOf to a public mirror", lib, EvidenceInputs{Git: gitRule("https://mirror.acme.dev/corp/", "https://github.com/corp/")}, "insteadof"},
		{"insteadOf to a mirror inside", lib, EvidenceInputs{Git: gitRule("https://mirror.corp.internal/corp/", "https://github.com/corp/")}, "insteadof!"},
		{"insteadOf that changes the protocol", lib, EvidenceInputs{Git: gitRule("https://github.com/corp/", "git://github.com/corp/")}, ""},
		{"a vanity path whose host is not rewritten", "k8s.io/api", EvidenceInputs{Git: gitRule("git@github.com:", "https://github.com/")}, ""},

		{"netrc for host and owner", lib, EvidenceInputs{Netrc: []NetrcMachine{{"github.com/corp", 1}}}, "netrc!"},
		{"netrc for a public host", lib, EvidenceInputs{Netrc: []NetrcMachine{{"github.com", 1}}}, "netrc"},
		{"netrc for a host of one's own", "git.acme.dev/team/lib", EvidenceInputs{Netrc: []NetrcMachine{{"git.acme.dev", 1}}}, "netrc!"},
		{"netrc for a host that serves something public", "git.acme.dev/team/lib", EvidenceInputs{
			Netrc: []NetrcMachine{{"git.acme.dev", 1}}, Others: among("git.acme.dev/public/lib"), SumDBRecord: record("git.acme.dev/public/lib")}, "netrc norecord"},
		{"netrc for the beginning of a host", "git.acme.dev/team/lib", EvidenceInputs{Netrc: []NetrcMachine{{"git.acme.de", 1}, {"acme.dev", 1}}}, ""},

		{"clone, and others of the host from a proxy", lib, EvidenceInputs{
			Others: among(lib, "github.com/a/b"), Origin: origins(lib, "github.com/a/b"), Mains: []string{"github.com/corp/app"}}, "vcscache! owner"},
		{"clone of a stranger's module on a public host", lib, EvidenceInputs{
			Others: among(lib, "github.com/a/b"), Origin: origins(lib, "github.com/a/b")}, "vcscache"},
		{"clone, and nothing is known of others", lib, EvidenceInputs{Others: among(lib, "github.com/a/b"), Origin: origins(lib)}, "vcscache"},
		{"clone, and others of another host", lib, EvidenceInputs{Others: among("golang.org/x/mod"), Origin: origins(lib, "golang.org/x/mod")}, "vcscache"},
		{"clone from a host of one's own", "git.acme.dev/lib", EvidenceInputs{
			Others: among("golang.org/x/mod"), Origin: origins("git.acme.dev/lib", "golang.org/x/mod")}, "vcscache!"},
		{"GOPROXY=direct: public modules have clones too", lib, EvidenceInputs{
			Others: among("github.com/a/b", "github.com/c/d"), SumDBRecord: record("github.com/a/b"),
			Origin: func(p string) Origin {
				if p == "github.com/c/d" {
					return FromProxy
				}
				return FromVCS
			}}, "vcscache norecord"},

		{"a rule for the owner, and a public proxy had the module", lib, EvidenceInputs{
			Git: gitRule("git@github.com:corp/", "https://github.com/corp/"), Origin: origins("", lib), PublicProxy: true}, "insteadof"},
		{"a rule for the owner, and a proxy of one's own had the module", lib, EvidenceInputs{
			Git: gitRule("git@github.com:corp/", "https://github.com/corp/"), Origin: origins("", lib)}, "insteadof!"},
		{"a login for the owner, and a public proxy had the module", lib, EvidenceInputs{
			Netrc: []NetrcMachine{{"github.com/corp", 1}}, Origin: origins("", lib), PublicProxy: true}, "netrc"},
		{"a public proxy had a module that is declared private", lib, EvidenceInputs{
			Declared: []string{"github.com/corp/*"}, Origin: origins("", lib), PublicProxy: true}, "pattern!"},

		{"credential helper", lib, EvidenceInputs{Git: &GitConfig{Credentials: []GitHelper{{URL: "https://github.com"}}}}, "credential"},
		{"own owner", lib, EvidenceInputs{Mains: []string{"github.com/corp/app"}}, "owner"},
		{"own host without an owner", "go.acme.dev/lib", EvidenceInputs{Mains: []string{"go.acme.dev/app"}}, ""},
		{"a record clears everything", lib, EvidenceInputs{Declared: []string{"github.com/corp/*"}, SumDBRecord: record(lib)}, "sumdbrecord-"},
		{"no record alone is nothing", lib, EvidenceInputs{SumDBRecord: record()}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			evidence := PrivateEvidence(tt.path, tt.in)
			if got := show(evidence); got != tt.want {
				t.Errorf("evidence %q, want %q", got, tt.want)
			}
			if got, want := IsPrivate(evidence), strings.Contains(tt.want, "!"); got != want {
				t.Errorf("private: %t", got)
			}
		})
	}
}

// What is shown to the user must hold none of the secrets that configuration files hold.
func TestEvidenceHoldsNoSecret(t *testing.T) {
	in := EvidenceInputs{
		NetrcFile: "/home/user/.netrc",
		Netrc:     ParseNetrc("machine git.acme.dev login hunter2 password hunter2"),
		Git: ParseGitConfig("[url \"https://u:hunter2@git.acme.dev/\"]\ninsteadOf = https://hunter2@git.acme.dev/\n"+
			"[credential \"https://hunter2@git.acme.dev\"]\nhelper = \"!echo hunter2\"\n", GitOptions{Path: "/home/user/.gitconfig"}),
	}
	evidence := PrivateEvidence("git.acme.dev/team/lib", in)
	if got := show(evidence); got != "insteadof! netrc! credential" {
		t.Fatalf("evidence %q", got)
	}
	e := resolve(map[string]string{"GOPROXY": "https://u:hunter2@proxy.example.com", "GOSUMDB": "off"})
	g, ok := FindGap("git.acme.dev/team/lib", e, evidence)
	if !ok {
		t.Fatal("no gap")
	}
	if text := fmt.Sprintf("%+v %+v", g, e.Problems); strings.Contains(text, "hunter2") {
		t.Error(text)
	}
}

func TestSuspected(t *testing.T) {
	tests := []struct {
		evidence []Evidence
		want     bool
	}{
		{nil, false},
		{[]Evidence{{Kind: KindPattern, Strong: true}}, true},
		{[]Evidence{{Kind: KindPattern, Strong: true}, {Kind: KindSumDBRecord, Clears: true}}, false},
		{[]Evidence{{Kind: KindOwner}}, false},
		{[]Evidence{{Kind: KindInsteadOf}}, false},
		{[]Evidence{{Kind: KindInsteadOf}, {Kind: KindOwner}}, true},
	}
	for _, tt := range tests {
		if got := Suspected(tt.evidence); got != tt.want {
			t.Errorf("%s: %t", show(tt.evidence), got)
		}
	}
}

func TestUnreachableHost(t *testing.T) {
	for host, want := range map[string]bool{
		"git.corp.internal": true, "nas.local": true, "router.lan": true, "git.corp": true, "git.home": true, "x.home.arpa": true,
		"a.example": true, "a.test": true, "a.invalid": true, "git.intranet": true, "git.private": true, "localhost": true, "git": true,
		"10.1.2.3": true, "192.168.0.1": true, "172.16.0.1": true, "127.0.0.1": true, "169.254.1.1": true, "100.64.0.1": true, "0.0.0.0": true,
		"::1": true, "[fd00::1]": true, "::ffff:10.0.0.1": true,

		"github.com": false, "k8s.io": false, "golang.org": false, "example.com": false, "local.dev": false, "corp.com": false,
		"internal.com": false, "mylocal": true, "example.org": false, "home.dev": false, "8.8.8.8": false, "172.32.0.1": false,
		"2001:4860:4860::8888": false, "": false, "lan.io": false, "test.io": false,
	} {
		reason, got := UnreachableHost(host)
		if got != want || got != (reason != "") {
			t.Errorf("%q: %t, %q", host, got, reason)
		}
	}
}

func among(paths ...string) func() []string { return func() []string { return paths } }

// No module is private because somebody can log in to a public host: this is what most developers' machines look like.
func TestPublicModulesStayPublic(t *testing.T) {
	paths := []string{"github.com/spf13/cobra", "gitlab.com/gitlab-org/api/client-go", "bitbucket.org/creachadair/shell", "golang.org/x/mod",
		"google.golang.org/grpc", "gopkg.in/yaml.v3", "k8s.io/api", "sigs.k8s.io/yaml", "go.uber.org/zap", "go.opentelemetry.io/otel",
		"cloud.google.com/go", "buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go", "codeberg.org/x/y", "git.sr.ht/~x/y", "rsc.io/quote",
		"honnef.co/go/tools", "mvdan.cc/sh/v3", "filippo.io/age", "go.etcd.io/bbolt", "storj.io/drpc", "go.googlesource.com/x"}
	in := EvidenceInputs{Others: among(paths...), Git: new(GitConfig)}
	for host := range publicHosts() {
		in.Netrc = append(in.Netrc, NetrcMachine{Name: host, Line: 1})
		in.Git = Merge(in.Git, gitRule("ssh://git@"+host+"/", "https://"+host+"/"))
		in.Git.Credentials = append(in.Git.Credentials, GitHelper{URL: "https://" + host})
	}
	e := resolve(nil)
	for _, path := range paths {
		evidence := PrivateEvidence(path, in)
		if len(evidence) < 3 {
			t.Errorf("%s: the machine's credentials are not seen: %s", path, show(evidence))
		}
		if g, ok := FindGap(path, e, evidence); ok {
			t.Errorf("%s has a gap: %s", path, show(g.Evidence))
		}
	}
}

// testSumDBKey is the verifier key of a database that does not exist.
const testSumDBKey = "sum.example+0c0a882b+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"

func TestFindGap(t *testing.T) {
	const lib = "github.com/corp/lib"
	strong := []Evidence{{Kind: KindNetrc, Strong: true, Pattern: "github.com/corp/*"}}
	const proxy, db = "https://proxy.example.com", "the checksum database sum.example, unless go.sum has the version"
	tests := []struct {
		name     string
		env      map[string]string
		evidence []Evidence
		want     *Gap // without the evidence
	}{
		{"nothing is covered", nil, strong, &Gap{MissingProxy: true, Keys: []string{"GOPRIVATE"}, Sent: []string{proxy}}},
		{"weak evidence", nil, []Evidence{{Kind: KindNetrc}, {Kind: KindOwner}}, nil},
		{"cleared", nil, append([]Evidence{{Clears: true}}, strong...), nil},
		{"covered", map[string]string{"GOPRIVATE": "github.com/corp"}, strong, nil},
		{"covered by both halves", map[string]string{"GONOPROXY": "github.com/corp", "GONOSUMDB": "github.com/corp"}, strong, nil},
		{"overridden", map[string]string{"GOPRIVATE": "github.com/corp", "GONOPROXY": "x.example"}, strong,
			&Gap{MissingProxy: true, Keys: []string{"GONOPROXY"}, Sent: []string{proxy}}},
		{"proxies in order", map[string]string{"GOPROXY": "https://a.example|https://b.example,file:///srv,https://c.example,direct,https://d.example"}, strong,
			&Gap{MissingProxy: true, Keys: []string{"GOPRIVATE"}, Sent: []string{"https://a.example",
				"https://b.example, if that fails in any way", "https://c.example, if that answers 404 or 410"}}},
		{"nobody is asked", map[string]string{"GOPROXY": "file:///srv,direct"}, strong, nil},
		{"a blank too much", map[string]string{"GOPRIVATE": "x.example, github.com/corp"}, strong,
			&Gap{MissingProxy: true, Keys: []string{"GOPRIVATE"}, Sent: []string{proxy},
				Near: `GOPRIVATE has " github.com/corp", but the blank beside it is part of the pattern`}},
		{"the proxies are the user's own", map[string]string{"GOPRIVATE": "github.com/corp", "GONOPROXY": "none", "GOPROXY": "https://go.corp.example"}, strong, nil},
		{"none, but the default proxy", map[string]string{"GOPRIVATE": "github.com/corp", "GONOPROXY": "none"}, strong,
			&Gap{MissingProxy: true, Keys: []string{"GONOPROXY"}, Sent: []string{proxy}}},
		{"the database", map[string]string{"GOSUMDB": testSumDBKey, "GOPROXY": "direct"}, strong,
			&Gap{MissingSumDB: true, Keys: []string{"GOPRIVATE"}, Sent: []string{db}, Around: []string{"GOPROXY=direct keeps only the proxies from being asked"}}},
		{"both", map[string]string{"GOSUMDB": testSumDBKey, "GONOSUMDB": "x.example"}, strong,
			&Gap{MissingProxy: true, MissingSumDB: true, Keys: []string{"GOPRIVATE", "GONOSUMDB"}, Sent: []string{proxy, db}}},
		{"the database, behind a GONOPROXY", map[string]string{"GOSUMDB": testSumDBKey, "GONOPROXY": "github.com/corp", "GOPROXY": "off"}, strong,
			&Gap{MissingSumDB: true, Keys: []string{"GOPRIVATE"}, Sent: []string{db}, Around: []string{"GONOPROXY keeps only the proxies from being asked"}}},
		{"GOPROXY=off: the database is asked about what is in the module cache", map[string]string{"GOSUMDB": testSumDBKey, "GOPROXY": "off"}, strong,
			&Gap{MissingSumDB: true, Keys: []string{"GOPRIVATE"}, Sent: []string{db}, Around: []string{"GOPROXY=off keeps only the proxies from being asked"}}},
		{"the database is off, which is the user's own doing", map[string]string{"GOSUMDB": "off"}, strong,
			&Gap{MissingProxy: true, Keys: []string{"GOPRIVATE"}, Sent: []string{proxy},
				Around: []string{"GOSUMDB=off keeps the checksum database from vouching for any module, and no proxy from being asked"}}},
		{"-insecure", map[string]string{"GOFLAGS": "-insecure", "GOINSECURE": "github.com/corp"}, strong,
			&Gap{MissingProxy: true, Keys: []string{"GOPRIVATE"}, Sent: []string{proxy}, Around: []string{
				"GOINSECURE lets go use unprotected connections to its host, and keeps nobody from being asked", "-insecure in GOFLAGS keeps nobody from being asked"}}},
		{"one half, and the other", map[string]string{"GOSUMDB": testSumDBKey, "GONOSUMDB": "github.com/corp"}, strong,
			&Gap{MissingProxy: true, Keys: []string{"GOPRIVATE"}, Sent: []string{proxy}, Around: []string{"GONOSUMDB keeps only the checksum database from being asked"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g, ok := FindGap(lib, resolve(tt.env), tt.evidence)
			if ok != (tt.want != nil) {
				t.Fatalf("gap: %t, %+v", ok, g)
			}
			if !ok {
				return
			}
			tt.want.Module, tt.want.Pattern, tt.want.Evidence = lib, "github.com/corp/*", tt.evidence
			if diff := cmp.Diff(*tt.want, g); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPatternFor(t *testing.T) {
	for path, want := range map[string]string{
		"github.com/corp/lib":           "github.com/corp/*",
		"github.com/corp/lib/v2":        "github.com/corp/*",
		"gitlab.com/corp/sub/lib":       "gitlab.com/corp/*",
		"go.acme.dev/lib":               "go.acme.dev/lib",
		"go.acme.dev":                   "go.acme.dev",
		"git.corp.internal/team/lib":    "git.corp.internal",
		"10.1.2.3/lib":                  "10.1.2.3",
		"dev.azure.com/org/proj/_git/r": "dev.azure.com/org/*",
	} {
		got := PatternFor(path)
		if got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
		if !Patterns(got).Match(path) {
			t.Errorf("%s does not match %s", got, path)
		}
	}
}

// TestNoGapOnPublicModules looks at every module of the go.sum files of 26 large public projects, as the dependency of a
// module of the same owner, on a machine that can log in to every host there is and rewrites whole public hosts to ssh.
func TestNoGapOnPublicModules(t *testing.T) {
	data, err := os.ReadFile("testdata/public.txt")
	if err != nil {
		t.Fatal(err)
	}
	paths := strings.Fields(string(data))
	if len(paths) < 1000 {
		t.Fatalf("only %d modules", len(paths))
	}
	machines := map[string]func(string) EvidenceInputs{
		"nothing": func(string) EvidenceInputs { return EvidenceInputs{} },
		"logins for whole hosts": func(string) EvidenceInputs {
			in := EvidenceInputs{Git: new(GitConfig)}
			for _, host := range []string{"github.com", "gitlab.com", "bitbucket.org"} {
				in.Netrc = append(in.Netrc, NetrcMachine{Name: host, Line: 1})
				in.Git = Merge(in.Git, gitRule("git@"+host+":", "https://"+host+"/"))
				in.Git.Credentials = append(in.Git.Credentials, GitHelper{URL: "https://" + host})
			}
			return in
		},
		"everything fetched without a proxy": func(path string) EvidenceInputs {
			return EvidenceInputs{Origin: func(string) Origin { return FromVCS }}
		},
		"this one fetched without a proxy": func(path string) EvidenceInputs {
			return EvidenceInputs{Origin: func(p string) Origin {
				if p == path && PublicHost(hostOf(p)) {
					return FromVCS
				}
				return FromProxy
			}}
		},
		"a rule for its owner, for other modules of that owner": func(path string) EvidenceInputs {
			owner := ownerOf(path)
			return EvidenceInputs{
				Git:         gitRule("git@x:"+owner+"/", "https://"+owner+"/"),
				PublicProxy: true, Origin: func(string) Origin { return FromProxy },
			}
		},
	}
	env := resolve(map[string]string{"GOSUMDB": "sum.example.com+0ddb4a0d+AcS0SWLNMk0rADgx9mDxL9fxxfUsZoqcyYdCCkVgXW+3"})
	for name, machine := range machines {
		for _, path := range paths {
			in := machine(path)
			in.Others = among(paths...)
			if name != "this one fetched without a proxy" { // of a stranger, then
				in.Mains = []string{ownerOf(path) + "/app"}
			}
			if gap, ok := FindGap(path, env, PrivateEvidence(path, in)); ok {
				t.Errorf("%s: %s is taken for private: %s", name, path, show(gap.Evidence))
			}
		}
	}
}

func hostOf(path string) string {
	host, _ := cutHost(path)
	return host
}
