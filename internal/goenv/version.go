package goenv

import (
	"fmt"
	"go/version"
	"strings"
)

// parseVersion reads the file GOROOT/VERSION: "go1.26.8", perhaps with a vendor's suffix, is 1.26.8, and a development
// build, "devel go1.27-f00d", is 1.27 as it is for the go command.
func parseVersion(text string) string {
	return toolchainVersion(strings.TrimPrefix(firstLine(text), "devel "))
}

// toolchainVersion returns the Go version that the name of a toolchain states, or "" if the name is not one.
func toolchainVersion(name string) string {
	if strings.ContainsAny(name, `\/`) || !strings.HasPrefix(name, "go") {
		return ""
	}
	if i := strings.IndexAny(name, " \t-"); i >= 0 {
		name = name[:i]
	}
	if !version.IsValid(name) {
		return ""
	}
	return name[len("go"):]
}

// CompareVersions orders two Go versions such as "1.21", "1.21rc1" and "1.21.0" (in this order) as the go command does.
// Malformed versions are equal to each other and less than all others.
func CompareVersions(x, y string) int { return version.Compare("go"+x, "go"+y) }

// GoVersionAtLeast reports whether the user's go command is known to be v, such as "1.25", or newer. It is false if the
// version is not known: a caller that says something else then has to look at GoVersion first.
func (e *Env) GoVersionAtLeast(v string) bool {
	return e.GoVersion != "" && CompareVersions(e.GoVersion, v) >= 0
}

// A Toolchain is the meaning of GOTOOLCHAIN.
type Toolchain struct {
	Min    string // the toolchain to start from: "local" or a name such as "go1.26.8"; "" if GOTOOLCHAIN is empty
	Switch string // where a newer one may come from: "" nowhere, "path", or "auto" for the path and then a download
	Err    error
}

// MayDownload reports whether go would fetch a newer toolchain when a module asks for one.
func (t Toolchain) MayDownload() bool { return t.Switch == "auto" }

func parseToolchain(value string) Toolchain {
	switch value {
	case "":
		return Toolchain{}
	case "auto", "path":
		return Toolchain{Min: "local", Switch: value}
	}
	name, suffix, plus := strings.Cut(value, "+")
	t := Toolchain{Min: name, Switch: suffix}
	if name != "local" {
		switch {
		case toolchainVersion(name) == "" && plus:
			t.Err = fmt.Errorf("invalid GOTOOLCHAIN %q: invalid minimum toolchain %q", value, name)
			return t
		case toolchainVersion(name) == "":
			t.Err = fmt.Errorf("invalid GOTOOLCHAIN %q", value)
			return t
		}
	}
	switch {
	case plus && suffix != "auto" && suffix != "path":
		t.Err = fmt.Errorf("invalid GOTOOLCHAIN %q: only version suffixes are +auto and +path", value)
	case name != "local" && !strings.HasPrefix(name, "go1") && !strings.Contains(name, "-go1"):
		t.Err = fmt.Errorf("invalid GOTOOLCHAIN %q", name)
	}
	return t
}

// compareLanguage compares the language versions of x and y: those of 1.26rc1 and 1.26.8 are equal.
func compareLanguage(x, y string) int {
	return version.Compare(version.Lang("go"+x), version.Lang("go"+y))
}
