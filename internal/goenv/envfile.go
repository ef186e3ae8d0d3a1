package goenv

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gomodls/gomodls/internal/text"
)

// knownVariables are those that the go command looks for in the file of "go env -w", up to newestBuild; it skips all others.
var knownVariables = strings.Fields(`AR CC CGO_CFLAGS CGO_CFLAGS_ALLOW CGO_CFLAGS_DISALLOW CGO_CPPFLAGS CGO_CPPFLAGS_ALLOW
	CGO_CPPFLAGS_DISALLOW CGO_CXXFLAGS CGO_CXXFLAGS_ALLOW CGO_CXXFLAGS_DISALLOW CGO_ENABLED CGO_FFLAGS CGO_FFLAGS_ALLOW
	CGO_FFLAGS_DISALLOW CGO_LDFLAGS CGO_LDFLAGS_ALLOW CGO_LDFLAGS_DISALLOW CXX FC GCCGO GO111MODULE GO386 GOAMD64 GOARCH GOARM
	GOARM64 GOAUTH GOBIN GOCACHE GOCACHEPROG GOENV GOEXE GOEXPERIMENT GOFIPS140 GOFLAGS GOGCCFLAGS GOHOSTARCH GOHOSTOS GOINSECURE
	GOMIPS GOMIPS64 GOMODCACHE GONOPROXY GONOSUMDB GOOS GOPATH GOPPC64 GOPRIVATE GOPROXY GORISCV64 GOROOT GOSUMDB GOTMPDIR
	GOTOOLCHAIN GOTOOLDIR GOVCS GOWASM GOWORK GO_EXTLINK_ENABLED PKG_CONFIG`)

// assignment is a line that was meant to set a variable of go's, though go does not read it.
var assignment = text.Pattern(`^\s*(?:export\s+|set\s+|setenv\s+)?(GO[A-Z0-9_]+)\s*=`)

// checkFile lists the lines of the file of "go env -w" that somebody has written by hand and go passes over in silence. Their values
// are not shown: what nobody reads may be anything.
func (e *Env) checkFile() []Problem {
	var list []Problem
	at := Value{Source: File, Path: e.in.GoEnvFile.Path}
	ignored := func(key, remedy, message string) {
		list = append(list, Problem{Key: key, Value: at, Effect: Accepted, Message: message, Remedy: remedy})
	}
	number := 0
	for line := range strings.SplitSeq(e.in.GoEnvFile.Text, "\n") {
		number++
		key, _, ok := strings.Cut(line, "=")
		name := strings.TrimSpace(key)
		switch m := assignment().FindStringSubmatch(line); {
		case !ok || name == noSumCheck: // which is wrong wherever it stands
		case key != "" && 'A' <= key[0] && key[0] <= 'Z':
			if slices.Contains(knownVariables, key) || compareLanguage(e.GoVersion, newestBuild) > 0 {
				continue
			}
			if remedy := "remove the line, or mend the name"; slices.Contains(knownVariables, name) {
				ignored(name, "write "+name+"= without a blank", fmt.Sprintf("go skips line %d, because of the blank before the equals sign", number))
			} else {
				ignored(name, remedy, fmt.Sprintf("go skips line %d, for it has no variable of that name", number))
			}
		case m != nil && slices.Contains(knownVariables, m[1]):
			ignored(m[1], "begin the line with "+m[1]+"=", fmt.Sprintf("go skips line %d, because it does not begin with the name", number))
		}
	}
	return list
}
