package goenv

import (
	"path"
	"strings"
)

// A ShellLine is how a user sets a variable for good where the environment itself sets it.
type ShellLine struct {
	Text string // the line to be copied
	File string // where it belongs; "" for a command that is run once
}

// String says what to do with the line.
func (l ShellLine) String() string {
	if l.File == "" {
		return "Run once: " + l.Text
	}
	return "Write in " + l.File + ": " + l.Text
}

// SetInShell returns the line that gives a variable a value in the user's shell, which the environment names in SHELL.
func SetInShell(os map[string]string, goos, key, value string) ShellLine {
	if goos == "windows" {
		return ShellLine{Text: "setx " + key + ` "` + value + `"`}
	}
	quoted := "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
	config := "~/.config"
	if dir := os["XDG_CONFIG_HOME"]; dir != "" {
		config = dir
	}
	switch path.Base(os["SHELL"]) {
	case "fish":
		return ShellLine{"set -gx " + key + " " + quoted, config + "/fish/config.fish"}
	case "zsh":
		dir := "~"
		if d := os["ZDOTDIR"]; d != "" {
			dir = d
		}
		return ShellLine{"export " + key + "=" + quoted, dir + "/.zshrc"}
	case "bash":
		file := "~/.bashrc"
		if goos == "darwin" { // terminals start login shells there
			file = "~/.bash_profile"
		}
		return ShellLine{"export " + key + "=" + quoted, file}
	case "csh", "tcsh":
		return ShellLine{"setenv " + key + " " + quoted, "~/.cshrc"}
	case "nu":
		return ShellLine{"$env." + key + " = " + quoted, config + "/nushell/config.nu"}
	}
	return ShellLine{"export " + key + "=" + quoted, "~/.profile"}
}
