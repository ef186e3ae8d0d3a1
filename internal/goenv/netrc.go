package goenv

import (
	"path/filepath"
	"strings"
)

// A NetrcMachine is an entry of a netrc file for which go has a login and a password. Neither is kept: either may be a
// secret.
type NetrcMachine struct {
	Name string // a host, or a host and the beginning of a path: git.corp.example/team
	Line int    // 1-based, of the token that completes the entry
}

// NetrcFiles returns where the netrc file may be; go reads the first that exists. The environment variable names the only
// one.
func NetrcFiles(os map[string]string, goos, home string) []string {
	switch {
	case os["NETRC"] != "":
		return []string{os["NETRC"]}
	case home == "":
		return nil
	case goos == "windows":
		return []string{filepath.Join(home, "_netrc"), filepath.Join(home, ".netrc")}
	}
	return []string{filepath.Join(home, ".netrc")}
}

// ParseNetrc reads a netrc file as the go command does: an entry counts once it has a machine, a login and a password, the
// default entry never does, and macro definitions are skipped up to the next empty line. The result shares no memory with
// the text.
func ParseNetrc(text string) []NetrcMachine {
	var list []NetrcMachine
	var machine string
	var login, password, macro bool
	number := 0
	for line := range strings.SplitSeq(text, "\n") {
		number++
		if macro {
			macro = line != ""
			continue
		}
		tokens := strings.Fields(line)
		i := 0
		for ; i < len(tokens)-1; i += 2 {
			switch tokens[i] {
			case "machine":
				machine, login, password = tokens[i+1], false, false
			case "login":
				login = true
			case "password":
				password = true
			case "macdef":
				macro = true
			}
			if machine != "" && login && password {
				list = append(list, NetrcMachine{Name: netrcKey(machine), Line: number})
				machine, login, password = "", false, false
			}
		}
		if i < len(tokens) && tokens[i] == "default" {
			break
		}
	}
	return list
}

// netrcKey returns the URL prefix for which go uses the entry of that machine.
func netrcKey(machine string) string {
	return strings.Clone(strings.TrimSuffix(strings.TrimPrefix(machine, "https://"), "/"))
}

// covers reports whether go would send the credentials to the repository or the go-import page of the module.
func (m NetrcMachine) covers(modulePath string) bool { return hasPathPrefix(modulePath, m.Name) }

// hasPathPrefix reports whether prefix is path or the beginning of it, by whole elements.
func hasPathPrefix(path, prefix string) bool {
	rest, ok := strings.CutPrefix(path, prefix)
	return ok && prefix != "" && (rest == "" || rest[0] == '/')
}
