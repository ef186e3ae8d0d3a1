package goenv

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gomodls/gomodls/internal/text"
)

// oldestBuild and newestBuild are the first and the last version whose settings of architectures are known here.
const oldestBuild, newestBuild = "1.24", "1.26"

// checkBuild reports the settings of compilers that every go command refuses, though it compiles nothing. Those of
// architectures count for all of them, whatever GOARCH is, and only in the environment of the process. About GOAMD64,
// GOARM and GO386 the go command says nothing before it compiles.
func (e *Env) checkBuild(report reportFunc) {
	if compareLanguage(e.GoVersion, oldestBuild) >= 0 && compareLanguage(e.GoVersion, newestBuild) <= 0 {
		for _, key := range []string{"GOARM64", "GOMIPS", "GOMIPS64", "GOPPC64", "GORISCV64", "GOWASM"} {
			if value := e.process[key]; value != "" {
				if must := e.architecture(key, value); must != "" {
					report(key, RefusesAll, "unset "+key, "invalid %s: %s", key, must)
				}
			}
		}
		if value := e.lookup("GOFIPS140").Value; value != "" && !e.fipsForm(value) {
			report("GOFIPS140", RefusesAll, "use off, latest, inprocess, certified, or a version", "%s", e.fipsRefusal(value))
		}
	}
	for _, key := range []string{"CC", "CXX", "FC"} {
		words, err := splitQuoted(e.lookup(key).Value)
		switch {
		case err != nil:
			report(key, RefusesAll, "end the quotation", "%s environment variable could not be parsed: %v", key, err)
		case len(words) > 0 && !filepath.IsAbs(words[0]) && words[0] != filepath.Base(words[0]):
			report(key, RefusesAll, "write the path in full, or a name alone",
				"%s environment variable is relative; must be absolute path: %s", key, words[0])
		}
	}
}

// architecture returns what the value of a setting has to be, "" if it is.
func (e *Env) architecture(key, value string) string {
	oneOf := func(values ...string) string {
		if slices.Contains(values, value) {
			return ""
		}
		return "must be " + strings.Join(values, ", ")
	}
	switch key {
	case "GOMIPS", "GOMIPS64":
		return oneOf("hardfloat", "softfloat")
	case "GOPPC64":
		return oneOf("power8", "power9", "power10")
	case "GORISCV64":
		if compareLanguage(e.GoVersion, "1.25") < 0 {
			return oneOf("rva20u64", "rva22u64")
		}
		return oneOf("rva20u64", "rva22u64", "rva23u64")
	case "GOARM64":
		if !goarm64().MatchString(value) {
			return `must start with v8.{0-9} or v9.{0-5} and may optionally end in ",lse" and/or ",crypto"`
		}
	case "GOWASM":
		refused := ""
		for option := range strings.SplitSeq(value, ",") {
			if option != "" && option != "satconv" && option != "signext" {
				refused = fmt.Sprintf("no such feature %q", option)
			}
		}
		return refused
	}
	return ""
}

var (
	goarm64  = text.Pattern(`^v(8\.[0-9]|9\.[0-5])(,lse|,crypto)*$`)
	fips125  = text.Pattern(`^v[0-9]+\.[0-9]+\.[0-9]+(-.{8})?$`)
	fips126  = text.Pattern(`^v1\.[0-9]+\.[0-9]+(-rc[0-9]+|-.{8})?$`)
	fipsName = []string{"off", "latest", "inprocess", "certified"}
)

// fipsForm reports whether GOFIPS140 may have that value, if there is such a version in GOROOT.
func (e *Env) fipsForm(value string) bool {
	form := fips126
	if compareLanguage(e.GoVersion, "1.26") < 0 {
		form = fips125
	}
	return slices.Contains(fipsName, value) || form().MatchString(value)
}

// fipsRefusal is what go says about a value of another form: it checks the form only of what stands in the environment of
// the process, and looks for any other.
func (e *Env) fipsRefusal(value string) string {
	if e.process["GOFIPS140"] == "" {
		if strings.ContainsAny(value, `/\`) || strings.Contains(value, "..") {
			return fmt.Sprintf("malformed GOFIPS140 version %q", value)
		}
		return fmt.Sprintf("unknown GOFIPS140 version %q", value)
	}
	version := "v1.Y.Z"
	if compareLanguage(e.GoVersion, "1.26") < 0 {
		version = "vX.Y.Z"
	}
	return "invalid GOFIPS140: must be off, latest, inprocess, certified, or " + version
}

// FIPSVersion returns the version of Go's cryptography that GOFIPS140 asks for, which has to be a file in lib/fips140 of
// GOROOT: NAME.zip or NAME.txt. It is "" if none is needed.
func (e *Env) FIPSVersion() string {
	if value := e.lookup("GOFIPS140").Value; value != "off" && value != "latest" && value != "" && e.fipsForm(value) {
		return value
	}
	return ""
}

var experimentField = text.Pattern(`(?m)^\t([A-Z]\w*)[ \t]+bool\b`)

// ParseExperiments reads GOROOT/src/internal/goexperiment/flags.go, from which the go command has the experiments that it
// knows. It reports false for a text that is not that file.
func ParseExperiments(text string) (known map[string]bool, ok bool) {
	known = map[string]bool{}
	for _, m := range experimentField().FindAllStringSubmatch(text, -1) {
		known[strings.ToLower(m[1])] = true
	}
	return known, strings.Contains(text, "type Flags struct {") && len(known) > 0
}

// UnknownExperiment returns the first word of GOEXPERIMENT that names none of the known experiments, "" if there is none.
func (e *Env) UnknownExperiment(known map[string]bool) string {
	for word := range strings.SplitSeq(e.lookup("GOEXPERIMENT").Value, ",") {
		if name := strings.TrimPrefix(word, "no"); word != "" && word != "none" && name != "regabi" && !known[name] {
			return name
		}
	}
	return ""
}
