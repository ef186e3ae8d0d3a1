package goenv

import (
	"path"
	"testing"

	"golang.org/x/mod/module"
)

func TestPatternFaults(t *testing.T) {
	tests := []struct {
		text  string
		fault Fault
		fix   string
	}{
		{"git.corp.example", NoFault, ""},
		{"*.corp.example", NoFault, ""},
		{"github.com/corp/*", NoFault, ""},
		{"github.com/corp/", NoFault, ""},
		{"github.com/corp-*", NoFault, ""},
		{"github.com/[a-c]orp", NoFault, ""},
		{"gitlab.com/Corp_x/~y", NoFault, ""},
		{" git.corp.example", Blank, "git.corp.example"},
		{"git.corp.example\r", Blank, "git.corp.example"},
		{"https://git.corp.example/team/", Scheme, "git.corp.example/team"},
		{"ssh://git@git.corp.example/team.git", Scheme, "git.corp.example/team"},
		{"git.corp.example/[", Malformed, ""},
		{"git.corp.example/x\\", Malformed, ""},
		{"git.corp.example\\/", Malformed, ""},
		{"git.corp.example:8443", Impossible, ""},
		{"git@git.corp.example", Impossible, ""},
		{"/git.corp.example", Impossible, ""},
		{"git.corp.example//x", Impossible, ""},
		{"Git.Corp.Example/x", Impossible, "git.corp.example/x"},
		{"git.corp.example/(a|b)", Impossible, ""},
		{"none", BareWord, ""},
		{"corp/lib", BareWord, ""},
		{"git.corp.example/**", DoubleStar, "git.corp.example/*"},
		{"*", EveryModule, ""},
		{"*/*", EveryModule, ""},
		{"*.*", EveryModule, ""},
		{"**", EveryModule, ""},
		{"*.com", WholeForge, ""},
		{"github.com", WholeForge, ""},
		{"github.com/*", WholeForge, ""},
		{"github.*/*", WholeForge, ""},
		{"*/*/*", EveryModule, ""},
		{"golang.org", WholeForge, ""},
	}
	for _, tt := range tests {
		list := Patterns(tt.text).Split()
		if len(list) != 1 {
			t.Errorf("%q has %d entries", tt.text, len(list))
			continue
		}
		if got := list[0]; got.Fault != tt.fault || got.Fix != tt.fix || got.Text != tt.text {
			t.Errorf("%q: fault %d, fix %q; want %d, %q", tt.text, got.Fault, got.Fix, tt.fault, tt.fix)
		}
	}
	if list := Patterns(",a.example,,/,b.example,").Split(); len(list) != 2 {
		t.Errorf("empty entries are counted: %v", list)
	}
}

// A pattern of which it is said that it never matches must not match, and one without a fault must be well formed.
func FuzzPatterns(f *testing.F) {
	f.Add("github.com/*", "github.com/corp/lib")
	f.Add("[a-z]*.example/x?", "git.example/xy/z")
	f.Add("a[^b.example", "a.example")
	f.Add("a.b\\c", "a.bc")
	f.Add("a.b\\/", "a.b/c")
	f.Fuzz(func(t *testing.T, text, modulePath string) {
		list := Patterns(text)
		for _, p := range list.Split() {
			if p.Fault.NeverMatches() && module.CheckPath(modulePath) == nil && Patterns(p.Text).Match(modulePath) {
				t.Errorf("%q matches %q", p.Text, modulePath)
			}
			if _, err := path.Match(p.Text, ""); p.Fault == NoFault && err != nil {
				t.Errorf("%q has no fault: %v", p.Text, err)
			}
		}
		if near, reason, ok := list.NearMiss(modulePath); ok && (list.Match(modulePath) || reason == "" || near.Text == "") {
			t.Errorf("%q nearly matches %q: %q", near.Text, modulePath, reason)
		}
		if added := list.With("a.example/x"); !added.Match("a.example/x") || list.Match(modulePath) && !added.Match(modulePath) {
			t.Errorf("%q became %q", list, added)
		}
	})
}

func TestNearMiss(t *testing.T) {
	tests := []struct{ patterns, path, want string }{
		{"a.example, git.corp.example", "git.corp.example/x", "the blank beside it is part of the pattern"},
		{"https://git.corp.example", "git.corp.example/x", "it is a URL, and patterns are module paths"},
		{"git.corp.example/te", "git.corp.example/team/x", "patterns match whole path elements"},
		{"*.corp.example", "corp.example/x", "*. asks for something before the dot"},
		{"github.com/Corp", "github.com/corp/x", "upper and lower case differ"},
		{"github.com/corp/lib/*", "github.com/corp/lib", "/* asks for one more path element"},
		{"github.com/corp", "github.com/corp/x", ""},
		{"other.example", "github.com/corp/x", ""},
	}
	for _, tt := range tests {
		if _, got, _ := Patterns(tt.patterns).NearMiss(tt.path); got != tt.want {
			t.Errorf("%q and %s: %q, want %q", tt.patterns, tt.path, got, tt.want)
		}
	}
}

func TestWith(t *testing.T) {
	for list, want := range map[Patterns]Patterns{
		"":                                 "x.example",
		"a.example":                        "a.example,x.example",
		"a.example,":                       "a.example,x.example",
		"x.example":                        "x.example",
		" x.example":                       "x.example",
		"a.example, https://b.example/ ,*": "a.example,b.example,*,x.example",
		"https://b.example/":               "b.example,x.example",
		"* ":                               "* ,x.example",
		"none":                             "none,x.example",
	} {
		if got := list.With("x.example"); got != want {
			t.Errorf("%q with x.example is %q, want %q", list, got, want)
		}
	}
}
