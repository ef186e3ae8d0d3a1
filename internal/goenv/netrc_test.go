package goenv

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseNetrc(t *testing.T) {
	tests := []struct {
		name, text string
		want       []NetrcMachine
	}{
		{"one line", "machine a.example login me password secret", []NetrcMachine{{"a.example", 1}}},
		{"several lines", "machine a.example\n\tlogin me\n\tpassword secret\nmachine b.example login me password secret\n",
			[]NetrcMachine{{"a.example", 3}, {"b.example", 4}}},
		{"password first", "machine a.example password secret login me", []NetrcMachine{{"a.example", 1}}},
		{"incomplete", "machine a.example login me\nmachine b.example password secret\n", nil},
		{"the next machine does not inherit", "machine a.example login me\nmachine b.example password secret login me", []NetrcMachine{{"b.example", 2}}},
		{"account is skipped", "machine a.example login me account x password secret", []NetrcMachine{{"a.example", 1}}},
		{"path prefix and URL", "machine https://a.example/team/ login me password secret", []NetrcMachine{{"a.example/team", 1}}},
		{"default on its own ends the file", "machine a.example login me password secret\ndefault\nmachine b.example login me password secret",
			[]NetrcMachine{{"a.example", 1}}},
		{"default with a login shifts the words", "default login me password secret\nmachine b.example login me password secret",
			[]NetrcMachine{{"b.example", 2}}},
		{"macro", "macdef init\nmachine a.example login me password secret\n\nmachine b.example login me password secret", []NetrcMachine{{"b.example", 4}}},
		{"a macro does not end at a carriage return", "macdef init\r\nmachine a.example login me password secret\r\n\r\nmachine b.example login me password secret\r\n", nil},
		{"a comment shifts the words", "# machine a.example login me password secret", nil},
		{"an odd word at the end of a line", "machine a.example login\nme password secret", nil},
		{"the same machine twice", "machine a.example login me password one\nmachine a.example login you password two",
			[]NetrcMachine{{"a.example", 1}, {"a.example", 2}}},
		{"empty", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, ParseNetrc(tt.text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNetrcFiles(t *testing.T) {
	tests := []struct {
		env        map[string]string
		goos, home string
		want       []string
	}{
		{map[string]string{"NETRC": "/n"}, "linux", "/home/user", []string{"/n"}},
		{nil, "linux", "/home/user", []string{"/home/user/.netrc"}},
		{nil, "windows", "/home/user", []string{"/home/user/_netrc", "/home/user/.netrc"}},
		{nil, "linux", "", nil},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, NetrcFiles(tt.env, tt.goos, tt.home)); diff != "" {
			t.Errorf("%+v:\n%s", tt, diff)
		}
	}
}

func FuzzParseNetrc(f *testing.F) {
	f.Add("machine a login b password c\nmacdef x\n\ndefault")
	f.Add("machine \x00 login  password \n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, m := range ParseNetrc(text) {
			if m.Line < 1 || m.Line > strings.Count(text, "\n")+1 {
				t.Errorf("line %d of %d", m.Line, strings.Count(text, "\n")+1)
			}
			if !strings.Contains(text, m.Name) {
				t.Errorf("machine %q is not in the file", m.Name)
			}
		}
	})
}

func FuzzGOFLAGS(f *testing.F) {
	f.Add(`-a '-b=c d' "-e" f`)
	f.Add(`--=-"`)
	f.Fuzz(func(t *testing.T, value string) {
		flags, _ := parseFlags(value, "1.26.8", "linux")
		for _, flag := range flags {
			if flag.Name == "" || strings.Contains(flag.Name, "=") || !strings.Contains(value, flag.Name) {
				t.Errorf("flag %q of %q", flag.Name, value)
			}
		}
	})
}

func FuzzEnvFile(f *testing.F) {
	f.Add("GOPROXY=a|b,direct\nGOSUMDB=x y\nGOVCS=a:b|c\nGOTOOLCHAIN=go1.2+auto\nGOPRIVATE= a,[,https://x\nGOAUTH=;\n# c\n")
	f.Fuzz(func(t *testing.T, text string) {
		e := Resolve(Inputs{GOOS: "linux", GoEnvFile: FileText{Path: "/env", Text: text, Exists: true}})
		for _, p := range e.Problems {
			if p.Message == "" || p.Remedy == "" || p.Key == "" {
				t.Errorf("a problem that says too little: %+v", p)
			}
		}
		FindGap("git.corp.example/team/lib", e, []Evidence{{Kind: KindPattern, Strong: true}})
	})
}
