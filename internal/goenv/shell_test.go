package goenv

import "testing"

func TestSetInShell(t *testing.T) {
	for _, tt := range []struct {
		os         map[string]string
		goos       string
		text, file string
	}{
		{map[string]string{"SHELL": "/bin/bash"}, "linux", "export GOPRIVATE='a.example,b.example/*'", "~/.bashrc"},
		{map[string]string{"SHELL": "/bin/bash"}, "darwin", "export GOPRIVATE='a.example,b.example/*'", "~/.bash_profile"},
		{map[string]string{"SHELL": "/bin/zsh", "ZDOTDIR": "/home/me/zsh"}, "darwin", "export GOPRIVATE='a.example,b.example/*'", "/home/me/zsh/.zshrc"},
		{map[string]string{"SHELL": "/usr/bin/fish"}, "linux", "set -gx GOPRIVATE 'a.example,b.example/*'", "~/.config/fish/config.fish"},
		{map[string]string{"SHELL": "/bin/tcsh"}, "freebsd", "setenv GOPRIVATE 'a.example,b.example/*'", "~/.cshrc"},
		{map[string]string{"SHELL": "/bin/nu"}, "linux", "$env.GOPRIVATE = 'a.example,b.example/*'", "~/.config/nushell/config.nu"},
		{nil, "linux", "export GOPRIVATE='a.example,b.example/*'", "~/.profile"},
		{map[string]string{"SHELL": "/bin/bash"}, "windows", `setx GOPRIVATE "a.example,b.example/*"`, ""},
	} {
		if got := SetInShell(tt.os, tt.goos, "GOPRIVATE", "a.example,b.example/*"); got != (ShellLine{tt.text, tt.file}) {
			t.Errorf("%v on %s: %+v", tt.os, tt.goos, got)
		}
	}
}
