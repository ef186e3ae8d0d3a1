package goenv

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseGitConfig(t *testing.T) {
	opts := GitOptions{Path: "/home/user/.gitconfig", Home: "/home/user"}
	rule := func(base, prefix, line string) InsteadOf {
		return InsteadOf{Base: base, Prefix: prefix, Where: opts.Path + ":" + line}
	}
	tests := []struct {
		name, text string
		want       GitConfig
	}{
		{"plain", "[url \"ssh://git@a.example/\"]\n\tinsteadOf = https://a.example/\n",
			GitConfig{InsteadOf: []InsteadOf{rule("ssh://git@a.example/", "https://a.example/", "2")}}},
		{"several rules, on the section's line too", "[url \"B\"] insteadOf = a\ninsteadof=b\nINSTEADOF = c",
			GitConfig{InsteadOf: []InsteadOf{rule("B", "a", "1"), rule("B", "b", "2"), rule("B", "c", "3")}}},
		{"pushInsteadOf does not count", "[url \"B\"]\npushInsteadOf = a\n", GitConfig{}},
		{"quotes, escapes and comments", "[url \"B \\\"x\\\\\"] # c\ninsteadOf = \"a # \\\"b\" c ; d\n",
			GitConfig{InsteadOf: []InsteadOf{rule("B \"x\\", "a # \"b c", "2")}}},
		{"continuation", "[url \"B\"]\ninsteadOf = https://\\\na.example/\n", GitConfig{InsteadOf: []InsteadOf{rule("B", "https://a.example/", "2")}}},
		{"blanks at both ends go, in between they stay", "[url \"B\"]\ninsteadOf =   a  b  \n", GitConfig{InsteadOf: []InsteadOf{rule("B", "a  b", "2")}}},
		{"quoted blank at the end stays", "[url \"B\"]\ninsteadOf = a\" \"\n", GitConfig{InsteadOf: []InsteadOf{rule("B", "a ", "2")}}},
		{"section names in any case, carriage returns, byte order mark", "\ufeff[URL \"B\"]\r\ninsteadOf = a\r\n", GitConfig{InsteadOf: []InsteadOf{rule("B", "a", "2")}}},
		{"no value", "[url \"B\"]\ninsteadOf\n", GitConfig{InsteadOf: []InsteadOf{rule("B", "", "2")}}},
		{"a bad line does not end it", "[url \"B\"]\n= x\ninsteadOf = a\\q\ninsteadOf = b\n[url \"C]\ninsteadOf = c\n",
			GitConfig{InsteadOf: []InsteadOf{rule("B", "b", "4")}, Bad: []int{2, 3, 5, 6}}},
		{"an open quote ends with the line", "[url \"B\"]\ninsteadOf = \"a\ninsteadOf = b\n",
			GitConfig{InsteadOf: []InsteadOf{rule("B", "b", "3")}, Bad: []int{2}}},
		{"credential helpers for single URLs", "[credential]\nhelper = store\n[credential \"https://a.example\"]\nhelper = !x\n",
			GitConfig{Credentials: []GitHelper{{URL: "https://a.example", Where: opts.Path + ":4"}}}},
		{"includes", "[include]\npath = work\npath = ~/x\npath = /abs\n[includeIf \"gitdir:./w/\"]\npath = y\n",
			GitConfig{Includes: []GitInclude{{Path: "/home/user/work"}, {Path: "/home/user/x"}, {Path: "/abs"}, {Path: "/home/user/y", Condition: "gitdir:/home/user/w/"}}}},
		{"outside of a section", "insteadOf = a\n", GitConfig{Bad: []int{1}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(&tt.want, ParseGitConfig(tt.text, opts)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRewrites(t *testing.T) {
	g := ParseGitConfig(`
[url "ssh://git@a.example/"]
	insteadOf = https://a.example/
[url "https://mirror.example/"]
	insteadOf = https://a.example/team/
	insteadOf = https://b.example/
[url "second:"]
	insteadOf = https://b.example/
`, GitOptions{})
	for from, want := range map[string]string{
		"https://a.example/x":        "ssh://git@a.example/x",
		"https://a.example/team/lib": "https://mirror.example/lib",
		"https://b.example/x":        "https://mirror.example/x",
		"http://a.example/x":         "",
	} {
		to, ok := g.Rewrites(from)
		if ok != (want != "") || ok && to != want {
			t.Errorf("%s becomes %s, %t; want %q", from, to, ok, want)
		}
	}
	if _, ok := (*GitConfig)(nil).Rewrites("https://a.example/"); ok {
		t.Error("no configuration rewrites something")
	}
}

func TestGitConfigOfEnviron(t *testing.T) {
	g := GitConfigOfEnviron(map[string]string{
		"GIT_CONFIG_COUNT": "2",
		"GIT_CONFIG_KEY_0": "url.ssh://git@a.example/.InsteadOf", "GIT_CONFIG_VALUE_0": "https://a.example/",
		"GIT_CONFIG_KEY_1": "core.editor", "GIT_CONFIG_VALUE_1": "vi",
	})
	want := &GitConfig{InsteadOf: []InsteadOf{{Base: "ssh://git@a.example/", Prefix: "https://a.example/", Where: "GIT_CONFIG_KEY_0"}}}
	if diff := cmp.Diff(want, g); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(new(GitConfig), GitConfigOfEnviron(map[string]string{"GIT_CONFIG_COUNT": "2000000000"})); diff != "" {
		t.Error(diff)
	}
}

func TestGitConfigFiles(t *testing.T) {
	tests := []struct {
		env  map[string]string
		want []string
	}{
		{nil, []string{"/etc/gitconfig", "/home/user/.config/git/config", "/home/user/.gitconfig"}},
		{map[string]string{"XDG_CONFIG_HOME": "/x", "GIT_CONFIG_NOSYSTEM": "true"}, []string{"/x/git/config", "/home/user/.gitconfig"}},
		{map[string]string{"GIT_CONFIG_GLOBAL": "/g", "GIT_CONFIG_SYSTEM": "/s"}, []string{"/s", "/g"}},
		{map[string]string{"GIT_CONFIG_GLOBAL": ""}, []string{"/etc/gitconfig"}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, GitConfigFiles(tt.env, "linux", "/home/user")); diff != "" {
			t.Errorf("%v:\n%s", tt.env, diff)
		}
	}
}

func TestIncludeApplies(t *testing.T) {
	tests := []struct {
		condition, gitDir string
		want              bool
	}{
		{"", "/anything", true},
		{"gitdir:~/src/", "/home/user/src/a/b/.git", true},
		{"gitdir:~/src/", "/home/user/private/.git", false},
		{"gitdir:~/src", "/home/user/src/a/.git", false},
		{"gitdir:/srv/*/.git", "/srv/a/.git", true},
		{"gitdir:/srv/*/.git", "/srv/a/b/.git", false},
		{"gitdir:src/", "/home/user/src/a/.git", true},
		{"gitdir:~/Src/", "/home/user/src/.git", false},
		{"gitdir/i:~/Src/", "/home/user/src/.git", true},
		{"onbranch:main", "/home/user/src/.git", false},
	}
	for _, tt := range tests {
		if got := (GitInclude{Condition: tt.condition}).Applies(tt.gitDir, "/home/user"); got != tt.want {
			t.Errorf("%s for %s: %t", tt.condition, tt.gitDir, got)
		}
	}
}

func TestRepository(t *testing.T) {
	tests := []struct {
		url, host, path string
		login           bool
	}{
		{"https://a.example/team/lib.git", "a.example", "team/lib.git", false},
		{"https://user:secret@a.example:8443/team/", "a.example", "team", true},
		{"ssh://git@a.example/", "a.example", "", true},
		{"git+ssh://a.example/x", "a.example", "x", true},
		{"git@a.example:team/", "a.example", "team", true},
		{"work:team/", "work", "team", true},
		{"/srv/git/team/", "", "", false},
		{"file:///srv/git/", "", "srv/git", false},
		{"https://", "", "", false},
		{"", "", "", false},
	}
	for _, tt := range tests {
		host, path, login := repository(tt.url)
		if host != tt.host || path != tt.path || login != tt.login {
			t.Errorf("repository(%q) = %q, %q, %t", tt.url, host, path, login)
		}
	}
}

func TestOriginPath(t *testing.T) {
	for _, tt := range []struct{ config, want string }{
		{"[remote \"origin\"]\n\turl = git@a.example:team/lib.git\n", "a.example/team/lib"},
		{"[remote \"fork\"]\n\turl = https://b.example/me/lib\n[remote \"origin\"]\n\turl = https://a.example/team/lib\n", "a.example/team/lib"},
		{"[remote \"origin\"]\n\turl = /srv/git/lib.git\n", ""},
		{"[remote \"origin\"]\n", ""},
		{"", ""},
	} {
		if got := Merge(ParseGitConfig(tt.config, GitOptions{})).OriginPath(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.config, got, tt.want)
		}
	}
}

func FuzzParseGitConfig(f *testing.F) {
	f.Add("[url \"a\"]\n\tinsteadOf = \"b # c\" \\\nd\n[include] path=x\n; e\n[a.b]\nf\n")
	f.Add("[ \x00]\r\n[a \"\\\"]=\x00\nb\x00")
	f.Fuzz(func(t *testing.T, text string) {
		g := ParseGitConfig(text, GitOptions{Path: "/home/user/.gitconfig", Home: "/home/user"})
		g.Rewrites("https://a.example/team/lib")
		PrivateEvidence("a.example/team/lib", EvidenceInputs{Git: g})
		for i := 1; i < len(g.Bad); i++ {
			if g.Bad[i] < g.Bad[i-1] {
				t.Errorf("bad lines are out of order: %v", g.Bad)
			}
		}
	})
}
